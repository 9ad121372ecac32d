"""Where a link lands, in a real Chromium with motion allowed: at its own entry, on screen, and marked.

What counts is where the target is, not whether the address matches: its top must lie below the page's bar and in the
upper half of the window, unless the page ends sooner.
"""

from __future__ import annotations

import random

import pytest
from watched import PHONE, WIDE

from multivector.cite import anchors

BAR = 48
_WHERE = """
async names => {
  const root = document.documentElement, seen = [];
  for (const name of names) {
    const target = document.getElementById(name);
    if (!target) { seen.push({name, top: NaN}); continue; }
    window.location.hash = name;
    await new Promise(requestAnimationFrame);
    const marked = target.querySelector(":scope > :is(h1, h2, h3, h4)") || target;
    seen.push({
      name,
      top: target.getBoundingClientRect().top,
      end: window.scrollY + window.innerHeight >= root.scrollHeight - 2,
      marked: getComputedStyle(marked).outlineStyle !== "none" || target.matches("article, h1"),
    });
  }
  return seen;
}
"""


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


def faults(seen: list[dict], height: int) -> list[str]:
    """What is wrong with landings, one line each."""
    found = []
    for one in seen:
        if not one["top"] >= BAR - 1 or (one["top"] > height / 2 and not one["end"]):
            found.append(f"{one['name']} at {one['top']:.0f} px")
        elif not one["marked"]:
            found.append(f"{one['name']} is not marked")
    return found


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("page_name", sorted(published()))
def test_every_published_address_lands(open_page, host, page_name, size):
    page = open_page(host + page_name, host, viewport=size, reduced_motion="no-preference")
    assert not faults(page.evaluate(_WHERE, published()[page_name]), size["height"])


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_fresh_addresses_of_every_kind_land(browser, host, size, script):
    context = browser.new_context(viewport=size, java_script_enabled=script)
    page, seen = context.new_page(), []
    for address in sample(2):
        page.goto(host + address, wait_until="load")
        name = address.split("#")[1]
        box = page.locator(f"[id='{name}']").bounding_box()
        height = page.evaluate("document.documentElement.scrollHeight") if script else 10**9
        end = script and page.evaluate("window.scrollY + window.innerHeight") >= height - 2
        seen.append({"name": address, "top": box["y"], "end": end, "marked": True})
    context.close()
    assert not faults(seen, size["height"])


def test_link_from_another_page_and_search_hit_land(open_page, host):
    page = open_page(host + "intro.html", host, viewport=PHONE, reduced_motion="no-preference")
    page.goto(host + "search.html?q=fragmentation")
    page.locator("ul.search a[href$='claims.html#C-51']").click()
    page.wait_for_url("**/claims.html#C-51")
    assert not faults(page.evaluate(_WHERE, ["C-51"]), PHONE["height"])
