"""No page may show a number that its inputs do not give.

Sphinx watches a page's own text and the time it was saved, and the notebook cache its code cells; neither sees a
changed table or helper module. Here three rules stand in their place:

* *Pages are read again* when their own text differs (whatever its time says), a table or file that they or their
  notebooks asked for, or anything else that is no table. All are *written* again when anything differs that pages
  share, for each names the version of the data, or when the site was last written by a build that read other pages.
* *A notebook runs again* unless everything that it read while it ran is as it was: its code, the package, the
  configuration, the installed versions, and each file of the book that the kernel opened (``multivector.facts.reads``).
* *Inputs are checked* before anything is read, so that a fault costs a second and leaves the last good site in place.
  Tables that have passed are not checked again; how chapters use them is asked each time.
"""

import os
import re
import shutil
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from multivector import paths, rerun
from multivector.book import bibliography, faults, inputs, kernels
from multivector.book.markup import noted, recorded
from multivector.book.roles import unknown_objects
from multivector.checks import chapters
from multivector.checks import package as checks
from multivector.errors import BookError
from multivector.facts import kept, quotes, reads, tables
from multivector.ledger import claims

_FEW = 5  # pages that Sphinx reads in one process
_KEPT = 3  # runs of a notebook under the latest input states, so that undoing a change costs nothing
_CODE = re.compile(r"^(`{3,}|:{3,})\s*\{code-cell\}.*?^\1", re.M | re.S)
_EVERYWHERE = ("sources", "states")
"""Tables that any page may show; what is made of them is held for all pages together."""
_NOT_PAGES = {"index", "search", "genindex", "404", "_static", "_downloads"}


# --- before reading ---------------------------------------------------------------------------------------------


def check_inputs(app, config) -> None:
    """Stop with one line a fault if a table, claim or quote is not in order."""
    app.multivector_inputs = inputs.Inputs()
    app.multivector_digest = app.multivector_inputs.digest
    kept.recall(paths.KEPT)
    before = app.multivector_inputs.passed()
    if not before:
        kernels.start()  # notebooks will run again
        bibliography.print_ahead()
    try:
        lines = chapters.faults({name: tables.load(name) for name in ("claims", "quotes")}) if before else _faults()
    except BookError as fault:
        lines = [str(fault)]
    if lines:
        faults.stop(lines)
    if not before:
        app.multivector_inputs.note_passed()
        kept.store(paths.KEPT)


def _faults() -> list[str]:
    for name in tables.names():
        tables.read_bytes(name)  # what follows from a damaged table would only hide its cause
    with ProcessPoolExecutor(1, get_context("fork")) as beside:
        asked = beside.submit(_of_tables)
        try:
            others = claims.faults() + kept.checked(("quotes",), lambda: quotes.report(None))
        except Exception:
            if lines := asked.result()[0]:
                return lines  # the cause
            raise
        lines, values = asked.result()
    kept.take(values)
    return lines or others


def _of_tables() -> tuple[list[str], dict]:
    """Faults of the tables, and what was computed to find them."""
    return checks.faults(), kept.given()


def outdated(app, env, added, changed, removed) -> list[str]:
    """Pages to read again; see the rules at the head of this module."""
    app.multivector_texts = {docname: reads.fingerprint(Path(env.doc2path(docname))) for docname in env.found_docs}
    written = _written(app).read_text("utf-8") if _written(app).exists() else ""
    same_inputs = getattr(env, "multivector_digest", None) == app.multivector_digest
    app.multivector_all = not same_inputs or written != getattr(env, "multivector_state", None)
    known = getattr(env, "multivector_pages", {})
    return sorted(docname for docname in env.found_docs if known.get(docname) != _state_of(app, docname))


def _state_of(app, docname: str) -> str:
    """Digest of all from which a page was read, as it is now."""
    known = app.multivector_inputs.files
    behind = recorded(app.env, "behind").get(docname, ())
    files = [(name, known.get(name) or reads.fingerprint(paths.ROOT / name)) for name in behind]
    return inputs.digest_of([app.multivector_inputs.common, app.multivector_texts[docname], files])


def note_what_pages_ask(app) -> None:
    """Record what each page asks for while it is read: tables, and the files that its notebook opened."""
    app.multivector_runs = {}
    plain = app.builder.read_doc

    def read_doc(docname: str, **options) -> None:
        with tables.reading() as asked:
            plain(docname, **options)
        data = {f"data/{tables.resource(name)['path']}" for name in asked.union(_EVERYWHERE)}
        opened = reads.noted(app.multivector_runs[docname] / "reads.txt")
        noted(app.env, "behind", [], docname).extend(sorted(data.union(opened or ())))

    app.builder.read_doc = read_doc


def write_what_differs(app, env) -> list[str]:
    """Note from what pages were read, and have all written if more than a page's own text differs."""
    env.multivector_digest = app.multivector_digest
    env.multivector_state = inputs.digest_of([app.multivector_digest, sorted(app.multivector_texts.items())])
    env.multivector_pages = {docname: _state_of(app, docname) for docname in env.found_docs}
    return sorted(env.found_docs) if app.multivector_all else []


def _written(app) -> Path:
    """Where the state of the pages is noted that a builder has written in full."""
    return Path(app.doctreedir) / f"written-{app.builder.name}"


def note_written(app, exception) -> None:
    """Note what the site shows, once all of it is written."""
    if exception is None and hasattr(app.env, "multivector_state"):
        _written(app).write_text(app.env.multivector_state, "utf-8")


def remove_left(app, exception) -> None:
    """Take from the site the pages that the table of contents no longer has, except those that lead elsewhere."""
    if exception is not None or app.builder.name != "html":
        return
    site = Path(app.outdir)
    for page in sorted(site.rglob("*.html")):
        name = page.relative_to(site).with_suffix("").as_posix()
        if name in app.env.found_docs or name.split("/")[0] in _NOT_PAGES or b"<article" not in page.read_bytes():
            continue
        page.unlink()


def longest_first(app, env, docnames: list[str]) -> None:
    """Deal the pages out so that parallel readers, who take them in portions, have about the same to do.

    Notebooks that must run come first, the longest pages before others. Where one process reads all, they come last:
    by then kernels can be forked.
    """
    work = {name: _work_of(app, name, Path(env.doc2path(name))) for name in docnames}
    if any(not done for done, _ in work.values()):
        kernels.start()
    heavy = sorted(docnames, key=lambda name: (*work[name], name))
    readers = max(1, app.parallel)
    alone = len(docnames) <= _FEW
    docnames[:] = heavy[::-1] if alone else [name for first in range(readers) for name in heavy[first::readers]]


def _work_of(app, docname: str, file: Path) -> tuple[bool, int]:
    """Whether a page's notebook need not run, and how short the page is."""
    try:
        text = file.read_text("utf-8", "replace")
    except OSError:
        text = ""
    cells = _cells(file, text)
    return not cells or _held_run(app, docname, cells) is not None, -len(text)


# --- running notebooks ------------------------------------------------------------------------------------------


def choose_run(app, docname: str, source: list[str]) -> None:
    """Point the notebook cache at a run of this page that still holds, else at a new place; let a kernel record."""
    cells = _cells(Path(app.env.doc2path(docname)), source[0])
    folder, kind = _kind(app, docname, cells)
    run = folder / f"{kind}-{app.multivector_digest[:16]}"
    if earlier := _held_run(app, docname, cells):
        run = earlier
        os.utime(run)
    app.multivector_runs[docname] = run
    app.env.mystnb_config.execution_cache_path = str(run)
    os.environ[reads.VARIABLE] = str(run / "reads.txt")
    runs = sorted((entry for entry in folder.glob("*") if entry != run), key=lambda entry: entry.stat().st_mtime)
    for old in runs[: -(_KEPT - 1)]:
        shutil.rmtree(old, ignore_errors=True)


def _cells(file: Path, text: str) -> list[str]:
    """The code of a page; of a page that is kept as a notebook file its whole text."""
    return [text] if file.suffix == ".ipynb" else [cell.group() for cell in _CODE.finditer(text)]


def _kind(app, docname: str, cells: list[str]) -> tuple[Path, str]:
    """Folder of the runs of a page, and how the names of those begin that had this code and what all notebooks share."""
    folder = Path(app.doctreedir).parent / ".jupyter_cache" / docname.replace("/", "-")
    return folder, f"{app.multivector_inputs.notebooks[:16]}-{inputs.digest_of(cells)[:16]}"


def _held_run(app, docname: str, cells: list[str]) -> Path | None:
    """A run of this code in which nothing was read that has changed since."""
    folder, kind = _kind(app, docname, cells)
    runs = sorted(folder.glob(f"{kind}-*"))
    return next((run for run in runs if reads.still_hold(run / "reads.txt", app.multivector_inputs.files)), None)


def encrypt_kernels() -> None:
    """Give kernels the settings of ``rerun.kernel_settings``; myst-nb has no option that reaches them."""
    from myst_nb.core.execute import cache

    plain = cache.single_nb_execution
    if plain.__module__ != __name__:

        def single_nb_execution(notebook, **options):
            return rerun.started(lambda: plain(notebook, config=rerun.kernel_settings(), **options))

        cache.single_nb_execution = single_nb_execution


# --- once pages are read ---------------------------------------------------------------------------------------------


def note_values(app, doctree) -> None:
    """Record what was computed for a page: the process that reads it ends, and the next build asks the same."""
    noted(app.env, "values", {}).update(kept.given())


def store_values(app, env) -> None:
    """Store what was computed for all pages that were read."""
    given = [values for values in recorded(env, "values").values() if values]
    for values in given:
        kept.take(values)
        values.clear()
    if given:
        kept.store(paths.KEPT)


def refuse_unknown_objects(app, env) -> None:
    """Stop if a page points at a figure or table that no page holds."""
    if lines := unknown_objects(env):
        faults.stop(lines)


def refuse_moving_inputs(app, env) -> None:
    """Stop if an input was changed while pages were read: some would show the old state and some the new."""
    if inputs.Inputs().digest != app.multivector_digest:
        faults.stop(["an input was changed while the book was being built; build it again"])


def setup(app) -> None:
    """Connect the watching to Sphinx's events."""
    app.connect("config-inited", check_inputs, priority=10)
    encrypt_kernels()
    app.connect("builder-inited", note_what_pages_ask, priority=600)  # around the reading that may have failed
    app.connect("env-get-outdated", outdated)
    app.connect("env-before-read-docs", longest_first)
    app.connect("source-read", choose_run, priority=950)  # after the focus is set
    app.connect("doctree-read", note_values)
    app.connect("env-updated", refuse_moving_inputs, priority=90)
    app.connect("env-updated", store_values, priority=110)
    app.connect("env-updated", write_what_differs, priority=120)
    app.connect("env-updated", refuse_unknown_objects, priority=200)
    app.connect("build-finished", remove_left, priority=940)
    app.connect("build-finished", note_written, priority=950)
