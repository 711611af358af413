// What lies over the grids: layers that are switched on and off, and points.
import { card, describe } from "./elements.js";
import { unpacked, unstepped } from "./shapes.js";

/** Switch layers by their checkbox, and keep what lies above them above. */
function switched(chart, box, groups, above) {
  const follow = () => {
    for (const group of groups) {
      if (box.checked) chart.addLayer(group);
      else chart.removeLayer(group);
    }
    if (box.checked) above().forEach((group) => chart.hasLayer(group) && group.bringToFront());
  };
  // A browser may restore the choice of an earlier visit.
  box.checked = box.defaultChecked;
  box.addEventListener("change", follow);
  follow();
}

export function drawOverlays(chart, overlays, points) {
  const drawn = overlays.map(({ shapes, cards }) => {
    const made = unpacked(shapes, { smoothFactor: 0 });
    for (const shape of made) L.setOptions(shape, { interactive: Boolean(cards[shape.at]) });
    const group = L.featureGroup(made);
    if (cards.length) describe(group, (shape) => card(...cards[shape.at]));
    return group;
  });
  overlays.forEach(({ key }, number) => {
    const box = document.querySelector(`input[name=layer][value="${CSS.escape(key)}"]`);
    const above = () => [...drawn.slice(number + 1), ...(points ? [points] : [])];
    switched(chart, box, [drawn[number]], above);
  });
}

const MINUTE_MS = 60_000;

/** Return what tells a column's text at a place: a word by its number, a moment, or the text. */
function textsOf({ words, said, minutes }) {
  if (words) return (at) => words[said[at]];
  if (!minutes) return (at) => said[at];
  const told = unstepped(minutes, 0);
  // They are the city's clock, whatever the reader's is.
  return (at) => new Date(told[at] * MINUTE_MS).toISOString().slice(0, 16).replace("T", " ");
}

function cardsOf(columns) {
  const [heading, ...facts] = columns.map((column) => [column.label, textsOf(column)]);
  return (at) => card(heading[1](at), facts.map(([label, text]) => [label, text(at)]));
}

export function pointsOf({ lon, lat, digits, styles, style, columns }) {
  const lats = unstepped(lat, digits);
  const marks = unstepped(lon, digits).map((its, at) => {
    const mark = L.circleMarker([lats[at], its], styles[style[at]]);
    mark.at = at;
    return mark;
  });
  const group = L.featureGroup(marks);
  const told = cardsOf(columns);
  describe(group, (mark) => told(mark.at));
  return group;
}

export function drawPoints(chart, group, ways) {
  const box = document.getElementById("marks");
  const groups = ways ? [ways, group] : [group];
  if (box) switched(chart, box, groups, () => []);
  else groups.forEach((one) => chart.addLayer(one));
}
