"""From a source id to a citation, and from a table to the sources behind it.

The record of every source is one row of the table ``sources``; ``references.bib`` is made from it and never edited.

    >>> from multivector.cite import sources
    >>> sources.short("D07")
    'United Nations Development Programme 2024'
"""

import json
import re
from collections import defaultdict, namedtuple
from functools import lru_cache, partial
from typing import NamedTuple

import pandas as pd

from multivector import paths
from multivector.cite import formats, styles
from multivector.errors import BookError
from multivector.facts import dates, kept, tables

GRADES = {
    "primary": "the document or record itself",
    "authoritative": "the body responsible for the fact, or a peer-reviewed or standard data set",
    "good": "a named outlet or institution with its own reporting, or a faithful copy of an official text",
    "secondary": "a report that rests on others, or a compilation",
    "partisan": "a party to the dispute; used for what that party says",
    "low": "a copy or compilation of unclear origin; used only where nothing better was found",
}
"""What each grade of authority means, best first."""
LITERATURE = "literature"
"""Keyword in ``references.bib`` of scholarly and policy studies, as against records and news."""
_LITERATURE_KINDS = frozenset(
    ("book chapter copy", "book review", "journal abstract", "journal article", "memoir", "report")
    + ("research memo", "research note", "research report", "scholarly essay copy", "think tank")
)
_NAMES = re.compile(r".+\.(csv|js|md|py)|.+ \(GitHub repository\)|[\w.-]+\.[a-z]{2,}")
"""Names of files, repositories and sites, in which a capital may be another name."""
_LITERATURE_TYPES = frozenset({"article-journal", "chapter", "paper-conference", "report"})


class Source(
    namedtuple(
        "Source",
        "source_id csl_type author title title_en language container volume issue page publisher place version "
        "published doi isbn url read_at copy_of cites accessed archived_url archived locator_hint same_work_as kind "
        "grade note",
    )
):
    """One row of the table ``sources``, described there; an empty text where the record says nothing."""

    @property
    def address(self) -> str:
        """Where to open it: the original, or else the copy that was read."""
        return self.url or self.read_at

    @property
    def outlet(self) -> str:
        """Who made it, in words: authors, or else the outlet, or the publisher."""
        authors = ", ".join(one.get("literal") or f"{one['given']} {one['family']}" for one in names(self.author))
        return authors or self.container or self.publisher


class Use(NamedTuple):
    """Where a source is used in the tables: the table's name, how many rows, and ids worth a link."""

    table: str
    rows: int
    ids: tuple[str, ...]


def _register() -> dict[str, Source]:
    return _as_saved(tables.stamp("sources"))


@lru_cache(1)
def _as_saved(stamp: tuple) -> dict[str, Source]:
    frame = tables.load("sources")[list(Source._fields)].astype(object)
    rows = frame.where(frame.notna(), "").itertuples(index=False, name=None)
    return {row[0]: Source(*map(str, row)) for row in rows}


def every() -> list[Source]:
    """All sources, by letter and number of the id."""
    known = _register()
    return [known[source_id] for source_id in ordered(known)]


def ordered(source_ids) -> list[str]:
    """The ids without repetition, by letter and number: ``S9`` before ``S88`` before ``S100``."""
    return sorted(set(source_ids), key=lambda source_id: (source_id[:1], int(source_id[1:])))


def get(source_id: str) -> Source:
    """The source with this id. Raises ``BookError`` if there is none."""
    try:
        return _register()[source_id]
    except KeyError:
        raise BookError(f"data/sources.csv: no source {source_id!r}; add its row, or correct the id") from None


def main(source_id: str) -> Source:
    """The source with this id, or the main entry where the row says that it is the same work."""
    source = get(source_id)
    return get(source.same_work_as) if source.same_work_as else source


def works() -> list[Source]:
    """Every source that is a work of its own, by outlet, date and id."""
    return sorted(
        (source for source in every() if not source.same_work_as),
        key=lambda source: (_sorted_as(source), source.published, source.source_id),
    )


def printed_order() -> list[Source]:
    """The works in the order of their printed references: by author, or what stands in the author's place."""

    def letters(source: Source) -> tuple[str, str]:
        reference = re.sub(r"<[^>]+>|[“”‘’\[\]\"'?]", "", formatted(source.source_id))  # without markup and marks
        return _letters(reference), source.source_id

    return sorted(works(), key=letters)


def _sorted_as(source: Source) -> str:
    people = names(source.author)
    return _letters((people[0].get("literal") or people[0]["family"]) if people else source.outlet or source.title)


def _letters(text: str) -> str:
    return text.removeprefix("The ").casefold()


def names(author: str) -> list[dict]:
    """CSL names from a cell: ``Family, Given; Family, Given``, an entity in braces."""
    return [
        {"literal": one[1:-1]}
        if one.startswith("{")
        else dict(zip(("family", "given"), one.split(", ", 1), strict=True))
        for one in filter(None, author.split("; "))
    ]


def item(source: Source) -> dict:
    """The source as a CSL-JSON item. A title in another language is followed by its English form in brackets."""
    title = f"{source.title} [{source.title_en}]" if source.title_en else source.title
    copied = "" if source.url or not source.read_at else f"Read in a copy of {source.copy_of or source.outlet}. "
    found = f"Found as {source.locator_hint}." if source.locator_hint and not source.address else ""
    whole, number = "container-title", "issue"
    if source.csl_type == "report" or source.csl_type == "document" and source.issue:  # of a series, or with a number
        whole, number = "collection-title", "collection-number" if source.container else "number"
    told = {
        "title": title,
        whole: source.container,
        "volume": source.volume,
        number: source.issue,
        "page": source.page,
        "publisher": source.publisher,
        "publisher-place": source.place,
        "version": source.version,
        "DOI": source.doi,
        "ISBN": source.isbn,
        "URL": source.address,
        "language": source.language,
        "note": f"{copied}{found}".strip(),
        "author": names(source.author),
        "issued": dates.csl(source.published),
        "accessed": dates.csl(source.accessed),
    }
    kept = {name: value for name, value in told.items() if value}
    return {"id": source.source_id, "type": source.csl_type, **kept}


def printed() -> tuple[dict[str, str], dict[str, str]]:
    """Entries and short forms of all works, printed together so that a and b follow a year that two share."""
    return _printed(tables.stamp("sources"))


@lru_cache(1)
def _printed(stamp: tuple) -> tuple[dict[str, str], dict[str, str]]:
    items = [_in_own_capitals(item(source)) for source in works()]
    return styles.references(items, "Chicago"), styles.short_forms(items)


def _in_own_capitals(one: dict) -> dict:
    """The item with a mark, which only CSL-JSON has, around names of files, repositories and sites: no style changes them."""
    names = {name: one[name] for name in ("title", "container-title") if _NAMES.fullmatch(one.get(name, ""))}
    return one | {name: styles.AS_IT_IS.format(value) for name, value in names.items()}


def short(source_id: str) -> str:
    """Author or outlet and year, for running text: ``Vanderhill et al. 2020``, ``Kazinform 2023a``."""
    return printed()[1][main(source_id).source_id]


def formatted(source_id: str) -> str:
    """The whole reference as HTML, as Chicago's author-date style prints it."""
    return printed()[0][main(source_id).source_id]


def full(source_id: str) -> str:
    """The whole reference as plain text, with how and when it was read."""
    how = reading(get(source_id))
    return f"{styles.plain(formatted(source_id))} {how[0].upper()}{how[1:]}."


def reading(source: Source) -> str:
    """How and when a source was read. Pages were read in stored copies or excerpts of them, never on their own site."""
    return f"stored copy read on {dates.spoken(source.accessed)}" if source.accessed else "not read, known by reference"


def is_literature(source_id: str) -> bool:
    """Whether the source is a study (article, book, report), not a record, a text or news."""
    source = get(source_id)
    return source.kind in _LITERATURE_KINDS or source.csl_type in _LITERATURE_TYPES


def bibtex() -> str:
    """Text of ``references.bib``: one entry for every work, in the order of authors."""
    head = "% Made from data/sources.csv; edit that table, not this file.\n"
    entries = []
    for source in works():
        keywords = ", ".join([source.grade] + [LITERATURE] * is_literature(source.source_id))
        entries.append("\n" + formats.bibtex(item(source), keywords, undated=formats.UNDATED))
    return head + "".join(entries)


def file_texts(chosen: list[Source]) -> dict[str, str]:
    """The bibliography of these sources in each format, by suffix: ``json``, ``bib``, ``ris``."""
    items = [item(main(source.source_id)) | _copied(source) for source in chosen]
    return {
        "json": json.dumps(items, ensure_ascii=False, indent=1) + "\n",
        "bib": "\n".join(map(formats.bibtex, items)),
        "ris": "".join(map(formats.ris, items)),
    }


def _copied(source: Source) -> dict:
    """For an entry that is the work of another one: its own id, address and what is said of it, as a note."""
    told = filter(None, (f"Read as {source.source_id}", source.address, source.note))
    return {"note": "; ".join(told)} if source.same_work_as else {}


def uses() -> dict[str, list[Use]]:
    """For every source id, the tables that rest on it, by name of the table.

    A source counts as used by a table if a row names it in a column ``source_id``, ``source_id_2``, … or in a list
    ``source_ids`` (separated by ``;``), or if the table's descriptor names it for the whole table.
    """
    found = defaultdict(list)
    for name in tables.names():
        for line in kept.value(("uses", name), partial(_uses_in, name)) if name != "sources" else ():
            source_id, rows, *ids = line.split(" ")
            found[source_id].append(Use(name, int(rows), tuple(ids)))
    return dict(found)


def _uses_in(name: str) -> list[str]:
    """For each source that a table uses a line: its id, the number of rows, and the ids worth a link."""
    descriptor, linked = tables.resource(name), name in ("claims", "quotes")
    rows = defaultdict(set, {part["source_id"]: set() for part in descriptor["sources"] if part.get("source_id")})
    columns = [field["name"] for field in descriptor["schema"]["fields"] if field["name"].startswith("source_id")]
    if columns:
        frame = tables.load(name)
        keyed = frame.set_index(f"{name[:-1]}_id") if f"{name[:-1]}_id" in frame else frame
        cells = pd.concat([keyed[column] for column in columns]).dropna()
        for label, source_id in cells.str.split(";").explode().str.strip().items():
            rows[source_id].add(str(label))
    return [" ".join([one, str(len(at)), *(sorted(at) if linked else ())]) for one, at in rows.items() if one]


def cite_what_you_used(docname: str, recorded: dict[str, dict] | None = None) -> dict:
    """References and data versions behind a page, ``chapters/war``.

    ``recorded`` maps a docname to ``{"sources": [ids], "tables": [names]}``, as the build writes it to
    ``citations/used.json`` of the site; without it that file is read. Returns ``references`` (id → full citation),
    ``tables`` (name → SHA-256 and version) and ``data`` (version and digest of the whole data package).
    Raises ``BookError`` if the site was not built, or has no such page.
    """
    if recorded is None:
        try:
            recorded = dict(json.loads((paths.HTML / "citations" / "used.json").read_text("utf-8")))
        except FileNotFoundError:
            raise BookError("_build/html/citations/used.json: file is missing; build the book first") from None
    if docname not in recorded:
        raise BookError(f"page {docname!r} has no recorded sources; expected one of: {', '.join(sorted(recorded))}")
    page = recorded[docname]
    version = str(tables.package().get("version", ""))
    return {
        "page": docname,
        "references": {source_id: full(source_id) for source_id in ordered(page.get("sources", ()))},
        "tables": {
            name: {"sha256": tables.resource(name)["hash"].removeprefix("sha256:"), "version": version}
            for name in sorted(page.get("tables", ()))
        },
        "data": {"version": version, "digest": tables.digest()},
    }
