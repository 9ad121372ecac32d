"""Claims and quotes as HTML: one way to show each, used by chapters, by the two registers and by what opens in place."""

import html
import re
from urllib.parse import quote as percent

from markupsafe import Markup

from multivector.book.layouts import drawn, known, offered
from multivector.book.markup import ROOT
from multivector.cite import sources
from multivector.ledger import claims, focus

_RESTORED = re.compile(r"\[([^\]]*)\]")


def badge(claim: claims.Claim) -> str:
    """Link to the claim with its verdict in shape, colour and words."""
    return drawn("badge", claim=claim)


def source_links(source_ids) -> str:
    """Ids of sources as links to their entries."""
    link = Markup('<a class="mv-source" href="{}chapters/sources.html#{}" title="{}">{}</a>')
    return ", ".join(link.format(ROOT, name, sources.get(name).title, name) for name in source_ids)


def cite_control(name: str) -> str:
    """Where a site puts the one control that opens the references and citation files of a part."""
    return f'<span class="mv-cite" data-cite="{name}"></span>'


def quote_card(row: dict, place: str) -> str:
    """A quotation with its speaker and note; in a ``chapter`` the note opens, in the ``register`` it stands beside."""
    known = {claim.claim_id: claim for claim in claims.ledger()}
    named = [known[name] for name in row["claim_ids"].split(";")]
    address = sources.get(claims.ARTICLE).url
    article = address + fragment(row) if address else ""  # a link appears once the address is known
    same = row["parallel_id"] in claims.said_elsewhere()
    return drawn("quote", row=row, slim=place == "chapter", claims=named, article=article, same=same)


def fragment(row: dict) -> str:
    """Text fragment (``:~:text=``) that finds the quotation on the article's own page."""
    words = row["exact"].split()
    start, end = " ".join(words[:4]), " ".join(words[-4:])
    prefix = f"{percent(row['prefix'])}-," if row.get("prefix") else ""
    middle = percent(row["exact"]) if len(words) <= 8 else f"{percent(start)},{percent(end)}"
    return f"#:~:text={prefix}{middle}"


def _marked(restored: str) -> str:
    mark = r'<span class="mv-restored" title="restored: lost in the extracted text">[\1]</span>'
    return _RESTORED.sub(mark, html.escape(restored))


def _companion_note(claim: claims.Claim) -> str:
    """In a companion book: whether the claim's test can be put to the other state, and with what result."""
    return focus.note(claim, asked) if (asked := focus.asked()) else ""


offered(badge=badge, marked=_marked, source_links=source_links, cite_control=cite_control)
known(
    ROOT=ROOT,
    SYMBOLS=claims.SYMBOLS,
    SPEAKERS=claims.SPEAKERS,
    SECTIONS=claims.SECTIONS,
    TYPES=claims.TYPES,
    VERDICTS=claims.VERDICTS,
    ASIDE=claims.ASIDE,
    SAID=claims.SAID,
    companion_note=_companion_note,
)
