"""Make ``data/eu_listed_exports.csv``, ``eu_listed_chapters.csv`` and ``eu_priority_exports.csv``.

Exports of the European Union of the goods whose export to Russia it had forbidden or restricted by October 2022
(codes of the Combined Nomenclature in Regulation 833/2014, text of 7 October 2022), to seven partners.

Upstream: Eurostat, EU trade by HS and CN8 (DS-045409, state of 13 January 2023), 22 workbooks with 2,333 codes kept in
https://github.com/vzemlys/ruimpeks (commit 5b5d97cc, raw/eurostat_xlsx), read sheet by sheet, the 27 reporters summed
and four-digit codes dropped, into two CSV files: month, partner_iso3, hs2, exports_eur, and month, partner_iso3, hs6,
exports_eur for 19 of the 50 common high priority codes. SHA-256 of the files this was run on:
chapters 055fb2424f7818f08914d6f7063b03f110f870eca2df32065713df775553da93
priority 871fb46887bc18964436a4e6c18d2251321d1450c55c4d9715d578280d3dd110

December 2022 was not out, so yearly figures add up March to November, the nine months after the first sanctions.

    python data/derive/eu_listed_exports.py chapters.csv priority.csv
"""

import pandas as pd

from multivector.facts import derive as script

PERIOD = [f"{month:02}" for month in range(3, 12)]


def monthly(upstream: pd.DataFrame) -> pd.DataFrame:
    """Rows of ``eu_listed_exports``: all listed goods by month and partner."""
    frame = upstream.groupby(["month", "partner_iso3"], as_index=False)["exports_eur"].sum()
    return frame.rename(columns={"exports_eur": "listed_eur"})


def nine_months(upstream: pd.DataFrame, code: str) -> pd.DataFrame:
    """March to November by year, partner and ``code`` (a chapter or a six-digit heading), kept as text."""
    frame = upstream[upstream["month"].str[5:].isin(PERIOD)]
    frame = frame.assign(year=frame["month"].str[:4].astype(int), **{code: frame[code].map(_text(code))})
    return frame.groupby(["year", "partner_iso3", code], as_index=False)["exports_eur"].sum()


def _text(code: str):
    width = int(code.removeprefix("hs"))
    return lambda value: f"{int(value):0{width}}"


def main(arguments: list[str] | None = None) -> None:
    """Read the two upstream files named on the command line and write the tables."""
    files = {"chapters": "CSV by month, partner and chapter", "priority": "CSV by month, partner and six-digit code"}
    makes = ("eu_listed_exports", "eu_listed_chapters", "eu_priority_exports")
    upstream, to = script.asked(__doc__, files, makes, arguments)
    chapters, priority = map(script.read, upstream)
    script.write(monthly(chapters), to["eu_listed_exports"])
    script.write(nine_months(chapters, "hs2"), to["eu_listed_chapters"])
    script.write(nine_months(priority, "hs6"), to["eu_priority_exports"])


if __name__ == "__main__":
    main()
