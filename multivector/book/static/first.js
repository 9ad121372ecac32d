// Runs before the page is drawn: a store that never throws, the right theme from the first paint on, a sign that
// scripts run, and the picture of the first screen, in that theme, asked for before the page is read to its end.
(function () {
  "use strict";
  var root = document.documentElement;

  // Where the browser refuses its store, or has no room in it, what a reader chooses is kept for this page alone.
  function memory() {
    var held = {};
    return {
      getItem: function (name) { return Object.hasOwn(held, name) ? held[name] : null; },
      setItem: function (name, value) { held[name] = String(value); },
      removeItem: function (name) { delete held[name]; },
      clear: function () { held = {}; },
    };
  }

  ["localStorage", "sessionStorage"].forEach(function (name) {
    try {
      window[name].setItem("probe", "1");
      window[name].removeItem("probe");
    } catch (refused) {
      try { Object.defineProperty(window, name, { value: memory(), configurable: true }); } catch (fixed) { /* as it is */ }
    }
  });

  function stored(name) { try { return localStorage.getItem(name) || ""; } catch (refused) { return ""; } }
  var mode = stored("mode");
  var dark = mode === "dark" || (mode !== "light" && window.matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.mode = mode || "auto"; // the theme's script reports an empty mode as an error
  root.dataset.theme = dark ? "dark" : "light";
  root.classList.add("js");
  var picture = document.currentScript.dataset[root.dataset.theme];
  if (picture) {
    document.head.append(Object.assign(document.createElement("link"), { rel: "preload", as: "image", href: picture }));
  }
  if (stored("code") === "shown") { root.classList.add("code-shown"); }
})();
