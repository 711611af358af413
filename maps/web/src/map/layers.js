// What lies over the grids: layers that are switched on and off, and points.
import { card, describe } from "./elements.js";

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
    const group = L.geoJSON(shapes, {
      style: ({ properties }) => properties.style,
      pointToLayer: (_, latlng) => L.circleMarker(latlng),
    });
    const said = (shape) => cards[shape.feature.properties.at];
    group.eachLayer((shape) => L.setOptions(shape, { interactive: Boolean(said(shape)) }));
    if (cards.length) describe(group, (shape) => card(...said(shape)));
    return group;
  });
  overlays.forEach(({ key }, number) => {
    const box = document.querySelector(`input[name=layer][value="${CSS.escape(key)}"]`);
    const above = () => [...drawn.slice(number + 1), ...(points ? [points] : [])];
    switched(chart, box, [drawn[number]], above);
  });
}

function pointCard(columns, at) {
  const facts = columns.map(({ label, words, said }) => [label, words ? words[said[at]] : said[at]]);
  return card(facts[0][1], facts.slice(1));
}

export function drawPoints(chart, group, points, ways) {
  points.lon.forEach((lon, at) => {
    const mark = L.circleMarker([points.lat[at], lon], points.styles[points.style[at]]);
    mark.at = at;
    group.addLayer(mark);
  });
  describe(group, (mark) => pointCard(points.columns, mark.at));
  const box = document.getElementById("marks");
  if (box) switched(chart, box, ways ? [ways, group] : [group], () => []);
}
