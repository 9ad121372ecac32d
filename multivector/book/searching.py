"""What the book's search finds: the words printed on its pages, by the part of the page that holds them.

The index is made from the written pages, so that every hit and every excerpt is text that stands there: numbers,
symbols of resolutions, names in any letters. It is a script of its own (``static/search.js`` reads it): search works
without a server, from a folder on disk. Sphinx's own index, which drops numbers and knows words only, is switched off.
"""

import json
from pathlib import Path

from lxml import html
from sphinx.domains import Domain, ObjType

from multivector.book.markup import SITES, recorded
from multivector.cite import anchors
from multivector.facts import kept, reads

INDEX = "search-index.js"
_PARTS = {"heading", "claim", "quote", "figure", "table", "source", "dataset", "finding", "term"}
"""Kinds of things that are hits of their own; other words belong to the section that they stand in."""
_UNSEEN = {"script", "style", "form", "template", "button", "svg"}
_UNSEEN_CLASSES = {
    "headerlink",
    "mv-code",
    "mv-cite",
    "mv-links",
    "mv-hint",
    "mv-fold",
    "mv-guard",
    "cite-box",
    "cite-end",
    "mv-run",
    "moved",
}
_END = '<div class="cite-end"'
"""After the words of a page stands how to cite it, and what opens in place: none of it is found."""
_INLINE = {"a", "abbr", "b", "cite", "code", "em", "i", "q", "small", "span", "strong", "sub", "sup", "u"}
_TITLES = (
    ".//*[self::h1 or self::h2 or self::h3 or self::h4 or self::caption or self::dt or contains(@class, 'mv-title')]"
)


class BookDomain(Domain):
    """The book's own things in its inventory (``objects.inv``), each with its permanent address."""

    name = "book"
    label = "Book"
    object_types = {kind: ObjType(kind) for kind in ("claim", "quote", "figure", "table", "dataset", "term")}

    def get_objects(self):
        """Every anchor as (name, text shown, kind, page, id, weight); a name that equals its id would lose the id."""
        for docname, entries in sorted(recorded(self.env, "anchors").items()):
            for anchor, kind, title in entries:
                label = f"{anchor}: {title}" if kind in ("claim", "quote") else title
                yield f"{kind}:{anchor}", label.rstrip(" ."), kind, docname, anchor, 1
        for docname, entries in sorted(recorded(self.env, "terms").items()):
            for anchor, term, aliases in entries:
                yield f"term:{anchor}", ", ".join([term, *aliases]), "term", docname, anchor, 0

    def merge_domaindata(self, docnames, otherdata) -> None:
        """Nothing of its own: the records of pages are merged by ``freshness``."""


def parts_of(page: str) -> list[dict]:
    """Parts of a written page: ``id``, ``kind``, ``title`` and ``text``, in the order in which they stand."""
    found = html.document_fromstring(page).xpath("//article[contains(@class, 'bd-article')]")
    parts: list[dict] = []
    if found:
        _collect(found[0], _part(parts, "", "page", found[0]), parts)
    for part in parts:
        part["text"] = " ".join("".join(part["text"]).split())
    return [part for part in parts if part["text"]]


def _parts_kept(page: str) -> list[dict]:
    start, end = page.find("<article"), page.find(_END)  # what surrounds these words changes with every edition
    article = page[start : end if end > 0 else page.rfind("</article>")]
    asked = f"{reads.fingerprint(Path(__file__))}{reads.fingerprint(Path(anchors.__file__))}{article}"
    return json.loads(kept.text("search", asked, lambda: json.dumps(parts_of(article))))


def _part(parts: list, name: str, kind: str, element) -> dict:
    titles = [element] if element.tag == "dt" else element.xpath(_TITLES)
    words = titles[0].text_content().replace("#", "") if titles else ""
    parts.append({"id": name, "kind": kind, "title": " ".join(words.split()), "text": []})
    return parts[-1]


def _collect(element, part: dict, parts: list) -> None:
    """Add the words of an element to its part; an element with a published id begins a part of its own."""
    part["text"].append(element.text or "")
    for child in element:
        if isinstance(child.tag, str) and not _unseen(child):
            own = _own(child, part, parts)
            _collect(child, own, parts)
            part = own if child.tag == "dt" else part  # what defines a term follows as its sibling
        part["text"].append(("" if child.tag in _INLINE else " ") + (child.tail or ""))


def _own(child, part: dict, parts: list) -> dict:
    name = child.get("id") or ""
    kind = anchors.kind_of(name, child.tag)
    return _part(parts, name, kind, child) if kind in _PARTS else part


def _unseen(element) -> bool:
    return element.tag in _UNSEEN or bool(_UNSEEN_CLASSES & set((element.get("class") or "").split()))


def write_index(app, exception) -> None:
    """Write the index of all pages of the book."""
    if exception or app.builder.name not in SITES:
        return
    pages: list[list[str]] = []
    entries: list[list] = []
    for docname in sorted(app.env.found_docs):
        parts = _parts_kept(Path(app.outdir, f"{docname}.html").read_text("utf-8"))
        entries += [[len(pages), *(part[key] for key in ("id", "kind", "title", "text"))] for part in parts]
        pages.append([f"{docname}.html", app.env.titles[docname].astext()])
    text = json.dumps({"pages": pages, "entries": entries}, ensure_ascii=False, separators=(",", ":"))
    Path(app.outdir, "_static", INDEX).write_text(f"window.bookIndex={text};\n", "utf-8")


def replace_search(app) -> None:
    """Let Sphinx make neither its index nor its search page."""
    app.builder.search = False


def add_page(app):
    """The search page, which is no page of the book's contents."""
    return [("search", {"title": "Search"}, "search.html")] if app.builder.name in SITES else []


def setup(app) -> None:
    """Register the domain, the page and its index."""
    app.add_domain(BookDomain)
    app.connect("builder-inited", replace_search)
    app.connect("html-collect-pages", add_page)
    app.connect("build-finished", write_index, priority=905)
