"""Maps on matplotlib axes: land, colours, points and labels in the manner of an atlas.

    fig, ax = figures.canvas(height=3.4)
    maps.state(ax, "KAZ", maps.EURASIA)
    maps.points(ax, towns, label="name")
    figures.show(fig, "fig-eurasia-…", data=towns, note=maps.NOTE)

``base``, or a function that draws it, comes first. Land is generalised to the scale of its view and drawn as few large
paths, so an SVG stays small. Colours are names of ``figures.COLOUR``. How disputed borders are drawn is decided in
``multivector.facts.geo``; what is shown is decided by findings; neither is decided here.
"""

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
from multivector.look.figures import COLOUR, RIM, lay_out

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
        places = np.atleast_1d(lon).astype(float), np.atleast_1d(lat).astype(float)
        flat = np.column_stack(_transformer(geo.GEOGRAPHIC, self.crs).transform(*places))
        return self._bent(flat) if self.radius else flat

    def _bent(self, flat: np.ndarray) -> np.ndarray:
        reach = np.hypot(*flat.T)
        flat = np.where((reach <= self.radius * 1.0001)[:, None], flat, np.nan)
        if not self.globe:
            return flat
        angle = np.minimum(reach / geo.RADIUS, np.pi / 2)
        return flat * (geo.RADIUS * np.sin(angle) / np.where(reach == 0, 1, reach))[:, None]


WORLD = View("world", geo.WORLD, (-15_600_000, -6_300_000, 15_800_000, 8_300_000))
EURASIA = View("eurasia", geo.EURASIA, (-4_600_000, -2_900_000, 4_300_000, 3_300_000))
CENTRAL_ASIA = View("eurasia", geo.KAZAKHSTAN, (-2_150_000, -1_500_000, 2_150_000, 1_250_000))
KAZAKHSTAN = View("kaz_regions", geo.KAZAKHSTAN, (-1_560_000, -870_000, 1_500_000, 890_000))

_views: WeakKeyDictionary = WeakKeyDictionary()


def disc(lon: float, lat: float, radius_km: float) -> View:
    """View in which distances from one place are true, out to ``radius_km``."""
    reach = radius_km * 1000
    return View("world", geo.equidistant(lon, lat), (-reach, -reach, reach, reach), (lon, lat), reach)


def hemisphere(lon: float, lat: float) -> View:
    """View of the globe from far above a place."""
    reach = geo.RADIUS
    return replace(disc(lon, lat, reach / 1000), radius=np.pi / 2 * reach, globe=True)


def base(ax, view: View = EURASIA) -> None:
    """Sea, land, coasts, lakes and borders. Disputed borders are dashed."""
    west, south, east, north = view.extent
    ax.set(xlim=(west, east), ylim=(south, north), aspect="equal", xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    ax.patch.set_visible(False)
    ax.add_artist(_sea(view))
    _views[ax] = view
    land = _path(_rings(_land(view)), closed=True)
    ax.add_artist(patches.PathPatch(land, zorder=1, fc=COLOUR["land"], ec=COLOUR["none"], linewidth=0.6))
    for shape, look in zip(_lines(view), _BORDERS, strict=True):
        if shape.length:
            ax.add_artist(patches.PathPatch(_path(shapely.get_parts(shape), closed=False), fill=False, **look))
    if view.layer != "world":
        lakes = tables.load("lakes").to_crs(view.crs).clip_by_rect(*view.extent)
        _fill(ax, lakes[~lakes.is_empty].simplify(view.detail / 4), "sea", zorder=2.3)


def categories(ax, groups: pd.Series, colours: dict[str, str], *, view: View = WORLD) -> None:
    """Colour states by group. ``groups`` is a Series of group names by ISO code; ``colours`` names a colour for each.

    On a map of the world a state too small to see gets a dot. States without a group stay plain land.
    """
    unknown = sorted(set(groups.dropna()) - set(colours))
    if unknown:
        raise BookError(f"map: group {unknown[0]!r} has no colour; expected one of: {', '.join(colours)}")
    base(ax, view)
    shapes = _shapes(view)
    group = shapes["iso3"].map(groups)
    for name, colour in colours.items():
        areas = shapes.loc[group == name].geometry
        _fill(ax, areas, colour, zorder=1.2)
        if view == WORLD:
            dots = shapely.get_coordinates(areas[areas.area < 2.5e10].representative_point())
            if len(dots):
                ax.scatter(*dots.T, s=9, color=COLOUR[colour], edgecolor=COLOUR["muted"], lw=0.4, zorder=1.6)
    handles = [patches.Patch(label=name, lw=0, ec="none", fc=COLOUR[colour]) for name, colour in colours.items()]
    place = {"loc": "upper center", "bbox_to_anchor": (0.5, 0.0), "borderaxespad": 0.3}
    ax.legend(handles=handles, ncols=len(handles), handlelength=1.2, handleheight=1.0, columnspacing=1.2, **place)


def state(ax, iso3: str, view: View, colour: str = "seq1") -> None:
    """Base map with one state coloured lightly, so that names and dots on it can be read."""
    base(ax, view)
    highlight(ax, iso3, colour)


def globe(ax, iso3: str) -> None:
    """The Earth seen from above one state, which is coloured."""
    world = tables.load("world")
    found = world.loc[world["iso3"] == iso3, "geometry"]
    if found.empty:
        raise BookError(f"map layer world: no unit with the code {iso3!r}; expected an ISO 3166-1 alpha-3 code")
    lon, lat = geo.centroid(found.iloc[0])
    state(ax, iso3, hemisphere(round(lon, 2), round(lat, 2)), iso3 if iso3 in COLOUR else "c1")


def highlight(ax, iso3: str, colour: str) -> None:
    """Colour one state on a map that has a base."""
    shapes = _shapes(_view(ax))
    _fill(ax, shapes.loc[shapes["iso3"] == iso3].geometry, colour, zorder=1.5)


def parts(ax, texts: pd.Series, source: str) -> list[tuple[list, str]]:
    """Outlines of states by ISO code with name, text and source each, for ``figures.show(…, parts=…)``.

    Call it when the drawing is complete: the outlines are in shares of the finished figure, from its top left corner.
    Small units get a circle around them, so that they can be pointed at.
    """
    view = _view(ax)
    lay_out(ax.figure)
    shapes = _shapes(view).dropna(subset="iso3").dissolve("iso3").geometry
    named = tables.load("states").set_index("iso3")["name"]
    to_shares = ax.transData + ax.figure.transFigure.inverted()
    step, least = view.detail * 2, view.detail * 5
    found = []
    for code, text in texts[texts.index.isin(shapes.index)].dropna().items():
        pieces = [piece for piece in shapely.get_parts(shapes[code]) if piece.area > step * step * 4]
        if sum(piece.area for piece in pieces) < 3 * least * least:
            pieces.append(shapes[code].representative_point().buffer(least, quad_segs=3))
        whole = shapely.get_parts(shapely.union_all(pieces).simplify(step))
        rims = [to_shares.transform(shapely.get_coordinates(piece.exterior)) for piece in whole]
        rings = [[(x, 1 - y) for x, y in rim] for rim in rims]
        found.append((rings, f"{named[code]}: {text} ({source})"))
    return found


def area(ax, shape, colour: str) -> None:
    """Fill an area given in longitude and latitude on a map that has a base."""
    view = _view(ax)
    flat = shapely.transform(shape, lambda xy: view.xy(*xy.T)).simplify(view.detail / 3)
    _fill(ax, shapely.get_parts(flat), colour, zorder=1.6)


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

    Call it last, most important places first: a label keeps clear of all dots, lines and texts already there.
    """
    view = _view(ax)
    xy = view.xy(frame["lon"], frame["lat"])
    seen = ((xy > view.extent[:2]) & (xy < view.extent[2:])).all(axis=1)
    ax.scatter(*xy[seen].T, s=size, marker=marker, color=COLOUR[colour], edgecolor=COLOUR["paper"], lw=0.8, zorder=5)
    lay_out(ax.figure)
    if label:
        taken = _taken(ax)
        for place, text in zip(xy[seen], frame.loc[seen, label].astype(str), strict=True):
            taken.append(_label(ax, place, text, np.sqrt(size) / 2, weight, taken))


def beside(ax, frame: pd.DataFrame) -> None:
    """Write the ``label`` of places (``lon``, ``lat``) where each row says: ``dx``, ``dy`` points away, its end ``ha``."""
    frame = frame[frame["label"] != ""]
    for place, row in zip(_view(ax).xy(frame["lon"], frame["lat"]), frame.itertuples(), strict=True):
        look = {"fontsize": 10, "ha": row.ha, "va": "center", "zorder": 7, "gid": RIM}
        ax.annotate(row.label, place, (row.dx, row.dy), textcoords="offset points", **look)


def note(ax, text: str, place: tuple[float, float], *, colour: str = "muted", **look) -> None:
    """Write words at a (longitude, latitude): the name of a state or, with ``style="italic"``, of a river or a sea."""
    _write(ax, _view(ax).xy(*place)[0], text, color=COLOUR[colour], gid=RIM, **look)


def route(ax, places, *, colour: str = "ink", width: float = 1.6, style: str = "-") -> None:
    """A schematic line through places (longitude, latitude), each leg the shortest line on the globe."""
    legs = [geo.path(start, end, 60) for start, end in zip(places[:-1], places[1:], strict=True)]
    look = {"color": COLOUR[colour], "linewidth": width, "linestyle": style, "zorder": 4, "solid_capstyle": "round"}
    ax.plot(*_view(ax).xy(*np.vstack(legs).T).T, **look)


def line(ax, shape) -> None:
    """A line of a layer, such as a river, in longitude and latitude."""
    for part in shapely.get_parts(shape):
        ax.plot(*_view(ax).xy(*shapely.get_coordinates(part).T).T, color=COLOUR["c3"], linewidth=1.4, zorder=3)


def rings(ax, distances_km, *, bearing: float = 150) -> None:
    """Circles of equal distance around the centre of a disc view, each with its length written on it."""
    view, angle = _view(ax), np.radians(90 - bearing)
    look = {"edgecolor": COLOUR["muted"], "linewidth": 0.7, "linestyle": (0, (4, 3)), "zorder": 2.5}
    for distance in distances_km:
        reach = distance * 1000
        ax.add_artist(patches.Circle((0, 0), reach, fill=False, **look))
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
_BORDERS: tuple[dict, dict] = (
    {"edgecolor": COLOUR["paper"], "linewidth": 0.7, "linestyle": "-", "zorder": 2.1},
    {"edgecolor": COLOUR["muted"], "linewidth": 0.8, "linestyle": (0, (2.5, 1.8)), "zorder": 2.2},
)
"""Look of borders and of disputed borders."""


def _view(ax) -> View:
    if ax not in _views:
        raise BookError("these axes have no map yet; call maps.base(ax, view) first")
    return _views[ax]


def _sea(view: View) -> patches.Patch:
    west, south, east, north = view.extent
    look: dict[str, Any] = {"facecolor": COLOUR["sea"], "linewidth": 0, "zorder": 0}
    if view.radius:
        return patches.Circle((0, 0), east, **look | {"edgecolor": COLOUR["none"], "linewidth": 0.8})
    if view != WORLD:
        return patches.Rectangle((west, south), east - west, north - south, **look)
    up = np.linspace(-60, 84, 60)
    rim = view.xy(np.repeat([geo.WORLD_CUT + 0.01, geo.WORLD_CUT - 0.01], len(up)), np.append(up, up[::-1]))
    return patches.Polygon(rim, closed=True, **look)


def _fill(ax, shapes, colour: str, *, zorder: float) -> None:
    """Areas of one colour as one path."""
    if len(shapes):
        whole = _polygons(shapely.disjoint_subset_union_all(shapely.make_valid(np.asarray(shapes))))
        path = _path(_rings(whole), closed=True)
        ax.add_artist(patches.PathPatch(path, lw=0, zorder=zorder, fc=COLOUR[colour], ec="none"))


def _rings(shape) -> list:
    """Rims of polygons: outer ones run one way and holes the other."""
    turned = shapely.get_parts(shapely.orient_polygons(shape))
    return [ring for part in turned for ring in (part.exterior, *part.interiors)]


def _path(lines, closed: bool) -> Path:
    """One compound path of many lines."""
    corners = (shapely.get_coordinates(line) for line in lines if line.length)
    return Path.make_compound_path(*(Path(xy, closed=closed) for xy in corners))


# --- shapes ------------------------------------------------------------------------------------------------------


@cache
def _transformer(start: str, end: str) -> Transformer:
    return Transformer.from_crs(start, end, always_xy=True)


def _projected(shapes, start: str, end: str) -> np.ndarray:
    return shapely.transform(shapes, _transformer(start, end).transform, interleaved=False)


@cache
def _shapes(view: View) -> geopandas.GeoDataFrame:
    """The layer of a view, projected, cut to its extent and generalised; neighbours go on sharing their border."""
    layer = tables.load(view.layer)
    cut = (_cut_disc if view.radius else _cut_frame)(layer.geometry.to_numpy(), view)
    seen = ~shapely.is_empty(cut)
    shapes = _without_specks(shapely.coverage_simplify(cut[seen], view.detail), view.detail)
    if view.globe:
        shapes = [_polygons(shapely.make_valid(shapely.transform(shape, view._bent))) for shape in shapes]
    layer = layer[seen].set_geometry(shapes, crs=view.crs)
    return layer[~layer.is_empty].reset_index(drop=True)


def _cut_frame(shapes: np.ndarray, view: View) -> np.ndarray:
    """The shapes on the plane of a view, cut a little outside its frame, so that the outline of the cut is not seen."""
    if view.centre:  # what lies in the same half of the globe
        near = replace(hemisphere(*view.centre), globe=False)
        shapes = _projected(_cut_disc(shapes, near), near.crs, geo.GEOGRAPHIC)
    elif view == WORLD:
        shapes = np.array([_halves(shape) for shape in shapes])
    west, south, east, north = view.extent
    pad = (east - west) / 100
    frame = (west - pad, south - pad, east + pad, north + pad)
    flat = _projected(shapes, geo.GEOGRAPHIC, view.crs)
    flat[~shapely.intersects(shapely.box(*frame), shapely.box(*shapely.bounds(flat).T))] = shapely.MultiPolygon()
    return np.array([_polygons(shapely.clip_by_rect(_joined(shape), *frame)) for shape in flat])


def _halves(shape):
    """A shape cut at the meridian where the world map begins and ends."""
    west, _, east, _ = shape.bounds
    if not west < geo.WORLD_CUT < east:
        return shape
    halves = shapely.box(-180, -90, geo.WORLD_CUT - 1e-6, 90), shapely.box(geo.WORLD_CUT + 1e-6, -90, 180, 90)
    return _polygons(shapely.GeometryCollection([shape.intersection(half) for half in halves]))


def _cut_disc(shapes: np.ndarray, view: View) -> np.ndarray:
    """The shapes in true distances from the centre, cut by a circle.

    A part is projected whole and then cut. A part that holds the antipode of the centre turns inside out in this
    projection; it is replaced by what lies outside its outline.
    """
    centre = shapely.Point(0, 0)
    circle, everything = (centre.buffer(reach, quad_segs=45) for reach in (view.radius, np.pi * geo.RADIUS))
    assert view.centre, "a disc has a centre"
    lon, lat = view.centre
    antipode = shapely.Point(lon - 180 if lon > 0 else lon + 180, -lat)
    whole, unit = shapely.get_parts(shapely.segmentize(shapes, 2.0), return_index=True)
    flat = _projected(whole, geo.GEOGRAPHIC, view.crs)
    near = shapely.dwithin(centre, flat, view.radius)
    flat, unit, turned = shapely.make_valid(flat[near]), unit[near], shapely.contains(whole[near], antipode)
    flat[turned] = shapely.difference(everything, flat[turned])
    units = (_joined(_polygons(flat[unit == number])) for number in range(len(shapes)))
    return np.array([_polygons(shape.intersection(circle)) for shape in units])


def _joined(shape):
    """Parts that the 180th meridian cut in two, as one; coordinates rounded to 10 m."""
    return shapely.set_precision(shape if shape.is_valid else shapely.make_valid(shape), 10)


def _polygons(shape) -> shapely.MultiPolygon:
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
    return shapely.disjoint_subset_union_all(shapely.make_valid(_shapes(view).geometry.to_numpy()))


@cache
def _lines(view: View) -> tuple:
    """Borders and disputed borders of a view, each line once."""
    rims = shapely.union_all(shapely.boundary(_shapes(view).geometry.to_numpy()))
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


def _in_sight(xy: np.ndarray) -> np.ndarray:
    """Positions on a map without those that it does not show."""
    return xy[~np.isnan(xy).any(axis=1)]


def _only_lines(shape) -> shapely.MultiLineString:
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "LineString" and not part.is_empty]
    return shapely.MultiLineString(parts)


# --- labels ------------------------------------------------------------------------------------------------------

_DIRECTIONS = ((1, 0), (-1, 0), (0, 1), (0, -1), (0.7, 0.7), (0.7, -0.7), (-0.7, 0.7), (-0.7, -0.7))
_ENDS = {1: ("left", "bottom"), 0: ("center", "center"), -1: ("right", "top")}
"""How a label to the right or left, above or below its dot is aligned."""


def _write(ax, spot, text: str, **look) -> None:
    """Write a text at a position on the map."""
    ax.text(*spot, text, **{"ha": "center", "va": "center", "fontsize": 10, "zorder": 6} | look)


def _taken(ax) -> list[np.ndarray]:
    """Boxes in pixels (x0, y0, x1, y1) of what stands on a map: texts, dots, and the points of lines as small dots."""
    dots = [(dots.get_offsets(), np.sqrt(dots.get_sizes()[0]) / 2) for dots in ax.collections]
    lines = [(_in_sight(line.get_xydata()), 1.5) for line in ax.lines]
    boxes = [text.get_window_extent().extents for text in ax.texts]
    for xy, radius in dots + lines:
        pixels, pad = ax.transData.transform(xy), radius * ax.figure.dpi / 72
        boxes.extend(np.column_stack([pixels - pad, pixels + pad]))
    return boxes


def _label(ax, place, text: str, reach: float, weight: str, taken: list[np.ndarray]) -> np.ndarray:
    """Write a label on the side of its dot where it overlaps least, near sides first; gives its box in pixels."""
    look = {"fontsize": 10, "weight": weight, "color": COLOUR["ink"], "zorder": 6, "gid": RIM}
    label, least = ax.annotate(text, place, (0, 0), textcoords="offset points", **look), np.inf
    for distance, (dx, dy) in product((reach + 2, reach + 7, reach + 13), _DIRECTIONS):
        side = {"position": (dx * distance, dy * distance), "ha": _ENDS[np.sign(dx)][0], "va": _ENDS[np.sign(dy)][1]}
        label.set(**side)
        cost = _overlap(label.get_window_extent(), taken, ax.get_window_extent())
        if cost < least - 1:
            least, best = cost, side
        if least <= 0:
            break
    label.set(**best)
    return label.get_window_extent().extents


def _overlap(box, others: list[np.ndarray], frame) -> float:
    """Area in pixels that a box shares with others; what is beyond the frame counts four times."""
    west, south, east, north = np.reshape(others, (-1, 4)).T
    wide = np.minimum(box.x1, east) - np.maximum(box.x0, west)
    high = np.minimum(box.y1, north) - np.maximum(box.y0, south)
    beyond = [frame.x0 - box.x0, box.x1 - frame.x1, frame.y0 - box.y0, box.y1 - frame.y1]
    return (wide.clip(0) * high.clip(0)).sum() + np.maximum(beyond, 0).sum() * box.height * 4
