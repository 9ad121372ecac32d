"""The scripts of a page as one file, shared by all pages, without the library that no page needs.

Scripts that wait for the page run in the order in which it names them, so they may as well arrive together. Those of
the search page come after, on that page alone. Each page notes the scripts it was made with, so that a later build
that writes it no more still gives it their newest form. The file is named after its contents: a browser keeps it
until it changes.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from pathlib import Path

STATIC = "_static"
_SCRIPT = re.compile(r'[ \t]*<script defer(?:="defer")? src="(?![a-z]+:)([^"?]+)[^"]*"></script>\n?')
_JOINED = re.compile(r'<script defer data-scripts="([^"]+)" src="((?:\.\./)*)[^"]*"></script>')
_MENUS = re.compile(r'[ \t]*<script\b[^>]*\bsrc="[^"]*/bootstrap\.js[^"]*"></script>\n?')
_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.M)
_SEARCH_ALONE = ("searchtools.js", "language_data.js", "searchindex.js")


def joined(text: str, root: str) -> str:
    """The page with one script in place of those that all pages load; ``tailor`` makes the file it names."""
    if "data-bs-toggle" not in text:  # no menu to open: launch buttons bring one
        text = _MENUS.sub("", text)
    found = [match for match in _SCRIPT.finditer(text) if not match[1].endswith(_SEARCH_ALONE)]
    if not found:
        return text
    paths = " ".join(posixpath.normpath(match[1].removeprefix(root)) for match in found)
    for match in reversed(found[1:]):
        text = text[: match.start()] + text[match.end() :]
    one = f'    <script defer data-scripts="{paths}" src="{root}{STATIC}/all.js"></script>\n'
    return text.replace(found[0][0], one, 1)


def tailor(folder: Path) -> None:
    """Write the joined scripts as they now are, and let each page name its own."""
    written: dict[str, str] = {}
    for page in sorted(folder.rglob("*.html")):
        text = page.read_text("utf-8")
        for paths in set(match[1] for match in _JOINED.finditer(text)) - set(written):
            written[paths] = _write(paths, folder)
        new = _JOINED.sub(
            lambda match: f'<script defer data-scripts="{match[1]}" src="{match[2]}{written[match[1]]}"></script>', text
        )
        if new != text:
            page.write_text(new, "utf-8")
    for file in (folder / STATIC).glob("all.*.js"):
        if f"{STATIC}/{file.name}" not in written.values():
            file.unlink()


def _write(paths: str, folder: Path) -> str:
    content = "\n;\n".join(_content(folder / path) for path in paths.split())
    name = f"{STATIC}/all.{hashlib.sha256(content.encode()).hexdigest()[:10]}.js"
    (folder / name).write_text(content, "utf-8")
    return name


def _content(file: Path) -> str:
    """A script without the address of its source map; the semicolon between two ends one that leaves its own out."""
    return _MAP.sub("", file.read_text("utf-8")).strip()
