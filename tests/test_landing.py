"""Where a link lands, in a real Chromium with motion allowed: at its own entry, on screen, and marked.

What counts is where the target is, not whether the address matches: its top must lie below the page's bar and in the
upper half of the window, unless the page ends sooner.
"""

from __future__ import annotations

import random

import pytest
from watched import PHONE, WIDE

from multivector import anchors

BAR = 48
_WHERE = """
id => new Promise((done, fail) => {
  const target = document.getElementById(id), root = document.documentElement;
  if (!target) { fail(new Error("no element " + id)); return; }
  const look = left => requestAnimationFrame(() => {
    const marked = target.matches("section") ? target.querySelector("h1, h2, h3, h4") : target;
    const seen = {
      top: target.getBoundingClientRect().top,
      end: window.scrollY + window.innerHeight >= root.scrollHeight - 2,
      marked: getComputedStyle(marked).outlineStyle !== "none" || target.matches("article, h1"),
    };
    if (left) { look(left - 1); } else { done(seen); }
  });
  look(2);
})
"""
_JUMP = "id => { window.location.hash = id; }"


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


def fault(name: str, seen: dict, height: int) -> str:
    """What is wrong with a landing; empty if nothing is."""
    if seen["top"] < BAR - 1 or (seen["top"] > height / 2 and not seen["end"]):
        return f"{name} at {seen['top']:.0f} px"
    return "" if seen["marked"] else f"{name} is not marked"


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("page_name", sorted(published()))
def test_every_published_address_lands(open_page, host, page_name, size):
    page = open_page(host + page_name, host, viewport=size, reduced_motion="no-preference")
    faults = []
    for name in published()[page_name]:
        page.evaluate(_JUMP, name)
        if found := fault(name, page.evaluate(_WHERE, name), size["height"]):
            faults.append(found)
    assert not faults


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_fresh_addresses_of_every_kind_land(browser, host, size, script):
    context = browser.new_context(viewport=size, java_script_enabled=script)
    page, faults = context.new_page(), []
    for address in sample(2):
        page.goto(host + address, wait_until="load")
        name = address.split("#")[1]
        box = page.locator(f"[id='{name}']").bounding_box()
        height = page.evaluate("document.documentElement.scrollHeight") if script else 10**9
        end = script and page.evaluate("window.scrollY + window.innerHeight") >= height - 2
        if found := fault(address, {"top": box["y"], "end": end, "marked": True}, size["height"]):
            faults.append(found)
    context.close()
    assert not faults


def test_link_from_another_page_and_search_hit_land(open_page, host):
    page = open_page(host + "intro.html", host, viewport=PHONE, reduced_motion="no-preference")
    page.goto(host + "search.html?q=fragmentation")
    page.locator("ul.search a[href$='claims.html#C-51']").click()
    page.wait_for_url("**/claims.html#C-51")
    assert not fault("C-51", page.evaluate(_WHERE, "C-51"), PHONE["height"])
