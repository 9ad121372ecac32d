// Reads citation files with citation-js and prints references with citeproc-js; both are named by the first argument.
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

const answer = { citation: byCitationJs, citeproc: byCiteproc }[asked.by](asked.what);
process.stdout.write(JSON.stringify(answer));
