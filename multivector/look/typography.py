"""How written text is set in print."""

import re

from markupsafe import Markup

_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])|(?<=[a-z]s)'(?= [a-z])")


def printed(value):
    """A text with the apostrophe of print, as prose has it; finished markup stays as it is."""
    return value if not isinstance(value, str) or isinstance(value, Markup) else _APOSTROPHE.sub("’", value)
