"""Findings of the chapter on vectors, by hand and on the book's tables; the table that a reader can date."""

import json
import re
import shutil
import subprocess
from datetime import date

import pandas as pd
import pytest
from byhand import frame, script

from multivector import paths
from multivector.errors import NoData
from multivector.facts import memberships, names, tables
from multivector.findings import Desk, vectors
from multivector.look import membershiptable

DAY = date(2023, 6, 8)
KAZ = Desk("KAZ")


def held(*given: tuple) -> pd.DataFrame:
    """A memberships table of (state, organisation, status, since) rows."""
    columns = ["iso3", "organisation", "status", "since", "until", "attested", "source_id", "source_id_2", "note"]
    table = pd.DataFrame(given, columns=columns[:4]).assign(source_id="S01")
    return table.reindex(columns=columns)


def test_company_counts_a_member_of_the_union_as_the_west():
    rows = held(
        *[("AAA", one, "member", "2000") for one in ("OSCE", "SCO", "OTS")],
        ("FRA", "EU", "member", "1993"),
        ("FRA", "OSCE", "member", "2000"),
        ("RUS", "OSCE", "member", "2000"),
        ("RUS", "SCO", "member", "2000"),
        ("CHN", "SCO", "member", "2024"),
        ("CHN", "OTS", "observer", "2000"),
    )
    table = vectors.company(rows, "AAA", DAY).set_index("organisation")["family"].to_dict()
    assert table == {"OSCE": "Russia and the West", "SCO": "Russia only", "OTS": "none of the three"}


def test_a_power_is_not_its_own_company_and_a_body_where_one_is_not_known_is_left_out():
    rows = held(*[(iso3, "CSTO", "member", "2000") for iso3 in ("RUS", "KAZ")], ("CHN", "SCO", "member", "2023"),
                *[(iso3, "SCO", "member", "2000") for iso3 in ("RUS", "KAZ")])  # fmt: skip
    table = vectors.company(rows, "RUS", DAY)
    assert (table["organisation"].tolist(), table["family"].tolist()) == (["CSTO"], ["none of the three"])


def test_one_western_member_decides_where_another_s_standing_is_not_known():
    """Of the AIIB only states with a row are known: all others of the West are not."""
    rows = held(
        *[(iso3, "AIIB", "member", "2016") for iso3 in ("AAA", "RUS", "CHN", "TUR")], ("FRA", "EU", "member", "1993")
    )
    with pytest.raises(NoData):
        vectors.company(rows, "AAA", DAY)
    west = pd.concat([rows, held(("FRA", "AIIB", "member", "2016"))])
    assert vectors.company(west, "AAA", DAY)["family"].tolist() == ["all three"]
    with pytest.raises(NoData):
        vectors.company(west[west["iso3"] != "TUR"], "AAA", DAY)
    assert "AIIB" not in set(vectors.company(west, "FRA", DAY)["organisation"]), "no state is its own West"


def test_company_of_the_day_recomputed():
    rows = tables.load("memberships")
    cells = memberships.statuses(DAY, sorted(rows["iso3"].unique()))
    union = [one for one in cells if cells.loc["EU", one] == "member"]
    west = (cells[["USA", *union]] == "member").any(axis=1)
    three = west & (cells[["KAZ", "RUS", "CHN"]] == "member").all(axis=1)
    assert KAZ("vectors.seats_with_all_three") == three.sum()
    assert set(KAZ("vectors.company").query("family == 'all three'")["organisation"]) == set(cells.index[three])
    assert "AIIB" in set(cells.index[three])


def test_overlaps_by_hand():
    states = pd.DataFrame({"iso3": ["AAA", "BBB", "CCC"], "name": ["A", "B", "C"], "kind": "un_member"})
    rows = held(
        *[("AAA", one, "member", "2000") for one in ("UN", "SCO", "OTS")],
        *[("BBB", one, "member", "2000") for one in ("UN", "SCO", "OIC")],
        ("CCC", "UN", "observer", "2000"),
        ("CCC", "OIC", "member", "2000"),
        ("CCC", "SCO", "member", "2023"),
    )
    table = vectors.overlaps(rows, states, "AAA", DAY).set_index("iso3")
    assert table["overlap"].to_dict() == {"BBB": 0.5, "CCC": 0.0}
    assert table["known"].to_dict() == {"BBB": len(tables.load("organisations")), "CCC": table["known"]["BBB"] - 1}
    assert table.loc["CCC", "either"] == 3, "the SCO, where one of the two is not known, does not count"

    def as_close(held_by: pd.DataFrame) -> int:
        return vectors.overlap_as_close(lambda partner: table["overlap"][partner], held_by, states, DAY, "BBB")

    assert as_close(rows) == 3  # B and C share one of two
    assert as_close(rows.iloc[:6]) == 2


def test_overlaps_in_the_dataset_by_hand():
    held = tables.load("igo_spells").query("from_year <= 2014 <= to_year and status == 'member'")
    bodies = held.groupby("iso3")["igo"].agg(set)
    own, desk = bodies["KAZ"], KAZ
    assert desk("vectors.cow_seats") == len(own) == 57
    five = set.intersection(*bodies[["KAZ", "KGZ", "TJK", "TKM", "UZB"]])
    assert desk("vectors.cow_common_to_five") == len(five) == 33
    nearest = {a: max(len(a_ & b_) / len(a_ | b_) for b, b_ in bodies.items() if b != a) for a, a_ in bodies.items()}
    close = len(own & bodies["KGZ"]) / len(own | bodies["KGZ"])
    assert desk("vectors.cow_overlap", partner="KGZ") == pytest.approx(close)
    assert round(close, 2) == 0.78
    assert desk("vectors.cow_as_close", partner="KGZ") == sum(value >= close for value in nearest.values())
    assert desk("vectors.cow_states") == len(nearest)
    assert desk("vectors.cow_nearest_overlap") == pytest.approx(nearest["KAZ"])


def test_contrasts_repeat_the_single_findings():
    table = KAZ("vectors.overlap_contrasts").set_index("iso3")
    for partner in ("KGZ", "TKM", "BLR", "GEO", "MNG"):
        row = table.loc[partner]
        assert row["cow"] == KAZ("vectors.cow_overlap", partner=partner)
        assert row["cow_as_close"] == KAZ("vectors.cow_as_close", partner=partner)
        assert row["catalogue_as_close"] == KAZ("vectors.overlap_as_close", partner=partner)


def test_what_is_told_of_the_pictures_follows_their_data():
    desk = Desk("USA")
    table = desk("vectors.overlap_contrasts")
    assert desk("vectors.contrasts") == len(table) == len(desk("vectors.contrasts_told").split("; "))
    first = table.iloc[0]
    assert desk("vectors.contrasts_told").startswith(
        f"{first['name']} {first['cow']:.2f} and {first['catalogue']:.2f};"
    )
    assert desk("vectors.contrasts_nearest", most=2) == f"{table['name'][0]} and {table['name'][1]}"
    assert desk("vectors.contrasts_beside") == "none"
    own = KAZ("vectors.overlap_contrasts")["iso3"].tolist()
    places = [own.index(iso3) + 1 for iso3 in ("KGZ", "UZB", "TKM", "RUS", "CHN")]
    assert [int(place) for place in re.findall(r"\d+", KAZ("vectors.contrasts_beside"))] == sorted(places)
    assert own[:3] == [iso3 for iso3 in own if names.in_sentences(tables.load("states"))[iso3]
                       in KAZ("vectors.contrasts_nearest")]  # fmt: skip
    shared = desk("vectors.shared_of_six")
    assert desk("vectors.sharing_of_six") == len(shared)
    assert desk("vectors.sharing_of_six", least=2) == sum(count >= 2 for count in shared)


def test_the_reader_s_sentence_by_hand():
    table = memberships.statuses(DAY, ["KAZ", "RUS", "TUR", "CHN", "USA"]) == "member"
    assert KAZ("vectors.seats") == table["KAZ"].sum()
    counts = {partner: (table["KAZ"] & table[partner]).sum() for partner in ("RUS", "TUR", "CHN", "USA")}
    assert [KAZ("vectors.shared_with", partner=partner) for partner in counts] == list(counts.values())
    parts = zip(counts.values(), ("Russia", "Türkiye", "China", "the United States"), strict=True)
    assert KAZ("vectors.shared_sentence") == names.listing(f"{count} with {name}" for count, name in parts)
    assert "United States" not in Desk("USA")("vectors.shared_sentence"), "no power is its own company"


def test_steps_add_up_to_the_seats_of_the_day_and_a_departure_counts():
    for focus in ("KAZ", "GEO", "GBR"):
        steps = Desk(focus)("vectors.seats_timeline")
        assert steps["members"].iloc[-1] == Desk(focus)("vectors.seats")
    left = Desk("GEO")("vectors.seats_timeline").query("change == -1")
    assert ("CIS", "2009-08-18") in set(zip(left["organisation"], left["day"], strict=True))
    years = Desk("GEO")("vectors.seats_by_year").set_index("year")
    assert years.loc[2009, "told"] == "2009: left: CIS"
    assert years["members"].iloc[-1] == Desk("GEO")("vectors.seats")


def test_a_start_that_is_not_known_is_told_as_by_then():
    rows = held(
        ("MNG", "UN", "member", "1992-03-02"),
        ("MNG", "SCO", "member", None),
        ("MNG", "OTS", "member", None),
        ("MNG", "OIC", "member", "2012"),
    )
    rows["attested"] = rows["organisation"].map({"SCO": "2012-05-01", "OTS": "2014-06-30"})
    desk = Desk("MNG", instead={"memberships": rows})
    steps = desk("vectors.seats_timeline").set_index("organisation")
    assert steps["by"].to_dict() == {"UN": False, "SCO": True, "OIC": False, "OTS": True}
    told = desk("vectors.seats_by_year")["told"].tolist()
    assert told == ["1992: UN", "2012: OIC; by then: SCO", "by 2014: OTS"]
    assert desk("vectors.starts_not_known") == "SCO (by 1 May 2012) and OTS (by 30 June 2014)"


def test_bodies_shared_by_all_five_tell_nobody_apart():
    table = KAZ("vectors.telling_apart").set_index("organisation")
    common = set(re.split(", | and ", KAZ("vectors.shared_by_all_five_list")))
    assert len(common) == KAZ("vectors.shared_by_all_five")
    assert not common & set(table.index)
    assert "AIIB" not in table.index, "not known for any of them"
    assert table.loc["TPNW", ["Kazakhstan", "Uzbekistan"]].tolist() == ["member", "none"]


def test_a_standing_of_which_nothing_is_known_is_not_called_absent():
    assert Desk("USA")("vectors.status", organisation="AIIB") == "not known"
    assert Desk("DEU")("vectors.status", organisation="CSTO") == "none"
    total = tables.load("membership_totals").query("organisation == 'AIIB' and status == 'member'").iloc[-1]
    held = memberships.memberships_on(total["day"].date()).query("organisation == 'AIIB' and status == 'member'")
    assert KAZ("vectors.members_not_found") == total["count"] - len(held) > 0, "absence cannot be told from the total"
    assert KAZ("vectors.status", organisation="CSTO") == "member"
    assert memberships.statuses("1995-12-31", ["USA"]).loc["TPNW", "USA"] == "none", "it did not exist"


def test_meetings_after_the_day_are_hindsight():
    calendar = KAZ("vectors.format_calendar")
    assert calendar.loc[calendar["later"], "day"].min() > DAY
    assert (~calendar["later"]).sum() == KAZ("vectors.meetings")
    hosts = calendar.groupby("host")["host_name"].agg(set)
    assert hosts["focus"] == {"Kazakhstan"}
    assert hosts["another of the five"] <= {"Kyrgyzstan", "Tajikistan", "Turkmenistan", "Uzbekistan"}
    assert not hosts["elsewhere"] & (hosts["focus"] | hosts["another of the five"])
    assert pd.isna([*hosts["not stated"]]).all()


def test_hosts_and_partners_by_hand():
    met = frame(
        "format partner level date host_iso3",
        *(("a", "A", "leaders", day, "KAZ") for day in ("2014", "2024-01-01")),
        *(("b", "B", "foreign ministers", day, "UZB") for day in ("2020-05-01", "2021-05-01")),
        *(("b", "B", "document", "2013", "UZB"), ("c", None, "leaders", "2019", "KGZ")),
    )
    series = frame(
        "format level complete first_meeting",
        *(("a", "leaders", True, "2014"), ("b", "foreign ministers", False, None), ("c", "leaders", True, "2019")),
    )
    assert vectors.meetings(met, series, DAY) == 3
    assert vectors.hosted(met, series, "UZB", DAY) == 2
    assert vectors.hosted(met, series, "UZB", DAY, complete=True) == 0
    assert vectors.hosted(met, series, "KAZ", DAY, complete=True) == 1
    assert vectors.format_partners(met, DAY, on="2015") == 1
    assert vectors.format_partners_at_most(met, series, DAY, on="2015") == 2
    assert vectors.format_partners(met, DAY) == vectors.format_partners_at_most(met, series, DAY) == 2


def test_trade_shares_by_hand():
    trade = frame(
        "year partner_iso3 exports_kusd imports_kusd",
        *((2022, "RUS", 10.0, 40.0), (2022, "FRA", 30.0, 5.0), (2022, "DEU", 30.0, 5.0), (2022, "WLD", 999.0, 999.0)),
    )
    members = held(("FRA", "EU", "member", "1993"), ("DEU", "EU", "member", "1993"))
    assert vectors.trade_share(trade, members, "KAZ", partner="EUU") == pytest.approx(100 * 60 / 70)
    assert vectors.trade_share(trade, members, "KAZ", partner="RUS", flow="imports") == pytest.approx(80)
    assert vectors.trade_concentration(trade, members, "KAZ") == pytest.approx((60 / 70) ** 2 + (10 / 70) ** 2)
    with pytest.raises(NoData, match="no row for FRA in 2022; members of the European Union are in EUU"):
        vectors.trade_share(trade, members, "KAZ", partner="FRA")
    with pytest.raises(NoData, match="Kazakhstan's statistics only"):
        vectors.trade_share(trade, members, "UZB", partner="RUS")


def test_series_of_words():
    assert [names.listing("abc"[:count]) for count in (0, 1, 3)] == ["none", "a", "a, b and c"]


def test_every_meeting_belongs_to_a_format_with_members():
    assert set(tables.load("formats")["format"]) == set(tables.load("format_members")["format"])


def test_the_spells_script_drops_unknown_states_and_flags():
    igo_spells = script("igo_spells")
    columns = "iso3 igo status from_year to_year from_censored_1992 to_censored_2014"
    upstream = frame(columns, *((iso3, "un", "member", 1992, 2014, True, True) for iso3 in ("KAZ", "ZZZ")))
    assert igo_spells.spells(upstream, {"KAZ"}).values.tolist() == [["KAZ", "un", "member", 1992, 2014]]
    assert igo_spells.spells(upstream, {"TJK"}).values.tolist() == [["TJK", "iaea", "member", 2001, 2014]]
    names = frame("igo orgname", ("un", "United NationsÊ"), ("x", "X"))
    assert igo_spells.names(names, {"un"}).values.tolist() == [["un", "United Nations"]]


def test_the_spells_script_parts_yugoslavia_from_serbia_and_carries_on_what_goes_on():
    columns = "iso3 igo organisation status from_year to_year from_is_first_year_of_state_in_cow"
    upstream = frame(
        columns,
        ("SRB", "imf", "IMF", "member", 1945, 2014, False),
        ("SRB", "un", "UN", "member", 1945, 1992, False),
        ("SRB", "un", "UN", "member", 2000, 2014, True),
        ("SRB", "icao", "ICAO", "member", 2004, 2013, False),
        ("SRB", "icao", "ICAO", "member", 1996, 2001, False),
        ("SRB", "arpu", "APU", "member", 1996, 2013, False),
    )
    made = script("igo_spells").starts(upstream, {"SRB", "YUG"})
    assert made.values.tolist() == [
        ["SRB", "APU", "member", 1996, 2013, "false"],
        ["SRB", "ICAO", "member", 1996, 2001, "false"],
        ["SRB", "ICAO", "member", 2004, 2014, "false"],
        ["SRB", "IMF", "member", 1993, 2014, "false"],
        ["SRB", "UN", "member", 2000, 2014, "true"],
        ["YUG", "IMF", "member", 1945, 1992, "false"],
        ["YUG", "UN", "member", 1945, 1992, "false"],
    ]


@pytest.fixture(scope="module")
def table() -> str:
    return membershiptable.markup("KAZ", DAY, states=["RUS", "UZB"], sources=["D03"])


def test_the_table_is_complete_without_a_script(table):
    cells = re.findall(
        r'<td data-state="(\w+)" data-organisation="(\w+)" class="mv-status mv-status-(\w+)"(?: title="[^"]+")?>', table
    )
    shown = {(state, organisation): status for state, organisation, status in cells}
    expected = memberships.statuses("2023-06-08", ["KAZ", "RUS", "UZB"])
    assert shown == {(state, one): expected.loc[one, state] for one in expected.index for state in expected.columns}
    assert shown["KAZ", "SCO"] == "member"
    assert '>●</span> <span class="mv-word">member</span></td>' in table
    assert 'scope="row"' in table
    starts = dict(re.findall(r'data-state="KAZ" data-organisation="(\w+)"[^>]* title="([^"]+)"', table))
    assert starts["SCO"] == "since 15 June 2001"
    assert starts["AIIB"].startswith("shown by 28 March 2017"), "founding member, the day of its deposit not found"


def test_its_data_are_safe_inside_a_page_and_hold_the_day_of_the_article(table):
    data = re.search(r'<script type="application/json" class="mv-membership-data">(.*?)</script>', table, re.S).group(1)
    assert not set("<>&") & set(data)
    assert json.loads(data)["states"][0] == ["KAZ", "Kazakhstan"]
    days = {"2023-06-08": "8 June 2023", "1995-12-31": "end of 1995", "2025-12-31": "end of 2025"}
    assert days.items() <= dict(json.loads(data)["days"]).items()


SCRIPT = (paths.ROOT / "multivector/book/static/membership-date.js").read_text("utf-8")


@pytest.mark.skipif(shutil.which("node") is None, reason="scripts were not run: no Node; apt install nodejs")
def test_script_and_table_show_the_same_on_every_day():
    lookup = re.search(r"function heldOn\(.*?(?=  function paint)", SCRIPT, re.S).group()
    states = ["KAZ", "UZB", "TKM", "MNG", "IRN", "RUS", "CHN", "GEO"]
    data = membershiptable.script_data("2023-06-08", states)
    bodies = tables.load("organisations")["organisation"].tolist()
    program = (
        f"{lookup}\nconst data = {json.dumps(data)}, bodies = {json.dumps(bodies)}, out = {{}};\n"
        "for (const [day] of data.days) for (const [state] of data.states) for (const body of bodies)\n"
        "  ((out[day] ??= {})[state] ??= {})[body] = statusOn(day, data.stretches[state][body]);\n"
        "console.log(JSON.stringify(out));"
    )
    done = subprocess.run(["node", "-e", program], capture_output=True, text=True, check=True, timeout=60)
    assert json.loads(done.stdout) == {day: memberships.statuses(day, states).to_dict() for day, _ in data["days"]}


def test_the_script_is_plain_and_short():
    assert SCRIPT.count("\n") < 100
    assert not re.search(r"innerHTML|eval\(|https?:|\.style\b|fetch", SCRIPT)


def test_overlap_is_the_same_from_either_side_and_less_than_one():
    kazakhstan, russia = (Desk(one)("vectors.overlaps").set_index("iso3")["overlap"] for one in ("KAZ", "RUS"))
    assert kazakhstan["RUS"] == russia["KAZ"]
    assert 0 < kazakhstan["USA"] < kazakhstan["UZB"] < 1


@pytest.mark.parametrize("focus", ["KAZ", "MNG", "GBR"])
def test_nobody_is_called_alone_where_another_may_sit_too(focus):
    named = Desk(focus)("vectors.alone_among_five").replace(" and ", ", ").split(", ")
    cells = memberships.statuses(Desk(focus).as_of, sorted({*names.CENTRAL_ASIA, focus}))
    alone = [name for name in cells.index if cells.loc[name, focus] == "member"
             and all(cells.loc[name, one] not in ("member", "uncertain") for one in names.CENTRAL_ASIA if one != focus)]  # fmt: skip
    assert named == (alone or ["none"])
    assert "AIIB" not in named, "of four of the five the book does not know"


def test_sentences_follow_the_region_the_powers_and_the_base_rate():
    said = {focus: Desk(focus) for focus in ("KAZ", "USA", "NRU")}
    assert (
        said["KAZ"]("vectors.region_sentence")
        == "The seats are real, but all five Central Asian states share most of them"
    )
    assert "not tested" in said["NRU"]("vectors.region_sentence")
    assert said["KAZ"]("vectors.cow_shared_with_five") == said["KAZ"]("vectors.cow_common_to_five")
    for focus, desk in said.items():
        share = desk("vectors.cow_as_close") / desk("vectors.cow_states")
        told = "rare" if share < 1 / 10 else "nothing rare"
        assert desk("vectors.closeness_sentence").startswith(f"So near a neighbour is {told} in the world"), focus
        counted = [int(part.split()[0]) for part in desk("vectors.company_told").split("; ") if part != "none"]
        families = desk("vectors.company")["family"]
        assert sum(counted) == (families != "all three").sum()


def test_one_of_the_three_powers_is_told_only_of_the_others():
    russia = Desk("RUS")
    assert re.search(r"\d with China and the West \(", russia("vectors.company_told"))
    for words in ("company_told", "company_sentence"):
        assert not re.search("Russia alone|not Russia|the three", russia(f"vectors.{words}"))
    with pytest.raises(NoData, match="Russia is one of the three"):
        russia("vectors.seats_with_all_three")


def test_an_agreement_that_nobody_collected_is_not_called_missing():
    with pytest.raises(NoData, match="no row for Uzbekistan"):
        Desk("UZB")("vectors.agreement_in_force")


def test_shared_seats_are_told_apart_by_how_many_states_hold_them():
    """Counted from the raw rows: most of what the five share, most of the world shares too."""
    full = tables.load("igo_spells").query("status == 'member' and from_year <= 2014 <= to_year")
    holders = full.groupby("igo")["iso3"].agg(set)
    common = holders[holders.map(lambda seated: seated.issuperset(names.CENTRAL_ASIA))]
    assert Desk("KAZ")("vectors.cow_common_to_five") == len(common)
    assert Desk("KAZ")("vectors.cow_organisations") == len(holders)
    half = full["iso3"].nunique() / 2
    assert Desk("KAZ")("vectors.cow_worldwide") == sum(len(seated) > half for seated in common)
    assert Desk("KAZ")("vectors.named_held_too") == "Kyrgyzstan and Uzbekistan"
