// Names of areas on the map.
import { element } from "./elements.js";

const NAME_GAP_PX = 4;

/** Draw names, the great ones first; a name that would touch an earlier one waits. */
export function drawNames(chart, names) {
  const pane = chart.createPane("names");
  pane.style.zIndex = 460;
  pane.style.pointerEvents = "none";
  const least = Math.min(...names.map(([, , , depth]) => depth));
  const marks = names.map(([name, lon, lat, depth]) => {
    const label = element("span", depth === least ? "name great" : "name", name);
    const icon = L.divIcon({ className: "", iconSize: [0, 0], html: label });
    L.marker([lat, lon], { icon, pane: "names", interactive: false, keyboard: false }).addTo(chart);
    return { label, depth };
  });
  const apart = () => {
    const taken = [];
    for (const { label, depth } of marks) {
      label.hidden = false;
      const box = label.getBoundingClientRect();
      const free = taken.every(
        (other) =>
          box.right + NAME_GAP_PX < other.left ||
          box.left - NAME_GAP_PX > other.right ||
          box.bottom + NAME_GAP_PX < other.top ||
          box.top - NAME_GAP_PX > other.bottom,
      );
      const early = depth > least && chart.getZoom() < chart.fitted + 0.9;
      label.hidden = early || !free;
      if (!label.hidden) taken.push(box);
    }
  };
  chart.on("zoomend resize", apart);
  apart();
}
