"""A node of finished HTML whose links into the book are resolved when the page is written.

``ROOT`` stands for the way from the page to the book's root: it differs between pages and between the many-page book,
the single-page book and the EPUB, so it is only known at writing time.
"""

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from docutils import nodes

from multivector.book import ebook

Record = TypeVar("Record", list, set, dict)
_OURS = "multivector"
ROOT = "@@ROOT@@/"
CHILDREN = "@@CHILDREN@@"
"""Where, in the HTML of a node with children, their own HTML belongs."""
SITES = ("html",)
"""Builders that make a site; the others make one page or an e-book and publish no files beside it."""
_CYRILLIC = re.compile(r"<[^>]*>|[\u0400-\u052f]+(?:[ _-]\(?[\u0400-\u052f]+\)?)*")
_CYRILLIC_LANGUAGES = frozenset({"kk", "ky", "ru", "uk"})
_XHTML_LINK = re.compile(re.escape(ROOT) + r"((?:[\w-]+/)*[\w-]+)\.html(?:\?[\w=&;-]*)?")
_PAGE_LINK = re.compile(re.escape(ROOT) + r"((?:[\w-]+/)*[\w-]+)\.html(?:\?[\w=&;-]*)?(#[\w.-]+)?")


def recorded(env: Any, kind: str) -> dict:
    """What the extension has noted of all pages: of a ``kind``, by page."""
    return {name: about[_OURS][kind] for name, about in env.metadata.items() if kind in about.get(_OURS, ())}


def noted(env: Any, kind: str, empty: Record, docname: str = "") -> Record:
    """The record of the page being read, or of the one named, begun with ``empty`` where there is none.

    It stands in what Sphinx knows of the page, who forgets it with the page and takes it over from parallel readers.
    """
    return env.metadata[docname or env.docname].setdefault(_OURS, {}).setdefault(kind, empty)


class BookHtml(nodes.General, nodes.Inline, nodes.Element):
    """HTML to be written as it is, around its children if it has any; ``text`` is its plain-text equivalent."""

    def astext(self) -> str:
        """Plain text for search and headings."""
        return self.get("text", "")


class Later(nodes.General, nodes.Inline, nodes.Element):
    """What can be made only once all pages are read; see ``later``."""


def later(make: Callable[[Any, str, Any], nodes.Node | None], asked: Any) -> Later:
    """The place of what ``make(app, docname, asked)`` gives once all pages are read: a node, or None for nothing."""
    return Later(make=make, asked=asked)


def make_the_rest(app, doctree, docname: str) -> None:
    """Fill the places of a page whose content had to wait."""
    for node in list(doctree.findall(Later)):
        node.replace_self(node["make"](app, docname, node["asked"]) or [])


def foreign(text: str, language: str = "ru") -> str:
    """HTML whose words in Cyrillic letters say in which language they are, so that they are read out as such.

    ``language`` is that of the whole; Russian is taken where it is written in Latin letters.
    """
    cyrillic = language if language in _CYRILLIC_LANGUAGES else "ru"
    return _CYRILLIC.sub(
        lambda match: match[0] if match[0][0] == "<" else f'<span lang="{cyrillic}">{match[0]}</span>', text
    )


def inline(source: str, text: str) -> BookHtml:
    """A node for HTML inside a sentence."""
    return BookHtml(source=source, text=text)


def resolve(source: str, pagename: str, builder: str) -> str:
    """Replace ``ROOT`` in ``source`` for the page ``pagename``."""
    if builder == "singlehtml":  # all pages are one: a link to another page is a link to its anchor
        source = _PAGE_LINK.sub(lambda match: match.group(2) or f"#document-{match.group(1)}", source)
        return source.replace(ROOT, "")
    if builder == "epub":
        source = _XHTML_LINK.sub(ROOT + r"\1.xhtml", ebook.xhtml(source))
    return source.replace(ROOT, "../" * pagename.count("/"))


def fill(folder: Path, files: Mapping[str, bytes | str]) -> None:
    """Let a folder of the site hold these files and no other beside them; one that is as it should be is not touched."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in {old.name for old in os.scandir(folder) if old.is_file()} - set(files):
        (folder / name).unlink()
    for name, text in files.items():
        put(f"{folder}/{name}", text.encode() if isinstance(text, str) else text)


def put(file: str, content: bytes) -> None:
    """Write a file if it has another content, for which its folder is made: to write costs far more than to read."""
    try:
        with open(file, "rb") as old:
            if old.read() == content:
                return
    except OSError:
        os.makedirs(os.path.dirname(file), exist_ok=True)
    with open(file, "wb") as new:
        new.write(content)


def _visit(translator, node) -> None:
    translator.context.append(len(translator.body))


def _depart(translator, node) -> None:
    builder, start = translator.builder, translator.context.pop()
    source = node["source"].replace(CHILDREN, "".join(translator.body[start:]))
    translator.body[start:] = [resolve(source, getattr(builder, "current_docname", ""), builder.name)]


def setup(app) -> None:
    """Register the nodes for every HTML-like builder."""
    app.add_node(Later)
    app.connect("doctree-resolved", make_the_rest)
    app.add_node(BookHtml, override=True, html=(_visit, _depart))
