// What a document does by itself: draw its maps. Everything has its size in mm, so that the screen
// shows what the printer prints. Every text is set as text.
import { hatchSwatches } from "../map/hatch.js";
import { unpacked } from "../map/shapes.js";
import { hatched } from "./hatching.js";
import { write } from "./labels.js";

/** A map that nobody moves, with all the digits that a printer can draw. */
function map(box, [lat, lon, zoom]) {
  const made = L.map(box, {
    attributionControl: false,
    boxZoom: false,
    doubleClickZoom: false,
    dragging: false,
    fadeAnimation: false,
    keyboard: false,
    scrollWheelZoom: false,
    touchZoom: false,
    zoomAnimation: false,
    zoomControl: false,
    zoomSnap: 0,
    maxZoom: 25,
    renderer: L.svg({ padding: 0.02 }),
  });
  // Leaflet rounds to whole pixels, a quarter of a millimetre on paper.
  made.latLngToLayerPoint = (place) => made.project(L.latLng(place)).subtract(made.getPixelOrigin());
  made.setView([lat, lon], zoom, { animate: false });
  return made;
}

/** Draw shapes of the library as this map has them; each map needs layers of its own. */
function coat(chart, library, { shapes, style, styles, only }) {
  const wanted = only && new Set(only);
  for (const shape of library[shapes] ?? []) {
    if (wanted && !wanted.has(shape.at)) continue;
    const own = { ...shape.options, ...style, ...styles?.[shape.at] };
    const drawn = new shape.constructor(shape.getLatLngs(), own).addTo(chart);
    if (own.hatch) hatched(drawn, own.hatch);
  }
}

function draw(frame, library, { view, coats, labels, marks }) {
  const chart = map(frame.querySelector(".chart"), view);
  for (const one of coats) coat(chart, library, one);
  for (const [lon, lat, style] of marks) {
    L.circleMarker([lat, lon], { ...style, interactive: false }).addTo(chart);
  }
  write(chart, frame, labels, marks);
}

export function papers(packed, figures) {
  const options = { interactive: false, smoothFactor: 0.3 };
  const library = Object.fromEntries(
    Object.entries(packed).map(([name, shapes]) => [name, unpacked(shapes, options)]),
  );
  // They stand in the page in their order.
  document.querySelectorAll(".frame").forEach((frame, at) => draw(frame, library, figures[at]));
  hatchSwatches();
  // From now on a narrow screen may show maps smaller; what is drawn stays as it is.
  document.documentElement.classList.add("drawn");
}
