"""References of claims, quotes, figures and tables in words: a text file for each, and a button that copies it."""

from __future__ import annotations

import re
from html import escape

from multivector import citing
from multivector.sphinx_ext import citations
from multivector.sphinx_ext.markup import SITES

KINDS = ("claim", "quote", "figure", "table")
_LINKS = re.compile(r'<span class="mv-cite">Cite: <a href="([^"]*)citations/([\w-]+)\.bib"')


def prepare(app, env) -> None:
    """Have the reference of every part at hand in each style, once all pages are read."""
    if app.builder.name not in SITES:
        return
    base = app.config.multivector_book_url
    chosen = citations.parts(env)
    citing.prime(chosen, base)
    app.multivector_references = {
        part.id: {style: citing.plain(part, style, base) for style in citing.STYLES}
        for part in chosen
        if part.kind in KINDS
    }


def files(app) -> dict[str, str]:
    """Name and content of the text file of each part."""
    return {
        f"{name}.txt": "".join(f"{style}\n{text}\n\n" for style, text in styles.items()).rstrip() + "\n"
        for name, styles in app.multivector_references.items()
    }


def offer(app, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Put a link to the text file, and the text that a button copies, before the links to the other files."""
    if app.builder.name in SITES and doctree is not None:
        known = app.multivector_references
        context["body"] = _LINKS.sub(lambda match: _link(match, known), context["body"])


def _link(match: re.Match, known: dict[str, dict[str, str]]) -> str:
    root, name = match.groups()
    if name not in known:
        return match.group()
    text = escape(known[name]["APA"])
    return (
        f'<span class="mv-cite" data-name="{name}" data-text="{text}">Cite: '
        f'<a href="{root}citations/{name}.txt" aria-label="Cite {name} in APA or Chicago style">APA, Chicago</a> '
        f'<a href="{root}citations/{name}.bib"'
    )


def setup(app) -> None:
    """Connect making and offering."""
    app.connect("env-updated", prepare, priority=450)
    app.connect("html-page-context", offer, priority=410)
