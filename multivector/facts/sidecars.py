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

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import yaml

from multivector import __version__, paths
from multivector.errors import BookError
from multivector.facts import dates

PARTIAL_DATE = "partial date"
"""Type of a column that holds a year, a month or a day."""
_SUFFIXES = (".csv", ".geojson")
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
    found = sorted(file for file in paths.DATA.rglob("*") if file.suffix in _SUFFIXES)
    for file in found:
        if not file.with_suffix(".yml").exists():
            raise BookError(
                f"{paths.shown(file)}: no {file.stem}.yml beside it; describe the table there, or move the file away"
            )
    alone = {file.with_suffix("") for file in paths.DATA.rglob("*.yml")} - {file.with_suffix("") for file in found}
    for stem in sorted(alone - {paths.DATA / "package"}):
        raise BookError(
            f"{paths.shown(stem)}.yml: no table beside it; restore {stem.name}.csv, or remove the description"
        )
    return found


def booleans(file: Path) -> set[str]:
    """Columns of a table that hold truth values."""
    columns = read(file.with_suffix(".yml")).get("columns", {})
    return {name for name, said in columns.items() if isinstance(said, dict) and said.get("type") == "boolean"}


def _resource(file: Path, contents: Mapping[Path, bytes]) -> dict:
    sidecar = file.with_suffix(".yml")
    about = read(sidecar)
    for fault in sorted(word for word in _REQUIRED if not about.get(word)):
        raise BookError(f"{paths.shown(sidecar)}: {fault!r} is missing; add it")
    for fault in sorted(set(about) - _REQUIRED - _OPTIONAL):
        raise BookError(
            f"{paths.shown(sidecar)}: {fault!r} is not a word of a table's description; correct or remove it"
        )
    for fault in about.get("exceptions", []):
        if not {"rule", "where", "reason"} <= set(fault):
            raise BookError(f"{paths.shown(sidecar)}: an exception needs rule, where and reason; complete or remove it")
    content = contents[file] if file in contents else file.read_bytes()
    return {
        "name": file.stem,
        "path": file.relative_to(paths.DATA).as_posix(),
        "title": about["title"],
        "description": about["description"],
        "sources": [{"title": source} if isinstance(source, str) else source for source in about["sources"]],
        **({"licenses": [about["licence"]]} if "licence" in about else {}),
        **{key: about[key] for key in ("derived_from", "sums", "rules", "exceptions") if key in about},
        "schema": _schema(about, sidecar),
        **_FORMATS[file.suffix],
        "encoding": "utf-8",
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "bytes": len(content),
    }


def _schema(about: dict, sidecar: Path) -> dict:
    columns = {name: {"is": said} if isinstance(said, str) else said for name, said in about["columns"].items()}
    links = [
        {"fields": name, "reference": dict(zip(("resource", "fields"), said["refers"].split("."), strict=True))}
        for name, said in columns.items()
        if "refers" in said
    ]
    return {
        "fields": [_field(name, said, sidecar) for name, said in columns.items()],
        "primaryKey": about["key"],
        **({"foreignKeys": links} if links else {}),
        "missingValues": [""],
    }


def _field(name: str, said: dict, sidecar: Path) -> dict:
    for fault in sorted(set(said) - {"is", "type", "refers", *_SCHEMA, *_CONSTRAINTS}):
        raise BookError(
            f"{paths.shown(sidecar)}: column {name}: {fault!r} is not a word of a column; correct or remove it"
        )
    if not said.get("is"):
        raise BookError(f"{paths.shown(sidecar)}: column {name}: 'is' is missing; say what the column holds")
    kind = said.get("type", "string")
    rules = {key: said[key] for key in _CONSTRAINTS if key in said}
    if kind == PARTIAL_DATE:
        kind, rules = "string", {**rules, "pattern": dates.PATTERN}
    return {
        "name": name,
        "type": kind,
        "description": said["is"],
        **{key: said[key] for key in _SCHEMA if key in said},
        **({"constraints": rules} if rules else {}),
    }


def read(file: Path) -> dict:
    """What a YAML file of the book says. Raises ``BookError``, one line, if it is missing or no description."""
    try:
        content = _parsed(file.read_text("utf-8"))
    except FileNotFoundError:
        raise BookError(f"{paths.shown(file)}: file is missing; restore it from version control") from None
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        raise BookError(f"{paths.shown(file)}: not valid YAML ({' '.join(str(fault).split())}); repair it") from None
    if not isinstance(content, dict):
        raise BookError(f"{paths.shown(file)}: expected a description such as `title: …`; repair it")
    return content


def _parsed(text: str) -> object:
    """YAML by the fast parser where the package has it, ten times as quick."""
    if yaml.__with_libyaml__:
        return yaml.load(text, Loader=yaml.CSafeLoader)
    return yaml.safe_load(text)
