"""The EPUB: what the book says of itself in it, and finished HTML turned into the XHTML that e-readers ask for.

An e-book holds light drawings, no scripts, no code cells, no forms, and no links to files that are not in it.
"""

import re
import uuid
from pathlib import Path

from lxml import html

from multivector.cite import citing

_CLASSES_LEFT_OUT = ("mv-cite", "mv-dark", "mv-links", "mv-fold", "mv-parts")
"""What copies, opens, has a dark page or another file, or says what a map says where it is pointed at."""
_ATTRIBUTES_LEFT_OUT = ("loading", "tabindex", "data-file", "data-source")
_CHOICE = re.compile(r"\?[^#]*#filter-.*")
"""The part of an address that makes a choice in a filter; an e-book has no filters."""
STATIC = Path(__file__).parent / "static_epub"
_COVER = "cover.png"


def xhtml(source: str) -> str:
    """Finished HTML as XHTML, without what an e-book cannot hold."""
    whole = html.fragment_fromstring(source, create_parent="div")
    left_out = [element for name in _CLASSES_LEFT_OUT for element in whole.find_class(name)]
    for element in [*whole.iter("form", "script"), *left_out]:
        element.drop_tree()
    for element in list(whole.iter()):
        for name in _ATTRIBUTES_LEFT_OUT:
            element.attrib.pop(name, None)
        if element.tag == "a":
            address = element.get("href", "")
            whole_page = _CHOICE.sub("", address)
            if "download" in element.attrib or (address and not whole_page):
                element.drop_tag()
            elif address:
                element.set("href", whole_page)
        elif element.tag == "details" and "mv-folded" in element.get("class", ""):
            element.drop_tag()
        elif element.tag == "details":
            element.set("open", "open")
    text = html.tostring(whole, method="xml", encoding="unicode")
    return text.removeprefix("<div>").removesuffix("</div>") if text != "<div/>" else ""


def configure(app, config) -> None:
    """Title, authors, licence and identifier from the record of the book."""
    work = citing.work()
    address = citing.address(citing.book(), config.multivector_fixed_url)
    identity = address or f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{work.title} {work.version}')}"
    config.epub_basename = "book"
    config.epub_title = work.title
    config.epub_author = ", ".join(work.authors)
    config.epub_publisher = ", ".join(work.authors)
    config.epub_copyright = work.licence
    config.epub_description = work.abstract
    config.epub_identifier = identity
    config.epub_scheme = "URL" if address else "UUID"
    config.epub_uid = "book-id"
    config.epub_language = work.language
    config.epub_show_urls = "no"
    config.epub_use_index = False
    config.epub_tocdepth = 2
    config.epub_tocscope = "includehidden"  # the book's table of contents lies outside its pages
    config.epub_cover = (f"_static/{_COVER}", "epub-cover.html")


def prepare(app) -> None:
    """Give an e-book a cover and a style of its own instead of the site's."""
    if app.builder.name == "epub":
        from multivector.look import coverpicture  # maps take a second to load: a build of the site does not spend it

        drawn = Path(app.doctreedir) / "cover"
        drawn.mkdir(parents=True, exist_ok=True)
        (drawn / _COVER).write_bytes(coverpicture.png())
        app.config.html_static_path = [str(STATIC), str(drawn)]


def setup(app) -> None:
    """Connect the settings."""
    app.connect("config-inited", configure, priority=30)
    app.connect("builder-inited", prepare, priority=950)
