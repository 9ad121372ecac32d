"""Hypothetical changes of the tables under which a claim's condition would turn false.

What the ledger names under "what would change this" is told here in rows: to add, to change or to drop. They are
invented, stand in ``data/flips.csv`` alone, and are applied to copies of the tables in memory. A guard that no such
event can turn false would guard nothing.

    >>> from multivector.ledger import flips
    >>> flips.of("C-06")[0].event
    'A decree that ends his term before the Forum'
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import pandas as pd

from multivector.errors import BookError
from multivector.facts import tables
from multivector.facts.rows import where
from multivector.findings import Desk

HYPOTHETICAL = "hypothetical"
"""Source of an added row that names none: it stands for one source, and for none that exists."""


@dataclass(frozen=True)
class Step:
    """One change of one table: cells are texts, as in its file."""

    table: str
    action: str
    where: dict[str, str]
    cells: dict[str, str]
    times: int


@dataclass(frozen=True)
class Flip:
    """An event in the words of the ledger, an instance of it, the verdict it would lead to, and the rows that tell it."""

    claim_id: str
    number: int
    event: str
    instance: str
    verdict: str
    steps: tuple[Step, ...]


def every() -> list[Flip]:
    """All events, by claim and number. Raises ``BookError`` for a cell that is not JSON."""
    groups = tables.load("flips").groupby(["claim_id", "flip"], sort=True)
    return [_flip(rows.sort_values("step")) for _, rows in groups]


def of(claim_id: str) -> list[Flip]:
    """The events that would turn the condition of one claim."""
    return [flip for flip in every() if flip.claim_id == claim_id]


def _flip(rows: pd.DataFrame) -> Flip:
    first = rows.iloc[0]
    steps = tuple(
        Step(row["table"], row["action"], _cells(row, "where"), _cells(row, "set"), int(row["times"]))
        for _, row in rows.iterrows()
    )
    event = first["turning_event"], first["instance"], first["verdict"]
    return Flip(first["claim_id"], int(first["flip"]), *event, steps)


def _cells(row: pd.Series, column: str) -> dict[str, str]:
    if pd.isna(row[column]):
        return {}
    try:
        return json.loads(row[column])
    except ValueError:
        raise BookError(
            f"data/flips.csv: {row['claim_id']}, flip {row['flip']}, step {row['step']}, column {column}: "
            f'{row[column]!r} is not JSON; expected pairs such as {{"iso3": "KAZ"}}'
        ) from None


def changed(flip: Flip) -> dict[str, pd.DataFrame]:
    """Copies of the tables that the event touches, with its rows. Raises ``BookError`` if a step names no row."""
    copies: dict[str, pd.DataFrame] = {}
    for step in flip.steps:
        copies[step.table] = _stepped(copies.get(step.table, tables.load(step.table)), step, flip)
    return copies


def desk(flip: Flip) -> Desk:
    """The desk that evaluates conditions, with the event having happened."""
    return Desk(hindsight=False, instead=changed(flip))


def _stepped(frame: pd.DataFrame, step: Step, flip: Flip) -> pd.DataFrame:
    if step.action == "add":
        return _added(frame, step)
    asked = tables.typed(pd.DataFrame([step.where]), step.table).iloc[0]
    rows = where(frame, **asked).index
    if rows.empty:
        raise BookError(f"data/flips.csv: {flip.claim_id}, flip {flip.number}: no row of {step.table} has {step.where}")
    if step.action == "drop":
        return frame.drop(rows)
    new = tables.typed(pd.DataFrame([step.cells]), step.table).iloc[0]
    frame.loc[rows, list(new.index)] = list(new)
    return frame


def _added(frame: pd.DataFrame, step: Step) -> pd.DataFrame:
    cells = {**({"source_id": HYPOTHETICAL} if "source_id" in frame else {}), **step.cells}
    row = tables.typed(pd.DataFrame([cells] * step.times), step.table)
    return pd.concat([frame, row.reindex(columns=frame.columns).astype(frame.dtypes.to_dict())], ignore_index=True)
