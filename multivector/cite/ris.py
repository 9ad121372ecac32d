"""A CSL-JSON item as a RIS record, lines ended as the format asks.

>>> print(record({"id": "S1", "type": "webpage", "title": "A"}).replace("\\r", ""), end="")
TY  - ELEC
ID  - S1
TI  - A
ER  -
"""

from __future__ import annotations

_TYPES = {
    "article": "UNPB",
    "article-journal": "JOUR",
    "article-magazine": "MGZN",
    "article-newspaper": "NEWS",
    "book": "BOOK",
    "broadcast": "VIDEO",
    "chapter": "CHAP",
    "dataset": "DATA",
    "entry-encyclopedia": "ENCYC",
    "interview": "NEWS",
    "legislation": "STAT",
    "paper-conference": "CPAPER",
    "post-weblog": "BLOG",
    "report": "RPRT",
    "review-book": "JOUR",
    "software": "COMP",
    "treaty": "STAT",
    "webpage": "ELEC",
}
"""Reference type for each CSL type; any other is ``GEN``. RIS has none for interviews in a newspaper."""


def record(item: dict) -> str:
    """The record ``TY … ER`` of the fields that the item has."""
    first, _, last = item.get("page", "").partition("–")
    lines = [
        ("TY", _TYPES.get(item["type"], "GEN")),
        ("ID", item["id"]),
        *(("AU", _name(one)) for one in item.get("author", ())),
        *(("A2", _name(one)) for one in item.get("editor", ())),
        ("TI", item["title"]),
        ("T2", item.get("container-title") or item.get("collection-title", "")),
        ("VL", item.get("volume", "")),
        ("IS", item.get("issue") or item.get("collection-number") or item.get("number", "")),
        ("SP", first),
        ("EP", last),
        ("PB", item.get("publisher", "")),
        ("CY", item.get("publisher-place", "")),
        ("PY", str(item["issued"]["date-parts"][0][0]) if "issued" in item else ""),
        ("DA", _date(item.get("issued"))),
        ("ET", item.get("edition") or item.get("version", "")),
        ("M3", item.get("genre", "")),
        ("LA", item.get("language", "")),
        ("DO", item.get("DOI", "")),
        ("SN", item.get("ISBN", "")),
        ("UR", item.get("URL", "")),
        ("Y2", _date(item.get("accessed"))),
        ("N1", item.get("note", "")),
    ]
    return "".join(f"{tag}  - {text}\r\n" for tag, text in lines if text) + "ER  - \r\n"


def _name(one: dict) -> str:
    return one.get("literal") or f"{one['family']}, {one['given']}"


def _date(day: dict | None) -> str:
    """``2023/06/08/``: the format has room for year, month, day, and asks for the slashes between them."""
    if not day:
        return ""
    parts = [f"{number:02}" for number in day["date-parts"][0]]
    return "/".join([*parts, "", "", ""][:4]) if len(parts) < 3 else "/".join(parts)
