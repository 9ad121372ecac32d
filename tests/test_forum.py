"""Findings on the article as a witness: who speaks, what is repeated elsewhere, where its day lies."""

from datetime import date

import pandas as pd
import pytest
from byhand import frame, rows
from lxml import html

from multivector.errors import NoData
from multivector.facts import tables
from multivector.facts.dates import first_day
from multivector.findings import Desk, forum

KAZ = Desk("KAZ")
DAY = date(2023, 6, 8)
SENTENCES = frame(
    "paragraph sentence words speaker",
    (1, 1, 30, "minister"),
    (1, 2, 10, "author_reading"),
    (2, 1, 40, "author_criticism"),
    (2, 2, 20, "background"),
)
PASSAGES = frame(
    "parallel_id claim_ids speaker said agreement source_id",
    ("P-01", "C-01;C-02", "vassilenko", "2023-06-08", "wording", "S04"),
    ("P-02", "C-03", "vassilenko", "2022", "theme", "S04"),
    ("P-03", "C-04", "unknown", None, "substance", "S07"),
)
QUOTED = frame(
    "quote_id claim_ids attribution restored",
    ("Q-01", "C-01", "minister", "a"),
    ("Q-02", "C-03;C-04;C-05", "minister", "b"),
    ("Q-03", "C-02", "author_reading", "c"),
)
CLAIMS = frame("claim_id status", *((f"C-0{number}", "claim") for number in range(1, 5)), ("C-05", "book_question"))


def test_shares_of_words():
    assert forum.share_of_words(SENTENCES, "minister") == 30
    assert forum.share_of_author(SENTENCES) == 50
    assert forum.words(SENTENCES) == 100
    assert forum.sentences(SENTENCES, "background") == 1
    assert forum.paragraphs_with(SENTENCES, "minister") == 1
    assert forum.critical_paragraph(SENTENCES) == 2
    with pytest.raises(NoData, match="no speaker 'editor'"):
        forum.words(SENTENCES, "editor")


def test_shares_of_the_article_add_up():
    shares = [KAZ("forum.share_of_words", speaker=speaker) for speaker in forum.SPEAKERS]
    assert sum(shares) == pytest.approx(100)
    table = KAZ("forum.speakers_by_paragraph")
    assert len(table) == KAZ("forum.paragraphs")
    assert table[list(forum.SPEAKERS)].to_numpy().sum() == KAZ("forum.words")


def test_only_the_speakers_own_words_corroborate_and_later_ones_with_hindsight():
    assert forum.reported_claims(QUOTED, CLAIMS) == 3
    assert forum.corroborated_claims(QUOTED, CLAIMS, PASSAGES, DAY) == 1
    assert forum.uncorroborated(QUOTED, CLAIMS, PASSAGES, DAY)["claim_id"].tolist() == ["C-03", "C-04"]
    later = PASSAGES.assign(said=["2024-10-24", "2022", None])
    assert forum.corroborated_claims(QUOTED, CLAIMS, later, DAY) == 0
    assert forum.corroborated_claims(QUOTED, CLAIMS, later, DAY, later=True) == 1


def test_parallels_are_counted_and_dated():
    assert forum.parallels(PASSAGES) == 3
    assert forum.parallels(PASSAGES, speaker="vassilenko", agreement="theme") == 1
    assert forum.same_days(PASSAGES, DAY) == 1
    table = forum.parallel_table(PASSAGES.assign(outlet="x", note="y"), DAY).set_index("parallel_id")["timing"]
    assert table.to_dict() == {"P-01": "same days", "P-02": "before", "P-03": "undated"}
    known = tables.load("parallel_passages")
    near = known[known["speaker"].eq("vassilenko") & known["said"].isin(["2023-06-07", "2023-06-08", "2023-06-09"])]
    assert forum.same_days_records(known, DAY) == near["source_id"].nunique()
    assert set(known.loc[known["said"].isna(), "speaker"]) <= {"unknown"}, "none undated is the deputy minister's"


def test_reported_and_corroborated_cover_the_article():
    alone = KAZ("forum.uncorroborated")["claim_id"].nunique()
    assert KAZ("forum.corroborated_claims", later=True) + alone == KAZ("forum.reported_claims")
    assert KAZ("forum.uncorroborated_claims") == alone > 0
    same = [row for row in rows("parallel_passages") if row["said"] == "2023-06-07" and row["agreement"] == "substance"]
    heard = {claim for row in same for claim in row["claim_ids"].split(";")}
    assert len(heard) > KAZ("forum.corroborated_claims") / 2, "answer and home page say: most in reports of the meeting"
    assert KAZ("forum.parallel_table")["closeness"].iloc[0] == "Same wording"
    confirming = KAZ("forum.parallel_table", confirming=True)
    assert set(confirming["closeness"]) == {"Same wording", "Same substance"}
    assert len(confirming) == sum(KAZ("forum.parallels", agreement=one) for one in forum.CONFIRMING)


def test_offices():
    holders = frame(
        "person date event",
        ("A", "2022-01-11", "start"),
        ("A", "2024-02-06", "end"),
        ("B", "2018-12", "attested"),
        ("B", "2023-05", "attested"),
    )
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
    facts = frame("fact value source_id", ("x", 50, "S01"), ("x", 60, "S09"))
    assert forum.witnesses(facts, "x") == 1
    assert forum.witnesses(facts, "y") == 0
    assert forum.fact(facts, "x") == 50
    with pytest.raises(NoData):
        forum.fact(facts, "y")


def test_distances_in_time():
    days = (("T-01", "2023-06-02", "format"), ("T-02", "2022-01", "format"), ("T-03", "2023-06-08", "format"))
    timeline = frame("event_id date theme", *days)
    assert forum.days_before(timeline, DAY, "T-01") == 6
    assert forum.events_within(timeline, DAY, "format") == 1
    with pytest.raises(NoData):
        forum.days_before(timeline, DAY, "T-99")
    points = forum.event_points(frame("date theme", ("2010", "forum")))
    assert points["year"].iloc[0] == pytest.approx(2010.5, abs=0.01), "an incomplete date stands in the middle"


def test_events_since_a_year_count_its_first_day():
    timeline = pd.DataFrame({"date": ["2020-12-31", "2021-12-31", "2022-01-01", "2023"], "theme": "war"})
    assert [forum.events(timeline, since=since) for since in (0, 2021, 2022, 2023)] == [4, 3, 2, 1]


def test_timeline_is_in_order_and_within_bounds():
    timeline, points = tables.load("timeline"), KAZ("forum.event_points")
    days = [first_day(text) for text in points["date"]]
    assert days == sorted(timeline["date"].map(first_day))
    assert (days[0].year, days[-1].year) == (1991, 2023)
    assert timeline["event"].is_unique
    assert points[["lane", "theme_name"]].notna().all(axis=None)
    assert points["year"].between(1991, 2024).all()


def test_eve_of_the_forum():
    assert KAZ("forum.forum_days") == 2
    assert KAZ("forum.forum_opens") == DAY
    near = KAZ("forum.events_before_forum")
    assert near["days"].between(0, 100).all()
    assert near.iloc[-1][["event", "when"]].tolist() == [forum.FORUM, "8 June 2023"]
    assert list(near["event_id"][-2:]) == ["T-81", "T-82"]
    assert KAZ("forum.events_leading_up") == len(near) - 2


def test_unknowns():
    assert KAZ("forum.unknowns") == len(KAZ("forum.unknown_items"))
    assert KAZ("forum.unknowns", known="address only") == 2


def test_named_events_end_with_the_forum_and_stand_apart():
    eve = KAZ("forum.eve_events")
    assert set(eve["event_id"]) == set(forum._EVE)
    assert eve["event_id"].iloc[-1] == "T-82"
    assert eve["place"].diff().dropna().min() == pytest.approx(eve["place"].diff().dropna().max())
    assert eve["place"].iloc[-1] == pytest.approx(eve["year"].iloc[-1])


def test_a_quotation_says_whether_he_said_the_same_elsewhere(site):
    page = html.parse(str(site / "chapters/quotes.html"))
    told = {one.partition(": ")[::2] for one in page.xpath("//a[contains(@href, 'tab-forum-parallels')]/text()")}
    known = {row["parallel_id"]: row for row in rows("parallel_passages")}
    same = {
        name
        for name, row in known.items()
        if row["speaker"] == "vassilenko" and row["agreement"] in ("wording", "substance")
    }
    assert {label for label, _ in told} == {"Said elsewhere", "Compare"}
    assert all((label == "Said elsewhere") == (name in same) for label, name in told)
