"""Building as a user does: fresh numbers without being asked, and one readable line for any bad input."""

from __future__ import annotations

import os
import re

import pytest

CHAPTER = """---
jupytext: {text_representation: {extension: .md, format_name: myst}}
kernelspec: {display_name: Python 3, language: python, name: python3}
---
# Sample

Kazakhstan has {num}`sample.people(year=2021)`.

```{code-cell} python
:tags: [hide-input]
from multivector.look import figures
from multivector.findings import Desk

desk = Desk("KAZ")
people = desk("sample.census")
fig, ax = figures.canvas(height=2)
ax.bar(people["group"], people["persons"], color=figures.COLOUR["KAZ"])
figures.show(fig, "fig-sample-people", data=people)
```

```{caption} fig-sample-people
There were {num}`sample.people`. Census of 2021, see {source}`D13`.
Alt: People by group
Sources: D13
```
"""
FINDINGS = '''"""Findings of the sample."""

from multivector.findings import finding


@finding(unit="persons", national=True)
def people(sample_people, year: int = 2021) -> int:
    """Persons counted at a census."""
    return int(sample_people.loc[sample_people["year"] == year, "persons"].sum())


@finding(national=True)
def census(sample_people):
    """The counts."""
    return sample_people
'''
SIDECAR = """title: Sample
description: Sample.
sources:
  - {title: Sample, source_id: D13}
key: [year, group]
columns:
  year: {is: Year, type: integer, minimum: 1990}
  group: Group
  persons: {is: Persons, type: integer, minimum: 0}
"""
TABLE = "year,group,persons\n2021,a,1000\n2021,b,2345\n"


@pytest.fixture
def sample(project):
    """A one-page book on the real package: small enough to build many times."""
    root = project.root
    (root / "multivector/findings/sample.py").write_text(FINDINGS, "utf-8")
    (root / "data/sample_people.csv").write_text(TABLE, "utf-8")
    (root / "data/sample_people.yml").write_text(SIDECAR, "utf-8")
    project.seal()
    (root / "chapters/sample.md").write_text(CHAPTER, "utf-8")
    project.only_pages("chapters/sample")
    return project


def page(project) -> str:
    return (project.root / "_build/html/chapters/sample.html").read_text("utf-8")


def shown(project) -> str:
    return re.sub(r"<[^>]+>", "", re.search(r"Kazakhstan has (.*?)</a>", page(project)).group(1))


def test_changed_table_and_changed_code_show_at_the_next_plain_build(sample):
    done = sample.book()
    assert done.returncode == 0, done.stdout + done.stderr
    assert shown(sample) == "3,345\u00a0persons"

    sample.edit("data/sample_people.csv", "2345", "9000")
    sample.seal()
    done = sample.book()
    assert done.returncode == 0, done.stdout + done.stderr
    assert shown(sample) == "10,000\u00a0persons"
    plotted = (sample.root / "_build/html/files/fig-sample-people.csv").read_text("utf-8")
    assert "2021,b,9000" in plotted, "the notebook ran again, not only the text"

    sample.edit("multivector/findings/sample.py", '"persons"].sum())', '"persons"].sum()) * 2')
    assert sample.book().returncode == 0
    assert shown(sample) == "20,000\u00a0persons"


def refused(project, *expected: str) -> None:
    """The build ends with status 1 and one line that says why; the site on disk is untouched."""
    site = project.root / "_build/html"
    before = {file: file.read_bytes() for file in site.rglob("*.html")} if site.exists() else {}
    done = project.book()
    lines = [line for line in done.stderr.splitlines() if line.startswith("book: ")]
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    assert len(lines) == 2, done.stderr
    for text in expected:
        assert text in lines[0]
    assert {file: file.read_bytes() for file in site.rglob("*.html")} == before if site.exists() else not before


def test_bad_inputs_end_the_build_with_one_line(sample):
    assert sample.book().returncode == 0
    table = sample.root / "data/sample_people.csv"

    table.write_text(TABLE.replace("2345", "2346"), "utf-8")
    refused(sample, "data/sample_people.csv", "checksum")

    table.unlink()
    refused(sample, "data/sample_people.csv", "missing")

    table.write_text(TABLE.replace("2345", "many"), "utf-8")
    sample.seal()
    refused(sample, "sample_people.csv", "row 3", "persons", "'many'")

    table.write_text(TABLE, "utf-8")
    sample.seal()
    chapter = sample.root / "chapters/sample.md"

    chapter.write_text(CHAPTER.replace("Alt: People by group\n", ""), "utf-8")
    refused(sample, "chapters/sample.md:21: figure fig-sample-people: alt is missing")

    chapter.write_text(CHAPTER.replace("Sources: D13", "Sources: D131"), "utf-8")
    refused(sample, "chapters/sample.md:21: figure fig-sample-people: source 'D131' is not in data/sources.csv")

    chapter.write_text(CHAPTER[: CHAPTER.index("```{caption}")], "utf-8")
    refused(sample, "chapters/sample.md: fig-sample-people has no caption; write a ```{caption}")

    chapter.write_text(CHAPTER.replace('Desk("KAZ")', 'Desk("KZZ")'), "utf-8")
    refused(sample, "'KZZ'", "ISO 3166-1")

    chapter.write_text(CHAPTER.replace("sample.people(", "sample.peple("), "utf-8")
    refused(sample, "chapters/sample.md", "sample.peple")

    chapter.write_text(CHAPTER.replace("sample.people`", "sample.peple`"), "utf-8")
    refused(sample, "chapters/sample.md:22", "sample.peple")

    chapter.write_text(CHAPTER.replace("# Sample\n", "# Sample\n\nSee {fig}`fig-not-there`.\n"), "utf-8")
    refused(sample, "fig-not-there")

    chapter.write_text(CHAPTER, "utf-8")
    assert sample.book().returncode == 0
    assert shown(sample) == "3,345\u00a0persons"


STANDS = """
from multivector import paths
from multivector.book import inputs
print(inputs.stands(paths.HTML, inputs.asked()))
"""
NOTE = "from multivector import paths; from multivector.book import inputs; inputs.note(paths.HTML, inputs.asked())"


def test_nothing_is_done_only_where_nothing_changed(project):
    page = project.root / "_build/html/chapters/order.html"
    page.parent.mkdir(parents=True)
    page.write_text("A page.", "utf-8")
    assert project.run("-c", STANDS).stdout == "False\n", "nobody said what it was built from"
    assert project.run("-c", NOTE).returncode == 0
    assert project.run("-c", STANDS).stdout == "True\n"
    assert "nothing has changed" in project.run("tools/build.py").stdout
    assert project.run("-c", STANDS, BOOK_URL="https://example.org/").stdout == "False\n"
    for path in ("intro.md", "chapters/order.md", "_config.yml", "data/states.csv", "multivector/book/roles.py",
                 "multivector/book/static/book.css", "requirements.txt", "CHANGELOG.md", "docs/bench.md", "docs/fact-check.csv", "LICENSE",
                 "_build/html/chapters/order.html"):  # fmt: skip
        file = project.root / path
        content, now = file.read_bytes(), file.stat()
        file.write_bytes(content + b"\n")
        assert project.run("-c", STANDS).stdout == "False\n", f"{path} is not noticed"
        file.write_bytes(content)
        os.utime(file, ns=(now.st_atime_ns, now.st_mtime_ns))
    assert project.run("-c", STANDS).stdout == "True\n"
    page.unlink()
    assert project.run("-c", STANDS).stdout == "False\n", "a page is gone"


def test_broken_row_is_named_by_the_checker(project):
    project.edit("data/states.csv", "KAZ,KZ,Kazakhstan,un_member", "KAZ,KZ,Kazakhstan,member")
    project.seal()
    done = project.run("-m", "multivector", "check")
    assert done.returncode == 1
    line = next(line for line in done.stdout.splitlines() if "states.csv" in line)
    for text in ("data/states.csv", "row ", "column kind", "'member'", "un_member"):
        assert text in line


def test_unknown_country_code_is_named_by_the_checker(project):
    project.edit("data/macro.csv", "KAZ,1990", "KZZ,1990")
    project.seal()
    done = project.run("-m", "multivector", "check")
    assert done.returncode == 1
    assert re.search(r"data/macro\.csv: row \d+.*KZZ", done.stdout), done.stdout


def test_changed_word_of_a_quote_is_named(project):
    project.edit("data/quotes.csv", "grandiose", "gorgeous")
    project.seal()
    done = project.run("-m", "multivector", "verify-quotes")
    assert done.returncode == 1
    assert "Q-01" in done.stdout
