"""Corridors: what the Middle Corridor carries, beside the ways on which Kazakhstan's goods and oil really leave.

Several counts of tonnage exist; no finding mixes them in a series. Lengths are those that sources publish; none is
measured on a map. Unless a docstring says otherwise, weights are in million tonnes (Mt).

A finding with ``as_of`` knows only what had been published by the day of judgement. ``later=True`` lifts this bound:
such a value is hindsight, and no condition of a claim may use it.
"""

from datetime import date

import pandas as pd

from multivector.facts import geo
from multivector.facts.dates import first_day, known_by, last_day
from multivector.facts.names import CENTRAL_ASIA, names_of
from multivector.facts.rows import cell, of_year, required, where
from multivector.findings import Asked, Table, shown

CORRIDOR_STATES = ("AZE", "GEO", "TUR")
_BESIDE = {
    "Aktau": (-3, 10, "right"),
    "Almaty": (0, -10, "center"),
    "Astana": (6, 6, "left"),
    "Baku (Alat)": (0, -10, "center"),
    "Dostyk": (-4, 9, "right"),
    "Khorgos": (5, -9, "left"),
    "Novorossiysk": (4, 10, "right"),
    "Poti": (-6, 7, "right"),
    "Tengiz": (6, 8, "left"),
    "Zhezkazgan": (-9, -10, "center"),
}
"""Where the name of a point stands beside its dot on the close map: points to the right and up, end of the word."""
_ROUTES = {
    "middle": "Middle Corridor",
    "northern": "Northern route",
    "sea": "Sea by Suez",
    "pipeline": "Oil pipeline (CPC)",
}
_DONE = ("opened", "begun", "founded", "agreed")
_DISPUTING = ("no general decline", "other causes", "doubts the baseline")


# --- Position -------------------------------------------------------------------------------------------------------


@shown(unit="km")
def ocean_shore(shoreline: Table) -> int:
    """Kazakhstan's shore on any ocean or ocean-connected sea, in km: none, the country is landlocked."""
    return int(where(shoreline, water="Any ocean")["shore_km"].sum())


@shown(unit="km")
def caspian_shore(shoreline: Table) -> int:
    """Kazakhstan's shore on the Caspian, a lake without outlet to the ocean, in km."""
    return int(where(shoreline, water="Caspian Sea")["shore_km"].sum())


@shown(unit="km")
def seaport_distance(corridor_stations: Table) -> float:
    """Straight distance from Astana to the nearest ocean-connected port among the points of this chapter, in km.

    Between towns; Caspian ports do not count. With ports that the chapter does not use the minimum may be smaller.
    """
    return float(_port_distances(corridor_stations).min())


def nearest_seaport(corridor_stations: Table) -> str:
    """Name of the port that ``seaport_distance`` measures to."""
    return str(_port_distances(corridor_stations).idxmin())


# --- Lengths --------------------------------------------------------------------------------------------------------


@shown(unit="km")
def route_length(corridor_segments: Table, which: str = "longest") -> float:
    """A published length of the whole Middle Corridor, in km: the ``longest``, ``shortest`` or ``railsea`` one.

    Some sources give its parts by rail and by sea; ``railsea`` is the sum of S98. Sources do not say where the route
    begins and ends: that is why they differ.
    """
    whole = corridor_segments.query("corridor == 'middle' and scope == 'whole route'")
    sums = whole[whole["mode"] != "all modes"].groupby("source_id")["km"].sum()
    totals = [*sums.astype(float), *whole.loc[whole["mode"] == "all modes", "km"].astype(float)]
    return {"railsea": float(sums["S98"]), "longest": max(totals), "shortest": min(totals)}[which]


def whole_routes(corridor_segments: Table) -> pd.DataFrame:
    """Published lengths of whole routes: ``route``, ``km``, ``mode``, ``ends``, ``source_id``; none is measured."""
    rows = where(corridor_segments, scope="whole route")
    both = rows["origin"] + " to " + rows["destination"]
    ends = both.where(rows["origin"] != rows["destination"], rows["origin"])
    return rows.assign(route=rows["corridor"].map(_ROUTES), ends=ends)[["route", "km", "mode", "ends", "source_id"]]


def unsourced_lengths(corridor_segments: Table) -> int:
    """Number of parts of the Middle Corridor for which no published length was found."""
    return int(where(corridor_segments, corridor="middle")["km"].isna().sum())


# --- Tonnage, by who counts -----------------------------------------------------------------------------------------


@shown(unit="Mt", digits=1)
def freight(titr_volume: Table, as_of: date, year: int = 2022, later: bool = False) -> float:
    """All freight on the Trans-Caspian route in a calendar year by the ministry's count, in Mt.

    From one press report (S88); Kazakhstan's own exports and imports are in it.
    """
    return _tonnage(titr_volume, "ministry", as_of, str(year), later=later)


@shown(unit="Mt", digits=1)
def leaders_freight(titr_volume: Table, as_of: date, year: int = 2022) -> float:
    """Freight on the route in a year as the prime minister and the president gave it, in Mt.

    They do not say what it covers; the ministry gave the same for the ports of Aktau and Kuryk (S807), it seems without oil.
    """
    return _tonnage(titr_volume, "government", as_of, str(year))


@shown(unit="Mt", digits=3)
def operators_freight(titr_volume: Table, as_of: date, end: str = "2022-09") -> float:
    """Freight on the route in a period as Kazakhstan's railway announced it, in Mt.

    The period runs from January to the month ``end``. From July 2022 to 2023 the counts fit the ministry's.
    """
    return _tonnage(titr_volume, "railway", as_of, f"{end[:4]}-01", end)


@shown(unit="times", digits=1)
def freight_growth(freight: Asked, start: int = 2021, end: int = 2022, later: bool = False) -> float:
    """Ministry's tonnage of one year divided by that of an earlier year."""
    return freight(year=end, later=later) / freight(year=start, later=later)


@shown(unit="Mt", digits=1)
def perimeter_gap(titr_volume: Table, as_of: date, year: int = 2024) -> float:
    """Ministry's tonnage minus that of the route's association in the same calendar year, in Mt. Hindsight."""
    association = _tonnage(titr_volume, "association", as_of, str(year), later=True)
    return _tonnage(titr_volume, "ministry", as_of, str(year), later=True) - association


def tonnage(titr_volume: Table, as_of: date) -> pd.DataFrame:
    """All tonnages with ``perimeter``, ``period``, ``freight_kt`` and ``known``: had the period ended by the day of judgement?

    Rows of different perimeters must not be joined to one series. ``mark`` names a count of a
    whole year on the figure.
    """
    start, end = titr_volume["period_start"], titr_volume["period_end"]
    frame = titr_volume.assign(
        period=list(map(_period, start, end)),
        year=[first_day(text).year for text in start],
        freight_kt=titr_volume["freight_kt"].astype(int),
        known=[last_day(text) <= as_of for text in end],
        mark=titr_volume["perimeter"].replace("government", "leaders").where(~start.str.contains("-"), ""),
    )
    return frame[["perimeter", "period", "year", "freight_kt", "known", "source_id", "mark"]]


@shown(unit="Mt", digits=1)
def caspian_freight(operation: Asked) -> float:
    """All freight across the Caspian in 2021 in a study by the World Bank, in Mt. Hindsight, derived.

    The study of November 2023 says how much more it foresees for 2030. Its perimeter is wider than the ministry's: oil
    products and all flows across the Caspian count.
    """
    forecast = operation(corridor="caspian", measure="freight forecast", period="2030", later=True)
    return forecast / (1 + operation(corridor="caspian", measure="forecast growth", period="2021", later=True) / 100)


@shown(unit="times")
def cpc_ratio_caspian(operation: Asked, caspian_freight: Asked) -> float:
    """Kazakhstan's oil through the CPC pipeline in 2021 divided by all freight across the Caspian that year. Hindsight."""
    return operation(corridor="pipeline", measure="oil from Kazakhstan", period="2021") / caspian_freight()


@shown(unit="%")
def capacity_used(operation: Asked, freight: Asked) -> float:
    """Ministry's tonnage of 2022 in per cent of the capacity stated in May 2023."""
    return 100 * freight() / operation()


# --- Beside other ways ----------------------------------------------------------------------------------------------


@shown(digits=1)
def operation(
    corridor_operations: Table,
    as_of: date,
    corridor: str = "middle",
    measure: str = "capacity",
    period: str = "2022",
    end: str = "high",
    later: bool = False,
) -> float:
    """One published figure of a route; ``end`` picks the ``low`` or ``high`` end of a range. Units as in the table."""
    missing = f"no figure of {measure} for the {corridor} route in {period} was public by {as_of}"
    rows = corridor_operations[_public(corridor_operations["published"], as_of, later)].fillna({"period_start": ""})
    return float(cell(rows, end, missing, corridor=corridor, measure=measure, period_start=period))


@shown(unit="Mt")
def cpc_capacity(operation: Asked) -> float:
    """Capacity of the Caspian pipeline (CPC) to Novorossiysk in 2022, in Mt a year. Source: RFE/RL."""
    return operation(corridor="pipeline", measure="capacity")


@shown(unit="Mt", digits=1)
def cpc_oil(operation: Asked) -> float:
    """Oil from Kazakhstan that left through the CPC pipeline in 2022, in Mt. Source: the consortium, by Reuters."""
    return operation(corridor="pipeline", measure="oil from Kazakhstan")


@shown(unit="times")
def cpc_ratio(cpc_oil: Asked, freight: Asked) -> float:
    """Kazakhstan's oil through the CPC pipeline in 2022 divided by all freight on the Trans-Caspian route that year."""
    return cpc_oil() / freight()


@shown(unit="%")
def cpc_share(operation: Asked, cpc_oil: Asked) -> float:
    """Share of the CPC pipeline in Kazakhstan's exports of oil and condensate in 2022, in per cent."""
    return 100 * cpc_oil() / operation(corridor="all", measure="oil exported")


@shown(unit="%")
def russian_pipes_share(oil_exports: Table) -> float:
    """Share of Kazakhstan's crude exports of 2022 that left by pipelines across Russia, in per cent.

    The shares that the source states, not sums of rounded weights. Hindsight.
    """
    return float(where(oil_exports, transit_iso3="RUS")["share_pct"].sum())


@shown(unit="Mt", digits=1)
def corridor_exports(operation: Asked) -> float:
    """Kazakhstan's own exports on the Trans-Caspian route in 2022, in Mt: 60 per cent of all. Source: vice-minister."""
    return operation(corridor="middle", measure="Kazakh exports carried")


@shown(unit="Mt", digits=2)
def corridor_transit(operation: Asked, later: bool = False) -> float:
    """Goods of others in transit on the Trans-Caspian route in 2022, in Mt. Source: Kazinform, later in 2023."""
    return operation(corridor="middle", measure="transit freight", later=later)


@shown(unit="Mt", digits=1)
def transit_volume(transit: Table, focus: str, as_of: date, year: int = 2022, later: bool = False) -> float:
    """Goods in transit through a state on all routes in a year, in Mt, as first published.

    If only the next year was found, the value is derived from it by the stated growth. Definitions differ by state.
    """
    return _transits(transit[_public(transit["published"], as_of, later)], focus, year)[0]


@shown(unit="Mt", digits=1)
def transit_range(transit: Table, focus: str, year: int = 2022, end: str = "low") -> float:
    """Lowest (``end="low"``) or highest published transit through a state in a year, in Mt, later figures included."""
    return {"low": min, "high": max}[end](_transits(transit, focus, year))


@shown(unit="times", digits=1)
def transit_ratio(transit: Table, focus: str, rival: str = "UZB", year: int = 2022, end: str = "low") -> float:
    """Transit through the state divided by transit through a rival in the same year, over all published figures.

    ``low`` divides the state's lowest by the rival's highest, ``high`` the other way round. Hindsight.
    """
    other = {"low": "high", "high": "low"}[end]
    return transit_range(transit, focus, year, end) / transit_range(transit, rival, year, other)


@shown(unit="%", digits=1)
def corridor_share_of_transit(transit: Table, corridor_transit: Asked, as_of: date, later: bool = False) -> float:
    """Share of the Trans-Caspian route in all transit through Kazakhstan in 2022, in per cent.

    Two sources, which may not define transit in the same way: an order of magnitude.
    """
    return 100 * corridor_transit(later=later) / transit_volume(transit, "KAZ", as_of)


@shown(unit="%", digits=1)
def corridor_share_limit(
    freight: Asked, leaders_freight: Asked, corridor_exports: Asked, transit: Table, as_of: date, later: bool = False
) -> float:
    """At most this share of the transit through Kazakhstan in 2022 took the Trans-Caspian route, in per cent.

    All freight on the route, by the larger of the counts of the ministry and of president and prime minister, less
    Kazakhstan's own exports; what is left holds its imports too. With ``later`` of the smallest count of transit.
    """
    whole = transit_range(transit, "KAZ") if later else transit_volume(transit, "KAZ", as_of)
    return 100 * (max(freight(), leaders_freight()) - corridor_exports()) / whole


@shown(unit="times", digits=1)
def northern_container_ratio(operation: Asked) -> float:
    """Containers on the northern route in half of 2022 divided by those on the Middle Corridor in all of 2022.

    The northern figure is for freight between China and Europe both ways, by the Eurasian Rail Alliance Index; the report
    names no operator.
    """
    north = operation(corridor="northern", measure="containers", period="2022-01")
    return north / operation(corridor="middle", measure="containers")


def scale_of_ways(
    cpc_oil: Asked, operation: Asked, freight: Asked, corridor_transit: Asked, transit: Table, as_of: date
) -> pd.DataFrame:
    """Five weights of 2022 on one scale: ``way``, ``mt``, ``group``, ``source_id``; largest first."""
    rows = [
        ("Oil by the CPC pipeline", cpc_oil(), "pipeline", "G121"),
        ("All transit through Kazakhstan", transit_volume(transit, "KAZ", as_of), "transit", "G120"),
        ("Middle Corridor: capacity", operation(), "corridor", "G127"),
        ("Middle Corridor: all freight", freight(), "corridor", "S88"),
        ("Middle Corridor: transit alone", corridor_transit(later=True), "corridor", "G071"),
    ]
    frame = pd.DataFrame(rows, columns=["way", "mt", "group", "source_id"])
    return frame.sort_values("mt", ascending=False, ignore_index=True)


# --- Time -----------------------------------------------------------------------------------------------------------


@shown(unit="days")
def transit_days(operation: Asked, period: str = "2022", end: str = "high", later: bool = False) -> float:
    """Published days on the Middle Corridor in a period, ``low`` or ``high`` end of the range. Scope often unstated."""
    return operation(corridor="middle", measure="transit time", period=period, end=end, later=later)


@shown(unit="times")
def time_ratio(operation: Asked) -> float:
    """How many times longer the Middle Corridor took than the northern route. World Bank, November 2023: hindsight."""
    return operation(corridor="middle", measure="time against northern route", period="", later=True)


def times(corridor_operations: Table, as_of: date) -> pd.DataFrame:
    """Published transit times by route and period, with ``days``, ``published``, ``known`` by the day of judgement, source."""
    rows = where(corridor_operations, measure="transit time").sort_values(
        ["corridor", "period_start"], ignore_index=True
    )
    frame = rows.assign(
        route=rows["corridor"].map(_ROUTES),
        period=list(map(_period, rows["period_start"], rows["period_end"])),
        days=list(map(_range, rows["low"], rows["high"])),
        published=rows["published"].fillna("not stated"),
        known=[_known(text, as_of) for text in rows["published"]],
    )
    return frame[["route", "period", "days", "published", "known", "source_id"]]


# --- Logistics index ------------------------------------------------------------------------------------------------


@shown(unit="points", digits=1)
def lpi_score(lpi: Table, focus: str, year: int = 2023) -> float:
    """Score of a state in the World Bank's Logistics Performance Index, 1 (worst) to 5 (best)."""
    return float(_lpi(lpi, focus, year)["score"])


def lpi_rank(lpi: Table, focus: str, year: int = 2023) -> int:
    """Rank of a state in one edition of the Logistics Performance Index; ties share a rank."""
    return int(_lpi(lpi, focus, year)["rank"])


@shown(unit="points", digits=1)
def lpi_gap(lpi: Table, focus: str, rival: str = "UZB", year: int = 2023) -> float:
    """Score of the state minus that of a rival in one edition. In 2023 scores carry one decimal only."""
    return lpi_score(lpi, focus, year) - lpi_score(lpi, rival, year)


def lpi_central_asian_place(lpi: Table, focus: str, year: int = 2023) -> int:
    """Place of a state by score if it stood among the Central Asian states of that edition: 1 is the best."""
    own = lpi_score(lpi, focus, year)
    others = where(lpi, year=year, iso3={*CENTRAL_ASIA} - {focus})
    return int((others["score"] > own).sum()) + 1


def focus_name(states: Table, focus: str) -> str:
    """Short English name of the state under study."""
    return names_of(states)[focus]


def lpi_states(lpi: Table, year: int = 2023) -> int:
    """Number of states and territories of this book that one edition of the index covers."""
    return len(where(lpi, year=year))


def lpi_lines(lpi: Table, states: Table, focus: str) -> pd.DataFrame:
    """Scores by edition of the state and the Central Asian states: one row per state and edition, with its name."""
    rows = where(lpi, iso3={focus, *CENTRAL_ASIA})
    return rows.merge(states[["iso3", "name"]], on="iso3")[["iso3", "name", "year", "score", "rank"]]


def lpi_newest(lpi_lines: Asked) -> pd.DataFrame:
    """Rows of ``lpi_lines`` of the newest edition, the best score first."""
    rows = lpi_lines()
    return where(rows, year=rows["year"].max()).sort_values("score", ascending=False, ignore_index=True)


def lpi_best(lpi_newest: Asked, place: int = 1) -> str:
    """Name at a place among the state under study and Central Asia by score in the newest edition; 1 is the best."""
    return str(lpi_newest()["name"].iloc[place - 1])


def lpi_ranks(lpi: Table, states: Table, focus: str) -> pd.DataFrame:
    """Ranks by edition (columns) of the state, Central Asia, the corridor's other states, Russia and China (rows)."""
    chosen = {focus, *CENTRAL_ASIA, *CORRIDOR_STATES, "RUS", "CHN"}
    rows = where(lpi, iso3=chosen).merge(states[["iso3", "name"]], on="iso3")
    wide = rows.pivot(index="name", columns="year", values="rank").rename(columns=str).rename_axis(columns=None)
    return wide.sort_values("2023", na_position="last").reset_index()


# --- Definitions, history, steps --------------------------------------------------------------------------------------


def definitions(corridor_definitions: Table, as_of: date, later: bool = False) -> int:
    """Number of definitions of the route compared here, published by the day of judgement; all of them with ``later``."""
    return len(_included(corridor_definitions, as_of, later))


def definition_states(corridor_definitions: Table, as_of: date, which: str = "widest", later: bool = False) -> int:
    """Number of states in the ``widest`` or the ``narrowest`` definition of the route."""
    sizes = map(len, _included(corridor_definitions, as_of, later))
    return {"widest": max, "narrowest": min}[which](sizes)


def definition_core(corridor_definitions: Table, as_of: date, later: bool = False) -> int:
    """Number of states that every definition of the route includes."""
    return len(set.intersection(*_included(corridor_definitions, as_of, later)))


def definition_table(corridor_definitions: Table, states: Table, as_of: date) -> pd.DataFrame:
    """One row per definition: who, when, the names of the states it includes, and whether it is ``later``."""
    rows = corridor_definitions.merge(states[["iso3", "name"]], on="iso3").sort_values("name")
    keys = ["published", "definer", "source_id"]
    table = rows.groupby(keys)["name"].agg(", ".join).rename("included").reset_index()
    return table.assign(known=[_known(text, as_of) for text in table["published"]])


def historians(trade_route_historians: Table, position: str = "decline") -> int:
    """Number of works in the table that take a position on the decline thesis.

    ``disputing`` counts all who object, ``any`` all works.
    """
    if position == "any":
        return len(trade_route_historians)
    return len(where(trade_route_historians, position=_DISPUTING if position == "disputing" else position))


def steps_taken(corridor_projects: Table, as_of: date) -> int:
    """Works opened or begun, bodies founded and agreements reached by Kazakhstan for the route by the day of judgement."""
    return len(where(known_by(corridor_projects, as_of), status=_DONE, kazakh_part=True))


def works_opened(corridor_projects: Table) -> int:
    """Number of railways and ports of the table that were opened for the route, by Kazakhstan or by others."""
    return len(where(corridor_projects, status="opened"))


def opening_year(corridor_projects: Table, which: str = "first") -> str:
    """Year in which the ``first`` or the ``last`` of these works was opened."""
    years = where(corridor_projects, status="opened")["date"].str[:4]
    return str({"first": min, "last": max}[which](years))


def steps(corridor_projects: Table) -> pd.DataFrame:
    """All steps for the route by date: ``project``, ``date``, ``status``, ``who`` took it, ``source_id``."""
    who = corridor_projects["kazakh_part"].map({True: "Kazakhstan, alone or with others", False: "others"})
    return corridor_projects.assign(who=who).sort_values("date", ignore_index=True)


def steps_planned(corridor_projects: Table, as_of: date) -> int:
    """Number of further projects that a report of that day or earlier calls planned."""
    return len(where(known_by(corridor_projects, as_of), status="planned"))


# --- Map ------------------------------------------------------------------------------------------------------------


def lines(corridor_legs: Table, corridor_stations: Table) -> pd.DataFrame:
    """Legs of the land routes for the maps, with ``start`` and ``end`` as (longitude, latitude). A scheme, not a course."""
    spots = {row.station: (float(row.lon), float(row.lat)) for row in corridor_stations.itertuples()}
    legs = corridor_legs[["route", "leg", "mode", "from_station", "to_station"]]
    return legs.assign(start=legs["from_station"].map(spots), end=legs["to_station"].map(spots))


def labelled_stops(corridor_legs: Table, corridor_stations: Table) -> pd.DataFrame:
    """Points of the land routes for the close map: ``label``, and where it stands beside its dot.

    Columns ``dx``, ``dy`` and ``ha`` as in ``_BESIDE``; points whose name would crowd the map have an empty label.
    """
    touched = {*corridor_legs["from_station"], *corridor_legs["to_station"]}
    rows = where(corridor_stations, station=touched).reset_index(drop=True)
    dx, dy, ha = zip(*(_BESIDE.get(name, (0, 0, "left")) for name in rows["station"]), strict=True)
    return rows.assign(label=rows["station"].where(rows["station"].isin(_BESIDE), ""), dx=dx, dy=dy, ha=ha)


def _public(published: pd.Series, as_of: date, later: bool) -> pd.Series:
    """Which rows may be used: all of them with ``later``, else those published for certain by the day of judgement."""
    return published.map(lambda text: later or (pd.notna(text) and last_day(text) <= as_of)).astype(bool)


def _port_distances(stations: pd.DataFrame) -> pd.Series:
    places = stations.set_index("station")
    ports = where(places, kind="port").query("water != 'Caspian Sea'")
    home = places.loc["Astana"]
    return pd.Series(geo.distances_km((home["lon"], home["lat"]), ports["lon"], ports["lat"]), index=ports.index)


def _tonnage(volume: Table, perimeter: str, as_of: date, start: str, end: str = "", later: bool = False) -> float:
    """Freight of a period in Mt; a ``start`` without an ``end`` is the whole year."""
    end = end or start
    missing = f"no tonnage of {_period(start, end)} by the {perimeter} was public by {as_of}"
    public = where(volume[_public(volume["first_published"], as_of, later)], perimeter=perimeter)
    return float(cell(public, "freight_kt", missing, period_start=start, period_end=end)) / 1000


def _transits(transit: Table, state: str, year: int) -> list[float]:
    """Published or derived transit of a state in a year, in the order of publication."""
    own = where(transit, iso3=state).sort_values("published")
    return of_year(own, "transit_mt", year, f"no transit volume of {state} for {year}")


def _included(definitions: pd.DataFrame, as_of: date, later: bool) -> list[set]:
    """The set of states of each definition."""
    public = definitions[_public(definitions["published"], as_of, later)]
    return list(public.groupby("definition_id")["iso3"].agg(set))


def _lpi(lpi: Table, state: str, year: int) -> pd.Series:
    missing = f"the Logistics Performance Index of {year} has no score for {state}"
    return required(lpi, missing, iso3=state, year=year).iloc[0]


def _period(start: str | None, end: str | None) -> str:
    if not isinstance(start, str) or not isinstance(end, str):
        return "not stated"
    if start == end:
        return f"{first_day(start):%b %Y}" if "-" in start else start
    return f"{first_day(start):%b}–{last_day(end):%b %Y}"


def _range(low: float, high: float) -> str:
    return f"{low:g}" if low == high else f"{low:g}–{high:g}"


def _known(published: str | None, as_of: date) -> str:
    if not isinstance(published, str):
        return "not stated"
    if first_day(published) <= as_of < last_day(published):
        return "not clear"
    return "yes" if last_day(published) <= as_of else "later"
