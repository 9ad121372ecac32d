"""Make ``.venv`` and install a lock file into it: with uv where it is there (seconds), else with pip (a minute)."""

import os
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
OLDEST = (3, 11)


def main(lock: str) -> None:
    """Install ``lock`` and the helper package; end with one line if a step fails."""
    if sys.version_info < OLDEST:
        sys.exit(
            f"install: Python {sys.version.split()[0]} is too old; 3.11 or newer is needed (make PYTHON=python3.12)"
        )
    began = time.monotonic()
    python = VENV / "bin" / "python"
    if not python.exists():
        print("install: making .venv", flush=True)
        try:
            venv.create(VENV, with_pip=True)
        except OSError as fault:
            sys.exit(f"install: cannot write to {ROOT.name}: {fault.strerror}; give yourself the right to write there")
    uv = shutil.which("uv")
    if not uv and subprocess.run([str(python), "-c", "import pip"], stderr=subprocess.DEVNULL).returncode:
        run([str(python), "-m", "ensurepip"])  # a .venv that uv made, on a machine that has no uv any more
    # Compiled once here (pip does it by itself): else every kernel may compile 2,000 modules anew, three seconds each.
    fast = [uv, "pip", "install", "--compile-bytecode", "--python", str(python)]
    tool = fast if uv else [str(python), "-m", "pip", "install"]
    print(f"install: {lock} with {'uv' if uv else 'pip'} (some minutes the first time)", flush=True)
    run([*tool, "--quiet", "--no-deps", "--require-hashes", "-r", lock])  # the lock is complete
    run([*tool, "--quiet", "--no-deps", "--no-build-isolation", "-e", "."])
    print(f"install: done in {time.monotonic() - began:.0f} s", flush=True)


def run(command: list[str]) -> None:
    """Run a step in the project's folder; end with its status if it fails."""
    # a setting `user = true` would have pip install beside the environment, which it then refuses to do
    status = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PIP_USER": "0", "PYTHONWARNINGS": "ignore"}
    ).returncode
    if status:
        sys.exit(f"install: step failed with status {status}: {' '.join(command[-3:])}")


if __name__ == "__main__":
    main(sys.argv[1])
