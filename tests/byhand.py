"""What recomputations share: tables as they stand on the disk, scripts by their names, a finding's value or its reason."""

import copy
import csv
import hashlib
import importlib.util
import io

import pandas as pd

from multivector import paths
from multivector.errors import NoData
from multivector.facts import tables


def rows(name: str, /, **equal: str) -> list[dict[str, str]]:
    """The rows of a table as texts, read past the code of the book; only those whose cells equal what is given."""
    with open(paths.table_file(f"{name}.csv"), encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if all(row[key] == value for key, value in equal.items())]


def records(name: str) -> list[list[str]]:
    """The header of a table and its rows, as lists of cells."""
    with open(paths.table_file(f"{name}.csv"), encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def as_csv(records: list[list[str]]) -> bytes:
    """The content of a file with this header and these rows."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(records)
    return out.getvalue().encode()


def sealed(name: str, content: bytes):
    """A context in which a table has another content, and the package its checksum; nothing is written."""
    package = copy.deepcopy(tables.package())
    entry = next(entry for entry in package["resources"] if entry["name"] == name)
    entry["hash"] = f"sha256:{hashlib.sha256(content).hexdigest()}"
    return tables.on_trial(package, {paths.table_file(entry["path"]): content})


MEMBERS = {row["iso3"]: row["name"] for row in sorted(rows("states", kind="un_member"), key=lambda row: row["iso3"])}
"""The members of the United Nations by code, in the order of the letters of a roll call."""


def frame(columns: str, *given: tuple) -> pd.DataFrame:
    """A small table of rows as they are given, its columns named in one text."""
    return pd.DataFrame(given, columns=columns.split())


def script(name: str, folder=paths.DERIVE):
    """A script that is no part of the package, as a module of its own."""
    spec = importlib.util.spec_from_file_location(f"script_{name}", folder / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def value_or_reason(desk, name: str, **given):
    """What a finding gives, or why it gives nothing; any other error fails the test."""
    try:
        return desk(name, **given)
    except NoData as reason:
        return str(reason)
