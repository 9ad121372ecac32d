"""All style sheets of a page as one file that holds only what the book uses, shared by all pages.

The theme, Sphinx and its extensions each bring a sheet, together 450 kilobytes, most of it for parts that this book
has not got. The sheets are joined in the order in which the page names them; rules that could match nothing on any
page go. Each page notes the sheets it was made with, so that a later build, with other pages, can choose anew. The
file is named after its contents: a browser keeps it until it changes.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

STATIC = "_static"
_SHEET = re.compile(r'[ \t]*<link\b(?=[^>]*\brel="stylesheet")[^>]*\bhref="([^"?]+)[^"]*"[^>]*>\n?')
_JOINED = re.compile(r'<link rel="stylesheet" data-sheets="([^"]+)" href="((?:\.\./)*)[^"]*">')
_IMPORT = re.compile(r'@import\s+"([^"]+)";')
_URL = re.compile(r"url\(\s*(['\"]?)(?!data:|#)([^'\")]+)\1\s*\)")
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_MARK = re.compile(r"""[{};]|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\((?:"[^"]*"|'[^']*'|[^()"'])*\)""")
_GROUPS = ("@media", "@supports", "@container", "@layer")
_WORD = re.compile(r"[\w-]+")
_NAMES = re.compile(r'\b(?:class|id)="([^"]*)"')
_SCRIPT = re.compile(r'<script\b[^>]*\bsrc="(?![a-z]+:)(?:\.\./)*([^"?]+)')
_CHOICE = re.compile(r":(?:not|is|where|has)\((?:[^()]|\([^()]*\))*\)|\[[^\]]*\]")
_NAME = re.compile(r"[.#](-?[A-Za-z_](?:[\w-]|\\.)*)")
_SHORTEST_STEM = 4


def joined(text: str, root: str) -> str:
    """The page with one link in place of its many; ``tailor`` makes the file it leads to."""
    paths = [posixpath.normpath(href.removeprefix(root)) for href in _SHEET.findall(text)]
    if not paths:
        return text
    link = f'    <link rel="stylesheet" data-sheets="{" ".join(paths)}" href="{root}{STATIC}/all.css">\n'
    return _SHEET.sub(lambda match: link if match.start() == _SHEET.search(text).start() else "", text)


def tailor(folder: Path) -> None:
    """Write the joined sheets for the pages as they now are, and let each page name its own."""
    pages = {page: page.read_text("utf-8") for page in sorted(folder.rglob("*.html"))}
    pages = {page: text for page, text in pages.items() if _JOINED.search(text)}
    words = _words(pages.values(), folder)
    written = {sheets: _write(sheets, words, folder) for sheets in {_JOINED.search(text)[1] for text in pages.values()}}
    for page, text in pages.items():
        new = _JOINED.sub(
            lambda match: f'<link rel="stylesheet" data-sheets="{match[1]}" href="{match[2]}{written[match[1]]}">', text
        )
        if new != text:
            page.write_text(new, "utf-8")
    for file in (folder / STATIC).glob("all.*.css"):
        if f"{STATIC}/{file.name}" not in written.values():
            file.unlink()


def _write(sheets: str, words: frozenset[str], folder: Path) -> str:
    content = pruned("\n".join(_content(path, folder) for path in sheets.split()), words)
    name = f"{STATIC}/all.{hashlib.sha256(content.encode()).hexdigest()[:10]}.css"
    (folder / name).write_text(content, "utf-8")
    return name


def _content(path: str, folder: Path) -> str:
    """A sheet with its imports in place, addresses relative to the static folder, no comments."""
    place = posixpath.dirname(path)
    text = _COMMENT.sub("", (folder / path).read_text("utf-8"))
    text = re.sub(r"\s*\n\s*", "\n", text).strip()
    text = _URL.sub(lambda match: f'url("{posixpath.relpath(posixpath.join(place, match[2]), STATIC)}")', text)
    return _IMPORT.sub(lambda match: _content(posixpath.normpath(posixpath.join(place, match[1])), folder), text)


# --- what the book uses -----------------------------------------------------------------------------------------


def _words(pages, folder: Path) -> frozenset[str]:
    """Classes and ids of all pages, and every word of their scripts: these may add classes when they run."""
    words: set[str] = set()
    scripts: set[str] = set()
    for text in pages:
        scripts.update(_SCRIPT.findall(text))
        for names in _NAMES.findall(text):
            words.update(names.split())
    for script in sorted(scripts):
        words.update(_WORD.findall((folder / script).read_text("utf-8")))
    return frozenset(words)


def pruned(css: str, words: frozenset[str]) -> str:
    """The sheet without rules whose classes and ids are none of ``words``.

    A word that ends in a hyphen stands for all that begin with it: a script may put the end to it.
    """
    stems = tuple(word for word in words if word.endswith("-") and len(word) > _SHORTEST_STEM)
    known = lru_cache(None)(lambda name: name in words or name.startswith(stems))
    return "".join(_kept(css, known))


def _kept(css: str, known) -> Iterator[str]:
    for prelude, body in _rules(css):
        if body is None or (prelude.startswith("@") and not prelude.startswith(_GROUPS)):
            yield prelude if body is None else f"{prelude}{{{body}}}\n"
        elif prelude.startswith("@"):
            inner = "".join(_kept(body, known))
            yield f"{prelude}{{{inner}}}\n" if inner else ""
        else:
            selectors = [one for one in _selectors(prelude) if _may_match(one, known)]
            yield f"{','.join(selectors)}{{{body}}}\n" if selectors else ""


def _rules(css: str) -> Iterator[tuple[str, str | None]]:
    """Each rule as (what stands before the brace, what stands in it); a statement such as @charset has no body."""
    depth = start = opened = 0
    for mark in _MARK.finditer(css):
        if mark[0] == "{":
            opened = mark.end() if not depth else opened
            depth += 1
        elif mark[0] == "}":
            depth -= 1
            if not depth:
                yield css[start : opened - 1].strip(), css[opened : mark.start()]
                start = mark.end()
        elif mark[0] == ";" and not depth:
            yield css[start : mark.end()].strip(), None
            start = mark.end()


def _selectors(prelude: str) -> list[str]:
    """The selectors of a list; commas within brackets divide nothing."""
    parts, depth = [""], 0
    for letter in prelude:
        depth += (letter in "([") - (letter in ")]")
        if letter == "," and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]


def _may_match(selector: str, known) -> bool:
    required = _NAME.findall(_CHOICE.sub("", selector))
    return all("\\" in name or known(name) for name in required)
