"""How a table looks: caption, header scopes, units, sources and a CSV of what is shown.

    htmltables.show(frame, "tab-eurasia-borders", columns={"name": "Neighbour", "km": "Length (km)"}, digits={"km": 1})

Title, caption and sources are said by the page, under the cell (``captions``). The first column names the row. A column called ``source_id`` becomes links, an ISO date its
spoken form (the CSV keeps it as it is). Cells are text: markup is escaped.
"""

import html
import re

import pandas as pd

from multivector.errors import BookError
from multivector.facts import dates
from multivector.look import captions, figures
from multivector.look.typography import printed

_NAME = re.compile(r"tab-[a-z0-9]+(-[a-z0-9]+)*")
_DAY_OR_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?")
NO_SOURCE = "no source found"
_WORDY = 60
"""A table with a cell longer than this becomes a list of cards on a phone: columns of prose cannot be read there."""
_FIRST = {True: 3, False: 6}
"""Rows of a wordy and of any other table that are shown at once, where the book folds what follows."""


def show(frame, name: str = "", *, fold: bool = False, **options) -> None:
    """Display a frame as an accessible table, behind its title with ``fold``.

    Other parameters as for ``markup``; raises ``BookError`` on a missing part.
    """
    shown = markup(frame, name=name, **options)
    figures.put(figures.folded(shown, name) if fold else shown)


def markup(frame, *, name: str, columns=None, digits=None, sources=None, languages=None) -> str:
    """HTML of a table.

    ``columns`` maps column names to headings with units, in the order shown; by default all columns as they are named.
    ``digits`` maps numeric columns to decimals. ``sources`` are ids of the sources table, by default those that rows of
    the frame name. ``languages`` maps a column to the column that holds the code of its language: a cell in another
    language than the book's says so. The caption speaks of the last column of numbers: where not all columns fit on
    the screen, it is the one shown beside the first.
    """
    what = f"table {name or '(unnamed)'}"
    if not _NAME.fullmatch(name or ""):
        raise BookError(f"{what}: name is {name!r}; expected a permanent id such as tab-eurasia-borders")
    columns = dict(columns or {column: column for column in frame.columns})
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise BookError(f"{what}: no column {missing[0]!r}; expected one of: {', '.join(map(str, frame.columns))}")
    shown = frame[list(columns)]
    title = captions.awaited(name)
    wordy = any(len(str(value)) > _WORDY for value in shown.to_numpy().ravel())
    point = next((column for column in reversed(list(columns)) if _numeric(shown[column])), None)
    head = "".join(_heading(shown[column], text, column == point) for column, text in columns.items())
    spoken = {column: frame[code] for column, code in (languages or {}).items()}
    cells = [
        _cells(shown[column], str(text) if wordy else None, (digits or {}).get(column), spoken.get(column), not place)
        for place, (column, text) in enumerate(columns.items())
    ]
    # Roles are said aloud because a style that lays rows out as cards takes them away in some browsers.
    kind, part, line = (' class="mv-wordy" role="table"', ' role="rowgroup"', ' role="row"') if wordy else ("", "", "")
    rows = [f"<tr{line}>{''.join(row)}</tr>" for row in zip(*cells, strict=True)]
    return (
        f'<figure class="mv-table" id="{name}"><div class="mv-scroll" role="group" tabindex="0" '
        f'aria-label="{title}"><table{kind}>\n<caption>{title}</caption>\n'
        f"<thead{part}><tr{line}>{head}</tr></thead>\n{_bodies(rows, part, _FIRST[wordy])}</table></div>"
        f"{figures.ending(name, captions.foot(frame, sources), shown.reset_index(drop=True))}"
    )


def _bodies(rows: list[str], part: str, first: int) -> str:
    """The rows in one body, or in two where more than two of them would be folded."""
    if len(rows) <= first + 2:
        first = len(rows)
    shown, rest = "\n".join(rows[:first]), "\n".join(rows[first:])
    second = f'<tbody class="mv-rest" data-rows="{len(rows)}"{part}>\n{rest}\n</tbody>' if rest else ""
    return f"<tbody{part}>\n{shown}\n</tbody>{second}"


def number(value: float, digits: int = 0) -> str:
    """A number as the book prints it: thousands separated by commas, a true minus sign."""
    text = f"{value:,.{digits}f}"
    return text.replace("-", "−") if float(text.replace(",", "")) else text.lstrip("-")


def _heading(column: pd.Series, text: str, pointed: bool) -> str:
    kind = ' class="mv-number"' if _numeric(column) else ""
    return f'<th scope="col"{kind}{" data-point" if pointed else ""}>{html.escape(str(text))}</th>'


def _cells(
    column: pd.Series, label: str | None, digits: int | None, spoken: pd.Series | None, first: bool
) -> list[str]:
    """The cells of a column, the first of which names the rows; ``spoken`` holds the code of the language of each."""
    tag, role = ('th scope="row"', "rowheader") if first else ("td", "cell")
    kind = ' class="mv-number"' if _numeric(column) and not first else ""
    codes = ["en"] * len(column) if spoken is None else spoken
    tongues = (f' lang="{code}"' if code != "en" else "" for code in codes)
    read = "" if label is None else f' role="{role}" data-label="{html.escape(label)}"'
    return [
        f"<{tag}{kind}{tongue}{read}>{_cell(str(column.name), value, digits)}</{tag[:2]}>"
        for value, tongue in zip(column, tongues, strict=True)
    ]


def _cell(column: str, value, digits: int | None) -> str:
    if column in captions.SOURCE_COLUMNS:
        return NO_SOURCE if pd.isna(value) else f'<a class="mv-source" data-source="{value}">{value}</a>'
    if pd.isna(value):
        return '<span class="mv-empty">no data</span>'
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float) or hasattr(value, "dtype"):
        return str(int(value)) if column == "year" and digits is None else number(float(value), digits or 0)
    text = str(value)
    return (
        f'<span class="mv-day">{dates.spoken(text)}</span>'
        if _DAY_OR_MONTH.fullmatch(text)
        else html.escape(printed(text))
    )


def _numeric(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column) and column.name != "year"
