"""Guards that can fail: what the ledger says would change a verdict does turn its condition false."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from multivector.errors import BookError
from multivector.facts import cells, dates, tables
from multivector.findings import AS_OF, Desk
from multivector.ledger import claims, expressions, flips

LEDGER = {claim.claim_id: claim for claim in claims.ledger()}
GUARDED = [claim for claim in LEDGER.values() if claim.condition]
FLIPS = flips.every()
NAMES = [f"{flip.claim_id}-{flip.number}" for flip in FLIPS]
TODAY = Desk(hindsight=False)
_DATES = {"date", "said", "since", "from_date", "published"}


def dated(flip: flips.Flip, day: str, columns: set[str] = _DATES) -> flips.Flip:
    """The same event with the dates of all added rows moved to a day."""
    steps = [dataclasses.replace(s, cells=s.cells | dict.fromkeys(columns & set(s.cells), day)) for s in flip.steps]
    return dataclasses.replace(flip, steps=tuple(steps))


def all_added_and_dated(flip: flips.Flip) -> bool:
    return all(step.action == "add" and _DATES & set(step.cells) for step in flip.steps)


def test_every_guarded_claim_names_an_event_and_no_other_does():
    assert len(GUARDED) > 70
    assert {flip.claim_id for flip in FLIPS} == {claim.claim_id for claim in GUARDED}


@pytest.mark.parametrize("flip", FLIPS, ids=NAMES)
def test_the_event_that_the_ledger_names_turns_the_guard_false(flip):
    claim = LEDGER[flip.claim_id]
    assert claim.holds
    assert flip.event in claim.would_change
    assert flip.verdict != claim.verdict
    assert not expressions.holds(claim.condition, flips.desk(flip)), flip.instance


@pytest.mark.parametrize("flip", FLIPS, ids=NAMES)
def test_rows_of_an_event_could_stand_in_their_table(flip):
    """Only the source is invented: every cell is of the kind, and from the closed list, that its column declares."""
    for step in flip.steps:
        fields = {field["name"]: field for field in tables.resource(step.table)["schema"]["fields"]}
        for column, text in {**step.where, **step.cells}.items():
            assert not cells.fault(text, fields[column]), (column, text)
        if step.action == "add":
            needed = {name for name, field in fields.items() if field.get("constraints", {}).get("required")}
            assert needed - {"source_id"} <= set(step.cells)


@pytest.mark.parametrize("flip", [f for f in FLIPS if all_added_and_dated(f)], ids=lambda f: f"{f.claim_id}-{f.number}")
def test_the_same_event_cannot_decide_if_it_came_or_was_published_later(flip):
    condition = LEDGER[flip.claim_id].condition
    assert expressions.holds(condition, flips.desk(dated(flip, "2024-02-01")))
    if any("published" in step.cells for step in flip.steps):
        assert expressions.holds(condition, flips.desk(dated(flip, "2024-02-01", {"published"})))


ONE_SIDED = {
    "C-01": (' and forum.fact(fact="days_reported", highest=True) == forum.forum_days', ""),
    "C-07": (' and not forum.left_office(person="Roman Vassilenko")', ""),
    "C-33": ('war.balance_on(theme="war")', 'war.statements_on(theme="war")'),
    "C-38": (' - war.sanctions_count(kind="statement", bears="against")', ""),
    "C-40": (' and war.sanctions_count(kind="measure", bears="against") == 0', ""),
    "C-57": (' and society.reaction_count(bears="against") == 0', ""),
    "C-71": (" and multilateralism.labels == 0", ""),
    "C-83": (' and forum.witnesses(fact="regional_sessions") == 0', ""),
}


@pytest.mark.parametrize("name", ONE_SIDED)
def test_a_guard_that_looks_to_one_side_is_seen(name):
    """Without the part that counts what speaks against, the event leaves the condition as it was."""
    whole, part = ONE_SIDED[name]
    assert whole in LEDGER[name].condition
    half = LEDGER[name].condition.replace(whole, part)
    assert expressions.holds(half, flips.desk(flips.of(name)[0]))


def test_what_lies_after_the_day_is_withheld():
    frame = pd.DataFrame(
        {
            "date": ["2023-06-08", "2023-06-09", "2023", "2024", "2020"],
            "published": ["2023-06-08", "2023-06-09", "2023", "2024", "2023-07"],
        }
    )
    assert list(dates.not_after(frame, AS_OF).index) == [0, 2]
    spans = pd.DataFrame({"published": ["2023-06/..", "2024-01/2024-03"]})
    assert list(dates.not_after(spans, AS_OF).index) == [0]
    again = pd.DataFrame({"published": ["2026", "2026"], "first_published": ["2023-05-23", None]})
    assert list(dates.not_after(again, AS_OF).index) == [0]


def test_conditions_are_asked_of_no_year_that_had_not_ended():
    """Scores of logistics are known by the year of their edition, which came out in April 2023."""
    for claim in GUARDED:
        for reference in expressions.references(claim.condition):
            assert "2024" not in reference
            assert "later=" not in reference
            assert "2023" not in reference.replace("2023-02", "") or "lpi" in reference, reference


def test_hypothetical_rows_stay_out_of_tables_and_findings():
    assert "HYPOTHETICAL" in tables.resource("flips")["description"]
    assert flips.HYPOTHETICAL not in set(tables.load("sources")["source_id"])
    before = tables.digest()
    flip = flips.of("C-33")[0]
    rows = len(tables.load("official_statements"))
    assert len(flips.changed(flip)["official_statements"]) == rows + 1
    assert len(tables.load("official_statements")) == rows
    assert tables.digest() == before
    assert TODAY("war.balance_on", theme="war") == 2


def test_a_step_that_finds_no_row_is_refused():
    flip = flips.of("C-61")[0]
    step = dataclasses.replace(flip.steps[0], where={"iso3": "KAZ", "organisation": "NATO"})
    with pytest.raises(BookError, match="C-61, flip 1: no row of memberships"):
        flips.desk(dataclasses.replace(flip, steps=(step,)))


def test_what_later_knowledge_would_change_is_computed_and_argued():
    """The codebook's prose says that one verdict would change."""
    shown = claims.as_known_later()
    assert set(shown["claim_id"]) == set(tables.load("later_readings")["claim_id"])
    assert list(shown.loc[shown["verdict"] != shown["later"], "claim_id"]) == ["C-71"]
    assert shown["what"].str.contains(", then ").all()
