"""Every download runs: each chapter's bundle is unpacked into an empty folder and executed as its README says."""

import importlib.metadata
import json
import os
import re
import shlex
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from packaging.markers import Marker
from test_anywhere import STRICT

from multivector import paths, rerun
from multivector.facts import tables

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "_build" / "html"
NAMES = sorted(file.stem for file in (SITE / "bundles").glob("*.zip"))
EVERY = pytest.mark.parametrize("name", NAMES or ["no-bundle"])
RUN, IN_JUPYTER = "order", "codebook"
"""Bundles run each day: one with maps; one that asks the digest of all tables, whose record says no more."""
# A line for the bundle's copy of the package: whoever imports that copy, and not the repository's, leaves a mark.
MARK = "\nimport os\nfrom pathlib import Path\n(Path(__file__).parent / f'imported-{os.getpid()}').touch()\n"


def unpacked(site: Path, name: str, folder: Path) -> Path:
    """The folder of a bundle, unpacked into an empty one."""
    with zipfile.ZipFile(site / "bundles" / f"{name}.zip") as archive:
        assert archive.testzip() is None
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        archive.extractall(folder)
    (inner,) = folder.iterdir()
    assert inner.name == name
    return inner


def run(command: str, folder: Path, **variables: str) -> subprocess.CompletedProcess:
    """Run a command of the README in the bundle's folder, knowing nothing of the repository."""
    programs = Path(sys.executable).parent
    path = os.pathsep.join([str(programs), "/usr/bin", "/bin"])
    environment = {"PATH": path, "HOME": str(folder.parent), "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
    first, *arguments = shlex.split(command)
    asked, variables = [str(programs / first), *arguments], environment | variables
    return subprocess.run(asked, cwd=folder, env=variables, capture_output=True, text=True, timeout=540)


def commands(folder: Path) -> list[str]:
    """The commands that the README shows as a block."""
    return re.findall(r"^    (\S.*)$", (folder / "README.md").read_text("utf-8"), re.M)


def data_files(notebook: Path) -> dict[str, bytes]:
    """Data of the figures and tables in an executed notebook."""
    found = rerun.attachments(nbformat.read(notebook, as_version=4))
    return {name: content for name, content in found.items() if name.endswith(".csv")}


def test_there_is_a_bundle_for_every_notebook(site):
    assert NAMES
    assert sorted(file.stem for file in (site / "notebooks").glob("*.ipynb")) == NAMES


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [RUN, *(pytest.param(name, marks=pytest.mark.nightly) for name in NAMES if name != RUN)]
)
def test_bundle_runs_and_gives_the_published_data(site, name, tmp_path):
    folder = unpacked(site, name, tmp_path)
    published = data_files(folder / f"{name}.ipynb")
    package = folder / "multivector"
    with (package / "__init__.py").open("a", encoding="utf-8") as file:
        file.write(MARK)
    log = tmp_path / "reads"
    done = run(commands(folder)[1], folder, MULTIVECTOR_READS=str(log), PYTHONWARNINGS=STRICT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{name}.ipynb: {len(published)} data files of figures and tables are the published ones" in done.stdout
    assert len(list(package.glob("imported-*"))) >= 2, "command and kernel import the bundle's own package"
    results = {file.name: file.read_bytes() for file in (folder / "results").glob("*.csv")}
    assert results == published
    read = {line.split(" ", 1)[1] for line in log.read_text("utf-8").splitlines() if " data/" in line}
    assert read, "the tables that were read lay in the bundle"


@pytest.mark.slow
def test_bundle_runs_in_plain_jupyter(site, tmp_path):
    folder = unpacked(site, IN_JUPYTER, tmp_path)
    published = data_files(folder / f"{IN_JUPYTER}.ipynb")
    text = " ".join((folder / "README.md").read_text("utf-8").split())
    (command,) = re.findall(r"`(jupyter nbconvert [^`]+)`", text)
    done = run(command, folder)
    assert done.returncode == 0, done.stderr[-3000:]
    assert data_files(folder / f"{IN_JUPYTER}.ipynb") == published


@pytest.mark.slow
def test_rerun_says_when_data_differ(site, tmp_path):
    folder = unpacked(site, "sources", tmp_path)
    file = folder / "data" / "sources.csv"
    text = file.read_text("utf-8")
    file.write_text(text.replace(",secondary,", ",good,", 1), "utf-8")  # the page counts the sources of each grade
    sealed = run("python -m multivector seal", folder)
    assert sealed.returncode == 0, sealed.stderr
    done = run(commands(folder)[1], folder)
    assert done.returncode == 1
    assert re.search(r"^rerun: tab-\S+\.csv: differs$", done.stderr, re.M)


@EVERY
def test_bundle_holds_what_it_needs_and_no_more(site, name, tmp_path):
    """Two commands, the lock that is in use here, the code of this state, and each table that the build saw it read."""
    folder = unpacked(site, name, tmp_path)
    assert commands(folder) == [
        "python -m pip install --require-hashes -r requirements.txt",
        "python -m multivector.rerun",
    ]
    assert (folder / "requirements.txt").read_text("utf-8") == paths.LOCK.read_text("utf-8")
    files = {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    package = json.loads(files["data/datapackage.json"])
    data = {f"data/{entry['path']}" for entry in package["resources"]}
    described = {Path(file).with_suffix(".yml").as_posix() for file in data} | {"data/package.yml"}
    assert {"data/states.csv", "data/sources.csv"} <= data
    assert len(data) < len(tables.names()), "not every table comes along"
    code = {file.relative_to(ROOT).as_posix(): file.read_bytes() for file in (ROOT / "multivector").rglob("*.py")}
    code = {file: content for file, content in code.items() if "/book/" not in file}
    own = {"README.md", "LICENSE", "CITATION.cff", "requirements.txt", "data/datapackage.json"}
    assert files.keys() == own | {f"{name}.ipynb", f"{name}.md"} | data | described | code.keys()
    assert {file: files[file] for file in code} == code
    runs = (site.parent / ".jupyter_cache" / f"chapters-{name}").glob("*/reads.txt")
    lines = max(runs, key=lambda record: record.stat().st_mtime).read_text("utf-8").splitlines()
    read = {line.partition(" ")[2] for line in lines if " data/" in line}
    assert read
    assert name == IN_JUPYTER or read <= files.keys(), "its kernel read what does not come along"
    for entry in package["resources"]:
        assert files[f"data/{entry['path']}"] == tables.read_bytes(entry["name"])
        for key in entry["schema"].get("foreignKeys", ()):
            assert key["reference"]["resource"] in {"", *(other["name"] for other in package["resources"])}
    notebook = nbformat.reads(files[f"{name}.ipynb"].decode(), as_version=4)
    nbformat.validate(notebook)
    assert any(cell.get("outputs") for cell in notebook.cells), "the notebook is executed"


def test_the_lock_is_what_runs_here():
    lock = paths.LOCK.read_text("utf-8")
    for package, version, marker in re.findall(r"^([\w.-]+)==([^\s;\\]+)(?: *; *([^\\\n]+))?", lock, re.M):
        if not marker or Marker(marker.strip()).evaluate():
            assert importlib.metadata.version(package) == version, f"{package}: another version than the lock's"


@EVERY
def test_notebook_tells_nothing_of_the_machine_and_no_cell_leaves_a_bare_value(site, name):
    """The last expression of a cell would print what no reader wants, and an address in memory that never comes again."""
    notebook = nbformat.read(site / "notebooks" / f"{name}.ipynb", as_version=4)
    assert set(notebook["metadata"]) <= {"kernelspec", "language_info", "title", "authors", "license"}
    assert not [cell for cell in notebook["cells"] if "execution" in cell["metadata"]], "times of a run"
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", ())]
    assert not [one for one in outputs if one["output_type"] == "execute_result" or one.get("name") == "stderr"]
