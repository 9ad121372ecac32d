"""No orphan in either direction: claims, quotes, chapters, findings and sources hold on to each other."""

import ast
import re

from multivector import findings, paths
from multivector.facts import tables
from multivector.ledger import claims, expressions

LEDGER = claims.ledger()
CHAPTERS = {file.stem: file.read_text("utf-8") for file in sorted(paths.CHAPTERS.glob("*.md"))}
DESK_CALL = re.compile(r"""desk\(\s*["']([a-z_]+\.[a-z0-9_]+)["']""")
ROLE = re.compile(r"\{num\}`([^`]+)`")
HELD_AGAINST = {"cow_differences", "flips", "igo_starts"}
"""Tables that no page shows: tests hold verdicts and memberships against the first two, a check the third."""


def test_every_claim_has_a_quote_and_every_quote_a_claim():
    quotes = tables.load("quotes")
    tied = {name for ids in quotes["claim_ids"] for name in ids.split(";")}
    assert tied == {claim.claim_id for claim in LEDGER}
    assert len(quotes) >= 40


def used_findings() -> set[str]:
    used = set()
    for text in CHAPTERS.values():
        used |= set(DESK_CALL.findall(text))
        used |= {reference.split("(")[0].split("|")[0].strip() for reference in ROLE.findall(text)}
    for claim in LEDGER:
        for reference in expressions.references(claim.condition or "0") + expressions.placeholders(claim.evidence):
            used.add(re.split(r"[(|\s]", reference.strip(), maxsplit=1)[0])
    return used


def shown_or_part_of_what_is(used: set[str]) -> set[str]:
    """The findings ``used`` and the functions of their modules whose names their code holds, and so on."""
    names = {}
    for file in (paths.ROOT / "multivector" / "findings").glob("*.py"):
        for function in ast.parse(file.read_text("utf-8")).body:
            if isinstance(function, ast.FunctionDef):
                held = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
                names[f"{file.stem}.{function.name}"] = {f"{file.stem}.{name}" for name in held}
    waiting, reached = list(used), set()
    while waiting:
        if (name := waiting.pop()) not in reached:
            reached.add(name)
            waiting += names.get(name, ())
    return reached


def test_every_finding_is_used_and_every_used_finding_exists():
    known = {entry.name for entry in findings.every()}
    used = used_findings()
    assert not used - known, f"unknown: {sorted(used - known)}"
    idle = known - shown_or_part_of_what_is(used)
    assert not idle, f"computed, but neither shown nor part of what is shown: {sorted(idle)}"


def test_every_claim_rests_on_sources_that_exist():
    known = set(tables.load("sources")["source_id"])
    for claim in LEDGER:
        assert claim.sources, claim.claim_id
        assert set(claim.sources) <= known, claim.claim_id


def test_every_source_is_used_somewhere():
    used = {source for claim in LEDGER for source in claim.sources}
    for name in tables.names():
        used |= {source.get("source_id") for source in tables.resource(name)["sources"]}
        frame = tables.load(name)
        for column in ("source_id", "source_id_2"):
            if column in frame.columns and name != "sources":
                used |= set(frame[column].dropna())
    for text in CHAPTERS.values():
        used |= set(re.findall(r"\{source\}`([SGD]\d+)`", text))
        used |= set(re.findall(r'"([SGD]\d{2,3})"', text))
        used |= {name for line in re.findall(r"^Sources: (.+)$", text, re.M) for name in line.split()}
    register = tables.load("sources")
    kept = register.loc[register["same_work_as"].isna(), "source_id"]  # a merged entry keeps its address only
    unused = set(kept) - used
    assert not unused, f"sources that nothing rests on: {sorted(unused)}"


def test_every_table_is_read_by_a_finding_or_a_page():
    read = {name for entry in findings.every() for name in entry.tables}
    code = "\n".join(file.read_text("utf-8") for file in (paths.ROOT / "multivector").rglob("*.py"))
    code += "\n".join(CHAPTERS.values())
    read |= set(re.findall(r'tables\.load\(\s*"([a-z0-9_]+)"', code))
    for name in tuple(read):  # a table whose codes another one uses gives those codes their names
        read |= {key["reference"]["resource"] for key in tables.resource(name)["schema"].get("foreignKeys", [])}
    assert set(tables.names()) - read == HELD_AGAINST, sorted(set(tables.names()) - read)
