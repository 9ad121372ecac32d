// Small helps on every page: one switch for all code, folded parts that open, wide tables, maps by arrow keys.
(function () {
  "use strict";
  var root = document.documentElement;

  function showCode(shown) {
    document.querySelectorAll(".mv-code").forEach(function (cell) { cell.open = shown; });
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

  // What a link leads to is shown, even where it stands in a part that is folded; on paper nothing is folded.
  function unfold() {
    var target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    var folded = target && (target.matches(".mv-verdict-card") ? target : target.parentElement.closest("details"));
    if (!folded) { return; }
    for (var one = folded; one; one = one.parentElement.closest("details")) { one.open = true; }
    target.scrollIntoView();
  }

  function unfoldForPaper() {
    document.querySelectorAll(".mv-verdict-card, .mv-folded, .mv-slim details, .cite-box").forEach(function (one) { one.open = true; });
  }

  // A table that is wider than its place shows an edge while there is more, and begins at the column that counts.
  function wide(box) {
    var point = box.querySelector("th[data-point]"), first = box.querySelector("tbody th");
    function start() {
      if (point && point.getBoundingClientRect().right > box.getBoundingClientRect().right) {
        box.scrollLeft = point.offsetLeft - (first ? first.offsetWidth : 0);
      }
      mark();
    }
    function mark() {
      box.classList.toggle("mv-more", box.scrollLeft + box.clientWidth < box.scrollWidth - 2);
      box.classList.toggle("mv-past", box.scrollLeft > 2);
    }
    box.addEventListener("scroll", mark, { passive: true });
    window.addEventListener("resize", mark);
    // Measured when it comes near: asking earlier would make the browser lay out the page before it may show it.
    new IntersectionObserver(function (seen, observer) {
      if (seen[0].isIntersecting) { observer.disconnect(); start(); }
    }, { rootMargin: "100%" }).observe(box);
  }

  // A picture with parts is one stop of the Tab key; arrow keys go from part to part.
  function parts(picture) {
    var all = Array.from(picture.querySelectorAll(".mv-part"));
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
    followReading(Array.from(list.querySelectorAll("a[href^='#']")));
  });
  document.querySelectorAll(".mv-parts").forEach(parts);
  document.querySelectorAll(".mv-scroll").forEach(wide);
  window.addEventListener("hashchange", unfold);
  window.addEventListener("beforeprint", unfoldForPaper);
  unfold();
})();
