"""Sides: how states vote, whom they stand near, what they have promised, and how large their neighbours are.

A vote in the General Assembly costs little and binds nobody, but it is public, it is frequent, and every state faces
the same question on the same day. So it can test the words "not taking sides". It does not measure alliance:
treaties and troops are looked at separately.
"""

from datetime import date

import numpy as np
import pandas as pd

from multivector.errors import NoData
from multivector.facts.dates import begun_by, first_day, known_by
from multivector.facts.memberships import memberships_on
from multivector.facts.names import CENTRAL_ASIA, NUMERALS, in_sentences, listing, names_of, un_members
from multivector.facts.rows import by_claim, cell, required, where
from multivector.findings import Asked, Table, shown

EU_FIVE = ("DEU", "ESP", "FRA", "ITA", "POL")
"""The EU's five largest members by population: they stand for the Union in the comparison of votes."""
PARTNERS = ("RUS", "CHN", "USA", "TUR", *EU_FIVE, *CENTRAL_ASIA)
POWERS = ("RUS", "CHN", "USA")
GIANTS = ("RUS", "CHN")
_GROUPS = {
    **{"Russia": ("RUS",), "China": ("CHN",), "United States": ("USA",), "Türkiye": ("TUR",)},
    **{"EU five": EU_FIVE, "Central Asia": CENTRAL_ASIA},
}
MATRIX = (*CENTRAL_ASIA, "ARM", "AZE", "BLR", "RUS", "CHN", "IND", "TUR", "USA", *EU_FIVE)
SHOWN = (*CENTRAL_ASIA, "ARM", "AZE", "BLR", "RUS", "CHN", "IND", "TUR", "USA", "DEU")
"""States whose votes on the war are shown beside each other."""
INVASION = "2022-02-24"
"""Day of the full-scale invasion: the record on the war begins here unless a finding is asked for more."""
LAST_YEAR = 2022
"""Last full year of roll calls before the Forum."""
LEAST = 20
"""Joint votes that a pair of states needs in a year to be ranked."""
MEASURES = {"half": "agreement", "identical": "identical", "kappa": "kappa"}
_CHOICES = "NAY"
_STEPS = np.abs(np.subtract.outer([0, 0.5, 1], [0, 0.5, 1]))
_LOST = 0.1
"""Share of a year's votes not recorded from which on a state is left out of that year."""
_SEED, _DRAWS = 20230608, 2000
_ROLLED = {"Y": "for", "N": "against", "A": "abstain", ".": "not_voting", "?": "unknown"}
_LETTER = {"for": "Y", "against": "N", "abstain": "A", "not_voting": "–", "unknown": "?"}
_PAST = {
    "for": "voted for",
    "against": "voted against",
    "abstain": "abstained",
    "not_voting": "took no part",
    "unknown": "unknown",
}
_OFTEN = {"for": "voted in favour"}
_MOSTLY = {
    "abstain": "Mostly, not always",
    "for": "No: it mostly voted for the texts on the war",
    "against": "No: it mostly voted against the texts on the war",
}
_TIMES = ("never", "once", "twice", *(f"{word} times" for word in NUMERALS[3:10]))
_EQUAL_AREA = "EPSG:6933"


def focus_name(states: Table, focus: str, iso3: str = "") -> str:
    """Name of the state under study, or of ``iso3``, as it stands inside an English sentence ("the Netherlands")."""
    asked, names = iso3 or focus, in_sentences(states)
    if asked not in names:
        raise NoData(f"{asked} is not in the list of states")
    return names[asked]


# ---------------------------------------------------------------- agreement in recorded votes


def agreement_by_year(states: Table, unga_votes: Table, focus: str, partners: tuple = PARTNERS) -> pd.DataFrame:
    """Agreement between the state under study and its partners in recorded votes of the General Assembly, year by year.

    Columns: ``partner_iso3``, ``year``, ``joint_votes`` (both took part), ``agreement`` (by halves), ``identical`` and
    ``kappa``. Left out: years with fewer than 20 joint votes, and pairs of which a tenth of a year's votes or more is
    not recorded. Texts adopted without a vote do not count: the record shows what divides states.
    """
    years = sorted(unga_votes["date"].str[:4].astype(int).unique())
    every = pd.concat([_year(states, unga_votes, focus, year) for year in years]).drop(columns="cells")
    missing = f"no year with {LEAST} or more joint recorded votes for {focus}"
    return required(every[every["joint_votes"] >= LEAST], missing, partner_iso3=partners).reset_index(drop=True)


@shown(digits=2)
def agreement(
    states: Table, unga_votes: Table, focus: str, partner: str = "RUS", year: int = LAST_YEAR, definition: str = "half"
) -> float:
    """Agreement of the state under study with one partner in one year, by one of three definitions.

    ``half``: from 0 (always opposed) to 1 (always the same vote), an abstention against a vote counts ½;
    ``identical``: share of equal votes; ``kappa``: Cohen's kappa with linear weights, 1 for full agreement, 0 for what
    two states would reach by chance if each kept its own shares of for, abstain and against (Häge 2011).
    """
    return float(_agreement_row(states, unga_votes, focus, partner, year)[MEASURES[definition]])


def agreement_interval(
    states: Table, unga_votes: Table, focus: str, partner: str = "RUS", year: int = LAST_YEAR, definition: str = "half"
) -> str:
    """Bootstrap interval of an agreement, 90 per cent, as "0.67 to 0.81": how far it hangs on the year's agenda.

    The joint votes of the year are drawn anew 2,000 times with a fixed seed. ``definition`` as in ``agreement``.
    Caveat: votes on related texts are not independent, so the true uncertainty is larger.
    """
    joint, cells = _agreement_row(states, unga_votes, focus, partner, year)[["joint_votes", "cells"]]
    draws = np.random.default_rng(_SEED).multinomial(joint, cells.ravel() / joint, _DRAWS).reshape(-1, 3, 3)
    low, high = np.nanpercentile(_measures_of(draws)[MEASURES[definition]], [5, 95])
    return f"{low:.2f} to {high:.2f}".replace("-", "−")


def agreement_told(
    agreement: Asked, agreement_interval: Asked, focus_name: Asked, focus: str, definition: str = "half"
) -> str:
    """Agreement with Russia, China and the United States in one year with its interval, as a list; not with itself."""
    parts = []
    for asked in [{"partner": one, "definition": definition} for one in POWERS if one != focus]:
        with_whom = f"with {focus_name(iso3=asked['partner'])} ({agreement_interval(**asked)})"
        parts.append(f"{agreement(**asked):.2f} {with_whom}".replace("-", "\u2212"))
    return listing(parts)


def agreement_list(agreement_groups: Asked, agreement_last_year: Asked, focus_name: Asked) -> str:
    """Agreement with Russia, China, the United States and the median member in the last full year, as a list."""
    names = {"Russia": "RUS", "China": "CHN", "United States": "USA"}
    whom = {name: focus_name(iso3=iso3) for name, iso3 in names.items()} | {"Median member": "the median member"}
    of_year = where(agreement_groups(), year=agreement_last_year()).set_index("counterpart")["agreement"]
    return listing(f"{of_year[name]:.2f} with {told}" for name, told in whom.items() if name in of_year)


def measure_sentence(states: Table, unga_votes: Table, focus: str) -> str:
    """Whether Russia, China and the United States stand in one order by all measures: "does not hang on the measure"."""
    powers = [iso3 for iso3 in POWERS if iso3 != focus]
    rows = _agreements_of(states, unga_votes, focus, LAST_YEAR).set_index("partner_iso3").reindex(powers)
    orders = {tuple(rows[column].sort_values(kind="stable").index) for column in MEASURES.values()}
    return "does not hang on the measure" if len(orders) == 1 else "hangs on the measure"


def trend_sentence(agreement: Asked, partner_median: Asked, definition: str = "half") -> str:
    """How the agreement with a partner moved between two years, beside the median member's: "fell about as much as …".

    The partner is Russia, the years are 2009 and 2019. About as much: from two thirds to one and a half times.
    """
    start, end = ({"year": year, "definition": definition} for year in (2009, 2019))
    moved, typical = (asked(**end) - asked(**start) for asked in (agreement, partner_median))
    word = "fell" if moved < 0 else "rose"
    if moved * typical <= 0:
        return f"{word}, unlike the median member's"
    ratio = moved / typical
    size = "about as much as" if 2 / 3 <= ratio <= 3 / 2 else "more than" if ratio > 1 else "less than"
    return f"{word} {size} the median member's"


@shown(digits=2)
def agreement_median(states: Table, unga_votes: Table, focus: str) -> float:
    """Median over all other members of their agreement with the state in one year: the yardstick for "close"."""
    return partner_median(states, unga_votes, focus)


@shown(digits=2, anywhere=True)
def partner_median(
    states: Table, unga_votes: Table, partner: str = "RUS", year: int = LAST_YEAR, definition: str = "half"
) -> float:
    """Median over all members of their agreement with ``partner`` in one year: what is usual, whichever state is studied."""
    return float(_agreements_of(states, unga_votes, partner, year)[MEASURES[definition]].median())


def agreement_base_rate(states: Table, unga_votes: Table, partner: str = "RUS") -> str:
    """How many members agree less with ``partner`` than with their own median partner in a year, as "181 of 186"."""
    below, rolls = [], unga_votes[unga_votes["date"].str.startswith(str(LAST_YEAR))]
    for member in _agreements_of(states, rolls, partner, LAST_YEAR)["partner_iso3"]:
        scores = _agreements_of(states, rolls, member, LAST_YEAR).set_index("partner_iso3")["agreement"]
        below.append(scores[partner] < scores.median())
    return f"{sum(below)} of {len(below)}"


def agreement_groups(agreement_by_year: Asked, states: Table, as_of: date) -> pd.DataFrame:
    """Agreement by year with Russia, China, the United States, Türkiye, the EU five, Central Asia and the median
    member.

    Groups are unweighted means of the members with data that year, without the focus state. Columns: ``counterpart``,
    ``year``, ``agreement``, ``identical``, ``kappa``, ``joint_votes`` (mean per pair for groups) and ``later``: the
    year had not ended by ``as_of``.
    """
    long = agreement_by_year(partners=tuple(un_members(states)))
    columns = [*MEASURES.values(), "joint_votes"]
    parts = {name: where(long, partner_iso3=group).groupby("year")[columns].mean() for name, group in _GROUPS.items()}
    parts["Median member"] = long.groupby("year")[columns].median()
    frame = pd.concat(parts, names=["counterpart"]).reset_index()
    return frame.assign(later=frame["year"] >= as_of.year)


@shown(unit="year")
def agreement_last_year(agreement_by_year: Asked, states: Table, as_of: date) -> int:
    """Last year that had ended by the day of judgement and in which the state took part in the roll calls."""
    years = agreement_by_year(partners=tuple(un_members(states)))["year"]
    return int(years[years < as_of.year].max())


@shown(unit="votes")
def roll_calls(unga_votes: Table, year: int = LAST_YEAR, since: str = "", until: str = "") -> int:
    """Number of roll calls on file of a year, or from ``since`` to ``until`` (ISO days, both counted)."""
    low, high = since or f"{year}-01-01", until or f"{year}-12-31"
    return int(unga_votes["date"].between(low, high).sum())


@shown(unit="votes")
def roll_calls_missing(roll_calls: Asked, unga_votes_a_year: Table, year: int = LAST_YEAR) -> int:
    """Recorded votes of a year that are not on file, by the number that another copy of the records has."""
    missing = f"the number of recorded votes of {year} is not on file"
    return int(cell(unga_votes_a_year, "recorded_votes", missing, year=year)) - roll_calls(year=year)


def tallies_met(unga_votes: Table, unga_es11_resolutions: Table, unga_tallies: Table) -> str:
    """How many official tallies on file the roll calls add up to, vote for vote, as "23 of 27".

    Where they do not, votes are not known or were lost by the copy; of 71/205 the data lack one vote against.
    """
    official = pd.concat([unga_es11_resolutions, unga_tallies]).set_index("rcid")[["for", "against", "abstain"]]
    rolls = unga_votes.set_index("rcid")["votes"].reindex(official.index)
    counted = pd.DataFrame({name: rolls.str.count(_LETTER[name]) for name in official.columns})
    return f"{int((counted == official).all(axis=1).sum())} of {len(official)}"


def _year(states: Table, unga_votes: Table, focus: str, year: int) -> pd.DataFrame:
    """Focus against every other member in one year, without pairs that have no joint vote or too many lost ones.

    ``cells`` are the joint votes as a 3 × 3 count of what the one and the other did: against, abstained, for.
    """
    rolls = required(unga_votes[unga_votes["date"].str.startswith(str(year))], f"no roll call of {year} is on file")
    letters = np.array(rolls["votes"], dtype=str).view("U1").reshape(len(rolls), -1)  # roll calls × members
    cast = np.stack([letters == choice for choice in _CHOICES]).astype(float)  # whole numbers, multiplied faster
    members = un_members(states)
    place = members.index(focus)
    cells = np.einsum("ir,jrm->mij", cast[:, :, place], cast, optimize=True).astype(int)
    joint = cells.sum(axis=(1, 2))
    frame = pd.DataFrame({"partner_iso3": members, "year": year, "joint_votes": joint, **_measures_of(cells)})
    lost = (letters == "?").mean(axis=0) >= _LOST
    return frame.assign(cells=list(cells))[(frame["partner_iso3"] != focus) & (joint > 0) & ~(lost | lost[place])]


def _measures_of(cells: np.ndarray) -> dict[str, np.ndarray]:
    """The three measures of agreement from 3 × 3 counts of joint votes; kappa is empty where chance gives agreement.

    Chance is the mean distance to expect if each of a pair kept its shares of votes but cast them independently.
    """
    joint = np.maximum(cells.sum(axis=(-2, -1)), 1)
    distance = (cells * _STEPS).sum(axis=(-2, -1)) / joint
    ours, theirs = (cells.sum(axis=axis) / joint[..., None] for axis in (-1, -2))
    chance = sum(_STEPS[one, other] * ours[..., one] * theirs[..., other] for one, other in np.ndindex(3, 3))
    kappa = 1 - np.divide(distance, chance, out=np.full(chance.shape, np.nan), where=chance > 0)
    return {"agreement": 1 - distance, "identical": np.trace(cells, axis1=-2, axis2=-1) / joint, "kappa": kappa}


def _agreements_of(states: Table, unga_votes: Table, focus: str, year: int) -> pd.DataFrame:
    every = _year(states, unga_votes, focus, year)
    missing = f"{focus} has fewer than {LEAST} joint recorded votes with any state in {year}"
    return required(every[every["joint_votes"] >= LEAST], missing)


def _agreement_row(states: Table, unga_votes: Table, focus: str, partner: str, year: int) -> pd.Series:
    if partner == focus:
        raise NoData(f"{focus} cannot be compared with itself")
    missing = f"{focus} and {partner} have no joint recorded vote in {year}"
    return required(_year(states, unga_votes, focus, year), missing, partner_iso3=partner).iloc[0]


# ---------------------------------------------------------------- ideal points


@shown(digits=2)
def ideal_point(
    unga_idealpoints: Table, focus: str, state: str = "", year: int = LAST_YEAR, series: str = "all"
) -> float:
    """Position of the state under study, or of ``state``, in a year; higher is nearer to the United States."""
    iso3 = state or focus
    missing = f"no ideal point for {iso3} in {year} (series {series})"
    return float(cell(unga_idealpoints, f"idealpoint_{series}", missing, iso3=iso3, year=year))


@shown(digits=2)
def ideal_gap(
    ideal_point: Asked, focus: str, partner: str = "RUS", year: int = LAST_YEAR, series: str = "all"
) -> float:
    """Distance between the positions of the state and a partner in a year, in points on the estimated scale."""
    if focus == partner:
        raise NoData(f"no ideal points to compare {focus} with {partner}")
    return abs(ideal_point(year=year, series=series) - ideal_point(state=partner, year=year, series=series))


@shown(digits=2)
def ideal_gap_median(
    unga_idealpoints: Table, partner: str = "RUS", year: int = LAST_YEAR, series: str = "all"
) -> float:
    """Median over all other states of their distance from a partner in a year: what is usual, whichever state is studied."""
    rows = where(unga_idealpoints, year=year).set_index("iso3")[f"idealpoint_{series}"].dropna()
    if partner not in rows:
        raise NoData(f"no ideal point for {partner} in {year} (series {series})")
    return float((rows.drop(partner) - rows[partner]).abs().median())


def ideal_gap_lines(ideal_gaps: Asked, as_of: date) -> pd.DataFrame:
    """Distance from a partner by year: ``counterpart`` ("All votes", "Final passage"), ``year``, ``gap``, ``later``.

    ``later`` marks years that had not ended by ``as_of``. The scale has no unit.
    """
    wide = ideal_gaps().rename(columns={"gap_all": "All votes", "gap_fp": "Final passage"})
    long = wide.melt("year", ["All votes", "Final passage"], "counterpart", "gap").dropna(subset=["gap"])
    return long.assign(later=long["year"] >= as_of.year)[["year", "gap", "counterpart", "later"]]


def ideal_gaps(unga_idealpoints: Table, focus: str, partner: str = "RUS") -> pd.DataFrame:
    """Distance of the state under study from a partner by year in both series: ``year``, ``gap_fp``, ``gap_all``."""
    series = {"idealpoint_fp": "gap_fp", "idealpoint_all": "gap_all"}
    ours, theirs = (where(unga_idealpoints, iso3=one).set_index("year")[[*series]] for one in (focus, partner))
    if ours.empty or theirs.empty or focus == partner:
        raise NoData(f"no ideal points to compare {focus} with {partner}")
    gaps = (ours - theirs).abs().rename(columns=series).dropna(how="all").reset_index()
    return required(gaps, f"{focus} and {partner} have no ideal point in the same year")


@shown(digits=2)
def ideal_change(ideal_point: Asked, state: str = "", until: int = LAST_YEAR, series: str = "all") -> float:
    """Movement of the state under study, or of ``state``, between two years; positive is towards the United States."""
    start, end = (ideal_point(state=state, year=year, series=series) for year in (2021, until))
    return end - start


@shown(unit="%")
def partner_share_of_movement(
    ideal_change: Asked, partner: str = "RUS", until: int = LAST_YEAR, series: str = "all"
) -> float:
    """Share of a partner in what the pair moved between two years: |partner| / (|partner| + |state|)."""
    ours, theirs = (abs(ideal_change(state=one, until=until, series=series)) for one in ("", partner))
    if ours + theirs == 0:
        raise NoData("neither state moved")
    return 100 * theirs / (ours + theirs)


# ---------------------------------------------------------------- the resolutions on Ukraine


def es11_matrix(
    unga_es11_votes: Table,
    unga_es11_resolutions: Table,
    unga_votes: Table,
    states: Table,
    focus: str,
    as_of: date,
    rows: tuple = MATRIX,
) -> pd.DataFrame:
    """Votes of selected states on the resolutions about Ukraine, one row a state and resolution, in order of date.

    Columns: ``iso3``, ``name``, ``resolution``, ``date``, ``short``, ``series``, ``named_in``, ``vote``, ``letter`` (Y
    for, N against, A abstained, – took no part, ? not known), ``basis`` (listed by a source, inferred, unknown) and
    ``later`` (voted after ``as_of``). The focus state comes first. Caveat: for ES-11/4 to ES-11/6 some votes are
    inferred; a vote that a copy of the roll call lost is not known, which is not the same as absent.
    """
    order = pd.DataFrame({"iso3": list(dict.fromkeys([focus, *rows]))}).rename_axis("place").reset_index()
    place, rolls = un_members(states).index, unga_votes.set_index("rcid")["votes"]
    grid = unga_es11_resolutions.merge(order, how="cross").merge(states[["iso3", "name"]], on="iso3")
    rolled = [_ROLLED[rolls[rcid][place(iso3)]] for rcid, iso3 in zip(grid["rcid"], grid["iso3"], strict=True)]
    cast = grid[["resolution", "iso3"]].merge(unga_es11_votes, how="left", on=["resolution", "iso3"])
    grid["vote"] = cast["vote"].fillna(pd.Series(rolled))
    grid["basis"] = cast["basis"].fillna("listed").where(lambda basis: basis == "listed", "inferred")
    grid["basis"] = grid["basis"].mask(grid["vote"] == "unknown", "unknown")
    grid["letter"] = grid["vote"].map(_LETTER)
    grid["later"] = grid["date"].map(first_day) > as_of
    names = ["resolution", "date", "short", "series", "named_in", "vote", "letter", "basis", "later"]
    return grid.sort_values(["place", "date", "resolution"], ignore_index=True)[["iso3", "name", *names]]


def war_texts(es11_matrix: Asked) -> pd.DataFrame:
    """Every resolution on Ukraine on file, with the state's vote, in order of date.

    Columns as in ``es11_matrix``. Two rules, which do not look at any vote, say which texts are "on the war":
    ``session``, the resolutions of the eleventh emergency special session; ``title``, those and every other resolution
    whose title names Ukraine or Crimea. Texts that name the war only inside stand in the table and in neither rule.
    """
    return es11_matrix(rows=())


def war_count(war_texts: Asked, vote: str = "", since: str = INVASION, until: str = "") -> int:
    """How many texts on the war the state under study voted on, or met with one ``vote``, from ``since`` to the day.

    ``vote`` is for, against, abstain, not_voting or unknown, or empty for all texts; ``until`` ends before the day.
    """
    chosen = _on_the_war(war_texts(), since=since, until=until)
    return len(where(chosen, vote=vote) if vote else chosen)


def war_grid(es11_matrix: Asked, rows: tuple = SHOWN) -> pd.DataFrame:
    """Votes of the state and other states (``rows``) on the texts on the war, by title, from the invasion on.

    The texts are those that ``war_count`` counts, the columns those of ``es11_matrix``.
    """
    return _on_the_war(es11_matrix(rows=rows))


def war_grid_told(war_grid: Asked, states: Table, focus: str) -> str:
    """What each other state of ``war_grid`` did on the texts on the war, as "Belarus voted against seven times; …"."""
    rows, names = war_grid(), in_sentences(states)
    others = rows[rows["iso3"] != focus].groupby("iso3", sort=False)["vote"]
    return "; ".join(f"{names[iso3]} {_in_words(votes)}" for iso3, votes in others)


def war_most_against_beside(war_grid: Asked, focus: str) -> int:
    """The most texts on the war since the invasion that another state of Central Asia voted against."""
    rows = war_grid(rows=CENTRAL_ASIA)
    others = rows[rows["iso3"] != focus]
    return int((others["vote"] == "against").groupby(others["iso3"]).sum().max())


def war_sentence(
    war_texts: Asked, rule: str = "title", since: str = INVASION, until: str = "", series: str = ""
) -> str:
    """The record on the war in words, the most frequent vote first: "abstained five times and voted against twice"."""
    texts = _on_the_war(war_texts(), rule, since, until, series)
    return _in_words(required(texts, f"no text on the war was put to the vote from {since} on")["vote"])


def war_record(war_texts: Asked, as_of: date) -> pd.DataFrame:
    """The state's votes on the yearly texts on Crimea and on the session's texts by the day, one row a text.

    Columns as in ``war_texts``, and ``row``, the kind of text; in the order of the kinds. The session's later texts are
    left out, those of the yearly texts are marked. A year without a roll call on file between two of a yearly text
    has a row too, with the year as its date and a vote that is not known.
    """
    record = war_texts().assign(row=lambda texts: texts["short"])
    session = record["series"] == "emergency session"
    yearly = where(record[~session], named_in="title")
    gaps = [_not_on_file(texts, as_of) for _, texts in yearly.groupby("series")]
    yearly = pd.concat([yearly, *gaps]).sort_values("date", kind="stable")
    return pd.concat([yearly, record[session & ~record["later"]]], ignore_index=True)


def sides_answer(war_texts: Asked) -> str:
    """Whether the state took sides on the war, in the fewest words, by the rule on titles since the invasion."""
    texts = required(_on_the_war(war_texts()), f"no text on the war was put to the vote from {INVASION} on")
    share = texts["vote"].value_counts(normalize=True)
    if share.get("abstain", 0) == 1:
        return "By its votes on the war, yes"
    most = share.index[0] if share.iloc[0] > 0.5 else ""
    return _MOSTLY.get(most, "Its votes on the war show no rule")


def war_base(war_grid: Asked, states: Table, focus: str, vote: str = "abstain", least: int = 4) -> str:
    """How many other members cast ``vote`` on at least ``least`` of the texts on the war, as "31 of 192"."""
    rows = war_grid(rows=tuple(un_members(states)))
    others = rows[rows["iso3"] != focus]
    often = (others["vote"] == vote).groupby(others["iso3"]).sum() >= least
    return f"{int(often.sum())} of {len(often)}"


def es11_vote(es11_matrix: Asked, focus: str, resolution: str = "ES-11/1", state: str = "") -> str:
    """What the state, or ``state``, did on one resolution: "voted for the text", "abstained", "took no part"."""
    iso3 = state or focus
    rows = where(es11_matrix(rows=(iso3,)), iso3=iso3)
    vote = cell(rows, "vote", f"no resolution {resolution}", resolution=resolution)
    if vote == "unknown":
        raise NoData(f"the vote of {iso3} on {resolution} is not known")
    return f"{_PAST[vote]} the text" if vote in ("for", "against") else _PAST[vote]


def neighbours_voting(
    es11_matrix: Asked, states: Table, focus: str, resolution: str = "77/284", vote: str = "for"
) -> str:
    """Central Asian states beside the one under study that cast the vote on one resolution, as a list."""
    cast = where(es11_matrix(rows=CENTRAL_ASIA), resolution=resolution, vote=vote)["iso3"]
    return listing(sorted(cast[cast != focus].map(in_sentences(states))))


def es11_resolved(unga_es11_resolutions: Table, as_of: date) -> int:
    """Number of resolutions of the eleventh emergency special session in the table that were adopted by ``as_of``."""
    session = unga_es11_resolutions[unga_es11_resolutions["resolution"].str.startswith("ES-11/")]
    missing = f"the eleventh emergency special session had adopted nothing by {as_of}"
    return len(required(begun_by(session, as_of), missing))


@shown(unit="states")
def es11_official(unga_es11_resolutions: Table, resolution: str = "ES-11/1", vote: str = "for") -> int:
    """Official tally of a resolution: states ``for``, ``against`` or ``abstain``."""
    return int(cell(unga_es11_resolutions, vote, f"no resolution {resolution}", resolution=resolution))


@shown(unit="states")
def es11_not_listed(unga_es11_votes: Table, resolution: str = "ES-11/6") -> int:
    """States whose vote on a resolution no source lists: inferred, left over by the tally, or unknown."""
    return int((where(unga_es11_votes, resolution=resolution)["basis"] != "listed").sum())


def es11_world(unga_es11_votes: Table, resolution: str = "ES-11/1") -> pd.DataFrame:
    """Every member's vote on one resolution: ``iso3``, ``vote``, ``basis``."""
    rows = required(unga_es11_votes, f"no resolution {resolution}", resolution=resolution)
    return rows[["iso3", "vote", "basis"]].reset_index(drop=True)


def es11_counts(es11_world: Asked, resolution: str = "ES-11/1") -> pd.DataFrame:
    """Number of members by what they did on one resolution.

    Columns: ``vote`` in words ("for", "took no part"), ``states``. Members whose vote is not known are not counted.
    """
    words = {vote: said.removeprefix("voted ") for vote, said in _PAST.items() if vote != "unknown"}
    votes = es11_world(resolution=resolution)["vote"]
    return votes.value_counts().reindex(list(words), fill_value=0).rename(index=words).reset_index(name="states")


def _not_on_file(texts: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """A row like those of ``texts``, one yearly text, for each year between two of them that none of them is of."""
    have = texts["date"].str[:4].astype(int)
    years = sorted({*range(have.min(), have.max())} - {*have})
    rows = texts.iloc[[0] * len(years)].assign(resolution="", date=[str(year) for year in years], vote="unknown")
    return rows.assign(letter=_LETTER["unknown"], basis="unknown", later=[date(year, 12, 31) > as_of for year in years])


def _on_the_war(
    record: pd.DataFrame, rule: str = "title", since: str = INVASION, until: str = "", series: str = ""
) -> pd.DataFrame:
    """The texts that a rule counts, voted on from ``since`` to ``until`` (or to the day of judgement)."""
    session = record["series"] == "emergency session"
    counted = {"session": session, "title": session | (record["named_in"] == "title")}[rule]
    kept = record[counted & ~record["later"] & record["date"].between(since, until or date.max.isoformat())]
    return where(kept, series=series) if series else kept


def _in_words(votes: pd.Series) -> str:
    """Votes of one state in words, the most frequent first."""
    counts = votes[votes != "unknown"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
    times = {count: f"{count} times" for count in counts} | dict(enumerate(_TIMES))
    parts = [f"{(_PAST | _OFTEN)[vote]} {times[count]}" for vote, count in counts.items()]
    said = listing(parts) if parts else ""
    unknown = int((votes == "unknown").sum())
    return f"{said} (not known: {unknown} of {len(votes)} votes)" if unknown else said


# ---------------------------------------------------------------- two giants


def giants(
    macro: Table, cinc: Table, world: Table, focus: str, as_of: date, focus_name: Asked, partners: tuple = GIANTS
) -> pd.DataFrame:
    """How many times larger each giant is than the state under study: area, population, economy, material capabilities.

    Columns: ``measure``, ``partner_iso3``, ``year`` (the last before ``as_of`` in which both have a value),
    ``focus_value``, ``partner_value``, ``ratio``, ``partner`` (its name) and ``text`` (the ratio as ``giant_ratio``
    tells it). Area in square km, GDP in current US dollars; the index of capabilities counts mass, not wealth.
    """
    rows = []
    for measure, sizes in _measures(macro, cinc, world, as_of).items():
        for partner in [one for one in partners if one != focus]:
            both = sizes.reindex(columns=[focus, partner]).dropna()
            rows += [(measure, partner, int(year), here, there) for year, here, there in both.tail(1).itertuples()]
    frame = pd.DataFrame(rows, columns=["measure", "partner_iso3", "year", "focus_value", "partner_value"])
    frame = required(frame, f"no measure of size for {focus} and {', '.join(partners)}")
    frame["ratio"] = frame["partner_value"] / frame["focus_value"]
    frame["partner"] = [focus_name(iso3=iso3) for iso3 in frame["partner_iso3"]]
    return frame.assign(text=[f"{ratio:,.1f}" for ratio in frame["ratio"]])


@shown(unit="year")
def giants_year(giants: Asked) -> int:
    """Last year for which a giant and the state under study are compared in size."""
    return int(giants()["year"].max())


def output_sentence(giants: Asked, focus_name: Asked) -> str:
    """The giants' output (GDP) as a multiple of the state's, as "China had 79.1 times the output of Kazakhstan"."""
    frame = giants()
    told = [f"{row.partner} had {row.text} times" for row in where(frame, measure="GDP").itertuples()]
    return f"{' and '.join(told)} the output of {focus_name()}" if told else f"No GDP of {focus_name()} known"


@shown(unit="×", digits=1)
def giant_ratio(giants: Asked, focus: str, partner: str = "RUS", measure: str = "GDP") -> float:
    """How many times larger a partner is than the state under study: Area, Population, GDP or Capabilities."""
    return float(cell(giants(partners=(partner,)), "ratio", f"no {measure} for {focus} and {partner}", measure=measure))


def _measures(macro: Table, cinc: Table, world: Table, as_of: date) -> dict[str, pd.DataFrame]:
    """Tables of what is compared, one row a year before ``as_of`` and one column a state."""
    named, axes = world.dropna(subset=["iso3"]), {"index": "year", "columns": "iso3"}
    area = named.to_crs(_EQUAL_AREA).area.groupby(named["iso3"]).sum() / 1e6
    past = macro[macro["year"] < as_of.year]
    return {
        "Area": area.to_frame(as_of.year - 1).T,
        "Population": past.pivot(**axes, values="population").astype(float),
        "GDP": past.pivot(**axes, values="gdp_usd").astype(float),
        "Capabilities": cinc[cinc["year"] < as_of.year].pivot(**axes, values="cinc"),
    }


# ---------------------------------------------------------------- sides already taken


def defence_partners(atop: Table, states: Table, obligation: str = "defence") -> pd.DataFrame:
    """States to which Kazakhstan was bound by an ``obligation`` in the last year of the data (2018), with since when.

    Columns: ``partner_iso3``, ``name``, ``first_year``, ``last_year``. Texts of the 1990s still count: Azerbaijan and
    Uzbekistan stand here although neither is in the CSTO.
    """
    mine = where(atop, obligation=obligation, last_year=atop["last_year"].max())
    mine = mine.assign(name=mine["partner_iso3"].map(names_of(states)))
    return mine[["partner_iso3", "name", "first_year", "last_year"]].reset_index(drop=True)


@shown(unit="states")
def commitments(atop: Table, obligation: str = "defence") -> int:
    """Number of states to which Kazakhstan owed an ``obligation`` in the last year of the data (2018)."""
    return where(atop, obligation=obligation, last_year=atop["last_year"].max())["partner_iso3"].nunique()


@shown(unit="year")
def commitments_end(atop: Table) -> int:
    """Last year that the data on treaty commitments cover."""
    return int(atop["last_year"].max())


def csto_member(memberships: Table, focus: str, as_of: date) -> bool:
    """Whether the state under study was a full member of the Collective Security Treaty Organization on the day."""
    held = memberships_on(as_of, memberships)
    return not where(held, iso3=focus, organisation="CSTO", status="member").empty


def csto_sentence(csto_member: Asked) -> str:
    """Membership of the Collective Security Treaty Organization in words: "is a full member" or "is not a member"."""
    return "is a full member" if csto_member() else "is not a member"


def troops_day(foreign_troops: Table, event: str = "requested") -> date:
    """Day on which allied troops were requested, arrived, began to leave, were due to be gone or were gone (January 2022)."""
    return first_day(where(foreign_troops, event=event)["date"].item())


def troops_least(foreign_troops: Table) -> int:
    """Least number of allied troops in Kazakhstan in January 2022 that the source gives ("over")."""
    return int(foreign_troops["troops"].dropna().max())


@shown(unit="days")
def days_from_troops_to_first_vote(troops_day: Asked, unga_es11_resolutions: Table) -> int:
    """Days between Kazakhstan's request for allied troops and the first resolution on the war in Ukraine."""
    first = where(unga_es11_resolutions, resolution="ES-11/1")["date"].item()
    return (first_day(first) - troops_day()).days


# ---------------------------------------------------------------- what officials said


def polarisation_statements(official_statements: Table, as_of: date, speaker: str = "") -> int:
    """Official statements about polarisation between states on record by ``as_of``, by all speakers or by one.

    Caveat: a record of what was found, not a census of speeches; one of the statements is known at second hand.
    """
    mine = where(known_by(official_statements, as_of), theme="polarisation")
    return len(where(mine, speaker=speaker) if speaker else mine)


def parallels(parallel_passages: Table, as_of: date, claim: str = "C-25") -> int:
    """Passages by the deputy minister elsewhere, said by ``as_of``, that agree with a claim in wording or substance."""
    dated = by_claim(parallel_passages.dropna(subset=["said"]))
    mine = where(dated, claim_id=claim, speaker="vassilenko", agreement=["wording", "substance"])
    return len(begun_by(mine, as_of, "said"))


def on_record(parallel_passages: Table, as_of: date, claim: str = "C-15", speaker: str = "any") -> int:
    """Passages by named speakers, said by ``as_of``, that affirm a claim in substance or say something else instead.

    By all speakers whose office is known, or by one kind: ``vassilenko``, ``president`` or ``other_official``.
    """
    told = where(by_claim(parallel_passages.dropna(subset=["said"])), claim_id=claim).query("agreement != 'theme'")
    told = told.query("speaker != 'unknown'") if speaker == "any" else where(told, speaker=speaker)
    return len(begun_by(told, as_of, "said"))
