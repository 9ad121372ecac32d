"""Everything the book knows by computation: named, pure functions from tables to values.

One module per chapter. Each public function of such a module is a finding; its parameters say what it needs, and the
caller never passes tables by hand:

* a parameter named like a table of the data package, of type ``Table``, receives that table;
* a parameter of type ``Asked``, named like a finding of the same module, receives that finding, ready to be asked for
  the same state and day: ``shares()``, ``outcomes(rule="B")``;
* ``focus`` receives the state under study (ISO 3166-1 alpha-3), ``as_of`` the day of judgement;
* any other parameter has a default, or is given where the finding is used: ``society.slavic_share(year=2021)``.

    >>> from multivector.findings import Desk
    >>> Desk("KAZ")("society.slavic_share", year=2021)        # doctest: +SKIP

A finding draws nothing, opens no file and prints nothing. It returns a number, a text, a date, a truth value or a
frame. Where the data say nothing about a state it raises ``NoData`` with a reason for the reader.
"""

import functools
import importlib
import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import pandas as pd

from multivector.errors import BookError, NoData
from multivector.facts import dates, kept, tables
from multivector.facts.names import in_sentences, spelled_out, un_members

AS_OF = date(2023, 6, 8)
"""The day the article speaks of: the opening of the Astana International Forum."""
FOCUS = "KAZ"
MODULES = tuple(sorted(file.stem for file in Path(__file__).parent.glob("[a-z]*.py")))
"""Names of the modules beside this one: a new file is a new group of findings."""
Table = pd.DataFrame
"""Type of a parameter that receives a table of the data package."""
Asked = Callable[..., Any]
"""Type of a parameter that receives another finding of the same module."""
_CONTEXT = ("focus", "as_of")


@dataclass(frozen=True)
class Finding:
    """A registered finding: its function, and how its value is shown.

    ``unit`` is printed after a number (``%``, ``km``, ``Mt``, ``years``); ``digits`` are decimals shown. ``anywhere``
    marks a finding that is the same for every state; others that do not follow the focus are of Kazakhstan alone.
    """

    name: str
    function: Callable[..., Any]
    unit: str = ""
    digits: int = 0
    anywhere: bool = False

    @cached_property
    def parameters(self) -> list[str]:
        """Names of the function's parameters."""
        return list(inspect.signature(self.function).parameters)

    @cached_property
    def asked(self) -> "list[Finding]":
        """The findings of the same module that this one asks."""
        asks = [name for name, kind in self.function.__annotations__.items() if kind is Asked]
        return [get(f"{self.name.split('.')[0]}.{name}") for name in asks]

    @property
    def own_tables(self) -> list[str]:
        """Names of the tables that the function receives."""
        known = set(tables.names())
        return [name for name in self.parameters if name in known]

    @property
    def tables(self) -> list[str]:
        """Names of the tables that the finding reads, those of findings that it asks included."""
        return list(dict.fromkeys([*self.own_tables, *(name for one in self.asked for name in one.tables)]))

    @property
    def follows(self) -> bool:
        """Whether the value depends on the state under study."""
        return self.takes("focus")

    def takes(self, context: str) -> bool:
        """Whether the value depends on the ``focus``, or on the day ``as_of``."""
        return context in self.parameters or any(one.takes(context) for one in self.asked)

    @property
    def meaning(self) -> str:
        """First paragraph of the docstring."""
        return (inspect.getdoc(self.function) or "").split("\n\n")[0].replace("\n", " ")


def shown(**form: Any) -> Callable:
    """Say how the value of the decorated finding is shown: its ``unit``, ``digits`` and ``anywhere``."""

    def note(function: Callable) -> Callable:
        vars(function)["shown"] = form
        return function

    return note


@functools.cache
def _of(module: str) -> dict[str, Finding]:
    """The findings of a module of this room, by name."""
    loaded = importlib.import_module(f"{__name__}.{module}")
    if sys.flags.optimize > 1:
        raise BookError("python -OO drops what findings say of themselves; start Python without it")
    found = {}
    for name, function in vars(loaded).items():
        if inspect.isfunction(function) and function.__module__ == loaded.__name__ and name[0] != "_":
            if not function.__doc__:
                raise BookError(f"finding {module}.{name}: no docstring; say unit, definition, source and caveat")
            found[f"{module}.{name}"] = Finding(f"{module}.{name}", function, **vars(function).get("shown", {}))
    return found


def get(name: str) -> Finding:
    """The finding called ``module.function``. Raises ``BookError`` if there is none."""
    module = name.split(".")[0]
    known = _of(module) if module in MODULES else {}
    if name not in known:
        near = ", ".join(get_close_matches(name, known, 3, 0))
        expected = f"such as {near}" if near else f"module.function, modules: {', '.join(MODULES)}"
        raise BookError(f"finding {name!r} does not exist; expected {expected}")
    return known[name]


def every() -> list[Finding]:
    """All findings of the book, by name."""
    return sorted((found for module in MODULES for found in _of(module).values()), key=lambda found: found.name)


class Desk:
    """Findings for one state and one day: ``Desk("UZB")("order.agreement_by_year")``."""

    def __init__(
        self,
        focus: str = FOCUS,
        as_of: date = AS_OF,
        *,
        hindsight: bool = True,
        instead: Mapping[str, pd.DataFrame] | None = None,
    ):
        """``focus`` must be a UN member's ISO code, ``as_of`` a date; raises ``BookError`` if they are not.

        Without ``hindsight`` no finding gets a row whose event or publication certainly lies after the day.
        ``instead`` holds tables that stand for those of the package, by name.
        """
        if focus not in kept.value(("members",), lambda: frozenset(un_members(tables.load("states")))):
            raise BookError(
                f"focus {focus!r} is not the ISO 3166-1 alpha-3 code of a UN member; for example KAZ, UZB, MNG"
            )
        if type(as_of) is not date:
            raise BookError(f"day {as_of!r} is not a date; expected such as date(2023, 6, 8)")
        self.focus, self.as_of, self.hindsight, self.instead = focus, as_of, hindsight, dict(instead or {})

    def __call__(self, name: str, **given: Any) -> Any:
        """Value of the finding ``name``, with ``given`` for its free parameters; ``NoData`` names states by name.

        A value is computed once for a state of its tables, and each caller gets a copy to do with as it likes.
        """
        try:
            value = self._found(name, given)
        except NoData as reason:
            named, bodies = in_sentences(tables.load("states")), set(tables.load("organisations")["organisation"])
            raise NoData(spelled_out(str(reason), named, bodies)) from None
        return value.copy() if hasattr(value, "copy") else value

    def _found(self, name: str, given: dict) -> Any:
        found = get(name)
        if "focus" in given and found.follows:  # the same question of another state
            other = Desk(given["focus"], self.as_of, hindsight=self.hindsight, instead=self.instead)
            return other._found(name, {key: value for key, value in given.items() if key != "focus"})
        asked = tuple(sorted(given.items()))
        if self.instead.keys() & set(found.tables):
            return _computed(name, self, given)
        desk = self._as_far_as_it_matters(found)
        key = (name, desk.focus, desk.as_of, desk.hindsight, asked)
        return kept.value(key, lambda: _computed(name, desk, given))

    def _as_far_as_it_matters(self, found: Finding) -> "Desk":
        """A desk that gives the same for all states and days that the finding does not ask for."""
        whole = self.hindsight or not any(map(self._withholds, found.tables))
        day = self.as_of if found.takes("as_of") or not whole else AS_OF
        return Desk(self.focus if found.follows else FOCUS, day, hindsight=whole)

    def _withholds(self, name: str) -> bool:
        """Whether the table has rows that are later than the day."""
        return kept.value(("later", name, self.as_of), lambda: len(self.table(name)) < len(tables.load(name)))

    def table(self, name: str) -> pd.DataFrame:
        """The table as this desk hands it to findings."""
        if name in self.instead:
            frame = self.instead[name]
            return frame if self.hindsight else dates.not_after(frame, self.as_of)
        if self.hindsight:
            return tables.load(name)
        known = kept.value(("known", name, self.as_of), lambda: dates.not_after(tables.load(name), self.as_of))
        return known.copy(deep=False)


def _computed(name: str, desk: Desk, given: dict) -> Any:
    found = get(name)
    for unknown in set(given) - set(found.parameters):
        raise BookError(f"finding {name}: unknown parameter {unknown!r}; expected {', '.join(found.parameters)}")
    arguments = {
        **{table: desk.table(table) for table in found.own_tables if table not in given},
        **{one.name.split(".")[1]: partial(desk, one.name) for one in found.asked},
        **{context: getattr(desk, context) for context in _CONTEXT if context in found.parameters},
        **given,
    }
    try:
        return found.function(**arguments)
    except (BookError, NoData):
        raise
    except Exception as fault:  # a table that breaks what the finding takes for granted
        paths = ", ".join(f"data/{tables.resource(table)['path']}" for table in found.tables)
        unknown = isinstance(fault, KeyError) and fault.args[0] in given.values()
        where = "its arguments" if unknown or not paths else paths
        cause = f"{type(fault).__name__}: {' '.join(str(fault).split())}"
        raise BookError(f"finding {name} cannot be computed ({cause}); look at {where}") from fault


def forget() -> None:
    """Drop computed values, so that the next call sees changed tables."""
    kept.forget()
    tables.forget()
