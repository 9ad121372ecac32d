"""The state under study, and what of the book can be asked of another state.

``make book FOCUS=UZB`` builds a companion: the chapters that follow the focus are computed for that state, the others
stay as they are and say so. The claims are the article's; of each the companion says whether its test can be put to
the other state at all, and with what result.
"""

import os

from multivector.errors import BookError, NoData
from multivector.facts import tables
from multivector.findings import FOCUS, Desk
from multivector.ledger import expressions
from multivector.ledger.claims import Claim

VARIABLE = "FOCUS"
"""Environment variable that asks for a companion."""


def asked() -> str | None:
    """ISO code of the state for which a companion is asked; ``None`` for the book itself."""
    code = os.environ.get(VARIABLE, "").strip()
    return code if code and code != FOCUS else None


def fault() -> str | None:
    """One line if the state asked for is not one that the book can follow."""
    code = asked()
    if code is None:
        return None
    try:
        Desk(code)
    except BookError as reason:
        return f"{VARIABLE}={code}: {reason}{_near(code)}"
    return None


def _near(code: str) -> str:
    """A hint for somebody who gave a name, or two letters, instead of the code."""
    for row in tables.load("states").query("kind == 'un_member'").itertuples():
        if code.casefold() in (str(row.iso3).casefold(), str(row.iso2).casefold(), row.name.casefold()):
            return f"; for {row.name} it is {row.iso3}"
    return ""


def name_of(code: str) -> str:
    """Name of a state as it stands inside a sentence."""
    return Desk(code)("order.focus_name")


def is_national(claim: Claim) -> bool:
    """Whether a claim's test cannot be put to another state: it has none, or it rests on data of one state alone."""
    if not claim.condition:
        return True
    used = [expressions.finding_of(reference) for reference in expressions.references(claim.condition)]
    return not all(found.follows or found.anywhere for found in used) or not any(found.follows for found in used)


def note(claim: Claim, code: str) -> str:
    """What a companion for the state ``code`` says of a claim, in one or two sentences."""
    condition = claim.condition
    if condition is None or is_national(claim):
        return f"This claim is about {name_of(FOCUS)} only: its test cannot be put to {name_of(code)}."
    desk = Desk(code)
    try:
        outcome = "holds as well" if expressions.holds(condition, desk) else "does not hold"
    except NoData as reason:
        return f"The same test cannot be made for {name_of(code)}: {reason}."
    values = "; ".join(f"{ref} is {expressions.shown(ref, desk)}" for ref in expressions.references(condition))
    return f"The claim is about {name_of(FOCUS)}. Put to {name_of(code)}, its condition {outcome}: {values}."
