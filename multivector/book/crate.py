"""The site describes itself as a research object: ``ro-crate-metadata.json`` (RO-Crate) in its root.

It names the book, its pages, the data package and every table, notebooks, bundles, ``claims.json`` and
``quotes.json``, each as a file that lies in the site.
"""

import json
from pathlib import Path

from multivector import findings
from multivector.book import bundles
from multivector.book.dictionaries import PUBLISHED
from multivector.cite import citing
from multivector.facts import tables

FILE = "ro-crate-metadata.json"
VERSION = "1.2"
_FORMATS = {
    ".csv": "text/csv",
    ".geojson": "application/geo+json",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".json": "application/json",
    ".zip": "application/zip",
}


def write(app) -> None:
    """Write the crate into the site."""
    text = json.dumps(described(app), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    Path(app.outdir, FILE).write_text(text, "utf-8")


def described(app) -> dict:
    """The crate as JSON-LD."""
    from rocrate.model.contextentity import ContextEntity
    from rocrate.rocrate import ROCrate

    work, base = citing.work(), app.config.multivector_book_url
    crate = ROCrate(version=VERSION)

    def added(identifier: str, kind: str, name: str) -> ContextEntity:
        return crate.add(ContextEntity(crate, identifier, {"@type": kind, "name": name}))

    licences = {
        spdx: added(f"https://spdx.org/licenses/{spdx}", "CreativeWork", spdx)
        for spdx in dict.fromkeys((work.licence, work.code_licence))
    }
    root = crate.root_dataset
    root["author"] = [added(f"#author-{number}", "Organization", name) for number, name in enumerate(work.authors, 1)]
    root["license"] = licences[work.licence]
    root.properties().update(
        name=work.title,
        description=work.abstract,
        datePublished=work.released.isoformat(),
        version=work.version,
        inLanguage=work.language,
        mainEntity={"@id": f"{app.config.root_doc}.html"},
    )
    if base:
        root["url"] = f"{base}/"
    for path, properties in files(app).items():
        if path.endswith((".ipynb", ".zip")):
            properties["license"] = {"@id": licences[work.code_licence].id}
        crate.add_file(dest_path=path, properties={"encodingFormat": _FORMATS[Path(path).suffix], **properties})
    return crate.metadata.generate()


def files(app) -> dict[str, dict]:
    """Path in the site and properties of each file that the crate names."""
    titles, package = app.env.titles, tables.package()
    found = {f"{name}.html": {"name": titles[name].astext()} for name in sorted(app.env.found_docs) if name in titles}
    found["claims.json"] = {"name": f"Ledger of claims, as of {findings.AS_OF.isoformat()}"}
    found["quotes.json"] = {"name": "Annotated quotations (W3C Web Annotation)"}
    found[f"{PUBLISHED}/datapackage.json"] = {
        "name": f"Data package: {package['title']}",
        "identifier": f"sha256:{tables.digest()}",
    }
    for entry in map(tables.resource, tables.names()):
        found[f"{PUBLISHED}/{entry['path']}"] = {
            "name": entry["title"],
            "description": entry["description"],
            "sha256": entry["hash"].removeprefix("sha256:"),
            "contentSize": str(entry["bytes"]),
        }
    for docname in bundles.chapters(app):
        slug, title = citing.slug(docname), titles[docname].astext()
        found[f"{bundles.NOTEBOOKS}/{slug}.ipynb"] = {"name": f"{title}: executed notebook"}
        found[f"{bundles.BUNDLES}/{slug}.zip"] = {"name": f"{title}: bundle that runs on its own"}
    return found
