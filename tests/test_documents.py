"""The book as PDF and as e-book, made from the built site as `make pdf` and `make epub` make them.

The PDF needs Chromium and poppler, the check of the e-book Java. Where one is missing the summary of the run says so,
and in CI the tests fail.
"""

import functools
import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from urllib.parse import unquote

import browsing
import epub as maker
import pdf as printer
import pytest
import yaml
from lxml import etree, html
from PIL import Image
from programs import not_run

from multivector.cite import citing
from multivector.facts import tables
from multivector.ledger import claims
from multivector.look import coverpicture

ROOT = Path(__file__).resolve().parent.parent

WHITE = 250  # grey from which on a pixel counts as paper
CORE = "{http://purl.org/dc/elements/1.1/}"


def made(name: str, folder: Path) -> subprocess.CompletedProcess:
    command = [sys.executable, str(ROOT / "tools" / f"{name}.py"), str(folder)]
    variables = {**os.environ, "FOCUS": ""}
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=540)


def docnames() -> list[str]:
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    return [toc["root"], *(entry["file"] for part in toc["parts"] for entry in part["chapters"])]


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def letters(text: str) -> str:
    """The text without blanks and marks, which the book prints in its own way."""
    return re.sub(r"[\W_]", "", text)


@functools.cache
def article(file: Path):
    page = html.parse(str(file), html.HTMLParser(encoding="utf-8"))
    (found,) = page.xpath("//article[contains(@class, 'bd-article')]")
    for kept in found.xpath(".//template"):  # opens in a browser only
        kept.drop_tree()
    return found


def headings(site: Path) -> list[tuple[int, str]]:
    """Level and text of the first two levels of headings of the site, in the order of the book."""
    found = []
    for docname in docnames():
        for heading in article(site / f"{docname}.html").xpath(".//h1|.//h2"):
            text = " ".join("".join(heading.xpath(".//text()[not(ancestor::a[@class='headerlink'])]")).split())
            found.append((int(heading.tag[1]), text))
    return found


# --- PDF --------------------------------------------------------------------------------------------------------


class Document:
    """The printed book: its reader, its text by page, and its pages as pictures."""

    def __init__(self, folder: Path):
        from pypdf import PdfReader

        self.folder, self.file = folder, folder / "book.pdf"
        self.reader = PdfReader(self.file)
        self.texts, self.columns = self._texts("-layout"), self._texts("-raw")

    def _texts(self, order: str) -> list[str]:
        said = subprocess.run(["pdftotext", order, self.file, "-"], capture_output=True, text=True, check=True)
        return said.stdout.split("\f")[:-1]

    @functools.cached_property
    def bookmarks(self) -> list[tuple[int, str, int]]:
        """Level, title and page of each bookmark, down to the second level."""
        found = []

        def walk(entries, level):
            for entry in entries:
                if isinstance(entry, list):
                    walk(entry, level + 1)
                elif level <= 2:
                    found.append((level, entry.title, self.reader.get_destination_page_number(entry) + 1))

        walk(self.reader.outline, 1)
        return found

    @functools.cached_property
    def pictures(self) -> list[Image.Image]:
        subprocess.run(["pdftoppm", "-r", "36", self.file, self.folder / "page"], check=True)
        return [Image.open(file).convert("RGB") for file in sorted(self.folder.glob("page-*.ppm"))]

    @functools.cached_property
    def figures(self) -> list[tuple[int, bytes]]:
        """Page and drawing instructions of each picture that has a text alternative."""
        pages = {page.indirect_reference.idnum: number for number, page in enumerate(self.reader.pages, start=1)}
        drawn = functools.cache(lambda number: self.reader.pages[number - 1].get_contents().get_data())
        found, waiting = [], [self.reader.trailer["/Root"]["/StructTreeRoot"]]
        while waiting:
            node = waiting.pop()
            if node.get("/S") == "/Figure" and "/Alt" in node:
                number = pages[node.raw_get("/Pg").idnum]
                marked = rb"/MCID %d\b.*?BDC(.*?)EMC" % node["/K"]
                found.append((number, re.search(marked, drawn(number), re.S).group(1)))
                continue
            below = node.get("/K", [])
            below = below.get_object() if hasattr(below, "get_object") else below
            below = (entry.get_object() for entry in (below if isinstance(below, list) else [below]))
            waiting.extend(entry for entry in below if isinstance(entry, dict))
        return found

    def annotations(self):
        """Page number and target of each link; a target inside the book is the name of its place."""
        for number, page in enumerate(self.reader.pages, start=1):
            for entry in page.get("/Annots", ()):
                link = entry.get_object()
                if link.get("/Subtype") == "/Link":
                    yield number, link["/A"]["/URI"] if "/A" in link else link["/Dest"]


@pytest.fixture(scope="module")
def pdf(site, tmp_path_factory) -> Document:
    """The book printed once."""
    if not browsing.chromium():
        not_run("PDF was not checked", f"no Chromium; {browsing.HOW_TO_GET}")
    for program in ("pdftoppm", "pdftotext"):
        if not shutil.which(program):
            not_run("PDF was not checked", f"no {program}; install it with `apt-get install poppler-utils`")
    folder = tmp_path_factory.mktemp("pdf")
    done = made("pdf", folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return Document(folder)


@pytest.mark.slow
@pytest.mark.xdist_group("pdf")
class TestPdf:
    """The printed book."""

    @pytest.mark.nightly
    def test_printed_again_with_windows_or_without_it_is_the_same_to_the_byte(self, pdf, tmp_path, monkeypatch):
        monkeypatch.setenv("CHROMIUM", browsing.chromium(whole=True) or browsing.chromium())
        assert made("pdf", tmp_path).returncode == 0
        assert (tmp_path / "book.pdf").read_bytes() == pdf.file.read_bytes()

    def test_names_of_heads_of_tables_do_not_depend_on_the_process(self):
        first, later = (b"/ID (node%08d) /Headers [ (node%08d) ]" % (start + 9, start) for start in (7, 1304))
        assert printer.renumbered(first) == printer.renumbered(later)
        assert len(printer.renumbered(first)) == len(first)
        assert len(set(printer._NODE.findall(printer.renumbered(first)))) == 2

    def test_it_says_what_it_is(self, pdf):
        work, edition = citing.work(), citing.edition()
        told = pdf.reader.metadata
        assert told.title == work.title
        assert told.author == ", ".join(work.authors)
        assert told.creation_date == told.modification_date
        assert told.creation_date.isoformat() == f"{edition.built}T00:00:00+00:00"
        record = pdf.reader.xmp_metadata
        assert record.dc_title["x-default"] == work.title
        assert record.dc_creator == list(work.authors)
        assert record.xmp_create_date.date().isoformat() == edition.built
        assert [day.date() for day in record.dc_date] == [work.released]
        assert pdf.reader.trailer["/Root"]["/Lang"] == "en"
        assert pdf.reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
        assert pdf.reader.trailer["/Root"]["/ViewerPreferences"]["/DisplayDocTitle"]
        assert pdf.reader.trailer["/Root"]["/PageMode"] == "/UseOutlines"
        cover, imprint = (squeezed(text) for text in pdf.texts[:2])
        assert squeezed(work.title.split(":")[0]) in cover
        assert squeezed(", ".join(work.authors)) in cover
        assert squeezed(citing.plain(citing.book(), "APA", citing.book_url())) in imprint
        assert edition.data in imprint

    def test_programs_can_read_the_record_without_opening_it(self, pdf):
        packet = pdf.reader.trailer["/Root"]["/Metadata"].get_object()
        assert "/Filter" not in packet
        assert (packet["/Type"], packet["/Subtype"]) == ("/Metadata", "/XML")
        record = etree.fromstring(packet.get_data())
        work = citing.work()
        assert record.findtext(f".//{CORE}title//*[@{{http://www.w3.org/XML/1998/namespace}}lang]") == work.title
        assert record.findtext(f".//{CORE}creator/*/*") == work.authors[0]
        assert record.findtext(f".//{CORE}rights//*[@{{http://www.w3.org/XML/1998/namespace}}lang]") == work.licence
        assert record.findtext(".//{http://ns.adobe.com/xap/1.0/mm/}VersionID") == work.version

    def test_figures_and_tables_have_numbers_ids_and_places(self, pdf, site):
        text, places = squeezed("".join(pdf.texts)), set(pdf.reader.named_destinations)
        counts = {"Figure": 0, "Table": 0}
        for name in docnames():
            for shown in article(site / f"{name}.html").xpath(".//figure[@id][.//*[@class='mv-title'] or .//caption]"):
                kind = "Table" if "mv-table" in shown.get("class") else "Figure"
                counts[kind] += 1
                title = shown.xpath(".//*[@class='mv-title'] | .//caption")[0].text_content()
                assert squeezed(f"{kind} {counts[kind]}. {title}")[:30] in text, shown.get("id")
                assert shown.get("id") in text
                assert f"/{name.replace('/', '-')}--{shown.get('id')}" in places
        assert min(counts.values()) > 30
        for name in ("C-46", "Q-09", "G066", "table-macro"):
            assert any(place.endswith(f"--{name}") for place in places), name

    def test_bookmarks_are_chapters_and_their_sections(self, pdf, site):
        assert [(level, title) for level, title, _ in pdf.bookmarks] == headings(site)

    def test_contents_give_the_real_pages(self, pdf):
        first = pdf.bookmarks[0][2]
        lines = "\n".join(pdf.texts[2 : first - 1]).splitlines()
        listed = [match.groups() for match in (re.fullmatch(r"\s*(\S.*?)\s{2,}(\d+)", line) for line in lines) if match]
        assert [(title, int(number)) for title, number in listed] == [entry[1:] for entry in pdf.bookmarks]
        for _, title, number in pdf.bookmarks:
            assert squeezed(title) in squeezed(pdf.texts[number - 1]), f"{title!r} is not on page {number}"

    def test_it_holds_every_claim_and_quote_on_less_than_150_pages(self, pdf):
        chapters = [number for level, _, number in pdf.bookmarks if level == 1]
        assert chapters == sorted(set(chapters)), "each chapter begins on a page of its own"
        assert chapters[-1] <= len(pdf.reader.pages) < 150
        text = letters("".join(pdf.columns))
        assert [one.claim_id for one in claims.ledger() if letters(one.restatement) not in text] == []
        quotes = tables.load("quotes").set_index("quote_id")["annotation"]
        assert [name for name, said in quotes.items() if letters(said) not in text] == []

    def test_each_page_has_its_number_and_running_head(self, pdf):
        title = citing.work().title.split(":")[0]
        for number, text in enumerate(pdf.texts[1:], start=2):
            assert text.split()[-1] == str(number)
            if number >= pdf.bookmarks[0][2]:
                assert text.strip().startswith(title), number

    def test_fonts_are_embedded(self, pdf):
        fonts = {}
        for page in pdf.reader.pages:
            for font in page["/Resources"].get("/Font", {}).values():
                font = font.get_object()
                if font["/Subtype"] != "/Type3":  # whose letters are drawings in the file itself
                    fonts[font["/BaseFont"]] = font["/DescendantFonts"][0].get_object()
        assert len(fonts) >= 6
        for name, font in fonts.items():
            assert {"/FontFile2", "/FontFile3"} & set(font["/FontDescriptor"]), f"{name} is not embedded"
            assert re.fullmatch(r"/[A-Z]{6}\+(STIX|DejaVu).*", name), f"{name} is a font of this machine"

    def test_figures_are_drawings(self, pdf, site):
        pages = [article(site / f"{name}.html") for name in docnames()]
        pictures = sum(len(page.xpath(".//img[@class='mv-picture mv-light']")) for page in pages)
        assert len(pdf.figures) == pictures >= 30
        for number, drawing in pdf.figures:
            assert len(re.findall(rb"\b[fSB]\*?\s", drawing)) >= 6, f"page {number}: next to nothing is drawn"
            assert len(re.findall(rb"\bTj\b|\bTJ\b", drawing)) >= 2, f"page {number}: no letters"
        for page in pdf.reader.pages:
            objects = page["/Resources"].get("/XObject", {}).values()
            assert not [one for one in objects if one.get_object()["/Subtype"] == "/Image"]

    def test_no_figure_is_blank(self, pdf):
        for number, drawing in pdf.figures:
            parts = re.findall(rb"([\d.]+) ([\d.]+) ([\d.]+) (?:rg|RG)\b", drawing)
            fills = {tuple(map(float, fill)) for fill in parts}
            coloured = [fill for fill in fills if max(fill) - min(fill) > 0.05 or 0.2 < fill[0] < 0.9]
            seen = {colour for count, colour in pdf.pictures[number - 1].getcolors(1 << 20) if count >= 3}
            assert any(
                all(abs(255 * a - b) <= 6.5 for a, b in zip(fill, other, strict=True))
                for fill in coloured
                for other in seen
            ), f"page {number}: none of the figure's {len(coloured)} colours can be seen"

    def test_no_page_is_left_half_empty(self, pdf):
        last = {number - 1 for level, _, number in pdf.bookmarks if level == 1} | {len(pdf.reader.pages)}
        for number in set(range(pdf.bookmarks[0][2], len(pdf.pictures) + 1)) - last:
            page = pdf.pictures[number - 1].convert("L")
            above = page.crop((0, 0, page.width, int(0.93 * page.height)))
            end = above.point(lambda grey: 255 * (grey < WHITE)).getbbox()[3] / page.height
            assert end > 0.5, f"page {number} ends after {end:.0%} of its height"

    def test_links_lead_somewhere_and_can_be_read_on_paper(self, pdf):
        places = set(pdf.reader.named_destinations)
        texts = [squeezed(text) for text in pdf.columns]
        addresses = 0
        for number, target in pdf.annotations():
            if re.match(r"https?:", str(target)):
                addresses += 1
                around = "".join(texts[number - 2 : number + 1])  # an address may run over the end of a page
                assert squeezed(unquote(target)).rstrip("/") in squeezed(unquote(around)), (
                    f"page {number}: {target} is not printed"
                )
            else:
                assert target in places, f"page {number}: link to {target}"
        assert addresses >= 300

    def test_nothing_of_this_machine_is_in_it(self, pdf, site):
        content = "\n".join(pdf.texts) + "\n".join(str(target) for _, target in pdf.annotations())
        assert str(ROOT) not in content
        assert not re.search(r"\bfile:", content)


def test_pdf_says_in_one_line_what_is_missing(site, tmp_path, monkeypatch):
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    with pytest.raises(SystemExit) as told:
        printer.main(tmp_path)
    assert str(told.value) == f"pdf: no Chromium; {browsing.HOW_TO_GET}"


@pytest.mark.parametrize("tool", [printer, maker])
def test_documents_are_made_of_the_book_itself_only(tool, tmp_path, monkeypatch):
    monkeypatch.setenv("FOCUS", "UZB")
    with pytest.raises(SystemExit, match="^.*FOCUS.*$"):
        tool.main(tmp_path)


# --- EPUB -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bound(site, tmp_path_factory) -> tuple[Path, str]:
    """The e-book made and checked once, and what was said of it."""
    out = tmp_path_factory.mktemp("epub")
    done = made("epub", out)
    assert (out / "book.epub").exists(), done.stdout[-3000:] + done.stderr[-3000:]
    return out / "book.epub", done.stdout


@pytest.fixture(scope="module")
def ebook(bound):
    """The files in the e-book."""
    with zipfile.ZipFile(bound[0]) as archive:
        yield archive


@pytest.mark.slow
@pytest.mark.xdist_group("epub")
class TestEpub:
    """The e-book."""

    def test_epubcheck_finds_no_fault(self, bound):
        if missing := maker.not_checked():
            not_run("EPUB was not checked", missing)
        assert bound[1].endswith("\nepub: EPUBCheck found 0 faults\n"), bound[1][-3000:]

    def test_it_says_what_it_is(self, ebook):
        package = etree.fromstring(ebook.read("content.opf"))
        work = citing.work()
        assert package.findtext(f".//{CORE}title") == work.title
        assert package.findtext(f".//{CORE}creator") == ", ".join(work.authors)
        assert package.findtext(f".//{CORE}language") == work.language
        assert package.findtext(f".//{CORE}rights") == work.licence
        assert package.findtext(f".//{CORE}date") == work.released.isoformat()
        assert package.find(f".//{CORE}contributor") is None

    def test_it_opens_with_a_cover_that_shelves_can_show(self, ebook):
        package = etree.fromstring(ebook.read("content.opf"))
        (cover,) = package.xpath("//*[@properties='cover-image']")
        picture = Image.open(io.BytesIO(ebook.read(cover.get("href")))).convert("RGB")
        assert picture.size == coverpicture.SIZE
        assert len(picture.resize((160, 240)).getcolors(100_000)) > 20, "a globe and words, not a plain sheet"
        first = package.xpath("//*[local-name()='itemref']/@idref")[0]
        page = etree.fromstring(ebook.read(package.xpath("//*[@id=$id]/@href", id=first)[0]))
        (shown,) = page.xpath("//*[local-name()='img']")
        assert shown.get("src") == cover.get("href")
        assert citing.work().title in shown.get("alt")
        assert page.xpath("string(//*[local-name()='title'])") == citing.work().title

    def test_it_holds_every_page_and_figure(self, ebook, site):
        names = set(ebook.namelist())
        assert {f"{name}.xhtml" for name in docnames()} <= names
        drawn = {
            Path(source).name
            for name in docnames()
            for source in article(site / f"{name}.html").xpath(".//img[@class='mv-picture mv-light']/@src")
        }
        assert drawn <= {Path(name).name for name in names}

    def test_it_holds_no_scripts_code_or_forms(self, ebook):
        assert not [name for name in ebook.namelist() if name.endswith(".js")]
        for name in docnames():
            page = etree.fromstring(ebook.read(f"{name}.xhtml"))
            found = [etree.QName(one).localname for one in page.iter() if isinstance(one.tag, str)]
            assert not {"script", "form", "button", "svg"} & set(found), name
            assert "Desk(FOCUS)" not in "".join(page.itertext()), name

    def test_nothing_of_this_machine_is_in_it(self, ebook):
        for entry in ebook.infolist():
            assert entry.date_time == (1980, 1, 1, 0, 0, 0)
            assert str(ROOT).encode() not in ebook.read(entry), entry.filename


def test_missing_checker_is_named(monkeypatch):
    monkeypatch.setattr(maker.shutil, "which", lambda name: None)
    monkeypatch.setattr(maker.importlib.util, "find_spec", lambda name: name)
    assert maker.not_checked() == f"no Java; {maker.HOW_TO_GET}"
    monkeypatch.setattr(maker.importlib.util, "find_spec", lambda name: None)
    assert "make install-test" in maker.not_checked()
