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

from multivector.book import lock

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
    done = project.run("tools/build.py")
    assert done.returncode == 0, done.stdout + done.stderr
    page = (project.site / "chapters/sample.html").read_text("utf-8")
    assert "210 rows" in page
    assert page.rstrip().endswith("</html>")
    assert lock.UNFINISHED not in (project.site / "index.html").read_text("utf-8")


def test_two_builds_at_once_and_ctrl_c(small):
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
    is_right(small)


def test_killed_while_writing_shows_no_half_site_and_starts_clean(small):
    is_right(small)
    front = small.site / "index.html"
    held = small.root / "_build" / lock.NAME
    assert held.read_text().startswith("done")
    held.write_text("writing 1\n")  # what a killed process leaves behind
    (small.site / "chapters/sample.html").write_text("<p>half", "utf-8")
    front.write_text(lock.UNFINISHED, "utf-8")
    for notebook in (small.root / "_build/.jupyter_cache").rglob("*.ipynb"):
        notebook.write_text(notebook.read_text("utf-8")[:100], "utf-8")
    done = small.book()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "starting clean" in done.stderr
    is_right(small)


def test_a_page_put_back_after_a_fault_is_read_again(small):
    """Its text and its time are those of the last record; what lies on the disk is the page with the fault."""
    is_right(small)
    text, saved = small.page.read_bytes(), small.page.stat()
    small.page.write_bytes(text.replace(b"A sentence", b"Another sentence, with {num}`nothing.known`,"))
    assert small.book().returncode == 1
    small.page.write_bytes(text)
    os.utime(small.page, ns=(saved.st_atime_ns, saved.st_mtime_ns))
    shutil.rmtree(small.site)
    done = small.book()
    assert done.returncode == 0, done.stdout + done.stderr
    page = (small.site / "chapters/sample.html").read_text("utf-8")
    assert "A sentence of the sample" in page
    assert "Another sentence" not in page


def test_full_disk_while_writing(small):
    is_right(small)
    target = small.site / "claims.json"
    target.unlink()
    target.symlink_to("/dev/full")
    small.page.write_text(PAGE.replace("CODE", STAYS).replace("A sentence", "Another sentence"), "utf-8")
    done = small.run("tools/build.py")
    assert done.returncode == 1
    told = done.stdout + done.stderr
    assert "No space left on device" in told, told
    assert "is not whole, the next build starts clean" in told, told
    assert (small.site / "index.html").read_text("utf-8") == lock.UNFINISHED, "a half-written site must not pass"
    is_right(small)


def test_build_folder_that_cannot_be_written(small):
    shutil.rmtree(small.root / "_build")
    (small.root / "_build").write_text("a file, not a folder", "utf-8")
    done = small.run("tools/build.py")
    assert done.returncode == 1
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("build: cannot write to _build: ")
    (small.root / "_build").unlink()
    is_right(small)


def test_kernel_that_dies_is_named(small):
    small.page.write_text(PAGE.replace("CODE", "import os\nos._exit(9)"), "utf-8")
    done = small.run("tools/build.py")
    assert done.returncode == 1
    line = next(line for line in done.stderr.splitlines() if line.startswith("book: "))
    assert "chapters/sample.md" in line, done.stderr
    assert "died" in line.lower() or "kernel" in line.lower(), line
    assert not (small.site / "chapters/sample.html").exists()
    is_right(small)


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (lambda content: content[: len(content) // 2], "checksum"),
        (lambda content: content.replace(b"Kazakhstan", b"Kazakhst\xe4n"), "checksum"),
        (lambda content: content.replace(b"\n", b"\r\n"), "lines end with CR LF"),
    ],
)
def test_damaged_table_ends_the_build_in_one_line(small, damage, expected):
    table = small.root / "data/states.csv"
    whole = table.read_bytes()
    table.write_bytes(damage(whole))
    done = small.run("tools/build.py")
    assert done.returncode == 1
    lines = [line for line in done.stderr.splitlines() if line.startswith("book: ")]
    assert "data/states.csv" in lines[0], done.stderr
    assert expected in lines[0]
    assert "Traceback" not in done.stderr
    assert not (small.site / "chapters").exists()


def test_damaged_table_stays_named_after_sealing(small):
    """Sealing puts line ends right, which loses nothing; it does not make a damaged table valid."""
    table = small.root / "data/states.csv"
    whole = table.read_bytes()
    for damaged, expected in (
        (whole[: len(whole) // 2], r"data/states.csv: row"),
        (whole.replace(b"Kazakhstan", b"Kazakhst\xe4n"), "is not UTF-8"),
    ):
        table.write_bytes(damaged)
        sealed = small.run("-m", "multivector", "seal")
        assert sealed.returncode == 1
        assert expected in sealed.stderr
        done = small.run("-m", "multivector", "check")
        assert done.returncode == 1
        assert expected in done.stdout
    table.write_bytes(whole.replace(b"\n", b"\r\n"))
    done = small.run("-m", "multivector", "seal")
    assert "data/states.csv: line ends CR LF made LF" in done.stdout, done.stderr
    assert table.read_bytes() == whole


def test_missing_git_does_not_stop_a_build(small):
    """The only tool a build asks for is its own Python."""
    folder = str(Path(sys.executable).parent)
    done = small.run("tools/build.py", PATH=folder)
    assert done.returncode == 0, done.stdout + done.stderr


def test_lock_lets_go_when_its_process_ends(tmp_path):
    code = "import sys; from pathlib import Path; from multivector.book import lock; lock.hold(Path(sys.argv[1])); lock.note(Path(sys.argv[1]), 'writing')"
    for _ in range(2):
        subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    assert lock.hold(tmp_path) == "writing"
    with pytest.raises(subprocess.CalledProcessError):
        subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, capture_output=True)
