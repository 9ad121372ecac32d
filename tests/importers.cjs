// Reads citation files with citation-js or Zotero's importers, prints references with citeproc-js, all from the folder
// that the first argument names; answers a list of questions.
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
  engine.updateItems(Object.keys(known));
  const [{ entry_ids }, printed] = engine.makeBibliography();
  const texts = Object.fromEntries(entry_ids.map(([id], place) => [id, printed[place]]));
  return items.map(({ id }) => texts[id]);
}

const byZotero = (text) => load("zotero-translators").referenceImport(text);

(async () => {
  const programs = { citation: byCitationJs, citeproc: byCiteproc, zotero: byZotero }, answers = [];
  console.log = console.error = () => {}; // Zotero's importers tell what they do
  for (const { by, what } of asked) answers.push(await programs[by](what));
  process.stdout.write(JSON.stringify(answers), () => process.exit());
})();
