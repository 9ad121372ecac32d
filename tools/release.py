"""Lay a built version out for its host, and pack it for an archive.

    BOOK_URL=https://host/folder make release

`_build/publish` is what the host serves: the site at `/`, the same files at `/vX.Y.Z/`, whose address stays, and
`versions.json`. Each version holds an archive of itself. From these the versions that the host serves already are
fetched, so that none is lost; a version that was published is never written again. `_build/release` holds one archive
of site, PDF, e-book and source for a repository that gives DOIs, with its description.
"""

import io
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterable
from pathlib import Path

from multivector import paths
from multivector.cite import citing, deposit
from multivector.errors import BookError

PUBLISH = paths.BUILD / "publish"
RELEASE = paths.BUILD / "release"
LIST = "versions.json"
ARCHIVE = "site.zip"
_VERSION = re.compile(r"v\d+\.\d+\.\d+")
_DOCUMENTS = (paths.BUILD / "pdf" / "book.pdf", paths.BUILD / "epub" / "book.epub")


def main() -> None:
    """Lay out and pack the site in ``_build/html``; on a fault one line and status 1."""
    try:
        base = citing.book_url()
        state = built(base)
        listed = keep_earlier(base, PUBLISH, state["version"])
        lay_out(paths.HTML, PUBLISH, state, listed)
        file = pack(state)
    except BookError as fault:
        sys.exit(f"release: {fault}")
    print(f"release: {PUBLISH.relative_to(paths.ROOT)} is for the host, {file.relative_to(paths.ROOT)} for an archive")


def built(base: str) -> dict[str, str]:
    """What the built site says of itself. Raises ``BookError`` unless it is this version, at this address, recorded."""
    if not base:
        raise BookError("no address; run `BOOK_URL=https://host/folder make release`")
    try:
        state = json.loads((paths.HTML / "version.json").read_text("utf-8"))
    except FileNotFoundError:
        raise BookError("_build/html/version.json: file is missing; run `make release`, which builds first") from None
    wanted = citing.state(base)
    for name in ("version", "latest", "this_version", "data"):
        if state.get(name) != wanted[name]:
            raise BookError(
                f"_build/html: {name} is {state.get(name)!r}; expected {wanted[name]!r}; run `make release`"
            )
    if state["latest"] == state["this_version"]:
        raise BookError("_build/html: built without BOOK_VERSIONS; run `make release`, which sets it")
    if state.get("commit", "+").endswith("+"):
        raise BookError("the site was made from changes that no commit records; commit them, and run it again")
    return state


def keep_earlier(base: str, folder: Path, version: str) -> list[dict]:
    """Unpack the versions that the host serves and ``folder`` lacks; gives their entries in ``versions.json``."""
    listed = json.loads(fetched(f"{base}/{LIST}") or b"[]")
    for entry in listed:
        name = f"v{entry['version']}"
        if not _VERSION.fullmatch(name) or (folder / name).exists() or entry["version"] == version:
            continue
        content = fetched(f"{base}/{name}/{ARCHIVE}")
        if content is None:
            raise BookError(f"{base}/{name}/{ARCHIVE}: not there; restore it, or version {entry['version']} is lost")
        zipfile.ZipFile(io.BytesIO(content)).extractall(folder / name)
        (folder / name / ARCHIVE).write_bytes(content)
    return listed


def fetched(address: str) -> bytes | None:
    """Content at an address; nothing where the host says that it has none. Raises ``BookError`` if it does not answer."""
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return answer.read()
    except urllib.error.HTTPError as fault:
        if fault.code == 404:
            return None
        raise BookError(f"{address}: answered {fault.code}; earlier versions cannot be kept; try again") from None
    except OSError as fault:
        raise BookError(f"{address}: {fault}; earlier versions cannot be kept; try again") from None


def lay_out(site: Path, folder: Path, state: dict[str, str], listed: list[dict]) -> None:
    """Put ``site`` at the root of ``folder`` and under its version, beside the earlier ones."""
    same = [entry for entry in listed if entry["version"] == state["version"]]
    if same and same[0]["commit"] != state["commit"]:
        raise BookError(f"version {state['version']} is published, of commit {same[0]['commit']}; raise the version")
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        if not _VERSION.fullmatch(old.name):
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    fixed = folder / f"v{state['version']}"
    shutil.rmtree(fixed, ignore_errors=True)
    shutil.copytree(site, folder, dirs_exist_ok=True)
    shutil.copytree(site, fixed)
    write_archive(fixed / ARCHIVE, ((file.relative_to(site).as_posix(), file) for file in files(site)), state)
    listed = [*(entry for entry in listed if entry not in same), state]
    (folder / LIST).write_text(json.dumps(listed, indent=1) + "\n", "utf-8")


def pack(state: dict[str, str]) -> Path:
    """The archive for a repository: site, documents and source in one file, its description beside it."""
    RELEASE.mkdir(parents=True, exist_ok=True)
    named = [(f"site/{file.relative_to(paths.HTML).as_posix()}", file) for file in files(paths.HTML)]
    named += [(file.name, file) for file in _DOCUMENTS if file.exists()]
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=paths.ROOT, capture_output=True, text=True, check=True)
    named += [(f"source/{name}", paths.ROOT / name) for name in tracked.stdout.split("\0") if name]
    file = RELEASE / f"kazakhstan-between-vectors-{state['version']}.zip"
    write_archive(file, named, state)
    (RELEASE / "zenodo.json").write_text(deposit.text(), "utf-8")
    return file


def files(folder: Path) -> list[Path]:
    """All files below a folder, in one order."""
    return sorted(file for file in folder.rglob("*") if file.is_file())


def write_archive(target: Path, named: Iterable[tuple[str, Path]], state: dict[str, str]) -> None:
    """Pack files under their names, all with the day of release: the same files give the same bytes.

    Whoever unpacks them may read all, as a host must, and run what is a program here, as Binder must.
    """
    day = tuple(map(int, state["released"].split("-")))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, file in named:
            entry = zipfile.ZipInfo(name, (*day, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = (0o755 if os.access(file, os.X_OK) else 0o644) << 16
            archive.writestr(entry, file.read_bytes())


if __name__ == "__main__":
    main()
