"""What tables say of each other: a fact that is entered twice, or counted in one place and listed in another, agrees.

A parameter of a rule with the name of a table receives it; the rule is left out while one of them cannot be read. A rule says which cell is
wrong as far as can be known: where two cells differ, the one that is compared with an official figure is named.
"""

import functools
import inspect
import itertools
import re
from collections.abc import Callable, Iterator
from datetime import date

import numpy as np
import pandas as pd

from multivector.checks.plausibility import Doubts, Table, Tables, asked, numbers, unlike
from multivector.facts import dates, tables
from multivector.facts.memberships import BEFORE_FOUNDING
from multivector.facts.names import un_members
from multivector.facts.rows import by_claim

_AFTER_THE_FORUM = "2023-06-09"
_MEMBERS = 193  # of the United Nations
_TOUCHING_DEGREES = 0.3  # the layer is generalised: neighbours may stand apart by so much
_PLACEHOLDER = re.compile(r"\{[^{}]+\}")
_ASKED = re.compile(r"\b\w+=\"?(?:19|20)\d\d\b")  # an argument of a finding that begins with a year
_YEAR = re.compile(r"(?:19|20)\d\d")
_ON_THE_WAR = "Ukrain|Crimea"
_YEARLY = ["rights in Crimea", "militarisation"]
_LETTERS = {"for": "Y", "against": "N", "abstain": "A", "not_voting": "."}
_VOTED = {
    "A": re.compile(r"\babstains\b", re.I),
    "N": re.compile(r"\bvotes against\b", re.I),
    "Y": re.compile(r"\bvotes for\b", re.I),
}
_DATASET = "D03"  # the Correlates of War data on organisations; their spells are in the table igo_starts
_ANNOUNCED = "announce"  # a note with this word names its source as an announcement, which may be older than the event
_RESOLUTION = re.compile(r"\b(?:ES-11|\d\d)/\d+\b")
_RULES: list[tuple[list[str], Callable[[Tables], Doubts]]] = []


def faults(book: Tables, name: str | None = None) -> Iterator[str]:
    """Lines of all rules, or of those that read the table ``name``."""
    for needed, rule in _RULES:
        if set(needed) <= set(book) and (name is None or name in needed):
            yield from asked(f"data/{needed[0]}.csv", rule, book)


def _comparing(rule: Callable[..., Doubts]) -> Callable[..., Doubts]:
    """Register a rule; each of its parameters receives the table of that name."""
    needed = list(inspect.signature(rule).parameters)
    _RULES.append((needed, functools.wraps(rule)(lambda book: rule(*map(book.__getitem__, needed)))))
    return rule


# --- the General Assembly -----------------------------------------------------------------------------------------


@_comparing
def _tally(unga_es11_votes: Table, unga_es11_resolutions: Table) -> Doubts:
    counts = pd.crosstab(unga_es11_votes["resolution"], unga_es11_votes["vote"])
    whole = counts.index[counts.sum(axis=1) >= _MEMBERS]
    for row, line in unga_es11_resolutions[unga_es11_resolutions["resolution"].isin(whole)].iterrows():
        listed = counts.loc[line["resolution"]]
        for column in ("for", "against", "abstain"):
            found, open_ones = listed.get(column, 0), listed.get("unknown", 0)
            if not found <= int(line[column]) <= found + open_ones:
                expected = f"unga_es11_votes lists {found} such votes on {line['resolution']}; expected as many"
                yield "unga_es11_resolutions", row, column, expected


@_comparing
def _admission(unga_votes: Table, memberships: Table, states: Table) -> Doubts:
    joined = memberships.query("organisation == 'UN' and status == 'member' and since != ''")
    admitted = joined.groupby("iso3")["since"].min()
    days = unga_votes["date"].to_numpy(dtype=str)
    cast = np.isin(np.array([list(text) for text in unga_votes["votes"]]), ["Y", "N", "A"])
    earliest = min(days)
    for place, code in enumerate(un_members(states)):
        if admitted.get(code, "") > earliest:
            early = cast[:, place] & (days < dates.first_day(admitted[code]).isoformat())
            for row in unga_votes.index[early]:
                expected = f"{code} votes before {admitted[code]}, when it joined the UN; expected a full stop for it"
                yield "unga_votes", row, "votes", expected


@_comparing
def _seated(unga_idealpoints: Table, memberships: Table) -> Doubts:
    """Who has a position in a year was a member of the United Nations in it."""
    seats = memberships.query("organisation == 'UN' and status == 'member' and since != ''").groupby("iso3")
    first, last = seats["since"].min().str[:4], seats["until"].max().str[:4].replace("", "9999")
    state, year = unga_idealpoints["iso3"], unga_idealpoints["year"]
    seated = (year >= state.map(first).fillna("9999")) & (year <= state.map(last).fillna(""))
    for row in unga_idealpoints.index[~seated]:
        expected = f"{state[row]} was no UN member in {year[row]} by memberships; expected the code of who voted"
        yield "unga_idealpoints", row, "iso3", expected


@_comparing
def _session(unga_votes: Table) -> Doubts:
    """A regular session, the 46th in 1991, begins in September; until the 20th the one before may still sit."""
    days = pd.to_datetime(unga_votes["date"]).dt
    latest = days.year - 1946 + (days.month >= 9)
    earliest = latest - ((days.month == 9) & (days.day <= 20))
    for row in unga_votes.index[~unga_votes["session"].astype(int).between(earliest, latest)]:
        expected = f"the day {unga_votes.loc[row, 'date']} is of session {latest[row]}; expected that session"
        yield "unga_votes", row, "session", expected


@_comparing
def _record(unga_votes: Table, unga_es11_resolutions: Table) -> Doubts:
    """Every roll call whose title names Ukraine or Crimea stands in the record on the war, and on its own day."""
    on_the_war = unga_votes[unga_votes["title"].str.contains(_ON_THE_WAR)]
    for row in on_the_war.index[~on_the_war["rcid"].isin(unga_es11_resolutions["rcid"])]:
        expected = "its title names the war, and unga_es11_resolutions has no row for it; expected one"
        yield "unga_votes", row, "rcid", expected
    days = unga_es11_resolutions["rcid"].map(unga_votes.set_index("rcid")["date"])
    for row in unlike(unga_es11_resolutions["date"], days):
        yield "unga_es11_resolutions", row, "date", f"unga_votes has {days[row]}; expected the same"


@_comparing
def _yearly(unga_es11_resolutions: Table) -> Doubts:
    """A text that comes back every year is missing for no year between its first and its last."""
    recurring = unga_es11_resolutions[unga_es11_resolutions["series"].isin(_YEARLY)].sort_values("date")
    for series, days in recurring.groupby("series")["date"]:
        years = days.str[:4].astype(int)
        for row in years.index[years.diff() > 1]:
            expected = f"the record has no text on {series} for the year before; expected one a year"
            yield "unga_es11_resolutions", row, "date", expected


@_comparing
def _twice(unga_es11_votes: Table, unga_es11_resolutions: Table, unga_votes: Table, states: Table) -> Doubts:
    """A vote of the record is the letter of the roll call."""
    letters = _letters(states, unga_votes, unga_es11_resolutions)
    cast = unga_es11_votes[unga_es11_votes["vote"].isin(_LETTERS)]
    known = pd.Series(map(letters.get, zip(cast["resolution"], cast["iso3"], strict=True)), cast.index, dtype=object)
    for row in unlike(cast["vote"].map(_LETTERS), known.where(known != "?")):
        yield "unga_es11_votes", row, "vote", f"unga_votes has {known[row]!r}; expected the same"


@_comparing
def _told(law_record: Table, timeline: Table, unga_es11_resolutions: Table, unga_votes: Table, states: Table) -> Doubts:
    """What a sentence on Kazakhstan's vote says of a resolution, by its number, is what the roll call has."""
    letters = _letters(states, unga_votes, unga_es11_resolutions)
    for name, frame in (("law_record", law_record), ("timeline", timeline)):
        for row, event in frame["event"].items():
            told = [letter for letter, verb in _VOTED.items() if verb.search(event)]
            for number in _RESOLUTION.findall(event) if told else ():
                if (known := letters.get((number, "KAZ"), told[0])) != told[0]:
                    yield name, row, "event", f"unga_votes has {known!r} for {number}; expected the same"


def _letters(states: Table, unga_votes: Table, unga_es11_resolutions: Table) -> dict[tuple[str, str], str]:
    """The letter of each member in the roll calls that the record on the war lists, by resolution and state."""
    members, rolls = un_members(states), unga_votes.set_index("rcid")["votes"]
    record = unga_es11_resolutions.set_index("resolution")["rcid"]
    called = {name: zip(members, rolls[rcid], strict=True) for name, rcid in record.items() if rcid in rolls}
    return {(name, state): letter for name, letters in called.items() for state, letter in letters}


# --- places -------------------------------------------------------------------------------------------------------


@_comparing
def _host(formats: Table, cities: Table) -> Doubts:
    lies = formats["place"].map(cities.drop_duplicates("name", keep=False).set_index("name")["iso3"])
    for row in unlike(formats["host_iso3"], lies):
        yield "formats", row, "host_iso3", f"{formats.loc[row, 'place']} lies in {lies[row]}; expected it"


@_comparing
def _neighbour(borders: Table, world: Table) -> Doubts:
    import shapely

    shapes = tables.load("world").dropna(subset=["iso3"]).drop_duplicates("iso3").set_index("iso3")["geometry"]
    rows = borders.query("iso3 in @shapes.index and neighbour_iso3 in @shapes.index")
    apart = shapely.distance(*(shapes.loc[rows[each]].to_numpy() for each in ("iso3", "neighbour_iso3")))
    for row in rows.index[apart > _TOUCHING_DEGREES]:
        expected = f"not a neighbour of {rows.loc[row, 'iso3']} on the map; expected one"
        yield "borders", row, "neighbour_iso3", expected


@_comparing
def _place(corridor_stations: Table, cities: Table) -> Doubts:
    known = cities.drop_duplicates("geoname_id").set_index("geoname_id")
    for column in ("iso3", "lon", "lat"):
        said = corridor_stations["geoname_id"].map(known[column])
        for row in unlike(corridor_stations[column], said):
            yield "corridor_stations", row, column, f"cities has {said[row]}; expected the same"


@_comparing
def _capital(cities: Table, states: Table) -> Doubts:
    for code, capital in cities[cities["iso3"].isin(un_members(states))].groupby("iso3")["capital"]:
        if not capital.eq("true").any():
            yield "cities", capital.index[0], "capital", f"no city of {code} is its capital; expected one"


@_comparing
def _codes(states: Table) -> Doubts:
    """ISO makes the shorter code of letters of the longer one; where it does not, the sidecar says so."""
    for row, line in states.iterrows():
        letters = iter(line["iso3"])
        if not all(letter in letters for letter in line["iso2"]):
            yield "states", row, "iso2", f"not letters of {line['iso3']} in their order; expected them"


# --- numbers ------------------------------------------------------------------------------------------------------


@_comparing
def _year(eu_exports: Table, eu_exports_annual: Table) -> Doubts:
    annual = eu_exports_annual.set_index(["year", "partner_iso3"])["exports_eur"].astype(float)
    monthly = numbers(eu_exports["exports_eur"])
    for key, months in monthly.groupby([eu_exports["month"].str[:4], eu_exports["partner_iso3"]]):
        total = months.sum()
        if len(months) == 12 and key in annual.index and abs(total / max(annual[key], 1) - 1) > 0.001:
            row = (months - months.median()).abs().idxmax()
            expected = f"the months of {key[0]} add up to {total:,.0f}, eu_exports_annual has {annual[key]:,.0f}"
            yield "eu_exports", row, "exports_eur", f"{expected}; expected the same"


@_comparing
def _rise(titr_volume: Table) -> Doubts:
    """Freight counted from the same beginning cannot fall as months go by."""
    ends = titr_volume["period_end"].map(dates.last_day).sort_values(kind="stable")
    rows = titr_volume.assign(kt=numbers(titr_volume["freight_kt"])).loc[ends.index]
    for row in rows.index[rows["kt"] < rows.groupby(["perimeter", "period_start"])["kt"].cummax()]:
        yield "titr_volume", row, "freight_kt", "less than in fewer months; expected more"


@_comparing
def _part(titr_volume: Table) -> Doubts:
    """No count of part of a year exceeds the largest count of the whole year."""
    rows = titr_volume.assign(kt=numbers(titr_volume["freight_kt"]))
    years = rows[rows["period_start"].str.len() == 4].groupby("period_start")["kt"].max()
    whole = rows["period_start"].str[:4].map(years)
    for row in rows.index[(rows["period_start"].str.len() > 4) & (rows["kt"] > whole)]:
        expected = f"the largest count of the whole year is {whole[row]:g}; expected no more"
        yield "titr_volume", row, "freight_kt", expected


@_comparing
def _press(reexport_reports: Table, trade: Table) -> Doubts:
    """Growth of exports to Russia that the press gave as a lower bound is not above that of the statistics."""
    sales = trade.query("partner_iso3 == 'RUS'").set_index("year")["exports_kusd"].astype(float)
    rows = reexport_reports.query("report == 'exports_to_russia' and bound == 'at_least'")
    for row, line in rows.iterrows():
        growth = 100 * (sales[line["year"]] / sales[str(int(line["year"]) - 1)] - 1)
        if float(line["value"]) > growth:
            yield "reexport_reports", row, "value", f"the statistics have {growth:.1f} per cent; expected no more"


@_comparing
def _rank(lpi: Table) -> Doubts:
    points, place = numbers(lpi["score"]).groupby(lpi["year"]), numbers(lpi["rank"])
    better, worse = (points.rank(method=method, ascending=False) for method in ("min", "max"))
    for row in lpi.index[(place < better - 1) | (place > worse + 1)]:
        expected = f"score {lpi.loc[row, 'score']} has rank {better[row]:.0f} of its year; expected that"
        yield "lpi", row, "rank", expected


@_comparing
def _landlocked(groups: Table) -> Doubts:
    for row in groups.query("lldc == 'true' and landlocked == 'false'").index:
        yield "groups", row, "landlocked", "on the list of landlocked states (lldc); expected true"


@_comparing
def _group(groups: Table, memberships: Table) -> Doubts:
    standings = memberships[memberships["organisation"] == "NAM"]
    lasting = set(standings["iso3"][(standings["until"] == "") & (standings["since"] < _AFTER_THE_FORUM)])
    held = standings.groupby("iso3")["status"].agg(set)
    for row, line in groups.iterrows():
        known = held.get(line["iso3"], set()) | (set() if line["iso3"] in lasting else {"none"})
        if line["nam"] not in known:
            yield "groups", row, "nam", f"memberships has {', '.join(sorted(known))} in NAM; expected the same"


# --- memberships --------------------------------------------------------------------------------------------------


def _shown(memberships: Table) -> Table:
    """Rows that show a standing on a day: the ``column`` that does, what it holds, first and last day that are sure."""
    dated = memberships["since"] != ""
    shown = memberships["since"].where(dated, memberships["attested"])
    frame = memberships.assign(shown=shown, column=dated.map({True: "since", False: "attested"}))[shown != ""]
    ended = frame["until"].map(lambda text: dates.first_day(text) if text else date.max)
    return frame.assign(begun=frame["shown"].map(dates.last_day), ended=ended)


@_comparing
def _standing(
    memberships: Table, organisations: Table, state_existence: Table, sources: Table, igo_starts: Table
) -> Doubts:
    """What cannot have been so: before a body or state was there, after its end, known earlier or in other years."""
    founded = organisations.set_index("organisation")["founded"]
    existed = state_existence.set_index("iso3")["since"]
    published = sources.set_index("source_id")["published"]
    coded = set(igo_starts[["iso3", "organisation", "status", "from_year"]].itertuples(index=False, name=None))
    for row in _shown(memberships).itertuples():
        body, state, known = founded[row.organisation], existed.get(row.iso3), published[row.source_id]
        begins, told = dates.first_day(row.shown), []
        if row.begun < dates.first_day(body) and row.status not in BEFORE_FOUNDING:
            told.append(f"lies before {body}, when {row.organisation} was founded; expected a later date")
        if state and row.begun < dates.first_day(state):
            told.append(f"lies before {state}, when {row.iso3} came into being; expected a later date")
        if known and dates.latest(known) < begins and _ANNOUNCED not in row.note.lower():
            told.append(f"is later than its source {row.source_id} of {known}; expected a newer source")
        spell = (row.iso3, row.organisation, row.status, row.shown[:4])
        if row.source_id == _DATASET and not row.note and spell not in coded:
            told.append("begins no spell in igo_starts; expected a year of the dataset, or a note that says why")
        yield from (("memberships", row.Index, row.column, expected) for expected in told)
        if row.until and dates.last_day(row.until) < begins:
            yield "memberships", row.Index, "until", f"lies before {row.column} {row.shown!r}; expected a later date"


@_comparing
def _overlap(memberships: Table) -> Doubts:
    """Two definite standings of one state in one body on one day; a signature may stay beside what came of it."""
    shown = _shown(memberships[~memberships["status"].isin([*BEFORE_FOUNDING, "withdrawn"])])
    rows = shown.sort_values(["iso3", "organisation", "begun", "ended"], kind="stable").itertuples()
    for before, after in itertools.pairwise(rows):
        same = (before.iso3, before.organisation) == (after.iso3, after.organisation)
        if same and after.begun <= before.ended:
            expected = f"overlaps the standing of row {before.Index}, which is still open; expected it to end before"
            yield "memberships", after.Index, after.column, expected


@_comparing
def _follow(memberships: Table) -> Doubts:
    """The intervals that one source gives for a state in a body follow each other."""
    group = ["iso3", "organisation", "source_id"]
    spans = memberships.assign(
        begin=memberships["since"].map(lambda text: dates.first_day(text) if text else date.min),
        end=memberships["until"].map(lambda text: dates.first_day(text) if text else date.max),
    ).sort_values([*group, "begin"], kind="stable")
    before = spans.groupby(group)[["end", "until", "status"]].shift()
    for row, line in spans[before["end"].notna() & (spans["begin"] < before["end"])].iterrows():
        earlier = f"the interval of {before.loc[row, 'status']} that ends {before.loc[row, 'until'] or 'never'}"
        overlap = f"overlaps {earlier} for {line['iso3']} in {line['organisation']}"
        yield "memberships", row, "since", f"{overlap}; expected intervals that follow each other"


@_comparing
def _totals(membership_totals: Table, memberships: Table) -> Doubts:
    """Definite standings of a body on a day against the published total, less the difference that its note explains."""
    standings = dict(list(_shown(memberships).groupby(["organisation", "status"])))
    for row, total in membership_totals.iterrows():
        day, held = date.fromisoformat(total["day"]), standings.get((total["organisation"], total["status"]))
        found = 0 if held is None else held.loc[(held["begun"] <= day) & (held["ended"] >= day), "iso3"].nunique()
        if found != int(total["count"]) - int(total["difference"]):
            expected = f"memberships has {found} in {total['organisation']} on {day}; expected as many"
            yield "membership_totals", row, "count", expected


# --- events -------------------------------------------------------------------------------------------------------


@_comparing
def _sanctions(timeline: Table, sanctions_events: Table) -> Doubts:
    """An event of the timeline on sanctions has a row of its day; one that was denied that day says so."""
    kinds = sanctions_events.groupby("date")["kind"].agg(set)
    for row, line in timeline.query("theme == 'sanctions'").iterrows():
        if line["date"] not in kinds:
            yield "timeline", row, "date", "sanctions_events has no row of that day; expected the day of one"
        elif "denial" in kinds[line["date"]] and "den" not in line["event"]:
            yield "timeline", row, "event", "sanctions_events has a denial of that day; expected the event to say so"


@_comparing
def _stops(timeline: Table, oil_transit_events: Table) -> Doubts:
    """When the timeline has loading or the pipeline stop, the table of such events has the same on that day."""
    told = oil_transit_events.groupby("date")["summary"].agg(" ".join)
    rows = timeline.query("theme == 'energy'")
    for row, line in rows[rows["event"].str.contains("stops (?:all )?loading")].iterrows():
        if "wholly suspended" not in told.get(line["date"], ""):
            expected = "oil_transit_events has loading wholly suspended on another day; expected that day"
            yield "timeline", row, "date", expected


@_comparing
def _first(format_series: Table, formats: Table) -> Doubts:
    """The first meeting of a series is the earliest that the list of meetings has."""
    earliest = formats.groupby(["format", "level"])["date"].min()
    for row, line in format_series[format_series["first_meeting"] != ""].iterrows():
        known = earliest.get((line["format"], line["level"]), "")
        if known != line["first_meeting"]:
            yield "format_series", row, "first_meeting", f"formats has {known!r}; expected the same"


# --- people -------------------------------------------------------------------------------------------------------


@_comparing
def _term(office_holders: Table, official_statements: Table) -> Doubts:
    said = official_statements.reset_index(names="row")
    terms = office_holders.rename(columns={"person": "speaker", "date": "limit"})
    for _, line in said.merge(terms[["speaker", "office", "event", "limit"]], on=["speaker", "office"]).iterrows():
        early = line["event"] == "start" and dates.last_day(line["date"]) < dates.first_day(line["limit"])
        late = line["event"] == "end" and dates.first_day(line["date"]) > dates.last_day(line["limit"])
        if early or late:
            outside = f"outside the term of {line['speaker']} ({line['event']} {line['limit']})"
            yield "official_statements", line["row"], "date", f"{outside}; expected a day in it"


# --- claims and quotes --------------------------------------------------------------------------------------------


@_comparing
def _quoted(claims: Table, quotes: Table) -> Doubts:
    """A claim stands in a quote of the same paragraph and speaker, with words of that quote."""
    carrying = dict(list(by_claim(quotes).groupby("claim_id")))
    for row, line in claims.iterrows():
        own = carrying.get(line["claim_id"])
        if own is None:
            yield "claims", row, "claim_id", "no row of quotes carries it; expected one"
            continue
        same = {
            "paragraph": line["paragraph"] in set(own["paragraph"]),
            "quote": any(line["quote"] in text for text in own["exact"]),
            "speaker": line["speaker"] in set(own["attribution"]),
        }
        for column, right in same.items():
            if not right:
                yield "claims", row, column, f"{', '.join(own['quote_id'])} in quotes has another; expected the same"


@_comparing
def _attributed(quotes: Table, claims: Table) -> Doubts:
    """A quote has the speaker of one of its claims at least."""
    speakers = claims.set_index("claim_id")["speaker"]
    for row, line in quotes.iterrows():
        said = {speakers.get(claim) for claim in line["claim_ids"].split(";")}
        if line["attribution"] not in said:
            expected = f"{line['claim_ids']} in claims has {', '.join(sorted(map(str, said)))}; expected the same"
            yield "quotes", row, "attribution", expected


@_comparing
def _chapter(claims: Table) -> Doubts:
    """A chapter weighs claims of one section; a claim of another section stands in the wrong one."""
    sections = claims["section"]
    usual = sections.groupby(claims["chapter"]).transform(lambda weighed: weighed.value_counts().index[0])
    for row in unlike(sections, usual):
        expected = f"that chapter weighs claims of {usual[row]!r}; expected one for {sections[row]!r}"
        yield "claims", row, "chapter", expected


@_comparing
def _kinds(claims: Table) -> Doubts:
    """What cannot be tested has no verdict on its truth, and a value is never simply true."""
    decided = ("supported", "qualified", "not_supported")
    for row, line in claims.iterrows():
        verdict, untestable = line["verdict"], line["verdict"] == "not_testable"
        if untestable != (line["testable"] == "no") and (untestable or verdict in decided):
            yield "claims", row, "testable", f"verdict {verdict}; expected one that fits it"
        if line["type"] == "normative" and verdict in ("supported", "not_supported"):
            yield "claims", row, "type", f"verdict {verdict}; expected a type that can have it"
        if line["type"].startswith("fact") and untestable:
            yield "claims", row, "type", "verdict not_testable; expected a type that is no fact"


@_comparing
def _years(claims: Table) -> Doubts:
    """The years that a condition asks about stand in the evidence or the text of the claim, and the other way round."""
    for row, line in claims[claims["condition"] != ""].iterrows():
        told = " ".join([_PLACEHOLDER.sub("", line["evidence"]), line["restatement"], line["quote"]])
        for column, other in (("condition", "evidence"), ("evidence", "condition")):
            here, there = (set(_YEAR.findall(" ".join(_ASKED.findall(line[each])))) for each in (column, other))
            for year in sorted(here - there):
                if year not in told + line["would_change"]:
                    yield "claims", row, column, f"asks about {year}, which {other} does not; expected the same years"
