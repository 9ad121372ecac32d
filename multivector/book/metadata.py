"""What a page says of itself to machines: Highwire, Dublin Core, JSON-LD, links to citation files, OpenGraph."""

from __future__ import annotations

from html import escape

from multivector.book.attachments import FOLDER as FILES
from multivector.book.layouts import script_json
from multivector.book.markup import ROOT, recorded
from multivector.cite import citing
from multivector.facts import tables

DATA_PAGE = "chapters/data"


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
    shared = {
        "author": _authors(),
        "datePublished": work.released.isoformat(),
        "inLanguage": work.language,
        "license": f"https://spdx.org/licenses/{work.licence}.html",
    }
    book = {"@type": "Book", "name": work.title, **shared, "version": work.version}
    book["bookFormat"] = "https://schema.org/EBook"
    url = {"url": citing.address(part, base)} if base else {}
    if part.kind == "book":
        return book | {"abstract": work.abstract} | url
    told = {"description": about} if about else {}
    whole = book | ({"url": f"{base}/"} if base else {})
    return {"@type": "Chapter", "name": part.title, **shared, "isPartOf": whole} | told | url


def _dataset(base: str) -> dict:
    package, work = tables.package(), citing.work()
    return {
        "@type": "Dataset",
        "name": package["title"],
        "description": package.get("description") or f"The tables behind every number of the book {work.title}.",
        "creator": _authors(),
        "version": str(package["version"]),
        "license": package["licenses"][0]["path"],
        "datePublished": work.released.isoformat(),
        "identifier": f"sha256:{tables.digest()}",
        "isAccessibleForFree": True,
    } | ({"url": f"{base}/{DATA_PAGE}.html"} if base else {})


def _authors() -> list[dict]:
    return [{"@type": "Organization", "name": name} for name in citing.work().authors]


def preview(env, part: citing.Part, about: str, base: str) -> dict[str, str]:
    """What OpenGraph shows of a page: its address, its description, and its first figure as the picture."""
    if not base:
        return {}
    fields = {"og:type": "book" if part.kind == "book" else "article", "og:url": citing.address(part, base)}
    fields |= {"og:description": about} if about else {}
    figures = [entry for entry in recorded(env, "anchors").get(part.docname, ()) if entry[1] == "figure"]
    if figures:
        name, _, title = figures[0]
        fields |= {"og:image": f"{base}/{FILES}/{name}.png", "og:image:alt": title}
    return fields
