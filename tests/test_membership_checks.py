"""What cannot have been so: each rule of the memberships, shown red by one broken row."""

import byhand
import pytest

from multivector.checks import package as checks

HEADER, *ROWS = byhand.records("memberships")


def faults_with(**cells: str) -> list[str]:
    """Faults of the book's table with its Kazakh row of the Shanghai Cooperation Organisation changed, but for totals."""
    rows = [dict(zip(HEADER, row, strict=True)) for row in ROWS]
    changed = [row | cells if (row["iso3"], row["organisation"]) == ("KAZ", "SCO") else row for row in rows]
    lines = checks.faults_of("memberships", byhand.as_csv([HEADER, *([*row.values()] for row in changed)]))
    return [line for line in lines if "membership_totals" not in line]


def test_a_membership_too_few_breaks_a_published_total():
    fewer = [row for row in ROWS if row[:2] != ["KAZ", "SCO"]]
    lines = checks.faults_of("memberships", byhand.as_csv([HEADER, *fewer]))
    assert lines
    assert all(line.startswith("data/membership_totals.csv: row ") and " in SCO on " in line for line in lines)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"since": "1996"}, "lies before 2001-06-15, when SCO was founded"),
        ({"since": "", "attested": "2000-12"}, "column attested: value '2000-12': lies before 2001-06-15"),
        ({"organisation": "UN", "since": "1990"}, "lies before 1991, when KAZ came into being"),
        ({"until": "2000"}, "column until: value '2000': lies before since '2001-06-15'"),
        ({"since": "", "attested": "2005", "until": "2004-12"}, "lies before attested '2005'"),
        ({"organisation": "OTS"}, "overlaps the standing of row"),
        ({"organisation": "OTS", "status": "observer", "since": "2009-10-02"}, "overlaps the standing of row"),
        ({"source_id": "D03", "since": "2002", "note": ""}, "begins no spell in igo_starts"),
        ({"source_id": "G046", "since": "2019-10-15"}, "is later than its source G046 of 2019-10"),
    ],
)
def test_each_rule_names_row_column_value_and_what_to_do(cells, expected):
    line = next(line for line in faults_with(**cells) if expected in line)
    assert line.startswith("data/memberships.csv: row ")
    assert line.endswith("; correct the cell")
    assert line.count("\n") == 0


@pytest.mark.parametrize(
    "cells",
    [
        {"status": "signatory", "since": "2001-01-01"},  # before the founding, beside the membership that came of it
        {"source_id": "G046", "since": "2019-10-15", "note": "Announced for that day"},  # an older source may announce
        {"source_id": "S01", "since": "2023-06-20"},  # published 2023-06/..: still kept up, it may tell of any day
        {"since": "2001"},  # a year of founding leaves its year open
    ],
)
def test_what_may_be_so_is_no_fault(cells):
    assert faults_with(**cells) == []
