"""Every finding answers for unlike states, or says in words why it cannot."""

from datetime import datetime

import pandas as pd
import pytest
from byhand import MEMBERS, value_or_reason

from multivector.errors import BookError, NoData
from multivector.findings import Desk, every

FOLLOWING = [one.name for one in every() if one.follows]
GIVEN = {f"vectors.{name}": {"organisation": "SCO"} for name in ("joined", "status")} | {
    f"vectors.{name}": {"partner": "RUS"}
    for name in ("shared_with", "overlap_with", "overlap_as_close", "cow_overlap", "cow_as_close", "trade_share")
}
"""What a finding cannot do without."""
STATES = ["KAZ", "UZB", "RUS", "USA", "FRA", "SSD", "TUV", "VEN", "PLW"]
MORE = [pytest.param(iso3, marks=pytest.mark.nightly) for iso3 in ("AZE", "MNG", "CHN", "PRK", "KIR", "FJI", "MLT")]
CHEAP = [
    *("order.focus_name", "order.war_sentence", "order.sides_answer", "order.ideal_gaps"),
    *("war.inflation", "war.inflation_pairs", "war.peers_compared", "war.eu_export_growth"),
]


def test_the_first_paragraph_of_every_docstring_is_whole_sentences():
    """It is printed in the list of findings and where a number is opened."""
    assert not [one.name for one in every() if one.meaning[-1:] not in (".", "?") and not one.meaning.endswith('."')]
    assert not [one.name for one in every() if ":func:" in one.meaning]


def test_no_reader_meets_the_marks_of_a_docstring(site):
    for page in ("data", "order", "society"):
        text = (site / f"chapters/{page}.html").read_text("utf-8")
        assert "``" not in text, page
    assert "agree less with <code>partner</code> than" in (site / "chapters/data.html").read_text("utf-8")


@pytest.mark.parametrize("iso3", [*STATES, *MORE])
def test_every_finding_that_follows_the_state_answers_or_says_why_not(iso3):
    desk = Desk(iso3)
    for name in FOLLOWING:
        answer = value_or_reason(desk, name, **GIVEN.get(name, {}))
        assert isinstance(answer, pd.DataFrame | pd.Series) or answer not in (None, ""), name


@pytest.mark.parametrize("name", CHEAP)
def test_every_member_has_an_answer_or_a_reason_that_names_it(name):
    silent = []
    for iso3, state in MEMBERS.items():
        try:
            answer = Desk(iso3)(name)
            assert isinstance(answer, pd.DataFrame) or answer not in (None, ""), iso3
        except NoData as reason:
            silent.append((state, str(reason)))
    assert all(state in reason for state, reason in silent)
    assert len(silent) < 25


def test_a_body_with_the_code_of_a_state_is_not_called_by_its_name():
    with pytest.raises(NoData, match="^Germany has no standing in NAM$"):
        Desk("DEU")("vectors.joined", organisation="NAM")


@pytest.mark.parametrize("day", ["2022-02-24", None, datetime(2023, 6, 8)])
def test_a_day_that_is_no_date_is_told_so_and_not_blamed_on_a_table(day):
    with pytest.raises(BookError, match=r"expected such as date\(2023, 6, 8\)"):
        Desk("KAZ", day)


def test_an_argument_that_no_table_knows_is_blamed_and_no_table():
    with pytest.raises(BookError, match="'Hansa'.*look at its arguments$"):
        Desk()("vectors.status", organisation="Hansa")
