"""Make ``data/unga_votes.csv``: one row per recorded vote of the UN General Assembly, one letter per state.

To January 2020: Bailey, Strezhnev & Voeten, United Nations General Assembly Voting Data,
https://doi.org/10.7910/DVN/LEJUQZ, as packaged in https://github.com/dgrtwo/unvotes (MIT),
commit 7eb7034314ff79c49c9e0785fcd9d216fa04cf14, ``data/un_votes.rda`` and ``data/un_roll_calls.rda``, exported to CSV:

* votes (``rcid, iso3, vote`` with Y, N or A; absences have no row),
  sha256 68c068353b4618e52be0f32b55310b1e66a7d0ee7a94587a124c88cf0e80c467
* roll calls (``rcid, session, date, unres, amend, para, …``),
  sha256 7966afbb53959543a1247b7e574308d45383a49da0de5391e5b0bd6e9710b3e2

Czechoslovakia and the old Yugoslavia are dropped because they are no members today.

From 2020: one row a roll call (``date, resolution, title, duplicate_of, layer, votes``), letters in the order of
``names.un_members``, ``?`` where the copy has no cell for a state or lost it; sha256
f9ec6032bdc4a4590650f0bec2e27b5738d288af5a1441fc5d6b1c1fbf55e546. It joins four copies of the records of the UN
Digital Library, named by ``layer``: navyanawal0310/un-votes-intelligence-platform at b1a33e9f (2020 and 2021),
jacqueline-witwicki/UNGA_Voting_Coincidences_Over_Time at a5464326 (ES-11/1 to ES-11/3), the release of Bailey,
Strezhnev & Voeten in Pigeon-Effect/Mapping-UNGA-Voting-Alliances at 4a2353a5 (November 2022 to June 2024) and
HZloto/unga-2025 at 46fa27ef (2025). The votes on ES-11/4, ES-11/5 and ES-11/6, which none of them has, are taken from
the book's own table ``unga_es11_votes``.

    python data/derive/unga_votes.py unga_votes_1992_2019.csv.gz unga_rollcalls_1992_2019.csv.gz unga_votes_2020_2025.csv
"""

import re

import numpy as np
import pandas as pd

from multivector.facts import derive as script
from multivector.facts import names, tables

OWN_NUMBERS = 20001
"""First number of roll calls to which no upstream data set gives one."""
SOURCES = {"undl-2021": "G700", "undl-2022": "G701", "voeten": "G702", "undl-2025": "G064"}
EXTRA = ("ES-11/4", "ES-11/5", "ES-11/6")
LETTERS = {"for": "Y", "against": "N", "abstain": "A", "not_voting": ".", "unknown": "?"}
DAYS = {4372: "2002-10-16", 4521: "2005-06-22"}
"""Days of roll calls that upstream has outside their session, by press releases of the UN (S953, S954)."""
SERBIA_SINCE = "2000-11-01"
"""Admission of the Federal Republic of Yugoslavia, Serbia since 2006; upstream has votes of the old Yugoslavia with it."""
COLUMNS = ["rcid", "session", "date", "unres", "title", "amend", "para", "votes", "source_id"]


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
    frame["date"] = frame["rcid"].map(DAYS).fillna(frame["date"])
    letters[np.ix_(frame["date"] < SERBIA_SINCE, np.array(order) == "SRB")] = "."
    frame["votes"] = ["".join(line) for line in letters]
    return frame.assign(title="", source_id="D08")[COLUMNS]


def later(upstream: pd.DataFrame, known: set[str]) -> pd.DataFrame:
    """The roll calls from 2020 in the form of the table, without duplicates and without symbols in ``known``."""
    kept = upstream[upstream["duplicate_of"].isna() & ~upstream["resolution"].isin(known)].copy()
    layer = kept["layer"].str.replace(r"-rcid-\d+$", "", regex=True)
    kept["unres"], kept["source_id"] = kept["resolution"], layer.map(SOURCES)
    kept["rcid"] = kept["layer"].str.extract(r"rcid-(\d+)$")[0].astype(float)
    # the copies of the Digital Library hold resolutions as a whole; the other does not say what it holds
    kept["amend"] = kept["para"] = np.where(layer == "voeten", "", "false")
    return kept


def emergency(votes: pd.DataFrame, resolutions: pd.DataFrame, order: list[str]) -> pd.DataFrame:
    """The emergency-session roll calls that only the table ``unga_es11_votes`` has, in the form of the table."""
    letter = votes["vote"].map(LETTERS)
    wide = votes.assign(letter=letter).pivot(index="resolution", columns="iso3", values="letter").fillna("?")
    about = resolutions.set_index("resolution")
    rows = []
    for name in EXTRA:
        row = {"date": about["date"][name], "title": about["title"][name], "unres": f"A/RES/{name}"}
        row |= {"amend": "false", "para": "false", "source_id": about["source_id_2"][name]}
        rows.append(row | {"votes": "".join(wide.loc[name, order])})
    return pd.DataFrame(rows)


def session(date: str, symbol: object) -> int:
    """Regular session of a vote: by its symbol, else by its day (sessions open in mid-September)."""
    numbered = re.match(r"A/RES/(\d+)/", str(symbol))
    return int(numbered.group(1)) if numbered else int(date[:4]) - 1945 - (date[5:] < "09-15")


def together(early: pd.DataFrame, *parts: pd.DataFrame) -> pd.DataFrame:
    """All roll calls; those without an upstream number get the book's own, in the order of their days."""
    added = pd.concat(parts, ignore_index=True).sort_values(["date", "unres"], ignore_index=True, kind="stable")
    bare = added["rcid"].isna()
    added.loc[bare, "rcid"] = range(OWN_NUMBERS, OWN_NUMBERS + bare.sum())
    added["session"] = [session(*pair) for pair in zip(added["date"], added["unres"], strict=True)]
    frame = pd.concat([early, added[COLUMNS].astype({"rcid": int})], ignore_index=True)
    return frame.sort_values("rcid", ignore_index=True)


def main(arguments: list[str] | None = None) -> None:
    """Read the upstream files named on the command line and write the table."""
    files = {"votes": "one vote a row, CSV", "rollcalls": "one roll call a row, CSV", "later": "from 2020, CSV"}
    upstream, to = script.asked(__doc__, files, ("unga_votes",), arguments)
    votes, rollcalls, since = map(script.read, upstream)
    members = names.un_members(tables.load("states"))
    early = derive(votes, rollcalls, members)
    own = emergency(tables.load("unga_es11_votes"), tables.load("unga_es11_resolutions"), members)
    script.write(together(early, later(since, set(early["unres"].dropna())), own), to["unga_votes"])


if __name__ == "__main__":
    main()
