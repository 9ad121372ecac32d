"""Kinds of drawing that several chapters need, labelled directly: pairs and strips of dots, bars whole and divided, shares,
ends of lines.

Each function draws on axes that the caller made with ``figures.canvas`` and takes colours from ``figures.COLOUR``.
Nothing here knows what the numbers mean.
"""

import pandas as pd

from multivector.look.figures import COLOUR


def pairs(ax, names, before, after, heads: tuple[str, str], accent=(), labels=()) -> None:
    """One row a name: a hollow dot for the first value, a full one for the second, a line between; first name lowest.

    ``heads`` stand above the two dots of the uppermost row. Names in ``accent`` get the accent colour, all others
    grey; ``labels`` stand to the right of the dots, one a row.
    """
    names, before, after = list(names), list(before), list(after)
    for place, (name, first, last) in enumerate(zip(names, before, after, strict=True)):
        tone = COLOUR["c1" if name in accent else "other"]
        ax.plot([first, last], [place, place], color=tone, lw=2.4 if name in accent else 1.2)
        ax.plot(first, place, "o", color=tone, mfc=COLOUR["paper"])
        ax.plot(last, place, "o", color=tone)
    room = 0.03 * (max(before + after) - min([*before, *after, 0]))
    for place, label in enumerate(labels):
        ax.text(max(before[place], after[place]) + room, place, label, va="center")
    for head, value in zip(heads, (before[-1], after[-1]), strict=True):
        ax.text(value, len(names) - 0.45, head, ha="center")
    ax.set(yticks=range(len(names)), yticklabels=names, ylim=(-0.6, len(names)))


def bars(ax, names, values, tones, form: str) -> None:
    """A horizontal bar a name, first name uppermost, with its value beside it and no axis of values.

    ``tones`` are names of ``figures.COLOUR``; ``form`` is a format such as ``{:+.0f}%``. The minus is a true minus.
    """
    names, values = list(names), list(values)
    ax.barh(range(len(names)), values, color=[COLOUR[tone] for tone in tones], height=0.62)
    span = max(*values, 0) - min(*values, 0)
    for place, value in enumerate(values):
        side = "right" if value < 0 else "left"
        text = form.format(value).replace("-", "\N{MINUS SIGN}")
        ax.text(value + (0.02 if value >= 0 else -0.02) * span, place, text, va="center", ha=side)
    ax.set(yticks=range(len(names)), yticklabels=names, ylim=(len(names) - 0.4, -0.6), xticks=[])
    ax.set_xlim(min(*values, 0) - (0.32 * span if min(values) < 0 else 0), max(*values, 0) + 0.22 * span)
    ax.spines[["bottom", "left"]].set_visible(False)
    ax.tick_params(left=False)


def hundred(ax, names, shares, tones, size: float) -> None:
    """A row a name, first name uppermost: a dot at its share of a hundred on a line, dashed at the half.

    ``tones`` are names of ``figures.COLOUR``; ``size`` is the diameter of a dot in points.
    """
    rows = range(len(names))
    ax.hlines(rows, 0, shares, color=COLOUR["grid"], lw=2, zorder=1)
    ax.axvline(50, color=COLOUR["ink"], lw=1.2, ls="--", zorder=1.5)
    ax.scatter(shares, rows, s=size**2, color=[COLOUR[tone] for tone in tones], zorder=2, clip_on=False)
    ax.set_yticks(rows, names)
    ax.set(xlim=(0, 100), ylim=(len(names) - 0.4, -0.6))
    ax.tick_params(axis="y", length=0, pad=9)


def stack(ax, places, parts, tones, height: float = 0.74) -> None:
    """Horizontal bars at ``places``, divided into ``parts`` from left to right: a length, or one a bar, for each tone.

    ``tones`` are names of ``figures.COLOUR``. A thin gap parts neighbours, so that they may share a tone.
    """
    left = 0 * places
    for part, tone in zip(parts, tones, strict=True):
        ax.barh(places, part, left=left, height=height, color=COLOUR[tone], edgecolor=COLOUR["paper"])
        left = left + part
    ax.spines[:].set_visible(False)
    ax.tick_params(axis="y", length=0)


def end(ax, place, text: str, shift: tuple[float, float], tone: str, bold: bool = False) -> None:
    """Name a line at its end, a ``place`` (x, y) of the data, ``shift`` points away."""
    look = {"color": COLOUR[tone], "va": "center", "weight": "bold" if bold else "normal"}
    ax.annotate(text, place, shift, textcoords="offset points", **look)


def strip(ax, values: pd.Series, step: float, accent) -> None:
    """A dot a value, stacked in steps; those for which ``accent`` is true are drawn in the accent colour."""
    column = (values // step).astype(int)
    height = values.groupby(column).cumcount()
    tones = [COLOUR["c1" if one else "other"] for one in accent]
    ax.scatter((column + 0.5) * step, height, s=22, color=tones, lw=0)
    ax.set(yticks=[], ylim=(-1, height.max() + 2))
    ax.spines["left"].set_visible(False)
