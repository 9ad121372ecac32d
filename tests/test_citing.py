"""Citations say the same in every format, and what they say is what CITATION.cff says."""

from __future__ import annotations

import json
import os
import re
from functools import cache
from importlib import resources
from types import SimpleNamespace

import bibtexparser
import jsonschema
import pytest
import rispy
import yaml
from citeproc.source.json import CiteProcJSON
from lxml import html
from pybtex.database import parse_string

from multivector import anchors, bibtex, citing, paths, sources, tables
from multivector.errors import BookError
from multivector.sphinx_ext import citations

BASE = "https://book.example/sub"
PARTS = [
    citing.book(),
    citing.Part("chapter", "war", "War, sanctions & the “neighbour” question", "chapters/war"),
    citing.Part("claim", "C-46", "Up to 20% of the people are {Slavs}_#$~^\\.", "chapters/claims"),
    citing.Part("quote", "Q-12", "Қазақстан wants “peace” <now>", "chapters/quotes"),
    citing.Part("figure", "fig-war-trade", "Trade rose by 10%", "chapters/war"),
    citing.Part("table", "tab-war-trade", "Trade & transit", "chapters/war"),
    citing.Part("dataset", "table-macro", "Prices", "chapters/data"),
]
EVERY = pytest.mark.parametrize("part", PARTS, ids=lambda part: part.id)
WITH_AND_WITHOUT = pytest.mark.parametrize("base", ["", BASE], ids=["no-address", "address"])


def expected(part: citing.Part, base: str) -> dict:
    return {
        "authors": list(citing.work().authors),
        "title": part.title.removesuffix("."),
        "container": "" if part.kind == "book" else citing.work().title,
        "year": str(citing.work().released.year),
        "url": citing.address(part, base),
    }


# --- CITATION.cff -----------------------------------------------------------------------------------------------


def cff_schema() -> dict:
    """The rules of Citation File Format 1.2.0 for the fields that this book uses; any other field is an error."""
    entity = {
        "type": "object",
        "required": ["name"],
        "additionalProperties": False,
        "properties": {"name": {"type": "string", "minLength": 1}},
    }
    day = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
    common = {
        "title": {"type": "string", "minLength": 1},
        "authors": {"type": "array", "minItems": 1, "uniqueItems": True, "items": entity},
        "version": {"type": "string"},
        "date-released": day,
        "license": {"enum": ["CC-BY-4.0", "MIT"]},
        "abstract": {"type": "string"},
        "keywords": {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"type": "string"}},
    }
    reference = {
        **common,
        "type": {"enum": ["book", "report"]},
        "year": {"type": "integer"},
        "month": {"type": "integer", "minimum": 1, "maximum": 12},
        "languages": {"type": "array", "items": {"type": "string", "pattern": "^[a-z]{2,3}$"}},
    }
    root = {
        **common,
        "cff-version": {"const": "1.2.0"},
        "message": {"type": "string", "minLength": 1},
        "type": {"enum": ["software", "dataset"]},
        "preferred-citation": {
            "type": "object",
            "required": ["authors", "title", "type"],
            "additionalProperties": False,
            "properties": reference,
        },
    }
    required = ["authors", "cff-version", "message", "title"]
    return {"type": "object", "required": required, "additionalProperties": False, "properties": root}


def test_citation_file_is_valid():
    record = yaml.safe_load(paths.CITATION.read_text("utf-8"))
    jsonschema.validate(record, cff_schema())


def test_citation_file_says_the_same_twice():
    record = yaml.safe_load(paths.CITATION.read_text("utf-8"))
    preferred = record["preferred-citation"]
    for field in ("title", "authors", "version", "date-released"):
        assert record[field] == preferred[field], field
    assert f"{preferred['year']}-{preferred['month']:02}" == preferred["date-released"][:7]
    assert not re.search(r"doi|zenodo|https?://", paths.CITATION.read_text("utf-8"), re.I)


def test_version_is_the_same_everywhere():
    import multivector

    assert citing.work().version == multivector.__version__ == tables.package()["version"]


def test_broken_citation_file_is_told_in_one_line(tmp_path, monkeypatch):
    for text, word in (("title: [", "repair"), ("title: x", "preferred-citation"), (None, "missing")):
        file = tmp_path / "CITATION.cff"
        file.unlink(missing_ok=True)
        if text:
            file.write_text(text, "utf-8")
        monkeypatch.setattr(paths, "CITATION", file)
        with pytest.raises(BookError, match=word) as fault:
            citing.work.__wrapped__()
        assert "\n" not in str(fault.value)


# --- formats, each read back by two parsers -----------------------------------------------------------------------


def unbraced(text: str) -> str:
    """TeX to text, where braces that are part of the text are escaped."""
    text = re.sub(r"(?<!\\)[{}]", "", text.replace(r"\textbackslash{}", "\ue003").replace(r"\textasciitilde{}", "~"))
    text = text.replace(r"\textasciicircum", "^")
    return re.sub(r"\\([{}&%$#_])", r"\1", text).replace("\ue003", "\\")


def by_pybtex(text: str) -> dict:
    (entry,) = parse_string(text, "bibtex").entries.values()
    return {
        "authors": [unbraced(str(person)) for person in entry.persons["author"]],
        "title": unbraced(entry.fields["title"]),
        "container": unbraced(entry.fields.get("booktitle", "")),
        "year": entry.fields["year"],
        "url": entry.fields.get("url", ""),
    }


def by_bibtexparser(text: str) -> dict:
    library = bibtexparser.parse_string(text)
    assert not library.failed_blocks
    (entry,) = library.entries
    fields = {field.key: str(field.value) for field in entry.fields}
    return {
        "authors": [unbraced(name) for name in fields["author"].split(" and ")],
        "title": unbraced(fields["title"]),
        "container": unbraced(fields.get("booktitle", "")),
        "year": fields["year"],
        "url": fields.get("url", ""),
    }


@EVERY
@WITH_AND_WITHOUT
@pytest.mark.parametrize("reader", [by_pybtex, by_bibtexparser])
def test_bibtex_reads_back(part, base, reader):
    assert reader(citing.bibtex_text(part, base)) == expected(part, base)


def by_rispy(text: str) -> dict:
    (entry,) = rispy.loads(text)
    return {
        "authors": entry["authors"],
        "title": entry["title"],
        "container": entry.get("secondary_title", ""),
        "year": entry["year"],
        "url": entry["urls"][0] if "urls" in entry else "",
    }


def by_strict_reader(text: str) -> dict:
    """RIS as its specification has it: two characters, two blanks, a dash, a blank; TY first, ER last."""
    lines = text.split("\r\n")
    assert lines.pop() == ""
    found: dict[str, list[str]] = {}
    for line in lines:
        match = re.fullmatch(r"([A-Z][A-Z0-9])  - (.*)", line)
        assert match, line
        found.setdefault(match[1], []).append(match[2])
    assert lines[0].startswith("TY  - ")
    assert lines[-1] == "ER  - "
    return {
        "authors": found["AU"],
        "title": found["TI"][0],
        "container": found.get("T2", [""])[0],
        "year": found["PY"][0],
        "url": found.get("UR", [""])[0],
    }


@EVERY
@WITH_AND_WITHOUT
@pytest.mark.parametrize("reader", [by_rispy, by_strict_reader])
def test_ris_reads_back(part, base, reader):
    assert reader(citing.ris_text(part, base)) == expected(part, base)


def official(name: str) -> set[str]:
    """Names that the Citation Style Language defines, from the schema that the processor ships."""
    file = resources.files("citeproc") / "data" / "schema" / "schemas" / "styles" / f"csl-{name}.rnc"
    return set(re.findall(r'"([a-z][\w-]*|[A-Z]+)"', file.read_text("utf-8")))


@cache
def csl_validator() -> jsonschema.Draft202012Validator:
    """Checks an item: only types and variables of the language, and the shapes of names and dates."""
    names = {"type": "array", "items": {"type": "object", "required": ["literal"], "additionalProperties": False}}
    names["items"]["properties"] = {"literal": {"type": "string"}}
    part = {"type": "array", "minItems": 1, "maxItems": 3, "items": {"type": "integer"}}
    issued = {
        "type": "object",
        "required": ["date-parts"],
        "properties": {"date-parts": {"type": "array", "items": part, "maxItems": 2}},
    }
    properties = {name: {} for name in official("variables") | {"language"}}
    properties |= {name: {"type": "string"} for name in ("id", "title", "container-title", "genre", "version", "URL")}
    properties |= {"type": {"enum": sorted(official("types"))}, "author": names, "issued": issued}
    return jsonschema.Draft202012Validator(
        {"type": "object", "required": ["id", "type"], "additionalProperties": False, "properties": properties}
    )


def by_json(text: str) -> dict:
    (entry,) = json.loads(text)
    csl_validator().validate(entry)
    return {
        "authors": [author["literal"] for author in entry["author"]],
        "title": entry["title"],
        "container": entry.get("container-title", ""),
        "year": str(entry["issued"]["date-parts"][0][0]),
        "url": entry.get("URL", ""),
    }


def by_citeproc(text: str) -> dict:
    data = json.loads(text)
    entry = CiteProcJSON(data)[data[0]["id"].lower()]
    return {
        "authors": [str(name.literal) for name in entry["author"]],
        "title": str(entry["title"]),
        "container": str(entry.get("container_title", "")),
        "year": str(entry["issued"].year),
        "url": str(entry.get("URL", "")),
    }


@EVERY
@WITH_AND_WITHOUT
@pytest.mark.parametrize("reader", [by_json, by_citeproc])
def test_csl_json_reads_back(part, base, reader):
    assert reader(citing.csl_text(part, base)) == expected(part, base)


@EVERY
@pytest.mark.parametrize("style", list(citing.STYLES))
def test_texts_hold_author_year_title_and_id(part, style):
    text = citing.plain(part, style, BASE)
    assert text.startswith(citing.work().authors[0])
    assert "2026" in text
    assert citing.address(part, BASE) in text
    assert citing.work().version in text
    start = re.sub(r"\W", "", part.title)[:10].lower()
    assert start in re.sub(r"\W", "", text).lower()
    if part.label:
        assert part.id in text
    assert "http" not in citing.plain(part, style)


def test_markup_in_titles_is_escaped():
    part = citing.Part("figure", "fig-x-y", "A <b> & c", "chapters/x")
    for style in citing.STYLES:
        assert "&lt;b&gt; &amp; c" in citing.formatted(part, style).lower()


def test_texts_are_those_of_the_official_styles():
    apa, chicago = (citing.plain(PARTS[1], style) for style in citing.STYLES)
    title = citing.work().title
    assert apa == (
        "Contributors to Kazakhstan between vectors. (2026). War, sanctions & the “neighbour” question. "
        f"In {title} (Version 1.0.0)."
    )
    assert chicago.startswith(
        "Contributors to Kazakhstan between vectors. 2026. “War, Sanctions & the ‘neighbour’ Question”. In "
    )


def test_bibtex_leaves_addresses_alone():
    text = bibtex.entry("misc", "k", {"title": "a_b", "url": "https://x.example/a_b#c%20d", "note": ""})
    assert r"title = {{a\_b}}" in text
    assert "url = {https://x.example/a_b#c%20d}" in text
    assert "note" not in text


# --- address and edition ----------------------------------------------------------------------------------------


def test_address_comes_from_environment_then_configuration(monkeypatch):
    monkeypatch.delenv("BOOK_URL", raising=False)
    assert citing.book_url() == ""
    assert citing.book_url("https://a.example/") == "https://a.example"
    monkeypatch.setenv("BOOK_URL", "https://b.example/c/")
    assert citing.book_url("https://a.example/") == "https://b.example/c"


@EVERY
def test_without_address_nothing_is_absolute(part):
    head = citations.head_tags(part, "About.", "")
    own = re.sub(r"https://(schema\.org|spdx\.org|creativecommons\.org)\S*|http://purl\.org\S*", "", head)
    assert not re.search(r"https?://", own)
    for text in citing.file_texts(part).values():
        assert not re.search(r"https?://", text)


def test_edition_never_asks_the_clock(monkeypatch):
    monkeypatch.setattr(citing, "_commit", lambda: ("abc", "2026-01-02"))
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert citing.edition().built == "2026-01-02"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert citing.edition().built == "1970-01-01"
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    monkeypatch.setattr(citing, "_commit", lambda: ("", ""))
    assert citing.edition().built == citing.work().released.isoformat()
    assert citing.edition().data == tables.digest()[:12]


def test_footer_names_version_commit_data_and_date():
    footer = citations.edition_footer(citing.Edition("1.0.0", "abc123", "def456", "2026-11-25"))
    for part in ("Version 1.0.0", "abc123", "def456", "25 November 2026"):
        assert part in footer
    assert "commit" not in citations.edition_footer(citing.Edition("1.0.0", "", "def456", "2026-11-25"))


# --- metadata ---------------------------------------------------------------------------------------------------


@EVERY
@WITH_AND_WITHOUT
def test_json_ld_parses_and_has_known_types(part, base):
    head = html.fromstring(f"<div>{citations.head_tags(part, 'About </script>.', base)}</div>")
    (script,) = head.xpath("//script[@type='application/ld+json']")
    data = json.loads(script.text)
    found = set(re.findall(r'"@type": "(\w+)"', json.dumps(data)))
    assert found <= {"Book", "Chapter", "Dataset", "Organization"}
    assert data["@context"] == "https://schema.org"
    assert ("url" in data["@graph"][0]) is bool(base)


@WITH_AND_WITHOUT
def test_highwire_tags_name_the_book_of_a_chapter(base):
    tags = dict(citations.highwire(PARTS[1], base))
    assert tags["citation_title"] == PARTS[1].title
    assert tags["citation_inbook_title"] == citing.work().title
    assert tags["citation_publication_date"] == "2026/11/25"
    assert tags["citation_public_url"] == (f"{BASE}/chapters/war.html" if base else "")


def test_cite_box_offers_every_format():
    box = html.fromstring(citations.cite_box(PARTS[1], BASE))
    assert box.find("summary").text == "Cite this chapter"
    assert [button.get("data-copy") for button in box.iter("button")] == [
        f"cite-{name}" for name in ("apa", "chicago", "bibtex", "ris", "csl-json")
    ]
    for button in box.iter("button"):
        assert box.get_element_by_id(button.get("data-copy")).text_content().strip()
    assert not box.xpath("//@onclick")


def test_cite_link_serves_a_part():
    link = html.fromstring(citing.cite_link("C-46", "..", title="A title", docname="chapters/claims", base=BASE))
    assert [a.get("href") for a in link.iter("a")] == [f"../citations/C-46.{suffix}" for suffix in citing.FORMATS]
    assert f"{BASE}/chapters/claims.html#C-46" in link.text_content()
    with pytest.raises(BookError, match="no id"):
        citing.cite_link("X-1", "..")


# --- sources ----------------------------------------------------------------------------------------------------


def test_references_file_is_current():
    assert paths.REFERENCES.read_text("utf-8") == sources.bibtex(), "run `python -m multivector references`"


def test_references_file_holds_every_source_for_two_parsers():
    text = sources.bibtex()
    known = {source.source_id: source for source in sources.every()}
    library = bibtexparser.parse_string(text)
    assert not library.failed_blocks
    database = parse_string(text, "bibtex")
    assert {entry.key for entry in library.entries} == set(database.entries) == set(known)
    for key, entry in database.entries.items():
        assert unbraced(entry.fields["title"]) == known[key].title
        assert entry.fields.get("url", "") == known[key].url


def test_every_source_has_a_short_and_a_full_citation():
    for source in sources.every():
        assert source.publisher in sources.short(source.source_id)
        assert source.title in sources.full(source.source_id)
        assert source.grade in sources.GRADES
    with pytest.raises(BookError, match="no source 'S9999'"):
        sources.full("S9999")


def test_ids_are_in_natural_order():
    assert sources.ordered(["S100", "S88", "D01", "S9", "S88"]) == ["D01", "S9", "S88", "S100"]


def test_what_a_page_used_has_references_and_data_versions():
    recorded = {"chapters/x": {"sources": ["S88", "D07"], "tables": ["states"]}}
    behind = sources.cite_what_you_used("chapters/x", recorded)
    assert list(behind["references"]) == ["D07", "S88"]
    assert behind["tables"]["states"]["sha256"] == tables.resource("states")["hash"][7:]
    assert behind["data"]["digest"] == tables.digest()
    with pytest.raises(BookError, match="chapters/y"):
        sources.cite_what_you_used("chapters/y", recorded)


def test_register_entry_says_what_a_source_is_used_for():
    source = next(source for source in sources.every() if source.source_id == "D18")
    entry = html.fromstring(citations.register_entry(source, [("chapters/war", "War & peace")]))
    assert entry.get("id") == "D18"
    text = entry.text_content()
    assert "states" in text
    assert "cited in War & peace" in text
    assert source.grade in text


def test_tables_read_by_a_page_are_recorded():
    app = SimpleNamespace(env=SimpleNamespace(multivector_tables={}))
    citations.note_tables(app, "chapters/x", ['tables.load("states")\ndesk("no.such_finding")'])
    assert app.env.multivector_tables == {"chapters/x": {"states"}}


# --- anchors ----------------------------------------------------------------------------------------------------

PAGE = (
    "<html><body><article><section id='a-heading'><h1>A</h1><figure id='fig-x-y'></figure><p id='C-01'></p>"
    "<p id='id3'></p><section id='id4'></section><p class='moved' id='C-02'></p></section></article></body></html>"
)


def make_site(tmp_path, content: str = PAGE):
    (tmp_path / "site" / "chapters").mkdir(parents=True, exist_ok=True)
    (tmp_path / "site" / "chapters" / "x.html").write_text(content, "utf-8")
    return tmp_path / "site"


def test_anchors_of_a_page(tmp_path):
    found = {anchor.address: anchor.kind for anchor in anchors.collect(make_site(tmp_path))}
    assert found == {
        "chapters/x.html": "chapter",
        "chapters/x.html#a-heading": "heading",
        "chapters/x.html#fig-x-y": "figure",
        "chapters/x.html#C-01": "claim",
    }


def test_an_anchor_never_leaves_the_lock(tmp_path):
    site, lock = make_site(tmp_path), tmp_path / "anchors.lock"
    assert anchors.update(site, lock) == []
    make_site(tmp_path, PAGE.replace("fig-x-y", "fig-x-z"))
    faults = anchors.update(site, lock)
    assert len(faults) == 1
    assert "fig-x-y" in faults[0]
    moved = lock.read_text("utf-8").replace("#fig-x-y figure", "#fig-x-y figure -> chapters/x.html#fig-x-z")
    lock.write_text(moved, "utf-8")
    assert anchors.update(site, lock) == []
    assert lock.read_text("utf-8") == moved
    assert anchors.check(site, lock) == []
    assert [anchor.target for anchor in anchors.moved_from("chapters/x.html", anchors.read(lock))] == [
        "chapters/x.html#fig-x-z"
    ]


def test_a_redirect_must_lead_somewhere(tmp_path):
    site, lock = make_site(tmp_path), tmp_path / "anchors.lock"
    lock.write_text("chapters/old.html chapter -> chapters/none.html\n", "utf-8")
    assert "which is not there" in anchors.lost(anchors.read(lock), anchors.collect(site))[0]
    lock.write_text("a line of another form\n", "utf-8")
    with pytest.raises(BookError, match="line 1"):
        anchors.read(lock)


def test_pages_that_left_forward_their_readers():
    locked = [anchors.Anchor("chapters/old.html", "chapter", "chapters/new.html")]
    assert citations.left_pages({"chapters/new"}, locked) == {"chapters/old.html": "chapters/new.html"}
    page = html.document_fromstring(citations.forwarding_page("../chapters/new.html"))
    assert page.find(".//a").get("href") == "../chapters/new.html"
    assert not page.xpath("//script")


# --- the built site ---------------------------------------------------------------------------------------------


def content_pages(site) -> dict:
    """Pages with content, by name; a page that only leads on has no article."""
    pages = {page.stem: page for page in [site / "intro.html", *sorted((site / "chapters").glob("*.html"))]}
    parsed = {name: html.document_fromstring(page.read_bytes()) for name, page in pages.items()}
    return {name: content for name, content in parsed.items() if content.find(".//article") is not None}


def test_no_published_address_is_lost(site):
    assert anchors.check(site) == []


def test_every_page_and_every_part_has_its_files(site):
    folder = site / citing.FOLDER
    names = {file.stem for file in folder.iterdir()} - {"used"}
    for name in sorted(names):
        texts = {suffix: (folder / f"{name}.{suffix}").read_bytes().decode() for suffix in citing.FORMATS}
        read = [by_pybtex(texts["bib"]), by_bibtexparser(texts["bib"]), by_rispy(texts["ris"])]
        read += [by_strict_reader(texts["ris"]), by_json(texts["json"]), by_citeproc(texts["json"])]
        assert all(found == read[0] for found in read), name
    assert set(content_pages(site)) <= names
    assert {f"C-{number:02}" for number in range(1, 81)} <= names


def test_every_page_has_box_metadata_and_edition(site):
    for name, content in content_pages(site).items():
        assert len(content.xpath("//details[@id='cite']")) == 1, name
        assert content.xpath("//meta[@name='citation_title']/@content"), name
        assert content.xpath("//*[contains(@class, 'mv-edition')]"), name
        for script in content.xpath("//script[@type='application/ld+json']"):
            json.loads(script.text)


def test_no_placeholder_addresses_in_the_site(site):
    bad = re.compile(r"example\.(org|com)|10\.5281/zenodo\.X|YOUR[-_]|Project name not set", re.I)
    for file in [*site.glob("*.html"), *site.glob("chapters/*.html"), *site.glob("citations/*")]:
        found = bad.search(file.read_text("utf-8"))
        assert not found, f"{file.name}: {found}"
    if not os.environ.get("BOOK_URL"):
        assert not (site / "sitemap.xml").exists()
        for file in site.glob("chapters/*.html"):
            assert 'rel="canonical"' not in file.read_text("utf-8"), file.name


def test_address_switches_on_absolute_links(project):
    project.only_pages("chapters/citing", "chapters/sources", "chapters/claims", "chapters/quotes", "chapters/data")
    done = project.book(BOOK_URL=BASE)
    assert done.returncode == 0, done.stderr[-2000:]
    site = project.root / "_build" / "html"
    page = html.document_fromstring((site / "chapters" / "claims.html").read_bytes())
    assert page.xpath("//link[@rel='canonical']/@href") == [f"{BASE}/chapters/claims.html"]
    assert page.xpath("//meta[@property='og:image']/@content")[0].startswith(f"{BASE}/files/fig-")
    assert f"<loc>{BASE}/chapters/claims.html</loc>" in (site / "sitemap.xml").read_text("utf-8")
    for name in ("C-46", "claims"):
        assert by_json((site / "citations" / f"{name}.json").read_text("utf-8"))["url"].startswith(BASE)
