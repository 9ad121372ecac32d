"""Make ``data/eu_exports.csv`` and ``data/eu_exports_annual.csv``: what the 27 EU members export, in euro.

Upstream: Eurostat Easy Comext, total goods, as kept in https://github.com/mary-lev/eu-export-sanctions
(commit 4b6a5dfc), joined into two CSV files: one monthly (month, reporter_iso3, partner_iso3, exports_eur) for six
partners, one yearly (year, partner_iso3, partner, exports_eur) for all partners. SHA-256 of the files this was run on:
monthly 45f0c5544e09929530841076a8e01ef0ec33568b7a8b65369856038eb4d26d27
yearly  4c97c037b9d918755b9d020cbcb6860af75aaa39a11dd545edd9d61b7717c3e1

Monthly rows are Eurostat's own aggregate of the 27 members. In the yearly file some partners have no code because
their label names a former territory, and Sudan carries the code of South Sudan; ``LABELS`` repairs both. Yearly rows
start in 2019, from when the list of partners does not change.

    python data/derive/eu_exports.py monthly.csv yearly.csv
"""

import pandas as pd

from multivector.facts import derive as script

FIRST_YEAR = 2019
LABELS = {
    "Belgium (incl.": "BEL",
    "Comoros (incl.": "COM",
    "Ethiopia (incl.": "ETH",
    "France (incl.": "FRA",
    "Indonesia (incl.": "IDN",
    "Israel (incl.": "ISR",
    "Italy (incl.": "ITA",
    "South Africa (incl.": "ZAF",
    "Sudan (incl.": "SDN",
    "Switzerland (incl.": "CHE",
}


def monthly(upstream: pd.DataFrame) -> pd.DataFrame:
    """Rows of ``eu_exports``: the aggregate of the 27 members by month and partner."""
    frame = upstream.loc[upstream["reporter_iso3"] == "EU27", ["month", "partner_iso3", "exports_eur"]]
    return frame.sort_values(["month", "partner_iso3"])


def yearly(upstream: pd.DataFrame, known: set[str]) -> pd.DataFrame:
    """Rows of ``eu_exports_annual``: partners in ``known`` from ``FIRST_YEAR`` on."""
    frame = upstream[upstream["year"] >= FIRST_YEAR].copy()
    for label, iso3 in LABELS.items():
        frame.loc[frame["partner"].str.startswith(label), "partner_iso3"] = iso3
    frame = frame[frame["partner_iso3"].isin(known)]
    return frame[["year", "partner_iso3", "exports_eur"]].sort_values(["year", "partner_iso3"])


def main(arguments: list[str] | None = None) -> None:
    """Read the two upstream files named on the command line and write the tables."""
    files = {"monthly": "joined monthly CSV", "yearly": "joined yearly CSV"}
    upstream, to = script.asked(__doc__, files, ("eu_exports", "eu_exports_annual"), arguments)
    by_month, by_year = map(script.read, upstream)
    script.write(monthly(by_month), to["eu_exports"])
    script.write(yearly(by_year, script.states()), to["eu_exports_annual"])


if __name__ == "__main__":
    main()
