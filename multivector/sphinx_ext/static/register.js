// Filters and orders a list of cards. Without this script the form stays hidden and the whole list is shown.
(function () {
  "use strict";

  function matches(card, filters) {
    return filters.every(function (field) {
      var held = (card.dataset[field.name] || "").split(" ");
      return !field.value || held.indexOf(field.value) >= 0;
    });
  }

  function rank(card, order, select) {
    var options = Array.prototype.map.call(select ? select.options : [], function (option) { return option.value; });
    return order === "number" ? 0 : options.indexOf(card.dataset[order]);
  }

  function address(filters) {
    var query = new URLSearchParams();
    filters.forEach(function (field) { if (field.value) { query.set(field.name, field.value); } });
    var text = query.toString();
    return window.location.pathname + (text ? "?" + text : "") + window.location.hash;
  }

  function start(form) {
    var list = document.getElementById(form.dataset.filters);
    var cards = Array.prototype.slice.call(list.children);
    var fields = Array.prototype.slice.call(form.querySelectorAll("select"));
    var filters = fields.filter(function (field) { return field.name !== "order"; });
    var order = form.elements.order;
    var output = form.querySelector("output");

    function apply() {
      var shown = 0;
      cards.forEach(function (card) {
        card.hidden = !matches(card, filters);
        if (!card.hidden) { shown += 1; }
      });
      if (order) {
        var select = form.elements[order.value];
        cards.slice().sort(function (a, b) {
          return rank(a, order.value, select) - rank(b, order.value, select) || cards.indexOf(a) - cards.indexOf(b);
        }).forEach(function (card) { list.appendChild(card); });
      }
      output.textContent = shown + " of " + cards.length + " " + form.dataset.noun;
      if (window.location.protocol !== "file:") { window.history.replaceState(null, "", address(filters)); }
    }

    function reveal() {
      var target = document.getElementById(window.location.hash.slice(1));
      if (target && target.hidden) { form.reset(); apply(); target.scrollIntoView(); }
    }

    var query = new URLSearchParams(window.location.search);
    filters.forEach(function (field) { if (query.get(field.name)) { field.value = query.get(field.name); } });
    form.hidden = false;
    form.addEventListener("change", apply);
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    form.addEventListener("reset", function () { window.setTimeout(apply, 0); });
    window.addEventListener("hashchange", reveal);
    apply();
    reveal();
  }

  document.querySelectorAll("form[data-filters]").forEach(start);
})();
