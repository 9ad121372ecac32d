"""Make ``data/hdi.csv`` from the time series of the Human Development Index (UNDP, Human Development Report 2023/24).

Upstream: UNDP's published series as copied in https://github.com/antonsadeq/Data-Visualization (commit fde7e54d),
reshaped to one row for each state and year
with the columns iso3, year and hdi. SHA-256 of the reshaped file this was run on:
cafb36fe2fc55f1fe153ea9bf820e5a1a5f93c24e50420ba95ba3dfb0be52283

    python data/derive/hdi.py reshaped.csv
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

DATA = Path(__file__).resolve().parents[1]


def derive(upstream: pd.DataFrame, known: set[str]) -> pd.DataFrame:
    """Rows of ``hdi`` for the states in ``known``; years without a value are left out."""
    frame = upstream.loc[upstream["iso3"].isin(known), ["iso3", "year", "hdi"]]
    return frame.dropna().sort_values(["iso3", "year"])


def main() -> None:
    """Read the upstream file named on the command line and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("upstream", type=Path, help="CSV: iso3, year, hdi")
    states = pd.read_csv(DATA / "states.csv", keep_default_na=False)
    upstream = pd.read_csv(parser.parse_args().upstream, keep_default_na=False, na_values=[""])
    derive(upstream, set(states["iso3"])).to_csv(DATA / "hdi.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
