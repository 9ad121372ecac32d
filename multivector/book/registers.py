"""Directives and files of the two registers: ``{verdicts}``, ``{quote}``, the claims ledger, the register of quotes.

Beside the pages it writes ``claims.json`` and ``quotes.json`` into the site for machines.
"""

import json
from collections import Counter
from collections.abc import Callable
from itertools import groupby
from pathlib import Path

from multivector.book import cards, directives
from multivector.book.layouts import drawn, script_json
from multivector.book.markup import SITES, BookHtml, noted
from multivector.errors import BookError
from multivector.facts import kept, quotes, tables
from multivector.ledger import claims

LEDGER = "chapters/claims"
NOT_HELD = "contested not_supported"
"""The choice of claims that the evidence does not bear out, across two verdicts."""


def quote_rows() -> list[dict]:
    """Quotes in order of their ids, as dictionaries; empty cells are ``None``."""

    def rows() -> list[dict]:
        frame = tables.load("quotes")
        return frame.astype(object).where(frame.notna(), None).to_dict("records")

    return kept.value(("quote rows",), rows)


def verdicts(env, names: str) -> BookHtml:
    """The verdicts on the claims named, one line each."""
    known, wanted = {claim.claim_id: claim for claim in claims.ledger()}, names.split()
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise BookError(f"claim {unknown[0]!r} is not in data/claims.csv; correct the id")
    noted(env, "claims", set()).update(f"card:{name}" for name in wanted)
    lines = "".join(drawn("verdict", claim=known[name]) for name in wanted)
    words = " ".join(known[name].restatement for name in wanted)
    return BookHtml(source=f'<div class="mv-cards">{lines}</div>', text=words)


def quote(env, name: str) -> BookHtml:
    """An annotated quotation of the article."""
    row = next((row for row in quote_rows() if row["quote_id"] == name), None)
    if row is None:
        raise BookError(f"quote {name!r} is not in data/quotes.csv; correct the id")
    noted(env, "quotes", set()).add(name)
    return BookHtml(source=cards.quote_card(row, "chapter"), text=row["restored"])


def ledger(env) -> BookHtml:
    """All claims, with a form to filter and sort them."""
    chosen = claims.ledger()
    fields = {
        "verdict": ("Is it so?", {NOT_HELD: "Does not hold: contested or not supported", **claims.VERDICTS}),
        "said": ("Was it said?", claims.VERDICTS),
        "status": ("Status", claims.STATUS),
        "speaker": ("Speaker", claims.SPEAKERS),
        "section": ("Section", claims.SECTIONS),
        "paragraph": ("Paragraph", {claim.paragraph: claim.paragraph for claim in by_paragraph(chosen)}),
        "type": ("Type", claims.TYPES),
    }
    form = {"target": "ledger", "noun": "claims", "fields": fields, "sorts": ("Number", "Verdict", "Section")}
    entries = [(claim.claim_id, claim.restatement, drawn("claim", claim=claim)) for claim in chosen]
    return _listed(env, "claim", form, entries, outline(chosen))


_THEMES = {"eu": "EU", "global_south": "Global South"}
"""Themes that are written otherwise than as words with a capital at the head."""


def quote_register(env) -> BookHtml:
    """All quotes, with a form to filter them by speaker and theme."""
    themes = sorted({theme for row in quote_rows() for theme in row["themes"].split(";")})
    fields = {
        "speaker": ("Speaker", claims.SPEAKERS),
        "theme": ("Theme", {theme: _THEMES.get(theme, theme.replace("_", " ").capitalize()) for theme in themes}),
    }
    form = {"target": "quote-list", "noun": "quotes", "fields": fields, "sorts": ()}
    entries = [(row["quote_id"], row["restored"], cards.quote_card(row, "register")) for row in quote_rows()]
    return _listed(env, "quote", form, entries)


def _listed(env, kind: str, form: dict, entries: list[tuple[str, str, str]], lead: str = "") -> BookHtml:
    """A register: its form, which stays hidden without JavaScript, and all entries, each with an anchor.

    An entry is its id, its words and its card.
    """
    noted(env, "anchors", []).extend((name, kind, words) for name, words, _ in entries)
    listed = "".join(card for *_, card in entries)
    shown = drawn("filter", total=len(entries), **form)
    return BookHtml(
        source=f'{lead}{shown}<div class="mv-list" id="{form["target"]}">{listed}</div>',
        text=" ".join(words for _, words, _ in entries),
    )


def verdict_counts(env, speaker: str = "") -> BookHtml:
    """How many claims have each verdict, all or those of one speaker, with a link to just those in the ledger."""
    chosen = [claim for claim in claims.select(speaker=speaker or None) if claim.counts]
    verdicts = Counter(claim.verdict for claim in chosen)
    counts = {verdict: verdicts[verdict] for verdict in claims.VERDICTS}
    whose = f"{len(chosen)} claims of {claims.SPEAKERS[speaker]}" if speaker else f"the article's {len(chosen)} claims"
    told = ", ".join(f"{number} {claims.VERDICTS[name].lower()}" for name, number in counts.items())
    source = drawn("counts", lead=f"Of {whose}:", counts=counts, speaker=speaker)
    return BookHtml(source=source, text=f"Of {whose}: {told}.")


def remarks(env) -> BookHtml:
    """The deputy minister's remarks in a table: whether each was said, and whether it is so."""
    rows = [
        (claim, claims.VERDICTS[claim.said or ""], claims.VERDICTS.get(claims.so(claim) or "", "Reports speech only"))
        for claim in claims.remarks()
    ]
    text = ". ".join(f"{claim.claim_id}: said: {said}; so: {so}" for claim, said, so in rows)
    return BookHtml(source=drawn("remarks", rows=rows), text=text)


def takeaway(env) -> BookHtml:
    """The registers and the data as files."""
    files = (
        ("claims.json", "claims", "JSON"),
        ("quotes.json", "quotes", "JSON"),
        ("data/datapackage.json", "data", f"{len(tables.names())} tables as CSV and GeoJSON with their description"),
    )
    return BookHtml(source=drawn("takeaway", files=files), text="")


def by_paragraph(chosen: list[claims.Claim]) -> list[claims.Claim]:
    """Claims in the order of the article's paragraphs."""
    return sorted(chosen, key=lambda claim: (claim.paragraph, claim.claim_id))


def outline(chosen: list[claims.Claim]) -> str:
    """The article's paragraphs, named by their section, each with its claims."""
    groups = [list(group) for _, group in groupby(by_paragraph(chosen), key=lambda claim: claim.paragraph)]
    rows = [(group[0].paragraph, claims.SECTIONS[group[0].section], group) for group in groups]
    return drawn("paragraphs", paragraphs=rows)


def write_files(app) -> list:
    """Write ``claims.json`` and ``quotes.json`` into the site."""
    if app.builder.name in SITES:
        _write(app, "claims", claims.as_json)
        _write(app, "quotes", lambda: quotes.web_annotations(app.config.multivector_book_url))
    return []


def _write(app, name: str, content: Callable[[], dict]) -> None:
    """Write a register as JSON, made anew only when an input has changed: to evaluate all claims takes seconds."""
    asked = f"{name} {app.multivector_inputs.checked} {app.config.multivector_book_url}"
    text = kept.text("registers", asked, lambda: json.dumps(content(), ensure_ascii=False, indent=1) + "\n")
    Path(app.outdir, f"{name}.json").write_text(text, "utf-8")


def add_claim_reviews(app, pagename, templatename, context, doctree) -> None:
    """Give the ledger page its schema.org ``ClaimReview`` data."""
    if pagename == LEDGER and app.builder.name in SITES:
        text = script_json(claims.reviews(app.config.multivector_book_url))
        context["metatags"] = context.get("metatags", "") + f'<script type="application/ld+json">{text}</script>\n'


def setup(app) -> None:
    """Register directives and outputs."""
    directives.add(app, "verdicts", verdicts, required=1)
    directives.add(app, "quote", quote, required=1)
    directives.add(app, "verdict-counts", verdict_counts, optional=1)
    directives.add(app, "remarks", remarks)
    directives.add(app, "takeaway", takeaway)
    directives.add(app, "claims-ledger", ledger)
    directives.add(app, "quotes-register", quote_register)
    app.connect("html-collect-pages", write_files)
    app.connect("html-page-context", add_claim_reviews)
