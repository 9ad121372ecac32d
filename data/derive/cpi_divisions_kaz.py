"""Make ``data/cpi_divisions_kaz.csv``: consumer prices of Kazakhstan by division, change on the month before.

Upstream: Bureau of National Statistics of Kazakhstan, consumer prices by the 12 COICOP divisions, as kept in
https://github.com/LEE-CHENYU/OpenCausality (commit d42d64f4, data/processed/fx_passthrough/cpi_panel.parquet),
written to a CSV with the columns month, coicop, division, mom_pct. SHA-256 of the CSV this was run on:
00037a561013eb6b1923bc965245e1466f362e52c588ffcd9ab575756ca0ad7d

The file's own headline index is not the official one and is not used.

    python data/derive/cpi_divisions_kaz.py cpi_by_division.csv
"""

import pandas as pd

from multivector.facts import derive as script

FIRST, LAST = "2019-01", "2023-12"


def derive(upstream: pd.DataFrame) -> pd.DataFrame:
    """Month, division and change on the month before, 2019 to 2023; the code as text with two digits."""
    frame = upstream[upstream["month"].between(FIRST, LAST)]
    frame = frame.assign(coicop=frame["coicop"].map(lambda code: f"{int(code):02}"))
    return frame[["month", "coicop", "division", "mom_pct"]].sort_values(["month", "coicop"])


main = script.command(__doc__, "CSV: month, coicop, division, mom_pct", "cpi_divisions_kaz", derive)

if __name__ == "__main__":
    main()
