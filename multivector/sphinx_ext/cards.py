"""HTML of claims and quotes: one way to show each, used by chapters and by the two registers."""

from __future__ import annotations

import html
import re
from urllib.parse import quote as percent

from multivector import claims, focus, tables
from multivector.sphinx_ext.markup import ROOT
from multivector.sphinx_ext.roles import badge

_RESTORED = re.compile(r"\[([^\]]*)\]")


def escaped(text) -> str:
    """Text made safe for HTML."""
    return html.escape(str(text))


def source_links(source_ids) -> str:
    """Ids of sources as links to their entries."""
    known = tables.load("sources").set_index("source_id")["title"]
    return ", ".join(
        f'<a class="mv-source" href="{ROOT}chapters/sources.html#{name}" title="{escaped(known[name])}">{name}</a>'
        for name in source_ids
    )


def speaker_tag(speaker: str) -> str:
    """Who speaks, in words, with a class that gives shape and colour."""
    return f'<span class="mv-speaker mv-{speaker}">{escaped(claims.SPEAKERS[speaker])}</span>'


def verdict_card(claim: claims.Claim) -> str:
    """A claim beside its evidence in a chapter."""
    return (
        f'<section class="mv-verdict-card mv-{claim.verdict}" id="verdict-{claim.claim_id}" '
        f'aria-label="Verdict on {claim.claim_id}"><p class="mv-card-head">{badge(claim)} {speaker_tag(claim.speaker)}</p>'
        f'<p class="mv-restatement">{escaped(claim.restatement)}</p>'
        f"<p>{escaped(claim.evidence_text)} {_sources(claim)}</p>{_said(claim)}{_status(claim)}"
        f"{_companion(claim)}</section>"
    )


def ledger_card(claim: claims.Claim) -> str:
    """A claim in the ledger, with everything known of it."""
    data = {
        "verdict": claim.verdict,
        "said": claim.said or "",
        "status": claim.status,
        "speaker": claim.speaker,
        "section": claim.section,
        "type": claim.type,
    }
    attributes = " ".join(f'data-{key}="{value}"' for key, value in data.items())
    chapter = f'<a href="{ROOT}{claim.chapter}.html#verdict-{claim.claim_id}">Evidence in the chapter</a>'
    return (
        f'<article class="mv-ledger-card mv-{claim.verdict}" id="{claim.claim_id}" {attributes} '
        f'aria-labelledby="{claim.claim_id}-title">'
        f'<h3 class="mv-card-title" id="{claim.claim_id}-title">{claim.claim_id} {escaped(claim.restatement)}</h3>'
        f'<p class="mv-card-head"><span class="mv-claim mv-{claim.verdict}"><span class="mv-pill">'
        f'<span aria-hidden="true">{claims.SYMBOLS[claim.verdict]}</span> {claim.verdict_text}</span></span> '
        f'{speaker_tag(claim.speaker)} <span class="mv-kind">{claims.TYPES[claim.type]}</span> '
        f'<span class="mv-kind">Paragraph {claim.paragraph}</span> '
        f'<span class="mv-kind">Evidence {claim.sure_evidence}, agreement {claim.sure_agreement}</span></p>'
        f"<blockquote><p>“{escaped(claim.quote)}”</p></blockquote>"
        f"<p><strong>Evidence.</strong> {escaped(claim.evidence_text)} {_sources(claim)}</p>"
        f"{_said(claim)}{_status(claim)}<p><strong>What would change this.</strong> {escaped(claim.would_change)}</p>"
        f'{_guard(claim)}<p class="mv-card-foot">{chapter} <a href="#{claim.claim_id}">Link to this claim</a> '
        f"{cite_control(claim.claim_id)}</p>{_companion(claim)}</article>"
    )


def cite_control(name: str) -> str:
    """Where a site puts the one control that opens the references and citation files of a part."""
    return f'<span class="mv-cite" data-cite="{name}"></span>'


def quote_card(row: dict, place: str) -> str:
    """An annotated quotation; ``place`` is ``chapter`` or ``register``."""
    name = row["quote_id"]
    return (
        f'<figure class="mv-quote mv-{row["attribution"]}" id="{name}" data-speaker="{row["attribution"]}" '
        f'data-theme="{row["themes"].replace(";", " ")}"><div class="mv-said">'
        f"<blockquote><p>“{_marked(row['restored'])}”</p></blockquote>"
        f'<p class="mv-by">{speaker_tag(row["attribution"])}, {escaped(claims.SECTIONS[row["section"]])}, '
        f"paragraph {row['paragraph']}{_article_link(row)}</p></div>"
        f'<figcaption class="mv-annotation"><p>{escaped(row["annotation"])}</p>'
        f'<p class="mv-card-foot">{_claims_of(row)}{_parallel(row)}'
        f'<a href="{ROOT}chapters/quotes.html#{name}">{name}</a> {cite_control(name)}</p></figcaption></figure>'
    )


def fragment(row: dict) -> str:
    """Text fragment (``:~:text=``) that finds the quotation on the article's own page."""
    words = row["exact"].split()
    start, end = " ".join(words[:4]), " ".join(words[-4:])
    prefix = f"{percent(row['prefix'])}-," if row.get("prefix") else ""
    suffix = f",-{percent(row['suffix'])}" if row.get("suffix") else ""
    middle = percent(row["exact"]) if len(words) <= 8 else f"{percent(start)},{percent(end)}"
    return f"#:~:text={prefix}{middle}{suffix}"


def _article_link(row: dict) -> str:
    address = tables.load("sources").set_index("source_id")["url"].get("S01")
    if not isinstance(address, str):  # the article's own address is not known; a link appears once it is
        return ""
    return f', <a href="{escaped(address + fragment(row))}">in the article</a>'


def _marked(restored: str) -> str:
    return _RESTORED.sub(
        r'<span class="mv-restored" title="restored: lost in the extracted text">[\1]</span>', escaped(restored)
    )


def _claims_of(row: dict) -> str:
    known = {claim.claim_id: claim for claim in claims.ledger()}
    links = " ".join(badge(known[name]) for name in row["claim_ids"].split(";"))
    return f'<span class="mv-foot-claims">Claims: {links}</span> '


def _parallel(row: dict) -> str:
    name = row.get("parallel_id")
    if not isinstance(name, str):
        return ""
    return f'<a href="{ROOT}chapters/forum.html#tab-forum-parallels">Said elsewhere: {name}</a> '


def _said(claim: claims.Claim) -> str:
    """For a remark that the article reports: the second verdict, on whether it was said or is held."""
    if not claim.said:
        return ""
    question = "Was it said?" if claim.speaker == "minister" else "Is it the view of Astana?"
    return (
        f'<p><strong>{question}</strong> <span class="mv-claim mv-{claim.said}"><span aria-hidden="true">'
        f"{claims.SYMBOLS[claim.said]}</span> {claims.VERDICTS[claim.said]}.</span> {escaped(claim.said_evidence)}</p>"
    )


def _status(claim: claims.Claim) -> str:
    """Why an entry is no claim of the article and is not counted."""
    if claim.counts:
        return ""
    return f"<p><strong>{claims.STATUS[claim.status]}.</strong> {escaped(claim.status_reason)} It is not counted.</p>"


def _companion(claim: claims.Claim) -> str:
    """In a companion book: whether the claim's test can be put to the other state, and with what result."""
    code = focus.asked()
    return f'<p class="mv-companion">{escaped(focus.note(claim, code))}</p>' if code else ""


def _sources(claim: claims.Claim) -> str:
    if not claim.sources:
        return ""
    return f'<span class="mv-sources">Sources: {source_links(claim.sources)}.</span>'


def _guard(claim: claims.Claim) -> str:
    if not claim.condition:
        return f'<p class="mv-guard">No condition guards this verdict: {escaped(claim.no_condition_reason)}</p>'
    values = "; ".join(f"{escaped(ref)} is {escaped(shown)}" for ref, shown in claim.values.items())
    return (
        f'<details class="mv-guard"><summary>Condition that guards the verdict of {claim.claim_id}</summary>'
        f"<p><code>{escaped(claim.condition)}</code></p><p>{values}</p></details>"
    )
