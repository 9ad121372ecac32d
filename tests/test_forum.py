"""Findings on the article as a witness: who speaks, what is repeated elsewhere, where its day lies."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from multivector.errors import NoData
from multivector.facts import tables
from multivector.facts.dates import first_day
from multivector.findings import Desk, forum

DAY = date(2023, 6, 8)


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk("KAZ")


def sentences() -> pd.DataFrame:
    rows = [
        (1, 1, 30, "minister"),
        (1, 2, 10, "author_reading"),
        (2, 1, 40, "author_criticism"),
        (2, 2, 20, "background"),
    ]
    return pd.DataFrame(rows, columns=["paragraph", "sentence", "words", "speaker"])


def passages() -> pd.DataFrame:
    rows = [
        ("P-01", "C-01;C-02", "vassilenko", "2023-06-08", "wording", "S04"),
        ("P-02", "C-03", "vassilenko", "2022", "theme", "S04"),
        ("P-03", "C-04", "unknown", None, "substance", "S07"),
    ]
    return pd.DataFrame(rows, columns=["parallel_id", "claim_ids", "speaker", "said", "agreement", "source_id"])


def quoted() -> pd.DataFrame:
    rows = [
        ("Q-01", "C-01", "minister", "a"),
        ("Q-02", "C-03;C-04", "minister", "b"),
        ("Q-03", "C-02", "author_reading", "c"),
    ]
    return pd.DataFrame(rows, columns=["quote_id", "claim_ids", "attribution", "restored"])


def test_shares_of_words():
    assert forum.share_of_words(sentences(), "minister") == 30
    assert forum.share_of_author(sentences()) == 50
    assert forum.words(sentences()) == 100
    assert forum.sentences(sentences(), "background") == 1
    assert forum.paragraphs_with(sentences(), "minister") == 1
    assert forum.critical_paragraph(sentences()) == 2


def test_unknown_speaker_is_no_data():
    with pytest.raises(NoData, match="no speaker 'editor'"):
        forum.words(sentences(), "editor")


def test_shares_of_the_article_add_up(desk):
    shares = [desk("forum.share_of_words", speaker=speaker) for speaker in forum.SPEAKERS]
    assert sum(shares) == pytest.approx(100)
    frame = desk("forum.speakers_by_paragraph")
    assert len(frame) == desk("forum.paragraphs")
    assert frame[list(forum.SPEAKERS)].to_numpy().sum() == desk("forum.words")


def test_only_the_speakers_own_words_corroborate():
    assert forum.reported_claims(quoted()) == 3
    assert forum.corroborated_claims(quoted(), passages(), DAY) == 1
    assert forum.uncorroborated(quoted(), passages(), DAY)["claim_id"].tolist() == ["C-03", "C-04"]


def test_a_later_passage_confirms_only_with_hindsight():
    later = passages().assign(said=["2024-10-24", "2022", None])
    assert forum.corroborated_claims(quoted(), later, DAY) == 0
    assert forum.corroborated_claims(quoted(), later, DAY, later=True) == 1


def test_undated_passages_are_none_of_the_deputy_ministers():
    table = tables.load("parallel_passages")
    assert set(table.loc[table["said"].isna(), "speaker"]) <= {"unknown"}


def test_parallels_are_counted_by_kind():
    assert forum.parallels(passages()) == 3
    assert forum.parallels(passages(), speaker="vassilenko", agreement="theme") == 1
    assert forum.same_days(passages(), DAY) == 1


def test_parallel_table_dates(desk):
    table = forum.parallel_table(passages().assign(outlet="x", note="y"), DAY)
    assert table.set_index("parallel_id")["timing"].to_dict() == {
        "P-01": "same days",
        "P-02": "before",
        "P-03": "undated",
    }
    assert desk("forum.parallel_table")["closeness"].iloc[0] == "Same wording"


def test_reported_and_corroborated_cover_the_article(desk):
    alone = desk("forum.uncorroborated")["claim_id"].nunique()
    assert desk("forum.corroborated_claims", later=True) + alone == desk("forum.reported_claims")


def test_uncorroborated_claims_are_those_in_the_table(desk):
    table = desk("forum.uncorroborated")
    assert desk("forum.uncorroborated_claims") == table["claim_id"].nunique() > 0
    assert desk("forum.uncorroborated_claims") == desk("forum.reported_claims") - desk(
        "forum.corroborated_claims", later=True
    )


def test_the_table_of_confirming_passages_holds_no_other(desk):
    confirming = desk("forum.parallel_table", confirming=True)
    assert set(confirming["closeness"]) == {"Same wording", "Same substance"}
    assert len(confirming) == sum(desk("forum.parallels", agreement=one) for one in forum.CONFIRMING)


def test_offices():
    rows = [
        ("A", "2022-01-11", "start"),
        ("A", "2024-02-06", "end"),
        ("B", "2018-12", "attested"),
        ("B", "2023-05", "attested"),
    ]
    holders = pd.DataFrame(rows, columns=["person", "date", "event"])
    assert forum.in_office(holders, DAY, "A") is True
    assert forum.in_office(holders, date(2024, 3, 1), "A") is False
    assert forum.attested_around(holders, DAY, "B") == 1
    assert forum.first_attested(holders, "B") == "December 2018"
    assert forum.holds_from(holders, "A") == "11 January 2022"
    with pytest.raises(NoData, match="took office"):
        forum.in_office(holders, DAY, "B")
    with pytest.raises(NoData):
        forum.first_attested(holders, "C")


def test_the_article_is_no_witness_for_itself():
    facts = pd.DataFrame([("x", 50, "S01"), ("x", 60, "S09")], columns=["fact", "value", "source_id"])
    assert forum.witnesses(facts, "x") == 1
    assert forum.witnesses(facts, "y") == 0
    assert forum.fact(facts, "x") == 50
    with pytest.raises(NoData):
        forum.fact(facts, "y")


def test_forum_is_two_days(desk):
    assert desk("forum.forum_days") == 2
    assert desk("forum.forum_opens") == DAY


def test_distances_in_time():
    rows = [("T-01", "2023-06-02", "format"), ("T-02", "2022-01", "format"), ("T-03", "2023-06-08", "format")]
    timeline = pd.DataFrame(rows, columns=["event_id", "date", "theme"])
    assert forum.days_before(timeline, DAY, "T-01") == 6
    assert forum.events_within(timeline, DAY, "format") == 1
    assert forum.events(timeline) == 3
    with pytest.raises(NoData):
        forum.days_before(timeline, DAY, "T-99")


def test_timeline_is_in_order_and_within_bounds():
    timeline = tables.load("timeline")
    days = [first_day(text) for text in forum.event_points(timeline)["date"]]
    assert days == sorted(days)
    assert sorted(days) == sorted(timeline["date"].map(first_day))
    assert days[0].year == 1991
    assert days[-1].year == 2023
    assert timeline["event"].is_unique


def test_every_theme_has_a_lane_and_a_name(desk):
    points = desk("forum.event_points")
    assert points["lane"].notna().all()
    assert points["theme_name"].notna().all()
    assert points["year"].between(1991, 2024).all()


def test_eve_of_the_forum(desk):
    near = desk("forum.events_before_forum")
    assert near["days"].between(0, 100).all()
    assert near["event"].iloc[-1] == forum.FORUM


def test_events_lead_up_to_the_briefing_and_the_forum(desk):
    near = desk("forum.events_before_forum")
    assert list(near["event_id"][-2:]) == ["T-81", "T-82"]
    assert desk("forum.events_leading_up") == len(near) - 2


def test_events_since_a_year_count_its_first_day():
    timeline = pd.DataFrame({"date": ["2021-12-31", "2022-01-01", "2023"], "theme": "war"})
    assert forum.events(timeline, since=2022) == 2
    assert forum.events(timeline) == 3


def test_an_incomplete_date_stands_in_the_middle():
    points = forum.event_points(pd.DataFrame([("2010", "forum")], columns=["date", "theme"]))
    assert points["year"].iloc[0] == pytest.approx(2010.5, abs=0.01)


def test_unknowns(desk):
    assert desk("forum.unknowns") == len(desk("forum.unknown_items"))
    assert desk("forum.unknowns", known="address only") == 2


def test_named_events_end_with_the_forum_and_stand_apart(desk):
    eve = desk("forum.eve_events")
    assert set(eve["event_id"]) == set(forum._EVE)
    assert eve["event_id"].iloc[-1] == "T-82"
    assert eve["place"].diff().dropna().min() == pytest.approx(eve["place"].diff().dropna().max())
    assert eve["place"].iloc[-1] == pytest.approx(eve["year"].iloc[-1])
