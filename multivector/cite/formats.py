"""A CSL-JSON item as reference managers read it: an entry of biblatex or BibTeX, a record of RIS.

Pandoc could write the entries too, but it puts every title into title case, leaves out the outlet of an interview
and the maker of a report, and joins two institutions into one: tried with all items of the book. Addresses are
written as they are, since reference managers read ``url`` verbatim. Titles and corporate names get a second pair of
braces, so that no style changes their capitals or takes them for a person.

    >>> print(bibtex({"id": "S1", "type": "webpage", "title": "R&D_1", "URL": "https://a.example/b_c#d%20e"}), end="")
    @online{S1,
      title = {{R\\&D\\_1}},
      url = {https://a.example/b_c#d%20e}
    }
    >>> ris({"id": "S1", "type": "webpage", "title": "A"}).splitlines()
    ['TY  - ELEC', 'ID  - S1', 'TI  - A', 'ER  - ']
"""

from collections import defaultdict

_TYPES = {
    "article": ("unpublished", "UNPB"),
    "article-journal": ("article", "JOUR"),
    "article-magazine": ("article", "MGZN"),
    "article-newspaper": ("article", "NEWS"),
    "book": ("book", "BOOK"),
    "broadcast": ("online", "VIDEO"),
    "chapter": ("incollection", "CHAP"),
    "dataset": ("dataset", "DATA"),
    "entry-encyclopedia": ("inreference", "ENCYC"),
    "interview": ("article", "NEWS"),  # RIS has none for interviews in a newspaper
    "legislation": ("misc", "STAT"),  # the types of biblatex for laws and films have no fields yet
    "paper-conference": ("inproceedings", "CPAPER"),
    "post-weblog": ("online", "BLOG"),
    "report": ("report", "RPRT"),
    "software": ("software", "COMP"),
    "treaty": ("misc", "STAT"),
    "webpage": ("online", "ELEC"),
}
"""Entry type of biblatex and reference type of RIS for each CSL type; any other is ``_OTHER``."""
_OTHER = ("misc", "GEN")
_MONTHS = ["", *["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]]
"""Macros that every style of BibTeX spells out in its own way."""
_SUBTYPED = frozenset({"article-newspaper", "article-magazine", "entry-encyclopedia", "interview"})
"""CSL types whose last word biblatex wants to know beside its own type."""
_UNSIGNED = frozenset({"article", "online", "report"})
"""An unsigned work of these types stands under its outlet, as the styles print it."""
_BOOKTITLE = frozenset({"inbook", "incollection", "inreference", "inproceedings"})
_ESCAPES = str.maketrans(
    {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    | {character: "\\" + character for character in "{}&%$#_"}
)
"""The characters that TeX would interpret, made plain."""
_VERBATIM = frozenset(
    {"author", "editor", "url", "doi", "langid", "date", "year", "origdate", "urldate", "entrysubtype", "isbn", "pages"}
)
_PROTECTED = frozenset({"title", "booktitle", "journaltitle", "titleaddon", "institution", "organization", "publisher"})
UNDATED = "XXXX"
"""A year that is not known, in EDTF: biblatex asks for a date of every work, and prints ``n.d.`` for this one."""


def bibtex(item: dict, keywords: str = "", old_dates: bool = False, undated: str = "") -> str:
    """One entry ``@type{id, …}`` of the fields that the item has, in a fixed order, ending in a line break.

    ``old_dates`` gives year and month in fields that BibTeX knows too; without it the date is whole, for biblatex.
    ``undated`` stands for the date of a work that bears none.
    """
    kind, told = _kind(item, old_dates), defaultdict(str, item)
    container, issue = _whole_and_number(item)
    publisher, place = told["publisher"], told["publisher-place"]
    issued_by = kind in ("online", "misc", "software")
    bound = kind in ("book", "dataset", *_BOOKTITLE)
    aside = [told["note"], *((publisher, place) if kind == "article" else ())]
    unsigned = "" if "author" in item or kind not in _UNSIGNED else container or publisher
    outlets = dict.fromkeys(name for name in (container, publisher) if name != unsigned)
    fields = {
        "author": _names(item.get("author") or [{"literal": unsigned}] * bool(unsigned)),
        "editor": _names(item.get("editor", ())),
        "title": item["title"],
        "titleaddon": container if kind in ("report", "dataset") else f"no. {issue}" if issue and issued_by else "",
        "journaltitle": container if kind == "article" else "",
        "booktitle": container if kind in _BOOKTITLE else "",
        "organization": ", ".join(outlets) if issued_by else "",
        "type": "Report" if kind == "report" else "",
        "institution": publisher if kind == "report" else "",
        "publisher": publisher if bound else "",
        "location": place if bound or kind == "report" else "",
        "edition": told["edition"],
        "version": told["version"] if issued_by or kind in ("dataset", "report") else "",
        "volume": told["volume"],
        "number": "" if issued_by else issue,
        "pages": told["page"].replace("–", "--"),
        **_dated(item.get("issued"), old_dates, undated),
        "origdate": _edtf(item.get("original-date")),
        "entrysubtype": item["type"].split("-")[-1]
        if item["type"] in _SUBTYPED and kind in ("article", "online")
        else "",
        "doi": told["DOI"],
        "isbn": told["ISBN"],
        "url": told["URL"],
        "urldate": _edtf(item.get("accessed")) if "URL" in item else "",
        "note": "; ".join(dict.fromkeys(filter(None, aside))),
        "keywords": keywords,
        "langid": told["language"],
    }
    lines = [f"  {name} = {_value(name, str(text))}" for name, text in fields.items() if text]
    return f"@{kind}{{{item['id']},\n" + ",\n".join(lines) + "\n}\n"


def _whole_and_number(item: dict) -> tuple[str, str]:
    """The title of what a work stands in, and its number there."""
    container = item.get("container-title") or item.get("collection-title", "")
    return container, item.get("issue") or item.get("collection-number") or item.get("number", "")


def _kind(item: dict, old: bool) -> str:
    """Entry type whose required fields the item has: ``online`` needs an address, an article its journal or outlet.

    Without an editor an entry of an encyclopaedia is one of a site, and a chapter one of a book by its own authors;
    but old BibTeX knows no title of the whole for ``inbook``.
    """
    kind = _TYPES.get(item["type"], _OTHER)[0]
    if "editor" not in item:
        kind = {"inreference": "online", "incollection": "incollection" if old else "inbook"}.get(kind, kind)
    without = (kind == "online" and "URL" not in item) or (kind == "article" and "container-title" not in item)
    return "misc" if without else kind


def _names(people) -> str:
    """CSL names as a value of the field ``author``: entities in braces, persons family name first."""
    texts = [_name(one).translate(_ESCAPES) for one in people]
    return " and ".join(f"{{{text}}}" if "literal" in one else text for one, text in zip(people, texts, strict=True))


def _name(one: dict) -> str:
    return one.get("literal") or f"{one['family']}, {one['given']}"


def _edtf(day: dict | None) -> str:
    """A CSL date as EDTF level 1, the form that biblatex reads: ``2023-06``, ``2015~``, ``2015-03/2015-04``."""
    if not day:
        return ""
    ends = ["-".join(f"{number:02}" for number in parts) for parts in day["date-parts"]]
    return "/".join(end + "~" * bool(day.get("circa")) for end in ends)


def _dated(day: dict | None, old: bool, undated: str) -> dict[str, str]:
    if not day or not old:
        return {"date": _edtf(day) or undated}
    year, month = [*day["date-parts"][0], 0][:2]
    return {"year": str(year), "month": _MONTHS[month]}


def _value(name: str, text: str) -> str:
    if name == "month":  # a macro
        return text
    if name not in _VERBATIM:
        text = text.translate(_ESCAPES)
    return f"{{{{{text}}}}}" if name in _PROTECTED else f"{{{text}}}"


def ris(item: dict) -> str:
    """The record ``TY … ER`` of the fields that the item has, lines ended as the format asks."""
    told = defaultdict(str, item)
    container, issue = _whole_and_number(item)
    first, _, last = told["page"].partition("–")
    lines = [
        ("TY", _TYPES.get(item["type"], _OTHER)[1]),
        ("ID", item["id"]),
        *(("AU", _name(one)) for one in item.get("author", ())),
        *(("A2", _name(one)) for one in item.get("editor", ())),
        ("TI", item["title"]),
        ("T2", container),
        ("VL", told["volume"]),
        ("IS", issue),
        ("SP", first),
        ("EP", last),
        ("PB", told["publisher"]),
        ("CY", told["publisher-place"]),
        ("PY", str(item["issued"]["date-parts"][0][0]) if "issued" in item else ""),
        ("DA", _slashed(item.get("issued"))),
        ("ET", told["edition"] or told["version"]),
        ("LA", told["language"]),
        ("DO", told["DOI"]),
        ("SN", told["ISBN"]),
        ("UR", told["URL"]),
        ("Y2", _slashed(item.get("accessed"))),
        ("N1", told["note"]),
    ]
    return "".join(f"{tag}  - {text}\r\n" for tag, text in lines if text) + "ER  - \r\n"


def _slashed(day: dict | None) -> str:
    """A CSL date as ``2023/06/08``, ``2023/06//``, ``2023///``: without a day the format asks for all slashes."""
    if not day:
        return ""
    parts = [f"{number:02}" for number in day["date-parts"][0]]
    return "/".join(parts) + {1: "///", 2: "//", 3: ""}[len(parts)]
