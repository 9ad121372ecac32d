"""Build the HTML book with warnings as errors, and say where it is and how long it took."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "_build" / "html" / "index.html"


def main() -> None:
    """Build; on failure keep the exit status and leave the last good site in place."""
    began = time.monotonic()
    print("build: reading chapters and running their notebooks", flush=True)
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", ".", "-W", "--keep-going"]
    status = subprocess.run(command, cwd=ROOT, env=os.environ).returncode
    if status:
        sys.exit(f"build: stopped with status {status}; the cause stands above")
    print(f"build: done in {time.monotonic() - began:.1f} s; open {PAGE.relative_to(ROOT)}", flush=True)


if __name__ == "__main__":
    main()
