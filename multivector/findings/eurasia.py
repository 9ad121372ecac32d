"""Where a state lies, measured; and who else tells the same story about itself.

Areas and distances are geodesic. Areas of states come from the layer at full detail (column ``area_km2``); distances
and parts of areas are measured on the generalised layers. Border lengths are quoted, never measured.
"""

from datetime import date

import pandas as pd
import shapely
import shapely.affinity

from multivector.facts import geo
from multivector.facts.dates import first_day, known_by
from multivector.facts.names import listing, names_of, un_members
from multivector.facts.rows import cell, of_year, rank, required, where
from multivector.findings import Asked, NoData, Table, shown

# --- size --------------------------------------------------------------------------------------------------------


@shown(unit="km²")
def area(world: Table, focus: str) -> float:
    """Area of the state at 1:10m, inland waters included, in square kilometres, to the four digits such a map gives."""
    return float(f"{cell(world, 'area_km2', f'{focus} is not on the map layer', iso3=focus):.4g}")


def area_rank(world: Table, states: Table, focus: str) -> int:
    """Rank of the state by area among the members of the United Nations (1 is the largest)."""
    areas = where(world, iso3=un_members(states)).set_index("iso3")["area_km2"]
    return rank(areas, focus, f"{focus} is not on the map layer")


def landlocked_by_area(world: Table, groups: Table, states: Table, most: int | None = None) -> pd.DataFrame:
    """UN members without a coast on the ocean, by area, to the four digits that a map at 1:10m gives."""
    frame = pd.DataFrame(_landlocked(world, groups))
    frame["area_km2"] = frame["area_km2"].map("{:.4g}".format).astype(float)
    frame = frame.assign(rank=frame.index + 1, name=frame["iso3"].map(names_of(states)))
    return frame[["rank", "iso3", "name", "area_km2"]].head(most)


def largest_landlocked(landlocked_by_area: Asked) -> str:
    """Name of the largest UN member without a coast on the ocean."""
    return str(landlocked_by_area()["name"].iloc[0])


def landlocked_states(groups: Table) -> int:
    """Number of UN members without a coast on the ocean."""
    return int(groups["landlocked"].sum())


def landlocked_area_rank(world: Table, groups: Table, focus: str) -> int:
    """Rank of the state by area among the landlocked members of the United Nations (1 is the largest)."""
    required(groups, f"{focus} has a coast on the ocean", iso3=focus, landlocked=True)
    return rank(_landlocked(world, groups).set_index("iso3")["area_km2"], focus, f"{focus} is not on the map layer")


@shown(digits=1)
def landlocked_lead(world: Table, groups: Table) -> float:
    """How many times larger the largest landlocked state is than the second."""
    largest, second, *_ = _landlocked(world, groups)["area_km2"]
    return largest / second


@shown(unit="%", digits=1)
def share_west_of_ural(area_west_of_ural: Asked, eurasia: Table) -> float:
    """Share of Kazakhstan's area that lies west of the Ural river, in per cent.

    By the common convention the Ural river is where Europe ends; no line is binding. River and outline are generalised
    at 1:50m; ``share_west_of_ural_by_regions`` takes another outline.
    """
    return 100 * area_west_of_ural() / geo.area_km2(_shape(eurasia, "KAZ"))


@shown(unit="%", digits=1)
def share_west_of_ural_by_regions(kaz_outline: Table, ural: Table) -> float:
    """Share of Kazakhstan's area west of the Ural river, with the outline that its regions make together, in per cent."""
    whole = kaz_outline.geometry.iloc[0]
    return 100 * geo.area_km2(geo.west_of_river(whole, ural.geometry.iloc[0])) / geo.area_km2(whole)


@shown(unit="%")
def share_in_europe_claimed(europe_shares: Table) -> float:
    """The largest share of Kazakhstan that a source in the table places in Europe, in per cent; by an unstated line."""
    return float(europe_shares["share_pct"].max())


@shown(unit="km²")
def area_west_of_ural(west_of_ural: Asked) -> float:
    """Area of Kazakhstan west of the Ural river, in square kilometres."""
    return geo.area_km2(west_of_ural()["geometry"].iloc[0])


def west_of_ural(eurasia: Table, ural: Table) -> pd.DataFrame:
    """The part of Kazakhstan west of the Ural river, as one row with a geometry."""
    part = geo.west_of_river(_shape(eurasia, "KAZ"), ural.geometry.iloc[0])
    return pd.DataFrame({"iso3": ["KAZ"], "geometry": [part]})


# --- neighbours --------------------------------------------------------------------------------------------------


def neighbours(borders: Table, states: Table, focus: str) -> pd.DataFrame:
    """Land neighbours with the published length of the border in km: also ``share_pct`` and ``source_id``.

    Where sources disagree the Factbook's figure is taken: it comes from one series for all neighbours.
    """
    own = required(borders, f"border lengths of {focus} are not in the table", iso3=focus)
    frame = where(own, source_id=["S124", "S513"]).sort_values("km", ascending=False, ignore_index=True)
    frame["name"] = frame["neighbour_iso3"].map(names_of(states))
    frame["share_pct"] = 100 * frame["km"].astype(float) / float(frame["km"].sum())
    return frame[["neighbour_iso3", "name", "km", "share_pct", "source_id"]]


@shown(unit="km")
def border_length(neighbours: Asked, focus: str, neighbour: str = "") -> float:
    """Published length of the border with one neighbour, or of all land borders together, in kilometres."""
    frame = neighbours()
    if neighbour:
        frame = required(frame, f"{focus} has no land border with {neighbour} in the table", neighbour_iso3=neighbour)
    return float(frame["km"].sum())


def border_sentence(neighbours: Asked, focus: str) -> str:
    """Lengths of the borders with Russia and with China and the share of the longest border, as a sentence."""
    try:
        frame = neighbours()
    except NoData:
        return "No land border of this state is in the book's table"
    lengths = frame.set_index("neighbour_iso3")["km"].astype(float)
    powers = {iso3: name for iso3, name in (("RUS", "Russia"), ("CHN", "China")) if iso3 != focus}
    told = [f"with {name} is {lengths[iso3]:,.0f}\u00a0km long" for iso3, name in powers.items() if iso3 in lengths]
    absent = [name for iso3, name in powers.items() if iso3 not in lengths]
    clauses = ["the land border " + " and the one ".join(told)] if told else []
    clauses += [f"there is {'none' if told else 'no land border'} with {' or '.join(absent)}"] if absent else []
    share = f"{frame['share_pct'].iloc[0]:.0f}% of its land border is the one with {frame['name'].iloc[0]}"
    return f"By the World Factbook {' and '.join(clauses)}; {share}"


def neighbour_count(neighbours: Asked) -> int:
    """Number of states with a land border to the state under study."""
    return len(neighbours())


def longest_neighbour(neighbours: Asked) -> str:
    """Name of the state with which the border is longest."""
    return str(neighbours()["name"].iloc[0])


@shown(unit="%")
def longest_border_share(neighbours: Asked) -> float:
    """Share of the longest border in all land borders, in per cent."""
    return float(neighbours()["share_pct"].iloc[0])


@shown(unit="%")
def border_disagreement(borders: Table, focus: str, neighbour: str = "RUS") -> float:
    """By how much the sources on one border differ: largest over smallest length, less one, in per cent."""
    km = where(borders, iso3=focus, neighbour_iso3=neighbour)["km"].astype(float)
    if len(km) < 2:
        raise NoData(f"fewer than two sources on the border between {focus} and {neighbour}")
    return 100 * (km.max() / km.min() - 1)


# --- the middle --------------------------------------------------------------------------------------------------


def sea_distances(world: Table, seas: Table, cities: Table, focus: str) -> pd.DataFrame:
    """Distance to the nearest coast of each sea, from the capital and the border, and where that coast is.

    The coast is the outer rim of the land in layer world, so the Caspian does not count.
    """
    capital, shape = _capital(cities, focus), _shape(world, focus)
    coast = geo.ocean_coast(world)
    rows = []
    for sea in seas.itertuples():
        part = coast.intersection(shapely.box(sea.west, sea.south, sea.east, sea.north))
        far, spot = geo.nearest(capital, part)
        rows.append((sea.sea, far, geo.gap(shape, part)[0], *spot))
    frame = pd.DataFrame(rows, columns=["sea", "from_capital_km", "from_border_km", "lon", "lat"])
    return frame.sort_values("from_capital_km", ignore_index=True)


def coasts(sea_distances: Asked, most: int | None = None) -> pd.DataFrame:
    """Nearest coast of each sea, the nearest first, without the Black Sea: the Sea of Azov is its nearest arm."""
    return sea_distances().query("sea != 'Black Sea'").head(most).reset_index(drop=True)


@shown(unit="km")
def sea_distance(sea_distances: Asked, sea: str = "", start: str = "capital") -> float:
    """Distance to the coast of one sea, or to the nearest in the table, from the capital or the border, in km."""
    frame = where(sea_distances(), sea=sea) if sea else sea_distances()
    return float(frame[f"from_{start}_km"].min())


def nearest_sea(sea_distances: Asked, start: str = "capital") -> str:
    """Name of the sea whose coast is nearest, as the crow flies, from the capital or the border."""
    return str(sea_distances().sort_values(f"from_{start}_km", kind="stable")["sea"].iloc[0])


def remote_capitals(world: Table, cities: Table) -> pd.DataFrame:
    """Capitals of UN members by distance from the ocean: ``rank``, ``iso3``, ``capital``, ``km``."""
    capitals = cities[cities["capital"]].rename(columns={"name": "capital_name"})
    capitals["km"] = geo.nearest_km(capitals["lon"], capitals["lat"], geo.ocean_coast(world))
    capitals = capitals.sort_values("km", ascending=False, ignore_index=True)
    return capitals.assign(rank=capitals.index + 1)[["rank", "iso3", "capital_name", "km"]]


def remote_rank(remote_capitals: Asked, focus: str) -> int:
    """Rank of the capital by distance from the ocean among the capitals of all UN members (1 is the most remote)."""
    return int(remote_capitals().set_index("iso3").loc[focus, "rank"])


def more_remote_capitals(remote_rank: Asked) -> int:
    """Number of capitals of UN members that lie further from the ocean than that of the state under study."""
    return remote_rank() - 1


def capital_distances(cities: Table, focus: str, others: str = "") -> pd.DataFrame:
    """Distances from the capital to other capitals in ``km``, nearest first.

    ``others`` is a list of ISO codes joined by spaces; by default all capitals of UN members.
    """
    frame = cities[cities["capital"] & (cities["iso3"] != focus)].rename(columns={"name": "capital_name"})
    frame = where(frame, iso3=others.split()) if others else frame
    frame = frame.assign(km=geo.distances_km(_capital(cities, focus), frame["lon"], frame["lat"]))
    return frame.sort_values("km", ignore_index=True)[["iso3", "capital_name", "lon", "lat", "km"]]


@shown(unit="km")
def capital_distance(capital_distances: Asked, other: str = "CHN") -> float:
    """Distance from the capital to the capital of another state, in kilometres."""
    return float(cell(capital_distances(others=other), "km", f"no other capital for {other}"))


def centres(world: Table, cities: Table, centre_claims: Table, focus: str) -> pd.DataFrame:
    """Centres of Eurasia by two computations, and places that claim the title.

    Centre of gravity of the land area on the globe, of the mainland and with islands; ``km`` is the distance to the
    border of the state under study, 0 inside.
    """
    lands = zip(("mainland", "with islands"), _eurasia(world, cities), strict=True)
    rows = [(f"centre of gravity, {which}", "computed", *geo.balance(land)) for which, land in lands]
    rows += [(row.place, f"claimed, {row.continent}", row.lon, row.lat) for row in centre_claims.itertuples()]
    frame = pd.DataFrame(rows, columns=["place", "kind", "lon", "lat"])
    shape, spots = _shape(world, focus), shapely.points(frame[["lon", "lat"]])
    frame["iso3"] = [next(iter(world.loc[world.geometry.contains(spot), "iso3"]), "") for spot in spots]
    frame["km"] = [0.0 if shape.contains(spot) else geo.nearest((spot.x, spot.y), shape.boundary)[0] for spot in spots]
    return frame


@shown(unit="km")
def centre_gap(centres: Asked) -> float:
    """Distance from the border to the centre of gravity of mainland Eurasia, in kilometres; 0 if it lies inside."""
    return float(centres()["km"].iloc[0])


@shown(digits=1)
def centre_coordinate(centres: Asked, axis: str = "lon") -> float:
    """Longitude or latitude (``axis``) of the centre of gravity of mainland Eurasia, in degrees east or north."""
    return float(centres()[axis].iloc[0])


def centre_holder(centres: Asked, states: Table) -> str:
    """Name of the state in which the centre of gravity of mainland Eurasia lies."""
    return names_of(states)[centres()["iso3"].iloc[0]]


def rival_centres(centre_claims: Table, focus: str) -> int:
    """Number of other states in which a place is presented as the centre of Asia or Eurasia."""
    return int(centre_claims.loc[centre_claims["iso3"] != focus, "iso3"].nunique())


@shown(unit="Mt", digits=1)
def north_south_freight(north_south: Table, as_of: date, year: int = 2022, later: bool = False) -> float:
    """Freight on the eastern branch of the North-South corridor, which crosses Kazakhstan, in million tonnes.

    The last figure that was public by the day of judgement, or with ``later`` at all; 2022 then follows from stated
    growth. The first, of Russian Railways, seems to count only freight that goes on to Iran (S808, S809).
    """
    rows = north_south.sort_values("published")
    public = rows if later else known_by(rows, as_of, "published")
    return of_year(public, "mt", year, f"no north-south freight for {year}")[-1]


@shown(unit="%", digits=1)
def north_south_share(north_south_freight: Asked, transit: Table, later: bool = False) -> float:
    """North-south freight as a share of all transit freight through Kazakhstan in 2022, in per cent.

    The perimeters differ: read it as an order of size.
    """
    first_published = transit.sort_values("published")
    whole = cell(first_published, "transit_mt", "no transit freight of Kazakhstan", iso3="KAZ", year=2022)
    return 100 * north_south_freight(year=2022, later=later) / float(whole)


# --- the Silk Road -----------------------------------------------------------------------------------------------


def silk_road_sites_of(silk_road_components: Table, focus: str) -> int:
    """Component sites of the World Heritage corridor Chang'an-Tianshan in the state; 0 if it has none."""
    return int(where(silk_road_components, iso3=focus)["components"].sum())


def silk_road_sites_all(silk_road_components: Table) -> int:
    """Component sites of the World Heritage corridor Chang'an-Tianshan in all states."""
    return int(silk_road_components["components"].sum())


def silk_road_states(silk_road_components: Table) -> int:
    """Number of states with component sites of the World Heritage corridor Chang'an-Tianshan."""
    return int(silk_road_components["iso3"].nunique())


def silk_road_centuries(silk_road_periods: Table) -> int:
    """Length in centuries of the time in which the corridor flourished, by the expert evaluation for UNESCO."""
    row = silk_road_periods.set_index("phase").loc["flourished"]
    return int(row["to_century"] - row["from_century"] + 1)


def silk_road_last_century(silk_road_periods: Table) -> int:
    """Last century in which the corridor was a major trade route, by the expert evaluation for UNESCO."""
    return int(silk_road_periods.set_index("phase").loc["major route until", "to_century"])


def silk_road_places(silk_road_sites: Table, cities: Table) -> pd.DataFrame:
    """Component sites that can be placed by a present town of their name, with its position."""
    frame = silk_road_sites.merge(cities.rename(columns={"name": "town"}), on=["town", "iso3"])
    return frame[["site", "town", "iso3", "lon", "lat", "source_id"]]


@shown(unit="km")
def silk_road_short_of_europe(silk_road_places: Asked, cities: Table) -> float:
    """Distance from the westernmost placed site of the corridor to Istanbul, in kilometres, as the crow flies."""
    places = silk_road_places()
    last = places.loc[places["lon"].idxmin()]
    istanbul = cities.set_index("name").loc["Istanbul"]
    return geo.distance_km((last["lon"], last["lat"]), (istanbul["lon"], istanbul["lat"]))


def road_doubters(trade_route_historians: Table) -> int:
    """Works in the table of historians that doubt a regular road across the whole continent."""
    return int((trade_route_historians["position"] == "doubts the baseline").sum())


# --- the bridge --------------------------------------------------------------------------------------------------


def bridge_statements(bridge_images: Table, states: Table, as_of: date) -> pd.DataFrame:
    """Statements that call a state a bridge, with ``name`` and ``hindsight`` (made after the day of judgement)."""
    frame = bridge_images.sort_values(["date", "iso3"], ignore_index=True)
    later = frame["date"].map(first_day) > as_of
    time = later.map({True: "later", False: f"by {as_of:%B %Y}"})
    return frame.assign(name=frame["iso3"].map(names_of(states)), hindsight=later, time=time)


def bridge_own(bridge_statements: Asked, focus: str) -> int:
    """Statements by its officials, up to the day of judgement, that use the bridge image, less those that reject or replace it."""
    own = required(bridge_statements(), f"no statements of {focus} on a bridge were collected", iso3=focus)
    bears = where(own, hindsight=False)["bears"]
    return int((bears == "for").sum() - (bears == "against").sum())


def bridge_rivals(bridge_statements: Asked, focus: str, later: bool = False) -> int:
    """Number of other states whose officials used the image of them, up to the day of judgement; with ``later`` also after it."""
    return len(_rivals(bridge_statements(), focus, later))


def bridge_rival_names(bridge_statements: Asked, focus: str, later: bool = False) -> str:
    """Names of the other states whose officials used the image, in one phrase."""
    return listing(sorted(_rivals(bridge_statements(), focus, later)))


def _rivals(statements: pd.DataFrame, focus: str, later: bool) -> set[str]:
    own = statements["said_of"].str.startswith("the state")
    frame = where(statements[own], bears="for", hindsight=[False, later])
    return set(frame.loc[frame["iso3"] != focus, "name"])


@shown(anywhere=True)
def readings(policy_readings: Table, reading: str = "identity", excluding: bool = False) -> int:
    """Number of works in the table that stress one reading of the foreign policy.

    ``identity``, ``position`` or ``regime``. With ``excluding`` only works that rule the other readings out, by a comparison that holds them constant.
    """
    return where(policy_readings, reading=reading, excludes_rivals=[True, excluding])["work"].nunique()


def doctrine_names(doctrine_terms: Table, concept: str = "2020-2030", term: str = "pragmatism") -> bool:
    """Whether sources on a foreign policy concept name a term among its principles."""
    return bool(where(doctrine_terms, concept=concept)["term"].str.contains(term, regex=False).any())


# --- ties --------------------------------------------------------------------------------------------------------


def diplomatic_ties(diplomatic_relations: Table, focus: str, as_of: date) -> int:
    """States with diplomatic relations, as last stated by an official up to the day of judgement."""
    missing = f"no statement on the diplomatic relations of {focus} in the table"
    own = required(known_by(diplomatic_relations, as_of), missing, iso3=focus)
    return int(own.sort_values("date")["states"].iloc[-1])


@shown(unit="%")
def diplomatic_reach(diplomatic_ties: Asked, states: Table) -> float:
    """Diplomatic relations as a share of all other UN members, in per cent. May count partners outside the UN."""
    return 100 * diplomatic_ties() / (len(un_members(states)) - 1)


def trade_partners(trade: Table, states: Table, year: int = 2022) -> int:
    """UN members with which Kazakhstan traded goods in a year (any amount), by Kazakhstan's statistics."""
    return len(_turnover(trade, states, year))


@shown(unit="%")
def trade_top_share(trade: Table, states: Table, partners: int = 3, year: int = 2022) -> float:
    """Share of the largest partners in Kazakhstan's trade in goods, in per cent of the turnover with all UN members."""
    turnover = _turnover(trade, states, year)
    return float(100 * turnover.head(partners).sum() / turnover.sum())


def trade_top_names(trade: Table, states: Table, partners: int = 3, year: int = 2022) -> str:
    """Names of the largest partners in Kazakhstan's trade in goods, largest first."""
    return listing(names_of(states)[iso3] for iso3 in _turnover(trade, states, year).head(partners).index)


@shown(digits=1)
def effective_partners(trade: Table, states: Table, year: int = 2022) -> float:
    """Effective number of trade partners: one over the sum of squared shares. Ten equal partners would give ten."""
    turnover = _turnover(trade, states, year)
    return float(1 / ((turnover / turnover.sum()) ** 2).sum())


def _turnover(trade: Table, states: Table, year: int) -> pd.Series:
    own = required(trade, f"no trade figures for {year}", year=year, partner_iso3=un_members(states))
    turnover = own.set_index("partner_iso3")[["exports_kusd", "imports_kusd"]].sum(axis=1)
    return turnover[turnover > 0].sort_values(ascending=False)


def _shape(world: Table, iso3: str):
    return cell(world, "geometry", f"{iso3} is not on the map layer", iso3=iso3)


def _landlocked(world: Table, groups: Table) -> pd.DataFrame:
    """Shapes of the states without a coast on the ocean, the largest first."""
    inland = where(world, iso3=where(groups, landlocked=True)["iso3"]).astype({"area_km2": float})
    return inland.sort_values("area_km2", ascending=False, ignore_index=True)


def _capital(cities: Table, focus: str) -> tuple[float, float]:
    own = required(cities, f"no capital of {focus} in the table cities", iso3=focus, capital=True)
    return float(own["lon"].iloc[0]), float(own["lat"].iloc[0])


def _eurasia(world: Table, cities: Table):
    """Land of the states of Europe and Asia: the largest connected part, and everything."""
    members = where(cities, capital=True, continent=["EU", "AS"])["iso3"]
    parts = shapely.get_parts(where(world, iso3=members)["geometry"])
    x, y = shapely.get_coordinates(shapely.point_on_surface(parts)).T
    parts = parts[(x > -25) | (x < -169) | (y > 75)]  # no overseas parts of European states
    # parts of Siberia beyond the 180th meridian continue past 180 degrees east
    parts = [shapely.affinity.translate(part, 360) if part.bounds[2] < -169 else part for part in parts]
    everything = shapely.disjoint_subset_union_all(parts)
    return max(shapely.get_parts(everything), key=lambda part: part.area), everything
