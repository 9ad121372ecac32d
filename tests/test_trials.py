"""Settings, folders and moments that broke such books elsewhere: the cases that no other file of tests holds."""

import re
import socket
import subprocess
import sys
from types import SimpleNamespace

import build
import install
import pdf
import pytest
import serve
from lxml import html

from multivector import paths
from multivector.book import bundles, metadata, pages
from multivector.cite import citing

ODD = "Қазақстан #1 100%25 ? & [x]'s"


@pytest.fixture
def odd(tmp_path, monkeypatch):
    """A site in a folder whose name holds what addresses read as signs."""
    site = tmp_path / ODD
    (site / "chapters").mkdir(parents=True)
    monkeypatch.setattr(pdf, "SITE", site)
    return site


def test_pdf_finds_drawings_and_styles_in_any_folder(odd, monkeypatch):
    picture = html.fragment_fromstring('<img src="../_images/a%20b.svg" alt="x">')
    pdf._prepare(picture, "chapters/war")
    assert picture.get("src") == (odd / "_images" / "a b.svg").as_uri()
    assert not {"#", "?"} & set(picture.get("src"))
    monkeypatch.setattr(pdf, "table_of_contents", lambda *_: "")
    sheets = html.document_fromstring(pdf.document({}, {})).xpath("//link/@href")
    assert sheets[0] == (odd / "_static" / "pygments.css").as_uri()


def test_pdf_without_its_drawings_is_refused():
    pdf.refuse_gaps([])
    with pytest.raises(SystemExit, match="^pdf: 2 pictures or styles cannot be loaded, first file:///a.svg; run"):
        pdf.refuse_gaps(["file:///a.svg", "file:///b.svg"])


@pytest.mark.parametrize("port", ["busy", "many", "70000"])
def test_port_that_cannot_be_used_is_told_in_one_line(port):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        asked = str(other.getsockname()[1]) if port == "busy" else port
        with pytest.raises(SystemExit, match=f"^serve: port {asked} cannot be used .*; choose another") as told:
            serve.main(asked)
    assert "\n" not in str(told.value)


def test_site_can_be_put_where_jekyll_runs_and_has_a_page_for_what_is_not_there(tmp_path):
    config = SimpleNamespace(
        root_doc="intro", multivector_book_url="https://a.example/b", language="en", html_title="T"
    )
    app = SimpleNamespace(outdir=str(tmp_path), config=config, builder=SimpleNamespace(name="html"))
    pages.write_for_hosts(app, None)
    assert (tmp_path / ".nojekyll").exists()
    assert 'href="/b/intro.html"' in (tmp_path / "404.html").read_text("utf-8"), "works from any depth"
    assert not (tmp_path / "chapters").exists()
    assert "nojekyll" not in (paths.ROOT / "multivector/book/bundles.py").read_text("utf-8"), bundles.__name__


def test_where_the_book_is_built_is_in_no_setting_of_which_sphinx_publishes_a_digest():
    app, config = SimpleNamespace(confdir=str(paths.ROOT)), SimpleNamespace(templates_path=[])
    pages.configure(app, config)
    (place,) = config.templates_path
    assert (paths.ROOT / place / "layout.html").exists()
    assert place == "multivector/book/templates"


def test_install_says_what_it_cannot_write_and_installs_into_its_own_place(monkeypatch, tmp_path):
    monkeypatch.setattr(install, "VENV", tmp_path / ".venv")

    def refuse(*_, **__):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(install.venv, "create", refuse)
    with pytest.raises(SystemExit, match="^install: cannot write to .*: Read-only file system; give yourself"):
        install.main("requirements.txt")
    seen = {}
    monkeypatch.setattr(
        subprocess, "run", lambda *_, **given: seen.update(given["env"]) or SimpleNamespace(returncode=0)
    )
    install.run(["pip"])
    assert seen["PIP_USER"] == "0"


def test_build_drops_what_ends_upstream_and_reads_paths_as_utf_8(monkeypatch):
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    monkeypatch.setenv("PYTHONOPTIMIZE", "2")
    monkeypatch.setenv("PYTHONUTF8", "0")
    seen = {}
    process = SimpleNamespace(wait=lambda: 0)
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **given: seen.update(given["env"]) or process)
    assert build.run(["true"]) == 0
    assert seen["PYTHONUTF8"] == "1"
    assert not {"PYTHONWARNINGS", "PYTHONOPTIMIZE"} & set(seen)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("_toc.yml", "format: jb-book\nroot: [", "_toc.yml: while parsing a flow node .*; repair it"),
        ("_toc.yml", "format: jb-book\nroot: intro\nchapetrs: []", "_toc.yml: Unknown keys found: {'chapetrs'}"),
        ("_toc.yml", "format: jb-book\nroot: introo", "_toc.yml: there is no introo.md; correct the name"),
        ("_config.yml", "title: [", "_config.yml: while parsing a flow node .*; repair it"),
        ("_config.yml", "", "_config.yml: expected settings such as"),
    ],
)
def test_contents_and_settings_that_cannot_be_read_are_told_in_one_line(name, text, said, monkeypatch, tmp_path):
    for one in ("_toc.yml", "_config.yml", "intro.md"):
        (tmp_path / one).write_bytes((paths.ROOT / one).read_bytes())
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: intro\n", "utf-8")
    monkeypatch.setattr(build, "ROOT", tmp_path)
    assert build.unreadable() == ""
    (tmp_path / name).write_text(text, "utf-8")
    assert re.match(said, build.unreadable())
    (tmp_path / name).unlink()
    assert re.match(f"{name}: .*No such file", build.unreadable())


def test_python_without_docstrings_is_refused_in_one_line():
    command = [sys.executable, "-OO", "-m", "multivector", "claims"]
    done = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode != 0
    assert "python -OO drops" in done.stderr
    assert "Traceback" not in done.stderr


def test_reference_managers_are_told_that_it_is_a_book():
    head = metadata.head_tags(citing.book(), "About.", "")
    assert html.fromstring(f"<head>{head}</head>").xpath("//meta[@name='DC.type']/@content") == ["book"]


def test_help_lists_the_commands_in_any_make():
    text = (paths.ROOT / "Makefile").read_text("utf-8")
    assert "MAKEFILE_LIST" not in text, "BSD make has no such variable"
