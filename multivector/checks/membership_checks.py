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

from multivector.facts import tables
from multivector.facts.dates import first_day, last_day, latest
from multivector.facts.memberships import BEFORE_FOUNDING, STATUSES

TABLES = {"memberships", "organisations", "state_existence", "sources", "igo_starts", "membership_totals"}
"""What the rules read; an excerpt of the book may hold less."""
DATASET = "D03"
"""The Correlates of War data on organisations; their spells are in the table ``igo_starts``."""
ANNOUNCED = "announce"
"""A note with this word names its source as an announcement, which may be older than the event."""


def faults(frame: pd.DataFrame | None = None) -> list[str]:
    """Faults of the book's memberships, in the order of the file; or of a ``frame`` of texts, indexed by row."""
    frame = rows() if frame is None else frame
    frame = frame.assign(shown=frame["since"].where(frame["since"] != "", frame["attested"]))
    days = _Days()
    found = [(row.Index, line) for row in frame[frame["shown"] != ""].itertuples() for line in _of_row(row, days)]
    return [*(line for _, line in sorted([*found, *_overlaps(frame)])), *_totals(frame)]


def rows() -> pd.DataFrame:
    """The memberships as texts, with the row of the file as index."""
    content = tables.read_bytes("memberships").decode("utf-8")
    frame = pd.read_csv(io.StringIO(content), dtype=str, keep_default_na=False)
    return frame.set_index(frame.index + 2)


class _Days:
    """When bodies were founded, states came into being, sources were published and spells of the dataset begin."""

    def __init__(self):
        self.founded = _column("organisations", "organisation", "founded")
        self.existed = _column("state_existence", "iso3", "since")
        self.published = _column("sources", "source_id", "published")
        spells = tables.load("igo_starts")[["iso3", "organisation", "status", "from_year"]]
        self.coded = set(spells.itertuples(index=False, name=None))


def _column(table: str, key: str, column: str) -> dict[str, str]:
    return tables.load(table).set_index(key)[column].dropna().to_dict()


def _of_row(row, days: _Days) -> Iterator[str]:
    column = "since" if row.since else "attested"
    founded, existed = days.founded[row.organisation], days.existed.get(row.iso3)
    if last_day(row.shown) < first_day(founded) and row.status not in BEFORE_FOUNDING:
        yield _line(row, column, f"lies before {founded}, when {row.organisation} was founded; expected a later date")
    if existed and last_day(row.shown) < first_day(existed):
        yield _line(row, column, f"lies before {existed}, when {row.iso3} came into being; expected a later date")
    if row.until and last_day(row.until) < first_day(row.shown):
        yield _line(row, "until", f"lies before {column} {row.shown!r}; expected a later date")
    published = days.published.get(row.source_id)
    if published and latest(published) < first_day(row.shown) and ANNOUNCED not in row.note.lower():
        yield _line(row, column, f"is later than its source {row.source_id} of {published}; expected a newer source")
    coded = (row.iso3, row.organisation, row.status, int(row.shown[:4])) in days.coded
    if row.source_id == DATASET and not coded and not row.note:
        yield _line(
            row, column, "begins no spell in igo_starts; expected a year of the dataset, or a note that says why"
        )


def _overlaps(frame: pd.DataFrame) -> Iterator[tuple[int, str]]:
    """Two definite standings of one state in one body on one day; a signature may stay beside what came of it."""
    counted = frame["status"].isin(set(STATUSES) - set(BEFORE_FOUNDING))
    standing = frame[counted & (frame["shown"] != "")]
    spans = sorted(
        ((row.iso3, row.organisation, last_day(row.shown), _last_definite(row), row.Index), row)
        for row in standing.itertuples()
    )
    for (before, _), (after, row) in itertools.pairwise(spans):
        if before[:2] == after[:2] and after[2] <= before[3]:
            column = "since" if row.since else "attested"
            expected = f"overlaps the standing of row {before[4]}, which is still open; expected it to end before"
            yield row.Index, _line(row, column, expected)


def _totals(frame: pd.DataFrame) -> Iterator[str]:
    """Definite standings of a body on a day against the published total, less the difference that its note explains."""
    known = frame[frame["shown"] != ""]
    begun, ended = known["shown"].map(last_day), known["until"].map(lambda day: first_day(day) if day else date.max)
    for row, total in enumerate(tables.load("membership_totals").to_dict("records"), start=2):
        day = total["day"].date()
        of_kind = (known["organisation"] == total["organisation"]) & (known["status"] == total["status"])
        found = known.loc[of_kind & (begun <= day) & (ended >= day), "iso3"].nunique()
        if found != total["count"] - total["difference"]:
            expected = f"memberships has {found} in {total['organisation']} on {day}; expected as many"
            yield f"data/membership_totals.csv: row {row}, column count: value '{total['count']}': {expected}; correct it"


def _last_definite(row) -> date:
    return first_day(row.until) if row.until else date.max


def _line(row, column: str, expected: str) -> str:
    value = getattr(row, column)
    return f"data/memberships.csv: row {row.Index}, column {column}: value {value!r}: {expected}; correct the cell"
