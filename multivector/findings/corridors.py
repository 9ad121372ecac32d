"""Corridors: what the Middle Corridor carries, beside the ways on which Kazakhstan's goods and oil really leave.

Two perimeters of tonnage exist, the ministry's and the operators'; no finding mixes them in a series. Lengths are
those that sources publish; none is measured on a map. Unless a docstring says otherwise, weights are in million
tonnes (Mt).
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from multivector import geo
from multivector.dates import first_day, last_day
from multivector.findings import NoData, finding

CENTRAL_ASIA = ("KAZ", "KGZ", "TJK", "TKM", "UZB")
CORRIDOR_STATES = ("AZE", "GEO", "TUR")
_UNLABELLED = ("Atyrau", "Astrakhan", "Batumi", "Kropotkin", "Shihezi")
_DISPUTING = ("no general decline", "other causes", "doubts the baseline")


# --- Position -------------------------------------------------------------------------------------------------------


@finding(unit="km", national=True)
def ocean_shore(shoreline: pd.DataFrame) -> int:
    """Kazakhstan's shore on any ocean or ocean-connected sea, in km: none, the country is landlocked.

    Source: The World Factbook.
    """
    return _shore(shoreline, "ocean")


@finding(unit="km", national=True)
def caspian_shore(shoreline: pd.DataFrame) -> int:
    """Kazakhstan's shore on the Caspian, a lake without outlet to the ocean, in km.

    Source: The World Factbook. Shore lengths grow with the scale of the map they are measured on.
    """
    return _shore(shoreline, "inland")


@finding(unit="km", national=True)
def seaport_distance(corridor_stations: pd.DataFrame) -> float:
    """Straight distance from Astana to the nearest ocean-connected port among the points of this chapter, in km.

    Shortest line on the globe between town coordinates (GeoNames). Caspian ports do not count. Ports that the chapter
    does not use, such as those of the Arctic, are not considered, so the true minimum may be smaller.
    """
    return float(_port_distances(corridor_stations).min())


@finding(national=True)
def nearest_seaport(corridor_stations: pd.DataFrame) -> str:
    """Name of the port that ``seaport_distance`` measures to."""
    return str(_port_distances(corridor_stations).idxmin())


# --- Lengths --------------------------------------------------------------------------------------------------------


@finding(unit="km", national=True)
def route_length(corridor_segments: pd.DataFrame, which: str = "longest") -> float:
    """A published length of the whole Middle Corridor, in km: the ``longest``, ``shortest`` or ``railsea`` one.

    ``railsea`` adds the rail and the sea part that one source gives (S98); it is the only sum in this module, and is
    also a candidate for the shortest. Sources do not say where the route begins and ends: that is why they differ.
    """
    whole = corridor_segments.query("corridor == 'middle' and scope == 'whole route'")
    railsea = float(whole.loc[whole["source_id"] == "S98", "km"].sum())
    totals = [railsea, *whole.loc[whole["mode"] == "all modes", "km"].astype(float)]
    return {"railsea": railsea, "longest": max(totals), "shortest": min(totals)}[which]


@finding(unit="times", digits=1, national=True)
def length_spread(corridor_segments: pd.DataFrame) -> float:
    """Longest published total length of the Middle Corridor divided by the shortest."""
    return route_length(corridor_segments, "longest") / route_length(corridor_segments, "shortest")


@finding(national=True)
def unsourced_lengths(corridor_segments: pd.DataFrame) -> int:
    """Number of parts of the land routes for which no published length was found."""
    return int(corridor_segments["km"].isna().sum())


# --- Tonnage, two perimeters ----------------------------------------------------------------------------------------


@finding(unit="Mt", digits=1, national=True)
def freight(titr_volume: pd.DataFrame, year: int = 2022) -> float:
    """All freight on the Trans-Caspian route in a calendar year by the ministry's count, in Mt.

    Source: Kazakhstan's Ministry of Transport through one press report (S88). It includes Kazakhstan's own exports
    and imports, not transit alone.
    """
    return _tonnage(titr_volume, "ministry", str(year), str(year))


@finding(unit="Mt", digits=2, national=True)
def operators_freight(titr_volume: pd.DataFrame, start: str = "2022-01", end: str = "2022-09") -> float:
    """Freight on the route in a period as the operators announced it, in Mt. Not comparable with the ministry's."""
    return _tonnage(titr_volume, "operators", start, end)


@finding(unit="times", digits=1, national=True)
def freight_growth(titr_volume: pd.DataFrame, start: int = 2021, end: int = 2022) -> float:
    """Ministry's tonnage of one year divided by that of an earlier year."""
    return freight(titr_volume, end) / freight(titr_volume, start)


@finding(unit="kt", national=True)
def perimeter_excess(titr_volume: pd.DataFrame) -> float:
    """How much the operators' nine months of 2022 exceed the ministry's whole year 2022, in kt.

    A part larger than its whole shows that the two count different things.
    """
    return 1000 * (operators_freight(titr_volume) - freight(titr_volume, 2022))


@finding(unit="kt", national=True)
def perimeter_gap(titr_volume: pd.DataFrame, year: int = 2024) -> float:
    """Ministry's tonnage minus the operators' of the same calendar year, in kt."""
    return 1000 * (freight(titr_volume, year) - operators_freight(titr_volume, str(year), str(year)))


@finding(national=True)
def tonnage(titr_volume: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """All tonnages with ``perimeter``, ``period``, ``freight_kt`` and ``known``: had the period ended by the day of judgement?

    Rows of different perimeters must not be joined to one series.
    """
    spans = list(zip(titr_volume["period_start"], titr_volume["period_end"], strict=True))
    return pd.DataFrame(
        {
            "perimeter": titr_volume["perimeter"],
            "period": [_period(*span) for span in spans],
            "freight_kt": titr_volume["freight_kt"].astype(int),
            "known": [last_day(end) <= as_of for _, end in spans],
            "source_id": titr_volume["source_id"],
        }
    )


@finding(unit="%", national=True)
def capacity_used(titr_volume: pd.DataFrame, corridor_operations: pd.DataFrame) -> float:
    """Ministry's tonnage of 2022 in per cent of the capacity stated in May 2023."""
    return 100 * freight(titr_volume, 2022) / operation(corridor_operations, "middle", "capacity", "2022")


# --- Beside other ways ----------------------------------------------------------------------------------------------


@finding(digits=1, national=True)
def operation(
    corridor_operations: pd.DataFrame,
    corridor: str = "middle",
    measure: str = "capacity",
    period: str = "2022",
    end: str = "high",
) -> float:
    """One published figure of a route; ``end`` picks the ``low`` or ``high`` end of a range. Units as in the table."""
    rows = corridor_operations[
        (corridor_operations["corridor"] == corridor)
        & (corridor_operations["measure"] == measure)
        & (corridor_operations["period_start"].fillna("") == period)
    ]
    if rows.empty:
        raise NoData(f"no figure of {measure} for the {corridor} route in {period}")
    return float(rows[end].iloc[0])


@finding(unit="Mt", national=True)
def cpc_capacity(corridor_operations: pd.DataFrame) -> float:
    """Capacity of the Caspian pipeline (CPC) to Novorossiysk in 2022, in Mt a year. Source: RFE/RL."""
    return operation(corridor_operations, "pipeline", "capacity")


@finding(unit="Mt", digits=1, national=True)
def cpc_oil(corridor_operations: pd.DataFrame) -> float:
    """Oil from Kazakhstan that left through the CPC pipeline in 2022, in Mt. Source: the consortium, by Reuters."""
    return operation(corridor_operations, "pipeline", "oil from Kazakhstan")


@finding(unit="times", national=True)
def cpc_ratio(titr_volume: pd.DataFrame, corridor_operations: pd.DataFrame) -> float:
    """Kazakhstan's oil through the CPC pipeline in 2022 divided by all freight on the Trans-Caspian route that year.

    Tonnes of oil and tonnes of goods differ in value: the ratio compares weights, nothing else.
    """
    return cpc_oil(corridor_operations) / freight(titr_volume, 2022)


@finding(unit="%", national=True)
def cpc_share(oil_exports: pd.DataFrame) -> float:
    """Share of the CPC pipeline in Kazakhstan's crude exports of 2022, in per cent, from rounded parts (NUS)."""
    return float(
        100 * oil_exports.loc[oil_exports["way"] == "CPC pipeline", "oil_mt"].sum() / oil_exports["oil_mt"].sum()
    )


@finding(unit="%", national=True)
def russian_pipes_share(oil_exports: pd.DataFrame) -> float:
    """Share of Kazakhstan's crude exports of 2022 that left by pipelines across Russia, in per cent (rounded parts)."""
    across = oil_exports["transit_iso3"] == "RUS"
    return float(100 * oil_exports.loc[across, "oil_mt"].sum() / oil_exports["oil_mt"].sum())


@finding(unit="Mt", digits=2, national=True)
def corridor_exports(corridor_operations: pd.DataFrame) -> float:
    """Kazakhstan's own exports on the Trans-Caspian route in 2022, in Mt. Source: Kazinform."""
    return operation(corridor_operations, "middle", "Kazakh exports carried")


@finding(unit="Mt", digits=2, national=True)
def corridor_transit(corridor_operations: pd.DataFrame) -> float:
    """Goods of others in transit on the Trans-Caspian route in 2022, in Mt. Source: Kazinform."""
    return operation(corridor_operations, "middle", "transit freight")


@finding(unit="Mt", digits=1)
def transit_volume(transit: pd.DataFrame, focus: str, year: int = 2022) -> float:
    """Goods in transit through a state on all routes in a year, in Mt.

    If only the following year was found, the value is that year's divided by its stated growth. Definitions differ
    between states: Kazakhstan's source does not name the modes, Uzbekistan's counts road and rail.
    """
    own = transit[transit["iso3"] == focus].set_index("year")
    if year in own.index:
        return float(own.loc[year, "transit_mt"])
    if year + 1 in own.index and pd.notna(own.loc[year + 1, "change_pct"]):
        return float(own.loc[year + 1, "transit_mt"] / (1 + own.loc[year + 1, "change_pct"] / 100))
    raise NoData(f"no transit volume of {focus} for {year}")


@finding(unit="times", digits=1)
def transit_ratio(transit: pd.DataFrame, focus: str, rival: str = "UZB", year: int = 2022) -> float:
    """Transit through the state divided by transit through a rival in the same year; see ``transit_volume``."""
    return transit_volume(transit, focus, year) / transit_volume(transit, rival, year)


@finding(unit="%", digits=1, national=True)
def corridor_share_of_transit(transit: pd.DataFrame, corridor_operations: pd.DataFrame) -> float:
    """Share of the Trans-Caspian route in all transit through Kazakhstan in 2022, in per cent.

    The two weights come from two sources, which may not define transit in the same way: an order of magnitude.
    """
    return 100 * corridor_transit(corridor_operations) / transit_volume(transit, "KAZ", 2022)


@finding(unit="times", digits=1, national=True)
def northern_container_ratio(corridor_operations: pd.DataFrame) -> float:
    """Containers on the northern route in half of 2022 divided by those on the Middle Corridor in all of 2022.

    The northern figure is that of one operator, the joint rail company of Kazakhstan, Russia and Belarus.
    """
    north = operation(corridor_operations, "northern", "containers", "2022-01")
    return north / operation(corridor_operations, "middle", "containers", "2022")


@finding(national=True)
def scale_of_ways(titr_volume: pd.DataFrame, corridor_operations: pd.DataFrame, transit: pd.DataFrame) -> pd.DataFrame:
    """Six weights of 2022 on one scale: ``way``, ``mt``, ``group``, ``source_id``; largest first."""
    rows = [
        ("CPC pipeline: capacity", cpc_capacity(corridor_operations), "pipeline", "S66"),
        ("CPC pipeline: oil from Kazakhstan", cpc_oil(corridor_operations), "pipeline", "G121"),
        ("All transit through Kazakhstan", transit_volume(transit, "KAZ", 2022), "transit", "G120"),
        ("Middle Corridor: capacity", operation(corridor_operations, "middle", "capacity"), "corridor", "G127"),
        ("Middle Corridor: all freight", freight(titr_volume, 2022), "corridor", "S88"),
        ("Middle Corridor: transit only", corridor_transit(corridor_operations), "corridor", "G071"),
    ]
    return pd.DataFrame(rows, columns=["way", "mt", "group", "source_id"]).sort_values(
        "mt", ascending=False, ignore_index=True
    )


# --- Time -----------------------------------------------------------------------------------------------------------


@finding(unit="days", national=True)
def transit_days(corridor_operations: pd.DataFrame, period: str = "2022", end: str = "high") -> float:
    """Published days on the Middle Corridor in a period, ``low`` or ``high`` end of the range. Scope often unstated."""
    return operation(corridor_operations, "middle", "transit time", period, end)


@finding(unit="times", national=True)
def time_ratio(corridor_operations: pd.DataFrame) -> float:
    """How many times longer the Middle Corridor took than the northern route. World Bank, published November 2023."""
    return operation(corridor_operations, "middle", "time against northern route", "")


@finding(national=True)
def times(corridor_operations: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Published transit times: ``route``, ``period``, ``days``, ``published``, ``known`` by the day of judgement, source."""
    rows = corridor_operations[corridor_operations["measure"] == "transit time"]
    names = {"middle": "Middle Corridor", "northern": "Northern route", "sea": "Sea by Suez"}
    return pd.DataFrame(
        {
            "route": rows["corridor"].map(names),
            "period": [_period(*pair) for pair in zip(rows["period_start"], rows["period_end"], strict=True)],
            "days": [_range(*pair) for pair in zip(rows["low"], rows["high"], strict=True)],
            "published": rows["published"].fillna("not stated"),
            "known": [_known(text, as_of) for text in rows["published"]],
            "source_id": rows["source_id"],
        }
    ).reset_index(drop=True)


# --- Logistics index ------------------------------------------------------------------------------------------------


@finding(unit="points", digits=1)
def lpi_score(lpi: pd.DataFrame, focus: str, year: int = 2023) -> float:
    """Score of a state in the World Bank's Logistics Performance Index, 1 (worst) to 5 (best)."""
    return float(_lpi(lpi, focus, year)["score"])


@finding()
def lpi_rank(lpi: pd.DataFrame, focus: str, year: int = 2023) -> int:
    """Rank of a state in one edition of the Logistics Performance Index; ties share a rank."""
    return int(_lpi(lpi, focus, year)["rank"])


@finding(unit="points", digits=1)
def lpi_gap(lpi: pd.DataFrame, focus: str, rival: str = "UZB", year: int = 2023) -> float:
    """Score of the state minus that of a rival in one edition. In 2023 scores carry one decimal only."""
    return lpi_score(lpi, focus, year) - lpi_score(lpi, rival, year)


@finding()
def lpi_central_asian_place(lpi: pd.DataFrame, focus: str, year: int = 2023) -> int:
    """Place of a state by score if it stood among the Central Asian states of that edition: 1 is the best."""
    own = lpi_score(lpi, focus, year)
    others = lpi[(lpi["year"] == year) & lpi["iso3"].isin(set(CENTRAL_ASIA) - {focus})]
    return int((others["score"] > own).sum()) + 1


@finding()
def focus_name(states: pd.DataFrame, focus: str) -> str:
    """Short English name of the state under study."""
    return str(states.loc[states["iso3"] == focus, "name"].iloc[0])


@finding()
def lpi_states(lpi: pd.DataFrame, year: int = 2023) -> int:
    """Number of states and territories of this book that one edition of the index covers."""
    return int((lpi["year"] == year).sum())


@finding()
def lpi_lines(lpi: pd.DataFrame, states: pd.DataFrame, focus: str) -> pd.DataFrame:
    """Scores by edition of the focus and the Central Asian states: one row per state and edition, with its name."""
    rows = lpi[lpi["iso3"].isin({focus, *CENTRAL_ASIA})]
    return rows.merge(states[["iso3", "name"]], on="iso3")[["iso3", "name", "year", "score", "rank"]]


@finding()
def lpi_ranks(lpi: pd.DataFrame, states: pd.DataFrame, focus: str) -> pd.DataFrame:
    """Ranks by edition (columns) of the focus, Central Asia, the corridor's other states, Russia and China (rows)."""
    chosen = {focus, *CENTRAL_ASIA, *CORRIDOR_STATES, "RUS", "CHN"}
    rows = lpi[lpi["iso3"].isin(chosen)].merge(states[["iso3", "name"]], on="iso3")
    wide = rows.pivot(index="name", columns="year", values="rank")
    wide.columns = [str(year) for year in wide.columns]
    return wide.sort_values("2023", na_position="last").reset_index()


# --- Definitions, history, steps --------------------------------------------------------------------------------------


@finding(national=True)
def definitions(corridor_definitions: pd.DataFrame) -> int:
    """Number of definitions of the route compared here."""
    return int(corridor_definitions["definition_id"].nunique())


@finding(national=True)
def definition_states(corridor_definitions: pd.DataFrame, which: str = "widest") -> int:
    """Number of states in the ``widest`` or the ``narrowest`` definition of the route."""
    counts = corridor_definitions.groupby("definition_id").size()
    return int(counts.max() if which == "widest" else counts.min())


@finding(national=True)
def definition_core(corridor_definitions: pd.DataFrame) -> int:
    """Number of states that every definition of the route includes."""
    total = definitions(corridor_definitions)
    return int((corridor_definitions.groupby("iso3").size() == total).sum())


@finding(national=True)
def definition_table(corridor_definitions: pd.DataFrame, states: pd.DataFrame) -> pd.DataFrame:
    """One row per definition: who, when, and the names of the states it includes."""
    rows = corridor_definitions.merge(states[["iso3", "name"]], on="iso3").sort_values("name")
    keys = ["published", "definer", "source_id"]
    return rows.groupby(keys)["name"].agg(", ".join).rename("included").reset_index()


@finding(national=True)
def historians(trade_route_historians: pd.DataFrame, position: str = "decline") -> int:
    """Number of works in the table that take a position on the decline thesis; ``disputing`` counts all who object."""
    wanted = _DISPUTING if position == "disputing" else (position,)
    return int(trade_route_historians["position"].isin(wanted).sum())


@finding(national=True)
def steps_taken(corridor_projects: pd.DataFrame, as_of: date) -> int:
    """Railways opened, bodies founded and agreements reached for the route by the day of judgement."""
    done = corridor_projects["status"] != "planned"
    return int((done & (corridor_projects["date"].map(last_day) <= as_of)).sum())


@finding(national=True)
def steps_planned(corridor_projects: pd.DataFrame, as_of: date) -> int:
    """Number of further projects that a report of that day or earlier calls planned."""
    planned = corridor_projects["status"] == "planned"
    return int((planned & (corridor_projects["date"].map(last_day) <= as_of)).sum())


# --- Map ------------------------------------------------------------------------------------------------------------


@finding(national=True)
def lines(corridor_legs: pd.DataFrame, corridor_stations: pd.DataFrame) -> pd.DataFrame:
    """Legs of the land routes for the maps, with ``start`` and ``end`` as (longitude, latitude). A scheme, not a course."""
    places = corridor_stations.set_index("station")
    spots = {name: (float(row["lon"]), float(row["lat"])) for name, row in places.iterrows()}
    legs = corridor_legs[["route", "leg", "mode", "from_station", "to_station"]]
    return legs.assign(start=legs["from_station"].map(spots), end=legs["to_station"].map(spots))


@finding(national=True)
def labelled_stops(corridor_legs: pd.DataFrame, corridor_stations: pd.DataFrame) -> pd.DataFrame:
    """Points of the three land routes for the map with a ``label``, ports first: labels are placed in this order.

    Points whose name would crowd the map have an empty label.
    """
    touched = set(corridor_legs["from_station"]) | set(corridor_legs["to_station"])
    rows = corridor_stations[corridor_stations["station"].isin(touched)]
    order = rows["kind"].map({"port": 0, "station": 1, "pump station": 2})
    rows = rows.assign(label=rows["station"].where(~rows["station"].isin(_UNLABELLED), ""))
    return rows.iloc[order.argsort(kind="stable")].reset_index(drop=True)


# --- Helpers --------------------------------------------------------------------------------------------------------


def _shore(shoreline: pd.DataFrame, kind: str) -> int:
    return int(shoreline.loc[shoreline["kind"] == kind, "shore_km"].sum())


def _port_distances(stations: pd.DataFrame) -> pd.Series:
    places = stations.set_index("station")
    ports = places[(places["kind"] == "port") & (places["water"] != "Caspian Sea")]
    home = places.loc["Astana"]
    return pd.Series(geo.distances_km((home["lon"], home["lat"]), ports["lon"], ports["lat"]), index=ports.index)


def _tonnage(volume: pd.DataFrame, perimeter: str, start: str, end: str) -> float:
    rows = volume.query("perimeter == @perimeter and period_start == @start and period_end == @end")
    if rows.empty:
        raise NoData(f"the {perimeter} gave no tonnage for {_period(start, end)}")
    return float(rows["freight_kt"].iloc[0]) / 1000


def _lpi(lpi: pd.DataFrame, state: str, year: int) -> pd.Series:
    rows = lpi[(lpi["iso3"] == state) & (lpi["year"] == year)]
    if rows.empty:
        raise NoData(f"the Logistics Performance Index of {year} has no score for {state}")
    return rows.iloc[0]


def _period(start: str | float, end: str | float) -> str:
    if pd.isna(start):
        return "not stated"
    if start == end:
        return f"{first_day(start):%b %Y}" if "-" in start else start
    return f"{first_day(start):%b}–{last_day(end):%b %Y}"


def _range(low: float, high: float) -> str:
    return f"{low:g}" if low == high else f"{low:g}–{high:g}"


def _known(published: str | float, as_of: date) -> str:
    if pd.isna(published):
        return "not stated"
    if first_day(published) <= as_of < last_day(published):
        return "not clear"
    return "yes" if last_day(published) <= as_of else "later"
