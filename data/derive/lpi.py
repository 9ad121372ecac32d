"""Make data/lpi.csv from the World Bank's Logistics Performance Index 2012-2023.

Upstream: https://github.com/meh4kpreet/World-Bank-Logistics-Performance-Index-2012-2023-Project, commit f80c730,
raw_data.zip, International_LPI_from_2012_to_2023.xlsx, its five sheets exported into one CSV with the columns
``iso3``, ``year``, ``lpi_score``, ``lpi_rank`` and a score for each of six components. Run on an export with SHA-256
e75cf635e73b1d6fc8c8c72d6f0b59f78019409f06e2a546243a6d7c91e010b6.
World Bank data are published under CC BY 4.0.

    python data/derive/lpi.py EXPORT.csv
"""

import pandas as pd

from multivector.facts import derive as script

COLUMNS = {
    "iso3": "iso3",
    "year": "year",
    "lpi_score": "score",
    "lpi_rank": "rank",
    "customs_score": "customs",
    "infrastructure_score": "infrastructure",
    "international_shipments_score": "shipments",
    "logistics_competence_and_quality_score": "competence",
    "tracking_and_tracing_score": "tracking",
    "timeliness_score": "timeliness",
}


def derive(upstream: pd.DataFrame, known: set[str]) -> pd.DataFrame:
    """Rows of states the book knows, scores to two decimals as the World Bank prints them, sorted by key."""
    table = upstream.rename(columns=COLUMNS)[list(COLUMNS.values())]
    table = table[table["iso3"].isin(known)].round(2)
    return table.sort_values(["iso3", "year"], ignore_index=True)


main = script.command(__doc__, "CSV export of the workbook", "lpi", derive)

if __name__ == "__main__":
    main()
