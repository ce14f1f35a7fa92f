// The map that moves: puts Leaflet in place of the drawing of a page. Without it the drawing stands; nothing is fetched.
"use strict";

(() => {
  const style = (feature) => ({ className: feature.properties.look, weight: 2, fill: feature.properties.look !== "before" });

  function names(feature, layer) {
    const { look, name } = feature.properties;
    if (look === "before") { return; }
    const words = document.createElement("span"); // never as HTML: a name is somebody's text
    words.textContent = name;
    layer.bindTooltip(words, {
      permanent: true, direction: look === "zone" ? "top" : "center", className: `name ${look}`, interactive: false,
    });
  }

  function named(layer) { // of a zone above its northern border, so that its parks have room
    const bounds = layer.getBounds();
    if (layer.getTooltip() && layer.feature.properties.look === "zone") {
      layer.openTooltip([bounds.getNorth(), bounds.getCenter().lng]);
    }
  }

  function draw(figure) {
    if (!window.L || figure.classList.contains("live")) { return; }
    const told = JSON.parse(figure.querySelector("script").textContent);
    const words = figure.dataset;
    const host = document.createElement("div");
    host.className = "moving";
    host.setAttribute("role", "application");
    host.setAttribute("aria-label", words.help);
    figure.insertBefore(host, figure.firstChild);
    figure.classList.add("live");
    const map = L.map(host, { attributionControl: false, zoomControl: false, zoomSnap: 0.25, scrollWheelZoom: false, maxZoom: 20 });
    L.control.zoom({ zoomInTitle: words.in, zoomOutTitle: words.out }).addTo(map);
    L.control.scale({ imperial: false }).addTo(map);
    const layers = L.geoJSON(told, { style, onEachFeature: names });
    const whole = () => map.fitBounds(layers.getBounds(), { padding: [28, 28], animate: false });
    whole();
    layers.addTo(map);
    layers.eachLayer(named);
    map.on("focus", () => map.scrollWheelZoom.enable()).on("blur", () => map.scrollWheelZoom.disable());
    const all = L.control({ position: "topleft" });
    all.onAdd = () => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "whole";
      button.textContent = words.all;
      L.DomEvent.disableClickPropagation(button);
      button.addEventListener("click", whole);
      return button;
    };
    all.addTo(map);
    choosing(map, layers);
  }

  function choosing(map, layers) {
    const links = document.querySelectorAll("a[data-place]");
    const choose = (key, move) => {
      layers.eachLayer((layer) => {
        const mine = String(layer.feature.properties.key) === key;
        layer.getElement().classList.toggle("chosen", mine);
        if (mine && move) { map.fitBounds(layer.getBounds(), { padding: [60, 60], maxZoom: 16 }); }
      });
      links.forEach((link) => {
        const mine = link.dataset.place === key;
        link.closest("tr").classList.toggle("chosen", mine);
        if (mine) { link.setAttribute("aria-current", "true"); } else { link.removeAttribute("aria-current"); }
      });
    };
    links.forEach((link) => {
      link.addEventListener("click", (event) => { event.preventDefault(); choose(link.dataset.place, true); });
      if (link.hasAttribute("aria-current")) { choose(link.dataset.place, true); }
    });
    layers.on("click", (event) => {
      const { key, address } = event.layer.feature.properties;
      if (links.length) { choose(String(key), false); } else if (address) { window.location.assign(address); }
    });
  }

  const start = (part) => part.querySelectorAll("figure.map").forEach(draw);
  start(document);
  document.addEventListener("htmx:load", (event) => start(event.target));
})();
