"""The ledger counted: how many of the article's claims of each type have which verdict.

Only what the article claims counts, not questions of this book or what was withdrawn.
"""

import pandas as pd

from multivector.facts.rows import where
from multivector.facts.verdicts import FACTS, TYPES, VERDICTS
from multivector.findings import Asked, Table


def by_type(claims: Table) -> pd.DataFrame:
    """Number of the article's claims by type (rows) and verdict (columns), in the order of their closed lists."""
    counted = where(claims, status="claim")
    table = pd.crosstab(counted["type"], counted["verdict"])
    return table.reindex(index=list(TYPES), columns=list(VERDICTS), fill_value=0)


def rows_told(by_type: Asked) -> pd.DataFrame:
    """How the claims of each type fare, in words.

    Columns: ``kind`` ("Fact: event:"), ``verdicts`` ("6 supported, 6 not verified").
    """
    rows = []
    for kind, row in by_type().iterrows():
        parts = [f"{number} {VERDICTS[verdict].lower()}" for verdict, number in row.items() if number]
        rows.append({"kind": f"{TYPES[kind]}:", "verdicts": ", ".join(parts) or "none"})
    return pd.DataFrame(rows)


def outcome(by_type: Asked) -> str:
    """The ledger in a sentence: how many facts and how many causal claims are supported outright."""
    counts = by_type()
    facts, causes = counts.loc[FACTS].sum(), counts.loc["causal"]
    outright = f"only {causes['supported']}" if causes["supported"] else "none"
    return (
        f"{facts['supported']} of {facts.sum()} facts are supported outright, but of {causes.sum()} causal claims "
        f"{outright}: a cause has to show more"
    )
