"""What every page carries, and what it must not: the last hand on the HTML that theme and Sphinx wrote.

The stock theme writes buttons by inline scripts, loads an icon library of 1.5 megabytes and names another host. Here
each written page is finished: icons become inline SVG, inline scripts become files or go, labels that assistive
technology stumbles over are mended, and a Content-Security-Policy then allows nothing but the book's own files.
"""

from __future__ import annotations

import html
import re
from functools import cache
from pathlib import Path

from docutils import nodes

from multivector.sphinx_ext import scripts, stylesheets
from multivector.sphinx_ext.markup import SITES, BookHtml

STATIC = Path(__file__).parent / "static"
_MARK = '<meta name="generator" content="multivector">'
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'"
)
_UNUSED = re.compile(
    r"\s*<(?:script|link)\b[^>]*(?:sphinx-thebe|togglebutton|fontawesome|design-tabs|thebe@)[^>]*>(?:</script>)?"
)
_INLINE = re.compile(r"<script(?: data-cfasync=\"false\")?>(.*?)</script>", re.S)
_WRITTEN = re.compile(r"document\.write\(`(.*?)`\);", re.S)
_ICON = re.compile(r'<(i|span) class="([^"]*\bfa-solid fa-([a-z-]+)[^"]*)"([^>]*)></\1>')
_BLOCKING = re.compile(r"<script src=")
_CODE_SUMMARY = re.compile(r'<summary aria-label="Toggle hidden content">.*?</summary>', re.S)
_CODE_CELL = '<details class="admonition hide above-input">'
_CODE_SWITCH = (
    '<span class="needs-js"><button type="button" class="btn btn-sm mv-code-switch" aria-pressed="false">'
    "Show code</button></span>"
)
_BUTTONS = '<div class="article-header-buttons">'
_SECOND_SEARCH = re.compile(r'(<div class="bd-search-container">.*?id="search-input)"', re.S)
_FRONT = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="0; url={page}">
<link rel="canonical" href="{page}">
<link rel="icon" href="_static/icon.svg" type="image/svg+xml">
<title>{title}</title>
</head>
<body><p><a href="{page}">{title}</a></p></body>
</html>
"""
_WORDS_A_MINUTE = 230
_TOOLTIP = re.compile(r'\s+data-bs-(?:placement|toggle)="(?:bottom|tooltip)"')
_MENDED = (
    # theme's own slips: attributes said twice, regions without a role, names that differ from what is seen
    (re.compile(r'<meta name="viewport" content="width=device-width, initial-scale=1(?:\.0)?"\s*/>'), ""),
    (
        re.compile(
            r'<input type="checkbox"\s+class="sidebar-toggle"\s+id="pst-(primary|secondary)-sidebar-checkbox"/>'
        ),
        r'<input type="checkbox" class="sidebar-toggle" id="pst-\1-sidebar-checkbox" tabindex="-1" aria-hidden="true">',
    ),
    (
        re.compile(r'<div class="pst-scrollable-table-container">'),
        '<div class="pst-scrollable-table-container" role="group" tabindex="0" aria-label="Table">',
    ),
    (
        re.compile(r'<label class="overlay overlay-(\w+)" for="([^"]+)"></label>'),
        r'<label class="overlay overlay-\1" for="\2" aria-hidden="true"></label>',
    ),
    (re.compile(r'title="light/dark" aria-label="light/dark"'), 'title="Light or dark" aria-label="Light or dark"'),
    (re.compile(r'title="Search" aria-label="Search"'), 'title="Search (Ctrl+K)"'),
    (
        re.compile(r'<button class="sidebar-toggle (\w+)-toggle btn btn-sm" title="([^"]+)"'),
        r'<button class="sidebar-toggle \1-toggle btn btn-sm" title="\2" aria-label="\2"',
    ),
    (_CODE_SUMMARY, '<summary><span class="admonition-title">Code</span></summary>'),
    # the theme's script asks where the bottom of this bar is; there is none, and the answer is the top of the page
    (
        re.compile(r'<header class="bd-header navbar[^>]*>\s*</header>'),
        '<div class="bd-header mv-no-bar" hidden></div>',
    ),
    (re.compile(r'\s+autocorrect="off"'), ""),
    (re.compile(r'\s*(?:<!-- Pre-loaded scripts[^>]*-->)?\s*<link rel="preload" as="script"[^>]*>'), ""),
    (re.compile(r'\s*<script type="text/x-thebe-config">.*?</script>', re.S), ""),
    (re.compile(r'\s*<footer class="bd-footer">\s*</footer>'), ""),
    (
        re.compile(r'<div class="bd-sidebar-primary bd-sidebar">'),
        '<div class="bd-sidebar-primary bd-sidebar" role="region" aria-label="Book navigation">',
    ),
    (
        re.compile(r'<div id="pst-skip-link" class="skip-link d-print-none">'),
        '<div id="pst-skip-link" class="skip-link d-print-none" role="navigation" aria-label="Skip">',
    ),
    (
        re.compile(r'<div class="search-button__wrapper">'),
        '<div class="search-button__wrapper" role="search" aria-label="Search this book">',
    ),
    (re.compile(r'(<a class="(?:left-prev|right-next)"\s+href="[^"]+")\s+title="(?:previous|next) page"'), r"\1"),
    (re.compile(r'<nav class="bd-toc-nav page-toc">'), '<nav class="bd-toc-nav page-toc" aria-label="On this page">'),
)
_PRINT_CONTENTS = re.compile(r'\s*<div id="jb-print-docs-body" class="onlyprint">.*?(?=<div id="searchbox">)', re.S)


def finished(text: str, root: str, icons: dict[str, tuple]) -> str:
    """The page with icons, scripts and labels in order; ``root`` leads from the page to the book's root."""
    text = _UNUSED.sub("", text)
    text = _INLINE.sub(lambda match: _written(match.group(1)), text)
    text = _ICON.sub(lambda match: _svg(match, icons), text)
    text = _TOOLTIP.sub("", text)
    text = _PRINT_CONTENTS.sub("\n", text)
    text = _SECOND_SEARCH.sub(r'\1-page"', text)
    text = _BLOCKING.sub("<script defer src=", text)
    if _CODE_CELL in text:
        text = text.replace(_BUTTONS, _BUTTONS + _CODE_SWITCH, 1)
    for pattern, replacement in _MENDED:
        text = pattern.sub(replacement, text)
    head = (
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n    '
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n    '
        f'<link rel="icon" href="{root}_static/icon.svg" type="image/svg+xml">\n    '
        f'{_MARK}\n    <script src="{root}_static/first.js"></script>'
    )
    return text.replace('<meta charset="utf-8" />', f'<meta charset="utf-8">\n    {head}', 1).strip() + "\n"


def finish_pages(app, exception) -> None:
    """Finish every page written in this build; pages finished before carry a mark."""
    if exception or app.builder.name not in ("html", "dirhtml", "singlehtml"):
        return
    folder = Path(app.outdir)
    for page in sorted(folder.rglob("*.html")):
        if "_static" in page.relative_to(folder).parts:
            continue
        text = page.read_text("utf-8")
        if page == folder / "index.html" and "<head" not in text:
            page.write_text(_front(text, app.config), "utf-8")
        elif _MARK not in text and '<meta charset="utf-8" />' in text:
            root = "../" * (len(page.relative_to(folder).parts) - 1)
            text = finished(text, root, _icons())
            text = scripts.joined(text, root)
            page.write_text(stylesheets.joined(text, root), "utf-8")
    scripts.tailor(folder)
    stylesheets.tailor(folder)


def _front(text: str, config) -> str:
    """The page that leads from the site's address to the book's first page, as a whole document."""
    page = re.search(r"url=([^\"]+)", text).group(1)
    return _FRONT.format(page=page, title=html.escape(config.html_title or config.project), language=config.language)


def add_reading_time(app, pagename, templatename, context, doctree) -> None:
    """Say under the title of a chapter how long it takes to read: its prose, cards and captions, without code."""
    if app.builder.name not in SITES or doctree is None or not _is_chapter(doctree):
        return
    minutes = max(1, round(_words(doctree) / _WORDS_A_MINUTE))
    line = f'<p class="mv-reading">{minutes} {"minute" if minutes == 1 else "minutes"} to read</p>'
    context["body"] = context["body"].replace("</h1>", f"</h1>\n{line}", 1)


def _is_chapter(doctree: nodes.document) -> bool:
    return any("answer" in node["classes"] for node in doctree.findall(nodes.container))


def _words(doctree: nodes.document) -> int:
    texts = [node.astext() for node in doctree.findall(nodes.paragraph)]
    texts += [
        node.get("text", "") for node in doctree.findall(BookHtml) if not isinstance(node.parent, nodes.paragraph)
    ]
    return sum(len(text.split()) for text in texts)


def _written(code: str) -> str:
    """What an inline script writes as plain HTML; scripts that only set variables go."""
    written = _WRITTEN.search(code)
    return f'<span class="needs-js">{written.group(1).strip()}</span>' if written else ""


def _svg(match: re.Match, icons: dict[str, tuple]) -> str:
    _, classes, name, rest = match.groups()
    width, height, path = icons[name]
    return (
        f'<svg class="mv-icon {classes}"{rest} viewBox="0 0 {width} {height}" aria-hidden="true" focusable="false">'
        f'<path fill="currentColor" d="{path}"></path></svg>'
    )


@cache
def _icons() -> dict[str, tuple]:
    """Shapes of the theme's icons, read from the library that the theme brings."""
    import pydata_sphinx_theme

    theme = Path(pydata_sphinx_theme.__file__).parent / "theme" / "pydata_sphinx_theme" / "static"
    library = next(theme.glob("vendor/fontawesome/*/js/all.min.js")).read_text("utf-8")
    shape = re.compile(r'"?([a-z0-9-]+)"?:\[(\d+),(\d+),\[[^\]]*\],"[^"]*","([^"]+)"\]')
    found: dict[str, tuple] = {}
    for name, width, height, path in shape.findall(library):
        found[name] = (width, height, path)  # the solid set comes last and wins
    return found


def drop_unused_assets(app, exception) -> None:
    """Remove from the site what no page refers to: the icon library, source maps, other builders' helpers."""
    if exception or app.builder.name not in ("html", "dirhtml", "singlehtml"):
        return
    import shutil

    static = Path(app.outdir) / "_static"
    shutil.rmtree(static / "vendor", ignore_errors=True)
    for pattern in (
        "**/*.map",
        "**/*.LICENSE.txt",
        "sphinx-thebe.*",
        "togglebutton.*",
        "*-macros.html",
        "design-tabs.js",
    ):
        for file in static.glob(pattern):
            file.unlink()


def _no_index(app, config) -> None:
    """No page for an index: the glossary and the search lead to more."""
    config.html_use_index = False


def setup(app) -> None:
    """Add the static folder, the assets that every page loads, and the finishing."""
    app.connect("builder-inited", lambda app: app.config.html_static_path.append(str(STATIC)))
    app.add_css_file("book.css")
    app.add_js_file("book.js", loading_method="defer")
    app.add_js_file("register.js", loading_method="defer")
    app.add_css_file("membership-date.css")
    app.add_js_file("membership-date.js", loading_method="defer")
    app.connect("config-inited", _no_index)
    app.connect("html-page-context", add_reading_time)
    app.connect("build-finished", finish_pages, priority=900)
    app.connect("build-finished", drop_unused_assets, priority=910)
