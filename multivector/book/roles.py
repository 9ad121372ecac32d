"""Roles by which prose reads the book's findings and points at its claims, figures and tables.

``{num}`society.slavic_share(year=2021)` `` prints a finding, ``{claim}`C-46` `` a claim with its verdict,
``{fig}`fig-war-trade` `` and ``{tab}`tab-war-trade` `` a link to a figure or table.
"""

import hashlib
import html
import re
from collections import Counter

from sphinx.util.docutils import SphinxRole

from multivector.book import faults
from multivector.book.cards import badge
from multivector.book.markup import ROOT, BookHtml, inline, later, noted, recorded
from multivector.errors import BookError
from multivector.findings import FOCUS, Desk, Finding
from multivector.ledger import claims, expressions
from multivector.look.typography import printed

PART = "multivector_part"
"""Where a page that is being read says of which figure or table a caption is told."""
_FIGURE = re.compile(r"\d")
_PARAMETER = re.compile(r"``(.+?)``")
_NAME = 3  # words of the longest name of a state


class NumberRole(SphinxRole):
    """A finding's value in a sentence, linked to what it means and where it comes from."""

    def run(self):
        """Nodes for the value; an unknown finding is recorded as a fault of the page."""
        try:
            desk = Desk(self.env.temp_data["multivector_focus"])
            text = printed(expressions.shown(self.text, desk))
            finding = expressions.finding_of(self.text)
            if desk.focus == FOCUS and text.startswith("no data ("):  # a companion says so, the book has all it tells
                raise BookError(f"{self.text}: {text}; correct what is asked, or the table")
        except BookError as fault:
            return faults.problem(self, str(fault)), []
        noted(self.env, "tables", set()).update(finding.tables)
        return [inline(number(finding, self.text, text, self._place()), text)], []

    def _place(self) -> str:
        """Id of this number on its page: the same as long as the page asks for it in the same words and order.

        Those of a caption are counted by themselves: a figure that moves takes no number of the text with it.
        """
        asked = self.env.temp_data.setdefault("multivector_numbers", Counter())
        question = self.env.temp_data.get(PART, "") + self.text
        asked[question] += 1
        mark = hashlib.sha256(question.encode()).hexdigest()[:8]
        return f"num-{mark}" + (f"-{asked[question]}" if asked[question] > 1 else "")


def number(finding: Finding, asked: str, shown: str, place: str) -> str:
    """A number as a link to its finding, with all that is needed to cite it: value, meaning, unit, tables, question.

    A name or a "yes", which nobody would look up, stays plain text.
    """
    if not _FIGURE.search(shown) and "words" not in asked.partition("|")[2] and len(shown.split()) <= _NAME:
        return f'<span id="{place}">{html.escape(shown)}</span>'
    data = {
        "value": shown,
        "finding": finding.name,
        "asked": asked,
        "meaning": _PARAMETER.sub(r"“\1”", finding.meaning),
        "unit": finding.unit,
        "tables": " ".join(finding.tables),
    }
    attributes = "".join(f' data-{name}="{html.escape(value)}"' for name, value in data.items() if value)
    target = f"{ROOT}chapters/data.html#finding-{finding.name.replace('.', '-')}"
    return f'<a class="mv-num" id="{place}" href="{target}"{attributes}>{html.escape(shown)}</a>'


class ClaimRole(SphinxRole):
    """A claim's id and verdict, which open in place (``panels``)."""

    def run(self):
        """Nodes for the badge; an unknown claim is recorded as a fault of the page."""
        known = {claim.claim_id: claim for claim in claims.ledger()}
        claim = known.get(self.text.strip())
        if claim is None:
            return faults.problem(self, f"claim {self.text!r} is not in data/claims.csv; correct the id"), []
        noted(self.env, "claims", set()).add(claim.claim_id)
        return [inline(badge(claim), f"{claim.claim_id} ({claim.outcome})")], []


class ObjectRole(SphinxRole):
    """A link to a figure or a table by its permanent id, from any page."""

    def run(self):
        """A place: the page that holds the object may not have been read yet."""
        noted(self.env, "references", set()).add(self.text.strip())
        return [later(_reference, self.text.strip())], []


def unknown_objects(env) -> list[str]:
    """One line for each reference to a figure or table that no page holds."""
    held = homes(env).keys()
    return [
        f"{docname}.md: no figure or table has the id {target!r}; correct the reference"
        for docname, targets in sorted(recorded(env, "references").items())
        for target in sorted(targets - held)
    ]


def homes(env) -> dict[str, tuple[str, str]]:
    """Page and title of each figure and table, by its id."""
    known = recorded(env, "anchors").items()
    return {name: (page, title) for page, entries in known for name, _, title in entries}


def _reference(app, docname: str, target: str) -> BookHtml:
    page, title = homes(app.env)[target]
    word = "figure" if target.startswith("fig-") else "table"
    source = f'<a class="mv-ref" href="{ROOT}{page}.html#{target}" title="{html.escape(title)}">{word}</a>'
    return inline(source, word)


def setup(app) -> None:
    """Register the roles and their resolution."""
    app.add_role("num", NumberRole())
    app.add_role("claim", ClaimRole())
    app.add_role("fig", ObjectRole())
    app.add_role("tab", ObjectRole())
