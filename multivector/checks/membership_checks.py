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
_SHOWN_BY = {True: "since", False: "attested"}
ANNOUNCED = "announce"
"""A note with this word names its source as an announcement, which may be older than the event."""


def faults(frame: pd.DataFrame | None = None) -> list[str]:
    """Faults of the book's memberships, in the order of the file; or of a ``frame`` of texts, indexed by row."""
    frame = rows() if frame is None else frame
    dated = frame["since"] != ""
    frame = frame.assign(shown=frame["since"].where(dated, frame["attested"]), column=dated.map(_SHOWN_BY))
    known = frame[frame["shown"] != ""]
    ends = known["until"].map(lambda day: first_day(day) if day else date.max)
    known = known.assign(begun=known["shown"].map(last_day), ended=ends)
    days = _Days()
    found = [(row.Index, line) for row in known.itertuples() for line in _of_row(row, days)]
    return [*(line for _, line in sorted([*found, *_overlaps(known)])), *_totals(known)]


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
    founded, existed = days.founded[row.organisation], days.existed.get(row.iso3)
    if row.begun < first_day(founded) and row.status not in BEFORE_FOUNDING:
        before = f"lies before {founded}, when {row.organisation} was founded"
        yield _line(row, row.column, f"{before}; expected a later date")
    if existed and row.begun < first_day(existed):
        before = f"lies before {existed}, when {row.iso3} came into being"
        yield _line(row, row.column, f"{before}; expected a later date")
    if row.until and last_day(row.until) < first_day(row.shown):
        yield _line(row, "until", f"lies before {row.column} {row.shown!r}; expected a later date")
    published = days.published.get(row.source_id)
    if published and latest(published) < first_day(row.shown) and ANNOUNCED not in row.note.lower():
        older = f"is later than its source {row.source_id} of {published}"
        yield _line(row, row.column, f"{older}; expected a newer source")
    coded = (row.iso3, row.organisation, row.status, int(row.shown[:4])) in days.coded
    if row.source_id == DATASET and not coded and not row.note:
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
    for row, total in enumerate(tables.load("membership_totals").to_dict("records"), start=2):
        day = total["day"].date()
        of_kind = (known["organisation"] == total["organisation"]) & (known["status"] == total["status"])
        found = known.loc[of_kind & (known["begun"] <= day) & (known["ended"] >= day), "iso3"].nunique()
        if found != total["count"] - total["difference"]:
            expected = f"memberships has {found} in {total['organisation']} on {day}; expected as many"
            yield f"data/membership_totals.csv: row {row}, column count: value '{total['count']}': {expected}; correct it"


def _line(row, column: str, expected: str) -> str:
    value = getattr(row, column)
    return f"data/memberships.csv: row {row.Index}, column {column}: value {value!r}: {expected}; correct the cell"
