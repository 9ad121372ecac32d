"""The house keeps its floors: a module imports only from floors below its own."""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "multivector"
FLOORS = [
    {"__init__", "paths", "errors", "dates", "names", "transliteration"},
    {"reads", "sidecars"},
    {"tables"},
    {"bibtex", "cells", "chance", "derive", "memberships", "plausibility", "ris", "styles"},
    {"agreement", "sources", "geo", "quotes", "membership_checks"},
    {"findings", "figures", "source_checks"},
    {"expressions", "htmltables", "checks", "citing", "maps", "votechart"},
    {"claims", "membershiptable", "anchors"},
    {"charts", "claimlock", "coverpicture", "focus", "ledgerchart", "rerun", "sealing"},
    {"sphinx_ext", "cli"},
    {"__main__"},
]
LEVEL = {name: level for level, floor in enumerate(FLOORS) for name in floor}
KAZAKHSTAN = ("KAZ", "Kazakh", "Astana", "Vassilenko")


def room(file: Path) -> str:
    parts = file.relative_to(PACKAGE).with_suffix("").parts
    return parts[0]


def imported_rooms(file: Path) -> set[str]:
    rooms = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "multivector":
            below = node.module.split(".")[1:]
            rooms |= {below[0]} if below else {alias.name for alias in node.names}
    return rooms


def test_every_module_has_a_floor():
    unknown = {room(file) for file in PACKAGE.rglob("*.py")} - set(LEVEL)
    assert not unknown, f"modules without a floor: {sorted(unknown)}"


def test_imports_go_downwards_only():
    upward = [
        f"{file.relative_to(PACKAGE)} imports {other}"
        for file in PACKAGE.rglob("*.py")
        for other in imported_rooms(file) - {room(file)}
        if other in LEVEL and LEVEL[other] >= LEVEL[room(file)]
    ]
    assert not upward, upward


def test_findings_open_no_files_and_draw_nothing():
    forbidden = {"open", "read_csv", "read_text", "read_bytes", "print"}
    for file in (PACKAGE / "findings").glob("*.py"):
        tree = ast.parse(file.read_text("utf-8"))
        called = {
            getattr(node.func, "attr", getattr(node.func, "id", ""))
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
        }
        assert not called & forbidden, f"{file.name} calls {called & forbidden}"
        imported = {
            name.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names
        }
        assert "matplotlib" not in imported, file.name


def test_extension_knows_nothing_of_kazakhstan():
    for file in (PACKAGE / "sphinx_ext").rglob("*.py"):
        code = ast.parse(file.read_text("utf-8"))
        doc = {id(node.body[0].value) for node in ast.walk(code) if _has_docstring(node)}
        texts = [
            node.value
            for node in ast.walk(code)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in doc
        ]
        for word in KAZAKHSTAN:
            assert not any(word in text for text in texts), f"{file.name} names {word}"


def test_only_tables_and_paths_know_the_data_folder():
    allowed = {"tables.py", "paths.py", "checks.py", "sidecars.py"}
    for file in PACKAGE.rglob("*.py"):
        if file.name in allowed:
            continue
        tree = ast.parse(file.read_text("utf-8"))
        names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        if file.parent.name != "sphinx_ext":
            assert not names & {"DATA", "MAPS"}, file.name


def _has_docstring(node) -> bool:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
    return isinstance(node, kinds) and node.body and ast.get_docstring(node, clean=False) is not None
