"""The descriptor of the data package, made from the short ``NAME.yml`` that stands beside each ``NAME.csv``.

A table is a pair of files. The sidecar says what the table is, what each column holds and where the facts come from;
whatever can be known from the file itself (path, format, checksum, size) is added here. ``data/package.yml`` describes
the package as a whole. ``data/datapackage.json`` is the result, written by ``python -m multivector seal`` and never
edited.

    title: Kinds of weather
    description: One row a day.
    sources: [Compiled for this book from the sources named in each row]
    key: day
    columns:
      day: {is: Day, type: date, required: true}
      rain: {is: Rain that fell, type: number, unit: mm, minimum: 0}
      source_id: {is: Source of the row, refers: sources.source_id, required: true}
    sums: [{column: rain, where: {day: 2023-06}, total: 31}]
    rules: [{rule: series, column: rain, by: [], along: day, factor: 9}]
    exceptions: [{rule: series, where: {day: 2023-06-08}, reason: Cloudburst}]

``rules`` and ``exceptions`` are explained in ``multivector.checks.plausibility``.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import yaml

from multivector import __version__, paths
from multivector.errors import BookError
from multivector.facts import dates

PARTIAL_DATE = "partial date"
"""Type of a column that holds a year, a month or a day."""
_REQUIRED = {"title", "description", "sources", "key", "columns"}
_OPTIONAL = {"licence", "derived_from", "sums", "rules", "exceptions"}
_SCHEMA = ("title", "language", "unit")
_CONSTRAINTS = ("required", "unique", "enum", "minimum", "maximum", "pattern", "minLength")
_FORMATS = {
    ".csv": {"profile": "tabular-data-resource", "format": "csv", "mediatype": "text/csv"},
    ".geojson": {"profile": "data-resource", "format": "geojson", "mediatype": "application/geo+json"},
}


def descriptor(contents: Mapping[Path, bytes] | None = None) -> dict:
    """The whole data package, files as in ``contents`` where it has them. Raises ``BookError``, one line, at the first sidecar or table that is not in order."""
    about = read(paths.DATA / "package.yml")
    return {
        "profile": "data-package",
        "name": about["name"],
        "title": about["title"],
        "version": __version__,
        "licenses": [about["licence"]],
        "resources": [_resource(file, contents or {}) for file in files()],
    }


def files() -> list[Path]:
    """Every table and map layer of the package, by path. Raises ``BookError`` for one without its sidecar."""
    found = sorted(file for file in paths.DATA.rglob("*") if file.suffix in _FORMATS)
    for file in found:
        if not file.with_suffix(".yml").exists():
            raise _fault(file, f"no {file.stem}.yml beside it; describe the table there, or move the file away")
    described = {file.with_suffix(".yml") for file in found} | {paths.DATA / "package.yml"}
    for sidecar in sorted(set(paths.DATA.rglob("*.yml")) - described):
        raise _fault(sidecar, f"no table beside it; restore {sidecar.stem}.csv, or remove the description")
    return found


def booleans(file: Path) -> set[str]:
    """Columns of a table that hold truth values."""
    columns = read(file.with_suffix(".yml")).get("columns", {})
    return {name for name, said in columns.items() if isinstance(said, dict) and said.get("type") == "boolean"}


def content_of(file: Path) -> bytes:
    """The bytes of a table or map layer. Raises ``BookError`` if there is no reading it, as of a folder of its name."""
    try:
        return file.read_bytes()
    except OSError as fault:
        raise _fault(file, f"cannot be read ({fault.strerror}); mend its rights or restore it") from None


def _resource(file: Path, contents: Mapping[Path, bytes]) -> dict:
    sidecar = file.with_suffix(".yml")
    about = read(sidecar)
    for word in sorted(word for word in _REQUIRED if not about.get(word)):
        raise _fault(sidecar, f"{word!r} is missing; add it")
    for word in sorted(set(about) - _REQUIRED - _OPTIONAL):
        raise _fault(sidecar, f"{word!r} is not a word of a table's description; correct or remove it")
    if not all({"rule", "where", "reason"} <= set(exception) for exception in about.get("exceptions", [])):
        raise _fault(sidecar, "an exception needs rule, where and reason; complete or remove it")
    content = contents[file] if file in contents else content_of(file)
    return {
        "name": file.stem,
        "path": file.relative_to(paths.DATA).as_posix(),
        "title": about["title"],
        "description": about["description"],
        "sources": [{"title": source} if isinstance(source, str) else source for source in about["sources"]],
        **({"licenses": [about["licence"]]} if "licence" in about else {}),
        **_chosen(about, "derived_from", "sums", "rules", "exceptions"),
        "schema": _schema(about, sidecar),
        **_FORMATS[file.suffix],
        "encoding": "utf-8",
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "bytes": len(content),
    }


def _schema(about: dict, sidecar: Path) -> dict:
    columns = {name: {"is": said} if isinstance(said, str) else said for name, said in about["columns"].items()}
    for name in [about["key"]] if isinstance(about["key"], str) else about["key"]:
        if name not in columns:
            raise _fault(sidecar, f"key: no column {name!r}; expected one of: {', '.join(columns)}")
    fields = [_field(name, said, sidecar) for name, said in columns.items()]
    links = [
        {"fields": name, "reference": dict(zip(("resource", "fields"), said["refers"].split("."), strict=True))}
        for name, said in columns.items()
        if "refers" in said
    ]
    return {
        "fields": fields,
        "primaryKey": about["key"],
        **({"foreignKeys": links} if links else {}),
        "missingValues": [""],
    }


def _field(name: str, said: dict, sidecar: Path) -> dict:
    for word in sorted(set(said) - {"is", "type", "refers", *_SCHEMA, *_CONSTRAINTS}):
        raise _fault(sidecar, f"column {name}: {word!r} is not a word of a column; correct or remove it")
    if not said.get("is"):
        raise _fault(sidecar, f"column {name}: 'is' is missing; say what the column holds")
    if "refers" in said and str(said["refers"]).count(".") != 1:
        raise _fault(
            sidecar, f"column {name}: refers to {said['refers']!r}; expected a table and its column, as in a.b"
        )
    kind, rules = said.get("type", "string"), _chosen(said, *_CONSTRAINTS)
    if kind == PARTIAL_DATE:
        kind, rules = "string", {**rules, "pattern": dates.PATTERN}
    return {
        "name": name,
        "type": kind,
        "description": said["is"],
        **_chosen(said, *_SCHEMA),
        **({"constraints": rules} if rules else {}),
    }


def _chosen(said: dict, *words: str) -> dict:
    """What is said under these words, in their order; a word that is not there is left out."""
    return {word: said[word] for word in words if word in said}


def _fault(file: Path, told: str) -> BookError:
    return BookError(f"{paths.shown(file)}: {told}")


def read(file: Path) -> dict:
    """What a YAML file of the book says. Raises ``BookError``, one line, if it is missing or no description."""
    try:
        text = file.read_text("utf-8")  # the parser in C is ten times as quick
        content = yaml.load(text, Loader=yaml.CSafeLoader) if yaml.__with_libyaml__ else yaml.safe_load(text)
    except FileNotFoundError:
        raise _fault(file, "file is missing; restore it from version control") from None
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        raise _fault(file, f"not valid YAML ({' '.join(str(fault).split())}); repair it") from None
    if not isinstance(content, dict):
        raise _fault(file, "expected a description such as `title: …`; repair it")
    return content
