// The grids: their colours by measure, their cards, and the way from a table to its grid.
import { card, describe } from "./elements.js";

const GRID_BORDER = { color: "#6f6a5c", weight: 0.5, opacity: 0.55, fillOpacity: 1 };
const HIGHLIGHT = { color: "#111a20", weight: 2.5, fill: false, interactive: false };

/** Return the grids' own part of the view: how to shade them and how to show one. */
export function gridsOf(grids, told) {
  const said = told.grids;
  const byPlace = new Map(grids.getLayers().map((grid) => [grid.at, grid]));

  let opacity = GRID_BORDER.fillOpacity;

  /** Let what lies below the grids be seen through them: 1 is not at all. */
  function seeThrough(to) {
    opacity = to;
    grids.setStyle({ fillOpacity: to });
  }

  /** Shade each grid by its class, a number of the measure's legend. */
  function paint(measure, classOf) {
    byPlace.forEach((grid, at) => {
      const mine = classOf(at);
      grid.setStyle({
        ...GRID_BORDER,
        fillOpacity: opacity,
        fillColor: measure.colours[mine],
        hatch: measure.hatches[mine] || 0,
      });
    });
  }

  function shade(key) {
    const number = told.measures.findIndex((measure) => measure.key === key);
    paint(told.measures[number], (at) => said[at][2][number]);
    for (const section of document.querySelectorAll("section[data-measure]")) {
      section.hidden = section.dataset.measure !== key;
    }
  }

  const cardOf = (at) => {
    const [code, name, , facts] = said[at];
    const labelled = told.factLabels.map((label, number) => [label, facts[number]]);
    return card(name && name !== code ? `${name} · ${code}` : code, labelled);
  };
  return { byPlace, paint, seeThrough, shade, cardOf };
}

export function chooseMeasure(shade, measures) {
  if (!measures.length) return;
  for (const choice of document.querySelectorAll("input[name=measure]")) {
    // A browser may restore the choice of an earlier visit.
    choice.checked = choice.value === measures[0].key;
    choice.addEventListener("change", () => shade(choice.value));
  }
  shade(measures[0].key);
}

function highlight(chart) {
  const pane = chart.createPane("highlight");
  pane.style.zIndex = 450;
  pane.style.pointerEvents = "none";
  const renderer = L.svg({ pane: "highlight" });
  let shown = null;
  return (grid) => {
    if (shown) shown.remove();
    shown = grid && L.polygon(grid.getLatLngs(), { ...HIGHLIGHT, pane: "highlight", renderer });
    if (shown) shown.addTo(chart);
  };
}

export function describeGrids(chart, grids, { byPlace, cardOf }) {
  const show = highlight(chart);
  const told = (grid) => cardOf(grid.at);
  describe(grids, told);
  grids.on("mouseover", (event) => show(event.propagatedFrom));
  grids.on("mouseout", () => show(null));
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("button[data-grid]");
    const grid = button && byPlace.get(Number(button.dataset.grid));
    if (!grid) return;
    chart.fitBounds(grid.getBounds().pad(1.5));
    show(grid);
    L.popup({ className: "fixed-tip" })
      .setLatLng(grid.getBounds().getCenter())
      .setContent(told(grid))
      .openOn(chart);
  });
}
