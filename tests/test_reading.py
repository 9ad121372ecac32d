"""What a reader does with a page: opens what stands behind a word, searches, filters, prints, blocks the store."""

import json
import re
import shutil
import subprocess

import pytest
from browsing import until
from lxml import html
from watched import PHONE, WIDE

from multivector.book import layouts
from multivector.ledger import claims
from multivector.look.typography import printed

# --- one panel for touch, key and mouse ---------------------------------------------------------------------------

KINDS = {
    "number": "a.mv-num:visible",
    "claim": "article .mv-claim > a:visible",
    "source": "article p a.mv-source:visible",
    "term": "article a.mv-term:visible",
}


CUT = r"""
() => {
  const words = document.createTreeWalker(document.querySelector(".bd-content"), NodeFilter.SHOW_TEXT), cut = [];
  for (let text = words.nextNode(); text; text = words.nextNode()) {
    if (!text.parentElement.closest(".mv-counts, .prev-next-area")) { continue; }
    for (const word of text.data.matchAll(/\p{L}+/gu)) {
      const range = new Range();
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      const boxes = Array.from(range.getClientRects());
      if (boxes.length > 1 || boxes.some(box => box.right > innerWidth)) { cut.push(word[0]); }
    }
  }
  return cut;
}
"""
CHAPTER = "chapters/global-south.html"


def chapter(open_page, host, **options):
    return open_page(host + CHAPTER, host, **options)


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_tap_opens_in_place_with_a_link_to_the_entry_and_a_second_stays(open_page, host, size):
    page = chapter(open_page, host, viewport=size)
    panel = page.locator(".mv-panel")
    for kind, selector in KINDS.items():
        link = page.locator(selector).first
        link.click()
        assert panel.is_visible(), kind
        assert len(panel.inner_text()) > 30, kind
        box = panel.bounding_box()
        assert 0 <= box["x"] <= box["x"] + box["width"] <= size["width"], kind
        assert box["y"] + box["height"] <= size["height"], kind
        assert panel.locator(".mv-panel-way a").evaluate("one => one.href") == link.evaluate("one => one.href"), kind
        page.keyboard.press("Escape")
        assert not panel.is_visible(), kind
        assert link.evaluate("one => one === document.activeElement"), kind
    before = page.url
    for _ in range(2):
        link.click()
        assert panel.is_visible()
    assert page.url == before
    page.keyboard.press("Escape")
    link.press("Enter")
    assert panel.is_visible()
    panel.locator(".mv-panel-way a").click()
    page.wait_for_url("**#*")


def copied(page, button) -> str:
    """What a button puts into the clipboard."""
    taking = "async items => { window.taken = await (await items[0].getType('text/plain')).text(); }"
    page.evaluate(f"() => {{ window.taken = ''; navigator.clipboard.write = {taking}; }}")
    button.click()
    until(page, "window.taken")
    return page.evaluate("window.taken")


def test_claim_on_the_home_page_is_cited_with_two_taps(open_page, host, site):
    page = open_page(host + "intro.html", host, viewport=PHONE, has_touch=True)
    page.locator("article a[href$='#C-46']").first.tap()
    taken = copied(page, page.locator(".mv-panel").get_by_role("button", name="Copy citation"))
    assert taken in (site / "citations/C-46.txt").read_text("utf-8")
    assert "Claim C-46 (" in taken
    assert "supported as of 8 June 2023" in taken


def test_a_parameter_stands_in_its_sentence_and_the_reference_on_a_line_of_its_own(open_page, host):
    page = open_page(host + "chapters/order.html", host)
    page.locator("a.mv-num[data-finding='order.agreement_base_rate']:visible").first.click()
    shown = page.locator(".mv-panel code").evaluate_all(
        "all => all.map(one => [one.innerText, getComputedStyle(one).display])"
    )
    assert [display for _, display in shown] == ["inline", "block"], shown


PUBLISHED = """() => document.head.insertAdjacentHTML("beforeend",
  "<link rel=canonical href='https://book.example/society.html'>" +
  "<meta name=citation_public_url content='https://book.example/v1/society.html'>")"""


def test_number_says_what_it_is_and_where_it_comes_from_and_is_copied_with_its_citation(open_page, host):
    page = open_page(host + "chapters/society.html", host)
    link = page.locator("a.mv-num[href$='#finding-society-slavic_share']").first
    page.evaluate(PUBLISHED)
    link.click()
    panel = page.locator(".mv-panel")
    assert link.inner_text() in panel.inner_text()
    assert "Share of Russians, Ukrainians and Belarusians" in panel.inner_text()
    assert panel.locator("a[href*='data.html#table-census']").count() == 1
    assert panel.locator("a[href*='sources.html#D13']").count() == 1
    offer = panel.locator(".mv-panel-copy")
    words, address = (offer.get_attribute(f"data-{name}") for name in ("words", "address"))
    assert words.startswith(link.inner_text() + " (Share of Russians, Ukrainians and Belarusians")
    assert "Bureau of National Statistics of Kazakhstan 2023" in words
    assert "society.slavic_share(" in words
    assert address == "https://book.example/v1/society.html#" + link.get_attribute("id"), "that of the version cited"
    assert copied(page, offer.get_by_role("button", name="Copy with citation")) == words
    assert offer.locator(".cite-said").inner_text() == "Copied."


def test_mouse_opens_by_pointing_and_a_tap_elsewhere_closes(open_page, host):
    page = chapter(open_page, host)
    panel = page.locator(".mv-panel")
    page.locator("a.mv-num").first.hover()
    panel.wait_for(state="visible")
    page.mouse.move(5, 5)
    panel.wait_for(state="hidden")
    page.locator("a.mv-num").first.click()
    page.locator("h1").click()
    assert not panel.is_visible()
    assert page.locator(".mv-panel").count() == 1


def test_part_of_a_map_is_read_by_touch(open_page, host):
    page = open_page(host + "chapters/order.html", host, viewport=PHONE, has_touch=True)
    page.locator("#fig-order-map .mv-part[aria-label^='Kazakhstan']").dispatch_event("click")
    assert page.locator(".mv-panel").inner_text().strip("×\n ").startswith("Kazakhstan: ")


OPENED = """
links => links.slice(0, 12).map(link => {
  link.focus();
  link.click();
  const {left, right} = document.getElementById("panel").getBoundingClientRect();
  const widest = document.documentElement.scrollWidth;
  document.dispatchEvent(new KeyboardEvent("keydown", {key: "Escape"}));
  return [link.innerText, left, right, widest];
})
"""


@pytest.mark.parametrize("width", [390, 700, 1000, 1280, 1680])
def test_panel_never_widens_the_page(open_page, host, width):
    page = chapter(open_page, host, viewport={"width": width, "height": 800})
    opened = page.locator(", ".join(KINDS.values())).evaluate_all(OPENED)
    assert len(opened) == 12
    for words, left, right, widest in opened:
        assert 0 <= left < right <= width, words
        assert widest <= width, words


def test_without_script_each_is_a_link_that_lands(open_page, host):
    page = chapter(open_page, host, java_script_enabled=False)
    for address in [page.locator(selector).first.evaluate("one => one.href") for selector in KINDS.values()]:
        page.goto(address)
        name = address.split("#")[1]
        assert 0 <= page.locator(f"[id='{name}']").bounding_box()["y"] < WIDE["height"] / 2, name


def test_what_the_article_does_not_assert_is_told_so_and_given_to_nobody(site):
    for claim in (claim for claim in claims.ledger() if not claim.counts):
        name, badges, panels = claim.claim_id, [], []
        for file in site.glob("**/chapters/*.html"):
            page = html.document_fromstring(file.read_bytes())
            badges += page.xpath(f"//*[contains(@class, 'mv-claim')]/a[contains(@href, '#{name}')]")
            panels += page.xpath(f"//*[@data-for='{name}'] | //details[@id='verdict-{name}'] | //article[@id='{name}']")
        assert badges
        assert len(panels) > 1
        assert all(claims.ASIDE[claim.status] in badge.text_content() for badge in badges), name
        for panel in panels:
            assert claims.STATUS[claim.status] in panel.text_content(), name
            assert not panel.find_class("mv-speaker"), name
            assert not panel.get("data-speaker"), name


def test_quotes_and_panels_show_whether_a_remark_was_said(site):
    said = {claim.claim_id: claims.VERDICTS[claim.said].lower() for claim in claims.ledger() if claim.said}
    assert len(said) > 15
    quotes, vectors = (
        html.document_fromstring((site / f"chapters/{name}.html").read_bytes()) for name in ("quotes", "codebook")
    )
    for name, verdict in said.items():
        badges = quotes.xpath(f"//*[@class='mv-foot-claims']/*[a[contains(@href, '#{name}')]]")
        assert badges, name
        assert all(badge.getnext().text_content().endswith(f": {verdict}") for badge in badges), name
    for panel in vectors.xpath("//template[@id='panels']/div"):
        if verdict := said.get(panel.get("data-for")):
            assert f": {verdict}" in panel.xpath("string(p[@class='mv-card-head'])")


@pytest.mark.parametrize("name", ["chapters/quotes", "chapters/vectors", "chapters/war"])
def test_what_is_read_out_of_a_figure_first_is_short(site, name):
    named = [one.get("aria-label") for one in html.parse(str(site / f"{name}.html")).xpath("//figure[@id]")]
    assert all(named)
    assert max(map(len, named)) < 200


@pytest.mark.parametrize("name", ["intro", "chapters/claims", "chapters/vectors"])
def test_words_of_tiles_and_of_ways_on_are_whole_and_on_the_page(open_page, host, name):
    page = open_page(host + f"{name}.html", host)
    for width in (320, 390, 430, 600, 700, 768, 900, 1100, 1280, 1600):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(CUT) == [], width


def test_links_of_the_ledger_have_names_of_their_own(site):
    page = html.document_fromstring((site / "chapters/claims.html").read_bytes())
    named = [link.get("aria-label") or link.text_content() for link in page.xpath("//*[@class='mv-card-foot']//a")]
    assert len(named) == len(set(named)) == 3 * len(claims.ledger())


def test_tables_of_prose_need_no_scrolling_on_a_phone(open_page, host):
    page = open_page(host + "chapters/codebook.html", host, viewport=PHONE)
    boxes = page.locator(".pst-scrollable-table-container").evaluate_all(
        "all => all.map(one => one.scrollWidth - one.clientWidth)"
    )
    assert boxes
    assert max(boxes) <= 0


def test_badges_are_large_enough_for_a_finger(open_page, host):
    page = open_page(host + "chapters/claims.html", host, viewport=PHONE)
    page.locator(".mv-outline > summary").click()
    boxes = page.locator(".mv-outline .mv-claim > a").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().height)"
    )
    assert len(boxes) == len(claims.ledger())
    assert min(boxes) >= 24


def test_words_that_nobody_doubts_are_plain(site):
    page = html.document_fromstring((site / "chapters/order.html").read_bytes())
    texts = {link.text_content() for link in page.find_class("mv-num")}
    assert texts
    assert not {"Kazakhstan", "yes", "no"} & texts


# --- verdicts, quotes and code in a chapter -----------------------------------------------------------------------


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_address_of_a_verdict_lands_on_its_line_and_opens_it(open_page, host, site, script):
    whole = html.document_fromstring((site / "chapters/corridors.html").read_bytes())
    name = whole.find_class("mv-verdict-card")[1].get("id")
    page = open_page(f"{host}chapters/corridors.html#{name}", host, viewport=PHONE, java_script_enabled=script)
    assert 0 <= page.locator(f"#{name}").bounding_box()["y"] < PHONE["height"] / 2
    assert page.locator(f"#{name} .mv-told").is_visible()
    assert page.locator(".mv-told:visible").count() == 1


# --- search -------------------------------------------------------------------------------------------------------


ASKED = """
query => {
  history.replaceState(null, "", "?" + new URLSearchParams({q: query}));
  document.getElementById("search-results").replaceChildren();
}
"""
FOUND = """
() => ({
  targets: Array.from(document.querySelectorAll("ul.search li > a"), one => one.getAttribute("href")),
  marks: Array.from(document.querySelectorAll("ul.search .context"), one => one.querySelectorAll("mark").length),
})
"""


def targets(page, site, query: str) -> list[str]:
    """Where the hits lead, by the script run once more on the search page; the first ones show the words sought."""
    page.evaluate(ASKED, query)
    page.evaluate((site / "_static/search.js").read_text("utf-8"))
    found = page.evaluate(FOUND)
    assert all(found["marks"][:5]), query
    return found["targets"]


@pytest.mark.parametrize("from_disk", [False, True], ids=["http", "disk"])
def test_search_finds_claims_pages_and_terms(open_page, host, site, from_disk):
    origin = site.as_uri() + "/" if from_disk else host
    page = open_page(origin + "intro.html", origin)
    page.keyboard.press("Control+k")
    page.keyboard.type("inflation")
    page.keyboard.press("Enter")
    page.locator("ul.search > li").first.wait_for()
    found = [link.get_attribute("href") for link in page.locator("ul.search li > a").all()]
    assert any(target.startswith("chapters/war.html") for target in found), found
    assert any(target.startswith("chapters/claims.html#C-") for target in found), found


PRINTED = {
    "17.96": "chapters/society.html",
    "ES-11/6": "chapters/order.html",
    "Up to 20%": "chapters/claims.html#C-46",
    "Қостанай": "chapters/glossary.html",
    "Vassilenkos": "chapters/claims.html",
    "fragmentations": "chapters/claims.html#C-51",
}
ALIKE = {"Turkiye": "Türkiye", "Ukraine": "UKRAINE", "Kazakhstan’s": "kazakhstans"}


def test_search_finds_what_is_printed_without_regard_to_marks_and_no_part_of_a_number(open_page, host, site):
    page = open_page(host + "search.html", host)
    for query, place in PRINTED.items():
        assert any(target.startswith(place) for target in targets(page, site, query)), query
    for one, other in ALIKE.items():
        assert targets(page, site, one) == targets(page, site, other) != [], one
    assert targets(page, site, "7.96") == []


def test_search_says_that_it_searches_until_its_index_is_there_and_that_it_did_not_come(open_page, host):
    page, waiting = open_page(host + "search.html", host), []
    page.route("**/search-index.js*", lambda route: waiting.append(route))
    with page.expect_request("**/search-index.js*"):
        page.goto(host + "search.html?q=war", wait_until="commit")
    summary = page.locator(".search-summary")
    assert summary.inner_text() == "Searching…"
    waiting[0].fulfill(body="")
    until(page, "() => document.querySelector('.search-summary').textContent.includes('did not come')")


def test_excerpts_end_with_a_whole_word(open_page, host, site):
    page = open_page(host + "search.html", host)
    targets(page, site, "iron curtain")
    words = set(page.evaluate("window.bookIndex.entries.flatMap(one => one[4].split(/\\s+/))"))
    for text in page.locator("ul.search .context").all_inner_texts():
        assert not text.endswith(" …") or text.removesuffix(" …").split()[-1] in words, text


# --- the ledger ---------------------------------------------------------------------------------------------------


def shown(page) -> list[str]:
    """The claims that the filter leaves to be seen."""
    return page.locator(".mv-ledger-card:visible").evaluate_all("cards => cards.map(card => card.id)")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_filter_shows_itself_and_lands_on_its_results_and_an_empty_one_says_what_it_means(
    open_page, host, site_claims, size
):
    page = open_page(host + "chapters/claims.html?verdict=not_supported", host, viewport=size)
    held = [claim["id"] for claim in site_claims if claim["verdict"] == "not_supported"]
    assert 0 <= page.locator(".mv-filter").bounding_box()["y"] < size["height"] / 2
    output = page.locator(".mv-filter output").inner_text()
    assert output.startswith(f"{len(held)} of {len(site_claims)} claims: Is it so? Not supported"), output
    assert page.locator(".mv-filter.mv-active").count() == 1
    page.locator("select[name=speaker]").select_option("officials")
    theirs = [claim["verdict"] for claim in site_claims if claim["speaker"] == "officials"]
    output = page.locator(".mv-filter output").inner_text()
    assert f"Without the choice under “Is it so?” there are {len(theirs)}" in output
    assert f"Supported: {theirs.count('supported')}" in output


def test_ledger_is_entered_by_what_does_not_hold_by_words_and_by_paragraphs(open_page, host, site_claims):
    page = open_page(host + "chapters/claims.html", host)
    page.locator(".mv-filter input[name=words]").fill("up to 20%")
    assert shown(page) == ["C-46"]
    page.locator(".mv-filter input[name=words]").fill("")
    page.locator("select[name=verdict]").select_option(index=1)
    chosen = [claim["id"] for claim in site_claims if claim["verdict"] in ("contested", "not_supported")]
    assert shown(page) == chosen
    page.goto(page.url)
    assert shown(page) == chosen, "the address gives the same choice"
    page.locator(".mv-outline > summary").click()
    assert page.locator(".mv-outline .mv-claim").count() == len(site_claims)
    page.locator(".mv-outline li > a").nth(2).click()
    page.wait_for_url("**paragraph=3*")
    assert shown(page) == [claim["id"] for claim in site_claims if claim["paragraph"] == 3]


# --- paper ---------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(
    not shutil.which("pdftotext"), reason="PDF was not checked: no pdftotext; apt install poppler-utils"
)
@pytest.mark.parametrize(
    ("name", "paper"), [("vectors", "Letter"), ("society", "A4"), ("order", "A4"), ("claims", "A4")]
)
def test_nothing_is_lost_on_paper(open_page, host, tmp_path, name, paper):
    page = open_page(f"{host}chapters/{name}.html", host)
    heads = page.locator("table thead th").evaluate_all("all => all.map(one => one.textContent.trim())")
    title = page.locator("h1").evaluate("one => one.firstChild.textContent.trim()")
    page.pdf(path=str(tmp_path / "page.pdf"), format=paper)
    boxes = subprocess.run(
        ["pdftotext", "-bbox", str(tmp_path / "page.pdf"), "-"], capture_output=True, text=True, check=True
    ).stdout
    words, width = [], 0.0
    for line in boxes.splitlines():
        if sheet := re.search(r'<page width="([\d.]+)"', line):
            width = float(sheet[1])
        elif word := re.search(r'<word xMin="([-\d.]+)".* xMax="([\d.]+)".*>(.*)</word>', line):
            assert 0 <= float(word[1]) <= float(word[2]) <= width, f"{word[3]} is beyond the edge of the paper"
            words.append(word[3])
    printed = "".join(words)
    for text in (title, *heads):
        whole = re.sub(r"\s", "", text) in printed.replace("&amp;", "&")
        assert whole or beside_each_other(text.split(), words), f"{text!r} is not on paper"
    assert {text for text in heads if text.isalpha()} <= set(words), "a head is cut within a word"
    assert "Citethis" in printed


def beside_each_other(sought: list[str], words: list[str]) -> bool:
    """Whether words stand close: a head of two lines is read line by line, across the heads beside it."""
    places = [place for place, word in enumerate(words) if word == sought[0]]
    return any(set(sought) <= set(words[max(0, place - 20) : place + 20]) for place in places)


# --- a store that is refused or full ------------------------------------------------------------------------------

BLOCKED = "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('x', 'SecurityError'); }});"
FULL = "Storage.prototype.setItem = function () { throw new DOMException('x', 'QuotaExceededError'); };"


@pytest.mark.parametrize("store", [BLOCKED, FULL], ids=["blocked", "full"])
def test_everything_works_without_a_store(browser, host, store):
    faults = []

    def opened(path: str, size: dict):
        page = browser.new_page(viewport=size)
        page.add_init_script(store)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(host + path)
        return page

    small = opened("search.html?q=war", PHONE)
    small.locator("ul.search li").first.wait_for()
    small.locator("button.primary-toggle").click()
    small.locator(".bd-sidebar-primary .bd-links").wait_for()
    page = opened(CHAPTER, WIDE)
    page.locator(".mv-code-switch").click()
    assert page.locator(".cell_input").first.is_visible()
    before = page.evaluate("document.documentElement.dataset.mode")
    page.locator(".theme-switch-button").click()
    assert page.evaluate("document.documentElement.dataset.mode") != before
    page.keyboard.press("Control+k")
    assert page.locator(".search-button__search-container input").is_visible()
    small.close()
    page.close()
    assert not faults, faults


def test_apostrophes_are_those_of_print():
    assert printed("the officials' worry, Russia's 'own'") == "the officials’ worry, Russia’s 'own'"


def test_json_in_a_page_ends_no_script():
    held = {"text": "</script><!--<script>&é"}
    text = layouts.script_json(held)
    assert json.loads(text) == held
    assert not set("<>&") & set(text)
