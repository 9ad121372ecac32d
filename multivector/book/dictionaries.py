"""The data dictionary and the dictionary of findings, generated from the package and from docstrings.

Also publishes the data package itself with the site, so that the tables can be cited and downloaded on their own.
"""

from __future__ import annotations

import html
import shutil
from pathlib import Path

from sphinx.util.docutils import SphinxDirective

from multivector import findings, paths
from multivector.book.cards import cite_control
from multivector.book.markup import ROOT, SITES, BookHtml, noted
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
        source = f'<dl class="mv-findings">{"".join(_finding(entry) for entry in found)}</dl>'
        return [BookHtml(source=source, text=" ".join(f"{entry.name} {entry.meaning}" for entry in found))]


def _table(name: str) -> str:
    entry = tables.resource(name)
    rows = len(tables.load(name))
    fields = "".join(_field(field) for field in entry["schema"]["fields"])
    licence = entry.get("licenses", tables.package()["licenses"])[0]["name"]
    facts = (
        f"{rows:,} rows · {_coverage(name)}{licence} · SHA-256 <code>{entry['hash'][7:19]}…</code> · {_sources(entry)}"
    )
    return (
        f'<section class="mv-dataset" id="table-{name}" aria-labelledby="table-{name}-title">'
        f'<h3 id="table-{name}-title">{html.escape(entry["title"])}</h3><p>{html.escape(entry["description"])}</p>'
        f'<p class="mv-card-foot">{facts} · <a href="{ROOT}{PUBLISHED}/{entry["path"]}" download>'
        f"{html.escape(entry['path'])}</a> {cite_control(f'table-{name}')}</p>"
        f"<details><summary>Columns of {html.escape(name)}</summary>"
        f'<div class="mv-scroll" role="group" tabindex="0" aria-label="Columns of {html.escape(name)}"><table>'
        f'<thead><tr><th scope="col">Column</th><th scope="col">Type</th><th scope="col">Meaning</th></tr></thead>'
        f"<tbody>{fields}</tbody></table></div></details></section>"
    )


def _coverage(name: str) -> str:
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
    return "".join(f"{part} · " for part in parts)


def _field(field: dict) -> str:
    unit = f", in {field['unit']}" if field.get("unit") else ""
    meaning = html.escape(field.get("description", "") + unit)
    allowed = field.get("constraints", {}).get("enum")
    if allowed:
        meaning += f" One of: {html.escape(', '.join(map(str, allowed)))}."
    return f'<tr><th scope="row">{field["name"]}</th><td>{field["type"]}</td><td>{meaning}</td></tr>'


def _sources(entry: dict) -> str:
    parts = []
    for source in entry["sources"]:
        title = html.escape(source["title"])
        name = source.get("source_id")
        parts.append(f'<a class="mv-source" href="{ROOT}chapters/sources.html#{name}">{title}</a>' if name else title)
    return "; ".join(parts)


def _finding(entry: findings.Finding) -> str:
    read = ", ".join(f'<a href="#table-{name}">{name}</a>' for name in entry.tables) or "other findings"
    unit = f" Unit: {html.escape(entry.unit)}." if entry.unit else ""
    anchor = f"finding-{entry.name.replace('.', '-')}"
    return f'<dt id="{anchor}"><code>{entry.name}</code></dt><dd>{html.escape(entry.meaning)}{unit} Reads: {read}.</dd>'


def publish_package(app) -> list:
    """Copy the data package into the site, byte for byte."""
    if app.builder.name not in SITES:
        return []
    target = Path(app.outdir) / PUBLISHED
    for name in tables.names():
        file = target / tables.resource(name)["path"]
        file.parent.mkdir(parents=True, exist_ok=True)
        content = tables.read_bytes(name)
        if not file.exists() or file.read_bytes() != content:
            file.write_bytes(content)
    shutil.copyfile(paths.DATAPACKAGE, target / "datapackage.json")
    return []


def setup(app) -> None:
    """Register the directives and the publishing."""
    app.add_directive("data-dictionary", DataDictionary)
    app.add_directive("findings-dictionary", FindingsDictionary)
    app.connect("html-collect-pages", publish_package)
