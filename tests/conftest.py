"""What several test modules need: a copy of the project that a test may damage, and the built site."""

import contextlib
import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest
from programs import not_run
from watched import WATCH, WIDE, at_leisure

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import browsing  # noqa: E402

_LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "_build", ".pytest_cache", ".mypy_cache", ".hypothesis", "*.egg-info"
)


ADDRESS, REPOSITORY = "https://book.example/sub", "https://github.com/example/book"
PASSED = """
from multivector.book import inputs
inputs.Inputs().note_passed()
"""


class Project:
    """A copy of the whole project in a folder of its own."""

    def __init__(self, folder: Path):
        self.root = folder
        shutil.copytree(ROOT, folder, ignore=_LEFT_OUT, dirs_exist_ok=True)
        known = ROOT / "_build" / ".settings"  # that the inputs have passed: the same in a copy
        if known.exists():
            shutil.copytree(known, folder / "_build" / ".settings")

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
        """Record the checksums of changed tables, right or wrong: `seal` itself refuses tables with faults."""
        done = self.run("-c", "from multivector.facts import tables; tables.seal()")
        assert done.returncode == 0, done.stderr

    def pass_inputs(self, **variables: str) -> None:
        """Note that the inputs have been checked: a test that asks how pages follow them need not wait for it."""
        done = self.run("-c", PASSED, **variables)
        assert done.returncode == 0, done.stderr

    def clean(self) -> None:
        """Remove all that was built, and what builds keep, but for what pandoc made of texts."""
        built = self.root / "_build"
        for entry in [*built.iterdir(), *(built / ".settings").iterdir()]:
            if entry.is_file():
                entry.unlink()
            elif entry.name not in (".settings", "pandoc"):
                shutil.rmtree(entry)

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
def addressed(tmp_path_factory) -> Project:
    """A short book that knows its address, its versions and the repository of its sources; ask in one group."""
    from test_freshness import PAGE

    project = Project(tmp_path_factory.mktemp("addressed") / "book")
    (project.root / "chapters/small.md").write_text(PAGE, "utf-8")
    project.only_pages(*(f"chapters/{name}" for name in ("citing", "sources", "claims", "quotes", "data", "small")))
    done = project.book(BOOK_URL=ADDRESS, BOOK_VERSIONS="1", BOOK_REPOSITORY=f"{REPOSITORY}/", BOOK_BRANCH="v1.0.0")
    assert done.returncode == 0, done.stderr[-2000:]
    warned = [line for line in done.stderr.splitlines() if "WARNING" in line and "xref_missing" not in line]
    assert not warned, "\n".join(warned)  # a short book lacks the pages that others lead to
    return project


@pytest.fixture(scope="session")
def site_claims(site) -> list[dict]:
    """The claims as the site publishes them."""
    return json.loads((site / "claims.json").read_text("utf-8"))["claims"]


@contextlib.contextmanager
def serving(handler):
    """A small server on this machine; gives the address of its root."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()  # ends as soon as it is told to
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


class Answers(http.server.BaseHTTPRequestHandler):
    """Answers by the status in the path: ``/404?why``."""

    def do_GET(self):
        self.send_response(int(self.path.partition("?")[0].split("/")[1]))
        self.end_headers()


@pytest.fixture
def answering():
    """The address of a server whose answers are of every kind."""
    with serving(Answers) as address:
        yield address


# --- a browser ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser():
    """One Chromium for all tests of a worker."""
    if not browsing.chromium():
        not_run("browser checks did not run", f"no Chromium; {browsing.HOW_TO_GET}")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = browsing.launch(playwright)
        yield running
        running.close()


@pytest.fixture(scope="session")
def host(site):
    """The address of the site on this machine."""
    with browsing.served(site) as address:
        yield address


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, from its Python package."""
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")


@pytest.fixture
def open_page(browser):
    """Open an address and watch it; at the end nothing may have been complained of or fetched from elsewhere."""
    opened = []

    def opener(address: str, origin: str, **options):
        context = browser.new_context(**{"viewport": WIDE, "color_scheme": "light", **options})
        context.add_init_script(WATCH)
        page = context.new_page()
        page.complaints, page.strangers = [], []
        page.on(
            "console", lambda said: page.complaints.append(said.text) if said.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("request", lambda sent: page.strangers.append(sent.url) if not _own(sent.url, origin) else None)
        page.on("requestfailed", lambda sent: page.complaints.append(sent.url) if _failed(sent) else None)
        opened.append((context, page))
        page.goto(address)
        if address.endswith("index.html"):  # leads on to the first page
            page.wait_for_url("**/intro.html")
        return page

    yield opener
    for context, page in opened:
        complaints, strangers = page.complaints, page.strangers
        context.close()
        assert not complaints, complaints
        assert not strangers, strangers


def _own(url: str, origin: str) -> bool:
    return url.startswith((origin, "data:"))


def _failed(sent) -> bool:
    """Whether a request failed that was not taken back by leaving the page."""
    return "ABORTED" not in sent.failure and not at_leisure(sent.url)


# --- where the minutes went, and what did not run -----------------------------------------------------------------

NOT_RUN = (
    "browser checks did not run",
    "pages were not validated",
    "PDF was not checked",
    "EPUB was not checked",
    "scripts were not run",
)


def pytest_terminal_summary(terminalreporter) -> None:
    """Say where the time went, and plainly which checks did not run for want of a program: dots would hide it."""
    spent: Counter[str] = Counter()
    for report in (one for reports in terminalreporter.stats.values() for one in reports if hasattr(one, "duration")):
        spent[report.nodeid.partition("::")[0].rpartition("/")[2]] += report.duration
    terminalreporter.section(f"{sum(spent.values()):.0f} seconds of all workers, the longest files first")
    terminalreporter.line(", ".join(f"{name} {seconds:.0f}" for name, seconds in spent.most_common(15)))
    for opening in NOT_RUN:
        reasons = [str(one.longrepr[-1]) for one in terminalreporter.stats.get("skipped", [])]
        reasons = [reason.removeprefix("Skipped: ") for reason in reasons if opening in reason]
        if reasons:
            terminalreporter.section(f"{opening.upper()} ({len(reasons)})", yellow=True)
            terminalreporter.line(reasons[0], yellow=True)
