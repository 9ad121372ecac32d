// Small helps on every page: one switch for all code, cards that stay on the screen, maps by arrow keys, search.
(function () {
  "use strict";
  var root = document.documentElement;

  function showCode(shown) {
    document.querySelectorAll("details.hide.above-input").forEach(function (cell) { cell.open = shown; });
    root.classList.toggle("code-shown", shown);
    try { localStorage.setItem("code", shown ? "shown" : "hidden"); } catch (error) { return; }
  }

  function codeSwitch(button) {
    function label() {
      var shown = root.classList.contains("code-shown");
      button.textContent = shown ? "Hide code" : "Show code";
      button.setAttribute("aria-pressed", String(shown));
    }
    button.addEventListener("click", function () { showCode(!root.classList.contains("code-shown")); label(); });
    if (root.classList.contains("code-shown")) { showCode(true); }
    label();
  }

  // Keep a card within the window, and let assistive technology read it with its link.
  function place(event) {
    var holder = event.target.closest && event.target.closest(".mv-claim, .mv-hover");
    var card = holder && holder.querySelector(":scope > .mv-card");
    if (!card) { return; }
    holder.classList.remove("mv-closed");
    card.classList.remove("mv-above");
    card.style.setProperty("--mv-shift", "0px");
    var box = card.getBoundingClientRect(), edge = document.documentElement.clientWidth - 12;
    if (box.right > edge) { card.style.setProperty("--mv-shift", Math.min(0, edge - box.right) + "px"); }
    var above = holder.getBoundingClientRect().top - box.height > 60;
    card.classList.toggle("mv-above", box.bottom > window.innerHeight - 8 && above);
    if (event.type === "focusin") {
      card.id = card.id || "card-" + Array.prototype.indexOf.call(document.querySelectorAll(".mv-card"), card);
      event.target.setAttribute("aria-describedby", card.id);
    }
  }

  function closeCards(event) {
    if (event.key !== "Escape") { return; }
    document.querySelectorAll(".mv-claim:hover, .mv-claim:focus-within, .mv-hover:hover, .mv-hover:focus-within").forEach(
      function (holder) { holder.classList.add("mv-closed"); }
    );
  }

  // A picture with parts is one stop of the Tab key; arrow keys go from part to part.
  function parts(picture) {
    var all = Array.prototype.slice.call(picture.querySelectorAll(".mv-part"));
    function stop(chosen) { all.forEach(function (part) { part.setAttribute("tabindex", part === chosen ? "0" : "-1"); }); }
    stop(all[0]);
    picture.addEventListener("keydown", function (event) {
      var step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      var here = all.indexOf(document.activeElement), next = here;
      if (event.key === "Home") { next = 0; } else if (event.key === "End") { next = all.length - 1; }
      else if (step) { next = (here + step + all.length) % all.length; } else { return; }
      event.preventDefault();
      stop(all[next]);
      all[next].focus({ preventScroll: true });
    });
  }

  // In the list of the page's sections, mark the one that is being read.
  function followReading(links) {
    var waits = false, targets = links.map(function (link) { return document.getElementById(link.hash.slice(1)); });
    function mark() {
      var here = 0;
      waits = false;
      targets.forEach(function (target, index) {
        if (target && target.getBoundingClientRect().top < window.innerHeight / 3) { here = index; }
      });
      if (window.innerHeight + window.scrollY >= root.scrollHeight - 2) { here = targets.length - 1; }
      links.forEach(function (link, index) { link.classList.toggle("active", index === here); });
    }
    document.addEventListener("scroll", function () {
      if (!waits) { waits = true; window.requestAnimationFrame(mark); }
    }, { passive: true });
  }

  document.querySelectorAll(".mv-code-switch").forEach(codeSwitch);
  document.querySelectorAll(".page-toc").forEach(function (list) {
    followReading(Array.prototype.slice.call(list.querySelectorAll("a[href^='#']")));
  });
  document.querySelectorAll(".mv-parts").forEach(parts);
  document.addEventListener("mouseover", place);
  document.addEventListener("focusin", place);
  document.addEventListener("keydown", closeCards);
  // From disk a page may not read other pages: the list of results then comes without excerpts.
  if (location.protocol === "file:" && typeof DOCUMENTATION_OPTIONS !== "undefined") {
    DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
  }
  var search = document.querySelector(".bd-search-container input[type=search]");
  if (search) { search.focus(); }
})();
