"""What a chapter needs to run: the tables that its code reads, itself or through the package.

Read from the code without running it: a string that is a finding's name brings the tables of that finding, a string
that is a table's name brings that table, and so do the strings of the package's modules that the code imports. Tables
to which a table's foreign keys point come along. The answer may be larger than what is read, and never smaller:
every bundle is run by the tests.
"""

from __future__ import annotations

import ast
import json
from functools import cache
from pathlib import Path

from multivector import findings, paths
from multivector.facts import kept, reads, tables
from multivector.ledger import claims, expressions

_ALWAYS = ("sources", "states")
_SILENT = {"checks", "cli", "book", "rerun"}  # these name tables only to list or to check them
_ASKS_ALL = claims.as_known_later.__name__
"""What asks the conditions of all claims."""


def tables_of(code: str) -> list[str]:
    """Names of the tables that ``code`` needs, sorted."""
    tree = ast.parse(code)
    named = set(_strings(tree))
    if any(isinstance(node, ast.Attribute) and node.attr == _ASKS_ALL for node in ast.walk(tree)):
        named |= {
            expressions.finding_of(reference).name
            for claim in claims.ledger()
            for reference in expressions.references(claim.condition or "0")
        }
    found = {*_ALWAYS, *(named & set(tables.names()))}
    modules = _imports(tree)
    for finding in findings.every():
        if finding.name in named:
            found |= set(finding.tables)
            modules |= {("findings", finding.name.split(".")[0])}
    found |= _tables_of_modules(frozenset(modules))
    return sorted(_with_references(found))


def reduced(names: list[str]) -> dict:
    """The data package descriptor with only the tables ``names``."""
    package = tables.package()
    return {**package, "resources": [entry for entry in package["resources"] if entry["name"] in names]}


@cache
def _tables_of_modules(modules: frozenset) -> frozenset:
    waiting, seen, found = list(modules), set(), set()
    while waiting:
        module = waiting.pop()
        file = paths.ROOT.joinpath("multivector", *module).with_suffix(".py")
        if module in seen or module[0] in _SILENT or module == ("facts", "tables") or not file.exists():
            continue
        seen.add(module)
        imported, strings = _content(file)
        waiting += imported
        if module[0] != "findings":  # findings receive their tables as arguments
            found |= strings & set(tables.names())
    return frozenset(found)


@cache
def _content(file: Path) -> tuple[set, set]:
    """What a module imports from the package, and its strings; kept between builds for the same text."""
    text = file.read_text("utf-8")
    imported, strings = json.loads(
        kept.text("needs", f"{reads.fingerprint(Path(__file__))}{text}", lambda: _read_off(text))
    )
    return {tuple(module) for module in imported}, set(strings)


def _read_off(text: str) -> str:
    tree = ast.parse(text)
    return json.dumps([sorted(_imports(tree)), sorted(set(_strings(tree)))])


def _imports(tree: ast.AST) -> set[tuple[str, ...]]:
    """Modules of the package that a piece of code imports, as paths below it."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "multivector":
            below = tuple(node.module.split(".")[1:])
            found |= {below} if below else set()
            found |= {(*below, alias.name) for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {tuple(a.name.split(".")[1:]) for a in node.names if a.name.startswith("multivector.")}
    return found


def _strings(tree: ast.AST) -> list[str]:
    return [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def _with_references(names: set[str]) -> set[str]:
    waiting, found = list(names), set()
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        keys = tables.resource(name)["schema"].get("foreignKeys", ())
        waiting += [key["reference"]["resource"] or name for key in keys]
    return found
