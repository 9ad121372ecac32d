"""Comparing two built sites: what `make reproduce` uses, for tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))

from reproduce import committed, contents, differences, settled, sites

__all__ = ["committed", "contents", "differences", "settled", "sites"]
