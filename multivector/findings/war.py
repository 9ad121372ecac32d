"""What the war means for Kazakhstan: prices, trade, sanctions.

Prices and exports of the European Union exist for any state; the rest is national data of Kazakhstan. Annual and
monthly totals can show that something moved and when; none of the findings here can say *why*.
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from multivector.dates import known_by, last_day, spoken
from multivector.errors import NoData
from multivector.findings import finding

PEERS = ("KGZ", "UZB", "MNG", "AZE", "ARM", "GEO", "CHN", "RUS", "WLD")
"""States (and the world) beside which the prices of the focus are shown."""
EU27 = (
    *("AUT", "BEL", "BGR", "HRV", "CYP", "CZE", "DNK", "EST", "FIN", "FRA", "DEU", "GRC", "HUN", "IRL"),
    *("ITA", "LVA", "LTU", "LUX", "MLT", "NLD", "POL", "PRT", "ROU", "SVK", "SVN", "ESP", "SWE"),
)
"""Members of the European Union since February 2020, used for all years so that the sum is one series."""
PARTNERS = {"Russia": ("RUS",), "China": ("CHN",), "European Union": EU27, "Türkiye": ("TUR",)}
INDEXED = ("KAZ", "KGZ", "ARM", "GEO", "UZB", "RUS")
"""Partners in the monthly table, in the order in which they are drawn."""


# Prices ---------------------------------------------------------------------------------------------------------


@finding(unit="%", digits=1)
def inflation(macro: pd.DataFrame, focus: str, year: int = 2022) -> float:
    """Annual average change of consumer prices of the focus, in per cent.

    World Development Indicators, FP.CPI.TOTL.ZG. An annual average lags a monthly peak. No values for Tajikistan and
    Turkmenistan in recent years, nor for Russia after 2021.
    """
    return _price(macro, focus, year)


@finding(unit="%", digits=1)
def world_inflation(macro: pd.DataFrame, year: int = 2022) -> float:
    """Change of consumer prices in the world, in per cent, as the World Bank aggregates it (WLD)."""
    return _price(macro, "WLD", year)


@finding(unit="percentage points", digits=1)
def inflation_change(macro: pd.DataFrame, focus: str, first: int = 2021, last: int = 2022) -> float:
    """Change of the annual inflation rate of the focus between two years, in percentage points."""
    return _price(macro, focus, last) - _price(macro, focus, first)


@finding(unit="%", digits=0)
def states_with_rising_inflation(macro: pd.DataFrame, states: pd.DataFrame, year: int = 2021) -> float:
    """Share of UN members whose inflation rate was higher than in the year before, in per cent.

    Counted over the members that have a value in both years. For 2021 it describes the time before the invasion of
    February 2022.
    """
    wide = (
        _members(macro, states)
        .pivot(index="iso3", columns="year", values="cpi_inflation_pct")[[year - 1, year]]
        .dropna()
    )
    return float((wide[year] > wide[year - 1]).mean() * 100)


@finding(unit="percentage points", digits=1)
def median_inflation_change(macro: pd.DataFrame, states: pd.DataFrame, first: int = 2021, last: int = 2022) -> float:
    """Median change of the inflation rate over UN members that have both years, in percentage points."""
    wide = (
        _members(macro, states).pivot(index="iso3", columns="year", values="cpi_inflation_pct")[[first, last]].dropna()
    )
    return float((wide[last] - wide[first]).median())


@finding()
def inflation_panel(
    macro: pd.DataFrame, states: pd.DataFrame, focus: str, first: int = 2015, last: int = 2023
) -> pd.DataFrame:
    """Annual inflation of the focus, its peers and the world: ``iso3``, ``name``, ``year``, ``inflation_pct``."""
    chosen = [focus, *(peer for peer in PEERS if peer != focus)]
    frame = macro[macro["iso3"].isin(chosen) & macro["year"].between(first, last)].dropna(subset="cpi_inflation_pct")
    if not (frame["iso3"] == focus).any():
        raise NoData(f"the World Development Indicators hold no consumer prices for {focus} in {first} to {last}")
    frame = frame.merge(states[["iso3", "name"]], on="iso3").rename(columns={"cpi_inflation_pct": "inflation_pct"})
    order = frame["iso3"].map(chosen.index)
    return frame.assign(order=order).sort_values(["order", "year"], ignore_index=True)[
        ["iso3", "name", "year", "inflation_pct"]
    ]


@finding()
def peers_with_rising_inflation(macro: pd.DataFrame, focus: str, first: int = 2021, last: int = 2022) -> int:
    """Number of peer states (the world not counted) whose inflation rate rose between two years."""
    return sum(change > 0 for change in _peer_changes(macro, focus, first, last))


@finding()
def peers_compared(macro: pd.DataFrame, focus: str, first: int = 2021, last: int = 2022) -> int:
    """Number of peer states (the world not counted) with an inflation rate in both years."""
    return len(_peer_changes(macro, focus, first, last))


@finding(unit="%", digits=1, national=True)
def monthly_inflation(inflation_monthly_kaz: pd.DataFrame, month: str = "2022-12") -> float:
    """Consumer prices of Kazakhstan against the same month of the year before, in per cent, as quoted in the press."""
    found = inflation_monthly_kaz.loc[inflation_monthly_kaz["month"] == month, "inflation_pct"]
    if found.empty:
        raise NoData(f"no source found for inflation in Kazakhstan in {spoken(month)}")
    return float(found.iloc[0])


@finding(national=True)
def statements_on(official_statements: pd.DataFrame, as_of: date, theme: str = "war") -> int:
    """Number of statements by officials on a theme, outside the article and not later than the day of judgement."""
    return int((known_by(official_statements, as_of)["theme"] == theme).sum())


# Trade of Kazakhstan --------------------------------------------------------------------------------------------


@finding(national=True)
def trade_by_partner(trade: pd.DataFrame) -> pd.DataFrame:
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
def trade_with(trade: pd.DataFrame, partner: str = "Russia", flow: str = "turnover", year: int = 2022) -> float:
    """Goods trade of Kazakhstan with a partner in billions of US dollars; ``flow`` is exports, imports or turnover."""
    return _flow(trade, flow, year, PARTNERS[partner]) / 1e6


@finding(unit="%", digits=1, national=True)
def trade_growth(
    trade: pd.DataFrame, partner: str = "Russia", flow: str = "turnover", first: int = 2021, last: int = 2022
) -> float:
    """Growth of Kazakhstan's goods trade with a partner between two years in current US dollars, in per cent."""
    return (_flow(trade, flow, last, PARTNERS[partner]) / _flow(trade, flow, first, PARTNERS[partner]) - 1) * 100


@finding(unit="%", digits=1, national=True)
def trade_share(trade: pd.DataFrame, partner: str = "Russia", flow: str = "imports", year: int = 2022) -> float:
    """Share of a partner in Kazakhstan's exports, imports or turnover of goods, in per cent of the published total."""
    return _flow(trade, flow, year, PARTNERS[partner]) / _flow(trade, flow, year, ("WLD",)) * 100


@finding(digits=3, national=True)
def concentration(trade: pd.DataFrame, flow: str = "imports", year: int = 2022) -> float:
    """Herfindahl-Hirschman index of Kazakhstan's trade over partner states: the sum of squared shares, from 0 to 1.

    Every state counts on its own, so members of the European Union are not one partner. Higher means that fewer
    partners matter.
    """
    states = trade[(trade["year"] == year) & (trade["partner_iso3"] != "WLD")]
    values = _column(states, flow)
    return float(((values / _flow(trade, flow, year, ("WLD",))) ** 2).sum())


@finding(national=True)
def concentration_by_year(trade: pd.DataFrame) -> pd.DataFrame:
    """The index of :func:`concentration` for exports, imports and turnover: ``year`` and one column a flow."""
    years = sorted(int(year) for year in trade["year"].unique())
    flows = ("exports", "imports", "turnover")
    return pd.DataFrame(
        {"year": years, **{flow: [concentration(trade, flow, year) for year in years] for flow in flows}}
    )


@finding(national=True)
def reported(reexport_reports: pd.DataFrame, report: str = "western_exports", year: int = 2022) -> str:
    """A figure on re-export as somebody else reported it, in words: ``more than 80%``.

    ``report`` is ``western_exports`` or ``exports_to_russia`` (growth on the year before, quoted from the EBRD) or
    ``washing_machines`` (pieces sent from Kazakhstan to Russia). The customs data behind them were not seen.
    """
    found = reexport_reports[(reexport_reports["report"] == report) & (reexport_reports["year"] == year)]
    if found.empty:
        raise NoData(f"no report {report} for {year} was found")
    row = found.iloc[0]
    words = {"about": "about", "at_least": "more than", "at_most": "almost"}[row["bound"]]
    return f"{words} {row['value']:,.0f}{'%' if row['unit'] == '%' else ' ' + row['unit']}"


@finding(national=True)
def oil_transit_stops(oil_transit_events: pd.DataFrame) -> int:
    """Number of different causes for which loading of Kazakhstan's oil was stopped or ordered to stop in 2022."""
    return int(oil_transit_events["cause"].nunique())


# Exports of the European Union ----------------------------------------------------------------------------------


@finding()
def eu_export_index(eu_exports: pd.DataFrame, base_year: int = 2021) -> pd.DataFrame:
    """Monthly exports of the European Union by partner, the mean of the base year being 100.

    Columns ``partner_iso3``, ``month``, ``date`` (first of the month) and ``index``. In euro at current prices.
    """
    wide = eu_exports.pivot(index="month", columns="partner_iso3", values="exports_eur").astype(float)
    base = wide[wide.index.str[:4] == str(base_year)].mean()
    frame = (wide / base * 100)[list(INDEXED)].melt(ignore_index=False, value_name="index").reset_index()
    return frame.assign(date=pd.to_datetime(frame["month"]))[["partner_iso3", "month", "date", "index"]]


@finding(unit="%", digits=0)
def eu_export_growth(eu_exports_annual: pd.DataFrame, focus: str, first: int = 2021, last: int = 2023) -> float:
    """Growth of goods exports of the European Union to the focus between two years in current euro, in per cent."""
    return (_from_eu(eu_exports_annual, focus, last) / _from_eu(eu_exports_annual, focus, first) - 1) * 100


@finding(unit="×", digits=1)
def eu_export_multiple(eu_exports_annual: pd.DataFrame, focus: str, first: int = 2021, last: int = 2023) -> float:
    """How many times the exports of the European Union to the focus of one year are those of an earlier year."""
    return _from_eu(eu_exports_annual, focus, last) / _from_eu(eu_exports_annual, focus, first)


@finding(unit="billion euro", digits=1)
def eu_export_gain(eu_exports_annual: pd.DataFrame, focus: str, first: int = 2021, last: int = 2023) -> float:
    """Change of yearly goods exports of the European Union to the focus, in billions of euro."""
    return (_from_eu(eu_exports_annual, focus, last) - _from_eu(eu_exports_annual, focus, first)) / 1e9


@finding(unit="%", digits=0)
def neighbours_gain_of_russian_fall(eu_exports_annual: pd.DataFrame, first: int = 2021, last: int = 2023) -> float:
    """Rise of EU exports to five neighbours of Russia together, in per cent of the fall of EU exports to Russia.

    The five are Kazakhstan, Kyrgyzstan, Armenia, Georgia and Uzbekistan. It is an upper bound for goods of the Union
    that could have reached Russia through the rise to these five: some of the rise was surely used where it went.
    """
    change = {
        state: _from_eu(eu_exports_annual, state, last) - _from_eu(eu_exports_annual, state, first) for state in INDEXED
    }
    return sum(value for state, value in change.items() if state != "RUS") / -change["RUS"] * 100


@finding(national=True)
def mirror_index(eu_exports_annual: pd.DataFrame, trade: pd.DataFrame, base_year: int = 2021) -> pd.DataFrame:
    """The same trade seen from both ends, the base year being 100: ``year``, ``eu_reports``, ``kazakhstan_reports``.

    The Union reports exports in euro, Kazakhstan imports in dollars, so only growth is compared; a change of the
    exchange rate between the two years moves the two lines apart by itself.
    """
    years = sorted(set(eu_exports_annual["year"]) & set(trade["year"]))
    exports = pd.Series({year: _from_eu(eu_exports_annual, "KAZ", year) for year in years})
    imports = pd.Series({year: _flow(trade, "imports", year, EU27) for year in years})
    frame = pd.DataFrame(
        {"eu_reports": exports / exports[base_year] * 100, "kazakhstan_reports": imports / imports[base_year] * 100}
    )
    return frame.rename_axis("year").reset_index().astype({"year": int})


@finding(unit="index points", digits=0, national=True)
def mirror_gap(eu_exports_annual: pd.DataFrame, trade: pd.DataFrame, year: int = 2023, base_year: int = 2021) -> float:
    """Index of exports that the Union reports minus index of imports that Kazakhstan reports; base year 100."""
    row = mirror_index(eu_exports_annual, trade, base_year).set_index("year").loc[year]
    return float(row["eu_reports"] - row["kazakhstan_reports"])


# Sanctions ------------------------------------------------------------------------------------------------------


@finding(national=True)
def sanctions_record(sanctions_events: pd.DataFrame, as_of: date, later: bool = False) -> pd.DataFrame:
    """Dated statements, measures and designations up to the day of judgement, or only the ``later`` ones."""
    known = sanctions_events["date"].map(last_day) <= as_of
    frame = sanctions_events[~known if later else known].sort_values(["date", "kind"], ascending=[True, False])
    frame.insert(0, "when", frame["date"].map(spoken))
    return frame[["when", "kind", "actor", "summary", "source_id"]].reset_index(drop=True)


@finding(national=True)
def sanctions_count(sanctions_events: pd.DataFrame, as_of: date, kind: str = "measure", later: bool = False) -> int:
    """Number of events of one kind up to the day of judgement, or after it with ``later``."""
    return int((sanctions_record(sanctions_events, as_of, later)["kind"] == kind).sum())


@finding(national=True)
def firms_designated(sanctions_events: pd.DataFrame, as_of: date, later: bool = False) -> int:
    """Number of firms of Kazakhstan found on a sanctions list up to the day of judgement, or after it.

    What was found in press sources; a firm listed twice counts once.
    """
    known = sanctions_events["date"].map(last_day) <= as_of
    named = sanctions_events.loc[~known if later else known, "firms"].dropna()
    return len({firm for cell in named for firm in cell.split(";")})


@finding(national=True)
def listed_outside_the_west(russia_list: pd.DataFrame) -> int:
    """Number of Asian states and territories on Russia's list of those it calls unfriendly.

    The list of March 2022 holds those that joined sanctions. Counted are Japan, the Republic of Korea, Singapore and
    Taiwan.
    """
    return int(russia_list["iso3"].isin(("JPN", "KOR", "SGP", "TWN")).sum())


@finding(national=True)
def concerns(article_concerns: pd.DataFrame, counted: str = "all") -> int:
    """Number of concerns that the article develops: all, those with an ordinal (``numbered``), or ``headings``.

    ``headings`` counts the two economic ones as one, which is how the sentence on geopolitics seems to count.
    """
    if counted == "numbered":
        return int(article_concerns["ordinal_in_text"].notna().sum())
    economic = int(article_concerns["economic"].sum())
    return len(article_concerns) - (economic - 1 if counted == "headings" else 0)


# Helpers --------------------------------------------------------------------------------------------------------


def _price(macro: pd.DataFrame, iso3: str, year: int) -> float:
    found = macro.loc[(macro["iso3"] == iso3) & (macro["year"] == year), "cpi_inflation_pct"].dropna()
    if found.empty:
        raise NoData(f"the World Development Indicators hold no consumer-price inflation for {iso3} in {year}")
    return float(found.iloc[0])


def _members(macro: pd.DataFrame, states: pd.DataFrame) -> pd.DataFrame:
    return macro[macro["iso3"].isin(states.loc[states["kind"] == "un_member", "iso3"])]


def _peer_changes(macro: pd.DataFrame, focus: str, first: int, last: int) -> list[float]:
    changes = []
    for peer in PEERS:
        if peer in (focus, "WLD"):
            continue
        try:
            changes.append(_price(macro, peer, last) - _price(macro, peer, first))
        except NoData:
            continue  # a peer without data is not compared
    return changes


def _column(frame: pd.DataFrame, flow: str) -> pd.Series:
    if flow == "turnover":
        return frame["exports_kusd"] + frame["imports_kusd"]
    return frame[f"{flow}_kusd"]


def _flow(trade: pd.DataFrame, flow: str, year: int, partners: tuple[str, ...]) -> float:
    chosen = trade[(trade["year"] == year) & trade["partner_iso3"].isin(partners)]
    if chosen.empty:
        raise NoData(f"no trade of Kazakhstan with {', '.join(partners)} in {year}; the table covers 2018 to 2023")
    return float(_column(chosen, flow).sum())


def _from_eu(eu_exports_annual: pd.DataFrame, partner: str, year: int) -> float:
    chosen = (eu_exports_annual["partner_iso3"] == partner) & (eu_exports_annual["year"] == year)
    if not chosen.any():
        raise NoData(f"Eurostat's table has no separate exports of the European Union to {partner} in {year}")
    return float(eu_exports_annual.loc[chosen, "exports_eur"].iloc[0])
