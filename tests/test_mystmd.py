"""The chapters stay valid for mystmd, the program under Jupyter Book 2: it reads all of them without an error.

The book's own roles and directives are the one thing it cannot know; a plugin made for the occasion tells it their names
and options, as the extension registers them. Nothing is executed here.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from unittest.mock import MagicMock

import pytest
import yaml
from docutils.parsers.rst.directives.body import Container

from multivector import book, paths

NO_REGISTRY = {"npm_config_registry": "http://127.0.0.1:9/"}
"""Where mystmd would ask for a newer version of itself: nobody answers."""
LOOKS = (
    'unexpected option "gutter" provided (in grid)',
    'unexpected option "link-type" provided (in grid-item-card)',
    "'frontmatter' extra key ignored: html_theme.sidebar_secondary.remove",
)
"""What only Sphinx's looks need, and mystmd passes over."""
PLUGIN = """
const { roles, directives } = VOCABULARY;
const text = { type: String };
const option = names => Object.fromEntries(names.map(name => [name, text]));
export default {
  name: "The book's own vocabulary",
  roles: roles.map(name => (
    { name, body: text, run: data => [{ type: "inlineCode", value: data.body }] })),
  directives: Object.entries(directives).map(([name, options]) => (
    { name, arg: text, options: option(options), body: { type: "myst" }, run: data => data.body ?? [] })),
};
"""


def vocabulary() -> dict:
    """Names of the book's roles, and its directives with their options, as it registers them with Sphinx."""
    app = MagicMock()
    book.setup(app)
    own = {call.args[0]: call.args[1] for call in app.add_directive.call_args_list} | {"container": Container}
    return {
        "roles": [call.args[0] for call in app.add_role.call_args_list],
        "directives": {name: sorted(found.option_spec or ()) for name, found in own.items()},
    }


def program() -> list[str]:
    """The command that runs mystmd, which needs Node; empty if this machine has none."""
    node = shutil.which("node")
    return [node, str(Path(importlib.util.find_spec("mystmd_py").origin).with_name("myst.cjs"))] if node else []


@pytest.fixture
def read(tmp_path):
    """Let mystmd read the pages of the book, or only ``changes`` of pages; gives what it complains of."""
    if not program():
        reason = "mystmd did not read the chapters: no Node; install it with `apt-get install nodejs`"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)

    def reader(changes: dict[str, str] | None = None) -> list[str]:
        pages = sorted(changes or (f"chapters/{file.name}" for file in (paths.ROOT / "chapters").glob("*.md")))
        (tmp_path / "chapters").mkdir()
        for name in ["intro.md", "CHANGELOG.md", *pages]:
            shutil.copyfile(paths.ROOT / name, tmp_path / name)
        shutil.copytree(paths.ROOT / "docs", tmp_path / "docs")  # pages include measurements
        for name, content in (changes or {}).items():
            (tmp_path / name).write_text(content, "utf-8")
        (tmp_path / "plugin.mjs").write_text(PLUGIN.replace("VOCABULARY", json.dumps(vocabulary())), "utf-8")
        (tmp_path / "template").mkdir()
        (tmp_path / "template/template.yml").write_text("myst: v1\nkind: site\nparts: []\noptions: []\n", "utf-8")
        toc = [{"file": name} for name in ["intro.md", *pages]]
        project = {"title": "Chapters", "plugins": ["plugin.mjs"], "toc": toc}
        site = {"title": "Chapters", "template": "./template"}
        (tmp_path / "myst.yml").write_text(yaml.safe_dump({"version": 1, "project": project, "site": site}), "utf-8")
        return _complaints(tmp_path, len(toc))

    return reader


def _complaints(folder: Path, pages: int) -> list[str]:
    command = [*program(), "build", "--site", "--ci"]
    surroundings = os.environ | NO_REGISTRY
    done = subprocess.run(command, cwd=folder, env=surroundings, capture_output=True, text=True, timeout=300)
    said = done.stdout + done.stderr
    assert f"Built {pages} pages" in said, said[-2000:]
    return [line for line in said.splitlines() if re.match("[⛔⚠]", line) and not any(look in line for look in LOOKS)]


def test_every_page_is_read_without_complaint_and_with_its_code(read, tmp_path):
    assert read() == []
    for file in (paths.ROOT / "chapters").glob("*.md"):
        content = json.loads((tmp_path / f"_build/site/content/{file.stem}.json").read_text("utf-8"))
        cells = [block for block in content["mdast"]["children"] if block.get("kind") == "notebook-code"]
        assert len(cells) == file.read_text("utf-8").count("```{code-cell}"), file.name


def test_a_mistake_is_complained_of(read):
    found = read({"chapters/war.md": "# War\n\n{nonsense}`word`\n\n```{include} nowhere.md\n```\n"})
    assert any("unknown role: nonsense" in line for line in found), found
    assert any("nowhere.md" in line for line in found), found
