// Buttons that copy a citation. Without JavaScript they stay hidden and the text can be selected.
"use strict";

(() => {
  const select = (element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    const selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  };

  const copy = async (element) => {
    try {
      await navigator.clipboard.writeText(element.textContent);
      return true;
    } catch {
      // Pages opened from disk may not use the clipboard: leave the text selected.
      select(element);
      return document.execCommand("copy");
    }
  };

  // One line of text that screen readers speak when a reference of a part has been copied.
  const said = document.createElement("p");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");

  for (const place of document.querySelectorAll(".mv-cite[data-text]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "cite-part-copy";
    button.textContent = "Copy";
    button.setAttribute("aria-label", `Copy the reference of ${place.dataset.name}, APA style`);
    button.addEventListener("click", async () => {
      const text = document.createElement("span");
      text.textContent = place.dataset.text;
      place.append(text);
      const done = await copy(text);
      text.remove();
      button.textContent = done ? "Copied" : "Not copied";
      said.textContent = done ? `Reference of ${place.dataset.name} copied.` : "The browser did not allow copying.";
    });
    place.append(button);
    if (!said.isConnected) document.querySelector("article").append(said);
  }

  for (const button of document.querySelectorAll(".cite-copy")) {
    const status = button.closest("details").querySelector(".cite-said");
    button.hidden = false;
    button.addEventListener("click", async () => {
      const done = await copy(document.getElementById(button.dataset.copy));
      button.textContent = done ? `Copied ${button.dataset.name}` : `Selected ${button.dataset.name}`;
      status.textContent = done
        ? `${button.dataset.name} copied.`
        : `${button.dataset.name} is selected: copy it with your keyboard.`;
    });
  }
})();
