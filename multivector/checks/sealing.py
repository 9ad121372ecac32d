"""Recording what stands in ``data/``: first looked at, then written, and never with a fault in it.

A spreadsheet spoils a table in ways that lose nothing: a byte order mark at the head, CR LF at line ends, TRUE for true.
These are put right, and told. Whatever else ``multivector.checks.package`` names is for a person to correct: nothing is written.
"""

import csv
import io
from pathlib import Path

from multivector import paths
from multivector.checks import package as checks
from multivector.errors import BookError
from multivector.facts import sidecars, tables

_MARK = b"\xef\xbb\xbf"


def look() -> tuple[list[str], dict[Path, bytes], list[str]]:
    """Faults of the package as it would be sealed; files to be put right, with their bytes; what was put right."""
    try:
        contents, told = _put_right()
        fresh = sidecars.descriptor(contents)
    except BookError as fault:
        return [str(fault)], {}, []
    with tables.on_trial(fresh, contents):
        lines = checks.of_tables()
    stale = "run `python -m multivector seal`"  # that is what is about to be done
    return [line for line in lines if not line.endswith(stale)], contents, told


def seal(contents: dict[Path, bytes]) -> list[str]:
    """Write the files that were put right, and the descriptor; return the names of the tables that changed."""
    for file, content in contents.items():
        file.write_bytes(content)
    return tables.seal()


def _put_right() -> tuple[dict[Path, bytes], list[str]]:
    contents, told = {}, []
    for file in sidecars.files():
        before = sidecars.content_of(file)
        content, done = before.removeprefix(_MARK), []
        if content != before:
            done.append("byte order mark removed")
        if b"\r\n" in content:
            content = content.replace(b"\r\n", b"\n")
            done.append("line ends CR LF made LF")
        if file.suffix == ".csv" and (b"TRUE" in content or b"FALSE" in content):
            content, cells = _lower_truths(content, sidecars.booleans(file))
            done += [f"{cells} cells TRUE or FALSE written small"] if cells else []
        if done:
            contents[file] = content
            told.append(f"{paths.shown(file)}: {', '.join(done)}")
    return contents, told


def _lower_truths(content: bytes, columns: set[str]) -> tuple[bytes, int]:
    """The table with TRUE and FALSE as a Table Schema writes them, in columns of truth values; and how many there were."""
    try:
        records = list(csv.reader(io.StringIO(content.decode("utf-8")), strict=True))
    except (UnicodeDecodeError, csv.Error):
        return content, 0  # the check says what is wrong
    places = [place for place, column in enumerate(records[0]) if column in columns]
    wrong = [(line, at) for line in records[1:] for at in places if at < len(line) and line[at] in ("TRUE", "FALSE")]
    for line, at in wrong:
        line[at] = line[at].lower()
    if not wrong:
        return content, 0
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(records)
    return out.getvalue().encode(), len(wrong)
