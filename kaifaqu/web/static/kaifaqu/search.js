// The search box of the header: what htmx has fetched below it is a list that the arrow keys walk. Without this file the
// box is an ordinary form.
"use strict";

(() => {
  const box = document.getElementById("seek");
  const hits = document.getElementById("hits");
  if (!box) { return; }
  let chosen = -1;
  const options = () => Array.from(hits.querySelectorAll("[role=option]"));

  const choose = (at) => {
    const all = options();
    chosen = all.length ? (at + all.length + 1) % (all.length + 1) : -1; // one place more: back in the box
    if (chosen === all.length) { chosen = -1; }
    all.forEach((each, place) => each.setAttribute("aria-selected", String(place === chosen)));
    if (chosen < 0) { box.removeAttribute("aria-activedescendant"); return; }
    box.setAttribute("aria-activedescendant", all[chosen].id);
    all[chosen].scrollIntoView({ block: "nearest" });
  };
  const show = (open) => {
    hits.hidden = !open;
    box.setAttribute("aria-expanded", String(open && options().length > 0));
    choose(-1);
  };

  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", "hit-list");
  show(false);

  box.addEventListener("keydown", (event) => {
    if (event.isComposing) { return; } // the keys belong to the input method
    if (event.key === "Escape" && !hits.hidden) {
      show(false);
      event.preventDefault();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && options().length) {
      if (hits.hidden) { show(true); }
      choose(event.key === "ArrowDown" ? chosen + 1 : chosen < 0 ? options().length - 1 : chosen - 1);
      event.preventDefault();
    } else if (event.key === "Enter" && chosen >= 0 && !hits.hidden) {
      options()[chosen].click();
      event.preventDefault();
    }
  });
  hits.addEventListener("htmx:afterSwap", () => show(document.activeElement === box && hits.children.length > 0));
  hits.addEventListener("htmx:beforeSwap", (event) => { // the session is over: the page leads to the sign-in and back
    if (event.detail.xhr.responseURL.includes("/sign-in/")) { event.detail.shouldSwap = false; location.reload(); }
  });
  hits.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus until the click has led away
  box.addEventListener("focus", () => { if (box.value && hits.children.length) { show(true); } });
  box.addEventListener("blur", () => show(false));
  box.form.addEventListener("submit", (event) => { if (!box.value.trim()) { event.preventDefault(); } });
})();
