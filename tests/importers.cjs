// Reads citation files with citation-js or Zotero's importers, prints references with citeproc-js, all from the folder
// that the first argument names.
"use strict";
const { createRequire } = require("node:module");
const { join } = require("node:path");
const load = createRequire(join(process.argv[2], "importers.cjs"));
const asked = JSON.parse(require("node:fs").readFileSync(0, "utf8"));

function byCitationJs(texts) {
  const Cite = load("citation-js");
  Cite.plugins.config.get("@bibtex").parse.sentenceCase = "never"; // titles as written
  return texts.map((text) => new Cite(text).data[0]);
}

function byCiteproc({ items, style }) {
  const citeproc = load("citeproc");
  const locale = load("@citation-js/plugin-csl/lib/locales.json")["en-US"];
  const known = Object.fromEntries(items.map((item) => [item.id, item]));
  const engine = new citeproc.Engine({ retrieveLocale: () => locale, retrieveItem: (id) => known[id] }, style);
  return items.map(({ id }) => {
    engine.updateItems([id]);
    return engine.makeBibliography()[1][0];
  });
}

async function byZotero(text) {
  console.log = console.error = () => {}; // it tells what it does
  return load("zotero-translators").referenceImport(text);
}

(async () => {
  const answer = await { citation: byCitationJs, citeproc: byCiteproc, zotero: byZotero }[asked.by](asked.what);
  process.stdout.write(JSON.stringify(answer), () => process.exit());
})();
