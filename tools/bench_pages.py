"""Measure what a page costs its reader: bytes, requests, time to the largest paint and layout shift, page by page.

    python tools/bench_pages.py [--site _build/html] [--runs 3]

Each page is opened with an empty cache in Chromium at 1280 × 800, served from this machine with gzip, with the
processor slowed down four times. The table is printed and kept in docs/page-budget.md. Status 1 if a page breaks the
budget.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path

import browsing

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "docs" / "page-budget.md"
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


@dataclass(frozen=True)
class Cost:
    """What the first view of one page costs."""

    page: str
    kilobytes: float
    requests: int
    paint: float
    shift: float

    @property
    def within(self) -> bool:
        """Whether the page keeps to the budget."""
        return self.kilobytes <= BUDGET_KB and self.paint <= BUDGET_PAINT and self.shift < BUDGET_SHIFT


def visit(browser, address: str) -> tuple[int, int, float, float]:
    """Bytes, requests, seconds to the largest paint, shift."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme="light")
    context.add_init_script(WATCH)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    sizes: list[int] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(address, wait_until="load")
    page.wait_for_function("() => window.paint > 0")  # reported some time after it happened
    page.wait_for_timeout(SETTLE)
    paint, shift = page.evaluate("[window.paint, window.shift]")
    context.close()
    return sum(sizes), len(sizes), paint / 1000, shift


def measure(browser, host: str, name: str, runs: int) -> Cost:
    """Median over some visits."""
    visits = [visit(browser, host + name) for _ in range(runs)]
    size, requests, paint, shift = (statistics.median(column) for column in zip(*visits, strict=True))
    return Cost(name, size / 1000, int(requests), paint, shift)


def table(costs: list[Cost], browser: str) -> str:
    """The costs as Markdown."""
    rows = "\n".join(
        f"| {cost.page} | {cost.kilobytes:.0f} | {cost.requests} | {cost.paint:.2f} | {cost.shift:.3f} |"
        for cost in costs
    )
    return (
        f"First view of each page with an empty cache: Chromium {browser}, 1280 × 800, served locally with gzip, processor "
        f"slowed {SLOWER} times. Budget: {BUDGET_KB} KB, {BUDGET_PAINT} s to the largest paint, shift under {BUDGET_SHIFT}.\n\n"
        "| Page | Size (KB, gzip) | Requests | Largest paint (s) | Layout shift |\n"
        f"| --- | ---: | ---: | ---: | ---: |\n{rows}\n"
    )


def main() -> int:
    """Measure every page, print the table and keep it."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--site", type=Path, default=ROOT / "_build" / "html")
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    if not (asked.site / "intro.html").exists():
        sys.exit(f"bench: no site at {asked.site}; run `make book` first")
    if not browsing.chromium():
        sys.exit(f"bench: no Chromium; {browsing.HOW_TO_GET}")
    names = ["intro.html", *(f"chapters/{page.name}" for page in sorted(asked.site.glob("chapters/*.html")))]
    with sync_playwright() as playwright, browsing.served(asked.site) as host:
        browser = browsing.launch(playwright)
        visit(browser, host + names[0])  # the first start of a browser is slow and says nothing of the page
        costs = [measure(browser, host, name, asked.runs) for name in names]
        text = table(costs, browser.version)
        browser.close()
    print(text)
    TABLE.parent.mkdir(exist_ok=True)
    TABLE.write_text(text, "utf-8", newline="\n")
    over = [cost.page for cost in costs if not cost.within]
    print(f"bench: over budget: {', '.join(over)}" if over else f"bench: {len(costs)} pages within budget")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
