"""Validation of the whole data package: every declared rule, and the few that a Table Schema cannot declare.

``faults()`` yields one line a fault: file, row, column, value, what was expected. A row is counted as a spreadsheet
counts it, the header being row 1. ``faults_of`` checks one table, also with bytes that are not (yet) on disk.

Rules of three kinds are asked, all within two seconds: what a schema declares, column by column; what is plausible in
a table of its kind (``multivector.checks.plausibility``); what tables say of each other (``multivector.checks.agreement``). The latter
two are asked only of tables that can be read and hold the types they declare.
"""

import csv
import io
import itertools
import json
import re
from collections.abc import Iterator
from functools import cache

import pandas as pd

from multivector import paths
from multivector.checks import agreement, chapters, plausibility, source_checks
from multivector.errors import BookError
from multivector.facts import cells, kept, sidecars, tables

_LISTS = {
    "source_ids": ("sources", "source_id"),
    "claim_ids": ("claims", "claim_id"),
    "great_powers": ("states", "iso3"),
}


def faults() -> list[str]:
    """All faults of all tables and of how chapters use them, in order of rows; an empty list means that all is in order."""
    frames, found = _tables()
    return sorted({*found, *chapters.faults(frames)}, key=_by_row)


def of_tables() -> list[str]:
    """All faults of all tables, in order of rows."""
    return sorted(set(_tables()[1]), key=_by_row)


def _by_row(line: str) -> list[str | int]:
    """A line's words and numbers in turn: row 3 stands before row 24."""
    return [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", line)]


def faults_of(name: str, content: bytes) -> list[str]:
    """Faults of one table or map layer with ``content`` as the bytes of its file."""
    table = _Table(name, content)
    lines = table.faults()
    if lines or table.frame is None:
        return lines
    book = plausibility.Tables({**_right(), name: table.frame})
    return [*plausibility.faults_of(name, book), *agreement.faults(book, name)]


def _tables() -> tuple[dict[str, pd.DataFrame], list[str]]:
    """The tables that are right by themselves, and the faults of all."""
    forget()
    names = tables.names()
    complete = all(paths.table_file(tables.resource(name)["path"]).exists() for name in names)
    found = [*_descriptor(), *_references_between_resources()] if complete else []
    for name in names:
        try:
            tables.read_bytes(name)
        except BookError as fault:
            found.append(str(fault))
        found += _lines(name)
    frames = _right()
    book = plausibility.Tables(frames, as_saved=True)
    for name in frames:
        found += plausibility.faults_of(name, book)
    found += agreement.faults(book)
    if frames.keys() == set(names) and not found:  # these load the table that they ask
        found += kept.checked(("sources",), source_checks.faults)
    forget()  # a build goes on for long without them
    return frames, found


# --- the tables as they are saved -----------------------------------------------------------------------------------


@cache
def _saved(name: str) -> "_Table | None":
    """A table as its file is; ``None`` if there is no reading the file, which ``tables.read_bytes`` tells."""
    try:
        return _Table(name, tables.raw(name))
    except OSError:
        return None


@cache
def _lines(name: str) -> list[str]:
    """What is wrong with a table by itself; cells that have passed in an earlier build are not looked at again."""
    table = _saved(name)
    return kept.checked(("table", name), table.faults) if table else []


def _right() -> dict[str, pd.DataFrame]:
    """All tables that are right by themselves."""
    read = {name: _saved(name) for name in tables.names() if not _lines(name)}
    return {name: table.frame for name, table in read.items() if table and table.frame is not None}


def _known(name: str, column: str) -> set[str]:
    """Values of a column that other tables refer to; empty if that table is at fault, which is told at its own place."""
    tables.resource(name)  # for whoever listens: this is what was read
    return _values_of(name, column)


@cache
def _values_of(name: str, column: str) -> set[str]:
    table = _saved(name)
    return set() if table is None or table.frame is None else set(table.frame[column]) - {""}


def forget() -> None:
    """Drop what is remembered of tables, so that the next check sees the files as they are now."""
    for remembered in (_saved, _lines, _values_of):
        remembered.cache_clear()


class _Table:
    """The cells of a table as texts (``frame``, ``None`` if it is none), its schema, and the checks on them."""

    def __init__(self, name: str, content: bytes):
        self.name = name
        self.entry = tables.resource(name)
        self.path = f"data/{self.entry['path']}"
        self.fields = {field["name"]: field for field in self.entry["schema"]["fields"]}
        self.kind = "feature" if self.entry["path"].endswith(".geojson") else "row"
        self.lines: list[str] = []
        self.frame: pd.DataFrame | None = None
        try:
            rows = self._layer(content) if self.kind == "feature" else self._table(content)
        except BookError as fault:
            self.lines.append(f"{self.path}: {fault}")
        else:
            self.frame = pd.DataFrame(rows.values(), index=list(rows), columns=list(self.fields), dtype=object)

    def faults(self) -> list[str]:
        """All faults of the table."""
        tables.resource(self.name)  # for whoever listens: this is what was read
        if self.frame is None:
            return self.lines
        cells = (self._cells(self.frame[name], field) for name, field in self.fields.items())
        rules = (self._repeated(self.frame), self._references(self.frame), self._sums(self.frame))
        return [*self.lines, *itertools.chain(*cells, *rules)]

    # --- reading ------------------------------------------------------------------------------------------------

    def _table(self, content: bytes) -> dict[int, list[str]]:
        """The cells of each row, by its number."""
        text = _decoded(content)
        if text.startswith("\ufeff"):
            self._note(1, "a byte order mark; run `python -m multivector seal`, which removes it")
            text = text[1:]
        if b"\r" in content:
            row = content[: content.index(b"\r")].count(b"\n") + 1
            self._note(row, "line ends with CR; expected LF alone; save with Unix line ends")
        try:
            records = list(csv.reader(io.StringIO(text), strict=True))
        except csv.Error as fault:
            raise BookError(f"not a CSV table ({fault}); repair the quotation marks") from None
        header, expected = (records[0] if records else []), list(self.fields)
        if header != expected:
            asked = f"expected {', '.join(expected)}; name the columns so, with commas between them"
            raise BookError(f"row 1: header is {', '.join(header) or 'empty'}; {asked}")
        if text and not text.endswith("\n"):
            self._note(len(records), "file ends within a line; restore the rest of the file")
        if len(records) < 2:
            self.lines.append(f"{self.path}: no rows; restore the file")
        rows = {}
        for row, line in enumerate(records[1:], 2):
            if not any(line):
                self._note(row, "no cell is filled; remove the row")
            elif len(line) != len(expected):
                self._note(row, f"{len(line)} cells; expected {len(expected)}; mend the row")
            else:
                rows[row] = line
        return rows

    def _layer(self, content: bytes) -> dict[int, list[str]]:
        """The properties of each feature, by its number."""
        try:
            features = json.loads(_decoded(content))["features"]
            rows = [[_text(feature["properties"].get(name)) for name in self.fields] for feature in features]
        except (ValueError, KeyError, TypeError, AttributeError) as fault:
            raise BookError(f"not a GeoJSON collection ({fault!r}); restore the file") from None
        for row, feature in enumerate(features, 1):
            if not (feature.get("geometry") or {}).get("coordinates"):
                self._note(row, "no geometry; restore the file")
            for other in sorted(set(feature["properties"]) - set(self.fields)):
                self._note(row, f"property {other!r} is not in the schema; add or drop it")
        return dict(enumerate(rows, 1))

    def _note(self, row: int, text: str) -> None:
        self.lines.append(f"{self.path}: {self.kind} {row}: {text}")

    def _line(self, row, column, value: str, expected: str) -> str:
        return cells.told(f"{self.path}: {self.kind} {row}", column, value, expected)

    # --- what a schema declares ---------------------------------------------------------------------------------

    def _cells(self, column: pd.Series, field: dict) -> Iterator[str]:
        name, rules = field["name"], field.get("constraints", {})
        if rules.get("required") or tables.keys(self.entry) == [name]:
            for row in column.index[column == ""]:
                yield self._line(row, name, "", "expected a value, the cell is empty")
        filled = column[column != ""]
        for text in filled.unique():
            if expected := cells.fault(text, field):
                for row in filled.index[filled == text]:
                    yield self._line(row, name, text, expected)

    def _repeated(self, frame: pd.DataFrame) -> Iterator[str]:
        """Values of a unique column, and keys, that stand in an earlier row too."""
        unique = [[name] for name, field in self.fields.items() if field.get("constraints", {}).get("unique")]
        asked = [(names, "expected a value used once") for names in unique]
        if (keys := tables.keys(self.entry)) not in unique:
            asked.append((keys, "expected each key once"))
        for names, expected in asked:
            texts = pd.Series(map("\x1f".join, frame[names].to_numpy()), index=frame.index, dtype=object)
            for row, text, first in plausibility.repeated(texts[texts != ""]):
                value = text.replace("\x1f", ", ")
                yield self._line(row, ", ".join(names), value, f"already in row {first}; {expected}")

    def _references(self, frame: pd.DataFrame) -> Iterator[str]:
        """Cells that name a row of a table by its key: foreign keys, and lists of ids."""
        asked = [(frame[name], target, column) for name, target, column in _foreign_keys(self.entry)]
        lists = ((name, *place) for name, place in _LISTS.items() if name in frame)
        asked += [(frame[name].str.split(";").explode(), target, column) for name, target, column in lists]
        for texts, target, column in asked:
            if _exists(target, column):
                known = set(frame[column]) if target == self.name else _known(target, column)
                for row, value in texts[(texts != "") & ~texts.isin(known)].items() if known else ():
                    expected = f"not in {target}.{column}; expected a value that stands there"
                    yield self._line(row, texts.name, value, expected)

    def _sums(self, frame: pd.DataFrame) -> Iterator[str]:
        for rule in self.entry.get("sums", []):
            chosen = frame[plausibility.have(frame, rule["where"])]
            for column, value in rule.get("except", {}).items():
                chosen = chosen[chosen[column] != str(value)]
            found = pd.to_numeric(chosen[rule["column"]], errors="coerce").sum()
            if abs(found - rule["total"]) > rule.get("tolerance", 0):
                where = ", ".join(f"{key} {value}" for key, value in rule["where"].items())
                rows = f"rows {chosen.index.min()} to {chosen.index.max()}" if len(chosen) else "no rows"
                yield (
                    f"{self.path}: {rows}, column {rule['column']}: sum {found:,.0f} for {where}: "
                    f"expected {rule['total']:,}; correct the cell that is wrong"
                )


def _text(value) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _decoded(content: bytes) -> str:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as fault:
        row = content[: fault.start].count(b"\n") + 1
        raise BookError(f"row {row}: byte {fault.start} is not UTF-8; save the file as UTF-8") from None
    if "\0" in text:
        row = text[: text.index("\0")].count("\n") + 1
        raise BookError(f"row {row}: a null byte; the file is damaged, restore it")
    return text


def _descriptor() -> Iterator[str]:
    """A table without its description, a description without its table, or a descriptor older than either."""
    try:
        fresh = sidecars.descriptor()
    except BookError as fault:
        yield str(fault)
        return
    if {**fresh, "resources": None} != {**tables.package(), "resources": None}:
        yield "data/datapackage.json: differs from data/package.yml; run `python -m multivector seal`"
    known = {entry["name"]: entry for entry in tables.package()["resources"]}
    for entry in fresh["resources"]:
        if _described(known.pop(entry["name"], {})) != _described(entry):
            sidecar = paths.shown(paths.table_file(entry["path"]).with_suffix(".yml"))
            yield f"{sidecar}: differs from data/datapackage.json; run `python -m multivector seal`"
    for name in known:
        yield f"data/datapackage.json: table {name!r} has no file; restore it, or run `python -m multivector seal`"


def _described(entry: dict) -> dict:
    return {key: value for key, value in entry.items() if key not in ("hash", "bytes")}


def _foreign_keys(entry: dict) -> list[tuple[str, str, str]]:
    """Each column of a table that refers to another, with the name of that table and of its column."""
    keys = entry["schema"].get("foreignKeys", [])
    return [(key["fields"], key["reference"]["resource"], key["reference"]["fields"]) for key in keys]


def _exists(table: str, column: str) -> bool:
    return table in tables.names() and column in [field["name"] for field in tables.resource(table)["schema"]["fields"]]


def _references_between_resources() -> Iterator[str]:
    """Foreign keys must name a table and a column that exist."""
    for name in tables.names():
        for column, target, field in _foreign_keys(tables.resource(name)):
            if not _exists(target, field):
                place = f"data/datapackage.json: {name}: foreign key of {column} names '{target}.{field}'"
                yield f"{place}; expected a table and its column"
