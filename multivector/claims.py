"""The ledger: each of the article's claims, its verdict, and the condition that guards it.

A verdict is a human judgement. The condition states, over findings, what must stay true for the judgement to stand;
``stale`` lists the claims whose condition no longer holds. The evidence sentence holds no typed number: it is filled
from findings each time it is shown.

    >>> from multivector import claims
    >>> claims.ledger()[45].claim_id
    'C-46'
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

import pandas as pd

from multivector import citing, dates, expressions, sources, tables
from multivector.errors import BookError, NoData
from multivector.findings import AS_OF, Desk

VERDICTS = {
    "supported": "Supported",
    "qualified": "Supported with a qualification",
    "contested": "Contested",
    "not_supported": "Not supported",
    "not_verified": "Not verified",
    "not_testable": "Not testable",
}
SPEAKERS = {
    "minister": "Vassilenko, as reported by the author",
    "officials": "Kazakh officials, as the author attributes",
    "author_reading": "The author's reading",
    "author_criticism": "The author's criticism",
    "background": "Background stated by the author",
}
TYPES = {
    "fact-event": "Fact: event",
    "fact-numeric": "Fact: number",
    "fact-membership": "Fact: membership",
    "causal": "Cause",
    "interpretive": "Interpretation",
    "normative": "Value",
}
SECTIONS = {
    "introduction": "Introduction",
    "eurasia": "Euro-Asian country",
    "corridors": "Trans-border transport",
    "order": "Less polarised order",
    "war": "Ukraine–Russia war",
    "multilateralism": "Multivectorism and multilateralism",
}
SYMBOLS = {
    "supported": "●",
    "qualified": "◐",
    "contested": "◇",
    "not_supported": "✕",
    "not_verified": "○",
    "not_testable": "–",
}
"""A shape for every verdict, so that colour is never the only sign."""
_WHO = {
    "minister": "Roman Vassilenko, as reported by the article's author",
    "officials": "Kazakh officials, as attributed by the article's author",
}
"""Who made a claim; all others are the article's own."""
ARTICLE = "S01"
"""Id of the article under study among the sources."""
_TYPED_NUMBER = re.compile(r"(?<![\w/.-])\d+(?:[.,]\d+)*\s?(?:%|km|Mt|kt|million|billion|per cent|times)")


@dataclass(frozen=True)
class Claim:
    """One row of the ledger, with what follows from it by computation."""

    claim_id: str
    section: str
    paragraph: int
    chapter: str
    quote: str
    speaker: str
    type: str
    testable: str
    verdict: str
    restatement: str
    condition: str | None
    no_condition_reason: str | None
    evidence: str
    would_change: str
    source_ids: str

    @property
    def sources(self) -> list[str]:
        """Ids of the sources behind the verdict."""
        return self.source_ids.split(";") if self.source_ids else []

    @property
    def verdict_text(self) -> str:
        """The verdict in words."""
        return VERDICTS[self.verdict]

    @cached_property
    def evidence_text(self) -> str:
        """The evidence with its numbers filled in."""
        return expressions.filled(self.evidence, _desk())

    @cached_property
    def holds(self) -> bool | None:
        """Whether the condition is true; ``None`` where the claim has none."""
        return expressions.holds(self.condition, _desk()) if self.condition else None

    @property
    def values(self) -> dict[str, str]:
        """The condition's references and their present values."""
        return {ref: expressions.shown(ref, _desk()) for ref in expressions.references(self.condition or "0")}


def ledger() -> list[Claim]:
    """All claims in order of their ids. Raises ``BookError`` if the table is at fault."""
    return list(_ledger(tables.digest()))


@lru_cache(1)
def _ledger(digest: str) -> tuple[Claim, ...]:
    """The claims; the digest of all tables keeps a changed fact from being answered with the old one."""
    frame = tables.load("claims").sort_values("claim_id")
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return tuple(Claim(**row) for row in rows)


def select(verdict: str | None = None, speaker: str | None = None, section: str | None = None) -> list[Claim]:
    """Claims that match all given filters. Raises ``BookError`` for a value outside its closed list."""
    asked = {"verdict": (verdict, VERDICTS), "speaker": (speaker, SPEAKERS), "section": (section, SECTIONS)}
    chosen = ledger()
    for field, (wanted, allowed) in asked.items():
        if wanted is None:
            continue
        if wanted not in allowed:
            raise BookError(f"{field} {wanted!r} is not in the closed list; expected one of: {', '.join(allowed)}")
        chosen = [claim for claim in chosen if getattr(claim, field) == wanted]
    return chosen


def faults(chosen: list[Claim] | None = None) -> list[str]:
    """One line for each claim whose verdict is stale, or whose condition or evidence cannot be computed."""
    lines = []
    for claim in ledger() if chosen is None else chosen:
        lines += _form_faults(claim)
        try:
            _ = claim.evidence_text
            if claim.holds is False:
                lines.append(_stale(claim))
        except (BookError, NoData) as fault:
            lines.append(f"data/claims.csv: {claim.claim_id}: {fault}")
        except Exception as fault:  # whatever happens, the claim is named and no traceback shown
            lines.append(f"data/claims.csv: {claim.claim_id}: {type(fault).__name__}: {' '.join(str(fault).split())}")
    return lines


def counts() -> pd.Series:
    """Number of claims by verdict, in the order of the closed list."""
    return pd.Series([claim.verdict for claim in ledger()]).value_counts().reindex(list(VERDICTS), fill_value=0)


def cross_table() -> pd.DataFrame:
    """Number of claims by type (rows) and verdict (columns), both in the order of their closed lists."""
    frame = tables.load("claims")
    table = pd.crosstab(frame["type"], frame["verdict"])
    return table.reindex(index=list(TYPES), columns=list(VERDICTS), fill_value=0)


def _stale(claim: Claim) -> str:
    values = "; ".join(f"{reference} = {shown}" for reference, shown in claim.values.items())
    return (
        f"data/claims.csv: {claim.claim_id}: verdict {claim.verdict!r} is stale: condition {claim.condition!r} "
        f"is false ({values}); judge the claim anew or correct the data"
    )


def _form_faults(claim: Claim) -> list[str]:
    where = f"data/claims.csv: {claim.claim_id}"
    found = []
    if bool(claim.condition) == (claim.testable == "no"):
        found.append(f"{where}: testable is {claim.testable!r} but condition is {claim.condition!r}; one must change")
    if not claim.condition and not claim.no_condition_reason:
        found.append(f"{where}: column no_condition_reason is empty; say why no condition exists")
    if typed := _TYPED_NUMBER.search(expressions.PLACEHOLDER.sub("", claim.evidence)):
        found.append(f"{where}: column evidence holds the typed number {typed.group()!r}; read it from a finding")
    if len(claim.quote.split()) > 40:
        found.append(f"{where}: column quote has {len(claim.quote.split())} words; expected at most 40")
    return found


def _desk() -> Desk:
    return Desk()


def as_json() -> dict:
    """The ledger for machines, described by ``claims.schema.json``: one object a claim, its numbers resolved."""
    return {
        "title": "Ledger of claims",
        "as_of": AS_OF.isoformat(),
        "verdicts": VERDICTS,
        "speakers": SPEAKERS,
        "types": TYPES,
        "claims": [_object(claim) for claim in ledger()],
    }


def reviews(base_url: str = "") -> dict:
    """The ledger as schema.org ``ClaimReview`` objects. Verdicts are words of the closed list, never ratings."""
    return {"@context": "https://schema.org", "@graph": [_review(claim, base_url) for claim in ledger()]}


def _object(claim: Claim) -> dict:
    return {
        "id": claim.claim_id,
        "anchor": f"chapters/claims.html#{claim.claim_id}",
        "chapter": claim.chapter,
        "section": claim.section,
        "paragraph": int(claim.paragraph),
        "quote": claim.quote,
        "restatement": claim.restatement,
        "speaker": claim.speaker,
        "type": claim.type,
        "testable": claim.testable,
        "verdict": claim.verdict,
        "condition": claim.condition,
        "condition_holds": claim.holds,
        "condition_values": claim.values,
        "no_condition_reason": claim.no_condition_reason,
        "evidence": claim.evidence_text,
        "would_change": claim.would_change,
        "sources": claim.sources,
    }


def speaker(name: str) -> str:
    """Who speaks, as a phrase inside a sentence: ``author's criticism``."""
    return SPEAKERS[name].removeprefix("The ")


def told(claim: Claim) -> str:
    """Who says it, the verdict and the day of judgement: ``author's criticism; not supported as of 8 June 2023``."""
    return f"{speaker(claim.speaker)}; {claim.verdict_text.lower()} as of {dates.spoken(AS_OF.isoformat())}"


def _review(claim: Claim, base_url: str) -> dict:
    record, article = citing.work(), sources.get(ARTICLE)
    anchor = f"{base_url.rstrip('/')}/chapters/claims.html#{claim.claim_id}" if base_url else f"#{claim.claim_id}"
    return {
        "@type": "ClaimReview",
        "@id": anchor,
        **({"url": anchor} if base_url else {}),
        "claimReviewed": claim.restatement,
        "reviewBody": claim.evidence_text,
        "reviewRating": {"@type": "Rating", "alternateName": claim.verdict_text},
        "itemReviewed": {
            "@type": "Claim",
            "text": claim.quote,
            "author": {
                "@type": "Person" if claim.speaker == "minister" else "Organization",
                "name": _WHO.get(claim.speaker, article.outlet),
            },
            "appearance": {
                "@type": "Article",
                "name": article.title.strip("[]"),
                "author": {"@type": "Organization", "name": article.outlet},
                "datePublished": article.published[:7],
            },
        },
        "author": [{"@type": "Organization", "name": name} for name in record.authors],
        "datePublished": record.released.isoformat(),
    }
