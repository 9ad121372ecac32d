"""Sources on the pages: links to them in the text, the box under each page, the register, and their citation files."""

import re
from collections import defaultdict
from functools import partial
from html import escape

from docutils.parsers.rst.directives import choice
from markupsafe import Markup
from sphinx.util.docutils import SphinxRole

from multivector.book import directives, faults, partcites, uses
from multivector.book.layouts import drawn, offered
from multivector.book.markup import ROOT, BookHtml, foreign, inline, later, noted
from multivector.cite import citing, sources
from multivector.errors import BookError
from multivector.facts import kept, tables
from multivector.look.typography import printed

PAGE = "chapters/sources"
FILES = "sources"
"""Folder of the citation files of single sources, inside that of the parts of the book."""
_ADDRESS = re.compile(r'\s*<a\s+href="[^"]*"[^>]*>http[^<]*</a>\.?$')


# --- in the text ------------------------------------------------------------------------------------------------


class SourceRole(SphinxRole):
    """Author and year of a source, linked to its entry."""

    def run(self):
        """The link as a node; an unknown source is recorded as a fault of the page."""
        source_id = self.text.strip()
        try:
            source, short = sources.get(source_id), sources.short(source_id)
        except BookError as fault:
            return faults.problem(self, str(fault)), []
        noted(self.env, "sources", set()).add(source_id)
        return [inline(short_citation(source, short), short)], []


def short_citation(source: sources.Source, short: str) -> str:
    """The short form as a link; the whole reference and its grade open in place (``panels``)."""
    return (
        f'<a class="mv-source" href="{ROOT}{PAGE}.html#{source.source_id}" '
        f'data-source="{source.source_id}">{foreign(escape(short), source.language)}</a>'
    )


def reference(source: sources.Source) -> str:
    """The whole reference as the bibliography prints it."""
    return foreign(sources.formatted(source.source_id), source.language)


def box(env, docname: str) -> str:
    """The sources and tables of a page; empty if it has none, and under the register, which lists them all."""
    behind = sources.cite_what_you_used(docname, {docname: uses.used_by(env, docname)})
    if docname == PAGE or not behind["references"] and not behind["tables"]:
        return ""
    return drawn("used", sources=[sources.get(name) for name in behind["references"]], tables=behind["tables"])


# --- the register -----------------------------------------------------------------------------------------------


def register(app, docname: str, only: str) -> BookHtml:
    """Every source with what it is used for, known when all pages are read, in the order of authors and outlets.

    ``only`` is empty, ``studies`` for these alone, or ``files`` for links to the whole as files.
    """
    if only == "files":
        links = " · ".join(
            f'<a href="{ROOT}references.{suffix}" download>references.{suffix}</a> ({called})'
            for suffix, called in citing.FORMATS.items()
        )
        return BookHtml(source=f"<p>{links}</p>", text="references.bib")
    chosen = sources.printed_order()
    if only == "studies":
        chosen = [one for one in chosen if sources.is_literature(one.source_id)]
        entries = [drawn("study", source=one) for one in chosen]
    else:
        chosen += [one for one in sources.every() if one.same_work_as]
        pages, used = pages_by_source(app.env), sources.uses()
        entries = [register_entry(one, pages[one.source_id], used.get(one.source_id, [])) for one in chosen]
    text = " ".join(f"{one.source_id} {one.title} {one.outlet}" for one in chosen)
    return BookHtml(source=f'<ul class="source-register">{"".join(entries)}</ul>', text=text)


def pages_by_source(env) -> dict[str, list[tuple[str, str]]]:
    """For every source id the pages that use it, as ``(docname, title)``, the register's own page excepted."""
    found = defaultdict(list)
    for docname, behind in env.multivector_used.items():
        for source_id in behind["sources"] if docname != PAGE else ():
            found[source_id].append((docname, env.titles[docname].astext()))
    return found


def register_entry(source: sources.Source, pages: list[tuple[str, str]], used: list[sources.Use]) -> str:
    """One source as a list item with its permanent id; ``pages`` are those that use it, ``used`` the tables."""
    facts = [
        escape(source.kind[0].upper() + source.kind[1:]),
        f'authority: <span class="source-grade">{source.grade}</span>',
        sources.reading(source),
        f"rests on {escape(source.cites)}" if source.cites else "",
        f"where: {foreign(escape(source.locator_hint))}" if source.locator_hint else "",
        foreign(escape(printed(source.note))),
    ]
    ways = {"Original": source.url, "Copy read": source.read_at, "Archived": source.archived_url}
    return drawn(
        "source",
        source=source,
        said="" if source.same_work_as else Markup(_ADDRESS.sub("", reference(source))),
        facts=Markup("; ".join(filter(None, facts))),
        ways={name: address for name, address in ways.items() if address},
        files=Markup(partcites.file_links(f"{FILES}/{source.source_id}")),
        uses=used,
        pages=pages,
    )


# --- their files ------------------------------------------------------------------------------------------------


def print_ahead() -> None:
    """Have a process beside this one print the references of all sources, which takes seconds, for readers and files."""
    faults.beside(lambda: (sources.printed(), files()))


def files() -> tuple[dict[str, str], dict[str, str]]:
    """Name and content of the citation files of each source, and of all works together."""
    state = tables.resource("sources")["hash"]
    each = kept.files("sources", [state], lambda: {one.source_id: sources.file_texts([one]) for one in sources.every()})
    return each, kept.files("references", [state], lambda: {"references": sources.file_texts(sources.works())})


def setup(app) -> None:
    """Register the role and the register."""
    app.add_role("source", SourceRole())
    kinds = partial(choice, values=("studies", "files"))
    directives.add(app, "source-register", lambda env, only="": later(register, only), only=kinds)


offered(reference=reference)
