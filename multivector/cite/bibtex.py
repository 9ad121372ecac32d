"""A CSL-JSON item as a biblatex entry: escaped, braced, in a fixed order of fields.

Pandoc could write these entries too, but it puts every title into title case, leaves out the outlet of an interview
and the maker of a report, and joins two institutions into one: tried with all items of the book. Addresses are
written as they are, since reference managers read ``url`` verbatim. Titles and corporate names get a second pair of
braces, so that no style changes their capitals or takes them for a person.

    >>> print(entry({"id": "S1", "type": "webpage", "title": "R&D", "URL": "https://a.example/b_c"}), end="")
    @online{S1,
      title = {{R\\&D}},
      url = {https://a.example/b_c}
    }
"""

from __future__ import annotations

_TYPES = {
    "article": "unpublished",
    "article-journal": "article",
    "article-magazine": "article",
    "article-newspaper": "article",
    "book": "book",
    "broadcast": "online",
    "chapter": "incollection",
    "dataset": "dataset",
    "entry-encyclopedia": "inreference",
    "interview": "article",
    "paper-conference": "inproceedings",
    "post-weblog": "online",
    "report": "report",
    "review-book": "article",
    "software": "software",
    "webpage": "online",
}
"""Entry type of biblatex for each CSL type; any other is ``misc``. Its types for laws and films have no fields yet."""
_MONTHS = ["", *["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]]
"""Macros that every style of BibTeX spells out in its own way."""
_SUBTYPES = {
    "article-newspaper": "newspaper",
    "article-magazine": "magazine",
    "entry-encyclopedia": "encyclopedia",
    "interview": "interview",
}
_UNSIGNED = frozenset({"article", "online", "report"})
"""An unsigned work of these types stands under its outlet, as the styles print it."""
_BOOKTITLE = frozenset({"inbook", "incollection", "inreference", "inproceedings"})
_ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{character: "\\" + character for character in "&%$#_"},
}
_VERBATIM = frozenset(
    {"author", "editor", "url", "doi", "langid", "date", "year", "urldate", "entrysubtype", "isbn", "pages"}
)
_PROTECTED = frozenset({"title", "booktitle", "journaltitle", "titleaddon", "institution", "organization", "publisher"})


UNDATED = "XXXX"
"""A year that is not known, in EDTF: biblatex asks for a date of every work, and prints ``n.d.`` for this one."""


def entry(item: dict, keywords: str = "", old_dates: bool = False, undated: str = "") -> str:
    """One entry ``@type{id, …}`` of the fields that the item has, ending in a line break.

    ``old_dates`` gives year and month in fields that BibTeX knows too; without it the date is whole, for biblatex.
    ``undated`` stands for the date of a work that bears none.
    """
    kind = _kind(item, old_dates)
    container, publisher = item.get("container-title") or item.get("collection-title", ""), item.get("publisher", "")
    place = item.get("publisher-place", "")
    issue = item.get("issue") or item.get("collection-number") or item.get("number", "")
    issued_by = kind in ("online", "misc", "software")
    bound = kind in ("book", "dataset", *_BOOKTITLE)
    aside = [item.get("note", "")] + ([publisher, place] if kind == "article" else [])
    unsigned = "" if "author" in item or kind not in _UNSIGNED else container or publisher
    outlets = dict.fromkeys(name for name in (container, publisher) if name != unsigned)
    fields = {
        "author": names(item.get("author") or [{"literal": unsigned}] * bool(unsigned)),
        "editor": names(item.get("editor", ())),
        "title": item["title"],
        "titleaddon": container if kind in ("report", "dataset") else f"no. {issue}" if issue and issued_by else "",
        "journaltitle": container if kind == "article" else "",
        "booktitle": container if kind in _BOOKTITLE else "",
        "organization": ", ".join(outlets) if issued_by else "",
        "type": "Report" if kind == "report" else "",
        "institution": publisher if kind == "report" else "",
        "publisher": publisher if bound else "",
        "location": place if bound or kind == "report" else "",
        "edition": item.get("edition", ""),
        "version": item.get("version", "") if kind in ("dataset", "software", "online", "report", "misc") else "",
        "volume": item.get("volume", ""),
        "number": "" if issued_by else issue,
        "pages": item.get("page", "").replace("–", "--"),
        **(_dated(item.get("issued"), old_dates) or {"date": undated}),
        "entrysubtype": _SUBTYPES.get(item["type"], "") if kind in ("article", "online") else "",
        "doi": item.get("DOI", ""),
        "isbn": item.get("ISBN", ""),
        "url": item.get("URL", ""),
        "urldate": date(item.get("accessed")) if "URL" in item else "",
        "note": "; ".join(dict.fromkeys(filter(None, aside))),
        "keywords": keywords,
        "langid": item.get("language", ""),
    }
    lines = [f"  {name} = {_value(name, str(text))}" for name, text in fields.items() if text]
    return f"@{kind}{{{item['id']},\n" + ",\n".join(lines) + "\n}\n"


def _kind(item: dict, old: bool) -> str:
    """Entry type whose required fields the item has: ``online`` needs an address, an article its journal or outlet.

    Without an editor an entry of an encyclopaedia is one of a site, and a chapter one of a book by its own authors;
    but old BibTeX knows no title of the whole for ``inbook``.
    """
    kind = _TYPES.get(item["type"], "misc")
    if "editor" not in item:
        kind = {"inreference": "online", "incollection": "incollection" if old else "inbook"}.get(kind, kind)
    without = (kind == "online" and "URL" not in item) or (kind == "article" and "container-title" not in item)
    return "misc" if without else kind


def names(people) -> str:
    """CSL names as a value of the field ``author``: entities in braces, persons family name first."""
    return " and ".join(
        "{" + escaped(one["literal"]) + "}" if "literal" in one else escaped(f"{one['family']}, {one['given']}")
        for one in people
    )


def date(day: dict | None) -> str:
    """A CSL date as EDTF level 1, the form that biblatex reads: ``2023-06``, ``2015~``, ``2015-03/2015-04``."""
    if not day:
        return ""
    ends = ["-".join(f"{number:02}" for number in parts) for parts in day["date-parts"]]
    return "/".join(end + "~" * bool(day.get("circa")) for end in ends)


def _dated(day: dict | None, old: bool) -> dict[str, str]:
    if not day:
        return {}
    if not old:
        return {"date": date(day)}
    year, month = [*day["date-parts"][0], 0][:2]
    return {"year": str(year), "month": _MONTHS[month]}


def escaped(text: str) -> str:
    """``text`` with the characters that TeX would interpret made plain."""
    return "".join(_ESCAPES.get(character, character) for character in text)


def _value(name: str, text: str) -> str:
    if name == "month":  # a macro
        return text
    if name in _VERBATIM:
        return "{" + text + "}"
    return "{{" + escaped(text) + "}}" if name in _PROTECTED else "{" + escaped(text) + "}"
