"""How a table looks: caption, header scopes, units, sources and a CSV of what is shown.

    htmltables.show(frame, name="tab-eurasia-borders", caption="Russia is the longest neighbour. Official lengths.",
                    columns={"name": "Neighbour", "km": "Length (km)"}, digits={"km": 1}, sources=["S40"])

The first column names the row. A column called ``source_id`` becomes links, an ISO date its
spoken form (the CSV keeps it as it is). Cells are text: markup is escaped.
"""

from __future__ import annotations

import html
import re

import pandas as pd

from multivector import dates, figures
from multivector.errors import BookError

_NAME = re.compile(r"tab-[a-z0-9]+(-[a-z0-9]+)*")
_DAY_OR_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?")
NO_SOURCE = "no source found"


def show(frame, *, name: str = "", caption: str = "", columns=None, digits=None, sources=()) -> None:
    """Display a frame as an accessible table. Parameters as for ``markup``; raises ``BookError`` on a missing part."""
    from IPython.display import HTML, display

    display(HTML(markup(frame, name=name, caption=caption, columns=columns, digits=digits, sources=sources)))


def markup(frame, *, name: str, caption: str, columns=None, digits=None, sources=()) -> str:
    """HTML of a table.

    ``columns`` maps column names to headings with units, in the order shown; by default all columns as they are named.
    ``digits`` maps numeric columns to decimals. ``sources`` are ids of the sources table.
    """
    what = f"table {name or '(unnamed)'}"
    if not _NAME.fullmatch(name or ""):
        raise BookError(f"{what}: name is {name!r}; expected a permanent id such as tab-eurasia-borders")
    if not (caption or "").strip():
        raise BookError(f"{what}: caption is missing; state what the table shows")
    figures.require_sources(what, sources)
    columns = dict(columns or {column: column for column in frame.columns})
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise BookError(f"{what}: no column {missing[0]!r}; expected one of: {', '.join(map(str, frame.columns))}")
    shown = frame[list(columns)]
    title, rest = figures.split_caption(caption)
    download = figures.download_link(
        "Data (CSV)", f"{name}.csv", "text/csv", figures.csv_bytes(shown.reset_index(drop=True))
    )
    head = "".join(_heading(shown[column], text) for column, text in columns.items())
    body = "\n".join(_row(row, shown, digits or {}) for row in shown.itertuples(index=False, name=None))
    return (
        f'<figure class="mv-table" id="{name}"><div class="mv-scroll" role="group" tabindex="0" '
        f'aria-label="{html.escape(title)}"><table>\n<caption>{html.escape(title)}</caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>"
        f"<figcaption>{html.escape(rest)} {figures.source_links(sources)}"
        f'<span class="mv-links">{download}</span></figcaption></figure>'
    )


def number(value: float, digits: int = 0) -> str:
    """A number as the book prints it: thousands separated by commas, a true minus sign."""
    text = f"{value:,.{digits}f}"
    return text.replace("-", "−") if float(text.replace(",", "")) else text.lstrip("-")


def _heading(column: pd.Series, text: str) -> str:
    kind = ' class="mv-number"' if _numeric(column) else ""
    return f'<th scope="col"{kind}>{html.escape(str(text))}</th>'


def _row(row: tuple, frame: pd.DataFrame, digits: dict) -> str:
    cells = []
    for position, (column, value) in enumerate(zip(frame.columns, row, strict=True)):
        text = _cell(column, value, digits)
        kind = ' class="mv-number"' if _numeric(frame[column]) else ""
        cells.append(f'<th scope="row">{text}</th>' if position == 0 else f"<td{kind}>{text}</td>")
    return f"<tr>{''.join(cells)}</tr>"


def _cell(column: str, value, digits: dict) -> str:
    if column in ("source_id", "source_id_2"):
        return NO_SOURCE if pd.isna(value) else f'<a class="mv-source" data-source="{value}">{value}</a>'
    if pd.isna(value):
        return '<span class="mv-empty">no data</span>'
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float) or hasattr(value, "dtype"):
        plain = column == "year" and column not in digits
        return str(int(value)) if plain else number(float(value), digits.get(column, 0))
    text = str(value)
    return dates.spoken(text) if _DAY_OR_MONTH.fullmatch(text) else html.escape(text)


def _numeric(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column) and column.name != "year"
