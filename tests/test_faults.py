"""Faults around the build: each ends with a clear line and a status, and the next build is right."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from multivector import paths
from multivector.book import faults, lock

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
    """A book of one small page."""
    project.page = project.root / "chapters/sample.md"
    project.page.write_text(PAGE.replace("CODE", STAYS), "utf-8")
    project.only_pages("chapters/sample")
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


def reached(project, mark: str = "reached") -> None:
    """Wait until the notebook of a started build runs."""
    file = project.root / "chapters" / mark
    for _ in range(1200):
        if file.exists():
            file.unlink()
            return
        time.sleep(0.1)
    raise AssertionError("the notebook did not start")


WAITS = "import pathlib, time\npathlib.Path('reached').touch() if pathlib.Path('sample.md').exists() else pathlib.Path('chapters/reached').touch()\ntime.sleep(600)"


def is_right(project) -> None:
    """A plain build gives the whole page, and says nothing of trouble."""
    project.page.write_text(PAGE.replace("CODE", STAYS), "utf-8")
    done = project.run("tools/build.py", PATH=str(Path(sys.executable).parent))  # all that it may ask for: no git
    assert done.returncode == 0, done.stdout + done.stderr
    assert_whole(project)


def assert_whole(project) -> None:
    page = (project.site / "chapters/sample.html").read_text("utf-8")
    assert "210 rows" in page
    assert page.rstrip().endswith("</html>")
    assert lock.UNFINISHED not in (project.site / "index.html").read_text("utf-8")
    assert not (project.site / "reports").exists(), "what a failed run left is part of the site"


def test_whatever_ends_a_build_is_told_and_the_next_one_is_right(small):
    """One book from fault to fault: what one leaves behind the next build must put right."""
    two_at_once_and_ctrl_c(small)
    is_right(small)
    page_put_back(small)
    killed_while_writing(small)
    full_disk(small)
    kernel_that_dies(small)
    damaged_table(small)
    is_right(small)
    build_folder_that_cannot_be_written(small)


def two_at_once_and_ctrl_c(small) -> None:
    first = started(small, WAITS)
    try:
        reached(small)
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


def killed_while_writing(small) -> None:
    held = small.root / "_build" / lock.NAME
    assert held.read_text().startswith("done")
    held.write_text("writing 1\n")  # what a killed process leaves behind
    (small.site / "chapters/sample.html").write_text("<p>half", "utf-8")
    (small.site / "index.html").write_text(lock.UNFINISHED, "utf-8")
    for notebook in (small.root / "_build/.jupyter_cache").rglob("*.ipynb"):
        notebook.write_text(notebook.read_text("utf-8")[:100], "utf-8")
    done = small.book()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "starting clean" in done.stderr
    assert_whole(small)


def page_put_back(small) -> None:
    """Its text and its time are those of the last record; what lies on the disk is the page with the fault."""
    text, saved = small.page.read_bytes(), small.page.stat()
    small.page.write_bytes(text.replace(b"A sentence", b"Another sentence, with {num}`nothing.known`,"))
    assert small.book().returncode == 1
    small.page.write_bytes(text)
    os.utime(small.page, ns=(saved.st_atime_ns, saved.st_mtime_ns))
    shutil.rmtree(small.site)
    done = small.book()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Another sentence" not in (small.site / "chapters/sample.html").read_text("utf-8")
    assert_whole(small)


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


def kernel_that_dies(small) -> None:
    small.page.write_text(PAGE.replace("CODE", "import os\nos._exit(9)"), "utf-8")
    done = small.run("tools/build.py")
    assert done.returncode == 1
    (line,) = (line for line in done.stderr.splitlines() if line.startswith("book: chapters/sample.md"))
    assert "died" in line.lower() or "kernel" in line.lower(), line
    assert not (small.site / "chapters/sample.html").exists()


def damaged_table(small) -> None:
    """Of the wrong bytes, wrong in a cell though sealed by force: a line, and nothing is written."""
    table, package = small.root / "data/states.csv", small.root / "data/datapackage.json"
    whole, sealed = table.read_bytes(), package.read_bytes()
    for damage, by_force, expected in (
        (lambda: whole[: len(whole) // 2], False, "checksum"),
        (lambda: whole.replace(b"\n", b"\r\n"), False, "lines end with CR LF"),
        (lambda: whole.replace(b"Kazakhstan", b"Kazakhstan "), True, "column name: value 'Kazakhstan '"),
    ):
        table.write_bytes(damage())
        if by_force:
            small.seal()
        done = small.run("tools/build.py")
        assert done.returncode == 1
        lines = [line for line in done.stderr.splitlines() if line.startswith("book: data/states.csv")]
        assert any(expected in line for line in lines), done.stderr
        assert "Traceback" not in done.stderr
        assert not (small.site / "chapters/sample.html").exists()
    table.write_bytes(whole)
    package.write_bytes(sealed)


def build_folder_that_cannot_be_written(small) -> None:
    shutil.rmtree(small.root / "_build")
    (small.root / "_build").write_text("a file, not a folder", "utf-8")
    done = small.run("tools/build.py")
    assert done.returncode == 1
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("build: cannot write to _build: ")


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
