"""Comparing two built sites: what `make reproduce` uses, for tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))

from reproduce import USERS, build, committed, contents, copied, differences, settled

__all__ = ["USERS", "build", "committed", "contents", "copied", "differences", "settled"]
