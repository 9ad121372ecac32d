"""Where a link lands: at its own entry, on screen, and marked.

What counts is where the target is, not whether the address matches: its top must lie below the page's bar and in the
upper half of the window, unless the page ends sooner.
"""

import random
from functools import cache

from multivector.cite import anchors

BAR = 48
ALIKE = 2  # targets of one make on a page that are followed: the first and the last
WHERE = """
async ([names, most]) => {
  const root = document.documentElement, makes = new Map(), seen = [];
  for (const name of names) {
    const target = document.getElementById(name);
    if (!target) { seen.push({name, top: NaN}); continue; }
    const folds = [];
    for (let one = target; one; one = one.parentElement) {
      if (one.matches("details, [hidden]")) { folds.push(one.className); }
    }
    const margin = getComputedStyle(target).scrollMarginTop;
    const make = [target.tagName, target.parentElement.tagName, target.className, margin, ...folds].join("|");
    makes.set(make, [...(makes.get(make) || []), target]);
  }
  for (const alike of makes.values()) {
    const step = Math.max(1, (alike.length - 1) / (most - 1));
    for (let at = 0; Math.round(at) < alike.length; at += step) {
      const target = alike[Math.round(at)];
      window.location.hash = target.id;
      await new Promise(requestAnimationFrame);
      const marks = [target, target.querySelector(":scope > :is(h1, h2, h3, h4)") || target];
      seen.push({
        name: target.id,
        top: target.getBoundingClientRect().top,
        end: window.scrollY + window.innerHeight >= root.scrollHeight - 2,
        marked: marks.some((one) => getComputedStyle(one).outlineStyle !== "none"),
      });
    }
  }
  return seen;
}
"""


@cache
def published() -> dict[str, list[str]]:
    """Ids that stand on a page, by page; those that moved are left to the test of moved addresses."""
    found: dict[str, list[str]] = {}
    for anchor in anchors.read():
        page, _, name = anchor.address.partition("#")
        if name and not anchor.target:
            found.setdefault(page, []).append(name)
    return found


def sample(number: int) -> list[str]:
    """Addresses of every kind, the same ones each time."""
    drawn = random.Random(20230608)
    kinds: dict[str, list[str]] = {}
    for anchor in anchors.read():
        if "#" in anchor.address and not anchor.target:
            kinds.setdefault(anchor.kind, []).append(anchor.address)
    return [address for kind in sorted(kinds) for address in drawn.sample(kinds[kind], min(number, len(kinds[kind])))]


def wrong(page, names: list[str], size: dict, *, every: bool = False) -> list[str]:
    """What is wrong with the landings on an open page, one line each; of targets made alike some stand for all."""
    return faults(page.evaluate(WHERE, [names, 10**6 if every else ALIKE]), size["height"])


def faults(seen: list[dict], height: int) -> list[str]:
    """What is wrong with landings, one line each."""
    found = []
    for one in seen:
        if not one["top"] >= BAR - 1 or (one["top"] > height / 2 and not one["end"]):
            found.append(f"{one['name']} at {one['top']:.0f} px")
        elif not one["marked"]:
            found.append(f"{one['name']} is not marked")
    return found
