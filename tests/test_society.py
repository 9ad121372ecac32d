"""Society chapter: numbers that are shown, counted again from the tables by another road."""

from math import isclose, sqrt

import pandas as pd
import pytest

from multivector import tables
from multivector.errors import NoData
from multivector.findings import Desk

SLAVS = ["Russians", "Ukrainians", "Belarusians"]


@pytest.fixture(scope="module")
def desk():
    return Desk("KAZ")


def rows(name):
    return tables.load(name).to_dict("records")


# Population


def test_census_of_2021_adds_up_exactly(desk):
    counts = {row["ethnic_group"]: row["persons"] for row in rows("census") if row["year"] == 2021}
    assert counts.pop("Total") == 19_186_015 == sum(counts.values()) == desk("society.persons_counted")


def test_own_language_never_exceeds_the_group():
    for row in rows("census"):
        if pd.notna(row["native_language_own"]):
            assert 0 < row["native_language_own"] <= row["persons"]


def test_slavic_share_of_2021_from_counts(desk):
    counts = {row["ethnic_group"]: row["persons"] for row in rows("census") if row["year"] == 2021}
    share = 100 * sum(counts[group] for group in SLAVS) / counts["Total"]
    assert isclose(desk("society.slavic_share", year=2021), share)
    assert round(share, 2) == 17.96


@pytest.mark.parametrize(("year", "expected"), [(1959, 52.1), (1989, 43.9), (1999, 34.4)])
def test_slavic_share_of_soviet_censuses_from_published_shares(desk, year, expected):
    assert round(desk("society.slavic_share", year=year), 1) == expected


def test_composition_is_the_sum_it_claims(desk):
    frame = desk("society.composition").set_index("year")
    assert frame.sum(axis=1).sub(100).abs().max() < 1e-9
    belarusians = next(r["persons"] for r in rows("census") if r["year"] == 2009 and r["ethnic_group"] == "Belarusians")
    total = next(r["persons"] for r in rows("census") if r["year"] == 2009 and r["ethnic_group"] == "Total")
    assert isclose(frame.loc[2009, "Belarusians"], 100 * belarusians / total)


def test_census_rows_have_a_count_or_a_share_never_both():
    for row in rows("census"):
        assert pd.isna(row["persons"]) != pd.isna(row["share_pct"])


def test_last_time_at_a_fifth(desk):
    assert desk("society.last_at_least") == "1 January 2022"
    assert desk("society.last_at_least", kind="census") == "2009"
    shares = {r["ethnic_group"]: r["share_pct"] for r in rows("ethnic_estimates") if r["date"] == "2022-01-01"}
    assert isclose(sum(shares[group] for group in SLAVS), desk("society.slavic_estimate", date="2022-01-01"))


def test_estimates_of_two_bases_are_never_mixed(desk):
    bases = {}
    for row in rows("ethnic_estimates"):
        bases.setdefault(row["date"], set()).add(row["base"])
    assert bases["2022-01-01"] == {"before_census"}
    assert all(kinds == {"census_2021"} for day, kinds in bases.items() if day > "2022-06")
    with pytest.raises(NoData, match="Belarusians"):
        desk("society.slavic_estimate", date="2023-04-30")


def test_two_counts_of_ukrainians(desk):
    counts = dict(zip(*desk("society.ukrainian_counts")[["when", "persons"]].to_dict("list").values(), strict=True))
    assert (counts["2021"], counts["1 January 2022"], counts["1 January 2024"]) == (387_327, 247_400, 375_900)
    assert isclose(desk("society.ukrainian_gap"), 100 * (387_327 - 247_400) / 247_400)


def test_fractionalisation_is_one_minus_sum_of_squares(desk):
    counts = [row["persons"] for row in rows("census") if row["year"] == 2021]
    total = max(counts)
    expected = 1 - sum((count / total) ** 2 for count in counts if count != total)
    assert isclose(desk("society.fractionalisation"), expected)


def test_sample_holds_few_ukrainians(desk):
    share = 387_327 / 19_186_015
    assert isclose(desk("society.ukrainians_in_sample", sample=1100), 1100 * share)
    assert isclose(desk("society.ukrainian_margin", sample=1100), 196 * sqrt(0.25 / (1100 * share)))
    needed = desk("society.sample_needed", margin=5)
    assert isclose(desk("society.ukrainian_margin", sample=needed), 5)


# Regions


def test_map_shows_only_comparable_rows(desk):
    frame = desk("society.russians_by_region")
    assert len(frame) == 20
    table = tables.load("region_ethnicity")
    for area in frame.dropna(subset="share_pct").itertuples():
        assert 2021 <= area.year <= 2023
        own = (
            (table["iso_3166_2"] == area.iso_3166_2)
            & (table["year"] == area.year)
            & (table["ethnic_group"] == "Russians")
        )
        row = table[own & ~table["base"].eq("before_census") & table["boundaries"].eq("present")].iloc[0]
        if pd.notna(row["share_pct"]):
            assert row["share_pct"] == area.share_pct
        else:
            people = tables.load("region_population").query(f"iso_3166_2 == '{area.iso_3166_2}' and date > '2023-05'")
            assert isclose(area.share_pct, 100 * row["persons"] / people["persons"].iloc[0])
    hatched = set(frame.loc[frame["share_pct"].isna(), "region"])
    assert {"Abai", "Jetisu", "Ulytau", "Karaganda", "East Kazakhstan", "Kostanay"} <= hatched


def test_regions_agree_with_the_map_layer():
    listed = {row["iso_3166_2"] for row in rows("kaz_region_list")}
    if "kaz_regions" in tables.names():
        assert listed == set(tables.load("kaz_regions")["iso_3166_2"])
    assert {row["iso_3166_2"] for row in rows("region_ethnicity")} <= listed


def test_language_beside_ethnicity(desk):
    frame = desk("society.language_and_ethnicity")
    assert "Almaty region" not in set(frame["region"])
    kostanay = frame.set_index("region").loc["Kostanay"]
    assert kostanay["russian_language"] == 46.9
    assert pd.isna(kostanay["russians"])
    errors = [abs(row.russian_language - row.russians) for row in frame.itertuples() if pd.notna(row.russians)]
    assert isclose(max(errors), desk("society.language_proxy_error", language="russian"))


# Evidence and statements


def test_incomplete_dates_count_from_their_last_day(desk):
    june = [row for row in rows("society_evidence") if row["date"] == "2023-06"]
    assert june
    assert not set(row["summary"] for row in june) & set(desk("society.society_record")["summary"])


def test_presenter_is_no_official(desk):
    assert desk("society.irredentist_count", office="lawmaker", subject="territory") == 3
    assert desk("society.irredentist_count", office="executive", subject="territory") == 0
    presenter = next(row for row in rows("irredentist_statements") if "Keosayan" in row["person"])
    assert presenter["office_kind"] == "none"


def test_no_survey_reports_ukrainians(desk):
    surveys = [row for row in rows("society_evidence") if row["kind"] == "survey"]
    assert len(surveys) >= 4
    assert desk("society.surveys_of_ukrainians") == sum(row["ukrainians_separate"] for row in surveys) == 0
