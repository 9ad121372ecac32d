"""The little language in which prose names numbers and claims state their conditions.

A *reference* names a finding, with arguments if it takes any, and how to show it::

    society.slavic_share(year=2021)
    order.abstentions | words
    war.inflation(year=2022) | digits=0
    corridors.scale_of_ways | each=way mt:.2f

The last lists the rows of a frame: of each the columns that are named, a number in the format of Python after a colon.

A *condition* compares references: ``< <= > >= == !=``, ``and``, ``or``, ``not``, ``+ - * /``, parentheses, ``abs()``,
numbers, quoted strings, ``True`` and ``False``. As a grammar, with what a name may be and what numbers look like left
to Python::

    condition  = either {"or" either}
    either     = each {"and" each}
    each       = "not" each | sum {("<" | "<=" | ">" | ">=" | "==" | "!=") sum}
    sum        = product {("+" | "-") product}
    product    = value {("*" | "/") value}
    value      = "-" value | "abs(" sum ")" | "(" condition ")" | number | text | "True" | "False" | reference
    reference  = module "." finding ["(" [name "=" argument {"," name "=" argument}] ")"]
    argument   = number | text | word | "True" | "False"

Nothing else is understood: the text is parsed, never executed. Only numbers are calculated with.

    >>> holds("1 + 1 == 2 and not False", desk=None)
    True
"""

import ast
import math
import operator
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from numbers import Real
from typing import Any

import pandas as pd

from multivector import findings
from multivector.errors import BookError, NoData
from multivector.facts.dates import spoken
from multivector.facts.names import NUMERALS

_ARITHMETIC = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}
_COMPARISON = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_TURNING = {ast.Lt: "at", ast.LtE: "above", ast.Gt: "at", ast.GtE: "below"}
_LONGEST, _DEEPEST = 2000, 30  # characters and levels; no condition of a claim comes near
PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_GLUED_UNITS = ("%", "×")


def holds(condition: str, desk: findings.Desk) -> bool:
    """Truth of a condition. Raises ``BookError`` if it is not of the grammar or does not yield true or false."""
    result = _evaluate(_parsed(condition), condition, desk)
    if not isinstance(result, bool):
        raise BookError(f"condition {condition!r}: yields {result!r}; expected a comparison that is true or false")
    return result


def references(condition: str) -> list[str]:
    """The references in a condition, as written, in order and without repeats."""
    return list(dict.fromkeys(_source(condition.strip(), node) for node in _asking(_parsed(condition))))


def _asking(node: ast.AST) -> Iterator[ast.AST]:
    """The parts that name a finding, in their order."""
    if isinstance(node, ast.Attribute) or isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        yield node
    else:
        for child in ast.iter_child_nodes(node):
            yield from _asking(child)


@dataclass(frozen=True)
class Margin:
    """One comparison of sizes in a condition: what is compared, its value now, and the value at which it turns.

    ``room`` is the difference as a share of the larger of the two: 0 at the edge, 1 from nothing.
    """

    compared: str
    now: str
    limit: str
    turns: str
    room: float


def limits(condition: str) -> list[float]:
    """The numbers in a condition that are neither 0 nor 1: each is a choice that needs a reason."""
    tree = _parsed(condition)
    arguments = {id(word.value) for node in ast.walk(tree) if isinstance(node, ast.Call) for word in node.keywords}
    numbers = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in arguments]
    return [one.value for one in numbers if isinstance(one.value, int | float) and one.value not in (0, 1)]


def margins(condition: str, desk: findings.Desk) -> list[Margin]:
    """How far each comparison of sizes is from turning, in the order of the condition; equalities are left out."""
    tree = _parsed(condition)
    parts = tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]
    sizes = [part for part in parts if isinstance(part, ast.Compare) and len(part.ops) == 1]
    return [_margin(part, condition.strip(), desk) for part in sizes if type(part.ops[0]) in _TURNING]


def _source(text: str, node: ast.AST) -> str:
    """The words of a condition that a part of it was read from."""
    return ast.get_source_segment(text, node) or ""


def _margin(node: ast.Compare, text: str, desk: findings.Desk) -> Margin:
    left, right = node.left, node.comparators[0]
    here, there = (float(_evaluate(side, text, desk)) for side in (left, right))
    limit, largest = _side(right, there, left, text), max(abs(here), abs(there))
    return Margin(
        compared=_source(text, left),
        now=_side(left, here, right, text),
        limit=limit,
        turns=f"{_TURNING[type(node.ops[0])]} {limit}",
        room=abs(here - there) / largest if largest else 0.0,
    )


def _side(node: ast.AST, result: float, other: ast.AST, text: str) -> str:
    """A number as the finding in it is shown; one without a finding like that on the other side."""
    for part in (*_asking(node), *_asking(other)):
        found = finding_of(_source(text, part))
        whole = isinstance(node, ast.Attribute | ast.Call) or result == round(result, found.digits)
        return _number(result, found, {} if whole else {"digits": found.digits + 1})
    return f"{result:g}"


def value(reference: str, desk: findings.Desk) -> Any:
    """Value of the finding that ``reference`` names (anything after a bar is ignored)."""
    text = reference.split("|")[0].strip()
    node = _parsed(text)
    if not isinstance(node, ast.Call | ast.Attribute):
        raise BookError(f"reference {reference!r}: expected module.finding or module.finding(name=value)")
    return _evaluate(node, text, desk)


def finding_of(reference: str) -> findings.Finding:
    """The finding that a reference names."""
    return findings.get(re.split(r"[(|\s]", reference.strip(), maxsplit=1)[0])


def shown(reference: str, desk: findings.Desk) -> str:
    """The value of a reference as the book prints it, with unit and rounding. ``NoData`` becomes words."""
    options, found = _options(reference), finding_of(reference)
    try:
        result = value(reference, desk)
    except NoData as reason:
        return f"no data ({reason})"
    return _text(result, found, options, reference)


def filled(template: str, desk: findings.Desk) -> str:
    """A sentence with every ``{reference}`` replaced by its value as shown."""
    return PLACEHOLDER.sub(lambda match: shown(match.group(1), desk), template)


def placeholders(template: str) -> list[str]:
    """The references in a sentence."""
    return PLACEHOLDER.findall(template)


def _text(result: Any, found: findings.Finding, options: dict, reference: str) -> str:
    if isinstance(result, bool):
        return "yes" if result else "no"
    if isinstance(result, str):
        return result
    if isinstance(result, date):
        return spoken(result.isoformat())
    if isinstance(result, pd.DataFrame) and "each" in options:
        return "; ".join(_row(row, options["each"].split(), reference) for row in result.to_dict("records"))
    if isinstance(result, pd.DataFrame | pd.Series | list | dict | None):
        raise BookError(f"reference {reference!r}: yields a {type(result).__name__}; prose needs a number or a text")
    if "words" in options and 0 <= result < len(NUMERALS) and result == int(result):
        return NUMERALS[int(result)]
    return _number(float(result), found, options)


def _row(row: dict, wanted: list[str], reference: str) -> str:
    """The columns of a row that are wanted, each with its format, in one line."""
    told = []
    for column, _, form in (part.partition(":") for part in wanted):
        try:
            text = format(row[column], form)
        except KeyError:
            raise BookError(f"reference {reference!r}: no column {column!r}; expected {', '.join(row)}") from None
        except ValueError:
            raise BookError(f"reference {reference!r}: {row[column]!r} cannot be written as {form!r}") from None
        told.append(text if isinstance(row[column], str) else text.replace("-", "−"))
    return " ".join(told)


def _number(result: float, found: findings.Finding, options: dict) -> str:
    digits = int(options.get("digits", found.digits))
    sign = "+" if "sign" in options else "-"  # as Python's formats say it: of all numbers, or of those below nothing
    text = f"{result:{sign},.{digits}f}"
    if found.unit in ("year", "plain"):
        text = text.replace(",", "")
    text = text.replace("-", "−") if float(text.replace(",", "")) else text.lstrip("+-")
    if "bare" in options or found.unit in ("", "year", "plain"):
        return text
    return f"{text}{'' if found.unit in _GLUED_UNITS else chr(0xA0)}{found.unit}"


def _options(reference: str) -> dict:
    options = {}
    for part in reference.split("|")[1:]:
        name, _, setting = part.strip().partition("=")
        plain = name in ("bare", "words", "sign") and not setting
        if not (plain or name == "digits" and setting.isdigit() or name == "each" and setting):
            raise BookError(
                f"reference {reference!r}: option {part.strip()!r}; expected bare, words, sign, digits=N or each=COLUMNS"
            )
        options[name] = setting
    return options


def _parsed(text: str) -> ast.AST:
    if len(text) > _LONGEST:
        raise BookError(f"expression {text[:40]!r}…: longer than {_LONGEST} characters")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # the last three: what no sentence looks like
        raise BookError(
            f"expression {text!r}: cannot be read; see the grammar in multivector/ledger/expressions.py"
        ) from None
    level: list[ast.AST] = [tree]
    for _ in range(_DEEPEST):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    if level:
        raise BookError(f"expression {text!r}: nested more than {_DEEPEST} levels deep")
    return tree


def _evaluate(node: ast.AST, text: str, desk: findings.Desk) -> Any:
    def step(child: ast.AST) -> Any:
        return _evaluate(child, text, desk)

    match node:
        case ast.Constant(value=int() | float() | str()):
            return node.value
        case ast.Attribute():
            return _found(desk, _dotted(node, text))
        case ast.Call(func=ast.Name(id="abs"), args=[inner], keywords=[]):
            return abs(_numeric(step(inner), text))
        case ast.Call(func=ast.Attribute() as called, args=[]):
            given = {str(word.arg): _constant(word, text) for word in node.keywords}
            return _found(desk, _dotted(called, text), **given)
        case ast.UnaryOp(op=ast.USub()):
            return -_numeric(step(node.operand), text)
        case ast.UnaryOp(op=ast.Not()):
            return not step(node.operand)
        case ast.BinOp() if type(node.op) in _ARITHMETIC:
            return _calculated(node, step, text)
        case ast.BoolOp():
            truths = (bool(step(child)) for child in node.values)
            return all(truths) if isinstance(node.op, ast.And) else any(truths)
        case ast.Compare() if all(type(op) in _COMPARISON for op in node.ops):
            return _compared(node, step, text)
    raise BookError(
        f"expression {text!r}: {ast.unparse(node)!r} is not part of the grammar; use comparisons of findings"
    )


def _found(desk: findings.Desk, name: str, **given: Any) -> Any:
    """The value of a finding; a number that is missing would make every comparison false, and ``not`` of it true."""
    result = desk(name, **given)
    if result is pd.NA or isinstance(result, float) and math.isnan(result):
        raise NoData(f"{name} has no number")
    return result


def _calculated(node: ast.BinOp, step, text: str) -> float:
    left, right = (_numeric(step(side), text) for side in (node.left, node.right))
    try:
        return _ARITHMETIC[type(node.op)](left, right)
    except (ZeroDivisionError, OverflowError) as fault:
        raise BookError(f"expression {text!r}: {ast.unparse(node)!r} has no value: {fault}") from None


def _numeric(operand: Any, text: str) -> Any:
    """Only numbers are calculated with: a text times a number would be a longer text."""
    if not isinstance(operand, Real):
        raise BookError(f"expression {text!r}: {operand!r} is not a number; only numbers can be calculated with")
    return operand


def _compared(node: ast.Compare, step, text: str) -> bool:
    values = [step(node.left), *map(step, node.comparators)]
    pairs = zip(node.ops, values, values[1:], strict=False)
    try:
        return all(bool(_COMPARISON[type(op)](left, right)) for op, left, right in pairs)
    except TypeError:
        raise BookError(f"expression {text!r}: {ast.unparse(node)!r} compares things of two kinds") from None


def _constant(keyword: ast.keyword, text: str) -> Any:
    if isinstance(keyword.value, ast.Name):  # partner=RUS reads better than partner="RUS"
        return keyword.value.id
    if isinstance(keyword.value, ast.Constant) and keyword.arg:
        return keyword.value.value
    raise BookError(f"expression {text!r}: argument {keyword.arg!r} must be a number, a word or a quoted text")


def _dotted(node: ast.Attribute, text: str) -> str:
    if isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    raise BookError(f"expression {text!r}: expected module.finding")
