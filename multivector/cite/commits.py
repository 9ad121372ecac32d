"""The present commit of the book's own repository, as git says."""

import os
import subprocess

from multivector import paths


def present() -> tuple[str, str]:
    """Short id and day of the present commit of the book's own repository; empty texts if there is none."""
    if not (paths.ROOT / ".git").exists():
        return "", ""
    found = _git("log", "-1", "--format=%H %cI")
    if not found:
        return "", ""
    identity, moment = found.split()
    changed = "+" if _git("status", "--porcelain", "--untracked-files=no") else ""
    return identity[:12] + changed, moment[:10]


def _git(*arguments: str) -> str:
    """What git says whoever asks: a user's settings would add lines, start programs, or refuse another's folder."""
    settings = ("log.showSignature=false", "core.fsmonitor=false", f"safe.directory={paths.ROOT}")
    options = [word for setting in settings for word in ("-c", setting)]
    command = ["git", *options, "-C", str(paths.ROOT), *arguments]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}  # of hooks
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
