"""Quotations: the fingerprint proves what is the article's own, and nothing else passes."""

import json
import subprocess
import sys

import pandas as pd
import pytest

from multivector import paths
from multivector.facts import quotes, tables

INVENTED = """The harbour master counted nine grey ships on Monday
and wrote their names into a long green book.

A Short Heading

On Tuesday the masters ledger showed only eight of them, which nobody in the

town could explain. The ninth had left at night -the Quiet One - without a sound.

https://example.org/note
2

It came back on Friday.
"""


@pytest.fixture(scope="module")
def sheet() -> pd.DataFrame:
    return tables.load("quotes")


@pytest.fixture(scope="module")
def fingerprint() -> pd.DataFrame:
    return tables.load("article_fingerprint")


@pytest.fixture(scope="module")
def made() -> pd.DataFrame:
    return quotes.make_fingerprint(INVENTED)


def one(**changes) -> pd.DataFrame:
    row = {
        "quote_id": "Q-01",
        "paragraph": 2,
        "exact": "the masters ledger showed only eight of them",
        "restored": "the master[']s ledger showed only eight of them",
        "prefix": "On Tuesday",
        "annotation": "A comment.",
        "themes": "forum;media",
        "claim_ids": "C-01;C-02",
    }
    return pd.DataFrame([row | changes])


def test_paragraphs_ignore_headings_addresses_and_page_numbers():
    found = quotes.paragraphs(INVENTED)
    assert [text.split()[0] for text in found] == ["The", "On", "It"]
    assert "nobody in the town could" in found[1]
    assert not any("Heading" in text or "example.org" in text or " 2 " in text for text in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kazakhstan's (SCO), i.e., 20% of", ["Kazakhstans", "SCO", "i.e", "20", "of"]),
        ("Order order", ["Order", "order"]),
        ("Route -the Middle Corridor - is", ["Route", "the", "Middle", "Corridor", "is"]),
        ("country\u2019s  two-day\n8-9", ["countrys", "two-day", "8-9"]),
    ],
)
def test_words(text, expected):
    assert quotes.words(text) == expected


def test_restorations_come_out_again():
    assert quotes.without_restorations("country[']s East[\u2013]West") == "countrys East West"


def test_one_row_for_each_run_within_a_paragraph_and_none_holds_words(made):
    lengths = [len(quotes.words(text)) for text in quotes.paragraphs(INVENTED)]
    assert quotes.words_per_paragraph(made).tolist() == lengths
    assert made["position"].is_unique
    assert made["position"].iloc[0] == 1
    assert made["hash"].str.fullmatch(f"[0-9a-f]{{{2 * quotes.DIGEST_BYTES}}}").all()


@pytest.mark.parametrize(
    ("passage", "found"),
    [
        ("wrote their names into a long", [1]),
        ("into a short green book", []),
        ("too short now", []),
        ("only eight of them showed the masters ledger", []),  # in another order
        ("long green book On Tuesday the", []),  # across two paragraphs
    ],
)
def test_only_words_of_one_paragraph_in_their_order_are_the_article(made, passage, found):
    assert [paragraph for paragraph, _ in quotes.places(passage, made)] == found


def test_a_genuine_quotation_has_no_fault(made):
    assert quotes.verify(one(), made) == []
    assert quotes.verify_against_text(one(), INVENTED) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"exact": "the masters ledger showed only seven of them"}, "not in the article word for word"),
        ({"paragraph": 1}, "stands in paragraph 2, not 1"),
        ({"prefix": "On Wednesday"}, "does not adjoin"),
        ({"prefix": None}, "does not open its paragraph"),
        ({"restored": "the master[']s book showed only eight of them"}, "restored differs"),
        ({"exact": "eight of them", "restored": "eight of them"}, "expected 4 to 40"),
        ({"prefix": "one two three four"}, "longer than 3 words"),
    ],
)
def test_a_fault_is_named(made, changes, message):
    faults = quotes.verify(one(**changes), made)
    assert any(message in fault for fault in faults), faults
    assert all(fault.startswith("Q-01: ") and "\n" not in fault for fault in faults)


def test_against_the_text_even_a_comma_counts():
    changed = one(prefix="On Tuesday,")
    assert quotes.verify(changed, quotes.make_fingerprint(INVENTED)) == []
    assert any("does not adjoin" in fault for fault in quotes.verify_against_text(changed, INVENTED))
    assert any("the article has 3" in fault for fault in quotes.verify_against_text(one(paragraph=9), INVENTED))


def test_a_quotation_that_stands_twice_is_refused():
    twice = quotes.make_fingerprint(f"{INVENTED}\n\n{INVENTED}")
    assert any("stands 2 times" in fault for fault in quotes.verify(one(), twice))
    alike = quotes.make_fingerprint("no no no no.\n\nno no no no.")
    assert quotes.places("no no no no no", alike) == [], "it would go on in the next paragraph"


def test_every_quotation_is_genuine():
    assert quotes.report() == []


def test_one_changed_word_fails_wherever_it_stands(sheet, fingerprint):
    missed = []
    for row in sheet.to_dict("records"):
        passage = quotes.words(row["exact"])
        for place in range(len(passage)):
            forged = [*passage[:place], passage[place] + "x", *passage[place + 1 :]]
            if quotes.places(" ".join(forged), fingerprint):
                missed.append((row["quote_id"], passage[place]))
    assert missed == []


def test_lower_case_fails(sheet, fingerprint):
    row = sheet[sheet["quote_id"] == "Q-01"]
    assert quotes.verify(row.assign(exact=row["exact"].str.lower(), restored=row["exact"].str.lower()), fingerprint)


def test_parallels_concern_a_claim_of_the_quotation(sheet):
    parallel = tables.load("parallel_passages").set_index("parallel_id")["claim_ids"]
    for row in sheet[sheet["parallel_id"].notna()].to_dict("records"):
        shared = set(row["claim_ids"].split(";")) & set(parallel[row["parallel_id"]].split(";"))
        assert shared, f"{row['quote_id']} and {row['parallel_id']} share no claim"


def test_comments_are_two_to_four_sentences_of_our_own(sheet):
    for row in sheet.to_dict("records"):
        sentences = [part for part in row["annotation"].replace("i.e.", "").split(". ") if part]
        assert 2 <= len(sentences) <= 4, row["quote_id"]
        assert row["exact"] not in row["annotation"], row["quote_id"]


def test_words_per_paragraph_agree_with_the_coded_sentences(fingerprint):
    coded = tables.load("article_sentences").groupby("paragraph")["words"].sum()
    assert quotes.words_per_paragraph(fingerprint).tolist() == coded.tolist()


def test_report_against_another_text_or_none_says_so(tmp_path):
    other = tmp_path / "other.txt"
    with pytest.raises(quotes.BookError, match="no such file"):
        quotes.report(other)
    other.write_text(INVENTED, "utf-8")
    assert quotes.report(other)[0].startswith("data/article_fingerprint.csv: not the fingerprint of this file")


def test_derive_script(tmp_path, made):
    source, target = tmp_path / "text.txt", tmp_path / "fingerprint.csv"
    source.write_text(INVENTED, "utf-8")
    script = paths.DERIVE / "article_fingerprint.py"
    done = subprocess.run([sys.executable, script, source, "--to", target], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"fingerprint.csv: {len(made)} runs in 3 paragraphs"
    assert pd.read_csv(target, dtype={"hash": str}).equals(made)


def test_annotations_are_complete_and_serialisable(sheet):
    collection = quotes.web_annotations("https://example.org/book")
    items = collection["first"]["items"]
    assert json.loads(json.dumps(collection)) == collection
    assert collection["total"] == len(items) == len(sheet)
    assert len({item["id"] for item in items}) == len(items)
    for item in items:
        assert item["id"].startswith("https://example.org/book/chapters/quotes.html#Q-")
        assert {body["purpose"] for body in item["body"]} == {"commenting", "tagging", "linking"}
        assert item["target"]["source"].startswith("ni:///sha-256;")


def test_without_an_address_annotations_stand_beside_their_file_wherever_the_site_lies():
    assert quotes.web_annotations("", one())["id"] == "chapters/quotes.html#annotations"


def test_a_mended_quotation_offers_both_readings():
    item = quotes.web_annotations("https://example.org/", one())["first"]["items"][0]
    first, second = item["target"]["selector"]
    exact = "the masters ledger showed only eight of them"
    assert first == {"type": "TextQuoteSelector", "exact": exact, "prefix": "On Tuesday "}
    assert second["exact"] == "the master's ledger showed only eight of them"
