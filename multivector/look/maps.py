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
    beside: int = 1

    @property
    def detail(self) -> float:
        """Size in metres of the finest detail worth drawing: a little under one point with ``beside`` maps in a row."""
        across = 300 if self.globe else 420 if self.radius else 480
        return (self.extent[2] - self.extent[0]) * self.beside / across

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


def small(view: View, beside: int = 2) -> View:
    """The same frame for a map that shares its row with others: coarser, so that nothing unseen is loaded."""
    return replace(view, beside=beside)


def around(iso3: str, margin: float = 0.6) -> View:
    """Equal-area view of one state and its surroundings; ``margin`` is a share of its size."""
    shape = _state(iso3)
    lon, lat = geo.centroid(shape)
    crs = geo.equal_area(round(lon, 2), round(lat, 2))
    west, south, east, north = geopandas.GeoSeries([shape], crs=geo.GEOGRAPHIC).to_crs(crs).total_bounds
    pad = margin * max(east - west, north - south)
    frame = (west - pad, south - pad, east + pad, north + pad)
    return View("world", crs, frame, (lon, lat))


def base(ax, view: View = EURASIA, *, land: str = "land", borders: bool = True, lakes: bool = True) -> View:
    """Sea, land, coasts and borders. Disputed borders are dashed. Returns the view."""
    _frame(ax, view)
    ground = patches.PathPatch(
        _path([_land(view)]), facecolor=COLOUR[land], edgecolor=COLOUR["none"], linewidth=0.6, zorder=1
    )
    ax.add_patch(ground)
    if borders:
        _borders(ax, view)
    if lakes and view.layer != "world":
        _lakes(ax, view)
    return view


def choropleth(
    ax,
    values: pd.Series,
    *,
    view: View = WORLD,
    bins=None,
    unit: str = "",
    digits: int = 0,
    missing: str = "no data",
    legend: bool = True,
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
    steps = pd.Series(np.searchsorted(limits, known.to_numpy(), side="right"), index=known.index)
    texts = _class_texts(limits, digits, unit)
    groups = steps.map(dict(enumerate(texts)))
    _areas(ax, groups, dict(zip(texts, shades, strict=True)), view, missing)
    if legend:
        keys = {text: {"facecolor": COLOUR[shade]} for text, shade in zip(texts, shades, strict=True)}
        _legend(ax, keys | _missing_key(ax, missing))


def categories(
    ax,
    groups: pd.Series,
    colours: dict[str, str],
    *,
    view: View = WORLD,
    hatches: dict[str, str] | None = None,
    missing: str = "",
    legend: bool = True,
    columns: int = 0,
) -> None:
    """Colour states by group. ``groups`` is a Series of group names by ISO code; ``colours`` names a colour for each.

    ``hatches`` adds a pattern (``"////"``) to a group. With ``missing``, UN members in no group are hatched under it.
    """
    _areas(ax, groups.dropna(), colours, view, missing, hatches or {})
    if legend:
        keys = {
            name: {"facecolor": COLOUR[colour], "hatch": (hatches or {}).get(name)} for name, colour in colours.items()
        }
        _legend(ax, keys | _missing_key(ax, missing), columns)


def regions(
    ax, values: pd.Series, *, bins=None, unit: str = "", digits: int = 0, missing: str = "no data", legend=True
):
    """Colour the regions of Kazakhstan by value (a Series by ISO 3166-2 code); regions without one are hatched."""
    choropleth(ax, values, view=KAZAKHSTAN, bins=bins, unit=unit, digits=digits, missing=missing, legend=legend)


def state(ax, iso3: str, view: View, colour: str = "seq1") -> View:
    """Base map with one state coloured lightly, so that names and dots on it can be read."""
    base(ax, view)
    highlight(ax, iso3, colour)
    return view


def globe(ax, iso3: str, *, centre: tuple[float, float] | None = None, colour: str = "") -> View:
    """The Earth seen from above one state (or ``centre``), with the state coloured."""
    shape = _state(iso3)
    lon, lat = centre or geo.centroid(shape)
    view = base(ax, hemisphere(round(lon, 2), round(lat, 2)), lakes=False)
    shade = COLOUR.get(colour) or COLOUR.get(iso3) or COLOUR["c1"]
    _fill(ax, list(_shapes(view).loc[lambda frame: frame["iso3"] == iso3].geometry), shade, zorder=1.5)
    return view


def highlight(ax, iso3: str, colour: str = "") -> None:
    """Colour one state on a map that has a base."""
    shapes = _shapes(_view(ax))
    key = shapes["iso3"] == iso3
    _fill(ax, list(shapes.loc[key].geometry), COLOUR[colour or (iso3 if iso3 in COLOUR else "c1")], zorder=1.5)


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
    _fill(ax, list(shapely.get_parts(flat)), COLOUR[colour], zorder=1.6)


def points(
    ax,
    frame: pd.DataFrame,
    *,
    label: str | None = None,
    colour: str = "ink",
    size: float = 22,
    marker: str = "o",
    fontsize: float = 10,
    weight: str = "normal",
) -> None:
    """Places (columns ``lon``, ``lat``) as dots; the column ``label`` is written beside them without collisions.

    Call it last, most important places first: a label keeps clear of all dots and labels already there.
    """
    view = _view(ax)
    xy = view.xy(frame["lon"], frame["lat"])
    seen = ~np.isnan(xy).any(axis=1) & _inside(xy, view)
    xy, frame = xy[seen], frame.loc[seen]
    ax.scatter(*xy.T, s=size, marker=marker, color=COLOUR[colour], edgecolor=COLOUR["paper"], linewidth=0.8, zorder=5)
    reach = np.sqrt(size) / 2
    _boxes(ax).extend(_dot_boxes(ax, xy, reach))
    if label:
        for place, text in zip(xy, frame[label].astype(str), strict=True):
            _label(ax, place, text, reach, {"fontsize": fontsize, "weight": weight, "color": COLOUR["ink"]})


def beside(ax, frame: pd.DataFrame) -> None:
    """Write the ``label`` of places (``lon``, ``lat``) where each row says: ``dx``, ``dy`` points away, its end ``ha``."""
    frame = frame[frame["label"] != ""]
    for place, row in zip(_view(ax).xy(frame["lon"], frame["lat"]), frame.itertuples(), strict=True):
        look = {"fontsize": 10, "ha": row.ha, "va": "center", "zorder": 7, "gid": RIM}
        ax.annotate(row.label, place, (row.dx, row.dy), textcoords="offset points", **look)


def names(ax, labels: dict[str, str], *, colour: str = "muted", fontsize: float = 10, at: dict | None = None) -> None:
    """Write names of states inside them: ISO code to text. ``at`` moves a name to a (longitude, latitude)."""
    view = _view(ax)
    shapes = _shapes(view).dropna(subset="iso3").set_index("iso3").geometry
    for iso3, text in labels.items():
        if at and iso3 in at:
            spot = view.xy(*at[iso3])[0]
        else:
            largest = max(shapely.get_parts(shapes[iso3]), key=lambda part: part.area)
            spot = shapely.get_coordinates(shapely.maximum_inscribed_circle(largest))[0]
        drawn = ax.text(*spot, text, ha="center", va="center", fontsize=fontsize, color=COLOUR[colour], zorder=6)
        _boxes(ax).append(_extent(drawn))
        drawn.set_gid(RIM)


def note(ax, text: str, place: tuple[float, float], *, colour: str = "muted", fontsize: float = 10) -> None:
    """Write a word at a (longitude, latitude), such as the name of a river or a sea."""
    drawn = ax.text(
        *_view(ax).xy(*place)[0],
        text,
        ha="center",
        va="center",
        fontsize=fontsize,
        style="italic",
        color=COLOUR[colour],
        zorder=6,
    )
    _boxes(ax).append(_extent(drawn))
    drawn.set_gid(RIM)


def route(ax, places, *, colour: str = "ink", width: float = 1.6, style: str = "-", zorder: float = 4) -> None:
    """A schematic line through places (longitude, latitude), each leg the shortest line on the globe."""
    view = _view(ax)
    legs = [geo.path(start, end, 60) for start, end in zip(places[:-1], places[1:], strict=True)]
    lon, lat = np.vstack(legs).T
    _keep_clear(ax, view.xy(lon, lat))
    ax.plot(*view.xy(lon, lat).T, style, color=COLOUR[colour], linewidth=width, zorder=zorder, solid_capstyle="round")


def line(ax, shape, *, colour: str = "c3", width: float = 1.4, style: str = "-") -> None:
    """A line of a layer, such as a river, in longitude and latitude."""
    view = _view(ax)
    for part in shapely.get_parts(shape):
        _keep_clear(ax, view.xy(*shapely.get_coordinates(part).T))
        ax.plot(*view.xy(*shapely.get_coordinates(part).T).T, style, color=COLOUR[colour], linewidth=width, zorder=3)


def rings(ax, distances_km, *, colour: str = "muted", bearing: float = 150) -> None:
    """Circles of equal distance around the centre of a disc view, each with its length written on it."""
    view = _view(ax)
    for distance in distances_km:
        circle = patches.Circle(
            (0, 0),
            distance * 1000,
            fill=False,
            edgecolor=COLOUR[colour],
            linewidth=0.7,
            linestyle=(0, (4, 3)),
            zorder=2.5,
        )
        ax.add_patch(circle)
        angle = np.radians(90 - bearing)
        spot = (distance * 1000 * np.cos(angle), distance * 1000 * np.sin(angle))
        if np.hypot(*spot) <= view.radius * 1.001:
            drawn = ax.text(
                *spot,
                f"{distance:,} km",
                fontsize=10,
                color=COLOUR[colour],
                ha="center",
                va="center",
                zorder=6,
                bbox=_PLATE,
            )
            _boxes(ax).append(_extent(drawn))


def scale_bar(ax, km: float, *, corner: str = "lower left") -> None:
    """A bar of ``km`` kilometres. True at the centre of an equal-area view; on a world map there is no single scale."""
    view = _view(ax)
    west, south, east, north = view.extent
    pad = 0.03 * (east - west)
    left = west + pad if "left" in corner else east - pad - km * 1000
    low = south + pad if "lower" in corner else north - 2.2 * pad
    ax.plot([left, left + km * 1000], [low, low], color=COLOUR["ink"], linewidth=2, solid_capstyle="butt", zorder=6)
    text = ax.text(left + km * 500, low + 0.25 * pad, f"{km:,} km", ha="center", va="bottom", fontsize=10, zorder=6)
    _boxes(ax).append(_extent(text))


# --- drawing -----------------------------------------------------------------------------------------------------

_PLATE = {"facecolor": COLOUR["paper"], "edgecolor": "none", "alpha": 0.7, "pad": 0.6}


def _view(ax) -> View:
    if ax not in _views:
        raise BookError("these axes have no map yet; call maps.base(ax, view) first")
    return _views[ax]


def _boxes(ax) -> list:
    return _taken.setdefault(ax, [])


def _frame(ax, view: View) -> None:
    west, south, east, north = view.extent
    ax.set(xlim=(west, east), ylim=(south, north), aspect="equal", xticks=[], yticks=[])
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.patch.set_visible(False)
    ax.add_patch(_sea(view))
    _views[ax] = view


def _sea(view: View):
    west, south, east, north = view.extent
    if view.radius:
        return patches.Circle((0, 0), east, facecolor=COLOUR["sea"], edgecolor=COLOUR["none"], linewidth=0.8, zorder=0)
    if view.layer != "world" or view.centre:
        return patches.Rectangle(
            (west, south), east - west, north - south, facecolor=COLOUR["sea"], linewidth=0, zorder=0
        )
    to_plane = _to_plane(view.crs)
    lat = np.linspace(-60, 84, 60)
    east_rim, west_rim = ([geo.WORLD_CUT + shift] * len(lat) for shift in (-0.01, 0.01))
    rim = np.vstack(
        [np.column_stack(to_plane.transform(west_rim, lat)), np.column_stack(to_plane.transform(east_rim, lat[::-1]))]
    )
    return patches.Polygon(rim, closed=True, facecolor=COLOUR["sea"], linewidth=0, zorder=0)


def _areas(
    ax, groups: pd.Series, colours: dict[str, str], view: View, missing: str, hatches: dict | None = None
) -> None:
    unknown = sorted(set(groups) - set(colours))
    if unknown:
        raise BookError(f"map: group {unknown[0]!r} has no colour; expected one of: {', '.join(colours)}")
    base(ax, view)
    shapes, key = _shapes(view), _key(view)
    group = shapes[key].map(groups)
    for name, colour in colours.items():
        areas = list(shapes.loc[group == name].geometry)
        _fill(ax, areas, COLOUR[colour], zorder=1.2, hatch=(hatches or {}).get(name))
        _dots(ax, view, areas, COLOUR[colour])
    if missing:
        _fill(
            ax,
            list(shapes.loc[group.isna() & shapes[key].isin(_expected(view))].geometry),
            COLOUR["land"],
            zorder=1.1,
            hatch="////",
        )


def _expected(view: View) -> set:
    if view.layer == "kaz_regions":
        return set(tables.load("kaz_regions")["iso_3166_2"])
    states = tables.load("states")
    return set(states.loc[states["kind"] == "un_member", "iso3"])


def _key(view: View) -> str:
    return "iso_3166_2" if view.layer == "kaz_regions" else "iso3"


def _fill(ax, shapes: list, colour: str, *, zorder: float, hatch: str | None = None) -> None:
    """Areas of one colour as one path; hatched ones get the pattern in the colour for missing data."""
    if not shapes:
        return
    path = _path([_polygons(shapely.union_all([shapely.make_valid(shape) for shape in shapes]))])
    edge = COLOUR["muted"] if hatch else "none"
    ax.add_patch(patches.PathPatch(path, facecolor=colour, edgecolor=edge, hatch=hatch, linewidth=0, zorder=zorder))


def _dots(ax, view: View, areas: list, colour: str) -> None:
    """Dots for units of a world map that are too small to be seen."""
    if view != WORLD:
        return
    small = [area.representative_point() for area in areas if area.area < 2.5e10]
    if small:
        ax.scatter(
            [p.x for p in small],
            [p.y for p in small],
            s=9,
            color=colour,
            edgecolor=COLOUR["muted"],
            linewidth=0.4,
            zorder=1.6,
        )


def _path(shapes: list) -> Path:
    """One compound path; outer rings run one way and holes the other."""
    corners, codes = [], []
    for polygon in shapely.get_parts(np.asarray(shapes, dtype=object)):
        turned = shapely.geometry.polygon.orient(polygon)
        for ring in (turned.exterior, *turned.interiors):
            xy = shapely.get_coordinates(ring)
            corners.append(xy)
            codes += [Path.MOVETO] + [Path.LINETO] * (len(xy) - 2) + [Path.CLOSEPOLY]
    return Path(np.vstack(corners), codes)


def _borders(ax, view: View) -> None:
    solid, dashed = _lines(view)
    for shape, colour, width, style, order in (
        (solid, "paper", 0.7, "-", 2.1),
        (dashed, "muted", 0.8, (0, (2.5, 1.8)), 2.2),
    ):
        path = _line_path(shape)
        if path is not None:
            ax.add_patch(
                patches.PathPatch(
                    path, fill=False, edgecolor=COLOUR[colour], linewidth=width, linestyle=style, zorder=order
                )
            )


def _line_path(shape) -> Path | None:
    parts = [shapely.get_coordinates(part) for part in shapely.get_parts(shape) if part.length]
    if not parts:
        return None
    codes = [code for xy in parts for code in [Path.MOVETO] + [Path.LINETO] * (len(xy) - 1)]
    return Path(np.vstack(parts), codes)


def _lakes(ax, view: View) -> None:
    water = tables.load("lakes").to_crs(view.crs)
    inside = water.clip_by_rect(*view.extent)
    _fill(ax, list(inside[~inside.is_empty].simplify(view.detail / 4)), COLOUR["sea"], zorder=2.3)


def _missing_key(ax, missing: str) -> dict:
    return {missing: {"facecolor": COLOUR["land"], "hatch": "////"}} if missing and _has_hatch(ax) else {}


def _has_hatch(ax) -> bool:
    return any(patch.get_hatch() == "////" and patch.get_zorder() == 1.1 for patch in ax.patches)


def _legend(ax, keys: dict[str, dict], columns: int = 0) -> None:
    handles = [
        patches.Patch(label=text, linewidth=0, edgecolor=COLOUR["muted"] if look.get("hatch") else "none", **look)
        for text, look in keys.items()
    ]
    columns = columns or min(len(handles), 4 if max(map(len, keys)) < 12 else 3 if max(map(len, keys)) < 18 else 2)
    ax.legend(
        handles=handles,
        loc="upper center",
        bbox_to_anchor=(0.5, 0.0),
        ncols=columns,
        handlelength=1.2,
        handleheight=1.0,
        columnspacing=1.2,
        borderaxespad=0.3,
    )


def _class_texts(limits: list, digits: int, unit: str) -> list[str]:
    gap = "" if unit in ("", "%") else " "
    shown = [f"{limit:,.{digits}f}" for limit in limits]
    ends = [f"{limit}{gap}{unit}" for limit in shown]
    ranges = [f"{low} to under {high}" for low, high in zip(shown[:-1], ends[1:], strict=True)]
    return [f"under {ends[0]}", *ranges, f"{ends[-1]} or more"]


# --- shapes ------------------------------------------------------------------------------------------------------


def _state(iso3: str):
    world = tables.load("world")
    found = world.loc[world["iso3"] == iso3, "geometry"]
    if found.empty:
        raise BookError(f"map layer world: no unit with the code {iso3!r}; expected an ISO 3166-1 alpha-3 code")
    return found.iloc[0]


@cache
def _shapes(view: View) -> geopandas.GeoDataFrame:
    """The layer of a view, projected, cut to its extent and generalised; neighbours go on sharing their border."""
    layer = tables.load(view.layer)
    flat = _cut_disc(layer, view) if view.radius else _cut_frame(layer, view)
    flat = flat.set_geometry(_without_specks(shapely.coverage_simplify(flat.geometry.values, view.detail), view.detail))
    if view.globe:
        flat = flat.set_geometry(
            [_polygons(shapely.make_valid(shapely.transform(shape, view._bent))) for shape in flat.geometry]
        )
    return flat[~flat.geometry.is_empty].reset_index(drop=True)


def _cut_frame(layer, view: View):
    if view.layer == "world":
        layer = layer[layer["unit"] != "ATA"]
        layer = _halves(layer) if not view.centre else _near(layer, view.centre)
    flat = layer.to_crs(view.crs)
    west, south, east, north = view.extent
    pad = (east - west) / 100  # so that the outline of the cut lies outside the frame
    frame = (west - pad, south - pad, east + pad, north + pad)
    cut = [_polygons(shapely.clip_by_rect(_joined(shape), *frame)) for shape in flat.geometry]
    return flat.set_geometry(geopandas.GeoSeries(cut, index=flat.index, crs=view.crs)).loc[
        lambda f: ~f.geometry.is_empty
    ]


def _halves(layer):
    """Cut at the meridian where the world map begins and ends."""
    west, east = shapely.box(-180, -90, geo.WORLD_CUT - 1e-6, 90), shapely.box(geo.WORLD_CUT + 1e-6, -90, 180, 90)
    crossing = (layer.bounds["minx"] < geo.WORLD_CUT) & (layer.bounds["maxx"] > geo.WORLD_CUT)
    shapes = [
        shapely.MultiPolygon(
            [p for half in (west, east) for p in shapely.get_parts(_polygons(shape.intersection(half)))]
        )
        if cut
        else shape
        for shape, cut in zip(layer.geometry, crossing, strict=True)
    ]
    return layer.set_geometry(geopandas.GeoSeries(shapes, index=layer.index, crs=layer.crs))


def _near(layer, centre):
    """Units that lie, in part, in the same half of the globe as ``centre``; the far parts are left out."""
    view = replace(hemisphere(*centre), globe=False)
    near = _cut_disc(layer, view)
    return near.to_crs(geo.GEOGRAPHIC)


def _cut_disc(layer, view: View):
    """The layer in true distances from the centre, cut by a circle.

    A part is projected whole and then cut. A part that holds the antipode of the centre turns inside out in this
    projection; it is replaced by what lies outside its outline.
    """
    to_plane = _to_plane(view.crs)
    circle = shapely.Point(0, 0).buffer(view.radius, quad_segs=45)
    assert view.centre, "a disc has a centre"
    lon, lat = view.centre
    antipode = shapely.Point(lon - 180 if lon > 0 else lon + 180, -lat)
    everything = shapely.Point(0, 0).buffer(np.pi * geo.RADIUS, quad_segs=45)

    def project(shape):
        parts = []
        for part in shapely.get_parts(shapely.segmentize(shape, 2.0)):
            flat = shapely.transform(part, lambda xy: np.column_stack(to_plane.transform(*xy.T)))
            reach = np.hypot(*shapely.get_coordinates(flat).T)
            if reach.min() > view.radius:
                continue
            flat = shapely.make_valid(flat)
            parts += shapely.get_parts(
                _polygons(everything.difference(flat) if part.contains(antipode) else flat)
            ).tolist()
        return _polygons(_joined(shapely.MultiPolygon(parts)).intersection(circle)) if parts else shapely.MultiPolygon()

    shapes = geopandas.GeoSeries([project(shape) for shape in layer.geometry], index=layer.index, crs=view.crs)
    return layer.set_geometry(shapes).loc[lambda frame: ~frame.geometry.is_empty]


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
    lines = []
    for shape in tables.load("disputed").geometry:
        for part in shapely.get_parts(shape):
            xy = view.xy(*shapely.get_coordinates(part).T)
            xy = xy[~np.isnan(xy).any(axis=1)]
            if len(xy) > 1:
                lines.append(shapely.LineString(xy))
    return shapely.union_all(lines).buffer(1.5 * view.detail + 5_000) if lines else shapely.Polygon()


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


def _inside(xy: np.ndarray, view: View) -> np.ndarray:
    west, south, east, north = view.extent
    x, y = xy.T
    return (x > west) & (x < east) & (y > south) & (y < north)


def _extent(text):
    text.figure.draw_without_rendering()
    return text.get_window_extent()


def _lay_out(figure) -> None:
    """Let matplotlib place the axes, unless nothing that takes room was added since it last did."""
    room = [(len(ax.texts), ax.get_legend(), ax.get_title(), ax.get_xlabel(), ax.get_ylabel()) for ax in figure.axes]
    state = (room, len(figure.legends), len(figure.texts))
    if _placed.get(figure) != state:
        figure.draw_without_rendering()
        _placed[figure] = state


def _dot_boxes(ax, xy: np.ndarray, reach: float) -> list:
    from matplotlib.transforms import Bbox

    _lay_out(ax.figure)
    pixels = ax.transData.transform(xy)
    pad = reach * ax.figure.dpi / 72
    return [Bbox.from_extents(x - pad, y - pad, x + pad, y + pad) for x, y in pixels]


def _keep_clear(ax, xy: np.ndarray) -> None:
    """Let later labels avoid a line: its points count as small dots."""
    seen = xy[~np.isnan(xy).any(axis=1)]
    if len(seen):
        _boxes(ax).extend(_dot_boxes(ax, seen, 1.5))


def _label(ax, place, text: str, reach: float, look: dict) -> None:
    """Write a label on the side of its dot where it overlaps least; near sides are tried first."""
    best = None
    for distance, (dx, dy, ha, va) in product((reach + 2, reach + 7, reach + 13), _DIRECTIONS):
        note = ax.annotate(
            text, place, (dx * distance, dy * distance), textcoords="offset points", ha=ha, va=va, zorder=6, **look
        )
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
    _boxes(ax).append(best[2])
    best[1].set_gid(RIM)


def _overlap(box, others) -> float:
    total = 0.0
    for other in others:
        wide = min(box.x1, other.x1) - max(box.x0, other.x0)
        high = min(box.y1, other.y1) - max(box.y0, other.y0)
        if wide > 0 and high > 0:
            total += wide * high
    return total


def _outside(box, ax) -> float:
    frame = ax.get_window_extent()
    beyond = (
        max(frame.x0 - box.x0, 0) + max(box.x1 - frame.x1, 0) + max(frame.y0 - box.y0, 0) + max(box.y1 - frame.y1, 0)
    )
    return beyond * box.height
