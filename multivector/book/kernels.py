"""Kernels that start at once: forked from one process that has imported what all notebooks use.

Importing pandas, geopandas and matplotlib takes a kernel two seconds, and the book has a dozen. One process, the stem,
imports them once a build; readers of pages, who are forked from the build after it, ask the same stem. The kernels
differ from plain ones in nothing else, and where the entry point of ``Forked`` is not installed, or the system cannot
fork, plain ones run.
"""

import importlib.metadata
import os
import signal
import socket
import subprocess
from multiprocessing.connection import Connection
from typing import cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

from multivector.book import stem

_GROUP, _NAME = "jupyter_client.kernel_provisioners", "multivector-forked"


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
    """Start the stem, if kernels are to be forked."""
    if os.environ.get("JUPYTER_DEFAULT_PROVISIONER_NAME") == _NAME:
        stem.start()


def _forked(*asked) -> Process:
    ours, theirs = socket.socketpair()
    with theirs:
        socket.send_fds(stem.start(), [b"1"], [theirs.fileno()])
    bond = Connection(ours.detach())
    bond.send(asked)
    return Process(bond)


def setup(app) -> None:
    """Let the kernels of this build be forked, where that can be done."""
    known = {entry.name for entry in importlib.metadata.entry_points(group=_GROUP)}
    if _NAME in known and hasattr(os, "fork"):
        os.environ["JUPYTER_DEFAULT_PROVISIONER_NAME"] = _NAME
