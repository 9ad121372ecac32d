"""Skeletons of what the book is made of: ``python -m multivector new table|chapter|claim|organisation``.

A skeleton holds no invented fact. What is left empty in it, ``python -m multivector check`` names line by line; the
recipes are in ``CONTRIBUTING.md``. Nothing that exists is overwritten.
"""

import csv
import io
import keyword
import re
from collections.abc import Callable
from pathlib import Path

from multivector import paths
from multivector.checks import chapters
from multivector.errors import BookError
from multivector.facts import tables

_SIDECAR = """title:
description:
sources:
  - Compiled for this book from the sources named in each row
key: name
columns:
  name: {is: , required: true, unique: true}
  value: {is: , type: number, required: true}
  source_id: {is: Source, refers: sources.source_id, required: true}
"""
_CHAPTER = """---
jupytext: {text_representation: {extension: .md, format_name: myst}}
kernelspec: {display_name: Python 3, language: python, name: python3}
---

# TITLE

:::{container} question
**Question.**
:::

:::{container} answer
**Answer.**
:::

```{code-cell} python
:tags: [hide-input]
from multivector.findings import Desk
from multivector.look import figures

FOCUS = "KAZ"
desk = Desk(FOCUS)
```

## What would change these verdicts

"""


def table(name: str) -> list[str]:
    """Write ``data/NAME.csv`` with a header alone, and the description beside it."""
    _fits(name, r"[a-z][a-z0-9_]*", "small letters, digits and underscores, no word of Python, such as rail_freight")
    _write(paths.table_file(f"{name}.csv"), "name,value,source_id\n")
    _write(paths.table_file(f"{name}.yml"), _SIDECAR)
    return [
        f"wrote data/{name}.csv and data/{name}.yml",
        "next: fill both; `python -m multivector seal`; read it in a finding by a parameter of its name",
    ]


def chapter(name: str) -> list[str]:
    """Write ``chapters/NAME.md`` and list it last among the chapters of the article."""
    _fits(name, r"[a-z]+(-[a-z]+)*", "small letters and hyphens, no word of Python, such as rail-freight")
    _write(paths.CHAPTERS / f"{name}.md", _CHAPTER.replace("TITLE", name.replace("-", " ").capitalize()))
    contents = paths.TOC.read_text("utf-8")
    last = f"      - file: chapters/{chapters.article_chapters()[-1]}\n"
    paths.TOC.write_text(contents.replace(last, f"{last}      - file: chapters/{name}\n"), "utf-8")
    return [
        f"wrote chapters/{name}.md and a line of _toc.yml",
        "next: question, answer, figure, quotations, verdicts, what would change them",
    ]


def claim(name: str) -> list[str]:
    """Add the next id to ``data/claims.csv``, for the chapter ``name``."""
    known = tables.load("claims")
    home = f"chapters/{name}"
    if name not in chapters.article_chapters():
        raise BookError(f"chapter {name!r} follows no section of the article; expected a page of the first part")
    last = max(int(claim_id.removeprefix("C-")) for claim_id in known["claim_id"])
    section = next(iter(known.loc[known["chapter"] == home, "section"].mode()), "")
    claim_id = f"C-{last + 1:02d}"
    _add("claims", {"claim_id": claim_id, "status": "claim", "section": section, "chapter": home})
    return [
        f"added {claim_id} to data/claims.csv",
        f"next: fill the row; add {claim_id} to a row of data/quotes.csv; weigh it in {home}.md; "
        "`python -m multivector seal`",
    ]


def organisation(name: str) -> list[str]:
    """Add the acronym ``name`` to ``data/organisations.csv`` at its place in the alphabet."""
    _fits(name, r"[A-Za-z][\w()/+-]*", "an acronym without blanks or commas, such as ASEAN")
    known = list(tables.load("organisations")["organisation"])
    if name in known:
        raise BookError(f"data/organisations.csv: {name} has a row already; correct that one")
    _add("organisations", {"organisation": name}, sum(other < name for other in known))
    return [
        f"added {name} to data/organisations.csv",
        "next: fill the row; add its members to data/memberships.csv; `python -m multivector seal`",
    ]


KINDS: dict[str, Callable[[str], list[str]]] = {
    function.__name__: function for function in (table, chapter, claim, organisation)
}
"""What can be begun, and by which function; each takes a name and tells what it did and what comes next."""


def _fits(name: str, pattern: str, expected: str) -> None:
    if not re.fullmatch(pattern, name) or keyword.iskeyword(name):
        raise BookError(f"{name!r} cannot be a name here; expected {expected}")


def _write(file: Path, text: str) -> None:
    if file.exists():
        raise BookError(f"{paths.shown(file)}: file exists; choose another name")
    file.write_text(text, "utf-8", newline="\n")


def _add(name: str, cells: dict[str, str], after: int | None = None) -> None:
    """Put a row below the first ``after`` rows, else at the end, without touching another."""
    file = paths.table_file(f"{name}.csv")
    lines = file.read_text("utf-8").splitlines(keepends=True)
    line = io.StringIO()
    csv.DictWriter(line, next(csv.reader(lines)), lineterminator="\n").writerow(cells)
    lines.insert(len(lines) if after is None else after + 1, line.getvalue())
    file.write_text("".join(lines), "utf-8", newline="\n")
