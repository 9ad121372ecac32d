"""Make ``data/igo_spells.csv`` and ``data/igo_names.csv`` from the Correlates of War data on organisations.

    python data/derive/igo_spells.py SPELLS.csv.gz NAMES.csv

Upstream: Intergovernmental Organizations v3.0 (Pevehouse, Nordstrom, McManus and Jamison 2020) as stored in the R
package igoR, https://github.com/dieghernan/igoR, commit c9936cac3f0fc117520e89f9a232e62dde1ce3e9, file
``data/state_year_format3.rda``, years 1992 to 2014 joined into spells of equal status (columns iso3, igo, status,
from_year, to_year and two flags for spells cut at the edges). Missing values (-9) and years in which an organisation
did not exist (-1) are in no spell. Last run on files with SHA-256

    8c632c054d6b2c856e5debdf159611c19a1ebe71b55385aae1711491e57fe888  spells, 1992 to 2014
    8352abd1c94aa6f079cd3bd84768bdc67c64c4f9a7289cae0edcc10ee086ea47  short and full names
"""

import pandas as pd

from multivector.facts import derive as script

COLUMNS = ["iso3", "igo", "status", "from_year", "to_year"]


def spells(upstream: pd.DataFrame, known: set[str]) -> pd.DataFrame:
    """The spells of known states, without flags (an edge year says as much), sorted."""
    kept = upstream.loc[upstream["iso3"].isin(known), COLUMNS]
    return kept.sort_values(["iso3", "igo", "from_year"], ignore_index=True)


def names(upstream: pd.DataFrame, used: set[str]) -> pd.DataFrame:
    """Short and full names of the organisations in use; the file takes letters of Mac OS Roman for Latin-1 ones."""
    kept = upstream[upstream["igo"].isin(used)].rename(columns={"orgname": "name"})
    name = kept["name"].str.replace("Ê", "").str.replace("\x8a", "ä").str.replace(" )", ")")
    kept = kept.assign(name=name.str.split().str.join(" "))
    return kept[["igo", "name"]].sort_values("igo", ignore_index=True)


def main(arguments: list[str] | None = None) -> None:
    """Read the two upstream files named on the command line and write the tables."""
    files = {"spells": "spells of membership, CSV", "names": "names of organisations, CSV"}
    upstream, to = script.asked(__doc__, files, ("igo_spells", "igo_names"), arguments)
    upstream_spells, upstream_names = map(script.read, upstream)
    table = spells(upstream_spells, script.states())
    script.write(table, to["igo_spells"])
    script.write(names(upstream_names, set(table["igo"])), to["igo_names"])


if __name__ == "__main__":
    main()
