"""The same bytes twice: two users' clean builds of the same sources are equal, file by file.

Slow: builds a book of some pages twice. `make reproduce` does the same with the whole book.
"""

from __future__ import annotations

import pytest
from conftest import Project
from sites import USERS, build, copied, differences
from test_freshness import PAGE

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("reproducible")]

PAGES = ("chapters/small", "chapters/vectors", "chapters/claims", "chapters/quotes", "chapters/data", "chapters/sources",
         "chapters/glossary", "chapters/citing", "chapters/reproduce", "chapters/corrections",
         "chapters/changes")  # fmt: skip
DAY = "1700000000"


@pytest.fixture(scope="module")
def sites(tmp_path_factory) -> list[dict[str, bytes]]:
    """The sites of two users: other folders, homes, languages, time zones, hash seeds and file times."""
    scratch = tmp_path_factory.mktemp("twice")
    found = []
    for place, user, saved in zip(("a/book", "b b/some-longer-name"), USERS, (1e9, 1.65e9), strict=True):
        folder = copied(scratch / place, saved)
        project = Project.__new__(Project)
        project.root = folder
        (folder / "chapters/small.md").write_text(PAGE, "utf-8")
        project.only_pages(*PAGES)
        project.edit("chapters/vectors.md", "{tab}`tab-war-concentration`", "a table")  # of a page that is left out
        for file in (folder / "chapters").glob("*.md"):
            if f"chapters/{file.stem}" not in PAGES:
                file.unlink()
        project.pass_inputs()
        found.append(build(folder, user, scratch / f"home-{user['USER']}", DAY))
    return found


def test_two_users_get_the_same_site(sites):
    """So no file can tell where or by whom it was built."""
    lines = differences(*sites)
    assert not lines, "\n".join(lines[:20])


@pytest.mark.parametrize("kind", [".html", ".svg", ".png", ".csv", ".json", ".ipynb", ".zip", ".js", ".css", ".bib"])
def test_the_comparison_covers_every_kind_of_file(sites, kind):
    assert any(name.endswith(kind) for name in sites[0]), f"no {kind} in the site: nothing was compared"


def test_a_changed_byte_would_be_seen():
    assert differences({"a": b"one"}, {"a": b"two"})
    assert differences({"a": b"one"}, {})
    assert not differences({"a": b"one"}, {"a": b"one"})
