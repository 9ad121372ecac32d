"""Never stale: whatever input changes, a plain incremental build gives the bytes of a clean one.

A small book with a map, a computed number, a quote and verdicts is built once. Then one input after the other is
changed. Of every input it is asked whether the next build would read the pages again, and run the notebook again. For
one of each kind the book is built as a user would (no options, nothing removed), and the site is compared with a clean
build of the same state.
"""

from __future__ import annotations

import csv
import json
import os
import re
import shutil

import pytest
from conftest import Project
from sites import contents, differences

from multivector.facts import reads

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("freshness")]

PAGE = """---
jupytext: {text_representation: {extension: .md, format_name: myst}}
kernelspec: {display_name: Python 3, language: python, name: python3}
---
# Small

Slavs were {num}`society.slavic_share(year=2021)` of the people. See {claim}`C-33`, {source}`S27`, {fig}`fig-small-regions`.

```{quote} Q-01
```

```{code-cell} python
:tags: [hide-input]
from multivector.look import figures, maps
from multivector.findings import Desk

FOCUS = "KAZ"
desk = Desk(FOCUS)
census = desk("society.composition")
fig, (left, right) = figures.canvas(height=2.4, columns=2)
maps.base(left, maps.KAZAKHSTAN)
right.plot(range(len(census)), census.iloc[:, -1], color=figures.COLOUR["KAZ"])
figures.show(fig, "fig-small-regions", data=census)
```

```{caption} fig-small-regions
Slavs are {num}`society.slavic_share(year=2021) | digits=2` of the regions. Shares.
Alt: Map and line
Sources: S27
```
"""
PAGES = {
    "chapters/small": PAGE,
    "chapters/claims": "# Claims\n\n```{claims-ledger}\n```\n",
    "chapters/quotes": "# Quotes\n\n```{quotes-register}\n```\n",
    "chapters/data": "# Data\n\n```{data-dictionary}\n```\n\n```{findings-dictionary}\n```\n",
    "chapters/sources": "# Sources\n\n```{source-register}\n```\n",
    "chapters/glossary": "# Glossary\n\n```{glossary-register} place\n```\n",
    "chapters/changes": "# What changed\n\n```{include} ../CHANGELOG.md\n:start-line: 1\n```\n",
}
"""Pages that show what the whole book shows, with one notebook: many builds must be affordable."""


# --- the changes ------------------------------------------------------------------------------------------------


def cell(table: str, key: str, column: str, change):
    """A function that changes one cell of a table in a project."""

    def apply(project) -> None:
        file = project.root / "data" / f"{table}.csv"
        rows = list(csv.DictReader(file.read_text("utf-8").splitlines(keepends=True)))
        row = next(row for row in rows if key in (row[name] for name in list(row)[:2]))
        row[column] = change(row[column])
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        project.seal()

    return apply


def census_cell(project) -> None:
    """Count 40,000 persons as Russians instead of Kazakhs: the whole stays what it is."""
    file = project.root / "data/census.csv"
    text = file.read_text("utf-8")
    for group, more in (("Russians", 40_000), ("Kazakhs", -40_000)):
        text = re.sub(rf"(?m)^(2021,{group},)(\d+)", lambda m, more=more: m[1] + str(int(m[2]) + more), text)
    file.write_text(text, "utf-8")
    project.seal()


def map_layer(project) -> None:
    file = project.root / "data/maps/kaz_regions.geojson"
    layer = json.loads(file.read_text("utf-8"))
    layer["features"] = layer["features"][:-1]
    file.write_text(json.dumps(layer), "utf-8")
    project.seal()


def edit(path: str, old: str, new: str):
    return lambda project: project.edit(path, old, new)


def record_of_the_book(project) -> None:
    """Change the version, which the descriptor of the data repeats."""
    project.edit("CITATION.cff", 'version: "', 'version: "9')
    project.seal()


def prose_saved_long_ago(project) -> None:
    project.edit("chapters/small.md", "of the people", "of all people")
    os.utime(project.root / "chapters/small.md", (1e9, 1e9))  # as after unpacking an archive


CHANGES = {
    "a table cell": census_cell,
    "a claim's verdict": cell("claims", "C-33", "verdict", lambda old: "contested"),
    "a finding's code": edit("multivector/findings/society.py", "return float(_census_shares(census, year, published)[list(SLAVS)].sum())",
                             "return 1.01 * float(_census_shares(census, year, published)[list(SLAVS)].sum())"),
    "a quote's annotation": cell("quotes", "Q-01", "annotation", lambda old: old + " Once more."),
    "a source": cell("sources", "S27", "title", lambda old: old + ", second edition"),
    "a map layer": map_layer,
    "a style": edit("multivector/book/static/book.css", "{", "{ --added: 1px;"),
    "the look of figures": edit("multivector/look/figures.py", '"lines.linewidth": 2', '"lines.linewidth": 3'),
    "a word of the glossary": cell("glossary", "Aktau", "definition", lambda old: old + " It has a ferry."),
    "the record of changes": edit("CHANGELOG.md", "a new minor version when", "a new minor number when"),
    "the configuration": edit("_config.yml", "Search this book", "Search in this book"),
    "the lock": edit("requirements.txt", "#", "# edited\n#"),
    "prose": prose_saved_long_ago,
    "code of a page": edit("chapters/small.md", "height=2.4", "height=2.5"),
    "the record of the book": record_of_the_book,
    "a template of the extension": edit("multivector/book/templates/parts/claim.html", "Evidence in the chapter", "Evidence in its chapter"),
}  # fmt: skip
BUILT = ("a table cell", "a claim's verdict", "a template of the extension", "prose", "code of a page")
"""Changes after which the book is built twice; each reaches the site on another way."""
ONLY_PAGES = (
    "a claim's verdict", "a quote's annotation", "a source", "a style", "a word of the glossary",
    "the record of changes", "a template of the extension",
)  # fmt: skip
"""Changes that no notebook reads."""
STATE = """
from multivector import paths
from multivector.book.inputs import Inputs
from multivector.facts import reads
inputs = Inputs()
(run,) = (paths.BUILD / ".jupyter_cache/chapters-small").iterdir()
runs_again = not run.name.startswith(inputs.notebooks[:16]) or not reads.still_hold(run / "reads.txt", inputs.files)
print(inputs.digest, runs_again)
"""


# --- the book ---------------------------------------------------------------------------------------------------


def built(project) -> tuple[dict[str, bytes], str]:
    """The site after a plain build, and what the build said."""
    done = project.book()
    said = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)
    assert done.returncode == 0, said[-3000:]
    return contents(project.root / "_build/html"), said


def executed(said: str) -> set[str]:
    return set(re.findall(r"(\w+)\.md: Executed notebook", said))


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The small book, built once, with a spare of its folder to go back to."""
    project = Project(tmp_path_factory.mktemp("fresh") / "book")
    for file in (project.root / "chapters").glob("*.md"):
        file.unlink()
    for name, text in PAGES.items():
        (project.root / f"{name}.md").write_text(text, "utf-8")
    project.only_pages(*PAGES)
    project.site, _ = built(project)
    shutil.copytree(project.root, project.root.with_name("spare"), symlinks=True)  # keeps the times of files
    return project


@pytest.fixture
def fresh(small):
    """The small book as it was after its first build, in the same folder."""
    shutil.rmtree(small.root)
    shutil.copytree(small.root.with_name("spare"), small.root, symlinks=True)
    return small


def state(project) -> tuple[str, bool]:
    """The digest of what pages share, and whether the notebook would run again."""
    done = project.run("-c", STATE)
    assert done.returncode == 0, done.stderr
    digest, runs_again = done.stdout.split()
    return digest, runs_again == "True"


def test_every_input_is_noticed(fresh):
    """Pages are read again whatever changes; the notebook runs again if it could show the change."""
    before = state(fresh)
    assert not before[1]
    of_one_page = {"prose", "code of a page"}  # no shared inputs: the builds below show them
    for change in [each for each in CHANGES if each not in of_one_page]:
        spare = contents_of_inputs(fresh)
        CHANGES[change](fresh)
        digest, runs_again = state(fresh)
        assert digest != before[0], f"{change} is not noticed"
        assert runs_again == (change not in ONLY_PAGES), change
        for file, content in spare.items():
            if file.read_bytes() != content:
                file.write_bytes(content)
    assert state(fresh) == before, "what was changed is as it was"


def contents_of_inputs(project) -> dict:
    """Bytes of every file that a change may touch."""
    outside = {"_build", "__pycache__", "tests"}
    files = (file for file in project.root.rglob("*") if file.is_file())
    return {file: file.read_bytes() for file in files if not outside & set(file.relative_to(project.root).parts)}


@pytest.mark.parametrize("change", BUILT)
def test_an_incremental_build_equals_a_clean_one(fresh, change):
    CHANGES[change](fresh)
    after, _ = built(fresh)
    assert differences(after, fresh.site), f"{change}: no page shows it, the test proves nothing"
    fresh.clean()
    clean, _ = built(fresh)
    different = differences(after, clean)
    assert not different, "\n".join([change, *different[:20]])


def test_nothing_changed_writes_nothing_and_runs_nothing(fresh):
    times = {file: file.stat().st_mtime_ns for file in (fresh.root / "_build/html").rglob("*.html")}
    again, said = built(fresh)
    assert not differences(again, fresh.site)
    assert not executed(said)
    page = fresh.root / "_build/html/chapters/small.html"
    assert page.stat().st_mtime_ns == times[page]


def test_only_notebooks_that_read_the_changed_table_run_again(fresh):
    census_cell(fresh)
    _, said = built(fresh)
    assert executed(said) == {"small"}
    cell("claims", "C-33", "verdict", lambda old: "contested")(fresh)
    _, said = built(fresh)
    assert not executed(said), "the notebook reads no claim; its page shows the new verdict all the same"
    assert "contested" in (fresh.root / "_build/html/chapters/small.html").read_text("utf-8")
    fresh.edit("chapters/small.md", "of the regions. Shares", "of all regions. All shares")
    _, said = built(fresh)
    assert not executed(said), "a caption is no code"
    page = (fresh.root / "_build/html/chapters/small.html").read_text("utf-8")
    assert re.search(r'class="mv-title">Slavs are [\d.]+% of all regions</p>', page)
    assert "<figcaption>All shares. " in page


def test_each_notebook_of_the_book_has_a_record_of_its_own(site):
    for folder in sorted((site.parent / ".jupyter_cache").glob("chapters-*")):
        newest = max(folder.glob("*"), key=lambda run: run.stat().st_mtime)
        lines = (newest / "reads.txt").read_text("utf-8").splitlines()
        assert lines[0] == reads.BEGUN, folder.name
        assert len(lines) == len(set(lines)), f"{folder.name}: kernels of other notebooks wrote here too"


def test_undoing_a_change_brings_back_the_old_run(fresh):
    table = fresh.root / "data/census.csv"
    before = table.read_bytes()
    census_cell(fresh)
    built(fresh)
    table.write_bytes(before)
    fresh.seal()
    site, said = built(fresh)
    assert not executed(said)
    assert not differences(site, fresh.site)


def test_pages_written_by_another_builder_in_between_are_not_mistaken_for_the_site(fresh):
    census_cell(fresh)
    done = fresh.book("--builder", "singlehtml")
    assert done.returncode == 0, done.stdout + done.stderr
    after, _ = built(fresh)
    fresh.clean()
    clean, _ = built(fresh)
    assert not differences(after, clean)


def test_a_file_read_past_the_tables_counts_too(fresh):
    page = fresh.root / "chapters/small.md"
    page.write_text(page.read_text("utf-8").replace('desk("society.composition")',
                    'desk("society.composition")\nprint(open("../data/derive/extra.txt").read())'), "utf-8")  # fmt: skip
    extra = fresh.root / "data/derive/extra.txt"
    extra.write_text("one", "utf-8")
    built(fresh)
    extra.write_text("two", "utf-8")
    _, said = built(fresh)
    assert executed(said) == {"small"}
    assert "two" in (fresh.root / "_build/html/chapters/small.html").read_text("utf-8")


def test_every_notebook_loads_the_package_before_it_can_read_anything(small):
    from multivector import paths

    for file in sorted(paths.CHAPTERS.glob("*.md")):
        code = re.findall(r"^```\{code-cell\}.*?\n((?:.|\n)*?)^```", file.read_text("utf-8"), re.M)
        lines = [line for line in "\n".join(code).splitlines() if line and not line.startswith((":", "#"))]
        lines = lines[1:] if lines[:1] == ['FOCUS = "KAZ"'] else lines  # the parameter comes first, and reads nothing
        imports = [line for line in lines if line.startswith(("from ", "import "))]
        assert lines[: len(imports[:1])] == imports[:1], f"{file.name}: its first line of code must be an import"
        first_own = next((number for number, line in enumerate(lines) if line.startswith("from multivector")), 0)
        assert all(line in imports for line in lines[:first_own]), (
            f"{file.name}: code runs before the package is loaded"
        )


def test_a_record_that_nobody_began_does_not_hold(tmp_path):
    log = tmp_path / "reads.txt"
    assert not reads.still_hold(log, {})
    log.write_text("", "utf-8")
    assert not reads.still_hold(log, {})
    log.write_text(f"{reads.BEGUN}\nabc data/states.csv\n", "utf-8")
    assert reads.still_hold(log, {"data/states.csv": "abc"})
    assert not reads.still_hold(log, {"data/states.csv": "abd"})
    log.write_text(f"{reads.BEGUN}\nabc data/st", "utf-8")  # cut off
    assert not reads.still_hold(log, {"data/states.csv": "abc"})


def test_what_cannot_be_foreseen_ends_with_a_line_and_no_process_is_left(fresh):
    """A reader that raises, while the other has a kernel at work, used to leave the build waiting for ever."""
    fresh.edit("multivector/book/registers.py", "class QuoteRegister(SphinxDirective):",
               "class QuoteRegister(SphinxDirective):\n    def run(self):\n        return 1 / 0\n\n\nclass Unused(SphinxDirective):")  # fmt: skip
    fresh.edit("chapters/small.md", "fig, (left", "import time; time.sleep(3)\nfig, (left")
    site = contents(fresh.root / "_build/html")
    done = fresh.book()
    assert done.returncode == 1, done.stdout + done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("book: ")]
    assert "Traceback" not in done.stderr, done.stderr
    assert any("chapters/quotes.md" in line and "ZeroDivisionError" in line for line in lines), lines
    assert not differences(contents(fresh.root / "_build/html"), site)

    fresh.edit("multivector/book/registers.py", "return 1 / 0", "import os; os._exit(9)")  # as if killed
    done = fresh.book()
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr, done.stderr
