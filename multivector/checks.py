"""Validation of the whole data package: every declared rule, and the few that a Table Schema cannot declare.

``faults()`` yields one line a fault: file, row, column, value, what was expected. A row is counted as a spreadsheet
counts it, the header being row 1. ``faults_of`` checks one table, also with bytes that are not (yet) on disk.

The rules are checked here, column by column: within a second for the whole package, and each fault names its cell.
Frictionless, the reference implementation of the Data Package standard, then gives a second opinion on the
descriptor and on all but the largest tables.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import cache

import pandas as pd

from multivector import dates, membership_checks, paths, sidecars, source_checks, tables
from multivector.errors import BookError

_SMALLEST_KM2 = 5_000  # islands below this size are not drawn well enough to test a point against
_COAST_DEGREES = 0.6  # ports lie on coasts that the layer simplifies
_SECOND_OPINION_ROWS = 500  # Frictionless reads about 15 000 cells a second: larger tables are left to the rules here
_TYPES: dict[str, tuple[re.Pattern, Callable]] = {
    "integer": (re.compile(r"[+-]?\d+"), int),
    "number": (re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"), float),
    "boolean": (re.compile(r"true|false"), str),
}
_LISTS = {"source_ids": ("sources", "source_id"), "claim_ids": ("claims", "claim_id")}


def faults() -> list[str]:
    """All faults of all tables, sorted; an empty list means that the package is valid."""
    found = list(_descriptor())
    for name in tables.names():
        try:
            tables.read_bytes(name)
        except BookError as fault:
            found.append(str(fault))
        found += faults_of(name)
    found += _references_between_resources()
    found += source_checks.faults()
    if not found:
        found = membership_checks.faults() + list(_frictionless())
    return sorted(set(found))


def faults_of(name: str, content: bytes | None = None) -> list[str]:
    """Faults of one table or map layer, in order; ``content`` stands for the bytes of its file if given."""
    file = tables.resource(name)["path"]
    try:
        return list(_Table(name, _content(name) if content is None else content).faults())
    except _Unreadable as fault:
        return [f"data/{file}: {fault}"]


class _Unreadable(Exception):
    """A file that cannot be read as a table at all."""


class _Table:
    """The cells of a table as texts, its schema, and the checks on them."""

    def __init__(self, name: str, content: bytes):
        self.name = name
        self.entry = tables.resource(name)
        self.path = f"data/{self.entry['path']}"
        self.fields = {field["name"]: field for field in self.entry["schema"]["fields"]}
        self.is_layer = self.entry["path"].endswith(".geojson")
        self.lines: list[str] = []
        self.frame = self._layer(content) if self.is_layer else self._table(content)

    def faults(self) -> Iterator[str]:
        """All faults of the table."""
        yield from self.lines
        for name, field in self.fields.items():
            yield from self._cells(self.frame[name], field)
        yield from self._keys()
        yield from self._foreign_keys()
        yield from self._lists_of_ids()
        yield from self._intervals()
        yield from self._coordinates()
        yield from self._sums()

    # --- reading ------------------------------------------------------------------------------------------------

    def _table(self, content: bytes) -> pd.DataFrame:
        text = _decoded(content)
        if b"\r" in content:
            row = content[: content.index(b"\r")].count(b"\n") + 1
            self.lines.append(f"{self.path}: row {row}: line ends with CR; expected LF alone; save with Unix line ends")
        try:
            records = list(csv.reader(io.StringIO(text), strict=True))
        except csv.Error as fault:
            raise _Unreadable(f"not a CSV table ({fault}); repair the quotation marks") from None
        header, expected = (records[0] if records else []), list(self.fields)
        if header != expected:
            raise _Unreadable(f"row 1: header is {', '.join(header) or 'empty'}; expected {', '.join(expected)}")
        if text and not text.endswith("\n"):
            self.lines.append(f"{self.path}: row {len(records)}: file ends within a line; restore the rest of the file")
        whole = {row: cells for row, cells in enumerate(records[1:], 2) if len(cells) == len(expected)}
        for row, cells in enumerate(records[1:], 2):
            if row not in whole:
                self.lines.append(f"{self.path}: row {row}: {len(cells)} cells; expected {len(expected)}; mend the row")
        if len(records) < 2:
            self.lines.append(f"{self.path}: no rows; restore the file")
        return pd.DataFrame(list(whole.values()), index=list(whole), columns=expected, dtype=object)

    def _layer(self, content: bytes) -> pd.DataFrame:
        try:
            features = json.loads(_decoded(content))["features"]
            cells = [[_text(feature["properties"].get(name)) for name in self.fields] for feature in features]
        except (ValueError, KeyError, TypeError, AttributeError) as fault:
            raise _Unreadable(f"not a GeoJSON collection ({fault!r}); restore the file") from None
        for row, feature in enumerate(features, 1):
            if not (feature.get("geometry") or {}).get("coordinates"):
                self.lines.append(f"{self.path}: feature {row}: no geometry; restore the file")
            for other in sorted(set(feature["properties"]) - set(self.fields)):
                self.lines.append(
                    f"{self.path}: feature {row}: property {other!r} is not in the schema; add or drop it"
                )
        return pd.DataFrame(cells, index=range(1, len(cells) + 1), columns=list(self.fields), dtype=object)

    def _line(self, row, column: str, value, expected: str) -> str:
        kind = "feature" if self.is_layer else "row"
        return f"{self.path}: {kind} {row}, column {column}: value {value!r}: {expected}; correct the cell"

    # --- what a schema declares ---------------------------------------------------------------------------------

    def _cells(self, column: pd.Series, field: dict) -> Iterator[str]:
        name, rules = field["name"], field.get("constraints", {})
        if rules.get("required") or self.entry["schema"]["primaryKey"] in (name, [name]):
            for row in column.index[column == ""]:
                yield self._line(row, name, "", "expected a value, the cell is empty")
        filled = column[column != ""]
        typed = {}
        for text in filled.unique():
            value, expected = _checked(text, field, rules)
            typed[text] = value
            if expected:
                for row in filled.index[filled == text]:
                    yield self._line(row, name, text, expected)
        if rules.get("unique"):
            yield from self._repeated(filled, name, "already in row {first}; expected a value used once")

    def _keys(self) -> Iterator[str]:
        keys = _as_list(self.entry["schema"]["primaryKey"])
        if len(keys) == 1 and self.fields[keys[0]].get("constraints", {}).get("unique"):
            return
        joined = self.frame[keys].agg("\x1f".join, axis=1) if len(self.frame) else self.frame[keys[0]]
        shown = ", ".join(keys)
        yield from self._repeated(joined, shown, "already in row {first}; expected each key once")

    def _repeated(self, column: pd.Series, name: str, expected: str) -> Iterator[str]:
        first = {}
        for row, value in column.items():
            if value in first:
                yield self._line(row, name, value.replace("\x1f", ", "), expected.format(first=first[value]))
            first.setdefault(value, row)

    def _foreign_keys(self) -> Iterator[str]:
        for key in self.entry["schema"].get("foreignKeys", []):
            target, fields = key["reference"]["resource"], _as_list(key["reference"]["fields"])
            known = _known(target, fields[0]) if target != self.name else set(self.frame[fields[0]])
            column = _as_list(key["fields"])[0]
            yield from self._unknown(self.frame[column], column, known, f"{target}.{fields[0]}")

    def _unknown(self, cells: pd.Series, column: str, known: set, where: str) -> Iterator[str]:
        for row, value in cells[(cells != "") & ~cells.isin(known)].items():
            yield self._line(row, column, value, f"not in {where}; expected a value that stands there")

    # --- what a schema cannot declare ---------------------------------------------------------------------------

    def _lists_of_ids(self) -> Iterator[str]:
        for column, (target, key) in _LISTS.items():
            if column in self.fields and target in tables.names():
                parts = self.frame[column].str.split(";").explode()
                yield from self._unknown(parts, column, _known(target, key), f"{target}.{key}")

    def _intervals(self) -> Iterator[str]:
        if not {"since", "until"} <= set(self.fields):
            return
        spans = self.frame.assign(
            begin=self.frame["since"].map(lambda text: _day(text, dates.first_day, date.min)),
            last=self.frame["until"].map(lambda text: _day(text, dates.last_day, date.max)),
            end=self.frame["until"].map(lambda text: _day(text, dates.first_day, date.max)),
        ).dropna(subset=["begin", "last", "end"])
        for row, line in spans[spans["last"] < spans["begin"]].iterrows():
            yield self._line(row, "until", line["until"], f"lies before since {line['since']!r}; expected a later date")
        if {"iso3", "organisation", "status", "source_id"} <= set(self.fields):
            yield from self._overlaps(spans)

    def _overlaps(self, spans: pd.DataFrame) -> Iterator[str]:
        group = ["iso3", "organisation", "source_id"]
        ordered = spans.assign(row=spans.index).sort_values([*group, "begin", "row"])
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
        if self.is_layer or not {"lon", "lat", "iso3"} <= set(self.fields):
            return
        points = self.frame.assign(
            x=pd.to_numeric(self.frame["lon"], errors="coerce"), y=pd.to_numeric(self.frame["lat"], errors="coerce")
        ).dropna(subset=["x", "y"])
        shapes = _countries()
        points = points[points["iso3"].isin(shapes.index)]
        import shapely

        places = shapely.points(points["x"], points["y"])
        distance = shapely.distance(shapes.loc[points["iso3"]].to_numpy(), places)
        for row, line in points[distance > _COAST_DEGREES].iterrows():
            place = f"with lat {line['lat']} lies outside {line['iso3']}; expected a place in that country"
            yield self._line(row, "lon", line["lon"], place)

    def _sums(self) -> Iterator[str]:
        for rule in self.entry.get("sums", []):
            chosen = self.frame
            for column, value in rule["where"].items():
                chosen = chosen[chosen[column] == str(value)]
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


# --- cells --------------------------------------------------------------------------------------------------------


def _checked(text: str, field: dict, rules: dict) -> tuple[object, str]:
    """The value of a cell and what was expected of it, or an empty text if the cell is right."""
    value: object = text
    if field["type"] in _TYPES:
        form, convert = _TYPES[field["type"]]
        if not form.fullmatch(text):
            return None, f"expected type {field['type']}"
        value = convert(text)
    elif field["type"] == "date":
        try:
            value = date.fromisoformat(text)
        except ValueError:
            return None, "expected a date such as 2023-06-08"
    return value, _constraint(text, value, rules)


def _constraint(text: str, value, rules: dict) -> str:
    if "enum" in rules and text not in map(str, rules["enum"]):
        return f"expected one of {', '.join(map(str, rules['enum']))}"
    if "minimum" in rules and value < rules["minimum"]:
        return f"expected at least {rules['minimum']}"
    if "maximum" in rules and value > rules["maximum"]:
        return f"expected at most {rules['maximum']}"
    if "pattern" in rules:
        return "" if re.fullmatch(rules["pattern"], text) and _real_date(text, rules) else _form(rules["pattern"])
    if len(text) < rules.get("minLength", 0):
        return f"expected at least {rules['minLength']} characters"
    return ""


def _form(pattern: str) -> str:
    if pattern == dates.PATTERN:
        return "expected a date such as 2023, 2023-06 or 2023-06-08"
    return f"expected the form {pattern}"


def _real_date(text: str, rules: dict) -> bool:
    """Whether a text of the pattern of dates is a day of the calendar: 2023-02-30 is not."""
    return rules["pattern"] != dates.PATTERN or _day(text, dates.first_day, None) is not None


def _day(text: str, end: Callable[[str], date], empty):
    try:
        return end(text) if text else empty
    except (ValueError, IndexError):
        return None


def _text(value) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _as_list(value: str | Iterable[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


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
        return paths.table_file(tables.resource(name)["path"]).read_bytes()
    except OSError:
        raise _Unreadable("file is missing or cannot be read; restore it from version control") from None


# --- other tables -------------------------------------------------------------------------------------------------


@cache
def _known(name: str, column: str) -> set[str]:
    """Values of a column that other tables refer to; empty if that table is at fault, which is told at its own place."""
    try:
        return set(_Table(name, _content(name)).frame[column]) - {""}
    except (_Unreadable, BookError):
        return set()


@cache
def _countries() -> pd.Series:
    """Shapes of all states large enough to test a point against, by ISO code."""
    layer = tables.load("world")
    return layer[layer["area_km2"] > _SMALLEST_KM2].set_index("iso3")["geometry"]


def forget() -> None:
    """Drop what is remembered of other tables, so that the next check sees the files as they are now."""
    _known.cache_clear()
    _countries.cache_clear()


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
            sidecar = paths.table_file(entry["path"]).with_suffix(".yml").relative_to(paths.ROOT).as_posix()
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


# --- second opinion -----------------------------------------------------------------------------------------------


def _frictionless() -> Iterator[str]:
    from frictionless import Package, system  # half a second to import: only `check` pays for it

    with system.use_context(trusted=True):
        package = Package(_tabular_descriptor(), basepath=str(paths.DATA))
        report = package.validate()
    for task in report.tasks:
        for error in task.errors:
            yield _frictionless_line(task.place, error)
    for error in report.errors:
        yield f"data/datapackage.json: {error.message}"


def _second_opinion_tables() -> list[str]:
    return [entry["name"] for entry in tables.package()["resources"] if _is_small(entry)]


def _tabular_descriptor() -> dict:
    descriptor = dict(tables.package())
    kept = [dict(entry) for entry in descriptor["resources"] if _is_small(entry)]
    for entry in kept:
        entry["schema"] = {**entry["schema"], "fields": [_plain(field) for field in entry["schema"]["fields"]]}
        entry["schema"].pop("foreignKeys", None)  # checked above: here each would read its table once more
    return {**descriptor, "resources": kept}


def _is_small(entry: dict) -> bool:
    if not entry["path"].endswith(".csv"):
        return False
    return paths.table_file(entry["path"]).read_bytes().count(b"\n") <= _SECOND_OPINION_ROWS


def _plain(field: dict) -> dict:
    return {key: value for key, value in field.items() if key != "unit"}


def _frictionless_line(place: str, error) -> str:
    where = f"data/{place}"
    row, column = getattr(error, "row_number", None), getattr(error, "field_name", None)
    if row:
        where += f": row {row}"
    if column:
        where += f", column {column}"
    cell = getattr(error, "cell", None)
    value = f": value {cell!r}" if cell is not None else ""
    return f"{where}{value}: {error.note or error.message}; correct the cell".replace("\n", " ")
