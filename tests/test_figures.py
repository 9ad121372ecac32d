"""Figures and tables carry all their parts, keep text as text, and look right in the dark."""

import base64
import re

import pandas as pd
import pytest
from watched import contrast

from multivector.errors import BookError
from multivector.look import figures, htmltables, maps

FRAME = pd.DataFrame({"year": [2019, 2020], "share": [1.25, 1234.5]})
PARTS = {"name": "fig-test-one", "data": FRAME, "sources": ["D13"]}


def drawn():
    fig, ax = figures.canvas(height=2)
    ax.plot(FRAME["year"], FRAME["share"], color=figures.COLOUR["KAZ"])
    ax.text(2019, 600, "Қазақстан & <label>", fontweight="bold")
    return fig


@pytest.mark.parametrize(
    ("part", "value", "word"),
    [("name", "One", "name"), ("data", None, "data"), ("data", FRAME.iloc[:0], "data")],
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


def test_drawing_has_paper_behind_it_wherever_it_is_opened():
    """A notebook on a dark ground, or a saved file, would show dark letters on dark."""
    fig, ax = figures.canvas()
    ax.plot([0, 1], color=figures.COLOUR["c1"])
    drawing = figures.svg(fig, "fig-x")
    width, height = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', drawing).groups()
    first = re.search(r'<path d="([^"]+)"[^>]*?(?:style="fill: ?|fill=")(#[0-9a-f]{6})', drawing)
    assert first[2] == figures.COLOUR["paper"]
    corners = {tuple(map(float, pair)) for pair in re.findall(r"(-?[\d.]+) (-?[\d.]+)", first[1])}
    assert (0.0, 0.0) in corners
    assert (float(width), float(height)) in corners


def test_same_figure_gives_same_bytes():
    fig = drawn()
    first = figures.markup(fig, **PARTS)
    assert first == figures.markup(fig, **PARTS) == figures.markup(drawn(), **PARTS)


def test_strange_colour_is_refused():
    fig, ax = figures.canvas()
    ax.plot([1, 2], color="#123456")
    with pytest.raises(BookError, match="#123456"):
        figures.svg(fig, "x")


FILLS = {"grid", "paper", "land", "sea", "none", "on_fill", "seq0", "seq1", "seq2", "seq3", "seq4", "seq5"}
TEXT_COLOURS = sorted(set(figures.COLOUR) - FILLS)


@pytest.mark.parametrize("name", TEXT_COLOURS)
def test_text_has_contrast_on_both_pages(name):
    light = figures.COLOUR[name]
    for colour, page in ((light, "#ffffff"), (figures.dark(light), "#14181d")):
        assert contrast(*(tuple(bytes.fromhex(one[1:])) for one in (colour, page))) >= 4.5


def test_every_colour_is_distinct_and_has_one_partner():
    assert len(set(figures.COLOUR.values())) == len(figures.COLOUR)
    assert all(figures.dark(value) != value for value in figures.COLOUR.values())


def test_figure_markup_holds_every_part():
    markup = figures.markup(drawn(), **PARTS)
    assert re.search(
        r'<figure class="mv-figure" id="fig-test-one"><p class="mv-title">fig-test-one: described below</p>', markup
    )
    assert re.search(r'width="432" height="144" loading="lazy" alt="fig-test-one: described below"', markup)
    for file in ("fig-test-one.csv", "fig-test-one.svg", "fig-test-one.png"):
        assert f'data-file="{file}"' in markup
    encoded = re.search(r'data:text/csv;base64,([^"]+)"', markup).group(1)
    assert base64.b64decode(encoded).decode() == "year,share\n2019,1.25\n2020,1234.5\n"


def test_table_has_caption_scopes_units_and_escapes():
    frame = pd.DataFrame({"name": ["<b>A</b>", "B"], "km": [1234.5, None], "source_id": ["S88", None]})
    markup = htmltables.markup(
        frame,
        name="tab-test-one",
        columns={"name": "Neighbour", "km": "Length (km)", "source_id": "Source"},
        digits={"km": 1},
        sources=["S88"],
    )
    assert "<caption>tab-test-one: described below</caption>" in markup
    assert '<th scope="row">&lt;b&gt;A&lt;/b&gt;</th><td class="mv-number">1,234.5</td>' in markup
    assert '<th scope="col" class="mv-number" data-point>Length (km)</th>' in markup
    assert "no data" in markup
    assert htmltables.NO_SOURCE in markup


def test_table_with_long_texts_can_be_read_row_by_row_and_in_its_languages():
    frame = pd.DataFrame({"name": ["A", "B"], "said": ["so " * 30, "kurz"], "code": ["en", "de"]})
    options = {"name": "tab-test-one", "sources": ["S88"]}
    markup = htmltables.markup(
        frame, columns={"name": "Who", "said": "What <was> said"}, languages={"said": "code"}, **options
    )
    assert '<table class="mv-wordy" role="table">' in markup
    assert '<th scope="row" role="rowheader" data-label="Who">B</th>' in markup
    assert '<td lang="de" role="cell" data-label="What &lt;was&gt; said">kurz</td>' in markup
    assert markup.count(" lang=") == 1
    assert "mv-wordy" not in htmltables.markup(frame, columns={"name": "Who"}, **options)


def test_long_outlines_are_rounded_to_a_tenth_of_a_point_and_short_ones_finer():
    short, long = figures._NUMBERS, "M 1.23456 7.89012 " * 200
    rounded = short.sub(figures._rounded, f' d="M 1.23456 7" d="{long}"')
    assert 'd="M 1.23 7"' in rounded
    assert "M 1.2 7.9 M" in rounded


def test_label_on_a_map_gets_a_rim_and_stays_text():
    fig, ax = figures.canvas(height=2)
    for name in ("Oral", "Oral"):
        ax.text(0.5, 0.5, name, gid=figures.RIM)
    drawing = figures.svg(fig, "x")
    assert "paint-order:stroke" in drawing
    assert re.findall(r'<g id="(rim[^"]*)">', drawing) == ["rim-1", "rim-2"], "no id stands twice in a drawing"
    assert len(re.findall(r"<text[^>]*>Oral</text>", drawing)) == 2
    assert "paint-order" not in figures.svg(drawn(), "x")


def test_label_on_a_map_keeps_clear_of_dots_lines_and_texts():
    _, ax = figures.canvas(height=2)
    maps.state(ax, "KAZ", maps.CENTRAL_ASIA)
    maps.note(ax, "Words", (52.5, 48))
    maps.points(ax, pd.DataFrame({"lon": [58], "lat": [45.8]}))
    maps.route(ax, [(58.5, 48), (66, 48)])
    maps.points(ax, pd.DataFrame({"lon": [58], "lat": [48], "name": ["A town"]}), label="name")
    words, label = (text.get_window_extent() for text in ax.texts)
    assert not label.overlaps(words)
    for spots in (ax.collections[0].get_offsets(), ax.lines[0].get_xydata()):
        assert not label.count_contains(ax.transData.transform(spots))


def test_table_with_unknown_column_is_refused():
    with pytest.raises(BookError, match="no column 'x'"):
        htmltables.show(FRAME, name="tab-test-one", columns={"x": "X"}, sources=["S88"])
