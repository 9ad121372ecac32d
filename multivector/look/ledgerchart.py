"""Picture of the whole ledger: one mark a claim, a row for each type, marks in order of verdict."""

from typing import Any

import pandas as pd

from multivector.facts.verdicts import TYPES, VERDICTS
from multivector.look import figures
from multivector.look.figures import COLOUR

_SIZE = 6.2  # of a mark, in points; the widest row then leaves a gap between its marks
_MARKS: dict[str, dict[str, Any]] = {
    "supported": {"marker": "o", "color": COLOUR["good"]},
    "qualified": {"marker": "o", "color": COLOUR["good"], "fillstyle": "left"},
    "contested": {"marker": "D", "color": COLOUR["mixed"], "markersize": _SIZE * 0.8},
    "not_supported": {"marker": "X", "color": COLOUR["bad"]},
    "not_verified": {"marker": "o", "color": COLOUR["other"], "fillstyle": "none"},
    "not_testable": {"marker": "_", "color": COLOUR["other"], "markersize": _SIZE * 0.9, "markeredgewidth": 2.4},
}
"""Shape and colour of each verdict, after the symbols that the pages use."""
_KEY_COLUMNS = 2


def draw(counts: pd.DataFrame, title: str = ""):
    """A figure with one mark for each claim; ``title`` is for use outside the book, whose captions hold it."""
    fig, ax = figures.canvas(height=4.2 + 0.3 * title.count("\n") + 0.3 * bool(title))
    for row, kind in enumerate(counts.index):
        ordered = counts.columns.repeat(counts.loc[kind])
        for place, verdict in enumerate(ordered):
            _mark(ax, place, row, verdict)
        ax.text(len(ordered) - 0.2, row, str(len(ordered)), va="center", color=COLOUR["muted"])
    widest = int(counts.sum(axis=1).max())
    _key(ax, widest, len(counts))
    ax.set(xlim=(-0.8, widest + 0.9), ylim=(len(counts) + 2.2, -0.6), xticks=[])
    ax.set_yticks(range(len(counts)), [TYPES[kind] for kind in counts.index])
    ax.tick_params(length=0)
    ax.set_frame_on(False)
    if title:
        fig.suptitle(title, x=0.01, ha="left", fontsize=12, fontweight="bold")
    return fig


def _mark(ax, x: float, y: float, verdict: str, **look) -> None:
    usual = {"markersize": _SIZE, "markeredgewidth": 1.2, "fillstyle": "full", "linestyle": "none"}
    ax.plot(x, y, markerfacecoloralt=COLOUR["paper"], **usual | _MARKS[verdict] | look)


def _key(ax, widest: int, below: int) -> None:
    """What each mark means, under the rows."""
    ax.axhline(below - 0.35, color=COLOUR["grid"], linewidth=0.8)
    step = (widest + 8.5) / _KEY_COLUMNS
    for index, (verdict, name) in enumerate(VERDICTS.items()):
        line, column = divmod(index, _KEY_COLUMNS)
        x, y = column * step - 7.3, below + 0.15 + line * 0.8
        _mark(ax, x, y, verdict, clip_on=False)
        ax.text(x + 0.8, y, name.replace("Supported with a", "With"), va="center", fontsize=10)
