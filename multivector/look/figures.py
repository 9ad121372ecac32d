"""How a figure looks and how it is shown: one style, light and dark, with everything a reader is owed.

    fig, ax = figures.canvas(height=3.2)
    ax.plot(frame["year"], frame["share"], color=figures.COLOUR["KAZ"])
    figures.show(fig, "fig-war-slavs", data=frame)

What ``show`` displays is self-contained HTML (SVG, PNG and CSV travel inside). In the book the Sphinx extension moves
the files out of the page, adds the dark drawing, and puts in what the page says of the figure under its cell: title,
alternative text, caption and sources (``captions``). Nothing here knows what a figure is about.
"""

import base64
import html
import io
import itertools
import re
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from multivector.errors import BookError, NoData
from multivector.look import captions

_LIGHT_DARK = {
    "ink": ("#1c2127", "#e8eaed"),
    "muted": ("#596069", "#a9b1ba"),
    "grid": ("#d7dbe0", "#3d444d"),
    "paper": ("#fefefe", "#14181d"),
    "land": ("#e6e4dd", "#343a41"),
    "sea": ("#eef3f7", "#1b232b"),
    "KAZ": ("#00768a", "#35bccf"),
    "RUS": ("#b5391f", "#f0825f"),
    "CHN": ("#946700", "#e6b93d"),
    "USA": ("#2b5cab", "#86aef0"),
    "EU": ("#5b4a9e", "#b3a3ee"),
    "TUR": ("#a3346f", "#ee8fc0"),
    "UZB": ("#3c7a35", "#86c97c"),
    "KGZ": ("#7a5a36", "#cfa578"),
    "TJK": ("#6b6d1c", "#c3c566"),
    "TKM": ("#2f7d6b", "#74cbb6"),
    "AZE": ("#3f7396", "#8cc0e2"),
    "IND": ("#8a4b1f", "#e09a68"),
    "other": ("#6d747c", "#8f979f"),
    "minister": ("#005f73", "#6fd0df"),
    "officials": ("#4b3d8f", "#bfb1f2"),
    "author_reading": ("#8a2f5c", "#f0a3ca"),
    "author_criticism": ("#4f1533", "#ffd3ea"),
    "background": ("#4a525b", "#b3bac2"),
    "c1": ("#00768b", "#35bcd0"),
    "c2": ("#b5391e", "#f0825e"),
    "c3": ("#2b5cac", "#86aef1"),
    "c4": ("#946701", "#e6b93e"),
    "c5": ("#5b4a9f", "#b3a3ef"),
    "c6": ("#3c7a36", "#86c97d"),
    "c7": ("#a33470", "#ee8fc1"),
    "c8": ("#7a5a37", "#cfa579"),
    "good": ("#1f7a4d", "#5fc794"),
    "mixed": ("#a06a00", "#e2b04a"),
    "bad": ("#b03a48", "#f08a95"),
    "vote_for": ("#137a63", "#4fc9a8"),
    "vote_against": ("#8a1f5c", "#ea8fc4"),
    "vote_abstain": ("#7d6a2c", "#c9b46a"),
    "vote_none": ("#6b7178", "#9aa1a8"),
    "none": ("#c3c8ce", "#565e67"),
    "on_fill": ("#fffffe", "#0b0e12"),
    "seq0": ("#e3f1f2", "#173338"),
    "seq1": ("#b9dde1", "#1d4a52"),
    "seq2": ("#84c3ca", "#26656f"),
    "seq3": ("#4aa2ae", "#33838f"),
    "seq4": ("#1b7e8d", "#56a9b4"),
    "seq5": ("#0b5866", "#92d2da"),
}
COLOUR = {name: pair[0] for name, pair in _LIGHT_DARK.items()}
"""Named colours; every one has a partner for dark mode, so a figure uses no others."""
_TO_DARK = dict(_LIGHT_DARK.values())

WIDTH = 4.5
"""Width of every figure in inches: on a phone 390 pixels wide its 10 pt labels are 12 pixels high."""
_DESIGN = 6.0
"""Heights are given for a figure this wide and shrink with it, so that a map keeps its shape."""
_STYLE: Any = {
    "font.family": "DejaVu Sans",  # ships with matplotlib; has every Kazakh and Russian letter
    "font.size": 11,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 10,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "legend.fontsize": 10,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": COLOUR["muted"],
    "axes.labelcolor": COLOUR["ink"],
    "axes.titlecolor": COLOUR["ink"],
    "axes.facecolor": "none",
    "axes.axisbelow": True,
    "grid.color": COLOUR["grid"],
    "text.color": COLOUR["ink"],
    "xtick.color": COLOUR["muted"],
    "ytick.color": COLOUR["muted"],
    "xtick.labelcolor": COLOUR["ink"],
    "ytick.labelcolor": COLOUR["ink"],
    "figure.facecolor": COLOUR["paper"],
    "lines.linewidth": 2,
    "svg.fonttype": "none",  # text stays text: selectable, searchable, read aloud
    "svg.hashsalt": "multivector",  # the same ids in every build
}
RIM = "rim"
"""Texts with this ``gid`` get a rim in the colour of the page, drawn by style: they stay text."""
_RIM_STYLE = (
    f'[id^="{RIM}-"] text{{paint-order:stroke;stroke:{COLOUR["paper"]};stroke-width:2.5px;stroke-linejoin:round}}'
)
_NAME = re.compile(r"fig-[a-z0-9]+(-[a-z0-9]+)*")
_HEX = re.compile(r"#[0-9a-f]{6}")
_NUMBERS = re.compile(r'(?<= d=")[^"]+')
_DECIMALS = re.compile(r"-?\d+\.\d{2,}")
_LONG = 2000
_USUAL = "".join(map(chr, (*range(32, 127), *range(160, 256)))) + "‐‑–—‘’“”…−×≥≤→"
_FILES = {"bold": "DejaVuSans-Bold.ttf", "normal": "DejaVuSans.ttf"}
_NOT_DRAWN = ["DSIG", "FFTM", "GDEF", "GPOS", "GSUB", "MATH"]
_PARTS_WIDE = 1000
_HINT = '<p class="mv-hint">Point at or tap an area to read its value; by keyboard, Tab and the arrow keys.</p>'
_TEXT = re.compile(r"(<text[^>]*)>(.*?)</text>", re.S)
_TAG = re.compile(r"<[^>]+>")


def __getattr__(name: str):
    """``plt``, loaded by who draws."""
    if name == "plt":
        import matplotlib.pyplot as plt

        return plt
    raise AttributeError(name)


def canvas(height: float = 3.6, rows: int = 1, columns: int = 1, **subplots):
    """``(figure, axes)`` in the book's style; ``height`` to a width of 6 inches; else like ``plt.subplots``."""
    import matplotlib.pyplot as plt

    plt.rcdefaults()  # a reader's own settings would move what is drawn
    plt.rcParams.update(_STYLE)
    size = (WIDTH, height * WIDTH / _DESIGN)
    fig, axes = plt.subplots(rows, columns, figsize=size, layout="constrained", **subplots)
    plt.close(fig)  # only `show` displays it: what is open at the end of a cell is printed there as well
    return fig, axes


def prepare() -> None:
    """Load what the first figure of a process needs, fonts above all: for a process that others are forked from."""
    fig, axes = canvas()
    axes.set_title("A heading is bold")
    svg(fig, "none")
    png(fig)


def show(fig, name: str = "", *, fold: bool = False, data=None, **options) -> None:
    """Display a figure with its downloads; a ``{caption}`` of the page with the same id says what it shows.

    ``name`` is the permanent id (``fig-war-slavs``). ``data`` is the frame that was plotted, offered as CSV.
    ``fold`` shows the title alone, which opens to the rest: for what supports a point that the text has made.
    Other options as for ``markup``. Raises ``BookError`` (one line) if name or data are missing, or a colour has no
    dark partner.
    """
    shown = markup(fig, name=name, data=data, **options)
    put(folded(shown, name) if fold else shown)


def put(shown: str) -> None:
    """Display HTML under a cell."""
    from IPython.display import HTML, display

    display(HTML(shown))


def folded(shown: str, name: str) -> str:
    """The HTML of a figure or table behind its title."""
    summary = f'<summary class="mv-fold">{captions.awaited(name)}</summary>'
    return f'<details class="mv-folded">{summary}{shown}</details>'


@contextmanager
def if_known(name: str):
    """Run the drawing of a figure, or the making of a table, unless data are missing: then the reason stands there.

    ``with figures.if_known("fig-order-giants"): …`` keeps a page whole for a state of which the tables know too
    little; ``name`` is the id of the figure or table, so that links to it still lead somewhere.
    """
    try:
        yield
    except NoData as reason:
        kind = "table" if name.startswith("tab-") else "figure"
        title = html.escape(f"No {kind}: {reason}.")
        put(f'<figure class="mv-{kind}" id="{name}"><p class="mv-title">{title}</p></figure>')


def markup(fig, *, name: str, data, sources=None, parts=(), note="") -> str:
    """The HTML of a figure.

    ``sources`` are ids of the sources table that only code can gather, by default those that rows of ``data`` name.
    ``parts`` makes areas of the picture speak when pointed at or reached with the keyboard: pairs of rings of points
    and a short text, as ``maps.parts`` gives them. ``note`` ends the caption, as ``maps.NOTE`` does under a map.
    """
    _require(name, data)
    lay_out(fig)
    fig.set_layout_engine(None)  # placed once: otherwise both files would be drawn twice, and placed each time
    drawing = svg(fig, name)
    width, height = (round(inches * 96) for inches in fig.get_size_inches())
    title = captions.awaited(name)
    links = [
        _link("SVG", f"{name}.svg", "image/svg+xml", drawing.encode()),
        _link("PNG", f"{name}.png", "image/png", png(fig)),
    ]
    picture = f'<img class="mv-picture" src="{_data_uri("image/svg+xml", drawing.encode())}" data-file="{name}.svg"'
    picture = f'{picture} width="{width}" height="{height}" loading="lazy" alt="{title}">'
    if parts:
        picture = f'<div class="mv-stage">{picture}{_overlay(parts, height / width)}</div>{_HINT}'
    foot = ending(name, captions.foot(data, sources, note), data, *links)
    return f'<figure class="mv-figure" id="{name}"><p class="mv-title">{title}</p>\n{picture}\n{foot}'


def ending(name: str, foot: str, data: pd.DataFrame, *links: str) -> str:
    """What ends the HTML of a figure or table: the ``foot`` for its text, and its downloads, the data first."""
    downloads = " ".join([_link("Data (CSV)", f"{name}.csv", "text/csv", csv_bytes(data)), *links])
    return f'<figcaption>{foot}<span class="mv-links">{downloads}</span></figcaption></figure>'


def lay_out(fig) -> None:
    """Let matplotlib place the axes, so that what is measured or drawn next stands where it will be."""
    if engine := fig.get_layout_engine():
        engine.execute(fig)
    for ax in fig.axes:
        ax.apply_aspect()


def _overlay(parts, ratio: float) -> str:
    """Areas over a picture, with a text each: seen on hover and focus by style alone, read out by their label."""
    drawn = "".join(
        f'<g class="mv-part" tabindex="0" role="img" aria-label="{html.escape(text)}">'
        f'<path d="{_outline(rings, ratio)}"/><text y="6" dominant-baseline="hanging">{_two_lines(text)}</text></g>'
        for rings, text in parts
    )
    return f'<svg class="mv-parts" viewBox="0 0 {_PARTS_WIDE} {round(_PARTS_WIDE * ratio)}">{drawn}</svg>'


def _two_lines(text: str) -> str:
    name, _, value = text.partition(": ")
    return f'<tspan x="8">{html.escape(name)}: </tspan><tspan x="8" dy="1.15em">{html.escape(value)}</tspan>'


def _outline(rings, ratio: float) -> str:
    steps = []
    for ring in rings:
        points = [(round(x * _PARTS_WIDE), round(y * _PARTS_WIDE * ratio)) for x, y in ring]
        moves = [(x - a, y - b) for (a, b), (x, y) in zip(points, points[1:], strict=False) if (x, y) != (a, b)]
        steps.append(f"M{points[0][0]},{points[0][1]}l" + " ".join(f"{x},{y}" for x, y in moves) + "z")
    return "".join(steps)


def svg(fig, title: str) -> str:
    """The figure as SVG in light colours: text as text, its letters embedded, the same bytes every time."""
    buffer = io.StringIO()
    fig.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Title": title})
    drawing = buffer.getvalue()
    drawing = _NUMBERS.sub(_rounded, drawing[drawing.index("<svg") :])
    rims = itertools.count(1)
    drawing = re.sub(f'id="{RIM}"', lambda _: f'id="{RIM}-{next(rims)}"', drawing)  # no id twice
    strangers = sorted(set(_HEX.findall(drawing)) - set(_TO_DARK) - {"#000000"})
    if strangers:
        raise BookError(f"figure {title}: colour {strangers[0]} has no partner for dark mode; use figures.COLOUR")
    return _with_font(drawing.replace("#000000", COLOUR["ink"]))


def _rounded(path: re.Match) -> str:
    """Coordinates to a hundredth of a point, of coasts and borders to a tenth: nobody sees the rest, all would load it."""
    digits = 1 if len(path.group()) > _LONG else 2
    return _DECIMALS.sub(lambda number: f"{float(number.group()):.{digits}f}".rstrip("0").rstrip("."), path.group())


def dark(drawing: str) -> str:
    """The same SVG for a dark page: every named colour replaced by its partner."""
    return _HEX.sub(lambda match: _TO_DARK.get(match.group(), match.group()), drawing)


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """The frame as UTF-8 CSV with at most ten significant digits, so that machines agree on the bytes."""
    frame = pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))
    named = any(frame.index.names) or not isinstance(frame.index, pd.RangeIndex)
    return frame.to_csv(index=named, float_format="%.10g", lineterminator="\n").encode()


def _require(name, data) -> None:
    what = f"figure {name or '(unnamed)'}"
    if not _NAME.fullmatch(name or ""):
        raise BookError(f"{what}: name is {name!r}; expected a permanent id such as fig-war-slavs")
    if data is None or len(data) == 0:
        raise BookError(f"{what}: data is missing; pass the frame that was plotted")


def png(fig, dpi: int = 200) -> bytes:
    """The figure as a picture, the same bytes every time."""
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", dpi=dpi, metadata={"Software": None})
    return buffer.getvalue()


def _link(text: str, file: str, mime: str, content: bytes) -> str:
    return f'<a class="mv-download" download="{file}" href="{_data_uri(mime, content)}" data-file="{file}">{text}</a>'


def _data_uri(mime: str, content: bytes) -> str:
    return f"data:{mime};base64,{base64.b64encode(content).decode()}"


def _with_font(drawing: str) -> str:
    """Embed the letters in use: an SVG shown as an image cannot reach any font of the page."""
    letters: dict[str, set[str]] = {"bold": set(), "normal": set()}
    for look, words in _TEXT.findall(drawing):
        weight = "bold" if re.search(r"font[^;\"]*(bold|700)", look) else "normal"
        letters[weight] |= set(html.unescape(_TAG.sub("", words)))
    faces = "".join(
        f"@font-face{{font-family:'DejaVu Sans';font-weight:{weight};"
        f"src:url({_data_uri('font/woff', _font(weight, ''.join(sorted(used))))})}}"
        for weight, used in letters.items()
        if used - {"\n"}
    )
    head, rest = drawing.split(">", 1)
    rims = _RIM_STYLE if f'id="{RIM}-' in drawing else ""
    return f"{head}><style>{faces}{rims}</style>{rest}"


@cache
def _font(weight: str, letters: str, flavour: str | None = "woff") -> bytes:
    """Letters cut out of the font. Usual ones are cut out of a font of few, itself cut out once, and not of thousands."""
    import matplotlib
    from fontTools import subset
    from fontTools.ttLib import TTFont

    if set(letters) < set(_USUAL):
        whole = _font(weight, _USUAL, None)
    else:
        whole = (Path(matplotlib.get_data_path()) / "fonts" / "ttf" / _FILES[weight]).read_bytes()
    font = TTFont(io.BytesIO(whole), recalcTimestamp=False, lazy=True)
    worker = subset.Subsetter(subset.Options(hinting=False, notdef_outline=True, drop_tables=_NOT_DRAWN))
    worker.populate(text=letters)
    worker.subset(font)
    font.flavor = flavour
    buffer = io.BytesIO()
    font.save(buffer)
    return buffer.getvalue()
