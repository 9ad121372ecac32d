"""Maps on matplotlib axes: land, colours, points and labels in the manner of an atlas.

    fig, ax = figures.canvas(height=3.4)
    maps.choropleth(ax, values, view=maps.WORLD, unit="%")          # values: a Series by ISO 3166-1 alpha-3
    figures.show(fig, "fig-order-…", data=values, note=maps.NOTE)

Every function first draws the base if the axes have none. Land is generalised to the scale of its view and drawn as
few large paths, so an SVG stays small. Colours come from ``figures.COLOUR`` only. How disputed borders are drawn is
decided in ``multivector.facts.geo``; what is shown is decided by findings; neither is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import Any
from weakref import WeakKeyDictionary

import geopandas
import matplotlib.patches as patches
import numpy as np
import pandas as pd
import shapely
from matplotlib.path import Path
from pyproj import Transformer

from multivector.errors import BookError
from multivector.facts import geo, tables
from multivector.look.figures import COLOUR, RIM

NOTE = f"{geo.POINT_OF_VIEW} {geo.DISCLAIMER}"
"""Ends the caption of every map of states."""


@dataclass(frozen=True)
class View:
    """A map's frame: its layer, projection and extent in metres (west, south, east, north).

    A view with ``radius`` is a disc around ``centre`` (longitude, latitude) in true distances; with ``globe`` it is
    the half of the Earth that is seen from far above the centre.
    """

    layer: str
    crs: str
    extent: tuple[float, float, float, float]
    centre: tuple[float, float] | None = None
    radius: float = 0.0
    globe: bool = False

    @property
    def detail(self) -> float:
        """Size in metres of the finest detail worth drawing: a little under one point."""
        across = 300 if self.globe else 420 if self.radius else 480
        return (self.extent[2] - self.extent[0]) / across

    def xy(self, lon, lat) -> np.ndarray:
        """Positions on the map, one row a place; places out of sight are NaN."""
        to_plane = _to_plane(self.crs)
        flat = np.column_stack(to_plane.transform(np.atleast_1d(lon).astype(float), np.atleast_1d(lat).astype(float)))
        return self._bent(flat) if self.radius else flat

    def _bent(self, flat: np.ndarray) -> np.ndarray:
        reach = np.hypot(*flat.T)
        flat = np.where((reach <= self.radius * 1.0001)[:, None], flat, np.nan)
        if not self.globe:
            return flat
        angle = np.minimum(reach / geo.RADIUS, np.pi / 2)
        return flat * (geo.RADIUS * np.sin(angle) / np.where(reach == 0, 1, reach))[:, None]


@cache
def _to_plane(crs: str) -> Transformer:
    return Transformer.from_crs(geo.GEOGRAPHIC, crs, always_xy=True)


WORLD = View("world", geo.WORLD, (-15_600_000, -6_300_000, 15_800_000, 8_300_000))
EURASIA = View("eurasia", geo.EURASIA, (-4_600_000, -2_900_000, 4_300_000, 3_300_000))
CENTRAL_ASIA = View("eurasia", geo.KAZAKHSTAN, (-2_150_000, -1_500_000, 2_150_000, 1_250_000))
CORRIDOR = View("eurasia", geo.equal_area(62, 45), (-3_100_000, -1_300_000, 2_500_000, 1_450_000))
KAZAKHSTAN = View("kaz_regions", geo.KAZAKHSTAN, (-1_560_000, -870_000, 1_500_000, 890_000))

_views: WeakKeyDictionary = WeakKeyDictionary()
_taken: WeakKeyDictionary = WeakKeyDictionary()
_placed: WeakKeyDictionary = WeakKeyDictionary()


def disc(lon: float, lat: float, radius_km: float) -> View:
    """View in which distances from one place are true, out to ``radius_km``."""
    reach = radius_km * 1000
    frame = (-reach, -reach, reach, reach)
    return View("world", geo.equidistant(lon, lat), frame, (lon, lat), reach)


def hemisphere(lon: float, lat: float) -> View:
    """View of the globe from far above a place."""
    reach = geo.RADIUS
    seen = np.pi / 2 * reach
    return View("world", geo.equidistant(lon, lat), (-reach, -reach, reach, reach), (lon, lat), seen, True)


def base(ax, view: View = EURASIA) -> View:
    """Sea, land, coasts, lakes and borders. Disputed borders are dashed. Returns the view."""
    west, south, east, north = view.extent
    ax.set(xlim=(west, east), ylim=(south, north), aspect="equal", xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    ax.patch.set_visible(False)
    ax.add_patch(_sea(view))
    _views[ax] = view
    land = _path(_rings(_land(view)), closed=True)
    coast = {"facecolor": COLOUR["land"], "edgecolor": COLOUR["none"], "linewidth": 0.6}
    ax.add_patch(patches.PathPatch(land, zorder=1, **coast))
    for shape, look in zip(_lines(view), _BORDERS, strict=True):
        if shape.length:
            ax.add_patch(patches.PathPatch(_path(shapely.get_parts(shape), closed=False), fill=False, **look))
    if view.layer != "world":
        lakes = tables.load("lakes").to_crs(view.crs).clip_by_rect(*view.extent)
        _fill(ax, lakes[~lakes.is_empty].simplify(view.detail / 4), COLOUR["sea"], zorder=2.3)
    return view


def choropleth(
    ax, values: pd.Series, *, view: View = WORLD, bins=None, unit: str = "", digits: int = 0, legend: bool = True
) -> None:
    """Colour states by value, light to dark. ``values`` is a Series by ISO code; states without a value are hatched.

    ``bins`` are the inner class limits in rising order (at most five); by default five limits at even shares of states.
    A state too small to see gets a dot. States that are not UN members and not in ``values`` stay plain land.
    """
    known = values.dropna().astype(float)
    limits = sorted(set(bins if bins is not None else known.quantile(np.arange(1, 6) / 6).round(digits)))
    if not 1 <= len(limits) <= 5:
        raise BookError(f"a choropleth takes one to five class limits, not {len(limits)}")
    shades = [f"seq{step}" for step in np.linspace(0, 5, len(limits) + 1).round().astype(int)]
    texts = _class_texts(limits, digits, unit)
    colours = dict(zip(texts, shades, strict=True))
    steps = pd.Series(np.searchsorted(limits, known.to_numpy(), side="right"), index=known.index)
    unknown = _areas(ax, steps.map(dict(enumerate(texts))), colours, view, True)
    if legend:
        _legend(ax, colours, "no data" if unknown else "")


def categories(ax, groups: pd.Series, colours: dict[str, str], *, view: View = WORLD, columns: int = 0) -> None:
    """Colour states by group. ``groups`` is a Series of group names by ISO code; ``colours`` names a colour for each."""
    _areas(ax, groups.dropna(), colours, view)
    _legend(ax, colours, columns=columns)


def state(ax, iso3: str, view: View, colour: str = "seq1") -> View:
    """Base map with one state coloured lightly, so that names and dots on it can be read."""
    base(ax, view)
    highlight(ax, iso3, colour)
    return view


def globe(ax, iso3: str) -> View:
    """The Earth seen from above one state, which is coloured."""
    world = tables.load("world")
    found = world.loc[world["iso3"] == iso3, "geometry"]
    if found.empty:
        raise BookError(f"map layer world: no unit with the code {iso3!r}; expected an ISO 3166-1 alpha-3 code")
    lon, lat = geo.centroid(found.iloc[0])
    view = base(ax, hemisphere(round(lon, 2), round(lat, 2)))
    highlight(ax, iso3)
    return view


def highlight(ax, iso3: str, colour: str = "") -> None:
    """Colour one state on a map that has a base."""
    shapes = _shapes(_view(ax))
    shade = COLOUR[colour or (iso3 if iso3 in COLOUR else "c1")]
    _fill(ax, shapes.loc[shapes["iso3"] == iso3].geometry, shade, zorder=1.5)


def parts(ax, texts: pd.Series, source: str) -> list[tuple[list, str]]:
    """Outlines of states (or regions) by code with name, text and source each, for ``figures.show(…, parts=…)``.

    Call it when the drawing is complete: the outlines are in shares of the finished figure. Small units get a circle
    around them, so that they can be pointed at.
    """
    view, figure = _view(ax), ax.figure
    figure.draw_without_rendering()
    shapes = _shapes(view).dropna(subset=_key(view)).dissolve(_key(view)).geometry
    frame, column = ("kaz_region_list", "region") if view.layer == "kaz_regions" else ("states", "name")
    named = tables.load(frame).set_index(_key(view))[column]
    step, least = view.detail * 2, view.detail * 5
    found = []
    for code, text in texts.dropna().items():
        if code not in shapes.index:
            continue
        pieces = [piece for piece in shapely.get_parts(shapes[code]) if piece.area > step * step * 4]
        if sum(piece.area for piece in pieces) < 3 * least * least:
            pieces.append(shapes[code].representative_point().buffer(least, quad_segs=3))
        whole = shapely.get_parts(shapely.union_all(pieces).simplify(step))
        rings = [_shares(ax, shapely.get_coordinates(piece.exterior)) for piece in whole]
        found.append((rings, f"{named[code]}: {text} ({source})"))
    return found


def _shares(ax, points: np.ndarray) -> list[tuple[float, float]]:
    """Positions on a map as shares of the figure, from its top left corner."""
    on_figure = ax.figure.transFigure.inverted().transform(ax.transData.transform(points))
    return [(float(x), 1 - float(y)) for x, y in on_figure]


def area(ax, shape, colour: str) -> None:
    """Fill an area given in longitude and latitude on a map that has a base."""
    view = _view(ax)
    flat = shapely.transform(shape, lambda xy: view.xy(*xy.T)).simplify(view.detail / 3)
    _fill(ax, shapely.get_parts(flat), COLOUR[colour], zorder=1.6)


def points(
    ax,
    frame: pd.DataFrame,
    *,
    label: str = "",
    colour: str = "ink",
    size: float = 22,
    marker: str = "o",
    weight: str = "normal",
) -> None:
    """Places (columns ``lon``, ``lat``) as dots; the column ``label`` is written beside them without collisions.

    Call it last, most important places first: a label keeps clear of all dots and labels already there.
    """
    view = _view(ax)
    xy = view.xy(frame["lon"], frame["lat"])
    seen = ((xy > view.extent[:2]) & (xy < view.extent[2:])).all(axis=1)
    xy, frame = xy[seen], frame.loc[seen]
    ax.scatter(*xy.T, s=size, marker=marker, color=COLOUR[colour], edgecolor=COLOUR["paper"], linewidth=0.8, zorder=5)
    reach = np.sqrt(size) / 2
    _keep_clear(ax, xy, reach)
    if label:
        for place, text in zip(xy, frame[label].astype(str), strict=True):
            _label(ax, place, text, reach, {"fontsize": 10, "weight": weight, "color": COLOUR["ink"]})


def beside(ax, frame: pd.DataFrame) -> None:
    """Write the ``label`` of places (``lon``, ``lat``) where each row says: ``dx``, ``dy`` points away, its end ``ha``."""
    frame = frame[frame["label"] != ""]
    for place, row in zip(_view(ax).xy(frame["lon"], frame["lat"]), frame.itertuples(), strict=True):
        look = {"fontsize": 10, "ha": row.ha, "va": "center", "zorder": 7, "gid": RIM}
        ax.annotate(row.label, place, (row.dx, row.dy), textcoords="offset points", **look)


def names(ax, labels: dict[str, str], *, at: dict | None = None) -> None:
    """Write names of states inside them: ISO code to text. ``at`` moves a name to a (longitude, latitude)."""
    view = _view(ax)
    shapes = _shapes(view).dropna(subset="iso3").set_index("iso3").geometry
    for iso3, text in labels.items():
        if at and iso3 in at:
            spot = view.xy(*at[iso3])[0]
        else:
            largest = max(shapely.get_parts(shapes[iso3]), key=lambda part: part.area)
            spot = shapely.get_coordinates(shapely.maximum_inscribed_circle(largest))[0]
        _write(ax, spot, text, color=COLOUR["muted"], gid=RIM)


def note(ax, text: str, place: tuple[float, float], *, colour: str = "muted") -> None:
    """Write a word at a (longitude, latitude), such as the name of a river or a sea."""
    _write(ax, _view(ax).xy(*place)[0], text, style="italic", color=COLOUR[colour], gid=RIM)


def route(ax, places, *, colour: str = "ink", width: float = 1.6, style: str = "-") -> None:
    """A schematic line through places (longitude, latitude), each leg the shortest line on the globe."""
    legs = [geo.path(start, end, 60) for start, end in zip(places[:-1], places[1:], strict=True)]
    look = {"color": COLOUR[colour], "linewidth": width, "linestyle": style, "zorder": 4, "solid_capstyle": "round"}
    _draw_line(ax, np.vstack(legs), look)


def line(ax, shape) -> None:
    """A line of a layer, such as a river, in longitude and latitude."""
    for part in shapely.get_parts(shape):
        _draw_line(ax, shapely.get_coordinates(part), {"color": COLOUR["c3"], "linewidth": 1.4, "zorder": 3})


def rings(ax, distances_km, *, bearing: float = 150) -> None:
    """Circles of equal distance around the centre of a disc view, each with its length written on it."""
    view, angle = _view(ax), np.radians(90 - bearing)
    look = {"edgecolor": COLOUR["muted"], "linewidth": 0.7, "linestyle": (0, (4, 3)), "zorder": 2.5}
    for distance in distances_km:
        reach = distance * 1000
        ax.add_patch(patches.Circle((0, 0), reach, fill=False, **look))
        if reach <= view.radius * 1.001:
            spot = (reach * np.cos(angle), reach * np.sin(angle))
            _write(ax, spot, f"{distance:,} km", color=COLOUR["muted"], bbox=_PLATE)


def scale_bar(ax, km: float) -> None:
    """A bar of ``km`` kilometres. True at the centre of an equal-area view; on a world map there is no single scale."""
    west, south, east, _ = _view(ax).extent
    pad = 0.03 * (east - west)
    left, low = west + pad, south + pad
    ax.plot([left, left + km * 1000], [low, low], color=COLOUR["ink"], linewidth=2, solid_capstyle="butt", zorder=6)
    _write(ax, (left + km * 500, low + 0.25 * pad), f"{km:,} km", va="bottom")


# --- drawing -----------------------------------------------------------------------------------------------------

_PLATE = {"facecolor": COLOUR["paper"], "edgecolor": "none", "alpha": 0.7, "pad": 0.6}
_HATCH = "////"
_BORDERS: tuple[dict, dict] = (
    {"edgecolor": COLOUR["paper"], "linewidth": 0.7, "linestyle": "-", "zorder": 2.1},
    {"edgecolor": COLOUR["muted"], "linewidth": 0.8, "linestyle": (0, (2.5, 1.8)), "zorder": 2.2},
)
"""Look of borders and of disputed borders."""


def _view(ax) -> View:
    if ax not in _views:
        raise BookError("these axes have no map yet; call maps.base(ax, view) first")
    return _views[ax]


def _boxes(ax) -> list:
    return _taken.setdefault(ax, [])


def _sea(view: View):
    west, south, east, north = view.extent
    look: dict[str, Any] = {"facecolor": COLOUR["sea"], "linewidth": 0, "zorder": 0}
    if view.radius:
        return patches.Circle((0, 0), east, **look | {"edgecolor": COLOUR["none"], "linewidth": 0.8})
    if view.layer != "world" or view.centre:
        return patches.Rectangle((west, south), east - west, north - south, **look)
    up = np.linspace(-60, 84, 60)
    rim = view.xy(np.repeat([geo.WORLD_CUT + 0.01, geo.WORLD_CUT - 0.01], len(up)), np.append(up, up[::-1]))
    return patches.Polygon(rim, closed=True, **look)


def _areas(ax, groups: pd.Series, colours: dict[str, str], view: View, hatched: bool = False) -> bool:
    """Colour a map by groups; with ``hatched`` also states without a group. Gives whether there are any."""
    unknown = sorted(set(groups) - set(colours))
    if unknown:
        raise BookError(f"map: group {unknown[0]!r} has no colour; expected one of: {', '.join(colours)}")
    base(ax, view)
    shapes, key = _shapes(view), _key(view)
    group = shapes[key].map(groups)
    for name, colour in colours.items():
        areas = shapes.loc[group == name].geometry
        _fill(ax, areas, COLOUR[colour], zorder=1.2)
        if view == WORLD:
            _dots(ax, areas, COLOUR[colour])
    left = shapes.loc[group.isna() & shapes[key].isin(_expected(view))].geometry if hatched else []
    _fill(ax, left, COLOUR["land"], zorder=1.1, hatch=_HATCH)
    return len(left) > 0


def _expected(view: View) -> set:
    if view.layer == "kaz_regions":
        return set(tables.load("kaz_regions")["iso_3166_2"])
    return set(tables.load("states").query("kind == 'un_member'")["iso3"])


def _key(view: View) -> str:
    return "iso_3166_2" if view.layer == "kaz_regions" else "iso3"


def _fill(ax, shapes, colour: str, *, zorder: float, hatch: str | None = None) -> None:
    """Areas of one colour as one path; hatched ones get the pattern in the colour for missing data."""
    if len(shapes):
        whole = _polygons(shapely.union_all(shapely.make_valid(np.asarray(shapes))))
        look = {"facecolor": colour, "edgecolor": COLOUR["muted"] if hatch else "none", "hatch": hatch}
        ax.add_patch(patches.PathPatch(_path(_rings(whole), closed=True), linewidth=0, zorder=zorder, **look))


def _dots(ax, areas, colour: str) -> None:
    """Dots for units of a world map that are too small to be seen."""
    places = shapely.get_coordinates(areas[areas.area < 2.5e10].representative_point())
    if len(places):
        ax.scatter(*places.T, s=9, color=colour, edgecolor=COLOUR["muted"], linewidth=0.4, zorder=1.6)


def _rings(shape) -> list:
    """Rims of polygons: outer ones run one way and holes the other."""
    turned = shapely.get_parts(shapely.orient_polygons(shape))
    return [ring for part in turned for ring in (part.exterior, *part.interiors)]


def _path(lines, closed: bool) -> Path:
    """One compound path of many lines."""
    corners = (shapely.get_coordinates(line) for line in lines if line.length)
    return Path.make_compound_path(*(Path(xy, closed=closed) for xy in corners))


def _legend(ax, colours: dict[str, str], missing: str = "", columns: int = 0) -> None:
    handles = [
        patches.Patch(label=text, linewidth=0, edgecolor="none", facecolor=COLOUR[colour])
        for text, colour in colours.items()
    ]
    if missing:
        pattern = patches.Patch(label=missing, linewidth=0, fc=COLOUR["land"], ec=COLOUR["muted"], hatch=_HATCH)
        handles.append(pattern)
    longest = max(map(len, [*colours, missing]))
    columns = columns or min(len(handles), 4 if longest < 12 else 3 if longest < 18 else 2)
    place = {"loc": "upper center", "bbox_to_anchor": (0.5, 0.0), "borderaxespad": 0.3}
    ax.legend(handles=handles, ncols=columns, handlelength=1.2, handleheight=1.0, columnspacing=1.2, **place)


def _class_texts(limits: list, digits: int, unit: str) -> list[str]:
    gap = "" if unit in ("", "%") else " "
    shown = [f"{limit:,.{digits}f}" for limit in limits]
    ends = [f"{limit}{gap}{unit}" for limit in shown]
    ranges = [f"{low} to under {high}" for low, high in zip(shown[:-1], ends[1:], strict=True)]
    return [f"under {ends[0]}", *ranges, f"{ends[-1]} or more"]


# --- shapes ------------------------------------------------------------------------------------------------------


@cache
def _shapes(view: View) -> geopandas.GeoDataFrame:
    """The layer of a view, projected, cut to its extent and generalised; neighbours go on sharing their border."""
    layer = tables.load(view.layer)
    flat = _cut_disc(layer, view) if view.radius else _cut_frame(layer, view)
    shapes = _without_specks(shapely.coverage_simplify(flat.geometry.values, view.detail), view.detail)
    if view.globe:
        shapes = [_polygons(shapely.make_valid(shapely.transform(shape, view._bent))) for shape in shapes]
    return _reshaped(flat, shapes, view.crs).reset_index(drop=True)


def _reshaped(layer, shapes, crs: str):
    """The layer with other shapes, without the units that have none left."""
    layer = layer.set_geometry(geopandas.GeoSeries(list(shapes), index=layer.index, crs=crs))
    return layer[~layer.geometry.is_empty]


def _cut_frame(layer, view: View):
    if view.layer == "world":
        layer = layer[layer["unit"] != "ATA"]
        if view.centre:  # what lies in the same half of the globe
            near = replace(hemisphere(*view.centre), globe=False)
            layer = _cut_disc(layer, near).to_crs(geo.GEOGRAPHIC)
        else:
            layer = _halves(layer)
    flat = layer.to_crs(view.crs)
    west, south, east, north = view.extent
    pad = (east - west) / 100  # so that the outline of the cut lies outside the frame
    frame = (west - pad, south - pad, east + pad, north + pad)
    cut = (_polygons(shapely.clip_by_rect(_joined(shape), *frame)) for shape in flat.geometry)
    return _reshaped(flat, cut, view.crs)


def _halves(layer):
    """Cut at the meridian where the world map begins and ends."""
    west, east = shapely.box(-180, -90, geo.WORLD_CUT - 1e-6, 90), shapely.box(geo.WORLD_CUT + 1e-6, -90, 180, 90)
    crossing = (layer.bounds["minx"] < geo.WORLD_CUT) & (layer.bounds["maxx"] > geo.WORLD_CUT)
    shapes = layer.geometry.copy()
    for unit in layer.index[crossing]:
        shapes[unit] = _polygons(shapely.GeometryCollection([shapes[unit].intersection(half) for half in (west, east)]))
    return layer.set_geometry(shapes)


def _cut_disc(layer, view: View):
    """The layer in true distances from the centre, cut by a circle.

    A part is projected whole and then cut. A part that holds the antipode of the centre turns inside out in this
    projection; it is replaced by what lies outside its outline.
    """
    to_plane = _to_plane(view.crs)
    circle, everything = (
        shapely.Point(0, 0).buffer(reach, quad_segs=45) for reach in (view.radius, np.pi * geo.RADIUS)
    )
    assert view.centre, "a disc has a centre"
    lon, lat = view.centre
    antipode = shapely.Point(lon - 180 if lon > 0 else lon + 180, -lat)

    def project(shape):
        parts = []
        for part in shapely.get_parts(shapely.segmentize(shape, 2.0)):
            flat = shapely.transform(part, lambda xy: np.column_stack(to_plane.transform(*xy.T)))
            if np.hypot(*shapely.get_coordinates(flat).T).min() <= view.radius:
                flat = shapely.make_valid(flat)
                parts.append(_polygons(everything.difference(flat) if part.contains(antipode) else flat))
        return _polygons(_joined(_polygons(shapely.GeometryCollection(parts))).intersection(circle))

    return _reshaped(layer, map(project, layer.geometry), view.crs)


def _joined(shape):
    """Parts that the 180th meridian cut in two, as one; coordinates rounded to 10 m."""
    return shapely.set_precision(shape if shape.is_valid else shapely.make_valid(shape), 10)


def _polygons(shape):
    parts = [part for part in shapely.get_parts(shapely.get_parts(shape)) if part.geom_type == "Polygon"]
    return shapely.MultiPolygon(parts)


def _without_specks(shapes, detail: float) -> list:
    kept = []
    for shape in shapes:
        parts = sorted(shapely.get_parts(shape), key=lambda part: -part.area)
        large = [part for part in parts if part.area > 2 * detail**2]
        kept.append(shapely.MultiPolygon(large or parts[:1]))
    return kept


@cache
def _land(view: View):
    """All land of a view as one shape."""
    return shapely.union_all([shapely.make_valid(shape) for shape in _shapes(view).geometry])


@cache
def _lines(view: View) -> tuple:
    """Borders and disputed borders of a view, each line once."""
    rims = shapely.union_all([shape.boundary for shape in _shapes(view).geometry])
    inner = shapely.line_merge(_only_lines(rims.difference(_land(view).boundary.buffer(view.detail / 100 + 5))))
    if view.layer == "kaz_regions":
        return inner, shapely.MultiLineString()
    near = _disputed_zone(view)
    return _only_lines(inner.difference(near)), _only_lines(inner.intersection(near))


def _disputed_zone(view: View):
    parts = shapely.get_parts(tables.load("disputed").geometry.values)
    flat = [_in_sight(view.xy(*shapely.get_coordinates(part).T)) for part in parts]
    lines = [shapely.LineString(xy) for xy in flat if len(xy) > 1]
    return shapely.union_all(lines).buffer(1.5 * view.detail + 5_000)


def _only_lines(shape):
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "LineString" and not part.is_empty]
    return shapely.MultiLineString(parts)


# --- labels ------------------------------------------------------------------------------------------------------

_DIRECTIONS = (
    (1, 0, "left", "center"),
    (-1, 0, "right", "center"),
    (0, 1, "center", "bottom"),
    (0, -1, "center", "top"),
    (0.7, 0.7, "left", "bottom"),
    (0.7, -0.7, "left", "top"),
    (-0.7, 0.7, "right", "bottom"),
    (-0.7, -0.7, "right", "top"),
)


def _in_sight(xy: np.ndarray) -> np.ndarray:
    """Positions on a map without those that it does not show."""
    return xy[~np.isnan(xy).any(axis=1)]


def _write(ax, spot, text: str, **look) -> None:
    """Write a text at a position on the map; later labels avoid it."""
    drawn = ax.text(*spot, text, **{"ha": "center", "va": "center", "fontsize": 10, "zorder": 6} | look)
    ax.figure.draw_without_rendering()
    _boxes(ax).append(drawn.get_window_extent().extents)


def _lay_out(figure) -> None:
    """Let matplotlib place the axes, unless nothing that takes room was added since it last did."""
    room = [(len(ax.texts), ax.get_legend(), ax.get_title(), ax.get_xlabel(), ax.get_ylabel()) for ax in figure.axes]
    state = (room, len(figure.legends), len(figure.texts))
    if _placed.get(figure) != state:
        figure.draw_without_rendering()
        _placed[figure] = state


def _keep_clear(ax, xy: np.ndarray, reach: float) -> None:
    """Let later labels avoid dots of a radius in points."""
    _lay_out(ax.figure)
    pixels, pad = ax.transData.transform(xy), reach * ax.figure.dpi / 72
    _boxes(ax).extend(np.column_stack([pixels - pad, pixels + pad]))


def _draw_line(ax, places: np.ndarray, look: dict) -> None:
    """Draw a line of (longitude, latitude); later labels avoid it: its points count as small dots."""
    xy = _view(ax).xy(*places.T)
    if len(seen := _in_sight(xy)):
        _keep_clear(ax, seen, 1.5)
    ax.plot(*xy.T, **look)


def _label(ax, place, text: str, reach: float, look: dict) -> None:
    """Write a label on the side of its dot where it overlaps least; near sides are tried first."""
    best = None
    for distance, (dx, dy, ha, va) in product((reach + 2, reach + 7, reach + 13), _DIRECTIONS):
        shift = (dx * distance, dy * distance)
        note = ax.annotate(text, place, shift, textcoords="offset points", ha=ha, va=va, zorder=6, **look)
        box = note.get_window_extent()
        cost = _overlap(box, _boxes(ax)) + _outside(box, ax) * 4
        if best is None or cost < best[0] - 1:
            if best:
                best[1].remove()
            best = (cost, note, box)
        else:
            note.remove()
        if best[0] <= 0:
            break
    assert best, "there are directions to try"
    _boxes(ax).append(best[2].extents)
    best[1].set_gid(RIM)


def _overlap(box, others: list) -> float:
    """Area in pixels that a box shares with others."""
    west, south, east, north = np.reshape(others, (-1, 4)).T
    wide = np.minimum(box.x1, east) - np.maximum(box.x0, west)
    high = np.minimum(box.y1, north) - np.maximum(box.y0, south)
    return float((wide.clip(0) * high.clip(0)).sum())


def _outside(box, ax) -> float:
    frame = ax.get_window_extent()
    beyond = [frame.x0 - box.x0, box.x1 - frame.x1, frame.y0 - box.y0, box.y1 - frame.y1]
    return np.maximum(beyond, 0).sum() * box.height
