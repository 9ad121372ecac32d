"""Captions as prose: what a page says under a cell of the figure or table that the cell displays.

    ```{caption} fig-war-slavs
    The share of Slavs fell to {num}`society.slavic_share(year=2021)`. Share of the people, censuses.
    Alt: A line that falls from 1959 to 2021.
    Sources: D13 S27
    ```

The first sentence states the finding and becomes the title. Lines that begin ``Alt:`` and ``Sources:`` hold the
alternative text, which a figure must have, and ids of the sources table; those that rows of the data name follow.
Roles work everywhere; in title and alternative text they become plain words. Where data are missing, so that the cell
displays a reason instead (``figures.if_known``), nothing is said.
"""

import re
from dataclasses import dataclass

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from multivector.book import companion, faults
from multivector.book.markup import CHILDREN
from multivector.book.roles import PART
from multivector.errors import BookError
from multivector.look import captions
from multivector.look.typography import printed

BLOCK = re.compile(r"^```\{caption\} *(\S+) *\n(.*?)^``` *$\n?", re.M | re.S)
"""A caption in the text of a page: id and content."""
_LABELLED = re.compile(r"^(Alt|Sources):(.*\n?(?:(?!Alt:|Sources:).*\S.*\n?)*)", re.M)
_COMMENT = re.compile(r"^%.*$", re.M)


@dataclass(frozen=True)
class Said:
    """The parts of a caption, as Markdown."""

    title: str
    text: str
    alt: str
    sources: list[str]

    def sources_with(self, carried: list[str]) -> list[str]:
        """All sources: those that the caption names, then the others that the data ``carried``."""
        return list(dict.fromkeys([*self.sources, *carried]))


def parsed(content: str) -> Said:
    """The parts of what stands in a ``{caption}``."""
    content = _COMMENT.sub("", content)
    labelled = {label: " ".join(text.split()) for label, text in _LABELLED.findall(content)}
    title, text = captions.split(_LABELLED.sub("", content))
    return Said(title, text, labelled.get("Alt", ""), labelled.get("Sources", "").split())


class Told(nodes.General, nodes.Element):
    """A caption that waits for its figure or table; the text under it are its children."""


class Caption(SphinxDirective):
    """Title, alternative text, text and sources of the figure or table with this id."""

    required_arguments = 1
    has_content = True

    def run(self):
        """One node with all parts; what is missing is told where they meet what the cell displays."""
        name, said = self.arguments[0], parsed("\n".join(self.content))
        self.env.temp_data[PART] = name
        under = self._inline(said.text)
        title, alt = (_words(self._inline(text)) for text in (said.title, said.alt))
        self.env.temp_data[PART] = ""
        told = Told("", *under, name=name, title=captions.headed(title), alt=alt, said=said)
        self.set_source_info(told)
        return [told]

    def _inline(self, text: str) -> list[nodes.Node]:
        return self.state.inline_text(printed(text), self.lineno)[0]


def _words(inline: list[nodes.Node]) -> str:
    sentences = nodes.paragraph("", "", *inline)
    companion.begin_with_capitals(sentences)
    return printed(sentences.astext())


# --- meeting what the cell displays -----------------------------------------------------------------------------


def taken(env, document: nodes.document) -> dict[str, Told]:
    """The captions of a page by id, taken out of it."""
    found: dict[str, Told] = {}
    for node in list(document.findall(Told)):
        node.parent.remove(node)
        if node["name"] in found:
            _refuse(env, node, "stands here a second time; remove one")
        found[node["name"]] = node
    return found


def joined(env, shown: str, name: str, told: Told | None) -> tuple[str, list[nodes.Node]]:
    """What a cell displays with its caption put in, and the nodes that belong at ``CHILDREN``.

    A part that is missing or an unknown source is recorded as a fault of the page.
    """
    if told is None:
        if captions.name_of(shown):
            faults.record(env, f"{env.docname}.md: {name} has no caption; write a ```{{caption}} {name} under its cell")
        return shown, []
    if not captions.name_of(shown):
        return shown, []  # where data are missing, a reason stands without one
    sources = told["said"].sources_with(captions.carried(shown))
    try:
        captions.require(name, told["title"], told["alt"], sources)
    except BookError as fault:
        faults.record(env, f"{env.docname}.md:{told.line}: {fault}")
        return shown, []
    shown = captions.filled(shown, name, told["title"], told["alt"], sources)
    return shown.replace(captions.PLACE, CHILDREN), told.children


def refuse_left(env, told: list[Told]) -> None:
    """Record as a fault each caption that met nothing, unless a cell stopped before it could display it."""
    for node in told if not faults.failed(env) else ():
        _refuse(env, node, "no cell of this page displays it; correct the id, or remove the caption")


def _refuse(env, told: Told, why: str) -> None:
    faults.record(env, f"{env.docname}.md:{told.line}: caption of {told['name']}: {why}")


def setup(app) -> None:
    """Register the directive."""
    app.add_node(Told)
    app.add_directive("caption", Caption)
