"""Rules of the memberships that neither a schema nor another table can state: what cannot have been so.

``faults()`` yields one line a fault: file, row, column, value, what was expected. A row is counted as a spreadsheet
counts it, the header being row 1. The rules: no standing before its body was founded or its state existed, no end
before the start, no two definite standings of one state in one body at a time, no source older than what it proves,
no year of the Correlates of War data that is not in them, as many members as the published totals count.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from datetime import date

import pandas as pd

from multivector.facts import cells, tables
from multivector.facts.dates import first_day, last_day, latest
from multivector.facts.memberships import BEFORE_FOUNDING, STATUSES

TABLES = {"memberships", "organisations", "state_existence", "sources", "igo_starts", "membership_totals"}
"""What the rules read; an excerpt of the book may hold less."""
DATASET = "D03"
"""The Correlates of War data on organisations; their spells are in the table ``igo_starts``."""
_SHOWN_BY = {True: "since", False: "attested"}
ANNOUNCED = "announce"
"""A note with this word names its source as an announcement, which may be older than the event."""


def faults(frame: pd.DataFrame | None = None) -> list[str]:
    """Faults of the book's memberships, in the order of the file; or of a ``frame`` of texts, indexed by row."""
    frame = rows() if frame is None else frame
    dated = frame["since"] != ""
    frame = frame.assign(shown=frame["since"].where(dated, frame["attested"]), column=dated.map(_SHOWN_BY))
    known = frame[frame["shown"] != ""]
    known = known.assign(
        begun=known["shown"].map(last_day),
        ended=known["until"].map(lambda day: first_day(day) if day else date.max),
        founded=_told(known["organisation"], "organisations", "founded"),
        existed=_told(known["iso3"], "state_existence", "since"),
        published=_told(known["source_id"], "sources", "published"),
    )
    spells = tables.load("igo_starts")[["iso3", "organisation", "status", "from_year"]]
    coded = set(spells.itertuples(index=False, name=None))
    found = [(row.Index, line) for row in known.itertuples() for line in _of_row(row, coded)]
    return [*(line for _, line in sorted([*found, *_overlaps(known)])), *_totals(known)]


def rows() -> pd.DataFrame:
    """The memberships as texts, with the row of the file as index."""
    content = tables.read_bytes("memberships").decode("utf-8")
    frame = pd.read_csv(io.StringIO(content), dtype=str, keep_default_na=False)
    return frame.set_index(frame.index + 2)


def _told(keys: pd.Series, table: str, column: str) -> pd.Series:
    """What a table says of each key, an empty text where it says nothing."""
    return keys.map(tables.load(table).set_index(keys.name)[column].dropna().to_dict()).fillna("")


def _of_row(row, coded: set[tuple]) -> Iterator[str]:
    """Faults of one row; ``coded`` are beginnings in the dataset: state, body, status and year."""
    if row.begun < first_day(row.founded) and row.status not in BEFORE_FOUNDING:
        before = f"lies before {row.founded}, when {row.organisation} was founded"
        yield _line(row, row.column, f"{before}; expected a later date")
    if row.existed and row.begun < first_day(row.existed):
        before = f"lies before {row.existed}, when {row.iso3} came into being"
        yield _line(row, row.column, f"{before}; expected a later date")
    if row.until and last_day(row.until) < first_day(row.shown):
        yield _line(row, "until", f"lies before {row.column} {row.shown!r}; expected a later date")
    if row.published and latest(row.published) < first_day(row.shown) and ANNOUNCED not in row.note.lower():
        older = f"is later than its source {row.source_id} of {row.published}"
        yield _line(row, row.column, f"{older}; expected a newer source")
    begins = (row.iso3, row.organisation, row.status, int(row.shown[:4]))
    if row.source_id == DATASET and begins not in coded and not row.note:
        expected = "begins no spell in igo_starts; expected a year of the dataset, or a note that says why"
        yield _line(row, row.column, expected)


def _overlaps(known: pd.DataFrame) -> Iterator[tuple[int, str]]:
    """Two definite standings of one state in one body on one day; a signature may stay beside what came of it."""
    standing = known[known["status"].isin(set(STATUSES) - set(BEFORE_FOUNDING))]
    order = ["iso3", "organisation", "begun", "ended"]
    for before, after in itertools.pairwise(standing.sort_values(order, kind="stable").itertuples()):
        same = (before.iso3, before.organisation) == (after.iso3, after.organisation)
        if same and after.begun <= before.ended:
            expected = f"overlaps the standing of row {before.Index}, which is still open; expected it to end before"
            yield after.Index, _line(after, after.column, expected)


def _totals(known: pd.DataFrame) -> Iterator[str]:
    """Definite standings of a body on a day against the published total, less the difference that its note explains."""
    standings = dict(list(known.groupby(["organisation", "status"])))
    for row, total in enumerate(tables.load("membership_totals").to_dict("records"), start=2):
        day = total["day"].date()
        held = standings.get((total["organisation"], total["status"]), known[:0])
        found = held.loc[(held["begun"] <= day) & (held["ended"] >= day), "iso3"].nunique()
        if found != total["count"] - total["difference"]:
            expected = f"memberships has {found} in {total['organisation']} on {day}; expected as many"
            yield f"data/membership_totals.csv: row {row}, column count: value '{total['count']}': {expected}; correct it"


def _line(row, column: str, expected: str) -> str:
    return cells.told(f"data/memberships.csv: row {row.Index}", column, getattr(row, column), expected)
