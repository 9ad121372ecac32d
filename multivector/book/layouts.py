"""HTML from the templates in ``templates/parts``: every value is escaped unless it is finished markup."""

import json
import re
from functools import cache
from pathlib import Path

from jinja2 import BytecodeCache, Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from multivector import paths
from multivector.look.typography import printed

TEMPLATES = Path(__file__).parent / "templates"
_CODE = re.compile(r"``(.+?)``")


def drawn(part: str, /, **values) -> str:
    """The part ``templates/parts/NAME.html`` with its values: a plain text, since finished markup joined to one that
    is not would escape it."""
    return str(_environment().get_template(f"parts/{part}.html").render(**values).strip())


def offered(**functions) -> None:
    """Functions that make HTML, for every template to use; their results are not escaped again."""
    made = {name: _unescaped(function) for name, function in functions.items()}
    _environment().globals.update(made)


def known(**values) -> None:
    """Values that every template may use."""
    _environment().globals.update(values)


def _unescaped(function):
    return lambda *arguments: Markup(function(*arguments))


def coded(text: str) -> Markup:
    """A docstring's text with what stands in double backticks as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(printed(text)))))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        finalize=printed,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        bytecode_cache=compiled(),
    )
    environment.filters["coded"] = coded
    return environment


def compiled() -> BytecodeCache:
    """Where templates in compiled form are kept between builds, by their text."""
    folder = paths.SETTINGS / "templates"
    folder.mkdir(parents=True, exist_ok=True)
    return FileSystemBytecodeCache(str(folder))


def script_json(content) -> str:
    """JSON that may stand in a ``<script>`` whatever its texts hold: no ``<``, ``>`` or ``&`` is left in it."""
    text = json.dumps(content, ensure_ascii=False)
    return text.replace("&", r"\u0026").replace("<", r"\u003c").replace(">", r"\u003e")
