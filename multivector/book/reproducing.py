"""What the page on rerunning shows: digests of chapters, the environment, how the claims' conditions stand.

Nothing is measured while the book is built: times differ from run to run, and the same inputs must give the same
bytes. The page includes the files of ``docs/`` that ``make bench`` and its like have written.
"""

import hashlib
import platform
import re

from docutils import nodes

from multivector import paths
from multivector.book import bundles, directives
from multivector.book.layouts import drawn
from multivector.book.markup import ROOT, BookHtml, later
from multivector.cite import citing
from multivector.ledger import claims

PAGE = "chapters/reproduce"
_NAMED = (
    "jupyter-book",
    "sphinx",
    "myst-nb",
    "nbclient",
    "numpy",
    "pandas",
    "matplotlib",
    "geopandas",
    "shapely",
    "pyproj",
)
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.M)


def digests(app) -> dict[str, str]:
    """SHA-256 of the executed notebook of each chapter, by docname."""
    return {name: hashlib.sha256(bundles.notebook_of(app, name)).hexdigest() for name in bundles.chapters(app)}


def _table(app, docname: str, asked: None) -> BookHtml:
    known, titles = digests(app), app.env.titles
    rows = [(name, titles[name].astext(), f"{citing.slug(name)}.ipynb", known[name][:16]) for name in known]
    table = drawn("digests", rows=rows, folder=bundles.NOTEBOOKS)
    return BookHtml(source=table, text=" ".join(known))


def rewrite_page(app, env) -> list[str]:
    """Write the page again if some digest has changed since it was written."""
    state = digests(app)
    if getattr(env, "multivector_digests", None) == state or PAGE not in env.found_docs:
        return []
    env.multivector_digests = state
    return [PAGE]


def environment(env) -> nodes.paragraph:
    """The Python that ran the notebooks and the main packages of the lock, in a sentence."""
    pinned = dict(_PINNED.findall(paths.LOCK.read_text("utf-8")))
    named = ", ".join(f"{name} {pinned[name]}" for name in _NAMED if name in pinned)
    made = f"Made with Python {platform.python_version()} and the {len(pinned)} packages of requirements.txt"
    return nodes.paragraph(text=f"{made}, among them {named}.")


def conditions(env) -> BookHtml:
    """Every claim with the state of the condition that guards its verdict.

    A build with a failed condition stops before this page, unless checks are off.
    """
    rows, texts = "", []
    for state, text in {True: "Condition holds", False: "Condition fails", None: "No condition"}.items():
        names = [claim.claim_id for claim in claims.ledger() if claim.holds is state]
        links = " ".join(f'<a href="{ROOT}chapters/claims.html#{name}">{name}</a>' for name in names)
        rows += f"<dt>{text}: {len(names)}</dt><dd>{links or 'none'}</dd>"
        texts.append(f"{text}: {len(names)}.")
    return BookHtml(source=f'<dl class="mv-conditions">{rows}</dl>', text=" ".join(texts))


def setup(app) -> None:
    """Register the directives."""
    directives.add(app, "chapter-digests", lambda env: later(_table, None))
    directives.add(app, "environment", environment)
    directives.add(app, "claim-conditions", conditions)
    app.connect("env-updated", rewrite_page, priority=410)  # after the notebooks are packed
