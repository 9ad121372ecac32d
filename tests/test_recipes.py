"""The four recipes of CONTRIBUTING.md, tried as a newcomer would, and what `check` says of a chapter that is not whole."""

import re

import pytest

from multivector import new, paths
from multivector.checks import chapters
from multivector.errors import BookError
from multivector.facts import sidecars, tables

PAGES = {file.stem: file.read_text("utf-8") for file in sorted(paths.CHAPTERS.glob("*.md"))}
CONTENTS = sidecars.read(paths.TOC)
HOMES = tables.load("claims").set_index("claim_id")["chapter"].to_dict()
QUOTES = set(tables.load("quotes")["quote_id"])

BEGUN = """
import sys
from multivector import new
for kind, name in [("table", "sample"), ("chapter", "rail"), ("claim", "forum"), ("organisation", "ABCD")]:
    print(*new.KINDS[kind](name), sep="\\n")
"""
WHOLE = """
import sys
from multivector.facts import memberships, quotes, tables
from multivector.ledger import claims
last = claims.ledger()[-1]
lines = claims.faults([last]) + quotes.report(None)  # `seal` has checked the tables
print(last.claim_id, last.evidence_text, memberships.statuses("2023-06-08", ["KAZ"]).loc["ABCD", "KAZ"])
print(len(tables.load("sample")), *lines, sep="\\n")
sys.exit(bool(lines))
"""
CHAPTER = """---
kernelspec: {display_name: Python 3, language: python, name: python3}
---

# A sample chapter

:::{container} question
**Question.** How many claims are there?
:::

:::{container} answer
**Answer.** There are {num}`forum.reported_claims`.
:::

```{code-cell} python
figures.show(None, name="fig-rail-sample")
```

```{quote} Q-87
```

```{verdicts} C-97
```

## What would change these verdicts

- A ({claim}`C-97`).
- B ({claim}`C-97`).
- C ({claim}`C-97`).
"""


def tree(root) -> dict[str, bytes]:
    """Every file of the project that is not made by a run."""
    files = (file for file in root.rglob("*") if file.is_file() and "__pycache__" not in file.parts)
    return {file.relative_to(root).as_posix(): file.read_bytes() for file in files}


def claim_like(text: str) -> str:
    """The claims with the skeleton's row filled: a second reading of the words on which the claim before it rests."""
    *rows, before, skeleton = text.splitlines()
    assert skeleton.startswith("C-97,claim,introduction,,chapters/forum,,")
    filled = before.replace("C-96", "C-97").replace("chapters/multilateralism", "chapters/rail")
    filled = filled.replace("deduced from the statements", "deduced from the")  # no text may stand twice
    filled = filled.replace("From the deputy", "Again from the deputy").replace("He speaks", "Again he speaks")
    return "\n".join([*rows, before, filled]) + "\n"


def test_recipes_add_and_remove_again(project):
    before = tree(project.root)
    done = project.run("-c", BEGUN)
    assert done.stdout.count("next: ") == 4, done.stderr
    named = project.run("-m", "multivector", "check").stdout
    for text in ("data/sample.yml: 'description' is missing", "chapters/rail.md: lacks a container question"):
        assert text in named
    assert re.search(r"data/claims\.csv: row 98, column verdict: value '': expected a value", named)
    assert re.search(r"data/organisations\.csv: row \d+, column name: value '': expected a value", named)

    claims, quotes = project.root / "data/claims.csv", "data/quotes.csv"
    claims.write_text(claim_like(claims.read_text("utf-8")), "utf-8")
    project.edit(quotes, ",C-96,", ",C-96;C-97,")
    with (project.root / "data/thresholds.csv").open("a", encoding="utf-8") as reasons:
        reasons.write("C-97,The same words.\n")
    (project.root / "chapters/rail.md").write_text(CHAPTER, "utf-8")
    project.edit("data/sample.csv", "source_id\n", "source_id\nA,1,S01\n")
    for said in ("title:", "description:"):
        project.edit("data/sample.yml", said, f"{said} A sample")
    for _ in range(2):
        project.edit("data/sample.yml", "{is: ,", "{is: A sample,")
    project.edit("data/organisations.csv", "ABCD,,,,,,,,", "ABCD,A sample,treaty,2001-02-03,,global,listed,,S01")
    project.edit("data/memberships.csv", "KAZ,ADB,", "KAZ,ABCD,member,2002-03-04,,,S01,,\nKAZ,ADB,")
    done = project.run("-m", "multivector", "seal")
    assert done.stdout == "sealed: claims, memberships, organisations, quotes, sample, thresholds\n", (
        done.stdout + done.stderr
    )
    done = project.run("-c", WHOLE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.match(r"C-97 .+ member\n1\n", done.stdout)
    after = tree(project.root)
    touched = {name for name in after if after[name] != before.get(name)}
    assert touched == {
        "_toc.yml",
        "chapters/rail.md",
        *(f"data/{name}.csv" for name in ("claims", "memberships", "organisations", "quotes", "sample", "thresholds")),
        "data/datapackage.json",
        "data/sample.yml",
    }

    for name in ("chapters/rail.md", "data/sample.csv", "data/sample.yml"):
        (project.root / name).unlink()
    project.edit("_toc.yml", "      - file: chapters/rail\n", "")
    project.edit(quotes, ",C-96;C-97,", ",C-96,")
    for name, word in {
        "claims": "C-97,",
        "thresholds": "C-97,",
        "organisations": "ABCD,",
        "memberships": "KAZ,ABCD,",
    }.items():
        file = project.root / f"data/{name}.csv"
        kept = [line for line in file.read_text("utf-8").splitlines(keepends=True) if not line.startswith(word)]
        file.write_text("".join(kept), "utf-8")
    project.seal()
    assert tree(project.root) == before


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        ("table", "states", "data/states.csv: file exists"),
        ("table", "Rail freight", "small letters"),
        ("table", "class", "no word of Python"),  # no finding can have a parameter of that name
        ("chapter", "forum", "chapters/forum.md: file exists"),
        ("chapter", "../forum", "small letters"),
        ("claim", "glossary", "follows no section of the article"),
        ("organisation", "CSTO", "has a row already"),
        ("organisation", "A,B", "an acronym"),
    ],
)
def test_nothing_is_overwritten(kind, name, expected):
    with pytest.raises(BookError, match=re.escape(expected)):
        new.KINDS[kind](name)


def test_chapters_are_whole():
    assert chapters.faults_of(PAGES, CONTENTS, HOMES, QUOTES) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("```{verdicts} C-79", "```{verdicts}", "C-79 is not weighed here"),
        ("```{verdicts} C-79", "```{verdicts} C-79 C-01", "weighs C-01, whose chapter in data/claims.csv is"),
        ("```{verdicts} C-79", "```{verdicts} C-79 C-00", "weighs C-00, which is not in data/claims.csv"),
        ("```{quote} Q-", "```{quote} Q-0", "is not in data/quotes.csv"),
        (":::{container} question", ":::{container} quest", "lacks a container question"),
        ("is it one of them?", "it is one of them.", "lacks a container question"),
        (":::{container} answer", ":::{container} an", "lacks a container answer"),
        ("{num}`global_south.answer`", "Yes.\n\n", "lacks a number computed"),
        ("## What would change these verdicts", "## What else", "lacks a last section"),
        ("or its departure from one ({claim}`C-80`)", "or its departure", "lacks a claim by {claim} in each point"),
        ("desk = Desk(FOCUS)\n", "desk = Desk(FOCUS)\n" + "pass\n" * 20, "lines; expected at most 19"),
        ("from one ({claim}`C-80`)", "from one ({claim}`C-80)", "has no closing backtick; close the role"),
    ],
)
def test_what_a_chapter_lacks_is_named(old, new, expected):
    text = PAGES["global-south"]
    assert old in text
    pages = {**PAGES, "global-south": text.replace(old, new, 1)}
    lines = chapters.faults_of(pages, CONTENTS, HOMES, QUOTES)
    assert any(line.startswith("chapters/global-south.md: ") and expected in line for line in lines), lines


def test_a_page_outside_the_contents_is_named():
    (line,) = chapters.faults_of({**PAGES, "rail": "# Rail\n"}, CONTENTS, HOMES, QUOTES)
    assert line == "chapters/rail.md: in no part of _toc.yml; list it there, or move the page away"


def test_a_page_that_is_not_utf_8_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths, "CHAPTERS", tmp_path)
    (tmp_path / "rail.md").write_bytes(b"# Rail\n\nA \xff.\n")
    (line,) = chapters.faults({})
    assert line.endswith("rail.md: line 3: byte 10 is not UTF-8; save the file as UTF-8")
