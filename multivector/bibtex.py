"""BibTeX entries as text: escaped, braced, in a fixed order of fields.

Addresses are written as they are, since BibTeX programs and reference managers read ``url`` verbatim. Titles and
corporate authors get a second pair of braces, so that no style changes their capitals or takes them for a person.

    >>> print(entry("misc", "S1", {"title": "R&D", "url": "https://a.example/b_c"}), end="")
    @misc{S1,
      title = {{R\\&D}},
      url = {https://a.example/b_c}
    }
"""

from __future__ import annotations

from collections.abc import Mapping

_ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{character: "\\" + character for character in "&%$#_"},
}
_VERBATIM = frozenset({"url", "keywords", "langid", "year", "month", "date", "urldate"})
_PROTECTED = frozenset({"title", "booktitle"})


def entry(kind: str, key: str, fields: Mapping[str, str]) -> str:
    """One entry ``@kind{key, …}`` with the non-empty ``fields`` in the order given, ending in a line break.

    Several authors are joined by the caller with :func:`authors`.
    """
    lines = [f"  {name} = {{{_value(name, str(text))}}}" for name, text in fields.items() if text]
    return f"@{kind}{{{key},\n" + ",\n".join(lines) + "\n}\n"


def authors(names) -> str:
    """Names of corporate authors as a value of the field ``author``: each in braces, joined by ``and``."""
    return " and ".join("{" + escaped(name) + "}" for name in names)


def escaped(text: str) -> str:
    """``text`` with the characters that TeX would interpret made plain."""
    return "".join(_ESCAPES.get(character, character) for character in text)


def _value(name: str, text: str) -> str:
    if name in _VERBATIM or name == "author":
        return text
    return "{" + escaped(text) + "}" if name in _PROTECTED else escaped(text)
