"""War chapter: numbers that are shown, counted again from the tables by another road."""

from datetime import date
from importlib import util
from math import isclose
from pathlib import Path

import pandas as pd
import pytest

from multivector import tables
from multivector.errors import NoData
from multivector.findings import Desk

DERIVE = Path(__file__).resolve().parents[1] / "data" / "derive"


@pytest.fixture(scope="module")
def desk():
    return Desk("KAZ")


def script(name):
    spec = util.spec_from_file_location(name, DERIVE / f"{name}.py")
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rows(name):
    return tables.load(name).to_dict("records")


# Prices


def test_inflation_panel_repeats_the_table(desk):
    table = {(row["iso3"], row["year"]): row["cpi_inflation_pct"] for row in rows("macro")}
    frame = desk("war.inflation_panel")
    assert frame["iso3"].iloc[0] == "KAZ"
    assert len(frame["iso3"].unique()) == 10
    for row in frame.itertuples():
        assert row.inflation_pct == table[row.iso3, row.year]
    assert frame[frame["iso3"] == "RUS"]["year"].max() == 2021


def test_doubtful_price_of_2024_is_left_out():
    row = next(row for row in rows("macro") if row["iso3"] == "KAZ" and row["year"] == 2024)
    assert pd.isna(row["cpi_inflation_pct"])
    assert row["population"] > 20_000_000


def test_states_with_rising_inflation(desk):
    members = {row["iso3"] for row in rows("states") if row["kind"] == "un_member"}
    value = {(r["iso3"], r["year"]): r["cpi_inflation_pct"] for r in rows("macro") if pd.notna(r["cpi_inflation_pct"])}
    both = [iso3 for iso3 in members if (iso3, 2020) in value and (iso3, 2021) in value]
    rose = sum(value[iso3, 2021] > value[iso3, 2020] for iso3 in both)
    assert isclose(desk("war.states_with_rising_inflation", year=2021), 100 * rose / len(both))


def test_peers_that_rose(desk):
    value = {(r["iso3"], r["year"]): r["cpi_inflation_pct"] for r in rows("macro")}
    known = [p for p in ("KGZ", "UZB", "MNG", "AZE", "ARM", "GEO", "CHN", "RUS") if pd.notna(value[p, 2022])]
    assert desk("war.peers_compared") == len(known) == 7
    assert desk("war.peers_with_rising_inflation") == sum(value[p, 2022] > value[p, 2021] for p in known)


@pytest.mark.parametrize("name", ["war.inflation", "war.inflation_panel", "war.peers_compared", "war.eu_export_growth"])
def test_every_un_member_has_a_value_or_a_reason(name):
    silent = []
    for iso3, state in ((row["iso3"], row["name"]) for row in rows("states") if row["kind"] == "un_member"):
        try:
            Desk(iso3)(name)
        except NoData as reason:
            silent.append((state, str(reason)))
    assert all(state in reason for state, reason in silent)
    assert len(silent) < 25


def test_turkmenistan_has_no_prices():
    with pytest.raises(NoData, match="Turkmenistan"):
        Desk("TKM")("war.inflation")


# Trade


def test_partner_sums_reach_the_published_total():
    frame = tables.load("trade")
    total = frame[frame["partner_iso3"] == "WLD"].set_index("year")
    summed = frame[frame["partner_iso3"] != "WLD"].groupby("year")[["exports_kusd", "imports_kusd"]].sum()
    assert (1 - summed / total[["exports_kusd", "imports_kusd"]]).abs().max().max() < 0.001


def test_trade_by_partner_counted_again(desk):
    table = {(row["year"], row["partner_iso3"]): row for row in rows("trade")}
    for row in desk("war.trade_by_partner").itertuples():
        column, total = f"{row.flow}_kusd", table[row.year, "WLD"][f"{row.flow}_kusd"]
        single = {"Russia": "RUS", "China": "CHN", "Türkiye": "TUR"}.get(row.partner)
        if single:
            assert isclose(row.usd_bn, table[row.year, single][column] / 1e6)
        assert isclose(row.share_pct, row.usd_bn * 1e6 / total * 100)
    shares = desk("war.trade_by_partner").groupby(["flow", "year"])["share_pct"].sum()
    assert (shares - 100).abs().max() < 1e-9


def test_european_union_has_27_members():
    from multivector.findings.war import EU27

    assert len(EU27) == len(set(EU27)) == 27
    assert "GBR" not in EU27


@pytest.mark.parametrize("flow", ["exports", "imports"])
def test_concentration(desk, flow):
    for year, shown in desk("war.concentration_by_year").set_index("year")[flow].items():
        values = {row["partner_iso3"]: row[f"{flow}_kusd"] for row in rows("trade") if row["year"] == year}
        total = values.pop("WLD")
        assert isclose(shown, sum((value / total) ** 2 for value in values.values()))


def test_eu_exports_by_month_add_up_to_the_year():
    yearly = {(row["year"], row["partner_iso3"]): row["exports_eur"] for row in rows("eu_exports_annual")}
    summed = {}
    for row in rows("eu_exports"):
        key = int(row["month"][:4]), row["partner_iso3"]
        summed[key] = summed.get(key, 0) + row["exports_eur"]
    for (year, partner), value in summed.items():
        if year < 2024:
            assert isclose(value, yearly[year, partner], rel_tol=0.001)


def test_eu_export_index(desk):
    values = {(row["partner_iso3"], row["month"]): row["exports_eur"] for row in rows("eu_exports")}
    frame = desk("war.eu_export_index").rename(columns={"index": "level"})
    assert len(frame) == len(values)
    for row in frame[frame["month"].isin(["2019-01", "2022-06", "2024-08"])].itertuples():
        mean = sum(values[row.partner_iso3, f"2021-{month:02}"] for month in range(1, 13)) / 12
        assert isclose(row.level, 100 * values[row.partner_iso3, row.month] / mean)


def test_growth_named_in_the_text(desk):
    assert round(desk("war.eu_export_growth", first=2021, last=2023)) == 121
    assert round(desk("war.eu_export_multiple", focus="KGZ", first=2021, last=2023), 1) == 10.4


def test_neighbours_replace_only_part_of_the_fall(desk):
    value = {(row["partner_iso3"], row["year"]): row["exports_eur"] for row in rows("eu_exports_annual")}
    rise = sum(value[state, 2023] - value[state, 2021] for state in ("KAZ", "KGZ", "ARM", "GEO", "UZB"))
    assert isclose(desk("war.neighbours_gain_of_russian_fall"), 100 * rise / (value["RUS", 2021] - value["RUS", 2023]))


def test_mirror_compares_growth_only(desk):
    frame = desk("war.mirror_index").set_index("year")
    assert (frame.loc[2021] == 100).all()
    assert isclose(
        desk("war.mirror_gap", year=2023), frame.loc[2023, "eu_reports"] - frame.loc[2023, "kazakhstan_reports"]
    )


def test_sudan_is_not_south_sudan():
    value = {row["partner_iso3"]: row["exports_eur"] for row in rows("eu_exports_annual") if row["year"] == 2023}
    assert value["SDN"] > value["SSD"]


# Events


def test_record_is_cut_at_the_day_of_judgement(desk):
    before, after = desk("war.sanctions_record"), desk("war.sanctions_record", later=True)
    assert len(before) + len(after) == len(rows("sanctions_events"))
    assert desk("war.firms_designated") == 0
    listed = {firm for row in rows("sanctions_events") if pd.notna(row["firms"]) for firm in row["firms"].split(";")}
    assert desk("war.firms_designated", later=True) == len(listed)
    early = Desk("KAZ", date(2023, 4, 1))("war.sanctions_count", kind="measure")
    assert early == 2


# Scripts that made the tables


def test_macro_script_on_a_sample():
    header = ["iso3", "year", "gdp_current_usd", "cpi_inflation_pct", "population"]
    sample = pd.DataFrame(
        [["KAZ", 2023, 2.4, 14.72501, 20.0], ["KAZ", 2024, None, 4.86, 21.0], ["ABW", 2023, 1, 1, 1]], columns=header
    )
    made = script("macro").derive(sample, {"KAZ"})
    assert list(made["gdp_usd"].fillna(0)) == [2, 0]
    assert made["cpi_inflation_pct"].tolist()[0] == 14.725
    assert pd.isna(made["cpi_inflation_pct"].iloc[1])
    assert len(made) == 2


def test_trade_script_on_a_sample():
    header = ["year", "iso3", "type", "exports_kusd", "imports_kusd"]
    sample = [
        [2018, "WLD", "aggregate", 9, 9],
        [2018, "AGG_EU", "aggregate", 5, 5],
        [2018, "RUS", "country", None, 4],
        [2018, "GIB", "country", 1, 1],
    ]
    made = script("trade").derive(pd.DataFrame(sample, columns=header), {"RUS", "WLD"})
    assert made.values.tolist() == [[2018, "RUS", 0, 4], [2018, "WLD", 9, 9]]


def test_eu_exports_script_on_a_sample():
    module = script("eu_exports")
    monthly = pd.DataFrame(
        [["2019-01", "EU27", "KAZ", 7], ["2019-01", "AUT", "KAZ", 1]],
        columns=["month", "reporter_iso3", "partner_iso3", "exports_eur"],
    )
    assert module.monthly(monthly).values.tolist() == [["2019-01", "KAZ", 7]]
    header = ["year", "partner_iso3", "partner", "exports_eur"]
    yearly = [
        [2019, "SSD", "South Sudan", 1],
        [2019, "SSD", "Sudan (incl. South Sudan 'SS' -> 2012)", 8],
        [2018, "KAZ", "Kazakhstan", 3],
        [2019, None, "High seas", 2],
    ]
    made = module.yearly(pd.DataFrame(yearly, columns=header), {"SSD", "SDN", "KAZ"})
    assert made.values.tolist() == [[2019, "SDN", 8], [2019, "SSD", 1]]
