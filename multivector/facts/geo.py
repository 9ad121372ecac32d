"""Places on the globe: projections, geodesic measures, and the one policy on disputed borders.

    >>> from multivector.facts import geo
    >>> round(geo.distance_km((71.43, 51.17), (76.95, 43.26)))     # Astana to Almaty
    973

All measures are taken on the WGS 84 ellipsoid. Lengths of land borders and railways are *not* measured here: a border
gets longer the finer it is drawn, so the book takes official figures. Drawing is the business of ``multivector.look.maps``.

The policy on disputed borders
------------------------------
The layers follow Natural Earth's German point of view, which agrees with the practice of the UN General Assembly
(for Crimea: resolution 68/262). So Crimea is drawn in Ukraine, Abkhazia and South Ossetia in Georgia, the north of
Cyprus in Cyprus, the Golan in Syria, Somaliland in Somalia; Palestine and Western Sahara are units of their own.
Land that the file leaves to nobody is named: the Golan west of the lines of separation joins Syria; Abyei, the Southern
Patagonian Ice Field and the Rincón de Artigas are units without a code, as Bir Tawil is. So no land is without a unit.
Lines that the file cannot settle are dashed (layer ``disputed``): Golan and Israel, Kosovo and Serbia, Western Sahara and Morocco, and
the lines of control in Kashmir, the Shaksgam valley, Aksai Chin and Arunachal Pradesh. A unit that is not a UN member
gets a colour only where the data have a row for it. ``RULES`` states this as points that tests check.
"""

from functools import cache, lru_cache

import numpy as np
import shapely
import shapely.affinity
import shapely.ops

GEOGRAPHIC = "EPSG:4326"
WORLD = "+proj=eqearth +lon_0=11 +datum=WGS84 +units=m"
"""Equal Earth. The cut at 169 degrees west runs through the Bering Strait, so no land is cut in two."""
WORLD_CUT = -169.0
EURASIA = "+proj=laea +lat_0=45 +lon_0=70 +datum=WGS84 +units=m"
KAZAKHSTAN = "+proj=laea +lat_0=48 +lon_0=67.5 +datum=WGS84 +units=m"
RADIUS = 6_371_008.8
"""Mean radius of the Earth in metres."""

RULES = (
    ("Crimea", (34.2, 45.3), "UKR"),
    ("Abkhazia", (41.2, 43.0), "GEO"),
    ("South Ossetia", (44.0, 42.3), "GEO"),
    ("Northern Cyprus", (33.6, 35.3), "CYP"),
    ("Golan", (35.9, 32.95), "SYR"),
    ("Golan, Majdal Shams", (35.77, 33.27), "SYR"),
    ("Golan, Katzrin", (35.69, 32.99), "SYR"),
    ("Somaliland", (44.0, 9.6), "SOM"),
    ("Western Sahara", (-13.0, 25.0), "ESH"),
    ("West Bank", (35.25, 32.2), "PSE"),
    ("Kosovo", (21.0, 42.6), "XKX"),
    ("Baikonur", (63.3, 45.95), "KAZ"),
)
"""Places whose drawing is a decision: name, (longitude, latitude), ISO code of the unit that holds them."""

DISCLAIMER = "Boundaries are for orientation only."
POINT_OF_VIEW = "Natural Earth 1:10m, German point of view (Crimea in Ukraine); dashed: disputed."


@cache
def _ellipsoid():
    from pyproj import Geod  # which most builds do not need

    return Geod(ellps="WGS84")


def equal_area(lon: float, lat: float) -> str:
    """Projection true to area (Lambert azimuthal) around a place."""
    return f"+proj=laea +lat_0={lat} +lon_0={lon} +datum=WGS84 +units=m"


def equidistant(lon: float, lat: float) -> str:
    """Projection in which distances from its centre are true (azimuthal equidistant, on the mean sphere)."""
    return f"+proj=aeqd +lat_0={lat} +lon_0={lon} +R={RADIUS} +units=m"


def distance_km(start: tuple[float, float], end: tuple[float, float]) -> float:
    """Length of the shortest line between two places, each (longitude, latitude), in kilometres."""
    return _ellipsoid().inv(*start, *end)[2] / 1000


def distances_km(start: tuple[float, float], lons, lats) -> np.ndarray:
    """Distances in kilometres from one place to many."""
    lons, lats = np.asarray(lons, float), np.asarray(lats, float)
    return _ellipsoid().inv(np.full_like(lons, start[0]), np.full_like(lats, start[1]), lons, lats)[2] / 1000


def area_km2(shape) -> float:
    """Area on the ellipsoid in square kilometres. Holes count as outside."""
    parts = shapely.get_parts(shapely.orient_polygons(shape))
    return sum(abs(_ellipsoid().geometry_area_perimeter(part)[0]) for part in parts) / 1e6


def path(start: tuple[float, float], end: tuple[float, float], step_km: float = 100) -> np.ndarray:
    """Points (longitude, latitude) along the shortest line between two places."""
    count = max(int(distance_km(start, end) // step_km), 1)
    between = _ellipsoid().npts(*start, *end, count)
    return np.array([start, *between, end])


def vertices(shape, step: float = 0.1) -> np.ndarray:
    """Vertices (longitude, latitude) of a shape, none further from the next than ``step`` degrees."""
    return shapely.get_coordinates(shapely.segmentize(shape, step))


def nearest(place: tuple[float, float], shape) -> tuple[float, tuple[float, float]]:
    """Distance in kilometres from a place to the nearest vertex of a line or border, and that vertex."""
    points = vertices(shape)
    distances = distances_km(place, points[:, 0], points[:, 1])
    closest = int(distances.argmin())
    return float(distances[closest]), _place(points[closest])


def gap(first, second) -> tuple[float, tuple[float, float], tuple[float, float]]:
    """Shortest distance in kilometres between two shapes apart from each other, with the two vertices it joins.

    Vertices are compared on the sphere, and the closest pair is measured on the ellipsoid.
    """
    here, there = (vertices(shape, 0.2) for shape in (first, second))
    closeness = _unit_vectors(here) @ _unit_vectors(there).T
    i, j = np.unravel_index(closeness.argmax(), closeness.shape)
    start, end = _place(here[i]), _place(there[j])
    return distance_km(start, end), start, end


def _place(vertex: np.ndarray) -> tuple[float, float]:
    return float(vertex[0]), float(vertex[1])


def centroid(shape) -> tuple[float, float]:
    """Centre of gravity of a shape on the globe, as (longitude, latitude)."""
    from geopandas import GeoSeries

    rough = shape.representative_point()
    plane = GeoSeries([shape], crs=GEOGRAPHIC).to_crs(equal_area(rough.x, rough.y))
    point = GeoSeries(plane.centroid, crs=plane.crs).to_crs(GEOGRAPHIC).iloc[0]
    return point.x, point.y


def west_of_river(shape, river):
    """The part of a shape west of a river that runs through it from north to south.

    The river is prolonged at its mouth to the shape's edge and cuts the shape; the pieces whose inner point lies west
    of the river at the same latitude are kept.
    """
    course = shapely.line_merge(river)
    mouth = min(course.boundary.geoms, key=lambda end: end.y)
    outlet = shapely.shortest_line(mouth, shape.boundary)
    reach = shapely.affinity.scale(outlet, 2.0, 2.0, origin=mouth)
    pieces = shapely.ops.split(shape, shapely.union_all([course, reach])).geoms
    return shapely.union_all([piece for piece in pieces if _is_west(piece.representative_point(), course)])


def _is_west(point, river) -> bool:
    """Whether a ray to the east crosses the river an odd number of times."""
    ray = shapely.LineString([(point.x, point.y), (point.x + 40, point.y)])
    return shapely.get_num_coordinates(shapely.intersection(ray, river)) % 2 == 1


def balance(shape) -> tuple[float, float]:
    """Centre of gravity of an area on the sphere, as (longitude, latitude): the mean direction of its area.

    The area is cut into cells of one degree; each cell counts with its size.
    """
    west, south, east, north = shape.bounds
    lat, lon = np.mgrid[np.floor(south) + 0.5 : north, np.floor(west) + 0.5 : east].reshape(2, -1)
    shapely.prepare(shape)
    inside = shapely.contains_xy(shape, lon, lat)
    lon, lat = np.radians(lon[inside]), np.radians(lat[inside])
    spots = np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)
    x, y, z = np.average(spots, axis=1, weights=np.cos(lat))
    return float(np.degrees(np.arctan2(y, x))), float(np.degrees(np.arctan2(z, np.hypot(x, y))))


def ocean_coast(land) -> shapely.MultiLineString:
    """Outer rims of the land: coasts of the ocean and its arms.

    Inland seas such as the Caspian are holes in the land, so neither their shores nor their islands are coast.
    """
    return _outer_rims(tuple(shapely.to_wkb(np.asarray(land.geometry.values))))


@lru_cache(2)  # asked for by several findings
def _outer_rims(shapes: tuple[bytes, ...]) -> shapely.MultiLineString:
    whole = shapely.disjoint_subset_union_all(shapely.from_wkb(shapes))
    filled = shapely.disjoint_subset_union_all([shapely.Polygon(part.exterior) for part in shapely.get_parts(whole)])
    return shapely.MultiLineString([part.exterior for part in shapely.get_parts(filled)])


def nearest_km(lons, lats, shape) -> np.ndarray:
    """Distances in kilometres from many places to the nearest vertex of a line or border."""
    points = vertices(shape, 0.25)
    places = np.column_stack([np.asarray(lons, float), np.asarray(lats, float)])
    closest = (_unit_vectors(places) @ _unit_vectors(points).T).argmax(axis=1)
    return _ellipsoid().inv(*places.T, *points[closest].T)[2] / 1000


def _unit_vectors(points: np.ndarray) -> np.ndarray:
    lon, lat = np.radians(points).T
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
