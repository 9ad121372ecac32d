"""Words of English sentences: names of states, which of these are members of the United Nations, lists and numerals.

>>> in_sentence("USA", "United States"), in_sentence("UZB", "Uzbekistan")
('the United States', 'Uzbekistan')
>>> listing(["a", "b", "c"])
'a, b and c'
"""

import re
from collections.abc import Container, Iterable

import pandas as pd

NUMERALS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
CENTRAL_ASIA = ("KAZ", "KGZ", "TJK", "TKM", "UZB")
_CODE = re.compile(r"\b[A-Z]{3}\b")
_ARTICLE = "ARE BHS CAF COD COG COM DOM EUU GBR GMB MDV MHL NLD PHL SLB SYC USA"


def in_sentence(iso3: str, name: str) -> str:
    """The name, with its article if English gives it one."""
    return f"the {name}" if iso3 in _ARTICLE.split() else name


def names_of(states: pd.DataFrame) -> dict[str, str]:
    """Name of each state by its code."""
    return dict(zip(states["iso3"], states["name"], strict=True))


def in_sentences(states: pd.DataFrame) -> dict[str, str]:
    """As ``names_of``, each name as it stands inside a sentence."""
    return {iso3: in_sentence(iso3, name) for iso3, name in names_of(states).items()}


def spelled_out(text: str, names: dict[str, str], bodies: Container[str]) -> str:
    """The text with codes of states as their names, but for those that a body has too: NAM is not Namibia."""
    return _CODE.sub(lambda code: code[0] if code[0] in bodies else names.get(code[0], code[0]), text)


def un_members(states: pd.DataFrame) -> list[str]:
    """Codes of the members of the United Nations, in the order of the alphabet."""
    return sorted(states.loc[states["kind"] == "un_member", "iso3"])


def listing(words: Iterable[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``; ``none`` if there are none."""
    *others, last = list(words) or ["none"]
    return f"{', '.join(others)} and {last}" if others else last
