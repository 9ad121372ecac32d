"""Launch button: a chapter's way to Binder, if the book has a repository that Binder can fetch.

The address is ``BOOK_REPOSITORY`` or ``repository: url`` of ``_config.yml``, the state to fetch ``BOOK_BRANCH`` or
``repository: branch``. Binder builds what ``binder/`` says, which is the book's own lock. Without an address no page
has a button. A companion has none either: its chapters in the repository are the book's.
"""

import os
import re
from pathlib import Path
from urllib.parse import quote

from multivector.ledger import focus

REPOSITORY, BRANCH = "BOOK_REPOSITORY", "BOOK_BRANCH"
BINDER = "https://mybinder.org/v2"
_ADDRESS = re.compile(r"https://([^/\s]+)/([^/\s]+/[^/\s]+)")


def binder(options: dict) -> str:
    """Address at which Binder starts the book, from the theme's options; empty if it cannot fetch it."""
    address = (os.environ.get(REPOSITORY) or options.get("repository_url") or "").strip().rstrip("/")
    found = _ADDRESS.fullmatch(address)
    if focus.asked() or not found:
        return ""
    host, path = found.groups()
    known = {"github.com": f"gh/{path}", "gitlab.com": f"gl/{quote(path, safe='')}"}
    branch = os.environ.get(BRANCH) or options.get("repository_branch") or "main"
    return f"{BINDER}/{known.get(host) or 'git/' + quote(address, safe='')}/{branch}"


def offer(app, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Tell the template of a page where Binder opens it."""
    if doctree is not None and (start := binder(app.config.html_theme_options)):
        source = Path(app.env.doc2path(pagename)).relative_to(app.srcdir)
        context["launch"] = f"{start}?urlpath=lab/tree/{source.as_posix()}"


def setup(app) -> None:
    """Connect the offer."""
    app.connect("html-page-context", offer)
