"""What several test modules need: a copy of the project that a test may damage, and the built site."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
_LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "_build", "__pycache__", ".pytest_cache", ".hypothesis", "*.egg-info"
)


class Project:
    """A copy of the whole project in a folder of its own."""

    def __init__(self, folder: Path):
        self.root = folder
        shutil.copytree(ROOT, folder, ignore=_LEFT_OUT, dirs_exist_ok=True)

    def run(self, *command: str, **variables: str) -> subprocess.CompletedProcess:
        """Run Python with the copy's package; output as text."""
        return self._run([sys.executable, *command], variables)

    def book(self, *options: str, **variables: str) -> subprocess.CompletedProcess:
        """Build the copy's book as a user would."""
        script = str(Path(sys.executable).with_name("jupyter-book"))
        return self._run([script, "build", ".", *options], variables)

    def _run(self, command: list[str], variables: dict) -> subprocess.CompletedProcess:
        environment = {**os.environ, "PYTHONPATH": str(self.root), **variables}
        return subprocess.run(command, cwd=self.root, env=environment, capture_output=True, text=True, timeout=540)

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace text once in a file that must hold it."""
        file = self.root / path
        text = file.read_text("utf-8")
        assert text.count(old) >= 1, f"{path} does not hold {old!r}"
        file.write_text(text.replace(old, new, 1), "utf-8")

    def seal(self) -> None:
        """Record the checksums of changed tables."""
        done = self.run("-m", "multivector", "seal")
        assert done.returncode == 0, done.stderr

    def only_pages(self, *pages: str) -> None:
        """Shorten the table of contents, for builds that a test can afford."""
        lines = ["format: jb-book", f"root: {pages[0]}"]
        if len(pages) > 1:
            lines += ["chapters:", *(f"  - file: {page}" for page in pages[1:])]
        (self.root / "_toc.yml").write_text("\n".join(lines) + "\n", "utf-8")


@pytest.fixture
def project(tmp_path) -> Project:
    """A fresh copy for one test."""
    return Project(tmp_path / "book")


@pytest.fixture(autouse=True)
def close_figures():
    """Leave no figure open for the next test: pyplot keeps them all, and warns from the twentieth on."""
    yield
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")


@pytest.fixture(scope="session")
def site() -> Path:
    """The built site; `make test` builds it before the tests run."""
    html = ROOT / "_build" / "html"
    assert (html / "index.html").exists(), "the book is not built: run `make book` first"
    return html


@pytest.fixture(scope="session")
def site_claims(site) -> list[dict]:
    """The claims as the site publishes them."""
    return json.loads((site / "claims.json").read_text("utf-8"))["claims"]


NOT_RUN = ("browser checks did not run", "pages were not validated", "PDF was not checked", "EPUB was not checked")


def pytest_terminal_summary(terminalreporter) -> None:
    """Say plainly which checks did not run for want of a program: a line of dots would hide it."""
    for opening in NOT_RUN:
        reasons = [str(one.longrepr[-1]) for one in terminalreporter.stats.get("skipped", [])]
        reasons = [reason.removeprefix("Skipped: ") for reason in reasons if opening in reason]
        if reasons:
            terminalreporter.section(f"{opening.upper()} ({len(reasons)})", yellow=True)
            terminalreporter.line(reasons[0], yellow=True)
