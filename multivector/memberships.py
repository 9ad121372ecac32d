"""Who belonged to which organisation on a given day, and how sure the book is of it.

    >>> memberships_on("2023-06-08").query("iso3 == 'KAZ' and organisation == 'OTS'")["status"].item()
    'member'

Rules, in one place:

* The day of joining counts, and so does the last day (``until``).
* An incomplete date counts cautiously at the start and generously at the end: ``since`` 1995 counts from
  31 December 1995, ``until`` 2012 counts to 31 December 2012. A day asked for as ``"2014"`` means its last day.
* Where ``since`` is empty the start is not known. With ``attested`` the status counts from that date on (a source
  shows it then, and an earlier absence is known or possible). Without it, it counts for the whole life of the
  organisation. ``uncertain_on`` lists what may hold on a day without being counted.
* A document is taken before the Correlates of War dataset (D03), which codes calendar years: the dataset's row stands
  in the table but gives way where another source has a row for the same state, organisation and status.
* Of several statuses on one day the fullest is given: member, associate, observer, partner, signatory.
  ``withdrawn`` is never standing.

What an organisation means for a state's policy is for ``multivector.findings`` to say.
"""

from __future__ import annotations

from datetime import date
from functools import cache

import pandas as pd

from multivector import tables
from multivector.dates import first_day, last_day
from multivector.errors import BookError, NoData

STATUSES = ("member", "associate", "observer", "partner", "signatory")
"""Standing statuses, fullest first."""
NOT_KNOWN = "not known"
"""How readers are told of a standing that is ``uncertain``."""
DATASET = "D03"
"""The dataset of calendar years that gives way to documents."""
COMPARED = "2014-12-31"
"""Day on which the table is compared with the dataset: the dataset's last."""
_KEY = ["iso3", "organisation"]


def memberships_on(day: date | str, rows: pd.DataFrame | None = None) -> pd.DataFrame:
    """Every standing of every state on ``day``: columns iso3, organisation, status.

    ``rows`` is a memberships table, by default the book's. Raises ``BookError`` if ``day`` is not a date.
    """
    return standing_on(day, rows)[[*_KEY, "status"]]


def standing_on(day: date | str, rows: pd.DataFrame | None = None) -> pd.DataFrame:
    """As ``memberships_on``, with the columns since, until, attested, source_id and ``dated``.

    ``dated`` is ``day``, ``year`` (or month), ``by`` (start unknown, status attested) or ``unknown``.
    """
    day = _day(day)
    spans = _spans(rows)
    held = spans[(spans["_begins"] <= day) & (spans["_ends"] >= day)]
    held = held.sort_values([*_KEY, "_rank", "_begins"]).drop_duplicates(_KEY)
    return held.drop(columns=["_begins", "_ends", "_rank"]).reset_index(drop=True)


def uncertain_on(day: date | str, rows: pd.DataFrame | None = None) -> pd.DataFrame:
    """Statuses that may hold on ``day`` but are not counted: columns iso3, organisation, status.

    Either the start is known only as a year or month that contains the day, or a later source shows a status whose
    start is not known.
    """
    day = _day(day)
    spans = _spans(rows)
    earliest = pd.Series(_days(spans["since"], first_day, date.min), index=spans.index)
    open_start = spans["since"].isna() | (earliest <= day)
    maybe = spans[(spans["_begins"] > day) & open_start & (spans["_ends"] >= day)]
    counted = memberships_on(day, rows).set_index(_KEY).index
    maybe = maybe[~pd.MultiIndex.from_frame(maybe[_KEY]).isin(counted)]
    return maybe.sort_values([*_KEY, "_rank"]).drop_duplicates(_KEY)[[*_KEY, "status"]].reset_index(drop=True)


def overlap(a: str, b: str, day: date | str, rows: pd.DataFrame | None = None) -> float:
    """Jaccard index of the full memberships of two states on ``day``: shared organisations over all of either.

    1 means the same organisations, 0 none in common. Counted are full members only, and only organisations whose
    membership the table knows for all states (``coverage`` is ``all``). Raises ``NoData`` if one state has none.
    """
    ours, theirs = (full_memberships(state, day, rows) for state in (a, b))
    for state, found in ((a, ours), (b, theirs)):
        if not found:
            raise NoData(f"memberships has no full membership of {state} on {_day(day)}")
    return len(ours & theirs) / len(ours | theirs)


def full_memberships(state: str, day: date | str, rows: pd.DataFrame | None = None) -> set[str]:
    """Organisations of known membership in which ``state`` is a full member on ``day``."""
    held = memberships_on(day, rows)
    full = held[(held["iso3"] == state) & (held["status"] == "member")]
    return set(full["organisation"]) & comparable()


def comparable() -> set[str]:
    """Organisations whose membership is known for all states, so that absence from the table means absence."""
    organisations = tables.load("organisations")
    return set(organisations.loc[organisations["coverage"] == "all", "organisation"])


def listed() -> dict[str, str]:
    """Organisations of which the table holds only some states, with their first day (empty if it is not known).

    For a state without a row there, absence from the table says nothing.
    """
    organisations = tables.load("organisations").query("coverage == 'listed'")
    founded = organisations.set_index("organisation")["founded"]
    return {one: "" if pd.isna(text) else first_day(text).isoformat() for one, text in founded.items()}


def statuses(day: date | str, states: list[str], rows: pd.DataFrame | None = None) -> pd.DataFrame:
    """Standing of each of ``states`` in each organisation on ``day``: organisations down, states across.

    ``none`` where absence is known, ``uncertain`` where a status may hold without being counted, or where nothing is
    recorded of the state and the organisation is one of ``listed``.
    """
    names = sorted(tables.load("organisations")["organisation"], key=str.lower)
    cells = pd.DataFrame("none", index=pd.Index(names, name="organisation"), columns=states)
    recorded = set(_spans(rows)[["organisation", "iso3"]].itertuples(index=False, name=None))
    for organisation, founded in listed().items():
        for iso3 in states if _day(day).isoformat() >= founded else ():
            if (organisation, iso3) not in recorded:
                cells.loc[organisation, iso3] = "uncertain"
    maybe = uncertain_on(day, rows).assign(status="uncertain")
    for row in pd.concat([maybe, memberships_on(day, rows)]).query("iso3 in @states").itertuples():
        cells.loc[row.organisation, row.iso3] = row.status
    return cells


def profile(state: str, day: date | str, rows: pd.DataFrame | None = None) -> pd.DataFrame:
    """Standing of one state on ``day``, one organisation a row, with its name, dates and source.

    Raises ``NoData`` if the table has nothing on the state for that day.
    """
    held = standing_on(day, rows)
    held = held[held["iso3"] == state]
    if held.empty:
        raise NoData(f"memberships has no row for {state} on {_day(day)}")
    named = held.merge(tables.load("organisations")[["organisation", "name", "binds_to"]], on="organisation")
    columns = ["organisation", "name", "binds_to", "status", "since", "until", "attested", "dated", "source_id"]
    return named[columns].sort_values("organisation", ignore_index=True)


def cow_disagreements() -> pd.DataFrame:
    """Where the table and the Correlates of War spells differ at the end of 2014.

    Columns state, organisation, ours, cow, reason.
    Compared are all states in organisations that the dataset covers; ``none`` is no standing. The reasons are the
    book's own (table ``cow_differences``); an empty one is a difference nobody has explained.
    """
    coded = tables.load("organisations").dropna(subset="igo").set_index("igo")["organisation"]
    spells = tables.load("igo_spells")
    year = int(COMPARED[:4])
    cow = spells[(spells["from_year"] <= year) & (spells["to_year"] >= year) & spells["igo"].isin(coded.index)]
    cow = cow.assign(organisation=cow["igo"].map(coded)).set_index(_KEY)["status"].rename("cow")
    ours = memberships_on(COMPARED)
    ours = ours[ours["organisation"].isin(coded)].set_index(_KEY)["status"].rename("ours")
    both = pd.concat([ours, cow], axis=1).fillna("none")
    differ = both[both["ours"] != both["cow"]].reset_index()
    reasons = tables.load("cow_differences")[[*_KEY, "ours", "cow", "reason"]]
    explained = differ.merge(reasons, on=[*_KEY, "ours", "cow"], how="left").sort_values(_KEY, ignore_index=True)
    return explained.rename(columns={"iso3": "state"})[["state", "organisation", "ours", "cow", "reason"]]


def intervals(rows: pd.DataFrame | None = None) -> pd.DataFrame:
    """Every standing as an interval of days (``begins``, ``ends``; ISO, empty if open), with the dataset giving way."""
    spans = _spans(rows)
    spans["begins"] = spans["_begins"].map(lambda day: "" if day == date.min else day.isoformat())
    spans["ends"] = spans["_ends"].map(lambda day: "" if day == date.max else day.isoformat())
    return spans.drop(columns=["_begins", "_ends", "_rank"]).sort_values([*_KEY, "begins"], ignore_index=True)


def _spans(rows: pd.DataFrame | None) -> pd.DataFrame:
    """The rows that count, each with the days on which it begins and ends and the rank of its status."""
    if rows is None or rows.equals(tables.load("memberships")):
        return _book_spans(tables.resource("memberships")["hash"]).copy()
    return _spans_of(rows)


def _spans_of(rows: pd.DataFrame) -> pd.DataFrame:
    standing = rows[rows["status"].isin(STATUSES)]
    documents = standing.loc[standing["source_id"] != DATASET, [*_KEY, "status"]].drop_duplicates()
    yielding = pd.MultiIndex.from_frame(standing[[*_KEY, "status"]]).isin(documents.set_index([*_KEY, "status"]).index)
    spans = standing[(standing["source_id"] != DATASET) | ~yielding].copy()
    start = spans["since"].where(spans["since"].notna(), spans["attested"])
    spans["_begins"] = _days(start, last_day, date.min)
    spans["_ends"] = _days(spans["until"], last_day, date.max)
    spans["_rank"] = spans["status"].map(STATUSES.index)
    spans["dated"] = [
        _dated(since, attested) for since, attested in zip(spans["since"], spans["attested"], strict=True)
    ]
    return spans


@cache
def _book_spans(checksum: str) -> pd.DataFrame:
    """Spans of the book's own table; the checksum keeps a changed table from being answered with the old one."""
    return _spans_of(tables.load("memberships"))


def _days(column: pd.Series, end, empty: date) -> list[date]:
    return [empty if pd.isna(text) else end(text) for text in column]


def _dated(since, attested) -> str:
    if pd.isna(since):
        return "unknown" if pd.isna(attested) else "by"
    return "day" if len(since) == 10 else "year"


def _day(day: date | str) -> date:
    if isinstance(day, str):
        try:
            return last_day(day)
        except ValueError:
            raise BookError(f"memberships: {day!r} is not a date; expected 2023, 2023-06 or 2023-06-08") from None
    return day
