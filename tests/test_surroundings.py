"""The builder's own settings stay out; what a build starts ends with it; a desk hands out copies and follows its tables."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from jupyter_client import connect

from multivector import rerun
from multivector.book import readable, surroundings
from multivector.findings import Desk

_BUILD = """
import os, sys, time
from pathlib import Path
from multivector.book import lock
os.register_at_fork(after_in_child=lock._become_reader)
folder = Path(sys.argv[1])
lock.hold(folder)
lock.note(folder, "reading")
reader = os.fork()
if not reader:
    time.sleep(120)
print(reader, flush=True)
time.sleep(120)
"""
_SLOW_TO_START = "import os, time\nos.register_at_fork(after_in_child=lambda: time.sleep(1))\n"
_KERNEL = """
import os, time
import psutil
from jupyter_client.manager import start_new_kernel
from multivector.book import kernels
kernels.setup(None)
kernels.start()
reader = os.fork()
manager, client = start_new_kernel()
kernel = psutil.Process(manager.provisioner.pid)
os.write(1, f"{kernel.pid} {kernel.ppid()}\\n".encode())  # whole: both processes write to the same pipe
time.sleep(120 if reader else 0)
manager.shutdown_kernel(now=True)
os.write(1, f"{kernel.is_running()}\\n".encode())
"""
_FAULTY = """
import sys
from pathlib import Path
from multivector import rerun
from multivector.book import kernels, stem
stem._PRELOADED = "a_module_with_a_fault"
kernels.setup(None)
done = rerun.executed(Path(sys.argv[1], "one.ipynb"))
way, process = stem._stem
way.close()
print(done["cells"][0]["outputs"][0]["text"], process.wait(10))
"""
_TWICE = """
from multivector.facts import tables
from multivector.findings import Desk
desk = Desk()
before = desk("society.slavic_share", year=2021)
text = tables.paths.table_file("census.csv").read_text("utf-8")
tables.paths.table_file("census.csv").write_text(text.replace("2021,Russians,2", "2021,Russians,1"), "utf-8")
try:
    desk("society.slavic_share", year=2021)
except tables.BookError as fault:
    print(fault)
tables.seal()
print(before, desk("society.slavic_share", year=2021))
"""


def test_settings_of_the_user_are_taken_away(tmp_path):
    hostile = {"MATPLOTLIBRC": "x", "IPYTHONDIR": "/home/me/.ipython", "GIT_DIR": "/nowhere", "PYTHONWARNINGS": "error"}
    environment = {**hostile, "HOME": "/nowhere", "LANG": "C"}
    surroundings.settle(environment, tmp_path)
    assert not {"MATPLOTLIBRC", "GIT_DIR", "PYTHONWARNINGS"} & set(environment)
    assert environment["HOME"] == "/nowhere"
    assert environment["LANG"] == "C"
    for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR"):
        assert environment[name].startswith(str(tmp_path))
        assert not os.listdir(environment[name])
    fonts = Path(environment["MPLCONFIGDIR"])
    assert fonts.is_relative_to(sys.prefix)
    assert not list(fonts.glob("*rc"))


def test_settings_stand_in_the_build_where_packages_may_not_be_written(tmp_path, monkeypatch):
    monkeypatch.setattr(surroundings.os, "access", lambda *_: False)
    surroundings.settle(environment := {}, tmp_path)
    assert environment["MPLCONFIGDIR"] == str(tmp_path / "matplotlib")


def test_reader_ends_with_a_killed_build_and_the_lock_is_free(tmp_path):
    build = subprocess.Popen([sys.executable, "-c", _BUILD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    reader = int(build.stdout.readline())
    build.send_signal(signal.SIGKILL)
    build.wait()
    build.stdout.close()
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from pathlib import Path; from multivector.book import lock; "
         "print(lock.hold(Path(sys.argv[1])))", str(tmp_path)], capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout.strip() == "reading", done.stderr
    assert _ends(reader), "the reader lives on after its build was killed"


def test_reader_ends_if_its_build_was_killed_before_it_looked(tmp_path):
    build = subprocess.Popen(
        [sys.executable, "-c", _SLOW_TO_START + _BUILD, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    reader = int(build.stdout.readline())
    build.send_signal(signal.SIGKILL)
    build.wait()
    build.stdout.close()
    assert _ends(reader), "the reader takes its new parent for its build"


def test_kernel_ends_with_a_killed_build(tmp_path):
    build = subprocess.Popen([sys.executable, "-c", _KERNEL], stdout=subprocess.PIPE, text=True)
    lines = [build.stdout.readline().split() for _ in range(3)]  # kernels of build and reader, what the reader left
    build.send_signal(signal.SIGKILL)
    build.wait()
    build.stdout.close()
    (first, stem), (second, other) = ([int(number) for number in line] for line in lines if len(line) == 2)
    assert stem == other, "a reader has its kernel from the stem of its build"
    assert ["False"] in lines, "the reader's kernel is there after it was shut down"
    assert _ends(first), "the kernel lives on after its build was killed"
    assert _ends(second)
    assert _ends(stem), "what kernels are forked from lives on after the build was killed"


def _ends(process: int) -> bool:
    """Whether a process ends within ten seconds; else it is killed."""
    for _ in range(100):
        if not _is_at_work(process):
            return True
        time.sleep(0.1)
    os.kill(process, signal.SIGKILL)
    return False


def _is_at_work(process: int) -> bool:
    """Whether a process runs; one that has ended keeps its number, as a zombie, until its new parent asks for it."""
    said = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True).stdout
    return bool(said.strip()) and not said.startswith("Z")


def test_what_a_program_says_beside_its_results_is_not_published():
    said = {"output_type": "stream", "name": "stderr", "text": "mkdir -p failed for path /nowhere/.config"}
    printed = {"output_type": "stream", "name": "stdout", "text": "1"}
    cell = {"cell_type": "code", "source": "1", "execution_count": 1, "outputs": [said, printed]}
    published = readable.notebook({"cells": [cell]}, "chapters/order")
    assert [output["name"] for output in published["cells"][0]["outputs"]] == ["stdout"]


def test_desk_hands_out_copies():
    desk = Desk()
    frame = desk("society.composition")
    frame.iloc[0, 0] = None
    assert desk("society.composition").iloc[0, 0] is not None
    assert desk("society.composition") is not desk("society.composition")


def test_desk_follows_a_table_that_changes_under_a_running_kernel(project):
    done = project.run("-c", _TWICE)
    told, values = done.stdout.splitlines()
    assert "data/census.csv: checksum" in told, done.stderr
    assert "seal" in told
    before, after = map(float, values.split())
    assert after < before


def test_a_kernel_whose_port_was_taken_is_started_again(tmp_path, monkeypatch):
    find, taken = connect.LocalPortCache.find_available_port, socket.create_server(("127.0.0.1", 0))
    asked: list[str] = []

    def find_available_port(cache, address):
        asked.append(address)
        return taken.getsockname()[1] if len(asked) == 1 else find(cache, address)

    monkeypatch.setattr(connect.LocalPortCache, "find_available_port", find_available_port)
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print(6 * 7)")]), tmp_path / "one.ipynb")
    with taken:
        done = rerun.executed(tmp_path / "one.ipynb")
    assert len(asked) > 5, "the ports of a second kernel were asked for"
    assert done["cells"][0]["outputs"][0]["text"] == "42\n"


def test_a_kernel_runs_where_nothing_can_be_imported_ahead(tmp_path):
    cell = nbformat.v4.new_code_cell("print(6 * 7)")
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "one.ipynb")
    done = subprocess.run([sys.executable, "-c", _FAULTY, str(tmp_path)], capture_output=True, text=True)
    assert done.stdout.split() == ["42", "0"], done.stderr  # the output, and the status of what should have been forked
    assert "Traceback" not in done.stderr


def test_what_stops_in_a_kernel_is_not_tried_again():
    tries: list[int] = []

    def stops():
        tries.append(1)
        raise RuntimeError("Kernel died")

    with pytest.raises(RuntimeError):
        rerun.started(stops)
    assert len(tries) == 1
