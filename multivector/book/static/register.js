// Filters and orders a list of cards. Without this script the form stays hidden and the whole list is shown.
(function () {
  "use strict";

  function bare(text) {
    return text.normalize("NFD").replace(/[\u0300-\u036f'’ʼ″“”]/g, "").replace(/\s+/g, " ").toLowerCase();
  }

  // A choice may stand for several values, and a card may hold several: one in common is enough.
  function holds(card, field) {
    if (!field.value) { return true; }
    if (field.name === "words") {
      return bare(field.value).trim().split(" ").every(function (word) { return card.words.includes(word); });
    }
    var held = (card.dataset[field.name] || "").split(" ");
    return field.value.split(" ").some(function (value) { return held.includes(value); });
  }

  function rank(card, order, select) {
    var options = Array.from(select ? select.options : [], function (option) { return option.value; });
    return order === "number" ? 0 : options.indexOf(card.dataset[order]);
  }

  function address(filters) {
    var query = new URLSearchParams();
    filters.forEach(function (field) { if (field.value) { query.set(field.name, field.value); } });
    var text = query.toString();
    return window.location.pathname + (text ? "?" + text : "") + window.location.hash;
  }

  function label(field) { return field.labels[0].firstChild.textContent.trim(); }

  function spoken(field) {
    var text = field.options ? field.options[field.selectedIndex].text : "“" + field.value + "”", name = label(field);
    return (name.slice(-1) === "?" ? name : name.toLowerCase() + ":") + " " + text;
  }

  // Why nothing is shown: what the cards are that have all the rest, by the first choice that stands in the way.
  function nearest(cards, active) {
    var found = "";
    active.some(function (field) {
      var rest = active.filter(function (other) { return other !== field; });
      var left = cards.filter(function (card) { return rest.every(function (one) { return holds(card, one); }); });
      if (!left.length || !field.options) { return false; }
      var parts = Array.from(field.options).slice(1).filter(function (option) { return option.value.indexOf(" ") < 0; })
        .map(function (option) {
          var number = left.filter(function (card) { return holds(card, { name: field.name, value: option.value }); }).length;
          return number ? option.text + ": " + number : "";
        }).filter(Boolean);
      found = " Without the choice under “" + label(field) + "” there are " + left.length + ". " + parts.join("; ") + ".";
      return true;
    });
    return found;
  }

  function start(form) {
    var list = document.getElementById(form.dataset.filters), noun = form.dataset.noun;
    var cards = Array.from(list.children);
    var filters = Array.from(form.elements).filter(function (field) { return field.name && field.name !== "order"; });
    var order = form.elements.order, output = form.querySelector("output");
    cards.forEach(function (card) { card.words = bare(card.textContent); });

    function said(shown, active) {
      var text = shown + " of " + cards.length + " " + noun;
      if (active.length) { text += ": " + active.map(spoken).join("; "); }
      return text + "." + (shown ? "" : " No entry has all of this." + nearest(cards, active));
    }

    function apply() {
      var active = filters.filter(function (field) { return field.value; });
      cards.forEach(function (card) { card.hidden = !active.every(function (field) { return holds(card, field); }); });
      if (order) {
        var select = form.elements[order.value];
        cards.slice().sort(function (a, b) {
          return rank(a, order.value, select) - rank(b, order.value, select) || cards.indexOf(a) - cards.indexOf(b);
        }).forEach(function (card) { list.appendChild(card); });
      }
      form.classList.toggle("mv-active", active.length > 0);
      output.textContent = said(cards.filter(function (card) { return !card.hidden; }).length, active);
      if (window.location.protocol !== "file:") { window.history.replaceState(null, "", address(filters)); }
      return active.length;
    }

    function reveal() {
      var target = document.getElementById(window.location.hash.slice(1));
      if (target && target.hidden) { form.reset(); apply(); target.scrollIntoView(); }
    }

    function read() {
      var query = new URLSearchParams(window.location.search);
      filters.forEach(function (field) {
        field.value = query.get(field.name) || "";
        if (field.options && field.selectedIndex < 0) { field.value = ""; } // a choice that there is not
      });
    }

    read();
    form.hidden = false;
    form.addEventListener("input", apply);
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    form.addEventListener("reset", function () { window.setTimeout(apply, 0); });
    window.addEventListener("hashchange", reveal);
    if (apply() && !window.location.hash) { form.scrollIntoView(); }
    reveal();
  }

  document.querySelectorAll("form[data-filters]").forEach(start);
})();
