"""The built book in a real Chromium: every page, light and dark, wide and narrow, over http and from disk.

Without a Chromium these checks cannot run: the summary of the run then says so, and in CI they fail.
"""

import io
import re
from pathlib import Path

import landing
import pytest
from browsing import until
from PIL import Image
from playwright.sync_api import expect
from watched import PHONE, WIDE, contrast

from multivector.facts import memberships

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "_build" / "html"
AXE = """
options => axe.run({resultTypes: ["violations"], preload: false, ...options}).then(
  found => found.violations.map(one => one.id + " ×" + one.nodes.length + ": " + one.nodes[0].target.join(" ")
    + " " + one.nodes[0].failureSummary))
"""
ONLY_MARKED = "axe.configure({rules: [{id: 'color-contrast', selector: '[data-marked]'}]})"
CONTRAST = {"runOnly": ["color-contrast"]}
MOST = 6
# Registers, lists and tables repeat one card or row many times: the first ones stand for all. What nobody can see goes.
SHORTEN = """
most => {
  document.querySelectorAll("article :is(ul, ol, tbody, .mv-list, .mv-glossary, .mv-findings)").forEach(
    list => Array.from(list.children).slice(most).forEach(child => child.remove()));
  document.querySelectorAll("template, article details:not([open]) > :not(summary)").forEach(one => one.remove());
}
"""
# Contrast is that of ink, size and grounds: of the words that have these in common one is marked for all.
MARK = """
() => {
  const grounds = new Map([[null, ""]]), seen = new Set();
  const ground = one => {
    if (!grounds.has(one)) {
      const style = getComputedStyle(one), clear = style.backgroundColor === "rgba(0, 0, 0, 0)";
      const own = clear && style.backgroundImage === "none" && style.opacity === "1" ? ""
        : [style.backgroundColor, style.backgroundImage, style.opacity].join() + ">";
      grounds.set(one, ground(one.parentElement) + own);
    }
    return grounds.get(one);
  };
  const words = Array.from(document.body.querySelectorAll("*")).filter(one => one.checkVisibility() &&
    Array.from(one.childNodes).some(child => child.nodeType === Node.TEXT_NODE && child.data.trim()));
  words.forEach(one => { delete one.dataset.marked; });
  for (const one of words) {
    const style = getComputedStyle(one), kind = [style.color, style.fontSize, style.fontWeight, ground(one)].join("|");
    if (!seen.has(kind)) { seen.add(kind); one.dataset.marked = ""; }
  }
  return seen.size;
}
"""
IN_THEME = "scheme => (document.documentElement.dataset.theme || scheme) === scheme"  # which follows in its own time
AT_REST = """
document.fonts.ready.then(() => new Promise(met => requestAnimationFrame(() => requestIdleCallback(
  () => requestAnimationFrame(() => requestIdleCallback(met))))))
"""
DECODED = """
async which => {
  for (const one of document.querySelectorAll(which)) { one.scrollIntoView(); await one.decode(); }
}
"""
READ_ON = """
async () => {
  for (let step = 0; step < 40; step++) {
    window.scrollBy(0, 600);
    await new Promise(met => requestAnimationFrame(() => requestAnimationFrame(met)));
  }
  return window.scrollY;
}
"""
COMPLETE = """
() => {
  const wrong = [], say = (is, what) => { if (is) wrong.push(what); }, root = document.documentElement;
  const all = (which, is) => Array.from(document.querySelectorAll(which)).filter(is), watched = window.watched;
  const searches = all(".search-button__button, .bd-search-container input",
    one => one.checkVisibility({visibilityProperty: true}) && one.getBoundingClientRect().width > 0);
  const indented = all(".bd-article ul",
    one => getComputedStyle(one).listStyleType === "none" && getComputedStyle(one).paddingLeft !== "0px");
  say(root.scrollWidth > window.innerWidth, "scrolls sideways");
  say(searches.length !== 1, "has not exactly one way to search");
  say(indented.length, "has lists without marks out of line with the text: " + indented.map(one => one.className));
  say(watched.refused.length, "is refused by its own policy: " + watched.refused);
  say(watched.shift >= 0.05, "shifts by " + watched.shift.toFixed(3));
  return wrong;
}
"""


def pages() -> list[str]:
    """Every page of the built site; the first one if there is no site yet."""
    found = (page.relative_to(SITE).as_posix() for page in SITE.rglob("*.html"))
    return sorted(name for name in found if not re.match(r"_|bundles/|notebooks/|404\.html", name)) or ["index.html"]


# --- every page -------------------------------------------------------------------------------------------------


def inaccessible(page, axe: str, looks=((WIDE, "light"),)) -> list[str]:
    """What axe finds in one word of each kind in each look and, in the last, in the structure of the shortened page."""
    page.evaluate(axe)
    page.evaluate(ONLY_MARKED)
    page.evaluate(SHORTEN, MOST)
    found = []
    for size, scheme in looks:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        until(page, IN_THEME, scheme)
        assert page.evaluate(MARK) >= 5
        rules = {} if (size, scheme) == looks[-1] else CONTRAST
        found += [f"{scheme}: {said}" for said in page.evaluate(AXE, rules)]
    return found


LOOKS = ((WIDE, "light"), (PHONE, "dark"))
LONG = {f"chapters/{name}.html" for name in ("claims", "sources", "vectors")}


@pytest.mark.parametrize("name", [name for name in pages() if name != "index.html"])  # that one only leads on
def test_page_is_complete_accessible_and_reached_by_its_addresses(open_page, host, axe, name):
    """One visit on a wide and light screen, one on a narrow and dark one: everything that is asked of every page."""
    faults, page = [], open_page(host + name, host, reduced_motion="reduce")
    for size, scheme in LOOKS:
        if size != WIDE:
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.goto(page.url.partition("#")[0])
        elif name in LONG:
            assert page.evaluate(READ_ON) > 5000
        where = f"{name} at {size['width']} px, {scheme}"
        assert page.evaluate("document.documentElement.dataset.theme") == scheme
        page.evaluate(AT_REST)
        faults += [f"{where} {said}" for said in page.evaluate(COMPLETE)]
        page.emulate_media(reduced_motion="no-preference")
        faults += [f"{where}: {said}" for said in landing.wrong(page, landing.published().get(name, []), size)]
    page.evaluate(UNFOLD)
    faults += [f"{where}: {said}" for said in unreadable(page)]
    page.emulate_media(reduced_motion="reduce")
    faults += [f"{name}: {said}" for said in inaccessible(page, axe, LOOKS[::-1])]
    assert not faults, "\n".join(faults)


@pytest.mark.nightly
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("name", pages())
def test_whole_page_is_accessible_and_every_address_lands(open_page, host, axe, name, size, scheme):
    page = open_page(host + name, host, viewport=size, color_scheme=scheme, reduced_motion="reduce")
    page.evaluate(axe)
    assert page.evaluate(AXE, {}) == []
    assert landing.wrong(page, landing.published().get(name, []), size, every=True) == []


def test_faint_words_and_missing_names_would_be_seen(browser, axe):
    page = browser.new_page()
    page.set_content(
        "<html lang=en><title>x</title><main><h1>One</h1><p>Two<p>Three<p>Four<p style='font-size:9px'>Five"
        "<p style='font-size:8px'>Six<p style='background:#eee;color:#bbb'>Faint</p><button></button></main>"
    )
    found = " ".join(inaccessible(page, axe))
    page.close()
    assert "color-contrast" in found
    assert "button-name" in found


FROM_DISK = [f"chapters/{name}.html" for name in ("vectors", "claims", "quotes", "glossary", "data")] + ["search.html"]
"""Pages that between them have all scripts of the book."""


def test_pages_work_from_disk(open_page, site):
    page = open_page((site / "intro.html").as_uri(), site.as_uri())
    for name in FROM_DISK:
        page.goto((site / name).as_uri())
        page.locator("h1").first.wait_for()
        assert page.evaluate("window.watched.refused") == [], name


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_only_the_drawing_of_the_theme_in_use_is_fetched(open_page, host, scheme):
    page, fetched = open_page(host + "chapters/order.html", host, color_scheme=scheme), []
    page.on("request", lambda sent: fetched.append(sent.url))
    page.evaluate(UNFOLD)
    page.evaluate(DECODED, f"img.mv-{scheme}")
    drawn = [url for url in fetched if "/files/" in url]
    assert drawn
    assert all(url.endswith(".dark.svg") == (scheme == "dark") for url in drawn), drawn


# --- figures and tables where they are hardest to read ----------------------------------------------------------

PAGE_COLOUR = {"light": "#ffffff", "dark": "#14181d"}
TEXTS = """
() => {
  const texts = Array.from(document.querySelectorAll("svg text")).map(one => {
    const box = one.getBoundingClientRect(), style = getComputedStyle(one);
    return {text: one.textContent.trim(), box: [box.left, box.top, box.right, box.bottom], fill: style.fill,
            rim: style.stroke !== "none" && style.paintOrder.startsWith("stroke") ? style.stroke : null};
  });
  document.querySelectorAll("svg text").forEach(one => { one.style.visibility = "hidden"; });
  return texts.filter(one => one.text);
}
"""
UNFOLD = "document.querySelectorAll('details.mv-folded, .mv-fold input').forEach(one => one.open = one.checked = true)"
SMALLEST = r"""
() => Promise.all(Array.from(document.querySelectorAll("img.mv-picture")).filter(one => one.checkVisibility()).map(
  async picture => {
    const drawing = await (await fetch(picture.src)).text();
    const scale = picture.getBoundingClientRect().width / /viewBox="0 0 ([\d.]+) /.exec(drawing)[1];
    const sizes = Array.from(drawing.matchAll(/style="font[^"]*?([\d.]+)px/g)).map(found => found[1]);
    return [picture.src.split("/").pop(), sizes.length ? Math.min(...sizes) * scale : null];
  }))
"""
LARGE_SHARE = 0.15  # a colour that fills less of a word's box is a line that crosses it or the edge of an area


def rgb(colour: str) -> tuple:
    """``rgb(1, 2, 3)`` as numbers."""
    return tuple(int(value) for value in re.findall(r"\d+", colour)[:3])


def grounds(picture: Image.Image, box: list) -> list[tuple]:
    """Colours that fill a good part of a box."""
    part = picture.crop((round(box[0]), round(box[1]), max(round(box[2]), round(box[0]) + 1), round(box[3])))
    counted = part.getcolors(part.width * part.height)
    return [colour for number, colour in counted if number >= LARGE_SHARE * part.width * part.height]


def test_words_in_figures_have_contrast_in_both_themes(browser, site):
    faint, page = [], browser.new_page(viewport={"width": 1100, "height": 1400})
    for name in sorted(file.name.removesuffix(".dark.svg") for file in site.glob("files/*.dark.svg")):
        for theme, ending in (("light", ".svg"), ("dark", ".dark.svg")):
            drawing = (site / "files" / f"{name}{ending}").read_text("utf-8")
            page.set_content(f'<body style="margin:0;background:{PAGE_COLOUR[theme]}">{drawing}</body>')
            texts = page.evaluate(TEXTS)
            assert texts, name
            if not all(one["rim"] for one in texts):
                picture = Image.open(io.BytesIO(page.locator("svg").first.screenshot())).convert("RGB")
            for one in texts:
                behind = [rgb(one["rim"])] if one["rim"] else grounds(picture, one["box"])
                worst = min((contrast(rgb(one["fill"]), ground) for ground in behind), default=21)
                if worst < 4.5:
                    faint.append(f"{name}, {theme}: {one['text']!r} {worst:.1f}")
    page.close()
    assert not faint, faint


TABLES = """
async () => {
  const edge = document.documentElement.clientWidth, wrong = [];
  const rest = () => new Promise(met => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(met))));
  for (const box of document.querySelectorAll(".mv-table .mv-scroll")) {
    const table = box.querySelector("table"), name = box.parentElement.id, wide = box.scrollWidth - box.clientWidth > 2;
    const say = (is, what) => { if (is) wrong.push(name + ": " + what); };
    const caption = table.caption, head = table.querySelector("tbody th"), wordy = table.classList.contains("mv-wordy");
    const point = box.querySelector("th[data-point]"), before = caption.getBoundingClientRect();
    if (wide) { box.scrollIntoView(); await rest(); }
    say(wide && !/mv-more|mv-past/.test(box.className), "no sign that there is more");
    const edges = [point, box].map(one => one && one.getBoundingClientRect().right);
    say(!wordy && point && point.checkVisibility() && edges[0] > edges[1] + 2, "the title's column is out of sight");
    box.scrollLeft = 10000;
    const after = caption.getBoundingClientRect(), first = head.getBoundingClientRect();
    say(Math.abs(after.left - before.left) > 1, "the caption moves when the table is scrolled");
    say(after.right > edge + 1 || after.left < 0, "the caption is cut off");
    say(first.left < box.getBoundingClientRect().left - 1, "the first column leaves the screen");
    say(wordy && wide, "a table with long texts is wider than the screen");
  }
  return wrong;
}
"""


def unreadable(page) -> list[str]:
    """Figures with words too small for a phone, and tables that lose sight of their caption, point or first column."""
    smallest = page.evaluate(SMALLEST)
    assert len(smallest) == page.locator("img.mv-picture.mv-light").count()
    small = [f"{file} has words of {size or 0:.1f} px" for file, size in smallest if not size or size < 11.5]
    return small + page.evaluate(TABLES)


def test_annotation_follows_its_quote_and_quotes_are_filtered_by_keyboard(open_page, host):
    page = open_page(host + "chapters/quotes.html", host, viewport=PHONE)
    for size, start, extent in ((PHONE, "y", "height"), (WIDE, "x", "width")):
        page.set_viewport_size(size)
        said, note = (page.locator(f".mv-quote .mv-{part}").first.bounding_box() for part in ("said", "annotation"))
        assert note[start] >= said[start] + said[extent]
    tab_to(page, "select[name=speaker]")
    choose(page, "The author's criticism")
    speakers = page.locator(".mv-quote:visible").evaluate_all("cards => cards.map(card => card.dataset.speaker)")
    assert set(speakers) == {"author_criticism"}


# --- finding one's way ------------------------------------------------------------------------------------------


def test_landing_page_gives_the_answer_at_once(open_page, host):
    page = open_page(host, host)
    page.wait_for_url("**/intro.html")
    for place in ("h1", ".subtitle", ".mv-counts >> nth=0"):
        box = page.locator(place).bounding_box()
        assert box["y"] + box["height"] <= WIDE["height"], f"{place} is below the first screen"
    assert page.locator(".mv-shown").first.bounding_box()["y"] < WIDE["height"]
    assert 6 <= page.locator(".findings li").count() <= 8
    assert all(line.locator("a.mv-num, a[href*='chapters/']").count() for line in page.locator(".findings li").all())
    assert page.locator(".sd-card").count() == 4


def test_chapter_leads_to_its_text_through_its_sections_on_and_back(open_page, host):
    page = open_page(host + "chapters/order.html", host)
    page.keyboard.press("Tab")
    assert "Skip" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    assert page.url.endswith("#main-content")
    links = page.locator(".page-toc a")
    assert page.locator(".page-toc a.active").count() <= 1
    last = links.last.get_attribute("href")
    links.last.click()
    until(page, "last => document.querySelector('.page-toc a.active')?.hash === last", last)
    assert page.locator(".mv-reading").inner_text().endswith("to read")
    assert page.locator(".prev-next-footer .left-prev").is_visible()
    page.locator(".prev-next-footer .right-next").click()
    page.wait_for_url("**/war.html")


# --- by keyboard alone ------------------------------------------------------------------------------------------


def tab_to(page, selector: str, most: int = 250) -> None:
    """Press Tab until the element has the focus, and check that the focus can be seen."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert style != "none", f"{selector} has no visible focus"
            return
    raise AssertionError(f"Tab does not reach {selector}")


def choose(page, text: str) -> None:
    """Choose an option of the focused list by typing the beginning of its name."""
    page.keyboard.type(text)
    page.keyboard.press("Tab")


def test_ledger_is_filtered_and_a_claim_opened_by_keyboard(open_page, host, site_claims):
    page = open_page(host + "chapters/claims.html", host)
    contested = [claim["id"] for claim in site_claims if claim["verdict"] == "contested"]
    tab_to(page, "select[name=verdict]")
    choose(page, "Contested")
    shown = page.locator(".mv-ledger-card:visible")
    assert shown.evaluate_all("cards => cards.map(card => card.id)") == contested
    assert page.locator(".mv-filter output").inner_text().startswith(f"{len(contested)} of ")
    tab_to(page, f"#{contested[0]} .mv-card-foot a")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**#verdict-{contested[0]}")
    assert page.locator(f"#verdict-{contested[0]}").is_visible()


def test_map_is_read_by_arrow_keys_and_by_pointing(open_page, host):
    page = open_page(host + "chapters/order.html", host)
    page.locator("details:has(#fig-order-map) > summary").click()
    parts = page.locator("#fig-order-map .mv-part")
    assert parts.count() > 150
    assert page.locator("#fig-order-map .mv-part[tabindex='0']").count() == 1, "one stop of the Tab key"
    parts.first.focus()
    page.keyboard.press("ArrowRight")
    shown = page.locator("#fig-order-map .mv-part text:visible")
    assert shown.count() == 1
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == shown.text_content()
    page.evaluate("document.activeElement.blur()")
    page.locator("#fig-order-map .mv-part[aria-label^='Kazakhstan']").hover()
    assert shown.text_content().startswith("Kazakhstan: abstained (S")


# --- with the network cut, without scripts, with a choice remembered --------------------------------------------


STANDINGS = """all => all.map(one => [one.dataset.state, one.dataset.organisation,
    one.className.split("mv-status-")[1], one.title])"""


def test_the_slider_shows_what_the_register_says_offline_and_a_pair_hides_the_rest(open_page, host):
    page = open_page(host + "chapters/vectors.html", host)
    page.evaluate("document.querySelectorAll('img[loading]').forEach(one => { one.loading = 'eager'; })")
    until(page, "() => Array.from(document.images).every(one => one.complete || !one.checkVisibility())")
    page.context.set_offline(True)
    slider, beside, told = (page.locator(f".mv-date {part}") for part in ("input", "select", "output"))
    before = told.inner_text()
    slider.press("Home")
    assert before != told.inner_text()
    assert "1995" in told.inner_text()
    for year in (1995, 2005, 2012, 2020):
        slider.evaluate("(one, at) => { one.value = at; one.dispatchEvent(new Event('input')); }", year - 1995)
        shown = page.eval_on_selector_all("td[data-state]", STANDINGS)
        table = memberships.statuses(str(year), sorted({state for state, *_ in shown}))
        assert [status for _, _, status, _ in shown] == [table.loc[body, state] for state, body, *_ in shown], year
    assert ["KAZ", "SCO", "member", "since 15 June 2001"] in shown
    beside.select_option("RUS")
    assert page.locator(".mv-memberships thead th:visible").all_inner_texts() == ["Body", "Kazakhstan", "Russia"]
    together = int(((table["KAZ"] == "member") & (table["RUS"] == "member")).sum())
    assert f"in {together} of them together with Russia" in told.inner_text()
    page.context.set_offline(False)


def test_memberships_and_ledger_are_whole_without_scripts(open_page, host, site_claims):
    page = open_page(host + "chapters/vectors.html", host, java_script_enabled=False)
    assert page.locator(".mv-memberships tbody tr").count() > 20
    assert page.locator(".mv-memberships td:not(.mv-status)").count() == 0
    page.goto(host + "chapters/claims.html")
    assert page.locator(".mv-ledger-card:visible").count() == len(site_claims)
    assert not page.locator("form.mv-filter").is_visible()
    page.goto(host + "chapters/order.html")
    page.locator("#fig-order-map summary, details:has(#fig-order-map) > summary").first.click()
    page.locator("#fig-order-map .mv-part[aria-label^='Kazakhstan']").hover()
    assert page.locator("#fig-order-map .mv-part text:visible").count() == 1
    page.locator("article .mv-claim > a:visible").first.click()
    page.wait_for_url("**/claims.html#C-*")


def test_theme_and_code_switch_are_remembered_and_print_is_light(open_page, host):
    page = open_page(host + "chapters/order.html", host)
    assert page.locator(".mv-code:visible").count() == 0
    page.locator(".mv-code-switch").click()
    assert page.locator(".cell_input:visible").count() > 3
    for _ in range(3):
        if page.evaluate("document.documentElement.dataset.mode") != "dark":
            page.locator(".theme-switch-button").click()
    page.add_init_script(
        "new MutationObserver(() => { if (document.body && !window.first) window.first = document.documentElement"
        ".dataset.theme; }).observe(document, {childList: true, subtree: true});"
    )
    page.goto(host + "chapters/war.html")
    assert page.evaluate("window.first") == "dark", "the theme is set before there is a body to paint"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 29)"
    assert page.locator(".mv-code-switch").inner_text() == "Hide code"
    assert page.locator(".cell_input").first.is_visible()
    page.emulate_media(media="print")
    paper = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--mv-paper')")
    assert paper.strip() == "#ffffff"
    assert page.locator("img.mv-light").first.is_visible()
    for hidden in (".mv-links", ".mv-code-switch", ".bd-sidebar-primary", "img.mv-dark"):
        assert not page.locator(hidden).first.is_visible(), hidden


CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}


def copies(page, button, text: str) -> None:
    """Press a button by keyboard, and wait until the clipboard holds the text."""
    button.press("Enter")
    until(page, "text => navigator.clipboard.readText().then(held => held === text)", text)


def test_chapter_is_cited_by_keyboard(open_page, host):
    page = open_page(f"{host}chapters/war.html#cite", host, **CLIPBOARD)
    page.locator("#cite > summary").press("Enter")
    for button in page.locator("#cite .cite-copy").all():
        copies(page, button, page.locator(f"#{button.get_attribute('data-copy')}").text_content())
        expect(page.locator("#cite .cite-said")).to_have_text(f"{button.get_attribute('data-name')} copied.")


@pytest.mark.parametrize(
    "address",
    ["war.html#fig-war-inflation", "war.html#tab-war-concentration", "claims.html#C-46", "quotes.html#Q-26"],
)
def test_parts_are_cited_by_fragment_and_keyboard(open_page, host, site, address):
    page = open_page(f"{host}chapters/{address}", host, **CLIPBOARD)
    name = address.split("#")[1]
    apa = (site / "citations" / f"{name}.txt").read_text("utf-8").split("\n")[1]
    assert page.evaluate("name => document.getElementById(name).matches(':target')", name)
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)
        page.evaluate("navigator.clipboard.writeText('')")
        page.locator(f"[id='{name}'] [data-cite]").press("Enter")
        dialog = page.locator("dialog.cite-dialog")
        button = dialog.locator(".cite-copy").first
        copies(page, button, apa)
        expect(button).to_have_text("Copied APA")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        for link in dialog.locator(".cite-files a").all() if size == WIDE else ():
            assert page.request.get(page.evaluate("link => link.href", link.element_handle())).ok
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
