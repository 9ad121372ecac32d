([wide, high]) => {
  // Fits tables to the printed column and fills pages; tools/pdf.py runs it before each printing. Each chapter is laid
  // out for a moment in columns of a page's size, which the browser breaks as it breaks pages.
  const BETWEEN = 40; // space between columns
  const SMALL = .18, GAP = .12, FEW_LINES = .2; // parts of a page
  const NEAR = 40; // pixels
  const SMALLEST = .72; // of a picture's size, so that its letters can still be read
  let left, top, undo;

  const page = box => Math.round((box.left - left) / (wide + BETWEEN) - .3);
  const start = element => page(element.getClientRects()[0]);
  const end = element => Array.from(element.getClientRects()).at(-1);
  const room = element => high - (end(element).bottom - top); // left below an element on its page
  const outermost = element => {
    while (element.parentElement.tagName !== "SECTION") element = element.parentElement;
    return element;
  };
  const mayPass = element => element && (["P", "UL", "OL"].includes(element.tagName)
    || element.querySelector(".mv-table") && !element.querySelector(".mv-figure, .mv-verdict-card, h3"));

  function fitWidth(table) {
    const inner = table.querySelector("table"), space = inner && inner.parentElement;
    if (!inner) return;
    for (const size of ["", "fit-1", "fit-2", "fit-3", "fit-4"]) {
      if (size) table.classList.add(size);
      if (inner.scrollWidth <= space.clientWidth + 1) break;
    }
  }

  // A figure that would leave a gap lets what follows pass, or becomes a little smaller.
  function fillGap(figure) {
    const block = outermost(figure);
    for (let passed = 0; passed < 5; passed++) {
      const before = block.previousElementSibling, after = block.nextElementSibling;
      if (!before) return;
      const last = page(end(before));
      if (start(figure) === last || room(before) < GAP * high) return;
      if (!mayPass(after)) return shrink(figure, last, room(before));
      block.before(after);
      if (start(after) !== last) {
        block.after(after);
        return shrink(figure, last, room(before));
      }
      undo.push(() => block.after(after));
    }
  }

  function shrink(figure, wanted, space) {
    const picture = figure.querySelector("img");
    if (!picture) return;
    const size = picture.getBoundingClientRect().height;
    const excess = figure.getBoundingClientRect().height - space + 34; // its margins and a little more
    if (excess > (1 - SMALLEST) * size) return;
    picture.style.maxHeight = `${size - excess}px`;
    if (start(figure) === wanted) undo.push(() => { picture.style.maxHeight = ""; });
    else picture.style.maxHeight = "";
  }

  // A small table stays whole; of a long one the caption never stands without two rows.
  function keepTogether(table) {
    const height = Array.from(table.getClientRects(), box => box.height).reduce((sum, one) => sum + one, 0);
    if (height < SMALL * high) return mark(table, "book-whole");
    const rows = table.querySelectorAll("tbody tr"), second = rows[Math.min(1, rows.length - 1)];
    const parted = second && page(end(second)) !== start(table.querySelector("caption, tr"));
    // the printer, unlike columns, leaves a caption alone at the end of a page: say where the table begins
    if (parted || table.getClientRects()[0].top - top < NEAR) mark(table, "book-new-page");
  }

  function mark(element, name) {
    element.classList.add(name);
    undo.push(() => element.classList.remove(name));
  }

  // Lays a chapter out and says on which page it ends, and how much of that page is left.
  function laidOut(chapter) {
    undo = [];
    chapter.querySelectorAll(".mv-figure, .mv-table").forEach(
      block => block.matches(".mv-figure") ? fillGap(block) : keepTogether(block));
    const last = chapter.querySelector(":scope > section").lastElementChild;
    return [page(end(last)), room(last)];
  }

  // A chapter that ends with a few lines on a page of their own is set tighter, if that helps.
  function lay(chapter) {
    const [pages, space] = laidOut(chapter);
    if (pages === 0 || space < (1 - FEW_LINES) * high) return;
    for (const name of ["book-tight", "book-tighter"]) {
      undo.reverse().forEach(step => step());
      chapter.classList.add(name);
      if (laidOut(chapter)[0] < pages) return;
    }
    undo.reverse().forEach(step => step());
    chapter.classList.remove("book-tight", "book-tighter");
    laidOut(chapter);
  }

  document.querySelectorAll(".mv-table, .mv-dataset").forEach(fitWidth);
  for (const chapter of document.querySelectorAll(".book-page")) {
    chapter.classList.add("book-columns");
    ({left, top} = chapter.getBoundingClientRect());
    lay(chapter);
    chapter.classList.remove("book-columns");
  }
}
