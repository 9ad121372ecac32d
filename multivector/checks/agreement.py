"""What tables say of each other: a fact that is entered twice, or counted in one place and listed in another, agrees.

Each rule names the tables it compares; it is left out while one of them cannot be read. A rule says which cell is
wrong as far as can be known: where two cells differ, the one that is compared with an official figure is named.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import numpy as np
import pandas as pd

from multivector.checks.plausibility import Doubts, Tables, asked, unlike
from multivector.facts import dates, tables

_AFTER_THE_FORUM = "2023-06-09"
_MEMBERS = 193  # of the United Nations
_TOUCHING_DEGREES = 0.3  # the layer is generalised: neighbours may stand apart by so much
_PLACEHOLDER = re.compile(r"\{[^{}]+\}")
_ASKED = re.compile(r"\b\w+=\"?(?:19|20)\d\d\b")  # an argument of a finding that begins with a year
_YEAR = re.compile(r"(?:19|20)\d\d")
_NEAR = timedelta(days=3), timedelta(days=10)  # news is printed within three days; ten are no reason to doubt
_ON_THE_WAR = "Ukrain|Crimea"
_YEARLY = ["rights in Crimea", "militarisation"]
_LETTERS = {"for": "Y", "against": "N", "abstain": "A", "not_voting": "."}
_VOTED = {
    "A": re.compile(r"\babstains\b", re.I),
    "N": re.compile(r"\bvotes against\b", re.I),
    "Y": re.compile(r"\bvotes for\b", re.I),
}
_RESOLUTION = re.compile(r"\b(?:ES-11|\d\d)/\d+\b")
Rule = Callable[[Tables], Doubts]
_RULES: list[tuple[tuple[str, ...], Rule]] = []


def faults(book: Tables, name: str | None = None) -> Iterator[str]:
    """Lines of all rules, or of those that read the table ``name``."""
    for needed, rule in _RULES:
        if set(needed) <= set(book) and (name is None or name in needed):
            yield from asked(f"data/{needed[0]}.csv", rule, book)
    for each, of_one in itertools.product([name] if name else book, (_date, _sources)):
        yield from asked(f"data/{each}.csv", of_one, book, each)


def _comparing(*names: str) -> Callable[[Rule], Rule]:
    def register(rule: Rule) -> Rule:
        _RULES.append((names, rule))
        return rule

    return register


# --- sources ------------------------------------------------------------------------------------------------------


def _date(book: Tables, name: str) -> Doubts:
    """A day that fits its source only with day and month exchanged, or with the month or year before or after."""
    frame = book[name]
    if "sources" not in book or "source_id" not in frame.columns:
        return
    published = book["sources"].set_index("source_id")["published"].to_dict()
    for column in {"date", "since", "from_date", "said", "listed_on"} & set(frame.columns):
        whole = frame[frame[column].str.len() == 10]
        for row, text, source in zip(whole.index, whole[column], whole["source_id"], strict=True):
            told, known = date.fromisoformat(text), published.get(source, "")
            if len(known) == 10 and dates.is_date(known) and (meant := _meant(told, date.fromisoformat(known))):
                yield name, row, column, f"{source}, its source, is of {known}; expected {meant} or another source"


def _meant(told: date, published: date) -> date | None:
    """The day that was meant, if the one told is far from the source and a slip of the pen away from it."""
    if -_NEAR[0] <= published - told <= _NEAR[1]:
        return None
    return next((day for day in _slips(told) if timedelta(days=-1) <= published - day <= _NEAR[0]), None)


@functools.cache
def _slips(told: date) -> list[date]:
    """Day and month exchanged; or, but for days on which a month of data begins, a month or year too early or late."""
    year, month, day = told.year, told.month, told.day
    numbers = [(year, day, month)]
    if day > 1:
        numbers += [(year, month - 1, day), (year, month + 1, day), (year - 1, month, day), (year + 1, month, day)]
    texts = [f"{number[0]:04d}-{number[1]:02d}-{number[2]:02d}" for number in numbers]
    return [dates.first_day(text) for text in texts if dates.is_date(text) and text != told.isoformat()]


def _sources(book: Tables, name: str) -> Doubts:
    """Where a table names its sources by id, no row rests on a data set that it does not name."""
    declared = {source.get("source_id") for source in book.entries[name]["sources"]}
    for column in {"source_id", "source_id_2"} & set(book[name].columns) if None not in declared else ():
        cited = book[name][column]
        for row in cited.index[cited.str.startswith("D") & ~cited.isin(declared)]:
            yield name, row, column, f"not a data set that {name}.yml names; expected one of those, or its name there"


# --- the General Assembly -----------------------------------------------------------------------------------------


@_comparing("unga_es11_votes", "unga_es11_resolutions")
def _tally(book: Tables) -> Doubts:
    counts = pd.crosstab(book["unga_es11_votes"]["resolution"], book["unga_es11_votes"]["vote"])
    official = book["unga_es11_resolutions"]
    whole = counts.index[counts.sum(axis=1) >= _MEMBERS]
    for row, line in official[official["resolution"].isin(whole)].iterrows():
        listed = counts.loc[line["resolution"]]
        for column in ("for", "against", "abstain"):
            found, open_ones = listed.get(column, 0), listed.get("unknown", 0)
            if not found <= int(line[column]) <= found + open_ones:
                expected = f"unga_es11_votes lists {found} such votes on {line['resolution']}; expected as many"
                yield "unga_es11_resolutions", row, column, expected


@_comparing("unga_votes", "memberships", "states")
def _admission(book: Tables) -> Doubts:
    joined = book["memberships"].query("organisation == 'UN' and status == 'member' and since != ''")
    admitted = joined.groupby("iso3")["since"].min()
    rolls = book["unga_votes"]
    days = rolls["date"].to_numpy(dtype=str)
    cast = np.isin(np.array([list(text) for text in rolls["votes"]]), ["Y", "N", "A"])
    for place, code in enumerate(_members(book)):
        if admitted.get(code, "") > min(days):
            early = cast[:, place] & (days < dates.first_day(admitted[code]).isoformat())
            for row in rolls.index[early]:
                expected = f"{code} votes before {admitted[code]}, when it joined the UN; expected a full stop for it"
                yield "unga_votes", row, "votes", expected


@_comparing("unga_votes")
def _session(book: Tables) -> Doubts:
    """A regular session, the 46th in 1991, begins in September; until the 20th the one before may still sit."""
    rolls = book["unga_votes"]
    year, month, day = (rolls["date"].str.slice(*span).astype(int) for span in ((0, 4), (5, 7), (8, 10)))
    session = rolls["session"].astype(int)
    latest = year - 1946 + (month >= 9)
    earliest = latest - ((month == 9) & (day <= 20))
    for row in rolls.index[(session > latest) | (session < earliest)]:
        expected = f"the day {rolls.loc[row, 'date']} is of session {latest[row]}; expected that session"
        yield "unga_votes", row, "session", expected


@_comparing("unga_votes", "unga_es11_resolutions")
def _record(book: Tables) -> Doubts:
    """Every roll call whose title names Ukraine or Crimea stands in the record on the war, and on its own day."""
    rolls, record = book["unga_votes"], book["unga_es11_resolutions"]
    for row in rolls.index[rolls["title"].str.contains(_ON_THE_WAR) & ~rolls["rcid"].isin(record["rcid"])]:
        expected = "its title names the war, and unga_es11_resolutions has no row for it; expected one"
        yield "unga_votes", row, "rcid", expected
    days = record["rcid"].map(rolls.set_index("rcid")["date"])
    for row in unlike(record["date"], days):
        yield "unga_es11_resolutions", row, "date", f"unga_votes has {days[row]}; expected the same"


@_comparing("unga_es11_resolutions")
def _yearly(book: Tables) -> Doubts:
    """A text that comes back every year is missing for no year between its first and its last."""
    record = book["unga_es11_resolutions"]
    for series, rows in record[record["series"].isin(_YEARLY)].sort_values("date").groupby("series"):
        years = rows["date"].str[:4].astype(int)
        for row in years.index[years.diff() > 1]:
            expected = f"the record has no text on {series} for the year before; expected one a year"
            yield "unga_es11_resolutions", row, "date", expected


@_comparing("unga_es11_votes", "unga_es11_resolutions", "unga_votes", "states")
def _twice(book: Tables) -> Doubts:
    """A vote of the record is the letter of the roll call."""
    letters, votes = _letters(book), book["unga_es11_votes"]
    for row, line in votes[votes["vote"].isin(_LETTERS)].iterrows():
        letter = letters.get(line["resolution"], {}).get(line["iso3"], "?")
        if letter not in ("?", _LETTERS[line["vote"]]):
            yield "unga_es11_votes", row, "vote", f"unga_votes has {letter!r}; expected the same"


@_comparing("law_record", "timeline", "unga_es11_resolutions", "unga_votes", "states")
def _told(book: Tables) -> Doubts:
    """What a sentence on Kazakhstan's vote says of a resolution, by its number, is what the roll call has."""
    letters = _letters(book)
    for name in ("law_record", "timeline"):
        for row, event in book[name]["event"].items():
            told = [letter for letter, verb in _VOTED.items() if verb.search(event)]
            for number in _RESOLUTION.findall(event) if told else ():
                if letters.get(number, {}).get("KAZ", told[0]) != told[0]:
                    expected = f"unga_votes has {letters[number]['KAZ']!r} for {number}; expected the same"
                    yield name, row, "event", expected


def _members(book: Tables) -> list[str]:
    """Members of the UN in the order in which a roll call has their letters."""
    return sorted(book["states"].query("kind == 'un_member'")["iso3"])


def _letters(book: Tables) -> dict[str, dict[str, str]]:
    """The letter of each member in the roll calls that the record on the war lists, by resolution."""
    members, rolls = _members(book), book["unga_votes"].set_index("rcid")["votes"]
    record = book["unga_es11_resolutions"].set_index("resolution")["rcid"]
    return {name: dict(zip(members, rolls[rcid], strict=True)) for name, rcid in record.items() if rcid in rolls}


# --- places -------------------------------------------------------------------------------------------------------


@_comparing("formats", "cities")
def _host(book: Tables) -> Doubts:
    rows = book["formats"]
    lies = rows["place"].map(book["cities"].drop_duplicates("name", keep=False).set_index("name")["iso3"])
    for row in unlike(rows["host_iso3"], lies):
        yield "formats", row, "host_iso3", f"{rows.loc[row, 'place']} lies in {lies[row]}; expected it"


@_comparing("borders", "world")
def _neighbour(book: Tables) -> Doubts:
    import shapely

    shapes = tables.load("world").dropna(subset=["iso3"]).drop_duplicates("iso3").set_index("iso3")["geometry"]
    rows = book["borders"].query("iso3 in @shapes.index and neighbour_iso3 in @shapes.index")
    apart = shapely.distance(*(shapes.loc[rows[each]].to_numpy() for each in ("iso3", "neighbour_iso3")))
    for row in rows.index[apart > _TOUCHING_DEGREES]:
        expected = f"not a neighbour of {rows.loc[row, 'iso3']} on the map; expected one"
        yield "borders", row, "neighbour_iso3", expected


@_comparing("corridor_stations", "cities")
def _place(book: Tables) -> Doubts:
    known = book["cities"].drop_duplicates("geoname_id").set_index("geoname_id")
    rows = book["corridor_stations"]
    for column in ("iso3", "lon", "lat"):
        said = rows["geoname_id"].map(known[column])
        for row in unlike(rows[column], said):
            yield "corridor_stations", row, column, f"cities has {said[row]}; expected the same"


@_comparing("cities", "states")
def _capital(book: Tables) -> Doubts:
    cities = book["cities"][book["cities"]["iso3"].isin(_members(book))]
    for code, rows in cities.groupby("iso3"):
        if not (rows["capital"] == "true").any():
            yield "cities", rows.index[0], "capital", f"no city of {code} is its capital; expected one"


@_comparing("states")
def _codes(book: Tables) -> Doubts:
    """ISO makes the shorter code of letters of the longer one; where it does not, the sidecar says so."""
    for row, line in book["states"].iterrows():
        letters = iter(line["iso3"])
        if not all(letter in letters for letter in line["iso2"]):
            yield "states", row, "iso2", f"not letters of {line['iso3']} in their order; expected them"


# --- numbers ------------------------------------------------------------------------------------------------------


@_comparing("eu_exports", "eu_exports_annual")
def _year(book: Tables) -> Doubts:
    months = book["eu_exports"].assign(eur=book.numbers("eu_exports", "exports_eur"))
    annual = book["eu_exports_annual"].set_index(["year", "partner_iso3"])["exports_eur"].astype(float)
    for key, rows in months.groupby([months["month"].str[:4], "partner_iso3"]):
        total = rows["eur"].sum()
        if len(rows) == 12 and key in annual.index and abs(total / max(annual[key], 1) - 1) > 0.02:
            row = (rows["eur"] - rows["eur"].median()).abs().idxmax()
            expected = f"the months of {key[0]} add up to {total:,.0f}, eu_exports_annual has {annual[key]:,.0f}"
            yield "eu_exports", row, "exports_eur", f"{expected}; expected the same"


@_comparing("titr_volume")
def _rise(book: Tables) -> Doubts:
    """Freight counted from the same beginning cannot fall as months go by."""
    rows = book["titr_volume"].assign(kt=book.numbers("titr_volume", "freight_kt"))
    for _, group in rows.groupby(["perimeter", "period_start"]):
        ends = group.assign(last=group["period_end"].map(dates.last_day)).sort_values("last")
        for row in ends.index[ends["kt"] < ends["kt"].cummax()]:
            yield "titr_volume", row, "freight_kt", "less than in fewer months; expected more"


@_comparing("titr_volume")
def _part(book: Tables) -> Doubts:
    """No count of part of a year exceeds the largest count of the whole year."""
    rows = book["titr_volume"].assign(kt=book.numbers("titr_volume", "freight_kt"))
    years = rows[rows["period_start"].str.len() == 4].groupby("period_start")["kt"].max()
    whole = rows["period_start"].str[:4].map(years)
    for row in rows.index[(rows["period_start"].str.len() > 4) & (rows["kt"] > whole)]:
        expected = f"the largest count of the whole year is {whole[row]:g}; expected no more"
        yield "titr_volume", row, "freight_kt", expected


@_comparing("reexport_reports", "trade")
def _press(book: Tables) -> Doubts:
    """Growth of exports to Russia that the press gave as a lower bound is not above that of the statistics."""
    sales = book["trade"].query("partner_iso3 == 'RUS'").set_index("year")["exports_kusd"].astype(float)
    rows = book["reexport_reports"].query("report == 'exports_to_russia' and bound == 'at_least'")
    for row, line in rows.iterrows():
        growth = 100 * (sales[line["year"]] / sales[str(int(line["year"]) - 1)] - 1)
        if float(line["value"]) > growth:
            yield "reexport_reports", row, "value", f"the statistics have {growth:.1f} per cent; expected no more"


@_comparing("lpi")
def _rank(book: Tables) -> Doubts:
    rows = book["lpi"].assign(points=book.numbers("lpi", "score"), place=book.numbers("lpi", "rank"))
    points = rows.groupby("year")["points"]
    better, worse = (points.rank(method=method, ascending=False) for method in ("min", "max"))
    for row in rows.index[(rows["place"] < better - 1) | (rows["place"] > worse + 1)]:
        expected = f"score {rows.loc[row, 'score']} has rank {better[row]:.0f} of its year; expected that"
        yield "lpi", row, "rank", expected


@_comparing("groups")
def _landlocked(book: Tables) -> Doubts:
    for row in book["groups"].query("lldc == 'true' and landlocked == 'false'").index:
        yield "groups", row, "landlocked", "on the list of landlocked states (lldc); expected true"


@_comparing("groups", "memberships")
def _group(book: Tables) -> Doubts:
    standings = book["memberships"][book["memberships"]["organisation"] == "NAM"]
    lasting = set(standings["iso3"][(standings["until"] == "") & (standings["since"] < _AFTER_THE_FORUM)])
    held = standings.groupby("iso3")["status"].agg(set)
    for row, line in book["groups"].iterrows():
        known = held.get(line["iso3"], set()) | (set() if line["iso3"] in lasting else {"none"})
        if line["nam"] not in known:
            yield "groups", row, "nam", f"memberships has {', '.join(sorted(known))} in NAM; expected the same"


# --- events -------------------------------------------------------------------------------------------------------


@_comparing("timeline", "sanctions_events")
def _sanctions(book: Tables) -> Doubts:
    """An event of the timeline on sanctions has a row of its day; one that was denied that day says so."""
    kinds = book["sanctions_events"].groupby("date")["kind"].agg(set)
    for row, line in book["timeline"].query("theme == 'sanctions'").iterrows():
        if line["date"] not in kinds:
            yield "timeline", row, "date", "sanctions_events has no row of that day; expected the day of one"
        elif "denial" in kinds[line["date"]] and "den" not in line["event"]:
            yield "timeline", row, "event", "sanctions_events has a denial of that day; expected the event to say so"


@_comparing("timeline", "oil_transit_events")
def _stops(book: Tables) -> Doubts:
    """When the timeline has loading or the pipeline stop, the table of such events has the same on that day."""
    told = book["oil_transit_events"].groupby("date")["summary"].agg(" ".join)
    rows = book["timeline"].query("theme == 'energy'")
    for row, line in rows[rows["event"].str.contains("stops (?:all )?loading")].iterrows():
        if "wholly suspended" not in told.get(line["date"], ""):
            expected = "oil_transit_events has loading wholly suspended on another day; expected that day"
            yield "timeline", row, "date", expected


@_comparing("format_series", "formats")
def _first(book: Tables) -> Doubts:
    """The first meeting of a series is the earliest that the list of meetings has."""
    earliest = book["formats"].groupby(["format", "level"])["date"].min()
    series = book["format_series"]
    for row, line in series[series["first_meeting"] != ""].iterrows():
        known = earliest.get((line["format"], line["level"]), "")
        if known != line["first_meeting"]:
            yield "format_series", row, "first_meeting", f"formats has {known!r}; expected the same"


# --- people -------------------------------------------------------------------------------------------------------


@_comparing("office_holders", "official_statements")
def _term(book: Tables) -> Doubts:
    said = book["official_statements"].reset_index(names="row")
    terms = book["office_holders"].rename(columns={"person": "speaker", "date": "limit"})
    for _, line in said.merge(terms[["speaker", "office", "event", "limit"]], on=["speaker", "office"]).iterrows():
        early = line["event"] == "start" and dates.last_day(line["date"]) < dates.first_day(line["limit"])
        late = line["event"] == "end" and dates.first_day(line["date"]) > dates.last_day(line["limit"])
        if early or late:
            outside = f"outside the term of {line['speaker']} ({line['event']} {line['limit']})"
            yield "official_statements", line["row"], "date", f"{outside}; expected a day in it"


# --- claims and quotes --------------------------------------------------------------------------------------------


@_comparing("claims", "quotes")
def _quoted(book: Tables) -> Doubts:
    """A claim stands in a quote of the same paragraph and speaker, with words of that quote."""
    quotes = book["quotes"].assign(claim=book["quotes"]["claim_ids"].str.split(";")).explode("claim")
    for row, line in book["claims"].iterrows():
        own = quotes[quotes["claim"] == line["claim_id"]]
        if not len(own):
            yield "claims", row, "claim_id", "no row of quotes carries it; expected one"
            continue
        same = {
            "paragraph": line["paragraph"] in set(own["paragraph"]),
            "quote": any(line["quote"] in text for text in own["exact"]),
            "speaker": line["speaker"] in set(own["attribution"]),
        }
        for column in [column for column, right in same.items() if not right]:
            yield "claims", row, column, f"{', '.join(own['quote_id'])} in quotes has another; expected the same"


@_comparing("quotes", "claims")
def _attributed(book: Tables) -> Doubts:
    """A quote has the speaker of one of its claims at least."""
    speakers = book["claims"].set_index("claim_id")["speaker"]
    for row, line in book["quotes"].iterrows():
        said = {speakers.get(claim) for claim in line["claim_ids"].split(";")}
        if line["attribution"] not in said:
            expected = f"{line['claim_ids']} in claims has {', '.join(sorted(map(str, said)))}; expected the same"
            yield "quotes", row, "attribution", expected


@_comparing("claims")
def _chapter(book: Tables) -> Doubts:
    """A chapter weighs claims of one section; a claim of another section stands in the wrong one."""
    rows = book["claims"]
    usual = rows.groupby("chapter")["section"].transform(lambda sections: sections.value_counts().index[0])
    for row in unlike(rows["section"], usual):
        expected = f"that chapter weighs claims of {usual[row]!r}; expected one for {rows.loc[row, 'section']!r}"
        yield "claims", row, "chapter", expected


@_comparing("claims")
def _kinds(book: Tables) -> Doubts:
    """What cannot be tested has no verdict on its truth, and a value is never simply true."""
    decided = ("supported", "qualified", "not_supported")
    for row, line in book["claims"].iterrows():
        verdict, untestable = line["verdict"], line["verdict"] == "not_testable"
        if untestable != (line["testable"] == "no") and (untestable or verdict in decided):
            yield "claims", row, "testable", f"verdict {verdict}; expected one that fits it"
        if line["type"] == "normative" and verdict in ("supported", "not_supported"):
            yield "claims", row, "type", f"verdict {verdict}; expected a type that can have it"
        if line["type"].startswith("fact") and untestable:
            yield "claims", row, "type", "verdict not_testable; expected a type that is no fact"


@_comparing("claims")
def _years(book: Tables) -> Doubts:
    """The years that a condition asks about stand in the evidence or the text of the claim, and the other way round."""
    rows = book["claims"]
    for row, line in rows[rows["condition"] != ""].iterrows():
        told = " ".join([_PLACEHOLDER.sub("", line["evidence"]), line["restatement"], line["quote"]])
        for column, other in (("condition", "evidence"), ("evidence", "condition")):
            here, there = (set(_YEAR.findall(" ".join(_ASKED.findall(line[each])))) for each in (column, other))
            for year in sorted(here - there):
                if year not in told + line["would_change"]:
                    yield "claims", row, column, f"asks about {year}, which {other} does not; expected the same years"
