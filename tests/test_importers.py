"""Real reference programs read every citation file of the built site, and what matters is still there.

Each program reads all files of the formats that it knows: Zotero's importers and citation-js (BibTeX, RIS, CSL-JSON),
pandoc (biblatex, CSL-JSON, where its version can RIS), biber with its data model; citeproc-js prints from the CSL-JSON.
What parsers of Python read stands in `test_citing.py`. Asked for are title with id and verdict, author, book, version, year and address.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import unicodedata
from html import unescape
from pathlib import Path

import importers
import pytest
from lxml import html

from multivector.cite import citing, formats, sources, styles
from multivector.ledger import claims

FORMATS = {"biblatex": "bib", "ris": "ris", "csljson": "json"}
BASE = "https://book.example/kz"
FIELDS = ("author", "title", "container", "version", "year", "address")


@pytest.fixture(scope="module")
def files(site) -> dict[str, dict[str, str]]:
    """The citation files of every part, by suffix and id."""
    folder = site / citing.FOLDER
    names = sorted(file.stem for file in folder.glob("*.bib"))
    return {
        suffix: {name: (folder / f"{name}.{suffix}").read_bytes().decode() for name in names}
        for suffix in citing.FORMATS
    }


def written(item: dict) -> dict[str, str]:
    """The citation files of an item, by suffix, as the writers of the book make them."""
    plain_item = item | {"title": citing.plain_title(item)}
    return {
        "bib": formats.bibtex(plain_item, old_dates=True),
        "ris": formats.ris(plain_item),
        "json": json.dumps([item], ensure_ascii=False, indent=2) + "\n",
    }


@pytest.fixture(scope="module")
def addressed(files) -> dict[str, dict[str, str]]:
    """The same files as they are where the book has an address."""
    items = {name: json.loads(text)[0] for name, text in files["json"].items()}
    texts = {name: written(item | {"URL": item.get("URL", f"{BASE}/page.html#{name}")}) for name, item in items.items()}
    return {suffix: {name: texts[name][suffix] for name in texts} for suffix in citing.FORMATS}


@pytest.fixture(scope="module")
def expected(addressed) -> dict[str, dict]:
    """What every program must find, by id: read from the CSL-JSON with nothing but the JSON parser."""
    return {name: told(json.loads(text)[0]) for name, text in addressed["json"].items()}


def told(item: dict) -> dict:
    """The fields asked for, out of a CSL-JSON item."""
    return {
        "author": [one.get("literal") or one.get("family", "") for one in item["author"]],
        "title": plain(item["title"]),
        "container": plain(item.get("container-title", "")),
        "version": item.get("edition", ""),
        "year": str(item["issued"]["date-parts"][0][0]),
        "address": item.get("URL", ""),
    }


def plain(text: str) -> str:
    """Text without markup, in one form of letters, quotation marks and apostrophes."""
    text = unicodedata.normalize("NFC", re.sub(r"</?(span|i|em)[^>]*>", "", text))
    return " ".join(text.translate(str.maketrans("“”‘’", "\"\"''")).split())


def without(reason: str):
    """Leave a program out, loudly; where every check must run, fail."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def pandoc(text: str, *options: str) -> str:
    command = [styles._program(), "--wrap=none", *options]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True, timeout=120)
    return done.stdout


def node(asked: dict):
    if reason := importers.missing():
        without(f"citation-js and citeproc-js did not run: {reason}")
    script = Path(__file__).with_name("importers.cjs")
    command = ["node", str(script), str(importers.FOLDER)]
    done = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def test_published_files_are_those_of_the_writers(files):
    for name, text in files["json"].items():
        assert written(json.loads(text)[0]) == {suffix: files[suffix][name] for suffix in citing.FORMATS}, name


# --- fields ----------------------------------------------------------------------------------------------------------


def differing(found: dict[str, dict], expected: dict[str, dict], fields=FIELDS) -> list[str]:
    """One line for each field of a part that a program did not keep."""
    return [
        f"{name}: {field}: {found[name][field]!r}; expected {expected[name][field]!r}"
        for name in expected
        for field in fields
        if found[name][field] != expected[name][field]
    ]


@pytest.mark.parametrize("form", FORMATS)
def test_pandoc_keeps_what_matters(addressed, expected, form):
    found = {}
    if form == "csljson":
        whole = json.dumps([json.loads(text)[0] for text in addressed["json"].values()])
    else:
        whole = "\n".join(addressed[FORMATS[form]].values())
    read = json.loads(pandoc(whole, f"--from={form}", "--to=csljson"))
    assert len(read) == len(expected)
    for name, item in zip(expected, read if form != "biblatex" else sorted_like(read, addressed["json"]), strict=True):
        found[name] = told(item)
    fields = FIELDS if form != "ris" else tuple(field for field in FIELDS if field != "author")
    assert differing(found, expected, fields) == []
    if form == "ris":  # pandoc takes every author of a RIS file for a person
        assert all(found[name]["author"] for name in found)


def sorted_like(read: list[dict], texts: dict[str, str]) -> list[dict]:
    """The items in the order of the files, by their keys."""
    by_key = {item["id"]: item for item in read}
    return [by_key[json.loads(text)[0]["id"]] for text in texts.values()]


@pytest.mark.parametrize("suffix", citing.FORMATS)
def test_citation_js_keeps_what_matters(addressed, expected, suffix):
    items = node({"by": "citation", "what": list(addressed[suffix].values())})
    found = {name: told(item) for name, item in zip(expected, items, strict=True)}
    assert differing(found, expected) == []


def by_zotero(texts: list[str], suffix: str) -> list[dict]:
    """The items that Zotero makes of the files, all given to it as one; notes aside."""
    whole = json.dumps([json.loads(text)[0] for text in texts]) if suffix == "json" else "\n".join(texts)
    items = node({"by": "zotero", "what": whole})
    return [item for item in items if item["itemType"] not in ("note", "attachment")]


def made_by(item: dict, kind: str = "author") -> list[str]:
    """Names of the makers of one kind in an item of Zotero's: an institution whole, of a person the family name."""
    return [one.get("name") or one["lastName"] for one in item["creators"] if one["creatorType"] == kind]


@pytest.mark.parametrize("suffix", citing.FORMATS)
def test_zotero_keeps_what_matters(addressed, expected, suffix):
    items = by_zotero(list(addressed[suffix].values()), suffix)
    assert {item["itemType"] for item in items} == {"book", "bookSection"}
    found = {
        name: {
            "author": made_by(item),
            "title": plain(item["title"]),
            "container": plain(item.get("bookTitle", "")),
            "version": item["edition"],
            "year": re.search(r"\d{4}", item["date"])[0],
            "address": item["url"],
        }
        for name, item in zip(expected, items, strict=True)
    }
    assert differing(found, expected) == []
    for item, text in zip(items, addressed["json"].values(), strict=True):
        assert made_by(item, "editor") == [one["literal"] for one in json.loads(text)[0].get("editor", ())]


# --- meaning ---------------------------------------------------------------------------------------------------------


def test_title_of_a_claim_names_id_verdict_and_day(expected):
    for claim in claims.ledger():
        title = expected[claim.claim_id]["title"]
        assert title.startswith(f"Claim {claim.claim_id} (")
        assert f"{claim.verdict_text.lower()} as of 8 June 2023" in title
        assert expected[claim.claim_id]["version"] == f"Version {citing.work().version}"


def test_a_quote_is_its_authors(expected):
    quoted = [name for name in expected if name.startswith("Q-")]
    assert len(quoted) > 60
    for name in quoted:
        assert expected[name]["author"] == [sources.get(claims.ARTICLE).outlet]
        assert "paragraph" in expected[name]["title"]
        assert expected[name]["container"] == plain(citing.work().title)


def test_figures_name_who_provides_their_data(expected):
    drawn = [name for name in expected if name.startswith(("fig-", "tab-"))]
    assert len(drawn) > 60
    assert [name for name in drawn if "(data: " not in expected[name]["title"]] == []


def warnings_of_biber(text: str) -> list[str]:
    """What biber says against the entries by biblatex's data model, as ``entry: message``."""
    if not shutil.which("biber"):
        without("biber did not check the entries: no biber; install it with `apt-get install biber`")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "all.bib").write_text(text, "utf-8")
        command = ["biber", "--tool", "--validate-datamodel", "--nolog", "all.bib"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout[-2000:]
    found = re.findall(r"WARN - (?:Datamodel: )?Entry '([^']+)' \([^)]*\): (.*)", done.stdout)
    assert len(found) == done.stdout.count("WARN - "), done.stdout[-2000:]
    return [f"{key}: {message}" for key, message in found]


UNKNOWN_TO_ZOTERO = {"bib": {"dataset"}, "ris": set(), "json": {"document", "software"}}
"""Types of CSL of which its importers of 2019 know nothing yet."""


@pytest.mark.parametrize("suffix", citing.FORMATS)
def test_zotero_takes_the_bibliography(suffix):
    works = [source for source in sources.works() if source.csl_type not in UNKNOWN_TO_ZOTERO[suffix]]
    items = by_zotero([sources.file_texts([source])[suffix] for source in works], suffix)
    for source, item in zip(works, items, strict=True):
        wanted = sources.item(source)
        titles = [item.get(field) for field in ("title", "nameOfAct", "caseName")]
        assert plain(wanted["title"]) in [plain(title) for title in titles if title], source.source_id
        address = item.get("url", "").replace("–", "--")  # it takes two hyphens for TeX's dash,
        assert address in (source.address, unescape(source.address))  # and an address for HTML
        named = [one.get("literal") or one["family"] for one in wanted.get("author", ())]
        assert [one.get("name") or one["lastName"] for one in item["creators"]] in (named, named or [source.outlet])


# --- biber -----------------------------------------------------------------------------------------------------------


def test_biber_finds_nothing_in_the_parts_but_that_they_have_no_editor(files):
    found = warnings_of_biber("\n".join(files["bib"].values()))
    assert [line for line in found if "Missing mandatory field 'editor'" not in line] == []


def test_biber_finds_nothing_in_the_bibliography():
    assert warnings_of_biber(sources.bibtex()) == []


def test_works_without_a_date_are_printed_as_such():
    """The year that is not known, which biblatex asks for, is read as none by whoever prints the bibliography."""
    undated = {source.source_id for source in sources.works() if not source.published}
    items = {item["id"]: item for item in json.loads(pandoc(sources.bibtex(), "--from=biblatex", "--to=csljson"))}
    assert undated
    assert {key for key, item in items.items() if "issued" not in item} == undated


def test_biber_sees_a_wrong_entry():
    wrong = "@article{x,\n  title = {A},\n  date = {last year}\n}\n"
    assert len(warnings_of_biber(wrong)) == 4


# --- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("style", list(citing.STYLES))
def test_shown_texts_are_those_of_pandoc(site, files, style):
    """The file of one claim, given to pandoc alone with the style as it is, prints what the site shows."""
    with tempfile.NamedTemporaryFile("w", suffix=".csl", encoding="utf-8") as csl:
        csl.write(styles._style(style))
        csl.flush()
        for name in ("C-01", "C-51", "Q-09", "fig-war-trade"):
            items = json.loads(files["json"][name])
            items[0]["issued"]["date-parts"] = [items[0]["issued"]["date-parts"][0][:1]]
            printed = pandoc(json.dumps(items), "--from=csljson", "--to=html", "--citeproc", f"--csl={csl.name}")
            text = html.fromstring(printed).text_content()
            assert " ".join(text.split()) in (site / citing.FOLDER / f"{name}.txt").read_text("utf-8")


@pytest.mark.parametrize("style", list(citing.STYLES))
def test_citeproc_js_prints_what_matters(addressed, expected, style):
    items = [json.loads(text)[0] for text in addressed["json"].values()]
    printed = node({"by": "citeproc", "what": {"items": items, "style": styles._style(style)}})
    for name, text in zip(expected, printed, strict=True):
        text = plain(html.fromstring(text).text_content())
        assert expected[name]["version"] in text, name
        assert expected[name]["address"] in text, name
        assert expected[name]["title"][:30].casefold() in text.casefold(), name
