"""Make a derived table again from a newer upstream file and say what would change: rows, numbers, verdicts.

    python tools/refresh.py macro newer.csv            # say it, write nothing
    python tools/refresh.py macro newer.csv --apply    # write the tables and seal them
    python tools/refresh.py --sample                   # show it on a sample made from the present table

The status is 1 if a table breaks a rule (then nothing is written) or if a verdict no longer follows from the data and
was not named by ``--expect``.
"""

import argparse
import csv
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from multivector import findings, paths
from multivector.checks import package as checks
from multivector.errors import BookError, NoData
from multivector.facts import tables
from multivector.findings import Desk
from multivector.ledger import claims, expressions

SHOWN = 20  # lines of a list; the rest is counted
_ROLE = re.compile(r"\{num\}`([^`]+)`")


def main(arguments: list[str] | None = None) -> int:
    """Derive, compare, report; write only when asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    scripts = sorted(file.stem for file in paths.DERIVE.glob("*.py"))
    parser.add_argument("script", nargs="?", choices=scripts, help="script in data/derive, named like its table")
    parser.add_argument("files", nargs="*", type=Path, help="upstream files, as that script asks for them")
    parser.add_argument("--apply", action="store_true", help="write the tables and record their checksums")
    parser.add_argument("--sample", action="store_true", help="show it on a sample; writes nothing")
    parser.add_argument("--expect", nargs="*", default=[], metavar="CLAIM", help="verdicts that are to turn: no fault")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        if given.sample:
            return refresh("macro", [sample(Path(folder))], Path(folder) / "made", False, given.expect)
        if not given.script:
            parser.error("name a script in data/derive and its upstream files, or give --sample")
        return refresh(given.script, given.files, Path(folder) / "made", given.apply, given.expect)


def refresh(script: str, files: list[Path], folder: Path, apply: bool, expected: list[str]) -> int:
    """Run a script into ``folder`` and report; status 0 if the verdicts that turn are the expected ones."""
    folder.mkdir(parents=True)
    command = [sys.executable, str(paths.DERIVE / f"{script}.py"), *map(str, files), "--to", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        print(f"refresh: {script}.py stopped: {(done.stderr.strip().splitlines() or ['no reason given'])[-1]}")
        return 1
    made = {name: folder / Path(tables.resource(name)["path"]).name for name in tables.names()}
    made = {name: file for name, file in made.items() if file.exists()}
    broken = [line for name, file in made.items() for line in checks.faults_of(name, file.read_bytes())]
    if broken:
        tell("Rules that the new table breaks; nothing was written", broken)
        return 1
    for name, file in made.items():
        tell_rows(name, file)
    turned = tell_consequences(made, folder)
    if apply:
        for name, file in made.items():
            shutil.copyfile(file, paths.table_file(tables.resource(name)["path"]))
        print(f"Written and sealed: {', '.join(tables.seal()) or 'nothing had changed'}.")
    else:
        print("Nothing was written; add --apply to write.")
    return 0 if [line.split()[0] for line in turned] == sorted(expected) else 1


# --- rows ---------------------------------------------------------------------------------------------------------


def tell_rows(name: str, file: Path) -> None:
    """Print rows that are new, gone or different, each by its key."""
    if file.suffix != ".csv":
        print(f"{name}: {'no change' if file.read_bytes() == tables.read_bytes(name) else 'the layer differs'}")
        return
    keys = tables.keys(tables.resource(name))
    old, new = rows(tables.read_bytes(name).decode(), keys), rows(file.read_text("utf-8"), keys)
    lines = [f"+ {' '.join(at)}: {text(new[at])}" for at in new if at not in old]
    lines += [f"- {' '.join(at)}: {text(old[at])}" for at in old if at not in new]
    for at in [at for at in new if at in old and old[at] != new[at]]:
        pairs = ((column, old[at][column], value) for column, value in new[at].items())
        cells = [f"{column} {was or 'empty'} → {now or 'empty'}" for column, was, now in pairs if was != now]
        lines.append(f"~ {' '.join(at)}: {', '.join(cells)}")
    added, gone, changed = (sum(line[0] == mark for line in lines) for mark in "+-~")
    tell(f"{name}: {added} rows new, {gone} gone, {changed} different, {len(new)} in all", lines)


def rows(content: str, keys: list[str]) -> dict[tuple, dict[str, str]]:
    """Rows of a CSV by their key, without it."""
    return {tuple(row.pop(key) for key in keys): row for row in csv.DictReader(content.splitlines())}


def text(row: dict[str, str]) -> str:
    """The filled cells of a row."""
    return ", ".join(f"{column} {value}" for column, value in row.items() if value)


# --- numbers and verdicts -----------------------------------------------------------------------------------------


def tell_consequences(made: dict[str, Path], folder: Path) -> list[str]:
    """Print numbers of the pages that change and verdicts that turn; return the latter."""
    data = folder / "data"
    shutil.copytree(paths.DATA, data, ignore=shutil.ignore_patterns("derive", "__pycache__"))
    for name, file in made.items():
        shutil.copyfile(file, data / tables.resource(name)["path"])
    with ProcessPoolExecutor(1, get_context("spawn")) as another:  # what modules remember of the tables cannot mix
        changed = another.submit(state, data)
        before, after = state(paths.DATA), changed.result()
    values = [
        f"{reference}: {value} → {after['values'][reference]}"
        for reference, value in before["values"].items()
        if value != after["values"][reference]
    ]
    tell(f"Numbers in chapters and claims that change: {len(values)} of {len(before['values'])}", values)
    turned = []
    for name, (verdict, held, condition) in before["claims"].items():
        now = after["claims"][name][1]
        if now != held:
            wrapped = textwrap.fill(condition, 110, initial_indent=" " * 6, subsequent_indent=" " * 6)
            turned.append(f"{name} ({verdict}): {held} → {now}; judge the claim anew\n{wrapped}")
    tell(f"Verdicts whose condition changes: {len(turned)} of {len(before['claims'])}", turned)
    return turned


def state(data: Path) -> dict:
    """Every number that chapters and claims name, and whether each condition holds, with the tables in ``data``."""
    if data != paths.DATA:  # a copy with the new tables in it: only there may checksums be written
        paths.DATA, paths.DATAPACKAGE = data, data / "datapackage.json"
        findings.forget()
        tables.seal()
    desk, ledger = Desk(), claims.ledger()
    wanted = [ref for file in sorted(paths.CHAPTERS.glob("*.md")) for ref in _ROLE.findall(file.read_text("utf-8"))]
    for claim in ledger:
        wanted += expressions.placeholders(claim.evidence) + expressions.references(claim.condition or "0")
    return {
        "values": {reference: shown(reference, desk) for reference in dict.fromkeys(wanted)},
        "claims": {one.claim_id: (one.verdict, holds(one), one.condition) for one in ledger if one.condition},
    }


def shown(reference: str, desk: Desk) -> str:
    """A number as the book prints it, or why there is none."""
    try:
        return expressions.shown(reference, desk)
    except BookError as fault:
        return str(fault)


def holds(claim: claims.Claim) -> str:
    """Whether a claim's condition holds, in a word, or why that cannot be said."""
    try:
        return str(bool(claim.holds)).lower()
    except (BookError, NoData) as fault:
        return str(fault)


def tell(title: str, lines: list[str]) -> None:
    """Print a list under its title, shortened where it is long."""
    print(title)
    for line in lines[:SHOWN]:
        print(f"  {line}")
    if len(lines) > SHOWN:
        print(f"  … and {len(lines) - SHOWN} more")


def sample(folder: Path) -> Path:
    """A newer upstream file of ``macro`` in which prices in Kazakhstan rose in 2022 no faster than the year before."""
    frame = tables.load("macro").rename(columns={"gdp_usd": "gdp_current_usd"})
    here = frame["iso3"].eq("KAZ")
    calm = frame.loc[here & frame["year"].eq(2021), "cpi_inflation_pct"].item()
    frame.loc[here & frame["year"].eq(2022), "cpi_inflation_pct"] = calm
    file = folder / "sample.csv"
    frame.to_csv(file, index=False)
    return file


if __name__ == "__main__":
    sys.exit(main())
