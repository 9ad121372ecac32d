"""Cyrillic names in Latin letters, by the romanisations of the United States and British boards of names (BGN/PCGN).

They are the ones that most English maps use: the system of 1979 for Kazakh and that of 1947 for Russian. Usual English
forms (Tokayev, Astana) may differ; these are for readers who cannot read the original.

    >>> latin("Қазақстан", "kk"), latin("Казахстан", "ru")
    ('Qazaqstan', 'Kazakhstan')
"""


def _pairs(cyrillic: str, latin: str) -> dict[str, str]:
    """Letters, and what is written for each, set off by blanks."""
    return dict(zip(cyrillic, latin.split(" "), strict=True))


_COMMON = _pairs("абвгджзклмнопрстфхцчшщ", "a b v g d zh z k l m n o p r s t f kh ts ch sh shch")
_LETTERS = {
    "kk": _COMMON | _pairs("әғеёийқңөуұүһъыіьэюя", "ä gh e yo ī y q ng ö ū u ü h ” y i ’ ė yu ya"),
    "ru": _COMMON | _pairs("еёийуъыьэюя", "e ë i y u ” y ’ e yu ya"),
}
_BEFORE_YE = frozenset("аеёиоуыэюяйъь")


def latin(text: str, language: str) -> str:
    """``text`` in Latin letters; ``language`` is ``kk`` or ``ru``. Letters of other scripts stay as they are."""
    return " ".join(_word(word, language) for word in text.split(" "))


def _word(word: str, language: str) -> str:
    letters = _LETTERS[language]
    written = []
    for before, letter in zip(" " + word, word, strict=False):
        small = letter.lower()
        new = letters.get(small, letter)
        if language == "ru" and small in "её" and (not before.isalpha() or before.lower() in _BEFORE_YE):
            new = "y" + new
        written.append(new.capitalize() if letter != small else new)
    whole = "".join(written)
    return whole.upper() if len(word) > 1 and word.isupper() else whole
