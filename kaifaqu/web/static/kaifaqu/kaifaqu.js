// What a page does by itself. Every page works without it; nothing here fetches from another host.
"use strict";

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea");
  if (event.key === "/" && !typing) {
    const search = document.querySelector("[type=search]");
    if (search) { search.focus(); event.preventDefault(); }
  }
});
