"""How far two further coders agree with each other and with the ledger, and what the counts of the ledger can bear.

The coders were language models that saw codebook, sentences and evidence, not the verdicts and not each other. The
evidence was written by whoever proposed the verdicts, so that all agreement here is an upper bound.
"""

import numpy as np
import pandas as pd

from multivector.facts.chance import fisher, kappa, kappas
from multivector.facts.rows import where
from multivector.facts.verdicts import FACTS
from multivector.findings import Table, shown

_RESAMPLES, _SEED = 2000, 20230608
_NAMES = {
    ("sentence", "speaker"): "Sentences: who speaks",
    ("sentence", "type"): "Sentences: type",
    ("claim", "asserted"): "Claims: asserted by the article",
    ("claim", "speaker"): "Claims: who speaks",
    ("claim", "type"): "Claims: type",
    ("claim", "said"): "Claims: was it said",
    ("claim", "so"): "Claims: is it so",
}


def _pairs(codings: Table, item: str) -> pd.DataFrame:
    """One row a unit with the codes of both; a unit to which one of them gave no code has an empty text."""
    return where(codings, item=item).pivot(index="unit", columns="coder", values="code").fillna("")


def _ledger(claims: Table) -> pd.DataFrame:
    """The claims by their id, with the verdicts under the names that the coders' items have: ``said`` and ``so``."""
    return claims.set_index("claim_id").rename(columns={"verdict": "so"})


def _interval(first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
    """Bounds of the middle 95 per cent of kappas when units are drawn anew with replacement."""
    draws = np.random.default_rng(_SEED).integers(0, len(first), (_RESAMPLES, len(first)))
    low, high = np.quantile(kappas(first[draws], second[draws]), (0.025, 0.975))
    return float(low), float(high)


def agreement(codings: Table) -> pd.DataFrame:
    """Agreement of the two coders by what was coded: units, share coded alike, Cohen's kappa, 95% bootstrap bounds.

    Caveat: units are not independent, and both coders read the same evidence texts.
    """
    rows = []
    for (kind, item), name in _NAMES.items():
        pairs = _pairs(codings, item)
        pairs = pairs[pairs.index.str.startswith("C-") == (kind == "claim")]
        first, second = (pairs[coder].to_numpy() for coder in (1, 2))
        low, high = _interval(first, second)
        alike = 100 * float((first == second).mean())
        rows.append((name, len(pairs), alike, kappa(first, second), low, high))
    return pd.DataFrame(rows, columns=["item", "units", "alike_pct", "kappa", "low", "high"])


def differing(codings: Table, claims: Table, coding_settlements: Table) -> pd.DataFrame:
    """Verdicts, types and speakers on which the coders differ from each other or from the ledger, and those settled.

    A claim that only reports how somebody spoke has no code on whether it is so.
    """
    ledger, rows = _ledger(claims)[["said", "so", "type", "speaker"]].fillna(""), []
    settled = {(row.claim_id, row.item): row for row in coding_settlements.itertuples()}
    for item in ledger.columns:
        pairs = _pairs(codings, item)
        for unit, first, second in pairs.loc[pairs.index.isin(ledger.index), [1, 2]].itertuples():
            now = ledger.loc[unit, item]
            if row := settled.get((unit, item)):
                rows.append((unit, item, row.before, first, second, now, row.reason))
            elif len({first, second, now}) > 1:
                rows.append((unit, item, now, first, second, now, "The coders differ; the ledger stands."))
    codes = ["before", "first", "second", "now"]
    frame = pd.DataFrame(rows, columns=["claim_id", "item", *codes, "reason"])
    frame[codes] = frame[codes].apply(lambda column: column.str.replace("_", " ").replace("", "none"))
    return frame.sort_values(["claim_id", "item"], ignore_index=True)


def changed_after_coding(coding_settlements: Table, codings: Table, items: str = "said so") -> int:
    """Number of verdicts, or of other ``items``, that were changed because both coders differed from the ledger."""
    settled = _settled(coding_settlements, codings, items)
    return int((settled["before"] != settled["after"]).sum())


def settled_after_coding(coding_settlements: Table, codings: Table, items: str = "said so") -> int:
    """Number of verdicts, or of other ``items``, on which both coders differed from the ledger."""
    return len(_settled(coding_settlements, codings, items))


def _settled(coding_settlements: Table, codings: Table, items: str) -> pd.DataFrame:
    """Without what the coders saw as the ledger had it, and evidence found since has changed."""
    first = where(codings, coder=1).rename(columns={"unit": "claim_id"})
    settled = where(coding_settlements, item=items.split()).merge(first, on=["claim_id", "item"], how="left")
    return settled[settled["code"] != settled["before"]]


@shown(unit="%")
def author_share(codings: Table, article_sentences: Table, coder: int = 1) -> float:
    """Share of the article's words in sentences that a coder gives to the author's reading or criticism."""
    pairs = _pairs(codings, "speaker")[coder]
    place = article_sentences["paragraph"].astype(str) + "." + article_sentences["sentence"].astype(str)
    own = place.map(pairs).isin(("author_reading", "author_criticism"))
    return 100 * float(article_sentences.loc[own, "words"].sum() / article_sentences["words"].sum())


def facts_and_causes(claims: Table) -> pd.DataFrame:
    """Facts and causal claims of the article: how many, how many supported outright, how many at least in part.

    ``p`` is Fisher's exact test, two-sided, of facts against causes. Caveat: claims are not independent.
    """
    counted = where(claims, status="claim")
    groups = [where(counted, type=FACTS), where(counted, type="causal")]
    rows = []
    for label, held in (("supported", ["supported"]), ("supported or qualified", ["supported", "qualified"])):
        facts, causes = (int(group["verdict"].isin(held).sum()) for group in groups)
        missed = [len(group) - hits for group, hits in zip(groups, (facts, causes), strict=True)]
        rows.append((label, facts, len(groups[0]), causes, len(groups[1]), fisher(facts, causes, *missed)))
    return pd.DataFrame(rows, columns=["counted", "facts", "of_facts", "causes", "of_causes", "p"])


def facts_and_causes_by_paragraph(claims: Table) -> pd.DataFrame:
    """Facts and causal claims by paragraph of the article: in how many of them any claim of the kind is supported."""
    counted = where(claims, status="claim")
    rows = []
    for label, kinds in (("facts", FACTS), ("causes", ("causal",))):
        held = where(counted, type=kinds).groupby("paragraph")["verdict"].agg(lambda one: "supported" in set(one))
        rows.append((label, int(held.sum()), len(held)))
    return pd.DataFrame(rows, columns=["kind", "with_a_supported_one", "paragraphs"])


def sisters(sister_claims: Table, claims: Table) -> pd.DataFrame:
    """Claims that rest on the same evidence, with their verdicts and why these differ, if they do."""
    ledger, rows = _ledger(claims), []
    for row in sister_claims.fillna({"why_not": ""}).itertuples():
        verdicts = ledger.loc[row.claim_ids.split(";"), row.item].str.replace("_", " ")
        told = "; ".join(f"{name} {verdict}" for name, verdict in verdicts.items())
        rows.append((row.matter, told, row.why_not))
    return pd.DataFrame(rows, columns=["matter", "verdicts", "why_not"])
