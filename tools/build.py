"""Build the HTML book with warnings as errors, and say where it is and how long it took. Nothing is done where
everything that the book is made from, and the site, are as the last build left them.

With FOCUS=UZB in the environment it builds the companion book for that state, in a folder of its own.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from multivector.book import inputs

ROOT = Path(__file__).resolve().parent.parent
# What would slow the build, or end it at a warning or a missing docstring of a package that it uses.
NOT_OURS = {"PYTHONDONTWRITEBYTECODE", "PYTHONWARNINGS", "PYTHONDEVMODE", "PYTHONOPTIMIZE"}
# Notebooks will run: what their kernels are forked from has seconds of work before it, which Sphinx needs too.
KERNELS = """
from multivector.book import stem, surroundings
surroundings.setup(None)
stem.start()
"""
# Jupyter Book itself, without a second's work of `jsonschema` for a kind of address that nothing here holds.
# It ends by itself within a minute, so that looking for garbage, and taking all down piece by piece, is time lost.
JUPYTER_BOOK = """
import atexit, gc, os, sys
gc.disable()
status = 1
atexit.register(lambda: (sys.stdout.flush(), sys.stderr.flush(), os._exit(status)))
sys.modules["rfc3987_syntax"] = None
sys.argv[0] = "jupyter-book"
from jupyter_book.cli.main import main
try:
    main()
except SystemExit as end:
    status = end.code if isinstance(end.code, int) else int(end.code is not None)
    raise
"""


def main() -> None:
    """Build; on failure keep the exit status and leave the last good site in place."""
    began = time.monotonic()
    folder = output_folder()
    refuse_unwritable(folder)
    site, shared = folder / "_build" / "html", inputs.Inputs()
    asked = inputs.asked(shared)
    if inputs.stands(site, asked):
        print(f"build: nothing has changed; open {(site / 'index.html').relative_to(ROOT)}")
        return
    if fault := unreadable():
        sys.exit(f"build: {fault}")
    print("build: reading chapters and running their notebooks", flush=True)
    first = "" if shared.passed() else KERNELS
    command = [sys.executable, "-c", first + JUPYTER_BOOK, "build", ".", "-W", "--keep-going"]
    if folder != ROOT:
        command += ["--path-output", str(folder)]
    status = run(command)
    if status:
        sys.exit(f"build: stopped with status {status}; the cause stands above")
    inputs.note(site, asked)
    page = (site / "index.html").relative_to(ROOT)
    print(f"build: done in {time.monotonic() - began:.1f} s; open {page}", flush=True)


def unreadable() -> str:
    """One line if contents or settings cannot be read, where Jupyter Book ends with a traceback, or a page is gone."""
    import yaml
    from sphinx_external_toc.parsing import MalformedError, parse_toc_yaml

    contents, settings = ROOT / "_toc.yml", ROOT / "_config.yml"
    try:
        asked = settings
        if not isinstance(yaml.safe_load(settings.read_text("utf-8")), dict):
            return "_config.yml: expected settings such as `title: …`; repair it"
        asked = contents
        gone = [name for name in parse_toc_yaml(contents) if not (ROOT / f"{name}.md").exists()]
    except (OSError, UnicodeDecodeError, yaml.YAMLError, MalformedError) as fault:
        return f"{asked.name}: {' '.join(str(fault).split())}; repair it, or restore it from version control"
    return f"_toc.yml: there is no {gone[0]}.md; correct the name, or restore the page" if gone else ""


def run(command: list[str]) -> int:
    """Status of the build. Ctrl-C reaches it too: wait until it has ended, so that nothing goes on behind our back."""
    environment = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
    environment["PYTHONUTF8"] = "1"  # a locale without Cyrillic would spoil the path of a folder that has it
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        return process.wait()
    except KeyboardInterrupt:
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        print("build: interrupted; the next build starts clean", file=sys.stderr)
        sys.exit(130)


def output_folder() -> Path:
    """Where ``_build`` goes: the root for the book itself, a folder under its ``_build`` for a companion."""
    if not os.environ.get("FOCUS", "").strip():
        return ROOT
    from multivector.errors import BookError
    from multivector.ledger import focus  # a second to import: only companions pay for it

    try:
        fault = focus.fault()
    except BookError as reason:
        fault = str(reason)
    if fault:
        sys.exit(f"build: {fault}")
    return ROOT / "_build" / f"companion-{focus.asked()}" if focus.asked() else ROOT


def refuse_unwritable(folder: Path) -> None:
    """End with one line if ``_build`` cannot be written to; Sphinx would end with a traceback."""
    probe = folder / "_build" / ".writable"
    try:
        probe.parent.mkdir(parents=True, exist_ok=True)
        probe.write_text("x" * 4096, "utf-8")
        probe.unlink()
    except OSError as fault:
        shown = probe.parent.relative_to(ROOT)
        sys.exit(
            f"build: cannot write to {shown}: {fault.strerror}; free the disk, or give yourself the right to write"
        )


if __name__ == "__main__":
    main()
