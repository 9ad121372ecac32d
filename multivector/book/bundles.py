"""Downloads that run: the executed notebook of each chapter, and a bundle that executes from an empty folder.

A bundle holds the notebook, the tables that it reads with a data package reduced to them, the package, the lock file
and one page of instructions. The same inputs give the same bytes: entries are sorted and carry no time of their own.
"""

import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from jupyter_cache import get_cache

from multivector import paths
from multivector.book import faults, needs, readable
from multivector.book.markup import SITES, fill, noted, recorded
from multivector.cite import citing
from multivector.facts import reads, tables

NOTEBOOKS = "notebooks"
BUNDLES = "bundles"
_LEVEL = 3  # half the time of the usual 6, for 6 per cent more bytes
_SHARED_FILES = (paths.CITATION, paths.LOCK, paths.ROOT / "LICENSE", paths.DATA / "package.yml")
_README = """# {title}

{kind} of *{work.title}*, version {work.version}, data {data}.
By {authors}. Text and figures {work.licence}, code {work.code_licence}; see LICENSE and CITATION.cff.

## Run it

Python 3.11 or newer is needed; a fresh virtual environment keeps your own packages apart. In this folder:

    python -m pip install --require-hashes -r requirements.txt
    python -m multivector.rerun

The first command installs the versions that the book was made with. The second executes `{slug}.ipynb`, writes the
executed notebook and the files of every figure and table to `results/`, and says whether their data are the published
ones. Plain Jupyter does as well: `jupyter nbconvert --to notebook --execute --inplace {slug}.ipynb`, or open the
notebook in JupyterLab.

## Change it

`FOCUS` in the first code cell is the state under study, an ISO 3166-1 alpha-3 code of a UN member. Numbers inside the
text of `{slug}.ipynb` are those of the published run; in `{slug}.md`, the chapter's source, they are roles that the
book computes. After changing a table run `python -m multivector seal`, which records its checksum.

## What is here

- `{slug}.ipynb`: the chapter, executed. `{slug}.md`: its source (MyST Markdown; jupytext opens it as a notebook).
- `data/`: the {count} tables that this chapter reads, as CSV and GeoJSON, described by `data/datapackage.json`:
  {names}.
- `multivector/`: the book's package, which loads tables, computes findings and draws.
- `requirements.txt`: every package with its version and hashes.
"""


def remember_source(app, docname: str, source: list[str]) -> None:
    """Keep the source as it is read, with the focus that was asked for."""
    app.env.temp_data["multivector_source"] = source[0]


def keep_notebook(app, doctree) -> None:
    """Keep the executed notebook of the page just read, in the form that is published."""
    docname = app.env.docname
    kept, source = _kept(app, docname, ".ipynb"), _kept(app, docname, ".md")
    for file in (kept, source):
        file.unlink(missing_ok=True)
    raw = executed(app.env)
    if recorded(app.env, "faults").get(docname) or not readable.code_cells(raw):  # with faults nothing is written
        return
    notebook = readable.notebook(raw, docname, app.config.multivector_book_url)
    noted(app.env, "needs", []).extend(reads.noted(Path(app.env.mystnb_config.execution_cache_path, "reads.txt")) or ())
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", "utf-8")
    source.write_text(app.env.temp_data["multivector_source"], "utf-8")


def executed(env) -> dict:
    """The page being read as a notebook with the outputs of its run; without cells if it has none that succeeded."""
    if not faults.run_of(env).get("succeeded"):
        return {"cells": []}
    notebook = nbformat.read(Path(env.mystnb_config.output_folder, f"{env.docname}.ipynb"), 4)
    # MyST-NB writes it without outputs where it took them from its cache.
    return get_cache(env.mystnb_config.execution_cache_path).merge_match_into_notebook(notebook)[1]


def chapters(app) -> list[str]:
    """Docnames of the pages that have a notebook."""
    return [docname for docname in sorted(app.env.found_docs) if _kept(app, docname, ".ipynb").exists()]


def notebook_of(app, docname: str) -> bytes:
    """The executed notebook of a chapter as it is published."""
    return _kept(app, docname, ".ipynb").read_bytes()


def pack_ahead(app, env, docnames: list[str]) -> None:
    """Begin with the bundles of pages that are not read again, while kernels run."""
    stale = {name: state for name, state in _stale(app).items() if name not in docnames}
    app.multivector_packing = faults.beside(lambda: _make(app, stale)) if stale and docnames else None


def pack(app, env) -> None:
    """Make the bundles whose parts have changed, before the first page is written."""
    if app.multivector_packing:
        app.multivector_packing.join()
    _make(app, _stale(app))


def _stale(app) -> dict[str, str]:
    """Chapters whose bundle is not made of what it would be now, each with that state."""
    states = {name: f"{app.multivector_digest} {_saved(_parts(app, name))}" for name in chapters(app)}
    return {name: state for name, state in states.items() if _packed(app, name) != state}


def _make(app, stale: dict[str, str]) -> None:
    def make(docname: str) -> None:
        notebook, source = (file.read_bytes() for file in _parts(app, docname))
        names = needs.tables_of(*(recorded(app.env, kind).get(docname, ()) for kind in ("needs", "tables")))
        bundle = zipped(contents(docname, app.env.titles[docname].astext(), notebook, source, names))
        _kept(app, docname, ".zip").write_bytes(bundle)
        _kept(app, docname, ".state").write_text(stale[docname])

    with ThreadPoolExecutor(app.parallel) as shared:  # compressing, which is most of it, needs no lock of Python's
        list(shared.map(make, stale))


def _parts(app, docname: str) -> list[Path]:
    """The notebook and the source of a chapter."""
    return [_kept(app, docname, suffix) for suffix in (".ipynb", ".md")]


def _saved(files: list[Path]) -> list[tuple[int, int]]:
    """Time and size of files."""
    return [(file.stat().st_mtime_ns, file.stat().st_size) for file in files]


def _packed(app, docname: str) -> str:
    """The state in which a chapter's bundle was made; empty if there is none."""
    bundle, seal = _kept(app, docname, ".zip"), _kept(app, docname, ".state")
    return seal.read_text() if bundle.exists() and seal.exists() else ""


def contents(docname: str, title: str, notebook: bytes, source: bytes, names: list[str]) -> dict[str, bytes]:
    """Files of a chapter's bundle, with these tables, by their path in it."""
    slug = citing.slug(docname)
    package = json.dumps(needs.reduced(names), ensure_ascii=False, indent=1) + "\n"
    files = {
        "README.md": _readme(slug, title, names).encode(),
        f"{slug}.ipynb": notebook,
        f"{slug}.md": source,
        "data/datapackage.json": package.encode(),
    }
    data = {name: paths.table_file(tables.resource(name)["path"]) for name in names}
    files |= {paths.shown(file): tables.read_bytes(name) for name, file in data.items()}
    along = [*(file.with_suffix(".yml") for file in data.values()), *_SHARED_FILES, *_package_files()]
    files |= {paths.shown(file): file.read_bytes() for file in along}
    return {f"{slug}/{name}": content for name, content in files.items()}


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip file of ``files``: the same files give the same bytes, on every system and without a time of today."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name)  # of 1980, the earliest that a zip file can say
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name], zipfile.ZIP_DEFLATED, _LEVEL)
    return buffer.getvalue()


def _readme(slug: str, title: str, names: list[str]) -> str:
    work = citing.work()
    return _README.format(
        slug=slug,
        title=title,
        kind="Page" if slug in ("claims", "sources") else "Chapter",
        work=work,
        data=tables.digest()[:12],
        authors=", ".join(work.authors),
        count=len(names),
        names=", ".join(names),
    )


def _package_files() -> list[Path]:
    """The package without the part that builds the site: a notebook never imports it."""
    package = paths.ROOT / "multivector"
    return [file for file in sorted(package.rglob("*.py")) if "book" not in file.relative_to(package).parts]


def publish(app) -> list:
    """Copy notebooks and bundles into the site and remove those of pages that are gone."""
    if app.builder.name in SITES:
        for folder, suffix in ((NOTEBOOKS, ".ipynb"), (BUNDLES, ".zip")):
            files = {citing.slug(name) + suffix: _kept(app, name, suffix).read_bytes() for name in chapters(app)}
            fill(Path(app.outdir) / folder, files)
    return []


def offer(app, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Put the links to notebook and bundle at the end of a chapter."""
    if doctree is None or app.builder.name not in SITES or not _kept(app, pagename, ".ipynb").exists():
        return
    slug, root = citing.slug(pagename), "../" * pagename.count("/")
    notebook, bundle = (_size(_kept(app, pagename, suffix)) for suffix in (".ipynb", ".zip"))
    context["body"] += (
        '<p class="mv-run" id="run"><strong>Run it yourself.</strong> '
        f'<a href="{root}{BUNDLES}/{slug}.zip" download>Bundle that runs on its own</a> (zip, {bundle}: notebook, data, '
        f'code and lock file; two commands) · <a href="{root}{NOTEBOOKS}/{slug}.ipynb" download>Executed notebook</a> '
        f"({notebook})</p>"
    )


def _size(file: Path) -> str:
    size = file.stat().st_size
    return f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{max(1, round(size / 1e3))} kB"


def _kept(app, docname: str, suffix: str) -> Path:
    return Path(app.doctreedir) / "bundles" / f"{docname}{suffix}"


def setup(app) -> None:
    """Connect keeping, packing, publishing and offering."""
    app.connect("source-read", remember_source, priority=900)  # after the focus is set
    app.connect("doctree-read", keep_notebook)
    app.connect("env-before-read-docs", pack_ahead)
    app.connect("env-updated", pack, priority=400)
    app.connect("html-page-context", offer, priority=390)  # before the cite box
    app.connect("html-collect-pages", publish)
