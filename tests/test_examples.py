"""The examples in the docstrings of the package give what they say."""

import doctest
import importlib
import re

import numpy as np
import pytest

from multivector import paths

FILES = sorted((paths.ROOT / "multivector").rglob("*.py"))
WITH_EXAMPLES = [file for file in FILES if re.search(r"^ *>>> ", file.read_text("utf-8"), re.M)]
MODULES = [
    ".".join(file.relative_to(paths.ROOT).with_suffix("").parts).removesuffix(".__init__") for file in WITH_EXAMPLES
]


@pytest.mark.parametrize("module", MODULES)
def test_examples_give_what_they_say(module):
    with np.printoptions(legacy="1.25"):  # numbers by their value alone
        assert doctest.testmod(importlib.import_module(module)).failed == 0
