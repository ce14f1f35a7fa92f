// What a page does by itself. Every page works without it; nothing here fetches from another host.
"use strict";

const ready = (work) => {
  document.addEventListener("DOMContentLoaded", () => work(document));
  document.addEventListener("htmx:load", (event) => { if (event.detail.elt !== document.body) { work(event.detail.elt); } }); // of the body it tells, too
};
const all = (root, selector) => [...(root.matches && root.matches(selector) ? [root] : []), ...root.querySelectorAll(selector)];

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
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const menu = event.target.closest("details.menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
    all(document, ".number-of:hover, .number-of:focus-within").forEach((number) => { number.classList.add("told"); });
  }
});
const closeMenus = (beside) => all(document, "details.menu[open]").forEach((menu) => { if (!menu.contains(beside)) { menu.open = false; } });
document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("focusin", (event) => closeMenus(event.target));
["focusout", "mouseout"].forEach((name) => document.addEventListener(name, (event) => {
  const number = event.target.closest(".number-of.told");
  if (number && !number.contains(event.relatedTarget)) { number.classList.remove("told"); }
}));

// What is wrong in a part that is folded is shown, or the browser would refuse to send without a word.
document.addEventListener("invalid", (event) => {
  for (let part = event.target; (part = part.parentElement?.closest("details:not([open])"));) { part.open = true; }
}, true);

// What scrolls sideways is a stop of the Tab key only while it does.
const width = new ResizeObserver((seen) => seen.forEach(({ target }) => {
  if (target.scrollWidth > target.clientWidth) { target.tabIndex = 0; } else { target.removeAttribute("tabindex"); }
}));
ready((root) => all(root, ".scroll[tabindex]").forEach((part) => width.observe(part)));

// A page that people take to a meeting is printed with a button, too.
ready((root) => all(root, "button[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => print());
}));

// A part of another page in a dialog: a form, and where two people meet, their conflict.
const dialog = document.querySelector("body > dialog");
let opener = null; // where the focus goes back to: [row's address, fact]
let beside = null; // what the dialog stands beside

function openPart(address, element) {
  beside = element;
  dialog.replaceChildren();
  dialog.showModal();
  place();
  return htmx.ajax("GET", address, { target: dialog, swap: "innerHTML" });
}

function place() {
  const at = beside.getBoundingClientRect(), own = dialog.getBoundingClientRect(), edge = 8;
  const below = at.bottom + own.height + edge < innerHeight ? at.bottom + 2 : Math.max(edge, at.top - own.height - 2);
  dialog.style.top = `${Math.min(below, Math.max(edge, innerHeight - own.height - edge))}px`;
  dialog.style.left = `${Math.max(edge, Math.min(at.left, innerWidth - own.width - edge))}px`;
}

dialog.addEventListener("click", (event) => {
  if (event.target.closest("[data-close]") || event.target === dialog) { dialog.close(); event.preventDefault(); }
});
dialog.addEventListener("close", () => { if (opener) { focusCell(...opener); } });
const FIRST = [".wrong input, .wrong select, .wrong textarea", ".field input, .field select, .field textarea", "input[type=radio]", "button"];
dialog.addEventListener("htmx:afterSwap", () => {
  place();
  const first = FIRST.map((selector) => dialog.querySelector(selector)).find(Boolean);
  if (first) { first.focus(); if (first.select) { first.select(); } }
  dialog.setAttribute("aria-label", (dialog.querySelector("h1") || dialog).textContent.trim());
});
document.addEventListener("htmx:beforeSwap", (event) => {
  if (/\/sign-in\//.test(event.detail.xhr.responseURL)) { event.detail.shouldSwap = false; location.reload(); }
});
["htmx:responseError", "htmx:sendError"].forEach((name) => document.addEventListener(name, (event) => {
  if (event.detail.target !== dialog) { return; }
  const problem = document.createElement("p");
  problem.className = "problem";
  problem.setAttribute("role", "alert");
  problem.textContent = document.body.dataset.failed;
  dialog.prepend(problem);
}));
document.addEventListener("corrected", () => {
  dialog.close();
  const chosen = all(document, "input[name=id]:checked").map((box) => box.value);
  htmx.ajax("GET", location.href, { target: "#list", select: "#list", swap: "outerHTML" }).then(() => {
    all(document, "input[name=id]").forEach((box) => { if (chosen.includes(box.value)) { box.click(); } });
    if (opener && document.activeElement === document.body) { focusCell(...opener); } // nobody has gone elsewhere meanwhile
  });
});

// A table as a grid: one stop of the Tab key. Arrows move from cell to cell, heads included; Enter follows the link of the
// cell or corrects it, F2 corrects it, Space chooses the row.
const CELLS = "thead th, tbody th, tbody td";

function focusCell(address, fact) {
  const row = document.querySelector(`tr[data-edit="${address}"]`);
  const cell = row && row.querySelector(`td[data-fact="${fact}"]`);
  if (cell) { reach(cell); }
}

function reach(cell) {
  all(cell.closest("table"), CELLS).forEach((other) => { other.tabIndex = other === cell ? 0 : -1; });
  cell.focus();
}

function correct(cell) {
  const row = cell.closest("tr");
  if (!row.dataset.edit || !cell.dataset.fact) { return; }
  opener = [row.dataset.edit, cell.dataset.fact];
  openPart(`${row.dataset.edit}?only=${cell.dataset.fact}`, cell);
}

function move(cell, key) {
  const row = cell.parentElement, at = cell.cellIndex, of = row.rowIndex, rows = all(row.closest("table"), "thead tr, tbody tr");
  const ways = { ArrowLeft: [of, at - 1], ArrowRight: [of, at + 1], ArrowUp: [of - 1, at], ArrowDown: [of + 1, at], Home: [of, 0], End: [of, row.cells.length - 1] };
  const [to, place] = ways[key];
  return rows[to] && rows[to].cells[place];
}

function press(cell, key) {
  const link = cell.querySelector("a"), box = cell.parentElement.querySelector("input[type=checkbox]");
  if (key === "Enter" && link) { link.click(); } else if (key === "Enter" || key === "F2") { correct(cell); } else if (box) { box.click(); }
}

function enterGrid(table) {
  const cells = all(table, CELLS);
  table.setAttribute("role", "grid");
  all(table, "a, input").forEach((inner) => { inner.tabIndex = -1; });
  cells.forEach((cell) => { cell.tabIndex = -1; });
  all(table, "tbody td").forEach((cell) => { if (!cell.dataset.fact || !cell.parentElement.dataset.edit) { cell.setAttribute("aria-readonly", "true"); } });
  (table.querySelector("tbody td.lead") || cells[0]).tabIndex = 0;
  table.addEventListener("keydown", (event) => {
    const cell = event.target.closest(CELLS);
    if (!cell || event.altKey || event.ctrlKey || event.metaKey) { return; }
    if (/^(Arrow|Home|End)/.test(event.key)) {
      const next = move(cell, event.key);
      if (next) { reach(next); }
      event.preventDefault();
    } else if (event.target === cell && ["Enter", "F2", " "].includes(event.key)) {
      press(cell, event.key);
      event.preventDefault();
    }
  });
  table.addEventListener("dblclick", (event) => { const cell = event.target.closest("tbody td"); if (cell) { correct(cell); } });
  table.addEventListener("click", (event) => { const cell = event.target.closest("tbody td[data-fact]"); if (cell && !event.target.closest("a, input, label")) { reach(cell); } });
}
ready((root) => all(root, "table[data-grid]").forEach(enterGrid));

// Chosen records: how many, and all of the page with one click.
function enterBulk(form) {
  const boxes = () => all(document, `input[name=id][form="${form.getAttribute("id")}"]`), whole = form.querySelector("input[name=all]");
  const head = document.querySelector("th.pick");
  const every = document.createElement("input");
  every.type = "checkbox";
  every.tabIndex = head.closest("[data-grid]") ? -1 : 0; // a grid is one stop
  every.setAttribute("aria-label", head.textContent);
  head.replaceChildren(every);
  const tell = () => {
    const count = boxes().filter((box) => box.checked).length;
    every.checked = count > 0 && count === boxes().length;
    every.indeterminate = count > 0 && !every.checked;
    form.querySelector("output").textContent = whole && whole.checked ? "" : count || "";
    form.classList.toggle("chosen", count > 0 || Boolean(whole && whole.checked));
  };
  every.addEventListener("change", () => { boxes().forEach((box) => { box.checked = every.checked; }); tell(); });
  form.closest("#list").addEventListener("change", (event) => { if (event.target.matches("input[name=id], input[name=all]")) { tell(); } });
  tell();
}
ready((root) => all(root, "form.bulk").forEach(enterBulk));
