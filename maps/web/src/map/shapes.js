// Shapes as drawing/packing.py tells them: whole numbers, each the step from the one before.

const [POINT, LINE] = [0, 1];

/** Return the numbers whose steps these are, as degrees. */
export function unstepped(steps, digits) {
  const scale = 10 ** digits;
  let sum = 0;
  return steps.map((step) => (sum += step) / scale);
}

/** Return a layer for each shape; it knows its `at`, where something is said of it. */
export function unpacked({ digits, styles, shapes }, options = {}) {
  const scale = 10 ** digits;
  let [lon, lat] = [0, 0];
  const line = (steps) => {
    const latlngs = [];
    for (let at = 0; at < steps.length; at += 2) {
      lon += steps[at];
      lat += steps[at + 1];
      latlngs.push([lat / scale, lon / scale]);
    }
    return latlngs;
  };
  const layerOf = (kind, parts, its) => {
    if (kind === POINT) return parts.map((steps) => L.circleMarker(line(steps)[0], its));
    if (kind === LINE) return [L.polyline(parts.map(line), { smoothFactor: 0.5, ...its })];
    const areas = parts.map((rings) => rings.map(line));
    return [L.polygon(areas, { smoothFactor: 0.5, ...its })];
  };
  return shapes.flatMap(([kind, at, style, parts]) => {
    const made = layerOf(kind, parts, { ...options, ...styles[style] });
    for (const layer of made) layer.at = at;
    return made;
  });
}
