"""Where things are. No other module spells a path.

>>> from multivector import paths
>>> paths.table_file("states.csv").name
'states.csv'
"""

from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "data"
DATAPACKAGE = DATA / "datapackage.json"
MAPS = DATA / "maps"
DERIVE = DATA / "derive"
CHAPTERS = ROOT / "chapters"
BUILD = ROOT / "_build"
HTML = BUILD / "html"
SETTINGS = BUILD / ".settings"  # what builds keep for the next one
KEPT = SETTINGS / "kept.json"  # values
CITATION = ROOT / "CITATION.cff"
REFERENCES = ROOT / "references.bib"
LOCK = ROOT / "requirements.txt"
CONFIG = ROOT / "_config.yml"
TOC = ROOT / "_toc.yml"


def shown(file: Path) -> str:
    """A file of the book as messages name it, from the root."""
    return file.relative_to(ROOT).as_posix()


@cache
def table_file(path: str) -> Path:
    """Full path of a resource whose ``path`` in the data package is given, such as ``maps/world.geojson``."""
    return DATA / path


def chapter_file(docname: str) -> Path:
    """Full path of the Markdown source of a page, ``chapters/forum`` or ``intro``."""
    return ROOT / f"{docname}.md"
