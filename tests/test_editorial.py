"""The editor's rules: what every chapter owes its reader, how the book writes, and how much of the article it quotes."""

import html
import re
import subprocess
import sys

import pandas as pd
import pytest
from byhand import script

from multivector import paths
from multivector.book import captions as book_captions
from multivector.checks import chapters
from multivector.facts import quotes, tables
from multivector.findings import Desk
from multivector.ledger import claims, expressions
from multivector.look import captions as look_captions
from multivector.look import figures, ledgerchart

PAGES = {file.stem: file.read_text("utf-8") for file in sorted(paths.CHAPTERS.glob("*.md"))}
SECTIONS = chapters.article_chapters()
LEDGER = claims.ledger()
CELL, FRONT = chapters.CELL, chapters.FRONT
ROLE = re.compile(r"\{[a-z]+\}`[^`]*`")
QUOTED = re.compile(r"\u201c[^\u201d]*\u201d|\"[^\"\n]*\"|\*[^*\n]+\*")  # words of others, and titles
AMERICAN = (
    r"polariz|organiz(?!ation)|coloniz|recogniz|analyz|realiz|emphasiz|summariz|neutraliz|standardiz|"
    r"\bcolors?\b|neighbor|\blabor\b|behavior|\bfavor|\bhonor|\bdefense\b|\bcenters?\b|\btheaters?\b|"
    r"\bgray\b|travel(?:ed|ing)\b|label(?:ed|ing)\b|\bjudgment|\bskeptic|\bmeters?\b|\bkilometers?\b|\btons?\b"
)
FILLER = (
    r"it should be noted|it is worth|needless to say|interestingly|obviously|of course|importantly|"
    r"in today's world|delve|at the end of the day|game.changer"
)
NAMES = (  # proper names and words of others that keep their own spelling
    "Center for Eurasian Studies",
    "Federal Center",
    "Third Neighbor Policy",
    "Journal of Defense",
)


def cells(text: str) -> list[str]:
    """Code cells of a page without their options."""
    return ["\n".join(line for line in cell.splitlines() if not line.startswith(":")) for cell in CELL.findall(text)]


def prose(text: str) -> str:
    """Running text of a page: without front matter, code, directives' arguments and roles."""
    text = CELL.sub("", FRONT.sub("", text))
    text = re.sub(r"^```\{[^\n]*\n.*?^```", "", text, flags=re.M | re.S)
    text = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    return ROLE.sub("", text)


def captions(text: str) -> list[str]:
    """Captions of a page, with X for every computed value."""
    return [ROLE.sub("X", f"{said.title}. {said.text}") for said in told(text)]


def told(text: str) -> list[book_captions.Said]:
    """The captions that a page says in prose."""
    return [book_captions.parsed(content) for _, content in book_captions.BLOCK.findall(text)]


def sentences(text: str) -> list[str]:
    """Sentences of a short text; placeholders count as one word."""
    return re.split(r"(?<=[.!?])\s+(?=[A-Z\"(])", expressions.PLACEHOLDER.sub("X", text))


# --- what a chapter owes its reader ---------------------------------------------------------------------------------


@pytest.mark.parametrize("stem", sorted(set(PAGES) - {"changes"}))
def test_headings_are_plain(stem):
    body = CELL.sub("", FRONT.sub("", PAGES[stem]))
    body = re.sub(r"^```.*?^```", "", body, flags=re.M | re.S)
    assert len(re.findall(r"^# .+$", body, re.M)) == 1
    for heading in re.findall(r"^#+ (.+)$", body, re.M):
        assert len(heading) <= 75, heading
        assert not heading.endswith((".", ":")), heading


@pytest.mark.parametrize("stem", PAGES)
def test_code_is_short(stem):
    lines = [cell.splitlines() for cell in cells(PAGES[stem])]
    assert sum(len(line) for cell in lines for line in cell) <= 12_000
    assert not [line for cell in lines for line in cell if len(line) > 100]


@pytest.mark.parametrize("stem", SECTIONS)
def test_a_caption_opens_with_its_finding(stem):
    for caption in captions(PAGES[stem]):
        first, rest = look_captions.split(caption)
        assert 4 <= len(first.split()) <= 32 or "X" in first.split(), first
        assert first[0].isupper() or first[0].isdigit(), first
        assert not re.search(r"[,;:(–-]$|\b(the|of|and|in|by|with|to|from|e\.g|i\.e)$", first), first
        assert first.count("(") == first.count(")"), first
        assert rest, f"nothing but a title: {first}"


def test_code_is_written_as_the_formatter_writes_it(tmp_path):
    for stem, text in PAGES.items():
        for number, cell in enumerate(cells(text)):
            (tmp_path / f"{stem}_{number}.py").write_text(cell + "\n", "utf-8")
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", "100", "--diff", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("stem", PAGES)
def test_a_map_of_states_says_whose_borders_it_shows(stem):
    drawn = cells(PAGES[stem])
    function = re.compile(r"^def (\w+)\(.*?(?=^\S|\Z)", re.M | re.S)
    functions = {found[1]: found[0] for cell in drawn for found in function.finditer(cell)}
    for cell in (cell for cell in drawn if "figures.show(" in cell):
        run = cell
        for _ in range(2):  # a function that draws may call another
            run += "".join(body for name, body in functions.items() if re.search(rf"\b{name}\(", run))
        if re.search(r"\bmaps\.(base|state|categories|globe)\(", run):
            assert "note=maps.NOTE" in cell, cell


# --- how the book writes --------------------------------------------------------------------------------------------


def said_of_pictures(text: str) -> list[str]:
    """What a page says of its figures and tables, with X for every computed value."""
    return captions(text) + [ROLE.sub("X", said.alt) for said in told(text)]


def own_texts() -> dict[str, str]:
    """Everything the book says in its own words, by place."""
    texts = {f"chapters/{stem}.md": "\n".join([prose(text), *said_of_pictures(text)]) for stem, text in PAGES.items()}
    texts["intro.md"] = prose((paths.ROOT / "intro.md").read_text("utf-8"))
    for claim in LEDGER:
        texts[claim.claim_id] = " ".join(
            filter(None, [claim.restatement, claim.evidence, claim.would_change, claim.no_condition_reason])
        )
    for row in tables.load("quotes").to_dict("records"):
        texts[row["quote_id"]] = row["annotation"]
    for name in tables.names():
        texts[f"description of {name}"] = f"{tables.resource(name)['title']}. {tables.resource(name)['description']}"
    return texts


@pytest.mark.parametrize(("rule", "pattern"), [("American spelling", AMERICAN), ("filler", FILLER), ("em dash", "—")])
def test_house_style(rule, pattern):
    found = []
    for place, text in own_texts().items():
        for name in NAMES:
            text = text.replace(name, "")
        text = QUOTED.sub("", text)
        found += [f"{place}: {match.group()}" for match in re.finditer(pattern, text, re.I)]
    assert not found, f"{rule}: {found}"


@pytest.mark.parametrize("stem", SECTIONS)
def test_no_number_is_typed_that_data_could_give(stem):
    unit = (
        r"\s?(?:%|per cent\b|percentage|km\b|Mt\b|kt\b|tonnes|million|billion|bn\b|days\b|states\b|votes\b|members\b)"
    )
    for text in (prose(PAGES[stem]), *said_of_pictures(PAGES[stem])):
        text = QUOTED.sub("", text)
        typed = [match.group() for match in re.finditer(r"(?<![\w/.:-])\d[\d.,]*" + unit, text)]
        assert not [number for number in typed if not number.startswith("90 per cent")], typed


@pytest.mark.parametrize("claim", LEDGER, ids=lambda claim: claim.claim_id)
def test_claim_is_told_briefly(claim):
    assert len(sentences(claim.restatement)) == 1
    assert len(sentences(claim.evidence)) <= 3, sentences(claim.evidence)
    assert len(claim.would_change.split()) <= 40
    assert "the minister" not in claim.evidence.lower().replace("deputy minister", ""), "which minister?"


# --- how much of the article the book gives away --------------------------------------------------------------------


def prose_passages() -> list[str]:
    files = [*paths.CHAPTERS.glob("*.md"), paths.ROOT / "intro.md", paths.ROOT / "README.md"]
    return [passage for file in files for passage in quotes.quoted_in(CELL.sub("", file.read_text("utf-8")))]


def test_all_passages_together_stay_short():
    """Quotation for discussion is fair; passages that add up to the article would not be."""
    share = quotes.coverage(
        tables.load("quotes"), tables.load("claims"), tables.load("article_fingerprint"), prose_passages()
    )
    assert 0.2 < share <= quotes.LARGEST_SHARE


def test_every_passage_is_short():
    told = prose_passages() + [claim.quote for claim in LEDGER] + list(tables.load("quotes")["exact"])
    assert max(len(passage.split()) for passage in told) <= quotes.LIMIT
    assert max(len(claim.quote.split()) for claim in LEDGER) <= 15


def test_key_words_of_a_claim_stand_in_the_article_and_in_one_of_its_quotations():
    fingerprint, sheet = tables.load("article_fingerprint"), tables.load("quotes")
    for claim in LEDGER:
        assert claim.paragraph in {paragraph for paragraph, _ in quotes.places(claim.quote, fingerprint)}, (
            claim.claim_id
        )
        mine = sheet[sheet["claim_ids"].str.split(";").map(lambda ids, name=claim.claim_id: name in ids)]
        assert set(mine["paragraph"]) == {claim.paragraph}, claim.claim_id
        assert any(claim.quote in exact or exact in claim.quote for exact in mine["exact"]), claim.claim_id


def test_speakers_of_claims_and_quotations_differ_only_where_the_data_say_so():
    said = tables.resource("quotes")["schema"]["fields"]
    told = next(field["description"] for field in said if field["name"] == "attribution")
    known = {claim.claim_id: claim.speaker for claim in LEDGER if claim.counts}
    differing = {
        claim
        for row in tables.load("quotes").to_dict("records")
        for claim in row["claim_ids"].split(";")
        if known.get(claim, row["attribution"]) != row["attribution"]
    }
    assert differing == set(re.findall(r"C-\d\d", told))


def test_coverage_counts_a_word_once():
    fingerprint = quotes.make_fingerprint("One two three four five six seven eight nine ten.")
    row = {"prefix": "two", "exact": "three four five six", "paragraph": 1}
    sheet = pd.DataFrame([row])
    claim = pd.DataFrame([{"quote": "four five six seven", "paragraph": 1}])
    assert quotes.coverage(sheet, claim, fingerprint) == pytest.approx(0.6)
    assert quotes.coverage(sheet, claim, fingerprint, ["six seven eight nine"]) == pytest.approx(0.8)
    assert quotes.coverage(sheet, claim, fingerprint, ["not in the article"]) == pytest.approx(0.6)


def test_passages_in_quotation_marks_are_found():
    assert quotes.quoted_in('He said "one two three four" and “five six seven eight nine”, not "ten".') == [
        "one two three four",
        "five six seven eight nine",
    ]


# --- registers and picture ------------------------------------------------------------------------------------------


def test_the_picture_of_the_readme_is_current():
    picture = (paths.ROOT / "docs" / "ledger.svg").read_text("utf-8")
    told = html.escape(expressions.filled("{claims.outcome}. {claims.rows_told | each=kind verdicts}.", Desk()))
    assert f"<desc>{told}</desc>" in picture, "run tools/picture.py"


def test_the_picture_has_a_mark_for_every_claim_and_none_leaves_its_row():
    counts = Desk()("claims.by_type")
    fig = ledgerchart.draw(counts)
    ax = fig.axes[0]
    marks = [line for line in ax.lines if line.get_marker() not in (None, "None", "")]
    assert len(marks) == counts.to_numpy().sum() + len(claims.VERDICTS)
    fig.draw_without_rendering()
    width = ax.transData.transform((1, 0))[0] - ax.transData.transform((0, 0))[0]
    assert max(line.get_markersize() for line in marks) * fig.dpi / 72 < width + 1, "marks overlap"
    figures.plt.close(fig)


def test_the_picture_is_drawn_by_its_tool():
    assert Desk()("claims.outcome") in script("picture", paths.ROOT / "tools").drawing()
