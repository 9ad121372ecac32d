"""Never stale: whatever input changes, a plain incremental build gives the bytes of a clean one.

What decides is asked without building: whether each kind of input is noticed, whether a notebook's record holds, which
pages are read again. Then a small book is built as a user would (no options, nothing removed), for one change of each
kind that reaches the site on a way of its own, and the site is compared with a clean build of the same state.
"""

import csv
import json
import os
import pickle
import re
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import Project
from reproduce import contents, differences

from multivector import paths
from multivector.book import freshness, markup, roles
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
ONLY_PAGES = (
    "a claim's verdict", "a quote's annotation", "a source", "a style", "a word of the glossary",
    "the record of changes", "a template of the extension",
)  # fmt: skip
"""Changes that no notebook reads."""
OF_ONE_PAGE = ("prose", "code of a page")
STATES = """
import contextlib, json, sys
sys.path.insert(0, "tests")
import test_freshness as asked
from multivector import paths
from multivector.book.inputs import Inputs
from multivector.facts import reads, tables

class Here:
    root = paths.ROOT
    seal = staticmethod(tables.seal)
    edit = asked.Project.edit

def state():
    inputs = Inputs()
    (run,) = (paths.BUILD / ".jupyter_cache/chapters-small").iterdir()
    holds = run.name.startswith(inputs.notebooks[:16]) and reads.still_hold(run / "reads.txt", inputs.files)
    return inputs.digest, not holds

found = {"before": state()}
for change in asked.CHANGES:
    spare = asked.contents_of_inputs(Here)
    asked.CHANGES[change](Here())
    found[change] = state()
    for file, content in spare.items():
        if file.read_bytes() != content:
            file.write_bytes(content)
found["after"] = state()
print(json.dumps(found))
"""


# --- the book ---------------------------------------------------------------------------------------------------


def built(project) -> tuple[dict[str, bytes], str]:
    """The site after a plain build, and what the build said. Whether the tables are in order is asked elsewhere."""
    project.pass_inputs()
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
    copied(project.root, project.root.with_name("spare"))
    return project


@pytest.fixture
def fresh(small):
    """The small book as it was after its first build, in the same folder."""
    shutil.rmtree(small.root)
    copied(small.root.with_name("spare"), small.root)
    return small


def copied(folder: Path, other: Path) -> None:
    """Copy a folder with the times of its files."""
    subprocess.run(["cp", "-a", folder, other], check=True)


def test_every_input_is_noticed(fresh):
    """Pages are read again whatever changes; the notebook runs again if it could show the change."""
    done = fresh.run("-c", STATES)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    before, runs_again = found.pop("before")
    assert not runs_again
    assert found.pop("after") == [before, False], "what was changed is as it was"
    for change in OF_ONE_PAGE:
        assert found.pop(change) == [before, False], "no shared input; the builds below show it"
    for change, (digest, runs_again) in found.items():
        assert digest != before, f"{change} is not noticed"
        assert runs_again == (change not in ONLY_PAGES), change


def contents_of_inputs(project) -> dict:
    """Bytes of every file that a change may touch."""
    outside = {"_build", "__pycache__", "tests"}
    files = (file for file in project.root.rglob("*") if file.is_file())
    return {file: file.read_bytes() for file in files if not outside & set(file.relative_to(project.root).parts)}


def test_whatever_changes_shows_what_did_not_stays_and_the_site_is_that_of_a_clean_build(fresh):
    """One book from change to change, each built upon the last: what one leaves stale the two comparisons show."""
    sentence, said = built_after(fresh, a_sentence_and_a_caption, CHANGES["a claim's verdict"])
    assert not executed(said), "neither a sentence nor a caption nor a verdict is code"
    page = sentence["chapters/small.html"].decode()
    assert re.search(r'class="mv-title">Slavs are [\d.]+% of all regions</p>', page)
    assert "<figcaption>All shares. " in page
    saying = [name for name, content in fresh.site.items() if b"of the people. See" in content]
    assert "notebooks/small.ipynb" in saying
    assert saying == [name for name, content in sentence.items() if b"of all people. See" in content]
    assert sentence["bundles/small.zip"] != fresh.site["bundles/small.zip"]
    ledgers = [site["chapters/claims.html"].count(b"ontested") for site in (fresh.site, sentence)]
    assert ledgers[0] < ledgers[1], "the page of claims shows the verdict of before"

    code, said = built_after(fresh, CHANGES["code of a page"])
    assert executed(said) == {"small"}
    assert differences(code, sentence)

    left, said = built_after(fresh, CHANGES["a finding's code"], a_page_leaves)
    assert executed(said) == {"small"}
    assert "chapters/quotes.html" not in left
    shown = [re.search(r"Slavs were (.*?)</a>", site["chapters/small.html"].decode())[1] for site in (code, left)]
    assert shown[0] != shown[1]

    census = fresh.root / "data/census.csv"
    before = census.read_bytes()
    table, said = built_after(fresh, CHANGES["a table cell"])
    assert executed(said) == {"small"}
    assert differences(table, left), "no page shows the change, the test proves nothing"

    census.write_bytes(before)
    undone, said = built_after(fresh, Project.seal)
    assert not executed(said), "the run of before still holds"
    assert not differences(undone, left)
    page = fresh.root / "_build/html/chapters/small.html"
    saved = page.stat().st_mtime_ns
    again, said = built(fresh)
    assert not differences(again, left)
    assert not executed(said)
    assert page.stat().st_mtime_ns == saved, "nothing has changed, and something was written"

    clean, _ = built_after(fresh, CHANGES["a table cell"], Project.clean)
    assert not differences(table, clean)


def built_after(project, *changes) -> tuple[dict[str, bytes], str]:
    for change in changes:
        change(project)
    return built(project)


def a_sentence_and_a_caption(project) -> None:
    CHANGES["prose"](project)
    project.edit("chapters/small.md", "of the regions. Shares", "of all regions. All shares")


def a_page_leaves(project) -> None:
    project.only_pages(*(page for page in PAGES if page != "chapters/quotes"))
    project.edit("chapters/small.md", "```{quote} Q-01\n```\n", "")
    (project.root / "chapters/quotes.md").unlink()


def test_each_notebook_of_the_book_has_a_record_of_its_own(site):
    for folder in sorted((site.parent / ".jupyter_cache").glob("chapters-*")):
        newest = max(folder.glob("*"), key=lambda run: run.stat().st_mtime)
        lines = (newest / "reads.txt").read_text("utf-8").splitlines()
        assert lines[0] == reads.BEGUN, folder.name
        assert len(lines) == len(set(lines)), f"{folder.name}: kernels of other notebooks wrote here too"


@pytest.fixture
def reading(tmp_path):
    """Pages that the next build would read, and those it would write whatever it reads; and what it notes at its end.

    Given are what all pages share and the content of the table behind page two.
    """
    texts = {name: tmp_path / f"{name}.md" for name in ("one", "two")}
    env = SimpleNamespace(found_docs=set(texts), doc2path=texts.get)
    env.metadata = {"one": {}, "two": {"multivector": {"behind": ["data/t.csv"]}}}
    for file in texts.values():
        file.write_text("as it was", "utf-8")

    def read(shared: str, table: str = "t", builder: str = "html", fault: Exception | None = None) -> tuple[str, str]:
        app = SimpleNamespace(env=env, doctreedir=tmp_path, builder=SimpleNamespace(name=builder))
        app.multivector_digest = shared + table
        app.multivector_inputs = SimpleNamespace(common=shared, files={"data/t.csv": table})
        again = freshness.outdated(app, env, set(), set(), set())
        written = freshness.write_what_differs(app, env)
        freshness.note_written(app, fault)
        return " ".join(again), " ".join(written)

    read.texts = texts
    return read


def test_pages_written_by_another_builder_in_between_are_not_mistaken_for_the_site(reading):
    assert reading("a") == ("one two", "one two")
    assert reading("a") == ("", "")
    assert reading("b", builder="singlehtml") == ("one two", "one two")
    assert reading("b") == ("", "one two"), "the site still shows the state before"
    assert reading("c", fault=ValueError()) == ("one two", "one two")
    assert reading("c") == ("", "one two"), "the build that read them wrote nothing"
    assert reading("c") == ("", "")


def test_a_page_is_read_again_for_its_text_whatever_its_time_says(reading):
    reading("a")
    reading.texts["two"].write_text("as it is", "utf-8")
    os.utime(reading.texts["two"], (1e9, 1e9))
    assert reading("a") == ("two", "")


def test_a_changed_table_has_the_pages_read_that_asked_for_it_and_all_written(reading):
    reading("a")
    assert reading("a", "changed") == ("two", "one two"), "every page names the version of the data"
    assert reading("a", "changed") == ("", "")


ASKED_ALONE = """
import multiprocessing, os, sys
from sphinx.builders import Builder

def read(self):
    self.env.find_files(self.config, self)
    self.events.emit("env-get-outdated", self.env, set(), set(), set())
    for docname in os.environ["PAGES"].split():
        def alone():
            self.read_doc(docname)
            print("ASKED", docname, *self.env.metadata[docname]["multivector"]["behind"], flush=True)
        process = multiprocessing.get_context("fork").Process(target=alone)
        process.start()
        process.join()
    sys.exit(0)

Builder.read = read
from jupyter_book.cli.main import main
sys.argv = ["jupyter-book", "build", "."]
main()
"""


SOME = "intro chapters/society chapters/war chapters/glossary chapters/sources"


@pytest.mark.parametrize("pages", [SOME, pytest.param("", marks=pytest.mark.nightly)], ids=["some", "all"])
def test_what_a_page_asks_for_is_recorded_also_where_another_page_asked_before(project, site, pages):
    """Read by a process that has read nothing else, a page asks for nothing that the build of the book did not record."""
    shutil.rmtree(project.root / "_build", ignore_errors=True)
    copied(site.parent, project.root / "_build")
    recorded = markup.recorded(pickle.loads((site.parent / ".doctrees/environment.pickle").read_bytes()), "behind")
    asked = pages or " ".join(recorded)
    done = project.run("-c", ASKED_ALONE, PAGES=asked)
    alone = {page: set(names.split()) for page, names in re.findall(r"^ASKED (\S+)(.*)$", done.stdout, re.M)}
    assert set(alone) == set(asked.split()), done.stdout + done.stderr
    assert {page: missing for page in alone if (missing := alone[page] - set(recorded[page]))} == {}
    assert {page for page in alone if len(recorded[page]) < 40} >= {"chapters/war", "chapters/glossary", "intro"}


def test_a_file_read_past_the_tables_counts_too(project):
    extra, log = project.root / "data/derive/extra.txt", project.root / "reads.txt"
    extra.write_text("one", "utf-8")
    code = "import os; os.chdir('chapters'); from multivector.facts import tables; open('../data/derive/extra.txt').close()"
    project.run("-c", code, **{reads.VARIABLE: str(log)})
    holds = f"from pathlib import Path; from multivector.facts import reads; print(reads.still_hold(Path({str(log)!r}), {{}}))"
    assert project.run("-c", holds).stdout == "True\n", log.read_text("utf-8")
    extra.write_text("two", "utf-8")
    assert project.run("-c", holds).stdout == "False\n"


def test_every_notebook_loads_the_package_before_it_can_read_anything():
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


def test_notebooks_that_must_run_are_dealt_to_readers_first(tmp_path):
    """Two that must run, one after the other in one reader, would take twice as long."""
    inputs = SimpleNamespace(notebooks="n" * 64, files={})
    app = SimpleNamespace(parallel=2, doctreedir=tmp_path / "doctrees", multivector_inputs=inputs)
    for name, lines in {"long": 9, "longer": 19, "one": 2, "two": 1, "prose": 0, "verse": 0}.items():
        cell = "```{code-cell} python\n" + "1\n" * lines + "```\n"
        (tmp_path / f"{name}.md").write_text(cell if lines else "Prose.\n", "utf-8")
        if name.startswith("long"):
            folder, kind = freshness._kind(app, name, freshness._cells(tmp_path / f"{name}.md", cell))
            (folder / f"{kind}-x").mkdir(parents=True)
            (folder / f"{kind}-x" / "reads.txt").write_text(f"{reads.BEGUN}\n", "utf-8")
    names, few = ["long", "longer", "one", "prose", "two", "verse"], ["long", "longer", "one", "prose", "two"]
    env = SimpleNamespace(doc2path=lambda name: tmp_path / f"{name}.md")
    freshness.longest_first(app, env, names)
    assert names == ["one", "longer", "prose", "two", "long", "verse"], "a portion begins with each that must run"
    freshness.longest_first(app, env, few)
    assert few == ["prose", "long", "longer", "two", "one"], "one process reads few pages: those that run when it can"


FAULTY = {
    "alt": ("Alt: Map and line\n", "", "fig-small-regions: alt is missing"),
    "state": ('FOCUS = "KAZ"', 'FOCUS = "KZZ"', "'KZZ' is not"),
    "finding": ("society.slavic_share(", "society.slavic_shar(", "society.slavic_shar"),
}


def test_faults_of_pages_and_what_cannot_be_foreseen_end_a_build_with_a_line_each(fresh):
    """A reader that raises, while the other has a kernel at work, used to leave the build waiting for ever."""
    for name, (old, new, _) in FAULTY.items():
        assert old in PAGE
        page = PAGE.replace(old, new, 1).replace("fig-small-regions", f"fig-{name}-regions")
        (fresh.root / f"chapters/{name}.md").write_text(page, "utf-8")
    fresh.only_pages(*PAGES, *(f"chapters/{name}" for name in FAULTY))
    plain = "def quote_register(env) -> BookHtml:\n"
    fresh.edit("multivector/book/registers.py", plain, f"{plain}    return 1 / 0\n")
    fresh.edit("chapters/small.md", "fig, (left", "import time; time.sleep(3)\nfig, (left")
    lines = refused(fresh)
    assert any("chapters/quotes.md" in line and "ZeroDivisionError" in line for line in lines), lines
    for name, (_, _, expected) in FAULTY.items():
        expected = expected.replace("small", name)
        assert any(f"chapters/{name}.md" in line and expected in line for line in lines), (name, lines)
    assert {re.search(r"chapters/(\w+)\.md", line)[1] for line in lines[:-1]} == {*FAULTY, "quotes"}, lines

    fresh.edit("multivector/book/registers.py", "return 1 / 0", "import os; os._exit(9)")  # as if killed
    refused(fresh)


def refused(project) -> list[str]:
    """What a build says that ends with status 1, without a traceback, and leaves the site as it was."""
    done = project.book()
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    found = contents(project.root / "_build/html")
    assert not differences({name: found[name] for name in found if not name.startswith("reports/")}, project.site)
    return [line for line in done.stderr.splitlines() if line.startswith("book: ")]


def test_a_reference_to_no_figure_is_named():
    anchors = [("fig-a-b", "figure", "A")]
    pages = {"chapters/a": {"anchors": anchors}, "chapters/b": {"references": {"fig-a-b", "fig-x"}}}
    env = SimpleNamespace(metadata={name: {"multivector": told} for name, told in pages.items()})
    (line,) = roles.unknown_objects(env)
    assert line.startswith("chapters/b.md: no figure or table has the id 'fig-x'")


def test_values_are_stored_once_and_not_again_where_no_page_was_read(monkeypatch):
    stored = []
    monkeypatch.setattr(freshness.kept, "take", lambda values: None)
    monkeypatch.setattr(freshness.kept, "store", stored.append)
    env = SimpleNamespace(metadata={"chapters/a": {"multivector": {"values": {"key": 1}}}, "chapters/b": {}})
    freshness.store_values(None, env)
    freshness.store_values(None, env)
    assert stored == [paths.KEPT]
