"""Figures and tables carry all their parts, keep text as text, and look right in the dark."""

from __future__ import annotations

import base64
import re

import pandas as pd
import pytest

from multivector import figures, htmltables
from multivector.errors import BookError

FRAME = pd.DataFrame({"year": [2019, 2020], "share": [1.25, 1234.5]})
PARTS = {
    "name": "fig-test-one",
    "alt": "It rises",
    "caption": "It rises. Unit: per cent.",
    "data": FRAME,
    "sources": ["D13"],
}


def drawn():
    fig, ax = figures.canvas(height=2)
    ax.plot(FRAME["year"], FRAME["share"], color=figures.COLOUR["KAZ"])
    ax.text(2019, 600, "Қазақстан & <label>", fontweight="bold")
    return fig


@pytest.mark.parametrize(
    ("part", "value", "word"),
    [
        ("name", "One", "name"),
        ("alt", " ", "alt"),
        ("caption", "", "caption"),
        ("data", None, "data"),
        ("data", FRAME.iloc[:0], "data"),
        ("sources", [], "sources"),
        ("sources", ["S999"], "S999"),
    ],
)
def test_missing_part_is_refused_in_one_line(part, value, word):
    with pytest.raises(BookError, match=word) as fault:
        figures.show(drawn(), **{**PARTS, part: value})
    assert "\n" not in str(fault.value)


def test_svg_keeps_text_and_carries_its_letters():
    drawing = figures.svg(drawn(), "x")
    assert "Қазақстан &amp; &lt;label&gt;" in drawing
    assert drawing.count("@font-face") == 2, "regular and bold"
    assert "<script" not in drawing


def test_same_figure_gives_same_bytes():
    assert figures.markup(drawn(), **PARTS) == figures.markup(drawn(), **PARTS)


def test_strange_colour_is_refused():
    fig, ax = figures.canvas()
    ax.plot([1, 2], color="#123456")
    with pytest.raises(BookError, match="#123456"):
        figures.svg(fig, "x")


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, two: str) -> float:
    high, low = sorted((luminance(one), luminance(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


FILLS = {"grid", "paper", "land", "sea", "none", "on_fill", "seq0", "seq1", "seq2", "seq3", "seq4", "seq5"}
TEXT_COLOURS = sorted(set(figures.COLOUR) - FILLS)


@pytest.mark.parametrize("name", TEXT_COLOURS)
def test_text_has_contrast_on_both_pages(name):
    light = figures.COLOUR[name]
    dark = figures.dark(light)
    assert contrast(light, "#ffffff") >= 4.5
    assert contrast(dark, "#14181d") >= 4.5


def test_every_colour_is_distinct_and_has_one_partner():
    assert len(set(figures.COLOUR.values())) == len(figures.COLOUR)
    assert all(figures.dark(value) != value for value in figures.COLOUR.values())


def test_figure_markup_holds_every_part():
    markup = figures.markup(drawn(), **PARTS)
    assert re.search(r'<figure class="mv-figure" id="fig-test-one"><p class="mv-title">It rises</p>', markup)
    assert re.search(r'width="576" height="192" loading="lazy" alt="It rises"', markup)
    for file in ("fig-test-one.csv", "fig-test-one.svg", "fig-test-one.png"):
        assert f'data-file="{file}"' in markup
    encoded = re.search(r'data:text/csv;base64,([^"]+)"', markup).group(1)
    assert base64.b64decode(encoded).decode() == "year,share\n2019,1.25\n2020,1234.5\n"


def test_table_has_caption_scopes_units_and_escapes():
    frame = pd.DataFrame({"name": ["<b>A</b>", "B"], "km": [1234.5, None], "source_id": ["S88", None]})
    markup = htmltables.markup(
        frame,
        name="tab-test-one",
        caption="A is long. Official lengths.",
        columns={"name": "Neighbour", "km": "Length (km)", "source_id": "Source"},
        digits={"km": 1},
        sources=["S88"],
    )
    assert "<caption>A is long</caption>" in markup
    assert '<th scope="row">&lt;b&gt;A&lt;/b&gt;</th><td class="mv-number">1,234.5</td>' in markup
    assert '<th scope="col" class="mv-number">Length (km)</th>' in markup
    assert "no data" in markup
    assert htmltables.NO_SOURCE in markup


def test_table_without_caption_or_with_unknown_column_is_refused():
    with pytest.raises(BookError, match="caption"):
        htmltables.show(FRAME, name="tab-test-one", caption="", sources=["S88"])
    with pytest.raises(BookError, match="no column 'x'"):
        htmltables.show(FRAME, name="tab-test-one", caption="A.", columns={"x": "X"}, sources=["S88"])
