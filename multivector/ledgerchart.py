"""Picture of the whole ledger: one mark a claim, type by verdict."""

from __future__ import annotations

import pandas as pd

from multivector import claims, figures

_FACTS = ["fact-event", "fact-numeric", "fact-membership"]
_PER_ROW = 7  # marks side by side in a cell before a new line starts
_MARKERS = {
    "supported": ("o", "good", True),
    "qualified": ("o", "good", False),
    "contested": ("D", "mixed", True),
    "not_supported": ("X", "bad", True),
    "not_verified": ("o", "other", False),
    "not_testable": ("_", "other", True),
}


def finding(counts: pd.DataFrame) -> str:
    """The picture's point in a sentence, computed from the counts."""
    facts, causes = counts.loc[_FACTS].sum(), counts.loc["causal"]
    held = facts["supported"] + facts["qualified"]
    return (
        f"{held} of {facts.sum()} facts hold in full or with a qualification, "
        f"but {causes['supported']} of {causes.sum()} causal claims do without one"
    )


def described(counts: pd.DataFrame) -> str:
    """Text equivalent of the picture: each row with its numbers."""
    rows = []
    for kind, row in counts.iterrows():
        parts = [f"{number} {claims.VERDICTS[verdict].lower()}" for verdict, number in row.items() if number]
        rows.append(f"{claims.TYPES[kind]}: {', '.join(parts) or 'none'}")
    return f"{finding(counts)}. {'; '.join(rows)}."


def draw(counts: pd.DataFrame):
    """A figure with one mark for each claim; columns are verdicts, rows are types of claim."""
    fig, ax = figures.canvas(height=4.6)
    for row, kind in enumerate(counts.index):
        for column, verdict in enumerate(counts.columns):
            _cell(ax, row, column, verdict, int(counts.loc[kind, verdict]))
    ax.set_xlim(-0.55, len(counts.columns) - 0.45)
    ax.set_ylim(len(counts) - 0.45, -0.6)
    labels = ["Supported", "With quali-\nfication", "Contested", "Not\nsupported", "Not\nverified", "Not\ntestable"]
    ax.set_xticks(range(len(counts.columns)), labels)
    ax.set_yticks(range(len(counts)), [claims.TYPES[kind].replace(": ", ":\n") for kind in counts.index])
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    ax.set_frame_on(False)
    for row in range(1, len(counts)):
        ax.axhline(row - 0.5, color=figures.COLOUR["grid"], linewidth=0.8)
    return fig


def _cell(ax, row: int, column: int, verdict: str, number: int) -> None:
    marker, colour, filled = _MARKERS[verdict]
    lines = -(-number // _PER_ROW)
    for index in range(number):
        line, place = divmod(index, _PER_ROW)
        ax.plot(
            column - 0.36 + place * 0.115,
            row + (line - (lines - 1) / 2) * 0.2,
            marker=marker,
            markersize=6,
            linestyle="none",
            markeredgewidth=1.6,
            color=figures.COLOUR[colour],
            markerfacecolor=figures.COLOUR[colour] if filled else "none",
        )
