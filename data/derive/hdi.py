"""Make ``data/hdi.csv`` from the time series of the Human Development Index (UNDP, Human Development Report 2023/24).

Upstream: UNDP's published series as copied in https://github.com/antonsadeq/Data-Visualization (commit fde7e54d),
reshaped to one row for each state and year
with the columns iso3, year and hdi. SHA-256 of the reshaped file this was run on:
cafb36fe2fc55f1fe153ea9bf820e5a1a5f93c24e50420ba95ba3dfb0be52283

    python data/derive/hdi.py reshaped.csv
"""

import pandas as pd

from multivector.facts import derive as script


def derive(upstream: pd.DataFrame, known: set[str]) -> pd.DataFrame:
    """Rows of ``hdi`` for the states in ``known``; years without a value are left out."""
    frame = upstream.loc[upstream["iso3"].isin(known), ["iso3", "year", "hdi"]]
    return frame.dropna().sort_values(["iso3", "year"])


main = script.command(__doc__, "CSV: iso3, year, hdi", "hdi", derive)

if __name__ == "__main__":
    main()
