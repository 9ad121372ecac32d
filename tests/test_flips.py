"""Guards that can fail: what the ledger says would change a verdict does turn its condition false."""

import json

import byhand
import pandas as pd
import pytest

from multivector.facts import cells, dates, tables
from multivector.facts.rows import where
from multivector.findings import AS_OF, Desk
from multivector.ledger import claims, expressions

LEDGER = {claim.claim_id: claim for claim in claims.ledger()}
GUARDED = [claim for claim in LEDGER.values() if claim.condition]
TODAY = Desk(hindsight=False)
HYPOTHETICAL = "hypothetical"
"""Source of an added row that names none: it stands for one source, and for none that exists."""
_DATES = {"date", "said", "since", "from_date", "published"}


def pairs(row: dict, column: str) -> dict:
    """The pairs of column and text that a cell holds as JSON."""
    try:
        return json.loads(row[column] or "{}")
    except ValueError:
        place = f"data/flips.csv: {row['claim_id']}, flip {row['flip']}, step {row['step']}, column {column}"
        pytest.fail(f'{place}: {row[column]!r} is not JSON; expected pairs such as {{"iso3": "KAZ"}}', pytrace=False)


FLIPS: dict[str, list[dict]] = {}
"""The steps of each event, by claim and number: what they find and set are texts, as in the files of the tables."""
for _row in sorted(byhand.rows("flips"), key=lambda row: int(row["step"])):
    _read = {"where": pairs(_row, "where"), "set": pairs(_row, "set"), "times": int(_row["times"])}
    FLIPS.setdefault(f"{_row['claim_id']}-{_row['flip']}", []).append(_row | _read)


def typed(name: str, texts: dict[str, str], times: int = 1) -> pd.DataFrame:
    """Rows of texts as values of the types that their table declares."""
    return tables._converted(pd.DataFrame([texts] * times), tables.resource(name))


def desk(steps: list[dict]) -> Desk:
    """The desk that evaluates conditions, after an event: its rows are added to, changed in or dropped from copies."""
    copies: dict[str, pd.DataFrame] = {}
    for step in steps:
        name = step["table"]
        frame = copies.get(name, tables.load(name))
        if step["action"] == "add":
            source = {"source_id": HYPOTHETICAL} if "source_id" in frame else {}
            added = typed(name, source | step["set"], step["times"]).reindex(columns=frame.columns)
            copies[name] = pd.concat([frame, added.astype(frame.dtypes.to_dict())], ignore_index=True)
            continue
        rows = where(frame, **typed(name, step["where"]).iloc[0]).index
        assert len(rows), (
            f"data/flips.csv: {step['claim_id']}, flip {step['flip']}: no row of {name} has {step['where']}"
        )
        if step["action"] == "change":
            new = typed(name, step["set"]).iloc[0]
            frame.loc[rows, list(new.index)] = list(new)
        copies[name] = frame.drop(rows) if step["action"] == "drop" else frame
    return Desk(hindsight=False, instead=copies)


def dated(steps: list[dict], day: str, columns: set[str] = _DATES) -> list[dict]:
    """The same event with the dates of all added rows moved to a day."""
    return [step | {"set": step["set"] | dict.fromkeys(columns & set(step["set"]), day)} for step in steps]


def test_every_guarded_claim_names_an_event_and_no_other_does():
    assert len(GUARDED) > 70
    assert {steps[0]["claim_id"] for steps in FLIPS.values()} == {claim.claim_id for claim in GUARDED}


@pytest.mark.parametrize("steps", FLIPS.values(), ids=FLIPS)
def test_the_event_that_the_ledger_names_turns_the_guard_false(steps):
    claim = LEDGER[steps[0]["claim_id"]]
    assert claim.holds
    assert steps[0]["turning_event"] in claim.would_change
    assert steps[0]["verdict"] != claim.verdict
    assert not expressions.holds(claim.condition, desk(steps)), steps[0]["instance"]


def test_rows_of_an_event_could_stand_in_their_table():
    """Only the source is invented: every cell is of the kind, and from the closed list, that its column declares."""
    for step in (step for steps in FLIPS.values() for step in steps):
        fields = {field["name"]: field for field in tables.resource(step["table"])["schema"]["fields"]}
        for column, text in [*step["where"].items(), *step["set"].items()]:
            assert not cells.fault(text, fields[column]), (column, text)
        needed = {name for name, field in fields.items() if field.get("constraints", {}).get("required")}
        assert step["action"] != "add" or needed - {"source_id"} <= set(step["set"]), step


ADDED = {
    name: steps
    for name, steps in FLIPS.items()
    if all(step["action"] == "add" and _DATES & set(step["set"]) for step in steps)
}


@pytest.mark.parametrize("steps", ADDED.values(), ids=ADDED)
def test_the_same_event_cannot_decide_if_it_came_or_was_published_later(steps):
    condition = LEDGER[steps[0]["claim_id"]].condition
    assert expressions.holds(condition, desk(dated(steps, "2024-02-01")))
    if any("published" in step["set"] for step in steps):
        assert expressions.holds(condition, desk(dated(steps, "2024-02-01", {"published"})))


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
    assert expressions.holds(half, desk(FLIPS[f"{name}-1"]))


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
    assert HYPOTHETICAL not in set(tables.load("sources")["source_id"])
    before, rows = tables.digest(), len(TODAY.table("official_statements"))
    assert len(desk(FLIPS["C-33-1"]).table("official_statements")) == rows + 3
    assert len(Desk(hindsight=False).table("official_statements")) == rows
    assert tables.digest() == before
    assert TODAY("war.balance_on", theme="war") == 4


def test_what_later_knowledge_would_change_is_computed_and_argued():
    """The codebook's prose says that one verdict would change."""
    shown = claims.as_known_later()
    assert set(shown["claim_id"]) == set(tables.load("later_readings")["claim_id"])
    assert list(shown.loc[shown["verdict"] != shown["later"], "claim_id"]) == ["C-71"]
    assert shown["what"].str.contains(", then ").all()
    assert not shown["what"].str.contains("_").any()  # words, not code
