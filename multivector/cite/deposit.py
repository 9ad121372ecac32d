"""What a repository for research data needs to take the book in: ``.zenodo.json``, made from ``CITATION.cff``.

Zenodo reads that file before ``CITATION.cff``, whose root describes the code and would give the record the code's
licence and type.
"""

import json

import yaml

from multivector import paths
from multivector.cite import citing

FILE = paths.ROOT / ".zenodo.json"


def text() -> str:
    """Content of ``.zenodo.json``: a book under the licence of its text, with version, day, makers and keywords."""
    work = citing.work()
    keywords = yaml.safe_load(paths.CITATION.read_text("utf-8"))["keywords"]
    record = {
        "title": work.title,
        "upload_type": "publication",
        "publication_type": "book",
        "description": work.abstract,
        "creators": [{"name": name} for name in work.authors],
        "version": work.version,
        "publication_date": work.released.isoformat(),
        "language": {"en": "eng"}[work.language],
        "access_right": "open",
        "license": work.licence.lower(),
        "keywords": keywords,
        "notes": f"Text, figures and data under {work.licence}, code under {work.code_licence}.",
    }
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"
