"""The glossary: its page, and a link to it from the first use of a term on every page.

``{glossary-register} person`` lists all entries of a kind. Linking is automatic and works on plain words of running
text alone: headings, links, code, quotations and cards stay as they are. Columns of names in other languages carry
``language`` in the data package, so that this module need not know which languages there are.
"""

import html
import re
from functools import cache

from docutils import nodes

from multivector.book import directives
from multivector.book.layouts import drawn
from multivector.book.markup import ROOT, BookHtml, inline, noted
from multivector.errors import BookError
from multivector.facts import tables, transliteration

PAGE = "chapters/glossary"
_CLOSED = (nodes.title, nodes.reference, nodes.literal, nodes.literal_block, nodes.block_quote, nodes.raw, BookHtml)
_CLOSED_CLASSES = {"sd-card", "question", "subtitle"}


def register(env, kind: str) -> BookHtml:
    """All entries of one kind as a definition list; an unknown kind is a fault."""
    wanted = [entry for entry in entries() if entry["kind"] == kind]
    if not wanted:
        known = ", ".join(sorted({entry["kind"] for entry in entries()}))
        raise BookError(f"glossary has no kind {kind!r}; expected one of: {known}")
    noted(env, "terms", []).extend((anchor(entry["term"]), entry["term"], entry["aliases"]) for entry in wanted)
    source = f'<dl class="mv-glossary">{"".join(_entry(entry) for entry in wanted)}</dl>'
    return BookHtml(source=source, text=" ".join(_text(entry) for entry in wanted))


@cache
def entries() -> list[dict]:
    """Rows of the table in alphabetical order, with ``aliases`` as a list."""
    frame = tables.load("glossary")
    rows = frame.astype(object).where(frame.notna(), "").to_dict("records")
    for row in rows:
        row["aliases"] = [form for form in row["aliases"].split(";") if form]
    return sorted(rows, key=lambda row: row["term"].casefold())


def anchor(term: str) -> str:
    """Permanent id of an entry."""
    return "term-" + re.sub(r"[^a-z0-9]+", "-", term.lower().replace("+", " plus ")).strip("-")


def languages() -> dict[str, tuple[str, str]]:
    """Columns that hold names in another language: name of the column → (code, name of the language)."""
    fields = tables.resource("glossary")["schema"]["fields"]
    return {field["name"]: (field["language"], field["title"]) for field in fields if "language" in field}


def _entry(entry: dict) -> str:
    spellings = [
        (title, code, entry[column], transliteration.latin(entry[column], code))
        for column, (code, title) in languages().items()
        if entry[column]
    ]
    return drawn("term", entry=entry, anchor=anchor(entry["term"]), spellings=spellings)


def _text(entry: dict) -> str:
    spellings = [entry[column] for column in languages()]
    return " ".join([entry["term"], *entry["aliases"], entry["definition"], *spellings])


# --- first uses -------------------------------------------------------------------------------------------------


@cache
def _forms() -> tuple[re.Pattern, dict[str, dict]]:
    """A pattern of all forms that are linked, longest first, and the entry of each form in lower case."""
    known = {form: entry for entry in entries() if entry["linked"] for form in (entry["term"], *entry["aliases"])}
    forms = "|".join(map(_form, sorted(known, key=len, reverse=True)))
    return re.compile(rf"(?<![\w/-])(?:{forms})(?![\w/-])"), {form.casefold(): known[form] for form in known}


def _form(form: str) -> str:
    first = form[0]
    start = f"[{first}{first.upper()}]" if first.islower() else re.escape(first)  # a term may open a sentence
    return start + re.escape(form[1:]).replace(r"\ ", r"\s+")


def link_first_uses(app, doctree, docname: str) -> None:
    """Link the first use of each term in the running text of a page."""
    if docname == PAGE or PAGE not in app.env.found_docs:
        return
    seen: set[str] = set()
    for paragraph in list(doctree.findall(nodes.paragraph)):
        for text in list(paragraph.findall(nodes.Text)):
            if _open(text):
                _link(text, seen)


def _open(node: nodes.Node) -> bool:
    while node is not None:
        if isinstance(node, _CLOSED) or (isinstance(node, nodes.Element) and _CLOSED_CLASSES & set(node["classes"])):
            return False
        node = node.parent
    return True


def _link(text: nodes.Text, seen: set[str]) -> None:
    pattern, known = _forms()
    whole, parts, end = text.astext(), [], 0
    for match in pattern.finditer(whole):
        entry = known[" ".join(match[0].split()).casefold()]
        if entry["term"] not in seen:
            seen.add(entry["term"])
            parts += [nodes.Text(whole[end : match.start()]), inline(_term(match[0], entry), match[0])]
            end = match.end()
    if parts:
        text.parent.replace(text, [*parts, nodes.Text(whole[end:])])


def _term(words: str, entry: dict) -> str:
    address = f"{ROOT}{PAGE}.html#{anchor(entry['term'])}"
    return f'<a class="mv-term" href="{address}">{html.escape(words)}</a>'


def setup(app) -> None:
    """Register the directive and the linking."""
    directives.add(app, "glossary-register", register, required=1)
    app.connect("doctree-resolved", link_first_uses, priority=600)
