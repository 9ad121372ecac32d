"""Make data/sea_route.csv: a simplified sea line from Shanghai to Rotterdam by the Suez Canal.

Upstream: the marine network inside the package searoute 1.6.0 (https://pypi.org/project/searoute/, Apache-2.0).
The shortest path is thinned with a tolerance of half a degree; the end points are those of corridor_stations.
The line is a scheme for a map of the world, not a track for ships.

    pip install searoute==1.6.0
    python data/derive/sea_route.py
"""

from __future__ import annotations

import csv

from shapely.geometry import LineString

from multivector import paths
from multivector.facts import derive as script

TOLERANCE = 0.5


def derive(path: list[tuple[float, float]]) -> list[dict]:
    """Numbered points of the thinned line, to two decimals."""
    thinned = LineString(path).simplify(TOLERANCE)
    return [{"point": n, "lon": round(lon, 2), "lat": round(lat, 2)} for n, (lon, lat) in enumerate(thinned.coords, 1)]


def main(arguments: list[str] | None = None) -> None:
    """Ask searoute for the path, write the table. There is no upstream file: the network is inside the package."""
    _, to = script.asked(__doc__, {}, ("sea_route",), arguments)
    import searoute  # not a dependency of the book: needed only to make this table again

    with open(paths.table_file("corridor_stations.csv"), encoding="utf-8") as file:
        stations = {row["station"]: (float(row["lon"]), float(row["lat"])) for row in csv.DictReader(file)}
    path = searoute.searoute(list(stations["Shanghai"]), list(stations["Rotterdam"])).geometry.coordinates
    with open(to["sea_route"], "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["point", "lon", "lat"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(derive(path))


if __name__ == "__main__":
    main()
