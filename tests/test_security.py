"""Nothing unlocked is installed, nothing that stands in data is executed, nothing published tells who built it."""

import ast
import contextlib
import csv
import getpass
import importlib.metadata
import io
import re
import socket
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from packaging.utils import canonicalize_name

from multivector import paths
from multivector.errors import BookError, NoData
from multivector.findings import Desk
from multivector.ledger import claims, expressions

LOCKS = {name: paths.ROOT / name for name in ("requirements.txt", "requirements-test.txt")}
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
REQUIREMENT = re.compile(r"[a-z0-9][a-z0-9._-]*==[^\s;\\]+(?: ; [^\\]+)?")

# --- locks --------------------------------------------------------------------------------------------------------


def entries(lock: str) -> list[str]:
    """The requirements of a lock file, each with its options on one line."""
    lines = [line for line in lock.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return "\n".join(lines).replace("\\\n", "").splitlines()


def unlocked(lock: str) -> list[str]:
    """Entries that are more or less than a version with hashes: an index, a path, an address, a version left open."""
    found = []
    for entry in entries(lock):
        requirement, *hashes = re.split(r"\s+(?=--)", entry.strip())
        if not REQUIREMENT.fullmatch(requirement) or not hashes or not all(map(HASH.fullmatch, hashes)):
            found.append(entry)
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_is_one_version_with_hashes(name):
    lock = LOCKS[name].read_text("utf-8")
    assert len(entries(lock)) > 100
    assert not unlocked(lock)
    assert "://" not in lock
    assert "file:" not in lock


@pytest.mark.parametrize(
    "line",
    [
        "pandas==3.1.1",
        "pandas>=3 --hash=sha256:" + "0" * 64,
        "--extra-index-url https://example.org/simple",
        "-e .",
        "./local.whl --hash=sha256:" + "0" * 64,
        "pandas @ https://example.org/p.whl --hash=sha256:" + "0" * 64,
        "pandas==3.1.1 --hash=md5:" + "0" * 32,
    ],
)
def test_an_unlocked_requirement_would_be_seen(line):
    assert unlocked(f"a==1 \\\n    --hash=sha256:{'0' * 64}\n{line}\n") == [line]


def test_the_lock_of_tests_agrees_with_that_of_the_book():
    pins = re.compile(r"^[\w.-]+==[\w.]+", re.M)  # without the machines for which they are
    book, tests = (set(pins.findall(lock.read_text("utf-8"))) for lock in LOCKS.values())
    assert len(book) > 100
    assert book <= tests, sorted(book - tests)[:5]


@pytest.mark.parametrize("name", LOCKS)
def test_everything_asked_for_is_locked(name):
    """`make lock` was run after the last change of what the book asks for."""
    wanted = _names((paths.ROOT / name.replace(".txt", ".in")).read_text("utf-8"))
    assert not wanted - _names(LOCKS[name].read_text("utf-8"))


def _names(text: str) -> set[str]:
    """Packages at the beginnings of lines, as registries compare them."""
    return {canonicalize_name(name) for name in re.findall(r"^([A-Za-z0-9][\w.-]*)", text, re.M)}


# --- the book's own code ------------------------------------------------------------------------------------------

CODE = [file for folder in ("multivector", "tools", "data/derive") for file in (paths.ROOT / folder).rglob("*.py")]
CELL = re.compile(r"^```\{code-cell\} python\n((?::[^\n]*\n)*)(.*?)^```", re.MULTILINE | re.DOTALL)
EXECUTING = {"eval", "exec", "compile", "__import__"}
UNSAFE_MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal", "joblib"}
UNSAFE_CALLS = {"os.system", "os.popen", "pandas.read_pickle", "pd.read_pickle", "pd.eval", "tempfile.mktemp"}
SAFE_LOADERS = {"SafeLoader", "CSafeLoader"}


def dangers(tree: ast.AST) -> list[str]:
    """What in a piece of code executes text, unpacks objects or goes through a shell, with its line."""
    asked = [(node, _imported(node) or _called(node)) for node in ast.walk(tree)]
    return [f"line {node.lineno}: {reason}" for node, reason in asked if reason]


def _imported(node: ast.AST) -> str:
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
    names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
    return next((f"imports {name}" for name in names if name.split(".")[0] in UNSAFE_MODULES), "")


def _called(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    function = node.func
    name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    owner = function.value.id if isinstance(getattr(function, "value", None), ast.Name) else ""
    if isinstance(function, ast.Name) and name in EXECUTING:
        return f"calls {name}"
    if f"{owner}.{name}" in UNSAFE_CALLS:
        return f"calls {owner}.{name}"
    if name in ("query", "eval") and not all(isinstance(given, ast.Constant) for given in node.args):
        return f"calls {name} with a text made elsewhere"
    if owner == "yaml" and name in ("load", "load_all", "unsafe_load", "full_load"):
        loaders = {getattr(word.value, "attr", getattr(word.value, "id", "")) for word in node.keywords}
        return "" if loaders & SAFE_LOADERS else f"calls yaml.{name} without a safe loader"
    if any(word.arg == "shell" and getattr(word.value, "value", True) is not False for word in node.keywords):
        return f"calls {name} with a shell"
    return ""


def test_code_executes_no_text_and_unpacks_no_objects():
    cells = [
        (file.name, cell) for file in paths.CHAPTERS.glob("*.md") for _, cell in CELL.findall(file.read_text("utf-8"))
    ]
    code = [(file.name, file.read_text("utf-8")) for file in CODE]
    assert min(len(cells), len(code)) > 60
    found = [f"{place}, {danger}" for place, text in (*code, *cells) for danger in dangers(ast.parse(text))]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "eval(row['condition'])",
        "exec(text)",
        "import pickle",
        "from pickle import loads",
        "frame.query(text)",
        "frame.eval(text)",
        "pd.read_pickle(file)",
        "yaml.load(text)",
        "yaml.load(text, Loader=yaml.Loader)",
        "subprocess.run(text, shell=True)",
        "subprocess.run(text, shell=wanted)",
        "os.system(text)",
        "__import__(name)",
    ],
)
def test_dangerous_code_would_be_seen(line):
    assert len(dangers(ast.parse(line))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "frame.query('year == @year')",
        "yaml.safe_load(text)",
        "yaml.load(t, Loader=yaml.SafeLoader)",
        "run(c, shell=False)",
        "re.compile('a')",
    ],
)
def test_harmless_code_is_let_through(line):
    assert not dangers(ast.parse(line))


# --- conditions of claims -----------------------------------------------------------------------------------------

TOKENS = """
order . slavic_share war_count ( ) year = 2021 'abstain' vote <= == society and or not + - * / ** abs True None [ ] { }
, : lambda if else for in import os system __class__ __import__ __builtins__ eval open := await f'' 0 1e999 # ; \\ \x00
' " ~ @ is % // | focus
"""
WORDS = st.sampled_from([*TOKENS.split(), "\n"])
EXPRESSIONS = st.one_of(st.text(max_size=80), st.lists(WORDS, max_size=14).map(" ".join))


FORBIDDEN = ("exec", "os.system", "os.remove", "os.rename", "subprocess.", "socket.", "pickle.", "shutil.", "import")


class Watch:
    """A record of what the interpreter is asked to do, in a block, that no condition must be able to ask."""

    def __init__(self):
        self.seen: list[str] = []
        self.on = False
        sys.addaudithook(self._hear)  # cannot be taken off again: ``on`` switches it

    def _hear(self, event: str, arguments: tuple) -> None:
        if self.on and (event.startswith(FORBIDDEN) or event == "open" and set(str(arguments[1])) & set("wax+")):
            self.seen.append(f"{event} {arguments!r:.200}")

    def __enter__(self):
        self.on = True
        self.seen.clear()
        return self.seen

    def __exit__(self, *_):
        self.on = False


@pytest.fixture(scope="module")
def watch() -> Watch:
    outcomes = [claim.holds for claim in claims.ledger()]  # what findings import on first use is no condition's doing
    assert set(outcomes) == {True, None}
    assert outcomes.count(True) > 60
    return Watch()


def test_what_a_condition_must_not_do_would_be_seen(watch, tmp_path):
    with watch as seen:
        exec("1")
    assert seen
    with watch as seen:
        (tmp_path / "x").write_text("x")
    assert seen


def fault_of(text: str) -> str:
    """The line of fault of a condition; empty if it has a truth."""
    try:
        outcome = expressions.holds(text, Desk("KAZ"))
    except (BookError, NoData) as fault:
        return str(fault)
    assert outcome is True or outcome is False
    return ""


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EXPRESSIONS)
@example("__import__('os').system('touch /tmp/never')")
@example("().__class__.__base__.__subclasses__() == 1")
@example("war.__class__.__init__.__globals__ == 1")
@example("society.slavic_share(year=__import__('os')) == 1")
@example("society.slavic_share(**{'year': 2021}) == 1")
@example("society.slavic_share(focus='RUS') == 1")
@example("(" * 300 + "1" + ")" * 300 + " == 1")
@example("-" * 5000 + "1 == 1")
@example("not " * 3000 + "True")
@example("1 / 0 == 1")
@example("9 ** 9 ** 9 == 1")
@example("'a' * 999999999999 == 1")
@example("'a' - 1 == 1")
@example("abs('a') == 1")
@example("'a' < 1")
@example("1e308 * 1e308 == 1")
@example("society.slavic_share(year=[1]) == 1")
@example("\x00")
@example("society.slavic_share(year='2021') == 1")
@example("9" * 5000 + " == 1")
def test_any_text_is_a_condition_or_one_line_of_fault(watch, text):
    with watch as seen:
        fault = fault_of(text)
    assert "\n" not in fault
    assert not seen


@pytest.mark.parametrize(
    "text",
    [
        "society.slavic_share.__class__ == 1",
        "war.__dict__ == 1",
        "__builtins__.open == 1",
        "war._registry == 1",
        "society.slavic_share()(1) == 1",
        "society.slavic_share(year=society.slavic_share) > 1",
        "[x for x in (1,)] == 1",
        "f'{1}' == '1'",
        "(y := 1) == 1",
        "1 if True else 0",
        "{1: 2} == 1",
        "2 ** 9 == 512",
        "'a' in 'abc'",
        "b'a' == 1",
        "... == 1",
        "1j == 1",
        "None == 1",
        "open('x') == 1",
        "(lambda: 1)() == 1",
        "[1][0] == 1",
        "abs(1, 2) == 1",
        "x == 1",
        "society.slavic_share(2021) > 1",
        "1 ==",
        "5",
    ],
)
def test_everything_outside_the_grammar_is_refused_in_one_line(text):
    with pytest.raises(BookError) as fault:
        expressions.holds(text, Desk("KAZ"))
    assert "\n" not in str(fault.value)


# --- what is published --------------------------------------------------------------------------------------------

PLACES = re.compile(
    rb"(?:(?<![\w.])/home/[a-z]|/root/|/Users/[A-Za-z]|/tmp/[a-z]|/private/var|[A-Z]:\\\\?Users|file:///|site-packages/|\.venv/lib)"
)


def texts(file: Path) -> dict[str, bytes]:
    """A published file, or every file in it."""
    content = file.read_bytes()
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return {file.name: content}
    archive = zipfile.ZipFile(io.BytesIO(content))
    return {f"{file.name}:{name}": archive.read(name) for name in archive.namelist()}


def traces(content: bytes) -> list[str]:
    """Places on somebody's machine that a text names, and names of this machine and its user."""
    own = [str(paths.ROOT), str(Path.home()), sys.prefix, socket.gethostname()]
    own += [getpass.getuser()] if getpass.getuser() not in ("root", "runner", "vscode", "jovyan") else []
    found = [word for word in own if len(word) > 5 and word.encode() in content]
    return found + [match.group().decode() for match in PLACES.finditer(content)]


@pytest.mark.parametrize("kind", ["html", "ipynb", "zip", "json", "js", "svg", "csv", "bib", "ris", "txt", "css"])
def test_no_published_file_tells_where_it_was_made(site, kind):
    files = [file for file in sorted(site.rglob(f"*.{kind}")) if "_static/scripts" not in file.as_posix()]
    assert files, f"no .{kind} in the site: nothing was looked at"
    told = {
        name: traces(content)
        for file in files
        for name, content in texts(file).items()
        if not name.endswith((".py", "README.md"))  # code and instructions may name a folder as an example
    }
    assert not {name: found for name, found in told.items() if found}


COMPUTES = re.compile(r"[=+@\t\r]|-[=(@]")
"""How a cell begins that a spreadsheet computes. ``- is``, the head of a quoted passage, computes nothing."""


def computing(content: bytes) -> list[str]:
    """Cells of a CSV that a spreadsheet would run when the file is opened; a number with a sign is none."""
    cells = (cell for line in csv.reader(io.StringIO(content.decode("utf-8"))) for cell in line)
    return [cell for cell in cells if COMPUTES.match(cell) and not re.fullmatch(r"[+-][\d.]+", cell)]


def test_no_table_or_download_holds_a_cell_that_a_spreadsheet_runs(site):
    for file in (*sorted(paths.DATA.glob("*.csv")), *sorted(site.rglob("*.csv"))):
        assert not computing(file.read_bytes()), file.name


@pytest.mark.parametrize("cell", ["=1+1", "@SUM(A1)", "+cmd|x", "-(1)", '"\t=1"', "=HYPERLINK(0)"])
def test_a_cell_that_computes_would_be_seen(cell):
    assert computing(f"a,b\n-0.5,{cell}\n".encode())


@pytest.mark.parametrize(
    "text", [b'"/home/ada/book/x.csv"', b"C:\\\\Users\\\\ada", b"/root/x", b"/Users/Ada/x", b"file:///x"]
)
def test_a_local_path_would_be_seen(text):
    assert traces(text)


# --- the record of dependencies -------------------------------------------------------------------------------------


def test_record_names_every_direct_dependency_and_no_other():
    asked = set().union(*(_names((paths.ROOT / f"requirements{kind}.in").read_text("utf-8")) for kind in ("", "-test")))
    rows = re.findall(r"^\| ([\w-]+) \| ([^|]+) \|", (paths.ROOT / "docs/audit.md").read_text("utf-8"), re.M)
    told = {name: licence for name, licence in rows if name != "package"}
    assert told.keys() - {"---"} == asked


def test_no_package_of_the_book_is_under_a_licence_that_passes_itself_on():
    found = []
    for name in _names(LOCKS["requirements.txt"].read_text("utf-8")):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            about = importlib.metadata.metadata(name)
            stated = about.get("License-Expression") or " ".join(about.get_all("Classifier", []))
            found += [name] if re.search(r"(?<!L)GPL|GNU General", stated) and "Artistic" not in stated else []
    assert found == ["docutils"], "docutils has one Emacs mode under the GPL, which the book does not use"
