// Names on the map: of areas, roads, rivers and parks.
import { element } from "./elements.js";

const NAME_GAP_PX = 4;
/** How much closer than the whole map somebody must look to see names that are not areas'. */
const LOOKS = [0, 1, 2];
const SAME_NAME_PX = 320;

/** Draw names, the foremost first; a name that would touch an earlier one waits. */
export function drawNames(chart, names) {
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
