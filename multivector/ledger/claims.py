"""The ledger: each of the article's claims, its verdict, and the condition that guards it.

A verdict is a human judgement on whether the claim is so; a remark that the article reports has a second one, on
whether it was said. The condition states, over findings, what must stay true for the judgement to stand;
``stale`` lists the claims whose condition no longer holds. The evidence sentence holds no typed number: it is filled
from findings each time it is shown.

    >>> from multivector.ledger import claims
    >>> claims.ledger()[45].claim_id
    'C-46'
"""

import re
from dataclasses import dataclass

import pandas as pd

from multivector.cite import citing, sources
from multivector.errors import BookError, NoData
from multivector.facts import dates, kept, tables
from multivector.facts.verdicts import TYPES, VERDICTS
from multivector.findings import AS_OF, Desk, forum
from multivector.ledger import expressions

STATUS = {
    "claim": "Claim of the article",
    "book_question": "Question of this book, not a claim of the article",
    "withdrawn": "Withdrawn: the article does not claim it",
}
"""What an entry of the ledger is. Only claims of the article are counted."""
ASIDE = {"book_question": "question of this book", "withdrawn": "withdrawn"}
"""What a badge says beside the verdict on an entry that is no claim of the article."""
SPEAKERS = {
    "minister": "Vassilenko, as reported by the author",
    "officials": "Kazakh officials, as the author attributes",
    "author_reading": "The author's reading",
    "author_criticism": "The author's criticism",
    "background": "Background stated by the author",
}
SAID = {"minister": ("Was it said?", "said"), "officials": ("Is it the view of Astana?", "held")}
"""What the second verdict on a reported remark asks, and what is said in short, by speaker."""
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
SPEECH_ONLY = ("C-09", "C-49", "C-59")
"""Claims that report what somebody began with or stressed: they have a verdict on whether it was said, and no other."""
ARTICLE = "S01"
"""Id of the article under study among the sources."""
_MOST_WORDS = 40  # of a quote, as of any quotation; that module's tables are none that a verdict needs
_TYPED_NUMBER = re.compile(r"(?<![\w/.-])\d+(?:[.,]\d+)*\s?(?:%|km|Mt|kt|million|billion|per cent|times)")


@dataclass(frozen=True)
class Claim:
    """One row of the ledger, with what follows from it by computation.

    What the article does not assert nobody is made to say: its ``speaker`` is ``None``.
    """

    claim_id: str
    status: str
    section: str
    paragraph: int
    chapter: str
    quote: str
    speaker: str | None
    type: str
    testable: str
    verdict: str
    said: str | None
    sure_evidence: str
    sure_agreement: str
    restatement: str
    condition: str | None
    no_condition_reason: str | None
    evidence: str
    said_evidence: str | None
    would_change: str
    source_ids: str
    status_reason: str | None

    @property
    def sources(self) -> list[str]:
        """Ids of the sources behind the verdict."""
        return self.source_ids.split(";") if self.source_ids else []

    @property
    def counts(self) -> bool:
        """Whether the article asserts it, so that it enters the counts."""
        return self.status == "claim"

    @property
    def voice(self) -> str:
        """Who says it, in words; of what the article does not assert, what it is instead."""
        return SPEAKERS[self.speaker] if self.speaker else STATUS[self.status]

    @property
    def verdict_text(self) -> str:
        """The verdict in words."""
        return VERDICTS[self.verdict]

    @property
    def outcome(self) -> str:
        """The verdict in words beside an id, and what the entry is if it is no claim of the article."""
        return "; ".join(filter(None, (self.verdict_text.lower(), ASIDE.get(self.status))))

    @property
    def evidence_text(self) -> str:
        """The evidence with its numbers filled in."""
        return kept.value(("evidence", self.evidence), lambda: expressions.filled(self.evidence, Desk()))

    @property
    def holds(self) -> bool | None:
        """Whether the condition is true; ``None`` where the claim has none."""
        if not (asked := self.condition):
            return None
        return kept.value(("holds", asked), lambda: expressions.holds(asked, _guard_desk()))

    @property
    def values(self) -> dict[str, str]:
        """The condition's references and their present values."""
        return {ref: expressions.shown(ref, _guard_desk()) for ref in expressions.references(self.condition or "0")}

    @property
    def threshold_reason(self) -> str | None:
        """Why the limits in the condition are where they are; ``None`` where it has none to explain."""
        return tables.load("thresholds").set_index("claim_id")["reason"].get(self.claim_id)

    @property
    def margins(self) -> list[expressions.Margin]:
        """How far each comparison of the condition is from turning."""
        if not (asked := self.condition):
            return []
        return kept.value(("margins", asked), lambda: expressions.margins(asked, _guard_desk()))

    @property
    def nearest(self) -> expressions.Margin | None:
        """The comparison that is nearest to turning, by its share; a count of one is no limit and comes last."""
        return min(self.margins, key=lambda margin: (margin.limit in ("0", "1"), margin.room), default=None)


def ledger() -> list[Claim]:
    """All claims in order of their ids. Raises ``BookError`` if the table is at fault."""
    return list(kept.value(("ledger",), _ledger))


def _ledger() -> tuple[Claim, ...]:
    frame = tables.load("claims").sort_values("claim_id")
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return tuple(Claim(**row if row["status"] == "claim" else row | {"speaker": None}) for row in rows)


def select(**wanted: str | None) -> list[Claim]:
    """Claims with the given verdict, said, speaker and section. Raises ``BookError`` for a value outside its list."""
    closed = {"verdict": VERDICTS, "said": VERDICTS, "speaker": SPEAKERS, "section": SECTIONS}
    chosen = ledger()
    for field, value in wanted.items():
        if value is None:
            continue
        if value not in closed[field]:
            raise BookError(f"{field} {value!r} is not in the closed list; expected one of: {', '.join(closed[field])}")
        chosen = [claim for claim in chosen if getattr(claim, field) == value]
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
            _ = holds_later(claim)  # asked here, so that a condition that cannot be asked then is named too
        except Exception as fault:  # whatever happens, the claim is named and no traceback shown
            kind = "" if isinstance(fault, BookError | NoData) else f"{type(fault).__name__}: "
            lines.append(f"data/claims.csv: {claim.claim_id}: {kind}{' '.join(str(fault).split())}")
    return lines


def counts() -> pd.Series:
    """Number of the article's claims by verdict, in the order of the closed list."""
    verdicts = pd.Series([claim.verdict for claim in ledger() if claim.counts])
    return verdicts.value_counts().reindex(list(VERDICTS), fill_value=0)


def remarks() -> list[Claim]:
    """The deputy minister's remarks, as the article reports them: each has a verdict on whether it was said."""
    return [claim for claim in ledger() if claim.speaker == "minister"]


def said_elsewhere() -> list[str]:
    """Ids of the passages in which the deputy minister says what the article reports, in wording or substance."""
    passages = tables.load("parallel_passages")
    same = passages["agreement"].isin(forum.CONFIRMING) & (passages["speaker"] == "vassilenko")
    return list(passages.loc[same, "parallel_id"])


def so(claim: Claim) -> str | None:
    """The verdict on whether it is so; ``None`` where the article reports only how somebody spoke."""
    return None if claim.claim_id in SPEECH_ONLY else claim.verdict


def holds_later(claim: Claim) -> bool | None:
    """As ``holds``, with all that is known at the release of the book."""
    return expressions.holds(claim.condition, _later_desk()) if claim.condition else None


def _later_desk() -> Desk:
    return Desk(as_of=citing.work().released)


def as_known_later() -> pd.DataFrame:
    """Claims whose condition fails when asked at the release with all that is known then, and what that means.

    Columns ``claim_id``, ``what`` (numbers then and on the day), ``verdict``, ``later`` (if it counted), ``reason``.
    """
    told = tables.load("later_readings").set_index("claim_id")
    desk, rows = _later_desk(), []
    for claim in (claim for claim in ledger() if holds_later(claim) is False):
        then = {ref: expressions.shown(ref, desk) for ref in claim.values}
        told_by = {ref: expressions.finding_of(ref).meaning.rstrip(".").replace("``", "") for ref in then}
        moved = [f"{told_by[ref]}: {now}, then {then[ref]}" for ref, now in claim.values.items() if then[ref] != now]
        row = told.loc[claim.claim_id]
        later = VERDICTS[row["verdict"]]
        rows.append((claim.claim_id, "; ".join(moved), claim.verdict_text, later, row["reason"], row["source_id"]))
    return pd.DataFrame(rows, columns=["claim_id", "what", "verdict", "later", "reason", "source_id"])


def _stale(claim: Claim) -> str:
    values = "; ".join(f"{reference} = {shown}" for reference, shown in claim.values.items())
    return (
        f"data/claims.csv: {claim.claim_id}: verdict {claim.verdict!r} is stale: condition {claim.condition!r} "
        f"is false ({values}); judge the claim anew or correct the data"
    )


def _form_faults(claim: Claim) -> list[str]:
    where = f"data/claims.csv: {claim.claim_id}"
    found = []
    if claim.condition and claim.testable == "no":
        found.append(f"{where}: testable is 'no' but condition is {claim.condition!r}; one must change")
    if bool(claim.condition) == bool(claim.no_condition_reason):
        found.append(f"{where}: columns condition and no_condition_reason; expected one of them, not both or neither")
    if bool(expressions.limits(claim.condition or "0")) != bool(claim.threshold_reason):
        numbers = ", ".join(f"{number:g}" for number in expressions.limits(claim.condition or "0")) or "none"
        found.append(
            f"data/thresholds.csv: {claim.claim_id}: reason {claim.threshold_reason or ''!r} for the limits {numbers} "
            "of the condition; expected a reason where there are limits, and no row elsewhere"
        )
    if claim.claim_id in SPEECH_ONLY and claim.said != claim.verdict:
        found.append(f"{where}: column verdict is {claim.verdict!r}; expected that of column said, {claim.said!r}")
    if bool(claim.said) != bool(claim.said_evidence):
        found.append(f"{where}: columns said and said_evidence; expected both, or neither")
    if claim.counts == bool(claim.status_reason):
        found.append(f"{where}: column status_reason; expected a reason where status is not claim, and none elsewhere")
    if typed := _TYPED_NUMBER.search(expressions.PLACEHOLDER.sub("", claim.evidence)):
        found.append(f"{where}: column evidence holds the typed number {typed.group()!r}; read it from a finding")
    if (count := len(claim.quote.split())) > _MOST_WORDS:
        found.append(f"{where}: column quote has {count} words; expected at most {_MOST_WORDS}")
    return found


def _guard_desk() -> Desk:
    """The desk at which conditions are evaluated: what happened or was published after the day cannot decide."""
    return Desk(hindsight=False)


def as_json() -> dict:
    """The ledger for machines, one object a claim, its numbers resolved."""
    return {
        "title": "Ledger of claims",
        "as_of": AS_OF.isoformat(),
        "verdicts": VERDICTS,
        "status": STATUS,
        "speakers": SPEAKERS,
        "types": TYPES,
        "claims": [_object(claim) for claim in ledger()],
    }


def reviews(base_url: str = "") -> dict:
    """The ledger as schema.org ``ClaimReview`` objects. Verdicts are words of the closed list, never ratings."""
    graph = [_review(claim, base_url) for claim in ledger() if claim.counts]
    return {"@context": "https://schema.org", "@graph": graph}


def _object(claim: Claim) -> dict:
    def own(*names: str) -> dict:
        return {name: getattr(claim, name) for name in names}

    return {
        "id": claim.claim_id,
        "anchor": f"chapters/claims.html#{claim.claim_id}",
        **own("chapter", "section", "paragraph", "quote", "restatement", "speaker", "type", "testable"),
        **own("status", "status_reason", "verdict"),
        "so": so(claim),
        **own("said", "said_evidence"),
        "sure": {"evidence": claim.sure_evidence, "agreement": claim.sure_agreement},
        "condition": claim.condition,
        "condition_holds": claim.holds,
        "condition_values": claim.values,
        "turning_points": [
            {name: getattr(one, name) for name in ("compared", "now", "turns")} for one in claim.margins
        ],
        **own("threshold_reason", "no_condition_reason"),
        "evidence": claim.evidence_text,
        **own("would_change", "sources"),
    }


def speaker(name: str) -> str:
    """Who speaks, as a phrase inside a sentence: ``author's criticism``."""
    return SPEAKERS[name].removeprefix("The ")


def told(claim: Claim) -> str:
    """Who says it, the verdict and the day of judgement: ``author's criticism; not supported as of 8 June 2023``."""
    return f"{claim.voice.removeprefix('The ')}; {claim.verdict_text.lower()} as of {dates.spoken(AS_OF.isoformat())}"


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
                "name": _WHO.get(claim.speaker or "", article.outlet),
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
