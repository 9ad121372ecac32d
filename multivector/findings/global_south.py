"""What the chapter on the Global South knows: lists made by rule, and how far their states share a position.

The rules stand in the table ``global_south_rules`` and were set before any share was computed. The state under study
is never counted in its own comparison. "Most" means more than half.
"""

from collections.abc import Iterable
from datetime import date

import pandas as pd

from multivector.facts.chance import fisher
from multivector.facts.dates import begun_by, spoken
from multivector.facts.names import names_of, un_members
from multivector.facts.rows import cell, required, where
from multivector.findings import Asked, NoData, Table, shown

RESOLUTION = "ES-11/6"
"""The last resolution of the session before the Forum (23 February 2023): peace by the principles of the Charter."""
READINGS = {
    "no_sanctions": ("Not on Russia's list of states with sanctions", "No sanctions"),
    "not_for": ("Did not vote for the resolution", "No support"),
    "same_vote": ("Cast the same vote as the state on the resolution", "Same vote"),
    "mostly_same": ("Cast the same vote on more than half of the resolutions", "Mostly same votes"),
}
"""Four readings of "shares the position", each a test that a state passes or fails: in full and in few words."""
GDP_STEPS = range(100, 451, 50)
"""Least GDP in billion US dollars in the test of thresholds: from two thirds of the main rule's to three times it."""
POPULATION_STEPS = range(10, 41, 5)
"""Least population in millions in the test of thresholds."""


# Is the state itself in the Global South?


def markers(groups: Table, focus: str) -> pd.DataFrame:
    """Three common markers of the Global South and whether the state carries them."""
    own = _groups_of(groups, focus)
    nam = {"member": "full member", "observer": "observer only", "none": "no status"}[own["nam"]]
    rows = [
        ("Group of 77", "member" if own["g77"] else "not a member", own["g77"]),
        ("Non-Aligned Movement", nam, own["nam"] == "member"),
        ("Landlocked developing countries", "on the UN list" if own["lldc"] else "not on the UN list", own["lldc"]),
    ]
    return pd.DataFrame(rows, columns=["marker", "status", "carried"]).astype({"carried": bool})


def marker_count(markers: Asked) -> int:
    """How many of the three markers the state carries in full."""
    return int(markers()["carried"].sum())


def marker_sentence(groups: Table, focus: str) -> str:
    """The three markers of the state, in words that follow its name."""
    own = _groups_of(groups, focus)
    g77, lldc = ("is" if own[group] else "is not" for group in ("g77", "lldc"))
    nam = {"member": "a full member", "observer": "only an observer", "none": "neither member nor observer"}[own["nam"]]
    return (
        f"{g77} a member of the Group of 77, is {nam} of the Non-Aligned Movement "
        f"and {lldc} on the United Nations list of landlocked developing countries"
    )


@shown(unit="%", digits=0)
def g77_below_hdi(groups: Table, hdi: Table, focus: str, year: int = 2021) -> float:
    """Share of Group of 77 members, without the state itself, with a lower Human Development Index, in per cent."""
    own = cell(hdi, "hdi", f"no Human Development Index of {focus} for {year}", iso3=focus, year=year)
    others = where(hdi, year=year, iso3={*where(groups, g77=True)["iso3"]} - {focus})["hdi"].dropna()
    return float((others < own).mean() * 100)


@shown(digits=2)
def g77_hdi(groups: Table, hdi: Table, year: int = 2021, end: str = "lowest") -> float:
    """The ``lowest`` or ``highest`` Human Development Index of a member of the Group of 77 in the year."""
    members = where(hdi, year=year, iso3=where(groups, g77=True)["iso3"])["hdi"]
    return float(members.min() if end == "lowest" else members.max())


# Lists by rule


def middle_powers(
    groups: Table,
    macro: Table,
    global_south_rules: Table,
    middle_power_lists: Table,
    states: Table,
    focus: str,
    rule: str = "A",
) -> pd.DataFrame:
    """The Global South middle powers by one rule, largest economy first; the state under study is left out."""
    chosen = _listed(groups, macro, middle_power_lists, _rule(global_south_rules, rule)).query("iso3 != @focus")
    chosen.insert(1, "name", chosen["iso3"].map(names_of(states)))
    return chosen.sort_values("gdp_usd", ascending=False, ignore_index=True)


def qualifies(
    groups: Table, macro: Table, global_south_rules: Table, middle_power_lists: Table, focus: str, rule: str = "A"
) -> bool:
    """Whether the state under study would itself be on the list of the rule."""
    return focus in set(_listed(groups, macro, middle_power_lists, _rule(global_south_rules, rule))["iso3"])


def rules(global_south_rules: Table, middle_powers: Asked) -> pd.DataFrame:
    """The rules, ``selects`` in words, and the list that each yields: its ``size`` and the states ``named``.

    Least sizes (``gdp_bn``, billion US dollars, and ``population_m``, millions) are texts, "none" where a rule has none.
    """
    frame = global_south_rules[["rule", "source_id"]].assign(
        selects=global_south_rules["title"] + " (" + global_south_rules["membership"] + ")",
        gdp_bn=_in_words(global_south_rules["min_gdp_usd"] / 1e9),
        population_m=_in_words(global_south_rules["min_population"] / 1e6),
    )
    lists = [middle_powers(rule=rule) for rule in frame["rule"]]
    return frame.assign(size=[len(each) for each in lists], named=[", ".join(sorted(each["name"])) for each in lists])


def rule_count(global_south_rules: Table) -> int:
    """Number of rules for a list."""
    return len(global_south_rules)


def list_size(middle_powers: Asked, rule: str = "A") -> int:
    """Number of states on the rule's list."""
    return len(middle_powers(rule=rule))


def list_sizes(rules: Asked) -> str:
    """Sizes of the shortest and the longest list, as "6 to 23"."""
    sizes = rules()["size"]
    return f"{sizes.min()} to {sizes.max()}"


# Outcomes


def vote_grid(unga_es11_votes: Table, unga_es11_resolutions: Table, as_of: date) -> pd.DataFrame:
    """Votes in the emergency session on Ukraine by state (rows) and resolution adopted by the day (columns)."""
    passed = begun_by(unga_es11_resolutions, as_of)["resolution"]
    grid = unga_es11_votes.pivot(index="iso3", columns="resolution", values="vote")
    grid = grid.reindex(columns=passed[passed.str.startswith("ES-11/")].to_list())
    return grid.astype(object).fillna("unknown")


def outcomes(
    middle_powers: Asked, vote_grid: Asked, russia_list: Table, focus: str, as_of: date, rule: str = "A"
) -> pd.DataFrame:
    """For each state on the list: its vote on ES-11/6, its agreement with the state under study, and four readings.

    ``agreement`` is the share of equal votes among those known of both, by the day, in per cent; absence counts as a
    vote of its own kind. A reading without data is missing.
    """
    listed = middle_powers(rule=rule)[["iso3", "name"]]
    return listed.join(_readings(vote_grid(), listed["iso3"], russia_list, focus, as_of), on="iso3")


def shares(global_south_rules: Table, outcomes: Asked) -> pd.DataFrame:
    """How many states on each list pass each reading: one row for each rule and reading."""
    rows = []
    for rule in global_south_rules["rule"]:
        frame = outcomes(rule=rule)
        rows += [(rule, reading, label, *_counted(frame[reading])) for reading, (label, _) in READINGS.items()]
    frame = pd.DataFrame(rows, columns=["rule", "reading", "label", "passed", "known", "share"])
    return frame.assign(most=frame["share"] > 50)


@shown(unit="%", digits=0)
def share(shares: Asked, rule: str = "A", reading: str = "same_vote") -> float:
    """Share of the states on the rule's list that pass one reading, in per cent of those with data."""
    return float(
        cell(shares(), "share", f"no state on list {rule} with data for this reading", rule=rule, reading=reading)
    )


def share_text(shares: Asked, rule: str = "A", reading: str = "same_vote") -> str:
    """How many states on the rule's list pass one reading, as "5 of 17"."""
    missing = f"no state on list {rule} with data for this reading"
    row = required(shares().query("known > 0"), missing, rule=rule, reading=reading).iloc[0]
    return f"{row['passed']} of {row['known']}"


def share_table(shares: Asked) -> pd.DataFrame:
    """What ``share_text`` says, one reading a row (``short``, its short name) and one rule a column."""
    table = shares()
    table["text"] = table["passed"].astype(str) + " of " + table["known"].astype(str)
    wide = table.pivot(index="reading", columns="rule", values="text").loc[list(READINGS)]
    return wide.rename_axis(columns=None).reset_index(drop=True).assign(short=[short for _, short in READINGS.values()])


def most_count(shares: Asked, reading: str = "same_vote") -> int:
    """Under how many of the rules most of the listed states pass the reading."""
    return int(where(shares(), reading=reading)["most"].sum())


def threshold_pairs(
    groups: Table,
    macro: Table,
    global_south_rules: Table,
    middle_power_lists: Table,
    russia_list: Table,
    states: Table,
    vote_grid: Asked,
    focus: str,
    as_of: date,
    reading: str = "same_vote",
) -> pd.DataFrame:
    """One reading under 56 pairs of thresholds around the main rule: does the choice of sizes decide the answer?

    Columns: ``gdp_bn`` and ``population_m`` (least size, billion US dollars and millions), ``passed`` of ``known``
    listed states and ``share`` in per cent.
    """
    widest = _rule(global_south_rules, "A").to_frame().T
    widest = widest.assign(min_gdp_usd=min(GDP_STEPS) * 10**9, min_population=min(POPULATION_STEPS) * 10**6)
    sizes = middle_powers(groups, macro, widest, middle_power_lists, states, focus)
    sizes = sizes.join(_readings(vote_grid(), sizes["iso3"], russia_list, focus, as_of), on="iso3")
    rows = []
    for gdp in GDP_STEPS:
        for people in POPULATION_STEPS:
            large = (sizes["gdp_usd"] >= gdp * 10**9) & (sizes["population"] >= people * 10**6)
            rows.append((gdp, people, *_counted(sizes.loc[large, reading])))
    return pd.DataFrame(rows, columns=["gdp_bn", "population_m", "passed", "known", "share"])


def threshold_range(threshold_pairs: Asked, reading: str = "same_vote") -> str:
    """Least and greatest share over the 56 pairs of thresholds, as "21 to 44%"."""
    pairs = threshold_pairs(reading=reading).dropna(subset=["share"])
    share = required(pairs, "no listed state with data for this reading")["share"]
    least, most = f"{share.min():.0f}", f"{share.max():.0f}"
    return f"{least} to {most}%" if least != most else f"{least}%"


def threshold_most(threshold_pairs: Asked, reading: str = "same_vote") -> int:
    """Under how many of the 56 pairs of thresholds most of the listed states pass the reading."""
    return int((threshold_pairs(reading=reading)["share"] > 50).sum())


def against_others(middle_powers: Asked, vote_grid: Asked, focus: str, as_of: date, rule: str = "A") -> pd.DataFrame:
    """The vote on ES-11/6 of the listed states and of all other members: ``group``, ``same``, ``known``, ``share``.

    ``same`` counts those that cast the vote of the state under study, which is in neither group.
    """
    grid = vote_grid()
    own = _votes_of(grid, focus, as_of)[RESOLUTION]
    if own == "unknown":
        raise NoData(f"the vote of {focus} on {RESOLUTION} is not known")
    cast = grid[RESOLUTION].drop(focus)
    same = (cast == own)[cast != "unknown"]
    listed = same.index.isin(middle_powers(rule=rule)["iso3"])
    rows = [("listed", *_counted(same[listed])), ("others", *_counted(same[~listed]))]
    return pd.DataFrame(rows, columns=["group", "same", "known", "share"])


def others_text(against_others: Asked, rule: str = "A") -> str:
    """How many members that are not on the rule's list cast the same vote on ES-11/6 as the state, as "24 of 170"."""
    row = against_others(rule=rule).set_index("group").loc["others"]
    return f"{int(row['same'])} of {int(row['known'])}"


@shown(digits=3)
def fisher_p(against_others: Asked, rule: str = "A") -> float:
    """Fisher's exact test, two-sided: how likely a difference at least as large between listed and other states is if
    the list had nothing to do with the vote on ES-11/6. Caveat: states do not vote independently of each other.
    """
    frame = against_others(rule=rule)
    return fisher(*frame["same"], *(frame["known"] - frame["same"]))


def clear_rules(global_south_rules: Table, fisher_p: Asked) -> int:
    """Number of rules by which chance would rarely make the gap between listed and other states: p below 0.05."""
    return sum(fisher_p(rule=rule) < 0.05 for rule in global_south_rules["rule"])


def others_sentence(against_others: Asked, fisher_p: Asked) -> str:
    """Listed states against all others in words: "more often than the others, by a gap that chance rarely makes"."""
    listed, others = against_others()["share"]
    if listed == others:
        return "as often as the others"
    size = "that chance rarely makes" if fisher_p() < 0.05 else "that may be chance"
    return f"{'more' if listed > others else 'less'} often than the others, by a gap {size}"


def dependence_sentence(shares: Asked, vote_grid: Asked, russia_list: Table, focus: str, as_of: date) -> str:
    """What decides the answer, in words: the reading, the rule, both or neither.

    A reading is settled if most states pass it under all rules or under none. Readings that the state itself does not
    pass are not its position, and are left out.
    """
    table = where(shares(), reading=_own(vote_grid(), russia_list, focus, as_of))
    by_reading = table.groupby("reading", sort=False)["most"].mean()
    settled, differ = bool(by_reading.isin([0, 1]).all()), by_reading.nunique() > 1
    if settled:
        return "depends on the reading, not on the rule" if differ else "depends neither on the reading nor on the rule"
    return "depends on the reading and, for some readings, on the rule"


def answer(shares: Asked, vote_grid: Asked, russia_list: Table, focus: str, as_of: date, rule: str = "A") -> str:
    """Whether most of the rule's list shares the position, in the fewest words: by every reading, by some or by none.

    Readings that the state itself does not pass are not its position, and are left out.
    """
    table = where(shares(), rule=rule, reading=_own(vote_grid(), russia_list, focus, as_of))
    if not table["known"].all():
        raise NoData(f"not every reading has data for {focus}")
    if table["most"].all():
        return "Most do, by every reading of it"
    return "It depends on what is shared" if table["most"].any() else "Most do not, by any reading of it"


def own_readings(vote_grid: Asked, russia_list: Table, focus: str, as_of: date) -> str:
    """Of how many of the readings the state itself is an instance, in words; the others are not its position."""
    own = _own(vote_grid(), russia_list, focus, as_of)
    ordinals = {"no_sanctions": "first", "not_for": "second"}
    left_out = " and ".join(ordinals[name] for name in READINGS if name not in own)
    if not left_out:
        return "passes all of them itself"
    return f"does not pass the {left_out} itself, which the answer therefore leaves out"


@shown(unit="%", digits=0)
def world_no_sanctions(russia_list: Table, states: Table, as_of: date) -> float:
    """Share of UN members not on Russia's list of states with sanctions on the day, in per cent: the baseline."""
    return _share(~pd.Series(un_members(states)).isin(_sanctioning(russia_list, as_of)))


def focus_sanctions(russia_list: Table, focus: str, as_of: date) -> str:
    """Whether the Russian government lists the state among those with sanctions on the day, in words."""
    return "is on that list" if focus in _sanctioning(russia_list, as_of) else "is not on that list"


def ideal_points(
    middle_powers: Asked, unga_idealpoints: Table, states: Table, focus: str, rule: str = "A", year: int = 2022
) -> pd.DataFrame:
    """Ideal points of the listed states and of the state under study in the year, by both series, lowest first.

    An ideal point is a state's position on the main dividing line of General Assembly votes; higher is nearer to the
    United States. ``fp``: votes on final passage; ``all``: all votes. ``apart``: whether the 90 per cent intervals
    (``fp``) of a state and of the state under study do not overlap; ``side``: on which side it then stands, ``nearer``
    to the United States or ``further``, else ``between``.
    """
    if focus == "USA":
        raise NoData(f"the scale is how near a state stands to {focus} itself")
    listed = middle_powers(rule=rule)["iso3"]
    points = where(unga_idealpoints, year=year).dropna(subset=["idealpoint_fp"])
    own = required(points, f"no ideal point of {focus} for {year}", iso3=focus).iloc[0]
    frame = where(points, iso3=[focus, *listed]).sort_values("idealpoint_fp", ignore_index=True)
    frame = frame[["iso3", "idealpoint_fp", "q5_fp", "q95_fp", "idealpoint_all", "q5_all", "q95_all"]]
    nearer, further = frame["q5_fp"] > own["q95_fp"], frame["q95_fp"] < own["q5_fp"]
    return frame.assign(
        name=frame["iso3"].map(names_of(states)),
        focus=frame["iso3"] == focus,
        apart=nearer | further,
        side=pd.Series("between", frame.index).mask(nearer, "nearer").mask(further, "further"),
    )


def ideal_count(ideal_points: Asked, side: str = "", rule: str = "A", year: int = 2022) -> int:
    """Number of listed states with an ideal point, or of those on one ``side`` of the state under study.

    ``nearer`` to the United States or ``further``: the 90 per cent intervals do not overlap; ``between``: they do.
    """
    listed = ideal_points(rule=rule, year=year).query("not focus")
    return len(where(listed, side=side) if side else listed)


@shown(unit="%", digits=0)
def nearer_to_usa(ideal_points: Asked, focus: str, rule: str = "A", year: int = 2022, series: str = "fp") -> float:
    """Share of the listed states whose ideal point stands nearer to the United States than the state's, in per cent.

    ``series`` is ``fp`` (final passage) or ``all`` (all votes). At 50 the state stands in the middle of the list.
    """
    values = ideal_points(rule=rule, year=year).set_index("iso3")[f"idealpoint_{series}"].dropna()
    if focus not in values.index or len(values) < 2:
        raise NoData(f"no ideal point of {focus} for {year} in this series")
    return float((values.drop(focus) > values[focus]).mean() * 100)


def _in_words(sizes: pd.Series) -> list[str]:
    return [f"{size:.0f}" if size > 0 else "none" for size in sizes.fillna(0)]


def _groups_of(groups: Table, focus: str) -> pd.Series:
    return required(groups, f"no group membership of {focus} on file", iso3=focus).iloc[0]


def _rule(global_south_rules: Table, rule: str) -> pd.Series:
    return required(global_south_rules, f"no rule {rule} for a list of middle powers", rule=rule).iloc[0]


def _listed(groups: Table, macro: Table, lists: pd.DataFrame, terms: pd.Series) -> pd.DataFrame:
    """States that the rule's terms select, the one under study among them if it is."""
    size = where(macro, year=terms["year"])[["iso3", "gdp_usd", "population"]]
    frame = groups[["iso3", "g77", "nam"]].merge(size, on="iso3", how="left")
    if terms["membership"] == "named":
        return where(frame, iso3=where(lists, list=terms["list"])["iso3"])
    nam = ["member"] if terms["membership"] == "full member" else ["member", "observer"]
    large = (frame["gdp_usd"] >= terms["min_gdp_usd"]) & (frame["population"] >= terms["min_population"])
    southern = frame["g77"] | frame["nam"].isin(nam)
    return frame[southern & large & ~frame["iso3"].isin(terms["great_powers"].split(";"))]


def _sanctioning(russia_list: Table, as_of: date) -> set[str]:
    """States on Russia's list by the day."""
    return set(begun_by(russia_list, as_of, "listed_on")["iso3"])


def _votes_of(grid: pd.DataFrame, focus: str, as_of: date) -> pd.Series:
    if focus not in grid.index or RESOLUTION not in grid.columns:
        raise NoData(f"no vote of {focus} on {RESOLUTION} by {spoken(as_of.isoformat())}")
    return grid.loc[focus]


def _own(grid: pd.DataFrame, russia_list: Table, focus: str, as_of: date) -> list[str]:
    """Readings that the state itself passes: its own vote is always the same as its own."""
    own = _readings(grid, [focus], russia_list, focus, as_of).loc[focus, list(READINGS)].fillna(True)
    return [reading for reading in READINGS if own[reading]]


def _readings(grid: pd.DataFrame, chosen: Iterable[str], russia_list: Table, focus: str, as_of: date) -> pd.DataFrame:
    """Outcomes of the chosen states, from their votes and those of the state under study; missing without data."""
    own, votes = _votes_of(grid, focus, as_of), grid.loc[list(chosen)]
    known = (votes != "unknown") & (own != "unknown")
    agreement = ((votes == own) & known).sum(axis=1) / known.sum(axis=1) * 100
    vote = votes[RESOLUTION]
    frame = pd.DataFrame(
        {
            "vote": vote,
            "agreement": agreement,
            "no_sanctions": ~votes.index.isin(_sanctioning(russia_list, as_of)),
            "not_for": (vote != "for").where(vote != "unknown"),
            "same_vote": (vote == own[RESOLUTION]).where(known[RESOLUTION]),
            "mostly_same": (agreement > 50).where(known.any(axis=1)),
        }
    )
    return frame.astype({"vote": str, **dict.fromkeys(READINGS, "boolean")})


def _counted(passed: pd.Series) -> tuple[int, int, float]:
    """How many pass, of how many are known, and their share in per cent."""
    known = passed.dropna()
    return int(known.sum()), len(known), _share(known)


def _share(passed: pd.Series) -> float:
    return float(passed.mean() * 100) if len(passed) else float("nan")
