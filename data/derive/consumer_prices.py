"""Make the World Bank rows of ``data/consumer_prices.csv``: consumer prices by month, change on the year before.

Upstream: Ha, Kose & Ohnsorge, A Global Database of Inflation (World Bank, April 2024), monthly headline and food
indices as kept in https://github.com/andrewrgarcia/WorldBank-Global-Inflation-Data (commit 77951941), joined into one
CSV with the columns month, iso3, item, index, yoy_pct. SHA-256 of the CSV this was run on:
1b221fa7b38226dd478d1f9f617b64c996a897dd4ea4e85b418c43f0eeb53a40

The food index of Kyrgyzstan changes its base in March 2023, so its rows end before. Months that the database lacks
(Russia in 2022, food in Kazakhstan) were added by hand from the press, each with its source: write the rows to a place
of their own and merge.

    python data/derive/consumer_prices.py joined.csv --to world_bank_rows.csv
"""

import pandas as pd

from multivector.facts import derive as script

STATES = ("KAZ", "KGZ", "UZB", "TJK", "ARM", "AZE", "GEO", "RUS")
FIRST, LAST = "2020-01", "2023-12"
SOURCE = "G734"


def derive(upstream: pd.DataFrame) -> pd.DataFrame:
    """State, item, month, rate and source for Kazakhstan and seven states of the neighbourhood; no empty rates."""
    frame = upstream[upstream["iso3"].isin(STATES) & upstream["month"].between(FIRST, LAST)].dropna(subset="yoy_pct")
    frame = frame[~((frame["iso3"] == "KGZ") & (frame["item"] == "food") & (frame["month"] >= "2023-03"))]
    frame = frame.assign(source_id=SOURCE).sort_values(["iso3", "item", "month"])
    return frame[["iso3", "item", "month", "yoy_pct", "source_id"]]


main = script.command(__doc__, "CSV: month, iso3, item, index, yoy_pct", "consumer_prices", derive)

if __name__ == "__main__":
    main()
