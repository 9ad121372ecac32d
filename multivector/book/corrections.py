"""The page of corrections: what an earlier edition had wrong, what stands now, on which source, and what changed."""

from functools import cache

from markupsafe import Markup, escape

from multivector.book import directives
from multivector.book.layouts import drawn
from multivector.book.markup import BookHtml, foreign
from multivector.cite import anchors, sources
from multivector.errors import BookError
from multivector.facts import names, tables
from multivector.look.typography import printed


def corrections(env, kind: str) -> BookHtml:
    """All corrections of one kind, by version; a kind that has none is a fault."""
    frame = tables.load("corrections")
    chosen = frame[frame["kind"] == kind].sort_values(["published", "correction_id"]).fillna("")
    if chosen.empty:
        known = ", ".join(sorted(set(frame["kind"])))
        raise BookError(f"no correction of kind {kind!r}; expected one of: {known}")
    rows = [_row(row) for row in chosen.itertuples()]
    text = " ".join(f"{row['what']} {row['old']} {row['new']}" for row in rows)
    return BookHtml(source=drawn("corrections", rows=rows), text=text)


def _row(row) -> dict:
    effect = [part.strip() for part in row.effect.split(";") if part]
    return {
        "correction_id": row.correction_id,
        "what": _shown(row.what),
        "old": _shown(row.old),
        "new": _shown(row.new),
        "source_id": row.source_id,
        "source": _shown(sources.short(row.source_id)) if row.source_id else "",
        "changed": [(part, _published().get(part, "")) for part in effect],
    }


def _shown(text: str) -> Markup:
    """The text with states by name, as a reader knows them, and words in Cyrillic letters marked as such."""
    bodies = set(tables.load("organisations")["organisation"])
    return Markup(foreign(escape(names.spelled_out(printed(text), names.names_of(tables.load("states")), bodies))))


@cache
def _published() -> dict[str, str]:
    """Where each claim, page, figure, table and finding stands that can have changed."""
    found = {}
    for anchor in anchors.read():
        page, _, name = anchor.address.partition("#")
        found[name or page.removesuffix(".html")] = anchor.target or anchor.address
    return found


def setup(app) -> None:
    """Register the directive."""
    directives.add(app, "corrections", corrections, required=1)
