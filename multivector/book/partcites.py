"""The parts of the book that can be cited, and a control under each that opens its references, ready to copy.

Without JavaScript the control is a link to a text file with the references. With it, the references come from a
template that waits at the end of the page: from a page opened from disk no file can be fetched.
"""

import re
from html import escape
from urllib.parse import urlencode

from multivector.book.layouts import drawn, known, offered
from multivector.book.markup import ROOT, SITES, recorded, resolve
from multivector.cite import citing, sources
from multivector.facts import tables
from multivector.ledger import claims

_NAMED_PROVIDERS = 3
_REGISTERED = ("claim", "quote")
_CONTROL = re.compile(r'<span class="mv-cite" data-cite="([\w-]+)"></span>')


# --- what can be cited ------------------------------------------------------------------------------------------


def page_part(env, docname: str) -> citing.Part:
    """The book for its first page, a chapter for any other."""
    if docname == env.config.root_doc:
        return citing.book(docname)
    return citing.Part("chapter", citing.slug(docname), env.titles[docname].astext(), docname)


def parts(env) -> list[citing.Part]:
    """All that can be cited: pages, and the claims, quotes, figures and tables that the pages have recorded."""
    pages = [page_part(env, docname) for docname in sorted(env.found_docs) if docname in env.titles]
    told = _told(env)
    return pages + [
        citing.Part(kind, name, title, docname, told.get(name, ""), claims.ARTICLE if kind == "quote" else "")
        for docname, entries in sorted(recorded(env, "anchors").items())
        for name, kind, title in entries
    ]


def _told(env) -> dict[str, str]:
    """What a citation says beside the label of a claim, quote, figure or table, by id."""
    article = sources.get(claims.ARTICLE)
    place = f"of {article.title}, {article.published[:4]}"
    return (
        {claim.claim_id: claims.told(claim) for claim in claims.ledger()}
        | {
            row.quote_id: f"{claims.speaker(row.attribution)}; paragraph {row.paragraph} {place}"
            for row in tables.load("quotes").itertuples()
        }
        | {name: _providers(ids) for of in recorded(env, "providers").values() for name, ids in of.items() if ids}
    )


def _providers(source_ids: tuple[str, ...]) -> str:
    """Who provides the data of a figure or table: ``data: Eurostat; World Bank``, the first three by name."""
    names = list(dict.fromkeys(map(_provider, source_ids)))
    more = f"; and {len(names) - _NAMED_PROVIDERS} more" if len(names) > _NAMED_PROVIDERS else ""
    return f"data: {'; '.join(names[:_NAMED_PROVIDERS])}{more}"


def _provider(name: str) -> str:
    """A table of the book, or who made a source; a treaty, which nobody made, is called by its title."""
    if name in tables.names():
        return f"table {name} of this book"
    source = sources.main(name)
    return source.outlet or source.title


# --- how it is offered ------------------------------------------------------------------------------------------


def prepare(app, env) -> None:
    """Have the reference of every part printed in each style, once all pages are read."""
    if app.builder.name in SITES:
        app.multivector_parts = {part.id: part for part in parts(env)}
        citing.prime(list(app.multivector_parts.values()), app.config.multivector_fixed_url)


def offer(app, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Fill in the controls of a page, and add what they open at its end."""
    if app.builder.name not in SITES or doctree is None:
        return
    found, base = app.multivector_parts, app.config.multivector_fixed_url
    asked = dict.fromkeys(name for name in _CONTROL.findall(context["body"]) if name in found)
    body = _CONTROL.sub(lambda match: control(match[1]) if match[1] in found else "", context["body"])
    panels = "".join(drawn("cited", part=found[name], base=base) for name in asked)
    context["body"] = resolve(body + panels + _for_managers(app, pagename, base), pagename, app.builder.name)


def _for_managers(app, pagename: str, base: str) -> str:
    """On the two registers, each claim or quote and the page itself as a reference manager reads them from a page."""
    own = [part for part in app.multivector_parts.values() if part.docname == pagename and part.kind in _REGISTERED]
    listed = [page_part(app.env, pagename), *own] if own else []
    return "".join(f'<span class="Z3988" title="{escape(coins(part, base))}"></span>' for part in listed)


def control(name: str) -> str:
    """The control of one part."""
    return (
        f'<span class="mv-cite"><a href="{ROOT}{citing.FOLDER}/{name}.txt" data-cite="{name}" '
        f'aria-label="Cite {name}">Cite</a></span>'
    )


def file_links(name: str) -> str:
    """Links to the three citation files of that name."""
    return " · ".join(
        f'<a href="{ROOT}{citing.FOLDER}/{escape(name)}.{suffix}" download>{called}'
        f'<span class="visually-hidden"> file for {escape(citing.slug(name))}</span></a>'
        for suffix, called in citing.FORMATS.items()
    )


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


offered(file_links=file_links, formatted=citing.formatted)
known(STYLES=list(citing.STYLES))


def setup(app) -> None:
    """Connect making and offering."""
    app.connect("env-updated", prepare, priority=450)
    app.connect("html-page-context", offer, priority=410)
