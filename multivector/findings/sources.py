"""What the register of sources holds: how many of each grade of authority."""

import pandas as pd

from multivector.cite.sources import GRADES
from multivector.facts.rows import where
from multivector.findings import Asked, Table

RELIABLE = ("primary", "authoritative", "good")
"""Grades that bear a fact by themselves."""


def by_grade(sources: Table) -> pd.DataFrame:
    """Entries of the register by grade of authority, best first: ``grade``, its ``meaning``, and their ``count``."""
    counts = sources["grade"].value_counts()
    rows = [(grade, meaning, int(counts.get(grade, 0))) for grade, meaning in GRADES.items()]
    return pd.DataFrame(rows, columns=["grade", "meaning", "count"])


def entries(by_grade: Asked) -> int:
    """Number of entries in the register of sources."""
    return int(by_grade()["count"].sum())


def reliable(by_grade: Asked) -> int:
    """Number of entries in the register whose grade is good, authoritative or primary."""
    return int(where(by_grade(), grade=RELIABLE)["count"].sum())
