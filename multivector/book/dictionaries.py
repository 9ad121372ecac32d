"""The data dictionary and the dictionary of findings, generated from the package and from docstrings.

Also publishes the data package itself with the site, so that the tables can be cited and downloaded on their own.
"""

from pathlib import Path

from multivector import findings, paths
from multivector.book import directives
from multivector.book.layouts import drawn
from multivector.book.markup import SITES, BookHtml, fill, noted
from multivector.facts import kept, reads, tables

PUBLISHED = "data"


def data_dictionary(env) -> BookHtml:
    """Every table, with an anchor: what a row is, columns, units, rows, licence, source, checksum, download."""
    titles = {name: tables.resource(name)["title"] for name in tables.names()}
    noted(env, "anchors", []).extend((f"table-{name}", "dataset", title) for name, title in titles.items())
    return BookHtml(source="".join(map(_table, titles)), text=" ".join(titles.values()))


def findings_dictionary(env) -> BookHtml:
    """Every finding: meaning, unit, the tables it reads."""
    found = findings.every()
    text = " ".join(f"{entry.name} {entry.meaning}".replace("``", "") for entry in found)
    return BookHtml(source=drawn("findings", findings=found), text=text)


def _table(name: str) -> str:
    entry = tables.resource(name)
    licence = entry.get("licenses", tables.package()["licenses"])[0]["name"]
    facts = [*kept.value(("extent", name, reads.fingerprint(Path(__file__))), lambda: _extent(name)), licence]
    return drawn("dataset", entry=entry, facts=facts, folder=PUBLISHED)


def _extent(name: str) -> list[str]:
    """Number of rows of a table, and the years and number of states that it covers as far as it has such columns."""
    frame = tables.load(name)
    parts = [f"{len(frame):,} rows"]
    column = next((column for column in ("year", "date") if column in frame), None)
    years = set(frame[column].dropna().astype(str).str[:4]) if column else ()
    if years:
        parts.append(" to ".join(sorted({min(years), max(years)})))
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
    directives.add(app, "data-dictionary", data_dictionary)
    directives.add(app, "findings-dictionary", findings_dictionary)
    app.connect("html-collect-pages", publish_package)
