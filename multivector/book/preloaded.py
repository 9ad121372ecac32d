"""What every kernel of a build would import and make ready, done once by the process that they are forked from."""

import os

# The place of one notebook's record: whoever imports the package with it listens for that notebook alone.
os.environ.pop("MULTIVECTOR_READS", None)
os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")  # as ipykernel sets it, too late here

import geopandas  # noqa: F401
import ipykernel.ipkernel
import ipykernel.kernelapp  # noqa: F401
import matplotlib.pyplot  # noqa: F401

import multivector.look.maps  # noqa: F401
from multivector.look import figures

figures.prepare()
