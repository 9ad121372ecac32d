"""Comparing two built sites: what `make reproduce` uses, for tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))

from reproduce import USERS, build, contents, copied, differences

__all__ = ["USERS", "build", "contents", "copied", "differences"]
