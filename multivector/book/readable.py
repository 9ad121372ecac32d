"""An executed notebook as a reader wants it outside the book: plain Markdown with the numbers filled in.

Jupyter does not know the book's roles and directives. Here each becomes what it shows: a finding its value, a claim
its id and verdict, a quotation a block quote, a caption a paragraph under its figure, whose picture gets the
alternative text. Nothing of the machine that ran the notebook is kept.
"""

import re
from copy import deepcopy

from multivector.book import captions, registers
from multivector.cite import citing, sources
from multivector.facts import tables
from multivector.findings import FOCUS, Desk
from multivector.ledger import claims, expressions
from multivector.look import captions as awaiting

_FOCUS = re.compile(r'^FOCUS = "([A-Z]{3})"$', re.M)
_ROLE = re.compile(r"\{([\w:-]+)\}`([^`]+)`")
_DIRECTIVE = re.compile(r"^(`{3,}|:{3,})\{([\w-]+)\} *(.*?)\n(.*?)^\1 *$\n?", re.M | re.S)
_COMMENT = re.compile(r"^%.*\n?", re.M)
_OPTION = re.compile(r"^:[\w-]+:.*\n?", re.M)
_PAGE_LINK = re.compile(r"\[([^\]]+)\]\(((?:[\w-]+/)*[\w-]+)\.md(#[\w-]+)?\)")
_TARGET = re.compile(r"(.+?)\s*<([^>]+)>")


def notebook(raw: dict, docname: str, base: str = "") -> dict:
    """The executed notebook ``raw`` of a page, as ``nbformat`` reads it, ready to be published.

    The same input gives the same notebook.
    """
    work = citing.work()
    focus = _FOCUS.search("\n".join(code_cells(raw)))
    desk = Desk(focus[1] if focus else FOCUS)
    cells = [_cell(cell, number, desk, base) for number, cell in enumerate(_captioned(raw["cells"], desk, base))]
    metadata = {
        "authors": [{"name": name} for name in work.authors],
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "license": {"code": work.code_licence, "text": work.licence},
        "title": f"{work.title}, version {work.version}: {citing.slug(docname)}",
    }
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def code_cells(raw: dict) -> list[str]:
    """Source of each code cell of a notebook as ``nbformat`` reads it."""
    return [cell["source"] for cell in raw["cells"] if cell["cell_type"] == "code"]


def plain(markdown: str, desk: Desk, base: str = "") -> str:
    """Markdown without roles and directives of the book."""
    text = _COMMENT.sub("", markdown)
    text = _DIRECTIVE.sub(lambda match: _block(match, desk, base), text)
    text = _ROLE.sub(lambda match: _inline(match[1], match[2].strip(), desk, base), text)
    return _PAGE_LINK.sub(lambda match: _link(match[1], f"{match[2]}.html{match[3] or ''}", base), text)


def _captioned(cells: list[dict], desk: Desk, base: str) -> list[dict]:
    """The cells with each caption as a paragraph, and its alternative text in the figure that it is about."""
    cells = deepcopy(cells)
    prose = [cell for cell in cells if cell["cell_type"] == "markdown"]
    said = (found for cell in prose for found in captions.BLOCK.findall(cell["source"]))
    told = {name: captions.parsed(content) for name, content in said}
    met: dict[str, list[str]] = {}
    for data in (output.get("data", {}) for cell in cells for output in cell.get("outputs", ())):
        shown = data.get("text/html", "")
        name = awaiting.name_of(shown)
        if name in told:
            met[name] = awaiting.carried(shown)
            title, alt = (plain(text, desk, base) for text in (awaiting.headed(told[name].title), told[name].alt))
            data["text/html"] = awaiting.named(shown, name, title, alt)
    for cell in prose:
        cell["source"] = captions.BLOCK.sub(lambda found: _caption(found[1], told, met), cell["source"])
    return cells


def _caption(name: str, told: dict[str, captions.Said], met: dict[str, list[str]]) -> str:
    """A caption as Markdown, whose roles are still to be replaced; nothing where data were missing."""
    if name not in met:
        return ""
    said, own = told[name], tables.names()
    carried = said.sources_with(met[name])
    behind = ", ".join(f"table {one} of this book" if one in own else f"{{source}}`{one}`" for one in carried)
    return f"**{awaiting.headed(said.title)}.** {said.text} Sources: {behind}.\n"


def _cell(cell: dict, number: int, desk: Desk, base: str) -> dict:
    common = {"cell_type": cell["cell_type"], "id": f"cell-{number:03}", "metadata": {}}
    if cell["cell_type"] != "code":
        return common | {"source": _lines(plain(cell["source"], desk, base))}
    outputs = [_output(output, cell["execution_count"]) for output in cell["outputs"] if not _is_aside(output)]
    return common | {"execution_count": cell["execution_count"], "outputs": outputs, "source": _lines(cell["source"])}


def _is_aside(output: dict) -> bool:
    """Whether an output is what a program said beside its results: warnings tell of the machine, not of the book."""
    return output["output_type"] == "stream" and output["name"] == "stderr"


def _output(output: dict, count: int | None) -> dict:
    if output["output_type"] == "stream":
        return {"name": output["name"], "output_type": "stream", "text": _lines(output["text"])}
    if output["output_type"] == "error":  # the page has failed and will not be published; its fault is told elsewhere
        return {"ename": output["ename"], "evalue": output["evalue"], "output_type": "error", "traceback": []}
    data = {kind: _lines(content) for kind, content in sorted(output["data"].items())}
    fresh = {"data": data, "metadata": {}, "output_type": output["output_type"]}
    return fresh | ({"execution_count": count} if output["output_type"] == "execute_result" else {})


def _block(match: re.Match, desk: Desk, base: str) -> str:
    _, name, argument, body = match.groups()
    if name == "quote":
        return _quotation(argument.strip())
    if name == "verdicts":
        return "".join(_verdict(claim_id) for claim_id in argument.split())
    return plain(_OPTION.sub("", body).strip(), desk, base) + "\n"


def _inline(role: str, text: str, desk: Desk, base: str) -> str:
    if role == "num":
        return expressions.shown(text, desk)
    if role == "claim":
        return f"{_link(text, f'{registers.LEDGER}.html#{text}', base)} ({_claim(text).outcome})"
    if role == "source":
        address, short = sources.get(text).address, sources.short(text)
        return f"[{short}]({address})" if address else short
    if role in ("fig", "tab"):
        return f"{'figure' if role == 'fig' else 'table'} `{text}`"
    named = _TARGET.fullmatch(text)
    return named[1] if named else text


def _quotation(quote_id: str) -> str:
    row = next(row for row in registers.quote_rows() if row["quote_id"] == quote_id)
    said_by = f"{claims.SPEAKERS[row['attribution']]}, paragraph {row['paragraph']} ({quote_id})"
    return f"> “{row['restored']}”\n>\n> {said_by}\n\n{row['annotation']}\n"


def _verdict(claim_id: str) -> str:
    claim = _claim(claim_id)
    behind = f" Sources: {', '.join(claim.sources)}." if claim.sources else ""
    said = f" Said: *{claims.VERDICTS[claim.said]}.* {claim.said_evidence}" if claim.said else ""
    status = "" if claim.counts else f" {claim.status_reason}"
    head = f"**{claim.claim_id}. {claim.restatement}** {claim.voice}."
    return f"- {head} *{claim.verdict_text}.* {claim.evidence_text}{behind}{said}{status}\n"


def _claim(claim_id: str) -> claims.Claim:
    return next(claim for claim in claims.ledger() if claim.claim_id == claim_id)


def _link(text: str, address: str, base: str) -> str:
    return f"[{text}]({base}/{address})" if base else text


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)
