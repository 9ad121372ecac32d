"""Draw facts that were entered by hand, to be checked against sources that are not the row's own.

    python tools/fact_sample.py > docs/fact-check.csv

A fact is one cell: a table, a row (named by its key) and the column that carries the row's meaning. First a table is
drawn, then a row, so that short tables are asked as often as long ones. Tables taken over whole from a data set are left
out, and so are memberships, which have a sheet of their own, and rows that had been looked at before. The sheet in ``docs``
was drawn once, from the tables as they stood before the correction K-Z1; ``table_says`` is what the table said then. The
columns after it are filled by hand: ``checked_against``, a source that the row does not cite; ``found``, what it says, in
the table's words and unit; ``verdict``, which is ``agree``, ``wrong``, or ``not found`` where no such source decides it;
``note``, how far it decides.
"""

import csv
import io
import random
import sys
from collections.abc import Iterator

import pandas as pd

from multivector.facts import tables

SEED, WANTED = 20230609, 45
COLUMNS = ["table", "row", "column", "table_says", "checked_against", "found", "verdict", "note"]
DRAWN = {
    **dict.fromkeys(("agreements", "corridor_projects", "foreign_troops", "formats", "irredentism_reactions"), "date"),
    **dict.fromkeys(("irredentist_statements", "law_record", "office_holders", "official_statements"), "date"),
    **dict.fromkeys(("oil_transit_events", "sanctions_events", "self_descriptions", "society_evidence"), "date"),
    **dict.fromkeys(("supply_events", "timeline"), "date"),
    **dict.fromkeys(("census", "ethnic_estimates", "oil_exports", "polls"), "share_pct"),
    **dict.fromkeys(("policy_readings", "trade_route_historians"), "year"),
    "bridge_images": "speaker",
    "corridor_operations": "low",
    "corridor_segments": "km",
    "diplomatic_relations": "states",
    "middle_power_lists": "iso3",
    "multilateral_roles": "from_date",
    "north_south": "mt",
    "organisations": "founded",
    "peer_roads": "since",
    "reexport_reports": "value",
    "region_population": "persons",
    "silk_road_components": "components",
    "titr_volume": "freight_kt",
    "transit": "transit_mt",
    "unga_es11_resolutions": "for",
}
"""The tables, each with the column that is drawn."""
SEEN = {
    ("agreements", "KAZ EUU EPCA signed"),
    ("bridge_images", "KAZ 2023"),
    ("corridor_operations", "O10"),
    ("corridor_projects", "btk"),
    ("corridor_segments", "M14"),
    ("diplomatic_relations", "KAZ 2022-06-30"),
    ("foreign_troops", "KAZ requested"),
    ("irredentism_reactions", "2025-05-03 Authorities of Kazakhstan"),
    ("irredentist_statements", "2022-01-06 Sultan Khamzayev"),
    ("law_record", "2014-03-27 Crimea"),
    ("law_record", "2019-12-04 Crimea"),
    ("north_south", "eastern Ministry of Transport of Kazakhstan 2023"),
    ("office_holders", "Alibek Kuantyrov 2022-05-12 S19"),
    ("official_statements", "2023-02-07 polarisation"),
    ("oil_transit_events", "2022-07-05"),
    ("organisations", "NAM"),
    ("organisations", "NPT"),
    ("policy_readings", "kassen_2018 identity"),
    ("sanctions_events", "2023-04-01 measure Kazakhstan"),
    ("sanctions_events", "2023-06-23 law European Union"),
    ("sanctions_events", "2024-06-12 designation United States"),
    ("sanctions_events", "2024-06-24 designation European Union"),
    ("silk_road_components", "KAZ"),
    ("titr_volume", "ministry 2019 2019"),
    *(("timeline", f"T-{number:02d}") for number in (7, 27, *range(61, 91))),
    *(("unga_es11_resolutions", f"ES-11/{number}") for number in range(1, 10)),
}
"""Rows that had been checked before the draw."""


def named(table: str, line: dict[str, str]) -> str:
    """A row by the cells of its key."""
    return " ".join(filter(None, (line[name] for name in tables.keys(tables.resource(table)))))


def facts(table: str) -> dict[str, str]:
    """Rows of a table by their key, with the text in the column that is drawn."""
    told = {named(table, line): line[DRAWN[table]] for line in csv.DictReader(io.StringIO(tables.raw(table).decode()))}
    return {row: value for row, value in told.items() if value and (table, row) not in SEEN}


def candidates() -> Iterator[tuple[str, str]]:
    """Table and row, drawn from the seed; without end."""
    chance = random.Random(SEED)
    rows = {table: sorted(facts(table)) for table in sorted(DRAWN)}
    while True:
        table = chance.choice(list(rows))
        yield table, chance.choice(rows[table])


def main() -> None:
    """Print the sheet."""
    drawn: set[tuple[str, str]] = set()
    for fact in candidates():
        drawn.add(fact)
        if len(drawn) == WANTED:
            break
    filled = [(table, row, DRAWN[table], facts(table)[row]) for table, row in sorted(drawn)]
    sheet = pd.DataFrame(filled, columns=COLUMNS[:4]).reindex(columns=COLUMNS)
    sheet.to_csv(sys.stdout, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
