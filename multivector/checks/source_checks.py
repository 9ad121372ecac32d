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
_OUTLETS |= {"broadcast", "entry-encyclopedia", "interview", "paper-conference", "post-weblog", "review-book"}
_NEEDED = {
    "author": {"book", "chapter", "dataset", "paper-conference", "review-book", "software"},
    "container": _OUTLETS,
    "publisher": {"book", "report"},
}
"""Types of works, by the column that a reference to them cannot do without."""
_LABEL = re.compile(r"\b(copied (in|on|from)|quoting|citing|mirrored on|copy (of|on)|in Russian)\b", re.I)


def faults() -> list[str]:
    """All faults of all rows, in the order of the table, which is that of the ids as texts."""
    tables.resource("sources")  # for whoever listens: this is what was read
    rows = list(enumerate(sorted(sources.every(), key=lambda source: source.source_id), 2))
    found = [line for number, source in rows for line in of_row(number, source)]
    return found + list(_used_twice(rows))


def of_row(number: int, source: sources.Source) -> Iterator[str]:
    """Faults of one row, whose number in the file is given."""
    for column in ("url", "read_at", "archived_url"):
        address = urlsplit(getattr(source, column))
        if address.netloc and address.path in ("", "/") and not address.query:
            yield _line(number, column, address.geturl(), "a home page; expected the page itself, or an empty cell")
    for one in filter(None, source.author.split("; ")):
        if not _AUTHOR.fullmatch(one):
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
