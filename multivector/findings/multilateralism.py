"""What the chapter on multilateralism knows: seats, rank, self-description, other roads, words and votes.

Ranks count from 1, highest first; states that tie share the better rank. Membership data end in 2014, so every
statement about membership carries its year.
"""

from datetime import date

import pandas as pd

from multivector.facts.dates import begun_by, first_day, spoken
from multivector.facts.memberships import memberships_on, spells_in
from multivector.facts.names import CENTRAL_ASIA, NUMERALS, names_of, un_members
from multivector.facts.rows import rank, required, where
from multivector.findings import Asked, NoData, Table, shown

ALLIANCE = "CSTO"
"""Collective Security Treaty Organization, the defence organisation led by Russia."""
MAJOR_RANKS = 10
"""The ten highest ranks count as those of major powers: a choice of this book."""


# Seats in intergovernmental organisations


def seats(igo_spells: Table, focus: str, status: str = "member", year: int = 2014) -> int:
    """Number of organisations in which the state has the status (member, associate or observer) in the year."""
    own, years = required(igo_spells, f"the membership data have no row for {focus}", iso3=focus), _years(igo_spells)
    if year not in years:
        raise NoData(f"the membership data cover {years[0]}-{years[-1]}, not {year}")
    return where(spells_in(own, year), status=status)["igo"].nunique()


def membership_rank(igo_spells: Table, focus: str, year: int = 2014) -> int:
    """Rank of the state in the world by number of full memberships in the year."""
    return _rank(_full_members(igo_spells, year), focus, "full memberships")


@shown(anywhere=True)
def membership_states(igo_spells: Table, year: int = 2014) -> int:
    """Number of states with at least one full membership in the year."""
    return len(_full_members(igo_spells, year))


@shown(digits=0)
def membership_median(igo_spells: Table, year: int = 2014) -> float:
    """Median number of full memberships over all states in the year."""
    return float(_full_members(igo_spells, year).median())


def compared_memberships(igo_spells: Table, peer_roads: Table, states: Table, focus: str) -> pd.DataFrame:
    """Memberships by status and world rank of the state and those it is compared with, most memberships first."""
    counts = _full_members(igo_spells, 2014)
    frame = pd.DataFrame({"iso3": _compared(peer_roads, focus)})
    frame["name"] = frame["iso3"].map(names_of(states))
    for status in ("member", "associate", "observer"):
        frame[status] = [seats(igo_spells, iso3, status) for iso3 in frame["iso3"]]
    frame["rank"] = [_rank(counts, iso3, "full memberships") for iso3 in frame["iso3"]]
    return frame.sort_values(["member", "iso3"], ascending=[False, True], ignore_index=True)


def compared_count(peer_roads: Table, focus: str) -> int:
    """Number of other states with which the state is compared."""
    return len(_compared(peer_roads, focus)) - 1


def surpassed(igo_spells: Table, peer_roads: Table, focus: str, year: int = 2014) -> int:
    """How many of the compared states had fewer full memberships in the year."""
    counts = _full_members(igo_spells, year)
    _rank(counts, focus, "full memberships")
    return sum(int(counts[iso3] < counts[focus]) for iso3 in _compared(peer_roads, focus) if iso3 != focus)


def compared_lines(igo_spells: Table, peer_roads: Table, focus: str) -> pd.DataFrame:
    """Full memberships by year: the compared states, and the world's median (``WLD``), in long form."""
    required(igo_spells, f"the membership data have no row for {focus}", iso3=focus)
    full = pd.DataFrame({year: _full_members(igo_spells, year) for year in _years(igo_spells)})
    lines = full.reindex(_compared(peer_roads, focus)).fillna(0)
    lines.loc["WLD"] = full.median()
    return lines.rename_axis(index="iso3", columns="year").stack().rename("members").reset_index()


def answer(
    surpassed: Asked,
    compared_count: Asked,
    lean_and_outside: Asked,
    office_count: Asked,
    multilateral_roles: Table,
    focus: str,
) -> str:
    """Whether seats and offices make a pillar, and whether a state with fewer seats took another road, in words.

    A pillar: more seats than every compared state, and two chairs or elected seats on file by the day.
    """
    if focus not in set(multilateral_roles["iso3"]):
        pillar = "Its offices were not collected"
    elif surpassed() == compared_count() and office_count() >= 2:
        pillar = "A pillar by offices, with more seats than its peers"
    else:
        pillar = "Seats and offices are few"
    only = lean_and_outside() == 0
    return f"{pillar}; {'no state on another road has fewer seats' if only else 'whether it is the only road is contested'}"


def membership_sentence(surpassed: Asked, compared_count: Asked, membership_median: Asked, seats: Asked) -> str:
    """How the number of full memberships compares with the compared states and with the world's median, in words."""
    fewer, others = surpassed(), compared_count()
    median, own = membership_median(), seats()
    world = "more than" if own > median else "fewer than" if own < median else "as many as"
    part = f"more than {'any' if fewer == others else _word(fewer)} of" if fewer else "not more than any of"
    return f"{part} the {_word(others)} compared states and {world} the world's median state ({median:g})"


# Offices


def offices(multilateral_roles: Table, focus: str, as_of: date) -> pd.DataFrame:
    """Offices held, bodies initiated and arms-control treaties joined by the day, oldest first."""
    begun = begun_by(multilateral_roles, as_of, "from_date")
    own = required(begun, f"no office or founding role of {focus} on file", iso3=focus)
    return own.sort_values("from_date", ignore_index=True)


def office_count(offices: Asked) -> int:
    """Number of chairs and elected seats on file that began by the day."""
    return len(where(offices(), role=["chair", "elected member"]))


# Middle power: position, behaviour, identity


def cinc_rank(cinc: Table, focus: str, year: int = 2022) -> int:
    """World rank by the Composite Index of National Capability in the year.

    The index adds people, energy, steel and military means; it says nothing of wealth or quality.
    """
    return _rank(_measure(cinc, "cinc", year), focus, "capability index")


def cinc_states(cinc: Table, year: int = 2022) -> int:
    """Number of states with a capability index in the year."""
    return len(_measure(cinc, "cinc", year))


def gdp_rank(macro: Table, states: Table, focus: str, year: int = 2022) -> int:
    """Rank among UN members by gross domestic product at current prices in the year (World Bank)."""
    return _rank(_measure(where(macro, iso3=un_members(states)), "gdp_usd", year), focus, "GDP")


def gdp_states(macro: Table, states: Table, year: int = 2022) -> int:
    """Number of UN members with a gross domestic product in the year."""
    return len(_measure(where(macro, iso3=un_members(states)), "gdp_usd", year))


def standing(cinc: Table, macro: Table, igo_spells: Table, states: Table, focus: str, year: int = 2022) -> pd.DataFrame:
    """World rank of the state on four measures, and the share of states ranked below it, in per cent, lowest first."""
    members = where(macro, iso3=un_members(states))
    measures = {
        f"Capability index, {year}": _measure(cinc, "cinc", year),
        f"Gross domestic product, {year}": _measure(members, "gdp_usd", year),
        f"Population, {year}": _measure(members, "population", year),
        "Full memberships, 2014": _full_members(igo_spells, 2014),
    }
    rows = [
        (label, _rank(series, focus, label), len(series), (series < series[focus]).sum() / (len(series) - 1) * 100)
        for label, series in measures.items()
        if focus in series.index
    ]
    frame = pd.DataFrame(rows, columns=["measure", "rank", "states", "below_pct"])
    return required(frame, f"no measure of rank for {focus}").sort_values("below_pct", ignore_index=True)


@shown(unit="%")
def ranked_below(standing: Asked, end: str = "lowest") -> float:
    """Share of states ranked below the state, in per cent, on the measure where it is ``lowest`` or ``highest``."""
    below = standing()["below_pct"]
    return float(below.min() if end == "lowest" else below.max())


def ranks_told(standing: Asked) -> str:
    """The ranks of ``standing`` in one line: each measure with its rank and the number of states."""
    return "; ".join(f"{row.measure}: {row.rank} of {row.states}" for row in standing().itertuples())


def middle_by_position(cinc: Table, macro: Table, states: Table, focus: str, year: int = 2022) -> bool:
    """Whether the state stands below the ten highest ranks and in the world's upper half on both capability and GDP.

    One reading of "below the major powers but above most other states"; the cut at ten is a choice of this book.
    """
    members = where(macro, iso3=un_members(states))
    measures = {"capability index": _measure(cinc, "cinc", year), "GDP": _measure(members, "gdp_usd", year)}
    return all(MAJOR_RANKS < _rank(series, focus, label) <= len(series) / 2 for label, series in measures.items())


def position_sentence(middle_by_position: Asked) -> str:
    """Whether the state passes the test of position, in words."""
    return f"{'passes' if middle_by_position() else 'does not pass'} the test of position"


def self_described(self_descriptions: Table, focus: str, as_of: date) -> bool:
    """Whether an official had used the label "middle power" by the day, on the sources found."""
    own = required(self_descriptions, f"no statements of {focus} on itself were collected", iso3=focus)
    return not where(begun_by(own, as_of), label="middle power").empty


def labels(self_descriptions: Table, focus: str, as_of: date, bears: str = "for") -> int:
    """Official uses of the label "middle power" by the day that call the state itself one.

    With ``bears`` those that use the label without doing so (``neither``), or refuse it (``against``).
    """
    return len(where(begun_by(self_descriptions, as_of), iso3=focus, label="middle power", bears=bears))


def label_sentence(self_described: Asked, self_descriptions: Table, focus: str) -> str:
    """Since when officials call the state a middle power, on the sources found, in words."""
    if not self_described():
        return "no official use of the label by that day was found"
    own = where(self_descriptions, iso3=focus, label="middle power")
    return f"the label is first found in {spoken(own['date'].min())}"


def listed_as_middle_power(middle_power_lists: Table, focus: str, which: str = "swp_2024") -> bool:
    """Whether the state is on a published list: ``swp_2024`` (January 2024) or ``kupchan_2023`` (6 June 2023)."""
    return not where(middle_power_lists, list=which, iso3=focus).empty


def list_sentence(listed_as_middle_power: Asked) -> str:
    """On which of the two published lists the state stands, in words."""
    earlier, later = (listed_as_middle_power(which=which) for which in ("kupchan_2023", "swp_2024"))
    if earlier == later:
        return "on both lists" if earlier else "on neither list"
    return f"only on the {'earlier' if earlier else 'later'} list"


# Other roads


def roads(peer_roads: Table, memberships: Table, igo_spells: Table, states: Table, as_of: date) -> pd.DataFrame:
    """The documented roads of six states, with their membership of the alliance and their seats, fewest seats first."""
    codes = peer_roads["iso3"]
    return peer_roads.assign(
        name=codes.map(names_of(states)),
        act=peer_roads["basis"] + " (" + peer_roads["since"].map(spoken) + ")",
        alliance=codes.isin(_allies(memberships, as_of)).map({True: "member", False: "not a member"}),
        members=codes.map(_full_members(igo_spells, 2014)),
    ).sort_values("members", ignore_index=True)


def roads_outside_alliance(peer_roads: Table, memberships: Table, focus: str, as_of: date) -> int:
    """How many other states with a documented road of their own stayed outside the alliance on the day."""
    return len(_outside(peer_roads, memberships, focus, as_of))


def other_roads(peer_roads: Table, focus: str) -> int:
    """How many other states with a documented road are compared."""
    return int((peer_roads["iso3"] != focus).sum())


def lean_and_outside(peer_roads: Table, memberships: Table, igo_spells: Table, focus: str, as_of: date) -> int:
    """How many other states with a documented road stayed outside the alliance with fewer full memberships (2014) than the state."""
    counts = _full_members(igo_spells, 2014)
    _rank(counts, focus, "full memberships")
    return int((counts[_outside(peer_roads, memberships, focus, as_of)] < counts[focus]).sum())


# Words and votes


def law_positions(law_record: Table, as_of: date) -> pd.DataFrame:
    """Statements and votes of Kazakhstan on territorial integrity outside the emergency session, oldest first."""
    frame = begun_by(law_record, as_of)
    return frame.assign(date_text=frame["date"].map(spoken)).sort_values("date", ignore_index=True)


def law_count(law_positions: Asked, kind: str = "statement") -> int:
    """Number of the statements, or with ``kind`` of the votes (``vote``), of ``law_positions``."""
    return len(where(law_positions(), kind=kind))


def non_recognitions(law_record: Table, as_of: date, since: str = "2022-02-24", bears: str = "for") -> int:
    """Statements on file, after the day ``since`` (the full-scale invasion), that refuse to recognise a change of borders.

    With ``bears`` those that recognise one (``against``).
    """

    statements = where(begun_by(law_record, as_of), kind="statement", bears=bears)
    return int((statements["date"].map(first_day) >= first_day(since)).sum())


def _word(number: int) -> str:
    return NUMERALS[number] if number < len(NUMERALS) else str(number)


def _compared(peer_roads: Table, focus: str) -> list[str]:
    return sorted({*CENTRAL_ASIA, *peer_roads["iso3"], focus})


def _years(igo_spells: Table) -> range:
    """Years that the membership data cover."""
    return range(int(igo_spells["from_year"].min()), int(igo_spells["to_year"].max()) + 1)


def _full_members(igo_spells: Table, year: int) -> pd.Series:
    return where(spells_in(igo_spells, year), status="member").groupby("iso3")["igo"].nunique()


def _measure(frame: pd.DataFrame, column: str, year: int) -> pd.Series:
    return where(frame, year=year).set_index("iso3")[column].dropna().astype(float)


def _rank(series: pd.Series, focus: str, what: str) -> int:
    return rank(series, focus, f"no {what} of {focus} for that year")


def _allies(memberships: Table, as_of: date) -> set[str]:
    return {*where(memberships_on(as_of, where(memberships, organisation=ALLIANCE)), status="member")["iso3"]}


def _outside(peer_roads: Table, memberships: Table, focus: str, as_of: date) -> list[str]:
    """Other states with a documented road that are not members of the alliance on the day."""
    return sorted({*peer_roads["iso3"]} - {focus} - _allies(memberships, as_of))
