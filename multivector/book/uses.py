"""What stands behind each page: the tables that its code reads and the sources that it names.

The record is complete once all pages are read; the site publishes it as ``citations/used.json``.
"""

import re
from html import escape

from multivector import findings
from multivector.book import directives
from multivector.book.markup import BookHtml, later, noted, recorded
from multivector.cite import sources
from multivector.errors import BookError
from multivector.facts import tables
from multivector.ledger import claims

SHOWN_ON = ("chapters/sources", "chapters/citing")
"""Pages that say what others use."""
_DESK_CALL = re.compile(r"""\bdesk\(\s*["']([a-z_]+\.\w+)["']""")
_TABLE_LOAD = re.compile(r"""\btables\.load\(\s*["'](\w+)["']""")


def note_tables(app, docname: str, source: list[str]) -> None:
    """Record the tables that the code cells of a page read, directly or through findings; roles add those of theirs."""
    names = set(_TABLE_LOAD.findall(source[0])) & set(tables.names())
    for name in _DESK_CALL.findall(source[0]):
        names |= _tables_of(name)
    noted(app.env, "tables", set()).update(names)


def _tables_of(finding: str) -> set[str]:
    try:
        return set(findings.get(finding).tables)
    except BookError:  # the page itself reports an unknown finding, at its place
        return set()


def used_by(env, docname: str) -> dict[str, list[str]]:
    """Ids of the sources and names of the tables behind a page.

    Sources are those of its figures, tables, roles and of the claims whose cards it shows; tables are those that its
    code cells load and those of the findings it names.
    """
    shown = {
        name.removeprefix("card:") for name in recorded(env, "claims").get(docname, ()) if name.startswith("card:")
    }
    shown |= {name for name, kind, _ in recorded(env, "anchors").get(docname, ()) if kind == "claim"}
    cited = set(recorded(env, "sources").get(docname, ()))
    cited.update(*(claim.sources for claim in claims.ledger() if claim.claim_id in shown))
    return {"sources": sources.ordered(cited), "tables": sorted(recorded(env, "tables").get(docname, ()))}


def used(env) -> dict[str, dict]:
    """What is behind each page, by docname."""
    return {docname: used_by(env, docname) for docname in sorted(env.found_docs)}


def what_you_used(app, docname: str, name: str) -> BookHtml | None:
    """References and data versions behind the page named, once all are read, as ``cite_what_you_used`` gives them."""
    pages = app.env.multivector_used
    if name not in pages:  # a shortened book lacks the page
        return None
    behind = sources.cite_what_you_used(name, pages)
    lines = [f"{source}  {text}" for source, text in behind["references"].items()]
    lines += [f"{table}  sha256:{state['sha256'][:12]}…" for table, state in behind["tables"].items()]
    text = "\n".join([*lines, f"data  {behind['data']['digest'][:12]}…"])
    label = f"References and data versions behind {name}"
    source = f'<pre class="cite-text" tabindex="0" role="group" aria-label="{label}">{escape(text)}</pre>'
    return BookHtml(source=source, text=text)


def rewrite_shown(app, env) -> list[str]:
    """Write the pages that say what others use again if that has changed since they were written."""
    before, env.multivector_used = getattr(env, "multivector_used", None), used(env)
    return [name for name in SHOWN_ON if name in env.found_docs and before != env.multivector_used]


def setup(app) -> None:
    """Keep the record, and the pages that show it."""
    directives.add(app, "what-you-used", lambda env, name: later(what_you_used, name), required=1)
    app.connect("source-read", note_tables)
    app.connect("env-updated", rewrite_shown, priority=300)
