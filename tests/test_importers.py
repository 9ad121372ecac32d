"""Real reference programs read every citation file of the built site, and what matters is still there.

Each program reads all files of the formats that it knows: Zotero's importers and citation-js (BibTeX, RIS, CSL-JSON),
pandoc (biblatex, CSL-JSON, where its version can RIS), biber with its data model; citeproc-js prints from the CSL-JSON.
What parsers of Python read stands in `test_citing.py`. Asked for are title with id and verdict, author, book, version, year and address.
"""

import json
import re
import shutil
import subprocess
import tempfile
import unicodedata
from collections.abc import Collection
from html import unescape
from pathlib import Path

import importers
import pytest
from lxml import html
from programs import not_run

from multivector.cite import citing, formats, sources, styles
from multivector.ledger import claims

pytestmark = pytest.mark.xdist_group("importers")

FORMATS = {"biblatex": "bib", "ris": "ris", "csljson": "json"}
BASE = "https://book.example/kz"
FIELDS = ("author", "title", "container", "version", "year", "address")
UNKNOWN_TO_ZOTERO = {"bib": {"dataset"}, "ris": set(), "json": {"document", "software"}}
"""Types of CSL of which its importers of 2019 know nothing yet."""


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


def pandoc(text: str, *options: str) -> str:
    command = [styles._program(), "--wrap=none", *options]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True, timeout=120)
    return done.stdout


def whole(texts: Collection[str], suffix: str) -> str:
    """Citation files of one form as one file."""
    return json.dumps([json.loads(text)[0] for text in texts]) if suffix == "json" else "\n".join(texts)


def known_to_zotero(suffix: str) -> list[sources.Source]:
    return [source for source in sources.works() if source.csl_type not in UNKNOWN_TO_ZOTERO[suffix]]


@pytest.fixture(scope="module")
def node(addressed) -> dict[tuple[str, str], list]:
    """What citation-js, citeproc-js and Zotero's importers make of the files; one start of Node answers all."""
    if reason := importers.missing():
        not_run("citation-js and citeproc-js did not run", reason)
    asked = {}
    for suffix, files in addressed.items():
        asked["citation", suffix] = list(files.values())
        asked["zotero", suffix] = whole(files.values(), suffix)
        asked["zotero", f"{suffix} of works"] = whole(
            [sources.file_texts([source])[suffix] for source in known_to_zotero(suffix)], suffix
        )
    items = [json.loads(text)[0] for text in addressed["json"].values()]
    for style in citing.STYLES:
        asked["citeproc", style] = {"items": items, "style": styles._style(style)}
    command = ["node", str(Path(__file__).with_name("importers.cjs")), str(importers.FOLDER)]
    questions = json.dumps([{"by": by, "what": what} for (by, _), what in asked.items()])
    done = subprocess.run(command, input=questions, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(zip(asked, json.loads(done.stdout), strict=True))


def test_published_files_are_those_of_the_writers(files):
    for name, text in files["json"].items():
        assert written(json.loads(text)[0]) == {suffix: files[suffix][name] for suffix in citing.FORMATS}, name


# --- fields ----------------------------------------------------------------------------------------------------------


def differing(found: dict[str, dict], expected: dict[str, dict]) -> list[str]:
    """One line for each field of a part that a program did not keep."""
    return [
        f"{name}: {field}: {found[name][field]!r}; expected {expected[name][field]!r}"
        for name in expected
        for field in FIELDS
        if found[name][field] != expected[name][field]
    ]


@pytest.mark.parametrize("form", FORMATS)
def test_pandoc_keeps_what_matters(addressed, expected, form):
    suffix = FORMATS[form]
    read = json.loads(pandoc(whole(addressed[suffix].values(), suffix), f"--from={form}", "--to=csljson"))
    if form == "biblatex":  # sorted by pandoc
        keys = [json.loads(text)[0]["id"] for text in addressed["json"].values()]
        read.sort(key=lambda item: keys.index(item["id"]))
    found = {name: told(item) for name, item in zip(expected, read, strict=True)}
    if form == "ris":  # pandoc takes every author of a RIS file for a person
        assert all(found[name]["author"] for name in found)
        found = {name: fields | {"author": expected[name]["author"]} for name, fields in found.items()}
    assert differing(found, expected) == []


@pytest.mark.parametrize("suffix", citing.FORMATS)
def test_citation_js_keeps_what_matters(node, expected, suffix):
    found = {name: told(item) for name, item in zip(expected, node["citation", suffix], strict=True)}
    assert differing(found, expected) == []


def without_notes(items: list[dict]) -> list[dict]:
    return [item for item in items if item["itemType"] not in ("note", "attachment")]


def made_by(item: dict, kind: str = "author") -> list[str]:
    """Names of the makers of one kind in an item of Zotero's: an institution whole, of a person the family name."""
    return [one.get("name") or one["lastName"] for one in item["creators"] if one["creatorType"] == kind]


@pytest.mark.parametrize("suffix", citing.FORMATS)
def test_zotero_keeps_what_matters(node, addressed, expected, suffix):
    items = without_notes(node["zotero", suffix])
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


@pytest.mark.parametrize("suffix", citing.FORMATS)
def test_zotero_takes_the_bibliography(node, suffix):
    items = without_notes(node["zotero", f"{suffix} of works"])
    for source, item in zip(known_to_zotero(suffix), items, strict=True):
        wanted = sources.item(source)
        titles = [item.get(field) for field in ("title", "nameOfAct", "caseName")]
        assert plain(wanted["title"]) in [plain(title) for title in titles if title], source.source_id
        address = item.get("url", "").replace("–", "--")  # it takes two hyphens for TeX's dash,
        assert address in (source.address, unescape(source.address))  # and an address for HTML
        named = [one.get("literal") or one["family"] for one in wanted.get("author", ())]
        assert [one.get("name") or one["lastName"] for one in item["creators"]] in (named, named or [source.outlet])


# --- biber -----------------------------------------------------------------------------------------------------------


def test_biber_finds_nothing_but_that_parts_have_no_editor_and_sees_a_wrong_entry(files, tmp_path):
    """By biblatex's data model, as ``entry: message``; the parts, the bibliography and the wrong entry in one run."""
    if not shutil.which("biber"):
        not_run("biber did not check the entries", "no biber; install it with `apt-get install biber`")
    wrong = "@article{wrong,\n  title = {A},\n  date = {last year}\n}\n"
    (tmp_path / "all.bib").write_text("\n".join([*files["bib"].values(), sources.bibtex(), wrong]), "utf-8")
    command = ["biber", "--tool", "--validate-datamodel", "--nolog", "all.bib"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout[-2000:]
    found = re.findall(r"WARN - (?:Datamodel: )?Entry '([^']+)' \([^)]*\): (.*)", done.stdout)
    assert len(found) == done.stdout.count("WARN - "), done.stdout[-2000:]
    works = {source.source_id for source in sources.works()}
    assert sum(key == "wrong" for key, _ in found) == 4
    others = [(key, message) for key, message in found if key != "wrong"]
    assert [one for one in others if one[0] in works or "Missing mandatory field 'editor'" not in one[1]] == []


def test_works_without_a_date_are_printed_as_such():
    """The year that is not known, which biblatex asks for, is read as none by whoever prints the bibliography."""
    undated = {source.source_id for source in sources.works() if not source.published}
    items = {item["id"]: item for item in json.loads(pandoc(sources.bibtex(), "--from=biblatex", "--to=csljson"))}
    assert undated
    assert {key for key, item in items.items() if "issued" not in item} == undated


# --- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("style", list(citing.STYLES))
def test_shown_texts_are_those_of_pandoc(site, files, style):
    """The file of one claim, given to pandoc with the style as it is, prints what the site shows, the edition once."""
    with tempfile.NamedTemporaryFile("w", suffix=".csl", encoding="utf-8") as csl:
        csl.write(styles._style(style))
        csl.flush()
        for name in ("C-01", "C-51", "Q-09", "fig-war-trade"):
            items = json.loads(files["json"][name])
            items[0]["issued"]["date-parts"] = [items[0]["issued"]["date-parts"][0][:1]]
            printed = pandoc(json.dumps(items), "--from=csljson", "--to=html", "--citeproc", f"--csl={csl.name}")
            text = styles._mended(items[0], " ".join(html.fromstring(printed).text_content().split()))
            assert text in (site / citing.FOLDER / f"{name}.txt").read_text("utf-8")


@pytest.mark.parametrize("style", list(citing.STYLES))
def test_citeproc_js_prints_what_matters(node, expected, style):
    for name, text in zip(expected, node["citeproc", style], strict=True):
        text = plain(html.fromstring(text).text_content())
        assert expected[name]["version"] in text, name
        assert expected[name]["address"] in text, name
        assert expected[name]["title"][:30].casefold() in text.casefold(), name
