"""The little language of references and conditions: what it understands, and that it executes nothing."""

import pandas as pd
import pytest

from multivector import findings
from multivector.errors import BookError
from multivector.findings import Desk
from multivector.ledger import expressions

DESK = Desk("KAZ")


@pytest.fixture
def sample(monkeypatch):
    """Makes the finding ``war.sample`` for one test."""

    def made(compute, unit: str = "", digits: int = 0) -> None:
        monkeypatch.setitem(findings._of("war"), "war.sample", findings.Finding("war.sample", compute, unit, digits))
        findings.forget()

    yield made
    findings.forget()


@pytest.mark.parametrize(
    ("condition", "truth"),
    [
        ("1 + 1 == 2", True),
        ("2 * 3 - 1 > 5", False),
        ("1 < 2 < 3", True),
        ("not 1 > 2 and abs(-3) == 3", True),
        ("'a' == \"a\" or 1 > 2", True),
        ("1 / 4 <= 0.25", True),
    ],
)
def test_conditions_mean_what_they_say(condition, truth):
    assert expressions.holds(condition, DESK) is truth


def test_references_are_found_as_written():
    text = "society.slavic_share(year=2021) <= 20 and not order.gap > 1 + society.slavic_share(year=2021)"
    assert expressions.references(text) == ["society.slavic_share(year=2021)", "order.gap"]


@pytest.mark.parametrize(
    ("value", "unit", "digits", "options", "expected"),
    [
        (17.957, "%", 2, "", "17.96%"),
        (1234567.8, "km", 0, "", "1,234,568\u00a0km"),
        (-0.04, "", 1, "", "0.0"),
        (-3.25, "", 1, "", "−3.2"),
        (5, "", 0, "| words", "five"),
        (121.2, "%", 0, "| sign", "+121%"),
        (1, "", 0, "| sign", "+1"),
        (-1, "", 0, "| sign", "\u22121"),
        *((nothing, "", 0, "| sign", "0") for nothing in (0, 0.4, -0.4)),
        (2021, "year", 0, "", "2021"),
        (17.957, "%", 2, "| bare | digits=1", "18.0"),
    ],
)
def test_numbers_are_shown_with_unit_and_rounding(value, unit, digits, options, expected, sample):
    sample(lambda: value, unit, digits)
    assert expressions.shown(f"war.sample {options}", DESK) == expected


def test_no_data_is_said_in_words(sample):
    def missing():
        raise findings.NoData("no census of this state")

    sample(missing)
    assert expressions.shown("war.sample", DESK) == "no data (no census of this state)"


@pytest.mark.parametrize("missing", [float("nan"), pd.NA])
def test_a_missing_number_is_no_number(missing, sample):
    sample(lambda: missing)
    assert expressions.shown("war.sample", DESK) == "no data (war.sample has no number)"
    with pytest.raises(findings.NoData):
        expressions.holds("not war.sample > 3", DESK)


def test_filling_replaces_each_placeholder(sample):
    sample(lambda: 3, "Mt")
    assert expressions.filled("It is {war.sample}, not {war.sample | bare}.", DESK) == "It is 3\u00a0Mt, not 3."


class Fixed:
    """A desk with one number."""

    def __call__(self, name: str, **given):
        return 3.5


def test_margins_say_where_each_comparison_turns():
    condition = 'society.slavic_share(year=2021) >= 2 and not 1 > 2 and 7 / 2 < 4 and "a" == "a"'
    first, second = expressions.margins(condition, Fixed())
    assert (first.compared, first.now, first.turns) == ("society.slavic_share(year=2021)", "3.50%", "below 2.00%")
    assert first.room == pytest.approx(1.5 / 3.5)
    assert (second.compared, second.now, second.turns) == ("7 / 2", "3.5", "at 4")


def test_a_half_of_a_count_is_not_rounded():
    (margin,) = expressions.margins("society.reaction_count > 7 / 2", Fixed())
    assert margin.limit == "3.5"


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("society.a(year=2022) >= 2", [2]),
        ("society.a == 0 and society.b >= 1", []),
        ("society.a > society.b / 10", [10]),
        ('society.a(x="b", y=True) == "c" and not society.d', []),
    ],
)
def test_limits_are_numbers_other_than_nothing_and_one(condition, found):
    assert expressions.limits(condition) == found


def test_rows_of_a_frame_are_listed_with_the_columns_that_are_named():
    told = expressions.shown("war.eu_export_changes | each=iso3 gain_bn:+.1f", DESK)
    assert told.startswith("RUS \N{MINUS SIGN}34.2; KGZ +0.9; "), told


@pytest.mark.parametrize(
    ("reference", "told"),
    [
        ("war.eu_export_changes | each=iso3 gain", "no column 'gain'; expected iso3, name, gain_bn"),
        ("war.eu_export_changes | each=iso3:.1f", "'RUS' cannot be written as '.1f'"),
        ("war.eu_export_changes | each", "option 'each'"),
        ("war.eu_export_changes", "yields a DataFrame"),
        ("order.focus_name | loud", "option 'loud'"),
    ],
)
def test_what_cannot_be_shown_is_refused(reference, told):
    with pytest.raises(BookError, match=told):
        expressions.shown(reference, DESK)
