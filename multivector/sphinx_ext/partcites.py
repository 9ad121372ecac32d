"""References of claims, quotes, figures and tables in words: a text file for each, and a button that copies it.

The citation processor takes a fortieth of a second for each, so that the texts are kept between builds.
"""

from __future__ import annotations

import hashlib
import json
import re
from html import escape
from pathlib import Path

from multivector import citing
from multivector.sphinx_ext import citations, portions
from multivector.sphinx_ext.markup import SITES

KINDS = ("claim", "quote", "figure", "table")
_LINKS = re.compile(r'<span class="mv-cite">Cite: <a href="([^"]*)citations/([\w-]+)\.bib"')


def prepare(app, env) -> None:
    """Have the reference of every part at hand in each style, once all pages are read."""
    if app.builder.name not in SITES:
        return
    kept, base = Path(app.doctreedir) / "references.json", app.config.multivector_book_url
    known = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    code = hashlib.sha256(Path(citing.__file__).read_bytes()).hexdigest()
    keys = {part: _key(code, part, base) for part in citations.parts(env) if part.kind in KINDS}
    missing = [part for part, key in keys.items() if key not in known]
    made = portions.results(
        app, lambda part: {style: citing.plain(part, style, base) for style in citing.STYLES}, missing
    )
    texts = {key: made.get(part) or known[key] for part, key in keys.items()}
    app.multivector_references = {part.id: texts[key] for part, key in keys.items()}
    kept.write_text(json.dumps(texts, ensure_ascii=False), "utf-8")


def _key(code: str, part, base: str) -> str:
    """What the reference of a part depends on."""
    return hashlib.sha256(json.dumps([code, part.label, citing.item(part, base)]).encode()).hexdigest()


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
