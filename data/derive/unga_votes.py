"""Make ``data/unga_votes.csv``: one row per recorded vote of the UN General Assembly, one letter per state.

Upstream: Bailey, Strezhnev & Voeten, United Nations General Assembly Voting Data,
https://doi.org/10.7910/DVN/LEJUQZ, as packaged in https://github.com/dgrtwo/unvotes (MIT),
commit 7eb7034314ff79c49c9e0785fcd9d216fa04cf14, ``data/un_votes.rda`` and ``data/un_roll_calls.rda``, exported to CSV:

* votes (``rcid, iso3, vote`` with Y, N or A; absences have no row),
  sha256 68c068353b4618e52be0f32b55310b1e66a7d0ee7a94587a124c88cf0e80c467
* roll calls (``rcid, session, date, unres, amend, para, …``),
  sha256 7966afbb53959543a1247b7e574308d45383a49da0de5391e5b0bd6e9710b3e2

Upstream codes Yugoslavia as Serbia; Czechoslovakia is dropped because it is not a member today.

    python data/derive/unga_votes.py unga_votes_1992_2019.csv.gz unga_rollcalls_1992_2019.csv.gz
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from multivector import derive as script
from multivector import tables


def members() -> list[str]:
    """ISO codes of the UN members, sorted: the order of the letters in the column ``votes``."""
    states = tables.load("states")
    return sorted(states.loc[states["kind"] == "un_member", "iso3"])


def derive(votes: pd.DataFrame, rollcalls: pd.DataFrame, order: list[str]) -> pd.DataFrame:
    """One row per roll call; ``votes`` holds Y, N, A or ``.`` for every state of ``order``."""
    votes = votes[votes["iso3"].isin(order) & votes["vote"].isin(["Y", "N", "A"])]
    rollcalls = rollcalls.sort_values("rcid", ignore_index=True)
    letters = np.full((len(rollcalls), len(order)), ".", dtype="U1")
    row = votes["rcid"].map({rcid: index for index, rcid in enumerate(rollcalls["rcid"])})
    column = votes["iso3"].map({iso3: index for index, iso3 in enumerate(order)})
    letters[row.astype(int), column.astype(int)] = votes["vote"]
    frame = rollcalls[["rcid", "session", "date", "unres"]].astype({"session": int})
    for flag in ("amend", "para"):
        frame[flag] = np.where(rollcalls[flag] == 1, "true", "false")
    frame["votes"] = ["".join(line) for line in letters]
    return frame


def main(arguments: list[str] | None = None) -> None:
    """Read the two upstream files named on the command line and write the table."""
    files = {"votes": "one vote a row, CSV", "rollcalls": "one roll call a row, CSV"}
    upstream, to = script.asked(__doc__, files, ("unga_votes",), arguments)
    votes, rollcalls = map(script.read, upstream)
    script.write(derive(votes, rollcalls, members()), to["unga_votes"])


if __name__ == "__main__":
    main()
