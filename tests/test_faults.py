"""Faults around the build: each ends with a clear line and a status, and the next build is right."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from multivector import paths
from multivector.book import faults, freshness, lock

PAGE = """---
jupytext: {text_representation: {extension: .md, format_name: myst}}
kernelspec: {display_name: Python 3, language: python, name: python3}
---
# Sample

A sentence of the sample.

```{code-cell} python
CODE
```
"""
STAYS = "from multivector.facts import tables\nprint(len(tables.load('states')), 'rows')"


@pytest.fixture
def small(project):
    """A book of two small pages, one of them with code."""
    project.page, project.notes = (project.root / f"chapters/{name}.md" for name in ("sample", "notes"))
    project.page.write_text(PAGE.replace("CODE", STAYS), "utf-8")
    project.notes.write_text("# Notes\n\nA note.\n", "utf-8")
    project.only_pages("chapters/sample", "chapters/notes")
    project.site = project.root / "_build/html"
    return project


def started(project, code: str) -> subprocess.Popen:
    """A build whose notebook runs ``code``, started in a process group of its own."""
    project.page.write_text(PAGE.replace("CODE", code), "utf-8")
    return subprocess.Popen(
        [sys.executable, "tools/build.py"],
        cwd=project.root,
        env={**os.environ, "PYTHONPATH": str(project.root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background jobs ignore Ctrl-C
    )


def within_a_minute(asked) -> bool:
    """Whether something comes true, asked again and again."""
    return any(asked() or time.sleep(0.1) for _ in range(600))


WAITS = "import os, pathlib, time\npathlib.Path('FILE').write_text(str(os.getpid()))\ntime.sleep(600)"
DIES = "import os\nos._exit(9)"


def refused(project) -> str:
    """What a build says that ends with status 1 and leaves the last good site as it was."""
    before = (project.site / "chapters/sample.html").stat().st_mtime_ns
    done = project.run("tools/build.py")
    assert done.returncode == 1
    assert (project.site / "chapters/sample.html").stat().st_mtime_ns == before
    assert "Traceback" not in done.stderr
    return done.stderr


def is_right(project) -> str:
    """What a plain build says that gives the whole page."""
    done = project.run("tools/build.py", PATH=str(Path(sys.executable).parent))  # all that it may ask for: no git
    assert done.returncode == 0, done.stdout + done.stderr
    page = (project.site / "chapters/sample.html").read_text("utf-8")
    assert "210 rows" in page
    assert "Another sentence" not in page
    assert "A note." in (project.site / "chapters/notes.html").read_text("utf-8")
    assert page.rstrip().endswith("</html>")
    assert lock.UNFINISHED not in (project.site / "index.html").read_text("utf-8")
    assert not (project.site / "reports").exists(), "what a failed run left is part of the site"
    return done.stderr


def test_whatever_ends_a_build_is_told_and_the_next_one_is_right(small):
    """One book from fault to fault: what one leaves behind the next build must put right."""
    whole = small.page.read_bytes()
    two_at_once_and_ctrl_c(small)
    small.page.write_bytes(whole)
    is_right(small)
    pages_with_faults_put_back(small)
    warnings_of_sphinx(small)
    damaged_table(small)
    full_disk(small)
    small.page.write_bytes(whole)
    killed_while_writing(small)
    build_folder_that_cannot_be_written(small)


def two_at_once_and_ctrl_c(small) -> None:
    told = small.root.parent / "kernel"
    first = started(small, WAITS.replace("FILE", str(told)))
    try:
        assert within_a_minute(lambda: told.exists() and told.read_text()), "the notebook did not start"
        second = small.book()
        assert second.returncode == 1
        assert "another build is at work in _build (process " in second.stderr, second.stderr
        assert "Traceback" not in second.stderr
        assert not (small.site / "chapters/sample.html").exists()
    finally:
        os.killpg(first.pid, signal.SIGINT)
        output, _ = first.communicate(timeout=60)
    assert first.returncode == 130, output
    assert "build: interrupted" in output
    assert within_a_minute(lambda: not psutil.pid_exists(int(told.read_text()))), "its kernel lives on"


def pages_with_faults_put_back(small) -> None:
    """Their texts and times are those of the last record; what lies on the disk are the pages with the faults."""
    saved = {page: (page.read_bytes(), page.stat().st_mtime_ns) for page in (small.page, small.notes)}
    small.page.write_text(PAGE.replace("CODE", DIES), "utf-8")
    small.notes.write_text(
        "# Notes\n\nAnother note, with {num}`nothing.known`.\n\n{num}`order.es11_vote(resolution=X)`", "utf-8"
    )
    of_notes, of_none, of_page = re.findall("^book: (chapters/.*)$", refused(small), re.M)
    assert "nothing.known" in of_notes
    assert of_none.endswith("no data (no resolution X); correct what is asked, or the table")
    assert of_page.startswith("chapters/sample.md: ")
    assert "kernel died" in of_page.lower()
    for page, (text, time_saved) in saved.items():
        page.write_bytes(text)
        os.utime(page, ns=(time_saved, time_saved))
    shutil.rmtree(small.site)
    is_right(small)


def warnings_of_sphinx(small) -> None:
    """One met in reading is a fault like others; a site with one met in writing does not pass, nor is it built upon."""
    whole = small.page.read_bytes()
    small.edit("chapters/sample.md", "A sentence", "Another sentence, {nmu}`of`")
    assert "the warnings above are faults, nothing was written" in refused(small)
    small.page.write_bytes(whole)
    small.edit("chapters/sample.md", "A sentence", "Another sentence [there](nowhere.md)")
    for _ in range(2):
        done = small.run("tools/build.py")
        assert done.returncode == 1, "the second build tells it again"
        assert "nowhere.md" in done.stderr
        assert (small.site / "index.html").read_text("utf-8") == lock.UNFINISHED
    small.page.write_bytes(whole)
    assert "starting clean" in is_right(small)


def damaged_table(small) -> None:
    """Of the wrong bytes, wrong in a cell though sealed by force: a line, and nothing is written."""
    table, package = small.root / "data/states.csv", small.root / "data/datapackage.json"
    whole, sealed = table.read_bytes(), package.read_bytes()
    table.write_bytes(whole.replace(b"\n", b"\r\n"))
    assert "book: data/states.csv: lines end with CR LF" in refused(small)
    table.write_bytes(whole.replace(b"Kazakhstan", b"Kazakhstan "))
    assert "book: data/states.csv: checksum" in refused(small)
    small.seal()
    assert re.search(r"^book: data/states.csv: .*column name: value 'Kazakhstan '", refused(small), re.M)
    table.write_bytes(whole)
    package.write_bytes(sealed)


def full_disk(small) -> None:
    target = small.site / "claims.json"
    target.unlink()
    target.symlink_to("/dev/full")
    small.edit("chapters/sample.md", "A sentence", "Another sentence")
    done = small.run("tools/build.py")
    assert done.returncode == 1
    told = done.stdout + done.stderr
    assert "No space left on device" in told, told
    assert "is not whole, the next build starts clean" in told, told
    assert (small.site / "index.html").read_text("utf-8") == lock.UNFINISHED, "a half-written site must not pass"


def killed_while_writing(small) -> None:
    held = small.root / "_build" / lock.NAME
    held.write_text("writing 1\n")  # what a killed process leaves behind
    (small.site / "chapters/sample.html").write_text("<p>half", "utf-8")
    for notebook in (small.root / "_build/.jupyter_cache").rglob("*.ipynb"):
        notebook.write_text(notebook.read_text("utf-8")[:100], "utf-8")
    assert "starting clean" in is_right(small)
    assert held.read_text().startswith("done")


def build_folder_that_cannot_be_written(small) -> None:
    shutil.rmtree(small.root / "_build")
    (small.root / "_build").write_text("a file, not a folder", "utf-8")
    done = small.run("tools/build.py")
    assert done.returncode == 1
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("build: cannot write to _build: ")


def test_a_faulty_table_is_told_and_not_what_follows_from_it(monkeypatch):
    told = ["data/states.csv: row 2, column name: wrong"]
    monkeypatch.setattr(freshness.checks, "faults", lambda: told)
    monkeypatch.setattr(freshness.claims, "faults", lambda: ["C-01: its condition is false"])
    assert freshness._faults() == told
    monkeypatch.setattr(freshness.claims, "faults", lambda: 1 / 0)
    assert freshness._faults() == told
    monkeypatch.setattr(freshness.checks, "faults", list)
    with pytest.raises(ZeroDivisionError):
        freshness._faults()


def test_lock_lets_go_when_its_process_ends(tmp_path):
    code = "import sys; from pathlib import Path; from multivector.book import lock; lock.hold(Path(sys.argv[1])); lock.note(Path(sys.argv[1]), 'writing')"
    for _ in range(2):
        subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    assert lock.hold(tmp_path) == "writing"
    with pytest.raises(subprocess.CalledProcessError):
        subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, capture_output=True)


def test_a_notebook_that_stopped_says_why_and_where_in_the_book(monkeypatch):
    ours = f"  File {paths.ROOT}/multivector/look/maps.py:12, in base(ax)\n"
    theirs = f"  File {paths.ROOT}/.venv/lib/pandas/core.py:3, in get(key)\n"
    assert faults._cause(f"{ours}{theirs}KeyError: 'iso3'") == "KeyError: 'iso3' (multivector/look/maps.py, line 12)"
    monkeypatch.setenv("HOME", str(paths.ROOT.parent))
    at_home = f"  File ~/{paths.ROOT.name}/multivector/look/maps.py:12, in base(ax)\nKeyError: 'iso3'"
    assert faults._cause(at_home) == "KeyError: 'iso3' (multivector/look/maps.py, line 12)"
    plain = f'  File "{paths.ROOT}/multivector/book/cards.py", line 7, in badge\nValueError: no'
    assert faults._cause(plain) == "ValueError: no (multivector/book/cards.py, line 7)"
    assert faults._cause(f"{ours}BookError: data/x.csv: row 2: wrong") == "data/x.csv: row 2: wrong"
    assert faults._cause(f"{theirs}\x1b[31mTypeError\x1b[39m: no") == "TypeError: no"
    page, stopped = "# A\n\n  1 / 0\ny = (2\n", "Cell In[1], line 3\n      2 x\n\x1b[32m----> 3\x1b[39m   1 / 0\n"
    assert faults._row(stopped, page) == ":3"
    assert faults._row("  Cell In[1], line 2\n    y = (2\n       ^\nSyntaxError: '(' was never closed", page) == ":4"
    assert faults._row(stopped, page + "1 / 0\n") == "", "one of two rows"
