"""What the chapter on vectors knows: seats in organisations, company in them, formats, and dependence on partners.

Standing in organisations comes from ``multivector.facts.memberships``, which states how dates are read and what is not
known. *Full membership* means the status ``member``. The *five* are the Central Asian states. *Powers* are Russia,
China and the West; an organisation holds the West if the United States or a member of the European Union is a full
member of it. The *catalogue* is the book's own table of organisations and treaties, known by the day; the Correlates
of War data hold many more organisations, by the year, up to 2014.
"""

from datetime import date

import numpy as np
import pandas as pd

from multivector.facts import memberships as register
from multivector.facts.dates import first_day, known_by, last_day, spoken
from multivector.facts.names import CENTRAL_ASIA, in_sentences, listing, names_of, un_members
from multivector.facts.rows import by_claim, cell, required, where
from multivector.findings import Asked, NoData, Table, shown

NAMED = ("SCO", "OSCE", "OTS")
"""The organisations that the article names as signs of multivector policy."""
CONTRASTS = ("KGZ", "TJK", "UZB", "TKM", "AZE", "ARM", "BLR", "GEO", "MNG", "TUR", "RUS", "CHN", "USA", "DEU")
"""States with which the overlap is told: the other four, states in a like position, and the powers."""
SIX = ("SCO", "OSCE", "OTS", "EAEU", "CSTO", "CICA")
"""The regional bodies shown on the map."""
FAMILIES = {
    (True, True, True): "all three",
    (True, True, False): "Russia and China",
    (True, False, False): "Russia only",
    (False, True, False): "China only",
    (False, False, True): "the West only",
    (True, False, True): "Russia and the West",
    (False, True, True): "China and the West",
    (False, False, False): "none of the three",
}
"""By whether Russia, China and the West sit in a body, in the order in which bodies are shown."""
_COMPANY = {
    "Russia only": "with Russia alone",
    "China only": "with China alone",
    "the West only": "with the West alone",
    "Russia and China": "with Russia and China but not the West",
    "Russia and the West": "with Russia and the West but not China",
    "China and the West": "with China and the West but not Russia",
    "none of the three": "with none of the three",
}
_POWERS = {"RUS": "Russia", "CHN": "China", "west": "the West"}
_UNION = "EUU"
_COW_YEAR = 2014
"""Last year of the Correlates of War data."""


# The state and its seats


def status(memberships: Table, focus: str, as_of: date, organisation: str) -> str:
    """Standing of the state in an organisation: a status such as member or observer, none, or not known."""
    held = register.statuses(as_of, [focus], memberships).loc[organisation, focus]
    return register.NOT_KNOWN if held == register.UNCERTAIN else held


def joined(memberships: Table, focus: str, as_of: date, organisation: str) -> str:
    """Start of the state's present standing in an organisation, in words, as exact as the source allows."""
    held, missing = register.standing_on(as_of, memberships), f"{focus} has no standing in {organisation}"
    own = required(held, missing, iso3=focus, organisation=organisation)
    return spoken(cell(own, "since", f"no source gives the start for {focus} in {organisation}"))


def seats(memberships: Table, focus: str, as_of: date, status: str = "member", on: str = "") -> int:
    """Number of organisations and treaties of the table in which the state has the status."""
    held = register.memberships_on(str(on) if on else as_of, memberships)
    return len(where(held, iso3=focus, status=status))


def catalogue_size(organisations: Table) -> int:
    """Number of organisations, groupings and treaties in the table."""
    return len(organisations)


def named_memberships(memberships: Table, focus: str, as_of: date) -> int:
    """How many of the three organisations that the article names the state is a full member of."""
    return len(_common(memberships, as_of, focus) & set(NAMED))


def named_with_a_neighbour_power(memberships: Table, as_of: date) -> int:
    """How many of the three organisations that the article names have Russia or China as a full member."""
    held = {*_common(memberships, as_of, "RUS"), *_common(memberships, as_of, "CHN")}
    return len(held & set(NAMED))


def named_held_too(memberships: Table, states: Table, focus: str, as_of: date) -> str:
    """Other Central Asian states that are full members of all three organisations that the article names, as a list."""
    names = in_sentences(states)
    found = [one for one in CENTRAL_ASIA if one != focus and _common(memberships, as_of, one) >= set(NAMED)]
    return listing(sorted(names[one] for one in found))


def unnamed_memberships(memberships: Table, organisations: Table, focus: str, as_of: date) -> int:
    """Full memberships of the state, universal bodies and treaties left out, that the article does not name."""
    return len(_unnamed(memberships, organisations, focus, as_of))


def unnamed_list(memberships: Table, organisations: Table, focus: str, as_of: date) -> str:
    """The memberships counted by ``unnamed_memberships``, as a list of acronyms."""
    return listing(sorted(_unnamed(memberships, organisations, focus, as_of)))


def seats_timeline(memberships: Table, organisations: Table, focus: str, as_of: date) -> pd.DataFrame:
    """Each day on which the state's full memberships changed in number, oldest first, up to the day of judgement.

    Columns organisation, name, day, change (1 or -1), members (number after the change), since (the date as the source
    gives it), by (whether the start is not known, only that the state had joined by the day) and source_id. A
    membership counts from the day on which it is definite: the last day of a year or month of joining, or the day on
    which a source first shows it.
    """
    missing = f"memberships has no full membership of {focus}"
    own = required(register.spans(memberships), missing, iso3=focus, status="member")
    left = own[own["ends"] != register.OPEN]
    ends = left.assign(day=(pd.to_datetime(left["ends"]) + pd.Timedelta(days=1)).dt.strftime("%Y-%m-%d"), change=-1)
    steps = pd.concat([own.assign(day=own["begins"], change=1), ends])
    steps = steps[steps["day"] <= as_of.isoformat()].sort_values(["day", "organisation"], ignore_index=True)
    steps["members"] = steps["change"].cumsum()
    steps["by"] = (steps["change"] == 1) & steps["since"].isna()
    named = steps.merge(organisations[["organisation", "name"]], on="organisation", how="left")
    return named[["organisation", "name", "day", "change", "members", "since", "by", "source_id"]]


def seats_by_year(seats_timeline: Asked) -> pd.DataFrame:
    """Years in which the state's full memberships changed in number: ``year``, ``members`` after it, ``told``.

    ``told`` is a line of text: the year, the organisations joined, those joined by then on a day that is not known,
    and those left. Dates as in ``seats_timeline``.
    """
    steps, rows = seats_timeline(), []
    kinds = steps["change"].map({1: "joined", -1: "left"}).mask(steps["by"], "by then")
    for year, part in steps.groupby(steps["day"].str[:4]):
        found = {kind: ", ".join(own) for kind, own in part["organisation"].groupby(kinds)}
        told = [f"{year}: {found['joined']}"] if "joined" in found else []
        if "by then" in found:
            told.append(f"by {'then' if told else year}: {found['by then']}")
        if "left" in found:
            told.append(f"left: {found['left']}" if told else f"{year}: left: {found['left']}")
        rows.append((int(year), part["members"].iloc[-1], "; ".join(told)))
    return pd.DataFrame(rows, columns=["year", "members", "told"])


def starts_not_known(seats_timeline: Asked) -> str:
    """Full memberships of which the first day is not known, only a day by which the state had joined, as a list."""
    steps = seats_timeline()
    return listing(f"{row.organisation} (by {spoken(row.day)})" for row in steps[steps["by"]].itertuples())


def members_of_bodies(memberships: Table, as_of: date) -> pd.DataFrame:
    """Standing of every state in six regional bodies, one state a row; absence is ``none``."""
    held = register.memberships_on(as_of, memberships)
    table = where(held, organisation=SIX).pivot(index="iso3", columns="organisation", values="status")
    return table.reindex(columns=list(SIX)).fillna("none").rename_axis(columns=None).reset_index()


def shared_of_six(members_of_bodies: Asked, focus: str) -> pd.Series:
    """For each other state, how many of the six regional bodies it shares with the state under study; none left out."""
    members = members_of_bodies().set_index("iso3") == "member"
    if focus not in members.index:
        raise NoData(f"{focus} has no standing in the six bodies")
    shared = members.loc[:, members.loc[focus]].sum(axis=1).drop(focus)
    return shared[shared > 0].rename("shared").sort_index()


def sharing_of_six(shared_of_six: Asked, least: int = 1) -> int:
    """Number of other states that share at least so many of the six regional bodies with the state."""
    return int((shared_of_six() >= least).sum())


def totals(membership_totals: Table) -> int:
    """Number of published totals of members with which the table of memberships is compared."""
    return len(membership_totals)


def members_not_found(membership_totals: Table, organisation: str = "AIIB") -> int:
    """Full members by the last published total of a body that the table of memberships does not hold on its day."""
    own = required(
        membership_totals, f"no published total of {organisation}", organisation=organisation, status="member"
    )
    return int(own.sort_values("day")["difference"].iloc[-1])


def totals_agreeing(membership_totals: Table) -> int:
    """Number of published totals that agree with the table of memberships on their day."""
    return int((membership_totals["difference"] == 0).sum())


# Company: with whom


def company(memberships: Table, focus: str, as_of: date) -> pd.DataFrame:
    """For each organisation of which the state is a full member: which powers are full members too.

    Columns organisation, russia, china, west, turkiye (truth values) and family (which of Russia, China and the West
    sit there). A power does not count as its own company. One western member that is known decides that the West sits
    there; that it does not is known where the standing of every western state is. Organisations in which that of
    Russia, China, the West or Türkiye is not known are left out.
    """
    members = _seated(memberships, as_of)
    western = {"USA"} | members.get("EU", set())
    cells = register.statuses(as_of, sorted({"RUS", "CHN", "TUR"} | western), memberships) == register.UNCERTAIN
    open_west = cells[sorted(western - {focus})].any(axis=1)
    seated = {one for one, states in members.items() if western & states - {focus}}
    open_ones = cells[["RUS", "CHN", "TUR"]].any(axis=1) | (open_west & ~cells.index.isin(seated))
    known = set(open_ones.index[~open_ones])
    rows = []
    for one in sorted(known & _common(memberships, as_of, focus)):
        others = members[one] - {focus}
        three = "RUS" in others, "CHN" in others, bool(western & others)
        rows.append((one, *three, "TUR" in others, FAMILIES[three]))
    table = pd.DataFrame(rows, columns=["organisation", "russia", "china", "west", "turkiye", "family"])
    required(table, f"memberships has no full membership of {focus} on {as_of}")
    order = list(FAMILIES.values())
    return table.sort_values("family", key=lambda families: families.map(order.index), kind="stable")


def shared_with(memberships: Table, focus: str, as_of: date, partner: str) -> int:
    """Number of organisations and treaties of the catalogue of which the state and the partner are both full members."""
    return len(_common(memberships, as_of, focus, partner))


def shared_sentence(shared_with: Asked, states: Table, focus: str) -> str:
    """How many bodies of the catalogue the state shares with Russia, Türkiye, China and the United States, as a list."""
    names = in_sentences(states)
    powers = [one for one in ("RUS", "TUR", "CHN", "USA") if one != focus]
    return listing(f"{shared_with(partner=one)} with {names[one]}" for one in powers)


def not_known_with(memberships: Table, organisations: Table, focus: str, as_of: date) -> str:
    """Organisations in which it is not known whether the state is a full member, as a list of acronyms."""
    open_ones = register.uncertain_on(as_of, memberships)
    return listing(sorted(where(open_ones, iso3=focus, organisation=organisations["organisation"])["organisation"]))


def seats_with_all_three(company: Asked, focus: str) -> int:
    """Number of organisations of ``company`` in which Russia, China and the West all sit beside the state."""
    if focus in _POWERS:
        raise NoData(f"{focus} is one of the three")
    return int((company()["family"] == "all three").sum())


def company_sentence(company: Asked, states: Table, focus: str) -> str:
    """One clause: how many organisations the state shares with Russia, China and the West alone."""
    families = company()["family"]
    others = [one for iso3, one in _POWERS.items() if iso3 != focus]
    with_each = (f"{(families == f'{one} only').sum() or 'none'} with {one} alone" for one in others)
    return f"Of its bodies {in_sentences(states)[focus]} shares {', '.join(with_each)}"


def company_told(company: Asked, focus: str) -> str:
    """How many organisations the state shares with which of the powers, and which: families as in ``company``."""
    held = company().groupby("family")["organisation"].agg(list)
    told = "; ".join(
        f"{len(held[one])} {words} ({listing(held[one])})" for one, words in _COMPANY.items() if one in held
    )
    if focus in _POWERS:
        told = told.replace(f" but not {_POWERS[focus]}", "").replace("none of the three", "neither of the others")
    return told or "none"


# Overlap


def overlaps(memberships: Table, states: Table, focus: str, as_of: date) -> pd.DataFrame:
    """Jaccard overlap of full memberships with every other UN member, largest first; equal values by name.

    Columns iso3, name, overlap, shared, either, known. 1 means the same organisations, 0 none in common. Counted are
    the organisations of the catalogue in which the standing of both states is known: ``known`` is their number.
    """
    nothing = f"memberships has no full membership of {focus} on {as_of}"
    return _overlap_table(_catalogue_pairs(memberships, states, as_of), states, focus, nothing)


@shown(digits=2)
def overlap_with(overlaps: Asked, focus: str, partner: str) -> float:
    """Jaccard overlap of full memberships with one state in the catalogue, 0 to 1."""
    return float(cell(overlaps(), "overlap", f"no overlap of {focus} with {partner}", iso3=partner))


def overlap_as_close(overlap_with: Asked, memberships: Table, states: Table, as_of: date, partner: str) -> int:
    """Base rate of ``overlap_with``: UN members that have some other member at least as close, the two included."""
    return _with_a_neighbour(_catalogue_pairs(memberships, states, as_of), overlap_with(partner=partner))


def states_compared(states: Table) -> int:
    """Number of UN members, over which base rates in the catalogue are counted."""
    return len(un_members(states))


def cow_overlaps(igo_spells: Table, states: Table, focus: str) -> pd.DataFrame:
    """As ``overlaps``, over all organisations of the Correlates of War data in one year (the last is 2014).

    A year that the dataset does not code counts as no membership: it cannot be told from absence in the spells.
    """
    nothing = f"igo_spells has no full membership of {focus} in {_COW_YEAR}"
    return _overlap_table(_cow_pairs(igo_spells), states, focus, nothing)


@shown(digits=2)
def cow_overlap(cow_overlaps: Asked, focus: str, partner: str) -> float:
    """Jaccard overlap of full memberships with one state over all organisations of the Correlates of War data."""
    return float(cell(cow_overlaps(), "overlap", f"no overlap of {focus} with {partner}", iso3=partner))


def cow_as_close(cow_overlap: Asked, cow_nearest_overlap: Asked, igo_spells: Table, partner: str = "") -> int:
    """Base rate of ``cow_overlap``: states that had some other state at least as close, the two included.

    Without a ``partner``, as close as the state's nearest.
    """
    value = cow_overlap(partner=partner) if partner else cow_nearest_overlap()
    return _with_a_neighbour(_cow_pairs(igo_spells), value)


def closeness_sentence(cow_as_close: Asked, cow_states: Asked) -> str:
    """What the base rate of the nearest state means, in words: rare if fewer than one state in ten has one as close."""
    if cow_as_close() < cow_states() / 10:
        return "So near a neighbour is rare in the world"
    return "So near a neighbour is nothing rare in the world, and marks neither a policy nor its absence"


def cow_nearest(cow_overlaps: Asked, states: Table) -> str:
    """The state, or states, with the largest overlap in the Correlates of War data."""
    table = cow_overlaps()
    nearest = table.loc[table["overlap"] == table["overlap"].max(), "iso3"]
    return listing(nearest.map(in_sentences(states)))


@shown(digits=2)
def cow_nearest_overlap(cow_overlaps: Asked) -> float:
    """Largest overlap of the state with another in the Correlates of War data."""
    return float(cow_overlaps()["overlap"].max())


def cow_states(igo_spells: Table) -> int:
    """Number of states with a full membership in the Correlates of War data, over which base rates are counted."""
    return _cow_members(igo_spells)["iso3"].nunique()


def cow_organisations(igo_spells: Table) -> int:
    """Number of organisations with a full member in 2014, the last year of the Correlates of War data."""
    return _cow_members(igo_spells)["igo"].nunique()


def cow_seats(igo_spells: Table, focus: str) -> int:
    """Full memberships of the state in the Correlates of War data."""
    return len(_cow_common(igo_spells, focus))


def cow_common_to_five(igo_spells: Table) -> int:
    """Organisations of the Correlates of War data of which all five Central Asian states were full members."""
    return len(_cow_common(igo_spells, *CENTRAL_ASIA))


def cow_shared_with_five(igo_spells: Table, focus: str) -> int:
    """Full memberships of the state, in the Correlates of War data, common to all five Central Asian states."""
    return len(_cow_common(igo_spells, *CENTRAL_ASIA, focus))


def cow_worldwide(igo_spells: Table, focus: str) -> int:
    """Full memberships counted by ``cow_shared_with_five`` in organisations that seat more than half of all states."""
    sizes = _cow_members(igo_spells).groupby("igo")["iso3"].nunique()
    common = sorted(_cow_common(igo_spells, *CENTRAL_ASIA, focus))
    return int((sizes[common] > cow_states(igo_spells) / 2).sum())


def region_sentence(igo_spells: Table, focus: str) -> str:
    """Whether all five Central Asian states share most of the state's seats, in words; of other regions nothing."""
    if focus not in CENTRAL_ASIA:
        return "The seats are real; whether its own region shares them was not tested"
    common, held = cow_shared_with_five(igo_spells, focus), cow_seats(igo_spells, focus)
    return (
        f"The seats are real, but all five Central Asian states share {'most' if common > held / 2 else 'many'} of them"
    )


def overlap_contrasts(memberships: Table, igo_spells: Table, states: Table, focus: str, as_of: date) -> pd.DataFrame:
    """Overlap with the other four, states in a like position and the powers, in both catalogues, largest first.

    Columns iso3, name, cow (2014), cow_as_close, catalogue (day of judgement), catalogue_as_close. The base rates say
    how many states have some other state at least as close, of ``cow_states`` and of ``states_compared``.
    """
    ours, theirs = overlaps(memberships, states, focus, as_of), cow_overlaps(igo_spells, states, focus)
    table = where(ours, iso3=CONTRASTS).merge(theirs, on=["iso3", "name"])
    table = table.rename(columns={"overlap_x": "catalogue", "overlap_y": "cow"})
    pairs_ours, pairs_cow = _catalogue_pairs(memberships, states, as_of), _cow_pairs(igo_spells)
    table["catalogue_as_close"] = [_with_a_neighbour(pairs_ours, value) for value in table["catalogue"]]
    table["cow_as_close"] = [_with_a_neighbour(pairs_cow, value) for value in table["cow"]]
    order = ["iso3", "name", "cow", "cow_as_close", "catalogue", "catalogue_as_close"]
    return table[order].sort_values(["cow", "name"], ascending=[False, True], ignore_index=True)


def contrasts(overlap_contrasts: Asked) -> int:
    """Number of states in ``overlap_contrasts``."""
    return len(overlap_contrasts())


def contrasts_told(overlap_contrasts: Asked, states: Table) -> str:
    """Both overlaps with each state of ``overlap_contrasts``, that of 2014 first, as "Kyrgyzstan 0.78 and 0.95; …"."""
    names, rows = in_sentences(states), overlap_contrasts().itertuples()
    return "; ".join(f"{names[row.iso3]} {row.cow:.2f} and {row.catalogue:.2f}" for row in rows)


def contrasts_nearest(overlap_contrasts: Asked, states: Table, most: int = 3) -> str:
    """The states of ``overlap_contrasts`` with the largest overlap of 2014, as a list; who ties with the last is in."""
    table, names = overlap_contrasts(), in_sentences(states)
    return listing(names[iso3] for iso3 in table.loc[table["cow"] >= table["cow"].nlargest(most).iloc[-1], "iso3"])


def contrasts_beside(overlap_contrasts: Asked, borders: Table, states: Table, focus: str) -> str:
    """Places of the state's land neighbours among ``overlap_contrasts``, by the overlap of 2014, as "Russia (9)"."""
    table, names = overlap_contrasts(), in_sentences(states)
    beside = where(borders, iso3=focus)["neighbour_iso3"], where(borders, neighbour_iso3=focus)["iso3"]
    places = table["cow"].rank(method="min", ascending=False).astype(int)
    near = zip(table["iso3"], places, strict=True)
    return listing(f"{names[iso3]} ({place})" for iso3, place in near if iso3 in set().union(*beside))


# The five side by side


def shared_by_all_five(memberships: Table, as_of: date) -> int:
    """Organisations of which all five Central Asian states are full members: they tell the five apart in nothing."""
    return len(_common(memberships, as_of, *CENTRAL_ASIA))


def shared_by_all_five_list(memberships: Table, as_of: date) -> str:
    """The organisations counted by ``shared_by_all_five``, as a list of acronyms."""
    return listing(sorted(_common(memberships, as_of, *CENTRAL_ASIA)))


def telling_apart(memberships: Table, states: Table, focus: str, as_of: date) -> pd.DataFrame:
    """Organisations in which the five Central Asian states, and the state under study, do not all have one standing.

    One organisation a row, one state a column (by name), cells with the status in words. What is not known tells
    nobody apart.
    """
    table = register.statuses(as_of, list(dict.fromkeys([focus, *CENTRAL_ASIA])), memberships)
    apart = table[table.where(table != register.UNCERTAIN).nunique(axis=1) > 1]
    told = apart.replace(register.UNCERTAIN, register.NOT_KNOWN).rename(columns=names_of(states))
    return told.rename_axis(columns=None).reset_index()


def alone_among_five(memberships: Table, focus: str, as_of: date) -> str:
    """Organisations of which the state is a full member and no other of the five Central Asian states is or may be."""
    cells = register.statuses(as_of, sorted({*CENTRAL_ASIA, focus}), memberships)
    shared = cells.drop(columns=focus).isin(["member", register.UNCERTAIN]).any(axis=1)
    return listing(cells.index[(cells[focus] == "member") & ~shared])


# Formats of the five with a partner


def format_calendar(formats: Table, states: Table, focus: str, as_of: date) -> pd.DataFrame:
    """Meetings of the Central Asian states with outside partners, oldest first.

    ``host`` is ``focus``, ``another of the five``, ``elsewhere`` or ``not stated``; ``later`` marks meetings after the
    day of judgement. Which series of meetings are complete is told by the table ``format_series``.
    """
    table = _met(formats)
    hosts, day = table["host_iso3"], table["date"].map(first_day)
    kinds = dict.fromkeys(CENTRAL_ASIA, "another of the five") | {focus: "focus"}
    kind = hosts.map(kinds).fillna("elsewhere").mask(hosts.isna(), "not stated")
    table = table.assign(day=day, later=day > as_of, host=kind, host_name=hosts.map(names_of(states)))
    columns = ["format", "name", "partner", "level", "date", "day", "place", "host_name", "host", "later", "source_id"]
    return table.sort_values(["day", "format"])[columns].reset_index(drop=True)


@shown(anywhere=True)
def named_formats(format_members: Table) -> int:
    """Number of formats that the article names: with the United States, the European Union, China and Japan."""
    return where(format_members, named_in_article=True)["format"].nunique()


def named_formats_seats(format_members: Table, focus: str) -> int:
    """Number of the formats named in the article in which the state has a seat."""
    return where(format_members, named_in_article=True, iso3=focus)["format"].nunique()


def formats_with_all_five(format_members: Table, named: bool = True) -> int:
    """Number of formats (those named in the article, or all) in which all five Central Asian states have a seat."""
    rows = where(format_members, named_in_article=True) if named else format_members
    seated = where(rows, iso3=CENTRAL_ASIA).groupby("format")["iso3"].nunique()
    return int((seated == len(CENTRAL_ASIA)).sum())


def named_formats_set_up_by_partner(format_members: Table) -> int:
    """Number of named formats whose source says that the outside partner set it up or convened its first meeting."""
    rows = where(format_members, named_in_article=True)
    outside = rows["convened_by_iso3"].notna() & ~rows["convened_by_iso3"].isin(CENTRAL_ASIA)
    return rows.loc[outside, "format"].nunique()


def format_roster(
    formats: Table, format_series: Table, format_members: Table, states: Table, as_of: date
) -> pd.DataFrame:
    """One format with an outside partner a row: first meeting, who convened it, meetings by the day, seats, named or not.

    ``complete`` tells whether every meeting up to the day is in the table. Where the first meeting is not known,
    ``first`` names the earliest one found and says that others came before it.
    """
    met = _met(formats, as_of).merge(format_series[["format", "level", "complete", "first_meeting"]]).groupby("format")
    table = met.agg(
        name=("name", "first"), first=("date", "min"), meetings=("date", "size"), complete=("complete", "all")
    )
    undated = met["first_meeting"].agg(lambda days: days.isna().any())
    seats_held = format_members.groupby("format").agg(
        seats=("iso3", "nunique"), named=("named_in_article", "first"), by=("convened_by_iso3", "first")
    )
    table = table.join(seats_held).sort_values("first")
    table["by"] = table["by"].map(names_of(states)).fillna("not stated")
    for column in ("named", "complete"):
        table[column] = table[column].map({True: "yes", False: "no"})
    table["first"] = undated.map({True: "before ", False: ""}) + table["first"].map(spoken)
    return table.reset_index()


def format_partners(formats: Table, as_of: date, on: str = "") -> int:
    """Number of outside partners known to have met the Central Asian states in a format by a day."""
    return _met(formats, as_of, on)["partner"].nunique()


def format_partners_at_most(formats: Table, format_series: Table, as_of: date, on: str = "") -> int:
    """``format_partners``, and the partners whose first meeting has no known day and may have come earlier."""
    undated = format_series.loc[format_series["first_meeting"].isna(), "format"]
    early = where(formats, format=undated)["partner"].dropna()
    return len({*_met(formats, as_of, on)["partner"], *early})


def formats_not_named(formats: Table, format_members: Table, as_of: date) -> str:
    """Partners of formats that had met by the day of judgement and that the article does not name."""
    named, met = where(format_members, named_in_article=True)["format"], _met(formats, as_of)
    return listing(sorted(set(met.loc[~met["format"].isin(named), "partner"])))


def hosted(formats: Table, format_series: Table, focus: str, as_of: date, complete: bool = False) -> int:
    """Meetings with outside partners that the state had hosted by the day of judgement.

    ``complete`` counts only series of meetings that are known to be complete; otherwise every meeting found counts.
    """
    return int((_counted(formats, format_series, as_of, complete)["host_iso3"] == focus).sum())


def meetings(formats: Table, format_series: Table, as_of: date, complete: bool = False) -> int:
    """Meetings with outside partners by the day of judgement, as ``hosted`` counts them."""
    return len(_counted(formats, format_series, as_of, complete))


def top_host(hosts_among_five: Asked, complete: bool = False) -> str:
    """Which of the five Central Asian states had hosted most meetings, as ``hosted`` counts them."""
    table = hosts_among_five(complete=complete)
    return listing(table.loc[table["meetings"] == table["meetings"].max(), "name"])


def hosts_among_five(
    formats: Table, format_series: Table, states: Table, as_of: date, complete: bool = False
) -> pd.DataFrame:
    """Meetings hosted by each of the five by the day of judgement, most first, as ``hosted`` counts them."""
    hosts = _counted(formats, format_series, as_of, complete)["host_iso3"]
    counts = hosts.value_counts().reindex(list(CENTRAL_ASIA), fill_value=0)
    table = counts.rename_axis("iso3").reset_index(name="meetings")
    table["name"] = table["iso3"].map(names_of(states))
    return table.sort_values(["meetings", "name"], ascending=[False, True], ignore_index=True)


def hosts_sentence(hosts_among_five: Asked, complete: bool = False) -> str:
    """Meetings hosted by each of the five, as a list with numbers, as ``hosted`` counts them."""
    table = hosts_among_five(complete=complete)
    return listing(f"{name} {count}" for name, count in zip(table["name"], table["meetings"], strict=True))


# The European vector


def agreement_date(agreements: Table, focus: str, step: str = "in force") -> str:
    """Date of a step (signed, ratified, in force) of the state's agreement with the European Union, in words."""
    missing = f"the table of agreements has no row for {focus} and {_UNION}"
    return spoken(cell(agreements, "date", missing, iso3=focus, partner_iso3=_UNION, step=step))


def agreement_summary(agreement_date: Asked) -> str:
    """One clause: when the state's agreement with the European Union was signed and came into force."""
    signed, in_force = (agreement_date(step=step) for step in ("signed", "in force"))
    return f"The agreement with the European Union was signed on {signed} and has been in force since {in_force}"


def agreement_in_force(agreements: Table, focus: str, as_of: date) -> bool:
    """Whether the state's agreement with the European Union was in force on the day of judgement."""
    own = required(
        agreements, f"the table of agreements has no row for {focus} and {_UNION}", iso3=focus, partner_iso3=_UNION
    )
    taken = set(known_by(own, as_of)["step"])
    return "in force" in taken and "suspended" not in taken


def agreements_of_others(agreements: Table, focus: str, as_of: date) -> int:
    """Number of other states whose agreement with the European Union was in force on the day, as far as the table holds them."""
    others = set(where(agreements, partner_iso3=_UNION)["iso3"]) - {focus}
    return sum(agreement_in_force(agreements, iso3, as_of) for iso3 in others)


# Trade by vector


@shown(unit="%", digits=1)
def trade_share(
    trade: Table, memberships: Table, focus: str, partner: str, flow: str = "exports", year: int = 2022
) -> float:
    """Share of one partner in the state's exports, imports or turnover of goods, in per cent.

    ``partner`` is a state or ``EUU`` for the European Union in its composition of 2023. Oil sold through a trading hub
    is counted where the papers name the buyer.
    """
    shares = _shares(trade, memberships, focus, year)[flow]
    if partner not in shares:
        raise NoData(
            f"the trade table has no row for {partner} in {year}; members of the European Union are in {_UNION}"
        )
    return float(100 * shares[partner])


@shown(digits=2)
def trade_concentration(trade: Table, memberships: Table, focus: str, flow: str = "exports", year: int = 2022) -> float:
    """Herfindahl index of the state's trade by partner: 0 is spread, 1 is one partner; the EU counts as one."""
    return float((_shares(trade, memberships, focus, year)[flow] ** 2).sum())


def largest_partner(
    trade: Table, memberships: Table, states: Table, focus: str, flow: str = "exports", year: int = 2022
) -> str:
    """The state's largest partner in exports, imports or turnover, the EU counted as one partner."""
    largest = _shares(trade, memberships, focus, year)[flow].idxmax()
    names = in_sentences(states) if largest == _UNION else names_of(states)
    return names[largest]


def trade_summary(trade: Table, memberships: Table, states: Table, focus: str) -> str:
    """Sentences: largest buyer and seller of a year, and how concentrated trade was in it and in an earlier year."""
    clauses = []
    for flow, role in (("exports", "buyer of exports"), ("imports", "seller of imports")):
        name = largest_partner(trade, memberships, states, focus, flow)
        share = _shares(trade, memberships, focus, 2022)[flow].max()
        then, now = (trade_concentration(trade, memberships, focus, flow, year) for year in (2018, 2022))
        clauses.append(
            f"In 2022 the largest {role} was {name}, with {share:.1%}; "
            f"the Herfindahl index of {flow} was {then:.2f} in 2018 and {now:.2f} in 2022"
        )
    return ". ".join(clauses)


def trade_by_vector(trade: Table, memberships: Table, focus: str) -> pd.DataFrame:
    """Shares of Russia, China, the EU, Türkiye and the United States in exports and imports, and their concentration.

    One row for each year and flow; shares in per cent, concentration as in ``trade_concentration``.
    """
    rows = []
    for year in sorted(trade["year"].unique()):
        for flow, shares in _shares(trade, memberships, focus, year)[["exports", "imports"]].items():
            picked = {one: 100 * shares.get(one, 0.0) for one in ("RUS", "CHN", _UNION, "TUR", "USA")}
            rows.append({"year": year, "flow": flow, **picked, "concentration": (shares**2).sum()})
    return pd.DataFrame(rows)


# Words


def doctrine_terms_count(doctrine_terms: Table, named: bool = True, concept: str = "2020-2030") -> int:
    """Aims and principles in a foreign policy concept of Kazakhstan, those in the article's two words or the others."""
    return len(where(doctrine_terms, concept=concept, in_article=named))


def doctrine_list(doctrine_terms: Table, named: bool = False, concept: str = "2020-2030") -> str:
    """The aims and principles counted by ``doctrine_terms_count``, as a list."""
    return listing(where(doctrine_terms, concept=concept, in_article=named)["term"])


def echoes(parallel_passages: Table, claim: str, word: str = "") -> int:
    """Passages by the deputy minister elsewhere that bear on a claim, with a word in them if one is given."""
    own = where(by_claim(parallel_passages), claim_id=claim, speaker="vassilenko")
    return int(own["passage"].str.contains(word, case=False, regex=False).sum())


def _seated(memberships: Table, day: date) -> dict[str, set[str]]:
    """Full members of each organisation."""
    held = register.memberships_on(day, memberships)
    return where(held, status="member").groupby("organisation")["iso3"].agg(set).to_dict()


def _common(memberships: Table, day: date, *states: str) -> set[str]:
    """Organisations of which all the states are full members."""
    return {one for one, seated in _seated(memberships, day).items() if seated.issuperset(states)}


def _cow_members(igo_spells: Table) -> pd.DataFrame:
    """Full memberships in the Correlates of War data."""
    return where(register.spells_in(igo_spells, _COW_YEAR), status="member")


def _cow_common(igo_spells: Table, *states: str) -> set[str]:
    """Organisations of which all the states were full members."""
    full, missing = _cow_members(igo_spells), f"igo_spells has no full membership of {{}} in {_COW_YEAR}"
    return set.intersection(*(set(required(full, missing.format(one), iso3=one)["igo"]) for one in states))


def _catalogue_pairs(memberships: Table, states: Table, day: date) -> dict[str, pd.DataFrame]:
    """``_pairs`` of the UN members in the catalogue on a day."""
    cells = register.statuses(day, un_members(states), memberships).T
    return _pairs(cells == "member", cells != register.UNCERTAIN)


def _cow_pairs(igo_spells: Table) -> dict[str, pd.DataFrame]:
    """``_pairs`` of all states in the Correlates of War data, in which every standing counts as known."""
    member = _cow_members(igo_spells).groupby(["iso3", "igo"]).size().unstack(fill_value=0) > 0
    return _pairs(member, pd.DataFrame(True, member.index, member.columns))


def _pairs(member: pd.DataFrame, known: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """For each pair of states: organisations shared, held by either, and known for both; and the overlap.

    Asked are which states (down) are full members of which organisations, and of which pairs that is known.
    """
    member, known = member.astype(float), known.astype(float)  # small whole numbers, multiplied a hundred times faster
    shared = member @ member.T
    held = member @ known.T  # memberships of the one in organisations where the other's standing is known
    either = held + held.T - shared
    counts = {"shared": shared, "either": either, "known": known @ known.T}
    overlap = shared / either.where(either > 0)
    return {name: frame.astype(int) for name, frame in counts.items()} | {"overlap": overlap}


def _overlap_table(counts: dict[str, pd.DataFrame], states: Table, focus: str, nothing: str) -> pd.DataFrame:
    """Pairs of the focus with every other state that has a full membership, closest first."""
    own = pd.Series(np.diag(counts["shared"]), counts["shared"].index)  # what a state shares with itself
    if not own.get(focus, 0):
        raise NoData(nothing)
    table = pd.DataFrame({key: frame.loc[focus] for key, frame in counts.items()})[own > 0].drop(focus)
    table = table.rename_axis("iso3").reset_index().merge(states[["iso3", "name"]], on="iso3")
    order = ["iso3", "name", "overlap", "shared", "either", "known"]
    return table[order].sort_values(["overlap", "name"], ascending=[False, True], ignore_index=True)


def _with_a_neighbour(counts: dict[str, pd.DataFrame], value: float) -> int:
    """Number of states whose overlap with some other state is at least ``value``."""
    overlap = counts["overlap"].to_numpy(copy=True)
    np.fill_diagonal(overlap, 0)
    return int((overlap >= value - 1e-12).any(axis=1).sum())


def _unnamed(memberships: Table, organisations: Table, state: str, day: date) -> set[str]:
    regional = set(organisations.loc[~organisations["type"].isin(["universal", "treaty"]), "organisation"])
    return (_common(memberships, day, state) & regional) - {*NAMED, "EAEU"}


def _met(formats: Table, day: date = date.max, on: str = "") -> pd.DataFrame:
    """Meetings with an outside partner by a day, or by the end of ``on``.

    Founding documents and meetings of the five alone are left out.
    """
    met = formats[formats["partner"].notna() & (formats["level"] != "document")]
    return known_by(met, last_day(str(on)) if on else day)


def _counted(formats: Table, format_series: Table, day: date, complete: bool) -> pd.DataFrame:
    """Meetings by a day; if ``complete``, only those of a series whose list is known to be complete."""
    met = _met(formats, day)
    return met.merge(format_series.loc[format_series["complete"], ["format", "level"]]) if complete else met


def _shares(trade: Table, memberships: Table, focus: str, year: int) -> pd.DataFrame:
    """Each partner's share of exports, imports and turnover; members of the EU (composition of 2023) are one partner."""
    if focus != "KAZ":
        raise NoData(f"the trade table holds Kazakhstan's statistics only, not those of {focus}")
    rows = trade[(trade["year"] == year) & (trade["partner_iso3"] != "WLD")]
    if rows.empty:
        raise NoData(f"the trade table covers {trade['year'].min()}-{trade['year'].max()}, not {year}")
    union = _seated(memberships, date(2023, 6, 8))["EU"]
    partner = rows["partner_iso3"].where(~rows["partner_iso3"].isin(union), _UNION)
    flows = rows.groupby(partner)[["exports_kusd", "imports_kusd"]].sum().set_axis(["exports", "imports"], axis=1)
    flows["turnover"] = flows["exports"] + flows["imports"]
    return flows / flows.sum()
