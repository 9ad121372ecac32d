"""The data dictionary and the dictionary of findings, generated from the package and from docstrings.

Also publishes the data package itself with the site, so that the tables can be cited and downloaded on their own.
"""

from __future__ import annotations

from pathlib import Path

from sphinx.util.docutils import SphinxDirective

from multivector import findings, paths
from multivector.book.layouts import drawn
from multivector.book.markup import SITES, BookHtml, fill, noted
from multivector.facts import tables

PUBLISHED = "data"


class DataDictionary(SphinxDirective):
    """Every table: what a row is, columns, units, rows, licence, source, checksum, download."""

    def run(self):
        """One node with a section for each table, and an anchor for each."""
        anchors = noted(self.env, "anchors", [])
        anchors.extend((f"table-{name}", "dataset", tables.resource(name)["title"]) for name in tables.names())
        source = "".join(_table(name) for name in tables.names())
        return [BookHtml(source=source, text=" ".join(tables.resource(name)["title"] for name in tables.names()))]


class FindingsDictionary(SphinxDirective):
    """Every finding: meaning, unit, the tables it reads."""

    def run(self):
        """One node with a definition list."""
        found = findings.every()
        return [
            BookHtml(
                source=drawn("findings", findings=found),
                text=" ".join(f"{entry.name} {entry.meaning}" for entry in found),
            )
        ]


def _table(name: str) -> str:
    entry = tables.resource(name)
    licence = entry.get("licenses", tables.package()["licenses"])[0]["name"]
    facts = [f"{len(tables.load(name)):,} rows", *_coverage(name), licence]
    return drawn("dataset", entry=entry, facts=facts, folder=PUBLISHED)


def _coverage(name: str) -> list[str]:
    """Years and number of states that a table covers, as far as it has such columns."""
    frame, parts = tables.load(name), []
    column = next((column for column in ("year", "date") if column in frame), None)
    years = sorted(frame[column].dropna().astype(str).str[:4]) if column else []
    if years:
        first, last = years[0], years[-1]
        parts.append(first if first == last else f"{first} to {last}")
    if "iso3" in frame:
        number = frame["iso3"].nunique()
        parts.append(f"{number} {'state' if number == 1 else 'states and other entities'}")
    return parts


def publish_package(app) -> list:
    """Copy the data package into the site, byte for byte."""
    if app.builder.name in SITES:
        files = {tables.resource(name)["path"]: tables.read_bytes(name) for name in tables.names()}
        fill(Path(app.outdir) / PUBLISHED, {**files, "datapackage.json": paths.DATAPACKAGE.read_bytes()})
    return []


def setup(app) -> None:
    """Register the directives and the publishing."""
    app.add_directive("data-dictionary", DataDictionary)
    app.add_directive("findings-dictionary", FindingsDictionary)
    app.connect("html-collect-pages", publish_package)
