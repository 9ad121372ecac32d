"""One build at a time in a folder, and none that ended half-way passes for whole.

A lock on ``_build/.building`` is held while a build runs; the system lets go of it when the process ends, however it
ends: readers forked from it do not hold it, and end when it does. The file's text is the state: ``begun``, ``reading``,
``writing`` or ``done``. While pages are written the front page says so: a site cut off by a full disk, a kill or Ctrl-C
does not pass for the book. A build that finds ``writing`` there starts clean; one that finds a note of pages that were
being read reads those again.
"""

import atexit
import fcntl
import json
import os
import shutil
import sys
import threading
import time
from pathlib import Path

from multivector.book import faults

NAME = ".building"
UNFINISHED = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Not finished</title></head>
<body><p>This book is being written at the moment, or its last build was cut off. Build it again.</p></body></html>
"""
_held: dict[Path, int] = {}
_owner = os.getpid()


class Busy(Exception):
    """The folder cannot be built in now. The message is one line for the reader."""


def hold(folder: Path) -> str:
    """Take the lock of a build folder and return the state that the last build left; raises ``Busy`` with the reason."""
    if folder in _held:
        return _state(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / NAME, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as fault:
        raise Busy(_unwritable(folder, fault)) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        process = os.read(handle, 80).decode("utf-8", "replace").partition(" ")[2].strip()
        os.close(handle)
        other = f" (process {process})" if process else ""
        raise Busy(f"another build is at work in {_shown(folder)}{other}; wait until it ends") from None
    _held[folder] = handle
    return _state(folder)


def note(folder: Path, state: str) -> None:
    """Write the state of the build that holds the lock."""
    handle = _held[folder]
    text = f"{state} {os.getpid()}\n".encode()
    try:
        os.pwrite(handle, text, 0)
        os.ftruncate(handle, len(text))
    except OSError as fault:
        raise Busy(_unwritable(folder, fault)) from None


def _state(folder: Path) -> str:
    return os.pread(_held[folder], 80, 0).decode("utf-8", "replace").partition(" ")[0].strip()


def _unwritable(folder: Path, fault: OSError) -> str:
    return f"cannot write to {_shown(folder)}: {fault.strerror}; free the disk, or give yourself the right to write"


def _shown(folder: Path) -> str:
    return os.path.relpath(folder)


# --- the build ----------------------------------------------------------------------------------------------------


def begin(app, config) -> None:
    """Take the lock and clean up after a build that did not come to its end."""
    folder = Path(app.outdir).parent
    try:
        last = hold(folder)
        if last == "writing":
            _clean(app, folder)
        if last in ("reading", "writing"):
            _drop_broken_notebooks(folder)
        note(folder, "begun")
    except Busy as reason:
        faults.stop([str(reason)])
    except OSError as fault:
        faults.stop([_unwritable(folder, fault)])


def _clean(app, folder: Path) -> None:
    """Drop everything that a build cut off while writing may have left half-written."""
    print("book: the last build here was cut off while it wrote; starting clean", file=sys.stderr)
    for stale in (Path(app.doctreedir), Path(app.outdir), folder / "jupyter_execute"):
        if stale.exists():
            shutil.rmtree(stale)
            stale.mkdir()


def _drop_broken_notebooks(folder: Path) -> None:
    """Executed notebooks are kept if they are whole."""
    for cache in (folder / ".jupyter_cache").glob("*"):
        if cache.is_dir() and not _whole(cache):
            shutil.rmtree(cache)


def _whole(cache: Path) -> bool:
    try:
        for notebook in cache.rglob("*.ipynb"):
            json.loads(notebook.read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return True


def read_again(app, env, added, changed, removed) -> list[str]:
    """Pages that a build cut off was reading: what lies on the disk of them may not be what is recorded."""
    noted = _being_read(app)
    return sorted(env.found_docs.intersection(noted.read_text("utf-8").splitlines())) if noted.exists() else []


def before_reading(app, env, docnames: list[str]) -> None:
    """Note which pages are being read, if any are."""
    if docnames and (folder := Path(app.outdir).parent) in _held:
        _being_read(app).write_text("\n".join(docnames), "utf-8")
        note(folder, "reading")


def _being_read(app) -> Path:
    return Path(app.doctreedir) / "being-read"


def before_writing(app, env) -> list[str]:
    """Note that pages are being written, and let the front page say so."""
    folder = Path(app.outdir).parent
    if folder in _held:
        note(folder, "writing")
        _being_read(app).unlink(missing_ok=True)
        if app.builder.name == "html":
            (Path(app.outdir) / "index.html").write_text(UNFINISHED, "utf-8")
    return []


def before_finishing(app, exception) -> None:
    """Take the notice off the front page of a site that is whole; the real front page is then written."""
    front = Path(app.outdir) / "index.html"
    if exception is None and not faults.warned(app) and front.exists() and front.read_text("utf-8") == UNFINISHED:
        front.unlink()


def finish(app, exception) -> None:
    """Note that all is written and let go of the lock; after a fault or warning leave the state, and say why."""
    folder = Path(app.outdir).parent
    if folder not in _held:
        return
    if exception is None:
        if not faults.warned(app):
            note(folder, "done")
        os.close(_held.pop(folder))
    elif isinstance(exception, OSError) and exception.strerror:
        where = f" at {os.path.relpath(exception.filename)}" if exception.filename else ""
        print(f"book: cannot write{where}: {exception.strerror}; free the disk and build again", file=sys.stderr)


def _become_reader() -> None:
    """In a forked reader: let go of the lock, and watch the build that it reads for."""
    for handle in _held.values():
        os.close(handle)
    if _held:
        _held.clear()
        threading.Thread(target=_end_with, args=(_owner,), daemon=True).start()


def _end_with(build: int) -> None:
    """End as soon as the build is gone: nobody would take what is read, and its kernels end with their reader."""
    while os.getppid() == build:
        time.sleep(0.5)
    os._exit(1)


def _farewell() -> None:
    if os.getpid() != _owner:
        return
    for folder in _held:
        if _state(folder) == "writing":
            print(f"book: cut off; {_shown(folder)} is not whole, the next build starts clean", file=sys.stderr)


def setup(app) -> None:
    """Hold the lock from the first moment to the last."""
    atexit.register(_farewell)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_become_reader)
    app.connect("config-inited", begin, priority=1)
    app.connect("env-get-outdated", read_again)
    app.connect("env-before-read-docs", before_reading)
    app.connect("env-get-updated", before_writing, priority=990)  # once nothing more can stop the build
    app.connect("build-finished", before_finishing, priority=1)
    app.connect("build-finished", finish, priority=999)
