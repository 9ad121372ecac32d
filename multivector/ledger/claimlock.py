"""What a claim's id meant when it was last published: ``claims.lock`` holds a mark of its restatement and verdict.

Whoever cited C-37 in version 1.0.0 cited those words and that verdict. They may change, but not in silence: a changed
claim asks for a higher version in ``CITATION.cff``, a section for it in ``CHANGELOG.md``, and a row of
``data/corrections.csv`` that names the claim. ``publish`` writes the marks anew when a version is released.
"""

import hashlib
import re

from multivector import paths
from multivector.cite import citing
from multivector.errors import BookError
from multivector.facts import tables
from multivector.ledger import claims

LOCK = paths.ROOT / "claims.lock"
CHANGELOG = paths.ROOT / "CHANGELOG.md"
_HEAD = (
    "# Restatement and verdict of every claim as last published, each by the start of its SHA-256.\n"
    "# Made by `python -m multivector publish-claims`, when a version is released.\n"
)
_VERSION = re.compile(r"version (\d+\.\d+\.\d+)")
_LINE = re.compile(r"(C-\d{2}) ([0-9a-f]{12})")


def mark(claim: claims.Claim) -> str:
    """Start of the SHA-256 of restatement and verdict."""
    return hashlib.sha256(f"{claim.restatement}\n{claim.verdict}".encode()).hexdigest()[:12]


def read() -> tuple[str, dict[str, str]]:
    """Version last published, and the mark of each claim in it."""
    if not LOCK.exists():
        raise BookError("claims.lock: file is missing; restore it from version control")
    version, marks = "", {}
    for number, line in enumerate(LOCK.read_text("utf-8").splitlines(), 1):
        if line.startswith("#"):
            continue
        if found := _VERSION.fullmatch(line):
            version = found[1]
        elif found := _LINE.fullmatch(line):
            marks[found[1]] = found[2]
        else:
            raise BookError(f"claims.lock: line {number}: {line!r} is no version and no mark; restore the file")
    return version, marks


def publish() -> str:
    """Write the marks of the present claims under the present version; gives that version."""
    version = citing.work().version
    lines = [f"version {version}", *(f"{claim.claim_id} {mark(claim)}" for claim in claims.ledger())]
    LOCK.write_text(_HEAD + "\n".join(lines) + "\n", "utf-8")
    return version


def changed() -> list[str]:
    """Ids of the claims that do not say what they said when last published, and of those that are gone."""
    _, marks = read()
    present = {claim.claim_id: mark(claim) for claim in claims.ledger()}
    return sorted(name for name in marks if present.get(name) != marks[name])


def faults() -> list[str]:
    """One line for each changed claim that is not accounted for."""
    published, now = read()[0], citing.work().version
    names = changed()
    if names and _numbers(now) <= _numbers(published):
        return [
            f"CITATION.cff: version {now} was published with another restatement or verdict of {', '.join(names)}; "
            "expected a higher version; raise it, and add its section to CHANGELOG.md"
        ]
    if names and f"## {now}" not in CHANGELOG.read_text("utf-8"):
        return [f"CHANGELOG.md: no section for {now}, which changes {', '.join(names)}; add one"]
    told = " ".join(tables.load("corrections")[["what", "effect"]].fillna("").to_numpy().ravel())
    return [
        f"data/corrections.csv: no row names {name}, whose restatement or verdict is not that of {published}; add one"
        for name in names
        if name not in told
    ]


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]
