// What a map page does by itself: shade, point, name, print. Every text is set as text, never as
// markup, because residents wrote some of it.
const gridgis = (() => {
  "use strict";

  const GRID_BORDER = { color: "#6f6a5c", weight: 0.5, opacity: 0.55, fillOpacity: 1 };
  const HIGHLIGHT = { color: "#111a20", weight: 2.5, fill: false, interactive: false };
  const NAME_GAP_PX = 4;

  function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function map(id, options) {
    // Twice the screen's dots, so that the canvas stays sharp on paper.
    L.Browser.retina = true;
    const made = L.map(id, {
      ...options,
      attributionControl: false,
      zoomSnap: 0.05,
      zoomDelta: 0.5,
      wheelPxPerZoomLevel: 120,
      maxZoom: 23,
      renderer: L.canvas({ padding: 0.3, tolerance: 3 }),
    });
    L.control.zoom({ position: "topleft" }).addTo(made);
    L.control.scale({ imperial: false, maxWidth: 160 }).addTo(made);
    return made;
  }

  /** A card of facts: a heading and a list of labels with what they say. */
  function card(heading, labels, facts) {
    const made = element("div", "card");
    made.append(element("strong", "", heading));
    const list = element("dl");
    labels.forEach((label, at) => {
      if (facts[at]) list.append(element("dt", "", label), element("dd", "", facts[at]));
    });
    made.append(list);
    return made;
  }

  function gridCard([code, name, , facts], labels) {
    return card(name && name !== code ? `${name} · ${code}` : code, labels, facts);
  }

  function pointCard(columns, at) {
    const facts = columns.map(({ words, said }) => (words ? words[said[at]] : said[at]));
    return card(facts[0], columns.slice(1).map(({ label }) => label), facts.slice(1));
  }

  function shade(grids, said, measures, key) {
    const at = measures.findIndex((measure) => measure.key === key);
    grids.setStyle(({ properties }) => ({
      ...GRID_BORDER,
      fillColor: measures[at].colours[said[properties.at][2][at]],
    }));
    for (const section of document.querySelectorAll("section[data-measure]")) {
      section.hidden = section.dataset.measure !== key;
    }
  }

  function chooseMeasure(grids, said, measures) {
    for (const choice of document.querySelectorAll("input[name=measure]")) {
      // A browser may restore the choice of an earlier visit.
      choice.checked = choice.value === measures[0].key;
      choice.addEventListener("change", () => shade(grids, said, measures, choice.value));
    }
    shade(grids, said, measures, measures[0].key);
  }

  function highlight(chart) {
    const pane = chart.createPane("highlight");
    pane.style.zIndex = 450;
    pane.style.pointerEvents = "none";
    const renderer = L.svg({ pane: "highlight" });
    let shown = null;
    return (feature) => {
      if (shown) shown.remove();
      shown = feature && L.geoJSON(feature, { style: { ...HIGHLIGHT, pane: "highlight", renderer } });
      if (shown) shown.addTo(chart);
    };
  }

  function describeGrids(chart, grids, said, labels) {
    const show = highlight(chart);
    const told = (grid) => gridCard(said[grid.feature.properties.at], labels);
    grids.bindTooltip(told, { sticky: true, opacity: 1, className: "tip" });
    grids.bindPopup(told, { className: "fixed-tip", autoPanPadding: [20, 20] });
    grids.on("mouseover", (event) => show(event.propagatedFrom.feature));
    grids.on("mouseout", () => show(null));
    const byPlace = new Map(grids.getLayers().map((grid) => [grid.feature.properties.at, grid]));
    for (const button of document.querySelectorAll("button[data-grid]")) {
      const grid = byPlace.get(Number(button.dataset.grid));
      if (!grid) continue;
      button.addEventListener("click", () => {
        chart.fitBounds(grid.getBounds().pad(1.5));
        show(grid.feature);
        L.popup({ className: "fixed-tip" })
          .setLatLng(grid.getBounds().getCenter())
          .setContent(told(grid))
          .openOn(chart);
      });
    }
  }

  function drawPoints(chart, group, points, ways) {
    points.lon.forEach((lon, at) => {
      const mark = L.circleMarker([points.lat[at], lon], points.styles[points.style[at]]);
      mark.at = at;
      group.addLayer(mark);
    });
    const told = (mark) => pointCard(points.columns, mark.at);
    group.bindTooltip(told, { sticky: true, opacity: 1, className: "tip" });
    group.bindPopup(told, { className: "fixed-tip" });
    const toggle = document.getElementById("marks");
    if (!toggle) return;
    toggle.checked = chart.hasLayer(group);
    toggle.addEventListener("change", () => {
      for (const layer of [ways, group]) {
        if (layer && toggle.checked) chart.addLayer(layer);
        else if (layer) chart.removeLayer(layer);
      }
    });
  }

  /** How much closer than the whole map somebody must look to see names that are not areas'. */
  const LOOKS = [0, 1, 2];
  const SAME_NAME_PX = 320;

  /** Draw names, the foremost first; a name that would touch an earlier one waits. */
  function drawNames(chart, names) {
    const pane = chart.createPane("names");
    pane.style.zIndex = 460;
    pane.style.pointerEvents = "none";
    const areas = names.filter(([, , , , , kind]) => kind === "area");
    const least = Math.min(...areas.map(([, , , depth]) => depth));
    const marks = names.map(([name, lon, lat, depth, angle, kind]) => {
      const great = kind === "area" && depth === least;
      const label = element("span", `name ${great ? "great" : kind}`, name);
      if (angle) label.style.rotate = `${angle}deg`;
      const icon = L.divIcon({ className: "", iconSize: [0, 0], html: label });
      L.marker([lat, lon], { icon, pane: "names", interactive: false, keyboard: false }).addTo(chart);
      const look = kind === "area" ? (depth > least ? 0.9 : 0) : LOOKS[depth];
      return { label, look };
    });
    const near = (box, other, gap) =>
      box.right + gap >= other.left &&
      box.left - gap <= other.right &&
      box.bottom + gap >= other.top &&
      box.top - gap <= other.bottom;
    const apart = () => {
      const taken = [];
      for (const { label, look } of marks) {
        label.hidden = chart.getZoom() < chart.fitted + look;
        if (label.hidden) continue;
        const box = label.getBoundingClientRect();
        const said = label.textContent;
        label.hidden = taken.some(
          (other) => near(box, other.box, other.said === said ? SAME_NAME_PX : NAME_GAP_PX),
        );
        if (!label.hidden) taken.push({ box, said });
      }
    };
    chart.on("zoomend resize", apart);
    apart();
  }

  /** On paper the map has another size: fit what is seen of the city into it, and the view back. */
  function print(chart, city) {
    let view = null;
    const resize = (printing) => {
      if (printing) view = chart.getBounds();
      document.documentElement.classList.toggle("printing", printing);
      chart.invalidateSize({ animate: false, pan: false });
      if (view) chart.fitBounds(printing ? common(view, city) : view, { animate: false, padding: [0, 0] });
    };
    window.addEventListener("beforeprint", () => resize(true));
    window.addEventListener("afterprint", () => resize(false));
  }

  /** What two boxes have in common; the first one when that is nothing. */
  function common(one, other) {
    if (!one.intersects(other)) return one;
    return L.latLngBounds(
      [Math.max(one.getSouth(), other.getSouth()), Math.max(one.getWest(), other.getWest())],
      [Math.min(one.getNorth(), other.getNorth()), Math.min(one.getEast(), other.getEast())],
    );
  }

  function start(chart, layers, told) {
    if (!told.bounds) {
      chart.setView([0, 0], 2);
      return;
    }
    chart.fitBounds(told.bounds, { padding: [24, 24], animate: false });
    chart.fitted = chart.getZoom();
    chart.setMinZoom(chart.fitted - 1);
    chart.setMaxBounds(L.latLngBounds(told.bounds).pad(0.6));
    chooseMeasure(layers.grids, told.grids, told.measures);
    describeGrids(chart, layers.grids, told.grids, told.factLabels);
    for (const name of ["greens", "water", "roads", "outlines", "ways"]) {
      if (layers[name]) layers[name].eachLayer((shape) => L.setOptions(shape, { interactive: false }));
    }
    if (layers.points) drawPoints(chart, layers.points, told.points, layers.ways);
    if (told.names.length) drawNames(chart, told.names);
    print(chart, L.latLngBounds(told.bounds));
  }

  return { map, start };
})();
