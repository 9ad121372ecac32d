"""Picture of the whole ledger: one mark a claim, a row for each type, marks in order of verdict."""

from __future__ import annotations

from typing import Any

import pandas as pd

from multivector.facts.verdicts import TYPES, VERDICTS
from multivector.look import figures

_SIZE = 7.0  # of a mark, in points; the widest row then leaves a gap between its marks
_MARKS: dict[str, dict[str, Any]] = {
    "supported": {"marker": "o", "color": figures.COLOUR["good"]},
    "qualified": {"marker": "o", "color": figures.COLOUR["good"], "fillstyle": "left"},
    "contested": {"marker": "D", "color": figures.COLOUR["mixed"], "markersize": _SIZE * 0.8},
    "not_supported": {"marker": "X", "color": figures.COLOUR["bad"]},
    "not_verified": {"marker": "o", "color": figures.COLOUR["other"], "fillstyle": "none"},
    "not_testable": {
        "marker": "_",
        "color": figures.COLOUR["other"],
        "markersize": _SIZE * 0.9,
        "markeredgewidth": 2.4,
    },
}
"""Shape and colour of each verdict, after the symbols that the pages use."""
_KEY_COLUMNS = 2


def draw(counts: pd.DataFrame, title: str = ""):
    """A figure with one mark for each claim; ``title`` is for use outside the book, whose captions hold it."""
    fig, ax = figures.canvas(height=4.2 + 0.3 * title.count("\n") + 0.3 * bool(title))
    for row, kind in enumerate(counts.index):
        ordered = [verdict for verdict, number in counts.loc[kind].items() for _ in range(number)]
        for place, verdict in enumerate(ordered):
            _mark(ax, place, row, verdict)
        ax.text(len(ordered) - 0.2, row, str(len(ordered)), va="center", color=figures.COLOUR["muted"])
    widest = int(counts.sum(axis=1).max())
    _key(ax, widest, len(counts))
    ax.set_xlim(-0.8, widest + 0.9)
    ax.set_ylim(len(counts) + 2.2, -0.6)
    ax.set_xticks([])
    ax.set_yticks(range(len(counts)), [TYPES[kind] for kind in counts.index])
    ax.tick_params(length=0)
    ax.set_frame_on(False)
    if title:
        fig.suptitle(title, x=0.01, ha="left", fontsize=12, fontweight="bold")
    return fig


def _mark(ax, x: float, y: float, verdict: str) -> None:
    look = {"markersize": _SIZE, "markeredgewidth": 1.2, "fillstyle": "full", "linestyle": "none"} | _MARKS[verdict]
    ax.plot(x, y, markerfacecoloralt=figures.COLOUR["paper"], **look)


def _key(ax, widest: int, below: int) -> None:
    """What each mark means, under the rows."""
    ax.axhline(below - 0.35, color=figures.COLOUR["grid"], linewidth=0.8)
    step = (widest + 8.5) / _KEY_COLUMNS
    for index, (verdict, name) in enumerate(VERDICTS.items()):
        line, column = divmod(index, _KEY_COLUMNS)
        x, y = column * step - 7.3, below + 0.15 + line * 0.8
        _mark(ax, x, y, verdict)
        ax.text(x + 0.8, y, name.replace("Supported with a", "With"), va="center", fontsize=10)
        for artist in (ax.lines[-1], ax.texts[-1]):
            artist.set_clip_on(False)
