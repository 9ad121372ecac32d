"""What every page carries, and what it must not.

The stock theme writes buttons by inline scripts, loads an icon library of 1.5 megabytes and names another host. The
book's own frame (``templates/frame.html``) takes its place: icons are inline SVG, scripts are files of their own, and
a Content-Security-Policy allows nothing but the book's own files.
"""

import os
import re
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import lxml.html
from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from multivector.book import faults
from multivector.book.layouts import TEMPLATES, compiled, drawn
from multivector.book.markup import ROOT, SITES, recorded

STATIC = Path(__file__).parent / "static"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'"
)
_UNUSED = re.compile(r"://|mystnb|sphinx-thebe|togglebutton|design-tabs|thebe@|sphinx_highlight")
_FOLD = '<details class="mv-code">'
_TABLE = (
    '<div class="pst-scrollable-table-container">',
    '<div class="pst-scrollable-table-container" role="group" tabindex="0" aria-label="Table">',
)
"""A region that scrolls as the theme writes it, and one that can be reached and has a name."""
_HEAD = '<th class="head', '<th scope="col" class="head'
_VIEWPORT = re.compile(r'<meta (?:name="viewport"|content="width=device-width, initial-scale=1")[^>]*>\s*')
_DRAWING = re.compile(rf'<img class="mv-picture mv-(light|dark)" src="{re.escape(ROOT)}([^"]+)"')
_WORDS_A_MINUTE = 230
_SHOWN = (
    ".//text()[not(ancestor::details[not(@open)]) or ancestor::summary]"
    "[not(ancestor::pre or ancestor::tbody or ancestor::thead or ancestor::form or ancestor::template)]"
    "[not(ancestor::svg or ancestor::script or ancestor::*[contains(@class, 'mv-links')"
    " or contains(@class, 'mv-card-foot') or contains(@class, 'mv-guard') or @class = 'mv-code'])]"
)


def frame(app, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Give the frame of a page its head and its scripts, and say whether the page has code.

    The first picture, which stands on the first screen, is asked for before the page is read.
    """
    if app.builder.format != "html" or app.builder.name == "epub":
        return
    root = context["pathto"]("_static/first.js", 1).removesuffix("_static/first.js")
    pictures = next(iter(recorded(app.env, "pictures").get(pagename, {}).values()), "")
    early = "".join(f' data-{theme}="{root}{address}"' for theme, address in _DRAWING.findall(pictures))
    first = (
        f'\n<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n<link rel="icon" '
        f'href="{root}_static/icon.svg" type="image/svg+xml">\n<script src="{root}_static/first.js"{early}></script>\n'
    )
    context["metatags"] = first + _VIEWPORT.sub("", context.get("metatags", ""))
    context["script_files"] = [one for one in context["script_files"] if _used(one)]
    context["css_files"] = [one for one in context["css_files"] if _used(one)]
    body = context.get("body", "")
    context |= {"body": body.replace(*_TABLE).replace(*_HEAD), "has_code": _FOLD in body}


class FoldedCode(SphinxPostTransform):
    """The code of each cell in a fold of the book's own; an e-book has none."""

    default_priority = 150  # before myst-nb makes a fold, which then finds nothing to put into it
    formats = ("html",)

    def run(self, **options) -> None:
        """Change the page in place."""
        for code in list(self.document.findall(nodes.container)):
            if "cell_input" in code["classes"]:
                fold = [_html(f"{_FOLD}<summary>Code</summary>"), code, _html("</details>")]
                code.parent.replace(code, [] if self.app.builder.name == "epub" else fold)


def _html(text: str) -> nodes.raw:
    return nodes.raw("", text, format="html")


def drop_kernel_scripts(app, doctree, docname: str) -> None:
    """Remove the inline scripts for live code that ``sphinx_thebe`` puts on every page with a kernel."""
    for node in list(doctree.findall(nodes.raw)):
        if "thebe" in node.astext() or node.astext().startswith("<script>kernelName"):
            node.parent.remove(node)


def _used(asset) -> bool:
    return bool(asset.filename) and not _UNUSED.search(str(asset.filename))


def write_for_hosts(app, exception) -> None:
    """What a host of static pages asks for: a first page, one for unknown addresses, leave to serve ``_`` folders.

    The page for unknown addresses may be shown at any depth, so it links to the site's own path, which only the
    book's address tells.
    """
    if exception or app.builder.name not in SITES:
        return
    folder, config = Path(app.outdir), app.config
    first = f"{config.root_doc}.html"
    root = urlsplit(config.multivector_book_url).path.rstrip("/")
    named = {"language": config.language, "book": _name(config)}
    front = folder / "index.html"
    if not front.exists() or "<head" not in front.read_text("utf-8"):
        front.write_text(drawn("front", onward=True, page=first, title=_name(config), **named) + "\n", "utf-8")
    page = drawn("front", onward=False, page=f"{root}/{first}", title=f"Not found - {_name(config)}", **named)
    (folder / "404.html").write_text(page + "\n", "utf-8")
    (folder / ".nojekyll").touch()  # a host that runs Jekyll would drop _static and _downloads


def _name(config) -> str:
    return config.html_title or config.project


def add_reading_time(app, pagename, templatename, context, doctree) -> None:
    """Say under the title of a chapter how long it takes to read: the words shown, without code, tables and folds."""
    if app.builder.name not in SITES or doctree is None or not _is_chapter(doctree):
        return
    minutes = max(1, round(words_shown(context["body"]) / _WORDS_A_MINUTE))
    line = f'<p class="mv-reading">{minutes} {"minute" if minutes == 1 else "minutes"} to read</p>'
    context["body"] = context["body"].replace("</h1>", f"</h1>\n{line}", 1)


def _is_chapter(doctree: nodes.document) -> bool:
    return any("answer" in node["classes"] for node in doctree.findall(nodes.container))


def words_shown(body: str) -> int:
    """Number of words of a page that a reader has before the eyes who opens nothing."""
    return sum(len(text.split()) for text in lxml.html.fragment_fromstring(body, create_parent=True).xpath(_SHOWN))


def drop_unused_assets(app, exception) -> None:
    """Remove from the site what no page refers to: icons, source maps, others' helpers, what failed runs left."""
    if exception or app.builder.name not in (*SITES, "singlehtml"):
        return
    static = Path(app.outdir) / "_static"
    for folder in (static / "vendor", Path(app.outdir) / "reports"):
        shutil.rmtree(folder, ignore_errors=True)
    for pattern in (
        "**/*.map",
        "mystnb.*",
        "**/*.LICENSE.txt",
        "sphinx-thebe.*",
        "togglebutton.*",
        "*-macros.html",
        "design-tabs.js",
        "sphinx_highlight.js",
        "searchtools.js",
        "language_data.js",
    ):
        for file in static.glob(pattern):
            file.unlink()


def configure(app, config) -> None:
    """The book's own templates before the theme's; no page for an index: glossary and search lead to more."""
    config.templates_path.insert(0, os.path.relpath(TEMPLATES, app.confdir))  # Sphinx publishes a digest of it
    config.html_use_index = False


def prepare(app) -> None:
    """Add the static folder, and let the theme's templates be kept in compiled form; refuse addresses of another form."""
    if app.builder.name == "dirhtml":
        faults.stop(["the builder dirhtml gives pages other addresses than those of anchors.lock; build with html"])
    app.config.html_static_path.append(str(STATIC))
    if environment := getattr(app.builder.templates, "environment", None):
        environment.bytecode_cache = compiled()


def setup(app) -> None:
    """Add the static folder, the assets that every page loads, and the finishing."""
    app.connect("builder-inited", prepare)
    app.add_css_file("book.css")
    app.add_css_file("print.css", media="print")
    app.add_css_file("membership-date.css")
    for script in ("book.js", "register.js", "panel.js", "membership-date.js"):
        app.add_js_file(script, loading_method="defer")
    app.add_post_transform(FoldedCode)
    app.connect("config-inited", configure)
    app.connect("html-page-context", add_reading_time)
    app.connect("doctree-resolved", drop_kernel_scripts, priority=990)
    app.connect("html-page-context", frame, priority=990)
    app.connect("build-finished", drop_unused_assets, priority=910)
    app.connect("build-finished", write_for_hosts, priority=910)
