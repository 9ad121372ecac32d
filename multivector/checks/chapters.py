"""What a chapter owes its reader, and where claims and quotes are placed: asked of the Markdown before anything runs.

A chapter of the article is a page of the first part of ``_toc.yml``, and any page that weighs claims.
"""

import re
from collections.abc import Iterator, Mapping

import pandas as pd

from multivector import paths
from multivector.facts import sidecars

CELL = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```", re.M | re.S)
FRONT = re.compile(r"\A---\n.*?\n---\n", re.S)
LAST = "What would change these verdicts"
"""Heading of the section with which a chapter of the article ends."""
_VERDICTS = re.compile(r"^```\{verdicts\}[ \t]*([^\n]+)", re.M)
_QUOTE = re.compile(r"^```\{quote\}[ \t]*(\S+)", re.M)
_QUESTION = re.compile(r"^:::\{container\} question\n\*\*Question\.\*\* .+\?.*\n:::", re.M)
_ANSWER = re.compile(r"^:::\{container\} answer\n\*\*Answer\.\*\* (.+)\n:::", re.M)
_OPEN = re.compile(r"\{[a-z-]+\}`[^`\n]*$", re.M)
_LONGEST_CELL = 19  # lines: more is a helper of the package
_FEWEST_CHANGES = 3


def faults(frames: Mapping[str, pd.DataFrame]) -> list[str]:
    """Lines on the chapters as they stand; what they place is compared with those of ``frames`` that could be read."""
    pages = {}
    for file in sorted(paths.CHAPTERS.glob("*.md")):
        try:
            pages[file.stem] = file.read_text("utf-8")
        except UnicodeDecodeError as fault:
            row = fault.object.count(b"\n", 0, fault.start) + 1
            return [f"{paths.shown(file)}: line {row}: byte {fault.start} is not UTF-8; save the file as UTF-8"]
    claims, quotes = frames.get("claims"), frames.get("quotes")
    homes = None if claims is None else dict(zip(claims["claim_id"], claims["chapter"], strict=True))
    return faults_of(pages, sidecars.read(paths.TOC), homes, None if quotes is None else set(quotes["quote_id"]))


def faults_of(
    pages: Mapping[str, str], contents: dict, homes: Mapping[str, str] | None, quotes: set[str] | None
) -> list[str]:
    """Lines on ``pages`` (text by file name), given the table of contents, the chapter of each claim, and the quotes."""
    parts = _listed(contents)
    listed = {name for part in parts for name in part}
    found = [*_placed(pages, homes)] if parts and homes is not None else []  # an excerpt without parts owes no claims
    for stem, text in pages.items():
        if parts and stem not in listed:
            found.append(f"chapters/{stem}.md: in no part of _toc.yml; list it there, or move the page away")
        for quote in sorted(set(_QUOTE.findall(text)) - quotes) if quotes else ():
            found.append(f"chapters/{stem}.md: quote {quote!r} is not in data/quotes.csv; correct the id")
        for role in _OPEN.finditer(text):
            row = text.count("\n", 0, role.start()) + 1
            found.append(f"chapters/{stem}.md: line {row}: {role[0][:40]!r} has no closing backtick; close the role")
        found += _cells(stem, text)
        if parts and stem in parts[0] or _VERDICTS.search(text):
            found += _parts(stem, text)
    return found


def article_chapters() -> list[str]:
    """Names of the pages that follow the article section by section: the first part of ``_toc.yml``."""
    return _listed(sidecars.read(paths.TOC))[0]


def _listed(contents: dict) -> list[list[str]]:
    """Names of the pages of each part."""
    return [[entry["file"].rpartition("/")[2] for entry in part["chapters"]] for part in contents.get("parts", ())]


def _placed(pages: Mapping[str, str], homes: Mapping[str, str]) -> Iterator[str]:
    """Each claim is weighed in the chapter that its row names, and in no other."""
    holders: dict[str, list[str]] = {}
    for stem, text in pages.items():
        for claim in sorted({name for names in _VERDICTS.findall(text) for name in names.split()}):
            holders.setdefault(claim, []).append(f"chapters/{stem}")
    for claim, home in homes.items():
        held = holders.pop(claim, [])
        if home not in held:
            yield f"{home}.md: {claim} is not weighed here; put it into a ```{{verdicts}}, or correct data/claims.csv"
        for other in (each for each in held if each != home):
            yield f"{other}.md: weighs {claim}, whose chapter in data/claims.csv is {home}; remove it here"
    for claim, held in holders.items():
        yield f"{held[0]}.md: weighs {claim}, which is not in data/claims.csv; correct the id"


def _cells(stem: str, text: str) -> Iterator[str]:
    for cell in CELL.finditer(text):
        lines = [line for line in cell[1].splitlines() if line.strip() and not line.startswith(":")]
        if len(lines) > _LONGEST_CELL:
            row = text[: cell.start()].count("\n") + 1
            yield f"chapters/{stem}.md: line {row}: a cell of {len(lines)} lines; expected at most {_LONGEST_CELL}"


def _parts(stem: str, text: str) -> Iterator[str]:
    answer, end = _ANSWER.search(text), text.find(f"\n## {LAST}\n")
    headings = re.findall(r"^## (.+)$", CELL.sub("", FRONT.sub("", text)), re.M)
    changes = re.findall(r"^- .+$", text[end:], re.M) if end >= 0 else []
    owed = {
        "a container question whose text ends with a question mark": _QUESTION.search(text),
        "a container answer below the question": answer and text.find("container} question") < answer.start(),
        "a number computed by {num} in the answer": answer and "{num}`" in answer[1],
        "a quotation by ```{quote}": _QUOTE.search(text),
        "a verdict by ```{verdicts}": _VERDICTS.search(text),
        "a figure or table": "figures.show(" in text or "htmltables.show(" in text,
        f"a last section '## {LAST}'": headings and headings[-1] == LAST,
        f"at least {_FEWEST_CHANGES} points in the last section": len(changes) >= _FEWEST_CHANGES,
        "a claim by {claim} in each point of the last section": all("{claim}`C-" in point for point in changes),
    }
    yield from (f"chapters/{stem}.md: lacks {part}; add it" for part, there in owed.items() if not there)
