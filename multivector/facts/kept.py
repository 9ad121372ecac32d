"""What was computed from tables, kept until one of the tables that the computation read changes.

Within a process a value holds until such a table is saved anew. ``store`` and ``recall`` carry values from one build to
the next: numbers, texts, days and the lines of checks, as JSON. There a value holds while the code, the installed
packages, the table and its description are the same. ``given`` and ``take`` carry them from a process that reads pages
to the one that stores. ``text`` keeps what a slow program makes of a text.
"""

import contextlib
import hashlib
import json
import os
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from multivector import paths
from multivector.errors import BookError
from multivector.facts import reads, tables

_ROOMS = (".", "facts", "cite", "checks", "findings", "ledger")
"""Folders of the package on whose code values depend."""


class _Kept(NamedTuple):
    value: Any
    read: dict[str, tuple]
    """Stamps of the tables that were read, by name."""


_values: dict[str, _Kept] = {}
"""What is kept, by the text of its key."""
_known: set[str] = set()
"""Keys of the values that are stored, or were given to the process that stores."""
_between_builds = False
_MANY = 200
"""Texts of one kind that are kept."""
_CARRIED = (int, float, str, bool, date)
"""Types of values that ``store`` writes, beside lists of texts; what is of another type is computed again."""


def value(key: tuple, compute: Callable[[], Any]) -> Any:
    """What was kept under ``key`` if the tables are as they were, else what ``compute`` gives.

    Whoever asks within ``tables.reading`` counts as having read the same tables.
    """
    kept = _values.get(repr(key))
    if kept is None or not all(tables.stamp(name) == stamp for name, stamp in kept.read.items()):
        with tables.reading() as read:
            computed = compute()
        kept = _values[repr(key)] = _Kept(computed, {name: tables.stamp(name) for name in sorted(read)})
    for name in kept.read:
        tables.resource(name)
    return kept.value


def checked(key: tuple, check: Callable[[], list[str]]) -> list[str]:
    """The lines of a check, asked again only if its tables differ from those of the last build; else asked always."""
    return value(key, check) if _between_builds else check()


def forget() -> None:
    """Drop every value."""
    _values.clear()


def given() -> dict[str, _Kept]:
    """The values that can be carried and that no store holds and no call gave, by key."""
    new = {key: kept for key, kept in _values.items() if key not in _known and _is_carried(kept.value)}
    _known.update(new)
    return new


def take(values: dict[str, _Kept]) -> None:
    """Keep what another process gives."""
    _values.update(values)


def store(file: Path) -> None:
    """Write the values that JSON can hold to ``file``, each with the digests of its tables."""
    now = {name: (tables.stamp(name), _digest(name)) for name in tables.names()}
    rows = [
        (key, _written(kept.value), {name: now[name][1] for name in kept.read})
        for key, kept in _values.items()
        if _is_carried(kept.value) and all(name in now and now[name][0] == stamp for name, stamp in kept.read.items())
    ]
    _known.update(key for key, *_ in rows)
    beside = file.with_suffix(".new")
    beside.parent.mkdir(parents=True, exist_ok=True)
    beside.write_text(json.dumps([code(), rows]), "utf-8")
    beside.replace(file)


def recall(file: Path) -> None:
    """Begin a build with the values in ``file`` that still hold: none if there is no file, or the code is another."""
    global _between_builds
    _between_builds = True
    try:
        made_by, rows = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):  # no file, or one that something damaged
        return
    if made_by != code():
        return
    now = {name: (tables.stamp(name), _digest(name)) for name in tables.names()}
    for key, kept, read in rows:
        if all(name in now and now[name][1] == digest for name, digest in read.items()):
            _values[key] = _Kept(_read(kept), {name: now[name][0] for name in read})
            _known.add(key)


def text(kind: str, asked: str, make: Callable[[], str]) -> str:
    """What ``make`` gives, kept between builds for whoever asks the same: ``asked`` holds all that it depends on.

    ``kind`` names the maker. The packages that are installed count as asked for too.
    """
    folder = paths.SETTINGS / kind
    file = folder / f"{_sum('|'.join([sys.version, *reads.installed(), asked]))}.txt"
    try:
        whole, _, content = file.read_text("utf-8").partition("\n")
    except (OSError, ValueError):
        whole, content = "", ""
    if not whole or whole != _sum(content):
        content = make()
        _keep(file, f"{_sum(content)}\n{content}")
    return content


def files(kind: str, asked: list[str], make: Callable[[], dict[str, dict[str, str]]]) -> dict[str, str]:
    """Content by file name of what ``make`` gives by name and suffix, kept as ``text`` is while the code is the same."""
    made = text(kind, "|".join([code(), *asked]), lambda: json.dumps(make(), ensure_ascii=False))
    return {
        f"{name}.{suffix}": content for name, formats in json.loads(made).items() for suffix, content in formats.items()
    }


def _sum(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def _keep(file: Path, content: str) -> None:
    """Write a file in one go, in place of the oldest if there are many; without room nothing is kept."""
    beside = file.with_suffix(f".{os.getpid()}")
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(content, "utf-8", newline="\n")
        beside.replace(file)
        for old in sorted(file.parent.glob("*.txt"), key=lambda one: one.stat().st_mtime)[:-_MANY]:
            old.unlink()


def _is_carried(value: Any) -> bool:
    return type(value) in _CARRIED or (type(value) is list and all(type(line) is str for line in value))


def _written(value: Any) -> Any:
    return {"day": value.isoformat()} if isinstance(value, date) else value


def _read(text: Any) -> Any:
    return date.fromisoformat(text["day"]) if isinstance(text, dict) else text


def _digest(name: str) -> str | None:
    """Digest of a table and its description; ``None`` if its file is not as the data package says."""
    try:
        tables.read_bytes(name)
    except BookError:
        return None
    return hashlib.sha256(json.dumps(tables.resource(name), sort_keys=True).encode()).hexdigest()


def code() -> str:
    """Digest of everything but tables on which values depend."""
    package = Path(__file__).parent.parent
    files = sorted(file for room in _ROOMS for file in (package / room).glob("*.py"))
    told = [
        sys.version,
        *reads.installed(),
        *(f"{file.relative_to(package)} {reads.fingerprint(file)}" for file in files),
    ]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()
