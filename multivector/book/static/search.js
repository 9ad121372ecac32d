// Searches the words printed in the book (search-index.js). A hit holds every word asked for, or a word that begins
// with it; letters count without their marks, numbers without their commas. Where a page holds all the words but no
// part of it does, the page is the hit.
(function () {
  "use strict";
  var KINDS = {
    page: "page", heading: "section", claim: "claim", quote: "quote", figure: "figure", table: "table",
    source: "source", term: "glossary", dataset: "data table", finding: "computed number",
  };
  var WEIGHT = { claim: 6, term: 6, heading: 5, page: 5, figure: 4, table: 4, quote: 3, source: 1, dataset: 1, finding: 0 };
  var SMALL = " a an and are as at by for from in is it of on or that the to was with ".split(" ");
  var SHOWN = 40;

  // Letters as they are compared.
  function plain(text) {
    return text.replace(/(?<=\d),(?=\d)/g, "").normalize("NFD").replace(/[\u0300-\u036f'’ʼʹ″”“"]/g, "")
      .replace(/ı/g, "i").toLowerCase();
  }

  // For each letter as it is compared its place in the text. A comma in a number becomes a mark, which is no letter.
  function placesOf(text) {
    return Array.from(text.replace(/(?<=\d),(?=\d)/g, "\u0300")).reduce(function (known, letter) {
      for (var _ of plain(letter)) { known.places.push(known.end); }
      known.end += letter.length;
      return known;
    }, { places: [], end: 0 }).places;
  }

  function wordsOf(query) {
    var asked = Array.from(query.matchAll(/"([^"]+)"|(\S+)/g), function (match) {
      return plain(match[1] || match[2].replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}%]+$/gu, "")).trim();
    }).filter(Boolean);
    var telling = asked.filter(function (word) { return !SMALL.includes(word); });
    return (telling.length ? telling : asked).map(function (word) {
      return /^\p{L}{4,}s$/u.test(word) && !/(ss|us|is)$/.test(word) ? word.slice(0, -1) : word; // states: state
    });
  }

  // A pattern that finds a word where one begins; "17" is not the end of 2017, nor the beginning of 170.
  function patternOf(word) {
    var safe = word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\s+/g, "\\s+");
    return new RegExp("(?<![\\p{L}\\p{N}])" + safe + (/\d$/.test(word) ? "(?!\\d)" : ""), "gu");
  }

  function counted(letters, pattern) { return (letters.match(pattern) || []).length; }

  function hitsOf(index, patterns) {
    var hits = [], pages = index.pages.map(function () { return { held: new Set(), hit: false }; });
    index.entries.forEach(function (entry) {
      var page = entry[0], kind = entry[2], score = WEIGHT[kind] || 0, all = true;
      patterns.forEach(function (pattern, number) {
        var inTitle = counted(entry.title, pattern), inText = counted(entry.letters, pattern);
        if (inTitle || inText) { pages[page].held.add(number); } else { all = false; }
        score += 8 * Math.min(inTitle, 1) + 2 * Math.min(inText, 4);
      });
      if (all) { pages[page].hit = true; hits.push({ entry: entry, score: score }); }
    });
    index.pages.forEach(function (page, number) {
      if (pages[number].hit || pages[number].held.size < patterns.length) { return; }
      hits.push({ entry: [number, "", "page", page[1], ""], score: 0 });
    });
    return hits.sort(function (a, b) { return b.score - a.score; });
  }

  // The words around the first place where something was found, with what was found marked.
  function excerpt(text, patterns) {
    var compared = plain(text), places = placesOf(text), holder = made("p", { className: "context" });
    var found = patterns.flatMap(function (pattern) { return Array.from(compared.matchAll(pattern)); });
    var spots = found.map(function (match) {
      return [places[match.index], places[match.index + match[0].length - 1] + 1];
    }).sort(function (a, b) { return a[0] - b[0]; });
    var from = spots.length ? Math.max(0, text.lastIndexOf(" ", Math.max(0, spots[0][0] - 90)) + 1) : 0;
    var until = text.length > from + 260 ? text.lastIndexOf(" ", from + 260) : text.length, at = from;
    holder.append(from ? "… " : "");
    spots.forEach(function (spot) {
      if (spot[0] < at || spot[1] > until) { return; }
      holder.append(text.slice(at, spot[0]), made("mark", { textContent: text.slice(spot[0], spot[1]) }));
      at = spot[1];
    });
    holder.append(text.slice(at, until), until < text.length ? " …" : "");
    return holder;
  }

  function made(tag, properties) { return Object.assign(document.createElement(tag), properties); }

  function item(hit, index, patterns) {
    var entry = hit.entry, page = index.pages[entry[0]], line = made("li");
    var address = page[0] + (entry[1] ? "#" + entry[1] : "");
    var where = " " + KINDS[entry[2]] + (entry[3] === page[1] ? "" : ", in " + page[1]);
    line.append(made("a", { href: address, textContent: entry[3] || entry[1] }), made("span", { textContent: where }));
    if (entry[4]) { line.append(excerpt(entry[4], patterns)); }
    return line;
  }

  function show(query, said) {
    var index = window.bookIndex, patterns = wordsOf(query).map(patternOf), list = made("ul", { className: "search" }), shown = 0;
    var more = made("button", { type: "button", className: "btn btn-sm mv-more-hits" });
    index.entries.forEach(function (entry) {
      entry.title = plain(entry[3] + " " + entry[1]);
      entry.letters = plain(entry[4]);
    });
    var hits = patterns.length ? hitsOf(index, patterns) : [];
    said.textContent = hits.length
      ? hits.length + (hits.length === 1 ? " place found for “" : " places found for “") + query + "”."
      : "Nothing found for “" + query + "”. All words must stand in one place or on one page: try fewer, or a shorter form.";
    more.addEventListener("click", grow);
    function grow() {
      hits.slice(shown, shown + SHOWN).forEach(function (hit) { list.append(item(hit, index, patterns)); });
      shown = Math.min(shown + SHOWN, hits.length);
      more.hidden = shown === hits.length;
      more.textContent = "Show more (" + shown + " of " + hits.length + " shown)";
    }
    said.after(list, more);
    grow();
  }

  var field = document.querySelector(".bd-search-container input[type=search]");
  var query = (new URLSearchParams(window.location.search).get("q") || "").trim();
  if (!field) { return; }
  field.value = query;
  field.focus();
  if (!query) { return; }
  // The index comes after this script: until it is there the page says that it searches, and without it why it cannot.
  var said = made("p", { className: "search-summary", textContent: "Searching…" });
  said.setAttribute("role", "status");
  document.getElementById("search-results").append(said);
  function begin() {
    if (window.bookIndex) { show(query, said); } else { said.textContent = "The index did not come. Load the page again."; }
  }
  if (document.readyState === "complete") { begin(); } else { document.addEventListener("DOMContentLoaded", begin); }
})();
