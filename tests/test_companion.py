"""The book for another country: any UN member works, says what is missing, and is never taken for the book itself."""

import re
import types
from unittest.mock import MagicMock

import jupytext
import numpy as np
import pytest
import yaml
from docutils import nodes

from multivector import findings, paths
from multivector.book import captions, companion, markup
from multivector.errors import NoData
from multivector.facts import tables
from multivector.findings import Desk
from multivector.ledger import claims, expressions, focus
from multivector.look import figures, maps

FOLLOWING = yaml.safe_load(paths.CONFIG.read_text("utf-8"))["sphinx"]["config"]["multivector_follow_focus"]
STATES = ("RUS", "USA", "FRA", "TLS")
"""Powers that the chapters compare with, one of whose names has an article, and a state of which tables know little."""
CELL = re.compile(r"^```\{code-cell\} python\n(.*?)^```", re.M | re.S)
ROLE = re.compile(r"\{num\}`([^`]+)`")


@pytest.fixture
def no_drawing(monkeypatch):
    """Charts go nowhere, but what figures and tables are made of is computed and required as ever."""

    def canvas(height=3.6, rows=1, columns=1, **options):
        axes = np.empty((rows, columns), dtype=object)
        for place in np.ndindex(axes.shape):
            axes[place] = MagicMock()
            axes[place].get_legend_handles_labels.return_value = ((), ())
        if rows == columns == 1:
            return MagicMock(), axes[0, 0]
        return MagicMock(), axes if rows > 1 and columns > 1 else axes.ravel()

    def show(fig, name="", *, data=None, **others):
        figures._require(name, data)
        figures.csv_bytes(data)

    monkeypatch.setattr(figures, "canvas", canvas)
    monkeypatch.setattr(figures, "show", show)
    monkeypatch.setattr("IPython.display.display", lambda *shown, **options: None)
    for name, thing in vars(maps).items():
        if isinstance(thing, types.FunctionType) and thing.__module__ == maps.__name__ and not name.startswith("_"):
            monkeypatch.setattr(maps, name, MagicMock())


def run_cells(docname: str, code: str) -> None:
    space: dict = {}
    text = companion.kept(paths.chapter_file(docname).read_text("utf-8"), code)
    for number, cell in enumerate(CELL.findall(text)):
        cell = re.sub(r"^:tags:.*\n", "", cell, flags=re.M).replace('FOCUS = "KAZ"', f'FOCUS = "{code}"')
        try:
            exec(compile(cell, f"{docname}, cell {number}", "exec"), space)
        except Exception as fault:
            pytest.fail(f"{docname}, cell {number}, for {code}: {type(fault).__name__}: {fault}")


def told(docname: str, code: str) -> str:
    """Prose of a chapter as a companion prints it, captions included, without cells, quotations and verdicts."""
    text = companion.without_gaps(companion.kept(paths.chapter_file(docname).read_text("utf-8"), code), code)
    text = captions.BLOCK.sub(lambda caption: caption[2], text)
    text = re.sub(r"^```\{[a-z-]+\}.*?^```\n", "", text, flags=re.M | re.S)
    return ROLE.sub(lambda role: expressions.shown(role[1], Desk(code)), text)


BROKEN = (
    r"\bzero\b|\b0 of 0\b|\bnan\b|none \(none\)|voted for (?:once|twice|\w+ times)|% (?:only|not): "
    r"|(?<![Tt]he )United (?:States(?!['’]? of)|Kingdom|Arab)|(?<!the )Netherlands|’s’s|with itself"
    r"|(?<![.:?] )(?<!\*\* )(?<!\n)no data \(|\b1 full memberships|\b(?:two|three|four) gives|other Central Asian states that"
)
"""Signs of a sentence that does not read, or is not meant for the state."""
OTHERS = "VEN NRU UZB TUR CHN PRK DEU IND MCO SSD KGZ MNG ARM CHE BRA TUV"


@pytest.mark.parametrize("code", [*STATES, *(pytest.param(code, marks=pytest.mark.nightly) for code in OTHERS.split())])
def test_cells_work_and_sentences_read_right_for_unlike_states(code, no_drawing):
    name = focus.name_of(code)
    for docname in FOLLOWING:
        run_cells(docname, code)
        for reference in ROLE.findall(paths.chapter_file(docname).read_text("utf-8")):
            assert expressions.shown(reference, Desk(code)), f"{docname}: {reference} for {code}"
        text = told(docname, code)
        found = re.search(BROKEN, text)
        assert not found, f"{docname} for {code}: …{text[max(0, found.start() - 60) : found.end() + 40]}…"
        for paragraph in text.split("\n\n"):
            mixed = name in paragraph and re.search(r"[Tt]he president|[Tt]he (?:foreign )?ministry", paragraph)
            assert not mixed or "Kazakhstan" in paragraph, f"{docname} for {code}: whose office? {paragraph}"


def test_what_would_change_a_verdict_is_told_of_the_state_that_the_article_is_about():
    for docname in FOLLOWING:
        text = paths.chapter_file(docname).read_text("utf-8")
        _, _, events = text.partition("## What would change these verdicts")
        assert events, docname
        assert "focus_name" not in events, f"{docname}: claims and verdicts are about Kazakhstan in a companion too"


def test_a_sentence_with_a_number_that_is_not_known_gives_the_reason_once():
    of_2009 = "{num}`order.agreement(year=2009)`"
    text = f"**Trend.** It went from {of_2009} to 1. By kappa from {of_2009}. It is {{num}}`order.focus_name`."
    told = f"**Trend.** {of_2009}. It is {{num}}`order.focus_name`."
    assert companion.without_gaps(text, "SSD") == told, "South Sudan was no member in 2009"
    assert companion.without_gaps(text, "UZB") == text
    assert companion.without_gaps(f"Alt: A line from {of_2009} to 1.", "SSD") == f"Alt: {of_2009}."


def test_paragraphs_are_kept_for_the_states_that_they_are_true_of():
    text = "One.\n\n% only: KAZ UZB\nTwo.\nTwo more.\n\n% not: RUS\nThree.\n"
    assert companion.kept(text, "UZB") == "One.\n\nTwo.\nTwo more.\n\nThree.\n"
    assert companion.kept(text, "RUS") == "One.\n\n\n"
    assert companion.kept(text, "MNG") == "One.\n\n\nThree.\n"


def test_the_book_itself_keeps_every_paragraph():
    """Only a companion leaves paragraphs out, so that each must be true of the state of the book."""
    bound = re.compile(r"^% (only|not): ([A-Z ]+)$", re.M)
    for page in [paths.ROOT / "intro.md", *(paths.ROOT / "chapters").glob("*.md")]:
        for word, codes in bound.findall(page.read_text("utf-8")):
            assert ("KAZ" in codes.split()) == (word == "only"), (page.name, word, codes)


@pytest.mark.nightly
def test_every_un_member_works_and_every_claim_can_be_put_to_it(no_drawing):
    states = tables.load("states").query("kind == 'un_member'")
    for code in sorted(states["iso3"]):
        for docname in FOLLOWING:
            run_cells(docname, code)
        for claim in claims.ledger():
            assert focus.note(claim, code)
        findings.forget()


def test_every_claim_says_whether_it_is_about_one_state_only():
    national = {claim.claim_id for claim in claims.ledger() if focus.is_national(claim)}
    assert {"C-01", "C-46"} <= national, "an event in Astana and a census of Kazakhstan"
    assert not {"C-63", "C-69", "C-79"} & national, "memberships and votes exist for all states"
    said = {claim.claim_id: focus.note(claim, "UZB") for claim in claims.ledger() if claim.claim_id in ("C-46", "C-69")}
    assert said["C-46"] == "This claim is about Kazakhstan only: its test cannot be put to Uzbekistan."
    assert re.search(r"Put to Uzbekistan, its condition .*: \w+\.\w+", said["C-69"])


def test_missing_data_are_said_in_place_of_the_figure(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda thing: shown.append(thing.data))
    with figures.if_known("fig-sample-one"):
        raise NoData("no votes of Narnia")
    with figures.if_known("tab-sample-two"):
        raise NoData("no census")
    assert shown == [
        '<figure class="mv-figure" id="fig-sample-one"><p class="mv-title">No figure: no votes of Narnia.</p></figure>',
        '<figure class="mv-table" id="tab-sample-two"><p class="mv-title">No table: no census.</p></figure>',
    ]
    with pytest.raises(ZeroDivisionError), figures.if_known("fig-sample-one"):
        _ = 1 / 0


def test_missing_data_are_said_with_the_name_of_the_state():
    with pytest.raises(NoData, match="^the trade table holds Kazakhstan's statistics only, not those of Tuvalu$"):
        Desk("TUV")("vectors.trade_summary")


def test_missing_data_begin_a_sentence_where_they_stand_for_one():
    told = [markup.inline("<a>no data (none of it)</a>", "no data (none of it)") for _ in range(3)]
    paragraph = nodes.paragraph("", "", told[0], nodes.Text(". It is "), told[1], nodes.Text(". "), told[2])
    assert [companion._begins_a_sentence(node) for node in told] == [True, False, True]
    assert paragraph.astext().count("no data") == 3


def test_a_name_with_its_article_begins_a_sentence_with_a_capital():
    told = [markup.inline('<a title="the">the United States</a>', "the United States") for _ in range(2)]
    paragraph = nodes.paragraph("", "", told[0], nodes.Text(" is larger than "), told[1])
    companion.begin_with_capitals(paragraph)
    assert paragraph.astext() == "The United States is larger than the United States"
    assert told[0]["source"] == '<a title="the">The United States</a>'


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("XXX", "for example"),
        ("UZ", "for Uzbekistan it is UZB"),
        ("Mongolia", "for Mongolia it is MNG"),
        ("XKX", "UN member"),
        ("PSE", "UN member"),
        ("KIRIBATI", "for Kiribati it is KIR"),
    ],
)
def test_unknown_state_is_refused_in_one_line(asked, hint, monkeypatch):
    monkeypatch.setenv(focus.VARIABLE, asked)
    assert hint in focus.fault()
    assert f"FOCUS={asked}" in focus.fault()


def test_own_focus_is_no_companion(monkeypatch):
    for value in ("", "KAZ", " "):
        monkeypatch.setenv(focus.VARIABLE, value)
        assert focus.asked() is None


def test_a_state_put_in_after_the_parameters_is_the_one_that_the_chapter_follows():
    """As papermill does: it writes a cell of its own behind the one tagged ``parameters``."""
    for docname in FOLLOWING:
        notebook = jupytext.read(paths.chapter_file(docname))
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert "parameters" in code[0].metadata["tags"], docname
        assert code[0].source.strip() == 'FOCUS = "KAZ"', docname
        assert not [cell for cell in code[1:] if re.search(r"^FOCUS\s*=", cell.source, re.M)], docname
        space: dict = {}
        exec("\n".join([code[0].source, 'FOCUS = "UZB"', code[1].source]), space)
        assert space["desk"].focus == "UZB", docname


@pytest.mark.parametrize(("asked", "line"), [("RUS", "would write over the book in _build"), ("XXX", "FOCUS=XXX: ")])
def test_a_companion_in_the_folder_of_the_book_or_of_an_unknown_state_is_refused(asked, line, monkeypatch, capsys):
    monkeypatch.setenv(focus.VARIABLE, asked)
    with pytest.raises(SystemExit) as ended:
        companion.prepare(types.SimpleNamespace(outdir=paths.HTML), None)
    assert ended.value.code == 1
    told, stopped = capsys.readouterr().err.splitlines()
    assert told.startswith("book: ")
    assert line in told
    assert stopped == "book: stopped; 1 fault above, nothing was written"


def test_companion_is_built_beside_the_book(project):
    """A real build for the hardest case: a power that the chapters compare the focus with."""
    project.only_pages("chapters/order", "chapters/forum")
    project.pass_inputs(FOCUS="RUS")
    done = project.run("tools/build.py", FOCUS="RUS")
    assert done.returncode == 0, done.stdout + done.stderr
    assert not (project.root / "_build/html/index.html").exists(), "the book's own folder is left alone"
    site = project.root / "_build/companion-RUS/_build/html"
    order, forum = ((site / f"chapters/{name}.html").read_text("utf-8") for name in ("order", "forum"))
    assert "companion for Russia" in re.search(r"<title>(.*?)</title>", order, re.S).group(1)
    assert "the numbers, figures and tables of this page follow Russia" in order
    cited = (site / "citations/forum.bib").read_text("utf-8")
    assert cited.startswith("@incollection{kazakhstan-between-vectors-rus-forum,")
    assert "booktitle = {{Kazakhstan between vectors: companion for Russia}}" in cited
    assert "This page is about Kazakhstan only" in forum
    assert "of this page follow Russia" not in forum
    assert "about Kazakhstan only: its test cannot be put to Russia" in order
    assert "Put to Russia, its condition" in order
    assert re.search(r"of the Collective Security Treaty Organization it\s*<a[^>]*>[^<]*member", order)
