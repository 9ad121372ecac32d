"""The workflows of the usual host call the same make targets as anybody, ask for no more rights than they need."""

import re

import pytest
import yaml
from test_anywhere import made, targets

from multivector import paths

FOLDER = paths.ROOT / ".github" / "workflows"
WORKFLOWS = {file.stem: file for file in sorted(FOLDER.glob("*.yml"))}
USES = re.compile(r"[a-z-]+/[a-z-]+@(?:v\d+|[0-9a-f]{40})")
TO_PUBLISH = {"pages": "write", "id-token": "write"}


def load(name: str) -> dict:
    return yaml.safe_load(WORKFLOWS[name].read_text("utf-8"))


def steps(name: str) -> list[dict]:
    return [step for job in load(name)["jobs"].values() for step in job["steps"]]


def commands(name: str) -> set[str]:
    return set().union(*(made(step["run"]) for step in steps(name) if "run" in step))


@pytest.mark.parametrize("name", WORKFLOWS)
def test_workflow_calls_targets_pins_actions_asks_few_rights_and_ends(name):
    """Besides make only system packages are installed: whatever else is done can be done at home by the same name."""
    assert commands(name), "a workflow that calls no target does work of its own"
    assert not commands(name) - targets()
    for step in steps(name):
        assert re.match(r"make |sudo apt-get ", step.get("run", "make ")), step
        assert "run" in step or USES.fullmatch(step["uses"]), step
    workflow = load(name)
    assert workflow["permissions"] == {"contents": "read"}
    asked = {job: rights["permissions"] for job, rights in workflow["jobs"].items() if "permissions" in rights}
    assert asked == ({"publish": TO_PUBLISH} if name == "publish" else {})
    assert "secrets." not in WORKFLOWS[name].read_text("utf-8")
    for job in workflow["jobs"].values():
        assert job.get("timeout-minutes", 0) <= 60
        assert "timeout-minutes" in job or [step["uses"] for step in job["steps"]] == ["actions/deploy-pages@v4"]


def test_checks_run_on_every_python_that_the_book_supports():
    matrix = load("test")["jobs"]["test"]["strategy"]["matrix"]["python"]
    assert matrix == ["3.11", "3.12", "3.13"]
    oldest = re.search(r'requires-python = ">=([\d.]+)"', (paths.ROOT / "pyproject.toml").read_text("utf-8")).group(1)
    assert matrix[0] == oldest
    assert {"test", "audit"} <= commands("test")


def packages(text: str) -> list[set[str]]:
    """Packages of each `apt-get install` in a text."""
    return [
        {word for word in found.split() if not word.startswith("-")}
        for found in re.findall(r"apt-get install ([a-z -]+)", text)
    ]


def test_every_place_that_runs_the_checks_has_the_programs_that_they_use():
    """Browser, PDF tools, Java, Node. The usual host's own machines have Chrome and Node already."""
    (wanted,) = packages((paths.ROOT / ".ci" / "run").read_text("utf-8"))
    container = (paths.ROOT / ".devcontainer" / "devcontainer.json").read_text("utf-8")
    assert packages(container) == [wanted]
    for name in ("test", "latest", "publish"):
        assert packages(WORKFLOWS[name].read_text("utf-8")) == [wanted - {"chromium", "nodejs", "npm"}], name


def test_publishing_builds_what_it_uploads():
    assert {"test", "release"} <= commands("publish")
    building = next(step for step in steps("publish") if "release" in step.get("run", ""))
    assert set(building["env"]) == {"BOOK_URL", "BOOK_REPOSITORY", "BOOK_BRANCH"}
    uploaded = [step["with"]["path"] for step in steps("publish") if "upload" in step.get("uses", "")]
    assert uploaded[0] == "_build/publish"
    assert "_build/release" in uploaded[1]
    assert ".pdf" in uploaded[1]
    assert ".epub" in uploaded[1]


def test_a_target_that_is_not_there_would_be_seen():
    assert made("make nosuchthing && sudo make PYTHON=python3 test") - targets() == {"nosuchthing"}
    assert not USES.fullmatch("actions/checkout@main")


# --- what two of them call ----------------------------------------------------------------------------------------


@pytest.fixture
def asked(answering, tmp_path):
    """A site that links to a small server of its own, with answers of every kind."""

    def site(*kinds: int):
        links = "".join(f'<a class="x" href="{answering}/{kind}?Ақтөбе&amp;a=1#part">{kind}</a>' for kind in kinds)
        (tmp_path / "index.html").write_text(f'<a href="other.html">x</a>{links}', "utf-8")
        return tmp_path

    return site


@pytest.mark.parametrize(
    ("kinds", "status", "told"),
    [
        ((200, 200), 0, "1 answer, 0 are gone, 0 cannot be told"),
        ((200, 403, 500), 0, "1 answer, 0 are gone, 2 cannot be told"),
        ((200, 404, 410), 1, "1 answer, 2 are gone, 0 cannot be told"),
        ((403,), 2, "none of 1 addresses answered"),
    ],
)
def test_a_dead_address_fails_the_check_of_links(kinds, status, told, asked, capsys):
    import links

    assert links.main(asked(*kinds)) == status
    shown = capsys.readouterr().out
    assert told in shown
    assert shown.count("Gone: ") == sum(kind in (404, 410) for kind in kinds)


def test_links_of_the_book_are_found(site):
    import links

    found = links.addresses(site)
    print(f"{len(found)} external addresses")
    assert len(found) > 150
    assert all(address.startswith("http") and "&amp;" not in address for address in found)
