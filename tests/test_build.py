"""Building as a user does: nothing is done where nothing changed, and a fault is one line with a status."""

from types import SimpleNamespace

import pytest

from multivector.book import attachments, pages

STANDS = """
import json, os
from pathlib import Path
from multivector import paths
from multivector.book import inputs

def stands():
    return inputs.stands(paths.HTML, inputs.asked(inputs.Inputs()))

found = {"nothing was noted": stands()}
inputs.note(paths.HTML, inputs.asked(inputs.Inputs()))
found["noted"] = stands()
for name in ("BOOK_URL", "BOOK_REPOSITORY", "BOOK_BRANCH", "BOOK_VERSIONS", "FOCUS"):
    os.environ[name] = "UZB"
    found[name] = stands()
    del os.environ[name]
for path in ("intro.md", "chapters/order.md", "_config.yml", "data/states.csv", "multivector/book/roles.py", "LICENSE",
             "multivector/book/static/book.css", "requirements.txt", "CHANGELOG.md", "docs/bench.md",
             "docs/fact-check.csv", "_build/html/chapters/order.html"):
    file = Path(path)
    content, now = file.read_bytes(), file.stat()
    file.write_bytes(content + b"\\n")
    found[path] = stands()
    file.write_bytes(content)
    os.utime(file, ns=(now.st_atime_ns, now.st_mtime_ns))
found["as it was"] = stands()
(paths.HTML / "chapters/order.html").rename("order.html")
found["a page is gone"] = stands()
Path("order.html").rename(paths.HTML / "chapters/order.html")
print(json.dumps([name for name in found if found[name]]))
"""


def test_nothing_is_done_only_where_nothing_changed(project):
    page = project.root / "_build/html/chapters/order.html"
    page.parent.mkdir(parents=True)
    page.write_text("A page.", "utf-8")
    done = project.run("-c", STANDS)
    assert done.stdout == '["noted", "as it was"]\n', done.stdout + done.stderr
    assert "nothing has changed" in project.run("tools/build.py").stdout


def test_pages_at_other_addresses_are_refused(capsys):
    with pytest.raises(SystemExit):
        pages.prepare(SimpleNamespace(builder=SimpleNamespace(name="dirhtml")))
    assert "book: the builder dirhtml gives pages other addresses" in capsys.readouterr().err


def test_a_book_of_one_page_has_its_pictures(tmp_path):
    files = {"fig-one.svg", "fig-one.dark.svg"}
    env = SimpleNamespace(metadata={"chapters/order": {"multivector": {"files": files}}})
    app = SimpleNamespace(env=env, builder=SimpleNamespace(name="singlehtml"), doctreedir=tmp_path, outdir=tmp_path)
    attachments.store(app).mkdir()
    for name in files:
        (attachments.store(app) / name).write_text("<svg/>")
    attachments.copy_beside_one_page(app, None)
    assert {file.name for file in (tmp_path / "files").iterdir()} == files


def test_changed_word_of_a_quote_is_named(project):
    project.edit("data/quotes.csv", "grandiose", "gorgeous")
    project.seal()
    done = project.run("-m", "multivector", "verify-quotes")
    assert done.returncode == 1
    assert "Q-01" in done.stdout
