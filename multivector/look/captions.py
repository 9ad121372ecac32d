"""What is said of a figure or table: its title, its alternative text, the text under it and its sources.

A cell displays a figure or table without them. Its id stands where title and alternative text belong, and marks stand
where the text and the sources do; the data carry the ids of the sources that their rows name. The page says the rest
in prose under the cell (``multivector.book.captions``), and ``filled`` puts it in.
"""

import html
import re

from multivector.cite import sources as register
from multivector.errors import BookError
from multivector.facts import tables

PLACE = "<!--caption-->"
"""Where the text belongs in what a cell displays."""
SOURCE_COLUMNS = ("source_id", "source_id_2")
"""Columns of a frame that hold ids of sources."""
_SOURCES = re.compile(r"<!--sources([^>]*)-->")
_AWAITED = ": described below"
_NAME = re.compile(f'"([a-z0-9-]+){_AWAITED}"')
_FIRST = re.compile(r"((?:`[^`]*`|[^`])*?)\. (.*)")
_BRACES = str.maketrans("", "", "{}")  # around institutions in the table of sources
_FEW = 4
"""Up to so many sources stand under a figure or table at once; more are folded behind their number."""


def split(caption: str) -> tuple[str, str]:
    """First sentence (the finding) and the rest of a caption; a full stop inside a role ends no sentence."""
    text = " ".join(caption.split())
    found = _FIRST.fullmatch(text)
    return found.groups() if found else (text, "")  # type: ignore[return-value]


def headed(sentence: str) -> str:
    """A sentence as a title: with a capital, without a full stop."""
    return sentence[:1].upper() + sentence[1:].rstrip(".")


def awaited(name: str) -> str:
    """What stands for title and alternative text until they are filled in."""
    return f"{name}{_AWAITED}"


def foot(data, sources=None, note: str = "") -> str:
    """Marks for the text under a figure or table and for its sources, by default those that rows of its ``data`` name."""
    text = f"{PLACE} {html.escape(note)} " if note else f"{PLACE} "
    return f"{text}<!--sources {' '.join(of_rows(data) if sources is None else sources)}-->"


def name_of(shown: str) -> str:
    """Id of the figure or table that awaits its caption in what a cell displays; empty if none does."""
    found = _NAME.search(shown) if PLACE in shown else None
    return found[1] if found else ""


def carried(shown: str) -> list[str]:
    """Ids of the sources that the data of a figure or table carry with them."""
    found = _SOURCES.search(shown)
    return found[1].split() if found else []


def named(shown: str, name: str, title: str, alt: str) -> str:
    """What a cell displays, with ``title`` and ``alt`` where they are read out, not where they are seen."""
    waiting = awaited(name)
    shown = shown.replace(f' alt="{waiting}"', f' alt="{html.escape(alt)}"')
    label = f' aria-label="{html.escape(title)}"'
    return shown.replace(f' aria-label="{waiting}"', label).replace(f' id="{name}">', f' id="{name}"{label}>', 1)


def filled(shown: str, name: str, title: str, alt: str, sources) -> str:
    """What a cell displays, with all but the text under it, whose ``PLACE`` is left."""
    shown = named(shown, name, title, alt).replace(awaited(name), html.escape(title))
    return _SOURCES.sub(lambda _: source_links(sources), shown)


# --- sources ----------------------------------------------------------------------------------------------------


def of_rows(frame) -> list[str]:
    """Ids that the rows of a frame name in the columns ``SOURCE_COLUMNS``, sorted; none without such a column."""
    columns = [column for column in SOURCE_COLUMNS if column in getattr(frame, "columns", ())]
    return sorted({name for column in columns for name in frame[column].dropna()})


def source_links(sources) -> str:
    """``Source: …`` as HTML; each id, or name of a table of the book, links to its entry once the page is in the book."""
    parts = []
    for source_id in sources:
        if source_id in tables.names():
            parts.append(f'<a class="mv-own" data-table="{source_id}">table {source_id} of this book</a>')
            continue
        source = register.get(source_id)
        made_by = source.author or source.container or source.publisher
        hint = html.escape(f"{made_by.translate(_BRACES)}: {source.title}")
        parts.append(f'<a class="mv-source" data-source="{source_id}" title="{hint}">{source_id}</a>')
    if len(parts) > _FEW:
        summary = f"<summary>{len(parts)} sources</summary>"
        return f'<details class="mv-sources mv-many">{summary} {", ".join(parts)}.</details> '
    word = "Source" if len(parts) == 1 else "Sources"
    return f'<span class="mv-sources">{word}: {", ".join(parts)}.</span> '


def require(name: str, title: str, alt: str, sources) -> None:
    """Raise ``BookError`` unless a figure or table has a title, a figure alternative text, and each known sources."""
    figure = name.startswith("fig-")
    what = f"{'figure' if figure else 'table'} {name}"
    if not title.strip():
        raise BookError(f"{what}: caption is missing; state in words what it shows")
    if figure and not alt.strip():
        raise BookError(f"{what}: alt is missing; describe in words what is to be seen")
    if alt.strip() and not figure:
        raise BookError(f"{what}: alt is for figures; a table is read out as it is")
    if not sources:
        raise BookError(f"{what}: sources are missing; give at least one id of data/sources.csv")
    unknown = sorted(set(sources) - {source.source_id for source in register.every()} - set(tables.names()))
    if unknown:
        raise BookError(f"{what}: source {unknown[0]!r} is not in data/sources.csv; add it or correct the id")
