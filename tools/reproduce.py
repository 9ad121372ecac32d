"""Build the book twice as two different users would, and compare the two sites byte for byte.

The builds differ in folder, home folder, user name, language, time zone, seed of hashes, and in the times of all
files. The second user has settings of Jupyter, IPython, matplotlib, Python and git that change what programs show.
What the two share: the sources, the installed packages, and the day of the commit.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from build import NOT_OURS

ROOT = Path(__file__).resolve().parent.parent
USERS = (
    {"USER": "ada", "LOGNAME": "ada", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "1"},
    {
        "USER": "omar",
        "LOGNAME": "omar",
        "LANG": "tr_TR.UTF-8",
        "LC_ALL": "C",
        "TZ": "Asia/Almaty",
        "PYTHONHASHSEED": "2",
        "PYTHONWARNINGS": "error",
        "PYTHONDEVMODE": "1",
        "MPLBACKEND": "TkAgg",
        "GIT_DIR": "/nowhere",
    },
)
SETTINGS = {
    ".ipython/profile_default/ipython_config.py": "c.InteractiveShell.ast_node_interactivity = 'all'\n",
    ".ipython/profile_default/startup/first.py": "print('started'); import pandas; pandas.set_option('display.precision', 1)\n",
    ".jupyter/jupyter_config.py": "c.KernelManager.shutdown_wait_time = 0.01\n",
    ".config/matplotlib/matplotlibrc": "savefig.bbox: tight\ntext.usetex: True\nfont.size: 20\npatch.force_edgecolor: True\n",
    ".gitconfig": "[log]\n\tshowSignature = true\n[status]\n\tshowUntrackedFiles = no\n",
}
"""Files of the second user's home folder: each is a setting that people have, and that showed in a built book."""
_LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "_build", "__pycache__", ".*_cache", ".hypothesis", "*.egg-info")


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a site by its path."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()
    }


def differences(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    """One line for each file that differs, with the place where it begins to."""
    lines = []
    for name in sorted(one.keys() | other.keys()):
        if name not in one or name not in other:
            lines.append(f"{name}: only in the {'second' if name not in one else 'first'}")
        elif one[name] != other[name]:
            lines.append(f"{name}: {_place(one[name], other[name])}")
    return lines


def copied(folder: Path, saved: float) -> Path:
    """A copy of the project in which every file was saved at the moment ``saved``."""
    shutil.copytree(ROOT, folder, ignore=_LEFT_OUT)
    for file in folder.rglob("*"):
        os.utime(file, (saved, saved))
    return folder


def build(project: Path, user: dict[str, str], home: Path, day: str) -> dict[str, bytes]:
    """The site that a user gets from a clean build. Ends with the build's last lines if it fails."""
    home.mkdir(parents=True, exist_ok=True)
    if user["USER"] == "omar":
        for name, text in SETTINGS.items():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).write_text(text, "utf-8")
        user = user | {"MATPLOTLIBRC": str(home / ".config" / "matplotlib" / "matplotlibrc")}
    environment = {name: value for name, value in os.environ.items() if name not in ("FOCUS", "BOOK_URL")}
    user = {name: value for name, value in user.items() if name not in NOT_OURS}  # as `make book` does
    environment |= user | {"HOME": str(home), "PYTHONPATH": str(project), "SOURCE_DATE_EPOCH": day}
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", "."]
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, errors="replace")
    if done.returncode:
        sys.exit(f"reproduce: the build of {user['USER']} failed\n{(done.stdout + done.stderr)[-2000:]}")
    return contents(project / "_build" / "html")


def day_of_commit() -> str:
    """Seconds since 1970 of the last commit; of a fixed day if there is no repository."""
    command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "1700000000"


def _place(one: bytes, other: bytes) -> str:
    pairs = enumerate(zip(one, other, strict=False))
    start = next((at for at, pair in pairs if pair[0] != pair[1]), min(len(one), len(other)))
    window = slice(max(0, start - 40), start + 40)
    return f"byte {start}: {one[window]!r} … {other[window]!r}"


def main() -> None:
    """Build twice and compare; status 1 if a byte differs."""
    day = day_of_commit()
    with tempfile.TemporaryDirectory(prefix="reproduce-") as scratch:
        places = (Path(scratch, "one", "book"), Path(scratch, "another folder", "with-a-longer-name", "book"))
        sites = []
        for place, user, saved in zip(places, USERS, (1_000_000_000, 1_650_000_000), strict=True):
            print(f"reproduce: building as {user['USER']} ({user['LANG']}, {user['TZ']})", flush=True)
            sites.append(build(copied(place, saved), user, Path(scratch, "home", user["USER"]), day))
    lines = differences(*sites)
    if lines:
        sys.exit("\n".join([f"reproduce: {len(lines)} of {len(sites[0])} files differ", *lines[:40]]))
    whole = hashlib.sha256(b"".join(name.encode() + content for name, content in sorted(sites[0].items())))
    size = sum(map(len, sites[0].values())) / 1e6
    print(f"reproduce: {len(sites[0])} files, {size:.1f} MB, identical; SHA-256 over all {whole.hexdigest()[:16]}")


if __name__ == "__main__":
    main()
