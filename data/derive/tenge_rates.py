"""Make ``data/tenge_rates.csv``: tenge for one dollar, euro and rouble, mean of a quarter.

Upstream: macroeconomic series compiled by the Agency for Regulation and Development of the Financial Market of
Kazakhstan, in the package AFR 3.1.0 (AFR/load/macroKZ.csv), the columns quarter, usdkzt, eurkzt and rurkzt. SHA-256 of
the CSV this was run on:
c048625f43c42153387a127b7643ff989d24a999125f1a2467079810bd4d2136

    python data/derive/tenge_rates.py quarterly.csv
"""

import pandas as pd

from multivector.facts import derive as script

FIRST, LAST = "2019Q1", "2023Q4"
NAMES = {"usdkzt": "kzt_per_usd", "eurkzt": "kzt_per_eur", "rurkzt": "kzt_per_rub"}


def derive(upstream: pd.DataFrame) -> pd.DataFrame:
    """Quarter and three rates, 2019 to 2023, as compiled."""
    frame = upstream[upstream["quarter"].between(FIRST, LAST)].rename(columns=NAMES)
    return frame[["quarter", *NAMES.values()]].sort_values("quarter")


main = script.command(__doc__, "CSV: quarter, usdkzt, eurkzt, rurkzt", "tenge_rates", derive)

if __name__ == "__main__":
    main()
