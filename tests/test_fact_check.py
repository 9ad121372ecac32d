"""The sheet of 45 facts entered by hand that were checked against sources the rows do not cite."""

import csv
import re
from collections import Counter

import pytest
from byhand import rows, script

from multivector import paths

SHEET = list(csv.DictReader((paths.ROOT / "docs" / "fact-check.csv").read_text("utf-8").splitlines()))
AGREE, WRONG, NOT_FOUND = "agree", "wrong", "not found"
MOST_WRONG, MOST_OPEN = 1, 9
WORDS = {"none": 0, "one": 1}
NEAR = 0.01  # how far a rounded number may lie from the table's


@pytest.fixture(scope="module")
def sample():
    return script("fact_sample", paths.ROOT / "tools")


def same(found: str, said: str) -> bool:
    """Whether a source says what the table says: as exactly, as a coarser date, or as a rounded number."""
    if all(re.fullmatch(r"\d+(\.\d+)?", text) for text in (found, said)):
        return abs(float(found) - float(said)) <= NEAR * float(said)
    return said == found or said.startswith(f"{found}-")


def test_the_sheet_has_45_facts_of_many_tables_none_of_them_seen_before(sample):
    drawn = [(row["table"], row["row"]) for row in SHEET]
    assert len(drawn) == len(set(drawn)) == sample.WANTED
    assert len({table for table, _ in drawn}) > len(sample.DRAWN) / 2
    assert not sample.SEEN & set(drawn)
    assert all(row["column"] == sample.DRAWN[row["table"]] for row in SHEET)


def test_every_verdict_follows_from_what_was_found():
    for row in SHEET:
        follows = {
            AGREE: same(row["found"], row["table_says"]),
            WRONG: bool(row["found"]) and not same(row["found"], row["table_says"]),
            NOT_FOUND: not row["found"] and not row["checked_against"],
        }
        assert follows[row["verdict"]], row
        assert row["verdict"] == NOT_FOUND or "http" in row["checked_against"] or "without address" in row["note"], row


def test_no_fact_is_checked_against_a_source_of_its_own(sample):
    """Where it helped, the source that was read has become the row's second since."""
    addresses = {row["source_id"]: row["url"] for row in rows("sources")}
    for row in SHEET:
        own = next(line for line in rows(row["table"]) if sample.named(row["table"], line) == row["row"])
        address = addresses[own["source_id"]]
        assert row["verdict"] == WRONG or not address or address not in row["checked_against"], row


def test_the_tables_say_what_was_found(sample):
    for row in SHEET:
        expected = row["found"] if row["verdict"] == WRONG else row["table_says"]
        assert sample.facts(row["table"])[row["row"]] == expected, row


def test_at_most_one_fact_was_wrong_and_few_are_open():
    verdicts = Counter(row["verdict"] for row in SHEET)
    assert verdicts[WRONG] <= MOST_WRONG
    assert verdicts[NOT_FOUND] <= MOST_OPEN


def test_the_page_of_data_gives_the_counts_of_both_sheets():
    page = (paths.ROOT / "chapters" / "data.md").read_text("utf-8")
    told = page.split("Two samples")[1].split("What was wrong")[0]
    numbers = [WORDS.get(word) if word in WORDS else int(word) for word in re.findall(r"\b(?:\d+|none|one)\b", told)]
    members = (paths.ROOT / "docs" / "membership-check.csv").read_text("utf-8").splitlines()
    cells, facts = Counter(row["agrees"] for row in csv.DictReader(members)), Counter(row["verdict"] for row in SHEET)
    wanted = [cells.total(), *(cells[key] for key in ("yes", "no", "now known", "not decidable"))]
    assert numbers == [*wanted, facts.total(), *(facts[key] for key in (AGREE, WRONG, NOT_FOUND))]
