"""Findings of the Global South chapter, recomputed from the CSV files with plain loops."""

import datetime
import itertools

import pytest
from byhand import rows

from multivector.errors import NoData
from multivector.findings import Desk
from multivector.findings.global_south import fisher

SESSION = [f"ES-11/{number}" for number in range(1, 7)]
READINGS = ["no_sanctions", "not_for", "same_vote", "mostly_same"]
FOCI = ["KAZ", "UZB", "AZE", "MNG"]


def listed(letter, focus):
    """The rule's list by hand: one state at a time."""
    rule = next(row for row in rows("global_south_rules") if row["rule"] == letter)
    if rule["membership"] == "named":
        return {row["iso3"] for row in rows("middle_power_lists") if row["list"] == rule["list"]} - {focus}
    size = {row["iso3"]: row for row in rows("macro") if row["year"] == rule["year"]}
    chosen = set()
    for row in rows("groups"):
        southern = row["g77"] == "true" or row["nam"] == "member"
        southern = southern or (row["nam"] == "observer" and "observer" in rule["membership"])
        own = size.get(row["iso3"], {})
        gdp, people = own.get("gdp_usd"), own.get("population")
        large = bool(gdp and people) and float(gdp) >= float(rule["min_gdp_usd"])
        large = large and float(people) >= float(rule["min_population"])
        if southern and large and row["iso3"] not in (rule["excluded_iso3"], focus):
            chosen.add(row["iso3"])
    return chosen


def votes():
    return {(row["iso3"], row["resolution"]): row["vote"] for row in rows("unga_es11_votes")}


@pytest.mark.parametrize("focus", FOCI)
@pytest.mark.parametrize("rule", ["A", "B", "C", "D"])
def test_lists_agree_with_a_plain_filter(focus, rule):
    assert set(Desk(focus)("global_south.middle_powers", rule=rule)["iso3"]) == listed(rule, focus)


def passes(reading, iso3, focus, cast, named):
    """One reading for one state: True, False, or None without data."""
    vote, own = cast[iso3, "ES-11/6"], cast[focus, "ES-11/6"]
    if reading == "no_sanctions":
        return iso3 not in named
    if reading == "not_for":
        return None if vote == "unknown" else vote != "for"
    if reading == "same_vote":
        return None if "unknown" in (vote, own) else vote == own
    pairs = [(cast[iso3, text], cast[focus, text]) for text in SESSION]
    known = [pair for pair in pairs if "unknown" not in pair]
    return sum(a == b for a, b in known) * 2 > len(known) if known else None


@pytest.mark.parametrize("focus", FOCI)
def test_shares_agree_with_a_plain_count(focus):
    cast, named = votes(), {row["iso3"] for row in rows("russia_list")}
    table = Desk(focus)("global_south.shares").set_index(["rule", "reading"])
    for rule in "ABCD":
        for reading in READINGS:
            results = [passes(reading, iso3, focus, cast, named) for iso3 in listed(rule, focus)]
            known = [result for result in results if result is not None]
            row = table.loc[(rule, reading)]
            assert (row["passed"], row["known"]) == (sum(known), len(known))
            assert row["share"] == pytest.approx(100 * sum(known) / len(known))
            assert row["most"] == (2 * sum(known) > len(known))
            assert Desk(focus)("global_south.share", rule=rule, reading=reading) == pytest.approx(row["share"])


def test_the_focus_is_never_counted_with_itself():
    assert "KAZ" not in set(Desk("KAZ")("global_south.middle_powers", rule="C")["iso3"])
    assert "KAZ" in set(Desk("UZB")("global_south.middle_powers", rule="C")["iso3"])
    assert Desk("KAZ")("global_south.qualifies", rule="C") is True
    assert Desk("KAZ")("global_south.qualifies", rule="A") is False


def test_agreement_is_a_share_of_known_votes():
    cast = votes()
    frame = Desk("KAZ")("global_south.outcomes").set_index("iso3")
    for iso3 in frame.index:
        known = [(cast[iso3, text], cast["KAZ", text]) for text in SESSION]
        known = [pair for pair in known if "unknown" not in pair]
        assert frame.loc[iso3, "agreement"] == pytest.approx(100 * sum(a == b for a, b in known) / len(known))


def test_baseline_over_all_members():
    named = {row["iso3"] for row in rows("russia_list")}
    members = [row["iso3"] for row in rows("states") if row["kind"] == "un_member"]
    free = sum(iso3 not in named for iso3 in members)
    assert Desk("KAZ")("global_south.world_no_sanctions") == pytest.approx(100 * free / len(members))


@pytest.mark.parametrize(("focus", "count"), [("KAZ", 1), ("UZB", 2), ("AZE", 3), ("MNG", 3), ("FRA", 0), ("BRA", 1)])
def test_markers_are_counted_in_full(focus, count):
    assert Desk(focus)("global_south.marker_count") == count


def test_kazakhstan_is_outside_the_g77_and_an_observer_of_the_movement():
    sentence = Desk("KAZ")("global_south.marker_sentence")
    assert "not a member of the Group of 77" in sentence
    assert "only an observer" in sentence


@pytest.mark.parametrize("series", ["fp", "all"])
def test_share_nearer_to_the_united_states(series):
    points = {row["iso3"]: row[f"idealpoint_{series}"] for row in rows("unga_idealpoints") if row["year"] == "2022"}
    others = [float(points[iso3]) for iso3 in listed("A", "KAZ") if points.get(iso3)]
    expected = 100 * sum(value > float(points["KAZ"]) for value in others) / len(others)
    assert Desk("KAZ")("global_south.nearer_to_usa", series=series) == pytest.approx(expected)


def test_an_interval_is_apart_if_it_ends_before_the_other_begins():
    points = {row["iso3"]: row for row in rows("unga_idealpoints") if row["year"] == "2022"}
    low, high = (float(points["KAZ"][end]) for end in ("q5_fp", "q95_fp"))
    others = [points[iso3] for iso3 in listed("A", "KAZ") if points.get(iso3, {}).get("idealpoint_fp")]
    apart = sum(float(row["q5_fp"]) > high or float(row["q95_fp"]) < low for row in others)
    assert Desk("KAZ")("global_south.apart_text") == f"{apart} of {len(others)}"


def test_lists_are_told_by_their_sizes():
    desk, sizes = Desk("KAZ"), [len(listed(rule, "KAZ")) for rule in "ABCD"]
    assert desk("global_south.rule_count") == len(sizes)
    assert desk("global_south.list_size", rule="C") == sizes[2]
    assert desk("global_south.list_sizes") == f"{min(sizes)} to {max(sizes)}"
    assert list(desk("global_south.rules")["gdp_bn"]) == ["150", "400", "150", "none"]


def test_the_table_of_shares_says_what_the_text_says():
    table = Desk("KAZ")("global_south.share_table").set_index("short")
    for rule in "ABCD":
        assert table.loc["Same vote", rule] == Desk("KAZ")("global_south.share_text", rule=rule)


def test_the_list_of_sanctions_grows_with_the_day():
    early = Desk("BHS", as_of=datetime.date(2022, 6, 1))
    assert early("global_south.focus_sanctions") == "is not on that list"
    assert Desk("BHS")("global_south.focus_sanctions") == "is on that list"


def test_before_the_vote_there_is_no_answer():
    with pytest.raises(NoData):
        Desk("KAZ", as_of=datetime.date(2022, 6, 1))("global_south.outcomes")


def test_thresholds_recomputed_pair_by_pair():
    """Every pair by hand; whatever the size asked for, most of the listed states vote otherwise than Kazakhstan."""
    cast, size = votes(), {row["iso3"]: row for row in rows("macro") if row["year"] == "2021"}
    southern = {row["iso3"] for row in rows("groups") if row["g77"] == "true" or row["nam"] == "member"} - {
        "CHN",
        "KAZ",
    }
    southern = {iso3 for iso3 in southern if size.get(iso3, {}).get("gdp_usd") and size[iso3].get("population")}
    shares = {}
    for gdp in range(100, 451, 50):
        for people in range(10, 41, 5):
            large = [
                cast[iso3, "ES-11/6"] for iso3 in southern
                if float(size[iso3]["gdp_usd"]) >= gdp * 1e9 and float(size[iso3]["population"]) >= people * 1e6
            ]  # fmt: skip
            known = [vote for vote in large if vote != "unknown"]
            shares[gdp, people] = 100 * known.count("abstain") / len(known)
    table = Desk("KAZ")("global_south.threshold_pairs").set_index(["gdp_bn", "population_m"])["share"]
    assert len(shares) == len(table) == 56
    assert all(table[pair] == pytest.approx(share) for pair, share in shares.items())
    assert max(shares.values()) <= 50
    assert Desk("KAZ")("global_south.threshold_most") == 0
    low, high = min(shares.values()), max(shares.values())
    assert Desk("KAZ")("global_south.threshold_range") == f"{low:.0f} to {high:.0f}%"


def test_listed_and_other_states_are_all_members_with_a_known_vote():
    cast = votes()
    members = {row["iso3"] for row in rows("states") if row["kind"] == "un_member"} - {"KAZ"}
    others = [cast[iso3, "ES-11/6"] for iso3 in members - listed("A", "KAZ")]
    known = [vote for vote in others if vote != "unknown"]
    frame = Desk("KAZ")("global_south.against_others").set_index("group")
    assert tuple(frame.loc["others", ["same", "known"]]) == (known.count("abstain"), len(known))
    assert Desk("KAZ")("global_south.others_text") == f"{known.count('abstain')} of {len(known)}"
    assert Desk("KAZ")("global_south.share_text") == f"{frame.loc['listed', 'same']} of {frame.loc['listed', 'known']}"


def test_fisher_agrees_with_counting_every_way_to_choose():
    """Small enough to list all ways in which three of eight states can be the listed ones."""
    hit = [1, 1, 0, 0, 0, 1, 0, 0]
    ways = [sum(hit[place] for place in chosen) for chosen in itertools.combinations(range(8), 3)]
    for hits in (0, 1, 2, 3):
        expected = sum(ways.count(ways_hits) for ways_hits in range(4) if ways.count(ways_hits) <= ways.count(hits))
        assert fisher(hits, 3 - hits, 3 - hits, 2 + hits) == pytest.approx(expected / len(ways))
    assert fisher(8, 2, 1, 5) == pytest.approx(0.0350, abs=5e-5)  # a published example


def own_shares(focus):
    """Shares by the readings that the state itself passes: others are not its position."""
    on_list = any(row["iso3"] == focus and row["listed_on"] <= "2023-06-08" for row in rows("russia_list"))
    voted_for = votes().get((focus, "ES-11/6")) == "for"
    left_out = ["no_sanctions"] * on_list + ["not_for"] * voted_for
    told = Desk(focus)("global_south.own_readings")
    assert ("first" in told, "second" in told) == (on_list, voted_for)
    return Desk(focus)("global_south.shares")[lambda table: ~table["reading"].isin(left_out)]


@pytest.mark.parametrize("focus", ["KAZ", "FRA", "AZE", "TUV"])
def test_sentences_follow_the_numbers(focus):
    desk = Desk(focus)
    frame = desk("global_south.against_others").set_index("group")["share"]
    sentence = desk("global_south.others_sentence")
    assert sentence.startswith("more" if frame["listed"] > frame["others"] else "less")
    assert ("chance rarely makes" in sentence) == (desk("global_south.fisher_p") < 0.05)
    most = own_shares(focus).groupby("reading")["most"].agg(["sum", "count"])
    settled = all(row["sum"] in (0, row["count"]) for _, row in most.iterrows())
    sentence = desk("global_south.dependence_sentence")
    assert settled == ("rule" not in sentence.replace("not on the rule", "").replace("nor on the rule", ""))


@pytest.mark.parametrize("focus", ["KAZ", "NRU", "UKR", "USA"])
def test_the_answer_follows_the_readings_of_the_main_rule(focus):
    rows = own_shares(focus).query("rule == 'A'")
    expected = {len(rows): "Most do, by every reading of it", 0: "Most do not, by any reading of it"}
    assert Desk(focus)("global_south.answer") == expected.get(int(rows["most"].sum()), "It depends on what is shared")
