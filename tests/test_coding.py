"""Codings by others: kappa by hand, no difference unsettled, one standard for claims on the same evidence."""

from collections import defaultdict

import pytest
from byhand import rows

from multivector.facts import chance
from multivector.findings import Desk
from multivector.ledger import claims

LEDGER = {claim.claim_id: claim for claim in claims.ledger()}
desk = Desk()


def codes(item: str) -> dict[str, dict[str, str]]:
    found = defaultdict(dict)
    for row in rows("codings"):
        if row["item"] == item and row["unit"].startswith("C-"):
            found[row["unit"]][row["coder"]] = row["code"]
    return found


def ledger_says(unit: str, item: str) -> str | None:
    claim = LEDGER[unit]
    return claims.so(claim) if item == "so" else getattr(claim, item)


def test_kappa_by_hand():
    assert chance.kappa("aabb", "aabb") == 1
    assert chance.kappa("aabb", "bbaa") == -1
    assert chance.kappa("aabb", "abab") == 0
    assert chance.kappa("aaab", "aabb") == pytest.approx((0.75 - 0.5) / 0.5)


def test_fisher_by_hand():
    """Three of three against none of three: two of the twenty equally likely draws are as extreme."""
    assert chance.fisher(3, 0, 0, 3) == pytest.approx(0.1)


def test_agreement_is_recomputed():
    table = desk("coding.agreement").set_index("item")
    so = codes("so")
    alike = sum(one.get("1") == one.get("2") for one in so.values()) / len(so)
    assert table.loc["Claims: is it so", "alike_pct"] == pytest.approx(100 * alike)
    assert (table["alike_pct"] > 85).all(), "the caption says that they mostly agree"
    assert table["kappa"].idxmin() == "Claims: was it said", "the caption says, least on whether a remark was made"
    assert (table["low"] <= table["kappa"]).all()
    assert (table["kappa"] <= table["high"]).all()


@pytest.mark.parametrize("item", ["said", "so", "type", "speaker"])
def test_no_verdict_on_which_both_coders_differ_from_the_ledger_is_left_unargued(item):
    settled = {row["claim_id"]: row for row in rows("coding_settlements") if row["item"] == item}
    for unit, one in codes(item).items():
        ours = ledger_says(unit, item)  # None: nobody is the speaker of a question of the book
        if ours and one.get("1") == one.get("2") != ours:
            assert unit in settled, f"{unit}: coders say {one['1']}"
            since = settled[unit]["before"] == one["1"]  # as the coders saw it, and judged anew on what was found since
            assert since or settled[unit]["reason"].startswith("Kept:")


def test_what_was_settled_is_what_the_ledger_says():
    for row in rows("coding_settlements"):
        claim = LEDGER[row["claim_id"]]
        assert row["after"] == getattr(claim, "verdict" if row["item"] == "so" else row["item"])
        assert (row["before"] == row["after"]) == row["reason"].startswith("Kept:")
    shown = desk("coding.differing")
    assert {row["claim_id"] for row in rows("coding_settlements")} <= set(shown["claim_id"])


def test_claims_on_the_same_evidence_agree_or_say_why_not():
    for row in rows("sister_claims"):
        names = row["claim_ids"].split(";")
        verdicts = {LEDGER[name].said if row["item"] == "said" else LEDGER[name].verdict for name in names}
        assert (len(verdicts) > 1) == bool(row["why_not"]), f"{row['matter']}: {verdicts}"
    assert len(desk("coding.sisters")) == len(rows("sister_claims"))


def test_facts_and_causes_are_counted_over_claims_of_the_article():
    table = desk("coding.facts_and_causes").iloc[0]
    counted = [claim for claim in LEDGER.values() if claim.counts]
    causes = [claim for claim in counted if claim.type == "causal"]
    assert (table["of_causes"], table["causes"]) == (len(causes), sum(one.verdict == "supported" for one in causes))
    assert table["p"] < 0.01, "the caption says that facts hold more often"
    by_paragraph = desk("coding.facts_and_causes_by_paragraph").set_index("kind")
    facts = by_paragraph.loc["facts"]
    assert 0.4 < facts["with_a_supported_one"] / facts["paragraphs"] < 0.5, "the caption says nearly half"
    assert by_paragraph.loc["causes", "with_a_supported_one"] == 0


def test_the_share_of_the_authors_voice_is_a_range():
    shares = [desk("coding.author_share", coder=coder) for coder in (1, 2)]
    assert all(50 < share < desk("forum.share_of_author") for share in shares)
