"""Corridors: each plotted number is computed again from the raw tables, by other means than the findings use."""

import itertools
import math
import re
from collections import defaultdict
from datetime import date

import pandas as pd
import pytest
import shapely
from byhand import rows, script

from multivector import paths
from multivector.errors import NoData
from multivector.facts import geo, tables
from multivector.findings import Desk, corridors
from multivector.ledger import expressions
from multivector.look import figures, maps

DESK = Desk("KAZ")
STATE = {row["station"]: row["iso3"] for row in rows("corridor_stations")}
PLACE = {row["station"]: (float(row["lon"]), float(row["lat"])) for row in rows("corridor_stations")}


def only(name: str, column: str, **equal: str) -> float:
    (row,) = rows(name, **equal)
    return float(row[column])


def test_tonnages_are_the_published_ones():
    published = defaultdict(list)
    for row in rows("titr_volume"):
        published[row["perimeter"]].append(f"{row['period_end']} {row['freight_kt']}")
        assert row["period_start"] == re.sub("-0[79]", "-01", row["period_end"])
    assert {who: ", ".join(counts) for who, counts in published.items()} == {
        "ministry": "2019 759, 2020 783, 2021 586, 2022 1485, 2023 2764, 2024 4484, 2025 4119",
        "railway": "2022-07 845, 2022-09 1084, 2023 2800",
        "government": "2022 1700",
        "association": "2024 3300",
    }


@pytest.mark.parametrize("year", ["2022", "2023"])
def test_a_sum_within_a_year_never_falls(year):
    """Nine months of 2022 were once printed as 1,840 kt, above the whole year."""
    counted = [row for who in ("ministry", "railway") for row in rows("titr_volume", perimeter=who)]
    sums = [(f"{row['period_end']}-12"[:7], int(row["freight_kt"])) for row in counted if row["period_end"][:4] == year]
    assert len(sums) > 1
    assert all(less <= more * 1.02 for (_, less), (_, more) in itertools.pairwise(sorted(sums)))


def test_counts_agree_with_each_other():
    counted = {(row["perimeter"], row["period_end"]): float(row["freight_kt"]) for row in rows("titr_volume")}
    assert counted["railway", "2023"] == pytest.approx(counted["ministry", "2023"], rel=0.02)
    parts = sum(float(row["high"]) for row in rows("corridor_operations", source_id="G128"))
    assert parts == pytest.approx(counted["railway", "2022-07"] / 1000, abs=0.002)
    assert DESK("corridors.operators_freight") == 1.084 < DESK("corridors.freight")
    exports = DESK("corridors.corridor_exports")
    assert exports == pytest.approx(0.6 * DESK("corridors.freight"), rel=0.02)
    assert exports == pytest.approx(only("corridor_operations", "high", operation_id="O19"), rel=0.02)


def test_plotted_tonnages_keep_perimeters_apart_and_mark_hindsight():
    plotted = DESK("corridors.tonnage")
    raw = {(row["perimeter"], int(row["freight_kt"])) for row in rows("titr_volume")}
    assert set(zip(plotted["perimeter"], plotted["freight_kt"], strict=True)) == raw
    assert plotted.query("perimeter == 'ministry' and known")["period"].tolist() == ["2019", "2020", "2021", "2022"]
    by_railway = plotted.query("perimeter == 'railway'")
    assert by_railway["known"].tolist() == [True, True, False]
    assert by_railway["period"].tolist() == ["Jan–Jul 2022", "Jan–Sep 2022", "2023"]
    assert by_railway["mark"].tolist() == ["", "", "railway"]
    later = Desk("KAZ", date(2024, 1, 1))("corridors.tonnage").query("perimeter == 'ministry' and known")
    assert later["period"].iloc[-1] == "2023"


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("perimeter_gap", {"year": 2024}, 4.484 - 3.3),
        ("freight_growth", {}, 1485 / 586),
        ("cpc_ratio_caspian", {}, 53.1 * 3.09 / 11),
        ("cpc_share", {}, 100 * 52.2 / 64.3),
        ("cpc_ratio", {}, 52.2 / 1.485),
        ("transit_volume", {"year": 2022}, 26.8),
        ("transit_volume", {"year": 2021}, 26.8 / 1.126),
        ("transit_range", {}, 23.2),
        ("transit_ratio", {}, 23.2 / 12.2),
        ("transit_ratio", {"end": "high"}, 26.8 * 1.23 / 11.2),
        ("corridor_share_of_transit", {"later": True}, 25.75 / 26.8),
        ("corridor_share_limit", {}, 100 * (1.7 - 0.9) / 26.8),
        ("corridor_share_limit", {"later": True}, 100 * (1.7 - 0.9) / 23.2),
        ("northern_container_ratio", {}, 307200 / 33000),
        ("capacity_used", {}, 148.5 / 5.8),
        ("transit_days", {"period": "2022", "end": "low"}, 38),
        ("transit_days", {"period": "2022-05"}, 13),
        ("route_length", {"which": "railsea"}, 4256 + 508),
        ("route_length", {}, 11000),
        ("route_length", {"which": "shortest"}, 4250 + 500),
        ("lpi_gap", {}, 0.1),
        ("lpi_rank", {"year": 2018}, 71),
    ],
)
def test_comparisons_of_published_figures(name, given, expected):
    assert DESK(f"corridors.{name}", **given) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("freight", {"year": 2023}),
        ("freight", {"year": 2019}),
        ("transit_days", {"period": "2024"}),
        ("corridor_transit", {}),
        ("corridor_share_of_transit", {}),
        ("transit_volume", {"year": 2023}),
        ("perimeter_gap", {"year": 2023}),
    ],
)
def test_what_was_published_later_is_not_known(name, given):
    with pytest.raises(NoData):
        DESK(f"corridors.{name}", **given)


MINE = ("C-11", "C-20", "C-21", "C-22", "C-23", "C-24", "C-76")
DAY = "2023-06-08"


@pytest.fixture(scope="module")
def uninformed() -> Desk:
    """A desk whose tables lack the rows of which no source of that day or earlier is known."""
    cut = {}
    for name in ("titr_volume", "transit", "north_south", "corridor_operations", "corridor_definitions"):
        table = tables.load(name)
        day = table["first_published" if "first_published" in table else "published"].fillna("9")
        cut[name] = table[(day <= DAY) & ((day.str.len() > 4) | day.isin(["2021", "2022"]))]
    return Desk("KAZ", instead=cut)


@pytest.mark.parametrize("claim", MINE)
def test_no_condition_needs_what_was_published_later(claim, uninformed):
    (condition,) = [row["condition"] for row in rows("claims", claim_id=claim)]
    assert "later" not in condition
    assert expressions.holds(condition, uninformed)


def test_an_abandoned_railway_is_no_step():
    projects = tables.load("corridor_projects")
    left = projects.assign(status=projects["status"].replace("opened", "abandoned"))
    assert corridors.steps_taken(left, date(2023, 6, 8)) == DESK("corridors.steps_taken") - 3


def test_scale_of_ways():
    plotted = DESK("corridors.scale_of_ways").set_index("way")["mt"]
    operation = {row["operation_id"]: row["high"] for row in rows("corridor_operations")}
    expected = {
        "Oil by the CPC pipeline": float(operation["O22"]),
        "All transit through Kazakhstan": only("transit", "transit_mt", source_id="G120"),
        "Middle Corridor: capacity": float(operation["O08"]),
        "Middle Corridor: all freight": only("titr_volume", "freight_kt", perimeter="ministry", period_end="2022")
        / 1000,
        "Middle Corridor: transit alone": float(operation["O18"]),
    }
    assert plotted.to_dict() == pytest.approx(expected)
    assert plotted.is_monotonic_decreasing


def test_dependence_on_the_pipeline():
    """Rounded parts add up to less than the total: shares of their sum were a point too high."""
    stated = {row["way"]: float(row["share_pct"]) for row in rows("oil_exports")}
    weight = {row["way"]: float(row["oil_mt"]) for row in rows("oil_exports")}
    total = only("corridor_operations", "high", measure="oil exported")
    assert {way: 100 * mt / total for way, mt in weight.items()} == pytest.approx(stated, abs=1)
    assert sum(stated.values()) == pytest.approx(100, abs=1)
    pipes = stated["CPC pipeline"] + stated["Atyrau-Samara-Druzhba pipelines"]
    assert DESK("corridors.russian_pipes_share") == pipes == 94
    assert DESK("corridors.cpc_share") == pytest.approx(stated["CPC pipeline"], abs=0.5)
    assert DESK("corridors.cpc_oil") < DESK("corridors.cpc_capacity")
    assert weight["Port of Aktau"] > DESK("corridors.freight"), "oil by tanker is no part of the corridor's freight"


def test_counts_of_transit_and_of_the_caspian_fit_others():
    """21 Mt of transit by rail in 2021 and the growth of 10 per cent make the lower figure of 2022."""
    (lower,) = rows("transit", source_id="G910")
    assert 21 * (1 + float(lower["change_pct"]) / 100) == pytest.approx(float(lower["transit_mt"]), rel=0.01)
    assert DESK("corridors.caspian_freight") == pytest.approx(11 / 3, rel=0.05)  # "triple by 2030"
    with pytest.raises(NoData):
        Desk("TKM")("corridors.transit_volume")


def test_lengths_are_published_ones():
    parts = rows("corridor_segments")
    assert [row["segment_id"] for row in parts if bool(row["km"]) != bool(row["source_id"])] == []
    assert DESK("corridors.unsourced_lengths") == sum(not row["km"] for row in parts if row["corridor"] == "middle")
    shown = DESK("corridors.whole_routes")
    assert shown["km"].tolist() == [int(row["km"]) for row in parts if row["scope"] == "whole route"]
    assert not shown["ends"].str.contains("border|Black Sea").any(), "end points that the sources do not give"


def test_distance_to_the_sea_against_the_spherical_law_of_cosines():
    nearest = PLACE[DESK("corridors.nearest_seaport")]
    (lon1, lat1), (lon2, lat2) = (map(math.radians, place) for place in (PLACE["Astana"], nearest))
    arc = math.acos(math.sin(lat1) * math.sin(lat2) + math.cos(lat1) * math.cos(lat2) * math.cos(lon1 - lon2))
    assert DESK("corridors.seaport_distance") == pytest.approx(6371 * arc, rel=0.005)


def test_transit_times():
    shown = DESK("corridors.times").set_index(["route", "period"])
    assert shown.loc[("Middle Corridor", "2022"), ["days", "known"]].tolist() == ["38–53", "yes"]
    assert shown.loc[("Middle Corridor", "Mar 2023"), ["days", "known"]].tolist() == ["19–23", "yes"]
    assert shown.loc[("Middle Corridor", "2024"), "known"] == "later"
    assert shown.loc[("Northern route", "not stated"), "known"] == "not stated"


def test_stations_lie_in_their_states():
    land = tables.load("world").dissolve("iso3").geometry
    for station, iso3 in STATE.items():
        assert land[iso3].distance(shapely.Point(PLACE[station])) < 0.15, f"{station} lies outside {iso3}"


def test_legs_join_their_stations_and_cross_the_states_the_text_says():
    touched, ends = defaultdict(set), set()
    for leg, row in zip(DESK("corridors.lines").itertuples(), rows("corridor_legs"), strict=True):
        start, end = row["from_station"], row["to_station"]
        assert (leg.route, leg.start, leg.end) == (row["route"], PLACE[start], PLACE[end])
        touched[leg.route] |= {STATE[start], STATE[end]}
        ends |= {start, end}
    assert "RUS" not in touched["middle"]
    assert {"KAZ", "AZE", "GEO"} <= touched["middle"]
    assert {"KAZ", "RUS", "BLR"} <= touched["northern"]
    assert touched["pipeline"] == {"KAZ", "RUS"}
    labelled = DESK("corridors.labelled_stops")
    assert set(labelled["station"]) == ends
    assert {"Aktau", "Baku (Alat)", "Poti", "Tengiz", "Novorossiysk", "Dostyk"} <= set(labelled["label"])


def test_each_name_on_the_close_map_is_nearest_to_its_own_dot():
    fig, view, stops = close_map()
    ax = fig.axes[1]
    fig.draw_without_rendering()
    dots = ax.transData.transform(view.xy(stops["lon"], stops["lat"]))
    seen = [ax.get_window_extent().contains(*dot) for dot in dots]
    dots, names = dots[seen], stops["station"][seen].tolist()
    boxes = {text.get_text(): text.get_window_extent() for text in ax.texts if text.get_text() in set(stops["label"])}
    assert set(boxes) == set(stops["label"]) - {""}
    for name, box in boxes.items():
        gaps = [math.hypot(max(box.x0 - x, 0, x - box.x1), max(box.y0 - y, 0, y - box.y1)) for x, y in dots]
        assert names[gaps.index(min(gaps))] == name, f"{name} stands nearest to {names[gaps.index(min(gaps))]}"
        assert min(gaps) < 14 * fig.dpi / 72
    for one, two in itertools.combinations(boxes.values(), 2):
        assert not one.overlaps(two)


def close_map():
    """The map as the chapter's own cells draw it, its close view, and the points."""
    text = (paths.CHAPTERS / "corridors.md").read_text("utf-8")
    found = re.findall(r"^```\{code-cell\}[^\n]*\n:tags[^\n]*\n(.*?)^```", text, re.M | re.S)
    first = next(number for number, cell in enumerate(found) if "CLOSE = maps.View" in cell)
    space = {"maps": maps, "geo": geo, "figures": figures, "tables": tables, "desk": DESK, "FOCUS": "KAZ"}
    for cell in found[first : first + 3]:
        exec(compile(cell, "corridors.md", "exec"), space)
    return space["draw_map"](), space["CLOSE"], DESK("corridors.labelled_stops")


def test_sea_route_passes_suez_and_gibraltar():
    points = [(float(row["lon"]), float(row["lat"])) for row in rows("sea_route")]
    assert any(abs(lon - 32.4) < 0.6 and 29 < lat < 32 for lon, lat in points)
    assert any(abs(lon + 5.5) < 1 and abs(lat - 36) < 0.5 for lon, lat in points)


def test_index_is_the_table():
    for state, score, rank, place in (("KAZ", 2.7, 79, 1), ("UZB", 2.6, 88, 2)):
        assert Desk(state)("corridors.lpi_score") == score == only("lpi", "score", iso3=state, year="2023")
        assert Desk(state)("corridors.lpi_rank") == rank
        assert Desk(state)("corridors.lpi_central_asian_place") == place
    assert DESK("corridors.lpi_states") == len(rows("lpi", year="2023"))
    five = {"KAZ", "KGZ", "TJK", "TKM", "UZB"}
    raw = {(row["iso3"], row["year"], float(row["score"])) for row in rows("lpi") if row["iso3"] in five}
    assert {(r.iso3, str(r.year), r.score) for r in DESK("corridors.lpi_lines").itertuples()} == raw
    ranks = DESK("corridors.lpi_ranks").set_index("name")["2023"]
    assert ranks["Kazakhstan"] == 79
    assert pd.isna(ranks["Turkmenistan"])
    with pytest.raises(NoData, match="Azerbaijan"):
        Desk("AZE")("corridors.lpi_score")


def test_counts_behind_the_words():
    kinds = [row["position"] for row in rows("trade_route_historians")]
    disputing = len(kinds) - kinds.count("decline") - kinds.count("open")
    assert DESK("corridors.historians") == kinds.count("decline")
    assert DESK("corridors.historians", position="disputing") == disputing
    for later, before in ((False, DAY), (True, "9")):
        table = tables.load("corridor_definitions").loc[lambda one, day=before: one["published"] <= day]
        states, of = table.groupby("definition_id")["iso3"], table.groupby("iso3")["definition_id"]
        assert DESK("corridors.definitions", later=later) == states.ngroups
        assert DESK("corridors.definition_core", later=later) == (of.nunique() == states.ngroups).sum()
        assert DESK("corridors.definition_states", later=later) == states.nunique().max()
        assert DESK("corridors.definition_states", which="narrowest", later=later) == states.nunique().min()
    opened = sorted(row["date"][:4] for row in rows("corridor_projects", status="opened"))
    assert DESK("corridors.works_opened") == len(opened)
    assert [DESK("corridors.opening_year", which=end) for end in ("first", "last")] == [opened[0], opened[-1]]
    done = [row for row in rows("corridor_projects", kazakh_part="true") if row["status"] != "planned"]
    assert DESK("corridors.steps_taken") == sum(row["date"] < DAY for row in done)


def test_lpi_derivation_on_a_sample():
    module = script("lpi")
    sample = pd.DataFrame({name: [1.234, 2.341, 3.456] for name in module.COLUMNS})
    sample = sample.assign(iso3=["UZB", "KAZ", "ZZZ"], year=2023, lpi_rank=[88, 79, 1])
    made = module.derive(sample, {"KAZ", "UZB"})
    assert made["iso3"].tolist() == ["KAZ", "UZB"]
    assert made["rank"].tolist() == [79, 88]
    assert made["customs"].tolist() == [2.34, 1.23]
    assert list(made.columns) == [field["name"] for field in tables.resource("lpi")["schema"]["fields"]]


def test_sea_route_derivation_on_a_sample():
    made = script("sea_route").derive([(0, 0), (1, 0.1), (2, 0), (2, 5)])
    assert made == [
        {"point": 1, "lon": 0, "lat": 0},
        {"point": 2, "lon": 2, "lat": 0},
        {"point": 3, "lon": 2, "lat": 5},
    ]
