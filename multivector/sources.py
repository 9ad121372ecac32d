"""From a source id to a citation, and from a table to the sources behind it.

The record of every source is one row of the table ``sources``; ``references.bib`` is made from it and never edited.

    >>> from multivector import sources
    >>> sources.short("D07")
    'UNDP, 2024'
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from multivector import dates, paths, tables
from multivector.bibtex import authors, entry
from multivector.errors import BookError

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
    {
        "book chapter copy",
        "book review",
        "journal abstract",
        "journal article",
        "memoir",
        "report",
        "research memo",
        "research note",
        "research report",
        "scholarly essay copy",
        "think tank",
    }
)


@dataclass(frozen=True)
class Source:
    """One row of the table ``sources``; an empty text where the record says nothing."""

    source_id: str
    title: str
    publisher: str
    published: str
    url: str
    located_by: str
    kind: str
    grade: str
    accessed: str
    archived_url: str


@dataclass(frozen=True)
class Use:
    """Where a source is used in the tables: the table's name, its title, how many rows, and ids worth a link."""

    table: str
    title: str
    rows: int
    ids: tuple[str, ...] = ()


@cache
def _register() -> dict[str, Source]:
    columns = [field.name for field in fields(Source)]
    frame = tables.load("sources")[columns].astype(object)
    rows = frame.where(frame.notna(), "").itertuples(index=False, name=None)
    return {row[0]: Source(*map(str, row)) for row in rows}


def every() -> list[Source]:
    """All sources, by letter and number of the id."""
    return [_register()[source_id] for source_id in ordered(_register())]


def ordered(source_ids) -> list[str]:
    """The ids without repetition, by letter and number: ``S9`` before ``S88`` before ``S100``."""
    return sorted(set(source_ids), key=lambda source_id: (source_id[:1], int(source_id[1:])))


def get(source_id: str) -> Source:
    """The source with this id. Raises ``BookError`` if there is none."""
    try:
        return _register()[source_id]
    except KeyError:
        raise BookError(f"data/sources.csv: no source {source_id!r}; add its row, or correct the id") from None


def short(source_id: str) -> str:
    """Publisher and year, for running text: ``The Astana Times, 2024``."""
    source = get(source_id)
    return f"{source.publisher}, {source.published[:4] or 'undated'}"


def full(source_id: str) -> str:
    """The whole reference as plain text: title, publisher, date, address or way to find it, how and when it was read."""
    source = get(source_id)
    parts = [source.title, f"{source.publisher}, {dates.spoken(source.published) if source.published else 'undated'}"]
    if where := source.url or source.located_by:
        parts.append(where)
    if source.archived_url:
        parts.append(f"Archived copy: {source.archived_url}")
    parts.append(_sentence(reading(source)))
    return " ".join(part if part.endswith((".", "?", "!")) else f"{part}." for part in parts)


def reading(source: Source) -> str:
    """How and when a source was read. Pages were read in stored copies or excerpts of them, never on their own site."""
    return f"stored copy read on {dates.spoken(source.accessed)}" if source.accessed else "not read, known by reference"


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


def is_literature(source_id: str) -> bool:
    """Whether the source is a study (article, book, report), not a record, a text or news."""
    return get(source_id).kind in _LITERATURE_KINDS


def bibtex() -> str:
    """Text of ``references.bib``: one entry for every source, by id."""
    head = "% Made from data/sources.csv; edit that table, not this file.\n"
    return head + "".join("\n" + _entry(source) for source in every())


def _entry(source: Source) -> str:
    year, month, *_ = [*source.published.split("-"), "", ""]
    notes = [
        source.located_by and f"Found as {source.located_by}",
        source.archived_url and f"Copy {source.archived_url}",
        _sentence(reading(source)),
    ]
    keywords = [source.grade] + [LITERATURE] * is_literature(source.source_id)
    return entry(
        "misc",
        source.source_id,
        {
            "author": authors([source.publisher]),
            "title": source.title,
            "year": year or "undated",
            "month": month.lstrip("0"),
            "date": source.published,
            "howpublished": _sentence(source.kind),
            "note": "; ".join(filter(None, notes)),
            "url": source.url,
            "keywords": ", ".join(keywords),
        },
    )


@cache
def uses() -> dict[str, tuple[Use, ...]]:
    """For every source id, the tables that rest on it, by name of the table.

    A source counts as used by a table if a row names it in a column ``source_id``, ``source_id_2``, … or in a list
    ``source_ids`` (separated by ``;``), or if the table's descriptor names it for the whole table.
    """
    found: dict[str, list[Use]] = {}
    for name in tables.names():
        if name == "sources":
            continue
        for source_id, use in _uses_in(name).items():
            found.setdefault(source_id, []).append(use)
    return {source_id: tuple(found[source_id]) for source_id in sorted(found)}


def _uses_in(name: str) -> dict[str, Use]:
    descriptor = tables.resource(name)
    title = descriptor.get("title", name)
    fields_ = [field["name"] for field in descriptor.get("schema", {}).get("fields", [])]
    rows: dict[str, list[str]] = {
        part["source_id"]: [] for part in descriptor.get("sources", []) if part.get("source_id")
    }
    columns = [field for field in fields_ if field.startswith("source_id")]
    if columns:
        frame = tables.load(name)
        key = frame[f"{name[:-1]}_id"] if f"{name[:-1]}_id" in frame else frame.index.astype(str)
        for column in columns:
            for label, cell in zip(key, frame[column], strict=True):
                for source_id in str(cell).split(";") if isinstance(cell, str) else ():
                    rows.setdefault(source_id.strip(), []).append(str(label))
    linked = name in ("claims", "quotes")
    return {
        source_id: Use(name, title, len(set(labels)), tuple(sorted(set(labels))) if linked else ())
        for source_id, labels in rows.items()
        if source_id
    }


def cite_what_you_used(docname: str, recorded: dict[str, dict] | None = None) -> dict:
    """References and data versions behind a page, ``chapters/war``.

    ``recorded`` maps a docname to ``{"sources": [ids], "tables": [names]}``, as the build writes it to
    ``citations/used.json`` of the site; without it that file is read. Returns ``references`` (id → full citation),
    ``tables`` (name → SHA-256 and version) and ``data`` (version and digest of the whole data package).
    Raises ``BookError`` if the site was not built, or has no such page.
    """
    recorded = _recorded(paths.HTML / "citations" / "used.json") if recorded is None else recorded
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


def _recorded(file: Path) -> dict[str, dict]:
    try:
        return json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        raise BookError("_build/html/citations/used.json: file is missing; build the book first") from None


def forget() -> None:
    """Drop what was read, so that the next call sees changed tables."""
    _register.cache_clear()
    uses.cache_clear()
