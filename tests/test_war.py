"""War chapter: numbers that are shown, counted again from the tables by another road."""

from datetime import date
from functools import cache
from math import isclose

import pandas as pd
import pytest
from byhand import MEMBERS, frame, script

from multivector.errors import NoData
from multivector.facts import tables
from multivector.findings import Desk
from multivector.findings.war import EU27

desk = Desk("KAZ")


@cache
def series(name, value, *keys, where="index == index"):
    """A column of a table by its keys."""
    return tables.load(name).query(where).set_index(list(keys))[value]


def rises(first, last):
    """By how much inflation rose in every member between two years of which both are known."""
    values = series("macro", "cpi_inflation_pct", "year", "iso3")
    return (values[last] - values[first]).reindex(list(MEMBERS)).dropna()


def exports(year):
    """What the European Union sold to each state in a year, in euro."""
    return series("eu_exports_annual", "exports_eur", "year", "partner_iso3")[year]


# Prices


def test_inflation_pairs_repeat_the_table():
    frame, table = desk("war.inflation_pairs").set_index("iso3"), series("macro", "cpi_inflation_pct", "year", "iso3")
    assert "RUS" not in frame.index
    assert (frame["before_pct"] == table[2021][frame.index]).all()
    assert frame["rise"].to_numpy() == pytest.approx((table[2022] - table[2021])[frame.index])
    assert frame["rise"].is_monotonic_increasing
    assert set(frame["name"].loc["KAZ":][1:]) == {"Azerbaijan", "Mongolia"}


def test_rises_of_inflation_counted_again():
    rise = rises(2021, 2022)
    assert desk("war.inflation_rank") == f"{(rise > rise['KAZ']).sum() + 1} of {len(rise)}"
    assert isclose(desk("war.median_inflation_change"), rise.median())
    assert isclose(desk("war.states_with_rising_inflation", year=2021), 100 * (rises(2020, 2021) > 0).mean())
    peers = rise.reindex(["KGZ", "UZB", "MNG", "AZE", "ARM", "GEO", "CHN", "RUS"]).dropna()
    assert desk("war.peers_compared") == len(peers) == 7
    assert desk("war.peers_with_rising_inflation") == (peers > 0).sum()


def test_doubtful_price_of_2024_is_left_out():
    row = tables.load("macro").set_index(["iso3", "year"]).loc["KAZ", 2024]
    assert pd.isna(row["cpi_inflation_pct"])
    assert row["population"] > 20_000_000


# Trade


def test_trade_by_partner_counted_again():
    shown, table = desk("war.trade_by_partner"), tables.load("trade").set_index(["partner_iso3", "year"])
    for flow, rows in shown.groupby("flow"):
        values, by_partner = table[f"{flow}_kusd"], rows.set_index(["partner", "year"])
        for name, iso3 in {"Russia": "RUS", "China": "CHN", "Türkiye": "TUR"}.items():
            assert (by_partner["usd_bn"][name] * 1e6).to_dict() == pytest.approx(values[iso3].to_dict())
        total = rows["year"].map(values["WLD"])
        assert rows["share_pct"].to_numpy() == pytest.approx(rows["usd_bn"] * 1e6 / total * 100)
    shares = shown.groupby(["flow", "year"])["share_pct"].sum()
    assert (shares - 100).abs().max() < 1e-9
    sold = table["exports_kusd"]["RUS"]
    assert isclose(desk("war.trade_growth", flow="exports"), 100 * (sold[2022] / sold[2021] - 1))
    changes = desk("war.trade_changes").set_index(["flow", "partner"])["change_pct"]
    for flow, change in changes.groupby("flow"):
        world = table[f"{flow}_kusd"]["WLD"]
        assert isclose(change[flow, "All partners"], 100 * (world[2022] / world[2021] - 1))
        assert isclose(desk("war.trade_growth", partner="all", flow=flow), change[flow, "All partners"])
        assert change[flow].idxmin() == "Russia", "the smallest rise of those shown"


def partners(flow, year):
    """Trade of Kazakhstan with each partner in a year, as shares of all."""
    values = series("trade", f"{flow}_kusd", "year", "partner_iso3")[year]
    return values.drop("WLD") / values["WLD"]


@pytest.mark.parametrize("flow", ["exports", "imports"])
def test_concentration(flow):
    table = desk("war.concentration_by_year").set_index("count")
    for year in table.columns:
        each = partners(flow, int(year))
        union = each.rename(lambda one: "EU" if one in EU27 else one).groupby(level=0).sum()
        for shares, counted in ((each, "one by one"), (union, "as one")):
            assert isclose(table.loc[f"{flow.capitalize()}, EU {counted}", year], (shares**2).sum())
    shown = desk("war.concentration", flow=flow, union="as one")
    assert shown == table.loc[f"{flow.capitalize()}, EU as one", "2022"]
    assert abs(desk("vectors.trade_concentration", flow=flow) - shown) < 0.001


def test_neighbours_replace_only_part_of_the_fall():
    assert round(desk("war.eu_export_growth", first=2021, last=2023)) == 121
    assert round(desk("war.eu_export_multiple", focus="KGZ", first=2021, last=2023), 1) == 10.4
    rise = exports(2023) - exports(2021)
    gain = rise[["KAZ", "KGZ", "ARM", "GEO", "UZB"]].sum()
    assert isclose(desk("war.neighbours_gain_of_russian_fall"), 100 * gain / -rise["RUS"])


def test_sudan_is_not_south_sudan():
    assert exports(2023)["SDN"] > exports(2023)["SSD"]


# Prices by month


def test_monthly_prices_agree_with_the_figures_quoted_in_the_press():
    headline = series("consumer_prices", "yoy_pct", "month", where="iso3 == 'KAZ' and item == 'headline'")
    gaps = (series("inflation_monthly_kaz", "inflation_pct", "month") - headline).dropna()
    assert len(gaps) >= 4
    assert gaps.abs().max() < 0.15


def test_mean_of_months_is_the_year():
    months = [f"2022-{month:02}" for month in range(1, 13)]
    mean = sum(desk("war.price_change", month=month) for month in months) / 12
    assert abs(mean - desk("war.inflation", year=2022)) < 0.3


def test_chained_food_prices_agree_with_official_food_inflation():
    official = series("consumer_prices", "yoy_pct", "month", where="iso3 == 'KAZ' and item == 'food'")
    assert len(official) == 4
    for month, rate in official.items():
        chained = desk("war.division_inflation", division="Food and non-alcoholic beverages", month=month)
        assert abs(chained - rate) < 0.2


def test_division_inflation_chained_by_hand():
    changes = series("cpi_divisions_kaz", "mom_pct", "month", where="division == 'Transport'")
    level = (1 + changes.sort_index()["2022-03":"2023-02"] / 100).prod()
    assert isclose(desk("war.division_inflation", division="Transport", month="2023-02"), 100 * (level - 1))
    with pytest.raises(NoData, match="twelve months"):
        desk("war.division_inflation", month="2019-06")
    slower = desk("war.divisions").query("after_pct < before_pct")
    assert list(slower["division"]) == ["Transport"], "it alone slowed down"
    assert isclose(slower["after_pct"].item(), 100 * (level - 1))


def test_price_jump_is_a_difference():
    value = series("consumer_prices", "yoy_pct", "month", where="iso3 == 'UZB'")
    assert isclose(desk("war.price_jump", focus="UZB"), value["2022-03"] - value["2022-02"])


def test_two_sources_of_exchange_rates_agree():
    rates = tables.load("tenge_rates")
    tenge = rates.groupby(rates["quarter"].str[:4].astype(int))[["kzt_per_eur", "kzt_per_usd"]].sum().loc[2019:2023]
    crossed = tenge["kzt_per_eur"] / tenge["kzt_per_usd"]
    assert (crossed / series("euro_rates", "usd_per_eur", "year") - 1).dropna().abs().lt(0.01).sum() == 5


def test_freight_change():
    hours = series("transport_costs", "value", "iso3", "mode", "measure", "year")["KAZ", "rail", "border_hours"]
    expected = 100 * (hours[2022] / hours[2021] - 1)
    assert isclose(desk("war.freight_change", mode="rail", measure="border_hours"), expected)
    with pytest.raises(NoData, match="Georgia in 2021 and 2022"):
        desk("war.freight_change", focus="GEO")


# The surge, the goods and the two books


def test_surge_ranked_again():
    growth = (exports(2022) / exports(2021) - 1)[exports(2021) > 1e9].dropna()
    assert desk("war.surge_partners") == len(growth)
    assert desk("war.surge_rank") == (growth > growth["KAZ"]).sum() + 1 == 1
    assert isclose(desk("war.surge_quantile"), 100 * growth.median())
    near = {*series("borders", "iso3", "neighbour_iso3")["RUS"], "RUS", "ARM", "BLR", "KAZ", "KGZ"}
    assert isclose(desk("war.surge_of_controls"), 100 * growth[~growth.index.isin(near)].max())

    with pytest.raises(NoData, match="billion euro to Kyrgyzstan"):
        desk("war.surge_rank", focus="KGZ")


def nine_months(name, column):
    """What was sold from March to November of each year, to each partner."""
    frame = tables.load(name)
    frame = frame[frame["month"].str[5:].between("03", "11")]
    return frame.groupby([frame["month"].str[:4].astype(int).rename("year"), "partner_iso3"])[column].sum()


def test_priority_goods_are_a_part_of_chapters_these_of_listed_and_these_of_all_goods():
    goods, keys = tables.load("eu_priority_exports"), ["year", "partner_iso3", "hs2"]
    parts = goods.assign(hs2=goods["hs6"].str[:2]).groupby(keys)["exports_eur"].sum()
    parts = parts[parts > 0]
    chapters = series("eu_listed_chapters", "exports_eur", *keys)
    assert (parts <= chapters.loc[parts.index]).all()
    assert nine_months("eu_listed_exports", "listed_eur").to_dict() == chapters.groupby(level=[0, 1]).sum().to_dict()
    shared = tables.load("eu_listed_exports").merge(tables.load("eu_exports"), on=["month", "partner_iso3"])
    assert len(shared) == 35 * 6
    assert (shared["listed_eur"].gt(0) & (shared["listed_eur"] <= shared["exports_eur"])).all()


def test_growth_of_listed_goods():
    listed = nine_months("eu_listed_exports", "listed_eur").xs("KAZ", level=1)
    total = nine_months("eu_exports", "exports_eur").xs("KAZ", level=1)
    gain, others = listed[2022] - listed[2021], total - listed
    assert isclose(desk("war.listed_growth"), 100 * gain / listed[2021])
    assert isclose(desk("war.listed_growth", goods="other"), 100 * (others[2022] / others[2021] - 1))
    assert desk("war.listed_growth") > 2 * desk("war.listed_growth", goods="other"), "the answer says: twice as fast"
    assert isclose(desk("war.listed_share_of_growth"), 100 * gain / (total[2022] - total[2021]))
    shown = desk("war.listed_chapters").groupby("goods")["gain_meur"].sum()
    assert isclose(shown["listed"], gain / 1e6)
    assert isclose(shown["not listed"], (others[2022] - others[2021]) / 1e6)
    assert isclose(shown["listed"] + shown["not listed"], shown["all"])
    assert isclose(shown["all"], desk("war.listed_gain"))
    assert isclose(100 * shown["listed"] / shown["all"], desk("war.listed_share_of_growth")), "from the CSV"


def test_the_two_books_are_in_one_currency():
    assert len(EU27) == len(set(EU27)) == 27
    assert "GBR" not in EU27
    trade = tables.load("trade")
    imports = trade[trade["partner_iso3"].isin(EU27)].groupby("year")["imports_kusd"].sum()
    own = imports * 1000 / series("euro_rates", "usd_per_eur", "year")
    theirs = series("eu_exports_annual", "exports_eur", "year", where="partner_iso3 == 'KAZ'")
    for year in range(2019, 2024):
        assert isclose(desk("war.mirror_excess", year=year), 100 * (theirs[year] / own[year] - 1))
    rise = (theirs - own).loc[2022] - (theirs - own).loc[2021]
    assert isclose(desk("war.mirror_missing_of_rise"), 100 * rise / (theirs[2022] - theirs[2021]))
    assert round(desk("war.mirror_missing", year=2022), 1) == 3.1


def test_figures_of_others_keep_their_qualifier():
    assert desk("war.reported", report="offset", year=2023) == "less than 10%"
    assert desk("war.reported", report="rerouted") == "about 5%"


# Events


def test_record_is_cut_at_the_day_of_judgement():
    before, after = desk("war.sanctions_record"), desk("war.sanctions_record", later=True)
    assert len(before) + len(after) == len(tables.load("sanctions_events"))
    assert Desk("KAZ", date(2023, 4, 1))("war.sanctions_count", kind="measure") == 2


def test_firms_are_counted_by_the_ground_of_their_listing():
    events = tables.load("sanctions_events")
    listed = events["kind"] == "designation"
    assert (events["firms"].notna() == listed).all()
    assert (events["ground"].notna() == listed).all()
    firms = events[listed].assign(firm=events["firms"].str.split(";"), later=events["date"] > "2023-06-08")
    count = firms.explode("firm").groupby(["ground", "later"])["firm"].nunique().to_dict()
    assert desk("war.firms_designated") == count.get(("evasion", False), 0) == 0
    assert desk("war.firms_designated", ground="parent_bank") == count["parent_bank", False] == 3
    assert desk("war.firms_designated", later=True) == count["evasion", True]


# Scripts that made the tables


def test_macro_script_on_a_sample():
    columns = "iso3 year gdp_current_usd cpi_inflation_pct population"
    upstream = frame(
        columns, ("KAZ", 2023, 2.4, 14.72501, 20.0), ("KAZ", 2024, None, 4.86, 21.0), ("ABW", 2023, 1, 1, 1)
    )
    made = script("macro").derive(upstream, {"KAZ"})
    assert list(made["gdp_usd"].fillna(0)) == [2, 0]
    assert made["cpi_inflation_pct"].fillna(0).tolist() == [14.725, 0]


COUNTRIES = frame(
    "year iso3 type exports_kusd imports_kusd",
    *((2018, "WLD", "aggregate", 9, 9), (2018, "AGG_EU", "aggregate", 5, 5)),
    *((2018, "RUS", "country", None, 4), (2018, "GIB", "country", 1, 1)),
)
MONTHS = frame(
    "month reporter_iso3 partner_iso3 exports_eur", ("2019-01", "EU27", "KAZ", 7), ("2019-01", "AUT", "KAZ", 1)
)
YEARS = frame(
    "year partner_iso3 partner exports_eur",
    *((2019, "SSD", "South Sudan", 1), (2019, "SSD", "Sudan (incl. South Sudan 'SS' -> 2012)", 8)),
    *((2018, "KAZ", "Kazakhstan", 3), (2019, None, "High seas", 2)),
)
LISTED = frame(
    "month partner_iso3 hs2 exports_eur",
    *(("2021-02", "KAZ", 1, 9), ("2021-03", "KAZ", 1, 5), ("2021-03", "KAZ", 84, 7), ("2021-12", "KAZ", 1, 9)),
)
CHANGES = frame(
    "month coicop division mom_pct yoy_pct", ("2018-12", 7, "Transport", 1, 1), ("2019-01", 7, "Transport", 0.4, 1)
)
PRICES = frame(
    "month iso3 item index yoy_pct",
    *(("2023-03", "KGZ", "food", None, 9), ("2023-03", "KGZ", "headline", 1, 8), ("2023-03", "USA", "food", 1, 7)),
)
RATES = frame("quarter usdkzt eurkzt rurkzt cpi", ("2018Q4", 1, 2, 3, 4), ("2019Q1", 5, 6, 7, 8))
DAYS = frame("Date USD", ("2018-01-02", 1.2), ("2018-01-03", 1.1), ("2024-01-02", 1.0))


@pytest.mark.parametrize(
    ("name", "function", "given", "expected"),
    [
        ("trade", "derive", (COUNTRIES, {"RUS", "WLD"}), [[2018, "RUS", 0, 4], [2018, "WLD", 9, 9]]),
        ("eu_exports", "monthly", (MONTHS,), [["2019-01", "KAZ", 7]]),
        ("eu_exports", "yearly", (YEARS, {"SSD", "SDN", "KAZ"}), [[2019, "SDN", 8], [2019, "SSD", 1]]),
        ("euro_rates", "derive", (DAYS,), [[2018, 1.15, 2]]),
        (
            "eu_listed_exports",
            "monthly",
            (LISTED,),
            [["2021-02", "KAZ", 9], ["2021-03", "KAZ", 12], ["2021-12", "KAZ", 9]],
        ),
        ("eu_listed_exports", "nine_months", (LISTED, "hs2"), [[2021, "KAZ", "01", 5], [2021, "KAZ", "84", 7]]),
        ("cpi_divisions_kaz", "derive", (CHANGES,), [["2019-01", "07", "Transport", 0.4]]),
        ("consumer_prices", "derive", (PRICES,), [["KGZ", "headline", "2023-03", 8, "G734"]]),
        ("tenge_rates", "derive", (RATES,), [["2019Q1", 5, 6, 7]]),
    ],
)
def test_a_script_on_a_sample(name, function, given, expected):
    assert getattr(script(name), function)(*given).values.tolist() == expected


def test_the_title_of_the_divisions_names_who_rose_most_and_who_alone_slowed_down():
    parts = desk("war.divisions").set_index("division")
    rise = parts["after_pct"] - parts["before_pct"]
    assert rise.idxmax().startswith("Furnishings")
    assert parts["after_pct"].idxmax().startswith("Furnishings")
    assert list(rise.index[rise < 0]) == ["Transport"]


def test_states_named_beside_kazakhstan_rose_more_or_less():
    """The chapter names them in words, by the figure beside them."""
    own, *others = (Desk(one)("war.inflation_change") for one in ("KAZ", "MNG", "AZE", "KGZ", "ARM"))
    assert min(others[:2]) > own > max(others[2:])
