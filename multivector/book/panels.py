"""What opens in place beside a link to a claim, a computed number, a source or a term (``static/panel.js``).

Each page carries, once, the text for everything it links to. Without the script a link leads to the entry itself.
"""

import re
from collections.abc import Callable

from markupsafe import Markup

from multivector import findings
from multivector.book import glossary
from multivector.book.bibliography import short_citation
from multivector.book.layouts import drawn
from multivector.book.markup import SITES, resolve
from multivector.cite import citing, sources
from multivector.facts import tables
from multivector.ledger import claims

_LINKED = re.compile(r'href="[^"#]*\b(?:claims|data|sources|glossary)\.html#([\w-]+)"')


def add_panels(app, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Put the texts for the links of a page at the end of its body."""
    if app.builder.name in SITES and doctree is not None:
        linked = set(_LINKED.findall(context["body"]))
        base, known = app.config.multivector_fixed_url, app.multivector_parts
        cited = {name: citing.plain(known[name], "APA", base) for name in linked & known.keys()}
        context["body"] += resolve(texts(linked, cited), pagename, app.builder.name)


def texts(linked: set[str], references: dict[str, str]) -> str:
    """The texts for the entries with these ids, ready to be opened; empty if there is none.

    ``references`` are those of claims, as they are cited.
    """
    found = {finding_id(one.name): one for one in findings.every() if finding_id(one.name) in linked}
    chosen = [claim for claim in claims.ledger() if claim.claim_id in linked]
    cited = linked | {source for claim in chosen for source in claim.sources}
    return drawn(
        "panels",
        claims=chosen,
        references=references,
        findings=sorted(found.items()),
        behind=lambda name: Markup(behind(name, short_citation)),
        said={name: origin(one.tables) for name, one in found.items()},
        data=tables.digest()[:12],
        titles={name: tables.resource(name)["title"] for name in tables.names()},
        cited=[source for source in sources.every() if source.source_id in cited],
        terms=[(name, entry) for entry in glossary.entries() if (name := glossary.anchor(entry["term"])) in linked],
        reading=sources.reading,
        grades=sources.GRADES,
    )


def behind(table: str, form: Callable = lambda source, short: short) -> str:
    """Author and year of the source that a table names first, and whether there are others, of whichever rows.

    Which of them a number rests on only its rows could tell. ``form`` makes a link of the source.
    """
    stated = tables.resource(table)["sources"]
    ids = [one["source_id"] for one in stated if "source_id" in one]
    others = " and others" if len(stated) > 1 else ""
    return f" ({form(sources.get(ids[0]), sources.short(ids[0]))}{others})" if ids else ""


def origin(names: list[str]) -> str:
    """What a citation of a number says after it: its tables with their sources, the book, its version and that of its data."""
    work = citing.work()
    book = f"{', '.join(work.authors)} {work.released.year}, version {work.version}, data {tables.digest()[:12]}"
    listed = "; ".join(f"table {name}{behind(name)}" for name in names)
    return f"computed from {listed} in {book}" if names else f"computed in {book}"


def finding_id(name: str) -> str:
    """Permanent id of a finding in the list of findings."""
    return f"finding-{name.replace('.', '-')}"


def setup(app) -> None:
    """Connect the panels."""
    app.connect("html-page-context", add_panels, priority=600)
