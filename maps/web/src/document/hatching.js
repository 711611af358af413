// Patterns on paper: the map's own, drawn as lines, which a printer keeps sharp.
import { INK, LINE_PX, TILE_PX, dotsOf, pathOf } from "../map/hatch.js";
import { svg } from "./labels.js";

/** The pattern as a fill of this drawing; each drawing has its own, since ids hold for the page. */
function fillOf(drawing, number) {
  drawing.id ||= `drawing-${document.querySelectorAll("svg[id^=drawing]").length}`;
  const id = `${drawing.id}-${number}`;
  if (!document.getElementById(id)) {
    const units = { patternUnits: "userSpaceOnUse", width: TILE_PX, height: TILE_PX };
    const pattern = svg("pattern", { id, ...units });
    const strokes = { d: pathOf(number), fill: "none", stroke: INK, "stroke-width": LINE_PX };
    pattern.append(svg("path", strokes));
    for (const [cx, cy, r] of dotsOf(number)) pattern.append(svg("circle", { cx, cy, r, fill: INK }));
    drawing.append(pattern);
  }
  return `url(#${id})`;
}

/** Lay a pattern on a drawn shape. */
export function hatched(shape, number) {
  const path = shape.getElement();
  const over = path.cloneNode();
  const fill = fillOf(path.ownerSVGElement, number);
  for (const [name, value] of Object.entries({ fill, "fill-opacity": 1, stroke: "none" })) {
    over.setAttribute(name, value);
  }
  path.after(over);
}
