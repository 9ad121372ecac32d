"""The book's Sphinx extension: roles, directives, attachments, citing, freshness. It knows nothing of Kazakhstan.

It renders what lower floors hand it. Each module has a ``setup(app)`` of its own.
"""

import importlib
import os

_MODULES = (
    "surroundings",
    "markup",
    "lock",
    "companion",
    "launching",
    "kernels",
    "freshness",
    "faults",
    "roles",
    "captions",
    "attachments",
    "registers",
    "dictionaries",
    "glossary",
    "corrections",
    "searching",
    "uses",
    "bibliography",
    "citations",
    "partcites",
    "bundles",
    "reproducing",
    "ebook",
    "panels",
    "pages",
    "joining",
)


def setup(app) -> dict:
    """Set up all modules and let Sphinx read pages in parallel."""
    for module in _MODULES:
        importlib.import_module(f"{__name__}.{module}").setup(app)
    app.connect("builder-inited", _allow_parallel_reading, priority=2)
    return {"parallel_read_safe": True, "parallel_write_safe": True, "env_version": 1}


def _allow_parallel_reading(app) -> None:
    # `jupyter-book build` has no -j: without this every notebook waits for the one before it. One reader more than
    # there are cores, since each waits while its kernel starts; of writers one only deals out pages.
    app.parallel = max(app.parallel, (os.cpu_count() or 1) + 1)
    for extension in app.extensions.values():
        if extension.parallel_read_safe is None:
            extension.parallel_read_safe = True
