"""What the war means for Kazakhstan: prices, trade, sanctions, society, statements about its territory.

Prices and exports of the European Union exist for any state; the rest is national data of Kazakhstan. Annual and
monthly totals can show that something moved and when; none of the findings here can say *why*.
"""

from __future__ import annotations

from datetime import date
from math import sqrt

import pandas as pd

from multivector.dates import last_day, spoken
from multivector.errors import NoData
from multivector.findings import finding

SLAVS = ("Russians", "Ukrainians", "Belarusians")
"""The three groups that the article calls ethnic Slavs. Poles are Slavs too, but the article does not name them."""
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
COMPARABLE_YEARS = (2021, 2023)
Z95 = 1.96


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
    return int((_until(official_statements, as_of)["theme"] == theme).sum())


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


# Society --------------------------------------------------------------------------------------------------------


@finding(unit="%", digits=2, national=True)
def slavic_share(census: pd.DataFrame, year: int = 2021) -> float:
    """Share of Russians, Ukrainians and Belarusians in the population at a census, in per cent.

    From counts where they exist (2021; Belarusians in 2009), otherwise from published shares with one decimal.
    """
    return float(_census_shares(census, year)[list(SLAVS)].sum())


@finding(unit="%", digits=2, national=True)
def group_share(census: pd.DataFrame, group: str = "Kazakhs", year: int = 2021) -> float:
    """Share of one ethnic group in the population at a census, in per cent."""
    shares = _census_shares(census, year)
    if group not in shares:
        raise NoData(f"no figure found for {group} at the census of {year}")
    return float(shares[group])


@finding(national=True)
def persons_counted(census: pd.DataFrame, group: str = "all groups", year: int = 2021) -> int:
    """Persons of an ethnic group at a census; ``all groups`` adds them up, ``Total`` is the published population."""
    found = census[(census["year"] == year) & census["persons"].notna()].set_index("ethnic_group")["persons"]
    return int(found.drop("Total").sum() if group == "all groups" else found[group])


@finding(national=True)
def composition(census: pd.DataFrame) -> pd.DataFrame:
    """Shares at every census: ``year``, ``Kazakhs``, the three Slavic groups and ``All others``, in per cent."""
    rows = []
    for year in sorted(census["year"].unique()):
        shares = _census_shares(census, year)
        row = {"year": int(year), **{group: float(shares[group]) for group in ("Kazakhs", *SLAVS)}}
        rows.append({**row, "All others": 100 - sum(value for group, value in row.items() if group != "year")})
    return pd.DataFrame(rows)


@finding(national=True)
def census_table(census: pd.DataFrame, year: int = 2021) -> pd.DataFrame:
    """Groups of one census by size: ``ethnic_group``, ``persons``, ``share_pct``, ``own_language_pct``."""
    frame = census[(census["year"] == year) & census["persons"].notna() & (census["ethnic_group"] != "Total")]
    shares = _census_shares(census, year)
    frame = frame.assign(
        share_pct=frame["ethnic_group"].map(shares),
        own_language_pct=(frame["native_language_own"] / frame["persons"] * 100).astype(float),
        last=frame["ethnic_group"] == "Other",
    )
    frame = frame.sort_values(["last", "persons"], ascending=[True, False], ignore_index=True)
    return frame[["ethnic_group", "persons", "share_pct", "own_language_pct"]]


@finding(digits=2, national=True)
def fractionalisation(census: pd.DataFrame) -> float:
    """Chance that two people drawn from the population of 2021 belong to different groups, between 0 and 1.

    The small groups that the census volume adds up as Other count as one group, so the value is a lower bound.
    """
    return float(1 - ((_census_shares(census, 2021) / 100) ** 2).sum())


@finding(unit="%", digits=1, national=True)
def share_among_slavs(census: pd.DataFrame, group: str = "Russians") -> float:
    """Share of one group among Russians, Ukrainians and Belarusians together in 2021, in per cent."""
    shares = _census_shares(census, 2021)
    return float(shares[group] / shares[list(SLAVS)].sum() * 100)


@finding(unit="%", digits=1, national=True)
def own_language(census: pd.DataFrame, group: str = "Ukrainians") -> float:
    """Share of an ethnic group whose native language is that of the group, census of 2021, in per cent."""
    row = census[(census["year"] == 2021) & (census["ethnic_group"] == group)].iloc[0]
    return float(row["native_language_own"] / row["persons"] * 100)


@finding(unit="%", digits=2, national=True)
def slavic_estimate(ethnic_estimates: pd.DataFrame, date: str = "2022-01-01") -> float:
    """Share of the three Slavic groups in an official estimate between censuses, in per cent.

    Estimates of 1 January 2022 and before continue the census of 2009; those after the census of 2021 start from it.
    """
    shares = _estimated_shares(ethnic_estimates, date)
    missing = [group for group in SLAVS if group not in shares]
    if missing:
        raise NoData(f"the estimate of {spoken(date)} has no figure for {', '.join(missing)}")
    return float(shares[list(SLAVS)].sum())


@finding(unit="%", digits=1, national=True)
def estimated_share(ethnic_estimates: pd.DataFrame, group: str = "Russians", date: str = "2023-04-30") -> float:
    """Share of one ethnic group in an official estimate between censuses, in per cent."""
    return float(_estimated_shares(ethnic_estimates, date)[group])


@finding(national=True)
def last_at_least(census: pd.DataFrame, ethnic_estimates: pd.DataFrame, share: float = 20.0, kind: str = "any") -> str:
    """Latest date at which the three Slavic groups were at least ``share`` per cent of the population.

    ``kind`` is ``census`` or ``any``; with ``any`` official estimates count too, whichever census they start from.
    """
    dated = {str(year): slavic_share(census, year) for year in census["year"].unique()}
    if kind == "any":
        for day in ethnic_estimates["date"].unique():
            shares = _estimated_shares(ethnic_estimates, day)
            if set(SLAVS) <= set(shares.index):
                dated[day] = float(shares[list(SLAVS)].sum())
    return spoken(max(day for day, value in dated.items() if value >= share))


@finding(national=True)
def ukrainian_counts(census: pd.DataFrame, ethnic_estimates: pd.DataFrame) -> pd.DataFrame:
    """All counts of Ukrainians found: ``when``, ``basis``, ``persons``, ``source_id``."""
    basis = {
        "before_census": "estimate continuing the census of 2009",
        "census_2021": "estimate starting from the census of 2021",
    }
    counted = census[(census["ethnic_group"] == "Ukrainians") & census["persons"].notna()]
    rows = [(str(row.year), "census", int(row.persons), row.source_id) for row in counted.itertuples()]
    estimated = ethnic_estimates[
        (ethnic_estimates["ethnic_group"] == "Ukrainians") & ethnic_estimates["persons"].notna()
    ]
    for row in estimated.itertuples():
        source = row.source_id_2 if row.base == "before_census" else row.source_id  # the count is in the second source
        rows.append((spoken(row.date), basis[row.base], int(row.persons), source))
    return pd.DataFrame(rows, columns=["when", "basis", "persons", "source_id"])


@finding(unit="%", digits=0, national=True)
def ukrainian_gap(census: pd.DataFrame, ethnic_estimates: pd.DataFrame) -> float:
    """By how much the census of 2021 exceeds the estimate of January 2022 for Ukrainians, in per cent."""
    counts = ukrainian_counts(census, ethnic_estimates).set_index("when")["persons"]
    return float((counts["2021"] / counts["1 January 2022"] - 1) * 100)


@finding(national=True)
def russians_by_region(
    region_ethnicity: pd.DataFrame, region_population: pd.DataFrame, kaz_region_list: pd.DataFrame
) -> pd.DataFrame:
    """Share of Russians in each region of Kazakhstan where a comparable figure was found.

    One row a region: ``iso_3166_2``, ``region``, ``share_pct`` (empty if not comparable), ``year``, ``status``. A
    figure is comparable if it is of 2021 to 2023, in the boundaries since June 2022 and not an estimate made before
    the census of 2021. For Almaty city the published count is divided by the population of the same year.
    """
    rows = []
    for region in kaz_region_list.itertuples():
        found = region_ethnicity[
            (region_ethnicity["iso_3166_2"] == region.iso_3166_2) & (region_ethnicity["ethnic_group"] == "Russians")
        ]
        share, year, status = _comparable(found, region_population, region.iso_3166_2)
        rows.append((region.iso_3166_2, region.region, share, year, status))
    frame = pd.DataFrame(rows, columns=["iso_3166_2", "region", "share_pct", "year", "status"])
    return frame.astype({"year": "Int64"})


@finding(national=True)
def regions_shown(
    region_ethnicity: pd.DataFrame, region_population: pd.DataFrame, kaz_region_list: pd.DataFrame, shown: bool = True
) -> int:
    """Number of regions with (or without) a comparable share of Russians."""
    known = russians_by_region(region_ethnicity, region_population, kaz_region_list)["share_pct"].notna()
    return int((known if shown else ~known).sum())


@finding(national=True)
def language_and_ethnicity(
    region_ethnicity: pd.DataFrame,
    region_native_language: pd.DataFrame,
    region_population: pd.DataFrame,
    kaz_region_list: pd.DataFrame,
) -> pd.DataFrame:
    """Native language (census 2021) beside ethnic shares, for the regions where native language was found.

    Columns ``region``, ``russian_language``, ``russians``, ``kazakh_language``, ``kazakhs`` in per cent. Ethnic shares
    are given only where comparable; the region of Almaty is left out because its boundaries changed.
    """
    spoken_at_home = region_native_language[region_native_language["boundaries"] == "present"]
    wide = spoken_at_home.pivot(index="iso_3166_2", columns="language", values="share_pct")
    russians = russians_by_region(region_ethnicity, region_population, kaz_region_list).set_index("iso_3166_2")
    usable = _usable(region_ethnicity)
    kazakhs = (
        usable[usable["ethnic_group"] == "Kazakhs"].dropna(subset="share_pct").groupby("iso_3166_2")["share_pct"].last()
    )
    frame = pd.DataFrame(
        {
            "region": russians["region"].reindex(wide.index),
            "russian_language": wide["Russian"],
            "russians": russians["share_pct"].reindex(wide.index),
            "kazakh_language": wide["Kazakh"],
            "kazakhs": kazakhs.reindex(wide.index),
        }
    )
    return frame.sort_values("russian_language", ascending=False, ignore_index=True)


@finding(unit="percentage points", digits=1, national=True)
def language_proxy_error(
    region_ethnicity: pd.DataFrame,
    region_native_language: pd.DataFrame,
    region_population: pd.DataFrame,
    kaz_region_list: pd.DataFrame,
    language: str = "russian",
) -> float:
    """Largest distance between the native-language share and the ethnic share over regions that have both."""
    frame = language_and_ethnicity(region_ethnicity, region_native_language, region_population, kaz_region_list)
    groups = {"russian": "russians", "kazakh": "kazakhs"}
    return float((frame[f"{language}_language"] - frame[groups[language]]).abs().max())


# Friction, fragmentation, nationalism ---------------------------------------------------------------------------


@finding(national=True)
def society_record(society_evidence: pd.DataFrame, as_of: date, later: bool = False) -> pd.DataFrame:
    """The material found on opinion, ties and separatism up to the day of judgement, or only the ``later`` part."""
    known = society_evidence["date"].map(last_day) <= as_of
    frame = society_evidence[~known if later else known].copy()
    frame.insert(0, "when", frame["date"].map(spoken))
    for column in ("kind", "topic"):
        frame[column] = frame[column].str.replace("_", " ")
    return frame[["when", "kind", "topic", "summary", "source_id"]].reset_index(drop=True)


@finding(national=True)
def evidence_count(society_evidence: pd.DataFrame, as_of: date, kind: str = "survey", topic: str = "any") -> int:
    """Number of items of one kind (and topic) found up to the day of judgement."""
    known = _until(society_evidence, as_of)
    chosen = (known["kind"] == kind) & ((known["topic"] == topic) | (topic == "any"))
    return int(chosen.sum())


@finding(national=True)
def surveys_of_ukrainians(society_evidence: pd.DataFrame, as_of: date) -> int:
    """Number of surveys up to the day of judgement that report Ukrainians of Kazakhstan separately."""
    known = _until(society_evidence, as_of)
    return int(known.loc[known["kind"] == "survey", "ukrainians_separate"].sum())


@finding(national=True)
def persons_in_separatism_cases(society_evidence: pd.DataFrame, as_of: date) -> int:
    """Persons detained or convicted in the separatism cases found up to the day of judgement."""
    known = _until(society_evidence, as_of)
    return int(known.loc[known["topic"] == "separatism", "persons_charged"].sum())


@finding(unit="%", digits=0, national=True)
def poll_share(
    polls: pd.DataFrame, poll: str = "KSE and Gradus", respondents: str = "Russians", answer: str = "supports the war"
) -> float:
    """Share of respondents of a poll who gave an answer, in per cent."""
    chosen = (polls["poll"] == poll) & (polls["respondents"] == respondents) & (polls["answer"] == answer)
    if not chosen.any():
        raise NoData(f"no figure found for {respondents} in the poll {poll}")
    return float(polls.loc[chosen, "share_pct"].iloc[0])


@finding(national=True)
def poll_table(polls: pd.DataFrame) -> pd.DataFrame:
    """Published poll results in order of time, one row for each group of respondents and answer."""
    frame = polls.sort_values(["fieldwork", "poll", "breakdown", "respondents", "answer"])
    frame = frame.assign(when=frame["fieldwork"].map(spoken))
    return frame[["when", "poll", "respondents", "answer", "share_pct", "source_id"]].reset_index(drop=True)


@finding(national=True)
def sample_size(polls: pd.DataFrame, poll: str = "Demoscope 3") -> int:
    """Number of persons interviewed in a poll."""
    found = polls.loc[polls["poll"] == poll, "sample_size"].dropna()
    if found.empty:
        raise NoData(f"no sample size found for the poll {poll}")
    return int(found.iloc[0])


@finding(national=True)
def ukrainians_in_sample(census: pd.DataFrame, sample: int = 1100) -> float:
    """Ukrainians to expect in a simple random sample of the population of Kazakhstan, by the census of 2021."""
    return sample * group_share(census, "Ukrainians", 2021) / 100


@finding(unit="percentage points", digits=0, national=True)
def ukrainian_margin(census: pd.DataFrame, sample: int = 1100) -> float:
    """Margin of error for a share of one half among the Ukrainians in such a sample, 95 per cent confidence.

    Simple random sampling is assumed; weighting and design effects make the real margin wider.
    """
    return Z95 * sqrt(0.25 / ukrainians_in_sample(census, sample)) * 100


@finding(national=True)
def sample_needed(census: pd.DataFrame, margin: float = 5.0) -> float:
    """Size of a random sample of the population that would give this margin among Ukrainians, in persons."""
    return 0.25 * (Z95 / (margin / 100)) ** 2 / (group_share(census, "Ukrainians", 2021) / 100)


# Statements about territory -------------------------------------------------------------------------------------


@finding(national=True)
def irredentist_record(irredentist_statements: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Dated statements from Russia about Kazakhstan up to the day of judgement, with the office held at the time."""
    frame = _until(irredentist_statements, as_of).copy()
    frame.insert(0, "when", frame["date"].map(spoken))
    columns = ["when", "person", "office_then", "subject", "authorship", "summary", "source_id"]
    return frame.sort_values("date", key=lambda dates: dates.map(last_day))[columns].reset_index(drop=True)


@finding(national=True)
def irredentist_count(
    irredentist_statements: pd.DataFrame,
    as_of: date,
    office: str = "lawmaker",
    subject: str = "territory",
    authorship: str = "undisputed",
) -> int:
    """Number of statements on record by kind of office, subject and authorship, up to the day of judgement."""
    known = _until(irredentist_statements, as_of)
    return int(
        ((known["office_kind"] == office) & (known["subject"] == subject) & (known["authorship"] == authorship)).sum()
    )


@finding(national=True)
def reactions(irredentism_reactions: pd.DataFrame) -> pd.DataFrame:
    """Public reactions of the authorities of Kazakhstan, in order of time."""
    frame = irredentism_reactions.sort_values("date")
    return frame.assign(when=frame["date"].map(spoken))[["when", "actor", "kind", "summary", "source_id"]].reset_index(
        drop=True
    )


@finding(national=True)
def reaction_count(irredentism_reactions: pd.DataFrame, as_of: date) -> int:
    """Number of public reactions of the authorities of Kazakhstan up to the day of judgement."""
    return len(_until(irredentism_reactions, as_of))


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


def _until(frame: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Rows that certainly lie on or before the day: an incomplete date counts from its last possible day."""
    return frame[frame["date"].map(last_day) <= as_of]


def _census_shares(census: pd.DataFrame, year: int) -> pd.Series:
    """Share of every group at one census: counts over the published total where there are counts."""
    rows = census[census["year"] == year].set_index("ethnic_group")
    if rows.empty:
        raise NoData(
            f"no census in {year}; the table has {', '.join(str(known) for known in sorted(census['year'].unique()))}"
        )
    shares = rows["share_pct"].copy()
    if "Total" in rows.index:
        counted = rows["persons"].notna()
        shares[counted] = rows.loc[counted, "persons"].astype(float) / float(rows.loc["Total", "persons"]) * 100
        shares = shares.drop("Total")
    return shares.dropna()


def _estimated_shares(ethnic_estimates: pd.DataFrame, day: str) -> pd.Series:
    """Share of every group in one estimate: as published, else the count over the published total."""
    rows = ethnic_estimates[ethnic_estimates["date"] == day].set_index("ethnic_group")
    if rows.empty:
        raise NoData(f"no official estimate of {day} was found")
    shares = rows["share_pct"].copy()
    if "Total" in rows.index:
        counted = shares.isna() & rows["persons"].notna()
        shares[counted] = rows.loc[counted, "persons"].astype(float) / float(rows.loc["Total", "persons"]) * 100
        shares = shares.drop("Total")
    return shares.dropna()


def _usable(region_ethnicity: pd.DataFrame) -> pd.DataFrame:
    """Rows that can stand side by side: 2021 to 2023, present boundaries, not an estimate made before the census."""
    first, last = COMPARABLE_YEARS
    return region_ethnicity[
        region_ethnicity["year"].between(first, last)
        & (region_ethnicity["boundaries"] == "present")
        & region_ethnicity["base"].isin(("census_2021", "not_stated"))
    ]


def _comparable(
    found: pd.DataFrame, region_population: pd.DataFrame, region: str
) -> tuple[float | None, int | None, str]:
    usable = _usable(found)
    for row in usable.itertuples():
        if pd.notna(row.share_pct):
            return float(row.share_pct), int(row.year), "comparable"
        people = region_population[region_population["iso_3166_2"] == region]
        people = people[people["date"].str[:4] == str(row.year)].sort_values("date")
        if len(people):
            return float(row.persons / people["persons"].iloc[-1] * 100), int(row.year), "comparable"
    if found.empty:
        return None, None, "no figure found"
    latest = found.sort_values("year").iloc[-1]
    reason = "old boundaries" if latest["boundaries"] == "before_2022" else "estimate made before the census"
    return None, None, f"only {int(latest['year'])}: {reason}"
