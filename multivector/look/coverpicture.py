"""The book's cover: a picture for e-books, its title above a globe seen from above Kazakhstan; the globe for print."""

import textwrap

from multivector.cite import citing
from multivector.look import figures, maps

SIZE = (1600, 2400)
"""Width and height in pixels; e-readers ask for about this shape."""
_DPI = 300
_LEFT = 0.085
_WIDEST = {"title": 16, "subtitle": 38}  # letters in a line


def described() -> str:
    """Text equivalent of the cover."""
    return f"Cover: {citing.work().title}. A globe seen from above Kazakhstan, which is coloured."


def png() -> bytes:
    """The cover, the same bytes for the same edition."""
    return figures.png(draw(), _DPI)


def globe() -> str:
    """The globe alone, as SVG."""
    fig, ax = figures.canvas(height=6)
    maps.globe(ax, "KAZ")
    return figures.svg(fig, "")


def draw():
    """The cover as a figure in the book's style."""
    fig, ax = figures.canvas()
    fig.set_size_inches(*(side / _DPI for side in SIZE))
    fig.set_layout_engine("none")
    fig.set_facecolor(figures.COLOUR["seq5"])
    ax.set_position((0.16, 0.1, 0.97, 0.6467))  # runs off the right edge
    maps.globe(ax, "KAZ")
    work = citing.work()
    title, _, subtitle = work.title.partition(": ")
    lower = _write(fig, 0.945, textwrap.fill(title, _WIDEST["title"]), 26, fontweight="bold")
    _write(fig, lower - 0.02, textwrap.fill(subtitle[:1].upper() + subtitle[1:], _WIDEST["subtitle"]), 12)
    _write(fig, 0.065, f"{', '.join(work.authors)}\nVersion {work.version}", 9)
    return fig


def _write(fig, top: float, text: str, size: float, **look) -> float:
    """Write lines from ``top`` (a share of the height) downwards; gives where they end."""
    colour = figures.COLOUR["paper"]
    written = fig.text(_LEFT, top, text, va="top", size=size, color=colour, linespacing=1.25, **look)
    return fig.transFigure.inverted().transform(written.get_window_extent())[0][1]
