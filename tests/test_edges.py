"""Rules at their edges, where today's data never stand: a bar's length, nothing, an open end."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from multivector.cite import citing, formats
from multivector.errors import NoData
from multivector.facts import dates, quotes, rows
from multivector.findings import Desk
from multivector.ledger import claims, expressions, focus
from multivector.look import figures, maps


def test_a_date_in_ris_is_year_month_day():
    item = {"id": "x", "type": "book", "title": "T", "issued": {"date-parts": [[2023, 6, 8]]}}
    assert "\r\nDA  - 2023/06/08\r\n" in formats.ris(item)


@pytest.mark.parametrize("kind", ["claim", "quote", "figure", "table", "dataset"])
def test_what_stands_on_a_page_has_its_own_address(kind):
    part = citing.Part(kind, "x-1", "Title", "chapters/war")
    assert citing.address(part, "https://book.example") == "https://book.example/chapters/war.html#x-1"


@pytest.mark.parametrize(("page", "lines"), [("5–9", ["SP  - 5", "EP  - 9"]), ("5", ["SP  - 5"])])
def test_pages_in_ris_have_a_first_and_a_last(page, lines):
    record = formats.ris({"id": "x", "type": "book", "title": "T", "page": page})
    assert [line for line in record.split("\r\n") if line[:2] in ("SP", "EP")] == lines


def test_a_scale_bar_is_as_long_as_it_says():
    _, ax = figures.canvas(height=2)
    maps.base(ax, maps.KAZAKHSTAN)
    before = len(ax.lines)
    maps.scale_bar(ax, 300)
    low, high = ax.lines[before].get_xdata()
    assert high - low == pytest.approx(300_000)
    assert "300 km" in [text.get_text() for text in ax.texts]


def test_a_ring_is_as_far_from_the_centre_as_it_says():
    _, ax = figures.canvas(height=2)
    maps.base(ax, maps.disc(71, 51, 3000))
    before = set(ax.patches)
    maps.rings(ax, [1000, 2000])
    drawn = sorted(ring.get_radius() for ring in ax.patches if ring not in before)
    assert drawn == pytest.approx([1_000_000, 2_000_000])
    assert [text.get_text() for text in ax.texts] == ["1,000 km", "2,000 km"]


def test_a_state_too_small_to_see_gets_a_dot_where_it_lies():
    _, ax = figures.canvas(height=2)
    maps.categories(ax, pd.Series("told", ["LUX", "SGP", "KAZ", "LTU"]), {"told": "c1"})
    dots = [place for points in ax.collections for place in points.get_offsets()]
    assert len(dots) == 2, "Lithuania is drawn, Luxembourg would not be seen"
    for lon, lat in ((6.1, 49.8), (103.8, 1.35)):
        assert min(np.hypot(*(place - maps.WORLD.xy(lon, lat)[0])) for place in dots) < 60_000


def test_words_before_a_quotation_keep_a_blank_to_it():
    row = {"prefix": "He said", "exact": "one two", "restored": "one two"}
    assert quotes._selectors(row)[0]["prefix"] == "He said "


@pytest.mark.parametrize(("text", "last"), [("2023-06/..", date.max), ("2015-03/2015-04", date(2015, 4, 30))])
def test_a_source_can_have_been_written_up_to_its_last_day(text, last):
    assert dates.latest(text) == last


def test_the_day_of_judgement_itself_counts():
    frame = pd.DataFrame({"date": ["2023-06-08", "2023-06", "2023-06-09"]})
    assert list(dates.known_by(frame, date(2023, 6, 8))["date"]) == ["2023-06-08"]
    assert list(dates.past(frame, date(2023, 6, 8))["date"]) == ["2023-06-08"]
    assert list(dates.past(frame, date(2023, 6, 8), later=True)["date"]) == ["2023-06", "2023-06-09"]
    assert list(dates.begun_by(frame, date(2023, 6, 8))["date"]) == ["2023-06-08", "2023-06"]


def test_rows_are_picked_by_one_value_or_several_and_an_empty_cell_is_no_answer():
    frame = pd.DataFrame({"iso3": ["KAZ", "UZB", "KGZ"], "km": [None, 7.0, 5.0]})
    assert list(rows.where(frame, iso3=("UZB", "KGZ"), km=5)["iso3"]) == ["KGZ"]
    assert rows.cell(frame, "km", "no length", iso3="UZB") == 7
    for without in ("KAZ", "MNG"):
        with pytest.raises(NoData, match="no length"):
            rows.cell(frame, "km", "no length", iso3=without)


def test_those_that_tie_share_the_better_rank():
    assert [rows.rank(pd.Series({"a": 3, "b": 5, "c": 3}), key, "not there") for key in "abc"] == [2, 1, 2]


def test_a_figure_of_the_year_goes_before_one_derived_from_the_next():
    frame = pd.DataFrame({"year": [2023, 2022], "mt": [12.0, 9.0], "change_pct": [20.0, None]})
    assert rows.of_year(frame, "mt", 2022, "no freight") == [9, 10]
    with pytest.raises(NoData, match="no freight"):
        rows.of_year(frame, "mt", 2020, "no freight")


def test_a_claim_with_one_national_finding_among_others_is_national():
    """One part about Kazakhstan alone is enough: such a test cannot be put to another state."""
    national, other = 0, 0
    for claim in (one for one in claims.ledger() if one.condition):
        used = [expressions.finding_of(one) for one in expressions.references(claim.condition)]
        if any(one.follows for one in used) and not all(one.follows or one.anywhere for one in used):
            national += focus.is_national(claim)
            other += not focus.is_national(claim)
    assert national > 10
    assert not other


def test_a_finding_asked_of_another_state_asks_all_that_it_needs_of_it():
    other = Desk("UZB")
    assert Desk()("war.price_jump", focus="UZB") == other("war.price_jump")
    assert np.isclose(Desk()("global_south.share", focus="UZB"), other("global_south.share"))
