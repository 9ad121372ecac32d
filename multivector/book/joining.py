"""One style sheet and one script for all pages, in place of the dozen of each that theme and extensions bring.

Style sheets are joined in the order in which a page names them, without the rules that can match nothing on any page
(two thirds). Scripts are joined as they are, the book's own first: no fault in another stops one of them.
Both addresses end with a digest of what was joined: a browser keeps a file until that changes.
"""

import re
import zlib
from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise
from pathlib import Path

import tinycss2

from multivector.book.markup import SITES
from multivector.book.pages import STATIC
from multivector.facts import kept, reads

SHEET, SCRIPT, SEARCH = "_static/all.css", "_static/all.js", "_static/search.js"
_FIRST = ("_static/styles/theme.css", "_static/styles/bootstrap.css", "_static/styles/pydata-sphinx-theme.css")
"""Sheets, and below a script, that the theme's own templates name, which the book's frame takes the place of."""
_THEME = "_static/scripts/pydata-sphinx-theme.js"
_GROUPS = ("media", "supports", "container", "layer")
_WORD = re.compile(r"[\w-]+")
_NAMES = re.compile(r' class="([^"]*)"'), re.compile(r' id="([^"]*)"')
"""Each begins with letters, which are found ten times faster than a choice of them."""
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.M)
_joined: dict[str, list[str]] = {}
"""What goes into each of the two files: the same for every page."""


def join(app, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Give a page the joined files in place of those they are made of; what is for print alone stays apart."""
    if app.builder.format != "html" or app.builder.name == "epub":
        return
    sheets = [one for one in context["css_files"] if "media" not in one.attributes]
    scripts = [str(one.filename) for one in context["script_files"]]
    ours = [name for name in scripts if _is_ours(Path(name))]
    theirs = [name for name in scripts if name not in ours]
    _joined[SHEET] = [*_FIRST, *(str(one.filename) for one in sheets)]
    _joined[SCRIPT] = [*ours, *theirs, _THEME]  # a fault in theirs stops what follows; the theme's asks for the others
    context["css_files"] = [one for one in context["css_files"] if one not in sheets]
    context["script_files"] = []
    folder = Path(app.outdir) if app.builder.name in SITES else None  # others write their page before these files come
    context["joined"] = [context["pathto"](name, 1) + _version(name, folder) for name in (SHEET, SCRIPT)]


def _version(name: str, folder: Path | None) -> str:
    return f"?v={zlib.crc32(content(name, folder).encode()):08x}" if folder else ""


def content(name: str, folder: Path) -> str:
    """Text of a joined file before any of it is left out."""
    return "\n".join((_sheet if name == SHEET else _script)(folder / part) for part in _joined[name])


def _sheet(file: Path) -> str:
    """A style sheet with those that it imports in their place."""
    text = file.read_text("utf-8")
    for rule in tinycss2.parse_stylesheet(text) if "@import" in text else ():
        if rule.type == "at-rule" and rule.lower_at_keyword == "import":
            address = next(token.value for token in rule.prelude if token.type in ("string", "url"))
            text = text.replace(rule.serialize(), _sheet(file.parent / address))
    return text


def _script(file: Path) -> str:
    text = _SOURCE_MAP.sub("", file.read_text("utf-8"))
    return f"try {{\n{text}\n}} catch (fault) {{ console.error(fault); }}" if _is_ours(file) else f"{text};"


def _is_ours(file: Path) -> bool:
    return (STATIC / file.name).exists()


# --- what the book uses -------------------------------------------------------------------------------------------


def write(app, exception) -> None:
    """Write both files once all pages are there: only they tell which rules have something to match."""
    if exception or not _joined:
        return
    folder = Path(app.outdir)
    (folder / SCRIPT).write_text(content(SCRIPT, folder), "utf-8")
    css, known = content(SHEET, folder), words(folder)
    asked = "|".join([reads.fingerprint(Path(__file__)), css, *sorted(known)])
    (folder / SHEET).write_text(kept.text("sheet", asked, lambda: pruned(css, known)), "utf-8")


def words(folder: Path) -> frozenset[str]:
    """Classes and ids of all pages, and every word of the scripts: these may add classes when they run."""
    pages = [page.read_text("utf-8") for page in folder.rglob("*.html")]
    named = [name for page in pages for kind in _NAMES for names in kind.findall(page) for name in names.split()]
    return frozenset(named).union(*(_WORD.findall((folder / one).read_text("utf-8")) for one in (SCRIPT, SEARCH)))


def pruned(css: str, known: frozenset[str]) -> str:
    """The sheet without comments and without the rules whose classes and ids are none of the ``known`` words."""
    return "\n".join(_kept(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True), known))


def _kept(rules: Iterable, known: frozenset[str]) -> Iterator[str]:
    for rule in rules:
        if rule.type == "qualified-rule":
            if selectors := [one for one in _selectors(rule.prelude) if _may_match(one, known)]:
                asked = ",".join(tinycss2.serialize(one).strip() for one in selectors)
                yield f"{asked}{{{tinycss2.serialize(rule.content)}}}"
        elif rule.type == "at-rule" and rule.lower_at_keyword in _GROUPS and rule.content is not None:
            inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            if held := "\n".join(_kept(inner, known)):
                yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{held}}}"
        else:
            yield rule.serialize()


def _selectors(prelude: list) -> list[list]:
    """The selectors of a list; commas within brackets divide nothing, being parts of one token."""
    divided = groupby(prelude, lambda token: token == ",")
    return [list(tokens) for comma, tokens in divided if not comma]


def _may_match(selector: list, known: frozenset[str]) -> bool:
    """Whether every class and id that a selector asks for is known; what stands in ``:not(…)`` is a choice."""
    asked = {token.value for token in selector if token.type == "hash"}
    asked |= {token.value for before, token in pairwise(selector) if before == "." and token.type == "ident"}
    return asked <= known


def setup(app) -> None:
    """Join after the frame has chosen what a page needs."""
    app.connect("html-page-context", join, priority=995)
    app.connect("build-finished", write, priority=945)  # once the pages that left are gone
