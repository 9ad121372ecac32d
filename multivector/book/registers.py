"""Directives and files of the two registers: ``{verdicts}``, ``{quote}``, the claims ledger, the register of quotes.

Beside the pages it writes ``claims.json`` and ``quotes.json`` into the site for machines.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from itertools import groupby
from pathlib import Path

from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from multivector.book import cards, faults
from multivector.book.layouts import drawn, script_json
from multivector.book.markup import SITES, BookHtml, noted
from multivector.errors import BookError
from multivector.facts import kept, quotes, tables
from multivector.findings import Desk
from multivector.ledger import claims

LEDGER = "chapters/claims"
NOT_HELD = "contested not_supported"
"""The choice of claims that the evidence does not bear out, across two verdicts."""


def quote_rows() -> list[dict]:
    """Quotes in order of their ids, as dictionaries; empty cells are ``None``."""
    tables.resource("quotes")
    return [dict(row) for row in _rows(tables.stamp("quotes"))]


@functools.lru_cache(1)
def _rows(stamp: tuple) -> list[dict]:
    frame = tables.load("quotes").sort_values("quote_id")
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


class Verdicts(SphinxDirective):
    """The verdicts on the claims named in the argument, one line each."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self):
        """Lines as one node; an unknown claim or one of another chapter is a fault."""
        known = {claim.claim_id: claim for claim in claims.ledger()}
        wanted = self.arguments[0].split()
        unknown = [name for name in wanted if name not in known]
        if unknown:
            return faults.problem(self, f"claim {unknown[0]!r} is not in data/claims.csv; correct the id")
        noted(self.env, "claims", set()).update(f"card:{name}" for name in wanted)
        source = "".join(cards.verdict_line(known[name]) for name in wanted)
        return [
            BookHtml(
                source=f'<div class="mv-cards">{source}</div>',
                text=" ".join(known[name].restatement for name in wanted),
            )
        ]


class Quote(SphinxDirective):
    """An annotated quotation of the article."""

    required_arguments = 1

    def run(self):
        """The card as one node; an unknown quote is a fault."""
        rows = {row["quote_id"]: row for row in quote_rows()}
        row = rows.get(self.arguments[0])
        if row is None:
            return faults.problem(self, f"quote {self.arguments[0]!r} is not in data/quotes.csv; correct the id")
        noted(self.env, "quotes", set()).add(row["quote_id"])
        return [BookHtml(source=cards.quote_card(row, "chapter"), text=row["restored"])]


class Ledger(SphinxDirective):
    """All claims, with a form to filter and sort them."""

    option_spec = {"class": directives.class_option}

    def run(self):
        """The form and the cards as one node, and an anchor for each claim."""
        chosen = claims.ledger()
        anchors = noted(self.env, "anchors", [])
        anchors.extend((claim.claim_id, "claim", claim.restatement) for claim in chosen)
        fields = {
            "verdict": ("Is it so?", {NOT_HELD: "Does not hold: contested or not supported", **claims.VERDICTS}),
            "said": ("Was it said?", claims.VERDICTS),
            "status": ("Status", claims.STATUS),
            "speaker": ("Speaker", claims.SPEAKERS),
            "section": ("Section", claims.SECTIONS),
            "paragraph": ("Paragraph", {claim.paragraph: claim.paragraph for claim in by_paragraph(chosen)}),
            "type": ("Type", claims.TYPES),
        }
        form = filter_form("ledger", fields, ("Number", "Verdict", "Section"), len(chosen), "claims")
        body = "".join(cards.ledger_card(claim) for claim in chosen)
        source = f'{outline(chosen)}{form}<div class="mv-list" id="ledger">{body}</div>'
        return [BookHtml(source=source, text=" ".join(claim.restatement for claim in chosen))]


class QuoteRegister(SphinxDirective):
    """All quotes, with a form to filter them by speaker and theme."""

    def run(self):
        """The form and the cards as one node, and an anchor for each quote."""
        rows = quote_rows()
        anchors = noted(self.env, "anchors", [])
        anchors.extend((row["quote_id"], "quote", row["restored"]) for row in rows)
        themes = sorted({theme for row in rows for theme in row["themes"].split(";")})
        fields = {
            "speaker": ("Speaker", claims.SPEAKERS),
            "theme": ("Theme", {theme: theme.replace("_", " ").capitalize() for theme in themes}),
        }
        form = filter_form("quote-list", fields, (), len(rows), "quotes")
        body = "".join(cards.quote_card(row, "register") for row in rows)
        source = f'{form}<div class="mv-list" id="quote-list">{body}</div>'
        return [BookHtml(source=source, text=" ".join(row["restored"] for row in rows))]


class VerdictCounts(SphinxDirective):
    """How many claims have each verdict, all or those of one speaker, with a link to just those in the ledger."""

    optional_arguments = 1

    def run(self):
        """A list as one node; an unknown speaker is a fault."""
        speaker = self.arguments[0] if self.arguments else ""
        try:
            chosen = [claim for claim in claims.select(speaker=speaker or None) if claim.counts]
        except BookError as fault:
            return faults.problem(self, str(fault))
        verdicts = [claim.verdict for claim in chosen]
        counts = {verdict: verdicts.count(verdict) for verdict in claims.VERDICTS}
        whose = (
            f"{len(chosen)} claims of {claims.SPEAKERS[speaker]}" if speaker else f"the article's {len(chosen)} claims"
        )
        text = f"{whose}: " + ", ".join(f"{number} {claims.VERDICTS[name].lower()}" for name, number in counts.items())
        found = "" if speaker else Desk()("claims.outcome")
        source = drawn("counts", lead=f"Of {whose}:", counts=counts, speaker=speaker, found=found)
        return [BookHtml(source=source, text=text)]


class Remarks(SphinxDirective):
    """The deputy minister's remarks and how they fare: whether each was said, and whether it is so."""

    def run(self):
        """A table as one node."""
        rows = [
            (
                claim,
                claims.VERDICTS[claim.said or ""],
                claims.VERDICTS.get(claims.so(claim) or "", "Reports speech only"),
            )
            for claim in claims.remarks()
        ]
        text = ". ".join(f"{claim.claim_id}: said: {said}; so: {so}" for claim, said, so in rows)
        return [BookHtml(source=drawn("remarks", rows=rows), text=text)]


class Takeaway(SphinxDirective):
    """The registers and the data as files."""

    def run(self):
        """Links as one node."""
        files = (
            ("claims.json", "claims", "JSON"),
            ("quotes.json", "quotes", "JSON"),
            ("data/datapackage.json", "data", f"{len(tables.names())} tables as CSV with their description"),
        )
        return [BookHtml(source=drawn("takeaway", files=files), text="")]


def by_paragraph(chosen: list[claims.Claim]) -> list[claims.Claim]:
    """Claims in the order of the article's paragraphs."""
    return sorted(chosen, key=lambda claim: (claim.paragraph, claim.claim_id))


def outline(chosen: list[claims.Claim]) -> str:
    """The article's paragraphs, named by their section, each with its claims."""
    groups = groupby(by_paragraph(chosen), key=lambda claim: claim.paragraph)
    paragraphs = [(number, list(group)) for number, group in groups]
    rows = [(number, claims.SECTIONS[group[0].section], group) for number, group in paragraphs]
    return drawn("paragraphs", paragraphs=rows)


def filter_form(target: str, fields: dict, sorts: tuple, total: int, noun: str) -> str:
    """A form that a script brings to life; it stays hidden without JavaScript, where the whole list is shown."""
    return drawn("filter", target=target, fields=fields, sorts=sorts, total=total, noun=noun, words=True)


def write_files(app) -> list:
    """Write ``claims.json`` and ``quotes.json`` into the site."""
    if app.builder.name not in SITES:
        return []
    base = app.config.multivector_book_url
    made: dict[str, Callable[[], dict]] = {
        "claims": claims.as_json,
        "quotes": functools.partial(quotes.web_annotations, base),
    }
    for name, content in made.items():
        Path(app.outdir, f"{name}.json").write_text(_kept(app, name, content), "utf-8")
    return []


def _kept(app, name: str, content: Callable[[], dict]) -> str:
    """A register as JSON, made anew only when an input of it has changed: to evaluate all claims takes seconds."""
    asked = f"{name} {app.multivector_inputs.checked} {app.config.multivector_book_url}"
    return kept.text("registers", asked, lambda: json.dumps(content(), ensure_ascii=False, indent=1) + "\n")


def add_claim_reviews(app, pagename, templatename, context, doctree) -> None:
    """Give the ledger page its schema.org ``ClaimReview`` data."""
    if pagename == LEDGER and app.builder.name in SITES:
        text = script_json(claims.reviews(app.config.multivector_book_url))
        context["metatags"] = context.get("metatags", "") + f'<script type="application/ld+json">{text}</script>\n'


def setup(app) -> None:
    """Register directives and outputs."""
    app.add_directive("verdicts", Verdicts)
    app.add_directive("quote", Quote)
    app.add_directive("verdict-counts", VerdictCounts)
    app.add_directive("remarks", Remarks)
    app.add_directive("takeaway", Takeaway)
    app.add_directive("claims-ledger", Ledger)
    app.add_directive("quotes-register", QuoteRegister)
    app.connect("html-collect-pages", write_files)
    app.connect("html-page-context", add_claim_reviews)
