"""Make data/sea_route.csv: a simplified sea line from Shanghai to Rotterdam by the Suez Canal.

Upstream: the marine network inside the package searoute 1.6.0 (https://pypi.org/project/searoute/, Apache-2.0).
The shortest path is thinned with a tolerance of half a degree; the end points are those of corridor_stations.
The line is a scheme for a map of the world, not a track for ships.

    pip install searoute==1.6.0
    python data/derive/sea_route.py
"""

import pandas as pd
from shapely.geometry import LineString

from multivector.facts import derive as script
from multivector.facts import tables

TOLERANCE = 0.5


def derive(path: list[tuple[float, float]]) -> list[dict]:
    """Numbered points of the thinned line, to two decimals."""
    thinned = LineString(path).simplify(TOLERANCE)
    return [{"point": n, "lon": round(lon, 2), "lat": round(lat, 2)} for n, (lon, lat) in enumerate(thinned.coords, 1)]


def main(arguments: list[str] | None = None) -> None:
    """Ask searoute for the path, write the table. There is no upstream file: the network is inside the package."""
    _, to = script.asked(__doc__, {}, ("sea_route",), arguments)
    import searoute  # not a dependency of the book: needed only to make this table again

    stations = tables.load("corridor_stations").set_index("station")[["lon", "lat"]].astype(float)
    ends = stations.loc[["Shanghai", "Rotterdam"]].values.tolist()
    path = searoute.searoute(*ends).geometry.coordinates
    script.write(pd.DataFrame(derive(path)), to["sea_route"])


if __name__ == "__main__":
    main()
