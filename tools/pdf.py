"""Print the built book to ``_build/pdf/book.pdf``: cover, contents with page numbers, running heads, bookmarks.

The pages of ``_build/html`` are joined in the order of ``_toc.yml``; Chromium prints them twice, because a page number
in the contents is only known once everything else has its place. ``pdf.js`` fits tables and fills pages before that.
"""

import base64
import io
import os
import re
import sys
import time
from functools import cache
from html import escape
from itertools import chain
from pathlib import Path
from urllib.parse import unquote

import yaml
from browsing import FLAGS, HOW_TO_GET, chromium
from lxml import html

from multivector import paths
from multivector.cite import citing
from multivector.facts import dates
from multivector.look import coverpicture

try:
    import pikepdf
    from playwright.sync_api import Error, sync_playwright
except ImportError as fault:
    sys.exit(f"pdf: package {fault.name} is missing; run `make install-test` first")

SITE = paths.HTML
_STYLES = ("pygments.css", "book.css", "cite.css", "membership-date.css", "print.css")
_CLASSES_LEFT_OUT = (
    *("headerlink", "mv-code", "mv-dark", "mv-cite", "mv-links", "mv-run", "moved", "mv-parts"),
    *("toctree-wrapper", "needs-js", "cite-end", "mv-hint", "mv-reading", "mv-fold", "source-uses"),
)
_LEFT_OUT = (
    *(f".//{tag}" for tag in ("form", "script", "button", "noscript", "template")),
    *(f".//*[contains(concat(' ', @class, ' '), ' {name} ')]" for name in _CLASSES_LEFT_OUT),
    ".//details[@class='mv-guard']",  # conditions are for a machine
    ".//*[@class='mv-dataset']/details",  # and columns stand in the data package
)
_FACES = {
    "Book Serif": ("STIXGeneral", "STIXGeneralItalic", "STIXGeneralBol", "STIXGeneralBolIta"),
    "Book Sans": ("DejaVuSans", "DejaVuSans-Oblique", "DejaVuSans-Bold", "DejaVuSans-BoldOblique"),
    "Book Mono": ("DejaVuSansMono", "DejaVuSansMono-Oblique", "DejaVuSansMono-Bold", "DejaVuSansMono-BoldOblique"),
}
_COLUMN = (657, 986)  # width and height of the printed column in pixels: A4 less the margins of print.css
_NOT_LOADED = """() => [
  ...[...document.images].filter((one) => !one.naturalWidth).map((one) => one.src),
  ...[...document.querySelectorAll("link[rel=stylesheet]")].filter((one) => !one.sheet).map((one) => one.href),
]"""
_PATIENCE = 300_000  # milliseconds: a busy machine needs minutes where another needs seconds
_NODE = re.compile(rb"\(node\d{8}\)")
_FILL = Path(__file__).with_name("pdf.js")


@cache
def contents() -> list[tuple[str, list[str]]]:
    """Parts of the book: caption and docnames; the first page stands before all parts under an empty caption."""
    toc = yaml.safe_load(paths.TOC.read_text("utf-8"))
    parts = [(part["caption"], [entry["file"] for entry in part["chapters"]]) for part in toc["parts"]]
    return [("", [toc["root"]]), *parts]


_ENTRIES = (
    (".//*[contains(@class, 'source-register')]/li", "sources"),
    (".//dl[@class='mv-findings']/dt", "findings"),
)
"""Entries of registers of which paper holds those that something on paper names."""


# --- joining the pages ------------------------------------------------------------------------------------------


def article(docname: str):
    """The text of a page, its ids and links made ready to stand in one document with all others."""
    page = html.parse(str(SITE / f"{docname}.html"), html.HTMLParser(encoding="utf-8"))
    body = page.xpath("//article[contains(@class, 'bd-article')]")[0]
    for element in body.xpath(" | ".join(_LEFT_OUT)):
        if element.getparent() is not None:
            element.drop_tree()
    for link in body.xpath(".//p[@class='source-links']/a"):
        link.tail = None
        if "download" in link.attrib:
            link.drop_tree()
    for foot in body.xpath(".//p[contains(@class, 'mv-card-foot')]"):
        _trim(foot)
    for grade in body.xpath(".//span[@class='source-grade']"):
        grade.tail = ". "  # when each was read stands in the edition for browsers
    for number, heading in enumerate(body.xpath(".//h2[not(parent::*/@id)]")):
        heading.set("id", f"part-{number}")
    for element in body.iter("*"):
        _prepare(element, docname)
    body.tag = "section"
    body.attrib.clear()
    body.set("id", anchor(docname, ""))
    body.set("class", f"bd-article bd-content book-page page-{citing.slug(docname)}")
    return body


def keep_named(pages: dict) -> None:
    """Take from the long registers what nothing else on paper names, and say how much that is."""
    named = {link.get("href")[1:] for page in pages.values() for link in page.xpath(".//a[starts-with(@href, '#')]")}
    for page in pages.values():
        for path, what in _ENTRIES:
            entries = page.xpath(path)
            left_out = [entry for entry in entries if entry.get("id") not in named]
            if left_out:
                text = f"{len(left_out)} more {what}, which nothing on paper names, are in the edition for browsers."
                entries[0].getparent().addprevious(html.fragment_fromstring(f"<p>{text}</p>"))
            for entry in left_out:
                if entry.tag == "dt":
                    entry.getnext().drop_tree()
                entry.drop_tree()


def _prepare(element, docname: str) -> None:
    """Ids and addresses of one element; nothing is hidden on paper."""
    for name in ("aria-labelledby", "tabindex", "aria-label", "role", "title", "loading"):
        element.attrib.pop(name, None)
    if "id" in element.attrib:
        element.set("id", anchor(docname, element.get("id")))
    if element.tag == "a" and element.get("href"):
        _mend_link(element, docname)
    elif element.tag == "img":
        element.set("src", Path(os.path.normpath(SITE / Path(docname).parent / unquote(element.get("src")))).as_uri())
    elif element.tag == "details" and "mv-folded" in element.get("class", ""):
        element.tag = "div"
    elif element.tag == "details":
        element.set("open", "")


def anchor(docname: str, name: str) -> str:
    """Id in the joined document of the place ``name`` on a page; the page itself if ``name`` is empty."""
    return "--".join(filter(None, (docname.replace("/", "-"), name)))


def _mend_link(link, docname: str) -> None:
    """Lead links between pages to their place in the document, show other addresses, free links to files."""
    target = link.get("href")
    if re.match(r"[a-z][a-z0-9+.-]*:", target):
        text = " ".join(link.text_content().split())
        shown = target.removeprefix("mailto:")
        if re.fullmatch(r"[!-\u052f]+", unquote(shown)):  # letters that the book's typeface has are printed as such
            shown = unquote(shown)
        if shown.rstrip("/") not in (text, text.rstrip("/")):
            address = html.fragment_fromstring(f'<span class="book-address">{escape(shown)}</span>')
            address.tail, link.tail = link.tail, " "
            link.addnext(address)
        return
    page, _, fragment = target.partition("#")
    path = os.path.normpath(Path(docname).parent / page.partition("?")[0]) if page else f"{docname}.html"
    known = any(path == f"{name}.html" for _, names in contents() for name in names)
    if known and (SITE / path).exists():
        place = anchor(path.removesuffix(".html"), fragment)
        link.set("href", f"#{place}")
        if "mv-ref" in link.get("class", "") or link.text == "Evidence in the chapter":
            link.text += f", p. @@{place}@@" if _in_brackets(link) else f" (p. @@{place}@@)"
    else:
        link.attrib.pop("href")


def number_figures(pages: dict) -> None:
    """Number figures and tables through the whole book, print the id of each, and give the number in references to it."""
    numbered, counts = {}, {"figure": 0, "table": 0}
    for docname, page in pages.items():
        for shown in page.iter("figure"):
            kind = "table" if "mv-table" in shown.get("class", "") else "figure"
            title = shown.xpath(".//*[@class='mv-title'] | .//caption")
            if not title or not shown.get("id"):
                continue
            counts[kind] += 1
            numbered[shown.get("id")] = f"{kind} {counts[kind]}"
            number = html.fragment_fromstring(f'<span class="book-number">{kind.capitalize()} {counts[kind]}. </span>')
            number.tail, title[0].text = title[0].text, None
            title[0].insert(0, number)
            name = shown.get("id").removeprefix(f"{anchor(docname, '')}--")
            for caption in shown.iter("figcaption"):
                caption.append(html.fragment_fromstring(f'<span class="book-id">{name}</span>'))
    for page in pages.values():
        for link in page.xpath(".//a[contains(@class, 'mv-ref')]"):
            named = numbered.get(link.get("href", "#")[1:])
            if named:
                link.text = re.sub("^(figure|table)", named, link.text)


def _in_brackets(link) -> bool:
    """Whether the text before a link has opened a bracket that it has not closed."""
    text = "".join(link.xpath("preceding-sibling::text() | preceding-sibling::*//text()"))
    return text.rfind("(") > text.rfind(")")


def _trim(foot) -> None:
    """Take the link of a claim to itself, and the dots that nothing follows, from the last line of a card."""
    for link in foot.xpath("./a[text()='Link to this claim']"):
        link.drop_tree()
    for element in foot:
        element.tail = re.sub(r"(\s*·\s*)+$", " · ", element.tail or "")
    if len(foot):
        foot[-1].tail = (foot[-1].tail or "").rstrip(" ·")


def document(pages: dict, numbers: dict[str, int]) -> str:
    """The whole book as one page of HTML; ``numbers`` are page numbers by id, as far as they are known."""
    sheets = "".join(f'<link rel="stylesheet" href="{(SITE / "_static" / name).as_uri()}">' for name in _STYLES)
    work = citing.work()
    body = "".join(html.tostring(page, encoding="unicode") for page in pages.values())
    places = "".join(f'<a href="#{name}"></a>' for page in pages.values() for name in page.xpath(".//@id"))
    body = re.sub("@@(.+?)@@", lambda place: str(numbers.get(place.group(1), "000")), body)
    return (
        f'<!DOCTYPE html><html lang="{work.language}" data-theme="light"><head><meta charset="utf-8">'
        f"<title>{escape(work.title)}</title>{sheets}<style>{_faces()}{_running_heads(pages)}</style></head>"
        f'<body class="book">{cover()}{imprint()}{table_of_contents(pages, numbers)}<main>{body}</main>'
        f"<div hidden>{places}</div></body></html>"  # what a link names can be named from outside the document too
    )


def cover() -> str:
    """First page: title, authors, version and date, and a globe for its ground."""
    globe = base64.b64encode(coverpicture.globe().encode()).decode()
    work = citing.work()
    title, _, subtitle = work.title.partition(": ")
    second = f'<p class="cover-subtitle">{escape(subtitle[:1].upper() + subtitle[1:])}</p>' if subtitle else ""
    return (
        f'<section class="book-cover"><div><p class="cover-title">{escape(title)}</p>{second}'
        f'<p class="cover-authors">{escape(", ".join(work.authors))}</p></div>'
        f'<img class="cover-globe" alt="" src="data:image/svg+xml;base64,{globe}">'
        f"<p>Version {escape(work.version)}<br>{dates.spoken(work.released.isoformat())}</p></section>"
    )


def imprint() -> str:
    """Second page: what the book is, how to cite it, which state of it this is, licences."""
    work, edition = citing.work(), citing.edition()
    base = citing.fixed_url(citing.book_url())
    commit = f", commit <code>{escape(edition.commit)}</code>" if edition.commit else ""
    online = f'<p><a href="{escape(base)}/">{escape(base)}/</a></p>' if base else ""
    return (
        f'<section class="book-imprint"><p>{escape(work.abstract)}</p>'
        f"<p><b>Cite as</b><br>{citing.formatted(citing.book(), 'APA', base)}</p>{online}"
        f"<p><b>This edition</b><br>Version {escape(edition.version)}{commit}, data <code>{edition.data}</code>, "
        f"{dates.spoken(edition.built)}. The printed edition holds every text, figure, table, claim and quotation of "
        "the book, and the sources and findings that these name. Code, downloads, the filters of the registers and the "
        "other sources are in the edition that runs in a browser.</p>"
        f"<p><b>Licences</b><br>Text, figures and tables {escape(work.licence)}, code {escape(work.code_licence)}, "
        "unless the data dictionary names another licence for a table. Quoted passages of the article under study "
        "remain the property of its publisher.</p></section>"
    )


def table_of_contents(pages: dict, numbers: dict[str, int]) -> str:
    """Contents in two levels with page numbers."""
    lines = []
    for caption, docnames in contents():
        lines += [f'<p class="contents-part">{escape(caption)}</p>'] if caption else []
        for level, target, text in chain(*(headings(pages[docname], docname) for docname in docnames)):
            lines.append(
                f'<p class="contents-{level}"><a href="#{target}"><span>{escape(text)}</span>'
                '<span class="contents-dots"></span>'
                f'<span class="contents-number">{numbers.get(target, "000")}</span></a></p>'
            )
    return f'<nav class="book-contents"><p class="contents-title">Contents</p>{"".join(lines)}</nav>'


def headings(page, docname: str) -> list[tuple[int, str, str]]:
    """Level, id and text of a page's heading and of its sections."""
    found = [(1, anchor(docname, ""), _heading_text(page.xpath(".//h1")[0]))]
    found += [
        (2, target, _heading_text(heading))
        for heading in page.xpath(".//h2")
        if (target := heading.get("id") or heading.getparent().get("id"))
    ]
    return found


def _heading_text(heading) -> str:
    return " ".join(heading.text_content().split())


def _running_heads(pages: dict) -> str:
    """A named page for each chapter, so that its title stands at the head of its pages."""
    head = 'font: 8pt "Book Sans"; color: #525a63;'
    rules = [
        f'@page {{ @top-left {{ content: "{citing.work().title.split(":")[0]}"; {head} }} @top-right {{ {head} }} }}',
        "@page cover { margin: 0; @top-left { content: none; } @bottom-center { content: none; } }",
        "@page front { @top-left { content: none; } }",
    ]
    for page in pages.values():
        name, title = page.get("class").split()[-1], _heading_text(page.xpath(".//h1")[0])
        short = title if len(title) <= 70 else title.split(":")[0]
        text = short.replace("\\", "").replace('"', "”")
        rules.append(f'.{name} {{ page: {name}; }} @page {name} {{ @top-right {{ content: "{text}"; }} }}')
    return "\n".join(rules)


def _faces() -> str:
    """The book's own letters: they ship with a package that the book needs, so that every machine prints the same."""
    import matplotlib

    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    kinds = (("normal", "normal"), ("italic", "normal"), ("normal", "bold"), ("italic", "bold"))
    return "".join(
        f"@font-face {{ font-family: '{family}'; font-style: {style}; font-weight: {weight}; "
        f"src: url('{(folder / f'{file}.ttf').as_uri()}'); }}\n"
        for family, files in _FACES.items()
        for file, (style, weight) in zip(files, kinds, strict=True)
    )


# --- printing ---------------------------------------------------------------------------------------------------


def printed(browser, file: Path) -> bytes:
    """The document ``file`` as PDF, tables fitted to the page and pages filled."""
    page = browser.new_page(viewport={"width": _COLUMN[0], "height": 900})
    page.set_default_timeout(_PATIENCE)
    page.emulate_media(media="print", color_scheme="light")
    page.goto(file.as_uri())
    refuse_gaps(page.evaluate(_NOT_LOADED))
    page.evaluate("document.fonts.ready")
    page.evaluate(_FILL.read_text("utf-8"), _COLUMN)
    content = page.pdf(prefer_css_page_size=True, print_background=True, outline=True, tagged=True)
    page.close()
    return content


def refuse_gaps(missing: list[str]) -> None:
    """End with one line if a drawing or a style sheet of the document could not be loaded."""
    if missing:
        sys.exit(f"pdf: {len(missing)} pictures or styles cannot be loaded, first {missing[0]}; run `make book` again")


def page_numbers(content: bytes) -> dict[str, int]:
    """Page number of each id to which the document links."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        numbers = {page.objgen: number for number, page in enumerate(pdf.pages, 1)}
        return {name.lstrip("/"): numbers[place[0].objgen] for name, place in pdf.Root.Dests.items()}


def finished(content: bytes, titles: list[str]) -> bytes:
    """The PDF with the record of the book and the date of the edition, and nothing that the clock gave."""
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(renumbered(content))) as pdf:
        del pdf.docinfo  # Chromium's
        with pdf.open_metadata(set_pikepdf_as_editor=False) as told:
            told.update(record())
        pdf.Root.PageMode = pikepdf.Name.UseOutlines
        _mend_bookmarks(pdf.Root.Outlines, {"".join(title.split()): title for title in titles})
        pdf.save(buffer, min_version="1.7", deterministic_id=True)
    return buffer.getvalue()


def renumbered(content: bytes) -> bytes:
    """The PDF with names of its heads of tables that do not depend on what else Chromium did; each is as long as it was."""
    order = {name: b"(node%08d)" % number for number, name in enumerate(sorted(set(_NODE.findall(content))))}
    return _NODE.sub(lambda found: order[found[0]], content)


def record() -> dict:
    """What the book is, by names of XMP, which programs read without opening the document."""
    work, address, day = citing.work(), citing.fixed_url(citing.book_url()), f"{citing.edition().built}T00:00:00Z"
    return {
        "dc:title": work.title,
        "dc:creator": list(work.authors),
        "dc:description": work.abstract,
        "dc:language": {work.language},
        "dc:date": [work.released.isoformat()],
        "dc:rights": work.licence,
        "xmp:CreateDate": day,
        "xmp:ModifyDate": day,
        "xmpMM:VersionID": work.version,
    } | ({"dc:identifier": f"{address}/"} if address else {})


def _mend_bookmarks(parent, titles: dict[str, str]) -> None:
    """Give each bookmark the words of its heading: Chromium leaves the blank out where a heading breaks its line."""
    entry = parent.get("/First")
    while entry is not None:
        title = str(entry.Title)
        entry.Title = titles.get("".join(title.split()), title)
        _mend_bookmarks(entry, titles)
        entry = entry.get("/Next")


def made(browser, pages: dict, file: Path) -> bytes:
    """Print the document until the page numbers that it shows are those that it has."""
    text = document(pages, {})
    for _ in range(4):
        file.write_text(text, "utf-8")
        content = printed(browser, file)
        before, text = text, document(pages, page_numbers(content))
        if text == before:
            break
    titles = [_heading_text(heading) for page in pages.values() for heading in page.xpath(".//h1|.//h2|.//h3")]
    return finished(content, titles)


def main(out: Path = paths.BUILD / "pdf") -> None:
    """Join, print, number, print again."""
    began = time.monotonic()
    if os.environ.get("FOCUS", "").strip():
        sys.exit("pdf: it is made of the book itself only; leave FOCUS out")
    if not (SITE / "index.html").exists():
        sys.exit("pdf: the book is not built; run `make book` first")
    if not chromium():
        sys.exit(f"pdf: no Chromium; {HOW_TO_GET}")
    pages = {docname: article(docname) for _, docnames in contents() for docname in docnames}
    keep_named(pages)
    number_figures(pages)
    out.mkdir(parents=True, exist_ok=True)
    try:
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=chromium(), args=[*FLAGS, "--allow-file-access-from-files"])
            content = made(browser, pages, out / "book.html")
            browser.close()
    except Error as fault:
        sys.exit(f"pdf: Chromium did not print: {str(fault).splitlines()[0]}")
    (out / "book.pdf").write_bytes(content)
    print(f"pdf: done in {time.monotonic() - began:.1f} s; open {os.path.relpath(out / 'book.pdf')}", flush=True)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
