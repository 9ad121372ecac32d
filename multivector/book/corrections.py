"""The page of corrections: what an earlier edition had wrong, what stands now, on which source, and what changed."""

from __future__ import annotations

import re
from functools import cache

import pandas as pd
from markupsafe import Markup, escape
from sphinx.util.docutils import SphinxDirective

from multivector.book import faults
from multivector.book.layouts import drawn
from multivector.book.markup import BookHtml, foreign
from multivector.book.registers import LEDGER
from multivector.cite import anchors, sources
from multivector.facts import tables

_CODE = re.compile(r"\b[A-Z]{3}\b")


class Corrections(SphinxDirective):
    """All corrections of one kind, the newest version first."""

    required_arguments = 1

    def run(self):
        """One node with a definition list; a kind that has no correction is a fault."""
        frame = tables.load("corrections")
        chosen = frame[frame["kind"] == self.arguments[0]]
        if chosen.empty:
            known = ", ".join(sorted(set(frame["kind"])))
            return faults.problem(self, f"no correction of kind {self.arguments[0]!r}; expected one of: {known}")
        rows = [_row(row) for row in chosen.sort_values(["published", "correction_id"]).itertuples()]
        text = " ".join(f"{row['what']} {row['old']} {row['new']}" for row in rows)
        return [BookHtml(source=drawn("corrections", rows=rows), text=text)]


def _row(row) -> dict:
    source = row.source_id if pd.notna(row.source_id) else ""
    effect = row.effect.split(";") if pd.notna(row.effect) else []
    return {
        "correction_id": row.correction_id,
        "what": _shown(row.what),
        "old": _shown(row.old),
        "new": _shown(row.new),
        "source_id": source,
        "source": _shown(sources.short(source)) if source else "",
        "changed": [(part.strip(), _address(part.strip())) for part in effect],
    }


def _shown(text: str) -> Markup:
    """The text with states by name, as a reader knows them, and words in Cyrillic letters marked as such."""
    return Markup(foreign(escape(_CODE.sub(lambda code: _names().get(code.group(), code.group()), text))))


@cache
def _names() -> dict[str, str]:
    return tables.load("states").set_index("iso3")["name"].to_dict()


def _address(part: str) -> str:
    """Where a claim, page, figure, table or finding that changed stands; empty for mere words."""
    if re.fullmatch(r"C-\d{2}", part):
        return f"{LEDGER}.html#{part}"
    return _published().get(part, "")


@cache
def _published() -> dict[str, str]:
    found = {}
    for anchor in anchors.read():
        page, _, name = anchor.address.partition("#")
        found[name or page.removesuffix(".html")] = anchor.target or anchor.address
    return found


def setup(app) -> None:
    """Register the directive."""
    app.add_directive("corrections", Corrections)
