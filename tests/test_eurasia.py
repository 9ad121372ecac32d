"""Findings of the chapter on Eurasia, each recomputed in another way."""

import datetime

import numpy as np
import pytest
import shapely
from byhand import MEMBERS, script

from multivector.errors import NoData
from multivector.facts import geo, tables
from multivector.findings import Desk, eurasia

KAZ = Desk("KAZ")
ASTANA = (71.446, 51.18)


def sphere_km(start, end):
    lon1, lat1, lon2, lat2 = np.radians([*start, *end])
    return 6371.0 * np.arccos(np.sin(lat1) * np.sin(lat2) + np.cos(lat1) * np.cos(lat2) * np.cos(lon2 - lon1))


def test_ninth_in_the_world_and_first_among_the_landlocked():
    world = tables.load("world").to_crs("EPSG:6933")  # equal-area cylinder: another way to the same areas
    areas = world.set_index("iso3").area[list(MEMBERS)].sort_values(ascending=False)
    assert list(areas.index).index("KAZ") + 1 == KAZ("eurasia.area_rank") == 9
    assert KAZ("eurasia.area") == pytest.approx(areas["KAZ"] / 1e6, rel=0.002)
    assert KAZ("eurasia.area") % 1000 == 0
    landlocked = areas[areas.index.isin(tables.load("groups").query("landlocked")["iso3"])].index
    frame = KAZ("eurasia.landlocked_by_area", most=3)
    assert list(landlocked[:2]) == list(frame["iso3"][:2]) == ["KAZ", "MNG"]
    assert list(frame["rank"]) == [1, 2, 3]
    assert len(landlocked) == KAZ("eurasia.landlocked_states") == len(KAZ("eurasia.landlocked_by_area"))
    assert KAZ("eurasia.landlocked_area_rank") == 1
    assert KAZ("eurasia.largest_landlocked") == "Kazakhstan"
    assert KAZ("eurasia.landlocked_lead") == pytest.approx(2_724_900 / 1_564_116, rel=0.01)  # official areas


def test_a_twentieth_of_the_country_lies_west_of_the_ural():
    assert KAZ("eurasia.share_west_of_ural") == pytest.approx(5.25, abs=0.03)
    assert KAZ("eurasia.area_west_of_ural") == pytest.approx(142_823, rel=0.005)
    assert KAZ("eurasia.share_in_europe_claimed") > 2 * KAZ("eurasia.share_west_of_ural")
    # the same from the union of the regions, on the plane of another projection
    outline, river = tables.load("kaz_outline"), tables.load("ural").geometry.iloc[0]
    west = outline.set_geometry([geo.west_of_river(outline.geometry.iloc[0], river)], crs=outline.crs)
    flat = west.to_crs("EPSG:6933").area.iloc[0] / outline.to_crs("EPSG:6933").area.iloc[0]
    assert 100 * flat == pytest.approx(5.34, abs=0.03)
    assert KAZ("eurasia.share_west_of_ural_by_regions") == pytest.approx(5.34, abs=0.03)
    drawn = KAZ("eurasia.west_of_ural")["geometry"].iloc[0]
    assert drawn.contains(shapely.Point(49.0, 48.5))
    assert not drawn.contains(shapely.Point(57.2, 50.28))  # Aktobe


def test_river_cut_on_a_drawn_example():
    square = shapely.box(0, 0, 10, 10)
    river = shapely.LineString([(3, 11), (4, 6), (3, 0.5)])
    west = geo.west_of_river(square, river)
    assert west.contains(shapely.Point(1, 5))
    assert not west.contains(shapely.Point(8, 5))
    assert 30 < west.area < 40


def test_border_lengths_are_the_published_ones():
    own = tables.load("borders").query("iso3 == 'KAZ' and source_id == 'S124'").set_index("neighbour_iso3")["km"]
    assert own.sum() == 13_364 == KAZ("eurasia.border_length")  # the Factbook's own total
    assert KAZ("eurasia.longest_neighbour") == "Russia"
    assert KAZ("eurasia.longest_border_share") == pytest.approx(100 * 7644 / 13364)
    assert Desk("UZB")("eurasia.border_sentence").startswith("By the World Factbook there is no land border with")
    assert "China is 1,063\u00a0km long and there is none with Russia" in Desk("KGZ")("eurasia.border_sentence")
    assert Desk("TUV")("eurasia.border_sentence") == "No land border of this state is in the book's table"
    assert KAZ("eurasia.border_disagreement") == pytest.approx(100 * (7644 / 6477 - 1))


def test_borders_read_the_same_from_both_sides():
    borders = tables.load("borders").query("source_id in ['S124', 'S513']")
    turned = borders.rename(columns={"iso3": "neighbour_iso3", "neighbour_iso3": "iso3"})
    both = borders.merge(turned, on=["iso3", "neighbour_iso3"]).set_index(["iso3", "neighbour_iso3"])
    assert len(both) > 10
    assert (both["km_x"] == both["km_y"]).all()
    assert both.loc[("CHN", "RUS"), "km_x"] == 4133 + 46  # its two parts


def test_seas_lie_where_the_atlas_says():
    frame = KAZ("eurasia.sea_distances").set_index("sea")
    expected = {"Gulf of Ob": 1213, "Sea of Azov": 550, "Persian Gulf": 1281, "Bohai": 2651}
    assert frame["from_border_km"][list(expected)].to_dict() == pytest.approx(expected, rel=0.015)
    assert frame.loc["Gulf of Ob", "from_capital_km"] == pytest.approx(1682, rel=0.01)
    assert frame["from_capital_km"].to_numpy() == pytest.approx(
        [sphere_km(ASTANA, place) for place in zip(frame["lon"], frame["lat"], strict=True)], rel=0.005
    )
    assert (frame["from_border_km"] < frame["from_capital_km"]).all()
    assert KAZ("eurasia.nearest_sea") == "Gulf of Ob"
    assert KAZ("eurasia.nearest_sea", start="border") == "Sea of Azov"
    coasts = KAZ("eurasia.coasts")["sea"]
    assert set(frame.index) - set(coasts) == {"Black Sea"}, "the map leaves out one sea"
    assert list(coasts[:4]) == ["Gulf of Ob", "Sea of Azov", "Baltic Sea", "Arabian Sea"]
    assert list(KAZ("eurasia.coasts", most=4)["sea"]) == list(coasts[:4])


def test_capitals():
    assert list(KAZ("eurasia.remote_capitals")["iso3"].head(3)) == ["KGZ", "UZB", "KAZ"]
    assert KAZ("eurasia.remote_rank") == 3 == KAZ("eurasia.more_remote_capitals") + 1
    assert Desk("SGP")("eurasia.remote_rank") > 100
    expected = sphere_km(ASTANA, (37.618, 55.752))
    assert KAZ("eurasia.capital_distance", other="RUS") == pytest.approx(expected, rel=0.005)
    assert KAZ("eurasia.capital_distances")["iso3"].iloc[0] == "KGZ"


def test_the_centre_of_gravity_by_another_method():
    mainland, _ = eurasia._eurasia(tables.load("world"), tables.load("cities"))
    lon, lat = geo.balance(mainland)
    rng = np.random.default_rng(8)
    z, around = rng.uniform(-0.2, 1, 400_000), rng.uniform(-20, 200, 400_000)  # points at random on the sphere
    points = np.column_stack([around, np.degrees(np.arcsin(z))])
    shapely.prepare(mainland)
    inside = points[shapely.contains_xy(mainland, points[:, 0], points[:, 1])]
    x, y = np.radians(inside).T
    mean = np.array([np.mean(np.cos(y) * np.cos(x)), np.mean(np.cos(y) * np.sin(x)), np.mean(np.sin(y))])
    assert lon == pytest.approx(np.degrees(np.arctan2(mean[1], mean[0])), abs=0.5)
    assert lat == pytest.approx(np.degrees(np.arctan2(mean[2], np.hypot(mean[0], mean[1]))), abs=0.5)
    assert KAZ("eurasia.centre_holder") == "Kazakhstan"
    assert KAZ("eurasia.centre_gap") == 0
    assert Desk("UZB")("eurasia.centre_gap") > 500


def test_north_south_is_a_small_part_of_transit():
    transit = tables.load("transit").query("source_id == 'G120'")["transit_mt"].iloc[0]
    assert KAZ("eurasia.north_south_share") == pytest.approx(100 * 0.08 / transit)
    assert KAZ("eurasia.north_south_share", later=True) == pytest.approx(100 * 2.1 / 1.04 / transit)
    with pytest.raises(NoData):
        KAZ("eurasia.north_south_freight", year=2023)
    assert KAZ("eurasia.north_south_freight", year=2023, later=True) == 2.1


def test_balance_of_a_known_shape():
    lon, lat = geo.balance(shapely.box(10, -20, 50, 20))
    assert (lon, lat) == (pytest.approx(30), pytest.approx(0, abs=1e-9))


def test_centre_claims_lie_in_the_states_they_name():
    centres = KAZ("eurasia.centres")
    claimed = centres[centres["kind"].str.startswith("claimed")].set_index("place")["iso3"]
    assert claimed.to_dict() == tables.load("centre_claims").set_index("place")["iso3"].to_dict()
    assert KAZ("eurasia.rival_centres") == 2


def test_silk_road_counts():
    assert KAZ("eurasia.silk_road_sites_all") == 22 + 8 + 3
    assert KAZ("eurasia.silk_road_sites_of") == len(tables.load("silk_road_sites").query("iso3 == 'KAZ'")) == 8
    assert Desk("TUR")("eurasia.silk_road_sites_of") == 0
    assert KAZ("eurasia.silk_road_centuries") == 9
    assert KAZ("eurasia.silk_road_short_of_europe") == pytest.approx(
        sphere_km((72.716, 42.91), (28.95, 41.014)), rel=0.005
    )


def test_the_bridge_image_is_shared():
    assert KAZ("eurasia.bridge_own") == 2
    assert KAZ("eurasia.bridge_rivals") == 3
    assert KAZ("eurasia.bridge_rivals", later=True) == 3
    assert "Georgia" not in KAZ("eurasia.bridge_rival_names")
    assert Desk("TUR")("eurasia.bridge_own") == 1
    with pytest.raises(NoData, match="Tuvalu"):
        Desk("TUV")("eurasia.bridge_own")
    early = Desk("KAZ", datetime.date(2009, 1, 1))
    assert early("eurasia.bridge_rivals") == 1
    assert early("eurasia.bridge_rival_names") == "Azerbaijan"
    assert (tables.load("bridge_images")["words"].str.split().str.len() <= 20).all()


def test_ties_are_broad_and_trade_is_concentrated():
    assert KAZ("eurasia.diplomatic_ties") == 186
    assert KAZ("eurasia.diplomatic_reach") == pytest.approx(100 * 186 / 192)
    trade = tables.load("trade").query("year == 2022 and partner_iso3 in @MEMBERS")
    both = trade["exports_kusd"].fillna(0) + trade["imports_kusd"].fillna(0)
    top = both.nlargest(3).sum() / both.sum()
    assert KAZ("eurasia.trade_top_share") == pytest.approx(100 * top)
    assert KAZ("eurasia.trade_top_names") == "Russia, China and Italy"
    assert KAZ("eurasia.trade_partners") == (both > 0).sum()
    assert KAZ("eurasia.effective_partners") == pytest.approx(1 / ((both / both.sum()) ** 2).sum())


def test_derive_cities_on_a_sample():
    cities = script("cities")
    place = {"countrycode": "KZ", "alternatenames": ["Nur-Sultan"], "longitude": 71.44598, "latitude": 51.1801}
    places = [
        {**place, "geonameid": 2, "name": "Astana", "population": 1_000_000},
        {**place, "geonameid": 3, "name": "Astana", "population": 5, "longitude": 1.0},
    ]
    countries = [
        {"iso": "KZ", "iso3": "KAZ", "capital": "Nur-Sultan", "continentcode": "AS"},
        {"iso": "XX", "iso3": "XXX", "capital": "Nowhere", "continentcode": "AS"},
    ]
    cities.TOWNS = {}
    (row,) = cities.select(countries, places, {"KAZ": "KZ"})
    assert list(row) == ["geoname_id", "name", "iso3", "lon", "lat", "capital", "continent"]
    assert list(row.values()) == [2, "Astana", "KAZ", 71.446, 51.18, "true", "AS"]
    with pytest.raises(SystemExit, match="not found: KAZ Astana"):
        cities.select(countries, [], {"KAZ": "KZ"})


def test_one_capital_for_every_member():
    capitals = tables.load("cities").query("capital")
    assert sorted(capitals["iso3"]) == list(MEMBERS)
    world = tables.load("world").dropna(subset="iso3").set_index("iso3").geometry
    spots = shapely.points(capitals[["lon", "lat"]].astype(float))
    far = [iso3 for iso3, spot in zip(capitals["iso3"], spots, strict=True) if world[iso3].distance(spot) > 0.35]
    assert far == ["KIR"]  # the layer drops small islands
