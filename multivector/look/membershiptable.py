"""The matrix of standings on a day: bodies down, states across, with the stretches for every other day.

    membershiptable.show("KAZ", "2023-06-08", states=["RUS", "CHN"])

The table is complete without JavaScript and in print. Beside it stands, as JSON, what the rule of
``multivector.facts.memberships`` gives for each state and body: stretches of days with a status. The script
``membership-date.js`` looks up a day in them and lets a reader set one state beside the focus; it knows no rule of
its own and asks no server.
"""

import html
import json
from datetime import date

import pandas as pd

from multivector.facts import memberships, tables
from multivector.facts.dates import spoken
from multivector.look import captions, figures

SHAPES = {
    "member": "●",
    "suspended": "⊘",
    "associate": "◐",
    "observer": "○",
    "partner": "◇",
    "candidate": "▷",
    "signatory": "△",
    memberships.UNCERTAIN: "?",
    "none": "·",
}
WORDS = {memberships.UNCERTAIN: memberships.NOT_KNOWN, "none": "none"}
"""Words for cells that hold no status; a status is its own word."""
YEARS = range(1995, 2026)
NAME = "tab-vectors-memberships"


def show(focus: str, day: date | str, *, states: list[str], sources=()) -> None:
    """Display the table; parameters as for ``markup``."""
    figures.put(markup(focus, day, states=states, sources=sources))


def markup(focus: str, day: date | str, *, states: list[str], sources=()) -> str:
    """HTML of the table for ``day`` and of the data for other days; the page says its caption, under the cell."""
    day = str(day)
    shown = list(dict.fromkeys([focus, *states]))
    named = tables.load("states").set_index("iso3")["name"]
    organisations = tables.load("organisations").set_index("organisation")["name"]
    cells, given = memberships.statuses(day, shown), script_data(day, shown)
    title = captions.awaited(NAME)
    head = "".join(f'<th scope="col" data-state="{iso3}">{html.escape(named[iso3])}</th>' for iso3 in shown)
    body = "\n".join(_row(one, organisations[one], cells.loc[one], given) for one in cells.index)
    data = json.dumps(given, ensure_ascii=False, separators=(",", ":"))
    for sign in "&<>":  # so that it cannot end its script element or open a comment in it
        data = data.replace(sign, f"\\u{ord(sign):04x}")
    legend = ", ".join(f"{shape} {WORDS.get(status, status)}" for status, shape in SHAPES.items())
    foot = f'<span class="mv-key">{html.escape(legend)}. A cell pointed at says since when.</span> {captions.foot(None, sources)}'
    return (
        f'<figure class="mv-table" id="{NAME}"><div class="mv-scroll mv-memberships" role="group" tabindex="0" '
        f'aria-label="{title}"><table>\n<caption>{title}</caption>\n'
        f'<thead><tr><th scope="col">Body</th>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>\n'
        f'<script type="application/json" class="mv-membership-data">{data}</script>'
        f"{figures.ending(NAME, foot, cells.rename(columns=named).reset_index())}"
    )


def script_data(day: str, shown: list[str]) -> dict:
    """What the script needs: the states, days to choose from, and for each state and body its stretches of days.

    A stretch is [first day, last day, status, start], ISO and inclusive; on a day outside all of them the state is
    absent. The start is as the table gives it: ``since 27 May 1994``, ``shown by 31 March 2020``, or empty.
    """
    named = tables.load("states").set_index("iso3")["name"]
    spans = memberships.spans()
    stretches: dict[str, dict[str, list]] = {iso3: {} for iso3 in shown}
    for row in spans[spans["iso3"].isin(shown)].itertuples():
        stretches[row.iso3].setdefault(row.organisation, []).append([row.begins, row.ends, row.status, _start(row)])
    days = [(f"{year}-12-31", f"end of {year}") for year in YEARS] + [(day, spoken(day))]
    return {
        "states": [[iso3, named[iso3]] for iso3 in shown],
        "day": day,
        "days": sorted(days),
        "shapes": SHAPES,
        "words": WORDS,
        "stretches": stretches,
    }


def _start(row) -> str:
    """Since when a standing is known, in words; empty where it is uncertain or the table gives no day."""
    told = {"since": row.since, "shown by": row.attested} if row.status != memberships.UNCERTAIN else {}
    return next((f"{word} {spoken(day)}" for word, day in told.items() if pd.notna(day)), "")


def _row(organisation: str, name: str, statuses: pd.Series, given: dict) -> str:
    starts = {
        iso3: f' title="{start}"'
        for iso3, held in given["stretches"].items()
        for begins, ends, _, start in held.get(organisation, ())
        if start and begins <= given["day"] <= ends
    }
    cells = "".join(
        f'<td data-state="{iso3}" data-organisation="{html.escape(organisation)}" '
        f'class="mv-status mv-status-{status}"{starts.get(iso3, "")}><span aria-hidden="true">{SHAPES[status]}</span> '
        f'<span class="mv-word">{WORDS.get(status, status)}</span></td>'
        for iso3, status in statuses.items()
    )
    return f'<tr><th scope="row" title="{html.escape(name)}">{html.escape(organisation)}</th>{cells}</tr>'
