"""What a careful editor would ask of facts that break no rule of their type.

A value far from its neighbours, an end before its beginning, a part larger than its whole, a source older than what it
tells, two tables that give one fact differently: each is a line that names file, row and column. What a column of a
given name means is the same in every table, so most rules need no word; the others are declared under ``rules`` in the
file beside the table:

    rules:
      - {rule: series, column: rain, by: [place], along: month, factor: 5}
    exceptions:
      - {rule: series, where: {place: Aktau, month: 2023-05}, reason: Cloudburst; the source says so}

An exception states why a row differs for a reason; it calls the rule by the name of its function, less an underscore.
Rules that compare particular tables stand in ``multivector.checks.agreement``. A rule gives its ``Doubts``: for each,
the table, its row and column, and what was expected there.
"""

import functools
import itertools
import re
from collections import UserDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import TypeAlias

import numpy as np
import pandas as pd

from multivector.facts import cells, dates, kept, tables

PAIRS = (
    ("since", "until"),
    ("from_date", "to_date"),
    ("from_year", "to_year"),
    ("from_century", "to_century"),
    ("first_year", "last_year"),
    ("period_start", "period_end"),
    ("date", "until"),
    ("low", "high"),
    ("published", "accessed"),
    ("west", "east"),
    ("south", "north"),
    ("since", "attested"),
)
"""Columns of which the first may not exceed the second, in whatever table they stand together."""
EVENT_DATES = ("date", "from_date", "since", "listed_on", "said", "fieldwork", "inscribed", "month", "year", "attested")
"""Columns that date what a row tells: no source of the row can be older."""
TEXTS = (
    *("summary", "event", "words", "definition", "passage"),
    *("exact", "quote", "restatement", "evidence", "annotation"),
)
"""Columns in which a text that stands twice was entered twice."""
_WORDS = 3  # blanks of a text that is no mere label
Table: TypeAlias = pd.DataFrame
"""The cells of a table as texts, its rows counted as a spreadsheet counts them."""
Doubts = Iterator[tuple[str, int, str, str]]
_NEAR = timedelta(days=3), timedelta(days=10)  # news is printed within three days; ten are no reason to doubt
_SMALLEST_KM2 = 5_000  # islands below this size are not drawn well enough to test a point against
_COAST_DEGREES = 0.6  # ports lie on coasts that the layer simplifies
_SLACK = timedelta(days=1)  # the date line: news of an afternoon in Astana is of the morning in New York


class Tables(UserDict[str, Table]):
    """Texts of all tables by name; ``as_saved`` says that all are as on disk."""

    def __init__(self, frames: Mapping[str, Table], as_saved: bool = False):
        super().__init__(frames)
        self.as_saved = as_saved

    def __getitem__(self, name: str) -> Table:
        """The cells of a table as texts."""
        tables.resource(name)  # for whoever listens: this is what was read
        return super().__getitem__(name)

    def fault(self, rule: str, name: str, row: int, column: str, expected: str) -> str:
        """One line, or an empty text where the sidecar gives a reason why the row may differ."""
        line, entry = self[name].loc[row], tables.resource(name)
        for known in entry.get("exceptions", []):
            where = {key: value if isinstance(value, list) else [value] for key, value in known["where"].items()}
            if known["rule"] == rule and all(line[key] in map(str, values) for key, values in where.items()):
                return ""
        return cells.told(f"data/{entry['path']}: row {row}", column, line[column], expected)


def faults_of(name: str, book: Tables) -> Iterator[str]:
    """Lines for one table, whatever it holds."""
    columns = set(book[name].columns)
    for first, last in PAIRS:
        if {first, last} <= columns:
            yield from asked(f"data/{name}.csv", ordered, book, name, columns=[first, last])
    for rule in (_source, _date, _sources, _twice, _inside):
        yield from asked(f"data/{name}.csv", rule, book, name)
    sidecar = f"data/{tables.resource(name)['path'].rsplit('.', 1)[0]}.yml"
    for declared in tables.resource(name).get("rules", []):
        given = {key: value for key, value in declared.items() if key != "rule"}
        if declared["rule"] in RULES:
            yield from asked(sidecar, RULES[declared["rule"]], book, name, **given)
        else:
            yield f"{sidecar}: rule {declared['rule']} is unknown; expected one of {', '.join(RULES)}"


def asked(where: str, rule: Callable[..., Doubts], book: Tables, *given, **named) -> list[str]:
    """Lines of a rule; one line if it cannot be asked, because a column or a word has another name by now."""
    name = rule.__name__.strip("_")

    def lines() -> list[str]:
        try:
            return list(filter(None, (book.fault(name, *doubt) for doubt in rule(book, *given, **named))))
        except Exception as fault:
            cause = f"{type(fault).__name__}: {' '.join(str(fault).split())}"
            return [f"{where}: rule {name} cannot be asked ({cause}); correct the rule, or the table that it reads"]

    return kept.checked((rule.__module__, name, where, repr(named)), lines) if book.as_saved else lines()


# --- rules of every table -----------------------------------------------------------------------------------------


def _dated(book: Tables, name: str, columns: Iterable[str]) -> Iterator[tuple[int, str, str, str, str]]:
    """Each filled cell of the columns that a table has: row, column, its text, its source, when that was published."""
    frame = book[name]
    if "sources" not in book or name == "sources" or "source_id" not in frame:
        return
    published = dict(zip(book["sources"]["source_id"], book["sources"]["published"], strict=True))
    for column in [column for column in columns if column in frame]:
        filled = frame[frame[column] != ""]
        for row, told, source in zip(filled.index, filled[column], filled["source_id"], strict=True):
            yield row, column, told, source, published.get(source, "")


def _source(book: Tables, name: str) -> Doubts:
    """No source is older than what it tells, unless a note says that it announced it."""
    for row, column, told, source, known in _dated(book, name, EVENT_DATES):
        older = known[:4] <= told[:4] and _last(known) + _SLACK < _first(told)
        if older and "announce" not in book[name].loc[row].get("note", "").lower():
            expected = f"{source}, its source, is older (published {known}); expected a source that can know it"
            yield name, row, column, expected


def _date(book: Tables, name: str) -> Doubts:
    """A day that fits its source only with day and month exchanged, or with the month or year before or after."""
    for row, column, told, source, known in _dated(book, name, ("date", "since", "from_date", "said", "listed_on")):
        whole = len(told) == len(known) == 10 and dates.is_date(known)
        if whole and (meant := _meant(date.fromisoformat(told), date.fromisoformat(known))):
            yield name, row, column, f"{source}, its source, is of {known}; expected {meant} or another source"


def _meant(told: date, published: date) -> date | None:
    """The day that was meant, if the one told is far from the source and a slip of the pen away from it."""
    if -_NEAR[0] <= published - told <= _NEAR[1]:
        return None
    return next((day for day in _slips(told) if timedelta(days=-1) <= published - day <= _NEAR[0]), None)


@functools.cache
def _slips(told: date) -> list[date]:
    """Day and month exchanged; or, but for days on which a month of data begins, a month or year too early or late."""
    year, month, day = told.year, told.month, told.day
    numbers = [(year, day, month)]
    if day > 1:
        numbers += [(year, month - 1, day), (year, month + 1, day), (year - 1, month, day), (year + 1, month, day)]
    texts = [f"{number[0]:04d}-{number[1]:02d}-{number[2]:02d}" for number in numbers]
    return [dates.first_day(text) for text in texts if dates.is_date(text) and text != told.isoformat()]


def _sources(book: Tables, name: str) -> Doubts:
    """Where a table names its sources by id, no row rests on a data set that it does not name."""
    declared = {source.get("source_id") for source in tables.resource(name)["sources"]}
    for column in {"source_id", "source_id_2"} & set(book[name].columns) if None not in declared else ():
        cited = book[name][column]
        for row in cited.index[cited.str.startswith("D") & ~cited.isin(declared)]:
            yield name, row, column, f"not a data set that {name}.yml names; expected one of those, or its name there"


def _twice(book: Tables, name: str) -> Doubts:
    """A text that stands in two rows was entered twice, or stands for something else in one of them."""
    for column in [each for each in TEXTS if each in book[name]]:
        texts = book[name][column]
        for row, _, first in repeated(texts[texts.str.count(" ") >= _WORDS]):
            yield name, row, column, f"the same text as row {first}; expected it once"


def _inside(book: Tables, name: str) -> Doubts:
    """A place lies in its country."""
    frame = book[name]
    if "world" not in book or not {"lon", "lat", "iso3"} <= set(frame):
        return
    import shapely

    layer = tables.load("world")
    shapes = layer[layer["area_km2"] > _SMALLEST_KM2].set_index("iso3")["geometry"]
    points = frame[frame["iso3"].isin(shapes.index)]
    places = shapely.points(numbers(points["lon"]), numbers(points["lat"]))
    distance = shapely.distance(shapes.loc[points["iso3"]].to_numpy(), places)
    for row, line in points[distance > _COAST_DEGREES].iterrows():
        outside = f"with lat {line['lat']} lies outside {line['iso3']}"
        yield name, row, "lon", f"{outside}; expected a place in that country"


# --- rules that a sidecar declares --------------------------------------------------------------------------------


def ordered(book: Tables, name: str, columns: list[str]) -> Doubts:
    """Values of a row that may not fall from column to column: bounds of an interval, beginning and end."""
    frame = book[name]
    kinds = {field["name"]: field["type"] for field in tables.resource(name)["schema"]["fields"]}
    for first, last in itertools.pairwise(columns):
        filled = frame[(frame[first] != "") & (frame[last] != "")]
        if kinds[first] in ("integer", "number"):
            wrong = pd.to_numeric(filled[first]) > pd.to_numeric(filled[last])
        else:
            wrong = filled[first].map(_first) > filled[last].map(_last)
        for row in filled.index[wrong.astype(bool)]:
            yield name, row, last, f"lies before {first} {frame.loc[row, first]!r}; expected it after"


def series(
    book: Tables,
    name: str,
    column: str,
    by: list[str],
    along: str,
    factor: float = 0,
    step: float = 0,
    least: float = 0,
) -> Doubts:
    """A value ``factor`` times, or ``step`` away from, both its neighbours in the same series (one at an end).

    Where all three are below ``least`` they are too small to compare. A level that stays is no fault: the later neighbour has it too.
    """
    values = numbers(book[name][column]).dropna()
    limit = np.log(factor) if factor else step
    line = book[name].loc[values.index, [*by, along]].assign(value=values)
    line = line.sort_values([*by, along], key=_order)
    group = [line[each] for each in by] or np.zeros(len(line))
    scale = np.log(line["value"].where(line["value"] > 0)) if factor else line["value"]
    sizes, scales = line["value"].abs().groupby(group), scale.groupby(group)
    big = pd.concat([sizes.shift(step) for step in (0, 1, -1)], axis=1).max(axis=1) >= least
    up, down = scale - scales.shift(1), scale - scales.shift(-1)
    spike = (up.abs() > limit) & (down.abs() > limit) & (up * down > 0)
    edge = (up.isna() ^ down.isna()) & (up.fillna(down).abs() > limit)
    for row in line.index[(spike | edge) & big]:
        near = scale[row] - (up if pd.notna(up[row]) else down)[row]
        shown = f"{np.exp(near) if factor else near:,.4g}"
        where = ", ".join(line.loc[row, each] for each in [*by, along])
        yield name, row, column, f"far from the next value of {where} ({shown}); expected one like it"


def unrepeated(book: Tables, name: str, column: str, by: list[str], along: str, length: int = 3) -> Doubts:
    """As many values as ``length`` that follow each other twice in one series, told at the first of the earlier ones."""
    frame = book[name][book[name][column] != ""].sort_values([*by, along], key=_order)
    following = [frame.groupby(by)[column].shift(-step) for step in range(length)]
    line = pd.concat([frame[by], *(each.rename(step) for step, each in enumerate(following))], axis=1).dropna()
    for row in line.index[line.duplicated(keep="last")]:
        later = frame.loc[line.index[(line.loc[row] == line).all(axis=1)][-1], along]
        yield name, row, column, f"{length} values from here come again from {later}; expected others"


def parts(
    book: Tables, name: str, column: str, by: list[str], total: dict[str, str], tolerance: float = 0, least: float = 0
) -> Doubts:
    """Parts of a whole that add up to less than ``least`` of it, or to more than it, where the whole has a row."""
    frame = book[name].assign(value=numbers(book[name][column])).dropna(subset=["value"])
    whole = have(frame, total)
    sums = _looked_up(frame, by, frame[~whole].groupby(by)["value"].sum())
    for row, line in frame[whole & sums.notna()].iterrows():
        if not line["value"] * (least - tolerance) <= sums[row] <= line["value"] * (1 + tolerance):
            yield name, row, column, f"its parts add up to {sums[row]:,.10g}; expected the whole"


def shares(book: Tables, name: str, column: str, by: list[str], over: float = 0.5) -> Doubts:
    """Shares in per cent that add up to more than a hundred by ``over``, told at the largest."""
    frame = book[name].assign(value=numbers(book[name][column])).dropna(subset=["value"])
    for key, group in frame.groupby(by):
        if (total := group["value"].sum()) > 100 + over:
            expected = f"the shares of {', '.join(key)} add up to {total:.6g}; expected at most 100"
            yield name, group["value"].idxmax(), column, expected


def portions(
    book: Tables, name: str, column: str, of: str, by: list[str], total: dict[str, str], rounded: str = ""
) -> Doubts:
    """A share that is not what its row counts of the whole, further off than both are rounded."""
    frame = book[name].assign(share=numbers(book[name][column]), part=numbers(book[name][of]))
    unit = numbers(book[name][rounded]).fillna(1) if rounded else 1
    whole = _looked_up(frame, by, frame[have(frame, total)].groupby(by)["part"].first())
    decimals = frame[column].str.partition(".")[2].str.len()
    slack = 0.51 * 10.0**-decimals + 51 * unit / whole
    found = 100 * frame["part"] / whole
    for row in frame.index[(found - frame["share"]).abs() > slack]:
        expected = f"{of} {frame.loc[row, of]} is {found[row]:.4g} per cent of the whole; expected that share"
        yield name, row, column, expected


def steps(book: Tables, name: str, column: str, by: list[str], along: str, order: list[str]) -> Doubts:
    """Steps of one affair that do not follow each other in time."""
    frame = book[name][book[name][column].isin(order)]
    for _, group in frame.groupby(by):
        done = group.assign(at=group[column].map(order.index)).sort_values("at", kind="stable")
        for (earlier, one), (later, two) in itertools.combinations(done.iterrows(), 2):
            if one["at"] < two["at"] and _first(one[along]) > _last(two[along]):
                told = f"{two[column]!r} lies before {one[column]!r} of {one[along]} (row {earlier})"
                yield name, later, along, f"{told}; expected it after"


def numbered(book: Tables, name: str, column: str, along: str, by: list[str]) -> Doubts:
    """Numbers of a series that do not rise with time."""
    frame = book[name].assign(number=numbers(book[name][column])).dropna(subset=["number"])
    for _, group in frame.groupby(by):
        times = group.sort_values("number", kind="stable")[along]
        for (earlier, first), (later, last) in itertools.pairwise(times.items()):
            if _first(first) > _last(last):
                number = f"number {frame.loc[later, column]} lies before number {frame.loc[earlier, column]}"
                yield name, later, along, f"{number} of {first} (row {earlier}); expected it after"


def constant(book: Tables, name: str, column: str, by: list[str]) -> Doubts:
    """A column that has one value for each value of ``by``: the rarer value, or the later, is named."""
    for key, group in book[name].groupby(by):
        counts = group[column].value_counts()
        if len(counts) > 1:
            usual = counts.index[0] if counts.iloc[0] > counts.iloc[1] else group[column].iloc[0]
            for row in group.index[group[column] != usual]:
                yield name, row, column, f"{usual!r} in other rows of {', '.join(key)}; expected the same"


def looked_up(book: Tables, name: str, column: str, of: str, place: str) -> Doubts:
    """A cell that repeats what another table says of the same thing, which stands there under the same column ``of``."""
    table, value = place.split(".")
    if table not in book:
        return
    frame = book[name]
    said = frame[of].map(book[table].drop_duplicates(of).set_index(of)[value])
    for row in unlike(frame[column], said.where(said != "")):
        if not _same_date(said[row], frame.loc[row, column]):
            yield name, row, column, f"data/{table}.csv has {said[row]!r} for {frame.loc[row, of]}; expected the same"


_DECLARED = (ordered, series, unrepeated, parts, shares, portions, steps, numbered, constant, looked_up)
RULES: dict[str, Callable[..., Doubts]] = {rule.__name__: rule for rule in _DECLARED}
"""Rules that a sidecar may declare, with the words each takes."""


def unlike(said: pd.Series, known: pd.Series) -> pd.Index:
    """Rows in which a cell is not what is known of it, where something is."""
    return said.index[known.notna() & (known != said)]


def numbers(column: pd.Series) -> pd.Series:
    """A column as numbers; missing where the cell is empty."""
    return pd.to_numeric(column, errors="coerce")


def repeated(texts: pd.Series) -> Iterator[tuple[int, str, int]]:
    """Each text that stands in an earlier row too: its row, the text, the first row that has it."""
    first = texts.drop_duplicates()
    rows = dict(zip(first, first.index, strict=True))
    return ((row, text, rows[text]) for row, text in texts[texts.duplicated()].items())


def have(frame: pd.DataFrame, wanted: Mapping[str, str]) -> pd.Series:
    """Whether each row of texts has these cells."""
    return (frame[list(wanted)] == pd.Series(wanted).astype(str)).all(axis=1)


def _looked_up(frame: pd.DataFrame, by: list[str], values: pd.Series) -> pd.Series:
    """For each row the value of the group, by the columns ``by``, that it belongs to."""
    return frame[by].join(values.rename("found"), on=by)["found"]


def _order(column: pd.Series) -> pd.Series:
    """Numbers by their size, all else by its letters."""
    return pd.to_numeric(column) if column.str.isdecimal().all() else column


def _same_date(one: str, other: str) -> bool:
    """Whether two incomplete dates can mean one day."""
    if not all(re.match(dates.EDTF, text) for text in (one, other)):
        return False
    return _first(one) <= _last(other) and _first(other) <= _last(one)


@functools.cache
def _first(text: str) -> date:
    """Earliest day of a date in EDTF: 2015~, 2015-03/2015-04, 2015/.."""
    return dates.first_day(text.split("/")[0].rstrip("~"))


@functools.cache
def _last(text: str) -> date:
    """Latest day of a date in EDTF; the end of time where it is open or not known."""
    end = text.rsplit("/", 1)[-1].rstrip("~")
    return dates.last_day(end) if dates.is_date(end) else date.max - _SLACK
