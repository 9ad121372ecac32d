"""Build the book twice as two different users would, and compare the two sites byte for byte.

The builds differ in folder, home folder, user name, rights of new files, language, time zone, seed of hashes, and in
the times of all files. The second user has settings of Jupyter, IPython, matplotlib, Python and git that change what
programs show, hooks of git, and a folder whose name holds what addresses and shells read as signs. What the two share:
the sources, the installed packages, and one commit of both, which bears a signature.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "_build", "__pycache__", ".*_cache", ".hypothesis", "*.egg-info")


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a site by its path."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()
    }


def differences(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    """One line for each file that differs, with the place where it begins to."""
    lines = [
        f"{name}: only in the {'first' if name in one else 'second'}" for name in sorted(one.keys() ^ other.keys())
    ]
    both = (name for name in sorted(one.keys() & other.keys()) if one[name] != other[name])
    return lines + [f"{name}: {_place(one[name], other[name])}" for name in both]


def _place(one: bytes, other: bytes) -> str:
    start = len(os.path.commonprefix([one, other]))
    window = slice(max(0, start - 40), start + 40)
    return f"byte {start}: {one[window]!r} … {other[window]!r}"


def sites(
    scratch: Path, day: str, places: tuple[str, ...] = PLACES, change: Callable[[Path], None] = lambda project: None
) -> list[dict[str, bytes]]:
    """The sites that both users get at the same time from the sources, once ``change`` was made to the copy of each."""

    def site(user: dict[str, str], place: str, saved: int) -> dict[str, bytes]:
        print(f"reproduce: building as {user['USER']} ({user['LANG']}, {user['TZ']}) in {place}", flush=True)
        project = scratch / place
        shutil.copytree(ROOT, project, ignore=LEFT_OUT)
        for file in project.rglob("*"):
            os.utime(file, (saved, saved))
        change(project)
        committed(project, day)
        return build(project, user, scratch / "home" / user["USER"], day)

    with ThreadPoolExecutor() as at_once:
        return list(at_once.map(site, USERS, places, TIMES))


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


def main() -> None:
    """Build twice and compare; status 1 if a byte differs."""
    with tempfile.TemporaryDirectory(prefix="reproduce-") as scratch:
        one, other = sites(Path(scratch), day_of_commit())
    lines = differences(one, other)
    if lines:
        sys.exit("\n".join([f"reproduce: {len(lines)} of {len(one)} files differ", *lines[:40]]))
    whole = hashlib.sha256(b"".join(name.encode() + content for name, content in sorted(one.items())))
    size = sum(map(len, one.values())) / 1e6
    print(f"reproduce: {len(one)} files, {size:.1f} MB, identical; SHA-256 over all {whole.hexdigest()[:16]}")


if __name__ == "__main__":
    main()
