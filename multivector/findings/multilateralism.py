"""What the chapter on multilateralism knows: seats, rank, self-description, other roads, words and votes.

Ranks count from 1, highest first; states that tie share the better rank. Membership data end in 2014, so every
statement about membership carries its year.
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from multivector.facts.dates import first_day, spoken
from multivector.facts.memberships import memberships_on
from multivector.findings import Asked, NoData, finding

CENTRAL_ASIA = ("KAZ", "KGZ", "TJK", "TKM", "UZB")
ALLIANCE = "CSTO"
"""Collective Security Treaty Organization, the defence organisation led by Russia."""
MAJOR_RANKS = 10
"""The ten highest ranks count as those of major powers: a choice of this book."""
_STATUSES = ("member", "associate", "observer")


# Seats in intergovernmental organisations


@finding()
def seats(igo_spells: pd.DataFrame, focus: str, status: str = "member", year: int = 2014) -> int:
    """Number of organisations in which the state has the status (member, associate or observer) in the year.

    Source: Correlates of War, Intergovernmental Organizations 3.0.
    """
    own, years = _own_spells(igo_spells, focus)
    if year not in years:
        raise NoData(f"the membership data cover {years[0]}-{years[-1]}, not {year}")
    return _held(own, status, year)


@finding()
def membership_rank(igo_spells: pd.DataFrame, focus: str, year: int = 2014) -> int:
    """Rank of the state in the world by number of full memberships in the year."""
    return _rank(_full_members(igo_spells, year), focus, "full memberships")


@finding()
def membership_states(igo_spells: pd.DataFrame, year: int = 2014) -> int:
    """Number of states with at least one full membership in the year."""
    return len(_full_members(igo_spells, year))


@finding(digits=0)
def membership_median(igo_spells: pd.DataFrame, year: int = 2014) -> float:
    """Median number of full memberships over all states in the year."""
    return float(_full_members(igo_spells, year).median())


@finding()
def compared_memberships(
    igo_spells: pd.DataFrame, peer_roads: pd.DataFrame, states: pd.DataFrame, focus: str, year: int = 2014
) -> pd.DataFrame:
    """Memberships by status and world rank of the state and those it is compared with, most memberships first.

    Compared are the five Central Asian states and the states of the table ``peer_roads``.
    """
    counts = _full_members(igo_spells, year)
    rows = [
        {
            "iso3": iso3,
            "name": _names(states)[iso3],
            **{status: seats(igo_spells, iso3, status, year) for status in _STATUSES},
            "rank": _rank(counts, iso3, "full memberships"),
        }
        for iso3 in _compared(peer_roads, focus)
    ]
    return pd.DataFrame(rows).sort_values(["member", "iso3"], ascending=[False, True], ignore_index=True)


@finding()
def compared_count(peer_roads: pd.DataFrame, focus: str) -> int:
    """Number of other states with which the state is compared."""
    return len(_compared(peer_roads, focus)) - 1


@finding()
def surpassed(igo_spells: pd.DataFrame, peer_roads: pd.DataFrame, focus: str, year: int = 2014) -> int:
    """How many of the compared states had fewer full memberships in the year."""
    counts = _full_members(igo_spells, year)
    _rank(counts, focus, "full memberships")
    return sum(counts[iso3] < counts[focus] for iso3 in _compared(peer_roads, focus) if iso3 != focus)


@finding()
def compared_lines(igo_spells: pd.DataFrame, peer_roads: pd.DataFrame, focus: str) -> pd.DataFrame:
    """Full memberships by year: the compared states, and the world's median (``WLD``), in long form."""
    years = range(int(igo_spells["from_year"].min()), int(igo_spells["to_year"].max()) + 1)
    full = {year: _full_members(igo_spells, year) for year in years}
    compared = _compared(peer_roads, focus)
    if focus not in set(igo_spells["iso3"]):
        raise NoData(f"the membership data have no row for {focus}")
    rows: list[tuple[str, int, float]] = [
        (iso3, year, int(full[year].get(iso3, 0))) for iso3 in compared for year in years
    ]
    rows += [("WLD", year, float(full[year].median())) for year in years]
    return pd.DataFrame(rows, columns=["iso3", "year", "members"])


@finding()
def answer(
    surpassed: Asked,
    compared_count: Asked,
    lean_and_outside: Asked,
    office_count: Asked,
    multilateral_roles: pd.DataFrame,
    focus: str,
) -> str:
    """Whether seats and offices make a pillar, and whether a state with fewer seats took another road, in words.

    A pillar: more seats than every compared state, and two chairs or elected seats on file by the day.
    """
    most = surpassed() == compared_count()
    held = focus in set(multilateral_roles["iso3"]) and office_count() >= 2
    few = (
        "Its offices were not collected"
        if focus not in set(multilateral_roles["iso3"])
        else "Seats and offices are few"
    )
    pillar = "A pillar by seats and offices, yes" if most and held else few
    only = lean_and_outside() == 0
    return f"{pillar}; {'no state on another road has fewer seats' if only else 'the only road, no'}"


@finding()
def membership_sentence(
    surpassed: Asked, compared_count: Asked, membership_median: Asked, seats: Asked, year: int = 2014
) -> str:
    """How the number of full memberships compares with the compared states and with the world's median, in words."""
    fewer, others = surpassed(year=year), compared_count()
    median, own = membership_median(year=year), seats(status="member", year=year)
    part = "any" if fewer == others else _word(fewer)
    world = "more than" if own > median else "fewer than" if own < median else "as many as"
    part = f"more than {part} of" if fewer else "not more than any of"
    return f"{part} the {_word(others)} compared states and {world} the world's median state ({median:g})"


# Offices


@finding()
def offices(multilateral_roles: pd.DataFrame, focus: str, as_of: date) -> pd.DataFrame:
    """Offices held, bodies initiated and arms-control treaties joined by the day, oldest first.

    Only what a source was found for; a state without a row was not searched for, or nothing was found.
    """
    own = multilateral_roles[multilateral_roles["iso3"] == focus]
    own = own[[first_day(text) <= as_of for text in own["from_date"]]]
    if own.empty:
        raise NoData(f"no office or founding role of {focus} on file")
    return own.sort_values("from_date", ignore_index=True)


@finding()
def office_count(offices: Asked) -> int:
    """Number of chairs and elected seats on file that began by the day."""
    held = offices()
    return int(held["role"].isin(["chair", "elected member"]).sum())


# Middle power: position, behaviour, identity


@finding()
def cinc_rank(cinc: pd.DataFrame, focus: str, year: int = 2022) -> int:
    """World rank by the Composite Index of National Capability in the year.

    Source: Correlates of War, National Material Capabilities. The index adds people, energy, steel and military
    means; it says nothing of wealth or quality.
    """
    return _rank(_measure(cinc, "cinc", year), focus, "capability index")


@finding()
def cinc_states(cinc: pd.DataFrame, year: int = 2022) -> int:
    """Number of states with a capability index in the year."""
    return len(_measure(cinc, "cinc", year))


@finding()
def gdp_rank(macro: pd.DataFrame, states: pd.DataFrame, focus: str, year: int = 2022) -> int:
    """Rank among UN members by gross domestic product at current prices in the year (World Bank)."""
    return _rank(_measure(_members_only(macro, states), "gdp_usd", year), focus, "GDP")


@finding()
def gdp_states(macro: pd.DataFrame, states: pd.DataFrame, year: int = 2022) -> int:
    """Number of UN members with a gross domestic product in the year."""
    return len(_measure(_members_only(macro, states), "gdp_usd", year))


@finding()
def standing(
    cinc: pd.DataFrame,
    macro: pd.DataFrame,
    igo_spells: pd.DataFrame,
    states: pd.DataFrame,
    focus: str,
    year: int = 2022,
) -> pd.DataFrame:
    """World rank of the state on four measures, and the share of states ranked below it, in per cent, lowest first.

    Capability index, gross domestic product and population in ``year``; full memberships in 2014. A measure without
    data for the state is left out.
    """
    members = _members_only(macro, states)
    measures = {
        f"Capability index, {year}": _measure(cinc, "cinc", year),
        f"Gross domestic product, {year}": _measure(members, "gdp_usd", year),
        f"Population, {year}": _measure(members, "population", year),
        "Full memberships, 2014": _full_members(igo_spells, 2014),
    }
    rows = [
        {
            "measure": label,
            "rank": _rank(series, focus, label),
            "states": len(series),
            "below_pct": _below(series, focus),
        }
        for label, series in measures.items()
        if focus in series.index
    ]
    if not rows:
        raise NoData(f"no measure of rank for {focus}")
    return pd.DataFrame(rows).sort_values("below_pct", ignore_index=True)


@finding(unit="%")
def ranked_below(standing: Asked, end: str = "lowest") -> float:
    """Share of states ranked below the state, in per cent, on the measure where it is ``lowest`` or ``highest``."""
    below = standing()["below_pct"]
    return float(below.min() if end == "lowest" else below.max())


@finding()
def ranks_told(standing: Asked) -> str:
    """The ranks of ``standing`` in one line: each measure with its rank and the number of states."""
    return "; ".join(f"{row.measure}: {row.rank} of {row.states}" for row in standing().itertuples())


@finding()
def middle_by_position(
    cinc: pd.DataFrame, macro: pd.DataFrame, states: pd.DataFrame, focus: str, year: int = 2022
) -> bool:
    """Whether the state stands below the ten highest ranks and in the world's upper half on both capability and GDP.

    One reading of "below the major powers but above most other states"; the cut at ten is a choice of this book.
    """
    members = _members_only(macro, states)
    measures = {"capability index": _measure(cinc, "cinc", year), "GDP": _measure(members, "gdp_usd", year)}
    return all(MAJOR_RANKS < _rank(series, focus, label) <= len(series) / 2 for label, series in measures.items())


@finding()
def position_sentence(middle_by_position: Asked, year: int = 2022) -> str:
    """Whether the state passes the test of position, in words."""
    passed = middle_by_position(year=year)
    return "passes the test of position" if passed else "does not pass the test of position"


@finding()
def self_described(self_descriptions: pd.DataFrame, focus: str, as_of: date) -> bool:
    """Whether an official had used the label "middle power" by the day, on the sources found.

    A statement dated by its year only counts from the first day of that year. Other states were not searched.
    """
    if focus not in set(self_descriptions["iso3"]):
        raise NoData(f"no statements of {focus} on itself were collected")
    used = self_descriptions[(self_descriptions["iso3"] == focus) & (self_descriptions["label"] == "middle power")]
    return any(first_day(text) <= as_of for text in used["date"])


@finding()
def labels(self_descriptions: pd.DataFrame, focus: str, as_of: date, bears: str = "for") -> int:
    """Official uses of the label "middle power" by the day that call the state itself one.

    With ``bears`` those that use the label without doing so (``neither``), or refuse it (``against``).
    """
    own = self_descriptions[(self_descriptions["iso3"] == focus) & (self_descriptions["label"] == "middle power")]
    return sum(first_day(text) <= as_of for text in own.loc[own["bears"] == bears, "date"])


@finding()
def label_sentence(self_described: Asked, self_descriptions: pd.DataFrame, focus: str) -> str:
    """Since when officials call the state a middle power, on the sources found, in words."""
    if not self_described():
        return "no official use of the label by that day was found"
    own = self_descriptions[(self_descriptions["iso3"] == focus) & (self_descriptions["label"] == "middle power")]
    return f"the label is first found in {spoken(own['date'].min())}"


@finding()
def listed_as_middle_power(middle_power_lists: pd.DataFrame, focus: str, which: str = "swp_2024") -> bool:
    """Whether the state is on a published list: ``swp_2024`` (January 2024) or ``kupchan_2023`` (6 June 2023)."""
    named = middle_power_lists[middle_power_lists["list"] == which]
    return focus in set(named["iso3"])


@finding()
def list_sentence(listed_as_middle_power: Asked) -> str:
    """On which of the two published lists the state stands, in words."""
    on = [listed_as_middle_power(which=which) for which in ("kupchan_2023", "swp_2024")]
    return {
        (True, True): "on both lists",
        (False, True): "only on the later list",
        (True, False): "only on the earlier list",
        (False, False): "on neither list",
    }[tuple(on)]


# Other roads


@finding()
def roads(
    peer_roads: pd.DataFrame,
    memberships: pd.DataFrame,
    igo_spells: pd.DataFrame,
    states: pd.DataFrame,
    as_of: date,
) -> pd.DataFrame:
    """The documented roads of six states, with their membership of the alliance and their seats, fewest seats first.

    Columns: road and founding ``act`` with its date; membership of the alliance on the day; full memberships in 2014.
    """
    frame, counts = peer_roads, _full_members(igo_spells, 2014)
    return frame.assign(
        name=frame["iso3"].map(_names(states)),
        act=frame["basis"] + " (" + frame["since"].map(spoken) + ")",
        alliance=["member" if _allied(memberships, iso3, as_of) else "not a member" for iso3 in frame["iso3"]],
        members=frame["iso3"].map(counts),
    ).sort_values("members", ignore_index=True)


@finding()
def roads_outside_alliance(peer_roads: pd.DataFrame, memberships: pd.DataFrame, focus: str, as_of: date) -> int:
    """How many other states with a documented road of their own stayed outside the alliance on the day."""
    return sum(not _allied(memberships, iso3, as_of) for iso3 in peer_roads["iso3"] if iso3 != focus)


@finding()
def other_roads(peer_roads: pd.DataFrame, focus: str) -> int:
    """How many other states with a documented road are compared."""
    return int((peer_roads["iso3"] != focus).sum())


@finding()
def lean_and_outside(
    peer_roads: pd.DataFrame, memberships: pd.DataFrame, igo_spells: pd.DataFrame, focus: str, as_of: date
) -> int:
    """How many other compared states stayed outside the alliance with fewer full memberships (2014) than the state.

    Each is a case of staying out of a great power's alliance with less multilateralism, by this measure.
    """
    counts = _full_members(igo_spells, 2014)
    _rank(counts, focus, "full memberships")
    others = [iso3 for iso3 in peer_roads["iso3"] if iso3 != focus and not _allied(memberships, iso3, as_of)]
    return sum(counts[iso3] < counts[focus] for iso3 in others)


# Words and votes


@finding(national=True)
def law_positions(law_record: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Statements and votes of Kazakhstan on territorial integrity outside the emergency session, oldest first."""
    frame = law_record[[first_day(text) <= as_of for text in law_record["date"]]]
    return frame.assign(date_text=frame["date"].map(spoken)).sort_values("date", ignore_index=True)


@finding(national=True)
def law_count(law_positions: Asked, kind: str = "statement") -> int:
    """Number of the statements, or with ``kind`` of the votes (``vote``), of ``law_positions``."""
    return int((law_positions()["kind"] == kind).sum())


@finding(national=True)
def non_recognitions(law_record: pd.DataFrame, as_of: date, since: str = "2022-02-24", bears: str = "for") -> int:
    """Statements on file, after the day ``since`` (the full-scale invasion), that refuse to recognise a change of borders.

    With ``bears`` those that recognise one (``against``). By the day.
    """
    frame = law_record[(law_record["kind"] == "statement") & (law_record["bears"] == bears)]
    return sum(first_day(since) <= first_day(text) <= as_of for text in frame["date"])


# Helpers


_WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


def _word(number: int) -> str:
    return _WORDS[number] if number < len(_WORDS) else str(number)


def _names(states: pd.DataFrame) -> dict[str, str]:
    return dict(zip(states["iso3"], states["name"], strict=True))


def _compared(peer_roads: pd.DataFrame, focus: str) -> list[str]:
    return sorted({*CENTRAL_ASIA, *peer_roads["iso3"], focus})


def _own_spells(igo_spells: pd.DataFrame, focus: str) -> tuple[pd.DataFrame, range]:
    """Spells of the state, and the years that the data cover."""
    own = igo_spells[igo_spells["iso3"] == focus]
    if own.empty:
        raise NoData(f"the membership data have no row for {focus}")
    return own, range(int(igo_spells["from_year"].min()), int(igo_spells["to_year"].max()) + 1)


def _held(spells: pd.DataFrame, status: str, year: int) -> int:
    """Organisations in which ``spells`` show the status in the year."""
    now = spells[(spells["status"] == status) & (spells["from_year"] <= year) & (spells["to_year"] >= year)]
    return int(now["igo"].nunique())


def _full_members(igo_spells: pd.DataFrame, year: int) -> pd.Series:
    now = igo_spells[(igo_spells["from_year"] <= year) & (igo_spells["to_year"] >= year)]
    return now[now["status"] == "member"].groupby("iso3")["igo"].nunique()


def _members_only(frame: pd.DataFrame, states: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["iso3"].isin(states.loc[states["kind"] == "un_member", "iso3"])]


def _measure(frame: pd.DataFrame, column: str, year: int) -> pd.Series:
    return frame[frame["year"] == year].set_index("iso3")[column].dropna().astype(float)


def _rank(series: pd.Series, focus: str, what: str) -> int:
    if focus not in series.index:
        raise NoData(f"no {what} of {focus} for that year")
    return int((series > series[focus]).sum()) + 1


def _below(series: pd.Series, focus: str) -> float:
    return float((series < series[focus]).sum() / (len(series) - 1) * 100)


def _allied(memberships: pd.DataFrame, iso3: str, as_of: date) -> bool:
    held = memberships_on(as_of, memberships[memberships["organisation"] == ALLIANCE])
    return bool(((held["iso3"] == iso3) & (held["status"] == "member")).any())
