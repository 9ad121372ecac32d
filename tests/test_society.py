"""Society chapter: numbers that are shown, counted again from the tables by another road."""

from datetime import date
from math import isclose, sqrt

import pandas as pd
import pytest

from multivector.errors import NoData
from multivector.facts import tables
from multivector.facts.dates import first_day, known_by, last_day
from multivector.findings import Desk

KAZ = Desk("KAZ")
SLAVS = ["Russians", "Ukrainians", "Belarusians"]


def rows(name, where="index == index"):
    return tables.load(name).query(where).to_dict("records")


def census(year, column="persons", where="index == index"):
    """A census by group."""
    return tables.load("census").query("year == @year").query(where).set_index("ethnic_group")[column]


def test_census_of_2021_adds_up_exactly():
    counts = census(2021)
    assert counts["Total"] == 19_186_015 == counts.drop("Total").sum() == KAZ("society.persons_counted")
    share = 100 * counts[SLAVS].sum() / counts["Total"]
    assert isclose(KAZ("society.slavic_share", year=2021), share)
    assert round(share, 2) == 17.96
    assert isclose(KAZ("society.fractionalisation"), 1 - ((counts.drop("Total") / counts["Total"]) ** 2).sum())


def test_census_rows_have_a_count_or_a_share_and_speakers_never_exceed_the_group():
    table = tables.load("census")
    assert (table["persons"].isna() != table["share_pct"].isna()).all()
    known = table.dropna(subset="native_language_own")
    assert (known["native_language_own"].gt(0) & known["native_language_own"].le(known["persons"])).all()


@pytest.mark.parametrize(("year", "expected"), [(1959, 52.1), (1989, 43.9), (1999, 34.5)])
def test_slavic_share_of_soviet_censuses_from_published_shares(year, expected):
    assert round(KAZ("society.slavic_share", year=year), 1) == expected


def test_census_of_1989_has_two_versions_that_are_never_mixed():
    published = census(1989, where="version == 'published'")
    share = 100 * published[SLAVS].sum() / published["Total"]
    assert isclose(KAZ("society.slavic_share", year=1989, published=True), share)
    assert KAZ("society.slavic_share", year=1989) < share
    recalculated = census(1989, "share_pct", "version == 'recalculated'")
    shown, groups = KAZ("society.composition").set_index("year").loc[1989], ["Kazakhs", *SLAVS]
    assert (shown[groups] == recalculated[groups]).all()
    frame, counts = KAZ("society.composition").set_index("year"), census(2009)
    assert frame.sum(axis=1).sub(100).abs().max() < 1e-9
    assert isclose(frame.loc[2009, "Belarusians"], 100 * counts["Belarusians"] / counts["Total"])
    assert set(tables.load("census").query("version == 'recalculated'")["year"]) == {1989}


def test_last_time_at_a_fifth():
    assert KAZ("society.last_at_least") == "1 January 2021"
    assert KAZ("society.last_at_least", kind="census") == "2009"
    assert KAZ("society.last_at_least", share=17.9) == "2021", "the census was taken after the first day of its year"
    shares = tables.load("ethnic_estimates").query("date == '2021-01-01'").set_index("ethnic_group")["share_pct"]
    assert isclose(shares[SLAVS].sum(), KAZ("society.slavic_estimate", date="2021-01-01"))
    bases = tables.load("ethnic_estimates").groupby("date")["base"].agg(set)
    assert bases["2021-01-01"] == bases["2022-01-01"] == {"before_census"}
    assert all(kinds == {"census_2021"} for kinds in bases[bases.index > "2022-06"]), "two bases are never mixed"
    with pytest.raises(NoData, match="Belarusians"):
        KAZ("society.slavic_estimate", date="2023-03-01")


def test_the_draft_concept_does_not_fit_the_day_it_gives():
    """18.47 per cent of 19,122,000 is more than 3.4 million rounded up, so the shares are of an earlier day."""
    (draft,) = rows("ethnic_estimates", "source_id == 'G034' and ethnic_group == 'Russians'")
    counted = rows("ethnic_estimates", "source_id == 'G016'")[0]
    (total,) = rows("ethnic_estimates", "date == '2022-01-01' and ethnic_group == 'Total'")
    assert draft["date_stated"] == counted["date"] == "2022-01-01"
    assert draft["share_pct"] / 100 * total["persons"] > counted["persons"] + counted["rounded_to"] / 2
    assert draft["date"] == "2021-01-01"
    assert draft["dated_by"] == "inferred"
    highest = (3_450_000 + 247_450) / 19_121_500 * 100 + 0.26
    assert isclose(KAZ("society.slavic_ceiling"), highest)
    assert highest < 20


def test_release_of_april_2023_is_of_about_march():
    """The population it gives is reached about 1 March at the pace of 2022, not on 30 April."""
    (row,) = rows("ethnic_estimates", "date_stated == '2023-04-30' and ethnic_group == 'Total'")
    start, growth_of_2022 = 19_765_004, 261_845  # Zakon.kz, source G773
    months = (row["persons"] - start) / (growth_of_2022 / 12)
    assert 1.5 < months < 2.5
    assert row["date"] == "2023-03-01"


def test_two_counts_of_ukrainians():
    frame = KAZ("society.ukrainian_counts").set_index("when")
    assert list(frame.index[frame["basis"].str.endswith("later")]) == ["1 January 2024"]
    assert list(frame["persons"][["2021", "1 January 2022", "1 January 2024"]]) == [387_327, 247_400, 375_900]
    assert isclose(KAZ("society.ukrainian_gap"), 100 * (387_327 - 247_400) / 247_400)
    assert Desk("KAZ", date(2012, 1, 1))("society.ukrainian_counts")["basis"].str.endswith("later").all()


def test_sample_holds_few_ukrainians():
    share = 387_327 / 19_186_015
    assert isclose(KAZ("society.ukrainians_in_sample", sample=1100), 1100 * share)
    assert isclose(KAZ("society.ukrainian_margin", sample=1100), 196 * sqrt(0.25 / (1100 * share)))
    needed = KAZ("society.sample_needed", margin=5)
    assert isclose(KAZ("society.ukrainian_margin", sample=needed), 5)


def test_map_shows_only_comparable_rows():
    frame = KAZ("society.russians_by_region")
    assert len(frame) == 20
    table = tables.load("region_ethnicity").query("ethnic_group == 'Russians' and boundaries == 'present'")
    table = table[~table["base"].eq("before_census")].set_index(["iso_3166_2", "year"])
    people = tables.load("region_population").query("date > '2023-05'").set_index("iso_3166_2")["persons"]
    for area in frame.dropna(subset="share_pct").itertuples():
        assert 2021 <= area.year <= 2023
        row = table.loc[[(area.iso_3166_2, area.year)]].iloc[0]
        if pd.notna(row["share_pct"]):
            assert row["share_pct"] == area.share_pct
        else:
            assert isclose(area.share_pct, 100 * row["persons"] / people[[area.iso_3166_2]].iloc[0])
    hatched = set(frame.loc[frame["share_pct"].isna(), "region"])
    assert {"Abai", "Jetisu", "Ulytau", "Karaganda", "East Kazakhstan", "Kostanay"} <= hatched


def test_regions_agree_with_the_map_layer_and_years_of_documents_are_marked():
    table, listed = tables.load("region_ethnicity"), set(tables.load("kaz_region_list")["iso_3166_2"])
    assert listed == set(tables.load("kaz_regions")["iso_3166_2"]) >= set(table["iso_3166_2"])
    assert ((table["dated_by"] == "document") == (table["base"] == "not_stated")).all()


def test_language_beside_ethnicity():
    frame = KAZ("society.language_and_ethnicity").set_index("region")
    assert "Almaty region" not in frame.index
    assert frame.loc["Kostanay", "russian_language"] == 46.9
    assert pd.isna(frame.loc["Kostanay", "russians"])
    errors = (frame["russian_language"] - frame["russians"]).abs()
    assert isclose(errors.max(), KAZ("society.language_proxy_error", language="russian"))


def test_every_region_stands_once_by_its_russians_or_its_language():
    frame = KAZ("society.russians_and_language")
    shares = KAZ("society.russians_by_region").set_index("region")["share_pct"]
    assert sorted(frame["region"]) == sorted(shares.index)
    shown = frame.dropna(subset=["share_pct", "russian_language"], how="all")
    level = shown["share_pct"].fillna(shown["russian_language"])
    assert list(level) == sorted(level)
    assert list(shown.loc[shown["share_pct"].isna(), "region"]) == ["Kostanay"]
    assert KAZ("society.regions_above") == 3 == (frame["share_pct"] > 20).sum()
    assert KAZ("society.regions_above_list") == "Akmola, Pavlodar, North Kazakhstan"


def test_incomplete_dates_count_from_their_last_day():
    frame = pd.DataFrame({"date": ["2023", "2023-06", "2023-06-08", "2023-05"]})
    assert list(known_by(frame, date(2023, 6, 8))["date"]) == ["2023-06-08", "2023-05"]
    reported = pd.DataFrame({"date": ["2022", "2022", "2022"], "published": ["2023-08", "2023-06-08", None]})
    assert list(known_by(reported, date(2023, 6, 8)).index) == [1, 2]


def test_separatism_cases_before_the_forum():
    cases = tables.load("society_evidence").query("kind == 'court_case'")
    assert set(cases["topic"]) == {"separatism"}
    known = cases[cases["published"].fillna(cases["date"]).str.ljust(10, "~") <= "2023-06-08"]
    assert (len(cases), len(known)) == (5, 2), "two were reported after the day, one may be of June"
    assert KAZ("society.evidence_count", kind="court_case", topic="separatism") == len(known)
    assert KAZ("society.persons_in_separatism_cases") == known["persons_charged"].astype(int).sum() == 5
    assert Desk("KAZ", date(2023, 12, 31))("society.persons_in_separatism_cases") == 9


def test_only_what_compares_slavs_bears_on_friction():
    for row in rows("society_evidence", "bears != 'neither'"):
        assert sum(group in row["compares"] for group in SLAVS) >= 2, row["summary"]
    assert KAZ("society.comparisons_of_slavs") == 0
    assert Desk("KAZ", date(2024, 12, 31))("society.comparisons_of_slavs") == 2
    assert KAZ("society.evidence_count", bears="for") == 0
    assert KAZ("society.evidence_count", bears="against") == 0


def test_no_survey_reports_ukrainians():
    surveys = tables.load("society_evidence").query("kind == 'survey'")["ukrainians_separate"]
    assert len(surveys) >= 4
    assert KAZ("society.surveys_of_ukrainians") == surveys.sum() == 0


@pytest.mark.parametrize("name", ["society_evidence", "irredentist_statements", "irredentism_reactions"])
def test_nothing_is_reported_before_it_happened(name):
    for row in tables.load(name).dropna(subset="published").itertuples():
        assert first_day(row.date) <= last_day(row.published), row


def test_every_poll_has_days_of_fieldwork_one_sample_and_answers_below_the_whole():
    polls = tables.load("polls")
    assert (polls.groupby(["poll", "respondents", "question"])["share_pct"].sum() <= 100.1).all()
    assert (polls.groupby("poll")[["fieldwork_start", "fieldwork_end"]].nunique() == 1).all(axis=None)
    assert (polls.groupby("poll")["sample_size"].nunique(dropna=False) == 1).all()
    assert (polls["fieldwork_start"].map(first_day) <= polls["fieldwork_end"].map(last_day)).all()


def test_sides_are_pivoted_without_loss():
    frame = KAZ("society.poll_sides")
    told = rows("polls", "answer in ['sides with Russia', 'sides with Ukraine', 'supports the war']")
    assert sorted(frame[["Russia", "Ukraine"]].stack().dropna()) == sorted(row["share_pct"] for row in told)
    assert set(frame.loc[frame["Ukraine"].isna(), "poll"]) == {"KSE and Gradus"}


def test_lawmakers_are_counted_by_person():
    kept = rows("irredentist_statements", "office_kind == 'lawmaker' and subject == 'territory'")
    early = [r for r in kept if last_day(r["date"]) <= date(2023, 6, 8) and r["authorship"] == "undisputed"]
    assert KAZ("society.irredentist_persons") == len({r["person"] for r in early}) == 4
    assert KAZ("society.irredentist_count", office="lawmaker", subject="territory") == len(early) == 6
    assert KAZ("society.irredentist_count", office="executive", subject="territory") == 0
    idle = {r["person"] for r in rows("irredentist_statements", "office_kind == 'none'")}
    assert KAZ("society.irredentist_persons", office="none", subject="threat") == len(idle)


def test_what_came_after_the_forum_is_not_in_the_record():
    early, late = KAZ("society.irredentist_record"), KAZ("society.irredentist_record", later=True)
    assert len(early) + len(late) == len(rows("irredentist_statements"))
    assert list(late["person"]) == ["Pyotr Tolstoy"]
    idle = rows("irredentist_statements", "person.str.contains('Keosayan|Drobnitsky')")
    assert [row["office_kind"] for row in idle] == ["none", "none"], "who holds no office is no official"


def test_reactions_of_the_deputy_minister_and_the_president_are_counted():
    days = {row["date"] for row in rows("irredentism_reactions")}
    assert {"2022-04-27", "2022-06-17", "2022-11-23"} <= days
    assert KAZ("society.reaction_count") == sum(day <= "2023-06-08" for day in days) == 8
