"""How time and memory grow: findings for 1, 10, 50 and 193 states, and books of 10, 20 and 40 copies of a chapter.

Each size runs in processes of its own. Printed are processor time and peak memory, whole and for each unit, and
whether the cost of a unit stays about the same. The result is written to ``docs/bench-scale.md`` as well.
"""

from __future__ import annotations

import datetime
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "docs" / "bench-scale.md"
STATES = (1, 10, 50, 193)
COPIES = (10, 20, 40)
CHAPTER = "multilateralism"
MOST = 1.5
"""Largest growth of the cost of one more unit, from the second size to the last, that counts as near-linear."""
_LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "_build", "__pycache__", ".*_cache", ".hypothesis", "*.egg-info")
_FINDINGS = """
import inspect, json, resource, sys, time
from multivector.facts import tables
from multivector.errors import NoData
from multivector.findings import Desk, every
began = time.process_time()
chosen = [f for f in every() if not f.national and "focus" in f.parameters]
known = {*tables.names(), "focus", "as_of"}
free = lambda f: [p for n, p in inspect.signature(f.function).parameters.items() if n not in known and p.default is p.empty]
chosen = [f for f in chosen if not free(f)]
states = tables.load("states")
members = sorted(states.loc[states["kind"] == "un_member", "iso3"])
values = 0
for code in ["KAZ", *[name for name in members if name != "KAZ"]][: int(sys.argv[1])]:
    for found in chosen:
        try:
            Desk(code)(found.name)
            values += 1
        except NoData:
            pass
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024 ** 2)
print(json.dumps({"seconds": time.process_time() - began, "memory": memory, "findings": len(chosen), "values": values}))
"""


def findings(states: int) -> dict:
    """Cost of every finding with a focus for so many states."""
    command = [sys.executable, "-c", _FINDINGS, str(states)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    if done.returncode:
        sys.exit(f"bench-scale: findings for {states} states\n{done.stderr[-1500:]}")
    return json.loads(done.stdout)


def book(copies: int, scratch: Path) -> dict:
    """Cost of a clean build of a book with so many copies of a chapter, each with figures and tables of its own."""
    folder = scratch / f"book-{copies}"
    shutil.copytree(ROOT, folder, ignore=_LEFT_OUT)
    text = (folder / f"chapters/{CHAPTER}.md").read_text("utf-8")
    text = re.sub(r"\{(?:fig|tab)\}`(?!\w+-" + CHAPTER + r")[^`]+`", "elsewhere", text)
    for page in (folder / "chapters").glob("*.md"):
        if page.stem != "sources":
            page.unlink()
    names = [f"copy{number:02}" for number in range(1, copies + 1)]
    for name in names:
        own = re.sub(rf"\b(fig|tab)-{CHAPTER}-", rf"\1-{name}-", text)
        (folder / f"chapters/{name}.md").write_text(own, "utf-8")
    listed = "".join(f"  - file: chapters/{name}\n" for name in [*names, "sources"])
    (folder / "intro.md").write_text("# Copies\n\nCopies of a chapter.\n", "utf-8")
    (folder / "_toc.yml").write_text(f"format: jb-book\nroot: intro\nchapters:\n{listed}", "utf-8")
    return _built(folder)


def _built(folder: Path) -> dict:
    script = (
        "import json, resource, subprocess, sys, time\n"
        "began = time.monotonic()\n"
        "status = subprocess.run([sys.argv[1], 'build', '.'], capture_output=True, text=True, errors='replace')\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "memory = used.ru_maxrss / (1024 if sys.platform == 'linux' else 1024 ** 2)\n"
        "print(json.dumps({'seconds': used.ru_utime + used.ru_stime, 'memory': memory, 'wall': time.monotonic() - began,"
        " 'status': status.returncode, 'said': (status.stdout + status.stderr)[-1500:]}))\n"
    )
    program = str(Path(sys.executable).with_name("jupyter-book"))
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", script, program], cwd=folder, capture_output=True, text=True, env=environment
    )
    result = json.loads(done.stdout)
    if result["status"]:
        sys.exit(f"bench-scale: build failed\n{result['said']}")
    return result


def table(unit: str, sizes: tuple[int, ...], results: list[dict]) -> list[str]:
    """Rows of a Markdown table: whole, per unit, and the cost of one more unit since the size before."""
    lines = [
        f"| {unit}s | processor time (s) | for each (s) | one more costs (s) | peak memory (MB) | one more costs (MB) |",
        "| ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for place, (size, found) in enumerate(zip(sizes, results, strict=True)):
        more = [_more(results, sizes, place, key) for key in ("seconds", "memory")]
        lines.append(
            f"| {size} | {found['seconds']:.1f} | {found['seconds'] / size:.2f} | {more[0]} | {found['memory']:.0f} | {more[1]} |"
        )
    return lines


def _more(results: list[dict], sizes: tuple[int, ...], place: int, key: str) -> str:
    return f"{_step(results, sizes, place, key):.2f}" if place else "–"


def _step(results: list[dict], sizes: tuple[int, ...], place: int, key: str) -> float:
    return (results[place][key] - results[place - 1][key]) / (sizes[place] - sizes[place - 1])


def growth(sizes: tuple[int, ...], results: list[dict]) -> float:
    """Cost of one more unit at the last size, as against the second."""
    return _step(results, sizes, len(sizes) - 1, "seconds") / _step(results, sizes, 1, "seconds")


def main() -> None:
    """Measure, print, write; status 1 if growth is not near-linear."""
    began = time.monotonic()
    by_state = []
    for number in STATES:
        by_state.append(findings(number))
        print(f"bench-scale: findings for {number} states: {by_state[-1]['seconds']:.1f} s", flush=True)
    by_copy = []
    with tempfile.TemporaryDirectory(prefix="bench-scale-") as scratch:
        for number in COPIES:
            by_copy.append(book(number, Path(scratch)))
            print(f"bench-scale: book of {number} copies: {by_copy[-1]['wall']:.1f} s", flush=True)
    grown = (growth(STATES, by_state), growth(COPIES, by_copy))
    lines = [
        f"Measured on {datetime.date.today():%-d %B %Y} on {os.cpu_count()} cores, Python {platform.python_version()}. "
        "Processor time includes starting; memory is that of the largest process.",
        "",
        f"The {by_state[0]['findings']} findings that follow a state, with their usual settings:",
        "",
        *table("state", STATES, by_state),
        "",
        f"A clean build of a book with copies of the chapter on {CHAPTER}, each with a notebook that runs:",
        "",
        *table("copie", COPIES, by_copy),
        "",
        f"One more state costs {grown[0]:.2f} times as much at the end as at the beginning, one more chapter {grown[1]:.2f} "
        f"times; up to {MOST} counts as growth in proportion.",
    ]
    REPORT.write_text("\n".join(lines).replace("| copies |", "| chapters |") + "\n", "utf-8")
    print("\n" + REPORT.read_text("utf-8") + f"\nbench-scale: done in {time.monotonic() - began:.0f} s")
    if max(grown) > MOST:
        sys.exit(f"bench-scale: cost of one more unit grew {max(grown):.2f} times; expected at most {MOST}")


if __name__ == "__main__":
    main()
