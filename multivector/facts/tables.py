"""The only door to ``data/``: typed, sorted tables whose bytes match the data package.

Every fact of the book is a row of a table that ``data/datapackage.json`` describes: types, keys, units,
source, licence and SHA-256. The descriptor is made by ``multivector.facts.sidecars`` from the file beside each table. Nothing
else in the book opens a file in ``data/``; what a fact *means* is decided in ``multivector.findings``.

    >>> from multivector.facts import tables
    >>> tables.load("states").set_index("iso3").loc["KAZ", "name"]
    'Kazakhstan'
"""

import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pandas as pd

from multivector import paths
from multivector.errors import BookError
from multivector.facts import reads

reads.start()
_DTYPES = {"integer": "Int64", "number": "float64", "boolean": "boolean", "date": "datetime64[s]"}
_trial: tuple[dict, dict[Path, bytes]] | None = None
"""The package and the contents of files that are looked at before they are written."""
_readings: list[set[str]] = []


def package() -> dict:
    """The data package descriptor as a dictionary. Raises ``BookError`` if it is missing or not JSON."""
    descriptor = _descriptor()
    _asked(descriptor["resources"])  # it holds the checksum of every table
    return descriptor


def stamp(name: str) -> tuple:
    """What changes when a table or its description is saved anew: values computed from it are kept under this."""
    package = _saved(paths.DATAPACKAGE)
    entry = _package(package)[1].get(name, {"hash": "", "path": ""})  # a table that is gone
    return entry["hash"], package, _saved(paths.table_file(entry["path"]))


def _saved(file) -> tuple[str, int, int]:
    try:
        state = file.stat()
    except OSError:
        return str(file), 0, 0
    return str(file), state.st_mtime_ns, state.st_size


def _descriptor() -> dict:
    return _package(_saved(paths.DATAPACKAGE))[0]


def _resources() -> dict[str, dict]:
    return _package(_saved(paths.DATAPACKAGE))[1]


@cache
def _package(saved: tuple) -> tuple[dict, dict[str, dict]]:
    """The descriptor, and its tables by name."""
    try:
        descriptor = _trial[0] if _trial else json.loads(paths.DATAPACKAGE.read_text("utf-8"))
    except FileNotFoundError:
        raise BookError(f"{paths.shown(paths.DATAPACKAGE)}: file is missing; restore it from version control") from None
    except ValueError as fault:
        raise BookError(f"{paths.shown(paths.DATAPACKAGE)}: not valid JSON ({fault}); restore or repair it") from None
    return descriptor, {entry["name"]: entry for entry in descriptor["resources"]}


def names() -> list[str]:
    """Names of all tables and map layers, sorted."""
    return sorted(_resources())


def resource(name: str) -> dict:
    """Descriptor of one table: ``path``, ``schema``, ``hash``, ``sources``, … Raises ``BookError`` if unknown."""
    try:
        entry = _resources()[name]
    except KeyError:
        raise BookError(
            f"data/datapackage.json: no table named {name!r}; expected one of: {', '.join(names())}"
        ) from None
    _asked([entry])
    return entry


def _asked(entries: Iterable[dict]) -> None:
    """Record for whoever listens that these tables were asked for."""
    for entry in entries if reads.listening() else ():
        reads.note(paths.table_file(entry["path"]))
    for names_read in _readings:
        names_read.update(entry["name"] for entry in entries)


@contextmanager
def reading() -> Iterator[set[str]]:
    """The names of the tables that are asked for within this context."""
    asked: set[str] = set()
    _readings.append(asked)
    try:
        yield asked
    finally:
        _readings.pop()


def load(name: str) -> pd.DataFrame:
    """The table ``name``: typed by its schema, sorted by its primary key. A map layer comes as a GeoDataFrame.

    Each call hands out its own copy-on-write frame: writing to it never changes what the next caller gets.
    Raises ``BookError`` (one line) if the table is unknown, its file is missing, is not UTF-8, has other columns
    or types than its schema, or its SHA-256 differs from the package.
    """
    resource(name)
    return _loaded(name, stamp(name)).copy(deep=False)


def digest() -> str:
    """SHA-256 over the whole package, tables included: the same digest means the same facts."""
    entries = _resources()
    _asked(entries.values())
    joined = "".join(f"{name} {entry['hash']}\n" for name, entry in sorted(entries.items()))
    return hashlib.sha256(joined.encode()).hexdigest()


def read_bytes(name: str) -> bytes:
    """The verified bytes of a table's file. Raises ``BookError`` if missing or changed."""
    entry = resource(name)
    file = paths.table_file(entry["path"])
    try:
        content = raw(name)
    except FileNotFoundError:
        raise BookError(f"{paths.shown(file)}: file is missing; restore it from version control") from None
    except OSError as fault:
        raise BookError(
            f"{paths.shown(file)}: cannot be read ({fault.strerror}); mend its rights or restore it"
        ) from None
    found, expected = f"sha256:{hashlib.sha256(content).hexdigest()}", entry["hash"]
    if found != expected:
        unix = content.replace(b"\r\n", b"\n")
        if expected == f"sha256:{hashlib.sha256(unix).hexdigest()}":
            raise BookError(f"{paths.shown(file)}: lines end with CR LF; expected LF, as .gitattributes asks for")
        raise BookError(
            f"{paths.shown(file)}: checksum {found[7:19]}… differs from {expected[7:19]}… in data/datapackage.json; "
            "restore the file, or run `python -m multivector seal` if you meant to change it"
        )
    return content


def raw(name: str) -> bytes:
    """The bytes of a table's file as they are, whatever the package says. Raises ``OSError``."""
    file = paths.table_file(resource(name)["path"])
    return _trial[1][file] if _trial and file in _trial[1] else file.read_bytes()


@contextmanager
def on_trial(descriptor: dict, contents: dict[Path, bytes]) -> Iterator[None]:
    """Within this context the package is ``descriptor``, and files are as in ``contents``; nothing is written."""
    global _trial
    _trial = descriptor, contents
    forget()
    try:
        yield
    finally:
        _trial = None
        forget()


def seal() -> list[str]:
    """Write the descriptor anew from sidecars and files; return the names of tables that are new, changed or gone.

    Asks nothing; ``multivector.checks.sealing`` refuses tables with faults before it comes to this.
    """
    from multivector.facts import sidecars  # the parser of YAML is loaded only where the descriptor is made

    fresh = sidecars.descriptor()
    try:
        before = {entry["name"]: entry for entry in json.loads(paths.DATAPACKAGE.read_text("utf-8"))["resources"]}
    except (OSError, ValueError, KeyError, TypeError):
        before = {}
    after = {entry["name"]: entry for entry in fresh["resources"]}
    text = json.dumps(fresh, ensure_ascii=False, indent=1) + "\n"
    if not paths.DATAPACKAGE.exists() or paths.DATAPACKAGE.read_text("utf-8") != text:
        beside = paths.DATAPACKAGE.with_suffix(".new")
        beside.write_text(text, "utf-8", newline="\n")
        beside.replace(paths.DATAPACKAGE)  # whoever reads meanwhile meets the old one or the new one, whole
        forget()
    return sorted(name for name in before | after if before.get(name) != after.get(name))


def forget() -> None:
    """Drop everything read so far, so that the next ``load`` sees the files as they are now."""
    for cached in (_package, _loaded):
        cached.cache_clear()


@cache
def _loaded(name: str, saved: tuple) -> pd.DataFrame:
    entry = resource(name)
    content = read_bytes(name)
    if entry["path"].endswith(".geojson"):
        return _layer(content, entry)
    return _typed(content, entry)


def _layer(content: bytes, entry: dict) -> pd.DataFrame:
    import geopandas  # half a second to import: only pages with maps pay for it

    frame = geopandas.GeoDataFrame.from_features(json.loads(content)["features"], crs="EPSG:4326")
    return frame.sort_values(entry["schema"]["primaryKey"], ignore_index=True)


def _typed(content: bytes, entry: dict) -> pd.DataFrame:
    where = f"data/{entry['path']}"
    fields = entry["schema"]["fields"]
    try:
        frame = pd.read_csv(io.StringIO(content.decode("utf-8")), dtype=str, keep_default_na=False, na_values=[""])
    except UnicodeDecodeError as fault:
        raise BookError(f"{where}: byte {fault.start} is not UTF-8; save the file as UTF-8") from None
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as fault:
        raise BookError(f"{where}: not a CSV table ({str(fault).strip()}); repair the file") from None
    expected = [field["name"] for field in fields]
    if list(frame.columns) != expected:
        raise BookError(f"{where}: header is {', '.join(frame.columns)}; expected {', '.join(expected)}")
    return _converted(frame, entry).sort_values(keys(entry), ignore_index=True, kind="stable")


def _converted(frame: pd.DataFrame, entry: dict) -> pd.DataFrame:
    """Cells written as texts, in some or all columns of a table, as values of the types it declares."""
    for field in entry["schema"]["fields"]:
        if field["name"] in frame:
            frame[field["name"]] = _column(frame[field["name"]], field, f"data/{entry['path']}")
    return frame


def keys(entry: dict) -> list[str]:
    """Columns of the primary key, of a table that is given by its descriptor."""
    key = entry["schema"]["primaryKey"]
    return [key] if isinstance(key, str) else key


def _column(column: pd.Series, field: dict, where: str) -> pd.Series:
    dtype = _DTYPES.get(field["type"])
    if dtype is None:
        return column
    if dtype == "boolean":
        values = column.map({"true": True, "false": False})
    elif dtype.startswith("datetime"):
        values = pd.to_datetime(column, format="%Y-%m-%d", errors="coerce")
    else:
        values = pd.to_numeric(column, errors="coerce")
        values = values.where(values % 1 == 0) if dtype == "Int64" else values
    for row in column.index[values.isna() & column.notna()]:
        place = f"{where}: row {int(row) + 2}, column {field['name']}"  # the header is line 1
        raise BookError(f"{place}: {column[row]!r} is not of type {field['type']}; correct the cell")
    return values.astype(dtype)
