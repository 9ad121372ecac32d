"""Make ``data/igo_spells.csv``, ``igo_starts.csv`` and ``igo_names.csv`` from the Correlates of War data on organisations.

    python data/derive/igo_spells.py SPELLS.csv.gz UNCUT.csv NAMES.csv

Upstream: Intergovernmental Organizations v3.0 (Pevehouse, Nordstrom, McManus and Jamison 2020) as stored in the R
package igoR, https://github.com/dieghernan/igoR, commit c9936cac3f0fc117520e89f9a232e62dde1ce3e9, file
``data/state_year_format3.rda``, years 1992 to 2014 joined into spells of equal status (columns iso3, igo, status,
from_year, to_year and two flags for spells cut at the edges). Missing values (-9) and years in which an organisation
did not exist (-1) are in no spell. The uncut spells are those of the same file for the bodies of the book, from 1816.
Last run on files with SHA-256

    8c632c054d6b2c856e5debdf159611c19a1ebe71b55385aae1711491e57fe888  spells, 1992 to 2014
    e58538decaeae9e04e130f7cad3155095c76c792c1d9f96edc5716d73bf4c05e  spells, 1816 to 2014
    8352abd1c94aa6f079cd3bd84768bdc67c64c4f9a7289cae0edcc10ee086ea47  short and full names
"""

import pandas as pd

from multivector.facts import derive as script

COLUMNS = ["iso3", "igo", "status", "from_year", "to_year"]
LAST_OF_YUGOSLAVIA = 1992
"""Upstream codes Yugoslavia and Serbia as one state; it broke up in this year, and its years until then are its own."""
LAST_YEAR = 2014
GO_ON = {
    "acp": "G311",
    "cmhasg": "G312",
    "icao": "G310",
    "icmmp": "G313",
    "rioppah": "G314",
    "turksoy": "G045",
    "uasc": "G315",
}
"""Bodies that upstream codes for no state after 2013, with a source that shows them at work in 2014 or later."""
MISSING = [
    ("AZE", "iaea", "member", 2001, LAST_YEAR),
    ("TJK", "iaea", "member", 2001, LAST_YEAR),
    ("DEU", "imo", "member", 1992, LAST_YEAR),
    ("USA", "unesco", "member", 2003, LAST_YEAR),
]
"""Seats that upstream has not, of states that the book compares (G316, G062, G318, G319)."""


def spells(upstream: pd.DataFrame, known: set[str]) -> pd.DataFrame:
    """The spells of known states, mended, without flags (an edge year says as much), sorted."""
    added = pd.DataFrame(MISSING, columns=COLUMNS)
    kept = _mended(pd.concat([upstream[COLUMNS], added], ignore_index=True), known)
    return kept.sort_values(["iso3", "igo", "from_year"], ignore_index=True)


def starts(upstream: pd.DataFrame, known: set[str]) -> pd.DataFrame:
    """The spells in the bodies of the book with their real first years, mended and sorted."""
    edge = upstream["from_is_first_year_of_state_in_cow"].map({True: "true", False: "false"})
    kept = _mended(upstream.assign(first_year_of_state=edge), known)
    columns = ["iso3", "organisation", "status", "from_year", "to_year", "first_year_of_state"]
    return kept[columns].sort_values(["iso3", "organisation", "from_year"], ignore_index=True)


def _mended(upstream: pd.DataFrame, known: set[str]) -> pd.DataFrame:
    """Yugoslavia and Serbia apart, and the bodies in ``GO_ON`` until the last year."""
    goes_on = upstream["igo"].isin(GO_ON) & (upstream["to_year"] == LAST_YEAR - 1)
    upstream = upstream.assign(to_year=upstream["to_year"].mask(goes_on, LAST_YEAR))
    old = (upstream["iso3"] == "SRB") & (upstream["from_year"] <= LAST_OF_YUGOSLAVIA)
    before = upstream.assign(iso3="YUG", to_year=upstream["to_year"].clip(upper=LAST_OF_YUGOSLAVIA))[old]
    after = upstream.assign(from_year=upstream["from_year"].mask(old, LAST_OF_YUGOSLAVIA + 1))
    both = pd.concat([before, after[after["from_year"] <= after["to_year"]]])
    return both[both["iso3"].isin(known)]


def names(upstream: pd.DataFrame, used: set[str]) -> pd.DataFrame:
    """Short and full names of the organisations in use; the file takes letters of Mac OS Roman for Latin-1 ones."""
    kept = upstream[upstream["igo"].isin(used)].rename(columns={"orgname": "name"})
    name = kept["name"].str.replace("Ê", "").str.replace("\x8a", "ä").str.replace(" )", ")")
    kept = kept.assign(name=name.str.split().str.join(" "))
    return kept[["igo", "name"]].sort_values("igo", ignore_index=True)


def main(arguments: list[str] | None = None) -> None:
    """Read the upstream files named on the command line and write the tables."""
    files = {
        "spells": "spells of membership, CSV",
        "uncut": "spells in the bodies of the book, CSV",
        "names": "names of organisations, CSV",
    }
    upstream, to = script.asked(__doc__, files, ("igo_spells", "igo_starts", "igo_names"), arguments)
    upstream_spells, upstream_uncut, upstream_names = map(script.read, upstream)
    table = spells(upstream_spells, script.states())
    script.write(table, to["igo_spells"])
    script.write(starts(upstream_uncut, script.states()), to["igo_starts"])
    script.write(names(upstream_names, set(table["igo"])), to["igo_names"])


if __name__ == "__main__":
    main()
