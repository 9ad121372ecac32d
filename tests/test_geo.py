"""Layers, policy on disputed borders, measures and drawing."""

import json
import re
from itertools import combinations

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely
from byhand import script

from multivector import paths
from multivector.errors import BookError
from multivector.facts import geo, tables
from multivector.look import figures, maps

LAYERS = ("disputed", "eurasia", "kaz_outline", "kaz_regions", "lakes", "ural", "world")


@pytest.fixture(scope="module")
def world():
    return tables.load("world")


@pytest.fixture(scope="module")
def derive():
    return script("maps")


def holding(layer, place, column="iso3"):
    """What a column says of the units that hold a place."""
    return list(layer.loc[layer.geometry.contains(shapely.Point(place)), column])


@pytest.mark.parametrize(("name", "place", "iso3"), geo.RULES)
@pytest.mark.parametrize("layer", ["world", "eurasia"])
def test_disputed_places_are_drawn_as_the_policy_says(layer, name, place, iso3):
    if layer == "eurasia" and name == "Western Sahara":
        pytest.skip("outside the box of the layer")
    assert holding(tables.load(layer), place) == [iso3]


CASPIAN = (50.5, 41.8)
ARMS = [(-91.1, 65.9), (-72.07, 46.59), (-72.7, 46.25), (-73.7, 45.55), (-75.4, 64.85), (86.05, 73.3)]
WATER = {"world": [CASPIAN, *ARMS], "eurasia": [CASPIAN, (119.28, 26.04)]}
"""The Caspian; arms of the sea and the Saint Lawrence, closed where a coast is drawn with few points."""


@pytest.mark.parametrize("name", WATER)
def test_every_place_on_land_lies_in_exactly_one_unit(name):
    """On a grid, and in the middle of every gap between units that is large enough to be seen."""
    layer = tables.load(name)
    whole = shapely.get_parts(shapely.union_all(layer.geometry.values))
    filled = shapely.union_all([shapely.Polygon(part.exterior) for part in whole])
    shapely.prepare(filled)
    rings = [shapely.Polygon(ring) for part in whole for ring in part.interiors]
    gaps = [gap for gap in rings if gap.area > 0.01]
    grid = shapely.points(*map(np.ravel, np.meshgrid(np.arange(-179.8735, 180, 0.5), np.arange(-59.8735, 84, 0.5))))
    places = [*grid[shapely.contains(filled, grid)], *(gap.representative_point() for gap in gaps)]
    at = shapely.STRtree(places).query(layer.geometry.values, predicate="intersects")[1]
    held = np.bincount(at, minlength=len(places))
    water = [gap for gap in gaps if any(gap.distance(shapely.Point(place)) < 0.02 for place in WATER[name])]
    wet = shapely.contains(shapely.union_all(water), places)
    assert len(places) > 3000
    assert not [place.coords[0] for place in np.array(places)[(held == 0) & ~wet]], "land in no unit"
    assert not [place.coords[0] for place in np.array(places)[held > 1]], "land in two units"


@pytest.mark.parametrize(
    ("code", "place"), [("ABY", (28.42, 9.67)), ("SPI", (-73.31, -49.5)), ("RDA", (-55.96, -30.96))]
)
def test_land_without_an_agreed_owner_is_named(world, code, place):
    assert holding(world, place, "unit") == [code]
    assert holding(world.dropna(subset="iso3"), place) == []


@pytest.mark.parametrize("name", LAYERS)
def test_layers_are_valid_and_rounded(name):
    layer = tables.load(name)
    assert layer.geometry.is_valid.all()
    assert not layer.geometry.is_empty.any()
    xy = shapely.get_coordinates(layer.geometry.values)
    assert np.abs(xy - np.round(xy, 4)).max() < 1e-9
    assert np.abs(xy[:, 0]).max() <= 180


def test_layers_together_are_small():
    assert sum((paths.MAPS / f"{name}.geojson").stat().st_size for name in LAYERS) < 3_000_000


def test_world_has_every_un_member_once(world):
    states = tables.load("states")
    members = set(states.loc[states["kind"] == "un_member", "iso3"])
    codes = world["iso3"].dropna()
    assert len(world) == 253
    assert codes.is_unique
    assert members <= set(codes)


@pytest.mark.parametrize(
    ("iso3", "official"),
    [("KAZ", 2_724_900), ("MNG", 1_564_116), ("UZB", 447_400), ("TUR", 783_562), ("CHE", 41_285), ("POL", 312_696)],
)
def test_areas_agree_with_official_figures(world, iso3, official):
    assert world.set_index("iso3").loc[iso3, "area_km2"] == pytest.approx(official, rel=0.005)


@pytest.mark.parametrize("iso3", ["KAZ", "MNG", "UZB", "TUR", "AZE", "FRA", "BRA"])
def test_areas_survive_generalisation(world, iso3):
    row = world.set_index("iso3").loc[iso3]
    assert geo.area_km2(row["geometry"]) == pytest.approx(row["area_km2"], rel=0.005)


def test_outline_is_the_union_of_the_regions():
    outline, regions = tables.load("kaz_outline").geometry.iloc[0], tables.load("kaz_regions")
    assert geo.area_km2(outline) == pytest.approx(sum(map(geo.area_km2, regions.geometry)), rel=1e-3)
    assert geo.area_km2(outline) == pytest.approx(2_724_900, rel=0.005)  # the official figure
    assert len(regions) == 20
    assert (regions["kind"] == "city").sum() == 3


TOWNS = """
Astana KZ-71, Almaty KZ-75, Shymkent KZ-79, Semey KZ-10, Oskemen KZ-63, Oral KZ-27, Zhezkazgan KZ-62,
Taldykorgan KZ-33, Turkistan KZ-61, Petropavl KZ-59, Baikonur KZ-43
"""


@pytest.mark.parametrize(("town", "code"), re.findall(r"(\w+) (KZ-\d+)", TOWNS))
def test_towns_lie_in_their_region(town, code):
    place = tables.load("cities").query("iso3 == 'KAZ'").set_index("name").loc[town, ["lon", "lat"]]
    assert holding(tables.load("kaz_regions"), place, "iso_3166_2") == [code]


def test_distances_against_the_haversine_formula():
    astana, almaty = (71.446, 51.18), (76.912, 43.252)
    lon1, lat1, lon2, lat2 = np.radians([*astana, *almaty])
    chord = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    assert geo.distance_km(astana, almaty) == pytest.approx(2 * 6371.0 * np.arcsin(np.sqrt(chord)), rel=0.005)


def test_area_of_a_spherical_cap_and_of_a_hole():
    belt = shapely.box(0, 0, 90, 30)
    expected = 2 * np.pi * 6371.0**2 * np.sin(np.radians(30)) / 4
    assert geo.area_km2(shapely.segmentize(belt, 1)) == pytest.approx(expected, rel=0.01)
    holed = shapely.Polygon(belt.exterior, [shapely.box(10, 10, 20, 20).exterior])
    rest = geo.area_km2(belt) - geo.area_km2(shapely.box(10, 10, 20, 20))
    assert geo.area_km2(holed) == pytest.approx(rest, rel=1e-9)


def test_the_caspian_is_not_ocean(world):
    coast = geo.ocean_coast(world)
    distance, spot = geo.nearest((51.17, 43.66), coast)  # Aktau
    assert distance > 500
    assert not (46 < spot[0] < 55 and 36 < spot[1] < 48)
    assert geo.nearest_km([51.17, 74.6], [43.66, 42.87], coast)[0] == pytest.approx(distance, rel=0.002)


def test_globe_shows_only_the_visible_half():
    view = maps.hemisphere(71.4, 51.2)
    shapes = maps._shapes(view)
    reach = np.hypot(*shapely.get_coordinates(shapes.geometry.values).T)
    assert reach.max() <= geo.RADIUS * 1.001
    assert shapes.geometry.is_valid.all()
    shown = set(shapes["iso3"].dropna())
    assert {"KAZ", "CHN", "FRA", "EGY"} <= shown
    assert not {"BRA", "CHL", "NZL"} & shown


@pytest.mark.parametrize("centre", [(-64.0, -34.0), (103.0, 36.0), (0.0, -89.0), (178.0, 0.0)])
def test_globe_works_from_anywhere(centre):
    land = maps._land(maps.hemisphere(*centre))
    assert 0 < land.area < np.pi * geo.RADIUS**2 * 0.8


def test_russia_is_one_piece_at_the_date_line():
    russia = maps._shapes(maps.WORLD).set_index("iso3").geometry["RUS"]
    largest = max(shapely.get_parts(russia), key=lambda part: part.area)
    assert largest.area / russia.area > 0.98


@pytest.mark.parametrize("view", ["WORLD", "EURASIA", "CENTRAL_ASIA", "KAZAKHSTAN"])
def test_a_base_map_is_small_and_recoloured_in_the_dark(view):
    fig, ax = figures.canvas(height=3.4)
    maps.base(ax, getattr(maps, view))
    drawing = figures.svg(fig, f"fig-test-{view.lower().replace('_', '-')}")
    assert len(drawing) < 150_000
    assert figures.COLOUR["land"] not in figures.dark(drawing)


def test_disputed_borders_are_dashed_and_others_not():
    solid, dashed = maps._lines(maps.EURASIA)
    kosovo = tables.load("disputed").set_index("line").to_crs(maps.EURASIA.crs).geometry["kosovo"]
    middle = kosovo.interpolate(0.5, normalized=True)
    assert dashed.distance(middle) < 30_000
    assert solid.intersection(kosovo.buffer(5_000)).length < 0.3 * kosovo.length


def test_labels_do_not_collide():
    towns = tables.load("cities").query("iso3 == 'KAZ'")
    fig, ax = figures.canvas(height=4.0)
    maps.base(ax, maps.CENTRAL_ASIA)
    maps.points(ax, towns, label="name")
    boxes = [text.get_window_extent() for text in ax.texts]
    hits = sum(one.overlaps(other) for one, other in combinations(boxes, 2))
    assert hits <= 2  # of 276 pairs of names, on a drawing as narrow as a phone


def test_maps_speak_one_line_when_used_wrongly():
    fig, ax = figures.canvas()
    with pytest.raises(BookError, match="call maps.base"):
        maps.scale_bar(ax, 100)
    with pytest.raises(BookError, match="no unit with the code"):
        maps.globe(ax, "XYZ")
    with pytest.raises(BookError, match="has no colour"):
        maps.categories(ax, pd.Series({"KAZ": "maybe"}), {"yes": "c1"})


# --- the script that makes the layers, on a small sample ----------------------------------------------------------


def test_simplified_neighbours_go_on_sharing_their_border(derive):
    border = [(1 + (i % 2) * 0.01, i / 10 + (i % 2) * 0.01) for i in range(11)]
    left, right = shapely.Polygon([(0, 0), *border, (0, 1)]), shapely.Polygon([(2, 0), (2, 1), *reversed(border)])
    units = geopandas.GeoDataFrame({"unit": ["A", "B"]}, geometry=[left, right], crs="EPSG:4326")
    first, second = derive.simplified(units, 0.2).geometry
    assert shapely.get_num_coordinates(first) < shapely.get_num_coordinates(left)
    assert first.intersection(second).area == 0
    assert first.intersection(second).length > 0.9


def test_rounding_keeps_shapes_valid_and_the_text_stable(derive):
    bow = shapely.Polygon([(0, 0), (1, 0.004), (1, 0.0), (0, 0.001), (0, 1), (-1, 1)])
    layer = geopandas.GeoDataFrame({"unit": ["A"], "iso3": [None]}, geometry=[shapely.make_valid(bow)], crs="EPSG:4326")
    layer.geometry = [derive.polygons(shape) for shape in layer.geometry]
    text = derive.geojson(layer, 2)
    assert text == derive.geojson(layer, 2)
    feature = json.loads(text)["features"][0]
    assert feature["properties"] == {"unit": "A", "iso3": None}
    assert shapely.from_geojson(json.dumps(feature["geometry"])).is_valid


def test_the_ural_is_found_by_the_towns_it_passes(derive):
    ural = shapely.LineString([(51.4, 51.5), (51.4, 51.1), (51.9, 47.0)])
    volga = shapely.LineString([(46, 50), (48, 46)])
    assert derive.ural({"rivers": [volga, ural, None]}).geometry.iloc[0].equals(ural)
    with pytest.raises(SystemExit, match="0 rivers"):
        derive.ural({"rivers": [volga]})
