"""What a notebook reads: a record, kept while the book is built, of the book's own files that a kernel opens.

The build names a log in the environment variable ``VARIABLE`` before it starts a kernel. The first import of the
package then listens to every file the interpreter opens, whoever opens it, and notes those of the book with the
SHA-256 of their content. A notebook whose record still holds would give the same outputs, so it need not run again.
Outside a build nothing is listened to.
"""

import hashlib
import os
import sys
import threading
from pathlib import Path

from multivector import paths

VARIABLE = "MULTIVECTOR_READS"
BEGUN = "begun"
"""First line of a record. A record without it comes from a kernel that nobody listened to."""
ABSENT = "absent"
_OTHER = {".git", ".venv", "_build", "__pycache__", ".ipynb_checkpoints"}
_state = threading.local()
_log: Path | None = None
_noted: set[str] = set()


def fingerprint(file: Path) -> str:
    """SHA-256 of a file, or of the names in a folder; ``ABSENT`` if there is neither."""
    try:
        content = "\n".join(sorted(os.listdir(file))).encode() if file.is_dir() else file.read_bytes()
    except OSError:
        return ABSENT
    return hashlib.sha256(content).hexdigest()


def installed() -> list[str]:
    """Names and versions of all installed packages, as their folders spell them."""
    folders = {os.path.realpath(place) for place in sys.path if place.endswith("-packages")}
    return sorted(name for place in folders for name in os.listdir(place) if name.endswith(".dist-info"))


def shared(name: str) -> bool:
    """Whether a file, named from the book's root, is watched for all pages alike, so that records leave it out."""
    below = name.split("/")
    return name == "data/datapackage.json" or (below[0] == "multivector" and "book" not in below)


def listening() -> bool:
    """Whether there is a record to keep."""
    return _log is not None


def note(file: Path) -> None:
    """Record that the notebook depends on ``file``; nothing happens outside a build."""
    if not listening():
        return
    _state.busy = True  # reading the file to note it must not be noted in turn
    try:
        _record(Path(os.path.realpath(file)))
    finally:
        _state.busy = False


def noted(log: Path) -> dict[str, str] | None:
    """Fingerprints of the files of a record by name, from the book's root; None if there is no record, or a broken one."""
    try:
        lines = log.read_text("utf-8").splitlines()
    except OSError:
        return None
    if not lines or lines[0] != BEGUN or not all(line == BEGUN or " " in line for line in lines):
        return None
    return {name: content for content, name in (line.split(" ", 1) for line in lines if line != BEGUN)}


def still_hold(log: Path, known: dict[str, str]) -> bool:
    """Whether every file of a record has the content it had; ``known`` holds fingerprints that need no computing."""
    then = noted(log)
    now = ((known.get(name) or fingerprint(paths.ROOT / name), content) for name, content in (then or {}).items())
    return then is not None and all(one == other for one, other in now)


def start() -> None:
    """Begin to listen if the environment names a log."""
    global _log
    asked = os.environ.get(VARIABLE)
    if not asked or _log is not None:
        return
    Path(asked).parent.mkdir(parents=True, exist_ok=True)
    Path(asked).write_text(BEGUN + "\n", "utf-8")
    _log = Path(asked)
    sys.addaudithook(_heard)


def _heard(event: str, arguments: tuple) -> None:
    if event not in ("open", "os.listdir", "os.scandir") or getattr(_state, "busy", False):
        return
    file = arguments[0]
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & os.O_ACCMODE == os.O_WRONLY
    if not isinstance(file, int) and not writes:
        note(Path(os.fsdecode(file)) if file is not None else Path.cwd())


def _record(file: Path) -> None:
    if file.parent.name == "__pycache__":  # a module read in compiled form is the module
        file = file.parent.parent / f"{file.name.split('.')[0]}.py"
    if _log is None or paths.ROOT not in file.parents:
        return
    name = paths.shown(file)
    if name in _noted or shared(name) or _OTHER & set(name.split("/")):
        return
    if file.is_dir() and not name.startswith("data"):  # the interpreter itself looks through the folders it runs in
        return
    _noted.add(name)
    with open(_log, "a", encoding="utf-8") as log:
        log.write(f"{fingerprint(file)} {name}\n")
