"""Launch buttons: a chapter's way to Binder, if the book has a repository that Binder can fetch.

The address is ``BOOK_REPOSITORY`` or ``repository: url`` of ``_config.yml``, the state to fetch ``BOOK_BRANCH`` or
``repository: branch``. Binder builds what ``binder/`` says, which is the book's own lock. Without an address no page
has a button. A companion has none either: its chapters in the repository are the book's.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from multivector.ledger import focus

REPOSITORY, BRANCH = "BOOK_REPOSITORY", "BOOK_BRANCH"
BINDER = "https://mybinder.org"
_ADDRESS = re.compile(r"https://[^/\s]+/[^/\s]+/[^/\s]+")


def configure(app, config) -> None:
    """Give the theme what it makes buttons from, or nothing."""
    options = config.html_theme_options
    address = (os.environ.get(REPOSITORY) or options.get("repository_url") or "").strip().rstrip("/")
    if focus.asked() or not _ADDRESS.fullmatch(address):
        options["launch_buttons"] = {}
        return
    options["repository_url"] = address
    options["repository_branch"] = os.environ.get(BRANCH) or options.get("repository_branch") or "main"
    options["launch_buttons"] = {"binderhub_url": BINDER, "notebook_interface": "jupyterlab"}


def drop_copies(app, exception) -> None:
    """Remove the notebooks that the theme copies for its buttons: ``notebooks/`` holds the published ones."""
    if not app.config.html_copy_source:
        shutil.rmtree(Path(app.outdir) / "_sources", ignore_errors=True)


def setup(app) -> None:
    """Connect the two."""
    app.connect("config-inited", configure)
    app.connect("build-finished", drop_copies, priority=905)
