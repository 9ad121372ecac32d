"""Faults of the inputs: gathered while pages are read, told in one line each, before anything is written.

A page that shows a wrong or missing number must not appear. Any fault ends the build with status 1 after all pages
are read and before the first is written, so that the site on disk stays the last good one.
"""

from __future__ import annotations

import re
import sys

from docutils import nodes

_LAST_ERROR = re.compile(r"^(?:\w+\.)*(\w*(?:Error|NoData|Exception|Interrupt)\w*): (.+)$", re.M)
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


def problem(role, message: str) -> list[nodes.Node]:
    """Record a fault at the place of a role or directive; return a node that keeps the sentence readable."""
    source, line = role.get_source_info()
    record(role.env, f"{role.env.docname}.md:{line}: {message}")
    return [nodes.problematic(text=message)]


def record(env, line: str) -> None:
    """Note a fault of the page being read."""
    env.multivector_faults.setdefault(env.docname, []).append(line)


def stop(lines: list[str]) -> None:
    """Print the faults and end with status 1, without a traceback; one broken cell is one fault wherever it shows."""
    lines = list({line[max(line.find("data/"), 0) :]: line for line in reversed(lines)}.values())[::-1]
    for line in lines:
        print(f"book: {line}", file=sys.stderr)
    print(
        f"book: stopped; {len(lines)} fault{'s' if len(lines) > 1 else ''} above, nothing was written", file=sys.stderr
    )
    raise SystemExit(1)


def refuse_faulty_pages(app, env) -> None:
    """End the build if any page has a fault or a notebook that failed."""
    lines = [line for docname in sorted(env.multivector_faults) for line in env.multivector_faults[docname]]
    lines += _failed_notebooks(env)
    if lines:
        stop(lines)


def _failed_notebooks(env) -> list[str]:
    lines = []
    for docname, metadata in sorted(getattr(env, "nb_metadata", {}).items()):
        execution = metadata.get("exec_data") or {}
        if execution.get("succeeded") is False:
            lines.append(f"{docname}.md: {_cause(execution.get('traceback') or '')}")
    return lines


def _cause(traceback: str) -> str:
    found = _LAST_ERROR.findall(_ANSI.sub("", traceback))
    if not found:
        return "the notebook stopped; run its cells in JupyterLab to see why"
    kind, message = found[-1]
    return message if kind == "BookError" else f"{kind}: {message}"


def setup(app) -> None:
    """Check after reading, before writing."""
    app.connect("env-updated", refuse_faulty_pages, priority=100)
