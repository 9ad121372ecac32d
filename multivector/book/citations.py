"""Citing the book and its parts: the box under each page, files, references in the text, the edition in the footer.

Everything said of the book comes from ``CITATION.cff`` by way of ``multivector.cite.citing``. Absolute addresses appear
only if the book has one (``BOOK_URL``, or ``html.baseurl`` in ``_config.yml``).
"""

import json
import os
from html import escape
from itertools import chain
from pathlib import Path

from docutils import nodes
from markupsafe import Markup

from multivector.book import bibliography, crate, directives, faults, metadata, partcites
from multivector.book.layouts import drawn
from multivector.book.markup import SITES, BookHtml, fill, later, resolve
from multivector.cite import anchors, citing
from multivector.errors import BookError
from multivector.facts import dates, kept

# --- files of the site ------------------------------------------------------------------------------------------


def write_files(app) -> None:
    """Write the citation files, the record of use, the sitemap, the crate, and pages at addresses that were left."""
    if app.builder.name not in SITES:
        return
    out, base, fixed = Path(app.outdir), app.config.multivector_book_url, app.config.multivector_fixed_url
    chosen = list(app.multivector_parts.values())
    texts = kept.files(
        "citations",
        [repr(chosen), fixed, repr(citing.work()), repr(citing.edition())],
        lambda: {part.id: citing.published(part, fixed) for part in chosen},
    )
    used = {"used.json": json.dumps(app.env.multivector_used, indent=1) + "\n"}
    fill(out / citing.FOLDER, texts | used)
    of_sources, whole = bibliography.files()
    fill(out / citing.FOLDER / bibliography.FILES, of_sources)
    for name, text in whole.items():
        (out / name).write_bytes(text.encode())
    (out / "version.json").write_text(json.dumps(citing.state(base), indent=1) + "\n", "utf-8")
    (out / "sitemap.xml").unlink(missing_ok=True)
    if base:
        pages = [partcites.page_part(app.env, docname) for docname in sorted(app.env.found_docs)]
        (out / "sitemap.xml").write_text(sitemap(pages, base), "utf-8")
    for page, target in left_pages(app.env.found_docs, anchors.read()).items():
        (out / page).parent.mkdir(parents=True, exist_ok=True)
        (out / page).write_text(drawn("forwarding", target="../" * page.count("/") + target) + "\n", "utf-8")
    crate.write(app)


def write_ahead(app, builder) -> None:
    """Begin with the files, which are thousands, while pages are written."""
    app.multivector_filing = faults.beside(lambda: write_files(app))


def write_the_rest(app) -> list:
    """Write the files if they could not be written ahead."""
    app.multivector_filing.join()
    if app.multivector_filing.exitcode:
        write_files(app)
    return []


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


# --- citations in the text --------------------------------------------------------------------------------------


def citation(app, docname: str, name: str) -> BookHtml | None:
    """The reference of a part in each style, once all titles are known: ``book``, a page's last name, or an id."""
    base = app.config.multivector_fixed_url
    found = [part for part in partcites.parts(app.env) if name == ("book" if part.kind == "book" else part.id)]
    if not found and _elsewhere(app.env, name):
        return None
    if not found:
        faults.stop([f"{docname}.md: {name!r} is no chapter, claim, quote, figure, table or dataset to cite"])
    rows = "".join(f"<dt>{style}</dt><dd>{citing.formatted(found[0], style, base)}</dd>" for style in citing.STYLES)
    text = " ".join(citing.plain(found[0], style, base) for style in citing.STYLES)
    return BookHtml(source=f'<dl class="cite-shown">{rows}</dl>', text=text)


def _elsewhere(env, name: str) -> bool:
    """Whether an id stands on a page that a shortened book lacks."""
    pages = [anchor.address.split(".html")[0] for anchor in anchors.read() if anchor.address.endswith(f"#{name}")]
    return bool(pages) and not set(pages) & set(env.found_docs)


# --- what stands on every page ----------------------------------------------------------------------------------


def complete_page(app, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Add the edition to the footer of every page; to pages with content also metadata, cite box and sources."""
    if app.builder.name not in SITES:
        return
    base, fixed = app.config.multivector_book_url, app.config.multivector_fixed_url
    footer = app.config.multivector_edition + version_switch(base, fixed, f"{pagename}.html")
    context["edition"] = resolve(footer, pagename, app.builder.name)
    if doctree is None:
        return
    part, about = partcites.page_part(app.env, pagename), description(doctree)
    if base:
        context["pageurl"] = citing.address(part, base)
    head = metadata.head_tags(part, about, base, fixed)
    context["metatags"] = context.get("metatags", "") + resolve(head, pagename, app.builder.name)
    context["meta"] = dict(context.get("meta") or {}) | metadata.preview(app.env, part, about, base)
    end = f'<div class="cite-end">{cite_box(part, fixed)}{bibliography.box(app.env, pagename)}</div>'
    context["body"] += resolve(moved_marks(f"{pagename}.html") + end, pagename, app.builder.name)


def edition_footer(edition: citing.Edition) -> str:
    """The line that says which state of the book a page belongs to."""
    return drawn("edition", edition=edition, day=dates.spoken(edition.built))


def version_switch(base: str, fixed: str, page: str) -> str:
    """Under the edition, where versions are kept: the page in this version, whose address stays, and in the latest."""
    return drawn("versions", base=base, fixed=fixed, page=page) if fixed != base else ""


def description(doctree) -> str:
    """What a page is about: its answer where it gives one, else its first paragraph; at most 300 characters."""
    answers = (node for node in doctree.findall(nodes.container) if "answer" in node["classes"])
    found = next(chain(answers, doctree.findall(nodes.paragraph)), nodes.paragraph())
    text = " ".join(found.astext().split()).removeprefix("Answer. ").removeprefix("Question. ")
    return text if len(text) <= 300 else text[:299].rsplit(" ", 1)[0] + "…"


def cite_box(part: citing.Part, base: str = "") -> str:
    """A closed box with the reference in every format, buttons to copy it and links to its files."""
    texts = citing.file_texts(part, base).items()
    named = {citing.FORMATS[suffix]: Markup(escape(text.strip())) for suffix, text in texts}
    return drawn("cite", part=part, base=base, texts=named)


def moved_marks(page: str) -> str:
    """Marks at the old places of what has moved away from ``page``, each with a link to the new place."""
    here = [anchor for anchor in anchors.read() if anchor.target and anchor.address.startswith(f"{page}#")]
    return drawn("moved", moved=here)


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
    """Register the directive, and what stands on every page."""
    app.add_config_value("multivector_book_url", "", "env")  # a changed address reaches every page
    app.add_config_value("multivector_fixed_url", "", "env")
    app.add_config_value("multivector_edition", "", "html")  # a new commit writes pages again without running them
    app.add_config_value("multivector_moved", "", "html")  # so does a new redirect
    if os.environ.get("BOOK_URL") or app.config.overrides.get("html_baseurl"):
        app.setup_extension("sphinxext.opengraph")
    directives.add(app, "citation", lambda env, name: later(citation, name), required=1)
    app.add_css_file("cite.css")
    app.add_js_file("cite.js", loading_method="defer")
    app.connect("config-inited", configure, priority=15)
    app.connect("html-page-context", complete_page, priority=400)
    app.connect("write-started", write_ahead)
    app.connect("html-collect-pages", write_the_rest)
