"""Build the book twice as two different users would, and compare the two sites byte for byte.

The builds differ in folder, home folder, user name, rights of new files, language, time zone, seed of hashes, and in
the times of all files. The second user has settings of Jupyter, IPython, matplotlib, Python and git that change what
programs show, hooks of git, and a folder whose name holds what addresses and shells read as signs. What the two share:
the sources, the installed packages, and one commit of both, which bears a signature.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

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
        "PYTHONOPTIMIZE": "1",
        "PYTHONSTARTUP": "/nowhere/first.py",
        "PYTHONUTF8": "0",
        "MPLBACKEND": "TkAgg",
        "FORCE_COLOR": "1",
        "COLUMNS": "40",
        "GIT_DIR": "/nowhere",
    },
)
PLACES = ("one/book", "another folder/Қазақстан #1 100%25 ? & [x]'s/book")
"""Where each user keeps the project, under a folder of its own."""
TIMES = (1_000_000_000, 1_650_000_000)
"""When every file of each copy was saved."""
SETTINGS = {
    ".ipython/profile_default/ipython_config.py": "c.InteractiveShell.ast_node_interactivity = 'all'\n",
    ".ipython/profile_default/startup/first.py": "print('started'); import pandas; pandas.set_option('display.precision', 1)\n",
    ".jupyter/jupyter_config.py": "c.KernelManager.shutdown_wait_time = 0.01\n",
    ".config/matplotlib/matplotlibrc": "savefig.bbox: tight\ntext.usetex: True\nfont.size: 20\npatch.force_edgecolor: True\n",
    ".jupyter/jupyter_config.d/more.py": "c.ExecutePreprocessor.enabled = False\n",
    ".gitconfig": """[log]
    showSignature = true
    date = relative
[status]
    showUntrackedFiles = all
[core]
    fsmonitor = HOME/hooks/any
    hooksPath = HOME/hooks
    abbrev = 5
[color]
    ui = always
[gpg]
    program = HOME/hooks/any
""",
    "hooks/any": "#!/bin/sh\necho said by a hook\necho said by a hook >&2\nexit 1\n",
}
"""Files of the second user's home folder: each is a setting that people have, and that showed in a built book."""
COMMIT = """tree {tree}
author Ada <ada@example.org> {day} +0000
committer Ada <ada@example.org> {day} +0000
gpgsig -----BEGIN PGP SIGNATURE-----
 none
 -----END PGP SIGNATURE-----

Record the sources
"""
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


def committed(project: Path, day: str) -> None:
    """Record the sources in a repository of their own, under a commit with a signature: the same in every copy."""

    def git(*arguments: str, given: str = "") -> str:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        clean |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        command = ["git", "-C", str(project), *arguments]
        return subprocess.run(
            command, env=clean, input=given, capture_output=True, text=True, check=True
        ).stdout.strip()

    git("init", "--quiet", "--initial-branch=main")
    git("add", "--all")
    text = COMMIT.format(tree=git("write-tree"), day=day)
    git("update-ref", "HEAD", git("hash-object", "-t", "commit", "-w", "--stdin", given=text))


def settled(home: Path) -> dict[str, str]:
    """The second user's settings, put into ``home``; the variables that lead to those that have no fixed place."""
    for name, text in SETTINGS.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text.replace("HOME", str(home)), "utf-8")
    for hook in ("any", "pre-commit", "post-checkout", "post-index-change"):
        (home / "hooks" / hook).write_text(SETTINGS["hooks/any"], "utf-8")
        (home / "hooks" / hook).chmod(0o755)
    return {
        "MATPLOTLIBRC": str(home / ".config" / "matplotlib" / "matplotlibrc"),
        "JUPYTER_CONFIG_PATH": str(home / ".jupyter" / "jupyter_config.d"),
        "IPYTHONDIR": str(home / ".ipython"),
    }


def build(project: Path, user: dict[str, str], home: Path, day: str) -> dict[str, bytes]:
    """The site that a user gets from a clean build. Ends with the build's last lines if it fails."""
    home.mkdir(parents=True, exist_ok=True)
    second = user["USER"] == "omar"
    user = user | (settled(home) if second else {})
    environment = {name: value for name, value in os.environ.items() if name not in ("FOCUS", "BOOK_URL")}
    environment |= user | {"HOME": str(home), "PYTHONPATH": str(project), "SOURCE_DATE_EPOCH": day}
    command = [sys.executable, "tools/build.py"]
    done = subprocess.run(
        command, cwd=project, env=environment, umask=0o077 if second else 0o022,
        capture_output=True, text=True, errors="replace",
    )  # fmt: skip
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
        projects = [copied(Path(scratch, place), saved) for place, saved in zip(PLACES, TIMES, strict=True)]
        sites = []
        for project, place, user in zip(projects, PLACES, USERS, strict=True):
            print(f"reproduce: building as {user['USER']} ({user['LANG']}, {user['TZ']}) in {place}", flush=True)
            committed(project, day)
            sites.append(build(project, user, Path(scratch, "home", user["USER"]), day))
    lines = differences(*sites)
    if lines:
        sys.exit("\n".join([f"reproduce: {len(lines)} of {len(sites[0])} files differ", *lines[:40]]))
    whole = hashlib.sha256(b"".join(name.encode() + content for name, content in sorted(sites[0].items())))
    size = sum(map(len, sites[0].values())) / 1e6
    print(f"reproduce: {len(sites[0])} files, {size:.1f} MB, identical; SHA-256 over all {whole.hexdigest()[:16]}")


if __name__ == "__main__":
    main()
