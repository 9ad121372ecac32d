"""The only door to the data: typed, sorted, protected, and clear about faults."""

import hashlib
import json

import pandas as pd
import pytest

from multivector import paths
from multivector.errors import BookError
from multivector.facts import sidecars, tables


def test_every_table_names_its_source_and_meaning():
    known = set(tables.load("sources")["source_id"])
    for name in tables.names():
        entry = tables.resource(name)
        assert entry["description"].strip(), name
        assert entry["title"].strip(), name
        assert entry["sources"], name
        for source in entry["sources"]:
            assert source.get("source_id", next(iter(known))) in known, name
        for field in entry["schema"]["fields"]:
            assert field.get("description", "").strip(), f"{name}.{field['name']} has no description"


def test_types_follow_the_schema():
    macro = tables.load("macro")
    assert str(macro["year"].dtype) == "Int64"
    assert pd.api.types.is_float_dtype(macro["cpi_inflation_pct"])


def test_writing_to_a_frame_does_not_change_the_next_one():
    first = tables.load("states")
    first.loc[first["iso3"] == "KAZ", "name"] = "Changed"
    first["new"] = 1
    again = tables.load("states")
    assert again.set_index("iso3").loc["KAZ", "name"] == "Kazakhstan"
    assert "new" not in again.columns


def test_unknown_table_is_named():
    with pytest.raises(BookError, match="no table named 'statess'"):
        tables.load("statess")


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (lambda content: content.replace(b"Kazakhstan", b"Kazakstan"), r"data/states\.csv: checksum .*seal"),
        (None, r"data/states\.csv: .*missing"),
        (lambda content: content.replace(b"Kazakhstan", b"Kazakhst\xe4n"), r"data/states\.csv: .*UTF-8"),
        (lambda content: content.replace(b"iso3,iso2,name,kind", b"iso3,iso2,name", 1), r"data/states\.csv: .*header"),
    ],
    ids=["changed", "missing", "not UTF-8", "header cut off"],
)
def test_damaged_file_is_refused_in_one_line(tmp_path, monkeypatch, damage, expected):
    file, sealed = tmp_path / "data/states.csv", "UTF-8" in expected or "header" in expected
    file.parent.mkdir()
    if damage:
        file.write_bytes(damage(tables.read_bytes("states")))
    table_file = paths.table_file
    monkeypatch.setattr(paths, "table_file", lambda path: file if path == "states.csv" else table_file(path))
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    entry = dict(tables.resource("states"))
    if sealed:
        entry["hash"] = f"sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}"
    monkeypatch.setattr(tables, "resource", lambda name: entry)
    with pytest.raises(BookError, match=expected) as fault:
        tables.load("states")
    assert "\n" not in str(fault.value)


SIDECAR = "title: T\ndescription: D\nsources: [X]\nkey: day\ncolumns: {day: {is: Day, type: date}}\n"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("title: T\n", "", "'title' is missing; add it"),
        ("title", "size: 3\ntitle", "'size' is not a word of a table's description"),
        ("key: day", "key: [day, night]", "key: no column 'night'; expected one of: day"),
        ("columns", "exceptions: [{rule: date}]\ncolumns", "an exception needs rule, where and reason"),
        ("is: Day, ", "", "column day: 'is' is missing"),
        ("type", "kind", "column day: 'kind' is not a word of a column"),
        ("type: date", "refers: states", "column day: refers to 'states'; expected a table and its column"),
        ("D", "[", "not valid YAML"),
        (SIDECAR, "- a list", "expected a description"),
        (SIDECAR, None, "no table beside it; restore other.csv"),
    ],
)
def test_a_description_that_is_not_in_order_is_refused_in_one_line(tmp_path, monkeypatch, old, new, told):
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths, "DATA", tmp_path)
    (tmp_path / "package.yml").write_text("name: n\ntitle: t\nlicence: {name: l}", "utf-8")
    (tmp_path / "days.csv").write_text("day\n2023-06-08\n", "utf-8")
    (tmp_path / "days.yml").write_text(SIDECAR, "utf-8")
    assert len(sidecars.descriptor()["resources"]) == 1
    changed = "days.yml" if new is not None else "other.yml"
    (tmp_path / changed).write_text(SIDECAR.replace(old, new or ""), "utf-8")
    with pytest.raises(BookError) as fault:
        sidecars.descriptor()
    assert str(fault.value).startswith(f"{changed}: {told}")
    assert "\n" not in str(fault.value)


def test_seal_records_only_what_changed(project):
    before = json.loads((project.root / "data/datapackage.json").read_text("utf-8"))
    project.edit("data/states.csv", "Kazakhstan", "Kazakhstan ")
    project.seal()
    after = json.loads((project.root / "data/datapackage.json").read_text("utf-8"))
    changed = [a["name"] for a, b in zip(after["resources"], before["resources"], strict=True) if a != b]
    assert changed == ["states"]
