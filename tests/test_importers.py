"""Real reference programs read every citation file of the built site, and what matters is still there.

Each program reads all files of the formats that it knows: pandoc (biblatex, RIS, CSL-JSON), biber with its data model,
citation-js (BibTeX, RIS, CSL-JSON), bibtexparser, pybtex, rispy; citeproc-js prints from the CSL-JSON. Asked for are
title with id and verdict, author, book, version, year and address.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
from pathlib import Path

import bibtexparser
import pytest
import rispy
from lxml import html
from pybtex.database import parse_string

from multivector import paths
from multivector.cite import citing, sources, styles
from multivector.ledger import claims

sys.path.insert(0, str(paths.ROOT / "tools"))

import importers

FORMATS = {"biblatex": "bib", "ris": "ris", "csljson": "json"}
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


@pytest.fixture(scope="module")
def expected(files) -> dict[str, dict]:
    """What every program must find, by id: read from the CSL-JSON with nothing but the JSON parser."""
    return {name: told(json.loads(text)[0]) for name, text in files["json"].items()}


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
def test_pandoc_keeps_what_matters(files, expected, form):
    found = {}
    if form == "csljson":
        whole = json.dumps([json.loads(text)[0] for text in files["json"].values()])
    else:
        whole = "\n".join(files[FORMATS[form]].values())
    read = json.loads(pandoc(whole, f"--from={form}", "--to=csljson"))
    assert len(read) == len(expected)
    for name, item in zip(files["bib"], read if form != "biblatex" else sorted_like(read, files["json"]), strict=True):
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
def test_citation_js_keeps_what_matters(files, expected, suffix):
    items = node({"by": "citation", "what": list(files[suffix].values())})
    found = {name: told(item) for name, item in zip(files[suffix], items, strict=True)}
    assert differing(found, expected) == []


def test_python_parsers_keep_what_matters(files, expected):
    for name, text in files["bib"].items():
        library = bibtexparser.parse_string(text)
        assert not library.failed_blocks, name
        (entry,) = parse_string(text, "bibtex").entries.values()
        for fields in ({field.key: field.value for field in library.entries[0].fields}, entry.fields):
            assert expected[name]["version"] == fields["edition"].strip("{}"), name
            assert expected[name]["year"] == fields["year"], name
            assert expected[name]["address"] == fields.get("url", ""), name
    for name, text in files["ris"].items():
        (entry,) = rispy.loads(text)
        assert plain(entry["title"]) == expected[name]["title"]
        assert entry["edition"] == expected[name]["version"]
        assert entry["authors"] == [one["literal"] for one in json.loads(files["json"][name])[0]["author"]]


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


# --- biber -----------------------------------------------------------------------------------------------------------


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


def test_biber_finds_nothing_in_the_parts_but_that_they_have_no_editor(files):
    found = warnings_of_biber("\n".join(files["bib"].values()))
    assert [line for line in found if "Missing mandatory field 'editor'" not in line] == []


def test_biber_finds_nothing_in_the_bibliography_but_that_works_bear_no_date():
    undated = {source.source_id for source in sources.works() if not source.published}
    found = warnings_of_biber(sources.bibtex())
    allowed = {f"{key}: Missing mandatory field - one of 'date, year' must be defined" for key in undated}
    assert [line for line in found if line not in allowed] == []


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
def test_citeproc_js_prints_what_matters(files, expected, style):
    items = [json.loads(text)[0] for text in files["json"].values()]
    printed = node({"by": "citeproc", "what": {"items": items, "style": styles._style(style)}})
    for name, text in zip(files["json"], printed, strict=True):
        text = plain(html.fromstring(text).text_content())
        assert expected[name]["version"] in text, name
        assert expected[name]["address"] in text, name
        assert expected[name]["title"][:30].casefold() in text.casefold(), name
