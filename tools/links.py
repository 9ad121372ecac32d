"""Ask every external address of the built book whether it still answers.

An address is *gone* if its server says so (404, 410) or if its host no longer exists; that fails the run. One that
refuses programs, is slow or has a passing fault is only listed: a reader's browser may well get it.
"""

import html
import re
import socket
import sys
import urllib.error
import urllib.request
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote, urlsplit

SITE = Path(__file__).resolve().parent.parent / "_build" / "html"
SECONDS = 30
AT_ONCE = 8
_ADDRESS = re.compile(r'<a\b[^>]*\bhref="(https?://[^"#]+)')
_HEAD = {"User-Agent": "Mozilla/5.0 (compatible; link check of a book)", "Accept": "*/*"}
_GONE = (404, 410)
_KEPT = "%:/?#[]@!$&'()*+,;=~"  # what an address may hold as it is; other letters travel encoded


def addresses(site: Path) -> dict[str, list[str]]:
    """Every external address that a page links to, with the pages that do."""
    found = defaultdict(list)
    for page in sorted(site.rglob("*.html")):
        name = page.relative_to(site).as_posix()
        for address in sorted({html.unescape(one) for one in _ADDRESS.findall(page.read_text("utf-8"))}):
            found[address].append(name)
    return dict(found)


def answer(address: str) -> tuple[str, str]:
    """``ok``, ``gone`` or ``unsure``, and why."""
    try:
        request = urllib.request.Request(quote(address, safe=_KEPT), headers=_HEAD)
        with urllib.request.urlopen(request, timeout=SECONDS) as reply:
            return "ok", str(reply.status)
    except urllib.error.HTTPError as fault:
        return ("gone" if fault.code in _GONE else "unsure"), f"{fault.code} {fault.reason}"
    except urllib.error.URLError as fault:
        unknown = isinstance(fault.reason, socket.gaierror) and fault.reason.errno == socket.EAI_NONAME
        return ("gone" if unknown else "unsure"), str(fault.reason)
    except (OSError, ValueError) as fault:
        return "unsure", str(fault) or type(fault).__name__


def answers(found: list[str]) -> dict[str, tuple[str, str]]:
    """The answer of each address; those of one host are asked one after another, so that no host is pressed."""
    hosts = defaultdict(list)
    for address in found:
        hosts[urlsplit(address).netloc].append(address)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        rounds = pool.map(lambda host: [(address, answer(address)) for address in hosts[host]], sorted(hosts))
        return dict(pair for one in rounds for pair in one)


def main(site: Path = SITE) -> int:
    """Print what does not answer; status 1 if an address is gone."""
    if not (site / "index.html").exists():
        print("links: the book is not built; run `make book` first")
        return 1
    found = addresses(site)
    told = answers(sorted(found))
    for state, title in (("gone", "Gone"), ("unsure", "Not to be told from here")):
        for address, (_, why) in sorted(item for item in told.items() if item[1][0] == state):
            print(f"{title}: {address} ({why}), on {', '.join(found[address][:4])}")
    counts = {state: sum(one == state for one, _ in told.values()) for state in ("ok", "gone", "unsure")}
    if found and not counts["ok"]:
        print(f"links: none of {len(found)} addresses answered; this machine has no way out, nothing was checked")
        return 2
    print(f"links: {counts['ok']} answer, {counts['gone']} are gone, {counts['unsure']} cannot be told")
    return 1 if counts["gone"] else 0


if __name__ == "__main__":
    sys.exit(main())
