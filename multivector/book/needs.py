"""What a chapter needs to run: the tables that its code reads, itself or through the package.

Read from the code without running it: a string that is a finding's name brings the tables of that finding, a string
that is a table's name brings that table, and so do the strings of the package's modules that the code imports. Tables
to which a table's foreign keys point come along. The answer may be larger than what is read, and never smaller:
every bundle is run by the tests.
"""

import ast
import json
from collections.abc import Callable, Iterable
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
    asked = [finding for finding in findings.every() if finding.name in named]
    modules = _imports(tree) | {f"findings.{finding.name.split('.')[0]}" for finding in asked}
    found = {*_ALWAYS, *(named & set(tables.names())), *_tables_of_modules(frozenset(modules))}
    return sorted(_reached(found.union(*(finding.tables for finding in asked)), _references))


def reduced(names: list[str]) -> dict:
    """The data package descriptor with only the tables ``names``."""
    package = tables.package()
    return {**package, "resources": [entry for entry in package["resources"] if entry["name"] in names]}


def _reached(start: Iterable[str], onward: Callable[[str], Iterable[str]]) -> set[str]:
    """The names ``start`` and all to which ``onward`` leads from them."""
    waiting, found = list(start), set()
    while waiting:
        if (name := waiting.pop()) not in found:
            found.add(name)
            waiting += onward(name)
    return found


def _references(name: str) -> list[str]:
    """Tables to which a table's foreign keys point."""
    return [key["reference"]["resource"] or name for key in tables.resource(name)["schema"].get("foreignKeys", ())]


@cache
def _tables_of_modules(modules: frozenset[str]) -> set[str]:
    reached = _reached(modules, lambda module: _content(module)[0])
    reached = {module for module in reached if not module.startswith("findings.")}  # they receive tables as arguments
    return set(tables.names()).intersection(string for module in reached for string in _content(module)[1])


@cache
def _content(module: str) -> tuple[list[str], list[str]]:
    """What a module imports from the package, and its strings; kept between builds for the same text."""
    file = paths.ROOT.joinpath("multivector", *module.split(".")).with_suffix(".py")
    if module.split(".")[0] in _SILENT or module == "facts.tables" or not file.exists():
        return [], []
    text = file.read_text("utf-8")
    asked = f"{reads.fingerprint(Path(__file__))}{text}"
    return tuple(json.loads(kept.text("needs", asked, lambda: _read_off(ast.parse(text)))))


def _read_off(tree: ast.AST) -> str:
    return json.dumps([sorted(_imports(tree)), sorted(set(_strings(tree)))])


def _imports(tree: ast.AST) -> set[str]:
    """Modules of the package that a piece of code imports, by their names below it; and names that may be modules."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name.removeprefix("multivector.") for name in found if name.startswith("multivector.")}


def _strings(tree: ast.AST) -> list[str]:
    return [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
