"""Run every check with the newest versions of all packages, in a copy, and say which versions are newer than the lock.

What ``requirements.in`` pins stays pinned. Nothing in this folder changes: ``make lock`` is what takes newer versions.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from audit import versions

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements-test.txt"
_LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "_build", "__pycache__", ".*_cache", ".hypothesis", "*.egg-info")


def newer(lock: str, installed: str) -> list[str]:
    """One line for each package whose installed version is not the lock's."""
    locked, found = versions(lock), versions(installed)
    return [
        f"{name} {locked[name]} → {version}"
        for name, version in sorted(found.items())
        if name in locked and locked[name] != version
    ]


def main() -> None:
    """Copy, install, list, test; the status is that of the tests."""
    with tempfile.TemporaryDirectory(prefix="latest-") as scratch:
        book = Path(scratch, "book")
        shutil.copytree(ROOT, book, ignore=_LEFT_OUT)
        python = book / ".venv" / "bin" / "python"
        venv.create(book / ".venv", with_pip=True)
        install = [str(python), "-m", "pip", "install", "--quiet"]
        run([*install, "-r", "requirements-test.in"], book)
        run([*install, "--no-deps", "--no-build-isolation", "-e", "."], book)
        frozen = subprocess.run([str(python), "-m", "pip", "freeze"], capture_output=True, text=True, check=True)
        lines = newer(LOCK.read_text("utf-8"), frozen.stdout)
        print("\n".join([f"latest: {len(lines)} packages are newer than the lock", *lines]), flush=True)
        for stamp in (".test", ".book"):  # `make` then does not install the lock over it
            (book / ".venv" / stamp).touch()
        run(["make", "test"], book)


def run(command: list[str], folder: Path) -> None:
    """Run a step; end with its status if it fails."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "VIRTUAL_ENV"))}
    status = subprocess.run(command, cwd=folder, env=environment).returncode
    if status:
        sys.exit(f"latest: step failed with status {status}: {' '.join(command[-3:])}")


if __name__ == "__main__":
    main()
