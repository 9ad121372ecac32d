"""A companion book: the same pages for another state, with its own title, and every page says what it follows.

Which chapters follow the focus is said in ``_config.yml`` (``multivector_follow_focus``). All other pages are kept, so
that links hold, and carry a notice at their head.
"""

import re
from pathlib import Path

from docutils import nodes

from multivector import paths
from multivector.book import faults
from multivector.book.markup import BookHtml
from multivector.cite import citing
from multivector.errors import BookError
from multivector.findings import Desk
from multivector.ledger import expressions, focus

_SMALL = ("no data (", "the ")
"""How a value may begin that can stand at the head of a sentence: nothing known, or a name with its article."""
_FOCUS_LINE = re.compile(r'^FOCUS = "([A-Z]{3})"$', re.M)
_NUMBER = re.compile(r"\{num\}`([^`]+)`")
_SENTENCE_END = re.compile(r"(?<=[.?!]) (?=[A-Z{*])")
_LEAD = re.compile(r"(?:\d+\. |- |Alt: )?(?:\*\*[^*]+\*\* )?")
_BOUND = re.compile(r"^% (only|not): ([A-Z]{3}(?: [A-Z]{3})*)\n((?:.+\n?)+)", re.M)


def kept(text: str, code: str) -> str:
    """Markdown without the paragraphs that are not true of the state.

    A line ``% only: KAZ`` before a paragraph keeps it for that state alone, ``% not: RUS`` for all but that one.
    """
    return _BOUND.sub(lambda found: found[3] if (code in found[2].split()) == (found[1] == "only") else "", text)


def without_gaps(text: str, code: str) -> str:
    """Markdown in which a sentence with a number that is not known gives the reason instead, once in a paragraph."""
    desk = Desk(code)
    return "\n".join(_known(line, desk) if "{num}`" in line else line for line in text.split("\n"))


def _known(line: str, desk: Desk) -> str:
    sentences, told = [], set()
    for sentence in _SENTENCE_END.split(line):
        for reference in _NUMBER.findall(sentence):
            if reason := _gap(reference, desk):
                lead = _LEAD.match(sentence)
                sentence = "" if reason in told else f"{lead[0] if lead else ''}{{num}}`{reference}`."
                told.add(reason)
                break
        sentences.append(sentence)
    return " ".join(filter(None, sentences))


def _gap(reference: str, desk: Desk) -> str:
    """Why a number is not known; empty if it is, or if the reference is a fault, which its role will tell."""
    try:
        shown = expressions.shown(reference, desk)
    except BookError:
        return ""
    return shown if shown.startswith(_SMALL[0]) else ""


def prepare(app, config) -> None:
    """Refuse an unknown state or the folder of the book itself; give the companion its title."""
    code = focus.asked()
    citing.as_companion()
    if code is None:
        return
    try:
        reason = focus.fault()
    except BookError as damage:  # a damaged table of states
        reason = str(damage)
    if reason:
        faults.stop([reason])
    if Path(app.outdir).resolve().parent == paths.BUILD.resolve():
        asked = f"{focus.VARIABLE}={code}"
        way = f"build it by `make book {asked}`, or add `--path-output _build/companion-{code}`"
        faults.stop([f"{asked} would write over the book in _build; {way}"])
    citing.as_companion(code, focus.name_of(code))
    config.html_title = config.project = citing.work().title


def follow(app, docname: str, source: list[str]) -> None:
    """Put the state asked for into a page that follows, leave out what is not true of it; remember the page's state."""
    code = focus.asked()
    if code and docname in app.config.multivector_follow_focus:
        source[0] = without_gaps(kept(_FOCUS_LINE.sub(f'FOCUS = "{code}"', source[0]), code), code)
    found = _FOCUS_LINE.search(source[0])
    app.env.temp_data["multivector_focus"] = found[1] if found else focus.FOCUS


def mark(app, doctree) -> None:
    """Put a notice under the title of every page of a companion; begin a sentence with a capital."""
    code = focus.asked()
    section = next(iter(doctree.findall(nodes.section)), None)
    if code is None or section is None:
        return
    text = _notice(app, app.env.docname, focus.name_of(code), focus.name_of(focus.FOCUS))
    section.insert(1, nodes.note("", nodes.paragraph(text=text), classes=["mv-companion"]))
    begin_with_capitals(doctree)


def begin_with_capitals(doctree: nodes.Node) -> None:
    """Give a value at the head of a sentence a capital."""
    for node in doctree.findall(BookHtml):
        small = next((words for words in _SMALL if node.astext().startswith(words)), None)
        if small and _begins_a_sentence(node):
            node["source"] = node["source"].replace(f">{small}", f">{small.capitalize()}", 1)
            node["text"] = node["text"].replace(small, small.capitalize(), 1)


def _begins_a_sentence(node: nodes.Node) -> bool:
    before = "".join(child.astext() for child in node.parent[: node.parent.index(node)]).rstrip()
    return not before or before[-1] in ".!?"


def _notice(app, docname: str, other: str, own: str) -> str:
    following = app.config.multivector_follow_focus
    if docname in following:
        return (
            f"Companion for {other}: the numbers, figures and tables of this page follow {other} unless they name "
            f"another state. The page's title, the article, its claims and their verdicts are about {own}."
        )
    if docname == app.config.root_doc:
        titles = "; ".join(_title(name) for name in following)
        return f"Companion for {other}. These chapters follow {other}: {titles}. All others are about {own} only."
    return f"This page is about {own} only. It stands in this companion for {other} as it stands in the book."


def _title(docname: str) -> str:
    found = re.search(r"^# (.+)$", paths.chapter_file(docname).read_text("utf-8"), re.M)
    return found[1] if found else docname


def setup(app) -> None:
    """Connect the companion's steps."""
    app.add_config_value("multivector_follow_focus", [], "env")
    app.connect("config-inited", prepare, priority=5)
    app.connect("source-read", follow)
    app.connect("doctree-read", mark)
