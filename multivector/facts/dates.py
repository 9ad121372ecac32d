"""Dates as sources give them: ``2009``, ``2009-10`` or ``2009-10-05``.

An incomplete date is a span of days. ``first_day`` and ``last_day`` give its ends; what to do with the days
between is the caller's decision, stated in its docstring.

    >>> first_day("2009-10"), last_day("2009-10")
    (datetime.date(2009, 10, 1), datetime.date(2009, 10, 31))
"""

from __future__ import annotations

import calendar
import functools
import operator
import re
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

_DATE = r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?"
PATTERN = rf"^{_DATE}$"
EDTF = rf"^{_DATE}~?(/(\.\.|{_DATE})?)?$"
"""What the book uses of the Extended Date/Time Format: ``2023-06``, ``2015~``, ``2015-03/2015-04``, ``2023-06/..``."""
_MONTHS = list(calendar.month_name)


def first_day(text: str) -> date:
    """Earliest day that the possibly incomplete ISO date can mean."""
    parts = [int(part) for part in text.split("-")]
    return date(*(parts + [1, 1])[:3])


def last_day(text: str) -> date:
    """Latest day that the possibly incomplete ISO date can mean."""
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 3:
        return date(*parts)
    year, month = (parts + [12])[:2]
    return date(year, month, calendar.monthrange(year, month)[1])


def is_date(text: str) -> bool:
    """Whether a text is a possibly incomplete date of the calendar: 2023-02-30 is none."""
    if not re.fullmatch(PATTERN, text):
        return False
    try:
        first_day(text)
    except ValueError:
        return False
    return True


def latest(text: str) -> date:
    """Latest day that a date in EDTF can mean; ``date.max`` where its end is open."""
    end = text.rpartition("/")[2].removesuffix("~")
    return date.max if end == ".." else last_day(end)


def csl(text: str) -> dict:
    """A date in EDTF as CSL-JSON has it; an open end leaves its beginning. Empty for an empty text."""
    ends = [end.removesuffix("~") for end in text.split("/") if end and end != ".."]
    if not ends:
        return {}
    parts = [[int(part) for part in end.split("-")] for end in ends]
    return {"date-parts": parts, **({"circa": True} if "~" in text else {})}


def spoken(text: str) -> str:
    """The date in words: ``8 June 2023``, ``October 2009``, ``2009``."""
    year, month, day = [*(int(part) for part in str(text)[:10].split("-")), 0, 0][:3]
    return " ".join(filter(None, (str(day or ""), _MONTHS[month], str(year))))


def known_by(frame: pd.DataFrame, day: date, column: str = "date") -> pd.DataFrame:
    """Rows that certainly lie on or before ``day`` and were not published after it.

    An incomplete date counts from its last possible day. A row without a day of publication counts by its own.
    """
    known = frame[column].map(last_day) <= day
    if "published" in frame:
        published = frame["published"].map(lambda text: not isinstance(text, str) or last_day(text) <= day)
        known &= published.astype(bool)  # of a frame without rows it knows no type
    return frame[known]


def begun_by(frame: pd.DataFrame, day: date, column: str = "date") -> pd.DataFrame:
    """Rows that may lie on or before ``day``: an incomplete date counts from its first possible day."""
    return frame[frame[column].map(first_day) <= day]


def past(frame: pd.DataFrame, day: date, later: bool = False) -> pd.DataFrame:
    """Rows that certainly lie on or before ``day``, whenever they were published; with ``later`` all others."""
    return frame[(frame["date"].map(last_day) <= day) != later]


_EVENTS = ("date", "said", "from_date", "since", "listed_on", "fieldwork", "month", "year")
"""Columns that date what a row tells, in whatever table they stand."""


def not_after(frame: pd.DataFrame, day: date) -> pd.DataFrame:
    """Rows of a table without those whose event or publication certainly lies after ``day``.

    What was published again later counts from its first publication, where that is known.
    """
    late = [_later(frame[column], day) for column in _EVENTS if column in frame]
    if "published" in frame:
        first = frame["first_published"] if "first_published" in frame else frame["published"]
        late.append(_later(first.fillna(frame["published"]), day))
    return frame[~functools.reduce(operator.or_, late)] if late else frame


def _later(column: pd.Series, day: date) -> pd.Series:
    """Whether each cell is a date, or a span in EDTF, that begins after the day; a cell that is none is not."""
    texts = {value: str(value).partition("/")[0][:10] for value in column.dropna().unique()}
    late = [value for value, text in texts.items() if is_date(text) and first_day(text) > day]
    return column.isin(late)
