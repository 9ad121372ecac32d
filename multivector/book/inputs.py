"""What the site is made from: the state of every file, setting and package on which a page may depend.

Nothing heavy is imported here: `make book` asks it whether there is anything to do before Sphinx is started.
"""

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from multivector import paths
from multivector.cite import commits
from multivector.facts import reads

# Spelled here, not imported: the modules that read them import pandas, which takes longer than all that is done here.
_FOCUS = "FOCUS"
_VARIABLES = (_FOCUS, "BOOK_URL", "BOOK_REPOSITORY", "BOOK_BRANCH", "BOOK_VERSIONS")
_WATCHED_FILES = (paths.CONFIG, paths.TOC, paths.LOCK, paths.CITATION, paths.REFERENCES, *paths.ROOT.glob("*.lock"))
_PASSED = paths.SETTINGS / "inputs-checked"
_WATCHED_FOLDERS = (paths.DATA, paths.ROOT / "multivector")


class Inputs:
    """The state of everything that pages share.

    ``digest`` is of all, ``common`` of all but the content of tables, ``notebooks`` of what every notebook depends on,
    ``checked`` of what the checks of inputs look at.
    """

    def __init__(self):
        """Read every watched file once."""
        self.files = {file.relative_to(paths.ROOT).as_posix(): reads.fingerprint(file) for file in _watched()}
        setting = [*(os.environ.get(name, "") for name in _VARIABLES), sys.version, *reads.installed()]
        common = {name: content for name, content in self.files.items() if _for_all_notebooks(name)}
        self.notebooks = digest_of([setting, sorted(common.items()), _description_of_tables()])
        self.digest = digest_of([setting, sorted(self.files.items())])
        rest = {name: content for name, content in self.files.items() if not _is_table(name)}
        self.common = digest_of([setting, sorted(rest.items()), _description_of_tables()])
        checked = {name: content for name, content in self.files.items() if _is_checked(name)}
        self.checked = digest_of([os.environ.get(_FOCUS, ""), sys.version, *reads.installed(), sorted(checked.items())])

    def passed(self) -> bool:
        """Whether the checks found nothing in inputs that were as they are now."""
        return _PASSED.exists() and _PASSED.read_text("utf-8") == self.checked

    def note_passed(self) -> None:
        """Note that they found nothing."""
        _PASSED.parent.mkdir(parents=True, exist_ok=True)
        _PASSED.write_text(self.checked, "utf-8")


def _watched() -> list[Path]:
    found = {file for file in (*_WATCHED_FILES, *_only_read_into_pages()) if file.exists()}
    for folder in (*_WATCHED_FOLDERS, paths.CHAPTERS):
        found.update(file for file in folder.rglob("*") if file.is_file())
    return sorted(file for file in found if not _is_passing(file) and not _is_page(file))


def _only_read_into_pages() -> list[Path]:
    """Files whose text stands on a page, or that a page offers; no notebook depends on them."""
    return [paths.ROOT / "CHANGELOG.md", paths.ROOT / "LICENSE", *sorted(paths.ROOT.glob("docs/*"))]


def _is_page(file: Path) -> bool:
    return paths.CHAPTERS in file.parents and file.suffix in (".md", ".ipynb")


def _is_passing(file: Path) -> bool:
    """Whether a file is an editor's or an interpreter's, not the book's."""
    parts = file.relative_to(paths.ROOT).parts
    return "__pycache__" in parts or any(part.startswith(".") or part.endswith("~") for part in parts)


def _for_all_notebooks(name: str) -> bool:
    """Whether notebooks depend on a file whatever they read: all but data and the extension, which records show."""
    return not name.startswith(("data/", "docs/", "multivector/book/", "CHANGELOG.md", "LICENSE"))


def _is_table(name: str) -> bool:
    """Whether a file is a table or a layer of a map, or holds the checksums of all: pages ask for tables one by one."""
    return name.startswith("data/") and name.endswith((".csv", ".geojson")) or name == "data/datapackage.json"


def _is_checked(name: str) -> bool:
    """Whether what the checks of inputs find depends on a file: on the tables and the package below the extension."""
    return name.startswith(("data/", "multivector/")) and not name.startswith("multivector/book/")


def _description_of_tables() -> str:
    """The data package without the checksums: tables come into a notebook's record one by one."""
    try:
        package = json.loads(paths.DATAPACKAGE.read_text("utf-8"))
        for entry in package["resources"]:
            entry.pop("hash", None), entry.pop("bytes", None)
        return json.dumps(package, sort_keys=True)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ""  # the check of inputs tells the fault


def digest_of(state) -> str:
    """SHA-256 of anything that JSON can hold."""
    return hashlib.sha256(json.dumps(state).encode()).hexdigest()


# --- is there anything to do --------------------------------------------------------------------------------------


def asked(shared: Inputs) -> str:
    """The state of all that a build reads: the inputs that pages share, and the pages' own texts."""
    pages = [
        file for folder in (paths.ROOT, paths.CHAPTERS) for kind in ("md", "ipynb") for file in folder.glob(f"*.{kind}")
    ]
    told = [*commits.present(), os.environ.get("SOURCE_DATE_EPOCH", "")]  # an edition names its commit and day
    return digest_of([told, shared.digest, sorted((file.name, reads.fingerprint(file)) for file in pages)])


def stands(site: Path, now: str) -> bool:
    """Whether a site is the one that was built from what is ``asked`` for now, and nobody has touched it since."""
    noted = _note(site).read_text("utf-8") if _note(site).exists() else ""
    return noted.startswith(now) and site.exists() and noted == now + _files(site)


def note(site: Path, before: str) -> None:
    """Note what a whole site was built from, unless that changed meanwhile."""
    if asked(Inputs()) == before:
        _note(site).parent.mkdir(parents=True, exist_ok=True)
        _note(site).write_text(before + _files(site), "utf-8")


def _note(site: Path) -> Path:
    return site.parent / ".settings" / "built"


def _files(site: Path) -> str:
    """Name, size and time of each file of a site."""
    found = [(file.path.removeprefix(str(site)), file.stat()) for file in _below(site)]
    return digest_of(sorted((name, now.st_size, now.st_mtime_ns) for name, now in found))


def _below(folder: Path | str) -> Iterator[os.DirEntry]:
    for entry in os.scandir(folder):
        yield from _below(entry.path) if entry.is_dir() else (entry,)
