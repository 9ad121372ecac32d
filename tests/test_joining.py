"""The joined style sheet holds all that a page can meet, and one script that fails leaves the others alone."""

import re
from pathlib import Path

import pytest

from multivector.book import joining

PAGES = ("intro.html", "chapters/vectors.html", "chapters/claims.html", "chapters/data.html", "search.html?q=war")
# Whatever a page holds is matched by a rule of the parts only if a rule of the same selector is in the joined sheet.
MISSED = """
async ([parts, joined]) => {
  const selectors = function* (rules) {
    for (const rule of rules) {
      if (rule.selectorText) { yield* rule.selectorText.split(/,(?![^(]*\\))/).map(one => one.trim()); }
      if (rule.cssRules) { yield* selectors(rule.cssRules); }
    }
  };
  const read = async address => new CSSStyleSheet().replace(await (await fetch(address)).text());
  const passing = /:not\\((?:[^()]|\\([^()]*\\))*\\)|::[\\w-]+(\\([^)]*\\))?|:(hover|focus|active|checked|target)[\\w-]*/g;
  const kept = new Set(selectors((await read(joined)).cssRules)), missed = [];
  for (const address of parts) {
    for (const selector of selectors((await read(address)).cssRules)) {
      const bare = selector.replace(passing, ":not(x)");
      if (!kept.has(selector) && bare && document.querySelector(bare)) { missed.push(selector); }
    }
  }
  return missed;
}
"""


@pytest.mark.parametrize("name", PAGES)
def test_no_rule_is_left_out_that_a_page_meets(open_page, host, site, name):
    page = open_page(host + name, host)
    parts = [host + part for part in _parts(site)]
    assert page.evaluate(MISSED, [parts, host + joining.SHEET]) == []


def test_the_joined_sheet_is_a_third_of_its_parts(site):
    whole = sum((site / part).stat().st_size for part in _parts(site))
    assert (site / joining.SHEET).stat().st_size < whole * 0.4


def _parts(site: Path) -> list[str]:
    """The sheets that are joined; the theme's first only imports another."""
    found = [*(site / "_static").glob("*.css"), *(site / "_static/styles").glob("*.css")]
    return sorted(
        file.relative_to(site).as_posix() for file in found if file.name not in ("all.css", "print.css", "theme.css")
    )


def test_rules_go_whose_names_no_page_holds():
    css = """
    /* a remark */ .held, .unheld { color: red } .held.unheld { color: blue } a:not(.unheld) { color: green }
    @media print { .unheld { color: red } } @media (min-width: 2em) { #here > .held { margin: 0 } }
    @font-face { font-family: x } [data-kind="a,b"] { margin: 0 }
    """
    kept = re.sub(r"\s+", " ", joining.pruned(css, frozenset({"held", "here"})))
    assert kept == (
        ".held{ color: red } a:not(.unheld){ color: green } @media (min-width: 2em) {#here > .held{ margin: 0 }} "
        '@font-face { font-family: x } [data-kind="a,b"]{ margin: 0 }'
    )


SCRIPTS = ("book.js", "cite.js", "membership-date.js", "panel.js", "register.js", "scripts/pydata-sphinx-theme.js")


@pytest.mark.parametrize("whole", ["book.js", "panel.js"])
def test_scripts_that_fail_leave_the_one_that_does_not_alone(open_page, host, site, whole):
    script = (site / joining.SCRIPT).read_text("utf-8")
    broken = [name for name in SCRIPTS if name != whole]
    for name in broken:
        begins = (site / "_static" / name).read_text("utf-8")[:80]
        assert script.count(begins) == 1, name
        script = script.replace(begins, f"throw new Error('of a test');\n{begins}")
    page = open_page("about:blank", host)
    page.route(f"**/{joining.SCRIPT}*", lambda route: route.fulfill(body=script, content_type="text/javascript"))
    page.goto(host + "chapters/global-south.html")
    if whole == "panel.js":
        page.locator("article a.mv-num:visible").first.hover()
        page.locator(".mv-panel:visible").wait_for()
    else:
        page.locator(".mv-code-switch").click()
        assert page.locator(".cell_input").first.is_visible()
    assert len([said for said in page.complaints if "of a test" in said]) == len(broken)
    page.complaints.clear()
