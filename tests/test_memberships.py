"""Memberships: the rule for a row, published totals, other tables, and the Correlates of War data."""

from datetime import date, timedelta

import byhand
import pandas as pd
import pytest

from multivector.errors import BookError
from multivector.facts import memberships, tables
from multivector.facts.dates import first_day
from multivector.facts.memberships import memberships_on, spans, uncertain_on

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


def uncertain(day, table: pd.DataFrame, state: str = "AAA") -> str:
    found = uncertain_on(day, table).query("iso3 == @state")["status"]
    assert len(found) <= 1
    return found.iloc[0] if len(found) else "none"


DAYS = {
    ("2001-06-15", "2012-12-19"): "2001-06-14 none, 2001-06-15 member, 2012-12-19 member, 2012-12-20 none",
    ("1995", ""): "1994-12-31 none, 1995-01-01 open, 1995-12-30 open, 1995 member",
    ("", "2012"): "1950 open, 2012-12-31 open, 2013-01-01 none",
    ("1995", "2012"): "2012-01-01 member, 2012-01-02 open, 2012-12-31 open, 2013-01-01 none",
    ("2020-02", ""): "2020-01-31 none, 2020-02-28 open, 2020-02 member",
    ("1997", "1997"): "1996 none, 1997-01-01 open, 1997-07-01 open, 1997-12-31 open, 1998 none",
    ("", ""): "1950 open, 2023 open",
}
"""What is known of a member that is in a body since and until: definite, open or nothing, on some days."""


@pytest.mark.parametrize("dates", DAYS, ids="–".join)
def test_within_an_incomplete_date_a_standing_is_uncertain_and_first_and_last_day_count(dates):
    table = rows({name: text for name, text in zip(("since", "until"), dates, strict=True) if text})
    for day, expected in (told.split() for told in DAYS[dates].split(", ")):
        assert status(day, table) == ("none" if expected == "open" else expected), day
        assert uncertain(day, table) == ("member" if expected == "open" else "none"), day
        assert len(day) < 10 or status(date.fromisoformat(day), table) == status(day, table)


def test_an_observer_who_joins_is_a_member_on_that_day():
    table = rows({"status": "observer", "since": "2005", "until": "2023-07-03"}, {"since": "2023-07-04"})
    assert status("2023-07-03", table) == "observer"
    assert status("2023-07-04", table) == "member"


def test_a_definite_standing_goes_before_an_uncertain_one():
    table = rows({"status": "observer", "since": "2005-01-01", "until": "2009-12-31"}, {"attested": "2020-01-01"})
    assert (status("2008", table), uncertain("2008", table)) == ("observer", "none")
    assert (status("2012", table), uncertain("2012", table)) == ("none", "member")


def test_the_fullest_status_wins_and_withdrawn_is_no_standing():
    both = rows({"status": "partner", "since": "2010-01-01"}, {"status": "associate", "since": "2015-01-01"})
    assert status("2020", both) == "associate"
    assert status("2020", rows({"status": "withdrawn", "since": "2010"})) == "none"
    assert status("2020", rows({"status": "suspended", "since": "2010"})) == "suspended"


def test_an_attested_standing_is_uncertain_before():
    attested = rows({"attested": "2006-03-01"})
    assert (status("2006-02", attested), uncertain("2006-02", attested)) == ("none", "member")
    assert (status("2006-03-01", attested), uncertain("2006-03-01", attested)) == ("member", "none")


def test_nothing_stands_before_the_founding_but_a_signature_or_candidature():
    sco = {"organisation": "SCO", "attested": "2010"}  # founded on 15 June 2001
    assert uncertain("2001-06-14", rows(sco)) == "none"
    assert uncertain("2001-06-15", rows(sco)) == "member"
    assert status("2001-06-14", rows(sco | {"attested": "1996"})) == "none"
    assert (
        status("2001-06-14", rows(sco | {"status": "signatory", "attested": "", "since": "2001-01-01"})) == "signatory"
    )


def test_nothing_stands_before_the_state_existed():
    table = rows({"iso3": "KAZ", "organisation": "UN", "attested": "1995"})
    assert uncertain("1990", table, "KAZ") == "none"
    assert uncertain("1991", table, "KAZ") == "member"


def test_where_only_some_states_are_listed_a_state_without_a_row_is_not_known():
    table = rows({"organisation": "AIIB", "iso3": "KAZ", "status": "signatory", "since": "2015-06-29"})
    assert status("2015-12-24", table, "KAZ") == "signatory"
    assert (status("2023", table, "KAZ"), uncertain("2023", table, "KAZ")) == ("none", "member")
    open_cases = uncertain_on("2023", table).set_index("iso3")["status"]
    assert open_cases["FJI"] == ""
    assert uncertain_on("2015-12-24", table).empty


def test_stretches_of_one_state_in_one_body_never_overlap():
    told = spans().sort_values(["iso3", "organisation", "begins"])
    assert (told["begins"] <= told["ends"]).all()
    before = told.groupby(["iso3", "organisation"])["ends"].shift().fillna("")
    assert (told["begins"] > before).all()


def expected_by_hand(given: list[dict], day: str) -> str:
    """The rule once more, said a day at a time over the rows of one state and body: the test's own reading."""
    standing, maybe = [], False
    for row in given:
        early = row["status"] in ("signatory", "candidate")
        shown, until = row["since"] or row["attested"], row["until"]
        floors = [row["since"] or "0", "0" if early else FOUNDED[row["organisation"]]]
        over = until and day > until and day[: len(until)] != until
        if row["status"] == "withdrawn" or over or day < max((floor + "-01-01")[:10] for floor in floors):
            continue
        begun = shown and (day > shown and day[: len(shown)] != shown or day == shown)
        ending = until and len(until) < 10 and day > (until + "-01-01")[:10]
        if begun and not ending:
            standing.append(row["status"])
        elif not early or row["since"]:
            maybe = True
    ranks = ["member", "suspended", "associate", "observer", "partner", "candidate", "signatory"]
    return min(standing, key=ranks.index) if standing else "uncertain" if maybe else "none"


FOUNDED = {row["organisation"]: row["founded"] for row in byhand.rows("organisations")}


@pytest.mark.parametrize("day", ["1980-05-17", "1992-06-08", "1996-07-03", "2008-06-08", "2015-07-01", "2023-06-08"])
def test_the_table_of_a_day_agrees_with_the_rule_read_by_hand(day):
    existed = tables.load("state_existence").set_index("iso3")["since"].to_dict()
    given: dict[tuple, list[dict]] = {}
    for row in byhand.rows("memberships"):
        if row["organisation"] != "AIIB":
            given.setdefault((row["iso3"], row["organisation"]), []).append(row)
    table = memberships.statuses(day, sorted({state for state, _ in given}))
    for (state, body), found in given.items():
        if day >= existed.get(state, ""):
            assert table.loc[body, state] == expected_by_hand(found, day), (state, body)


def test_before_a_body_was_founded_nothing_is_uncertain_in_it_and_nobody_a_member():
    for body, founded in FOUNDED.items():
        day = first_day(founded) - timedelta(days=1)
        cells = memberships.statuses(day, ["KAZ", "RUS", "CHN", "USA", "TUR", "FRA"]).loc[body]
        assert set(cells) <= {"none", "signatory", "candidate"}, body


def test_a_day_that_is_no_date_is_refused_in_one_line():
    with pytest.raises(BookError, match="'8 June' is not a date"):
        memberships_on("8 June")


KNOWN = """
KAZ WTO 2015-11-29 observer, 2015-11-30 member
KAZ CICA 2005 member
KAZ AIIB 2017-03-27 uncertain, 2017-03-28 member
ESP AIIB 2018-11-29 uncertain, 2018-11-30 member
KAZ CTBT 2023-06-08 signatory
RUS BRICS 1995 none
RUS NPT 2023-06-08 member
IRN SCO 2023-06-08 observer, 2023-07-04 member
ARE SCO 2023-06-08 partner
UZB CSTO 1999-04-02 member, 2003 none, 2010 member, 2012 suspended
TKM CIS 2004 member, 2023-06-08 associate
GEO CIS 2008-06-08 member, 2009-08-18 none
MNG OSCE 2012-11-20 partner, 2012-11-21 member
USA PfP 2023-06-08 none
CZE WB 2023-06-08 member
GBR EU 2020-02-01 none
"""


@pytest.mark.parametrize("line", KNOWN.split("\n")[1:-1])
def test_known_facts(line):
    state, organisation, told = line.split(" ", 2)
    for day, expected in (said.split() for said in told.split(", ")):
        assert memberships.statuses(day, [state]).loc[organisation, state] == expected, day


def test_columns_and_one_row_for_each_pair():
    held = memberships_on("2023-06-08")
    assert list(held.columns) == ["iso3", "organisation", "status"]
    assert not held.duplicated(["iso3", "organisation"]).any()


def test_published_totals_agree_but_for_the_differences_that_are_named():
    totals = tables.load("membership_totals")
    for day, counted in totals.groupby("day"):
        held = memberships_on(day.date()).value_counts(["organisation", "status"])
        found = [held[row.organisation, row.status] for row in counted.itertuples()]
        assert (counted["count"] - counted["difference"]).tolist() == found, day
    assert totals.loc[totals["difference"] != 0, "note"].notna().all()


def test_every_body_but_the_listed_one_has_a_published_total_on_the_day_or_near_it():
    counted = set(tables.load("membership_totals")["organisation"])
    bodies = tables.load("organisations").set_index("organisation")["coverage"]
    assert set(bodies.index) - counted <= {"AIIB"}
    assert bodies[bodies == "listed"].index.tolist() == ["AIIB"]


def test_groups_and_memberships_agree_on_the_day():
    groups = tables.load("groups").set_index("iso3")
    table = memberships.statuses("2023-06-08", groups.index.tolist())
    assert ((table.loc["G77"] == "member") == groups["g77"]).all()
    movement = table.loc["NAM"]
    assert (movement == groups["nam"]).all()


JOINED = {
    "T-02": "CIS", "T-03": "OSCE", "T-04": "UN", "T-07": "ECO", "T-08": "TURKSOY", "T-09": "NPT", "T-10": "PfP",
    "T-11": "OIC", "T-14": "SCO", "T-20": "CANWFZ", "T-21": "OTS", "T-30": "EAEU", "T-34": "WTO",
}  # fmt: skip


def test_the_timeline_tells_the_same_days_of_joining():
    timeline = tables.load("timeline").set_index("event_id")["date"]
    table = tables.load("memberships").query("iso3 == 'KAZ' and status in ['member', 'partner']")
    since = table.set_index("organisation")["since"]
    for event, body in JOINED.items():
        assert timeline[event] == since[body], event


def test_every_difference_from_the_correlates_of_war_has_a_reason_and_none_is_left_over():
    """On their last day, all states in bodies that they cover; what the table does not know is left out."""
    day, coded = "2014-12-31", {row["igo"]: row["organisation"] for row in byhand.rows("organisations") if row["igo"]}
    spells = [row for row in byhand.rows("igo_spells") if row["from_year"] <= day[:4] <= row["to_year"]]
    cow = {(row["iso3"], coded[row["igo"]]): row["status"] for row in spells if row["igo"] in coded}
    ours = {(state, body): held for state, body, held in memberships_on(day).to_numpy() if body in coded.values()}
    open_cases = set(uncertain_on(day)[["iso3", "organisation"]].itertuples(index=False, name=None))
    both = {(*pair, ours.get(pair, "none"), cow.get(pair, "none")) for pair in (ours.keys() | cow.keys()) - open_cases}
    told = {(row["iso3"], row["organisation"], row["ours"], row["cow"]) for row in byhand.rows("cow_differences")}
    assert {one for one in both if one[2] != one[3]} == told
    assert all(row["reason"] for row in byhand.rows("cow_differences"))


def test_the_first_year_of_a_state_in_the_dataset_is_no_start():
    spells = tables.load("igo_starts").query("first_year_of_state")
    edges = set(zip(spells["iso3"], spells["organisation"], spells["from_year"].astype(str), strict=True))
    young = set(tables.load("state_existence")["iso3"])
    rows = tables.load("memberships").query("source_id == 'D03'").dropna(subset="since")
    taken = [
        (row.iso3, row.organisation)
        for row in rows.itertuples()
        if (row.iso3, row.organisation, row.since[:4]) in edges and row.iso3 not in young
    ]
    assert taken == []


def test_the_uncut_spells_agree_with_the_spells_of_the_book():
    coded = tables.load("organisations").dropna(subset="igo").set_index("igo")["organisation"]
    cut = tables.load("igo_spells")
    cut = cut[cut["igo"].isin(coded.index)].assign(organisation=cut["igo"].map(coded))
    uncut = tables.load("igo_starts")
    uncut = uncut[uncut["to_year"] >= 1992].assign(from_year=uncut["from_year"].clip(lower=1992))
    columns = ["iso3", "organisation", "status", "from_year", "to_year"]
    bodies = set(uncut["organisation"])
    ours = set(cut.loc[cut["organisation"].isin(bodies), columns].itertuples(index=False, name=None))
    assert set(uncut[columns].itertuples(index=False, name=None)) == ours
