"""The rooms of the package, and what each of them must not know."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "multivector"
KAZAKHSTAN = ("KAZ", "Kazakh", "Astana", "Vassilenko")


def test_rooms_import_one_way():
    done = subprocess.run([Path(sys.executable).with_name("lint-imports")], cwd=PACKAGE.parent, capture_output=True)
    assert done.returncode == 0, done.stdout.decode()


def test_every_module_has_a_room():
    alone = {file.stem for file in PACKAGE.glob("*.py")}
    assert alone == {"__init__", "__main__", "cli", "errors", "new", "paths", "rerun"}, "put the module into a room"


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
    for file in (PACKAGE / "book").rglob("*.py"):
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
        if file.parent.name != "book":
            assert not names & {"DATA", "MAPS"}, file.name


def _has_docstring(node) -> bool:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
    return isinstance(node, kinds) and node.body and ast.get_docstring(node, clean=False) is not None
