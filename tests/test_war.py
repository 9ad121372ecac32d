"""War chapter: numbers that are shown, counted again from the tables by another road."""

from datetime import date
from math import isclose
from statistics import median

import pandas as pd
import pytest
from byhand import script

from multivector.errors import NoData
from multivector.facts import dates, tables
from multivector.findings import Desk


@pytest.fixture(scope="module")
def desk():
    return Desk("KAZ")


def rows(name):
    return tables.load(name).to_dict("records")


# Prices


def test_inflation_pairs_repeat_the_table(desk):
    table = {(row["iso3"], row["year"]): row["cpi_inflation_pct"] for row in rows("macro")}
    frame = desk("war.inflation_pairs")
    assert "RUS" not in set(frame["iso3"])
    for row in frame.itertuples():
        assert row.before_pct == table[row.iso3, 2021]
        assert isclose(row.rise, table[row.iso3, 2022] - table[row.iso3, 2021])
    assert frame["rise"].is_monotonic_increasing
    assert set(frame["name"].iloc[frame.index[frame["iso3"] == "KAZ"][0] + 1 :]) == {"Azerbaijan", "Mongolia"}


def test_inflation_rank_counted_again(desk):
    members = {row["iso3"] for row in rows("states") if row["kind"] == "un_member"}
    value = {(r["iso3"], r["year"]): r["cpi_inflation_pct"] for r in rows("macro") if pd.notna(r["cpi_inflation_pct"])}
    rise = {one: value[one, 2022] - value[one, 2021] for one in members if {(one, 2021), (one, 2022)} <= set(value)}
    above = sum(change > rise["KAZ"] for change in rise.values())
    assert desk("war.inflation_rank") == f"{above + 1} of {len(rise)}"


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
    table = desk("war.concentration_by_year").set_index("count")
    for year, shown in table.loc[f"{flow.capitalize()}, EU one by one"].items():
        values = {row["partner_iso3"]: row[f"{flow}_kusd"] for row in rows("trade") if row["year"] == int(year)}
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


def test_growth_named_in_the_text(desk):
    assert round(desk("war.eu_export_growth", first=2021, last=2023)) == 121
    assert round(desk("war.eu_export_multiple", focus="KGZ", first=2021, last=2023), 1) == 10.4


def test_neighbours_replace_only_part_of_the_fall(desk):
    value = {(row["partner_iso3"], row["year"]): row["exports_eur"] for row in rows("eu_exports_annual")}
    rise = sum(value[state, 2023] - value[state, 2021] for state in ("KAZ", "KGZ", "ARM", "GEO", "UZB"))
    assert isclose(desk("war.neighbours_gain_of_russian_fall"), 100 * rise / (value["RUS", 2021] - value["RUS", 2023]))


def test_sudan_is_not_south_sudan():
    value = {row["partner_iso3"]: row["exports_eur"] for row in rows("eu_exports_annual") if row["year"] == 2023}
    assert value["SDN"] > value["SSD"]


# Prices by month


def test_monthly_prices_agree_with_the_figures_quoted_in_the_press():
    monthly = {(row["iso3"], row["item"], row["month"]): row["yoy_pct"] for row in rows("consumer_prices")}
    quoted = {row["month"]: row["inflation_pct"] for row in rows("inflation_monthly_kaz")}
    shared = [month for month in quoted if ("KAZ", "headline", month) in monthly]
    assert len(shared) >= 4
    assert all(abs(quoted[month] - monthly["KAZ", "headline", month]) < 0.15 for month in shared)


def test_mean_of_months_is_the_year(desk):
    months = [f"2022-{month:02}" for month in range(1, 13)]
    mean = sum(desk("war.price_change", month=month) for month in months) / 12
    assert abs(mean - desk("war.inflation", year=2022)) < 0.3


def test_chained_food_prices_agree_with_official_food_inflation(desk):
    official = {
        row["month"]: row["yoy_pct"]
        for row in rows("consumer_prices")
        if row["item"] == "food" and row["iso3"] == "KAZ"
    }
    assert len(official) == 4
    for month, rate in official.items():
        chained = desk("war.division_inflation", division="Food and non-alcoholic beverages", month=month)
        assert abs(chained - rate) < 0.2


def test_division_inflation_chained_by_hand(desk):
    level = 1.0
    for row in rows("cpi_divisions_kaz"):
        if row["division"] == "Transport" and "2022-03" <= row["month"] <= "2023-02":
            level *= 1 + row["mom_pct"] / 100
    assert isclose(desk("war.division_inflation", division="Transport", month="2023-02"), 100 * (level - 1))
    with pytest.raises(NoData, match="twelve months"):
        desk("war.division_inflation", month="2019-06")


def test_transport_alone_slowed_down(desk):
    frame = desk("war.divisions")
    assert list(frame.loc[frame["after_pct"] < frame["before_pct"], "division"]) == ["Transport"]


def test_price_jump_is_a_difference(desk):
    value = {row["month"]: row["yoy_pct"] for row in rows("consumer_prices") if row["iso3"] == "UZB"}
    assert isclose(desk("war.price_jump", focus="UZB"), value["2022-03"] - value["2022-02"])


def test_two_sources_of_exchange_rates_agree():
    rate = {row["year"]: row["usd_per_eur"] for row in rows("euro_rates")}
    for year in range(2019, 2024):
        quarters = [row for row in rows("tenge_rates") if row["quarter"].startswith(str(year))]
        crossed = sum(row["kzt_per_eur"] for row in quarters) / sum(row["kzt_per_usd"] for row in quarters)
        assert abs(crossed / rate[year] - 1) < 0.01


def test_freight_change(desk):
    value = {(row["iso3"], row["mode"], row["measure"], row["year"]): row["value"] for row in rows("transport_costs")}
    expected = 100 * (value["KAZ", "rail", "border_hours", 2022] / value["KAZ", "rail", "border_hours", 2021] - 1)
    assert isclose(desk("war.freight_change", mode="rail", measure="border_hours"), expected)
    with pytest.raises(NoData, match="Kyrgyzstan"):
        desk("war.freight_change", focus="KGZ", mode="rail", first=2020)


# The surge, the goods and the two books


def test_surge_ranked_again(desk):
    value = {(row["partner_iso3"], row["year"]): row["exports_eur"] for row in rows("eu_exports_annual")}
    growth = {
        one: value[one, 2022] / value[one, 2021] - 1
        for one, year in value
        if year == 2021 and value[one, 2021] > 1e9 and (one, 2022) in value
    }
    ordered = sorted(growth, key=growth.get, reverse=True)
    assert desk("war.surge_partners") == len(ordered)
    assert desk("war.surge_rank") == ordered.index("KAZ") + 1 == 1
    assert isclose(desk("war.surge_quantile"), 100 * median(growth.values()))
    near = {row["iso3"] for row in rows("borders") if row["neighbour_iso3"] == "RUS"} | {
        "RUS",
        "ARM",
        "BLR",
        "KAZ",
        "KGZ",
    }
    assert isclose(desk("war.surge_of_controls"), 100 * max(growth[one] for one in growth if one not in near))


def test_kyrgyzstan_is_below_the_floor_of_the_baseline():
    with pytest.raises(NoData, match="billion euro to Kyrgyzstan"):
        Desk("KGZ")("war.surge_rank")


def test_listed_goods_are_a_part_of_all_goods():
    total = {(row["month"], row["partner_iso3"]): row["exports_eur"] for row in rows("eu_exports")}
    shared = [row for row in rows("eu_listed_exports") if (row["month"], row["partner_iso3"]) in total]
    assert len(shared) == 35 * 6
    assert all(0 < row["listed_eur"] <= total[row["month"], row["partner_iso3"]] for row in shared)


def test_chapters_add_up_to_the_months():
    months, chapters = {}, {}
    for row in rows("eu_listed_exports"):
        if "03" <= row["month"][5:] <= "11":
            key = int(row["month"][:4]), row["partner_iso3"]
            months[key] = months.get(key, 0) + row["listed_eur"]
    for row in rows("eu_listed_chapters"):
        key = row["year"], row["partner_iso3"]
        chapters[key] = chapters.get(key, 0) + row["exports_eur"]
    assert months == chapters


def test_priority_goods_are_a_part_of_their_chapter():
    chapter = {(row["year"], row["partner_iso3"], row["hs2"]): row["exports_eur"] for row in rows("eu_listed_chapters")}
    parts = {}
    for row in rows("eu_priority_exports"):
        key = row["year"], row["partner_iso3"], row["hs6"][:2]
        parts[key] = parts.get(key, 0) + row["exports_eur"]
    assert all(value <= chapter[key] for key, value in parts.items() if value)


def test_growth_of_listed_goods(desk):
    listed, total = {2021: 0, 2022: 0}, {2021: 0, 2022: 0}
    for name, column, sums in (("eu_listed_exports", "listed_eur", listed), ("eu_exports", "exports_eur", total)):
        for row in rows(name):
            year, month = int(row["month"][:4]), row["month"][5:]
            if row["partner_iso3"] == "KAZ" and year in sums and "03" <= month <= "11":
                sums[year] += row[column]
    assert isclose(desk("war.listed_growth"), 100 * (listed[2022] / listed[2021] - 1))
    others = {year: total[year] - listed[year] for year in total}
    assert isclose(desk("war.listed_growth", goods="other"), 100 * (others[2022] / others[2021] - 1))
    assert desk("war.listed_growth") > 2 * desk("war.listed_growth", goods="other"), "the answer says: twice as fast"
    share = (listed[2022] - listed[2021]) / (total[2022] - total[2021])
    assert isclose(desk("war.listed_share_of_growth"), 100 * share)
    assert isclose(desk("war.listed_chapters")["gain_meur"].sum(), (listed[2022] - listed[2021]) / 1e6)


def test_the_two_books_are_in_one_currency(desk):
    rate = {row["year"]: row["usd_per_eur"] for row in rows("euro_rates")}
    theirs = {row["year"]: row["exports_eur"] for row in rows("eu_exports_annual") if row["partner_iso3"] == "KAZ"}
    from multivector.findings.war import EU27

    own = {year: 0.0 for year in rate}
    for row in rows("trade"):
        if row["partner_iso3"] in EU27:
            own[row["year"]] += row["imports_kusd"] * 1000 / rate[row["year"]]
    for year in range(2019, 2024):
        assert isclose(desk("war.mirror_excess", year=year), 100 * (theirs[year] / own[year] - 1))
    missing = (theirs[2022] - theirs[2021] - own[2022] + own[2021]) / (theirs[2022] - theirs[2021])
    assert isclose(desk("war.mirror_missing_of_rise"), 100 * missing)
    assert round(desk("war.mirror_missing", year=2022), 1) == 3.1


@pytest.mark.parametrize("flow", ["exports", "imports"])
def test_concentration_with_the_union_as_one(desk, flow):
    from multivector.findings.war import EU27

    values = {row["partner_iso3"]: row[f"{flow}_kusd"] for row in rows("trade") if row["year"] == 2022}
    total = values.pop("WLD")
    members = [values.pop(one, 0.0) for one in EU27]
    expected = sum((value / total) ** 2 for value in [*values.values(), sum(members)])
    assert isclose(desk("war.concentration", flow=flow, union="as one"), expected)
    assert abs(desk("vectors.trade_concentration", flow=flow) - expected) < 0.001


def test_press_figures_do_not_contradict_the_statistics(desk):
    quoted = next(row for row in rows("reexport_reports") if row["report"] == "exports_to_russia")
    assert quoted["bound"] == "at_least"
    assert desk("war.trade_growth", flow="exports") >= quoted["value"]


# Events


def test_record_is_cut_at_the_day_of_judgement(desk):
    before, after = desk("war.sanctions_record"), desk("war.sanctions_record", later=True)
    assert len(before) + len(after) == len(rows("sanctions_events"))
    early = Desk("KAZ", date(2023, 4, 1))("war.sanctions_count", kind="measure")
    assert early == 2


def test_firms_are_counted_by_the_ground_of_their_listing(desk):
    firms = {}
    for row in rows("sanctions_events"):
        assert pd.notna(row["firms"]) == pd.notna(row["ground"]) == (row["kind"] == "designation")
        if row["kind"] == "designation":
            later = row["date"] > "2023-06-08"
            firms.setdefault((row["ground"], later), set()).update(row["firms"].split(";"))
    assert desk("war.firms_designated") == len(firms.get(("evasion", False), ())) == 0
    assert desk("war.firms_designated", ground="parent_bank") == len(firms["parent_bank", False]) == 3
    assert desk("war.firms_designated", later=True) == len(firms["evasion", True])


def test_no_event_is_later_than_the_report_of_it():
    published = {row["source_id"]: row["published"] for row in rows("sources") if pd.notna(row["published"])}
    for row in [*rows("sanctions_events"), *rows("supply_events")]:
        first_day = (row["date"] + "-01-01")[:10]
        if row["source_id"] in published:
            assert dates.last_day(published[row["source_id"]]).isoformat() >= first_day, row


def test_timeline_and_sanctions_record_agree():
    events = rows("sanctions_events")
    told = [row for row in rows("timeline") if row["theme"] == "sanctions"]
    assert told
    for row in told:
        same = [
            event for event in events if event["date"].startswith(row["date"]) or row["date"].startswith(event["date"])
        ]
        assert same, row["event_id"]
        if any(event["kind"] == "denial" for event in same):
            assert "den" in row["event"].lower(), row["event"]


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


def test_euro_rates_script_on_a_sample():
    days = [["2018-01-02", "1.2"], ["2018-01-03", "1.1"], ["2024-01-02", "1.0"]]
    upstream = pd.DataFrame(days, columns=["Date", "USD"]).astype({"USD": float})
    assert script("euro_rates").derive(upstream).values.tolist() == [[2018, 1.15, 2]]


def test_listed_goods_script_on_a_sample():
    module = script("eu_listed_exports")
    header = ["month", "partner_iso3", "hs2", "exports_eur"]
    sample = [["2021-02", "KAZ", 1, 9], ["2021-03", "KAZ", 1, 5], ["2021-03", "KAZ", 84, 7], ["2021-12", "KAZ", 1, 9]]
    upstream = pd.DataFrame(sample, columns=header)
    assert module.monthly(upstream).values.tolist() == [
        ["2021-02", "KAZ", 9],
        ["2021-03", "KAZ", 12],
        ["2021-12", "KAZ", 9],
    ]
    assert module.nine_months(upstream, "hs2").values.tolist() == [[2021, "KAZ", "01", 5], [2021, "KAZ", "84", 7]]


def test_price_scripts_on_a_sample():
    header = ["month", "coicop", "division", "mom_pct", "yoy_pct"]
    sample = [["2018-12", 7, "Transport", 1, 1], ["2019-01", 7, "Transport", 0.4, 1]]
    made = script("cpi_divisions_kaz").derive(pd.DataFrame(sample, columns=header))
    assert made.values.tolist() == [["2019-01", "07", "Transport", 0.4]]
    header = ["month", "iso3", "item", "index", "yoy_pct"]
    sample = [
        ["2023-03", "KGZ", "food", None, 9],
        ["2023-03", "KGZ", "headline", 1, 8],
        ["2023-03", "USA", "food", 1, 7],
    ]
    made = script("consumer_prices").derive(pd.DataFrame(sample, columns=header))
    assert made.values.tolist() == [["KGZ", "headline", "2023-03", 8, "G734"]]
    header = ["quarter", "usdkzt", "eurkzt", "rurkzt", "cpi"]
    made = script("tenge_rates").derive(pd.DataFrame([["2018Q4", 1, 2, 3, 4], ["2019Q1", 5, 6, 7, 8]], columns=header))
    assert made.values.tolist() == [["2019Q1", 5, 6, 7]]
