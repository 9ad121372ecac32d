"""Comparing two built sites file by file."""

from __future__ import annotations

from pathlib import Path


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a site by its path."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()
    }


def differences(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    """One line for each file that differs, with the place where it begins to."""
    lines = []
    for name in sorted(one.keys() | other.keys()):
        if name not in one or name not in other:
            lines.append(f"{name}: only in the {'second' if name not in one else 'first'}")
        elif one[name] != other[name]:
            lines.append(f"{name}: {_place(one[name], other[name])}")
    return lines


def _place(one: bytes, other: bytes) -> str:
    start = next(
        (at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), min(len(one), len(other))
    )
    return f"byte {start}: {one[max(0, start - 40) : start + 40]!r} … {other[max(0, start - 40) : start + 40]!r}"
