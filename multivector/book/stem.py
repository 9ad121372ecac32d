"""The process that kernels are forked from: it imports what all notebooks use, and forks a kernel whenever it is asked.

Nothing heavy is imported here: where notebooks will run, a build starts the stem before anything else.
"""

import gc
import importlib
import os
import signal
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import NoReturn

_PRELOADED = "multivector.book.preloaded"
_stem: tuple[socket.socket, subprocess.Popen] | None = None
"""The way to the stem, and its process. The stem ends when nobody holds the way any more."""


def start() -> socket.socket:
    """The way to the stem, which is started if it does not run yet: it takes seconds to import all."""
    global _stem
    if not _stem:
        way, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-c", f"from {__name__} import serve; serve({theirs.fileno()}, {_PRELOADED!r})"]
            _stem = way, subprocess.Popen(command, pass_fds=[theirs.fileno()])
    return _stem[0]


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
