// The way to paper.
import { redrawHatched, setHatching } from "./hatch.js";

/** What the panel says may be so much larger or smaller on paper. */
const FITS = { A4: [1.3, 0.5], A3: [1.9, 0.6] };
const STEP = 0.05;
/** Half a step of the zoom: the whole map counts as seen as a whole. */
const SLACK = 0.025;

const PAPER = "#paper";

/** At #paper the page is laid out as on paper from the start: for pictures and PDFs. */
export function layOut() {
  if (location.hash === PAPER) document.documentElement.classList.add("printing", "on-paper");
}

/** On paper the map has another size: fit what is seen of the city into it, and the view back. */
export function print(chart, city) {
  const root = document.documentElement;
  if (root.classList.contains("on-paper")) {
    setHatching(true, true);
    redrawHatched(chart);
    fitPanel(true);
    return;
  }
  const table = document.querySelector("details.every");
  const home = table && table.nextElementSibling;
  const { fitted } = chart;
  let view = null;
  const resize = (printing) => {
    if (printing) view = { seen: chart.getBounds(), centre: chart.getCenter(), zoom: chart.getZoom() };
    setHatching(printing || !root.classList.contains("plain"), printing);
    root.classList.toggle("printing", printing);
    // The table of everything has pages of its own, and only when it stands open.
    if (table && printing) document.body.append(table);
    else if (table) home.before(table);
    fitPanel(printing);
    chart.invalidateSize({ animate: false, pan: false });
    chart.fitted = printing ? chart.getBoundsZoom(city) - SLACK : fitted;
    if (printing) chart.fitBounds(common(view.seen, city), { animate: false, padding: [0, 0] });
    else if (view) chart.setView(view.centre, view.zoom, { animate: false });
    redrawHatched(chart);
  };
  window.addEventListener("beforeprint", () => resize(true));
  window.addEventListener("afterprint", () => resize(false));
}

/** Let what the panel says fill the height beside the map, and no more: a sheet is one page. */
function fitPanel(printing) {
  const panel = document.getElementById("panel");
  panel.style.zoom = "";
  if (!printing) return;
  // How it was judged must not be missing on paper, whether somebody had it open or not.
  document.querySelectorAll("details.methods").forEach((one) => (one.open = true));
  const most = panel.parentElement.clientHeight;
  const [largest, least] = FITS[document.body.dataset.paper];
  let fit = largest;
  do panel.style.zoom = fit;
  while (panel.getBoundingClientRect().height > most && (fit -= STEP) >= least);
}

/** What two boxes have in common; the first one when that is nothing. */
function common(one, other) {
  if (!one.intersects(other)) return one;
  return L.latLngBounds(
    [Math.max(one.getSouth(), other.getSouth()), Math.max(one.getWest(), other.getWest())],
    [Math.min(one.getNorth(), other.getNorth()), Math.min(one.getEast(), other.getEast())],
  );
}
