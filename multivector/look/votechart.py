"""Pictures of votes: a square a vote with its letter, and lines of agreement with their names at the end.

Votes have colours of their own, which are no state's. What is drawn comes from findings; nothing is decided here.
"""

import pandas as pd

from multivector.look import figures
from multivector.look.figures import COLOUR

COLOURS = {
    "for": "vote_for",
    "against": "vote_against",
    "abstain": "vote_abstain",
    "not_voting": "vote_none",
    "unknown": "none",
}
"""Colour of each vote, by the name it has in the tables."""
WORDS = {"for": "For", "against": "Against", "abstain": "Abstained", "not_voting": "Took no part"}
_KEY = "Y for · A abstained · N against\n– took no part · ? not known"


def square(ax, x: float, y: float, vote: str, letter: str, *, full: bool = True) -> None:
    """One vote at a place: filled, or only outlined if it decides nothing or is not listed by a source."""
    colour = COLOUR[COLOURS[vote]]
    ax.add_patch(figures.plt.Rectangle((x - 0.46, y - 0.45), 0.92, 0.9, ec=colour, fc=colour if full else "none", lw=1))
    ink = COLOUR["on_fill" if full and vote != "unknown" else "ink"]
    ax.text(x, y + 0.03, letter, ha="center", va="center", color=ink, weight="bold", fontsize=10)


def record(ax, frame: pd.DataFrame, *, invasion: str) -> None:
    """One state's votes on texts by kind (rows) and year (columns).

    ``frame``: ``date``, ``row``, ``vote``, ``letter``, ``later``, in the order in which rows are to stand. Later votes
    are outlined; a dashed line stands before the year of the ``invasion`` (ISO day). Every year has a column.
    """
    rows, found = list(dict.fromkeys(frame["row"])), frame["date"].str[:4].astype(int)
    years = list(range(found.min(), found.max() + 1))
    for text in frame.itertuples():
        square(ax, years.index(int(text.date[:4])), rows.index(text.row), text.vote, text.letter, full=not text.later)
    _as_grid(ax, rows, [f"’{year % 100:02}" for year in years])
    ax.axvline(years.index(int(invasion[:4])) - 0.5, color=COLOUR["ink"], lw=1.2, ls="--")
    ax.set_xlabel(_KEY, fontsize=10)


def grid(ax, frame: pd.DataFrame, *, groups: list[int]) -> None:
    """Votes of states (rows) on texts (columns): ``name``, ``short``, ``vote``, ``letter``, ``basis``.

    The first state stands out; ``groups`` are the numbers of rows after which a gap is left.
    """
    names, texts = list(dict.fromkeys(frame["name"])), list(dict.fromkeys(frame["short"]))
    places = {name: at + 0.35 * sum(at >= limit for limit in groups) for at, name in enumerate(names)}
    for cell in frame.itertuples():
        square(ax, texts.index(cell.short), places[cell.name], cell.vote, cell.letter, full=cell.basis == "listed")
    _as_grid(ax, names, texts)
    ax.set_yticks(list(places.values()), names)
    ax.set_ylim(max(places.values()) + 0.5, -0.6)
    ax.get_yticklabels()[0].set_weight("bold")
    ax.set_xticklabels(texts, rotation=38, ha="left")
    ax.set_xlabel(_KEY, fontsize=10)


def _as_grid(ax, rows: list[str], columns: list[str]) -> None:
    ax.set(xlim=(-0.5, len(columns) - 0.5), ylim=(len(rows) - 0.5, -0.6))
    ax.set_yticks(range(len(rows)), rows)
    ax.set_xticks(range(len(columns)), columns)
    ax.tick_params(length=0, labeltop=True, labelbottom=False)
    ax.spines[:].set_visible(False)


def lines(ax, frame: pd.DataFrame, colours: dict[str, str], *, value: str, gap: float) -> None:
    """A line a counterpart with its name at the end; years after the day of judgement are hollow dots.

    ``frame``: ``counterpart``, ``year``, ``later`` and the column ``value``; ``colours`` names colours in the order of
    importance; ``gap`` is the least distance between two names, in units of the axis.
    """
    ends = {}
    for name, colour in colours.items():
        line = frame[frame["counterpart"] == name].dropna(subset=[value]).set_index("year")
        if line.empty:
            continue
        known, after = line[~line["later"]], line[line["later"]]
        style = "--" if colour == "muted" else "-"
        ax.plot(known.index, known[value], color=COLOUR[colour], ls=style)
        ax.plot(after.index, after[value], "o", mfc=COLOUR["paper"], color=COLOUR[colour], ms=5)
        ends[name] = line[value].iloc[-1]
    height = float("inf")
    for name in sorted(ends, key=ends.__getitem__, reverse=True):
        height = min(ends[name], height - gap)
        ax.text(frame["year"].max() + 0.7, height, name, color=COLOUR[colours[name]], va="center", fontsize=10)
    ax.set_xlim(frame["year"].min() - 0.5, frame["year"].max() + 0.5)
    ax.grid(axis="y")
