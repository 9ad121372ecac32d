"""Corridors: each plotted number is computed again from the raw tables, by other means than the findings use."""

from __future__ import annotations

import csv
import importlib.util
import math
from datetime import date

import pandas as pd
import pytest

from multivector import paths, tables
from multivector.errors import NoData
from multivector.findings import Desk

DESK = Desk("KAZ")


def rows(name: str, **equal: str) -> list[dict]:
    with open(paths.table_file(f"{name}.csv"), encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if all(row[key] == value for key, value in equal.items())]


def only(name: str, column: str, **equal: str) -> float:
    (row,) = rows(name, **equal)
    return float(row[column])


def derivation(name: str):
    spec = importlib.util.spec_from_file_location(name, paths.DATA / "derive" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- tonnage ---------------------------------------------------------------------------------------------------------


def test_tonnages_are_the_published_ones():
    ministry = {row["period_start"]: int(row["freight_kt"]) for row in rows("titr_volume", perimeter="ministry")}
    assert ministry == {"2019": 759, "2020": 783, "2021": 586, "2022": 1485, "2023": 2764, "2024": 4484, "2025": 4119}
    operators = {
        (row["period_start"], row["period_end"]): int(row["freight_kt"])
        for row in rows("titr_volume", perimeter="operators")
    }
    assert operators == {("2022-01", "2022-07"): 845, ("2022-01", "2022-09"): 1840, ("2024", "2024"): 3300}


def test_plotted_tonnages_keep_perimeters_apart_and_mark_hindsight():
    plotted = DESK("corridors.tonnage")
    raw = {(row["perimeter"], int(row["freight_kt"])) for row in rows("titr_volume")}
    assert set(zip(plotted["perimeter"], plotted["freight_kt"], strict=True)) == raw
    by_ministry = plotted[plotted["perimeter"] == "ministry"]
    assert by_ministry.loc[by_ministry["known"], "period"].tolist() == ["2019", "2020", "2021", "2022"]
    by_operators = plotted[plotted["perimeter"] == "operators"]
    assert by_operators["known"].tolist() == [True, True, False]
    assert by_operators["period"].tolist() == ["Jan–Jul 2022", "Jan–Sep 2022", "2024"]


def test_hindsight_moves_with_the_day_of_judgement():
    later = Desk("KAZ", date(2024, 1, 1))("corridors.tonnage").query("perimeter == 'ministry' and known")
    assert later["period"].iloc[-1] == "2023"


def test_comparisons_of_perimeters():
    assert DESK("corridors.perimeter_excess") == pytest.approx(1840 - 1485)
    assert DESK("corridors.perimeter_gap", year=2024) == pytest.approx(4484 - 3300)
    assert DESK("corridors.freight_growth") == pytest.approx(1485 / 586)
    with pytest.raises(NoData):
        DESK("corridors.perimeter_gap", year=2023)


# --- scale -------------------------------------------------------------------------------------------------------------


def test_scale_of_ways():
    plotted = DESK("corridors.scale_of_ways").set_index("way")["mt"]
    expected = {
        "CPC pipeline: capacity": only("corridor_operations", "high", corridor="pipeline", measure="capacity"),
        "CPC pipeline: oil from Kazakhstan": only("corridor_operations", "high", measure="oil from Kazakhstan"),
        "All transit through Kazakhstan": only("transit", "transit_mt", iso3="KAZ", year="2022"),
        "Middle Corridor: capacity": only("corridor_operations", "high", operation_id="O08"),
        "Middle Corridor: all freight": only("titr_volume", "freight_kt", perimeter="ministry", period_start="2022")
        / 1000,
        "Middle Corridor: transit only": only("corridor_operations", "high", measure="transit freight"),
    }
    assert plotted.to_dict() == pytest.approx(expected)
    assert plotted.is_monotonic_decreasing


def test_dependence_on_the_pipeline():
    oil = {row["way"]: float(row["oil_mt"]) for row in rows("oil_exports")}
    total = sum(oil.values())
    assert total == pytest.approx(64, abs=1)  # the total that the source states, rounded
    assert DESK("corridors.cpc_share") == pytest.approx(100 * oil["CPC pipeline"] / total)
    across = oil["CPC pipeline"] + oil["Atyrau-Samara-Druzhba pipelines"]
    assert DESK("corridors.russian_pipes_share") == pytest.approx(100 * across / total)
    assert DESK("corridors.cpc_share") == pytest.approx(80, abs=3)  # the round figure of the press
    assert DESK("corridors.cpc_ratio") == pytest.approx(52.2 / 1.485)
    assert DESK("corridors.cpc_oil") < DESK("corridors.cpc_capacity")


def test_transit():
    assert DESK("corridors.transit_volume", year=2022) == 26.8
    assert Desk("UZB")("corridors.transit_volume", year=2022) == pytest.approx(11.2 / 1.23)
    assert DESK("corridors.transit_volume", year=2021) == pytest.approx(26.8 / 1.126)
    assert DESK("corridors.transit_ratio") == pytest.approx(26.8 * 1.23 / 11.2)
    assert DESK("corridors.corridor_share_of_transit") == pytest.approx(25.75 / 26.8)
    assert DESK("corridors.northern_container_ratio") == pytest.approx(307200 / 33600)
    assert DESK("corridors.capacity_used") == pytest.approx(148.5 / 5.8)
    with pytest.raises(NoData):
        Desk("TKM")("corridors.transit_volume")


# --- lengths, distance, time ---------------------------------------------------------------------------------------------


def test_lengths_are_published_ones():
    assert DESK("corridors.route_length", which="railsea") == 4256 + 508
    assert DESK("corridors.route_length") == 11000
    assert DESK("corridors.length_spread") == pytest.approx(11000 / 4764)
    for row in rows("corridor_segments"):
        assert bool(row["km"]) == bool(row["source_id"]), f"{row['segment_id']}: a length and a source come together"
    assert DESK("corridors.unsourced_lengths") == sum(not row["km"] for row in rows("corridor_segments"))


def test_distance_to_the_sea_against_the_spherical_law_of_cosines():
    points = {
        row["station"]: [math.radians(float(row[axis])) for axis in ("lon", "lat")] for row in rows("corridor_stations")
    }
    (lon1, lat1), (lon2, lat2) = points["Astana"], points[DESK("corridors.nearest_seaport")]
    arc = math.acos(math.sin(lat1) * math.sin(lat2) + math.cos(lat1) * math.cos(lat2) * math.cos(lon1 - lon2))
    assert DESK("corridors.seaport_distance") == pytest.approx(6371 * arc, rel=0.005)


def test_transit_times():
    shown = DESK("corridors.times").set_index(["route", "period"])
    assert shown.loc[("Middle Corridor", "2022"), "days"] == "38–53"
    assert shown.loc[("Middle Corridor", "Mar 2023"), ["days", "known"]].tolist() == ["19–23", "yes"]
    assert shown.loc[("Middle Corridor", "2024"), "known"] == "later"
    assert shown.loc[("Northern route", "not stated"), "known"] == "not stated"
    assert DESK("corridors.transit_days", period="2022", end="low") == 38


# --- map -------------------------------------------------------------------------------------------------------------------


def test_stations_lie_in_their_states():
    import shapely

    land = tables.load("world").dissolve("iso3").geometry
    for row in rows("corridor_stations"):
        point = shapely.Point(float(row["lon"]), float(row["lat"]))
        assert land[row["iso3"]].distance(point) < 0.15, f"{row['station']} lies outside {row['iso3']}"


def test_legs_start_and_end_at_their_stations():
    points = {row["station"]: (float(row["lon"]), float(row["lat"])) for row in rows("corridor_stations")}
    drawn = DESK("corridors.lines")
    assert len(drawn) == len(rows("corridor_legs"))
    for leg in drawn.itertuples():
        assert (leg.start, leg.end) == (points[leg.from_station], points[leg.to_station])


def test_routes_cross_the_states_the_text_says():
    state = {row["station"]: row["iso3"] for row in rows("corridor_stations")}
    touched = {
        route: {state[leg[end]] for leg in rows("corridor_legs", route=route) for end in ("from_station", "to_station")}
        for route in ("middle", "northern", "pipeline")
    }
    assert "RUS" not in touched["middle"]
    assert {"KAZ", "AZE", "GEO"} <= touched["middle"]
    assert {"KAZ", "RUS", "BLR"} <= touched["northern"]
    assert touched["pipeline"] == {"KAZ", "RUS"}


def test_labels_are_points_of_the_routes():
    labelled = DESK("corridors.labelled_stops")
    legs = rows("corridor_legs")
    assert set(labelled["station"]) == {leg["from_station"] for leg in legs} | {leg["to_station"] for leg in legs}
    assert {"Aktau", "Baku (Alat)", "Poti", "Tengiz", "Novorossiysk", "Dostyk"} <= set(labelled["label"])


def test_sea_route_passes_suez_and_gibraltar():
    points = [(float(row["lon"]), float(row["lat"])) for row in rows("sea_route")]
    assert any(abs(lon - 32.4) < 0.6 and 29 < lat < 32 for lon, lat in points)
    assert any(abs(lon + 5.5) < 1 and abs(lat - 36) < 0.5 for lon, lat in points)


# --- index -------------------------------------------------------------------------------------------------------------------


def test_index_of_kazakhstan_and_uzbekistan():
    for state, score, rank in (("KAZ", 2.7, 79), ("UZB", 2.6, 88)):
        assert Desk(state)("corridors.lpi_score") == score == only("lpi", "score", iso3=state, year="2023")
        assert Desk(state)("corridors.lpi_rank") == rank
    assert DESK("corridors.lpi_gap") == pytest.approx(0.1)
    assert DESK("corridors.lpi_rank", year=2018) == 71
    assert DESK("corridors.lpi_central_asian_place") == 1
    assert Desk("UZB")("corridors.lpi_central_asian_place") == 2
    assert DESK("corridors.lpi_states") == len(rows("lpi", year="2023"))


def test_plotted_lines_and_ranks_are_the_table():
    plotted = DESK("corridors.lpi_lines")
    five = {"KAZ", "KGZ", "TJK", "TKM", "UZB"}
    raw = {(row["iso3"], row["year"], float(row["score"])) for row in rows("lpi") if row["iso3"] in five}
    assert {(r.iso3, str(r.year), r.score) for r in plotted.itertuples()} == raw
    ranks = DESK("corridors.lpi_ranks").set_index("name")
    assert ranks.loc["Kazakhstan", "2023"] == 79
    assert pd.isna(ranks.loc["Turkmenistan", "2023"])


def test_no_score_is_no_data():
    with pytest.raises(NoData, match="Azerbaijan"):
        Desk("AZE")("corridors.lpi_score")


# --- words ---------------------------------------------------------------------------------------------------------------------


def test_counts_behind_the_words():
    kinds = [row["position"] for row in rows("trade_route_historians")]
    assert DESK("corridors.historians") == kinds.count("decline")
    assert DESK("corridors.historians", position="disputing") == len(kinds) - kinds.count("decline") - kinds.count(
        "open"
    )
    included: dict[str, set] = {}
    for row in rows("corridor_definitions"):
        included.setdefault(row["definition_id"], set()).add(row["iso3"])
    assert DESK("corridors.definition_core") == len(set.intersection(*included.values()))
    assert DESK("corridors.definition_states") == max(map(len, included.values()))
    assert DESK("corridors.definition_states", which="narrowest") == min(map(len, included.values()))
    done = [row for row in rows("corridor_projects") if row["status"] != "planned" and row["date"] < "2023-06-08"]
    assert DESK("corridors.steps_taken") == len(done)


# --- derivations ------------------------------------------------------------------------------------------------------------------


def test_lpi_derivation_on_a_sample():
    module = derivation("lpi")
    sample = pd.DataFrame({name: [1.234, 2.341, 3.456] for name in module.COLUMNS})
    sample = sample.assign(iso3=["UZB", "KAZ", "ZZZ"], year=2023, lpi_rank=[88, 79, 1])
    made = module.derive(sample, {"KAZ", "UZB"})
    assert made["iso3"].tolist() == ["KAZ", "UZB"]
    assert made["rank"].tolist() == [79, 88]
    assert made["customs"].tolist() == [2.34, 1.23]
    assert list(made.columns) == [field["name"] for field in tables.resource("lpi")["schema"]["fields"]]


def test_sea_route_derivation_on_a_sample():
    made = derivation("sea_route").derive([(0, 0), (1, 0.1), (2, 0), (2, 5)])
    assert made == [
        {"point": 1, "lon": 0, "lat": 0},
        {"point": 2, "lon": 2, "lat": 0},
        {"point": 3, "lon": 2, "lat": 5},
    ]
