"""What every page carries, and what it must not: the last hand on the HTML that theme and Sphinx wrote.

The stock theme writes buttons by inline scripts, loads an icon library of 1.5 megabytes and names another host. Here
each written page is finished: icons become inline SVG, inline scripts become files or go, labels that assistive
technology stumbles over are mended, and a Content-Security-Policy then allows nothing but the book's own files.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

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
        re.compile(r'<label class="overlay overlay-(\w+)" for="([^"]+)"></label>'),
        r'<label class="overlay overlay-\1" for="\2" aria-hidden="true"></label>',
    ),
    (re.compile(r'title="light/dark" aria-label="light/dark"'), 'title="Light or dark" aria-label="Light or dark"'),
    (re.compile(r'title="Search" aria-label="Search"'), 'title="Search (Ctrl+K)"'),
    (
        re.compile(r'<button class="sidebar-toggle (\w+)-toggle btn btn-sm" title="([^"]+)"'),
        r'<button class="sidebar-toggle \1-toggle btn btn-sm" title="\2" aria-label="\2"',
    ),
    (re.compile(r'<summary aria-label="Toggle hidden content">'), "<summary>"),
    (re.compile(r'\s*<header class="bd-header navbar[^>]*>\s*</header>'), ""),
    (re.compile(r'\s*<footer class="bd-footer">\s*</footer>'), ""),
    (re.compile(r'<main id="main-content" class="bd-main" role="main">'), '<main id="main-content" class="bd-main">'),
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
    for pattern, replacement in _MENDED:
        text = pattern.sub(replacement, text)
    head = (
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n    '
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n    '
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
        if _MARK not in text and '<meta charset="utf-8" />' in text:
            root = "../" * (len(page.relative_to(folder).parts) - 1)
            page.write_text(finished(text, root, _icons()), "utf-8")


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


def setup(app) -> None:
    """Add the static folder, the assets that every page loads, and the finishing."""
    app.connect("builder-inited", lambda app: app.config.html_static_path.append(str(STATIC)))
    app.add_css_file("book.css")
    app.add_js_file("book.js", loading_method="defer")
    app.add_js_file("register.js", loading_method="defer")
    app.add_css_file("membership-date.css")
    app.add_js_file("membership-date.js", loading_method="defer")
    app.connect("build-finished", finish_pages, priority=900)
    app.connect("build-finished", drop_unused_assets, priority=910)
