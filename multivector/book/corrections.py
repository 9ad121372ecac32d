"""The page of corrections: what an earlier edition had wrong, what stands now, on which source, and what changed."""

import textwrap
from functools import cache

from docutils import nodes
from markupsafe import Markup, escape

from multivector.book import directives
from multivector.book.layouts import drawn
from multivector.book.markup import BookHtml, foreign, later
from multivector.book.roles import homes
from multivector.cite import anchors, sources
from multivector.errors import BookError
from multivector.facts import names, tables
from multivector.look.typography import printed

SHOWN_ON = "chapters/corrections"
_LONGEST = 60  # letters of a title


def corrections(env, kind: str) -> nodes.Node:
    """All corrections of one kind, by version; a kind that has none is a fault."""
    frame = tables.load("corrections")
    chosen = frame[frame["kind"] == kind].sort_values(["published", "correction_id"]).fillna("")
    if chosen.empty:
        known = ", ".join(sorted(set(frame["kind"])))
        raise BookError(f"no correction of kind {kind!r}; expected one of: {known}")
    return later(_drawn, chosen)


def _drawn(app, docname: str, chosen) -> BookHtml:
    titles = _titles(app.env)
    rows = [_row(row, titles) for row in chosen.itertuples()]
    text = " ".join(f"{row['what']} {row['old']} {row['new']}" for row in rows)
    return BookHtml(source=drawn("corrections", rows=rows), text=text)


def _titles(env) -> dict[str, str]:
    """What pages, figures and tables are called, in short."""
    pages = {name: title.astext().partition(":")[0] for name, title in env.titles.items()}
    held = {name: title for name, (_, title) in homes(env).items() if name.startswith(("fig-", "tab-"))}
    return {name: textwrap.shorten(title, _LONGEST, placeholder="…") for name, title in (pages | held).items()}


def rewrite_shown(app, env) -> list[str]:
    """Write the page again if something that it names is called otherwise since."""
    before, env.multivector_titles = getattr(env, "multivector_titles", None), _titles(env)
    return [SHOWN_ON] if SHOWN_ON in env.found_docs and before != env.multivector_titles else []


def _row(row, titles: dict[str, str]) -> dict:
    effect = [part.strip() for part in row.effect.split(";") if part]
    return {
        "correction_id": row.correction_id,
        "what": _shown(row.what),
        "old": _shown(row.old),
        "new": _shown(row.new),
        "source_id": row.source_id,
        "source": _shown(sources.short(row.source_id)) if row.source_id else "",
        "changed": [_named(part, titles) for part in effect],
    }


def _named(part: str, titles: dict[str, str]) -> tuple[str, str]:
    """What changed, as readers know it, and where it stands, if anywhere."""
    table = part.removeprefix("data/").removeprefix("table-").removesuffix(".csv")
    if address := _published().get(f"table-{table}", ""):
        return f"table {table}", address
    return titles.get(part, part), _published().get(part, "")


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
    """Register the directive, and keep what it names."""
    directives.add(app, "corrections", corrections, required=1)
    app.connect("env-updated", rewrite_shown, priority=300)
