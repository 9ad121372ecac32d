"""A chapter runs top to bottom wherever it is opened, without an edit: kernels, Jupyter's tools, Binder, a container.

Each run asks that the last cell was reached, that every figure and table was drawn, and that nothing was told on the
error stream. Deprecated calls are errors inside the kernels too. Slow: a kernel and its imports cost seconds.
"""

import json
import os
import re
import shlex
import socket
import subprocess
import sys
import time
import urllib.request
from itertools import product
from pathlib import Path

import jupytext
import nbformat
import pytest
import yaml
from conftest import REPOSITORY
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from multivector import paths, rerun

CHAPTERS = sorted(
    file.relative_to(paths.ROOT).with_suffix("").as_posix()
    for file in paths.CHAPTERS.glob("*.md")
    if "```{code-cell}" in file.read_text("utf-8")
)
SHOWN = re.compile(r'"((?:fig|tab)-[a-z0-9-]+)"')
STRICT = "error::DeprecationWarning,error::PendingDeprecationWarning,error::FutureWarning"


def notebook_of(docname: str) -> nbformat.NotebookNode:
    return jupytext.read(paths.chapter_file(docname))


def missing(notebook) -> list[str]:
    """What is wrong with an executed notebook, a line each."""
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    lines = [f"cell {number} did not run" for number, cell in enumerate(cells) if not cell["execution_count"]]
    outputs = [output for cell in cells for output in cell["outputs"]]
    lines += [output["text"] for output in outputs if output.get("name") == "stderr"]
    shown = "".join(str(output.get("data", {}).get("text/html", "")) for output in outputs)
    names = {name for cell in cells for name in SHOWN.findall(cell["source"])}
    return lines + [f"{name} was not drawn" for name in sorted(names) if f'id="{name}"' not in shown]


def run_in(folder: Path, notebook) -> None:
    """Execute a notebook with a folder as its own."""
    client = NotebookClient(notebook, timeout=180, kernel_name="python3", config=rerun.kernel_settings())
    client.resources["metadata"] = {"path": str(folder)}
    client.execute()


def test_every_chapter_is_found():
    assert {"chapters/war", "chapters/claims", "chapters/global-south"} <= set(CHAPTERS), CHAPTERS
    assert sum(len(SHOWN.findall(paths.chapter_file(name).read_text("utf-8"))) for name in CHAPTERS) > 30


def test_a_cell_that_did_not_run_would_be_seen():
    notebook = notebook_of("chapters/forum")
    assert "cell 0 did not run" in missing(notebook)
    assert any("was not drawn" in line for line in missing(notebook))


@pytest.mark.nightly
@pytest.mark.parametrize(("docname", "folder"), [*product(CHAPTERS, (".", "chapters"))])
def test_chapter_runs_from_here(docname, folder, monkeypatch):
    """The build has run each in its folder; bundles run some each day in folders of their own, as strictly."""
    monkeypatch.setenv("PYTHONWARNINGS", STRICT)
    notebook = notebook_of(docname)
    run_in(paths.ROOT / folder, notebook)
    assert not missing(notebook)


@pytest.fixture
def jupyterlab(tmp_path):
    """A running JupyterLab on an empty folder; gives a function that asks its server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [f"--ServerApp.root_dir={tmp_path}", f"--ServerApp.port={port}", "--IdentityProvider.token=word"]
    command = [Path(sys.executable).with_name("jupyter-lab"), "--no-browser", "--allow-root", *options]
    places = {f"JUPYTER_{name}_DIR": str(tmp_path / f".{name}") for name in ("CONFIG", "RUNTIME", "DATA")}
    log = (tmp_path / "log").open("w")
    server = subprocess.Popen(command, env={**os.environ, **places}, stdout=log, stderr=log)

    def ask(path: str, method: str = "GET", content: dict | None = None) -> dict:
        body = json.dumps(content).encode() if content else None
        request = urllib.request.Request(f"http://127.0.0.1:{port}/api/{path}", body, method=method)
        request.add_header("Authorization", "token word")
        with urllib.request.urlopen(request, timeout=30) as reply:
            return json.load(reply)

    try:
        for _ in range(240):
            assert server.poll() is None, (tmp_path / "log").read_text()
            try:
                ask("status")
                break
            except OSError:
                time.sleep(0.25)
        yield ask
    finally:
        server.terminate()
        server.wait(timeout=30)
        log.close()


@pytest.mark.slow
def test_chapter_opens_in_jupyterlab_as_a_notebook_and_a_deprecated_call_stops_it(jupyterlab, tmp_path, monkeypatch):
    """What JupyterLab does when a chapter is opened, saved and run: a notebook with its kernel, from Markdown."""
    source = paths.chapter_file("chapters/order").read_text("utf-8")
    (tmp_path / "order.md").write_text(source, "utf-8")
    model = jupyterlab("contents/order.md?type=notebook&content=1")
    assert model["type"] == "notebook"
    notebook = nbformat.from_dict(model["content"])
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert len([cell for cell in notebook["cells"] if cell["cell_type"] == "code"]) == source.count("```{code-cell}")

    jupyterlab("contents/order.md", "PUT", {"type": "notebook", "format": "json", "content": model["content"]})
    again = jupytext.read(tmp_path / "order.md")
    cells = [[cell["source"] for cell in one["cells"]] for one in (notebook, again)]
    assert cells[0] == cells[1], "saving in JupyterLab must not change the chapter"

    monkeypatch.setenv("PYTHONWARNINGS", STRICT)
    (tmp_path / "old.py").write_text("import warnings\nwarnings.warn('soon gone', DeprecationWarning)\n", "utf-8")
    notebook["cells"].append(nbformat.v4.new_code_cell("import old"))
    with pytest.raises(CellExecutionError, match="soon gone"):
        run_in(tmp_path, notebook)
    assert not missing(notebook), "all that stands before the deprecated call ran as strictly"


# --- Binder, container, editor ------------------------------------------------------------------------------------


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (paths.ROOT / "Makefile").read_text("utf-8"), re.M))


def made(command: str) -> set[str]:
    """Targets of make that a command line names."""
    parts = [shlex.split(part) for part in re.split(r"&&|\|\||;|\n", command)]
    return {word for part in parts if part[:1] == ["make"] for word in part[1:] if "=" not in word}


def test_binder_installs_the_books_own_lock():
    folder = paths.ROOT / "binder"
    lines = [line for line in (folder / "requirements.txt").read_text("utf-8").splitlines() if line[:1] != "#"]
    assert lines == ["-r ../requirements.txt"], "pip takes the path from the file's own folder"
    assert (folder / lines[0].removeprefix("-r ")).resolve() == paths.LOCK
    python = re.fullmatch(r"python-(3\.\d+)\n", (folder / "runtime.txt").read_text("utf-8")).group(1)
    assert python in workflow_pythons(), "Binder's Python must be one that the workflow tests"


def workflow_pythons() -> list[str]:
    workflow = yaml.safe_load((paths.ROOT / ".github/workflows/test.yml").read_text("utf-8"))
    return workflow["jobs"]["test"]["strategy"]["matrix"]["python"]


def test_binder_finishes_as_an_installation_does():
    script = paths.ROOT / "binder" / "postBuild"
    assert os.access(script, os.X_OK), "repo2docker runs it as a program"
    text = script.read_text("utf-8")
    assert text.startswith("#!/usr/bin/env bash\n")
    steps = [line for line in text.splitlines() if line.startswith("pip ")]
    install = (paths.ROOT / "tools" / "install.py").read_text("utf-8")
    assert steps == ["pip install --no-deps --no-build-isolation -e ."]
    assert "\njupytext-config set-default-viewer markdown\n" in text, "a link to a chapter opens a notebook"
    assert '"--no-deps", "--no-build-isolation", "-e", "."' in install, "the same step as on any machine"


@pytest.mark.slow
def test_the_lock_that_binder_names_resolves_by_hash():
    """pip reads Binder's file as repo2docker would, and finds every requirement pinned, hashed and installed."""
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--no-deps", "--no-index", "--require-hashes"]
    done = subprocess.run(
        [*command, "-r", "binder/requirements.txt"], cwd=paths.ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Would install" not in done.stdout


def test_container_installs_by_make_and_opens_chapters():
    container = json.loads((paths.ROOT / ".devcontainer" / "devcontainer.json").read_text("utf-8"))
    python = re.fullmatch(r"mcr\.microsoft\.com/devcontainers/python:\d-(3\.\d+)(-\w+)?", container["image"]).group(1)
    assert python in workflow_pythons()
    assert made(container["postCreateCommand"]) == {"install-test"}
    assert made(container["postCreateCommand"]) <= targets()
    editor = container["customizations"]["vscode"]
    assert "ms-toolsai.jupyter" in editor["extensions"]
    assert editor["settings"]["python.defaultInterpreterPath"].endswith("/.venv/bin/python")


# --- launch buttons -----------------------------------------------------------------------------------------------

BUTTON = re.compile(r'href="(https://mybinder\.org/[^"]+)"')
BINDER = "https://mybinder.org/v2"


def buttons(site: Path, docname: str) -> list[str]:
    return BUTTON.findall((site / f"{docname}.html").read_text("utf-8"))


def test_without_a_repository_there_is_nothing_to_launch(site):
    config = yaml.safe_load(paths.CONFIG.read_text("utf-8"))
    assert "BOOK_REPOSITORY" not in os.environ
    assert not config.get("repository", {}).get("url")
    assert buttons(site, "chapters/order") == []


@pytest.mark.slow
@pytest.mark.xdist_group("addressed")
def test_launch_buttons_appear_with_a_repository_and_lead_to_the_chapter(addressed):
    site = addressed.root / "_build/html"
    launched = buttons(site, "chapters/small")
    assert launched == ["https://mybinder.org/v2/gh/example/book/v1.0.0?urlpath=lab/tree/chapters/small.md"]
    path = launched[0].partition("lab/tree/")[2]
    assert (addressed.root / path).exists(), "the button names a file of the repository"
    assert (addressed.root / "binder" / "requirements.txt").exists(), "which Binder can build"
    page = (site / "chapters/small.html").read_text("utf-8")
    assert re.search(r'<a [^>]*aria-label="Launch on Binder"><svg class="mv-icon"[^>]*><path d="M', page), "a drawing"
    assert buttons(site, "chapters/citing") == [], "a page without code has nothing to launch"
    assert not (site / "_sources").exists(), "the theme's copies of notebooks are not published"


@pytest.mark.parametrize(
    ("variables", "configured", "expected"),
    [
        ({}, "", ""),
        ({}, REPOSITORY, f"{BINDER}/gh/example/book/main"),
        ({"BOOK_REPOSITORY": f"{REPOSITORY}/", "BOOK_BRANCH": "v1.0.0"}, "", f"{BINDER}/gh/example/book/v1.0.0"),
        ({"BOOK_REPOSITORY": "https://gitlab.com/a/b"}, REPOSITORY, f"{BINDER}/gl/a%2Fb/main"),
        ({"BOOK_REPOSITORY": "https://codeberg.org/a/b"}, "", f"{BINDER}/git/https%3A%2F%2Fcodeberg.org%2Fa%2Fb/main"),
        ({"BOOK_REPOSITORY": "/home/me/book"}, "", ""),
        ({"BOOK_REPOSITORY": REPOSITORY, "FOCUS": "UZB"}, "", ""),
    ],
)
def test_an_address_decides_whether_there_are_buttons(variables, configured, expected, monkeypatch):
    from multivector.book import launching

    for name in ("BOOK_REPOSITORY", "BOOK_BRANCH", "FOCUS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert launching.binder({"repository_url": configured}) == expected
