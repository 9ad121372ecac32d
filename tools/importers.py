"""Install the reference programs of Node that tests/test_importers.py runs: citeproc-js, citation-js, Zotero's importers.

    python tools/importers.py

They come from the npm registry, in fixed versions, into `.venv/importers`; nothing of them is part of the book. Zotero's
own importers, those of its translation server, are in the registry in one state only, that of February 2019.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / ".venv" / "importers"
PACKAGES = ("citeproc@2.4.63", "citation-js@0.7.22", "zotero-translators@0.0.2")
INSTEAD = {"wicked-good-xpath": "1.3.0"}
"""Packages that another names by an address outside the registry, in the version that the registry has."""


def missing() -> str:
    """What must be done before the programs can run; empty if they are there."""
    if not shutil.which("node"):
        return "no Node; install it with `apt-get install nodejs npm`"
    if not all((FOLDER / "node_modules" / package.rsplit("@", 1)[0]).is_dir() for package in PACKAGES):
        return "not all of citeproc-js, citation-js and Zotero's importers; run `python tools/importers.py`"
    return ""


def main() -> int:
    """Install what is missing; status 1 if it could not be."""
    if not missing():
        return 0
    if not shutil.which("npm"):
        print("importers: no npm; install it with `apt-get install nodejs npm`", file=sys.stderr)
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "package.json").write_text(json.dumps({"private": True, "overrides": INSTEAD}) + "\n", "utf-8")
    command = ["npm", "install", "--prefix", str(FOLDER), "--no-audit", "--no-fund", "--ignore-scripts", "--silent"]
    return subprocess.run([*command, *PACKAGES], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
