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
