"""Slips of the hand that break no type: each of ``slips.csv`` is made in a random row, and most must be named.

A slip is named if a line tells table, row and column of the cell that was changed, or of the cell (``told_at``) that
the changed one is compared with; ``*`` stands for any column of the row. Where no check can know a slip, or not in every
row, the sheet gives the reason.
"""

import csv
import random
import re
from datetime import date, timedelta
from pathlib import Path

import byhand
import pytest

from multivector.checks import package as checks
from multivector.facts import dates

SLIPS = list(csv.DictReader((Path(__file__).parent / "slips.csv").read_text("utf-8").splitlines()))
TRIES = 2  # random rows of each slip


def changed(text: str, how: str) -> str:
    """A cell after a slip of the hand."""
    if how == "swap":
        year, month, day = text.split("-")
        return f"{year}-{day}-{month}"
    if found := re.fullmatch(r"(year|month|day)([+-]\d+)", how):
        return moved(text, found[1], int(found[2]))
    if how in ("*1000", "/1000", "/100", "/10"):
        value = float(text) * 1000 if how[0] == "*" else float(text) / float(how[1:])
        return f"{value:.0f}" if text.isdecimal() else f"{value:.6g}"
    if re.fullmatch(r"\+\d+", how):
        return str(int(text) + int(how))
    one_way = {
        "unpoint": lambda: text.replace(".", "").lstrip("0"),
        "negate": lambda: text[1:] if text.startswith("-") else f"-{text}",
        "nbsp": lambda: text.replace(" ", "\u00a0"),
        "zero width": lambda: f"{text[:3]}\u200b{text[3:]}",
        "local date": lambda: ".".join(reversed(text.split("-"))),
        "scientific": lambda: f"{float(text):.2E}",
        "upper": text.upper,
        "all Y": lambda: "Y" * len(text),
        "one letter": lambda: text.replace("A", "Y", 1),
    }
    if how in one_way:
        return one_way[how]()
    if ">" in how:
        return text.replace(*how.split(">"), 1)
    return how[1:] if how.startswith("=") else text + how[1:]


def moved(text: str, part: str, by: int) -> str:
    day = dates.first_day(text)
    if part == "day":
        return (day + timedelta(days=by)).isoformat()
    month = day.year * 12 + day.month - 1 + (by * 12 if part == "year" else by)
    other = date(month // 12, month % 12 + 1, min(day.day, 28))
    return other.isoformat()[: len(text)]


def makes_sense(text: str, how: str) -> bool:
    """Whether the slip can be made in this cell and would be one."""
    if not text:
        return False
    if how == "swap":
        parts = text.split("-")
        return len(parts) == 3 and int(parts[2]) <= 12 and parts[1] != parts[2]
    if re.match(r"(year|month|day)[+-]1$", how):
        return len(text) == 10 and not text.endswith("-01")
    if how == "local date":
        return len(text) == 10
    if how in ("unpoint", ".>,"):
        return "." in text
    if how == "nbsp":
        return " " in text
    if how == "upper":
        return text in ("true", "false")
    return not how.startswith("<>") and not how.startswith("again") and changed(text, how) != text or how[0] in "<a"


def slip(one: dict, dice: random.Random) -> tuple[str, set[int], bytes]:
    """A table with the slip in a random row that fits; what was changed, and the rows in which it may be told."""
    header, *body = byhand.records(one["table"])
    at = header.index(one["column"])
    where = [condition.split("=", 1) for condition in one["where"].split(",") if condition]
    rows = [row for row in body if all(row[header.index(key)] == value for key, value in where)]
    rows = [row for row in rows if makes_sense(row[at], one["how"])]
    assert rows, f"slip {one['slip']} fits no row of {one['table']}"
    row, how = dice.choice(rows), one["how"]
    before, told = list(row), {body.index(row) + 2}
    if how.startswith("<>"):
        other = header.index(how[2:])
        row[at], row[other] = row[other], row[at]
    elif how.startswith("again"):
        again = list(row)
        again[at] = how.split()[1] if how.endswith("99") else moved(dates.first_day(row[at]).isoformat(), "day", 1)
        body.append(again)
        told.add(len(body) + 1)
    else:
        row[at] = changed(row[at], how)
    what = f"{before[:3]} {one['column']}: {before[at][:40]!r} -> {row[at][:40]!r}"
    return what, told, byhand.as_csv([header, *body])


def is_named(one: dict, dice: random.Random) -> tuple[bool, str]:
    what, rows, content = slip(one, dice)
    lines = checks.faults_of(one["table"], content)
    table, _, column = one["told_at"].rpartition(".")
    if table:
        place = rf"data/{table}\.csv: row \d+, column {column}:"
    else:
        column = r"[\w, ]+" if column == "*" else rf"(?:[\w, ]*, )?{column or one['column']}(?:, [\w, ]*)?"
        place = rf"data/{one['table']}\.csv: (?:row (?:{'|'.join(map(str, rows))})|rows [\d to]+), column {column}:"
    return any(re.match(place, line) for line in lines), f"{what}: {[line[:150] for line in lines[:3]]}"


@pytest.fixture(scope="module")
def outcome() -> dict[str, tuple[int, list[str]]]:
    """How often each slip was named, and what was said where it was not."""
    found = {}
    for one in SLIPS:
        dice = random.Random(f"2023-06-08/{one['slip']}")
        tried = [is_named(one, dice) for _ in range(TRIES)]
        found[one["slip"]] = sum(named for named, _ in tried), [said for named, said in tried if not named]
    return found


def test_sheet_is_large_enough():
    assert len(SLIPS) >= 60
    assert len({(one["kind"], one["table"], one["column"], one["how"]) for one in SLIPS}) == len(SLIPS)


def test_slips_are_named_by_table_row_and_column(outcome):
    knowable = [one for one in SLIPS if not one["no_check_because"]]
    missed = {one["slip"]: (one["kind"], outcome[one["slip"]]) for one in knowable if outcome[one["slip"]][0] < TRIES}
    tries = sum(outcome[one["slip"]][0] for one in SLIPS) / (TRIES * len(SLIPS))
    print(f"{len(knowable) - len(missed)} of {len(SLIPS)} slips are named in every row tried; {tries:.0%} of all tries")
    assert not missed, "\n".join(f"{key}: {value}" for key, value in missed.items())
    assert len(knowable) >= 48


def test_reasons_are_true(outcome):
    """A slip of which the sheet says that no check can know it, in any row, is not named."""
    for one in SLIPS:
        if one["no_check_because"] and "known only where" not in one["no_check_because"]:
            assert outcome[one["slip"]][0] == 0, one
