"""The ledger: complete, guarded, and red when its data turn."""

import dataclasses
import re

import byhand
import pandas as pd
import pytest

from multivector import cli, paths
from multivector.cite import citing
from multivector.errors import BookError
from multivector.facts import tables
from multivector.findings import Desk, war
from multivector.ledger import claims, expressions

LEDGER = claims.ledger()
IDS = [f"C-{number:02d}" for number in range(1, len(LEDGER) + 1)]
COUNTED = [claim for claim in LEDGER if claim.counts]


def test_ids_have_no_gap_and_none_is_lost():
    assert [claim.claim_id for claim in LEDGER] == IDS
    assert len(LEDGER) >= 96


def test_only_what_the_article_asserts_counts_and_the_rest_says_why():
    assert claims.counts().sum() == len(COUNTED) < len(LEDGER)
    for claim in LEDGER:
        assert claim.counts != bool(claim.status_reason)


def test_what_the_article_does_not_assert_is_said_by_nobody():
    entries = {entry["id"]: entry for entry in claims.as_json()["claims"]}
    asides = [claim for claim in LEDGER if not claim.counts]
    assert asides
    for claim in asides:
        assert claims.told(claim).startswith(claims.STATUS[claim.status])
        assert entries[claim.claim_id]["speaker"] is None
        assert claim.outcome.endswith(claims.ASIDE[claim.status])
    assert not [claim for speaker in claims.SPEAKERS for claim in claims.select(speaker=speaker) if not claim.counts]


def test_every_remark_has_a_verdict_on_whether_it_was_said():
    remarks = claims.remarks()
    assert {claim.speaker for claim in remarks} == {"minister"}
    assert all(claim.said in claims.VERDICTS and claim.said_evidence for claim in remarks)
    assert [claim.claim_id for claim in remarks if claims.so(claim) is None] == list(claims.SPEECH_ONLY)
    assert all(claim.speaker in ("minister", "officials") for claim in LEDGER if claim.said)
    found = claims.select(said="not_verified")
    assert found == [claim for claim in LEDGER if claim.said == "not_verified"]


def test_a_value_that_nothing_could_settle_has_no_condition_and_limited_evidence_supports_nothing():
    for claim in LEDGER:
        assert claim.verdict != "not_testable" or (claim.testable, claim.condition) == ("no", None), claim.claim_id
        assert claim.verdict != "supported" or claim.sure_evidence != "limited", claim.claim_id


def test_no_verdict_is_stale():
    assert claims.faults() == []


def test_closed_lists_of_code_and_package_agree():
    fields = {field["name"]: field for field in tables.resource("claims")["schema"]["fields"]}
    for name, allowed in (
        ("verdict", claims.VERDICTS),
        ("said", claims.VERDICTS),
        ("status", claims.STATUS),
        ("speaker", claims.SPEAKERS),
        ("type", claims.TYPES),
        ("section", claims.SECTIONS),
    ):
        assert fields[name]["constraints"]["enum"] == list(allowed)


@pytest.mark.parametrize(
    ("name", "changes", "told"),
    [
        ("C-06", {"testable": "no"}, "testable is 'no' but condition is"),
        ("C-06", {"no_condition_reason": "None"}, "condition and no_condition_reason; expected one of them"),
        ("C-06", {"condition": None}, "condition and no_condition_reason; expected one of them"),
        ("C-06", {"condition": "1 < 7"}, "reason '' for the limits 7"),
        ("C-46", {"condition": "1 < 2 < 1"}, "'supported' is stale: condition '1 < 2 < 1' is false"),
        ("C-09", {"said": "contested"}, "column verdict is 'not_verified'; expected that of column said"),
        ("C-46", {"said_evidence": "It was."}, "columns said and said_evidence; expected both, or neither"),
        ("C-46", {"status": "withdrawn"}, "column status_reason; expected a reason"),
        ("C-46", {"evidence": "It was 12 km."}, "column evidence holds the typed number '12 km'"),
        ("C-46", {"evidence": "It was {war.nothing}."}, "finding 'war.nothing' does not exist"),
        ("C-46", {"quote": "word " * 41}, "column quote has 41 words; expected at most 40"),
    ],
)
def test_a_claim_that_is_not_in_order_is_named(name, changes, told):
    claim = dataclasses.replace(next(claim for claim in LEDGER if claim.claim_id == name), **changes)
    lines = claims.faults([claim])
    assert any(told in line and f": {name}: " in line for line in lines), lines


def test_a_claim_has_all_that_a_reader_is_owed():
    for claim in LEDGER:
        assert claim.quote.strip(), claim.claim_id
        assert claim.restatement.endswith("."), claim.claim_id
        assert claim.would_change.endswith("."), claim.claim_id
        assert paths.chapter_file(claim.chapter).exists(), claim.claim_id
        assert not claim.condition or expressions.references(claim.condition), "it guards nothing without a finding"


def test_filters_select_and_refuse():
    contested = claims.select(verdict="contested")
    assert contested
    assert {claim.verdict for claim in contested} == {"contested"}
    both = claims.select(verdict="contested", speaker="minister")
    assert both == [claim for claim in contested if claim.speaker == "minister"]
    with pytest.raises(BookError, match="expected one of: supported"):
        claims.select(verdict="true")


def test_command_line_prints_the_filtered_ledger(capsys):
    assert cli.main(["claims", "--verdict", "contested"]) == 0
    printed = re.findall(r"^(C-\d\d)  Contested", capsys.readouterr().out, re.M)
    assert printed == [claim.claim_id for claim in LEDGER if claim.verdict == "contested"]


def test_one_changed_number_makes_a_verdict_stale_by_name(capsys):
    """Slavs were 17.96% in 2021; a census with ten million more Russians contradicts 'up to 20%'."""
    census = tables.read_bytes("census").replace(b"2981946", b"12981946", 1)
    with byhand.sealed("census", census):
        assert cli.main(["claims"]) == 1
    told = capsys.readouterr().out.splitlines()
    line = next(line for line in told if line.startswith("data/claims.csv: C-46: verdict 'supported' is stale"))
    assert "society." in line


class Contradicted:
    """A desk at which every official statement before the Forum has another beside it that plays the matter down."""

    def __init__(self):
        rows = tables.load("official_statements")
        self.statements = pd.concat([rows, rows.assign(bears="against")])
        self.desk = Desk()

    def __call__(self, name: str, **given):
        if name == "war.balance_on":
            return war.balance_on(self.statements, self.desk.as_of, **given)
        return self.desk(name, **given)


@pytest.mark.parametrize(
    "claim", [claim for claim in LEDGER if "war.balance_on" in (claim.condition or "")], ids=lambda one: one.claim_id
)
def test_as_many_statements_to_the_contrary_turn_a_guard_false(claim):
    assert claim.holds
    assert not expressions.holds(claim.condition, Contradicted())


def test_counts_add_up_to_the_ledger():
    assert claims.counts().sum() == len(COUNTED)
    assert Desk()("claims.by_type").to_numpy().sum() == len(COUNTED)


def test_the_outcome_counts_what_the_article_claims_alone():
    rows = [
        ("claim", "fact-event", "supported"),
        ("claim", "fact-numeric", "qualified"),
        ("withdrawn", "fact-event", "supported"),
        ("claim", "causal", "contested"),
    ]
    ledger = pd.DataFrame(rows, columns=["status", "type", "verdict"])
    told = Desk(instead={"claims": ledger})
    assert (
        told("claims.outcome")
        == "1 of 2 facts are supported outright, but of 1 causal claims none: a cause has to show more"
    )
    assert list(told("claims.rows_told")["verdicts"][:3]) == ["1 supported", "1 supported with a qualification", "none"]
    ledger.loc[3, "verdict"] = "supported"
    assert Desk(instead={"claims": ledger})("claims.outcome").endswith(
        "but of 1 causal claims only 1: a cause has to show more"
    )
    for verdict, number in claims.counts().items():
        assert number == sum(claim.verdict == verdict for claim in COUNTED)


def test_published_ledger_equals_the_computed_one(site_claims):
    assert [entry["id"] for entry in site_claims] == IDS
    for entry, claim in zip(site_claims, LEDGER, strict=True):
        assert "{" not in entry["evidence"]
        own = (claim.evidence_text, claim.verdict, claim.said, claim.status)
        assert own == tuple(entry[name] for name in ("evidence", "verdict", "said", "status"))
        assert entry["condition_holds"] in (True, None)


def test_reviews_have_known_types_and_no_numeric_rating():
    graph = claims.reviews()["@graph"]
    assert len(graph) == len(COUNTED)
    for review in graph:
        assert review["@type"] == "ClaimReview"
        assert "ratingValue" not in review["reviewRating"]
        assert review["reviewRating"]["alternateName"] in claims.VERDICTS.values()
        assert review["itemReviewed"]["@type"] == "Claim"
        assert review["itemReviewed"]["appearance"]["datePublished"] == "2023-06"
        assert review["datePublished"] == citing.work().released.isoformat()
        assert "url" not in review
    with_address = claims.reviews("https://book.test/")["@graph"][0]
    assert with_address["url"] == "https://book.test/chapters/claims.html#C-01"


def test_every_limit_has_a_reason_and_no_reason_is_idle():
    with_limits = {claim.claim_id for claim in LEDGER if claim.condition and expressions.limits(claim.condition)}
    assert set(tables.load("thresholds")["claim_id"]) == with_limits


def test_the_nearest_number_is_the_one_with_least_room():
    by_id = {claim.claim_id: claim for claim in LEDGER}
    assert by_id["C-46"].nearest.limit == "20.00%"
    assert by_id["C-61"].nearest is None
    for claim in LEDGER:
        for margin in claim.margins:
            assert margin.room >= claim.nearest.room or claim.nearest.limit not in ("0", "1")
