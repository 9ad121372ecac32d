"""The little language of references and conditions: what it understands, and that it executes nothing."""

from __future__ import annotations

import pytest

from multivector import findings
from multivector.errors import BookError
from multivector.findings import Desk
from multivector.ledger import expressions


@pytest.fixture
def desk():
    return Desk("KAZ")


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
def test_conditions_mean_what_they_say(condition, truth, desk):
    assert expressions.holds(condition, desk) is truth


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
        (2021, "year", 0, "", "2021"),
        (17.957, "%", 2, "| bare | digits=1", "18.0"),
    ],
)
def test_numbers_are_shown_with_unit_and_rounding(value, unit, digits, options, expected, monkeypatch, desk):
    found = findings.Finding("war.sample", lambda: value, unit, digits, True)
    monkeypatch.setitem(findings._REGISTRY, "war.sample", found)
    findings.forget()
    assert expressions.shown(f"war.sample {options}", desk) == expected
    findings.forget()


def test_no_data_is_said_in_words(monkeypatch, desk):
    def missing():
        raise findings.NoData("no census of this state")

    monkeypatch.setitem(findings._REGISTRY, "war.sample", findings.Finding("war.sample", missing, "", 0, False))
    findings.forget()
    assert expressions.shown("war.sample", desk) == "no data (no census of this state)"
    findings.forget()


def test_unknown_option_is_refused(desk):
    with pytest.raises(BookError, match="option"):
        expressions.shown("order.focus_name | loud", desk)


def test_filling_replaces_each_placeholder(monkeypatch, desk):
    monkeypatch.setitem(findings._REGISTRY, "war.sample", findings.Finding("war.sample", lambda: 3, "Mt", 0, True))
    findings.forget()
    assert expressions.filled("It is {war.sample}, not {war.sample | bare}.", desk) == "It is 3\u00a0Mt, not 3."
    findings.forget()


# --- how far a condition is from turning ----------------------------------------------------------------------------


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


def test_rows_of_a_frame_are_listed_with_the_columns_that_are_named(desk):
    told = expressions.shown("war.eu_export_changes | each=iso3 gain_bn:+.1f", desk)
    assert told.startswith("RUS \N{MINUS SIGN}34.2; KGZ +0.9; "), told
    with pytest.raises(BookError, match="no column 'gain'; expected iso3, name, gain_bn"):
        expressions.shown("war.eu_export_changes | each=iso3 gain", desk)
    with pytest.raises(BookError, match="'RUS' cannot be written as '.1f'"):
        expressions.shown("war.eu_export_changes | each=iso3:.1f", desk)
    with pytest.raises(BookError, match="option 'each'"):
        expressions.shown("war.eu_export_changes | each", desk)
    with pytest.raises(BookError, match="yields a DataFrame"):
        expressions.shown("war.eu_export_changes", desk)
