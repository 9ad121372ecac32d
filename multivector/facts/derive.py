"""One interface for the scripts in ``data/derive/``: ``NAME.py FILE … [--to PLACE]``.

A script names the upstream files it reads and the tables it makes. ``--to`` is the CSV to write, or a folder if the
script makes several tables; without it the tables go where the data package has them.
"""

import argparse
import sys
from collections.abc import Callable
from inspect import signature
from pathlib import Path

import pandas as pd

from multivector import paths
from multivector.facts import tables


def asked(
    doc: str | None, files: dict[str, str], makes: tuple[str, ...], arguments: list[str] | None = None
) -> tuple[list[Path], dict[str, Path]]:
    """Upstream files given on the command line, in order, and the place of each table that will be made.

    ``files`` maps the name of each upstream file to what it is, ``makes`` are names of tables. Ends with status 2 and
    one line if a file is missing.
    """
    parser = argparse.ArgumentParser(description=(doc or "").split("\n", 1)[0])
    for name, about in files.items():
        parser.add_argument(name, type=Path, help=about)
    place = "CSV to write" if len(makes) == 1 else f"folder for {', '.join(makes)}"
    parser.add_argument("--to", type=Path, help=f"{place}; without it the book's own")
    given = parser.parse_args(arguments)
    upstream = [getattr(given, name) for name in files]
    for file in upstream:
        if not file.is_file():
            parser.error(f"{file}: no such file")
    return upstream, {name: _place(name, given.to, len(makes) == 1) for name in makes}


def _place(name: str, to: Path | None, single: bool) -> Path:
    own = paths.table_file(tables.resource(name)["path"])
    if to is None:
        return own
    if single and to.suffix:
        return to
    to.mkdir(parents=True, exist_ok=True)
    return to / own.name


def command(doc: str | None, about: str, name: str, derive: Callable, **form) -> Callable[..., None]:
    """The ``main`` of a script that makes the table ``name`` of one CSV.

    ``derive`` receives its frame, and the codes of ``states`` if it has a parameter ``known``.
    """

    def main(arguments: list[str] | None = None) -> None:
        (upstream,), to = asked(doc, {"upstream": about}, (name,), arguments)
        known = {"known": states()} if "known" in signature(derive).parameters else {}
        write(derive(read(upstream), **known), to[name], **form)

    return main


def states() -> set[str]:
    """Codes that the book knows: all others are left out of derived tables."""
    return set(tables.load("states")["iso3"])


def read(file: Path) -> pd.DataFrame:
    """An upstream CSV; ``NA`` is a text (Namibia), only an empty cell is empty. Ends with one line if it is no CSV."""
    try:
        return pd.read_csv(file, keep_default_na=False, na_values=[""])
    except (ValueError, UnicodeDecodeError) as fault:
        sys.exit(f"derive: {file}: not a CSV in UTF-8 ({str(fault).strip()})")


def write(frame: pd.DataFrame, place: Path, **form) -> None:
    """Write a table as the book keeps it: UTF-8, LF, no index; say how many rows it has."""
    frame.to_csv(place, index=False, lineterminator="\n", encoding="utf-8", **form)
    print(f"{place.name}: {len(frame)} rows")
