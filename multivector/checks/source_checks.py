"""Checks on the table of sources that its descriptor cannot declare: can each row be cited as what it is?

``faults()`` gives one line a fault, as ``multivector.checks.package`` prints them.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from multivector.cite import sources
from multivector.facts import cells, tables

_AUTHOR = re.compile(r"\{[^{},;]+\}|[^{},;]+, [^{},;]+")  # RIS takes what follows a comma for a first name
_OUTLETS = {f"article-{kind}" for kind in ("journal", "magazine", "newspaper")}
_OUTLETS |= {"broadcast", "entry-encyclopedia", "interview", "paper-conference", "post-weblog"}
_NEEDED = {
    "author": {"book", "chapter", "dataset", "paper-conference", "software"},
    "container": _OUTLETS,
    "publisher": {"book", "report"},
}
"""Types of works, by the column that a reference to them cannot do without."""
_ASIDE = re.compile(r"(^|\.)(amp|m|mirror|special|staging|test|uat|webintra)\.|/amp(/|$|view)")
"""Host or path of a page that a publisher keeps beside the page itself: for phones, for tests, for its own people."""
_KINDS = {"news", "news agency", "press", "state media", "state news agency", "trade press"}
"""What an outlet is, whatever it tells; other kinds say of one report whom it copies or cites."""
_QUOTED = re.compile(r"«.+?»|„.+?[“”]|(?<!\w)[“\"‘'](?=\S).+?(?<=\S)[”\"’'](?!\w)")
"""Words that a title sets in quotation marks; an apostrophe stands between letters or ends a word that nothing opened."""
_LABEL = re.compile(r"\b(copied (in|on|from)|quoting|citing|mirrored on|copy (of|on)|in Russian)\b", re.I)


def faults() -> list[str]:
    """All faults of all rows, each with its row in the file."""
    tables.resource("sources")  # for whoever listens: this is what was read
    lines = tables.read_bytes("sources").decode("utf-8").splitlines()
    place = {line.partition(",")[0]: number for number, line in enumerate(lines, 1)}
    rows = [(place.get(source.source_id, 0), source) for source in sources.every()]
    found = [line for number, source in rows for line in of_row(number, source)]
    return found + list(_used_twice(rows)) + list(_told_in_two_ways(rows))


def of_row(number: int, source: sources.Source) -> Iterator[str]:
    """Faults of one row, whose number in the file is given."""
    for column in ("url", "read_at", "archived_url"):
        address = urlsplit(getattr(source, column))
        if address.netloc and address.path in ("", "/") and not address.query:
            yield _line(number, column, address.geturl(), "a home page; expected the page itself, or an empty cell")
    for one in filter(None, source.author.split("; ")):
        if re.search(r"\w\.\w{2,}\}$", one):
            yield _line(number, "author", one, "a site; expected who wrote it, and the site in container")
        elif not _AUTHOR.fullmatch(one):
            yield _line(number, "author", one, "expected 'Family, Given', or an institution without a comma in braces")
    title = source.title
    if title.startswith("[") != title.endswith("]") or (_LABEL.search(title) and not title.startswith("[")):
        yield _line(number, "title", title, "expected the title as printed, or a supplied one in square brackets")
    for column, types in _NEEDED.items():
        if source.csl_type in types and not getattr(source, column):
            yield _line(number, column, "", f"{source.csl_type} needs it; fill the cell, or correct csl_type")
    if not (source.author or source.container or source.publisher or source.csl_type in ("treaty", "legislation")):
        yield _line(number, "author", "", "expected an author, a container or a publisher")
    if not (source.address or source.locator_hint or source.doi):
        yield _line(number, "url", "", "expected an address, or a locator_hint that says how to find it")
    yield from _of_pairs(number, source)
    yield from _of_addresses(number, source)


def _of_pairs(number: int, source: sources.Source) -> Iterator[str]:
    """Two cells that do not go together."""
    if source.author == f"{{{source.container}}}":
        yield _line(number, "container", source.container, "already the author; expected an empty cell")
    if source.language not in ("", "en", "und", "zxx") and not (source.title_en or source.title.startswith("[")):
        yield _line(number, "title_en", "", f"the title is in {source.language}; expected its English form")
    quoted = len(_QUOTED.findall(source.title))
    if source.title_en and len(_QUOTED.findall(source.title_en)) != quoted:
        yield _line(number, "title_en", source.title_en, f"the title quotes {quoted} times; expected as often")
    copied = source.csl_type != "dataset" and re.search(r"\bcopy\b|republished", source.kind)
    if copied and source.grade in ("primary", "authoritative"):
        yield _line(number, "grade", source.grade, "read in a copy of the text; expected good or less")
    if source.kind.startswith("wiki") and source.grade != "low":
        yield _line(number, "grade", source.grade, "anybody may write a wiki; expected low")


def _of_addresses(number: int, source: sources.Source) -> Iterator[str]:
    """The row describes the original: its page stands in ``url``, the page that was read in ``read_at``."""
    page, copy = urlsplit(source.url), urlsplit(source.read_at)
    if _ASIDE.search(page.netloc) or _ASIDE.search(page.path):
        yield _line(number, "url", source.url, "kept beside the page itself; expected that, and this in read_at")
    if source.copy_of and source.url and not source.read_at:
        yield _line(number, "copy_of", source.copy_of, "no copy was read; expected read_at, or this in cites")
    outlet, host = (re.sub(r"\W", "", text.lower()) for text in (source.container, copy.netloc))
    if source.copy_of and outlet and outlet in host and source.container not in source.copy_of:
        yield _line(number, "container", source.container, "where the copy stands; expected where the original stands")


def _told_in_two_ways(rows) -> Iterator[str]:
    """An outlet is of one kind, and a newspaper or a magazine, in all of its rows."""
    first: dict[tuple[str, str], tuple[str, str]] = {}
    for number, source in rows:
        told = {"kind": source.kind} if source.kind in _KINDS else {}
        if source.csl_type in ("article-magazine", "article-newspaper"):
            told["csl_type"] = source.csl_type
        for column, value in told.items() if source.container else ():
            known, where = first.setdefault((source.container, column), (value, source.source_id))
            if known != value:
                yield _line(number, column, value, f"{source.container} is {known} in {where}; expected one of the two")


def _used_twice(rows) -> Iterator[str]:
    """A document has one row: an address or DOI stands once, save for two versions and for rows that say so."""
    for column in ("url", "doi"):
        first: dict[tuple[str, str], str] = {}
        for number, source in rows:
            value = getattr(source, column)
            if not value or source.same_work_as:
                continue
            known = first.setdefault((value, source.version), source.source_id)
            if known != source.source_id:
                yield _line(number, column, value, f"already that of {known}; expected same_work_as, or a version")


def _line(number: int, column: str, value: str, expected: str) -> str:
    return cells.told(f"data/sources.csv: row {number}", column, value, expected)
