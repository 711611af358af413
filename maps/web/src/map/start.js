// What a map page does by itself: shade, point, name, print.
import { card, element } from "./elements.js";
import { chooseMeasure, describeGrids, gridsOf } from "./grids.js";
import { drawOverlays, drawPoints } from "./layers.js";
import { drawNames } from "./names.js";
import { print } from "./paper.js";

/** Scripts that some pages carry besides: each is started when the map stands. */
export const modules = {};

export function map(id, options) {
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

export function start(chart, layers, told) {
  if (told.bounds) draw(chart, layers, told);
  else chart.setView([0, 0], 2);
  window.gridgisReady = true;
}

function draw(chart, layers, told) {
  chart.fitBounds(told.bounds, { padding: [24, 24], animate: false });
  chart.fitted = chart.getZoom();
  chart.setMinZoom(chart.fitted - 1);
  chart.setMaxBounds(L.latLngBounds(told.bounds).pad(0.6));
  const grids = gridsOf(chart, layers.grids, told);
  chooseMeasure(grids.shade, told.measures);
  describeGrids(chart, layers.grids, grids);
  for (const name of ["greens", "water", "roads", "outlines", "ways"]) {
    if (layers[name]) layers[name].eachLayer((shape) => L.setOptions(shape, { interactive: false }));
  }
  drawOverlays(chart, told.overlays, layers.points);
  if (layers.points) drawPoints(chart, layers.points, told.points, layers.ways);
  if (told.names.length) drawNames(chart, told.names);
  print(chart, L.latLngBounds(told.bounds));
  const view = { ...grids, told, card, element };
  for (const [name, its] of Object.entries(told.modules)) modules[name](chart, layers, its, view);
}
