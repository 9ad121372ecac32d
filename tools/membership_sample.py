"""Draw cells of the memberships to be checked against sources that are not the row's own.

    python tools/membership_sample.py > docs/membership-check.csv

A cell is one UN member, one body and one day from 1991 to 2025. Cells are drawn evenly and kept until each kind has its
number: standings, cells that are not known, and absences from a body that exists by a state that exists. The sheet in
``docs`` was drawn once; ``table_says`` is what the table said on that day. The columns after it are filled by hand:
``checked_against``, a source that the row does not cite; ``found``, the standing it shows, or why it shows none;
``agrees``, which is ``yes``, ``no``, ``now known`` where it decides what the table left open, or ``not decidable``.
"""

import random
import sys
from collections.abc import Iterator
from datetime import date, timedelta

import pandas as pd

from multivector.facts import memberships, tables
from multivector.facts.dates import last_day
from multivector.facts.names import un_members

SEED = 20230608
WANTED = {"standing": 180, memberships.UNCERTAIN: 40, "none": 80}
FIRST, LAST = date(1991, 1, 1), date(2025, 12, 31)
COLUMNS = ["iso3", "organisation", "day", "table_says", "checked_against", "found", "agrees"]


def candidates() -> Iterator[tuple[str, str, date]]:
    """State, body and day, drawn evenly from the seed, where both exist; without end."""
    states = un_members(tables.load("states"))
    founded = tables.load("organisations").set_index("organisation")["founded"].map(last_day)
    existed = tables.load("state_existence").set_index("iso3")["since"].map(last_day)
    chance = random.Random(SEED)
    while True:
        iso3, body = chance.choice(states), chance.choice(list(founded.index))
        day = FIRST + timedelta(days=chance.randrange((LAST - FIRST).days + 1))
        if day >= max(founded[body], existed.get(iso3, FIRST)):
            yield iso3, body, day


def main() -> None:
    """Print the sheet, by state, body and day."""
    left, drawn, stream = dict(WANTED), {}, candidates()
    while any(left.values()):
        iso3, body, day = next(stream)
        status = memberships.statuses(day, [iso3]).loc[body, iso3]
        kind = status if status in left else "standing"
        if left[kind] and (iso3, body, day) not in drawn:
            left[kind] -= 1
            drawn[iso3, body, day] = status
    cells = [(*cell, status) for cell, status in sorted(drawn.items())]
    sheet = pd.DataFrame(cells, columns=COLUMNS[:4]).reindex(columns=COLUMNS)
    sheet.to_csv(sys.stdout, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
