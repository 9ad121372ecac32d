"""Memberships: edges of intervals, incomplete dates, and the comparison with the Correlates of War data."""

from datetime import date

import pandas as pd
import pytest

from multivector import memberships, tables
from multivector.errors import BookError, NoData
from multivector.memberships import intervals, memberships_on, overlap, profile, standing_on, uncertain_on

COLUMNS = ["iso3", "organisation", "status", "since", "until", "attested", "source_id", "source_id_2", "note"]


def rows(*given: dict) -> pd.DataFrame:
    """A memberships table of the given rows, state AAA and organisation X unless they say otherwise."""
    base = {"iso3": "AAA", "organisation": "X", "status": "member", "source_id": "S01"}
    return pd.DataFrame([base | one for one in given], columns=COLUMNS)


def status(day, table: pd.DataFrame, state: str = "AAA") -> str:
    held = memberships_on(day, table)
    found = held.loc[held["iso3"] == state, "status"]
    assert len(found) <= 1
    return found.iloc[0] if len(found) else "none"


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2001-06-14", "none"), ("2001-06-15", "member"), ("2012-12-19", "member"), ("2012-12-20", "none")],
)
def test_the_day_of_joining_and_the_last_day_count(day, expected):
    table = rows({"since": "2001-06-15", "until": "2012-12-19"})
    assert status(day, table) == expected
    assert status(date.fromisoformat(day), table) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("1995-12-30", "none"),
        ("1995-12-31", "member"),
        ("1995", "member"),
        ("2012-12-31", "member"),
        ("2013-01-01", "none"),
    ],
)
def test_a_year_counts_from_its_last_day_and_to_its_last_day(day, expected):
    assert status(day, rows({"since": "1995", "until": "2012"})) == expected


def test_a_month_counts_from_its_last_day():
    table = rows({"since": "2020-02"})
    assert status("2020-02-28", table) == "none"
    assert status("2020-02", table) == "member"


def test_an_observer_who_joins_is_a_member_on_that_day():
    table = rows({"status": "observer", "until": "2023-07-04"}, {"since": "2023-07-04"})
    assert status("2023-07-03", table) == "observer"
    assert status("2023-07-04", table) == "member"


def test_the_fullest_status_wins_and_withdrawn_is_no_standing():
    assert (
        status("2020", rows({"status": "partner", "since": "2010"}, {"status": "associate", "since": "2015"}))
        == "associate"
    )
    assert status("2020", rows({"status": "withdrawn", "since": "2010"})) == "none"


def test_an_unknown_start_counts_from_its_attestation_or_always():
    attested = rows({"attested": "2006"})
    assert status("2006-12-30", attested) == "none"
    assert uncertain_on("2001", attested)["status"].tolist() == ["member"]
    assert status("2006", attested) == "member"
    assert status("1950", rows({})) == "member"
    assert standing_on("2010", rows({}))["dated"].tolist() == ["unknown"]


def test_a_day_before_a_known_start_is_not_uncertain():
    assert uncertain_on("2001-06-14", rows({"since": "2001-06-15"})).empty
    assert len(uncertain_on("1995-05-01", rows({"since": "1995"}))) == 1
    assert uncertain_on("1994-12-31", rows({"since": "1995"})).empty


def test_the_dataset_gives_way_to_a_document():
    table = rows({"since": "1993", "source_id": "G056"}, {"since": "1992", "source_id": "D03"})
    assert status("1992", table) == "none"
    assert status("1993", table) == "member"
    assert status("1992", rows({"since": "1992", "source_id": "D03"})) == "member"


def test_a_day_that_is_no_date_is_refused_in_one_line():
    with pytest.raises(BookError, match="'8 June' is not a date"):
        memberships_on("8 June")


def test_known_facts():
    def one(state, organisation, day):
        held = memberships_on(day).set_index(["iso3", "organisation"])["status"]
        return held.get((state, organisation), "none")

    assert one("KAZ", "WTO", "2015-11-29") == "none"
    assert one("KAZ", "WTO", "2015-11-30") == "member"
    assert one("IRN", "SCO", "2023-06-08") == "observer"
    assert one("IRN", "SCO", "2023-07-04") == "member"
    assert one("UZB", "CSTO", "1999-04-02") == "member"
    assert one("UZB", "CSTO", "2003") == "none"
    assert one("UZB", "CSTO", "2010") == "member"
    assert one("UZB", "CSTO", "2013") == "none"
    assert one("TKM", "CIS", "2004") == "member"
    assert one("TKM", "CIS", "2023-06-08") == "associate"
    assert one("MNG", "OSCE", "2012-11-20") == "partner"
    assert one("MNG", "OSCE", "2012-11-21") == "member"


def test_columns_and_one_row_for_each_pair():
    held = memberships_on("2023-06-08")
    assert list(held.columns) == ["iso3", "organisation", "status"]
    assert not held.duplicated(["iso3", "organisation"]).any()


@pytest.mark.parametrize(
    ("organisation", "members"),
    [("UN", 193), ("OSCE", 57), ("SCO", 8), ("EAEU", 5), ("CSTO", 6), ("OTS", 5), ("CICA", 28), ("EU", 27)],
)
def test_counts_of_members_on_the_day_of_the_article(organisation, members):
    held = memberships_on("2023-06-08").query("status == 'member'")
    assert (held["organisation"] == organisation).sum() == members


def test_overlap_is_symmetric_and_bounded():
    assert overlap("KAZ", "KAZ", "2023-06-08") == 1
    assert overlap("KAZ", "RUS", "2023-06-08") == overlap("RUS", "KAZ", "2023-06-08")
    assert 0 < overlap("KAZ", "USA", "2023-06-08") < overlap("KAZ", "UZB", "2023-06-08") < 1
    with pytest.raises(NoData, match="no full membership of ESH"):
        overlap("KAZ", "ESH", "2023-06-08")


def test_profile_names_bodies_and_has_reasons_when_empty():
    table = profile("KAZ", "2023-06-08")
    assert {"SCO", "OSCE", "OTS", "EAEU"} <= set(table["organisation"])
    with pytest.raises(NoData, match="no row for GRL"):
        profile("GRL", "2023-06-08")


def test_every_difference_from_the_correlates_of_war_has_a_reason_and_none_is_left_over():
    found = memberships.cow_disagreements()
    assert list(found.columns) == ["state", "organisation", "ours", "cow", "reason"]
    assert found[found["reason"].isna()].empty, "differences without a reason in data/cow_differences.csv"
    assert len(found) == len(tables.load("cow_differences")), (
        "a reason stands in the table for a difference that is gone"
    )


def test_rows_from_the_dataset_are_in_the_dataset():
    """A row that cites D03 first repeats a spell of igo_spells: its start, or 1992 if the spell is cut there."""
    igo = tables.load("organisations").set_index("organisation")["igo"]
    spells = tables.load("igo_spells")
    keys = set(zip(spells["iso3"], spells["igo"], spells["status"], spells["from_year"].astype(int), strict=True))
    cited = tables.load("memberships").query("source_id == 'D03'")
    strangers = [
        (row.iso3, row.organisation, row.status)
        for row in cited.itertuples()
        if (row.iso3, igo[row.organisation], row.status, int(row.since if pd.notna(row.since) else row.attested))
        not in keys
    ]
    assert strangers == []


def test_no_interval_ends_before_it_begins():
    spans = intervals()
    closed = spans[spans["ends"] != ""]
    assert (closed["begins"] <= closed["ends"]).all()
