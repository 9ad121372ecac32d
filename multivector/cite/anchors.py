"""Addresses that never break: every id the book has published, and where it went if it moved.

``anchors.lock`` holds one address a line, ``chapters/claims.html#C-46 claim``. An address that was published once
stays in the file. If the thing moves, its line names the new place, and the site leads there:

    chapters/old.html#fig-old-name figure -> chapters/new.html#fig-new-name

``update`` adds what is new and never removes a line; ``lost`` names the addresses that lead nowhere.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from multivector import paths
from multivector.errors import BookError

LOCK = paths.ROOT / "anchors.lock"
_HEAD = (
    "# Every address published so far. Made by `python -m multivector anchors --update`.\n"
    "# A line may get `-> new address`; none may go.\n"
)
_LINE = re.compile(r"(?P<address>\S+\.html(?:#\S+)?) (?P<kind>[a-z]+)(?: -> (?P<target>\S+\.html(?:#\S+)?))?")
_KINDS = {
    "claim": re.compile(r"C-\d{2}"),
    "quote": re.compile(r"Q-\d{2}"),
    "figure": re.compile(r"fig-[a-z0-9-]+"),
    "table": re.compile(r"tab-[a-z0-9-]+"),
    "source": re.compile(r"[SGD]\d{2,3}"),
    "verdict": re.compile(r"verdict-C-\d{2}"),
    "dataset": re.compile(r"table-[a-z0-9_]+"),
    "finding": re.compile(r"finding-[a-z0-9_-]+"),
    "correction": re.compile(r"K-[A-Z]{1,2}\d+"),
    "term": re.compile(r"term-[a-z0-9-]+"),
}
_NUMBERED = re.compile(r"id\d+|footnote-.*|references")
_NOT_PAGES = ("_", "genindex", "search", "404", "citations/")


@dataclass(frozen=True)
class Anchor:
    """A published address, what stands there, and the new address if it moved."""

    address: str
    kind: str
    target: str = ""

    @property
    def line(self) -> str:
        """The line of the lock file."""
        return f"{self.address} {self.kind}" + (f" -> {self.target}" if self.target else "")


def read(file: Path = LOCK) -> list[Anchor]:
    """Anchors of the lock file. A missing file has none; raises ``BookError`` at a line of another form."""
    return list(_read(file.name, file.read_text("utf-8"))) if file.exists() else []


@lru_cache(1)
def _read(name: str, text: str) -> list[Anchor]:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line.strip())
        if match is None:
            raise BookError(f"{name}: line {number}: {line!r} is no address; expected `page.html#id kind [-> address]`")
        found.append(Anchor(match["address"], match["kind"], match["target"] or ""))
    return found


def collect(site: Path = paths.HTML) -> list[Anchor]:
    """Anchors of the built site, by address. Raises ``BookError`` if it was not built."""
    names = (page.relative_to(site).as_posix() for page in sorted(site.rglob("*.html")))
    pages = [name for name in names if not name.startswith(_NOT_PAGES)]
    if not pages:
        raise BookError("_build/html: no pages; build the book first")
    found = [anchor for name in pages for anchor in _in_page((site / name).read_bytes(), name)]
    return sorted(set(found), key=lambda anchor: anchor.address)


def _in_page(content: bytes, name: str) -> list[Anchor]:
    """The page itself, its headings, and every claim, quote, figure, table and source that stands on it.

    A page that only leads elsewhere has no article and therefore no anchors; nor has the mark left at an old place.
    """
    from lxml import html

    article = html.document_fromstring(content).find(".//article")
    if article is None:
        return []
    standing = (element for element in article.iterfind(".//*[@id]") if "moved" not in element.get("class", "").split())
    kinds = ((element.get("id"), kind_of(element.get("id"), element.tag)) for element in standing)
    return [Anchor(name, "chapter"), *(Anchor(f"{name}#{identifier}", kind) for identifier, kind in kinds if kind)]


def kind_of(identifier: str, tag: str = "") -> str:
    """Kind of thing that an id stands for, or an empty string; sections of prose are headings."""
    heading = "heading" if tag == "section" and not _NUMBERED.fullmatch(identifier) else ""
    return next((kind for kind, pattern in _KINDS.items() if pattern.fullmatch(identifier)), heading)


def lost(locked: list[Anchor], found: list[Anchor]) -> list[str]:
    """One line for each locked address that stands nowhere and leads nowhere."""
    present = {anchor.address for anchor in found}
    return [
        f"anchors.lock: {anchor.address} leads to {anchor.target}, which is not there; name its present place"
        if anchor.target
        else f"anchors.lock: {anchor.address} ({anchor.kind}) is gone; restore it, or add `-> new address`"
        for anchor in locked
        if not present & {anchor.address, anchor.target}
    ]


def update(site: Path = paths.HTML, file: Path = LOCK) -> list[str]:
    """Add the site's new addresses to the lock file; return the faults that ``lost`` finds."""
    locked, found = read(file), collect(site)
    kept = {anchor.address: anchor for anchor in [*found, *locked]}  # what the lock says of an address stays
    text = _HEAD + "".join(kept[address].line + "\n" for address in sorted(kept))
    if not file.exists() or file.read_text("utf-8") != text:
        file.write_text(text, "utf-8", newline="\n")
    return lost(locked, found)


def check(site: Path = paths.HTML, file: Path = LOCK) -> list[str]:
    """Faults of the built site against the lock file: addresses lost, and addresses not yet locked."""
    locked, found = read(file), collect(site)
    advice = "is not locked; run `python -m multivector anchors --update`"
    known = {anchor.address for anchor in locked}
    return lost(locked, found) + [f"anchors.lock: {one.address} {advice}" for one in found if one.address not in known]
