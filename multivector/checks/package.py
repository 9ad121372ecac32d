"""Validation of the whole data package: every declared rule, and the few that a Table Schema cannot declare.

``faults()`` yields one line a fault: file, row, column, value, what was expected. A row is counted as a spreadsheet
counts it, the header being row 1. ``faults_of`` checks one table, also with bytes that are not (yet) on disk.

Rules of three kinds are asked, all within two seconds: what a schema declares, column by column; what is plausible in
a table of its kind (``multivector.checks.plausibility``); what tables say of each other (``multivector.checks.agreement``). The latter
two are asked only of tables that can be read and hold the types they declare.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Iterator
from datetime import date
from functools import cache

import pandas as pd

from multivector import paths
from multivector.checks import agreement, chapters, membership_checks, plausibility, source_checks
from multivector.errors import BookError
from multivector.facts import cells, dates, kept, sidecars, tables

_SMALLEST_KM2 = 5_000  # islands below this size are not drawn well enough to test a point against
_COAST_DEGREES = 0.6  # ports lie on coasts that the layer simplifies
_LISTS = {"source_ids": ("sources", "source_id"), "claim_ids": ("claims", "claim_id")}


def faults() -> list[str]:
    """All faults of all tables and of how chapters use them, sorted; an empty list means that all is in order."""
    frames, found = _tables()
    return sorted({*found, *chapters.faults(frames)})


def of_tables() -> list[str]:
    """All faults of all tables, sorted."""
    return sorted(set(_tables()[1]))


def _tables() -> tuple[dict[str, pd.DataFrame], list[str]]:
    """The tables that are right by themselves, and the faults of all."""
    gone = [name for name in tables.names() if not paths.table_file(tables.resource(name)["path"]).exists()]
    found = [] if gone else [*_descriptor(), *_references_between_resources()]
    frames = {}
    for name in tables.names():
        try:
            tables.read_bytes(name)
        except BookError as fault:
            found.append(str(fault))
        if name in gone:
            continue
        frame, lines = _read(name, as_saved=True)
        found += lines
        if frame is not None and not lines:
            frames[name] = frame
    book = _book(frames, as_saved=True)
    for name in frames:
        found += plausibility.faults_of(name, book)
    found += agreement.faults(book)
    if frames.keys() == set(tables.names()) and not found:  # these load the tables that they ask
        found += kept.checked(("sources",), source_checks.faults)
        if frames.keys() >= membership_checks.TABLES:
            found += kept.checked(("memberships",), membership_checks.faults)
    return frames, found


def faults_of(name: str, content: bytes | None = None) -> list[str]:
    """Faults of one table or map layer; ``content`` stands for the bytes of its file if given."""
    frame, lines = _read(name, content)
    if lines or frame is None:
        return lines
    book = _book({**_frames(), name: frame})
    more = membership_checks.faults(frame) if name == "memberships" else []
    return [*plausibility.faults_of(name, book), *agreement.faults(book, name), *more]


def _read(name: str, content: bytes | None = None, as_saved: bool = False) -> tuple[pd.DataFrame | None, list[str]]:
    """The cells of a table, if it can be read, and what is wrong with them by its schema.

    ``as_saved`` is for the file as it is: cells that have passed in an earlier build are not looked at again.
    """
    try:
        table = _Table(name, _content(name) if content is None else content)
    except _Unreadable as fault:
        return None, [f"data/{tables.resource(name)['path']}: {fault}"]
    return table.frame, kept.checked(("table", name), table.faults) if as_saved else table.faults()


@cache
def _frames() -> dict[str, pd.DataFrame]:
    """All tables that are right by themselves."""
    read = {name: _read(name) for name in tables.names()}
    return {name: frame for name, (frame, lines) in read.items() if frame is not None and not lines}


def _book(frames: dict[str, pd.DataFrame], as_saved: bool = False) -> plausibility.Tables:
    return plausibility.Tables(frames, {name: tables.resource(name) for name in tables.names()}, as_saved)


class _Unreadable(Exception):
    """A file that cannot be read as a table at all."""


class _Table:
    """The cells of a table as texts, its schema, and the checks on them."""

    def __init__(self, name: str, content: bytes):
        self.name = name
        self.entry = tables.resource(name)
        self.path = f"data/{self.entry['path']}"
        self.fields = {field["name"]: field for field in self.entry["schema"]["fields"]}
        self.kind = "feature" if self.entry["path"].endswith(".geojson") else "row"
        self.lines: list[str] = []
        self.frame = self._layer(content) if self.kind == "feature" else self._table(content)

    def faults(self) -> list[str]:
        """All faults of the table."""
        tables.resource(self.name)  # for whoever listens: this is what was read
        cells = (self._cells(self.frame[name], field) for name, field in self.fields.items())
        rules = (self._keys(), self._references(), self._intervals(), self._coordinates(), self._sums())
        return [*self.lines, *itertools.chain(*cells, *rules)]

    # --- reading ------------------------------------------------------------------------------------------------

    def _table(self, content: bytes) -> pd.DataFrame:
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
            raise _Unreadable(f"not a CSV table ({fault}); repair the quotation marks") from None
        header, expected = (records[0] if records else []), list(self.fields)
        if header != expected:
            raise _Unreadable(f"row 1: header is {', '.join(header) or 'empty'}; expected {', '.join(expected)}")
        if text and not text.endswith("\n"):
            self._note(len(records), "file ends within a line; restore the rest of the file")
        whole = {row: line for row, line in enumerate(records[1:], 2) if len(line) == len(expected)}
        for row, line in enumerate(records[1:], 2):
            if not any(line):
                self._note(row, "no cell is filled; remove the row")
                whole.pop(row, None)
            elif row not in whole:
                self._note(row, f"{len(line)} cells; expected {len(expected)}; mend the row")
        if len(records) < 2:
            self.lines.append(f"{self.path}: no rows; restore the file")
        return pd.DataFrame(list(whole.values()), index=list(whole), columns=expected, dtype=object)

    def _layer(self, content: bytes) -> pd.DataFrame:
        try:
            features = json.loads(_decoded(content))["features"]
            rows = [[_text(feature["properties"].get(name)) for name in self.fields] for feature in features]
        except (ValueError, KeyError, TypeError, AttributeError) as fault:
            raise _Unreadable(f"not a GeoJSON collection ({fault!r}); restore the file") from None
        for row, feature in enumerate(features, 1):
            if not (feature.get("geometry") or {}).get("coordinates"):
                self._note(row, "no geometry; restore the file")
            for other in sorted(set(feature["properties"]) - set(self.fields)):
                self._note(row, f"property {other!r} is not in the schema; add or drop it")
        return pd.DataFrame(rows, index=range(1, len(rows) + 1), columns=list(self.fields), dtype=object)

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
        if rules.get("unique"):
            yield from self._repeated(filled, name, "already in row {first}; expected a value used once")

    def _keys(self) -> Iterator[str]:
        keys = tables.keys(self.entry)
        if len(keys) == 1 and self.fields[keys[0]].get("constraints", {}).get("unique"):
            return
        joined = pd.Series(map("\x1f".join, self.frame[keys].to_numpy()), index=self.frame.index, dtype=object)
        yield from self._repeated(joined, ", ".join(keys), "already in row {first}; expected each key once")

    def _repeated(self, column: pd.Series, name: str, expected: str) -> Iterator[str]:
        again = column[column.duplicated(keep=False)]
        first = {value: row for row, value in reversed(list(again.items()))}
        for row, value in again.items():
            if row != first[value]:
                yield self._line(row, name, value.replace("\x1f", ", "), expected.format(first=first[value]))

    def _references(self) -> Iterator[str]:
        """Cells that name a row of a table by its key: foreign keys, and lists of ids."""
        for key in self.entry["schema"].get("foreignKeys", []):
            target, field = key["reference"]["resource"], key["reference"]["fields"]
            known = _known(target, field) if target != self.name else set(self.frame[field])
            yield from self._unknown(self.frame[key["fields"]], known, f"{target}.{field}")
        for column, (target, field) in _LISTS.items():
            if column in self.fields and target in tables.names():
                parts = self.frame[column].str.split(";").explode()
                yield from self._unknown(parts, _known(target, field), f"{target}.{field}")

    def _unknown(self, cells: pd.Series, known: set, where: str) -> Iterator[str]:
        for row, value in cells[(cells != "") & ~cells.isin(known)].items():
            yield self._line(row, cells.name, value, f"not in {where}; expected a value that stands there")

    # --- what a schema cannot declare ---------------------------------------------------------------------------

    def _intervals(self) -> Iterator[str]:
        group = ["iso3", "organisation", "source_id"]
        if not {*group, "status", "since", "until"} <= set(self.fields):
            return
        spans = self.frame.assign(
            begin=self.frame["since"].map(lambda text: _day(text, date.min)),
            end=self.frame["until"].map(lambda text: _day(text, date.max)),
        ).dropna(subset=["begin", "end"])
        ordered = spans.sort_values([*group, "begin"], kind="stable")
        before = ordered.groupby(group)[["end", "until", "status"]].shift()
        for row, line in ordered[before["end"].notna() & (ordered["begin"] < before["end"])].iterrows():
            earlier = before.loc[row]
            yield self._line(
                row,
                "since",
                line["since"],
                f"overlaps the interval of {earlier['status']} that ends {earlier['until'] or 'never'} for "
                f"{line['iso3']} in {line['organisation']}; expected intervals that follow each other",
            )

    def _coordinates(self) -> Iterator[str]:
        if self.kind == "feature" or not {"lon", "lat", "iso3"} <= set(self.fields):
            return
        layer = tables.load("world")
        shapes = layer[layer["area_km2"] > _SMALLEST_KM2].set_index("iso3")["geometry"]
        lon, lat = (pd.to_numeric(self.frame[column], errors="coerce") for column in ("lon", "lat"))
        points = self.frame.assign(x=lon, y=lat).dropna(subset=["x", "y"])
        points = points[points["iso3"].isin(shapes.index)]
        import shapely

        places = shapely.points(points["x"], points["y"])
        distance = shapely.distance(shapes.loc[points["iso3"]].to_numpy(), places)
        for row, line in points[distance > _COAST_DEGREES].iterrows():
            place = f"with lat {line['lat']} lies outside {line['iso3']}; expected a place in that country"
            yield self._line(row, "lon", line["lon"], place)

    def _sums(self) -> Iterator[str]:
        for rule in self.entry.get("sums", []):
            chosen = self.frame[plausibility.have(self.frame, rule["where"])]
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


# --- reading ------------------------------------------------------------------------------------------------------


def _day(text: str, empty: date) -> date | None:
    try:
        return dates.first_day(text) if text else empty
    except (ValueError, IndexError):
        return None


def _text(value) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _decoded(content: bytes) -> str:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as fault:
        row = content[: fault.start].count(b"\n") + 1
        raise _Unreadable(f"row {row}: byte {fault.start} is not UTF-8; save the file as UTF-8") from None
    if "\0" in text:
        row = text[: text.index("\0")].count("\n") + 1
        raise _Unreadable(f"row {row}: a null byte; the file is damaged, restore it")
    return text


def _content(name: str) -> bytes:
    try:
        return tables.raw(name)
    except OSError:
        raise _Unreadable("file is missing or cannot be read; restore it from version control") from None


# --- other tables -------------------------------------------------------------------------------------------------


def _known(name: str, column: str) -> set[str]:
    """Values of a column that other tables refer to; empty if that table is at fault, which is told at its own place."""
    tables.resource(name)
    return _values_of(name, column)


@cache
def _values_of(name: str, column: str) -> set[str]:
    try:
        return set(_Table(name, _content(name)).frame[column]) - {""}
    except (_Unreadable, BookError):
        return set()


def forget() -> None:
    """Drop what is remembered of other tables, so that the next check sees the files as they are now."""
    _values_of.cache_clear()
    _frames.cache_clear()


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


def _references_between_resources() -> Iterator[str]:
    """Foreign keys must name a table and a column that exist."""
    names = set(tables.names())
    for name in tables.names():
        for key in tables.resource(name)["schema"].get("foreignKeys", []):
            target = key["reference"]["resource"]
            if target not in names:
                yield f"data/datapackage.json: {name}: foreign key names {target!r}; expected the name of a table"
