"""One control under each claim, quote, figure and table that opens its references, ready to copy, and its files.

Without JavaScript the control is a link to a text file with the references. With it, the references come from a
template that waits at the end of the page: from a page opened from disk no file can be fetched.
"""

from __future__ import annotations

import re
from html import escape
from urllib.parse import urlencode

from markupsafe import Markup

from multivector.book import citations
from multivector.book.layouts import drawn
from multivector.book.markup import ROOT, SITES, resolve
from multivector.cite import citing

KINDS = ("claim", "quote", "figure", "table", "dataset")
_REGISTERED = ("claim", "quote")
_CONTROL = re.compile(r'<span class="mv-cite" data-cite="([\w-]+)"></span>')


def prepare(app, env) -> None:
    """Have the reference of every part printed in each style, once all pages are read."""
    if app.builder.name in SITES:
        chosen = citations.parts(env)
        citing.prime(chosen, app.config.multivector_fixed_url)
        app.multivector_parts = {part.id: part for part in chosen if part.kind in KINDS}


def files(app) -> dict[str, str]:
    """Name and content of the text file of each part."""
    base = app.config.multivector_fixed_url
    return {
        f"{name}.txt": "\n\n".join(f"{style}\n{citing.plain(part, style, base)}" for style in citing.STYLES) + "\n"
        for name, part in app.multivector_parts.items()
    }


def offer(app, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Fill in the controls of a page, and add what they open at its end."""
    if app.builder.name not in SITES or doctree is None:
        return
    known, base = app.multivector_parts, app.config.multivector_fixed_url
    asked = dict.fromkeys(name for name in _CONTROL.findall(context["body"]) if name in known)
    body = _CONTROL.sub(lambda match: control(match[1]) if match[1] in known else "", context["body"])
    panels = "".join(panel(known[name], base) for name in asked)
    context["body"] = resolve(body + panels + _for_managers(app, pagename, base), pagename, app.builder.name)


def _for_managers(app, pagename: str, base: str) -> str:
    """On the two registers, each claim or quote and the page itself as a reference manager reads them from a page."""
    own = [part for part in app.multivector_parts.values() if part.docname == pagename and part.kind in _REGISTERED]
    if not own:
        return ""
    listed = [citations.page_part(app.env, pagename), *own]
    return "".join(f'<span class="Z3988" title="{escape(coins(part, base))}"></span>' for part in listed)


def control(name: str) -> str:
    """The control of one part."""
    return (
        f'<span class="mv-cite"><a href="{ROOT}{citing.FOLDER}/{name}.txt" data-cite="{name}" '
        f'aria-label="Cite {name}">Cite</a></span>'
    )


def panel(part: citing.Part, base: str) -> str:
    """What the control opens: the references in each style, and links to the files."""
    references = {style: Markup(citing.formatted(part, style, base)) for style in citing.STYLES}
    files = Markup(citing.file_links(part.id, ROOT.rstrip("/")))
    return drawn("cited", part=part, references=references, files=files)


def coins(part: citing.Part, base: str) -> str:
    """The part as COinS, an OpenURL context object: a section of the book, by an institution."""
    entry = citing.item(part, base)
    fields = [
        ("ctx_ver", "Z39.88-2004"),
        ("rft_val_fmt", "info:ofi/fmt:kev:mtx:book"),
        ("rft.genre", "bookitem"),
        ("rft.atitle", citing.plain_title(entry)),
        ("rft.btitle", entry["container-title"]),
        *(("rft.aucorp", one["literal"]) for one in entry["author"]),
        ("rft.date", str(entry["issued"]["date-parts"][0][0])),
        ("rft.edition", entry["edition"]),
        ("rft.language", entry["language"]),
        ("rft_id", entry.get("URL", "")),
    ]
    return urlencode([(name, value) for name, value in fields if value])


def setup(app) -> None:
    """Connect making and offering."""
    app.connect("env-updated", prepare, priority=450)
    app.connect("html-page-context", offer, priority=410)
