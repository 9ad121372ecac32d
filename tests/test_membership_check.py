"""The sheet of 300 cells of the memberships that were checked against sources the rows do not cite."""

import csv
from collections import Counter
from datetime import date
from itertools import islice

from byhand import script

from multivector import paths
from multivector.facts import memberships

SHEET = list(csv.DictReader((paths.ROOT / "docs" / "membership-check.csv").read_text("utf-8").splitlines()))
UNDECIDED = "not decidable"
DRAWS = 1_027
"""Candidates after which the seed has yielded the whole sheet."""
WRONG, OPEN = 3, 0.1
"""Most cells that may have been wrong, and the share that may stay undecided."""
STANDINGS = (*memberships.STATUSES, "none")


def expected(row: dict[str, str]) -> str:
    """What the table must say: what it said, or what was found where that was wrong or not known."""
    return row["found"] if row["agrees"] in ("no", "now known") else row["table_says"]


def said_now(row: dict[str, str]) -> str:
    """What the table says of the cell: a definite standing, uncertain or none."""
    for frame, status in ((memberships.memberships_on, None), (memberships.uncertain_on, memberships.UNCERTAIN)):
        cell = frame(row["day"]).set_index(["iso3", "organisation"])["status"]
        if (row["iso3"], row["organisation"]) in cell.index:
            return status or cell[row["iso3"], row["organisation"]]
    return "none"


def test_the_sheet_has_300_cells_drawn_by_the_kept_seed():
    sample = script("membership_sample", paths.ROOT / "tools")
    cells = {(row["iso3"], row["organisation"], date.fromisoformat(row["day"])) for row in SHEET}
    assert len(SHEET) == len(cells) == 300
    assert cells <= set(islice(sample.candidates(), DRAWS))
    said = [row["table_says"] for row in SHEET]
    assert Counter(status if status in sample.WANTED else "standing" for status in said) == sample.WANTED


def test_every_cell_is_filled_and_its_verdict_follows_from_what_was_found():
    for row in SHEET:
        assert row["checked_against"], row
        shown, open_before = row["found"] in STANDINGS, row["table_says"] == memberships.UNCERTAIN
        follows = {
            "yes": row["found"] == row["table_says"] and shown,
            "no": row["found"] != row["table_says"] and shown and not open_before,
            "now known": shown and open_before,
            UNDECIDED: bool(row["found"]) and not shown,
        }
        assert follows[row["agrees"]], row


def test_the_table_says_what_was_found():
    """A cell that was not decided may become known; all others stay."""
    for row in SHEET:
        says = said_now(row)
        open_cell = row["agrees"] == UNDECIDED and row["table_says"] == memberships.UNCERTAIN
        assert says == expected(row) or open_cell, (row, says)


def test_few_cells_were_wrong_and_few_are_open():
    verdicts = Counter(row["agrees"] for row in SHEET)
    assert verdicts["no"] <= WRONG
    assert verdicts[UNDECIDED] < OPEN * len(SHEET)
