"""What one cell of a table may hold: its declared type and limits, and letters that are what they look like.

``fault`` answers for a cell of a CSV file or of a map layer, given as text. A cell is refused in the form in which a
spreadsheet or a text editor spoils it: blanks at its ends, blanks that are none, characters without width, a Cyrillic
letter in a Latin word, a formula, a number rounded to 2.25E+11.

    >>> fault("2,5", {"type": "number"})
    'expected type number'
    >>> fault("Tatars ", {"type": "string"})
    'expected no blank at its ends'
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date

from multivector.facts import dates

_TYPES: dict[str, tuple[re.Pattern, Callable]] = {
    "integer": (re.compile(r"[+-]?\d+", re.ASCII), int),
    "number": (re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE]-\d+)?", re.ASCII), float),  # E+11 hides rounded digits
    "boolean": (re.compile(r"true|false"), str),
}
_FORMULA = tuple("=+@\t") + ("-=", "-(", "-@")
_LONGEST = 80  # characters of a text in a line
_WORD = re.compile(r"[^\W\d_]+")
_SCRIPTS = {"LATIN", "CYRILLIC", "GREEK"}
_LOOK_LATIN = frozenset("АВЕЅІЈКМНОРСТУХаеосрухіјѕһԁΑΒΕΖΗΙΚΜΝΟΡΤΥΧο")  # Cyrillic and Greek
_FORMS = {
    dates.PATTERN: "a date such as 2023, 2023-06 or 2023-06-08",
    r"\d{4}-\d{2}-\d{2}": "a day such as 2023-06-08",
}


def fault(text: str, field: dict) -> str:
    """What was expected of a filled cell of ``field`` (a field of a Table Schema); empty if the cell is right."""
    rules = field.get("constraints", {})
    value: object = text
    if field["type"] in _TYPES:
        form, convert = _TYPES[field["type"]]
        if not form.fullmatch(text):
            return f"expected type {field['type']}"
        value = convert(text)
    elif field["type"] == "date":
        try:
            value = date.fromisoformat(text)
        except ValueError:
            return "expected a date such as 2023-06-08"
    elif refused := _letters(text, "language" in field):
        return refused
    return _constraint(text, value, rules)


def told(where: str, column: str, text: str, expected: str) -> str:
    """One line on a cell for whoever must correct it; ``where`` is file and row. A long text is shortened."""
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return f"{where}, column {column}: value {shown!r}: {expected}; correct the cell"


def _letters(text: str, other_scripts: bool) -> str:
    """What was expected of the characters of a text; ``other_scripts`` for a column that declares its language."""
    if text != text.strip():
        return "expected no blank at its ends"
    if text.startswith(_FORMULA):
        return "expected a text that no spreadsheet runs as a formula"
    if "  " in text or '""' in text:
        return "expected single blanks and quotation marks"
    return "" if text.isascii() and text.isprintable() else _characters(text, other_scripts)


def _characters(text: str, other_scripts: bool) -> str:
    for character in text:
        if character != " " and unicodedata.category(character)[0] in "ZC":
            return f"character U+{ord(character):04X} is not seen; expected a plain blank or nothing in its place"
    if unicodedata.normalize("NFC", text) != text:
        return "a letter and its accent are two characters; expected them as one (Unicode NFC)"
    for word in _WORD.findall(text):
        if len(scripts := {_script(letter) for letter in word} & _SCRIPTS) > 1:
            return f"{word!r} mixes {' and '.join(sorted(scripts))} letters; expected one script in a word"
    foreign = {letter for letter in text if letter.isalpha() and _script(letter) in ("CYRILLIC", "GREEK")}
    if foreign and foreign <= _LOOK_LATIN and not other_scripts:
        return f"{min(foreign)!r} is a {_script(min(foreign)).lower()} letter; expected Latin letters in this column"
    return ""


def _script(letter: str) -> str:
    return unicodedata.name(letter, "?").split()[0]


def _constraint(text: str, value, rules: dict) -> str:
    if "enum" in rules and text not in map(str, rules["enum"]):
        return f"expected one of {', '.join(map(str, rules['enum']))}"
    if "minimum" in rules and value < rules["minimum"]:
        return f"expected at least {rules['minimum']}"
    if "maximum" in rules and value > rules["maximum"]:
        return f"expected at most {rules['maximum']}"
    if "pattern" in rules and not (re.fullmatch(rules["pattern"], text) and _in_calendar(text, rules["pattern"])):
        pattern = rules["pattern"]
        return f"expected {_FORMS.get(pattern.strip('^$'), _FORMS.get(pattern, f'the form {pattern}'))}"
    if len(text) < rules.get("minLength", 0):
        return f"expected at least {rules['minLength']} characters"
    return ""


def _in_calendar(text: str, pattern: str) -> bool:
    """Whether a text of a pattern of dates is a day of the calendar: 2023-02-30 is not."""
    return r"\d{4}" not in pattern or dates.is_date(text) or not re.match(r"\d{4}(-\d\d){0,2}$", text)
