"""Derive ``data/article_fingerprint.csv`` from the text extracted from the article's PDF.

The article is "Kazakhstan's economic and foreign policies: notes from Astana - II" (AVIM, Ankara; S01 in
``data/sources.csv``). Its own address is not in the extracted text and is not known here; its text belongs to its
publisher and is not part of this book. SHA-256 of the extracted file this was run on:
34750ac02e267de809c45ccac222b4330623ae10d11abdab376be05c2b13b591.

    python data/derive/article_fingerprint.py FILE

Afterwards run ``python -m multivector seal``.
"""

from multivector.facts import derive as script
from multivector.facts import quotes


def main(arguments: list[str] | None = None) -> None:
    """Read the extracted text, write the fingerprint, say how many rows it has."""
    files = {"file": "text extracted from the article's PDF"}
    (text,), to = script.asked(__doc__, files, ("article_fingerprint",), arguments)
    fingerprint = quotes.make_fingerprint(quotes.read_article(text))
    place = to["article_fingerprint"]
    fingerprint.to_csv(place, index=False, lineterminator="\n", encoding="utf-8")
    print(f"{place.name}: {len(fingerprint)} runs in {fingerprint['paragraph'].nunique()} paragraphs")


if __name__ == "__main__":
    main()
