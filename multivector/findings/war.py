"""What the war means for Kazakhstan: prices, trade, sanctions.

Annual prices and exports of the European Union exist for any state; the rest is national data of Kazakhstan or covers
a few states. Totals and lists of goods show that something moved, when and which; none of the findings says *why*.
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from multivector.errors import NoData
from multivector.facts.dates import known_by, past, spoken
from multivector.facts.names import names_of, un_members
from multivector.facts.rows import cell, rank, required, where
from multivector.findings import Asked, Table, finding

PEERS = ("KGZ", "UZB", "MNG", "AZE", "ARM", "GEO", "CHN", "RUS", "WLD")
"""States (and the world) beside which the prices of the focus are shown."""
EU27 = (
    *("AUT", "BEL", "BGR", "HRV", "CYP", "CZE", "DNK", "EST", "FIN", "FRA", "DEU", "GRC", "HUN", "IRL"),
    *("ITA", "LVA", "LTU", "LUX", "MLT", "NLD", "POL", "PRT", "ROU", "SVK", "SVN", "ESP", "SWE"),
)
"""Members of the European Union since February 2020, used for all years so that the sum is one series."""
PARTNERS = {"Russia": ("RUS",), "China": ("CHN",), "European Union": EU27, "Türkiye": ("TUR",)}
INDEXED = ("KAZ", "KGZ", "ARM", "GEO", "UZB", "RUS")
"""Partners in the monthly table: Kazakhstan, four states of the neighbourhood that are named as routes, and Russia."""
MONTHLY = ("KAZ", "KGZ", "RUS", "TJK", "UZB")
"""States whose prices are compared by month."""
RUSSIAN_UNION = ("ARM", "BLR", "KAZ", "KGZ")
"""Members of the Eurasian Economic Union besides Russia."""
FLOOR_EUR = 1e9
"""A partner counts for the baseline if the Union exported more than this to it: small trades swing for small reasons."""
CHAPTERS = {
    "27": "Fuels",
    "29": "Organic chemicals",
    "32": "Paints, dyes",
    "33": "Cosmetics",
    "38": "Other chemicals",
    "39": "Plastics",
    "40": "Rubber",
    "61": "Knitted clothing",
    "62": "Other clothing",
    "63": "Other textiles",
    "64": "Footwear",
    "73": "Iron and steel goods",
    "84": "Machinery",
    "85": "Electrical goods",
    "87": "Vehicles",
    "88": "Aircraft",
    "90": "Instruments",
}
"""Short names of chapters of the Harmonized System that come first for one of the partners."""


# Prices ---------------------------------------------------------------------------------------------------------


@finding(unit="%", digits=1)
def inflation(macro: Table, focus: str, year: int = 2022) -> float:
    """Annual average change of consumer prices of the focus, in per cent.

    World Development Indicators, FP.CPI.TOTL.ZG. An annual average lags a monthly peak. No values for Tajikistan and
    Turkmenistan in recent years, nor for Russia after 2021.
    """
    return _price(macro, focus, year)


@finding(unit="%", digits=1)
def world_inflation(macro: Table, year: int = 2022) -> float:
    """Change of consumer prices in the world, in per cent, as the World Bank aggregates it (WLD)."""
    return _price(macro, "WLD", year)


@finding(unit="percentage points", digits=1)
def inflation_change(macro: Table, focus: str, first: int = 2021, last: int = 2022) -> float:
    """Change of the annual inflation rate of the focus between two years, in percentage points."""
    return _price(macro, focus, last) - _price(macro, focus, first)


@finding(unit="%", digits=0)
def states_with_rising_inflation(macro: Table, states: Table, year: int = 2021) -> float:
    """Share of UN members whose inflation rate was higher than in the year before, in per cent.

    Counted over the members that have a value in both years. For 2021 it describes the time before the invasion of
    February 2022.
    """
    wide = _two_years(where(macro, iso3=un_members(states)), year - 1, year)
    return float((wide[year] > wide[year - 1]).mean() * 100)


@finding(unit="percentage points", digits=1)
def median_inflation_change(macro: Table, states: Table, first: int = 2021, last: int = 2022) -> float:
    """Median change of the inflation rate over UN members that have both years, in percentage points."""
    wide = _two_years(where(macro, iso3=un_members(states)), first, last)
    return float((wide[last] - wide[first]).median())


@finding()
def inflation_pairs(macro: Table, states: Table, focus: str, first: int = 2021, last: int = 2022) -> pd.DataFrame:
    """Inflation of the focus, its peers and the world in two years, the smallest rise first.

    Columns ``iso3``, ``name``, ``before_pct``, ``after_pct`` and ``rise`` (points). Annual averages, World Development
    Indicators; states without both years are left out.
    """
    frame = _two_years(where(macro, iso3=[focus, *PEERS]), first, last)
    frame = frame.set_axis(["before_pct", "after_pct"], axis=1).rename_axis("iso3").reset_index()
    missing = f"the World Development Indicators hold no consumer prices for {focus} in {first} and {last}"
    required(frame, missing, iso3=focus)
    frame.insert(1, "name", frame["iso3"].map(names_of(states)))
    return frame.assign(rise=frame["after_pct"] - frame["before_pct"]).sort_values("rise", ignore_index=True)


@finding()
def inflation_rank(macro: Table, states: Table, focus: str, first: int = 2021, last: int = 2022) -> str:
    """Place of the focus among UN members by the rise of its inflation rate, the largest first: ``35 of 173``."""
    wide = _two_years(where(macro, iso3=un_members(states)), first, last)
    missing = f"the World Development Indicators hold no consumer prices for {focus} in {first} and {last}"
    return f"{rank(wide[last] - wide[first], focus, missing)} of {len(wide)}"


@finding()
def peers_with_rising_inflation(macro: Table, focus: str, first: int = 2021, last: int = 2022) -> int:
    """Number of peer states (the world not counted) whose inflation rate rose between two years."""
    peers = _peers(macro, focus, first, last)
    return int((peers[last] > peers[first]).sum())


@finding()
def peers_compared(macro: Table, focus: str, first: int = 2021, last: int = 2022) -> int:
    """Number of peer states (the world not counted) with an inflation rate in both years."""
    return len(_peers(macro, focus, first, last))


@finding(unit="%", digits=1, national=True)
def monthly_inflation(inflation_monthly_kaz: Table, month: str = "2022-12") -> float:
    """Consumer prices of Kazakhstan against the same month of the year before, in per cent, as quoted in the press."""
    missing = f"no source found for inflation in Kazakhstan in {spoken(month)}"
    return float(cell(inflation_monthly_kaz, "inflation_pct", missing, month=month))


@finding(unit="%", digits=1)
def price_change(consumer_prices: Table, focus: str, month: str = "2022-02", item: str = "headline") -> float:
    """Consumer prices of a state against the same month of the year before, in per cent; ``item`` may be ``food``.

    World Bank, A Global Database of Inflation; single months from the press quoting the statistics office.
    """
    missing = f"no {item} consumer prices of {focus} were found for {spoken(month)}"
    return float(cell(consumer_prices, "yoy_pct", missing, iso3=focus, item=item, month=month))


@finding(unit="percentage points", digits=1)
def price_jump(price_change: Asked, first: str = "2022-02", last: str = "2022-03", item: str = "headline") -> float:
    """Change of a state's monthly inflation rate between two months, in percentage points.

    February to March 2022 is the first month after the invasion.
    """
    return price_change(month=last, item=item) - price_change(month=first, item=item)


@finding(national=True)
def prices_by_month(
    consumer_prices: Table, states: Table, first: str = "2021-01", last: str = "2023-05"
) -> pd.DataFrame:
    """Headline inflation by month of Kazakhstan and four states: ``name``, ``iso3``, ``month``, ``date``, ``yoy_pct``.

    Kyrgyzstan and Russia share the Eurasian Economic Union with Kazakhstan; Uzbekistan and Tajikistan do not.
    """
    frame = where(consumer_prices, item="headline", iso3=MONTHLY)
    frame = frame[frame["month"].between(first, last)].merge(states[["iso3", "name"]], on="iso3")
    frame = frame.assign(date=pd.to_datetime(frame["month"]))
    return frame[["name", "iso3", "month", "date", "yoy_pct"]]


@finding(unit="%", digits=1, national=True)
def division_inflation(cpi_divisions_kaz: Table, division: str = "Transport", month: str = "2023-02") -> float:
    """Prices of one division of consumption in Kazakhstan against the year before, in per cent.

    Twelve monthly changes chained; each is published with one decimal, so the result is good to a few tenths.
    """
    own = where(cpi_divisions_kaz, division=division).set_index("month")["mom_pct"].sort_index()
    year = own[:month].tail(12)
    if len(year) < 12 or year.index[-1] != month:
        raise NoData(f"no twelve months of prices for {division!r} up to {spoken(month)}")
    return float(((1 + year / 100).prod() - 1) * 100)


@finding(national=True)
def divisions(cpi_divisions_kaz: Table, first: str = "2022-02", last: str = "2023-02") -> pd.DataFrame:
    """Inflation in the twelve divisions of consumption in two months: ``division``, ``before_pct``, ``after_pct``.

    The last month before the invasion and the month in which the headline peaked; the largest rate comes last.
    """
    rows = [
        (name, *(division_inflation(cpi_divisions_kaz, name, month) for month in (first, last)))
        for name in cpi_divisions_kaz["division"].unique()
    ]
    frame = pd.DataFrame(rows, columns=["division", "before_pct", "after_pct"])
    return frame.sort_values("after_pct", ignore_index=True)


@finding(unit="%", digits=0, national=True)
def tenge_price_change(tenge_rates: Table, currency: str = "rub", first: str = "2021Q4", last: str = "2022Q3") -> float:
    """Change of the price of a currency (``usd``, ``eur``, ``rub``) in tenge between two quarters, in per cent.

    Quarterly means. A rise means that the tenge lost value and goods priced in that currency became dearer.
    """
    rate = tenge_rates.set_index("quarter")[f"kzt_per_{currency}"]
    return float((rate[last] / rate[first] - 1) * 100)


# Transport and supply -------------------------------------------------------------------------------------------


@finding(unit="%", digits=0)
def freight_change(
    transport_costs: Table,
    focus: str,
    mode: str = "road",
    measure: str = "cost_usd",
    first: int = 2021,
    last: int = 2022,
) -> float:
    """Change of the cost (``cost_usd``) or border time (``border_hours``) of sampled freight in a state, in per cent.

    Means over sampled shipments on Central Asian corridors (20 tonnes over 500 km; hours to clear a border). The
    sample changes from year to year, and 2021 was dear because of the pandemic.
    """
    value = where(transport_costs, iso3=focus, mode=mode, measure=measure).set_index("year")["value"]
    if not {first, last} <= set(value.index):
        raise NoData(f"the corridor survey has no {measure} by {mode} for {focus} in {first} and {last}")
    return float((value[last] / value[first] - 1) * 100)


@finding(national=True)
def supply_record(supply_events: Table, as_of: date) -> pd.DataFrame:
    """Dated disturbances of supply and transport found up to the day of judgement: ``when``, ``kind``, ``summary``."""
    frame = known_by(supply_events, as_of).sort_values("date")
    frame.insert(0, "when", frame["date"].map(spoken))
    return frame[["when", "kind", "summary", "source_id"]].reset_index(drop=True)


@finding(national=True)
def statements_on(official_statements: Table, as_of: date, theme: str = "war") -> int:
    """Number of statements by officials on a theme, outside the article and not later than the day of judgement."""
    return len(where(known_by(official_statements, as_of), theme=theme))


@finding(national=True)
def balance_on(official_statements: Table, as_of: date, theme: str = "war") -> int:
    """Statements by officials that voice a theme's concern or aim, less those that play it down, by ``as_of``.

    Caveat: a record of what was found, not a census of speeches.
    """
    bears = where(known_by(official_statements, as_of), theme=theme)["bears"]
    return int((bears == "for").sum() - (bears == "against").sum())


# Trade of Kazakhstan --------------------------------------------------------------------------------------------


@finding(national=True)
def trade_by_partner(trade: Table) -> pd.DataFrame:
    """Exports and imports of Kazakhstan: ``flow``, ``partner``, ``year``, ``usd_bn``, ``share_pct``.

    Partners are Russia, China, the 27 members of the European Union together, Türkiye and everybody else. Shares are
    of the published total.
    """
    rows = []
    for flow in ("exports", "imports"):
        for year in sorted(trade["year"].unique()):
            total = _flow(trade, flow, year, ("WLD",))
            values = {name: _flow(trade, flow, year, members) for name, members in PARTNERS.items()}
            values["All others"] = total - sum(values.values())
            rows += [(flow, name, int(year), value / 1e6, value / total * 100) for name, value in values.items()]
    return pd.DataFrame(rows, columns=["flow", "partner", "year", "usd_bn", "share_pct"])


@finding(unit="billion US dollars", digits=1, national=True)
def trade_with(trade: Table, partner: str = "Russia", flow: str = "turnover", year: int = 2022) -> float:
    """Goods trade of Kazakhstan with a partner in billions of US dollars; ``flow`` is exports, imports or turnover."""
    return _flow(trade, flow, year, PARTNERS[partner]) / 1e6


@finding(unit="%", digits=1, national=True)
def trade_growth(
    trade: Table, partner: str = "Russia", flow: str = "turnover", first: int = 2021, last: int = 2022
) -> float:
    """Growth of Kazakhstan's goods trade with a partner between two years in current US dollars, in per cent."""
    return (_flow(trade, flow, last, PARTNERS[partner]) / _flow(trade, flow, first, PARTNERS[partner]) - 1) * 100


@finding(unit="%", digits=1, national=True)
def trade_share(trade: Table, partner: str = "Russia", flow: str = "imports", year: int = 2022) -> float:
    """Share of a partner in Kazakhstan's exports, imports or turnover of goods, in per cent of the published total."""
    return _flow(trade, flow, year, PARTNERS[partner]) / _flow(trade, flow, year, ("WLD",)) * 100


@finding(national=True)
def trade_changes(trade_by_partner: Asked, first: int = 2021, last: int = 2022) -> pd.DataFrame:
    """Change of Kazakhstan's trade between two years: ``flow``, ``partner``, ``change_pct``, ``change_usd_bn``."""
    frame = trade_by_partner().pivot(index=["flow", "partner"], columns="year", values="usd_bn")
    frame = frame.assign(change_pct=(frame[last] / frame[first] - 1) * 100, change_usd_bn=frame[last] - frame[first])
    return frame[["change_pct", "change_usd_bn"]].rename_axis(columns=None).reset_index()


@finding(digits=3, national=True)
def concentration(trade: Table, flow: str = "imports", year: int = 2022, union: str = "one by one") -> float:
    """Herfindahl-Hirschman index of Kazakhstan's trade: the sum of squared shares of partners, from 0 to 1.

    ``union`` says how the 27 members of the European Union count: ``one by one``, each a partner, or ``as one``. The
    two definitions give different levels and may move apart. Higher means that fewer partners matter.
    """
    states = trade[(trade["year"] == year) & (trade["partner_iso3"] != "WLD")]
    partner = states["partner_iso3"].mask(states["partner_iso3"].isin(EU27) & (union == "as one"), "EUU")
    values = _column(states, flow).groupby(partner).sum()
    return float(((values / _flow(trade, flow, year, ("WLD",))) ** 2).sum())


@finding(national=True)
def concentration_by_year(trade: Table) -> pd.DataFrame:
    """The index of :func:`concentration` by both definitions: ``count`` says which, then one column a year.

    Rows are exports and imports, each with the European Union as one partner and with its members one by one.
    """
    years = sorted(int(year) for year in trade["year"].unique())
    rows = [
        {"count": f"{flow.capitalize()}, EU {union}"}
        | {str(year): concentration(trade, flow, year, union) for year in years}
        for flow in ("exports", "imports")
        for union in ("as one", "one by one")
    ]
    return pd.DataFrame(rows)


@finding(national=True)
def reported(reexport_reports: Table, report: str = "western_exports", year: int = 2022) -> str:
    """A figure on re-export as somebody else reported it, in words: ``more than 80%``.

    ``report`` is ``western_exports`` or ``exports_to_russia`` (growth on the year before), ``rerouted`` and
    ``unrecorded`` (working papers of the EBRD and the CEPR; the second is later than the Forum),
    ``electronics_to_russia`` or ``washing_machines``. The customs data behind them were not seen.
    """
    row = required(reexport_reports, f"no report {report} for {year} was found", report=report, year=year).iloc[0]
    words = {"about": "about", "at_least": "more than", "at_most": "almost"}[row["bound"]]
    return f"{words} {row['value']:,g}{'%' if row['unit'] == '%' else ' ' + row['unit']}"


@finding(national=True)
def oil_transit_stops(oil_transit_events: Table) -> int:
    """Number of different causes for which loading of Kazakhstan's oil was stopped or ordered to stop in 2022."""
    return int(oil_transit_events["cause"].nunique())


# Exports of the European Union ----------------------------------------------------------------------------------


@finding(unit="%", digits=0)
def eu_export_growth(eu_exports_annual: Table, focus: str, first: int = 2021, last: int = 2023) -> float:
    """Growth of goods exports of the European Union to the focus between two years in current euro, in per cent."""
    return (_from_eu(eu_exports_annual, focus, last) / _from_eu(eu_exports_annual, focus, first) - 1) * 100


@finding(unit="×", digits=1)
def eu_export_multiple(eu_exports_annual: Table, focus: str, first: int = 2021, last: int = 2023) -> float:
    """How many times the exports of the European Union to the focus of one year are those of an earlier year."""
    return _from_eu(eu_exports_annual, focus, last) / _from_eu(eu_exports_annual, focus, first)


@finding(unit="billion euro", digits=1)
def eu_export_gain(eu_exports_annual: Table, focus: str, first: int = 2021, last: int = 2023) -> float:
    """Change of yearly goods exports of the European Union to the focus, in billions of euro."""
    return (_from_eu(eu_exports_annual, focus, last) - _from_eu(eu_exports_annual, focus, first)) / 1e9


@finding(unit="%", digits=0)
def neighbours_gain_of_russian_fall(eu_exports_annual: Table, first: int = 2021, last: int = 2023) -> float:
    """Rise of EU exports to five neighbours of Russia together, in per cent of the fall of EU exports to Russia.

    The five are Kazakhstan, Kyrgyzstan, Armenia, Georgia and Uzbekistan; only Georgia and Kazakhstan border it. It is an upper bound for goods of the Union
    that could have reached Russia through the rise to these five: some of the rise was surely used where it went.
    """
    *neighbours, russia = (
        _from_eu(eu_exports_annual, state, last) - _from_eu(eu_exports_annual, state, first) for state in INDEXED
    )
    return sum(neighbours) / -russia * 100


@finding()
def eu_export_changes(eu_exports_annual: Table, states: Table, first: int = 2021, last: int = 2022) -> pd.DataFrame:
    """Change of yearly EU exports to Russia and the five neighbours: ``iso3``, ``name``, ``gain_bn`` in billion euro."""
    gains = [(one, eu_export_gain(eu_exports_annual, one, first, last)) for one in INDEXED]
    frame = pd.DataFrame(gains, columns=["iso3", "gain_bn"]).sort_values("gain_bn", ignore_index=True)
    frame.insert(1, "name", frame["iso3"].map(names_of(states)))
    return frame


# Was the surge unusual? -----------------------------------------------------------------------------------------


@finding()
def surge(eu_exports_annual: Table, states: Table, borders: Table, first: int = 2021, last: int = 2022) -> pd.DataFrame:
    """Growth of EU exports to every partner that bought for more than a billion euro in the first year.

    Columns ``iso3``, ``name``, ``growth_pct`` and ``near``: whether the partner borders Russia or belongs to its
    economic union (Armenia, Belarus, Kazakhstan, Kyrgyzstan). Current euro, the largest growth last.
    """
    wide = eu_exports_annual.pivot(index="partner_iso3", columns="year", values="exports_eur").astype(float)
    large = wide[(wide[first] > FLOOR_EUR) & wide[last].notna()]
    near = {*where(borders, neighbour_iso3="RUS")["iso3"], *RUSSIAN_UNION, "RUS"}
    frame = pd.DataFrame({"iso3": large.index, "growth_pct": ((large[last] / large[first] - 1) * 100).to_numpy()})
    frame.insert(1, "name", frame["iso3"].map(names_of(states)))
    return frame.assign(near=frame["iso3"].isin(near)).sort_values("growth_pct", ignore_index=True)


@finding()
def surge_rank(surge: Asked, focus: str, first: int = 2021, last: int = 2022) -> int:
    """Rank of the focus by growth of EU exports among all partners above a billion euro; 1 grew most."""
    growth = surge(first=first, last=last).set_index("iso3")["growth_pct"]
    return rank(growth, focus, f"the European Union exported less than a billion euro to {focus} in {first}")


@finding()
def surge_partners(surge: Asked, first: int = 2021, last: int = 2022) -> int:
    """Number of partners to which the European Union exported for more than a billion euro in the first year."""
    return len(surge(first=first, last=last))


@finding(unit="%", digits=0)
def surge_quantile(surge: Asked, share: float = 0.5, first: int = 2021, last: int = 2022) -> float:
    """Growth of EU exports that ``share`` of the large partners stayed below: 0.5 is the median partner, in per cent."""
    return float(surge(first=first, last=last)["growth_pct"].quantile(share))


@finding(unit="%", digits=0)
def surge_of_controls(surge: Asked, first: int = 2021, last: int = 2022) -> float:
    """Largest growth of EU exports to a large partner that neither borders Russia nor shares its union, in per cent."""
    frame = surge(first=first, last=last)
    return float(frame.loc[~frame["near"], "growth_pct"].max())


@finding(unit="billion euro", digits=1)
def surge_excess(
    surge_quantile: Asked, eu_exports_annual: Table, focus: str, first: int = 2021, last: int = 2022
) -> float:
    """EU exports to the focus beyond what the median large partner's growth would have given, in billions of euro."""
    usual = 1 + surge_quantile(share=0.5, first=first, last=last) / 100
    before, after = (_from_eu(eu_exports_annual, focus, year) for year in (first, last))
    return (after - before * usual) / 1e9


# Goods on the sanctions lists -----------------------------------------------------------------------------------


@finding(unit="%", digits=1)
def listed_growth(
    eu_listed_exports: Table, eu_exports: Table, focus: str, goods: str = "listed", first: int = 2021, last: int = 2022
) -> float:
    """Growth of EU exports of ``listed``, ``other`` or ``all`` goods to the focus, March to November, in per cent.

    Listed are the codes whose export to Russia the Union had forbidden or restricted by October 2022, in all years.
    """
    value = _by_list(eu_listed_exports, eu_exports, focus, (first, last))[goods]
    return float((value[last] / value[first] - 1) * 100)


@finding(unit="billion euro", digits=2)
def listed_value(
    eu_listed_exports: Table, eu_exports: Table, focus: str, goods: str = "listed", year: int = 2022
) -> float:
    """EU exports of ``listed``, ``other`` or ``all`` goods to the focus, March to November, in billions of euro."""
    return float(_by_list(eu_listed_exports, eu_exports, focus, (year,))[goods][year] / 1e9)


@finding(unit="%", digits=0)
def listed_share_of_growth(
    eu_listed_exports: Table, eu_exports: Table, focus: str, first: int = 2021, last: int = 2022
) -> float:
    """Share of listed goods in the growth of EU exports to the focus, March to November, in per cent."""
    value = _by_list(eu_listed_exports, eu_exports, focus, (first, last))
    gain = value.loc[last] - value.loc[first]
    return float(gain["listed"] / gain["all"] * 100)


@finding()
def listed_chapters(
    eu_listed_chapters: Table, focus: str, first: int = 2021, last: int = 2022, most: int = 8
) -> pd.DataFrame:
    """Growth of EU exports of listed goods to the focus by chapter of the Harmonized System, March to November.

    Columns ``hs2``, ``chapter`` and ``gain_meur`` (million euro): the chapters that grew ``most`` and all others.
    """
    missing = f"the table of listed goods does not cover exports to {focus}"
    own = required(eu_listed_chapters, missing, partner_iso3=focus)
    wide = own.pivot(index="hs2", columns="year", values="exports_eur").astype(float).fillna(0)
    gain = ((wide[last] - wide[first]) / 1e6).sort_values(ascending=False)
    rows = [(code, CHAPTERS.get(code, f"Chapter {code}"), value) for code, value in gain.head(most).items()]
    rows.append(("", "All other chapters", gain.iloc[most:].sum()))
    return pd.DataFrame(rows, columns=["hs2", "chapter", "gain_meur"])


@finding(unit="million euro", digits=0)
def priority_value(eu_priority_exports: Table, focus: str, year: int = 2022) -> float:
    """EU exports of 19 common high priority goods to the focus, March to November, in millions of euro.

    The list has 50 codes and is later than these exports; 19 of them are among the codes at hand.
    """
    missing = f"the table of priority goods does not cover exports to {focus} in {year}"
    return float(required(eu_priority_exports, missing, partner_iso3=focus, year=year)["exports_eur"].sum() / 1e6)


@finding(unit="×", digits=1)
def priority_multiple(priority_value: Asked, first: int = 2021, last: int = 2022) -> float:
    """How many times EU exports of 19 priority goods to the focus of one year are those of an earlier year."""
    return priority_value(year=last) / priority_value(year=first)


# The same trade in two books ------------------------------------------------------------------------------------


@finding(national=True)
def mirror_books(eu_exports_annual: Table, trade: Table, euro_rates: Table) -> pd.DataFrame:
    """The same trade seen from both ends in billions of euro: ``year``, ``eu_bn``, ``kazakhstan_bn``, ``excess_pct``.

    What the Union books as exports to Kazakhstan, and what Kazakhstan books as imports from the 27 members, turned
    from dollars at the European Central Bank's yearly mean. ``excess_pct`` is by how much the Union's figure exceeds
    Kazakhstan's, which counts by origin and with freight, so that the two never agree exactly.
    """
    rate = euro_rates.set_index("year")["usd_per_eur"]
    years = sorted(int(year) for year in set(eu_exports_annual["year"]) & set(trade["year"]) & set(rate.index))
    exports = [_from_eu(eu_exports_annual, "KAZ", year) / 1e9 for year in years]
    imports = [_flow(trade, "imports", year, EU27) / 1e6 / rate[year] for year in years]
    frame = pd.DataFrame({"year": years, "eu_bn": exports, "kazakhstan_bn": imports})
    return frame.assign(excess_pct=(frame["eu_bn"] / frame["kazakhstan_bn"] - 1) * 100)


@finding(unit="%", digits=0, national=True)
def mirror_excess(mirror_books: Asked, year: int = 2022) -> float:
    """By how much the exports that the Union books exceed the imports that Kazakhstan books, in per cent."""
    return float(mirror_books().set_index("year").loc[year, "excess_pct"])


@finding(unit="billion euro", digits=1, national=True)
def mirror_missing(mirror_books: Asked, year: int = 2022) -> float:
    """Exports that the Union books and Kazakhstan does not book as imports, in billions of euro."""
    row = mirror_books().set_index("year").loc[year]
    return float(row["eu_bn"] - row["kazakhstan_bn"])


@finding(unit="%", digits=0, national=True)
def mirror_missing_of_rise(mirror_books: Asked, first: int = 2021, last: int = 2022) -> float:
    """Share of the rise of EU exports to Kazakhstan that does not appear as a rise of its imports, in per cent."""
    books = mirror_books().set_index("year")
    rise = books.loc[last] - books.loc[first]
    return float((1 - rise["kazakhstan_bn"] / rise["eu_bn"]) * 100)


# Sanctions ------------------------------------------------------------------------------------------------------


@finding(national=True)
def sanctions_record(sanctions_events: Table, as_of: date, later: bool = False) -> pd.DataFrame:
    """Dated statements, measures and designations up to the day of judgement, or only the ``later`` ones.

    Columns ``when``, ``kind``, ``actor``, ``summary``, ``what`` (the three in one text) and ``source_id``.
    """
    frame = past(sanctions_events, as_of, later).sort_values(["date", "kind"], ascending=[True, False])
    frame.insert(0, "when", frame["date"].map(spoken))
    frame["what"] = frame["actor"] + " (" + frame["kind"] + "): " + frame["summary"]
    return frame[["when", "kind", "actor", "summary", "what", "source_id"]].reset_index(drop=True)


@finding(national=True)
def sanctions_count(
    sanctions_events: Table, as_of: date, kind: str = "measure", bears: str = "any", later: bool = False
) -> int:
    """Number of events of one kind up to the day of judgement, or after it with ``later``.

    A ``measure`` or ``statement`` is Kazakhstan's, a ``warning`` or ``assurance`` a foreign government's. With
    ``bears`` only those that take circumvention through the country seriously (``for``) or make light of it
    (``against``).
    """
    rows = where(past(sanctions_events, as_of, later), kind=kind)
    return len(rows if bears == "any" else where(rows, bears=bears))


@finding(national=True)
def firms_designated(sanctions_events: Table, as_of: date, ground: str = "evasion", later: bool = False) -> int:
    """Number of firms of Kazakhstan found on a sanctions list up to the day of judgement, or only after it.

    ``ground`` is why they were listed: ``evasion`` of sanctions, ``arms_trade``, or as subsidiaries of a listed Russian
    bank (``parent_bank``). Found in reports of the lists of the United States, the European Union, the United Kingdom
    and Japan, searched in November 2026; a firm listed twice counts once.
    """
    rows = where(past(sanctions_events, as_of, later), ground=ground)
    return rows["firms"].dropna().str.split(";").explode().nunique()


@finding(national=True)
def listed_outside_the_west(russia_list: Table) -> int:
    """Number of Asian states and territories on Russia's list of those it calls unfriendly.

    The list of March 2022 holds those that joined sanctions. Counted are Japan, the Republic of Korea, Singapore and
    Taiwan.
    """
    return len(where(russia_list, iso3=("JPN", "KOR", "SGP", "TWN")))


@finding(national=True)
def concerns(article_concerns: Table, counted: str = "all") -> int:
    """Number of concerns that the article develops: all, those with an ordinal (``numbered``), or ``headings``.

    ``headings`` counts the two economic ones as one, which is how the sentence on geopolitics seems to count.
    """
    if counted == "numbered":
        return int(article_concerns["ordinal_in_text"].notna().sum())
    economic = int(article_concerns["economic"].sum())
    return len(article_concerns) - (economic - 1 if counted == "headings" else 0)


# Helpers --------------------------------------------------------------------------------------------------------


def _price(macro: Table, iso3: str, year: int) -> float:
    missing = f"the World Development Indicators hold no consumer-price inflation for {iso3} in {year}"
    return float(cell(macro, "cpi_inflation_pct", missing, iso3=iso3, year=year))


def _two_years(macro: Table, first: int, last: int) -> pd.DataFrame:
    """Inflation of two years, one row a state that has both."""
    return macro.pivot(index="iso3", columns="year", values="cpi_inflation_pct")[[first, last]].dropna()


def _peers(macro: Table, focus: str, first: int, last: int) -> pd.DataFrame:
    """As ``_two_years``, of the states beside which the focus is shown."""
    return _two_years(where(macro, iso3={*PEERS} - {focus, "WLD"}), first, last)


def _column(frame: pd.DataFrame, flow: str) -> pd.Series:
    if flow == "turnover":
        return frame["exports_kusd"] + frame["imports_kusd"]
    return frame[f"{flow}_kusd"]


def _flow(trade: Table, flow: str, year: int, partners: tuple[str, ...]) -> float:
    missing = f"no trade of Kazakhstan with {', '.join(partners)} in {year}; the table covers 2018 to 2023"
    return float(_column(required(trade, missing, year=year, partner_iso3=partners), flow).sum())


def _from_eu(eu_exports_annual: Table, partner: str, year: int) -> float:
    missing = f"Eurostat's table has no separate exports of the European Union to {partner} in {year}"
    return float(cell(eu_exports_annual, "exports_eur", missing, partner_iso3=partner, year=year))


def _by_list(eu_listed_exports: Table, eu_exports: Table, partner: str, years: tuple[int, ...]) -> pd.DataFrame:
    """Euro by year for ``listed``, ``other`` and ``all`` goods, March to November, the months both tables hold."""
    columns = {}
    for name, frame, column in (("listed", eu_listed_exports, "listed_eur"), ("all", eu_exports, "exports_eur")):
        own = frame[(frame["partner_iso3"] == partner) & frame["month"].str[5:].between("03", "11")]
        columns[name] = own.groupby(own["month"].str[:4].astype(int))[column].sum().astype(float)
    found = pd.DataFrame(columns).dropna()
    if not set(years) <= set(found.index):
        raise NoData(f"the tables of listed goods and of all goods do not both cover exports to {partner}")
    return found.assign(other=found["all"] - found["listed"]).loc[list(years)]
