"""Rows of a table picked by what stands in their columns, or the reason why there are none.

>>> frame = pd.DataFrame({"iso3": ["KAZ", "UZB"], "year": [2022, 2022], "km": [5, 7]})
>>> int(cell(frame, "km", "no length", iso3="UZB", year=2022))
7
"""

from typing import Any

import pandas as pd

from multivector.errors import NoData


def where(frame: pd.DataFrame, **cells: Any) -> pd.DataFrame:
    """Rows in which each named column holds the value given for it, or one of several values."""
    for column, wanted in cells.items():
        several = isinstance(wanted, (list, tuple, set, pd.Series, pd.Index))
        frame = frame[frame[column].isin(wanted if several else [wanted])]
    return frame


def required(frame: pd.DataFrame, missing: str, **cells: Any) -> pd.DataFrame:
    """As ``where``; raises ``NoData`` with the reason ``missing`` if there is no such row."""
    chosen = where(frame, **cells)
    if chosen.empty:
        raise NoData(missing)
    return chosen


def cell(frame: pd.DataFrame, column: str, missing: str, **cells: Any) -> Any:
    """What the first row of ``where`` holds in a column; raises ``NoData`` if no such row has anything there."""
    return required(frame.dropna(subset=[column]), missing, **cells)[column].iloc[0]


def of_year(frame: pd.DataFrame, column: str, year: int, missing: str) -> list[float]:
    """Figures of a year in the order of the rows, then those derived from the next year's by the growth it states.

    ``change_pct`` is the growth on the year before, in per cent. Raises ``NoData`` if there is no figure.
    """
    given, grown = where(frame, year=year), where(frame, year=year + 1).dropna(subset=["change_pct"])
    figures = [*given[column].astype(float), *(grown[column] / (1 + grown["change_pct"] / 100))]
    if not figures:
        raise NoData(missing)
    return figures


def by_claim(passages: pd.DataFrame) -> pd.DataFrame:
    """Passages, one row for each claim that they carry (``claim_id``)."""
    return passages.assign(claim_id=passages["claim_ids"].str.split(";")).explode("claim_id")


def rank(values: pd.Series, key: str, missing: str) -> int:
    """Place of one among all, the highest first; those that tie share the better. ``NoData`` if it is not there."""
    if key not in values.index:
        raise NoData(missing)
    return int((values > values[key]).sum()) + 1
