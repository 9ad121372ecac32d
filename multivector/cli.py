"""``python -m multivector``: check the data, begin something new, read the ledger, seal a change."""

import argparse
import sys
import time
from pathlib import Path

from multivector.errors import BookError, NoData


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status: 0 if all is well, 1 for any fault."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        return options.run(options)
    except (BookError, NoData) as fault:
        print(f"multivector: {fault}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("multivector: interrupted; nothing was written", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m multivector", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(name: str, run, about: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=about, description=about)
        sub.set_defaults(run=run)
        return sub

    command("check", check, "validate every table of the data package; one line a fault")
    command("seal", seal, "record the present checksum of every table after a change you meant to make")
    beginning = command("new", begin, "write the skeleton of a table, chapter, claim or organisation")
    beginning.add_argument("kind", choices=("table", "chapter", "claim", "organisation"))
    beginning.add_argument("name", help="its name; for a claim the chapter that will weigh it, such as forum")
    ledger = command("claims", list_claims, "print the ledger of claims")
    for field in ("verdict", "speaker", "section"):
        ledger.add_argument(f"--{field}", help=f"only claims with this {field}")
    verify = command("verify-quotes", verify_quotes, "check that every quote is the article's own words")
    verify.add_argument("--article", type=Path, help="check against your own copy of the article instead")
    command("references", references, "write references.bib from the table of sources, .zenodo.json from CITATION.cff")
    command("publish-claims", publish_claims, "record restatement and verdict of every claim as published")
    addresses = command("anchors", published_anchors, "check that no published address is lost; needs the built site")
    addresses.add_argument("--update", action="store_true", help="add new addresses to anchors.lock")
    return parser


def check(options) -> int:
    """Print the faults of the data package, one line each."""
    from multivector.checks import package as checks

    return _report(checks.faults(), "data package is valid")


def seal(options) -> int:
    """Record checksums and say which tables changed; refuse tables with faults."""
    from multivector.checks import sealing

    lines, contents, told = sealing.look()
    if lines:
        print(*lines, sep="\n", file=sys.stderr)
        print(f"nothing was sealed; {len(lines)} fault{'s' if len(lines) > 1 else ''} above", file=sys.stderr)
        return 1
    changed = sealing.seal(contents)
    print(*told, sep="\n", end="\n" if told else "")
    print(f"sealed: {', '.join(changed) if changed else 'nothing had changed'}")
    return 0


def begin(options) -> int:
    """Write a skeleton and say what comes next."""
    from multivector import new

    print(*new.KINDS[options.kind](options.name), sep="\n")
    return 0


def list_claims(options) -> int:
    """Print claims that match the filters, then any stale verdict."""
    from multivector.ledger import claims

    chosen = claims.select(verdict=options.verdict, speaker=options.speaker, section=options.section)
    for claim in chosen:
        print(f"{claim.claim_id}  {claim.verdict_text:<30}  {claim.speaker or claim.status:<16}  {claim.restatement}")
        print(f"      {claim.evidence_text}")
    return _report(claims.faults(chosen), f"{len(chosen)} claims, no stale verdict")


def verify_quotes(options) -> int:
    """Print every quote that is not the article's own words."""
    from multivector.facts import quotes

    return _report(quotes.report(options.article), "every quote is the article's own words")


def references(options) -> int:
    """Write ``references.bib`` and ``.zenodo.json``."""
    from multivector import paths
    from multivector.cite import deposit, sources

    paths.REFERENCES.write_text(sources.bibtex(), "utf-8")
    deposit.FILE.write_text(deposit.text(), "utf-8")
    print(f"wrote {paths.REFERENCES.name} and {deposit.FILE.name}")
    return 0


def publish_claims(options) -> int:
    """Write ``claims.lock``."""
    from multivector.ledger import claimlock

    print(f"wrote {claimlock.LOCK.name} for version {claimlock.publish()}")
    return 0


def published_anchors(options) -> int:
    """Compare the built site with ``anchors.lock``."""
    from multivector.cite import anchors

    return _report(anchors.update() if options.update else anchors.check(), "every published address is there")


def _report(faults: list[str], good: str) -> int:
    for line in faults:
        print(line)
    seconds = time.process_time()
    print(f"{len(faults)} fault{'s' if len(faults) > 1 else ''}" if faults else good, f"({seconds:.1f} s)")
    return 1 if faults else 0
