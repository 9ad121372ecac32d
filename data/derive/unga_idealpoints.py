"""Make ``data/unga_idealpoints.csv``: where each state stands on the main line of division in the General Assembly.

Upstream: Bailey, Strezhnev & Voeten, United Nations General Assembly Voting Data, ideal points of July 2025,
https://doi.org/10.7910/DVN/LEJUQZ (file ``IdealpointsJuly2025``), read from the copy in
https://github.com/lucasbuildsapps/Masterthesis, commit 5298218d5b57e5b09223b124b25c03dc37ed646e, exported to CSV,
sha256 3967d5c9f9d4cd1901484b68817dd3b87bcc4b4ace54203feef1e43743dfe555.

    python data/derive/unga_idealpoints.py unga_idealpoints_1992_2024.csv
"""

import pandas as pd

from multivector.facts import derive as script

SERBIA_SINCE = 2000
"""Upstream calls it Yugoslavia to this day; it was admitted to the UN in November 2000 and is Serbia since 2006."""
COLUMNS = {
    "idealpointfp": "idealpoint_fp",
    "q5fp": "q5_fp",
    "q95fp": "q95_fp",
    "nvotesfp": "nvotes_fp",
    "idealpointall": "idealpoint_all",
    "q5all": "q5_all",
    "q95all": "q95_all",
    "nvotesall": "nvotes_all",
}


def derive(upstream: pd.DataFrame, known: set[str]) -> pd.DataFrame:
    """The two series with their 90 per cent intervals for the states in ``known``, five decimals."""
    serbia = (upstream["iso3"] == "YUG") & (upstream["year"] >= SERBIA_SINCE)
    frame = upstream.assign(iso3=upstream["iso3"].mask(serbia, "SRB"))
    frame = (
        frame.loc[frame["iso3"].isin(known), ["iso3", "year", *COLUMNS]]
        .rename(columns=COLUMNS)
        .sort_values(["iso3", "year"])
    )
    counts = ["nvotes_fp", "nvotes_all"]
    frame[counts] = frame[counts].astype("Int64")
    return frame.round(5)


main = script.command(__doc__, "ideal points, CSV", "unga_idealpoints", derive)

if __name__ == "__main__":
    main()
