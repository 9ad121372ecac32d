"""Proof that a quotation is the article's own, without the article.

The book may quote the article in short passages but must not carry its text. It carries a *fingerprint* instead: the
table ``article_fingerprint`` with one row for every run of four neighbouring words of a paragraph, in order, each
reduced to six hexadecimal digits. A quotation of four words or more is genuine if its own runs stand in the table one
after the other. The row where they start also says in which paragraph the quotation belongs.

**Words.** ``words`` splits at white space, keeps upper and lower case, drops punctuation at both ends of a word and
apostrophes anywhere (the extraction lost them: ``Kazakhstans``). Hyphens inside a word stay. One changed, missing or
moved word is a fault; a changed comma is seen only by ``verify_against_text``.

**How safe is it?** Any table that can confirm a word can also confirm a guess, so a fingerprint is not encryption: it
keeps a copy of the text out of the book and makes its recovery laborious. A run is stretched by ``ROUNDS`` rounds of
PBKDF2, so that a dictionary of a hundred thousand words costs about a minute of computing for every single word. Four
unknown words together cannot be guessed at all; someone who starts from a printed quotation and works outwards would
have to pay that minute for each word and would gain what the publisher's page shows anyway. Twenty-four bits per run
keep chance agreement low: about one in ten thousand for a forged quotation of four words, far less for a longer one.
The salt is one constant for all runs, so that a run has the same digest wherever it stands and needs no position to be
looked up.

    >>> words("Kazakhstans location is a blessing, but")
    ['Kazakhstans', 'location', 'is', 'a', 'blessing', 'but']
"""

import base64
import hashlib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from multivector.errors import BookError
from multivector.facts import tables

RUN = 4
"""Words in a run; also the shortest quotation that can be proven."""
LIMIT = 40
"""Most words that one quotation may have."""
CONTEXT = 3
"""Most words of context before a quotation: enough to find it, since each stands once in the article."""
LARGEST_SHARE = 0.50
"""Most of the article that all passages together may give away; see ``coverage``."""
ROUNDS = 2000
DIGEST_BYTES = 3
HEADING_WORDS = 8

_SALT = b"multivector/article-fingerprint/1"
_APOSTROPHES = re.compile("['\u2018\u2019\u02bc`]")
_BRACKETED = re.compile(r"\[([^\]]*)\]")
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_FURNITURE = re.compile(r"https?://\S+|\d{1,3}")  # a line that is only an address or a page number
_SENTENCE_END = (".", "!", "?")
_QUOTED = re.compile(r"\u201c([^\u201c\u201d]+)\u201d|\"([^\"\n]+)\"")


# --- words and paragraphs -------------------------------------------------------------------------------------------


def words(text: str) -> list[str]:
    """The words of a passage as the fingerprint sees them."""
    stripped = (_EDGES.sub("", _APOSTROPHES.sub("", token)) for token in str(text).split())
    return [word for word in stripped if word]


def without_restorations(restored: str) -> str:
    """The passage as extracted: what stands in square brackets is taken out again.

    A bracketed dash held two words apart, so a space takes its place; anything else leaves no trace.

        >>> without_restorations("the country[']s East[\u2013]West route")
        'the countrys East West route'
    """
    return _BRACKETED.sub(lambda found: " " if re.search("[-\u2013\u2014]", found[1]) else "", restored)


def paragraphs(text: str) -> list[str]:
    """The article's paragraphs from the text extracted from its PDF, white space reduced to single spaces.

    The extraction breaks paragraphs with blank lines at random. A paragraph therefore ends only where a full stop is
    followed by a blank line. Left out are section headings (one short line without a full stop between paragraphs),
    lines that are only an address, and lines that are only a page number.
    """
    found: list[list[str]] = [[]]
    for block in re.split(r"\n\s*\n", text):
        lines = [line.strip() for line in block.splitlines()]
        lines = [line for line in lines if line and not _FURNITURE.fullmatch(line)]
        if lines and (found[-1] or not _is_heading(lines)):
            found[-1] += lines
            if lines[-1].endswith(_SENTENCE_END):
                found.append([])
    return [" ".join(" ".join(lines).split()) for lines in found if lines]


def _is_heading(lines: list[str]) -> bool:
    return len(lines) == 1 and len(lines[0].split()) <= HEADING_WORDS and not lines[0].endswith(_SENTENCE_END)


# --- the fingerprint ------------------------------------------------------------------------------------------------


@cache
def _digest(run: tuple[str, ...]) -> str:
    return hashlib.pbkdf2_hmac("sha256", " ".join(run).encode(), _SALT, ROUNDS, DIGEST_BYTES).hex()


def digests(passage: list[str]) -> list[str]:
    """Digest of every run of ``RUN`` neighbouring words, in order; empty if the passage is shorter."""
    return [_digest(tuple(passage[start : start + RUN])) for start in range(len(passage) - RUN + 1)]


def make_fingerprint(text: str) -> pd.DataFrame:
    """The fingerprint of an article: ``position`` (of the run's first word), ``paragraph``, ``hash``.

    Runs do not cross from one paragraph into the next, so a paragraph of n words has n - 3 rows.
    """
    rows, position = [], 1
    for number, paragraph in enumerate(paragraphs(text), start=1):
        passage = words(paragraph)
        rows += [(position + offset, number, digest) for offset, digest in enumerate(digests(passage))]
        position += len(passage)
    return pd.DataFrame(rows, columns=["position", "paragraph", "hash"])


def words_per_paragraph(fingerprint: pd.DataFrame) -> pd.Series:
    """Number of words of each paragraph, read off the number of its runs."""
    return fingerprint.groupby("paragraph").size() + RUN - 1


def places(passage: str, fingerprint: pd.DataFrame) -> list[tuple[int, int]]:
    """Where a passage stands word for word: (paragraph, position of its first word) of every occurrence."""
    wanted = digests(words(passage))
    if not wanted:
        return []
    hashes, position, paragraph = (fingerprint[name].to_numpy() for name in ("hash", "position", "paragraph"))
    runs = ((first, first + len(wanted) - 1) for first in np.flatnonzero(hashes == wanted[0]))
    return [
        (int(paragraph[first]), int(position[first]))
        for first, last in runs
        if list(hashes[first : last + 1]) == wanted and position[last] - position[first] == last - first
    ]


# --- how much of the article the book gives away --------------------------------------------------------------------


def coverage(quotes: pd.DataFrame, claims: pd.DataFrame, fingerprint: pd.DataFrame, prose: Iterable[str] = ()) -> float:
    """Share of the article's words, 0 to 1, that stand in the book in a quotation of ``RUN`` words or more.

    Counted are the annotated quotations with their context, the key words of every claim, and passages of ``prose``
    as ``quoted_in`` finds them. A word quoted twice counts once. Short passages may be quoted to be discussed; many
    short passages together could still add up to the article, so the sum has a limit, ``LARGEST_SHARE``.
    """
    prefixed = quotes["prefix"].fillna("") + " " + quotes["exact"]
    shown = [*zip(prefixed, quotes["paragraph"], strict=True), *zip(claims["quote"], claims["paragraph"], strict=True)]
    shown += [(passage, None) for passage in prose]
    told = {
        start + offset
        for passage, named in shown
        for paragraph, start in places(passage, fingerprint)
        if named in (None, paragraph)
        for offset in range(len(words(passage)))
    }
    return len(told) / words_per_paragraph(fingerprint).sum()


def quoted_in(text: str) -> list[str]:
    """Passages in double quotation marks, straight or curly, with enough words to be located."""
    found = ("".join(pair) for pair in _QUOTED.findall(text))
    return [passage for passage in found if len(words(passage)) >= RUN]


# --- Web Annotation --------------------------------------------------------------------------------------------------


def web_annotations(base_url: str, quotes: pd.DataFrame | None = None) -> dict:
    """All annotated quotations as a W3C Web Annotation collection (JSON-LD), anchored under ``base_url``.

    Each annotation carries the comment, one tag for each theme, links to its claims, and the quotation as
    ``TextQuoteSelector``: once as extracted and, where the extraction lost a character, once with it restored.

    The target needs an address, and that of the article is not known: the extracted text does not print it and the
    series page could not be opened. The target is thus named by content, with an ``ni:`` name (RFC 6920) that holds
    the SHA-256 of the extracted text. It is a valid IRI, says exactly which text was annotated, and claims no place.
    """
    quotes = tables.load("quotes") if quotes is None else quotes
    base = base_url.rstrip("/") + "/" if base_url else ""
    address = f"{base}chapters/quotes.html"
    items = [_annotation(row, base, address) for row in _rows(quotes)]
    return {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "id": f"{address}#annotations",
        "type": "AnnotationCollection",
        "label": "Annotated quotations from the article under study",
        "total": len(items),
        "first": {"id": f"{address}#annotations-1", "type": "AnnotationPage", "startIndex": 0, "items": items},
    }


def article_name() -> str:
    """The ``ni:`` name of the extracted text: its SHA-256, as RFC 6920 writes it."""
    digest = bytes.fromhex(tables.resource("article_fingerprint")["derived_from"]["sha256"])
    return "ni:///sha-256;" + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _annotation(row: dict, base: str, address: str) -> dict:
    comment = {"type": "TextualBody", "purpose": "commenting", "value": row["annotation"]}
    comment |= {"format": "text/plain", "language": "en"}
    tags = [{"type": "TextualBody", "purpose": "tagging", "value": theme} for theme in row["themes"].split(";")]
    claims = [
        {"type": "SpecificResource", "purpose": "linking", "source": f"{base}chapters/claims.html#{claim}"}
        for claim in row["claim_ids"].split(";")
    ]
    return {
        "id": f"{address}#{row['quote_id']}",
        "type": "Annotation",
        "motivation": "commenting",
        "body": [comment, *tags, *claims],
        "target": {"type": "SpecificResource", "source": article_name(), "selector": _selectors(row)},
    }


def _selectors(row: dict) -> list[dict]:
    context = {"prefix": f"{row['prefix']} "} if row["prefix"] else {}
    readings = dict.fromkeys([row["exact"], row["restored"].replace("[", "").replace("]", "")])
    return [{"type": "TextQuoteSelector", "exact": reading, **context} for reading in readings]


# --- checks ---------------------------------------------------------------------------------------------------------


def verify(quotes: pd.DataFrame, fingerprint: pd.DataFrame) -> list[str]:
    """Faults of the quotations against the fingerprint, one line each; an empty list if all are genuine.

    Checked for every row: length; that ``prefix`` and ``exact`` stand together, word for word, once in the article
    and in the paragraph named; that an empty prefix means the paragraph's beginning; that ``restored`` differs from
    ``exact`` only by its square brackets.
    """
    return [fault for row in _rows(quotes) for fault in _faults(row, fingerprint)]


def verify_against_text(quotes: pd.DataFrame, text: str) -> list[str]:
    """Faults of the quotations against the article itself: every character counts, white space excepted."""
    found = paragraphs(text)
    faults = []
    for row in _rows(quotes):
        number = int(row["paragraph"])
        if not 1 <= number <= len(found):
            faults.append(f"{row['quote_id']}: paragraph {number}; the article has {len(found)}")
            continue
        parts = (row["prefix"], row["exact"])
        if row["exact"] not in found[number - 1]:
            faults.append(
                f"{row['quote_id']}: exact is not in paragraph {number} of the article, character by character"
            )
        elif not re.search(r"\s*".join(re.escape(part) for part in parts if part), found[number - 1]):
            faults.append(f"{row['quote_id']}: prefix does not adjoin the quotation in the article")
    return faults


def report(article: Path | None = None) -> list[str]:
    """All faults of ``data/quotes.csv``, one line each, for the command ``verify-quotes``.

    Without ``article`` the quotations are held against the fingerprint. With the extracted text of the article they
    are held against the text as well, and the stored fingerprint is held against the text.
    """
    quotes, fingerprint = tables.load("quotes"), tables.load("article_fingerprint")
    faults = verify(quotes, fingerprint)
    if article is None:
        return faults
    text = read_article(article)
    if not make_fingerprint(text).astype(str).equals(fingerprint.astype(str)):
        faults.append("data/article_fingerprint.csv: not the fingerprint of this file; derive it again")
    return faults + verify_against_text(quotes, text)


def read_article(file: Path) -> str:
    """The extracted text. Raises ``BookError`` if the file is missing or not UTF-8."""
    try:
        return Path(file).read_text("utf-8")
    except (FileNotFoundError, IsADirectoryError):
        raise BookError(f"{file}: no such file; give the text extracted from the article's PDF") from None
    except UnicodeDecodeError as fault:
        raise BookError(f"{file}: byte {fault.start} is not UTF-8; give the extracted text, not the PDF") from None


def _faults(row: dict, fingerprint: pd.DataFrame) -> list[str]:
    quote, exact = row["quote_id"], words(row["exact"])
    faults = []
    if not len(exact) >= RUN or len(row["exact"].split()) > LIMIT:
        faults.append(f"{quote}: exact has {len(exact)} words; expected {RUN} to {LIMIT}")
    if len(words(row["prefix"])) > CONTEXT:
        faults.append(f"{quote}: prefix is longer than {CONTEXT} words")
    if words(without_restorations(row["restored"])) != exact:
        faults.append(f"{quote}: restored differs from exact by more than its square brackets")
    return faults + _misplaced(row, fingerprint)


def _misplaced(row: dict, fingerprint: pd.DataFrame) -> list[str]:
    quote, exact, named = row["quote_id"], row["exact"], int(row["paragraph"])
    alone, together = places(exact, fingerprint), places(f"{row['prefix']} {exact}", fingerprint)
    opening = fingerprint.loc[fingerprint["paragraph"] == named, "position"].min()
    if not alone:
        text = exact if len(exact) <= 60 else f"{exact[:57]}…"
        return [f"{quote}: exact is not in the article word for word: {text!r}"]
    if named not in dict(alone):
        return [f"{quote}: stands in paragraph {alone[0][0]}, not {named}"]
    if not together:
        return [f"{quote}: prefix does not adjoin the quotation"]
    if len(together) > 1:
        return [f"{quote}: stands {len(together)} times in the article; quote or prefix more words"]
    if not words(row["prefix"]) and (named, opening) not in together:
        return [f"{quote}: prefix is empty, but the quotation does not open its paragraph"]
    return []


def _rows(quotes: pd.DataFrame) -> list[dict]:
    """The quotations, an empty prefix as an empty text."""
    return quotes.fillna({"prefix": ""}).to_dict("records")
