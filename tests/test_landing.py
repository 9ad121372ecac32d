"""Fresh addresses land, with and without scripts; `test_browser.py` asks of every address whether it does."""

import landing
import pytest
from watched import PHONE, WIDE


@pytest.mark.parametrize(("script", "size"), [(True, PHONE), (False, WIDE)], ids=["script", "no-script"])
def test_fresh_addresses_of_every_kind_land(browser, host, script, size):
    context, seen = browser.new_context(viewport=size, java_script_enabled=script), []
    page = context.new_page()
    for address in landing.sample(2 if script else 1):  # without one the browser alone finds the place
        page.goto(host + address, wait_until="load")
        box = page.locator(f"[id='{address.split('#')[1]}']").bounding_box()
        end = script and page.evaluate("scrollY + innerHeight >= document.documentElement.scrollHeight - 2")
        seen.append({"name": address, "top": box["y"], "end": end, "marked": True})
    context.close()
    assert not landing.faults(seen, size["height"])


def test_link_from_another_page_and_search_hit_land(open_page, host):
    page = open_page(host + "intro.html", host, viewport=WIDE, reduced_motion="no-preference")
    page.goto(host + "search.html?q=fragmentation")
    page.locator("ul.search a[href$='claims.html#C-51']").click()
    page.wait_for_url("**/claims.html#C-51")
    assert not landing.wrong(page, ["C-51"], WIDE)


def test_a_target_under_the_bar_or_not_there_would_be_seen(browser):
    page = browser.new_page(viewport=WIDE)
    page.set_content("<p style='height:3000px'><b id=bare>x</b><p style='height:3000px'>")
    assert len(landing.wrong(page, ["bare", "gone"], WIDE)) == 2
    page.close()
