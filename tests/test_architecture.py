"""The rooms of the package, and what each of them must not know."""

import ast
import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "multivector"
NODES = {file: list(ast.walk(ast.parse(file.read_text("utf-8")))) for file in PACKAGE.rglob("*.py")}
KAZAKHSTAN = ("KAZ", "Kazakh", "Astana", "Vassilenko")


def of_room(room: str) -> dict[str, list[ast.AST]]:
    """The parts of each module in a folder of the package, by its name."""
    return {file.name: nodes for file, nodes in NODES.items() if PACKAGE / room in file.parents}


def test_rooms_import_one_way():
    done = subprocess.run([Path(sys.executable).with_name("lint-imports")], cwd=PACKAGE.parent, capture_output=True)
    assert done.returncode == 0, done.stdout.decode()


def test_every_module_has_a_room():
    alone = {file.stem for file in PACKAGE.glob("*.py")}
    assert alone == {"__init__", "__main__", "cli", "errors", "new", "paths", "rerun"}, "put the module into a room"


def test_findings_open_no_files_and_draw_nothing():
    forbidden = {"open", "read_csv", "read_text", "read_bytes", "print"}
    for name, nodes in of_room("findings").items():
        calls = [node.func for node in nodes if isinstance(node, ast.Call)]
        called = {getattr(each, "attr", getattr(each, "id", "")) for each in calls}
        assert not called & forbidden, f"{name} calls {called & forbidden}"
        imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
        imported |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
        assert not any(module.startswith("matplotlib") for module in imported), name


def test_extension_knows_nothing_of_kazakhstan():
    for name, nodes in of_room("book").items():
        kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
        told = [node for node in nodes if isinstance(node, kinds) and ast.get_docstring(node, clean=False) is not None]
        docs = {node.body[0].value for node in told}
        texts = [node.value for node in nodes if isinstance(node, ast.Constant) and node not in docs]
        found = [word for word in KAZAKHSTAN for text in texts if isinstance(text, str) and word in text]
        assert not found, f"{name} names {found}"


def test_only_paths_and_sidecars_know_the_data_folder():
    for file, nodes in NODES.items():
        names = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
        known = file.name in ("paths.py", "sidecars.py") or file.parent.name == "book"
        assert known or not names & {"DATA", "MAPS"}, file.name
