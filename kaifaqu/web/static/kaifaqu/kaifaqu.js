// What a page does by itself. Every page works without it; nothing here fetches from another host.
"use strict";

// The sign / leads to the search over everything; typed again there, to the search of this page.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.altKey || event.metaKey) { return; }
  const boxes = Array.from(document.querySelectorAll("[type=search]"));
  const at = boxes.indexOf(event.target);
  const typing = event.target.closest("input, select, textarea, [contenteditable]");
  if (boxes.length && (!typing || at >= 0 && !event.target.value)) {
    boxes[(at + 1) % boxes.length].focus();
    event.preventDefault();
  }
});
