"""What a page says of itself to machines: Highwire, Dublin Core, JSON-LD, links to citation files, OpenGraph."""

from html import escape

from multivector.book.attachments import FOLDER as FILES
from multivector.book.layouts import script_json
from multivector.book.markup import ROOT, recorded
from multivector.cite import citing
from multivector.facts import tables

DATA_PAGE, LEDGER_PAGE = "chapters/data", "chapters/claims"
_TYPES = {"bib": "x-bibtex", "ris": "x-research-info-systems", "json": "vnd.citationstyles.csl+json"}
_VOCABULARIES = (
    '<link rel="schema.DC" href="http://purl.org/dc/elements/1.1/" />\n'
    '<link rel="schema.DCTERMS" href="http://purl.org/dc/terms/" />\n'
)


def head_tags(part: citing.Part, about: str, base: str = "", fixed: str = "") -> str:
    """Tags for the head of a page: description, Highwire, Dublin Core, links to the citation files, JSON-LD.

    What is cited has the address that stays, ``fixed``; what describes the book to search engines has ``base``.
    """
    pairs = tags(part, about, fixed or base)
    metas = "".join(f'<meta name="{name}" content="{escape(value)}" />\n' for name, value in pairs if value)
    links = "".join(
        f'<link rel="describedby" type="application/{kind}" href="{ROOT}{citing.FOLDER}/{part.id}.{suffix}" />\n'
        for suffix, kind in _TYPES.items()
    )
    text = script_json(json_ld(part, about, base))
    return f'\n{metas}{_VOCABULARIES}{links}<script type="application/ld+json">{text}</script>\n'


def tags(part: citing.Part, about: str, base: str = "") -> list[tuple[str, str]]:
    """Name and content of tags: ``citation_*``, as Google Scholar and Zotero read them, and Dublin Core."""
    work, address = citing.work(), citing.address(part, base)
    whole, day = "" if part.kind == "book" else work.title, work.released.strftime("%Y/%m/%d")
    authors = [f"{name}," for name in work.authors]  # the comma: an institution, not a person
    return [
        ("description", about),
        ("citation_title", part.title),
        *(("citation_author", author) for author in authors),
        ("citation_publication_date", day),
        ("citation_online_date", day),
        ("citation_inbook_title", whole),
        ("citation_language", work.language),
        ("citation_public_url", address),
        ("DC.title", part.title),
        *(("DC.creator", author) for author in authors),
        ("DC.description", about),
        ("DC.date", work.released.isoformat()),
        ("DC.type", "bookSection" if whole else "book"),
        ("DC.format", "text/html"),
        ("DC.language", work.language),
        ("DC.rights", work.licence),
        ("DC.identifier", address),
        ("DCTERMS.isPartOf", whole),
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
    """What OpenGraph shows of a page: its address, its description, and as picture its first figure, or the ledger's."""
    if not base:
        return {}
    fields = {"og:type": "book" if part.kind == "book" else "article", "og:url": citing.address(part, base)}
    fields |= {"og:description": about} if about else {}
    known = recorded(env, "anchors")
    figures = [one for page in (part.docname, LEDGER_PAGE) for one in known.get(page, ()) if one[1] == "figure"]
    if figures:
        name, _, title = figures[0]
        fields |= {"og:image": f"{base}/{FILES}/{name}.png", "og:image:alt": title}
    return fields
