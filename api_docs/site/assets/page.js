// What every page needs: labels for tables on narrow screens, and names for the theme's controls.

/** On a narrow screen a row is shown as a block; each of its cells then says what it is (style.css). */
for (const table of document.querySelectorAll(".md-typeset table")) {
  const heads = [...table.querySelectorAll("thead th")].map((head) => head.textContent);
  for (const row of table.querySelectorAll("tbody tr")) {
    [...row.cells].forEach((cell, index) => {
      cell.dataset.label = heads[index] ?? "";
      cell.classList.toggle("empty", cell.textContent.trim() === "");
    });
  }
}

/** The theme adds a `nav` with a copy button to each code block; landmarks must have different names. */
function nameCopyButtons() {
  document.querySelectorAll(".md-code__nav").forEach((nav, index) => {
    nav.setAttribute("aria-label", `Code block ${index + 1}`);
  });
}
new MutationObserver(nameCopyButtons).observe(document.querySelector("main"), { childList: true, subtree: true });
nameCopyButtons();

// Code that is wider than its block is scrolled, also with the keyboard.
for (const block of document.querySelectorAll(".md-typeset pre > code")) {
  block.tabIndex = 0;
}
