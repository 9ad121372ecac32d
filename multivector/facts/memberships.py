"""Who belonged to which organisation on a given day, and how sure the book is of it.

    >>> memberships_on("2023-06-08").query("iso3 == 'KAZ' and organisation == 'OTS'")["status"].item()
    'member'

One rule reads every row of the table. On a day, a standing is definite, uncertain, or absent:

* Nothing is standing before the body was founded or the state existed. Signatories and candidates may precede the
  founding, because a treaty is signed before it comes into force.
* ``since`` and ``until`` are the first and the last day. Where one is known only to the month or year, the standing is
  uncertain within that month or year, and definite outside it: ``since`` 1995 is definite on 31 December 1995 and
  uncertain before that from 1 January; ``until`` 2012 is definite on 1 January 2012 and uncertain for the rest of it.
* ``attested`` is a day on which a source shows a standing whose start is not known: definite from then on, uncertain
  before, back to the founding of the body.
* With neither, the standing is uncertain throughout.
* A definite standing goes before an uncertain one, and of several the fullest counts, in the order of ``STATUSES``.
  Suspension is a status of its own, and a state that has withdrawn has none.
* Of a body whose ``coverage`` is ``listed`` the table holds only some states: one without a row is uncertain, and so
  is a signatory once the body exists, because its membership was not found.

What is uncertain is never counted as absence. ``spans`` gives the result of the rule, a stretch of days a row; all
other functions, the charts and the slider of the page read it there. A day asked for as ``"2014"`` means its last day.
"""

from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

import pandas as pd

from multivector.errors import BookError
from multivector.facts import tables
from multivector.facts.dates import first_day, last_day
from multivector.facts.names import un_members

STATUSES = ("member", "suspended", "associate", "observer", "partner", "candidate", "signatory")
"""Standing statuses, fullest first."""
UNCERTAIN = "uncertain"
NOT_KNOWN = "not known"
"""How readers are told of a standing that is ``uncertain``."""
BEFORE_FOUNDING = ("signatory", "candidate")
"""Statuses that a state can have before the body exists."""
OPEN = date.max.isoformat()
"""End of a stretch that goes on."""
_KEY = ["iso3", "organisation"]
_RULE = ("organisations", "state_existence", "states")
"""Tables that the rule reads beside the rows."""
_DAY = timedelta(days=1)
_results: dict[tuple, pd.DataFrame] = {}
"""Results of the rule, by the content of the rows and the checksums of the tables it asks."""
_MANY = 8


class _Reading(NamedTuple):
    """Days on which one row says that a status holds, or may hold."""

    begins: date
    ends: date
    definite: bool
    status: str
    row: object


def memberships_on(day: date | str, rows: pd.DataFrame | None = None) -> pd.DataFrame:
    """Every definite standing of every state on ``day``: columns iso3, organisation, status.

    ``rows`` is a memberships table, by default the book's. Raises ``BookError`` if ``day`` is not a date.
    """
    return standing_on(day, rows)[[*_KEY, "status"]]


def standing_on(day: date | str, rows: pd.DataFrame | None = None) -> pd.DataFrame:
    """As ``memberships_on``, with the columns of ``spans`` that say why: the dates and sources of the row."""
    held = _on(day, rows)
    return held[held["status"] != UNCERTAIN].drop(columns="may_be").reset_index(drop=True)


def uncertain_on(day: date | str, rows: pd.DataFrame | None = None) -> pd.DataFrame:
    """What is not known on ``day``: columns iso3, organisation, status, source_id.

    ``status`` is the fullest standing that may hold, by the row with ``source_id``. Both are empty where the table has
    no row for the state in a body of which it lists only some.
    """
    maybe = _on(day, rows).query("status == @UNCERTAIN")
    return maybe.assign(status=maybe["may_be"])[[*_KEY, "status", "source_id"]].reset_index(drop=True)


def statuses(day: date | str, states: list[str], rows: pd.DataFrame | None = None) -> pd.DataFrame:
    """Standing of each of ``states`` in each organisation on ``day``: organisations down, states across.

    A status, ``none`` where absence is known, or ``uncertain``.
    """
    names = sorted(tables.load("organisations")["organisation"], key=str.lower)
    cells = _on(day, rows).pivot(index="organisation", columns="iso3", values="status")
    return cells.reindex(index=pd.Index(names, name="organisation"), columns=states).astype(object).fillna("none")


def spells_in(igo_spells: pd.DataFrame, year: int) -> pd.DataFrame:
    """Rows of the Correlates of War spells that hold in a year."""
    return igo_spells[(igo_spells["from_year"] <= year) & (igo_spells["to_year"] >= year)]


def spans(rows: pd.DataFrame | None = None) -> pd.DataFrame:
    """The result of the rule: for each state and body the stretches of days on which it stands or may stand there.

    Columns iso3, organisation, status (``uncertain`` if it is not known), may_be (the fullest status that an uncertain
    stretch may hold), begins, ends (ISO days, both included; ``OPEN`` if it goes on), and since, until, attested,
    source_id, source_id_2, note of the row that says so. Stretches never overlap; on all other days the state is absent.
    """
    rows = tables.load("memberships") if rows is None else rows
    content = pd.util.hash_pandas_object(rows, index=False).to_numpy().tobytes()
    key = (*rows.columns, content, *(tables.resource(name)["hash"] for name in _RULE))
    if key not in _results:
        if len(_results) >= _MANY:
            _results.clear()
        _results[key] = _spans_of(rows)
    return _results[key].copy()


def _spans_of(rows: pd.DataFrame) -> pd.DataFrame:
    """The rule at work."""
    organisations, states = tables.load("organisations"), tables.load("state_existence")
    bodies = {
        row.organisation: (first_day(row.founded), row.coverage == "listed") for row in organisations.itertuples()
    }
    existed = {row.iso3: first_day(row.since) for row in states.itertuples()}
    readings: dict[tuple, list[_Reading]] = {}
    for row in rows.itertuples(index=False):
        founded, listed = bodies.get(row.organisation, (date.min, False))
        found = readings.setdefault((row.iso3, row.organisation), [])
        if row.status in STATUSES:
            found += _read(row, founded, existed.get(row.iso3, date.min), listed)
    for body in set(rows["organisation"]) & {body for body, (_, listed) in bodies.items() if listed}:
        for iso3 in un_members(tables.load("states")):
            floor = max(bodies[body][0], existed.get(iso3, date.min))
            readings.setdefault((iso3, body), [_Reading(floor, date.max, False, "", None)])
    told = [(*pair, *stretch) for pair in sorted(readings) for stretch in _stretches(readings[pair])]
    table = pd.DataFrame(told, columns=[*_KEY, "status", "may_be", "begins", "ends", "row"])
    for column in ("since", "until", "attested", "source_id", "source_id_2", "note"):
        table[column] = pd.Series([getattr(row, column, None) for row in table["row"]], dtype=object)
    return table.drop(columns="row")


def _read(row, founded: date, existed: date, listed: bool) -> list[_Reading]:
    """What one row says: at most one definite stretch, with uncertain ones before and after it."""
    shown = row.since if pd.notna(row.since) else row.attested
    certain = last_day(shown) if pd.notna(shown) else date.max
    floor = max(existed, min(founded, certain) if row.status in BEFORE_FOUNDING else founded)
    earliest = max(floor, first_day(row.since)) if pd.notna(row.since) else floor
    certain = max(certain, floor) if pd.notna(shown) else date.max
    still, latest = (first_day(row.until), last_day(row.until)) if pd.notna(row.until) else (date.max, date.max)
    after = row.status
    if listed and row.status == "signatory":  # once the body exists, a signature leaves membership open
        still, after = min(still, founded - _DAY), "member"
    if pd.isna(shown) or certain > still:
        parts = [(earliest, latest, False, after)]
    else:
        parts = [(earliest, certain - _DAY, False, row.status), (certain, still, True, row.status)]
        parts += [(still + _DAY, latest, False, after)] if still < latest else []
    return [_Reading(*part, row) for part in parts if part[0] <= part[1]]


def _stretches(readings: list[_Reading]) -> list[tuple]:
    """Readings of one state in one body, laid side by side: status, what it may be, first day, last day, row."""
    cuts = {one.begins for one in readings} | {one.ends + _DAY for one in readings if one.ends < date.max}
    edges = [*sorted(cuts), date.max]
    told: list[tuple] = []
    for begins, following in pairwise(edges):
        covering = [one for one in readings if one.begins <= begins <= one.ends]
        if not covering:
            continue
        best = min(covering, key=_precedence)
        ends = date.max if following == date.max else following - _DAY
        status, may_be = (best.status, "") if best.definite else (UNCERTAIN, best.status)
        goes_on = told and told[-1][:2] == (status, may_be) and told[-1][4] is best.row
        if goes_on and date.fromisoformat(told[-1][3]) + _DAY == begins:
            begins = date.fromisoformat(told.pop()[2])
        told.append((status, may_be, begins.isoformat(), ends.isoformat(), best.row))
    return told


def _precedence(reading: _Reading) -> tuple[bool, int]:
    """Definite before uncertain, then the fuller status."""
    return not reading.definite, STATUSES.index(reading.status) if reading.status else len(STATUSES)


def _on(day: date | str, rows: pd.DataFrame | None) -> pd.DataFrame:
    """The stretches that hold on a day: at most one for each state and body."""
    day = _day(day).isoformat()
    all_spans = spans(rows)
    return all_spans[(all_spans["begins"] <= day) & (all_spans["ends"] >= day)]


def _day(day: date | str) -> date:
    if isinstance(day, str):
        try:
            return last_day(day)
        except ValueError:
            raise BookError(f"memberships: {day!r} is not a date; expected 2023, 2023-06 or 2023-06-08") from None
    return day
