"""Kernels that start at once: forked from one process that has imported what all notebooks use.

Importing pandas, geopandas and matplotlib takes a kernel two seconds, and the book has a dozen. One process, the stem,
imports them once a build; readers of pages, who are forked from the build after it, ask the same stem. The kernels
differ from plain ones in nothing else, and where the entry point of ``Forked`` is not installed, or the system cannot
fork, plain ones run.
"""

import gc
import importlib
import importlib.metadata
import os
import signal
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import NoReturn, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

_GROUP, _NAME = "jupyter_client.kernel_provisioners", "multivector-forked"
_PRELOADED = "multivector.book.preloaded"
_stem: tuple[socket.socket, subprocess.Popen] | None = None
"""The way to the stem, and its process. The stem ends when nobody holds the way any more."""


class Process:
    """A forked kernel, with the methods of ``subprocess.Popen`` that Jupyter asks of it.

    Both ends of ``bond`` live as long as their processes: the one that ends is missed by the other at once.
    """

    stdin = stdout = stderr = None

    def __init__(self, bond: Connection):
        self._bond, self.pid = bond, bond.recv()

    def poll(self) -> int | None:
        """0 once it has ended, None while it runs: its status goes to the stem."""
        return self.wait(0)

    def wait(self, timeout: float | None = None) -> int | None:
        """0 once it has ended, or None after ``timeout`` seconds."""
        return 0 if self._bond.poll(timeout) else None

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


class Forked(LocalProvisioner):
    """Starts a kernel by forking; all else is as for a kernel started as a program."""

    async def launch_kernel(self, cmd: list[str], **options) -> KernelConnectionInfo:
        """Fork the kernel that ``cmd`` would start; ``options`` are those of ``subprocess.Popen``."""
        if "ipykernel_launcher" not in cmd:
            return await super().launch_kernel(cmd, **options)
        arguments = cmd[cmd.index("ipykernel_launcher") :]
        try:
            process = _forked(arguments, dict(options["env"]), options.get("cwd"))
        except (OSError, EOFError):  # the stem could not import the package: a plain kernel shows its page why
            return await super().launch_kernel(cmd, **options)
        self.process = cast(subprocess.Popen, process)
        self.pid = self.pgid = process.pid
        self.cwd = options.get("cwd")
        return self.connection_info


def start() -> None:
    """Start the stem, if kernels are to be forked and it does not run yet: it takes seconds to import all."""
    global _stem
    if _stem or os.environ.get("JUPYTER_DEFAULT_PROVISIONER_NAME") != _NAME:
        return
    way, theirs = socket.socketpair()
    with theirs:
        command = [sys.executable, "-c", f"from {__name__} import serve; serve({theirs.fileno()}, {_PRELOADED!r})"]
        _stem = way, subprocess.Popen(command, pass_fds=[theirs.fileno()])


def _forked(*asked) -> Process:
    start()
    assert _stem, "a kernel is forked only where a stem can be started"
    ours, theirs = socket.socketpair()
    with theirs:
        socket.send_fds(_stem[0], [b"1"], [theirs.fileno()])
    bond = Connection(ours.detach())
    bond.send(asked)
    return Process(bond)


def serve(number: int, module: str) -> None:
    """Be the stem: import the module, then fork a kernel for each socket that comes by the one with this number."""
    sys.modules["debugpy"] = None  # type: ignore[assignment]  # no kernel of a build is debugged; half a second each
    try:
        importlib.import_module(module)
    except Exception:  # kernels that import by themselves will tell
        return
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asked ends the kernels
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # kernels that have ended are forgotten
    gc.freeze()
    with socket.socket(fileno=number) as way:
        while handles := socket.recv_fds(way, 1, 1)[1]:
            if not os.fork():
                way.close()
                _end_after(lambda: _run(Connection(handles[0])))
            os.close(handles[0])


def _end_after(work: Callable[[], None]) -> NoReturn:
    """Do the work of a forked process and end it, whatever happens: it must never go on as its parent does."""
    try:
        work()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(0)


def _run(bond: Connection) -> None:
    from ipykernel import kernelapp

    from multivector import paths
    from multivector.facts import kept, reads

    arguments, environment, folder = bond.recv()
    os.setsid()
    for number in (signal.SIGINT, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    os.environ.clear()
    parent = os.getppid()
    os.environ.update(environment, JPY_PARENT_PID=str(parent))
    if folder:
        os.chdir(folder)
    try:
        bond.send(os.getpid())
    except BrokenPipeError:  # whoever asked has ended meanwhile
        return
    threading.Thread(target=_end_with, args=(bond,), daemon=True).start()
    sys.argv = arguments
    sys.path[:] = filter(None, sys.path)  # as the launcher does: a notebook's folder is no place of modules
    kept.recall(paths.KEPT)  # what the pages ask, most cells ask too
    reads.start()
    kernelapp.IPKernelApp.launch_instance(parent_handle=parent)  # its default was read before there was a parent


def _end_with(bond: Connection) -> None:
    """End as soon as the process is gone that asked for the kernel, which has nothing more to say."""
    bond.poll(None)
    os._exit(1)


def setup(app) -> None:
    """Let the kernels of this build be forked, where that can be done."""
    known = {entry.name for entry in importlib.metadata.entry_points(group=_GROUP)}
    if _NAME in known and hasattr(os, "fork"):
        os.environ["JUPYTER_DEFAULT_PROVISIONER_NAME"] = _NAME
