// References that open in a dialog and can be copied. Without JavaScript links and plain text remain.
"use strict";

(() => {
  const made = (tag, properties) => Object.assign(document.createElement(tag), properties);

  // Formatted text for word processors, plain text for everything else.
  const copy = async (element) => {
    try {
      const kinds = { "text/html": element.innerHTML, "text/plain": element.textContent };
      const blobs = Object.entries(kinds).map(([type, text]) => [type, new Blob([text], { type })]);
      await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
      return true;
    } catch {
      // Pages opened from disk may not use the clipboard: leave the text selected.
      window.getSelection().selectAllChildren(element);
      return document.execCommand("copy");
    }
  };

  const copyButton = (text, name, status) => {
    const button = made("button", { type: "button", className: "cite-copy", textContent: `Copy ${name}` });
    button.addEventListener("click", async () => {
      const done = await copy(text);
      button.textContent = done ? `Copied ${name}` : `Selected ${name}`;
      status.textContent = done ? `${name} copied.` : `${name} is selected: copy it with your keyboard.`;
    });
    return button;
  };

  const open = (template) => {
    const dialog = made("dialog", { className: "cite-dialog" });
    dialog.append(template.content.cloneNode(true));
    const heading = dialog.querySelector("h2");
    heading.id = "cite-dialog-title";
    dialog.setAttribute("aria-labelledby", heading.id);
    const status = made("p", { className: "cite-said" });
    status.setAttribute("role", "status");
    for (const block of dialog.querySelectorAll("div")) {
      block.append(copyButton(block.querySelector(".cite-text"), block.querySelector("h3").textContent, status));
    }
    const close = made("button", { type: "button", className: "cite-close", textContent: "Close" });
    close.addEventListener("click", () => dialog.close());
    dialog.append(status, close);
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  };

  for (const link of document.querySelectorAll("a[data-cite]")) {
    const template = document.getElementById(`cite-of-${link.dataset.cite}`);
    if (!template || !window.HTMLDialogElement) continue;
    link.setAttribute("role", "button");
    link.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      open(template);
    });
    link.addEventListener("keydown", (event) => {
      if (event.key !== " ") return;
      event.preventDefault();
      open(template);
    });
  }

  // The buttons of a number stand in a panel that is made when it opens (panel.js).
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-takes]");
    if (!button) return;
    const offer = button.parentElement;
    const text = made("span", { textContent: offer.dataset[button.dataset.takes] });
    const status = offer.querySelector(".cite-said");
    status.textContent = "";
    if (await copy(text)) status.textContent = "Copied.";
    else status.replaceChildren(text); // to be copied by hand
  });

  for (const button of document.querySelectorAll("button.cite-copy[data-copy]")) {
    const status = button.closest("details").querySelector(".cite-said");
    const working = copyButton(document.getElementById(button.dataset.copy), button.dataset.name, status);
    Object.assign(working.dataset, button.dataset);
    button.replaceWith(working);
  }
})();
