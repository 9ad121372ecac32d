"""All style sheets of a page as one file: eleven requests before the first paint become one, shared by all pages.

The theme, Sphinx and its extensions each bring a sheet. They are joined in the order in which the page names them,
with the addresses in them set right, under a name made of their contents: a browser keeps it until it changes.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from pathlib import Path

_SHEET = re.compile(r'[ \t]*<link\b(?=[^>]*\brel="stylesheet")[^>]*\bhref="([^"?]+)[^"]*"[^>]*>\n?')
_IMPORT = re.compile(r'@import\s+"([^"]+)";')
_URL = re.compile(r"url\(\s*(['\"]?)(?!data:|#)([^'\")]+)\1\s*\)")
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
STATIC = "_static"


def joined(text: str, root: str, folder: Path) -> str:
    """The page with one style sheet in place of its many; writes that sheet into the site if it is not there."""
    paths = [posixpath.normpath(href.removeprefix(root)) for href in _SHEET.findall(text)]
    if len(paths) < 2:
        return text
    content = "\n".join(_content(path, folder) for path in paths)
    name = f"{STATIC}/all.{hashlib.sha256(content.encode()).hexdigest()[:10]}.css"
    if not (folder / name).exists():
        (folder / name).write_text(content, "utf-8")
    link = f'    <link rel="stylesheet" href="{root}{name}">\n'
    return _SHEET.sub(lambda match: link if match.start() == _SHEET.search(text).start() else "", text)


def remove_unused(folder: Path) -> None:
    """Delete joined sheets of earlier builds that no page names any more."""
    named = set()
    for page in folder.rglob("*.html"):
        named.update(re.findall(rf"{STATIC}/(all\.\w+\.css)", page.read_text("utf-8")))
    for file in (folder / STATIC).glob("all.*.css"):
        if file.name not in named:
            file.unlink()


def _content(path: str, folder: Path) -> str:
    """A sheet with its imports in place, addresses relative to the static folder, no comments."""
    place = posixpath.dirname(path)
    text = _COMMENT.sub("", (folder / path).read_text("utf-8"))
    text = re.sub(r"\s*\n\s*", "\n", text).strip()
    text = _URL.sub(lambda match: f'url("{posixpath.relpath(posixpath.join(place, match[2]), STATIC)}")', text)
    return _IMPORT.sub(lambda match: _content(posixpath.normpath(posixpath.join(place, match[1])), folder), text)
