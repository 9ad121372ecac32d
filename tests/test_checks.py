"""Every rule that a table declares has a test that breaks it and reads the line: file, row, column, value, expected."""

import copy
import re

import byhand
import pytest
from frictionless import Resource, Schema, system

from multivector import cli, paths
from multivector.checks import package as checks
from multivector.errors import BookError
from multivector.facts import kept, tables

TABLES = [name for name in tables.names() if tables.resource(name)["path"].endswith(".csv")]
STATES = tables.read_bytes("states")
ASTANA = next(row["geoname_id"] for row in byhand.rows("cities", name="Astana"))


def test_the_package_is_valid_and_no_two_rules_share_what_is_kept_between_builds(monkeypatch):
    keys = []
    monkeypatch.setattr(kept, "checked", lambda key, check: keys.append(key) or check())
    assert checks.faults() == []
    assert len(keys) > len(tables.names())
    assert len(keys) == len(set(keys)), "of two rules of one name the first would answer for both"


def with_cell(name: str, find: str, column: str, value: str) -> tuple[bytes, int]:
    """The table with one cell changed, in the first row that begins with ``find``; and the number of that row."""
    header, *rows = byhand.records(name)
    row = next(number for number, cells in enumerate(rows) if ",".join(cells).startswith(find))
    rows[row][header.index(column)] = value
    return byhand.as_csv([header, *rows]), row + 2


def named(name: str, find: str, column: str, value: str, *expected: str, told: str = "") -> None:
    """A cell so changed is named by its place and value (``told``, if the column of the line and it are others)."""
    changed, row = with_cell(name, find, column, value)
    lines = checks.faults_of(name, changed)
    place = f"data/{tables.resource(name)['path']}: row {row}, column {told or f'{column}: value {value!r}'}: "
    line = next((line for line in lines if line.startswith(place)), None)
    assert line, f"expected a line that begins {place!r}, found {lines[:3]}"
    assert all(text in line for text in expected), line


@pytest.mark.parametrize(
    ("name", "find", "column", "value", "expected"),
    [
        ("macro", "KAZ,2005", "year", "2005.5", "type integer"),
        ("macro", "KAZ,2005", "cpi_inflation_pct", "much", "type number"),
        ("cities", "", "capital", "yes", "type boolean"),
        ("states", "KAZ", "kind", "member", "expected one of un_member"),
        ("states", "KAZ", "name", "", "expected a value"),
        ("macro", "KAZ,2005", "iso3", "KZZ", "not in states.iso3"),
        ("macro", "KAZ,2005", "year", "1066", "expected at least"),
        ("census", "1959,Kazakhs", "share_pct", "100.5", "expected at most 100"),
        ("census", "1959,Kazakhs", "share_pct", "-1", "expected at least 0"),
        ("census", "1959,Kazakhs", "source_id", "S000", "not in sources.source_id"),
        ("memberships", "KAZ,CSTO", "since", "soon", "expected a date such as"),
        ("memberships", "KAZ,CSTO", "since", "2002-02-30", "expected a date such as"),
        ("memberships", "UZB,CSTO,member", "until", "1990", "lies before since '1994-04-20'; expected it after"),
        ("cities", "", "lat", "91", "expected at most 90"),
        ("cities", ASTANA, "lon", "21.0", "lies outside KAZ; expected a place in that country"),  # far away
        ("cities", ASTANA, "lon", "90.0", "lies outside KAZ"),  # a few degrees beyond the border
    ],
)
def test_wrong_cell_is_named_with_what_was_expected(name, find, column, value, expected):
    named(name, find, column, value, expected)


def test_one_id_of_a_list_and_a_key_of_several_columns_are_named_as_they_are():
    named("claims", "C-46", "source_ids", "S25;S000", "not in sources.source_id", told="source_ids: value 'S000'")
    named("macro", "KAZ,2005", "year", "2004", "already in row", told="iso3, year: value 'KAZ, 2004'")


def test_key_used_twice_is_named_with_both_rows():
    changed, row = with_cell("states", "KAZ", "iso3", "KGZ")
    (line,) = [line for line in checks.faults_of("states", changed) if "column iso3: value 'KGZ'" in line]
    own = next(number for number, cells in enumerate(byhand.records("states"), 1) if cells[0] == "KGZ")
    assert line.startswith(f"data/states.csv: row {max(row, own)}, ")
    assert f"already in row {min(row, own)};" in line


def test_overlapping_memberships_are_named():
    header, *rows = byhand.records("memberships")
    row = next(number for number, cells in enumerate(rows) if cells[:3] == ["UZB", "CSTO", "member"])
    again = dict(zip(header, rows[row], strict=True))
    again["since"] = str(int(again["since"][:4]) + 1)
    rows.insert(row + 1, list(again.values()))
    found = checks.faults_of("memberships", byhand.as_csv([header, *rows]))
    lines = [line for line in found if line.startswith(f"data/memberships.csv: row {row + 3}, column since")]
    assert any("overlaps the interval" in line and "UZB in CSTO" in line for line in lines), found


def test_census_that_does_not_add_up_is_named():
    changed, _ = with_cell("census", "2021,Kazakhs", "persons", "13497892")
    (line,) = checks.faults_of("census", changed)
    for text in ("data/census.csv: rows ", "column persons", "sum 19,186,016", "year 2021", "expected 19,186,015"):
        assert text in line
    changed, row = with_cell("census", "2021,Total", "persons", "19186016")
    (line,) = checks.faults_of("census", changed)
    assert f"rows {row} to {row}" in line


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda was: was.replace(b"KAZ,KZ,Kazakhstan", b"KAZ,KZ"), r"row \d+: \d+ cells; expected \d+"),
        (lambda was: was.replace(b"KAZ,KZ,", b'KAZ,"KZ,'), r"not a CSV table"),
        (lambda was: was[:-7], r"row \d+.*"),
        (lambda was: b"", r"row 1: header is empty; expected iso3, iso2"),
        (lambda was: was.split(b"\n")[0] + b"\n", r"no rows"),
        (lambda was: was.replace(b"iso3,iso2", b"iso3,iso4", 1), r"row 1: header is iso3, iso4.*expected iso3, iso2"),
        (lambda was: was.replace(b"\n", b"\r\n"), r"row 1: line ends with CR; expected LF"),
        (lambda was: was.replace(b"Kazakhstan", b"Kazakhst\xe4n"), r"row \d+: byte \d+ is not UTF-8"),
        (lambda was: was.replace(b"Kazakhstan", b"Kazakhst\0n"), r"row \d+: a null byte"),
        (lambda was: b"\xef\xbb\xbf" + was, r"row 1: a byte order mark"),
    ],
)
def test_damaged_file_is_named(change, expected):
    first, *_ = checks.faults_of("states", change(STATES))
    assert re.match(r"data/states\.csv: " + expected, first), first


def test_a_table_that_cannot_be_read_is_told_once_and_not_by_all_that_refer_to_it(monkeypatch):
    raw = tables.raw
    monkeypatch.setattr(tables, "raw", lambda name: raw(name).replace(b",", b";") if name == "states" else raw(name))
    lines = checks.of_tables()
    checks.forget()
    told = r"data/states\.csv: row 1: header is iso3;iso2.*; expected iso3, iso2.*; name the columns so, with commas"
    assert len(lines) <= 2, f"{len(lines)} lines, first {lines[0]}"
    assert re.match(told, lines[-1]), lines


def test_damaged_map_is_named():
    world = tables.read_bytes("world")
    assert "not a GeoJSON collection" in checks.faults_of("world", world[:-50])[0]
    lines = checks.faults_of("world", world.replace(b'"KAZ"', b'"KGZ"'))
    told = r"data/maps/world\.geojson: feature \d+, column \w+: value 'KGZ'"
    assert any(re.match(told, line) for line in lines), lines


def test_second_opinion_agrees():
    """Frictionless, the reference implementation, finds the package valid and the broken cell that the rules find."""
    small = [name for name in TABLES if len(tables.read_bytes(name)) < 4_000]
    assert len(small) > 20
    with system.use_context(trusted=True):
        for name in small:
            report = described(name, tables.read_bytes(name)).validate()
            assert report.valid, report.flatten(["message"])
        changed, row = with_cell("peer_roads", "KAZ", "since", "soon")
        report = described("peer_roads", changed).validate()
        assert report.flatten(["rowNumber", "fieldName"]) == [[row, "since"]]


def described(name: str, content: bytes) -> Resource:
    schema = {key: value for key, value in tables.resource(name)["schema"].items() if key != "foreignKeys"}
    return Resource(data=content, format="csv", encoding="utf-8", schema=Schema.from_descriptor(schema))


def test_checksum_cell_and_foreign_keys_are_all_told(capsys):
    file, changed = paths.table_file("states.csv"), STATES.replace(b"Kazakhstan,un_member", b"Kazakhstan,member")
    package = copy.deepcopy(tables.package())
    by_name = {entry["name"]: entry["schema"] for entry in package["resources"]}
    by_name["macro"]["foreignKeys"][0]["reference"] = {"resource": "nothing", "fields": "iso3"}
    by_name["trade"]["foreignKeys"][0]["reference"] = {"resource": "states", "fields": "iso4"}
    with tables.on_trial(package, {file: changed}):
        assert cli.main(["check"]) == 1
    told = capsys.readouterr().out
    assert "data/states.csv: checksum" in told
    assert re.search(r"data/states\.csv: row \d+, column kind: value 'member'", told)
    for names in (
        "macro: foreign key of iso3 names 'nothing.iso3'",
        "trade: foreign key of partner_iso3 names 'states.iso4'",
    ):
        assert f"data/datapackage.json: {names}; expected a table and its column" in told


def test_every_share_is_declared_to_lie_between_0_and_100():
    for name in tables.names():
        for field in tables.resource(name)["schema"]["fields"]:
            if field["name"].startswith("share") and field["type"] == "number":
                rules = field.get("constraints", {})
                assert (rules.get("minimum"), rules.get("maximum")) == (0, 100), f"{name}.{field['name']}"


def test_every_column_of_codes_or_sources_has_a_foreign_key():
    for name in set(TABLES) - {"states", "sources"}:
        schema = tables.resource(name)["schema"]
        codes = {each["name"] for each in schema["fields"] if re.fullmatch(r"(.*_)?iso3|source_id(_2)?", each["name"])}
        assert codes <= {key["fields"] for key in schema.get("foreignKeys", [])}, name


def test_unknown_table_is_refused():
    with pytest.raises(BookError, match="no table named"):
        checks.faults_of("nothing", b"")


def test_faults_stand_in_the_order_of_rows(monkeypatch):
    lines = ["data/a.csv: row 24: x", "data/a.csv: row 3: x", "data/a.csv: no rows", "data/b.csv: row 1: x"]
    monkeypatch.setattr(checks, "_tables", lambda: ({}, lines))
    assert checks.of_tables() == [lines[2], lines[1], lines[0], lines[3]]
