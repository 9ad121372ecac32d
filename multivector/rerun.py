"""Run a chapter again outside the book and say whether it gives the published data.

``python -m multivector.rerun`` executes the notebook of the working folder, writes it as ``results/NAME.ipynb`` with
the files of its figures and tables beside it, and compares the data of each with what the notebook held when it was
published. It ends with status 1 if any differ.
"""

import base64
import re
import sys
from pathlib import Path

from multivector.errors import BookError

_ATTACHED = re.compile(r'="data:[^;"]+;base64,([^"]*)" data-file="([^"]+)"')
RESULTS = "results"
_TRIES = 3


def attachments(notebook) -> dict[str, bytes]:
    """Files inside the outputs of a notebook, by name: drawings, pictures and data of its figures and tables."""
    found = {}
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            shown = _ATTACHED.findall(output.get("data", {}).get("text/html", ""))
            found.update({name: base64.b64decode(content) for content, name in shown})
    return found


def kernel_settings():
    """Settings under which kernels are started here: what they are told and answer is encrypted, and a cell shows what
    it displays: the value of its last line would be printed with an address in memory, another at each run.

    A kernel warns of an unencrypted connection at each start. Sockets in the file system would quieten it too, but
    their paths may be about 100 characters long at most, and a temporary folder's can be longer.
    """
    import zmq
    from traitlets.config import Config

    shown = ["--InteractiveShell.ast_node_interactivity=none"]
    encrypted = {"transport_encryption": "auto"} if zmq.has("curve") else {}
    return Config(KernelManager=encrypted, NotebookClient={"extra_arguments": shown})


def started(execute):
    """What ``execute`` gives, called again if its kernel did not start: the ports that a kernel is told were free when
    they were chosen, and any other program may have taken one since.
    """
    for _ in range(_TRIES - 1):
        try:
            return execute()
        except RuntimeError as fault:
            if not str(fault).startswith("Kernel died before replying"):
                raise
    return execute()


def executed(file: Path):
    """The notebook ``file`` executed in its own folder; the file is left as it is. Raises ``BookError`` if it stops."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    notebook = nbformat.read(file, as_version=4)
    client = NotebookClient(notebook, timeout=600, kernel_name="python3", config=kernel_settings())
    client.resources["metadata"] = {"path": str(file.parent)}
    try:
        return started(client.execute)
    except CellExecutionError as fault:
        raise BookError(f"{file.name}: a cell stopped: {fault.ename}: {fault.evalue}") from None


def compared(published: dict[str, bytes], fresh: dict[str, bytes]) -> list[str]:
    """One line for each data file that differs, is missing or is new; an empty list if all agree."""
    lines = []
    for name in sorted(set(published) | set(fresh)):
        if name.endswith(".csv") and published.get(name) != fresh.get(name):
            state = "is missing" if name not in fresh else "is new" if name not in published else "differs"
            lines.append(f"{name}: {state}")
    return lines


def rerun(file: Path) -> list[str]:
    """Execute ``file``, write its results beside it and return the lines of ``compared``."""
    import nbformat

    published = attachments(nbformat.read(file, as_version=4))
    notebook = executed(file)
    folder = file.parent / RESULTS
    folder.mkdir(exist_ok=True)
    nbformat.write(notebook, folder / file.name)
    fresh = attachments(notebook)
    for name, content in fresh.items():
        (folder / name).write_bytes(content)
    same = sum(published.get(name) == content for name, content in fresh.items() if name.endswith(".csv"))
    print(f"{file.name}: {same} data files of figures and tables are the published ones; results are in {RESULTS}/")
    return compared(published, fresh)


def main() -> None:
    """Rerun every notebook of the working folder."""
    notebooks = sorted(Path.cwd().glob("*.ipynb"))
    if not notebooks:
        sys.exit("rerun: no notebook here; go to the folder that holds the chapter's .ipynb file")
    try:
        lines = [line for file in notebooks for line in rerun(file)]
    except BookError as fault:
        sys.exit(f"rerun: {fault}")
    if lines:
        sys.exit("\n".join(f"rerun: {line}" for line in lines))


if __name__ == "__main__":
    main()
