"""Citing and sources: cite boxes and files, metadata for reference managers, the edition in the footer, the register.

Everything said of the book comes from ``CITATION.cff`` by way of ``multivector.cite.citing``; everything said of a source
from ``multivector.cite.sources``. Absolute addresses appear only if the book has one (``BOOK_URL``, or ``html.baseurl`` in
``_config.yml``).
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import re
from collections.abc import Callable, Iterable
from functools import partial
from html import escape
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective, SphinxRole

from multivector import findings
from multivector.book import faults, partcites
from multivector.book.attachments import FOLDER as FILES
from multivector.book.layouts import script_json
from multivector.book.markup import ROOT, SITES, BookHtml, fill, foreign, inline, noted, resolve
from multivector.cite import anchors, citing, sources
from multivector.errors import BookError
from multivector.facts import dates, kept, tables
from multivector.ledger import claims

SOURCES_PAGE = "chapters/sources"
DATA_PAGE = "chapters/data"
CITING_PAGE = "chapters/citing"
SOURCE_FILES = "sources"
"""Folder of the citation files of single sources, inside that of the parts of the book."""
_ADDRESS = re.compile(r'\s*<a\s+href="[^"]*"[^>]*>http[^<]*</a>\.?$')
_NAMED_PROVIDERS = 3
_DESK_CALL = re.compile(r"""\bdesk\(\s*["']([a-z_]+\.\w+)["']""")
_TABLE_LOAD = re.compile(r"""\btables\.load\(\s*["'](\w+)["']""")


# --- what a page uses -------------------------------------------------------------------------------------------


def note_tables(app, docname: str, source: list[str]) -> None:
    """Record the tables that the code cells of a page read, directly or through findings."""
    names = set(_TABLE_LOAD.findall(source[0])) & set(tables.names())
    for name in _DESK_CALL.findall(source[0]):
        names |= _tables_of(name)
    app.env.multivector_tables.setdefault(docname, set()).update(names)


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
    shown = {name.removeprefix("card:") for name in env.multivector_claims.get(docname, ()) if name.startswith("card:")}
    shown |= {name for name, kind, _ in env.multivector_anchors.get(docname, ()) if kind == "claim"}
    cited = set(env.multivector_sources.get(docname, ()))
    cited.update(*(claim.sources for claim in claims.ledger() if claim.claim_id in shown))
    read = set(env.multivector_tables.get(docname, ()))
    read.update(*(_tables_of(name) for name in env.multivector_findings.get(docname, ())))
    return {"sources": sources.ordered(cited), "tables": sorted(read)}


def used(env) -> dict[str, dict]:
    """What is behind each page, by docname."""
    return {docname: used_by(env, docname) for docname in sorted(env.found_docs)}


def purge(app, env, docname: str) -> None:
    """Forget the tables of a page that will be read again."""
    env.multivector_tables.pop(docname, None)


def merge(app, env, docnames, other) -> None:
    """Take over what a parallel reader recorded."""
    env.multivector_tables.update({name: other.multivector_tables.get(name, set()) for name in docnames})


def prepare(app) -> None:
    """Give the environment its record of tables."""
    if not hasattr(app.env, "multivector_tables"):
        app.env.multivector_tables = {}


# --- parts of the book ------------------------------------------------------------------------------------------


def page_part(env, docname: str) -> citing.Part:
    """The book for its first page, a chapter for any other."""
    if docname == env.config.root_doc:
        return citing.book(docname)
    return citing.Part("chapter", citing.slug(docname), env.titles[docname].astext(), docname)


def parts(env) -> list[citing.Part]:
    """All that can be cited: pages, and the claims, quotes, figures and tables that the pages have recorded."""
    pages = [page_part(env, docname) for docname in sorted(env.found_docs) if docname in env.titles]
    told = _told(env)
    objects = [
        citing.Part(kind, name, title, docname, told.get(name, ""), claims.ARTICLE if kind == "quote" else "")
        for docname, entries in sorted(env.multivector_anchors.items())
        for name, kind, title in entries
    ]
    return pages + objects


def _told(env) -> dict[str, str]:
    """What a citation says beside the label of a claim, quote, figure or table, by id."""
    article = sources.get(claims.ARTICLE)
    place = f"of {article.title}, {article.published[:4]}"
    rows = tables.load("quotes").itertuples()
    providers = {
        name: _providers(ids) for found in env.multivector_providers.values() for name, ids in found.items() if ids
    }
    return (
        {claim.claim_id: claims.told(claim) for claim in claims.ledger()}
        | {row.quote_id: f"{claims.speaker(row.attribution)}; paragraph {row.paragraph} {place}" for row in rows}
        | providers
    )


def _providers(source_ids: tuple[str, ...]) -> str:
    """Who provides the data of a figure or table: ``data: Eurostat; World Bank``, the first three by name."""
    own = set(tables.names())
    names = list(
        dict.fromkeys(f"table {name} of this book" if name in own else sources.main(name).outlet for name in source_ids)
    )
    more = f"; and {len(names) - _NAMED_PROVIDERS} more" if len(names) > _NAMED_PROVIDERS else ""
    return f"data: {'; '.join(names[:_NAMED_PROVIDERS])}{more}"


# --- files of the site ------------------------------------------------------------------------------------------


def write_files(app) -> list:
    """Write the citation files, the record of use, the sitemap, and pages at addresses that were left."""
    if app.builder.name not in SITES:
        return []
    out, base, fixed = Path(app.outdir), app.config.multivector_book_url, app.config.multivector_fixed_url
    texts = _part_files(parts(app.env), fixed) | partcites.files(app)
    texts["used.json"] = json.dumps(used(app.env), indent=1) + "\n"
    fill(out / citing.FOLDER, texts)
    single, whole = _source_files()
    fill(out / citing.FOLDER / SOURCE_FILES, single)
    for name, text in whole.items():
        (out / name).write_bytes(text.encode())
    (out / "version.json").write_text(json.dumps(citing.state(base), indent=1) + "\n", "utf-8")
    (out / "sitemap.xml").unlink(missing_ok=True)
    if base:
        pages = [page_part(app.env, docname) for docname in sorted(app.env.found_docs)]
        (out / "sitemap.xml").write_text(sitemap(pages, base), "utf-8")
    for page, target in left_pages(app.env.found_docs, anchors.read()).items():
        (out / page).parent.mkdir(parents=True, exist_ok=True)
        (out / page).write_text(forwarding_page("../" * page.count("/") + target), "utf-8")
    return []


def print_ahead() -> None:
    """Have a process beside this one print the references of all sources, which takes seconds, for readers and files.

    What hinders it, the checks of inputs tell.
    """

    def printed() -> None:
        with contextlib.suppress(Exception):
            sources.printed()
            _source_files()

    if "fork" in multiprocessing.get_all_start_methods():
        multiprocessing.get_context("fork").Process(target=printed).start()


def _part_files(chosen: list[citing.Part], base: str) -> dict[str, str]:
    """Name and content of the citation files of each part."""
    return _kept_files(
        [repr(chosen), base, repr(citing.work()), repr(citing.edition())],
        lambda: _named((part.id, citing.file_texts(part, base)) for part in chosen),
    )


def _source_files() -> tuple[dict[str, str], dict[str, str]]:
    """Name and content of the citation files of each source, and of all works together."""

    def single() -> dict[str, str]:
        return _named((source.source_id, sources.file_texts([source])) for source in sources.every())

    def whole() -> dict[str, str]:
        return _named([("references", sources.file_texts(sources.works()))])

    state = tables.resource("sources")["hash"]
    return _kept_files(["single", state], single), _kept_files(["whole", state], whole)


def _named(texts: Iterable[tuple[str, dict[str, str]]]) -> dict[str, str]:
    return {f"{name}.{suffix}": text for name, formats in texts for suffix, text in formats.items()}


def _kept_files(state: list[str], make: Callable[[], dict[str, str]]) -> dict[str, str]:
    """Files by name, made anew only when the code or what they are made from has changed."""
    asked = "|".join([kept.code(), *state])
    return json.loads(kept.text("citations", asked, lambda: json.dumps(make(), ensure_ascii=False)))


def sitemap(pages: list[citing.Part], base: str) -> str:
    """The addresses of all pages in the form that search engines read."""
    entries = "".join(f"<url><loc>{escape(citing.address(page, base))}</loc></url>\n" for page in pages)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return f"{head}{entries}</urlset>\n"


def left_pages(docnames, locked: list[anchors.Anchor]) -> dict[str, str]:
    """Pages that no longer exist, with the address that replaces each."""
    present = {f"{docname}.html" for docname in docnames}
    moved = {anchor.address: anchor.target for anchor in locked if anchor.target and "#" not in anchor.address}
    return {page: target for page, target in moved.items() if page not in present}


def forwarding_page(target: str) -> str:
    """A page that leads on to ``target``, without a script."""
    link = escape(target)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>This page has moved</title>'
        f'<meta http-equiv="refresh" content="0; url={link}"></head>'
        "<body><main><h1>This page has moved</h1>"
        f'<p>Go to <a href="{link}">its new place</a>.</p></main></body></html>\n'
    )


# --- citations in the text --------------------------------------------------------------------------------------


class PendingCitation(nodes.General, nodes.Element):
    """A reference to show in the text, to be made once all pages are read."""


class Citation(SphinxDirective):
    """The reference of a part of the book in each style: ``book``, the last part of a docname, or an id."""

    required_arguments = 1

    def run(self):
        """A placeholder: titles of figures and claims are only known when all pages are read."""
        node = PendingCitation(name=self.arguments[0])
        self.set_source_info(node)
        return [node]


def fill_citations(app, doctree, docname: str) -> None:
    """Replace each placeholder by the references."""
    for node in list(doctree.findall(PendingCitation)):
        name, base = node["name"], app.config.multivector_fixed_url
        found = [part for part in parts(app.env) if name == ("book" if part.kind == "book" else part.id)]
        if not found and _elsewhere(app.env, name):
            node.parent.remove(node)
            continue
        if not found:
            faults.stop([f"{docname}.md: {name!r} is no chapter, claim, quote, figure, table or dataset to cite"])
        rows = "".join(f"<dt>{style}</dt><dd>{citing.formatted(found[0], style, base)}</dd>" for style in citing.STYLES)
        text = " ".join(citing.plain(found[0], style, base) for style in citing.STYLES)
        node.replace_self(BookHtml(source=f'<dl class="cite-shown">{rows}</dl>', text=text))


def _elsewhere(env, name: str) -> bool:
    """Whether an id stands on a page that a shortened book lacks."""
    pages = [anchor.address.split(".html")[0] for anchor in anchors.read() if anchor.address.endswith(f"#{name}")]
    return bool(pages) and not set(pages) & set(env.found_docs)


class PendingUse(nodes.General, nodes.Element):
    """What ``cite_what_you_used`` says of a page, to be asked once all pages are read."""


class WhatYouUsed(SphinxDirective):
    """The references and data versions behind the page that is named, as ``cite_what_you_used`` gives them."""

    required_arguments = 1

    def run(self):
        """A placeholder: what is behind a page is only known when all pages are read."""
        return [PendingUse(name=self.arguments[0])]


def fill_uses(app, doctree, docname: str) -> None:
    """Replace each placeholder by what the function gives; a shortened book may lack the page."""
    for node in list(doctree.findall(PendingUse)):
        recorded = used(app.env)
        if node["name"] not in recorded:
            node.parent.remove(node)
            continue
        behind = sources.cite_what_you_used(node["name"], recorded)
        lines = [f"{name}  {text}" for name, text in behind["references"].items()]
        lines += [f"{name}  sha256:{state['sha256'][:12]}…" for name, state in behind["tables"].items()]
        text = "\n".join([*lines, f"data  {behind['data']['digest'][:12]}…"])
        label = f"References and data versions behind {node['name']}"
        source = f'<pre class="cite-text" tabindex="0" role="group" aria-label="{label}">{escape(text)}</pre>'
        node.replace_self(BookHtml(source=source, text=text))


# --- what stands on every page ----------------------------------------------------------------------------------


def complete_page(app, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Add the edition to the footer of every page; to pages with content also metadata, cite box and sources."""
    if app.builder.name not in SITES:
        return
    base, fixed = app.config.multivector_book_url, app.config.multivector_fixed_url
    footer = app.config.multivector_edition + version_switch(base, fixed, f"{pagename}.html")
    context["edition"] = _resolved(app, pagename, footer)
    if doctree is None:
        return
    part = page_part(app.env, pagename)
    about = description(doctree)
    if base:
        context["pageurl"] = citing.address(part, base)
    context["metatags"] = context.get("metatags", "") + _resolved(app, pagename, head_tags(part, about, base, fixed))
    context["meta"] = dict(context.get("meta") or {}) | _preview(app.env, part, about, base)
    context["body"] += _resolved(app, pagename, moved_marks(f"{pagename}.html") + end_of_page(app.env, part, fixed))


def _resolved(app, pagename: str, source: str) -> str:
    return resolve(source, pagename, app.builder.name)


def edition_footer(edition: citing.Edition) -> str:
    """The line that says which state of the book a page belongs to."""
    commit = f" · commit <code>{escape(edition.commit)}</code>" if edition.commit else ""
    return (
        f'<p class="mv-edition">Version {escape(edition.version)}{commit} · data <code>{edition.data}</code> · '
        f'<time datetime="{edition.built}">{dates.spoken(edition.built)}</time> · '
        f'<a href="{ROOT}{CITING_PAGE}.html">How to cite</a></p>'
    )


def version_switch(base: str, fixed: str, page: str) -> str:
    """Under the edition, where versions are kept: the page in this version, whose address stays, and in the latest."""
    if fixed == base:
        return ""
    return (
        f'<p class="mv-edition">This page <a href="{escape(fixed)}/{page}">in this version</a>, whose address stays, '
        f'and <a href="{escape(base)}/{page}">in the latest</a>.</p>'
    )


def description(doctree) -> str:
    """What a page is about: its answer where it gives one, else its first paragraph; at most 300 characters."""
    answers = [node for node in doctree.findall(nodes.container) if "answer" in node["classes"]]
    found = answers[0] if answers else next(doctree.findall(nodes.paragraph), None)
    text = (
        " ".join(found.astext().split()).removeprefix("Answer. ").removeprefix("Question. ")
        if found is not None
        else ""
    )
    return text if len(text) <= 300 else text[:299].rsplit(" ", 1)[0] + "…"


def end_of_page(env, part: citing.Part, base: str) -> str:
    """The cite box, and the list of sources if the page has any."""
    return f'<div class="cite-end">{cite_box(part, base)}{_sources_box(env, part.docname)}</div>'


def cite_box(part: citing.Part, base: str = "") -> str:
    """A closed box with the reference in every format, buttons to copy it and links to its files."""
    texts = [
        (style, f'<p class="cite-text" id="cite-{style.lower()}">{citing.formatted(part, style, base)}</p>')
        for style in citing.STYLES
    ]
    texts += [
        (
            citing.FORMAT_NAMES[suffix],
            f'<pre class="cite-text" id="cite-{citing.FORMAT_NAMES[suffix].lower()}" tabindex="0" '
            f'aria-label="{citing.FORMAT_NAMES[suffix]}">{escape(text.strip())}</pre>',
        )
        for suffix, text in citing.file_texts(part, base).items()
    ]
    rows = "".join(f"<dt>{name}</dt><dd>{text}{_copy_button(name)}</dd>" for name, text in texts)
    return (
        f'<details class="cite-box" id="cite"><summary>Cite this {part.kind}</summary><dl>{rows}</dl>'
        f'<p class="cite-files">Files: {citing.file_links(part.id, ROOT.rstrip("/"))}. '
        f'<a href="{ROOT}{CITING_PAGE}.html">Claims, quotes, figures and tables can be cited too</a>.</p>'
        '<p class="cite-said" role="status"></p></details>'
    )


def _copy_button(name: str) -> str:
    attributes = f'data-copy="cite-{name.lower()}" data-name="{name}"'
    return f'<button type="button" class="cite-copy" {attributes} hidden>Copy {name}</button>'


def _sources_box(env, docname: str) -> str:
    if docname == SOURCES_PAGE:  # it lists them all
        return ""
    behind = sources.cite_what_you_used(docname, {docname: used_by(env, docname)})
    if not behind["references"] and not behind["tables"]:
        return ""
    entries = "".join(
        f'<li><a href="{ROOT}{SOURCES_PAGE}.html#{source_id}">{source_id}</a> '
        f"{foreign(sources.formatted(source_id), sources.get(source_id).language)}</li>"
        for source_id in behind["references"]
    )
    listed = f"<ul>{entries}</ul>" if entries else ""
    states = ", ".join(
        f'<a href="{ROOT}{DATA_PAGE}.html#table-{name}">{escape(name)}</a> <code>{state["sha256"][:12]}</code>'
        for name, state in behind["tables"].items()
    )
    data = f"<p>Tables read by this page, with the start of their SHA-256: {states}.</p>" if states else ""
    counts = {"source": len(behind["references"]), "table": len(behind["tables"])}
    extent = ", ".join(_count(number, noun) for noun, number in counts.items() if number)
    summary = f"<summary>Sources and data of this page ({extent})</summary>"
    return f'<details class="cite-used">{summary}{listed}{data}</details>'


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def moved_marks(page: str) -> str:
    """Marks at the old places of what has moved away from ``page``, each with a link to the new place."""
    return "".join(
        f'<p class="moved" id="{escape(anchor.address.split("#")[1])}">What stood here has moved: '
        f'<a href="{ROOT}{escape(anchor.target)}">go to its new place</a>.</p>'
        for anchor in anchors.moved_from(page, anchors.read())
        if "#" in anchor.address
    )


# --- metadata for machines --------------------------------------------------------------------------------------


def head_tags(part: citing.Part, about: str, base: str = "", fixed: str = "") -> str:
    """Tags for the head of a page: description, Highwire, Dublin Core, links to the citation files, JSON-LD.

    What is cited has the address that stays, ``fixed``; what describes the book to search engines has ``base``.
    """
    pairs = [("description", about)] if about else []
    pairs += highwire(part, fixed or base) + dublin_core(part, about, fixed or base)
    metas = "".join(f'<meta name="{name}" content="{escape(value)}" />\n' for name, value in pairs if value)
    types = {
        "bib": "application/x-bibtex",
        "ris": "application/x-research-info-systems",
        "json": "application/vnd.citationstyles.csl+json",
    }
    links = '<link rel="schema.DC" href="http://purl.org/dc/elements/1.1/" />\n'
    links += '<link rel="schema.DCTERMS" href="http://purl.org/dc/terms/" />\n'
    links += "".join(
        f'<link rel="describedby" type="{types[suffix]}" href="{ROOT}{citing.FOLDER}/{part.id}.{suffix}" />\n'
        for suffix in citing.FORMATS
    )
    text = script_json(json_ld(part, about, base))
    return f'\n{metas}{links}<script type="application/ld+json">{text}</script>\n'


def highwire(part: citing.Part, base: str = "") -> list[tuple[str, str]]:
    """``citation_*`` tags, as Google Scholar and Zotero read them."""
    work = citing.work()
    day = work.released.strftime("%Y/%m/%d")
    return [
        ("citation_title", part.title),
        *(("citation_author", f"{name},") for name in work.authors),  # the comma: an institution, not a person
        ("citation_publication_date", day),
        ("citation_online_date", day),
        ("citation_inbook_title", "" if part.kind == "book" else work.title),
        ("citation_language", work.language),
        ("citation_public_url", citing.address(part, base)),
    ]


def dublin_core(part: citing.Part, about: str, base: str = "") -> list[tuple[str, str]]:
    """Dublin Core tags."""
    work = citing.work()
    return [
        ("DC.title", part.title),
        *(("DC.creator", f"{name},") for name in work.authors),
        ("DC.description", about),
        ("DC.date", work.released.isoformat()),
        ("DC.type", "book" if part.kind == "book" else "bookSection"),
        ("DC.format", "text/html"),
        ("DC.language", work.language),
        ("DC.rights", work.licence),
        ("DC.identifier", citing.address(part, base)),
        ("DCTERMS.isPartOf", "" if part.kind == "book" else work.title),
    ]


def json_ld(part: citing.Part, about: str, base: str = "") -> dict:
    """schema.org description of a page: ``Book`` or ``Chapter``, and on the page of the data a ``Dataset`` too."""
    graph = [_thing(part, about, base)]
    if part.docname == DATA_PAGE:
        graph.append(_dataset(base))
    return {"@context": "https://schema.org", "@graph": graph}


def _thing(part: citing.Part, about: str, base: str) -> dict:
    work = citing.work()
    book = {
        "@type": "Book",
        "name": work.title,
        "author": _authors(),
        "datePublished": work.released.isoformat(),
        "version": work.version,
        "inLanguage": work.language,
        "license": _licence_url(work.licence),
        "bookFormat": "https://schema.org/EBook",
    }
    if part.kind == "book":
        return book | {"abstract": work.abstract} | _url(part, base)
    chapter = {
        "@type": "Chapter",
        "name": part.title,
        "author": _authors(),
        "datePublished": work.released.isoformat(),
        "inLanguage": work.language,
        "license": _licence_url(work.licence),
        "isPartOf": book | ({"url": f"{base}/"} if base else {}),
    }
    return chapter | ({"description": about} if about else {}) | _url(part, base)


def _dataset(base: str) -> dict:
    package, work = tables.package(), citing.work()
    entry = {
        "@type": "Dataset",
        "name": package["title"],
        "description": package.get("description") or f"The tables behind every number of the book {work.title}.",
        "creator": _authors(),
        "version": str(package["version"]),
        "license": package["licenses"][0]["path"],
        "datePublished": work.released.isoformat(),
        "identifier": f"sha256:{tables.digest()}",
        "isAccessibleForFree": True,
    }
    if base:
        entry["url"] = f"{base}/{DATA_PAGE}.html"
    return entry


def _authors() -> list[dict]:
    return [{"@type": "Organization", "name": name} for name in citing.work().authors]


def _licence_url(spdx: str) -> str:
    return f"https://spdx.org/licenses/{spdx}.html"


def _url(part: citing.Part, base: str) -> dict:
    return {"url": citing.address(part, base)} if base else {}


def _preview(env, part: citing.Part, about: str, base: str) -> dict[str, str]:
    """What OpenGraph shows of a page: its address, its description, and its first figure as the picture."""
    if not base:
        return {}
    fields = {"og:type": "book" if part.kind == "book" else "article", "og:url": citing.address(part, base)}
    fields |= {"og:description": about} if about else {}
    figures = [entry for entry in env.multivector_anchors.get(part.docname, ()) if entry[1] == "figure"]
    if figures:
        name, _, title = figures[0]
        fields |= {"og:image": f"{base}/{FILES}/{name}.png", "og:image:alt": title}
    return fields


# --- sources ----------------------------------------------------------------------------------------------------


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
        f'<a class="mv-source" href="{ROOT}{SOURCES_PAGE}.html#{source.source_id}" '
        f'data-source="{source.source_id}">{foreign(escape(short), source.language)}</a>'
    )


def _stated(text: str) -> str:
    return text[0].upper() + text[1:]


class PendingRegister(nodes.General, nodes.Element):
    """The register of sources, to be filled once all pages are read."""


class SourceRegister(SphinxDirective):
    """Every source of the book with what it is used for; or the studies alone; or links to the whole as files."""

    option_spec = {"only": lambda argument: directives.choice(argument, ("studies", "files"))}

    def run(self):
        """A placeholder: only when all pages are read is it known which of them use a source."""
        return [PendingRegister(only=self.options.get("only", ""))]


def fill_register(app, doctree, docname: str) -> None:
    """Replace the placeholder by the register, in the order of authors and outlets."""
    for node in list(doctree.findall(PendingRegister)):
        if node["only"] == "files":
            node.replace_self(BookHtml(source=f"<p>{whole_files()}</p>", text="references.bib"))
        elif node["only"] == "studies":
            chosen = [source for source in sources.printed_order() if sources.is_literature(source.source_id)]
            node.replace_self(_listed(chosen, study_entry))
        else:
            chosen = [*sources.printed_order(), *(source for source in sources.every() if source.same_work_as)]
            node.replace_self(_listed(chosen, partial(register_entry, pages=pages_by_source(app.env))))


def _listed(chosen: list[sources.Source], entry: Callable) -> BookHtml:
    text = " ".join(f"{source.source_id} {source.title} {source.outlet}" for source in chosen)
    return BookHtml(source=f'<ul class="source-register">{"".join(map(entry, chosen))}</ul>', text=text)


def whole_files() -> str:
    """Links to the whole bibliography in each format."""
    return " · ".join(
        f'<a href="{ROOT}references.{suffix}" download>references.{suffix}</a> ({citing.FORMAT_NAMES[suffix]})'
        for suffix in citing.FORMATS
    )


def pages_by_source(env) -> dict[str, list[tuple[str, str]]]:
    """For every source id the pages that use it, as ``(docname, title)``, the register's own page excepted."""
    found: dict[str, list[tuple[str, str]]] = {}
    for docname, behind in used(env).items():
        for source_id in behind["sources"] if docname != SOURCES_PAGE else ():
            found.setdefault(source_id, []).append((docname, env.titles[docname].astext()))
    return found


def study_entry(source: sources.Source) -> str:
    """A study as the bibliography prints it, with a link to its entry in the register."""
    reference = foreign(sources.formatted(source.source_id), source.language)
    return f'<li>{reference} <a href="#{source.source_id}">{source.source_id}</a></li>'


def register_entry(source: sources.Source, pages: dict[str, list[tuple[str, str]]]) -> str:
    """One source as a list item with its permanent id; ``pages`` are those that use each source."""
    if source.same_work_as:
        said = f'The same work as <a href="#{source.same_work_as}">{source.same_work_as}</a>.'
    else:
        said = foreign(_ADDRESS.sub("", sources.formatted(source.source_id)), source.language)
    facts = [
        escape(_stated(source.kind)),
        f'authority: <span class="source-grade">{source.grade}</span>',
        sources.reading(source),
        f"rests on {escape(source.cites)}" if source.cites else "",
        f"where: {foreign(escape(source.locator_hint))}" if source.locator_hint else "",
        foreign(escape(source.note)),
    ]
    return (
        f'<li id="{source.source_id}"><p><b>{source.source_id}</b> {said}</p>'
        f'<p class="source-facts">{"; ".join(filter(None, facts))}.</p>'
        f'<p class="source-links">{_ways_to_open(source)}</p>'
        f'<p class="source-uses">{_uses(source.source_id, pages.get(source.source_id, ()))}</p></li>'
    )


def _ways_to_open(source: sources.Source) -> str:
    """Links to the original, the copy that was read and the archived copy, and to the citation files."""
    named = {"Original": source.url, "Copy read": source.read_at, "Archived": source.archived_url}
    links = [
        f'<a href="{escape(address)}">{name}<span class="visually-hidden"> of {source.source_id}</span></a>'
        for name, address in named.items()
        if address
    ]
    return " · ".join([*links, citing.file_links(f"{SOURCE_FILES}/{source.source_id}", ROOT.rstrip("/"))])


def _uses(source_id: str, pages) -> str:
    phrases = [_use(use) for use in sources.uses().get(source_id, ())]
    if pages:
        links = ", ".join(f'<a href="{ROOT}{docname}.html">{escape(title)}</a>' for docname, title in pages)
        phrases.append(f"cited in {links}")
    return f"Used for: {'; '.join(phrases)}." if phrases else "Consulted; no table or page rests on it."


def _use(use: sources.Use) -> str:
    if use.ids:
        page = f"{ROOT}chapters/{use.table}.html"
        return f"{use.table} " + ", ".join(f'<a href="{page}#{name}">{name}</a>' for name in use.ids)
    rows = f" ({_count(use.rows, 'row')})" if use.rows else ""
    return f'table <a href="{ROOT}{DATA_PAGE}.html#table-{use.table}">{escape(use.table)}</a>{rows}'


def rewrite_register(app, env) -> list[str]:
    """Write the pages that say what others use again if that has changed since they were written."""
    state = json.dumps(used(env), sort_keys=True)
    if getattr(env, "multivector_used", None) == state:
        return []
    env.multivector_used = state
    return [name for name in (SOURCES_PAGE, CITING_PAGE) if name in env.found_docs]


# --- setting up -------------------------------------------------------------------------------------------------


def configure(app, config) -> None:
    """Fix address and edition for this build; stop with one line if the record of the book is not in order."""
    try:
        base = citing.book_url(config.html_baseurl)
        citing.formatted(citing.book(), "APA")
        config.multivector_edition = edition_footer(citing.edition())
        config.multivector_moved = "\n".join(anchor.line for anchor in anchors.read() if anchor.target)
    except BookError as fault:
        faults.stop([str(fault)])
    config.multivector_book_url, config.multivector_fixed_url = base, citing.fixed_url(base)
    config.version = config.release = citing.work().version
    config.html_baseurl = f"{base}/" if base else ""
    if base:
        config.ogp_site_url = f"{base}/"
        config.ogp_site_name = citing.work().title
        config.ogp_social_cards = {"enable": False}


def setup(app) -> None:
    """Register the role, the register and everything that stands on every page."""
    app.add_config_value("multivector_book_url", "", "env")  # a changed address reaches every page
    app.add_config_value("multivector_fixed_url", "", "env")
    app.add_config_value("multivector_edition", "", "html")  # a new commit writes pages again without running them
    app.add_config_value("multivector_moved", "", "html")  # so does a new redirect
    if os.environ.get("BOOK_URL") or app.config.overrides.get("html_baseurl"):
        app.setup_extension("sphinxext.opengraph")
    app.add_role("source", SourceRole())
    app.add_directive("source-register", SourceRegister)
    app.add_directive("citation", Citation)
    app.add_directive("what-you-used", WhatYouUsed)
    app.add_node(PendingRegister)
    app.add_node(PendingCitation)
    app.add_node(PendingUse)
    app.add_css_file("cite.css")
    app.add_js_file("cite.js", loading_method="defer")
    app.connect("config-inited", configure, priority=15)
    app.connect("builder-inited", prepare, priority=1)
    app.connect("source-read", note_tables)
    app.connect("env-purge-doc", purge)
    app.connect("env-merge-info", merge)
    app.connect("env-updated", rewrite_register, priority=300)
    app.connect("doctree-resolved", fill_register)
    app.connect("doctree-resolved", fill_citations)
    app.connect("doctree-resolved", fill_uses)
    app.connect("html-page-context", complete_page, priority=400)
    app.connect("html-collect-pages", write_files)
