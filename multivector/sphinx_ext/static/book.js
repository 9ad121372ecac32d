// Small helps on every page: one switch for all code, the cursor in the search field, cards closed by Escape.
(function () {
  "use strict";
  var root = document.documentElement;

  function showCode(shown) {
    document.querySelectorAll("details.hide.above-input").forEach(function (cell) { cell.open = shown; });
    root.classList.toggle("code-shown", shown);
    try { localStorage.setItem("code", shown ? "shown" : "hidden"); } catch (error) { return; }
  }

  function codeSwitch() {
    var cells = document.querySelectorAll("details.hide.above-input");
    var place = document.querySelector(".article-header-buttons");
    if (!cells.length || !place) { return; }
    var button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm mv-code-switch";
    function label() {
      var shown = root.classList.contains("code-shown");
      button.textContent = shown ? "Hide code" : "Show code";
      button.setAttribute("aria-pressed", String(shown));
    }
    button.addEventListener("click", function () { showCode(!root.classList.contains("code-shown")); label(); });
    place.prepend(button);
    if (root.classList.contains("code-shown")) { showCode(true); }
    label();
  }

  function closeCards(event) {
    if (event.key === "Escape" && document.activeElement.closest(".mv-claim, .mv-spot")) { document.activeElement.blur(); }
  }

  codeSwitch();
  document.addEventListener("keydown", closeCards);
  var search = document.querySelector(".bd-search-container input[type=search]");
  if (search) { search.focus(); }
})();
