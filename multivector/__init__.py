"""Helpers of the book: tables, findings, claims, figures, and the Sphinx extension that joins them."""

import re
from pathlib import Path

_RECORD = Path(__file__).resolve().parent.parent / "CITATION.cff"


def _version() -> str:
    """The version in ``CITATION.cff``, the one place where it is written; empty where that file is not."""
    found = re.search(r'^version: "?([^"\s]+)', _RECORD.read_text("utf-8") if _RECORD.exists() else "", re.M)
    return found[1] if found else ""


__version__ = _version()
