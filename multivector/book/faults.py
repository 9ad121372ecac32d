"""Faults of the inputs: gathered while pages are read, told in one line each, before anything is written.

A page that shows a wrong or missing number must not appear. Any fault ends the build with status 1 after all pages
are read and before the first is written, so that the site on disk stays the last good one. What nobody foresaw ends
it too, with a line and not with a traceback, and no process is left behind.
"""

import atexit
import multiprocessing
import os
import re
import sys
import traceback
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NoReturn

from docutils import nodes
from myst_nb.sphinx_ import NbMetadataCollector

from multivector import paths
from multivector.book.markup import noted, recorded

_LAST_ERROR = re.compile(r"^(?:\w+\.)*(\w*(?:Error|NoData|Exception|Interrupt)\w*): (.+)$", re.M)
_PLACE = re.compile(rf'File "?{re.escape(str(paths.ROOT))}/(?!\.venv)([^":]+)"?(?:, line |:)(\d+)')
_AT = re.compile(r"^(?:-+> \d+|  Cell In\[\d+\], line \d+\n) +(.+)$", re.M)
"""The line at which a cell stopped, as IPython shows it."""
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_REPORT = "fault.txt"


def problem(role, message: str) -> list[nodes.Node]:
    """Record a fault at the place of a role or directive; return a node that keeps the sentence readable."""
    source, line = role.get_source_info()
    record(role.env, f"{role.env.docname}.md:{line}: {message}")
    return [nodes.problematic(text=message)]


def record(env, line: str) -> None:
    """Note a fault of the page being read."""
    noted(env, "faults", []).append(line)


def stop(lines: list[str]) -> NoReturn:
    """Print the faults and end with status 1, without a traceback; a broken cell is one fault wherever it shows."""
    lines = list({line[max(line.find("data/"), 0) :]: line for line in reversed(lines)}.values())[::-1]
    lines.append(f"stopped; {len(lines)} fault{'s' if len(lines) > 1 else ''} above, nothing was written")
    _end(lines)


def _end(lines: list[str]) -> NoReturn:
    for line in lines:
        print(f"book: {line}", file=sys.stderr)
    raise SystemExit(1)


def refuse_faulty_pages(app, env) -> None:
    """End the build if any page has a fault."""
    lines = [line for _, lines in sorted(recorded(env, "faults").items()) for line in lines]
    if lines:
        stop(lines)


def refuse_warnings(app, env) -> list[str]:
    """End the build if Sphinx warned while pages were read; it counts what it gathered once all are."""
    if warned(app):
        _end(["stopped; the warnings above are faults, nothing was written"])
    return []


def warned(app) -> bool:
    """Whether Sphinx warned in a build whose warnings are faults (``-W --keep-going``): the next would not tell it again."""
    return bool(app.keep_going and app._warncount)


def note_failed_run(app, doctree) -> None:
    """Record a notebook that failed as a fault of its page."""
    if failed(app.env):
        trace, page = run_of(app.env)["traceback"], Path(app.env.doc2path(app.env.docname)).read_text("utf-8")
        record(app.env, f"{app.env.docname}.md{_row(trace, page)}: {_cause(trace)}")


def failed(env) -> bool:
    """Whether a cell of the page being read stopped, so that what later cells show is missing."""
    return bool(run_of(env).get("traceback"))


def run_of(env) -> dict:
    """What MyST-NB knows of the run of the page being read, ``succeeded`` and ``traceback``; empty if nothing ran."""
    return NbMetadataCollector.get_exec_data(env, env.docname) or {}


def _row(trace: str, page: str) -> str:
    """The row of the page at which a cell of it stopped, after a colon; empty where no or another row has its words."""
    lines, words = [line.strip() for line in page.splitlines()], _AT.search(_ANSI.sub("", trace))
    return f":{lines.index(words[1]) + 1}" if words and lines.count(words[1]) == 1 else ""


def _cause(trace: str) -> str:
    """The last error of a trace, and where in the book's own code it came up."""
    trace = _ANSI.sub("", trace).replace("File ~", f"File {Path.home()}")  # IPython shortens what lies at home
    found, places = _LAST_ERROR.findall(trace), _PLACE.findall(trace)
    if not found:
        return "the notebook stopped; run its cells in JupyterLab to see why"
    kind, message = found[-1]
    if kind == "BookError":
        return message
    return f"{kind}: {message}" + (" ({}, line {})".format(*places[-1]) if places else "")


# --- what nobody foresaw ----------------------------------------------------------------------------------------


def guard_reading(app) -> None:
    """Let a page that cannot be read become a fault of that page: a parallel reader that raises stops all others."""
    app.multivector_unread = {}
    plain = app.builder.read_doc

    def read_doc(docname: str, **options) -> None:
        try:
            plain(docname, **options)
        except Exception as fault:
            line = f"{docname}.md: {_told(fault)} (details in {_report(app, fault)})"
            app.multivector_unread[docname] = line
            app.emit("env-purge-doc", app.env, docname)
            app.env.clear_doc(docname)
            plain(docname, **options)  # an empty page in its place keeps the records whole until the build ends

    app.builder.read_doc = read_doc


def empty_unread(app, docname: str, source: list[str]) -> None:
    """Give a page that could not be read an empty text."""
    if docname in app.multivector_unread:
        record(app.env, app.multivector_unread[docname])
        source[0] = "# Not read\n"


def end_plainly(app, exception) -> None:
    """End a build that failed for an unforeseen reason with one line and status 1."""
    if exception is None:
        return
    cause = _cause(str(getattr(exception, "traceback", ""))) if hasattr(exception, "traceback") else _told(exception)
    told = f"{cause} (details in {_report(app, exception)})"
    _end([told, "stopped; the fault above is not one of the inputs, the site may not be whole"])


def _told(fault: BaseException) -> str:
    text = " ".join(str(fault).split())
    return text if type(fault).__name__ == "BookError" else f"{type(fault).__name__}: {text}"


def _report(app, fault: BaseException) -> str:
    """Write the traceback for whoever mends the fault; return where it is."""
    file = Path(app.doctreedir).parent / _REPORT
    trace = getattr(fault, "traceback", None) or "".join(traceback.format_exception(fault))
    try:
        file.write_text(str(trace), "utf-8")
    except OSError:
        return "no file: the disk is full or not writable"
    return os.path.relpath(file)


def beside(work: Callable[[], object]) -> BaseProcess:
    """Have a process beside this one do something ahead; its exit code is 0 if it could.

    What hinders it, whoever needs the work will meet.
    """

    def done() -> None:
        try:
            work()
        except Exception:
            sys.exit(1)

    process = multiprocessing.get_context("fork").Process(target=done)
    process.start()
    return process


def leave_no_process(owner: int) -> None:
    """End readers that still run: one in the middle of a notebook ignores a request to. Kernels end with their reader."""
    if os.getpid() == owner:
        for reader in multiprocessing.active_children():
            reader.kill()


def setup(app) -> None:
    """Check after reading, before writing; guard the rest."""
    atexit.register(leave_no_process, os.getpid())
    app.connect("builder-inited", guard_reading)
    app.connect("source-read", empty_unread, priority=990)
    app.connect("doctree-read", note_failed_run)
    app.connect("env-updated", refuse_faulty_pages, priority=100)
    app.connect("env-get-updated", refuse_warnings, priority=100)
    app.connect("build-finished", end_plainly, priority=1000)
