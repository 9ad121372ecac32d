"""Findings of the Global South chapter, recomputed from the CSV files with plain loops."""

import datetime
import itertools

import pytest
from byhand import MEMBERS, rows

from multivector.errors import NoData
from multivector.facts.chance import fisher
from multivector.findings import Desk

SESSION = [f"ES-11/{number}" for number in range(1, 7)]
READINGS = ["no_sanctions", "not_for", "same_vote", "mostly_same"]
FOCI = ["KAZ", "UZB", "AZE", "MNG"]
KAZ = Desk("KAZ")
CAST = {(row["iso3"], row["resolution"]): row["vote"] for row in rows("unga_es11_votes")}
NAMED = {row["iso3"] for row in rows("russia_list") if row["listed_on"] <= "2023-06-08"}
POINTS = {row["iso3"]: row for row in rows("unga_idealpoints", year="2022")}


def equal_share(iso3, focus):
    """Share of the session's votes, known of both states, that are the same; ``None`` if none is known."""
    pairs = [(CAST[iso3, text], CAST[focus, text]) for text in SESSION]
    known = [pair for pair in pairs if "unknown" not in pair]
    return 100 * sum(a == b for a, b in known) / len(known) if known else None


def listed(letter, focus):
    """The rule's list by hand: one state at a time."""
    (rule,) = rows("global_south_rules", rule=letter)
    if rule["membership"] == "named":
        return {row["iso3"] for row in rows("middle_power_lists", list=rule["list"])} - {focus}
    size = {
        row["iso3"]: (float(row["gdp_usd"] or 0), float(row["population"] or 0))
        for row in rows("macro", year=rule["year"])
    }
    chosen = set()
    for row in rows("groups"):
        southern = row["g77"] == "true" or row["nam"] == "member"
        southern = southern or (row["nam"] == "observer" and "observer" in rule["membership"])
        gdp, people = size.get(row["iso3"], (0, 0))
        large = gdp >= float(rule["min_gdp_usd"]) and people >= float(rule["min_population"])
        if southern and large and row["iso3"] not in (*rule["great_powers"].split(";"), focus):
            chosen.add(row["iso3"])
    return chosen


@pytest.mark.parametrize("focus", FOCI)
@pytest.mark.parametrize("rule", ["A", "B", "C", "D"])
def test_lists_agree_with_a_plain_filter(focus, rule):
    assert set(Desk(focus)("global_south.middle_powers", rule=rule)["iso3"]) == listed(rule, focus)


def passes(reading, iso3, focus):
    """One reading for one state: True, False, or None without data."""
    vote, own = CAST[iso3, "ES-11/6"], CAST[focus, "ES-11/6"]
    if reading == "no_sanctions":
        return iso3 not in NAMED
    if reading == "not_for":
        return None if vote == "unknown" else vote != "for"
    if reading == "same_vote":
        return None if "unknown" in (vote, own) else vote == own
    same = equal_share(iso3, focus)
    return None if same is None else same > 50


@pytest.mark.parametrize("focus", FOCI)
def test_shares_agree_with_a_plain_count(focus):
    desk = Desk(focus)
    table = desk("global_south.shares").set_index(["rule", "reading"])
    for rule, reading in itertools.product("ABCD", READINGS):
        results = [passes(reading, iso3, focus) for iso3 in listed(rule, focus)]
        known = [result for result in results if result is not None]
        row = table.loc[(rule, reading)]
        assert (row["passed"], row["known"]) == (sum(known), len(known))
        assert row["share"] == pytest.approx(100 * sum(known) / len(known))
        assert row["most"] == (2 * sum(known) > len(known))
        assert desk("global_south.share", rule=rule, reading=reading) == pytest.approx(row["share"])
        assert desk("global_south.share_text", rule=rule, reading=reading) == f"{sum(known)} of {len(known)}"
    short = desk("global_south.share_table").set_index("short")
    texts = {rule: desk("global_south.share_text", rule=rule) for rule in "ABCD"}
    assert short.loc["Same vote", list(texts)].to_dict() == texts


def test_the_focus_is_never_counted_with_itself():
    assert "KAZ" in listed("C", "UZB")
    assert KAZ("global_south.qualifies", rule="C") is True
    assert KAZ("global_south.qualifies", rule="A") is False


def test_agreement_is_a_share_of_known_votes():
    shown = KAZ("global_south.outcomes").set_index("iso3")["agreement"]
    assert shown.to_dict() == pytest.approx({iso3: equal_share(iso3, "KAZ") for iso3 in shown.index})


def test_baseline_over_all_members():
    free = 100 * len(MEMBERS.keys() - NAMED) / len(MEMBERS)
    assert KAZ("global_south.world_no_sanctions") == pytest.approx(free)
    early = Desk("BHS", as_of=datetime.date(2022, 6, 1))
    assert early("global_south.focus_sanctions") == "is not on that list", "the list grows with the day"
    assert Desk("BHS")("global_south.focus_sanctions") == "is on that list"


@pytest.mark.parametrize(("focus", "count"), [("KAZ", 1), ("UZB", 2), ("AZE", 3), ("MNG", 3), ("FRA", 0), ("BRA", 1)])
def test_markers_are_counted_in_full(focus, count):
    assert Desk(focus)("global_south.marker_count") == count


def test_kazakhstan_is_outside_the_g77_and_an_observer_of_the_movement():
    sentence = KAZ("global_south.marker_sentence")
    assert sentence.startswith("is not a member of the Group of 77, is only an observer of")


@pytest.mark.parametrize("series", ["fp", "all"])
def test_share_nearer_to_the_united_states(series):
    points = {iso3: float(row[f"idealpoint_{series}"]) for iso3, row in POINTS.items() if row[f"idealpoint_{series}"]}
    others = [points[iso3] for iso3 in listed("A", "KAZ") & points.keys()]
    expected = 100 * sum(value > points["KAZ"] for value in others) / len(others)
    assert KAZ("global_south.nearer_to_usa", series=series) == pytest.approx(expected)
    with pytest.raises(NoData, match="itself"):
        Desk("USA")("global_south.nearer_to_usa", series=series)


def test_an_interval_is_apart_if_it_ends_before_the_other_begins():
    spans = {iso3: (float(row["q5_fp"]), float(row["q95_fp"])) for iso3, row in POINTS.items() if row["idealpoint_fp"]}
    low, high = spans["KAZ"]
    others = [spans[iso3] for iso3 in listed("A", "KAZ") & spans.keys()]
    nearer, further = sum(start > high for start, _ in others), sum(end < low for _, end in others)
    counts = {side: KAZ("global_south.ideal_count", side=side) for side in ("nearer", "further", "between")}
    assert counts == {"nearer": nearer, "further": further, "between": len(others) - nearer - further}
    assert KAZ("global_south.ideal_count") == len(others)


def test_lists_are_told_by_their_sizes():
    sizes = [len(listed(rule, "KAZ")) for rule in "ABCD"]
    assert KAZ("global_south.rule_count") == len(sizes)
    assert KAZ("global_south.list_size", rule="C") == sizes[2]
    assert KAZ("global_south.list_sizes") == f"{min(sizes)} to {max(sizes)}"
    assert list(KAZ("global_south.rules")["gdp_bn"]) == ["150", "400", "150", "none"]


def test_before_the_vote_there_is_no_answer():
    with pytest.raises(NoData):
        Desk("KAZ", as_of=datetime.date(2022, 6, 1))("global_south.outcomes")


def test_thresholds_recomputed_pair_by_pair():
    """Every pair by hand; whatever the size asked for, most of the listed states vote otherwise than Kazakhstan."""
    southern = {row["iso3"] for row in rows("groups") if row["g77"] == "true" or row["nam"] == "member"}
    sizes = [
        (CAST[row["iso3"], "ES-11/6"], float(row["gdp_usd"]), float(row["population"]))
        for row in rows("macro", year="2021")
        if row["iso3"] in southern - {"CHN", "KAZ"} and row["gdp_usd"] and row["population"]
    ]
    shares = {}
    for gdp, people in itertools.product(range(100, 451, 50), range(10, 41, 5)):
        large = [vote for vote, dollars, persons in sizes if dollars >= gdp * 1e9 and persons >= people * 1e6]
        shares[gdp, people] = 100 * large.count("abstain") / sum(vote != "unknown" for vote in large)
    table = KAZ("global_south.threshold_pairs").set_index(["gdp_bn", "population_m"])["share"]
    assert len(shares) == 56
    assert table.to_dict() == pytest.approx(shares)
    assert max(shares.values()) <= 50
    assert KAZ("global_south.threshold_most") == 0
    assert KAZ("global_south.threshold_range") == f"{min(shares.values()):.0f} to {max(shares.values()):.0f}%"


def test_listed_and_other_states_are_all_members_with_a_known_vote():
    others = [CAST[iso3, "ES-11/6"] for iso3 in MEMBERS.keys() - {"KAZ"} - listed("A", "KAZ")]
    same, known = others.count("abstain"), sum(vote != "unknown" for vote in others)
    frame = KAZ("global_south.against_others").set_index("group")
    assert tuple(frame.loc["others", ["same", "known"]]) == (same, known)
    assert KAZ("global_south.others_text") == f"{same} of {known}"
    assert KAZ("global_south.share_text") == f"{frame.loc['listed', 'same']} of {frame.loc['listed', 'known']}"


def test_fisher_agrees_with_counting_every_way_to_choose():
    """Small enough to list all ways in which three of eight states can be the listed ones."""
    hit = [1, 1, 0, 0, 0, 1, 0, 0]
    ways = [sum(hit[place] for place in chosen) for chosen in itertools.combinations(range(8), 3)]
    for hits in (0, 1, 2, 3):
        expected = sum(ways.count(ways_hits) for ways_hits in range(4) if ways.count(ways_hits) <= ways.count(hits))
        assert fisher(hits, 3 - hits, 3 - hits, 2 + hits) == pytest.approx(expected / len(ways))
    assert fisher(8, 2, 1, 5) == pytest.approx(0.0350, abs=5e-5)  # a published example


@pytest.mark.parametrize("focus", ["KAZ", "FRA", "AZE", "TUV", "NRU", "UKR", "USA"])
def test_sentences_follow_the_numbers(focus):
    desk = Desk(focus)
    share = desk("global_south.against_others").set_index("group")["share"]
    sentence = desk("global_south.others_sentence")
    assert sentence.startswith("more" if share["listed"] > share["others"] else "less")
    assert ("chance rarely makes" in sentence) == (desk("global_south.fisher_p") < 0.05)

    # shares by the readings that the state itself passes: others are not its position
    on_list, voted_for = focus in NAMED, CAST[focus, "ES-11/6"] == "for"
    told = desk("global_south.own_readings")
    assert ("first" in told, "second" in told) == (on_list, voted_for)
    left_out = ["no_sanctions"] * on_list + ["not_for"] * voted_for
    own = desk("global_south.shares").loc[lambda table: ~table["reading"].isin(left_out)]
    settled = own.groupby("reading")["most"].nunique().eq(1).all()
    sentence = desk("global_south.dependence_sentence")
    assert settled == ("rule" not in sentence.replace("not on the rule", "").replace("nor on the rule", ""))
    most = own.query("rule == 'A'")["most"]
    expected = {len(most): "Most do, by every reading of it", 0: "Most do not, by any reading of it"}
    assert desk("global_south.answer") == expected.get(most.sum(), "It depends on what is shared")


def test_rules_with_a_clear_gap_are_counted_one_by_one():
    desk = Desk("KAZ")
    clear = [rule for rule in "ABCD" if desk("global_south.fisher_p", rule=rule) < 0.05]
    assert clear == ["A"]
    assert desk("global_south.clear_rules") == 1
