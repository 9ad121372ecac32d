"""Votes, ideal points and sizes: each number once more, by another way than the book's."""

import importlib.util
from collections import Counter
from datetime import date
from functools import cache

import pandas as pd
import pytest

from multivector import paths, tables
from multivector.errors import NoData
from multivector.findings import Desk, every

KAZ = Desk("KAZ")
MEMBERS = sorted(tables.load("states").query("kind == 'un_member'")["iso3"])


def _script(name):
    spec = importlib.util.spec_from_file_location(name, paths.DERIVE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# ---------------------------------------------------------------- the tables


def test_every_roll_call_has_one_letter_per_member():
    votes = tables.load("unga_votes")
    assert set(votes["votes"].str.len()) == {len(MEMBERS)}
    assert set("".join(votes["votes"])) == set("YNA.")


def test_no_member_votes_before_it_joined():
    """South Sudan joined in July 2011, Montenegro in June 2006, Timor-Leste in September 2002."""
    for iso3, joined in (("SSD", "2011-07-14"), ("MNE", "2006-06-28"), ("TLS", "2002-09-27")):
        place = MEMBERS.index(iso3)
        cast = [row.date for row in tables.load("unga_votes").itertuples() if row.votes[place] != "."]
        assert min(cast) >= joined, iso3


def test_votes_are_derived_letter_by_letter():
    votes = pd.DataFrame(
        [(2, "KAZ", "Y"), (2, "RUS", "N"), (1, "USA", "A"), (1, "CSK", "Y")], columns=["rcid", "iso3", "vote"]
    )
    calls = pd.DataFrame(
        {"rcid": [2, 1], "session": [47.0, 46.0], "date": ["1992-09-02", "1992-08-03"], "unres": ["R/2", None]}
        | {"amend": [None, 1.0], "para": [1.0, None]}
    )
    made = _script("unga_votes").derive(votes, calls, ["KAZ", "RUS", "USA"])
    assert made["votes"].tolist() == ["..A", "YN."]
    assert made["amend"].tolist() == ["true", "false"]
    assert made["para"].tolist() == ["false", "true"]


def test_ideal_points_and_capabilities_keep_known_states_only():
    upstream = pd.DataFrame({"iso3": ["KAZ", "XXX"], "year": [2020, 2020], "cinc": [0.5, 0.1]})
    assert _script("cinc").derive(upstream, {"KAZ"})["iso3"].tolist() == ["KAZ"]
    script = _script("unga_idealpoints")
    wide = upstream.assign(**{name: 1.234567 for name in script.COLUMNS})
    made = script.derive(wide.assign(nvotesfp=3.0, nvotesall=None), {"KAZ"})
    assert made["idealpoint_fp"].tolist() == [1.23457]
    assert made["nvotes_fp"].tolist() == [3]


def test_commitments_become_spells():
    years = pd.DataFrame({"partner_iso3": "UZB", "year": [1992, 1993, 1995], "atop_defense": [1, 1, 1]})
    years = years.assign(atop_offense=0, atop_neutral=0, atop_nonagg=0, atop_consul=[0, 1, 0])
    made = _script("atop").derive(years)
    assert made.to_numpy().tolist() == [
        ["UZB", "consultation", 1993, 1993],
        ["UZB", "defence", 1992, 1993],
        ["UZB", "defence", 1995, 1995],
    ]


def test_capabilities_are_shares_of_the_world():
    assert tables.load("cinc").groupby("year")["cinc"].sum().between(0.99, 1.02).all()


# ---------------------------------------------------------------- agreement


@cache
def _roll_calls(year):
    return [row for row in tables.load("unga_votes").itertuples() if row.date[:4] == str(year)]


def _by_hand(first, second, year):
    """Agreement, identical share and joint votes, by a plain loop over the roll calls."""
    here, there, points, same, joint = MEMBERS.index(first), MEMBERS.index(second), 0.0, 0, 0
    for row in _roll_calls(year):
        pair = row.votes[here] + row.votes[there]
        if "." not in pair:
            joint += 1
            same += pair[0] == pair[1]
            points += 1 if pair[0] == pair[1] else 0.5 if "A" in pair else 0
    return points / joint, same / joint, joint


@pytest.mark.parametrize("partner", ["RUS", "CHN", "USA", "POL", "TKM"])
@pytest.mark.parametrize("year", [1993, 2014, 2019])
def test_agreement_recomputed_by_hand(partner, year):
    agreement, identical, joint = _by_hand("KAZ", partner, year)
    assert KAZ("order.agreement", partner=partner, year=year) == pytest.approx(agreement)
    assert KAZ("order.agreement", partner=partner, year=year, definition="identical") == pytest.approx(identical)
    assert KAZ("order.joint_votes", partner=partner, year=year) == joint


@pytest.mark.parametrize(
    ("year", "expected"), [(1993, (0.81, 0.78, 0.45)), (2014, (0.79, 0.91, 0.31)), (2019, (0.76, 0.88, 0.21))]
)
def test_agreement_equals_published_extract(year, expected):
    found = tuple(KAZ("order.agreement", partner=partner, year=year) for partner in ("RUS", "CHN", "USA"))
    assert found == pytest.approx(expected, abs=0.006)


def test_rank_and_median_recomputed_by_hand():
    scores = {}
    for other in MEMBERS:
        if other != "KAZ":
            try:
                agreement, _, joint = _by_hand("KAZ", other, 2019)
            except ZeroDivisionError:
                continue
            if joint >= 20:
                scores[other] = agreement
    assert KAZ("order.agreement_ranked") == len(scores)
    assert KAZ("order.agreement_rank", partner="RUS") == 1 + sum(score > scores["RUS"] for score in scores.values())
    assert KAZ("order.agreement_median") == pytest.approx(pd.Series(scores).median())


def test_partner_median_is_the_median_seen_from_the_partner():
    assert KAZ("order.partner_median", partner="RUS") == pytest.approx(Desk("RUS")("order.agreement_median"))


def test_agreement_is_symmetric():
    assert KAZ("order.agreement", partner="RUS") == pytest.approx(Desk("RUS")("order.agreement", partner="KAZ"))


# ---------------------------------------------------------------- ideal points


def test_both_ideal_point_series_and_their_disagreement():
    rows = tables.load("unga_idealpoints")
    rows = {(row.iso3, row.year): row for row in rows[rows["iso3"].isin(["KAZ", "RUS"])].itertuples()}
    every = abs(rows["KAZ", 2023].idealpoint_all - rows["RUS", 2023].idealpoint_all)
    final = abs(rows["KAZ", 2023].idealpoint_fp - rows["RUS", 2023].idealpoint_fp)
    assert (round(every, 2), round(final, 2)) == (0.73, 0.05)
    assert KAZ("order.ideal_gap", series="all") == pytest.approx(every)
    assert KAZ("order.ideal_gap", series="fp") == pytest.approx(final)
    gaps = KAZ("order.ideal_gaps").set_index("year").loc[2023]
    assert (gaps["gap_all"], gaps["gap_fp"]) == pytest.approx((every, final))


def test_russia_moved_more_in_both_series():
    for series in ("all", "fp"):
        moves = [KAZ("order.ideal_change", state=state, series=series) for state in ("KAZ", "RUS")]
        share = 100 * abs(moves[1]) / (abs(moves[0]) + abs(moves[1]))
        assert KAZ("order.partner_share_of_movement", series=series) == pytest.approx(share)
        assert share > 50
    assert KAZ("order.ideal_sentence") == "most of the movement was Russia's"


def test_the_median_states_gap_recomputed_by_hand():
    for year in (2021, 2023):
        rows = {row.iso3: row for row in tables.load("unga_idealpoints").itertuples() if row.year == year}
        gaps = [abs(row.idealpoint_fp - rows["RUS"].idealpoint_fp) for iso3, row in rows.items() if iso3 != "RUS"]
        found = KAZ("order.ideal_gap_median", year=year, series="fp")
        assert found == pytest.approx(pd.Series(gaps).median())


# ---------------------------------------------------------------- the resolutions on Ukraine


@pytest.mark.parametrize("resolution", ["68/262", "ES-11/1", "ES-11/3", "ES-11/4", "ES-11/7", "ES-11/8"])
def test_rows_add_up_to_the_official_tally(resolution):
    official = tables.load("unga_es11_resolutions").set_index("resolution").loc[resolution]
    counted = Counter(row.vote for row in tables.load("unga_es11_votes").itertuples() if row.resolution == resolution)
    for vote in ("for", "against", "abstain"):
        assert counted[vote] == official[vote], vote
        assert KAZ("order.es11_counted", resolution=resolution, vote=vote) == official[vote]
    assert sum(counted.values()) == len(MEMBERS)


@pytest.mark.parametrize("resolution", ["ES-11/2", "ES-11/5", "ES-11/6", "CoE 2023"])
def test_incomplete_rolls_stay_within_the_official_tally(resolution):
    official = tables.load("unga_es11_resolutions").set_index("resolution").loc[resolution]
    counted = Counter(row.vote for row in tables.load("unga_es11_votes").itertuples() if row.resolution == resolution)
    assert all(counted[vote] <= official[vote] for vote in ("for", "against", "abstain"))


def test_crimea_vote_is_the_same_in_both_tables():
    roll = tables.load("unga_votes").query("unres == 'R/68/262'")["votes"].item()
    letters = {"for": "Y", "against": "N", "abstain": "A", "not_voting": "."}
    for row in tables.load("unga_es11_votes").query("resolution == '68/262'").itertuples():
        assert roll[MEMBERS.index(row.iso3)] == letters[row.vote], row.iso3


def test_unknown_votes_are_marked_undecided_and_only_they():
    rows = tables.load("unga_es11_votes")
    assert ((rows["vote"] == "unknown") == (rows["basis"] == "undecided")).all()


def test_the_sentence():
    assert KAZ("order.es11_sentence") == "abstained five times, voted against once, and voted for the April 2023 text"
    mine = tables.load("unga_es11_votes").query("iso3 == 'KAZ'").set_index("resolution")["vote"]
    assert [mine[f"ES-11/{number}"] for number in range(1, 7)].count("abstain") == 5
    assert mine[["ES-11/3", "CoE 2023", "68/262"]].tolist() == ["against", "for", "abstain"]


def test_the_sentence_follows_the_day_and_the_state():
    early = Desk("KAZ", date(2022, 4, 8))
    assert early("order.es11_sentence") == "abstained twice, and voted against once"
    assert Desk("MNG")("order.es11_sentence") == "abstained six times (not known: the vote on the April 2023 text)"
    with pytest.raises(NoData):
        Desk("KAZ", date(2022, 1, 1))("order.es11_sentence")


def test_matrix_marks_what_is_inferred_unknown_and_later():
    grid = Desk("UZB")("order.es11_matrix").set_index(["iso3", "resolution"])
    assert grid.index[0][0] == "UZB"
    assert grid.loc[("UZB", "ES-11/2"), "basis"] == "inferred"
    assert grid.loc[("TKM", "CoE 2023"), ["letter", "basis"]].tolist() == ["?", "unknown"]
    later = grid.reset_index().query("later")["resolution"].unique()
    assert sorted(later) == ["ES-11/7", "ES-11/8"]


# ---------------------------------------------------------------- giants and sides


def test_ratios_recomputed_by_hand():
    macro = tables.load("macro").query("year == 2022").set_index("iso3")
    gdp = macro.loc["CHN", "gdp_usd"] / macro.loc["KAZ", "gdp_usd"]
    assert KAZ("order.giant_ratio", partner="CHN", measure="GDP") == pytest.approx(gdp)
    people = macro.loc["RUS", "population"] / macro.loc["KAZ", "population"]
    assert KAZ("order.giant_ratio", partner="RUS", measure="Population") == pytest.approx(people)


def test_area_ratio_agrees_with_official_areas():
    """Official: Russia 17.13 million square km with Crimea left out by the layer, Kazakhstan 2.7249 million."""
    assert KAZ("order.giant_ratio", partner="RUS", measure="Area") == pytest.approx(17.1 / 2.7249, rel=0.02)


def test_sides_already_taken():
    assert KAZ("order.csto_member")
    assert not Desk("UZB")("order.csto_member")
    assert Desk("UZB", date(1996, 1, 1))("order.csto_member")
    assert set(KAZ("order.defence_partners")["partner_iso3"]) >= {"RUS", "BLR", "ARM", "KGZ", "TJK"}
    assert KAZ("order.days_from_troops_to_first_vote") == (date(2022, 3, 2) - date(2022, 1, 5)).days


# ---------------------------------------------------------------- any state


CHEAP = ["focus_name", "es11_sentence", "es11_inferred", "ideal_gaps", "ideal_sentence"]


def _value_or_reason(desk, name):
    """What the finding gives, or why it gives nothing; any other error fails the test."""
    try:
        return desk(name)
    except NoData as reason:
        return str(reason)


def test_cheap_findings_run_for_every_member():
    for iso3 in MEMBERS:
        for name in CHEAP:
            answer = _value_or_reason(Desk(iso3), f"order.{name}")
            assert answer is not None, (iso3, name)
            assert str(answer), (iso3, name)


@pytest.mark.parametrize("iso3", ["UZB", "AZE", "MNG", "RUS", "CHN", "USA", "SSD", "TUV", "KIR", "VEN"])
def test_every_finding_runs_or_says_why_not(iso3):
    for found in every():
        if found.name.startswith("order."):
            assert _value_or_reason(Desk(iso3), found.name) is not None, found.name
