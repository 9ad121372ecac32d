"""Make ``data/trade.csv``: Kazakhstan's goods trade by partner state, 2018-2023.

Upstream: the yearly workbooks of the Bureau of National Statistics of Kazakhstan kept in
https://github.com/mary-lev/eu-export-sanctions (commit 4b6a5dfc, data/kazakhstan_data), joined into one CSV with the
columns year, iso3, type, exports_kusd and imports_kusd; each year is taken from the file of the following year, so
that it is the revised figure. SHA-256 of the joined file this was run on:
69900c91345febdfaf1992ee64340666892fce0c64f84ef282c7483f9064abd7

Groups of states are left out, except the total (WLD). Territories that are not in ``states`` are left out as well;
they hold less than one per cent of the total. An empty upstream cell means that nothing was reported and becomes 0.

    python data/derive/trade.py joined.csv
"""

import pandas as pd

from multivector.facts import derive as script


def derive(upstream: pd.DataFrame, known: set[str]) -> pd.DataFrame:
    """Rows of ``trade``: one for each year and partner in ``known``, and one for the total (WLD)."""
    frame = upstream[upstream["iso3"].isin(known) & ((upstream["type"] == "country") | (upstream["iso3"] == "WLD"))]
    frame = frame.rename(columns={"iso3": "partner_iso3"})[["year", "partner_iso3", "exports_kusd", "imports_kusd"]]
    return frame.fillna(0).sort_values(["year", "partner_iso3"])


main = script.command(__doc__, "joined CSV of the yearly workbooks", "trade", derive)

if __name__ == "__main__":
    main()
