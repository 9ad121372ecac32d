"""What the builder's own machine is set to stays out of the book.

Kernels inherit the environment of the build. Settings of Jupyter, IPython and matplotlib, start-up files, warning
filters and git variables of whoever builds would change outputs in silence: a table of one user would show the value
of every line, a figure of another another frame. Here they are taken away before the first kernel starts, and the
programs get empty folders of their own to look for settings in.
"""

import os
import sys
from pathlib import Path

from multivector import paths

_DROPPED = (
    "MATPLOTLIBRC",
    "MPLBACKEND",
    "PYTHONWARNINGS",
    "PYTHONDEVMODE",
    "PYTHONINSPECT",
    "PYTHONOPTIMIZE",
    "PYTHONSTARTUP",
    "PYTHONVERBOSE",
)
_EMPTY = {
    "IPYTHONDIR": "ipython",
    "JUPYTER_CONFIG_DIR": "jupyter",
    "JUPYTER_DATA_DIR": "jupyter-data",
    "JUPYTER_RUNTIME_DIR": "jupyter-runtime",
}
"""Variables that name a folder of settings, and the folder that stands in its place."""
_FONTS = Path(sys.prefix) / "share" / "matplotlib"
"""Where matplotlib looks for settings, and keeps its list of fonts: beside the packages, for longer than one build."""


def settle(environment: dict | os._Environ, folder: Path) -> None:
    """Change ``environment`` so that what runs under it meets no setting of the user's; ``folder`` is made if missing."""
    for name in [*_DROPPED, *(name for name in environment if name.startswith("GIT_"))]:
        environment.pop(name, None)
    fonts = _FONTS if os.access(sys.prefix, os.W_OK) else folder / "matplotlib"
    for name, place in [*((name, folder / below) for name, below in _EMPTY.items()), ("MPLCONFIGDIR", fonts)]:
        place.mkdir(parents=True, exist_ok=True)
        environment[name] = str(place)


def setup(app) -> None:
    """Settle at once: other modules of this extension may load what reads settings when it is loaded."""
    try:
        settle(os.environ, paths.SETTINGS)
    except OSError:
        return  # the lock tells, in one line, that nothing can be written
