"""The article as a witness: who speaks in it, what others confirm, and where its day lies in time.

Speakers are coded by hand, sentence by sentence; the rules stand in the description of ``article_sentences``.
"""

from datetime import date, timedelta

import pandas as pd

from multivector.errors import NoData
from multivector.facts import quotes as passages_of_article
from multivector.facts.dates import begun_by, first_day, known_by, last_day, spoken
from multivector.facts.rows import by_claim, cell, required, where
from multivector.findings import Asked, Table, shown

SPEAKERS = ("minister", "officials", "author_reading", "author_criticism", "background")
ARTICLE = "S01"
FORUM = "Astana International Forum"
CONFIRMING = ("wording", "substance")
THEMES = {
    "statehood": ("Statehood", "State, memberships"),
    "membership": ("Memberships", "State, memberships"),
    "format": ("Formats with partners", "Formats with partners"),
    "nuclear": ("Nuclear treaties", "State, memberships"),
    "corridor": ("Corridors", "Corridors, oil transit"),
    "forum": ("Forums", "Forums and officials"),
    "doctrine": ("Doctrine", "State, memberships"),
    "irredentism": ("Irredentist statements", "Territory, unrest, society"),
    "unga": ("UN votes on Ukraine", "War, votes, sanctions"),
    "war": ("War and words on it", "War, votes, sanctions"),
    "security": ("Unrest of January 2022", "Territory, unrest, society"),
    "energy": ("Oil transit stops", "Corridors, oil transit"),
    "sanctions": ("Sanctions", "War, votes, sanctions"),
    "society": ("Society", "Territory, unrest, society"),
    "officials": ("Office holders", "Forums and officials"),
}
"""Themes of events: the name of each, and the lane of the figure in which it stands."""
_EVE = {
    "T-51": "unrest, troops of the CSTO",
    "T-55": "Russia invades Ukraine",
    "T-56": "ES-11/1: Kazakhstan abstains",
    "T-61": "court order against the oil pipeline",
    "T-65": "ministry on four referendums",
    "T-68": "first summit with Russia, Astana",
    "T-69": "first leaders' meeting with the EU, Astana",
    "T-73": "ES-11/6: Kazakhstan abstains",
    "T-76": "online tracking of goods begins",
    "T-77": "vote for a text on Russian aggression",
    "T-79": "summit with China, Xi'an",
    "T-80": "second meeting with the EU",
    "T-82": "the Forum opens",
}
"""Events of the year and a half before the Forum that the figure names, in short."""
_WITNESS = {
    "vassilenko": "Vassilenko",
    "president": "President Tokayev",
    "other_official": "Another official",
    "unknown": "Speaker unknown",
}
_AGREEMENT = {
    "wording": "Same wording",
    "substance": "Same substance",
    "theme": "Same theme only",
    "differs": "Different message",
}


# --- who speaks -----------------------------------------------------------------------------------------------------


def paragraphs(article_paragraphs: Table) -> int:
    """Number of paragraphs of the article, headings not counted."""
    return len(article_paragraphs)


def sentences(article_sentences: Table, speaker: str = "") -> int:
    """Number of sentences of the article, or of those of one speaker.

    ``speaker`` is one of ``SPEAKERS``; a sentence of mixed content has the code of its main clause.
    """
    return len(_spoken_by(article_sentences, speaker))


@shown(unit="words")
def words(article_sentences: Table, speaker: str = "") -> int:
    """Number of words of the article, or of those of one speaker; hyphenated words count once."""
    return int(_spoken_by(article_sentences, speaker)["words"].sum())


@shown(unit="%", digits=0)
def share_of_words(article_sentences: Table, speaker: str) -> float:
    """Share of the article's words that belong to one speaker, in per cent.

    The minister's share is what is reported as his, mostly in the author's paraphrase: it is not direct speech.
    """

    return 100 * words(article_sentences, speaker) / words(article_sentences)


@shown(unit="%", digits=0)
def share_of_author(article_sentences: Table) -> float:
    """Share of the article's words in which the author reads, infers, judges or objects, in per cent."""
    return sum(share_of_words(article_sentences, speaker) for speaker in ("author_reading", "author_criticism"))


def paragraphs_with(article_sentences: Table, speaker: str = "minister") -> int:
    """Number of paragraphs with at least one sentence of the speaker."""
    return int(_spoken_by(article_sentences, speaker)["paragraph"].nunique())


def speakers_by_paragraph(article_sentences: Table, article_paragraphs: Table) -> pd.DataFrame:
    """Words of each speaker in each paragraph: a row per paragraph, a column per speaker, and a label."""
    counted = article_sentences.groupby(["paragraph", "speaker"])["words"].sum().unstack(fill_value=0)
    counted = counted.reindex(columns=list(SPEAKERS), fill_value=0).astype(int).reset_index()
    return article_paragraphs[["paragraph", "section", "label"]].merge(counted, on="paragraph")


def critical_paragraph(article_sentences: Table) -> int:
    """Number of the paragraph that holds the author's objections to the speaker. Raises ``NoData`` if not just one."""
    found = _spoken_by(article_sentences, "author_criticism")["paragraph"].unique()
    if len(found) != 1:
        raise NoData(f"the author's criticism is spread over {len(found)} paragraphs")
    return int(found[0])


def _spoken_by(article_sentences: Table, speaker: str) -> pd.DataFrame:
    if not speaker:
        return article_sentences
    if speaker not in SPEAKERS:
        raise NoData(f"no speaker {speaker!r}; expected one of: {', '.join(SPEAKERS)}")
    return where(article_sentences, speaker=speaker)


# --- the second witness ---------------------------------------------------------------------------------------------


def parallels(parallel_passages: Table, agreement: str = "", speaker: str = "") -> int:
    """Number of parallel passages found, all or of one degree of agreement and one speaker."""
    asked = {"agreement": agreement, "speaker": speaker}
    return len(where(parallel_passages, **{column: value for column, value in asked.items() if value}))


def parallel_table(parallel_passages: Table, as_of: date, confirming: bool = False) -> pd.DataFrame:
    """The parallel passages in words: who, when, where, how close to the article, and whether before or after it.

    The closest to the article stand first, and of these the nearest in time.
    """
    table = (where(parallel_passages, agreement=CONFIRMING) if confirming else parallel_passages).copy()
    table["who"] = table["speaker"].map(_WITNESS)
    table["closeness"] = table["agreement"].map(_AGREEMENT)
    table["when"] = [spoken(said) if pd.notna(said) else "undated" for said in table["said"]]
    table["timing"] = [_timing(said, as_of) for said in table["said"]]
    table["claims"] = table["claim_ids"].str.replace(";", ", ")
    table["witness"] = table["who"] + ", " + table["when"] + ", " + table["outlet"]
    table["compared"] = table["note"].fillna(table["closeness"])
    closest = table["agreement"].map(list(_AGREEMENT).index)
    days = [abs((first_day(said) - as_of).days) if pd.notna(said) else None for said in table["said"]]
    order = pd.DataFrame({"closest": closest, "days": days}).sort_values(["closest", "days"], kind="stable")
    return table.loc[order.index].reset_index(drop=True)


def reported_claims(quotes: Table, claims: Table) -> int:
    """Number of claims carried by a passage that the article ascribes to the deputy minister by name."""
    return _reported(quotes, claims)["claim_id"].nunique()


def corroborated_claims(
    quotes: Table, claims: Table, parallel_passages: Table, as_of: date, later: bool = False
) -> int:
    """Number of reported claims of the deputy minister that are on another record too by the day of judgement.

    In wording or substance, in another report of the meeting or elsewhere; with ``later`` afterwards too, which shows
    that the thought is his, not that he voiced it at the briefing. Undated passages do not count.
    """
    return len(set(_reported(quotes, claims)["claim_id"]) & _confirmed(parallel_passages, as_of, later))


def uncorroborated(quotes: Table, claims: Table, parallel_passages: Table, as_of: date) -> pd.DataFrame:
    """Claims ascribed to the deputy minister of which no other record of his is known, even later; with the quotation."""
    reported = _reported(quotes, claims)
    alone = reported[~reported["claim_id"].isin(_confirmed(parallel_passages, as_of, True))]
    table = alone.rename(columns={"restored": "passage"})[["claim_id", "quote_id", "passage"]]
    return table.sort_values("claim_id", ignore_index=True)


def uncorroborated_claims(uncorroborated: Asked) -> int:
    """Number of claims ascribed to the deputy minister of which no other record of his is known, even later."""
    return uncorroborated()["claim_id"].nunique()


def same_days(parallel_passages: Table, as_of: date, days: int = 1) -> int:
    """Number of parallel passages by the deputy minister dated within ``days`` of the opening of the Forum."""
    return len(_of_those_days(parallel_passages, as_of, days))


def same_days_records(parallel_passages: Table, as_of: date, days: int = 1) -> int:
    """Number of different texts, by source, in which these passages stand."""
    return int(_of_those_days(parallel_passages, as_of, days)["source_id"].nunique())


def _of_those_days(parallel_passages: Table, as_of: date, days: int) -> Table:
    own = where(parallel_passages, speaker="vassilenko").dropna(subset=["said"])
    near = [len(text) == 10 and abs((first_day(text) - as_of).days) <= days for text in own["said"]]
    return own[near]


def _reported(quotes: Table, claims: Table) -> Table:
    """The article's claims in passages ascribed to the deputy minister, with the passages."""
    own = by_claim(where(quotes, attribution="minister"))
    return where(own, claim_id=where(claims, status="claim")["claim_id"])


def _confirmed(parallel_passages: Table, as_of: date, later: bool) -> set[str]:
    dated = where(parallel_passages.dropna(subset=["said"]), speaker="vassilenko", agreement=CONFIRMING)
    return set(by_claim(dated if later else begun_by(dated, as_of, "said"))["claim_id"])


def _timing(said, as_of: date) -> str:
    if pd.isna(said):
        return "undated"
    if last_day(said) < as_of:
        return "before"
    return "after" if first_day(said) > as_of else "same days"


# --- the quotations -------------------------------------------------------------------------------------------------


@shown(unit="%", digits=0)
def share_quoted(quotes: Table, claims: Table, article_fingerprint: Table) -> float:
    """Share of the article's words that the tables of quotations and claims quote, in per cent.

    Context words before and after a quotation count too.
    """
    return 100 * passages_of_article.coverage(quotes, claims, article_fingerprint)


def quotations(quotes: Table, speaker: str = "") -> int:
    """Number of annotated quotations in the book, all or of one speaker."""
    return len(where(quotes, attribution=speaker) if speaker else quotes)


def claims_quoted(quotes: Table) -> int:
    """Number of claims that at least one annotated quotation carries."""
    return by_claim(quotes)["claim_id"].nunique()


def longest_quotation(quotes: Table) -> int:
    """Words in the longest annotated quotation, split at white space."""
    return int(quotes["exact"].str.split().str.len().max())


# --- the event ------------------------------------------------------------------------------------------------------


@shown(unit="days")
def forum_days(timeline: Table) -> int:
    """Length of the Astana International Forum of 2023 in days, first and last included."""
    event = _event(timeline, FORUM)
    return (last_day(event["until"]) - first_day(event["date"])).days + 1


def forum_opens(timeline: Table) -> date:
    """First day of the Astana International Forum of 2023."""
    return first_day(_event(timeline, FORUM)["date"])


def fact(forum_facts: Table, fact: str, highest: bool = False) -> int:
    """A number about the Forum or the briefing as sources give it; the lowest, or ``highest``, where they give several.

    Most are lower bounds: see the column ``bound``. Raises ``NoData`` for an unknown fact.
    """
    values = required(forum_facts, f"no source gives a number for {fact!r}", fact=fact)["value"]
    return int(values.max() if highest else values.min())


def witnesses(forum_facts: Table, fact: str) -> int:
    """Number of sources, other than the article itself, that give a fact about the Forum or the briefing."""
    return len(set(where(forum_facts, fact=fact)["source_id"]) - {ARTICLE})


def in_office(office_holders: Table, as_of: date, person: str) -> bool:
    """Whether a source shows the person entering an office by the day of judgement and none shows an end by then."""
    missing = f"no source found for the day on which {person} took office"
    required(known_by(office_holders, as_of), missing, person=person, event="start")
    return not left_office(office_holders, as_of, person)


def left_office(office_holders: Table, as_of: date, person: str) -> bool:
    """Whether a source shows an end of the person's term that may lie on or before the day of judgement."""
    return not where(begun_by(office_holders, as_of), person=person, event="end").empty


def attested_around(office_holders: Table, as_of: date, person: str, days: int = 100) -> int:
    """Number of sources that show the person in office within ``days`` of the day of judgement."""
    shown = where(office_holders, person=person, event="attested")["date"]
    return sum(first_day(text) - timedelta(days) <= as_of <= last_day(text) + timedelta(days) for text in shown)


def first_attested(office_holders: Table, person: str) -> str:
    """The earliest date at which a source shows the person in office, in words."""
    return spoken(min(required(office_holders, f"no source found for {person}", person=person)["date"], key=first_day))


def holds_from(office_holders: Table, person: str) -> str:
    """The date on which a source shows the person entering office, in words."""
    return _office_date(office_holders, person, "start")


def holds_until(office_holders: Table, person: str) -> str:
    """The date on which a source shows a successor in office, in words."""
    return _office_date(office_holders, person, "end")


def unknowns(article_unknowns: Table, known: str = "") -> int:
    """Number of items about the article that could not be settled, all or of one kind (no, presumed, address only)."""
    return len(where(article_unknowns, known=known) if known else article_unknowns)


def unknown_items(article_unknowns: Table) -> pd.DataFrame:
    """What could not be settled about the article and the briefing, with how far each item is known."""
    return article_unknowns.replace({"known": {"no": "not known"}})


def _office_date(office_holders: Table, person: str, event: str) -> str:
    missing = f"no source found for the {event} of {person}'s term"
    return spoken(cell(office_holders, "date", missing, person=person, event=event))


# --- the day in time ------------------------------------------------------------------------------------------------


def events(timeline: Table, theme: str = "", since: int = 0) -> int:
    """Number of events on the timeline, all or of one theme or from the year ``since`` on."""
    chosen = where(timeline, theme=theme) if theme else timeline
    return int((chosen["date"].str[:4].astype(int) >= since).sum())


def events_within(timeline: Table, as_of: date, theme: str, days: int = 365) -> int:
    """Number of events of one theme in the ``days`` before the day of judgement, that day not included."""
    firsts = where(timeline, theme=theme)["date"].map(first_day)
    return sum(0 < (as_of - day).days <= days for day in firsts)


@shown(unit="days")
def days_before(timeline: Table, as_of: date, event: str) -> int:
    """Days from an event of the timeline, named by its id, to the day of judgement; negative if it came later."""
    return (as_of - first_day(cell(timeline, "date", f"no event {event!r} on the timeline", event_id=event))).days


@shown(unit="years", digits=0)
def years_of_independence(timeline: Table, as_of: date) -> float:
    """Years from the declaration of independence to the day of judgement."""
    return (as_of - first_day(_event(timeline, "Independence of Kazakhstan")["date"])).days / 365.25


def event_points(timeline: Table) -> pd.DataFrame:
    """The timeline for drawing: each event with its theme in words, its lane and its place on the axis in years.

    Oldest first. An incomplete date is placed in the middle of the span that it can mean.
    """
    # Ids are permanent and stand out of order where a day was found later.
    table = timeline.sort_values("date", key=lambda dates: dates.map(first_day), kind="stable", ignore_index=True)
    return table.assign(
        lane=[THEMES[theme][1] for theme in table["theme"]],
        theme_name=[THEMES[theme][0] for theme in table["theme"]],
        when=table["date"].map(spoken),
        year=table["date"].map(_decimal),
    )


def eve_events(timeline: Table) -> pd.DataFrame:
    """Events of the year and a half before the Forum for drawing, in order of time.

    ``short`` names the event, ``year`` is its place in time and ``place`` that of its name, at even distances.
    """
    table = where(event_points(timeline), event_id=list(_EVE)).sort_values("year", ignore_index=True)
    step = (table["year"].max() - table["year"].min()) / (len(table) - 1)
    places = table["year"].min() + step * table.index
    return table.assign(short=table["event_id"].map(_EVE), place=places)


def events_before_forum(timeline: Table, as_of: date, days: int = 100) -> pd.DataFrame:
    """The events of the ``days`` before the day of judgement and on it, with the distance in days."""
    table = event_points(timeline)
    table["days"] = [(as_of - first_day(text)).days for text in table["date"]]
    return table[table["days"].between(0, days)].reset_index(drop=True)


def events_leading_up(timeline: Table, as_of: date, days: int = 100) -> int:
    """Number of events on the timeline in the ``days`` before the briefing, which is the day before the judgement's."""
    return int((events_before_forum(timeline, as_of, days)["days"] > 1).sum())


def _event(timeline: Table, name: str) -> pd.Series:
    return required(timeline, f"the timeline has no event {name!r}", event=name).iloc[0]


def _decimal(text: str) -> float:
    first, last = first_day(text), last_day(text)
    middle = first + (last - first) / 2
    return middle.year + (middle.timetuple().tm_yday - 0.5) / 365.25
