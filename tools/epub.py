"""Make ``_build/epub/book.epub`` from the book, the same bytes every time for the same state of the book."""

import calendar
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from html import escape
from pathlib import Path

from multivector import citing, paths

OUT = paths.BUILD / "epub"
FILE = OUT / "book.epub"
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


def main() -> None:
    """Build, mend, pack."""
    began = time.monotonic()
    built = time.strptime(citing.edition().built, "%Y-%m-%d")
    environment = {**os.environ, "SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH", str(calendar.timegm(built)))}
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", ".", "--builder", "custom"]
    command += ["--custom-builder", "epub", "-W", "--keep-going"]
    shutil.rmtree(OUT, ignore_errors=True)  # the builder packs whatever lies there
    status = subprocess.run(command, cwd=paths.ROOT, env=environment).returncode
    if status or not FILE.exists():
        sys.exit(f"epub: stopped with status {status}; the cause stands above")
    pack({name: mended(name, content) for name, content in unpacked().items()})
    print(f"epub: done in {time.monotonic() - began:.1f} s; open {FILE.relative_to(paths.ROOT)}", flush=True)


def unpacked() -> dict[str, bytes]:
    """Files of the e-book as the builder made it."""
    with zipfile.ZipFile(FILE) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def mended(name: str, content: bytes) -> bytes:
    """One identifier in both lists of contents, and what readers with assistive technology want to know beforehand."""
    if name.endswith("toc.ncx"):
        package = (OUT / "content.opf").read_text("utf-8")
        identifier = re.search(r"<dc:identifier[^>]*>([^<]+)</dc:identifier>", package).group(1)
        return re.sub(rb'(name="dtb:uid" content=")[^"]*', rb"\g<1>" + identifier.encode(), content)
    if name.endswith("content.opf"):
        lines = "".join(f'    <meta property="schema:{key}">{escape(value)}</meta>\n' for key, value in _ACCESS)
        return content.replace(b"</metadata>", lines.encode() + b"  </metadata>", 1)
    return content


def pack(files: dict[str, bytes]) -> None:
    """Write the e-book: first its type, uncompressed as the format asks, then all files in order, without their times."""
    with zipfile.ZipFile(FILE, "w") as archive:
        for name in sorted(files, key=lambda name: (name != "mimetype", name)):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name], compresslevel=9)


if __name__ == "__main__":
    main()
