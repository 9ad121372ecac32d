"""Captions are prose under the cell: they reach the figure whole, and whatever is missing is told in one line."""

import re
from collections import defaultdict
from types import SimpleNamespace

import pandas as pd
import pytest
from docutils import nodes
from lxml import html

from multivector.book import captions, faults, readable
from multivector.book.markup import CHILDREN, recorded
from multivector.look import captions as look
from multivector.look import figures, htmltables, membershiptable

FRAME = pd.DataFrame({"year": [2019, 2020], "share": [1.5, 2.5]})
SOURCED = FRAME.assign(source_id=["S88", None])
BLOCK = """
```{caption} fig-test-one
{num}`society.slavic_share(year=2021)` is <the> share. Unit: per cent.
Alt: A "line"
  that rises.
Sources: D13
```
"""


def shown(data=FRAME, fold=False, **options) -> str:
    fig, ax = figures.canvas(height=2)
    ax.plot(FRAME["year"], FRAME["share"], color=figures.COLOUR["KAZ"])
    markup = figures.markup(fig, name="fig-test-one", data=data, **options)
    return figures.folded(markup, "fig-test-one") if fold else markup


def told(name="fig-test-one", title="It rises", alt="A line", sources="D13") -> captions.Told:
    said = captions.Said(title, "Unit: per cent.", alt, sources.split())
    return captions.Told("", nodes.Text(said.text), name=name, title=title, alt=alt, said=said)


def joined(markup: str, name: str, caption) -> tuple[str, list[str]]:
    """What a cell displays with its caption, and the faults of the page."""
    env = SimpleNamespace(docname="chapters/sample", metadata=defaultdict(dict))
    source, _ = captions.joined(env, markup, name, caption)
    return source, recorded(env, "faults").get("chapters/sample", [])


def test_a_figure_gets_title_alternative_text_and_sources_where_they_belong():
    caption = told(title="It rises & <falls>", alt='A "line"', sources="D13 S88")
    source, found = joined(shown(note="Borders."), "fig-test-one", caption)
    figure = html.fragment_fromstring(source.replace(CHILDREN, "Unit: per cent."))
    assert figure.xpath("string(./p[@class='mv-title'])") == figure.get("aria-label") == "It rises & <falls>"
    assert figure.xpath(".//img/@alt") == ['A "line"']
    foot = " ".join(figure.xpath("./figcaption")[0].text_content().split())
    assert foot.startswith("Unit: per cent. Borders. Sources: D13, S88. Data (CSV)")
    assert not found


def test_a_table_gets_its_title_where_it_is_seen_and_where_it_is_read_out():
    caption = told(name="tab-test-one", title="One & two", alt="")
    source, found = joined(htmltables.markup(FRAME, name="tab-test-one"), "tab-test-one", caption)
    table = html.fragment_fromstring(source)
    assert table.xpath("string(.//caption)") == "One & two"
    assert table.xpath(".//*[@role='group']/@aria-label") == ["One & two"]
    assert not found


def test_the_table_of_memberships_awaits_a_caption_too():
    markup = membershiptable.markup("KAZ", "2023-06-08", states=["RUS"])
    source, found = joined(markup, membershiptable.NAME, told(name=membershiptable.NAME, alt=""))
    assert "<caption>It rises</caption>" in source
    assert CHILDREN in source
    assert not found


def test_until_then_a_figure_is_named_by_its_id():
    markup = shown(fold=True)
    assert 'alt="fig-test-one: described below"' in markup
    assert '<summary class="mv-fold">fig-test-one: described below</summary>' in markup
    source, _ = joined(markup, "fig-test-one", told())
    assert '<summary class="mv-fold">It rises</summary>' in source
    assert "described below" not in source


def test_sources_are_those_that_the_caption_names_and_those_of_the_rows():
    source, _ = joined(shown(SOURCED), "fig-test-one", told())
    assert re.findall(r'data-source="(\w+)"', source) == ["D13", "S88"]
    assert look.of_rows(SOURCED) == ["S88"]
    assert look.of_rows(SOURCED.assign(source_id_2=["G001", *[None] * (len(SOURCED) - 1)])) == ["G001", "S88"]
    assert look.of_rows(FRAME) == []


def test_a_note_ends_the_caption():
    source, _ = joined(shown(note="Borders <as> drawn."), "fig-test-one", told())
    assert f"{CHILDREN} Borders &lt;as&gt; drawn. <span" in source


@pytest.mark.parametrize(
    ("caption", "words"),
    [
        (None, "fig-test-one has no caption; write a ```{caption} fig-test-one under its cell"),
        (told(title=""), "figure fig-test-one: caption is missing"),
        (told(alt=" "), "figure fig-test-one: alt is missing"),
        (told(sources=""), "figure fig-test-one: sources are missing"),
        (told(sources="D13 S000"), "figure fig-test-one: source 'S000' is not in data/sources.csv"),
        (told(name="tab-test-one"), "table tab-test-one: alt is for figures"),
    ],
)
def test_what_is_missing_or_too_much_is_told_in_one_line(caption, words):
    name = caption["name"] if caption else "fig-test-one"
    _, (line,) = joined(shown() if name.startswith("fig") else htmltables.markup(FRAME, name=name), name, caption)
    assert line.startswith("chapters/sample.md")
    assert "\n" not in line
    assert words in line


def test_a_caption_given_twice_is_told():
    document = nodes.document(None, None)
    document += [told(), told()]
    env = SimpleNamespace(docname="chapters/sample", metadata=defaultdict(dict))
    assert list(captions.taken(env, document)) == ["fig-test-one"]
    assert "a second time" in recorded(env, "faults")["chapters/sample"][0]


@pytest.mark.parametrize(("trace", "lines"), [(None, 1), ("NameError: x", 0)])
def test_a_caption_without_figure_is_told_unless_a_cell_stopped(monkeypatch, trace, lines):
    monkeypatch.setattr(faults, "run_of", lambda env: {"traceback": trace})
    env = SimpleNamespace(docname="chapters/sample", metadata=defaultdict(dict))
    captions.refuse_left(env, [told()])
    found = recorded(env, "faults").get("chapters/sample", [])
    assert len(found) == lines
    assert all("caption of fig-test-one: no cell of this page displays it" in line for line in found)


def test_where_data_are_missing_the_reason_stands_without_a_caption():
    reason = '<figure class="mv-figure" id="fig-test-one"><p class="mv-title">No figure: no data.</p></figure>'
    assert joined(reason, "fig-test-one", told()) == (reason, [])
    assert joined(reason, "fig-test-one", None) == (reason, [])


def test_a_caption_is_read_part_by_part():
    said = captions.parsed(captions.BLOCK.search(BLOCK)[2])
    assert said.title == "{num}`society.slavic_share(year=2021)` is <the> share"
    assert said.text == "Unit: per cent."
    assert said.alt == 'A "line" that rises.'
    assert said.sources == ["D13"]
    more = captions.parsed("% only: KAZ\nOne. Two.\n\nAlt: A # b: c.\n\nThree.\n")
    assert (more.title, more.text, more.alt) == ("One", "Two. Three.", "A # b: c.")


def test_a_full_stop_inside_a_role_ends_no_sentence():
    assert look.split('At {num}`a.b(c="x. y")` it\n ends. Rest. More') == (
        'At {num}`a.b(c="x. y")` it ends',
        "Rest. More",
    )
    assert look.split("One sentence.") == ("One sentence.", "")


def test_a_published_notebook_tells_the_caption_under_the_figure():
    output = {"output_type": "display_data", "data": {"text/html": shown(SOURCED)}, "metadata": {}}
    cell = {"cell_type": "code", "source": "show()", "execution_count": 1, "outputs": [output]}
    prose = {"cell_type": "markdown", "source": f"Before.\n{BLOCK}\nAfter."}
    first, second = readable.notebook({"cells": [cell, prose]}, "chapters/sample")["cells"]
    assert 'alt="A &quot;line&quot; that rises."' in "".join(first["outputs"][0]["data"]["text/html"])
    text = "".join(second["source"])
    assert re.search(r"\*\*[\d.]+% is <the> share\.\*\* Unit: per cent\. Sources: \S.*, \S.*\.\n", text), text
    assert "{" not in text
    missing = {"cell_type": "code", "source": "show()", "execution_count": 1, "outputs": []}
    _, second = readable.notebook({"cells": [missing, prose]}, "chapters/sample")["cells"]
    assert "".join(second["source"]) == "Before.\n\n\nAfter."
