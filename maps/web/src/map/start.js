// What a map page does by itself: shade, point, name, print.
import { card, describe, element } from "./elements.js";
import { chooseMeasure, describeGrids, gridsOf } from "./grids.js";
import { chooseHatching, hatchedCanvas, hatchSwatches } from "./hatch.js";
import { drawOverlays, drawPoints, pointsOf } from "./layers.js";
import { drawNames } from "./names.js";
import { layOut, print } from "./paper.js";
import { unpacked } from "./shapes.js";
import { sortTables } from "./tables.js";

/**
 * Scripts that some pages carry besides: each is started when the map stands. One that has a
 * `prepare` is asked before the map looks anywhere.
 */
export const modules = {};

export function map(id, options) {
  layOut();
  // Twice the screen's dots, so that the canvas stays sharp on paper.
  L.Browser.retina = true;
  const made = L.map(id, {
    ...options,
    attributionControl: false,
    zoomSnap: 0.05,
    zoomDelta: 0.5,
    wheelPxPerZoomLevel: 120,
    maxZoom: 23,
    renderer: hatchedCanvas({ padding: 0.3, tolerance: 3 }),
  });
  L.control.zoom({ position: "topleft" }).addTo(made);
  L.control.scale({ imperial: false, maxWidth: 160 }).addTo(made);
  return made;
}

export function start(chart, told) {
  hatchSwatches();
  sortTables();
  if (told.bounds) draw(chart, told);
  else {
    chart.setView([0, 0], 2);
    // A scale and an arrow would be of nothing.
    chart.getContainer().parentElement.classList.add("empty");
    print(chart, chart.getBounds());
  }
  // Whoever takes a picture waits for this.
  window.gridgisReady = true;
}

function layersOf(chart, { shapes, base, points }) {
  const layers = { grids: L.featureGroup(unpacked(shapes)).addTo(chart) };
  for (const [name, its] of Object.entries(base)) {
    layers[name] = L.featureGroup(unpacked(its, { interactive: false }));
    if (name !== "ways") layers[name].addTo(chart);
  }
  if (points.lon) layers.points = pointsOf(points);
  return layers;
}

function draw(chart, told) {
  for (const [name, its] of Object.entries(told.modules)) modules[name].prepare?.(chart, its);
  chart.fitBounds(told.bounds, { padding: [24, 24], animate: false });
  chart.fitted = chart.getZoom();
  chart.setMinZoom(chart.fitted - 1);
  chart.setMaxBounds(L.latLngBounds(told.bounds).pad(0.6));
  const layers = layersOf(chart, told);
  const grids = gridsOf(layers.grids, told);
  chooseMeasure(grids.shade, told.measures);
  describeGrids(chart, layers.grids, grids);
  drawOverlays(chart, told.overlays, layers.points);
  if (layers.points) drawPoints(chart, layers.points, layers.ways);
  if (told.names.length) drawNames(chart, told.names);
  chooseHatching(chart);
  const view = { ...grids, told, card, describe, drawNames, element, gridsOf, unpacked };
  for (const [name, its] of Object.entries(told.modules)) modules[name](chart, layers, its, view);
  print(chart, L.latLngBounds(told.bounds));
}
