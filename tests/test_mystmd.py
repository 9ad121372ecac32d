"""The chapters stay valid for mystmd, the program under Jupyter Book 2: it reads all of them without an error.

The book's own roles and directives are the one thing it cannot know; a plugin made for the occasion tells it their names
and options, as the extension registers them. Nothing is executed here.
"""

import importlib.util
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from unittest.mock import MagicMock

import yaml
from docutils.parsers.rst.directives.body import Container
from programs import not_run

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


def said_of(folder: Path, pages: list[str]) -> str:
    """What mystmd says when it reads the pages that stand in a folder."""
    if not (node := shutil.which("node")):
        not_run("mystmd did not read the chapters", "no Node; install it with `apt-get install nodejs`")
    (folder / "plugin.mjs").write_text(PLUGIN.replace("VOCABULARY", json.dumps(vocabulary())), "utf-8")
    (folder / "template").mkdir()
    (folder / "template/template.yml").write_text("myst: v1\nkind: site\nparts: []\noptions: []\n", "utf-8")
    project = {"title": "Chapters", "plugins": ["plugin.mjs"], "toc": [{"file": name} for name in pages]}
    site = {"title": "Chapters", "template": "./template"}
    (folder / "myst.yml").write_text(yaml.safe_dump({"version": 1, "project": project, "site": site}), "utf-8")
    program = Path(importlib.util.find_spec("mystmd_py").origin).with_name("myst.cjs")
    command = [node, str(program), "build", "--site", "--ci"]
    done = subprocess.run(
        command, cwd=folder, env=os.environ | NO_REGISTRY, capture_output=True, text=True, timeout=300
    )
    return done.stdout + done.stderr


def test_every_page_is_read_with_its_code_and_only_mistakes_are_complained_of(tmp_path):
    chapters = sorted((paths.ROOT / "chapters").glob("*.md"))
    pages = ["intro.md", *(f"chapters/{file.name}" for file in chapters)]
    (tmp_path / "chapters").mkdir()
    for name in [*pages, "CHANGELOG.md"]:
        shutil.copyfile(paths.ROOT / name, tmp_path / name)
    shutil.copytree(paths.ROOT / "docs", tmp_path / "docs")  # pages include measurements
    (tmp_path / "mistaken.md").write_text("# War\n\n{nonsense}`word`\n\n```{include} nowhere.md\n```\n", "utf-8")
    said = said_of(tmp_path, [*pages, "mistaken.md"])
    assert f"Built {len(pages) + 1} pages" in said, said[-2000:]
    complaints = [line for line in said.splitlines() if re.match("[⛔⚠]", line)]
    complaints = [line for line in complaints if not any(look in line for look in LOOKS)]
    assert len(complaints) == 2, complaints
    assert any("mistaken.md:3 unknown role: nonsense" in line for line in complaints), complaints
    assert any("nowhere.md" in line for line in complaints), complaints
    for file in chapters:
        content = json.loads((tmp_path / f"_build/site/content/{file.stem}.json").read_text("utf-8"))
        cells = [block for block in content["mdast"]["children"] if block.get("kind") == "notebook-code"]
        assert len(cells) == file.read_text("utf-8").count("```{code-cell}"), file.name
