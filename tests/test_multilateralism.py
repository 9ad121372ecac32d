"""Findings of the multilateralism chapter, recomputed from the CSV files with plain loops."""

import datetime
import statistics
from collections import Counter

import pandas as pd
import pytest
from byhand import MEMBERS, rows, script

from multivector.errors import NoData
from multivector.findings import Desk

FOCI = ["KAZ", "UZB", "AZE", "MNG", "TUV", "USA"]
KAZ = Desk("KAZ")


def held(year, status="member"):
    """How many organisations each state was in."""
    spells = [row for row in rows("igo_spells", status=status) if int(row["from_year"]) <= year <= int(row["to_year"])]
    return Counter(iso3 for iso3, _ in {(row["iso3"], row["igo"]) for row in spells})


FULL = held(2014)
ROADS = {row["iso3"] for row in rows("peer_roads")}


@pytest.mark.parametrize("focus", FOCI)
def test_seats_and_rank_agree_with_a_plain_count(focus):
    desk = Desk(focus)
    for year, status in [(1992, "member"), (2014, "member"), (2010, "associate"), (2014, "observer")]:
        assert desk("multilateralism.seats", status=status, year=year) == held(year, status)[focus]
    better = sum(count > FULL[focus] for count in FULL.values())
    assert desk("multilateralism.membership_rank") == better + 1
    assert desk("multilateralism.membership_states") == len(FULL)
    assert desk("multilateralism.membership_median") == statistics.median(FULL.values())


def test_kazakhstan_holds_57_seats_rank_128_of_195_and_more_than_its_peers():
    assert (KAZ("multilateralism.seats"), KAZ("multilateralism.membership_rank")) == (57, 128)
    assert KAZ("multilateralism.membership_states") == 195
    peers = {"KGZ", "TJK", "TKM", "UZB"} | ROADS - {"KAZ"}
    assert KAZ("multilateralism.surpassed") == sum(FULL[iso3] < 57 for iso3 in peers)
    assert KAZ("multilateralism.compared_count") == len(peers)
    assert set(FULL) >= ROADS, "every listed road has seats"


def test_membership_sentence_follows_the_numbers():
    assert "than any of the seven" in KAZ("multilateralism.membership_sentence")
    assert "not more than any of" in Desk("TUV")("multilateralism.membership_sentence")
    assert "and more than the world's median" in Desk("USA")("multilateralism.membership_sentence")


@pytest.mark.parametrize(
    ("finding", "table", "column"), [("cinc_rank", "cinc", "cinc"), ("gdp_rank", "macro", "gdp_usd")]
)
def test_ranks_agree_with_a_plain_count(finding, table, column):
    known = {row["iso3"]: float(row[column]) for row in rows(table, year="2022") if row[column]}
    values = {iso3: value for iso3, value in known.items() if table == "cinc" or iso3 in MEMBERS}
    for focus in ("KAZ", "UZB", "USA"):
        assert Desk(focus)(f"multilateralism.{finding}") == 1 + sum(value > values[focus] for value in values.values())


def test_position_excludes_the_largest_and_the_small():
    verdicts = {focus: Desk(focus)("multilateralism.middle_by_position") for focus in ("USA", "KAZ", "MNG")}
    assert verdicts == {"USA": False, "KAZ": True, "MNG": False}


def test_standing_shares_are_of_the_other_states():
    frame = KAZ("multilateralism.standing").set_index("measure")
    below = sum(count < FULL["KAZ"] for count in FULL.values())
    assert frame.loc["Full memberships, 2014", "below_pct"] == pytest.approx(100 * below / (len(FULL) - 1))
    assert frame["below_pct"].between(0, 100).all()
    ends = [KAZ("multilateralism.ranked_below", end=end) for end in ("lowest", "highest")]
    assert ends == [frame["below_pct"].min(), frame["below_pct"].max()]
    assert KAZ("multilateralism.ranks_told").startswith("Full memberships, 2014: 128 of 195; ")


def test_states_outside_the_alliance_are_those_without_an_open_full_membership():
    allied = {"BLR", "KAZ"}  # among the six; Uzbekistan left in 2012, Azerbaijan in 1999
    for focus in ("KAZ", "UZB"):
        assert Desk(focus)("multilateralism.roads_outside_alliance") == len(ROADS - allied - {focus})
    frame = KAZ("multilateralism.roads")
    assert set(frame.loc[frame["alliance"] == "member", "iso3"]) == allied
    lean = sum(FULL[iso3] < FULL["KAZ"] for iso3 in ROADS - allied)
    assert KAZ("multilateralism.lean_and_outside") == lean
    before, after = (Desk("KAZ", as_of=datetime.date(year, 6, 8)) for year in (2009, 2013))
    assert before("multilateralism.roads_outside_alliance") == after("multilateralism.roads_outside_alliance") - 1


def test_the_label_counts_only_from_its_date():
    assert KAZ("multilateralism.self_described") is True
    assert Desk("KAZ", as_of=datetime.date(2022, 12, 31))("multilateralism.self_described") is False
    with pytest.raises(NoData, match="no statements of Uzbekistan on itself were collected"):
        Desk("UZB")("multilateralism.self_described")
    assert "2023" in KAZ("multilateralism.label_sentence")


def test_offices_and_statements_after_the_day_are_left_out():
    early = Desk("KAZ", as_of=datetime.date(2011, 1, 1))
    assert early("multilateralism.office_count") == 1
    assert KAZ("multilateralism.office_count") == 6
    assert KAZ("multilateralism.non_recognitions") == 3
    assert early("multilateralism.non_recognitions") == 0
    kinds = [row["kind"] for row in rows("law_record") if row["date"] <= "2023-06-08"]
    assert KAZ("multilateralism.law_count") == kinds.count("statement")
    assert KAZ("multilateralism.law_count", kind="vote") == kinds.count("vote")


def test_development_table_derives_from_a_sample():
    sample = pd.DataFrame(
        {"iso3": ["UZB", "KAZ", "XXX", "KAZ"], "year": [2000, 2001, 2000, 2000], "hdi": [0.6, 0.7, 0.1, None]}
    )
    derived = script("hdi").derive(sample, {"KAZ", "UZB"})
    assert derived[["iso3", "year"]].to_numpy().tolist() == [["KAZ", 2001], ["UZB", 2000]]


def test_the_answer_follows_seats_offices_and_roads():
    said = {focus: Desk(focus)("multilateralism.answer") for focus in ("KAZ", "AZE", "TKM")}
    assert (
        said["KAZ"] == "A pillar by offices, with more seats than its peers; whether it is the only road is contested"
    )
    few = Desk("AZE")("multilateralism.surpassed") < Desk("AZE")("multilateralism.compared_count")
    assert said["AZE"].startswith("Seats and offices are few") == few
    assert said["TKM"].endswith("no state on another road has fewer seats"), "nobody has fewer seats"
    early = Desk("KAZ", as_of=datetime.date(2011, 1, 1))
    assert early("multilateralism.answer").startswith("Seats and offices are few")
