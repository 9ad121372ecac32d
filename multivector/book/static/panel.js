// One panel that opens in place beside a number, a claim, a source, a term or a part of a map: by tap, by Enter, and
// for a mouse by pointing. Escape or a tap elsewhere closes it; a link in it leads to the entry. Without this script each
// of them leads there itself.
(function () {
  "use strict";
  var LINKS = "a.mv-num, .mv-claim > a, a.mv-source, a.mv-term", EDGE = 8, SHEET = 640;
  var store = document.getElementById("panels");
  var panel = made("div", { className: "mv-panel", id: "panel", hidden: true, tabIndex: -1 });
  var holder = null, pinned = false, timer = 0;
  panel.setAttribute("role", "dialog");

  function made(tag, properties) { return Object.assign(document.createElement(tag), properties); }

  function textOf(link) {
    if (link.matches(".mv-part")) { return made("p", { textContent: link.getAttribute("aria-label") }); }
    var name = CSS.escape(decodeURIComponent((link.hash || "").slice(1)));
    var held = store && name && store.content.querySelector("[data-for='" + name + "']");
    return held ? held.cloneNode(true) : null;
  }

  // What is computed stands first: the value as printed, and the reference that gives it.
  function headed(text, link) {
    if (!link.dataset.asked) { return; }
    text.prepend(made("p", { className: "mv-panel-value", textContent: link.textContent }));
    text.lastElementChild.before(made("code", { textContent: link.dataset.asked }));
    citable(text.querySelector(".mv-panel-copy"), link);
  }

  // What the two buttons of a number copy (cite.js): the number with its citation, and the address of its place.
  function citable(offer, link) {
    var known = document.querySelector("meta[name='citation_public_url']"), here = known ? known.content : location.href;
    var said = link.textContent + " (" + link.dataset.meaning.replace(/\.$/, "") + "; " + offer.dataset.said + ", ";
    offer.dataset.address = here.split("#")[0] + "#" + link.id;
    offer.dataset.words = said + link.dataset.asked + ")" + (known ? ". " + offer.dataset.address : "");
    offer.hidden = false;
  }

  function linked(text, link) {
    var way = text.querySelector(".mv-panel-way");
    if (way) { way.replaceChildren(made("a", { href: link.href, textContent: way.textContent })); }
  }

  function closer() {
    var button = made("button", { type: "button", className: "mv-panel-close", textContent: "×" });
    button.setAttribute("aria-label", "Close");
    button.addEventListener("click", close);
    return button;
  }

  function place(spot) {
    panel.style.left = panel.style.top = "";
    if (document.documentElement.clientWidth <= SHEET) { return; } // there the style sheet puts it at the foot
    var box = panel.getBoundingClientRect(), right = document.documentElement.clientWidth - EDGE;
    var below = spot.bottom + EDGE, above = spot.top - EDGE - box.height;
    var top = below + box.height <= window.innerHeight - EDGE || above < EDGE ? below : above;
    panel.style.left = Math.max(EDGE, Math.min(spot.left, right - box.width)) + "px";
    panel.style.top = Math.max(EDGE, Math.min(top, window.innerHeight - EDGE - box.height)) + "px";
  }

  function open(link, spot, stays) {
    var text = textOf(link);
    if (!text) { return false; }
    if (holder && holder !== link) { close(); }
    headed(text, link);
    linked(text, link);
    holder = link;
    pinned = stays;
    panel.replaceChildren(closer(), text);
    panel.setAttribute("aria-label", (link.getAttribute("aria-label") || link.textContent).trim());
    panel.hidden = false;
    place(spot);
    if (link.matches("a")) { link.setAttribute("aria-expanded", "true"); }
    if (stays) { panel.focus({ preventScroll: true }); }
    return true;
  }

  function close() {
    clearTimeout(timer);
    if (panel.hidden) { return; }
    var inside = panel.contains(document.activeElement), link = holder;
    panel.hidden = true;
    holder = null;
    pinned = false;
    link.removeAttribute("aria-expanded");
    if (inside) { link.focus({ preventScroll: true }); }
  }

  // The line of a link that goes over two lines at which the pointer is; its first line for the keyboard.
  function spotOf(link, event) {
    var boxes = Array.from(link.getClientRects()), x = event.clientX, y = event.clientY;
    if (link.matches(".mv-part") && (x || y)) { return { left: x, top: y - EDGE, bottom: y + EDGE }; }
    return boxes.find(function (box) { return y >= box.top && y <= box.bottom; }) || boxes[0];
  }

  function target(event) {
    var link = event.target.closest && event.target.closest(LINKS + ", .mv-part");
    return link && !panel.contains(link) ? link : null;
  }

  document.addEventListener("click", function (event) {
    var link = target(event), plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!link) {
      if (pinned && !panel.contains(event.target)) { close(); }
      return;
    }
    if (!plain) { return; }
    clearTimeout(timer);
    if (open(link, spotOf(link, event), true)) { event.preventDefault(); }
  });

  document.addEventListener("pointerover", function (event) {
    if (event.pointerType !== "mouse" || pinned) { return; }
    var link = target(event);
    clearTimeout(timer);
    if (panel.contains(event.target)) { return; }
    if (link && link !== holder && !link.matches(".mv-part")) {
      timer = setTimeout(function () { open(link, spotOf(link, event), false); }, 300);
    } else if (!link && holder) {
      timer = setTimeout(close, 250);
    }
  });

  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") { close(); }
    if (event.key === "Enter" && document.activeElement.matches(".mv-part")) {
      open(document.activeElement, document.activeElement.getBoundingClientRect(), true);
    }
  });
  panel.addEventListener("focusout", function (event) {
    if (pinned && event.relatedTarget && !panel.contains(event.relatedTarget)) { close(); }
  });
  window.addEventListener("scroll", function () { if (!pinned) { close(); } }, { passive: true });
  document.querySelectorAll(LINKS).forEach(function (link) {
    if (textOf(link)) { link.setAttribute("aria-haspopup", "dialog"); link.removeAttribute("title"); }
  });
  document.body.append(panel);
})();
