"""How long builds of the book take, and how long three other tools take for the same chapters in the same run.

Measured are, as medians over RUNS (default 3): a clean build with every notebook executed, a build with nothing
changed, with one sentence changed and with one cell of a table changed. Beside it, on the same chapters with the
book's own roles and directives replaced by plain text:

* stock Jupyter Book 1, without the book's extension;
* mystmd, parsing and execution only (its HTML themes come from the network): a generous comparison for it;
* jupyter nbconvert, each chapter executed and turned into HTML by itself.

mystmd needs Node; without it the run says that it was left out. The result is printed and written to
``docs/bench.md``, which the page on rerunning shows.
"""

from __future__ import annotations

import contextlib
import datetime
import importlib.util
import os
import platform
import re
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "docs" / "bench.md"
RUNS = int(os.environ.get("RUNS", "3"))
NO_REGISTRY = {"npm_config_registry": "http://127.0.0.1:9/"}
"""Where mystmd would ask for a newer version of itself: nobody answers."""
CHECKS = {
    "check": "to validate every table of the data package",
    "claims": "to evaluate every claim and compare it with its verdict",
    "verify-quotes": "to compare every quote with the article's fingerprint",
}
CASES = ("clean", "nothing changed", "one sentence", "one table cell")
_LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "_build", "__pycache__", ".*_cache", ".hypothesis", "*.egg-info")
_CELL = re.compile(r"^(2021,Russians,)(\d+)", re.M)
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
# Sets aside a slow import that none of the tools needs (see tools/build.py): the same for all.
_QUICK = "import sys; sys.modules['rfc3987_syntax'] = None; sys.argv[0] = 'jupyter-book'; "


@dataclass
class Tool:
    """A way to build the chapters: a folder, a command, and how to make it start clean."""

    name: str
    folder: Path
    command: list[str]
    output: tuple[str, ...] = ("_build",)
    cases: tuple[str, ...] = CASES
    environment: dict[str, str] = field(default_factory=dict)
    wall: dict[str, list[float]] = field(default_factory=dict)
    processor: dict[str, list[float]] = field(default_factory=dict)
    chapters: dict[str, list[float]] = field(default_factory=dict)


# --- the same chapters for all -----------------------------------------------------------------------------------


def chapters() -> list[str]:
    """Names of the pages that hold a notebook."""
    return sorted(file.stem for file in (ROOT / "chapters").glob("*.md") if "{code-cell}" in file.read_text("utf-8"))


def plain(text: str) -> str:
    """A chapter without the book's own roles and directives; its code stays as it is."""
    parts = re.split(r"(^```\{code-cell\}.*?^```$)", text, flags=re.M | re.S)
    return "".join(part if part.startswith("```{code-cell}") else _prose(part) for part in parts)


def _prose(text: str) -> str:
    text = re.sub(r"^(`{3,})\{([\w-]+)\}(.*?)\n(.*?)^\1$", r"\3", text, flags=re.M | re.S)
    text = re.sub(r"^:{3,}.*$", "", text, flags=re.M)
    text = re.sub(r"\{[\w:-]+\}`([^`]+)`", lambda match: match.group(1).replace("<", "(").replace(">", ")"), text)
    return re.sub(r"\[([^\]]*)\]\([^)]*\.md[^)]*\)", r"\1", text)


def copy_of_book(folder: Path) -> Path:
    """The project as it is."""
    shutil.copytree(ROOT, folder, ignore=_LEFT_OUT)
    return folder


def plain_book(folder: Path) -> Path:
    """The package and its data with plain chapters, and nothing of the book's extension."""
    for part in ("data", "multivector"):
        shutil.copytree(ROOT / part, folder / part, ignore=_LEFT_OUT)
    for name in ("CITATION.cff", "requirements.txt", "references.bib", "anchors.lock"):
        if (ROOT / name).exists():
            shutil.copyfile(ROOT / name, folder / name)
    (folder / "chapters").mkdir()
    for name in chapters():
        (folder / "chapters" / f"{name}.md").write_text(
            plain((ROOT / f"chapters/{name}.md").read_text("utf-8")), "utf-8"
        )
    (folder / "intro.md").write_text("# Chapters\n\nThe chapters.\n", "utf-8")
    return folder


def stock(folder: Path) -> Tool:
    """Jupyter Book 1 as it comes."""
    plain_book(folder)
    names = "".join(f"  - file: chapters/{name}\n" for name in chapters())
    (folder / "_toc.yml").write_text(f"format: jb-book\nroot: intro\nchapters:\n{names}", "utf-8")
    (folder / "_config.yml").write_text(
        "title: Chapters\nonly_build_toc_files: true\nexecute:\n  execute_notebooks: cache\n  timeout: 300\n", "utf-8"
    )
    code = f"{_QUICK}from jupyter_book.cli.main import main; main()"
    return Tool("stock Jupyter Book 1", folder, [sys.executable, "-c", code, "build", "."])


def mystmd(folder: Path, program: list[str]) -> Tool:
    """mystmd: content and execution, without HTML."""
    plain_book(folder)
    shutil.rmtree(folder / "data/derive", ignore_errors=True)
    files = "".join(f"    - file: chapters/{name}.md\n" for name in chapters())
    (folder / "myst.yml").write_text(
        f"version: 1\nproject:\n  title: Chapters\n  toc:\n    - file: intro.md\n{files}"
        "site:\n  title: Chapters\n  template: ./template\n",
        "utf-8",
    )
    (folder / "template").mkdir()
    (folder / "template/template.yml").write_text(
        "myst: v1\ntitle: Plain\nkind: site\nparts: []\noptions: []\n", "utf-8"
    )
    settings = folder / "settings"  # of the Jupyter server that mystmd starts; in containers the user is often root
    settings.mkdir()
    (settings / "jupyter_server_config.json").write_text('{"ServerApp": {"allow_root": true}}', "utf-8")
    command = [*program, "build", "--site", "--execute", "--ci"]
    environment = NO_REGISTRY | {"JUPYTER_CONFIG_DIR": str(settings)}
    return Tool("mystmd, content only", folder, command, environment=environment)


def converter(folder: Path) -> Tool:
    """nbconvert, one chapter after the other; it keeps nothing from one run to the next."""
    plain_book(folder)
    files = [f"chapters/{name}.ipynb" for name in chapters()]
    paper = [str(Path(sys.executable).with_name("jupytext")), "--quiet", "--to", "ipynb"]
    subprocess.run(
        [*paper, *[f"chapters/{name}.md" for name in chapters()]], cwd=folder, check=True, env=surroundings(folder)
    )
    command = [str(Path(sys.executable).with_name("jupyter-nbconvert")), "--execute", "--to", "html"]
    return Tool("nbconvert", folder, [*command, "--output-dir", "_build", *files], cases=("clean",))


def mystmd_program() -> list[str]:
    """The command that runs mystmd, which needs Node; empty if this machine has none."""
    node = shutil.which("node")
    return [node, str(Path(importlib.util.find_spec("mystmd_py").origin).with_name("myst.cjs"))] if node else []


# --- changes -----------------------------------------------------------------------------------------------------


def change_sentence(folder: Path, run: int) -> None:
    """Add a sentence to a chapter."""
    file = folder / "chapters/war.md"
    file.write_text(file.read_text("utf-8") + f"\nOne more sentence, number {run}.\n", "utf-8")


def change_table(folder: Path, run: int) -> None:
    """Raise one count of a census by a few persons, and record the new checksum."""
    file = folder / "data/census.csv"
    text, found = _CELL.subn(lambda match: match[1] + str(int(match[2]) + 7 + run), file.read_text("utf-8"))
    assert found == 1
    file.write_text(text, "utf-8")
    subprocess.run([sys.executable, "-m", "multivector", "seal"], cwd=folder, check=True, env=surroundings(folder))


CHANGES: dict[str, Callable[[Path, int], None]] = {
    "clean": lambda folder, run: None,
    "nothing changed": lambda folder, run: None,
    "one sentence": change_sentence,
    "one table cell": change_table,
}


# --- measuring ---------------------------------------------------------------------------------------------------


def surroundings(folder: Path) -> dict[str, str]:
    """The environment for a tool: the package of its own folder, the programs of this Python."""
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    kept = {name: value for name, value in os.environ.items() if name not in ("FOCUS", "BOOK_URL")}
    return kept | {"PYTHONPATH": str(folder), "PATH": programs}


def measure(tool: Tool) -> None:
    """All cases of a tool, RUNS times."""
    for run in range(RUNS):
        for case in tool.cases:
            if case == "clean":
                for name in tool.output:
                    shutil.rmtree(tool.folder / name, ignore_errors=True)
            CHANGES[case](tool.folder, run)
            said = timed(tool, case)
            if case == "clean":
                for chapter, seconds in re.findall(r"(\w[\w-]*)\.md: Executed notebook in ([\d.]+) seconds", said):
                    tool.chapters.setdefault(chapter, []).append(float(seconds))
    print(f"  {tool.name}: " + ", ".join(f"{case} {median(tool.wall[case]):.1f} s" for case in tool.cases), flush=True)


def timed(tool: Tool, case: str) -> str:
    """Run the tool once; note wall-clock and processor time; return what it said. Ends the run if the tool fails."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    environment = surroundings(tool.folder) | tool.environment
    process = subprocess.Popen(
        tool.command,
        cwd=tool.folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        said = _ANSI.sub("", process.communicate()[0])
    finally:
        taken = time.monotonic() - began
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)  # mystmd leaves the Jupyter server running that it started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        sys.exit(f"bench: {tool.name}, {case}: status {process.returncode}\n{said[-1500:]}")
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    tool.wall.setdefault(case, []).append(taken)
    tool.processor.setdefault(case, []).append(used)
    return said


median = statistics.median


def follows(tool: Tool) -> str:
    """Whether the last change of the table shows in what the tool has made: its CSV or text holds the new count."""
    new = _CELL.search((tool.folder / "data/census.csv").read_text("utf-8")).group(2)
    shapes = (new, f"{int(new):,}")
    for file in (tool.folder / "_build").rglob("*"):
        if file.suffix in (".html", ".csv", ".json") and "data" not in file.parts[-2:-1]:
            text = file.read_text("utf-8", "replace")
            if any(shape in text for shape in shapes):
                return "yes"
    return "no"


def checking(folder: Path) -> dict[str, float]:
    """Median seconds of wall clock of each check of the command line, start of Python included."""
    taken: dict[str, list[float]] = {name: [] for name in CHECKS}
    for _ in range(RUNS):
        for name, times in taken.items():
            began = time.monotonic()
            command = [sys.executable, "-m", "multivector", name]
            subprocess.run(command, cwd=folder, env=surroundings(folder), check=True, stdout=subprocess.DEVNULL)
            times.append(time.monotonic() - began)
    return {name: median(times) for name, times in taken.items()}


# --- the report --------------------------------------------------------------------------------------------------


def report(tools: list[Tool], checks: dict[str, float], left_out: list[str]) -> str:
    """The measurements as Markdown."""
    ours = tools[0]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    lines = [
        f"Measured on {datetime.date.today():%-d %B %Y} on {cores} cores ({platform.machine()}, "
        f"Python {platform.python_version()}); medians of {RUNS} runs, seconds of wall clock. In brackets: times this book's.",
        "",
        "| tool | " + " | ".join(CASES) + " |",
        "| --- |" + " ---: |" * len(CASES),
    ]
    for tool in tools:
        cells = [_cell(tool, ours, case) for case in CASES]
        lines.append(f"| {tool.name} | " + " | ".join(cells) + " |")
    lines += [
        "",
        "This book builds all its pages, with registers, citations and bundles; the others build its "
        f"{len(chapters())} notebooks with plain text in place of the book's own roles. mystmd parses and executes but "
        f"writes no HTML. nbconvert keeps nothing between runs. Versions: {versions()}.",
        "",
        "| tool | processor time of a clean build | shows a changed table cell at the next build |",
        "| --- | ---: | --- |",
    ]
    for tool in tools:
        shown = follows(tool) if "one table cell" in tool.cases else "runs everything anew"
        used = (
            "not known: its kernels belong to a server"
            if tool.environment
            else f"{median(tool.processor['clean']):.0f} s"
        )
        lines.append(f"| {tool.name} | {used} | {shown} |")
    lines += [f"\n{text}" for text in left_out]
    lines += ["", "| check | what for | seconds |", "| --- | --- | ---: |"]
    lines += [f"| `python -m multivector {name}` | {CHECKS[name]} | {taken:.1f} |" for name, taken in checks.items()]
    lines += ["", "| chapter | seconds to run its notebook |", "| --- | ---: |"]
    lines += [f"| {name} | {median(times):.1f} |" for name, times in sorted(ours.chapters.items())]
    return "\n".join(lines) + "\n"


def versions() -> str:
    """Versions of the programs, as the lock has them."""
    return ", ".join(f"{name} {metadata.version(name)}" for name in ("jupyter-book", "mystmd", "nbconvert"))


def _cell(tool: Tool, ours: Tool, case: str) -> str:
    if case not in tool.wall:
        return "–"
    value = median(tool.wall[case])
    ratio = "" if tool is ours else f" ({value / median(ours.wall[case]):.1f})"
    return f"{value:.1f}{ratio}"


def main() -> None:
    """Measure all, print, and write the report."""
    print(f"bench: {RUNS} runs of each case; this takes some minutes", flush=True)
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        place = Path(scratch)
        code = f"{_QUICK}from jupyter_book.cli.main import main; main()"  # what `make book` runs, less its messages
        tools = [Tool("this book", copy_of_book(place / "book"), [sys.executable, "-c", code, "build", "."])]
        tools += [stock(place / "stock")]
        program, left_out = mystmd_program(), []
        if program:
            tools.append(mystmd(place / "mystmd", program))
        else:
            left_out.append("mystmd was left out: no Node.")
        tools.append(converter(place / "nbconvert"))
        for tool in tools:
            measure(tool)
        text = report(tools, checking(ROOT), left_out)
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(text, "utf-8")
    print(f"\n{text}\nbench: written to {REPORT.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
