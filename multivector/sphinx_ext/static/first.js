// Runs before the page is drawn: the right theme from the first paint on, and a sign that scripts run.
(function () {
  "use strict";
  var root = document.documentElement;
  var mode = "", code = "";
  try { mode = localStorage.getItem("mode") || ""; code = localStorage.getItem("code") || ""; } catch (error) { mode = ""; }
  var dark = mode === "dark" || (mode !== "light" && window.matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.mode = mode || "auto"; // the theme's script reports an empty mode as an error
  root.dataset.theme = dark ? "dark" : "light";
  root.classList.add("js");
  if (code === "shown") { root.classList.add("code-shown"); }
})();
