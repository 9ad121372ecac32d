"""Figures and tables leave the page: what notebooks carry inside their outputs becomes files beside the pages.

``figures.show`` and ``htmltables.show`` produce HTML that stands alone, with SVG, PNG and CSV as data addresses. Here
the page's caption is put in, each address becomes a file under ``files/``, the drawing for dark pages is added, source
ids become links, and the ids are noted for citing and cross-reference.
"""

import base64
import html
import re
from pathlib import Path

from docutils import nodes
from markupsafe import Markup
from sphinx.transforms import SphinxTransform

from multivector.book import captions, directives, faults
from multivector.book.cards import cite_control
from multivector.book.layouts import drawn
from multivector.book.markup import CHILDREN, ROOT, BookHtml, Later, fill, later, noted, put, recorded
from multivector.book.roles import homes
from multivector.cite import sources
from multivector.look import figures

FOLDER = "files"
FOLD = "mv-fold"
"""Class of the box that unfolds the rest of a long table, by style alone: it needs no script."""
_OBJECT = re.compile(r'<figure class="mv-(figure|table)" id="([^"]+)"')
_ATTACHED = re.compile(r'(src|href)="data:[^;"]+;base64,([^"]*)" data-file="([^"]+)"')
_NAMED = re.compile(r'data-(?:source|table)="([^"]+)"')
_PICTURE = re.compile(r'<img class="mv-picture"[^>]*>')
_OWN = re.compile(r'<a class="mv-own" data-table="([^"]+)"')
_SOURCE = re.compile(r'<a class="mv-source" data-source="([^"]+)"')
_LINE = re.compile(r'<span class="mv-sources">.*?</span>', re.S)
_CODE = re.compile(r'(<a class="mv-source" href="[^"]*#(\w+)"[^>]*>)\2</a>')
_NAMED_SOURCES = 4
"""Up to so many sources stand under a figure or table by author and year; more stay ids, which a tap opens."""
_LINKS = re.compile(
    r'(<figure class="mv-(?:figure|table)" id="([^"]+)".*?<span class="mv-links">.*?)(</span></figcaption>)', re.S
)
_REST = re.compile(r'(<tbody class="mv-rest") data-rows="(\d+)"(.*?</table></div>)', re.S)
_PAIR = re.compile(r'<img class="mv-picture mv-light".*?<img class="mv-picture mv-dark"[^>]*>', re.S)
_TITLE = re.compile(r'<p class="mv-title">(.*?)</p>|<caption>(.*?)</caption>', re.S)


class Externalise(SphinxTransform):
    """Replace raw HTML outputs that hold a figure or table by nodes that refer to files."""

    default_priority = 400

    def apply(self, **kwargs) -> None:
        """Go through all raw HTML of the page."""
        told = captions.taken(self.env, self.document)
        met = set()
        for node in list(self.document.findall(nodes.raw)):
            source = node.astext()
            if "html" in node.get("format", "") and 'class="mv-' in source:
                found = _OBJECT.search(source)
                name = found[2] if found else ""
                met.add(name)
                node.replace_self(self._shown(source, name, told.get(name)))
        captions.refuse_left(self.env, [node for name, node in told.items() if name not in met])

    def _shown(self, source: str, name: str, caption: captions.Told | None) -> BookHtml:
        source, under = captions.joined(self.env, source, name, caption)
        text = _plain(source.replace(CHILDREN, "".join(node.astext() for node in under)))
        return BookHtml("", *under, source=self._outsourced(source), text=text)

    def _outsourced(self, source: str) -> str:
        for kind, name in _OBJECT.findall(source):
            self._note(kind, name, source)
        source = _ATTACHED.sub(self._file, source)
        source = _PICTURE.sub(_both_themes, source)
        if (pair := _PAIR.search(source)) and (held := _OBJECT.search(source)):
            noted(self.env, "pictures", {})[held[2]] = pair[0]
        source = _LINKS.sub(lambda match: f"{match[1]} {cite_control(match[2])}{match[3]}", source)
        source = _REST.sub(rf'\1\3<label class="{FOLD}"><input type="checkbox"> Show all \2 rows</label>', source)
        source = _OWN.sub(rf'<a class="mv-own" href="{ROOT}chapters/data.html#table-\1"', source)
        return _LINE.sub(_by_name, _SOURCE.sub(self._source, source))

    def _note(self, kind: str, name: str, source: str) -> None:
        found = _TITLE.search(source)
        title = next(filter(None, found.groups()), name) if found else name
        known = noted(self.env, "anchors", [])
        if name in {entry[0] for entry in known}:
            faults.record(self.env, f"{self.env.docname}.md: the id {name} is used twice; give each its own name")
        known.append((name, kind, html.unescape(title)))
        behind = dict.fromkeys(_NAMED.findall(_object(name, source)))
        noted(self.env, "providers", {})[name] = tuple(behind)

    def _file(self, match: re.Match) -> str:
        attribute, content, name = match.groups()
        content = base64.b64decode(content)
        self._write(name, content)
        if attribute == "src" and name.endswith(".svg"):
            self._write(name.replace(".svg", ".dark.svg"), figures.dark(content.decode()).encode())
        return f'{attribute}="{ROOT}{FOLDER}/{name}"'

    def _write(self, name: str, content: bytes) -> None:
        put(f"{store(self.app)}/{name}", content)
        noted(self.env, "files", set()).add(name)

    def _source(self, match: re.Match) -> str:
        noted(self.env, "sources", set()).add(match.group(1))
        return f'<a class="mv-source" href="{ROOT}chapters/sources.html#{match.group(1)}"'


def _by_name(line: re.Match) -> str:
    """The sources under a figure or table by author and year, if they are few."""
    if len(_CODE.findall(line[0])) > _NAMED_SOURCES:
        return line[0]
    named = _CODE.sub(lambda link: f"{link[1]}{html.escape(sources.short(link[2]))}</a>", line[0])
    return named.replace(".</a>.", ".</a>")  # "n.d." ends a sentence by itself


def _object(name: str, source: str) -> str:
    """The part of the HTML that shows the figure or table of that name."""
    start = source.index(f'id="{name}"')
    return source[start : source.find("</figure>", start)]


def picture(env, name: str) -> Later:
    """The picture of a figure of another page, shown once more, as a link to where it is explained."""
    noted(env, "references", set()).add(name)
    return later(_picture, name)  # the page that holds the figure may not have been read yet


def _picture(app, docname: str, name: str) -> BookHtml:
    page, title = homes(app.env)[name]
    pictures = Markup(recorded(app.env, "pictures")[page][name])
    source = drawn("picture", page=page, name=name, title=title, pictures=pictures)
    return BookHtml(source=source, text=title)


def store(app) -> Path:
    """Where attachments wait until the site is written; kept between builds like the pages themselves."""
    return Path(app.doctreedir) / "attachments"


def copy_out(app) -> list:
    """Copy the attachments of all pages into the site; into an EPUB, before it is packed, only the light drawings."""
    names = set().union(*recorded(app.env, "files").values())
    if app.builder.name == "epub":
        names = {name for name in names if name.endswith(".svg") and not name.endswith(".dark.svg")}
    fill(Path(app.outdir) / FOLDER, {name: (store(app) / name).read_bytes() for name in sorted(names)})
    return []


def copy_beside_one_page(app, exception) -> None:
    """Copy them beside a book of one page too, whose builder collects no other pages."""
    if exception is None and app.builder.name == "singlehtml":
        copy_out(app)


def _both_themes(match: re.Match) -> str:
    light = match.group().replace('class="mv-picture"', 'class="mv-picture mv-light"')
    dark = match.group().replace('class="mv-picture"', 'class="mv-picture mv-dark"').replace('.svg"', '.dark.svg"')
    return light + dark


def _plain(source: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", _ATTACHED.sub("", source)))).strip()


def setup(app) -> None:
    """Register the transform and the copying."""
    app.add_transform(Externalise)
    directives.add(app, "picture", picture, required=1)
    app.connect("html-collect-pages", copy_out)
    app.connect("build-finished", copy_beside_one_page)
