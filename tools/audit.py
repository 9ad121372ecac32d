"""What the book installs and what is known against it: known vulnerabilities, and a record of each direct dependency.

    python tools/audit.py            # look up vulnerabilities; compare docs/audit.md with what is installed
    python tools/audit.py --write    # write docs/audit.md

Vulnerabilities are looked up by pip-audit, in an environment of its own, for every package of both locks. Where its
advisory service cannot be reached the run says so in a line. The record is computed from the locks, from the comments
in ``requirements*.in`` and from what the installed packages say of themselves. Status 1: a vulnerability, or a record
that is not that of the locks.
"""

from __future__ import annotations

import ast
import importlib.metadata
import json
import re
import subprocess
import sys
import tempfile
import venv
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RECORD = ROOT / "docs" / "audit.md"
LOCKS = (ROOT / "requirements.txt", ROOT / "requirements-test.txt")
INPUTS = {"the book": ROOT / "requirements.in", "tests only": ROOT / "requirements-test.in"}
AUDITOR = "pip-audit==2.10.1"
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.M)
_WANTED = re.compile(r"^([A-Za-z0-9._-]+)[^#\n]*#\s*(.+)$", re.M)
_NETWORK = {"socket", "http", "urllib", "urllib3", "requests", "httpx", "aiohttp", "ftplib", "smtplib", "websockets"}
_PROCESSES = {"subprocess", "multiprocessing", "pty"}
_LICENCES = (  # what packages write in a free text, and what it is called
    ("Artistic", "Artistic-1.0 OR GPL-1.0-or-later"),
    ("BSD", "BSD"),
    ("MIT", "MIT"),
    ("Apache", "Apache-2.0"),
    ("matplotlib", "Matplotlib (PSF-based)"),
    ("Mozilla", "MPL-2.0"),
    ("Python Software Foundation", "PSF-2.0"),
    ("ISC", "ISC"),
)
_HEAD = """# Audit of dependencies

Recorded for the locks `requirements.txt` ({book} packages) and `requirements-test.txt` ({all} with those that only
tests need). `make audit` compares this record with what is installed, and looks up known vulnerabilities where an
advisory service can be reached; the workflow of the repository runs it at each change.

## What protects the book

- Every package is locked to one version, and every file of it to a SHA-256: pip refuses any other.
- The book is built from files in its own folder. Neither building nor reading asks another host for anything.
- The site has a Content-Security-Policy that allows scripts and styles of the site only. No package of Python is
  there when a reader reads: what pages load are the theme's and the book's own scripts.
- Conditions of claims and names of numbers are parsed by a grammar of its own (`multivector/ledger/expressions.py`); nothing
  that stands in a table, a page or a claim is executed. The book's own code has no `eval`, `exec`, `pickle`, or shell.
  Notebooks are code, and run with the rights of whoever builds: read a changed chapter before you build it.
- Sphinx keeps its own records in `_build` by `pickle`, and the notebook cache is a database there: do not build in a
  `_build` folder that somebody else gives you.

## Direct dependencies

*Native* says that the package brings compiled code; *network* that some module of it can open a connection; *processes*
that some module can start a program. All three say what could happen, not what the book asks for. A licence is the one
that the package states of itself; dates of release are not in its metadata, so that none is given.

"""
_TAIL = """
## Licences of all locked packages

{licences}

Packages that only tests need are not part of anything that is published. {copyleft}
"""


# --- the record ---------------------------------------------------------------------------------------------------


def record() -> str:
    """The text of ``docs/audit.md``."""
    book, every = (locked(lock) for lock in LOCKS)
    head = _HEAD.format(book=len(book), all=len(every))
    rows = ["| package | version | licence | can do | needed by | for |", "| --- | --- | --- | --- | --- | --- |"]
    for needed_by, file in INPUTS.items():
        for name, purpose in _WANTED.findall(file.read_text("utf-8")):
            name = named(name)
            if name not in every:
                sys.exit(f"audit: {name} is asked for in {file.name} and not locked; run `make lock`")
            if not installed(name):
                sys.exit(f"audit: {name} is not installed; run `make install-test`")
            rows.append(
                f"| {name} | {every[name]} | {licence(name)} | {', '.join(abilities(name)) or 'none of these'} "
                f"| {needed_by} | {purpose.strip()} |"
            )
    return head + "\n".join(rows) + "\n" + _tail(every)


def _tail(every: dict[str, str]) -> str:
    licences = {name: licence(name) for name in every if installed(name)}
    counts = Counter(licences.values())
    lines = [f"- {text}: {count}" for text, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]
    absent = sorted(name for name in every if not installed(name))
    if absent:
        lines.append(f"- not installed on this kind of machine: {', '.join(absent)}")
    strong = sorted(
        f"{name} ({text})" for name, text in licences.items() if re.search(r"(?<!L)GPL", text) and " OR " not in text
    )
    copyleft = f"Under a licence that passes itself on: {', '.join(strong)}." if strong else "None is under the GPL."
    return _TAIL.format(licences="\n".join(lines), copyleft=copyleft)


def locked(lock: Path) -> dict[str, str]:
    """Versions in a lock by package."""
    return versions(lock.read_text("utf-8"))


def versions(text: str) -> dict[str, str]:
    """Versions by package in a text of lines ``name==version``."""
    return {named(name): version for name, version in _PINNED.findall(text)}


def named(name: str) -> str:
    """A package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def installed(name: str) -> bool:
    """Whether a package is there."""
    try:
        importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def licence(name: str) -> str:
    """The licence that a package states: as an expression, as a classifier, else in its text."""
    about = importlib.metadata.metadata(name)
    if stated := about.get("License-Expression"):
        return stated
    classified = [
        text.rsplit(" :: ", 1)[1] for text in about.get_all("Classifier", []) if text.startswith("License :: OSI")
    ]
    if any(text != "OSI Approved" for text in classified):
        return _short("; ".join(sorted(set(classified))))
    text = (about.get("License") or "").strip()
    return _short(text) if text else _from_file(name)


def _short(text: str) -> str:
    return next((short for word, short in _LICENCES if word in text), " ".join(text.split())[:40])


def _from_file(name: str) -> str:
    for file in importlib.metadata.files(name) or ():
        if re.match(r"(?i)licen[cs]e|copying", file.name):
            text = Path(file.locate()).read_text("utf-8", "replace")
            return f"{_short(text)} (its file)"
    return "not stated"


def abilities(name: str) -> list[str]:
    """What the code of a package could do: bring native code, open connections, start programs."""
    found, imported = set(), set()
    for file in importlib.metadata.files(name) or ():
        if file.suffix in (".so", ".pyd", ".dylib", ".jar") or file.name in ("node", "ruff"):
            found.add("native")
        elif file.suffix == ".py" and "tests" not in file.parts:
            imported |= _imports(Path(file.locate()))
    if imported & _NETWORK:
        found.add("network")
    if imported & _PROCESSES:
        found.add("processes")
    return sorted(found)


def _imports(file: Path) -> set[str]:
    try:
        tree = ast.parse(file.read_text("utf-8", "replace"))
    except (OSError, SyntaxError, ValueError):
        return set()
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    # parsing an address is not opening one
    return {name.split(".")[0] for name in names if name not in ("urllib.parse", "http.cookies")}


# --- vulnerabilities ----------------------------------------------------------------------------------------------


def vulnerabilities() -> tuple[list[str], str]:
    """Known vulnerabilities, a line each, and a sentence on how far they could be looked up."""
    with tempfile.TemporaryDirectory(prefix="audit-") as scratch:
        venv.create(scratch, with_pip=True)
        python = str(Path(scratch, "bin", "python"))
        done = subprocess.run(
            [python, "-m", "pip", "install", "--quiet", AUDITOR], capture_output=True, text=True, check=False
        )
        if done.returncode:
            return [], f"{AUDITOR} could not be installed; known vulnerabilities were not looked up"
        command = [python, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off", "--disable-pip"]
        command += ["--require-hashes", "-r", str(LOCKS[1])]
        done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    return judged(done.stdout, done.stderr)


def judged(report: str, errors: str = "") -> tuple[list[str], str]:
    """What pip-audit found, from its JSON. It passes a package that its service does not know: that is told."""
    try:
        entries = json.loads(report)["dependencies"]
    except (ValueError, KeyError):
        last = (errors.strip().splitlines() or ["no reason given"])[-1]
        return [], f"the advisory service cannot be reached; known vulnerabilities were not looked up ({last[:160]})"
    lines = [
        f"{entry['name']} {entry['version']}: {found['id']}, mended in {', '.join(found['fix_versions']) or 'no version'}"
        for entry in entries
        for found in entry.get("vulns", ())
    ]
    skipped = [entry["name"] for entry in entries if "skip_reason" in entry]
    if len(skipped) == len(entries):
        return lines, "the advisory service cannot be reached; known vulnerabilities were not looked up"
    rest = f"; not looked up: {', '.join(skipped)}" if skipped else ""
    return lines, f"{len(entries) - len(skipped)} packages looked up, {len(lines)} known vulnerabilities{rest}"


def main(arguments: list[str]) -> int:
    """Write the record, or compare it and look up vulnerabilities."""
    if arguments == ["--write"]:
        RECORD.parent.mkdir(exist_ok=True)
        RECORD.write_text(record(), "utf-8", newline="\n")
        print(f"audit: wrote {RECORD.relative_to(ROOT)}")
        return 0
    same = RECORD.exists() and RECORD.read_text("utf-8") == record()
    print(f"audit: {RECORD.relative_to(ROOT)} is {'that of the locks' if same else 'not that of the locks'}")
    if not same:
        print("audit: read what changed, then run `python tools/audit.py --write`")
    lines, told = vulnerabilities()
    for line in lines:
        print(f"audit: {line}")
    print(f"audit: {told}")
    return 1 if lines or not same else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
