"""No page may show a number that its inputs do not give.

Sphinx watches a page's own text, and the notebook cache its code cells; neither sees a changed table or helper module.
Here one digest covers every input that pages share (data, package, configuration, lock). It names the folder of the
notebook cache and is kept with the pages: when it differs, every page is read again and every notebook runs again.
Before that, the inputs are checked, so that a fault costs a second and leaves the last good site in place.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from multivector import claims, paths, quotes, tables
from multivector.errors import BookError
from multivector.sphinx_ext import faults
from multivector.sphinx_ext.roles import FOCUS_VARIABLE, unknown_objects

_KEPT = 3  # caches of the latest input states, so that undoing a change costs nothing
_WATCHED_FILES = (paths.CONFIG, paths.TOC, paths.LOCK, paths.CITATION, paths.REFERENCES)
_PER_PAGE = ("findings", "faults", "claims", "quotes", "anchors", "references", "files", "sources")


def inputs_digest() -> str:
    """SHA-256 over the bytes of all shared inputs and the chosen focus."""
    whole = hashlib.sha256(os.environ.get(FOCUS_VARIABLE, "").encode())
    watched = [file for file in _WATCHED_FILES if file.exists()]
    watched += (file for file in paths.DATA.rglob("*") if file.is_file() and "__pycache__" not in file.parts)
    watched += (
        file for file in (paths.ROOT / "multivector").rglob("*") if file.is_file() and "__pycache__" not in file.parts
    )
    for file in sorted(watched):
        whole.update(file.relative_to(paths.ROOT).as_posix().encode() + b"\0")
        whole.update(hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()


def check_inputs(app, config) -> None:
    """Stop with one line a fault if a table, claim or quote is not in order."""
    lines = []
    try:
        for name in tables.names():
            tables.read_bytes(name)
        lines = claims.faults() + quotes.report(None)
    except BookError as fault:
        lines = [str(fault)]
    if lines:
        faults.stop(lines)


def use_cache_of_inputs(app, config) -> None:
    """Keep executed notebooks under the digest of their inputs; make the cache before parallel readers need it."""
    from jupyter_cache import get_cache

    app.multivector_digest = inputs_digest()
    folder = Path(app.doctreedir).parent / ".jupyter_cache"
    config.nb_execution_cache_path = str(folder / app.multivector_digest[:16])
    assert get_cache(config.nb_execution_cache_path).db  # creates folder and database
    Path(config.nb_execution_cache_path).touch()
    caches = sorted((entry for entry in folder.iterdir() if entry.is_dir()), key=lambda entry: entry.stat().st_mtime)
    for old in caches[:-_KEPT]:
        shutil.rmtree(old, ignore_errors=True)


def prepare_records(app) -> None:
    """Give the environment the per-page records of this extension."""
    for record in _PER_PAGE:
        if not hasattr(app.env, f"multivector_{record}"):
            setattr(app.env, f"multivector_{record}", {})


def outdated(app, env, added, changed, removed) -> list[str]:
    """All pages if any shared input changed since they were read."""
    stale = getattr(env, "multivector_digest", None) != app.multivector_digest
    env.multivector_digest = app.multivector_digest
    return sorted(env.found_docs) if stale else []


def purge(app, env, docname: str) -> None:
    """Forget what is recorded of a page that will be read again."""
    for record in _PER_PAGE:
        getattr(env, f"multivector_{record}", {}).pop(docname, None)


def merge(app, env, docnames, other) -> None:
    """Take over what a parallel reader recorded."""
    for record in _PER_PAGE:
        theirs = getattr(other, f"multivector_{record}")
        getattr(env, f"multivector_{record}").update({name: theirs[name] for name in docnames if name in theirs})


def refuse_unknown_objects(app, env) -> None:
    """Stop if a page points at a figure or table that no page holds."""
    if lines := unknown_objects(env):
        faults.stop(lines)


def setup(app) -> None:
    """Connect the watching to Sphinx's events."""
    app.connect("config-inited", check_inputs, priority=10)
    app.connect("config-inited", use_cache_of_inputs, priority=20)
    app.connect("builder-inited", prepare_records, priority=1)
    app.connect("env-get-outdated", outdated)
    app.connect("env-updated", refuse_unknown_objects, priority=200)
    app.connect("env-purge-doc", purge)
    app.connect("env-merge-info", merge)
