"""Meetings with partners, recounted from the files; events that stand in two tables; no source older than its event."""

from collections import Counter

import pytest
from byhand import rows

from multivector.facts.dates import first_day, last_day
from multivector.findings import Desk

FORUM = "2023-06-08"
FIVE = {"KAZ": "Kazakhstan", "KGZ": "Kyrgyzstan", "TJK": "Tajikistan", "TKM": "Turkmenistan", "UZB": "Uzbekistan"}
DATED = ["formats", "timeline", "agreements", "sanctions_events", "supply_events"]


def held(met: list[dict], day: str = FORUM) -> list[dict]:
    """Meetings with an outside partner that were certainly over by a day."""
    ended = [row for row in met if last_day(row["date"]) <= last_day(day)]
    return [row for row in ended if row["partner"] and row["level"] != "document"]


def complete_series() -> set[tuple]:
    return {(row["format"], row["level"]) for row in rows("format_series") if row["complete"] == "true"}


def numbers(series: dict, meetings: list[dict]) -> list[int]:
    own = [row for row in meetings if (row["format"], row["level"]) == (series["format"], series["level"])]
    return sorted(int(row["number"]) for row in own if row["number"])


def gaps(series: list[dict], meetings: list[dict]) -> list[str]:
    """Series called complete in which a number is missing, and series called incomplete in which none is."""
    found = []
    for row in series:
        if row["numbered_to"]:
            have = numbers(row, [one for one in meetings if one["date"] <= FORUM])
            whole = have == list(range(1, int(row["numbered_to"]) + 1))
            if whole != (row["complete"] == "true"):
                found.append(f"{row['format']}, {row['level']}: numbers {have} of {row['numbered_to']}")
    return found


def older_than_event(dated: list[dict], published: dict[str, str]) -> list[str]:
    """Rows resting on a document whose last possible day of publication lies before the event.

    A row's main source proves it; a second one may have announced it. A document known to be of a day or later is left.
    """
    told = [(row["date"], row["source_id"], published[row["source_id"]]) for row in dated if row["source_id"]]
    return [
        f"{day} rests on {source} of {came}"
        for day, source, came in told
        if day and came and "/" not in came and last_day(came.removesuffix("~")) < first_day(day)
    ]


def test_a_series_called_complete_has_every_number():
    assert not gaps(rows("format_series"), rows("formats"))


def test_a_missing_meeting_is_named():
    meetings = [row for row in rows("formats") if (row["format"], row["number"]) != ("ca-japan", "5")]
    assert gaps(rows("format_series"), meetings) == [
        "ca-japan, foreign ministers: numbers [1, 2, 3, 4, 6, 7, 8, 9] of 9"
    ]


def test_every_meeting_belongs_to_a_series_and_none_is_before_its_first():
    series = {(row["format"], row["level"]): row for row in rows("format_series")}
    for row in rows("formats"):
        if row["level"] != "document":
            first = series[row["format"], row["level"]]["first_meeting"]
            assert not first or row["date"] >= first, row
    firsts = {(row["format"], row["level"], row["date"]) for row in rows("formats")}
    assert all((*key, row["first_meeting"]) in firsts for key, row in series.items() if row["first_meeting"])


@pytest.mark.parametrize("complete", [False, True])
def test_hosts_recounted(complete):
    met = held(rows("formats"))
    if complete:
        met = [row for row in met if (row["format"], row["level"]) in complete_series()]
    hosts = Counter(FIVE[row["host_iso3"]] for row in met if row["host_iso3"] in FIVE)
    desk = Desk("KAZ")
    shown = desk("vectors.hosts_among_five", complete=complete).set_index("name")["meetings"].to_dict()
    assert shown == {name: hosts[name] for name in FIVE.values()}
    assert desk("vectors.meetings", complete=complete) == len(met)
    assert desk("vectors.top_host", complete=complete) == hosts.most_common(1)[0][0]
    assert desk("vectors.hosted", complete=complete) == hosts["Kazakhstan"]


def test_partners_recounted():
    met, desk = rows("formats"), Desk("KAZ")
    early = {row["partner"] for row in held(met, "2015")}
    assert early == {"Japan", "European Union", "Republic of Korea", "United States"}
    assert desk("vectors.format_partners", on="2015") == len(early)
    undated = {row["format"] for row in rows("format_series") if not row["first_meeting"]}
    assert desk("vectors.format_partners_at_most", on="2015") == len(early) + len(undated) == 5
    assert desk("vectors.format_partners") == len({row["partner"] for row in held(met)})


def test_the_roster_says_where_others_came_before():
    roster = Desk("KAZ")("vectors.format_roster").set_index("format")
    assert roster.loc["ca-russia", ["first", "complete"]].tolist() == ["before 15 October 2020", "no"]
    assert roster.loc["ca-eu", "first"] == "27 March 2007"
    assert roster.loc["ca-japan", ["meetings", "complete"]].tolist() == [10, "yes"]
    assert "ca-germany" not in roster.index


def test_events_of_the_timeline_have_the_day_of_the_other_table():
    timeline = {row["event_id"]: row for row in rows("timeline")}
    meetings = {(row["date"], source) for row in rows("formats") for source in (row["source_id"], row["source_id_2"])}
    for row in timeline.values():
        if row["theme"] == "format":
            assert (row["date"], row["source_id"]) in meetings, row
    for event, step in {"T-35": "signed", "T-42": "in force"}.items():
        assert timeline[event]["date"] in [row["date"] for row in rows("agreements") if row["step"] == step], event


def test_a_statement_that_was_denied_is_not_told_as_a_measure():
    denials = {row["date"]: row["source_id"] for row in rows("sanctions_events") if row["kind"] == "denial"}
    (event,) = [row for row in rows("timeline") if "dual-use" in row["event"]]
    assert denials[event["date"]] == event["source_id"]
    assert "denies" in event["event"]


@pytest.mark.parametrize("table", DATED)
def test_no_source_is_older_than_its_event(table):
    published = {row["source_id"]: row["published"] for row in rows("sources")}
    assert not older_than_event(rows(table), published)


def test_an_announcement_is_named():
    row = {"date": "2022-10-14", "source_id": "S145", "source_id_2": ""}
    assert older_than_event([row], {"S145": "2022-10-10"}) == ["2022-10-14 rests on S145 of 2022-10-10"]
    assert not older_than_event([row], {"S145": "2022-10"})
