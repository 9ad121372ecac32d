"""Make ``data/macro.csv`` from a joined copy of the World Bank's World Development Indicators.

Upstream: GDP in current US dollars (NY.GDP.MKTP.CD), consumer-price inflation (FP.CPI.TOTL.ZG) and population
(SP.POP.TOTL) as packaged in https://github.com/datasets/gdp (commit 822019c8), https://github.com/datasets/inflation
(commit fc1dbea6) and https://github.com/datasets/population (commit 425fc447), joined on state and year into one CSV
with the columns iso3, year, gdp_current_usd, cpi_inflation_pct and population.
SHA-256 of the joined file this was run on:
2559ef50cd29f5ff3d517d915fd39ecd37e6ee12324a978a20eb27bdf827b32c

In datasets/inflation the names of the two files are exchanged: the consumer-price series is in
``inflation-gdp.csv``.

    python data/derive/macro.py joined.csv
"""

import pandas as pd

from multivector.facts import derive as script

YEARS = range(1990, 2025)
PRICES = {
    **{("KAZ", 2024): None, ("AZE", 1992): None, ("LSO", 2009): 7.31, ("LSO", 2010): 3.46},
    **{("BLZ", year): None for year in range(2003, 2007)},
}
"""Consumer-price values that upstream has wrong, with the right one or none: 4.86 for KAZ (8.8 as published elsewhere),
-10.63 for AZE (hundreds of per cent, G332), -16.86 and -2.41 for LSO (an earlier copy of the series, G333). For BLZ
2003 to 2005 are those of 2007 to 2009 digit for digit, and 2006 the step back between them (S800, S801)."""


def derive(upstream: pd.DataFrame, known: set[str]) -> pd.DataFrame:
    """Rows of ``macro`` for the states in ``known``; rows without any value are left out."""
    frame = upstream[upstream["iso3"].isin(known) & upstream["year"].isin(YEARS)]
    frame = frame.rename(columns={"gdp_current_usd": "gdp_usd"})
    values = ["gdp_usd", "cpi_inflation_pct", "population"]
    frame = frame[["iso3", "year", *values]].copy()
    frame["gdp_usd"] = frame["gdp_usd"].round().astype("Int64")
    frame["population"] = frame["population"].round().astype("Int64")
    frame["cpi_inflation_pct"] = frame["cpi_inflation_pct"].round(4)
    for (state, year), value in PRICES.items():
        frame.loc[(frame["iso3"] == state) & (frame["year"] == year), "cpi_inflation_pct"] = value
    return frame.dropna(subset=values, how="all").sort_values(["iso3", "year"])


main = script.command(
    __doc__, "joined CSV: iso3, year, gdp_current_usd, cpi_inflation_pct, population", "macro", derive
)

if __name__ == "__main__":
    main()
