"""What the book's search finds: the words of cards and registers, and every claim, quote, figure, table and term.

Sphinx indexes plain text nodes only, so finished HTML would stay invisible to it. The index is a script of its own:
search works without a server, from a folder on disk.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.domains import Domain, ObjType

from multivector.sphinx_ext.markup import SITES, BookHtml


class BookDomain(Domain):
    """The book's own things, each with the address that the search result leads to."""

    name = "book"
    label = "Book"
    object_types = {kind: ObjType(kind) for kind in ("claim", "quote", "figure", "table", "dataset", "term")}

    def get_objects(self):
        """Every anchor as (name, text shown, kind, page, id, weight); a name that equals its id would lose the id."""
        for docname, entries in sorted(self.env.multivector_anchors.items()):
            for anchor, kind, title in entries:
                label = f"{anchor}: {title}" if kind in ("claim", "quote") else title
                yield f"{kind}:{anchor}", label.rstrip(" ."), kind, docname, anchor, 1
        for docname, entries in sorted(self.env.multivector_terms.items()):
            for anchor, term, aliases in entries:
                yield f"term:{anchor}", ", ".join([term, *aliases]), "term", docname, anchor, 0

    def get_type_name(self, type, primary=False) -> str:
        """The kind alone, as a reader would say it."""
        return type.lname

    def merge_domaindata(self, docnames, otherdata) -> None:
        """Nothing of its own: the records of pages are merged by ``freshness``."""


def show_words(app, doctree, docname: str) -> None:
    """Give finished HTML its plain words as children, which are indexed but never written."""
    if app.builder.name in SITES:
        for node in list(doctree.findall(BookHtml)):
            node += nodes.Text(node.get("text", ""))


def setup(app) -> None:
    """Register the domain and the indexing."""
    app.add_domain(BookDomain)
    app.connect("doctree-resolved", show_words, priority=900)
