"""Names of states as they stand inside an English sentence.

>>> in_sentence("USA", "United States"), in_sentence("UZB", "Uzbekistan")
('the United States', 'Uzbekistan')
"""

from __future__ import annotations

_ARTICLE = frozenset(
    ("ARE", "BHS", "CAF", "COD", "COG", "COM", "DOM", "EUU", "GBR")
    + ("GMB", "MDV", "MHL", "NLD", "PHL", "SLB", "SYC", "USA")
)


def in_sentence(iso3: str, name: str) -> str:
    """The name, with its article if English gives it one."""
    return f"the {name}" if iso3 in _ARTICLE else name
