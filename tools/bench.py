"""How long builds take beside stock Jupyter Book 1 in the same run, and what each page costs its reader.

    python tools/bench.py [--runs 3] [--pages-only]

Builds: a clean one with every notebook executed, one with nothing changed, with one sentence changed, with one cell of
a table changed; medians of wall clock. Stock Jupyter Book builds the same chapters with plain text in place of the
book's own roles and directives. Pages: each is opened with an empty cache in Chromium at 1280 × 800, served with gzip,
the processor slowed four times. ``docs/bench.md`` and ``docs/page-budget.md`` are written, which the page on rerunning
shows. Status 1 if a page breaks the budget.
"""

import argparse
import datetime
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from importlib import metadata
from itertools import product
from pathlib import Path

import browsing
import build
import pandas as pd
from reproduce import LEFT_OUT

ROOT = build.ROOT
CASES = ("clean", "nothing changed", "one sentence", "one table cell")
BUDGET_KB, BUDGET_PAINT, BUDGET_SHIFT = 450, 1.2, 0.05
SLOWER = 4
SETTLE = 1500  # milliseconds after loading, for what comes late: lazy pictures, a shift they might cause
WATCH = """
window.paint = 0; window.shift = 0;
new PerformanceObserver(list => list.getEntries().forEach(entry => { window.paint = entry.startTime; }))
  .observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver(list => list.getEntries().forEach(entry => { window.shift += entry.value; }))
  .observe({type: "layout-shift", buffered: true});
"""
_CELL = "sugar runs short in Kazakhstan"
"""Words of one cell of ``data/supply_events.csv``, which a chapter prints."""
_STOCK = "title: Chapters\nonly_build_toc_files: true\nexecute:\n  execute_notebooks: cache\n  timeout: 300\n"


@dataclass
class Book:
    """A folder that Jupyter Book builds, and the seconds that each case took."""

    name: str
    folder: Path
    command: list[str]
    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def median(self, case: str) -> float:
        """Seconds of wall clock."""
        return statistics.median(self.taken[case])


# --- the same chapters for both ------------------------------------------------------------------------------------


def chapters() -> list[Path]:
    """The pages that hold a notebook."""
    return [file for file in sorted((ROOT / "chapters").glob("*.md")) if "{code-cell}" in file.read_text("utf-8")]


def plain(text: str) -> str:
    """A chapter without the book's own roles and directives; its code stays as it is."""
    parts = re.split(r"(^```\{code-cell\}.*?^```$)", text, flags=re.M | re.S)
    return "".join(part if part.startswith("```{code-cell}") else _prose(part) for part in parts)


def _prose(text: str) -> str:
    text = re.sub(r"^(`{3,})\{([\w-]+)\}(.*?)\n(.*?)^\1$", r"\3", text, flags=re.M | re.S)
    text = re.sub(r"^:{3,}.*$", "", text, flags=re.M)
    text = re.sub(r"\{[\w:-]+\}`([^`]+)`", lambda match: match.group(1).replace("<", "(").replace(">", ")"), text)
    return re.sub(r"\[([^\]]*)\]\([^)]*\.md[^)]*\)", r"\1", text)


def this_book(folder: Path) -> Book:
    """The project as it is."""
    shutil.copytree(ROOT, folder, ignore=LEFT_OUT)
    return Book("this book", folder, [sys.executable, "tools/build.py"])


def stock(folder: Path) -> Book:
    """Plain chapters with the package and its data, and nothing of the book's extension."""
    for part in ("data", "multivector"):
        shutil.copytree(ROOT / part, folder / part, ignore=LEFT_OUT)
    for name in ("CITATION.cff", "requirements.txt", "references.bib", "anchors.lock"):
        shutil.copyfile(ROOT / name, folder / name)
    (folder / "chapters").mkdir()
    for file in chapters():
        (folder / "chapters" / file.name).write_text(plain(file.read_text("utf-8")), "utf-8")
    names = "".join(f"  - file: chapters/{file.stem}\n" for file in chapters())
    (folder / "intro.md").write_text("# Chapters\n\nThe chapters.\n", "utf-8")
    (folder / "_toc.yml").write_text(f"format: jb-book\nroot: intro\nchapters:\n{names}", "utf-8")
    (folder / "_config.yml").write_text(_STOCK, "utf-8")
    program = str(Path(sys.executable).with_name("jupyter-book"))
    return Book("stock Jupyter Book 1", folder, [sys.executable, program, "build", "."])


# --- builds --------------------------------------------------------------------------------------------------------


def change(book: Book, case: str, run: int) -> None:
    """Make the change that a case is about, another one in each run."""
    if case == "clean":
        shutil.rmtree(book.folder / "_build", ignore_errors=True)
    elif case == "one sentence":
        with (book.folder / "chapters/war.md").open("a", encoding="utf-8") as file:
            file.write(f"\nOne more sentence, number {run}.\n")
    elif case == "one table cell":
        file = book.folder / "data/supply_events.csv"
        before, cell, after = file.read_text("utf-8").partition(_CELL)
        assert cell
        file.write_text(f"{before}{_told(run)}{after}", "utf-8")
        run_in(book.folder, [sys.executable, "-m", "multivector", "seal"])


def run_in(folder: Path, command: list[str]) -> float:
    """Seconds that a command takes with the package of its own folder. Ends the run if it fails."""
    kept = {name: value for name, value in os.environ.items() if name not in ("FOCUS", "BOOK_URL")}
    began = time.monotonic()
    done = subprocess.run(
        command, cwd=folder, env=kept | {"PYTHONPATH": str(folder)}, capture_output=True, text=True, errors="replace"
    )
    if done.returncode:
        sys.exit(f"bench: {' '.join(command[-3:])}: status {done.returncode}\n{(done.stdout + done.stderr)[-1500:]}")
    return time.monotonic() - began


def measure(books: tuple[Book, ...], runs: int) -> None:
    """All cases of all books in turn, so that a slow minute of the machine meets each."""
    for run, case, book in product(range(runs), CASES, books):
        change(book, case, run)
        book.taken[case].append(run_in(book.folder, book.command))
        print(f"  {book.name}, {case}: {book.taken[case][-1]:.1f} s", flush=True)


def _told(run: int) -> str:
    return f"{_CELL} as run {run} says"


def follows(book: Book, runs: int) -> str:
    """Whether the last change of the table shows in what was built."""
    pages = (book.folder / "_build").rglob("*.html")
    return "yes" if any(_told(runs - 1) in page.read_text("utf-8", "replace") for page in pages) else "no"


def builds(ours: Book, other: Book, runs: int) -> str:
    """The measurements of builds as Markdown."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    rows = "\n".join(
        f"| {case} | {ours.median(case):.1f} | {other.median(case):.1f} | {ours.median(case) / other.median(case):.2f} |"
        for case in CASES
    )
    counted = f"medians of {runs} runs" if runs > 1 else "one run"
    return (
        f"Measured on {datetime.date.today():%-d %B %Y} on {cores} cores ({platform.machine()}, Python "
        f"{platform.python_version()}, jupyter-book {metadata.version('jupyter-book')}); {counted}, "
        "seconds of wall clock.\n\n"
        f"| build | {ours.name} | {other.name} | ratio |\n| --- | ---: | ---: | ---: |\n{rows}\n"
        f"| a changed cell shows at the next build | {follows(ours, runs)} | {follows(other, runs)} | |\n\n"
        "This book is built as `make book` does, all its pages, with registers, citations and bundles; stock Jupyter "
        f"Book builds its {len(chapters())} notebooks with plain text in place of the book's own roles.\n"
    )


# --- pages ---------------------------------------------------------------------------------------------------------


def visit(browser, address: str) -> tuple[float, int, float, float]:
    """Kilobytes, requests, seconds to the largest paint, shift."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme="light")
    context.add_init_script(WATCH)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    sizes: list[int] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(address, wait_until="load")
    browsing.until(page, "() => window.paint > 0")  # reported some time after it happened
    page.wait_for_timeout(SETTLE)
    paint, shift = page.evaluate("[window.paint, window.shift]")
    context.close()
    return sum(sizes) / 1000, len(sizes), paint / 1000, shift


def costs(site: Path, runs: int) -> tuple[pd.DataFrame, str]:
    """The median cost of the first view of every page, as ``visit`` gives it, and the browser's version."""
    from playwright.sync_api import sync_playwright

    names = ["intro.html", *(f"chapters/{page.name}" for page in sorted(site.glob("chapters/*.html")))]
    with sync_playwright() as playwright, browsing.served(site) as host:
        browser = browsing.launch(playwright, whole=True)
        visit(browser, host + names[0])  # the first start of a browser is slow and says nothing of the page
        visits = [(name, *visit(browser, host + name)) for name in names for _ in range(runs)]
        columns = ["page", "kilobytes", "requests", "paint", "shift"]
        return pd.DataFrame(visits, columns=columns).groupby("page", sort=False).median(), browser.version


def pages(found: pd.DataFrame, browser: str) -> str:
    """The costs as Markdown."""
    rows = "\n".join(
        f"| {page} | {kilobytes:.0f} | {requests:.0f} | {paint:.2f} | {shift:.3f} |"
        for page, kilobytes, requests, paint, shift in found.itertuples()
    )
    return (
        f"First view of each page with an empty cache: Chromium {browser}, 1280 × 800, served locally with gzip, "
        f"processor slowed {SLOWER} times. Budget: {BUDGET_KB} KB, {BUDGET_PAINT} s to the largest paint, shift under "
        f"{BUDGET_SHIFT}.\n\n| Page | Size (KB, gzip) | Requests | Largest paint (s) | Layout shift |\n"
        f"| --- | ---: | ---: | ---: | ---: |\n{rows}\n"
    )


def write(name: str, text: str) -> None:
    """Print a report and keep it in ``docs/``."""
    print(f"\n{text}\nbench: written to docs/{name}")
    (ROOT / "docs" / name).write_text(text, "utf-8", newline="\n")


def main() -> int:
    """Measure all, print and write the reports."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--pages-only", action="store_true", help="leave the builds out")
    asked = parser.parse_args()
    site = ROOT / "_build" / "html"
    if not (site / "intro.html").exists():
        sys.exit("bench: the book is not built; run `make book` first")
    if not asked.pages_only:
        with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
            books = this_book(Path(scratch, "book")), stock(Path(scratch, "stock"))
            measure(books, asked.runs)
            write("bench.md", builds(*books, asked.runs))
    if not browsing.chromium(whole=True):
        print(f"bench: pages were not measured: no Chromium; {browsing.HOW_TO_GET}")
        return 0
    found, browser = costs(site, asked.runs)
    write("page-budget.md", pages(found, browser))
    over = found.query("kilobytes > @BUDGET_KB or paint > @BUDGET_PAINT or shift >= @BUDGET_SHIFT").index
    print(f"bench: over budget: {', '.join(over)}" if len(over) else f"bench: {len(found)} pages within budget")
    return 1 if len(over) else 0


if __name__ == "__main__":
    sys.exit(main())
