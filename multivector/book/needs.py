"""What a chapter needs to run: the tables that its notebook read, and those that its findings may read for another state.

Tables to which a table's foreign keys point come along.
"""

from collections.abc import Iterable

from multivector.facts import tables

_ALWAYS = ("organisations", "sources", "states")
"""Tables that are asked when something is missing."""


def tables_of(read: Iterable[str], declared: Iterable[str]) -> list[str]:
    """Names of the tables behind files of ``data/`` that were ``read`` and of those that findings declare, sorted."""
    files = {f"data/{tables.resource(name)['path']}": name for name in tables.names()}
    waiting, found = [*_ALWAYS, *declared, *(files[file] for file in read if file in files)], set()
    while waiting:
        if (name := waiting.pop()) not in found:
            found.add(name)
            keys = tables.resource(name)["schema"].get("foreignKeys", ())
            waiting += [key["reference"]["resource"] or name for key in keys]
    return sorted(found)


def reduced(names: list[str]) -> dict:
    """The data package descriptor with only the tables ``names``."""
    package = tables.package()
    return {**package, "resources": [entry for entry in package["resources"] if entry["name"] in names]}
