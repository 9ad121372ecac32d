"""The same bytes twice: two users' clean builds of the same sources are equal, file by file.

Slow: builds a book of some pages twice. `make reproduce` does the same with the whole book.
"""

import re
from pathlib import Path

import pytest
import reproduce
from conftest import Project
from test_freshness import PAGE

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("reproducible")]

PAGES = ("chapters/small", "chapters/vectors", "chapters/claims", "chapters/quotes", "chapters/data", "chapters/sources",
         "chapters/glossary", "chapters/citing", "chapters/reproduce", "chapters/corrections",
         "chapters/changes")  # fmt: skip
DAY = "1700000000"


def shortened(folder: Path) -> None:
    """Leave only ``PAGES`` in a copy of the project."""
    project = Project.__new__(Project)
    project.root = folder
    (folder / "chapters/small.md").write_text(PAGE, "utf-8")
    project.only_pages(*PAGES)
    of_other_pages = r"\{tab\}`tab-(?!vectors-)[\w-]+`|\[[^]]+\]\(forum\.md#[\w-]+\)"
    for name in ("vectors", "claims"):
        page = folder / f"chapters/{name}.md"
        page.write_text(re.sub(of_other_pages, "elsewhere", page.read_text("utf-8")), "utf-8")
    for file in (folder / "chapters").glob("*.md"):
        if f"chapters/{file.stem}" not in PAGES:
            file.unlink()
    project.pass_inputs()


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> list[dict[str, bytes]]:
    """The sites of two users: other folders, homes, languages, time zones, hash seeds and file times."""
    places = ("a/book", "b b/some-longer-name")
    return reproduce.sites(tmp_path_factory.mktemp("twice"), DAY, places, shortened)


def test_two_users_get_the_same_site(built):
    """So no file can tell where or by whom it was built."""
    lines = reproduce.differences(*built)
    assert not lines, "\n".join(lines[:20])


@pytest.mark.parametrize("kind", [".html", ".svg", ".png", ".csv", ".json", ".ipynb", ".zip", ".js", ".css", ".bib"])
def test_the_comparison_covers_every_kind_of_file(built, kind):
    assert any(name.endswith(kind) for name in built[0]), f"no {kind} in the site: nothing was compared"


def test_a_changed_byte_would_be_seen():
    assert reproduce.differences({"a": b"one"}, {"a": b"two"})
    assert reproduce.differences({"a": b"one"}, {})
    assert not reproduce.differences({"a": b"one"}, {"a": b"one"})
