"""What the first edition had wrong, put back into a copy of the table: the checks name it.

Each case gives a cell by its table and row, the value of the first edition (or the one that follows from it, where its
table had no such column), and words of the line that must be told. A vote, a sentence on a vote and a figure of the press
that were not wrong then stand beside them, to show that their rules can fail.
"""

import csv
import io

import pytest

from multivector.checks import package as checks
from multivector.facts import tables

WRONG = """
titr_volume | perimeter=railway; period_end=2022-09 | freight_kt=1840 | the whole year is 1700
titr_volume | perimeter=railway; period_end=2022-09 | freight_kt=800 | less than in fewer months
oil_exports | way=CPC pipeline | share_pct=82 | add up to 101.6
ethnic_estimates | date=2022-01-01; ethnic_group=Russians | share_pct=18.47 | is 17.78 per cent
timeline | event_id=T-89 | date=2023-10 | sanctions_events has no row of that day
timeline | event_id=T-89 | event=Kazakhstan bans the export of dual-use goods | expected the event to say
timeline | event_id=T-57 | date=2022-03-22 | wholly suspended on another day
timeline | event_id=T-68 | source_id=S145 | S145, its source, is older
format_series | format=ca-eu; level=foreign ministers | first_meeting=2022-11 | has '2007-03-27'
format_series | format=ca-india; level=foreign ministers | first_meeting=2021-12-18 | 2019-01-12
groups | iso3=FJI | nam=none | memberships has member in NAM
groups | iso3=RUS | nam=none | memberships has observer in NAM
unga_votes | rcid=4521 | date=2005-12-08 | is of session 60
unga_votes | rcid=4372 | date=2002-09-03 | votes before 2002-09-10
law_record | date=2016-12-19 | event=Abstains on resolution 71/205 on Crimea | has 'N' for 71/205
reexport_reports | report=exports_to_russia | value=40 | the statistics have 29.5 per cent
memberships | iso3=KAZ; organisation=AIIB; status=signatory | status=member | when AIIB was founded
memberships | iso3=KAZ; organisation=SCO | since=1996 | when SCO was founded
memberships | iso3=SVK; organisation=WB | attested=2026-01 | memberships has 188 in WB on 2023-06-08
memberships | iso3=LKA; organisation=IMF | since=; attested=2026-01 | memberships has 189 in IMF
memberships | iso3=SYC; organisation=WTO; status=member | since=; attested=2026-01 | in WTO on 2023
memberships | iso3=IND; organisation=EBRD | since=; attested=2026-01 | in EBRD on 2023
memberships | iso3=FJI; organisation=NAM | since=; attested=2026-01 | in NAM on
unga_es11_votes | resolution=ES-11/3; iso3=KAZ | vote=abstain | unga_votes has 'N'
"""
CASES = [line.split(" | ") for line in WRONG.strip().splitlines()]


def cells(text: str) -> dict[str, str]:
    return dict(cell.split("=", 1) for cell in text.split("; "))


def rows(table: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(tables.raw(table).decode())))


def told(table: str, lines: list[dict[str, str]]) -> list[str]:
    """What the checks tell of a table with these rows, beside all others as they are."""
    content = io.StringIO()
    writer = csv.DictWriter(content, lines[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return checks.faults_of(table, content.getvalue().encode())


@pytest.mark.parametrize(("table", "where", "first", "words"), CASES, ids=[f"{case[0]}: {case[3]}" for case in CASES])
def test_a_value_of_the_first_edition_is_named(table, where, first, words):
    lines = rows(table)
    changed = [line for line in lines if cells(where).items() <= line.items()]
    for line in changed:
        line.update(cells(first))
    assert changed
    found = told(table, lines)
    assert any(words in line and ": row " in line for line in found), found


def test_a_vote_on_the_war_left_out_of_the_record_is_named():
    """The first edition had none of the yearly text on rights in Crimea; of one left out, its gap tells."""
    kept = [line for line in rows("unga_es11_resolutions") if line["resolution"] != "77/229"]
    assert any(
        "no text on rights in Crimea for the year before" in line for line in told("unga_es11_resolutions", kept)
    )


def test_a_roll_call_whose_title_names_the_war_is_in_the_record():
    lines = rows("unga_votes")
    next(line for line in lines if line["rcid"] == "20100")["title"] = "Territorial integrity of Ukraine"
    assert any("its title names the war" in line for line in told("unga_votes", lines))


def test_a_stretch_of_a_series_that_comes_twice_is_named():
    """Consumer prices of Belize from 2003 to 2005 were those of 2007 to 2009."""
    lines = rows("macro")
    prices = {line["year"]: line["cpi_inflation_pct"] for line in lines if line["iso3"] == "BLZ"}
    for line in lines:
        if line["iso3"] == "BLZ" and "2003" <= line["year"] <= "2005":
            line["cpi_inflation_pct"] = prices[str(int(line["year"]) + 4)]
    (fault,) = told("macro", lines)
    assert "cpi_inflation_pct" in fault
    assert "3 values from here come again from 2007" in fault
