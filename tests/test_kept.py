"""What was computed is kept exactly as long as what it was computed from is the same."""

import hashlib
import re

import pytest

from multivector import paths
from multivector.facts import kept, tables


@pytest.fixture(autouse=True)
def empty(monkeypatch):
    """Nothing kept from elsewhere, and nothing left behind."""
    monkeypatch.setattr(kept, "_values", {})
    monkeypatch.setattr(kept, "_known", set())
    monkeypatch.setattr(kept, "_between_builds", False)


@pytest.fixture
def asked() -> list[str]:
    """What was computed, in order."""
    return []


@pytest.fixture
def count(asked):
    """A computation that reads a table and tells that it ran."""

    def rows(name: str = "census") -> int:
        asked.append(name)
        return len(tables.load(name))

    return rows


def with_a_row_less(name: str):
    """The package with one row less in a table, looked at before it is written."""
    *rows, _ = tables.read_bytes(name).splitlines(keepends=True)
    content, file = b"".join(rows), tables.paths.table_file(tables.resource(name)["path"])
    entries = [
        {**entry, "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"} if entry["name"] == name else entry
        for entry in tables.package()["resources"]
    ]
    return tables.on_trial({**tables.package(), "resources": entries}, {file: content})


def test_it_is_computed_once_and_again_when_its_table_changes(count, asked):
    assert kept.value(("rows",), count) == kept.value(("rows",), count)
    assert asked == ["census"]
    with with_a_row_less("census"):
        assert kept.value(("rows",), count) == len(tables.load("census"))
    assert asked == ["census", "census"]
    with with_a_row_less("macro"):
        kept.value(("rows",), count)
    kept.value(("rows",), count)
    assert asked == ["census"] * 3, "when it differs, when it is back, and never for another table"


def test_what_asks_a_kept_value_depends_on_its_tables(count, asked):
    kept.value(("inner",), count)
    outer = ("outer",), lambda: kept.value(("inner",), count) + 1
    before = kept.value(*outer)
    with with_a_row_less("census"):
        assert kept.value(*outer) == before - 1


def test_it_is_carried_to_the_next_build(tmp_path, count, asked, monkeypatch):
    file = tmp_path / "kept"
    kept.recall(file)
    kept.checked(("rule",), lambda: [str(count())])
    kept.store(file)
    monkeypatch.setattr(kept, "_values", {})
    kept.recall(file)
    assert kept.checked(("rule",), lambda: [str(count())]) == [str(len(tables.load("census")))]
    assert asked == ["census"]


def test_what_a_process_that_reads_pages_computed_is_given_once(tmp_path, count, asked, monkeypatch):
    kept.value(("rows",), count)
    kept.value(("frame",), lambda: tables.load("census"))
    given = kept.given()
    assert list(given) == ["('rows',)"], "a frame is not carried"
    assert not kept.given()
    monkeypatch.setattr(kept, "_values", {})
    kept.take(given)
    kept.store(tmp_path / "kept")
    monkeypatch.setattr(kept, "_values", {})
    kept.recall(tmp_path / "kept")
    kept.value(("rows",), count)
    assert asked == ["census"]
    assert not kept.given()


def test_the_build_stores_what_prose_asks(site, monkeypatch):
    kept.recall(paths.KEPT)
    asked = re.findall(r"{num}`(\w+\.\w+)[`(|]", (paths.CHAPTERS / "corridors.md").read_text("utf-8"))
    missing = {name for name in asked if not any(key.startswith(f"('{name}'") for key in kept._values)}
    assert len(asked) > 30
    assert not missing


@pytest.mark.parametrize("damage", ["code", "table", "file"])
def test_it_is_not_carried_past_a_change(tmp_path, count, asked, monkeypatch, damage):
    file = tmp_path / "kept"
    kept.value(("rows",), count)
    kept.store(file)
    monkeypatch.setattr(kept, "_values", {})
    if damage == "code":
        monkeypatch.setattr(kept, "code", lambda: "another")
    elif damage == "file":
        file.write_bytes(file.read_bytes()[:100])
    if damage == "table":
        with with_a_row_less("census"):
            kept.recall(file)
            assert not kept._values
    else:
        kept.recall(file)
        assert not kept._values


def test_outside_a_build_checks_are_always_asked(count, asked):
    for _ in range(2):
        kept.checked(("rule",), lambda: [str(count())])
    assert asked == ["census", "census"]


@pytest.fixture
def store(tmp_path, monkeypatch):
    """Texts kept in a folder of the test alone."""
    monkeypatch.setattr(kept.paths, "SETTINGS", tmp_path)
    return tmp_path / "echo"


def test_a_text_is_made_once_for_all_who_ask_the_same(store, asked):
    def make(of: str) -> str:
        return kept.text("echo", of, lambda: asked.append(of) or of.upper())

    assert [make("a"), make("a"), make("b"), make("a")] == ["A", "A", "B", "A"]
    assert asked == ["a", "b"]


@pytest.mark.parametrize("damage", [b"", b"A", b"\xff", b"0\nA"])
def test_a_text_that_something_damaged_is_made_again(store, asked, damage):
    kept.text("echo", "a", lambda: "A\n")
    (file,) = store.glob("*.txt")
    file.write_bytes(damage)
    assert kept.text("echo", "a", lambda: "A\n") == "A\n"
    assert kept.text("echo", "a", lambda: "never") == "A\n"


def test_texts_do_not_gather_without_end(store, monkeypatch):
    monkeypatch.setattr(kept, "_MANY", 3)
    for number in range(9):
        kept.text("echo", str(number), str)
    assert len(list(store.iterdir())) == 3


def test_without_room_nothing_is_kept_and_all_is_made(store):
    store.write_text("in the way of the folder")
    assert kept.text("echo", "a", lambda: "A") == "A"
