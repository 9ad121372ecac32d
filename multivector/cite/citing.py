"""Citations of the book and of each of its parts: chapter, claim, quote, figure, table, dataset.

``CITATION.cff`` is the one record of title, authors, version, date and licence. Every format starts from one
CSL-JSON item; the texts in APA and Chicago come from pandoc with the official styles. A field that has no true value
is left out: without the book's public address (``BOOK_URL``) no citation has one.

What must not be lost on the way into a reference manager stands in fields that every one of them keeps: the id and the
verdict in the title, the version in ``edition``; and every part is a chapter of the book.

    >>> from multivector.cite import citing
    >>> citing.item(citing.Part("claim", "C-46", "A restatement", "chapters/claims", "supported"))["title"]
    '<span class="nocase">Claim C-46 (supported)</span>: “<span class="nocase">A restatement</span>”'
"""

import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache

import yaml

from multivector import paths
from multivector.cite import commits, formats, sources, styles
from multivector.errors import BookError
from multivector.facts import dates, tables

STYLES = styles.STYLES
"""Name shown to the reader, and name of the official CSL style."""
FORMATS = {"bib": "BibTeX", "ris": "RIS", "json": "CSL-JSON"}
"""Suffixes of the citation files, and what each is called."""
FOLDER = "citations"
"""Where the citation files lie in the built site."""
_SAID = {"claim": f"“{styles.AS_IT_IS}”", "quote": f"“{styles.AS_IT_IS}”"}
"""How the words of a part are set in its title, by kind: what others said stands in quotation marks."""
_MARKUP = re.compile(r"<[^>]+>")
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")
_NAME_PARTS = ("name", "given-names", "name-particle", "family-names")
"""Of an entity, or of a person, in the order in which they are shown."""
_FOLDER_ADDRESS = re.compile(r"https?://[^\s/?#@]+(/[^\s?#]*)?")


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
    ``told`` is what a reader must know beside the label: speaker and verdict of a claim, providers of the data of a
    figure or table, place of a quote. ``original`` is the id of the source whose words a quote gives.
    """

    kind: str
    id: str
    title: str
    docname: str
    told: str = ""
    original: str = ""

    @property
    def label(self) -> str:
        """What it is, in words: ``Claim C-46``; empty for the book and for a chapter."""
        return "" if self.kind in ("book", "chapter") else f"{self.kind.capitalize()} {self.id}"


_companion: list[str] = []
"""Code and name of the state that a companion book follows; empty for the book itself."""


def as_companion(code: str = "", name: str = "") -> None:
    """From now on the work is the companion for that state, with a title and keys of its own; without one, the book."""
    _companion[:] = [code, name] if code else []
    work.cache_clear()


@cache
def work() -> Work:
    """The record in ``CITATION.cff``. Raises ``BookError`` if it is missing, broken or incomplete."""
    try:
        record = yaml.safe_load(paths.CITATION.read_text("utf-8"))
        preferred = record["preferred-citation"]
        title = preferred["title"]
        return Work(
            title=f"{title.split(':')[0]}: companion for {_companion[1]}" if _companion else title,
            authors=tuple(
                " ".join(author[part] for part in _NAME_PARTS if part in author) for author in preferred["authors"]
            ),
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


def book_url(configured: str = "") -> str:
    """Public address of the book without a slash at its end, from ``BOOK_URL`` or ``configured``; empty if unknown.

    Raises ``BookError`` if it is no address of a folder on the web.
    """
    given = (os.environ.get("BOOK_URL") or configured or "").strip()
    if given and not _FOLDER_ADDRESS.fullmatch(given):
        raise BookError(f"BOOK_URL: value {given!r}: expected an address such as https://host/folder; correct it")
    return given.rstrip("/")


def fixed_url(base: str) -> str:
    """Address under which this version of the book stays: ``BASE/v1.1.0`` where versions are kept, else ``base``.

    Versions are kept where ``BOOK_VERSIONS`` is set, as ``make release`` does, which lays the folders out.
    """
    return f"{base}/v{work().version}" if base and os.environ.get("BOOK_VERSIONS") else base


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
    page = "" if part.kind == "book" else f"{part.docname}.html"
    return f"{base}/{page}" + (f"#{part.id}" if part.label else "")


def item(part: Part, base: str = "") -> dict:
    """The part as a CSL-JSON item. A quote is by the author of the original, of its date, in this book as its editor."""
    record, whole = work(), part.kind == "book"
    makers = [{"literal": name} for name in record.authors]
    entry = {
        "id": _key(part),
        "type": "book" if whole else "chapter",
        "title": _title(part),
        "author": makers,
        "issued": {"date-parts": [[record.released.year, record.released.month, record.released.day]]},
        "edition": f"Version {record.version}",
        "language": record.language,
    }
    entry |= {} if whole else {"container-title": record.title}
    if part.original:
        original = sources.main(part.original)
        entry |= {"author": sources.names(original.author), "editor": makers}
        entry |= {"original-date": dates.csl(original.published[:4])}  # the year, as its title has it
    return entry | ({"URL": address(part, base)} if base else {})


def _title(part: Part) -> str:
    """Label, what must be known beside it, and the words; a claim's or quote's words keep their capitals."""
    words = _clean(part.title).removesuffix(".")
    if not part.label:
        return words
    told = f" ({part.told})" if part.told else ""
    return f"{styles.AS_IT_IS.format(part.label + told)}: {_SAID.get(part.kind, '{}').format(words)}"


def plain_title(entry: dict) -> str:
    """The title without the marks that only CSL-JSON knows."""
    return _MARKUP.sub("", entry["title"])


def prime(parts: list[Part], base: str = "") -> None:
    """Have the references of many parts printed in one go; each is then at hand."""
    items = [_for_text(part, base) for part in parts]
    with ThreadPoolExecutor() as shared:  # what prints is another program
        references = shared.map(lambda style: styles.references(items, style, alone=True), STYLES)
    for style, printed in zip(STYLES, references, strict=True):
        _PRINTED.update({(style, json.dumps(entry)): printed[entry["id"]] for entry in items})


_PRINTED: dict[tuple[str, str], str] = {}
"""References printed so far, by style and item."""


def formatted(part: Part, style: str, base: str = "") -> str:
    """The reference as HTML in the style called ``APA`` or ``Chicago``. Equal calls are computed once."""
    entry = _for_text(part, base)
    key = (style, json.dumps(entry))
    if key not in _PRINTED:
        _PRINTED[key] = styles.references([entry], style, alone=True)[entry["id"]]
    return _PRINTED[key]


def plain(part: Part, style: str, base: str = "") -> str:
    """The reference as plain text."""
    return styles.plain(formatted(part, style, base))


def _for_text(part: Part, base: str) -> dict:
    """The item as a printed reference wants it: the year alone."""
    entry = item(part, base)
    return entry | {"issued": {"date-parts": [entry["issued"]["date-parts"][0][:1]]}}


def file_texts(part: Part, base: str = "") -> dict[str, str]:
    """Content of the citation files, by suffix. The CSL-JSON is a list with one item."""
    entry = item(part, base)
    plain_entry = entry | {"title": plain_title(entry)}
    return {
        "bib": formats.bibtex(plain_entry, old_dates=True),
        "ris": formats.ris(plain_entry),
        "json": json.dumps([entry], ensure_ascii=False, indent=2) + "\n",
    }


def published(part: Part, base: str = "") -> dict[str, str]:
    """Content of all files that go with a part, by suffix: for a part that is no page also a text in each style."""
    styles = "\n\n".join(f"{style}\n{plain(part, style, base)}" for style in STYLES)
    return file_texts(part, base) | ({"txt": styles + "\n"} if part.label else {})


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
    commit, committed = commits.present()
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    day = datetime.fromtimestamp(int(epoch), UTC).date().isoformat() if epoch.isdigit() else committed
    return Edition(record.version, commit, tables.digest()[:12], day or record.released.isoformat())


def state(base: str = "") -> dict[str, str]:
    """What ``version.json`` of the site says of it: version, day of release, commit, fingerprint of the data, addresses."""
    record, here = work(), edition()
    told = {"title": record.title, "version": record.version, "released": record.released.isoformat()}
    told |= {"commit": here.commit, "data": tables.digest(), "latest": base, "this_version": fixed_url(base)}
    return {name: value for name, value in told.items() if value}


def _key(part: Part) -> str:
    """Key of a citation: short, plain, the same in every format."""
    words = [work().title.split(":")[0], *_companion[:1]]
    stem = _NOT_PLAIN.sub("-", " ".join(words).lower()).strip("-")
    return stem if part.kind == "book" else f"{stem}-{part.id}"


def _clean(text: str) -> str:
    return " ".join(text.split())
