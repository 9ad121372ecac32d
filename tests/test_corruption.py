"""Random damage: a cell changed so that it breaks a declared rule is named by file, row and column.

The measure is the share of changes that are named: at least 99 of 100.
"""

import random

import byhand
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from multivector.checks import package as checks
from multivector.facts import tables

TRIALS = 600
TABLES = [name for name in tables.names() if tables.resource(name)["path"].endswith(".csv")]
RECORDS = {name: byhand.records(name) for name in TABLES}
PLACES = tuple(f"data/{tables.resource(name)['path']}: " for name in tables.names())


def declared(name: str, column: str) -> dict:
    """The field of a column in the schema of its table."""
    return next(field for field in tables.resource(name)["schema"]["fields"] if field["name"] == column)


def ways_to_break(name: str, column: str) -> list[str]:
    """The declared rules of a column that a change of one cell can break."""
    field, keyed = declared(name, column), tables.resource(name)["schema"].get("foreignKeys", [])
    rules = ("required", "minimum", "maximum", "enum", "pattern", "unique")
    ways = {rule: rule in field.get("constraints", {}) for rule in rules} | {
        "type": field["type"] != "string",
        "foreign key": column in [key["fields"] for key in keyed],
        "primary key": column in tables.keys(tables.resource(name)) and len(RECORDS[name]) > 2,
        "list": column in ("source_ids", "claim_ids"),
    }
    return [way for way, can in ways.items() if can]


def damaged(name: str, row: int, column: str, way: str, dice: random.Random) -> tuple[list[list[str]], set[int]] | None:
    """The records with one rule broken, and the rows in which the fault may be told; ``None`` if nothing broke."""
    header, *body = RECORDS[name]
    rules, position = declared(name, column).get("constraints", {}), header.index(column)
    cells, rows = list(body[row]), {row + 2}
    other = dice.choice([index for index in range(len(body)) if index != row] or [row])
    match way:
        case "required":
            cells[position] = ""
        case "type":
            cells[position] = dice.choice(["many", "1,5", "0x1F", "12 km", "–3", "True!"])
        case "minimum":
            cells[position] = str(rules["minimum"] - dice.choice([1, 7, 1000]))
        case "maximum":
            cells[position] = str(rules["maximum"] + dice.choice([1, 7, 1000]))
        case "enum":
            cells[position] = dice.choice([cells[position] + "x", "none of these", "?"])
        case "pattern" | "foreign key":
            cells[position] = dice.choice(["~", "KZZ~", "S9999~", " " + cells[position] + "~"])
        case "list":
            cells[position] += ";" + dice.choice(["S9999", "C-99", "x"])
        case "unique":
            cells[position] = body[other][position]
            rows.add(other + 2)
        case "primary key":
            for key in tables.keys(tables.resource(name)):
                cells[header.index(key)] = body[other][header.index(key)]
            rows.add(other + 2)
    if cells == body[row] or other == row and way in ("unique", "primary key"):
        return None
    if way == "unique" and not cells[position]:
        return None
    body[row] = cells
    return [header, *body], rows


def is_named(name: str, row: int, column: str, way: str, dice: random.Random) -> bool | None:
    """Whether a change is told with its file, row and column; ``None`` if it changed nothing."""
    made = damaged(name, row, column, way, dice)
    if made is None:
        return None
    records, rows = made
    lines = checks.faults_of(name, byhand.as_csv(records))
    columns = {column, ", ".join(tables.keys(tables.resource(name)))}
    places = tuple(f"data/{name}.csv: row {at}, column {title}: value " for at in rows for title in columns)
    return any(line.startswith(places) for line in lines)


def draw(dice: random.Random) -> tuple[str, int, str, str]:
    """A random table, row, column and rule that this column declares."""
    while True:
        name = dice.choice(TABLES)
        header, *body = RECORDS[name]
        column = dice.choice(header)
        if ways := ways_to_break(name, column):
            return name, dice.randrange(len(body)), column, dice.choice(ways)


def test_at_least_99_of_100_random_changes_are_named():
    dice = random.Random(20230608)
    tried, missed = 0, []
    while tried < TRIALS:
        place = draw(dice)
        told = is_named(*place, dice)
        tried += told is not None
        missed += [place] if told is False else []
    print(f"{tried - len(missed)} of {tried} random changes that break a declared rule were named")
    assert len(missed) <= TRIALS // 100, missed


@settings(max_examples=100, deadline=None, derandomize=True)
@given(data=st.data())
def test_damaged_bytes_never_end_in_a_traceback(data):
    """Cut, doubled or overwritten bytes give lines, or nothing; never another kind of error.

    A line names the table, or another one of the book that no longer agrees with it.
    """
    name = data.draw(st.sampled_from([name for name in TABLES if len(RECORDS[name]) < 300]))
    content = tables.read_bytes(name)
    start = data.draw(st.integers(0, len(content)))
    length = data.draw(st.integers(0, 40))
    noise = data.draw(st.binary(max_size=12))
    for line in checks.faults_of(name, content[:start] + noise + content[start + length :]):
        assert line.startswith(PLACES), line
        assert "\n" not in line.rstrip("\n")


@pytest.mark.parametrize("size", [0.1, 0.9])
def test_truncated_table_is_named(size):
    for name in TABLES:
        content = tables.read_bytes(name)
        cut = content[: int(len(content) * size)]
        if not cut.endswith(b"\n"):
            assert checks.faults_of(name, cut), name
