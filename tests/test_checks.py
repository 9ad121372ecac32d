"""Every rule that a table declares has a test that breaks it and reads the line: file, row, column, value, expected."""

from __future__ import annotations

import re

import pytest
from frictionless import Resource, Schema, system

from multivector import paths
from multivector.checks import package as checks
from multivector.errors import BookError
from multivector.facts import kept, tables


def content(name: str) -> str:
    return tables.read_bytes(name).decode()


def with_cell(name: str, find: str, column: str, value: str) -> tuple[bytes, int]:
    """The table with one cell changed, in the first row that begins with ``find``; and the number of that row."""
    import csv
    import io

    records = list(csv.reader(io.StringIO(content(name))))
    row = next(number for number, cells in enumerate(records) if ",".join(cells).startswith(find))
    records[row][records[0].index(column)] = value
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(records)
    return out.getvalue().encode(), row + 1


def named(name: str, find: str, column: str, value: str, *expected: str) -> None:
    changed, row = with_cell(name, find, column, value)
    lines = checks.faults_of(name, changed)
    assert lines, f"{name}.{column} = {value!r} was let through"
    place = f"data/{tables.resource(name)['path']}: row {row}, column {column}: value {value!r}: "
    line = next((line for line in lines if line.startswith(place)), None)
    assert line, f"expected a line that begins {place!r}, found {lines[:3]}"
    for text in expected:
        assert text in line


def test_the_package_is_valid():
    checks.forget()
    assert checks.faults() == []


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
        ("census", "1959,Kazakhs", "source_id", "S999", "not in sources.source_id"),
        ("memberships", "KAZ,CSTO", "since", "soon", "expected a date such as"),
        ("memberships", "KAZ,CSTO", "since", "2002-02-30", "expected a date such as"),
        ("claims", "C-46", "source_ids", "S25;S999", None),
        ("cities", "", "lat", "91", "expected at most 90"),
    ],
)
def test_wrong_cell_is_named_with_what_was_expected(name, find, column, value, expected):
    if column in ("capital", "lat"):
        find = next(line for line in content(name).splitlines()[1:] if line)[:12]
    if expected is None:  # one id of a list: the line shows the id, not the list
        lines = checks.faults_of(name, with_cell(name, find, column, value)[0])
        assert any("column source_ids: value 'S999': not in sources.source_id" in line for line in lines), lines
    else:
        named(name, find, column, value, expected)


def test_key_used_twice_is_named_with_both_rows():
    changed, row = with_cell("states", "KAZ", "iso3", "KGZ")
    first = next(n for n, line in enumerate(content("states").splitlines(), 1) if line.startswith("KGZ,"))
    lines = checks.faults_of("states", changed)
    later, earlier = max(row, first), min(row, first)
    assert any(line.startswith(f"data/states.csv: row {later}, column iso3: value 'KGZ'") for line in lines), lines
    assert any(f"already in row {earlier}" in line for line in lines)


def test_key_of_several_columns_used_twice_is_named():
    changed, row = with_cell("macro", "KAZ,2005", "year", "2004")
    lines = checks.faults_of("macro", changed)
    assert any(line.startswith(f"data/macro.csv: row {row}, column iso3, year: value 'KAZ, 2004'") for line in lines), (
        lines
    )


def test_end_before_beginning_is_named():
    find = next(line for line in content("memberships").splitlines() if line.startswith("UZB,CSTO,member,"))
    named("memberships", find, "until", "1990", "lies before since", "expected it after")


def test_overlapping_memberships_are_named():
    lines = content("memberships").splitlines()
    header = lines[0].split(",")
    position = next(n for n, line in enumerate(lines) if line.startswith("UZB,CSTO,member,"))
    first = lines[position].split(",")
    again = list(first)
    again[header.index("since")] = str(int(first[header.index("since")][:4]) + 1)
    changed = "\n".join([*lines[: position + 1], ",".join(again), *lines[position + 1 :]]) + "\n"
    found = checks.faults_of("memberships", changed.encode())
    line = next((line for line in found if "overlaps" in line), "")
    assert line.startswith(f"data/memberships.csv: row {position + 2}, column since"), found
    assert "UZB in CSTO" in line


def test_place_outside_its_country_is_named():
    astana = next(line for line in content("cities").splitlines() if ",Astana," in line)
    for lon in ("21.0", "90.0"):  # far away, and a few degrees beyond the border
        named("cities", astana.split(",")[0], "lon", lon, "lies outside KAZ", "expected a place in that country")


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
        (lambda text: text.replace("KAZ,KZ,Kazakhstan", "KAZ,KZ"), r"row \d+: \d+ cells; expected \d+"),
        (lambda text: text.replace("KAZ,KZ,", 'KAZ,"KZ,'), r"not a CSV table"),
        (lambda text: text[:-7], r"row \d+.*"),
        (lambda text: "", r"row 1: header is empty; expected iso3, iso2"),
        (lambda text: text.split("\n")[0] + "\n", r"no rows"),
        (lambda text: text.replace("iso3,iso2", "iso3,iso4", 1), r"row 1: header is iso3, iso4.*expected iso3, iso2"),
        (lambda text: text.replace("\n", "\r\n"), r"row 1: line ends with CR; expected LF"),
    ],
)
def test_damaged_file_is_named(change, expected):
    lines = checks.faults_of("states", change(content("states")).encode())
    assert lines
    assert re.match(r"data/states\.csv: " + expected, lines[0]), lines[:3]


def test_bytes_that_are_no_text_are_named():
    (line,) = checks.faults_of("states", tables.read_bytes("states").replace(b"Kazakhstan", b"Kazakhst\xe4n"))
    assert re.match(r"data/states\.csv: row \d+: byte \d+ is not UTF-8", line)
    (line,) = checks.faults_of("states", tables.read_bytes("states").replace(b"Kazakhstan", b"Kazakhst\0n"))
    assert "null byte" in line
    (line,) = checks.faults_of("groups", b"\xef\xbb\xbf" + tables.read_bytes("groups"))
    assert "data/groups.csv: row 1: a byte order mark" in line


def test_damaged_map_is_named():
    assert "not a GeoJSON collection" in checks.faults_of("world", tables.read_bytes("world")[:-50])[0]
    lines = checks.faults_of("world", tables.read_bytes("world").replace(b'"KAZ"', b'"KGZ"'))
    assert any(re.match(r"data/maps/world\.geojson: feature \d+, column \w+: value 'KGZ'", line) for line in lines), (
        lines
    )


def test_second_opinion_agrees():
    """Frictionless, the reference implementation, finds the package valid and the broken cell that the rules find."""
    small = [name for name in tables.names() if len(tables.read_bytes(name)) < 4_000 and csv_of(name)]
    with system.use_context(trusted=True):
        for name in small:
            report = described(name, tables.read_bytes(name)).validate()
            assert report.valid, report.flatten(["message"])
        changed, row = with_cell("peer_roads", "KAZ", "since", "soon")
        report = described("peer_roads", changed).validate()
        assert report.flatten(["rowNumber", "fieldName"]) == [[row, "since"]]
    assert len(small) > 20


def csv_of(name: str) -> bool:
    return tables.resource(name)["path"].endswith(".csv")


def described(name: str, content: bytes) -> Resource:
    schema = {key: value for key, value in tables.resource(name)["schema"].items() if key != "foreignKeys"}
    return Resource(data=content, format="csv", encoding="utf-8", schema=Schema.from_descriptor(schema))


def test_checksum_and_cell_are_both_told(project):
    project.edit("data/states.csv", "KAZ,KZ,Kazakhstan,un_member", "KAZ,KZ,Kazakhstan,member")
    done = project.run("-m", "multivector", "check")
    assert done.returncode == 1
    assert "checksum" in done.stdout
    assert re.search(r"data/states\.csv: row \d+, column kind: value 'member'", done.stdout)


def test_every_share_is_declared_to_lie_between_0_and_100():
    for name in tables.names():
        for field in tables.resource(name)["schema"]["fields"]:
            if field["name"].startswith("share") and field["type"] == "number":
                rules = field.get("constraints", {})
                assert (rules.get("minimum"), rules.get("maximum")) == (0, 100), f"{name}.{field['name']}"


def test_every_column_of_codes_or_sources_has_a_foreign_key():
    for name in tables.names():
        schema = tables.resource(name)["schema"]
        keyed = {
            key["fields"] if isinstance(key["fields"], str) else key["fields"][0]
            for key in schema.get("foreignKeys", [])
        }
        for field in schema["fields"]:
            column = field["name"]
            if name in ("states", "sources") or paths.table_file(tables.resource(name)["path"]).suffix != ".csv":
                continue
            if column in ("iso3", "source_id", "source_id_2") or column.endswith("_iso3"):
                assert column in keyed, f"{name}.{column} has no foreign key"


def test_unknown_table_is_refused():
    with pytest.raises(BookError, match="no table named"):
        checks.faults_of("nothing")


def test_no_two_rules_share_what_is_kept_between_builds(monkeypatch):
    keys = []
    monkeypatch.setattr(kept, "checked", lambda key, check: keys.append(key) or check())
    assert checks.of_tables() == []
    assert len(keys) > len(tables.names())
    assert len(keys) == len(set(keys)), "of two rules of one name the first would answer for both"
