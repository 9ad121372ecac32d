"""Programs that not every machine has."""

import os

import pytest


def not_run(what: str, missing: str) -> None:
    """Leave a test out so that the summary tells it; in CI nothing may be left out."""
    reason = f"{what}: {missing}"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
