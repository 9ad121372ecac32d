"""What the war means for Kazakhstan: prices, trade, sanctions.

Annual prices and exports of the European Union exist for any state; the rest is national data of Kazakhstan or covers
a few states. Totals and lists of goods show that something moved, when and which; none of the findings says *why*.
"""

from collections.abc import Collection
from datetime import date
from itertools import product
from typing import Any

import pandas as pd

from multivector.errors import NoData
from multivector.facts.dates import known_by, past, spoken
from multivector.facts.names import names_of, un_members
from multivector.facts.rows import cell, rank, required, where
from multivector.findings import Asked, Table, shown

BEFORE, AFTER = 2021, 2022
"""The last full year before the invasion and the year of it: between these, findings compare unless asked for others."""
_NO_PRICES = f"the World Development Indicators hold no consumer prices for {{}} in {BEFORE} and {AFTER}"
PEERS = ("KGZ", "UZB", "MNG", "AZE", "ARM", "GEO", "CHN", "RUS")
"""States beside which the prices of the focus are shown."""
EU27 = (
    *("AUT", "BEL", "BGR", "HRV", "CYP", "CZE", "DNK", "EST", "FIN", "FRA", "DEU", "GRC", "HUN", "IRL"),
    *("ITA", "LVA", "LTU", "LUX", "MLT", "NLD", "POL", "PRT", "ROU", "SVK", "SVN", "ESP", "SWE"),
)
"""Members of the European Union since February 2020, used for all years so that the sum is one series."""
WORLD = ("WLD",)
PARTNERS = {"Russia": ("RUS",), "China": ("CHN",), "European Union": EU27, "Türkiye": ("TUR",)}
ALL = "all"
"""Name of the published total where a partner is asked for."""
INDEXED = ("KAZ", "KGZ", "ARM", "GEO", "UZB", "RUS")
"""Kazakhstan, four states of the neighbourhood that are named as routes, and Russia, which comes last."""
MONTHLY = ("KAZ", "KGZ", "RUS", "TJK", "UZB")
"""States whose prices are compared by month: three share the Eurasian Economic Union, the last two are not in it."""
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


@shown(unit="%", digits=1)
def inflation(macro: Table, focus: str, year: int = 2022) -> float:
    """Annual average change of consumer prices of the state under study, in per cent."""
    return _price(macro, focus, year)


@shown(unit="%", digits=1)
def world_inflation(macro: Table, year: int = 2022) -> float:
    """Change of consumer prices in the median state of the world, in per cent: the World Bank's aggregate (WLD)."""
    return _price(macro, "WLD", year)


@shown(unit="percentage points", digits=1)
def inflation_change(macro: Table, focus: str, first: int = 2021, last: int = 2022) -> float:
    """Change of the annual inflation rate of the state under study between two years, in percentage points."""
    return _price(macro, focus, last) - _price(macro, focus, first)


@shown(unit="%", digits=0)
def states_with_rising_inflation(macro: Table, states: Table, year: int = 2021) -> float:
    """Share of UN members whose inflation rate was higher than in the year before, in per cent."""
    return float((_inflation(macro, un_members(states), year - 1, year)["rise"] > 0).mean() * 100)


@shown(unit="percentage points", digits=1, anywhere=True)
def median_inflation_change(macro: Table, states: Table, first: int = 2021, last: int = 2022) -> float:
    """Median change of the inflation rate over UN members that have both years, in percentage points."""
    return float(_inflation(macro, un_members(states), first, last)["rise"].median())


def inflation_pairs(macro: Table, states: Table, focus: str) -> pd.DataFrame:
    """Inflation of the state under study, its peers and the median state of the world in two years, the smallest rise first.

    Columns ``iso3``, ``name``, ``before_pct``, ``after_pct`` and ``rise`` (points). For the world (``WLD``) the rates
    are medians over states, each year its own.
    """
    frame = _inflation(macro, [focus, *PEERS, "WLD"]).reset_index()
    required(frame, _NO_PRICES.format(focus), iso3=focus)
    frame.insert(1, "name", frame["iso3"].map({**names_of(states), "WLD": "Median state"}))
    return frame.sort_values("rise", ignore_index=True)


def inflation_rank(macro: Table, states: Table, focus: str) -> str:
    """Place of the state among UN members by the rise of its inflation rate, the largest first: ``35 of 173``."""
    rises = _inflation(macro, un_members(states))["rise"]
    return f"{rank(rises, focus, _NO_PRICES.format(focus))} of {len(rises)}"


def peers_with_rising_inflation(macro: Table, focus: str) -> int:
    """Number of peer states (the world not counted) whose inflation rate rose between two years."""
    return int((_inflation(macro, {*PEERS} - {focus})["rise"] > 0).sum())


def peers_compared(macro: Table, focus: str) -> int:
    """Number of peer states (the world not counted) with an inflation rate in both years."""
    return len(_inflation(macro, {*PEERS} - {focus}))


@shown(unit="%", digits=1)
def monthly_inflation(inflation_monthly_kaz: Table, month: str = "2022-12") -> float:
    """Consumer prices of Kazakhstan against the same month of the year before, in per cent, as quoted in the press."""
    missing = f"no source found for inflation in Kazakhstan in {spoken(month)}"
    return float(cell(inflation_monthly_kaz, "inflation_pct", missing, month=month))


@shown(unit="%", digits=1)
def price_change(consumer_prices: Table, focus: str, month: str = "2022-02", item: str = "headline") -> float:
    """Consumer prices of a state against the same month of the year before, in per cent; ``item`` may be ``food``."""
    missing = f"no {item} consumer prices of {focus} were found for {spoken(month)}"
    return float(cell(consumer_prices, "yoy_pct", missing, iso3=focus, item=item, month=month))


@shown(unit="percentage points", digits=1)
def price_jump(price_change: Asked) -> float:
    """Change of a state's monthly inflation rate between two months, in percentage points.

    February to March 2022 is the first month after the invasion.
    """
    return price_change(month="2022-03") - price_change(month="2022-02")


def prices_by_month(consumer_prices: Table, states: Table) -> pd.DataFrame:
    """Headline inflation by month of Kazakhstan and four states: ``name``, ``iso3``, ``month``, ``date``, ``yoy_pct``.

    From January 2021 to the month before the Forum.
    """
    frame = where(consumer_prices, item="headline", iso3=MONTHLY)
    frame = frame[frame["month"].between("2021-01", "2023-05")].merge(states[["iso3", "name"]], on="iso3")
    return frame.assign(date=pd.to_datetime(frame["month"]))[["name", "iso3", "month", "date", "yoy_pct"]]


@shown(unit="%", digits=1)
def division_inflation(cpi_divisions_kaz: Table, division: str = "Transport", month: str = "2023-02") -> float:
    """Prices of one division of consumption in Kazakhstan against the year before, in per cent.

    Twelve monthly changes chained, good to a few tenths.
    """
    own = where(cpi_divisions_kaz, division=division).set_index("month")["mom_pct"].sort_index()
    year = own[:month].tail(12)
    if len(year) < 12 or year.index[-1] != month:
        raise NoData(f"no twelve months of prices for {division!r} up to {spoken(month)}")
    return float(((1 + year / 100).prod() - 1) * 100)


def divisions(cpi_divisions_kaz: Table) -> pd.DataFrame:
    """Inflation in the twelve divisions of consumption in two months: ``division``, ``before_pct``, ``after_pct``.

    The last month before the invasion and the month in which the headline peaked; the largest rate comes last.
    """
    frame = pd.DataFrame({"division": cpi_divisions_kaz["division"].unique()})
    for column, month in (("before_pct", "2022-02"), ("after_pct", "2023-02")):
        frame[column] = [division_inflation(cpi_divisions_kaz, name, month) for name in frame["division"]]
    return frame.sort_values("after_pct", ignore_index=True)


@shown(unit="%", digits=0)
def tenge_price_change(tenge_rates: Table, currency: str = "rub", first: str = "2021Q4", last: str = "2022Q3") -> float:
    """Change of the price of a currency (``usd``, ``eur``, ``rub``) in tenge between two quarters, in per cent.

    Quarterly means. A rise means that the tenge lost value and goods priced in that currency became dearer.
    """
    rate = tenge_rates.set_index("quarter")[f"kzt_per_{currency}"]
    return float(_growth(rate[first], rate[last]))


# Transport and supply -------------------------------------------------------------------------------------------


@shown(unit="%", digits=0)
def freight_change(transport_costs: Table, focus: str, mode: str = "road", measure: str = "cost_usd") -> float:
    """Change of the cost (``cost_usd``) or border time (``border_hours``) of sampled freight in a state, in per cent.

    From 2021, when it was dear because of the pandemic, to 2022: 20 tonnes over 500 km; hours to clear a border.
    """
    value = where(transport_costs, iso3=focus, mode=mode, measure=measure).set_index("year")["value"]
    if not {BEFORE, AFTER} <= set(value.index):
        raise NoData(f"the corridor survey has no {measure} by {mode} for {focus} in {BEFORE} and {AFTER}")
    return float(_growth(value[BEFORE], value[AFTER]))


def supply_record(supply_events: Table, as_of: date) -> pd.DataFrame:
    """Dated disturbances of supply and transport found up to the day of judgement: ``when``, ``kind``, ``summary``."""
    frame = known_by(supply_events, as_of).sort_values("date", ignore_index=True)
    return frame.assign(when=frame["date"].map(spoken))[["when", "kind", "summary", "source_id"]]


def statements_on(official_statements: Table, as_of: date, theme: str = "war") -> int:
    """Number of statements by officials on a theme, outside the article and not later than the day of judgement."""
    return len(where(known_by(official_statements, as_of), theme=theme))


def balance_on(official_statements: Table, as_of: date, theme: str = "war") -> int:
    """Statements by officials that voice a theme's concern or aim, less those that play it down, by ``as_of``."""
    bears = where(known_by(official_statements, as_of), theme=theme)["bears"]
    return int((bears == "for").sum() - (bears == "against").sum())


# Trade of Kazakhstan --------------------------------------------------------------------------------------------


def trade_by_partner(trade: Table) -> pd.DataFrame:
    """Exports and imports of Kazakhstan: ``flow``, ``partner``, ``year``, ``usd_bn``, ``share_pct``.

    Partners are Russia, China, the European Union, Türkiye and all others; shares are of the published total.
    """
    rows = []
    for flow, year in product(("exports", "imports"), sorted(trade["year"].unique())):
        total = _flow(trade, flow, year, WORLD)
        values = {name: _flow(trade, flow, year, members) for name, members in PARTNERS.items()}
        values["All others"] = total - sum(values.values())
        rows += [(flow, name, int(year), value / 1e6, value / total * 100) for name, value in values.items()]
    return pd.DataFrame(rows, columns=["flow", "partner", "year", "usd_bn", "share_pct"])


@shown(unit="billion US dollars", digits=1)
def trade_with(trade: Table, partner: str = "Russia", flow: str = "turnover", year: int = 2022) -> float:
    """Goods trade of Kazakhstan with a partner in billions of US dollars; ``flow`` is exports, imports or turnover."""
    return _flow(trade, flow, year, PARTNERS[partner]) / 1e6


@shown(unit="%", digits=1)
def trade_growth(
    trade: Table, partner: str = "Russia", flow: str = "turnover", first: int = 2021, last: int = 2022
) -> float:
    """Growth of Kazakhstan's goods trade with a partner, or with ``all``, between two years in US dollars, in per cent."""
    members = WORLD if partner == ALL else PARTNERS[partner]
    return _growth(*(_flow(trade, flow, year, members) for year in (first, last)))


@shown(unit="%", digits=1)
def trade_share(trade: Table, partner: str = "Russia", flow: str = "imports", year: int = 2022) -> float:
    """Share of a partner in Kazakhstan's exports, imports or turnover of goods, in per cent of the published total."""
    return _flow(trade, flow, year, PARTNERS[partner]) / _flow(trade, flow, year, WORLD) * 100


def trade_changes(trade_by_partner: Asked) -> pd.DataFrame:
    """Change of Kazakhstan's trade between two years: ``flow``, ``partner``, ``change_pct``, ``change_usd_bn``.

    Partners are the four that are named, and ``All partners``.
    """
    wide = trade_by_partner().pivot(index=["partner", "flow"], columns="year", values="usd_bn")
    total = pd.concat({"All partners": wide.groupby("flow").sum()}, names=["partner"])
    frame = pd.concat([wide.loc[[*PARTNERS]], total]).swaplevel().sort_index(level="flow", sort_remaining=False)
    changes = {"change_pct": _growth(frame[BEFORE], frame[AFTER]), "change_usd_bn": frame[AFTER] - frame[BEFORE]}
    return pd.DataFrame(changes).reset_index()


@shown(digits=3)
def concentration(trade: Table, flow: str = "imports", year: int = 2022, union: str = "one by one") -> float:
    """Herfindahl-Hirschman index of Kazakhstan's trade: the sum of squared shares of partners, from 0 to 1.

    ``union`` says how the 27 members of the European Union count: ``one by one``, each a partner, or ``as one``. The
    two definitions give different levels and may move apart. Higher means that fewer partners matter.
    """
    states = trade[(trade["year"] == year) & (trade["partner_iso3"] != "WLD")]
    partner = states["partner_iso3"].mask(states["partner_iso3"].isin(EU27) & (union == "as one"), "EUU")
    values = _column(states, flow).groupby(partner).sum()
    return float(((values / _flow(trade, flow, year, WORLD)) ** 2).sum())


def concentration_by_year(trade: Table) -> pd.DataFrame:
    """The index of ``concentration`` by both definitions: ``count`` says which, then one column a year.

    Rows are exports and imports, each with the European Union as one partner and with its members one by one.
    """
    rows = []
    for flow, union in product(("exports", "imports"), ("as one", "one by one")):
        by_year = {str(year): concentration(trade, flow, year, union) for year in sorted(trade["year"].unique())}
        rows.append({"count": f"{flow.capitalize()}, EU {union}", **by_year})
    return pd.DataFrame(rows)


def reported(reexport_reports: Table, report: str = "western_exports", year: int = 2022) -> str:
    """A figure on re-export as somebody else reported it, in words: ``more than 80%``.

    ``report`` is ``western_exports`` or ``exports_to_russia`` (growth on the year before), ``rerouted``,
    ``unrecorded`` and ``offset`` (working papers; the last two are later than the Forum), ``electronics_to_russia`` or
    ``washing_machines``.
    """
    row = required(reexport_reports, f"no report {report} for {year} was found", report=report, year=year).iloc[0]
    words = {"about": "about", "at_least": "more than", "at_most": "almost", "below": "less than"}[row["bound"]]
    return f"{words} {row['value']:,g}{'%' if row['unit'] == '%' else ' ' + row['unit']}"


def oil_transit_stops(oil_transit_events: Table) -> int:
    """Number of different causes for which loading of Kazakhstan's oil was stopped, cut or ordered to stop in 2022."""
    return int(oil_transit_events["cause"].nunique())


# Exports of the European Union ----------------------------------------------------------------------------------


@shown(unit="%", digits=0)
def eu_export_growth(eu_exports_annual: Table, focus: str, first: int = 2021, last: int = 2023) -> float:
    """Growth of goods exports of the European Union to the state between two years in current euro, in per cent."""
    return _growth(*_from_eu(eu_exports_annual, focus, first, last))


@shown(unit="×", digits=1)
def eu_export_multiple(eu_exports_annual: Table, focus: str, first: int = 2021, last: int = 2023) -> float:
    """How many times the exports of the European Union to the state of one year are those of an earlier year."""
    before, after = _from_eu(eu_exports_annual, focus, first, last)
    return after / before


@shown(unit="billion euro", digits=1)
def eu_export_gain(eu_exports_annual: Table, focus: str, first: int = 2021, last: int = 2023) -> float:
    """Change of yearly goods exports of the European Union to the state under study, in billions of euro."""
    before, after = _from_eu(eu_exports_annual, focus, first, last)
    return (after - before) / 1e9


@shown(unit="%", digits=0)
def neighbours_gain_of_russian_fall(eu_exports_annual: Table, last: int = 2023) -> float:
    """Rise of EU exports to five states of Russia's neighbourhood together, in per cent of the fall of EU exports to Russia.

    Since 2021. An upper bound for goods that could have reached Russia through the rise to these five, of which only
    Georgia and Kazakhstan border it: some of the rise was surely used where it went.
    """
    sold = [_from_eu(eu_exports_annual, state, BEFORE, last) for state in INDEXED]
    *neighbours, russia = (after - before for before, after in sold)
    return sum(neighbours) / -russia * 100


def eu_export_changes(eu_exports_annual: Table, states: Table) -> pd.DataFrame:
    """Change of yearly EU exports to Russia and five states of the region: ``iso3``, ``name``, ``gain_bn`` in billion euro."""
    gains = [(one, names_of(states)[one], eu_export_gain(eu_exports_annual, one, last=AFTER)) for one in INDEXED]
    return pd.DataFrame(gains, columns=["iso3", "name", "gain_bn"]).sort_values("gain_bn", ignore_index=True)


# Was the surge unusual? -----------------------------------------------------------------------------------------


def surge(eu_exports_annual: Table, states: Table, borders: Table) -> pd.DataFrame:
    """Growth of EU exports to every partner that bought for more than a billion euro in the first year.

    Columns ``iso3``, ``name``, ``growth_pct`` and ``near``: whether the partner borders Russia or belongs to its
    economic union. Current euro, the largest growth last.
    """
    wide = eu_exports_annual.pivot(index="partner_iso3", columns="year", values="exports_eur").astype(float)
    large = wide[(wide[BEFORE] > FLOOR_EUR) & wide[AFTER].notna()]
    frame = _growth(large[BEFORE], large[AFTER]).rename_axis("iso3").reset_index(name="growth_pct")
    frame.insert(1, "name", frame["iso3"].map(names_of(states)))
    neighbours = where(borders, neighbour_iso3="RUS")["iso3"], where(borders, iso3="RUS")["neighbour_iso3"]
    near = set(RUSSIAN_UNION).union(*neighbours, ["RUS"])
    return frame.assign(near=frame["iso3"].isin(near)).sort_values("growth_pct", ignore_index=True)


def surge_rank(surge: Asked, focus: str) -> int:
    """Rank of the state under study by growth of EU exports among all partners above a billion euro; 1 grew most."""
    growth = surge().set_index("iso3")["growth_pct"]
    return rank(growth, focus, f"the European Union exported less than a billion euro to {focus} in {BEFORE}")


def surge_partners(surge: Asked) -> int:
    """Number of partners to which the European Union exported for more than a billion euro in the first year."""
    return len(surge())


@shown(unit="%", digits=0)
def surge_quantile(surge: Asked, share: float = 0.5) -> float:
    """Growth of EU exports that ``share`` of the large partners stayed below: 0.5 is the median partner, in per cent."""
    return float(surge()["growth_pct"].quantile(share))


@shown(unit="%", digits=0)
def surge_of_controls(surge: Asked) -> float:
    """Largest growth of EU exports to a large partner that neither borders Russia nor shares its union, in per cent."""
    return float(where(surge(), near=False)["growth_pct"].max())


@shown(unit="billion euro", digits=1)
def surge_excess(surge_quantile: Asked, eu_exports_annual: Table, focus: str) -> float:
    """EU exports to the state beyond what the median large partner's growth would have given, in billions of euro."""
    before, after = _from_eu(eu_exports_annual, focus, BEFORE, AFTER)
    return (after - before * (1 + surge_quantile() / 100)) / 1e9


# Goods on the sanctions lists -----------------------------------------------------------------------------------


@shown(unit="%", digits=1)
def listed_growth(eu_listed_exports: Table, eu_exports: Table, focus: str, goods: str = "listed") -> float:
    """Growth of EU exports of ``listed``, ``other`` or ``all`` goods to the state, March to November, in per cent.

    Listed are the codes whose export to Russia the Union had forbidden or restricted by October 2022, in all years.
    """
    return float(_growth(*_by_list(eu_listed_exports, eu_exports, focus, (BEFORE, AFTER))[goods]))


@shown(unit="billion euro", digits=2)
def listed_value(
    eu_listed_exports: Table, eu_exports: Table, focus: str, goods: str = "listed", year: int = 2022
) -> float:
    """EU exports of ``listed``, ``other`` or ``all`` goods to the state, March to November, in billions of euro."""
    return float(_by_list(eu_listed_exports, eu_exports, focus, (year,))[goods][year] / 1e9)


@shown(unit="%", digits=0)
def listed_share_of_growth(eu_listed_exports: Table, eu_exports: Table, focus: str) -> float:
    """Share of listed goods in the growth of EU exports to the state under study, March to November, in per cent."""
    value = _by_list(eu_listed_exports, eu_exports, focus, (BEFORE, AFTER))
    gain = value.loc[AFTER] - value.loc[BEFORE]
    return float(gain["listed"] / gain["all"] * 100)


@shown(unit="million euro", digits=0)
def listed_gain(eu_listed_exports: Table, eu_exports: Table, focus: str, goods: str = "all") -> float:
    """Growth of EU exports of ``listed``, ``other`` or ``all`` goods to the state, March to November, in million euro."""
    value = _by_list(eu_listed_exports, eu_exports, focus, (BEFORE, AFTER))[goods]
    return float((value[AFTER] - value[BEFORE]) / 1e6)


def listed_chapters(eu_listed_chapters: Table, listed_gain: Asked, focus: str, most: int = 8) -> pd.DataFrame:
    """Growth of EU exports to the state, March to November: listed goods by chapter, goods not listed, and all goods.

    Columns ``hs2`` (chapter of the Harmonized System), ``chapter``, ``goods`` (``listed``, ``not listed`` or ``all``)
    and ``gain_meur`` (million euro). The chapters of listed goods that grew ``most`` and the rest of these goods; they
    and the goods not listed add up to the last row.
    """
    missing = f"the table of listed goods does not cover exports to {focus}"
    own = required(eu_listed_chapters, missing, partner_iso3=focus)
    wide = own.pivot(index="hs2", columns="year", values="exports_eur").astype(float).fillna(0)
    gain = ((wide[AFTER] - wide[BEFORE]) / 1e6).sort_values(ascending=False)
    named = gain.head(most).items()
    rows = [(code, CHAPTERS.get(code, f"Chapter {code}"), "listed", value) for code, value in named]
    rows.append(("", "Other listed goods", "listed", gain.iloc[most:].sum()))
    rows.append(("", "Goods not listed", "not listed", listed_gain(goods="other")))
    rows.append(("", "All goods", "all", listed_gain(goods="all")))
    return pd.DataFrame(rows, columns=["hs2", "chapter", "goods", "gain_meur"])


@shown(unit="million euro", digits=0)
def priority_value(eu_priority_exports: Table, focus: str, year: int = 2022) -> float:
    """EU exports of 19 common high priority goods to the state under study, March to November, in millions of euro."""
    missing = f"the table of priority goods does not cover exports to {focus} in {year}"
    return float(required(eu_priority_exports, missing, partner_iso3=focus, year=year)["exports_eur"].sum() / 1e6)


@shown(unit="×", digits=1)
def priority_multiple(priority_value: Asked) -> float:
    """How many times EU exports of 19 priority goods to the state of one year are those of an earlier year."""
    return priority_value(year=AFTER) / priority_value(year=BEFORE)


# The same trade in two books ------------------------------------------------------------------------------------


def mirror_books(eu_exports_annual: Table, trade: Table, euro_rates: Table) -> pd.DataFrame:
    """The same trade seen from both ends in billions of euro: ``year``, ``eu_bn``, ``kazakhstan_bn``, ``excess_pct``.

    Exports as the Union books them; imports as Kazakhstan does, by origin and with freight, so that the two never agree
    exactly, turned from dollars at the yearly mean rate. ``excess_pct`` is by how much the first exceed the second.
    """
    rate = euro_rates.set_index("year")["usd_per_eur"]
    years = sorted(int(year) for year in set(eu_exports_annual["year"]) & set(trade["year"]) & set(rate.index))
    exports = [euro / 1e9 for euro in _from_eu(eu_exports_annual, "KAZ", *years)]
    imports = [_flow(trade, "imports", year, EU27) / 1e6 / rate[year] for year in years]
    frame = pd.DataFrame({"year": years, "eu_bn": exports, "kazakhstan_bn": imports})
    return frame.assign(excess_pct=_growth(frame["kazakhstan_bn"], frame["eu_bn"]))


@shown(unit="%", digits=0)
def mirror_excess(mirror_books: Asked, year: int = 2022) -> float:
    """By how much the exports that the Union books exceed the imports that Kazakhstan books, in per cent."""
    return float(mirror_books().set_index("year").loc[year, "excess_pct"])


@shown(unit="billion euro", digits=1)
def mirror_missing(mirror_books: Asked, year: int = 2022) -> float:
    """Exports that the Union books and Kazakhstan does not book as imports, in billions of euro."""
    row = mirror_books().set_index("year").loc[year]
    return float(row["eu_bn"] - row["kazakhstan_bn"])


@shown(unit="%", digits=0)
def mirror_missing_of_rise(mirror_books: Asked, first: int = 2021, last: int = 2022) -> float:
    """Share of the rise of EU exports to Kazakhstan that does not appear as a rise of its imports, in per cent."""
    books = mirror_books().set_index("year")
    rise = books.loc[last] - books.loc[first]
    return float((1 - rise["kazakhstan_bn"] / rise["eu_bn"]) * 100)


# Sanctions ------------------------------------------------------------------------------------------------------


def sanctions_record(sanctions_events: Table, as_of: date, later: bool = False) -> pd.DataFrame:
    """Dated statements, measures and designations up to the day of judgement, or only the ``later`` ones.

    Columns ``when``, ``kind``, ``actor``, ``summary``, ``what`` (the three in one text) and ``source_id``.
    """
    frame = past(sanctions_events, as_of, later).sort_values(["date", "kind"], ascending=[True, False])
    what = frame["actor"] + " (" + frame["kind"] + "): " + frame["summary"]
    frame = frame.assign(when=frame["date"].map(spoken), what=what)
    return frame[["when", "kind", "actor", "summary", "what", "source_id"]].reset_index(drop=True)


def sanctions_count(
    sanctions_events: Table, as_of: date, kind: str = "measure", bears: str = "any", later: bool = False
) -> int:
    """Number of events of one kind up to the day of judgement, or after it with ``later``.

    A ``measure`` or ``statement`` is Kazakhstan's, a ``warning`` or ``assurance`` a foreign government's. ``bears``
    keeps those that take circumvention through the country seriously (``for``) or make light of it (``against``).
    """
    rows = where(past(sanctions_events, as_of, later), kind=kind)
    return len(rows if bears == "any" else where(rows, bears=bears))


def firms_designated(sanctions_events: Table, as_of: date, ground: str = "evasion", later: bool = False) -> int:
    """Number of firms of Kazakhstan found on a sanctions list up to the day of judgement, or only after it.

    ``ground`` is why they were listed: ``evasion`` of sanctions, ``arms_trade``, or as subsidiaries of a listed Russian
    bank (``parent_bank``). A firm listed twice counts once.
    """
    rows = where(past(sanctions_events, as_of, later), ground=ground)
    return rows["firms"].dropna().str.split(";").explode().nunique()


def listed_outside_the_west(russia_list: Table) -> int:
    """Number of Asian states and territories on Russia's list of those it calls unfriendly."""
    return len(where(russia_list, iso3=("JPN", "KOR", "SGP", "TWN")))


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


def _inflation(macro: Table, states: Collection[str], first: int = BEFORE, last: int = AFTER) -> pd.DataFrame:
    """Inflation of two years and its ``rise``, one row a state that has both."""
    wide = where(macro, iso3=states).pivot(index="iso3", columns="year", values="cpi_inflation_pct")
    both = wide[[first, last]].dropna().set_axis(["before_pct", "after_pct"], axis=1)
    return both.assign(rise=both["after_pct"] - both["before_pct"])


def _growth(before: Any, after: Any) -> Any:
    """Growth in per cent, of a number or of a column of numbers."""
    return (after / before - 1) * 100


def _column(frame: pd.DataFrame, flow: str) -> pd.Series:
    if flow == "turnover":
        return frame["exports_kusd"] + frame["imports_kusd"]
    return frame[f"{flow}_kusd"]


def _flow(trade: Table, flow: str, year: int, partners: tuple[str, ...]) -> float:
    missing = f"no trade of Kazakhstan with {', '.join(partners)} in {year}; the table covers 2018 to 2023"
    return float(_column(required(trade, missing, year=year, partner_iso3=partners), flow).sum())


def _from_eu(eu_exports_annual: Table, partner: str, *years: int) -> list[float]:
    """Exports of the European Union to a partner in each of the years, in euro."""
    missing = f"Eurostat's table has no separate exports of the European Union to {partner} in {{}}"
    own = where(eu_exports_annual, partner_iso3=partner)
    return [float(cell(own, "exports_eur", missing.format(year), year=year)) for year in years]


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
