"""Kernels that start at once: forked from one process that has imported what all notebooks use.

Importing pandas, geopandas and matplotlib takes a kernel two seconds, and the book has a dozen. The standard library's
fork server imports them once a build. The kernels differ from plain ones in nothing else, and where the entry point of
``Forked`` is not installed, or the system cannot fork, plain ones run.
"""

from __future__ import annotations

import importlib.metadata
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from typing import cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

_GROUP, _NAME = "jupyter_client.kernel_provisioners", "multivector-forked"
_PRELOADED = ["multivector.book.preloaded"]


class Process:
    """A forked kernel, with the methods of ``subprocess.Popen`` that Jupyter asks of it."""

    stdin = stdout = stderr = None

    def __init__(self, process):
        self._process, self.pid = process, process.pid

    def poll(self) -> int | None:
        """Exit status, or None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int | None:
        """Exit status once it has ended, or None after ``timeout`` seconds."""
        self._process.join(timeout)
        return self._process.exitcode

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
        context = multiprocessing.get_context("forkserver")
        arguments = cmd[cmd.index("ipykernel_launcher") :]
        process = context.Process(target=_run, args=(arguments, dict(options["env"]), options.get("cwd")))
        process.start()
        self.process = cast(subprocess.Popen, Process(process))
        self.pid = self.pgid = process.pid
        self.cwd = options.get("cwd")
        return self.connection_info


def _run(arguments: list[str], environment: dict[str, str], folder: str | None) -> None:
    from ipykernel import kernelapp

    from multivector.facts import reads

    os.setsid()
    os.environ.clear()
    parent = os.getppid()
    os.environ.update(environment, JPY_PARENT_PID=str(parent))
    if folder:
        os.chdir(folder)
    sys.argv = arguments
    sys.path[:] = filter(None, sys.path)  # as the launcher does: a notebook's folder is no place of modules
    reads.start()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    kernelapp.IPKernelApp.launch_instance(parent_handle=parent)  # its default was read before there was a parent


def _end_with_parent() -> None:
    """End as soon as the process is gone that asked for the kernel: the fork server would wait for its kernels."""
    if asker := multiprocessing.parent_process():
        asker.join()
    os._exit(1)


def setup(app) -> None:
    """Let the kernels of this build be forked, where that can be done."""
    known = {entry.name for entry in importlib.metadata.entry_points(group=_GROUP)}
    if _NAME in known and "forkserver" in multiprocessing.get_all_start_methods():
        multiprocessing.get_context("forkserver").set_forkserver_preload(_PRELOADED)
        os.environ["JUPYTER_DEFAULT_PROVISIONER_NAME"] = _NAME
