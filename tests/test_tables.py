"""The only door to the data: typed, sorted, protected, and clear about faults."""

from __future__ import annotations

import hashlib
import json

import pandas as pd
import pytest

from multivector import paths
from multivector.errors import BookError
from multivector.facts import tables


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


def test_seal_records_only_what_changed(project):
    before = json.loads((project.root / "data/datapackage.json").read_text("utf-8"))
    project.edit("data/states.csv", "Kazakhstan", "Kazakhstan ")
    project.seal()
    after = json.loads((project.root / "data/datapackage.json").read_text("utf-8"))
    changed = [a["name"] for a, b in zip(after["resources"], before["resources"], strict=True) if a != b]
    assert changed == ["states"]
