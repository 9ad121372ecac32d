"""Validation of the whole data package: what Frictionless knows, and the few rules that it lacks.

``faults()`` yields one line a fault: file, row, column, value, what was expected.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from multivector import dates, paths, tables
from multivector.errors import BookError

_SMALLEST_KM2 = 5_000  # islands below this size are not drawn well enough to test a point against


def faults() -> list[str]:
    """All faults of all tables, sorted; an empty list means that the package is valid."""
    found = []
    for name in tables.names():
        try:
            tables.read_bytes(name)
        except BookError as fault:
            found.append(str(fault))
    found += list(_frictionless())
    if not found:  # the rules below need typed tables
        for name in tables.names():
            found += _own_rules(name)
        found += list(_sums())
    return sorted(set(found))


def _own_rules(name: str) -> Iterator[str]:
    try:
        frame = tables.load(name)
    except BookError as fault:
        yield str(fault)
        return
    yield from _reversed_intervals(name, frame)
    yield from _overlapping_intervals(name, frame)
    yield from _coordinates(name, frame)
    yield from _lists_of_ids(name, frame)


def _frictionless() -> Iterator[str]:
    from frictionless import Package, system  # half a second to import: only `check` pays for it

    with system.use_context(trusted=True):
        package = Package(_tabular_descriptor(), basepath=str(paths.DATA))
        report = package.validate()
    for task in report.tasks:
        for error in task.errors:
            yield _line(task.place, error)
    for error in report.errors:
        yield f"data/datapackage.json: {error.message}"


def _tabular_descriptor() -> dict:
    descriptor = dict(tables.package())
    kept = [dict(entry) for entry in descriptor["resources"] if entry["path"].endswith(".csv")]
    for entry in kept:
        entry["schema"] = {**entry["schema"], "fields": [_plain(field) for field in entry["schema"]["fields"]]}
    return {**descriptor, "resources": kept}


def _plain(field: dict) -> dict:
    return {key: value for key, value in field.items() if key != "unit"}


def _line(place: str, error) -> str:
    where = f"data/{place}"
    row, column = getattr(error, "row_number", None), getattr(error, "field_name", None)
    if row:
        where += f": row {row}"
    if column:
        where += f", column {column}"
    cell = getattr(error, "cell", None)
    value = f": value {cell!r}" if cell is not None else ""
    return f"{where}{value}: {error.note or error.message}; correct the cell".replace("\n", " ")


def _row_number(name: str, key: pd.Series) -> int:
    """Line of the file, header included, that holds the row with this primary key."""
    raw = pd.read_csv(paths.table_file(tables.resource(name)["path"]), dtype=str, keep_default_na=False)
    match = pd.Series(True, index=raw.index)
    for column, value in key.items():
        match &= raw[column] == ("" if pd.isna(value) else str(value))
    return int(match.idxmax()) + 2


def _key(name: str, row: pd.Series) -> pd.Series:
    keys = tables.resource(name)["schema"]["primaryKey"]
    return row[[keys] if isinstance(keys, str) else keys]


def _reversed_intervals(name: str, frame: pd.DataFrame) -> Iterator[str]:
    if not {"since", "until"} <= set(frame.columns):
        return
    both = frame[frame["since"].notna() & frame["until"].notna()]
    for _, row in both.iterrows():
        if dates.last_day(str(row["until"])) < dates.first_day(str(row["since"])):
            yield (
                f"data/{name}.csv: row {_row_number(name, _key(name, row))}, column until: value {row['until']!r} "
                f"lies before since {row['since']!r}; expected a later date"
            )


def _overlapping_intervals(name: str, frame: pd.DataFrame) -> Iterator[str]:
    if not {"iso3", "organisation", "status", "since", "until", "source_id"} <= set(frame.columns):
        return
    frame = frame.assign(
        begin=[dates.first_day(text) if isinstance(text, str) else dates.first_day("0001") for text in frame["since"]],
        end=[dates.first_day(text) if isinstance(text, str) else dates.last_day("9999") for text in frame["until"]],
    )
    for _, group in frame.groupby(["iso3", "organisation", "source_id"], dropna=False):
        ordered = group.sort_values("begin")
        for (_, earlier), (_, later) in zip(ordered.iterrows(), list(ordered.iterrows())[1:], strict=False):
            if later["begin"] < earlier["end"]:
                yield (
                    f"data/{name}.csv: row {_row_number(name, _key(name, later))}, column since: value "
                    f"{later['since']!r} overlaps the interval of {earlier['status']} that ends {earlier['until']!r} "
                    f"for {later['iso3']} in {later['organisation']}; expected intervals that follow each other"
                )


def _coordinates(name: str, frame: pd.DataFrame) -> Iterator[str]:
    if not {"lon", "lat", "iso3"} <= set(frame.columns) or "world" not in tables.names():
        return
    import geopandas

    points = geopandas.GeoDataFrame(
        frame, geometry=geopandas.points_from_xy(frame["lon"], frame["lat"]), crs="EPSG:4326"
    ).dropna(subset=["lon", "lat", "iso3"])
    layer = tables.load("world")
    world = layer[layer["area_km2"] > _SMALLEST_KM2].set_index("iso3").geometry
    for _, row in points.iterrows():
        # 0.6 degrees: ports lie on coasts that the layer simplifies
        if row["iso3"] in world.index and world[row["iso3"]].distance(row.geometry) > 0.6:
            yield (
                f"data/{name}.csv: row {_row_number(name, _key(name, row))}, column lon: value {row['lon']} "
                f"with lat {row['lat']} lies outside {row['iso3']}; expected a place in that country"
            )


def _lists_of_ids(name: str, frame: pd.DataFrame) -> Iterator[str]:
    targets = {"source_ids": ("sources", "source_id"), "claim_ids": ("claims", "claim_id")}
    for column, (table, key) in targets.items():
        if column not in frame.columns or table not in tables.names():
            continue
        known = set(tables.load(table)[key])
        for position, text in frame[column].dropna().items():
            for part in str(text).split(";"):
                if part not in known:
                    row = _row_number(name, _key(name, frame.loc[position]))
                    yield f"data/{name}.csv: row {row}, column {column}: value {part!r} is not in {table}; correct the id"


def _sums() -> Iterator[str]:
    """Tables whose package entry declares a ``total`` must add up to it."""
    for name in tables.names():
        for rule in tables.resource(name).get("sums", []):
            frame = tables.load(name)
            for column, value in rule["where"].items():
                frame = frame[frame[column] == value]
            found = frame[rule["column"]].sum()
            if abs(found - rule["total"]) > rule.get("tolerance", 0):
                yield (
                    f"data/{name}.csv: column {rule['column']}: sum {found:,} where {rule['where']}; "
                    f"expected {rule['total']:,}"
                )
