// Patterns that lie on the colours, so that a grey copy still tells the classes apart. The same
// tile fills the map and the legend. Numbers as in drawing/ramps.py.

export const TILE_PX = 6;
/** Leaflet's canvas has twice the screen's dots; the legend's pictures are scaled on paper. */
const [CANVAS_SCALE, PAPER_SCALE] = [2, 8];
const SWATCH_PX = [20, 11];
const DOT_PX = 0.85;
export const LINE_PX = 0.7;
const SPARSE_DOTS = [[1.5, 1.5]];
const DOTS = [[1.5, 1.5], [4.5, 4.5]];
/** Lines by direction: x and y of a step, and how many cross the tile. */
const [RISING, FALLING, LEVEL, UPRIGHT] = [[1, -1], [1, 1], [1, 0], [0, 1]];
const PATTERNS = {
  1: { dots: SPARSE_DOTS },
  2: { dots: DOTS },
  3: { lines: [[RISING, 1]] },
  4: { lines: [[RISING, 2]] },
  5: { lines: [[RISING, 1], [FALLING, 1]] },
  6: { lines: [[LEVEL, 1]] },
  7: { lines: [[UPRIGHT, 1]] },
  8: { lines: [[FALLING, 1]] },
  9: { lines: [[FALLING, 2]] },
  10: { lines: [[RISING, 2], [FALLING, 2]] },
};
/**
 * One dark ink: the denser the pattern, the darker its class, in grey too. On the screen, where
 * colours tell the classes apart, it is thinner, so that a whole city stays calm.
 */
export const INK = "rgb(20 28 34 / 50%)";
const SCREEN_INK = "rgb(20 28 34 / 40%)";

const hatching = { on: true, ink: SCREEN_INK };
const tiles = new Map();
const patterns = new WeakMap();

/** Whether patterns are drawn; the paper always has them, in its own ink. */
export function setHatching(on, onPaper = false) {
  Object.assign(hatching, { on, ink: onPaper ? INK : SCREEN_INK });
  hatchSwatches();
}

function drawLines(ctx, [[x, y], count]) {
  const gap = TILE_PX / count;
  for (let start = -TILE_PX; start <= 2 * TILE_PX; start += gap) {
    const from = x ? [-TILE_PX, start + gap / 2 - (y ? 2 * TILE_PX * y : 0)] : [start + gap / 2, -TILE_PX];
    ctx.moveTo(...from);
    ctx.lineTo(from[0] + 4 * TILE_PX * x, from[1] + 4 * TILE_PX * y);
  }
}

/** A pattern's lines as an SVG path. */
export function pathOf(number) {
  const steps = [];
  const pen = {
    moveTo: (x, y) => steps.push(`M${x} ${y}`),
    lineTo: (x, y) => steps.push(`L${x} ${y}`),
  };
  for (const each of PATTERNS[number].lines ?? []) drawLines(pen, each);
  return steps.join("");
}

/** A pattern's dots: x, y and radius. */
export function dotsOf(number) {
  return (PATTERNS[number].dots ?? []).map(([x, y]) => [x, y, DOT_PX]);
}

/** Return a tile of a pattern, with so many dots to each of the screen's. */
function tile(number, scale) {
  const key = `${number} ${scale} ${hatching.ink}`;
  if (tiles.has(key)) return tiles.get(key);
  const made = document.createElement("canvas");
  made.width = made.height = scale * TILE_PX;
  const ctx = made.getContext("2d");
  const { dots = [], lines = [] } = PATTERNS[number];
  ctx.scale(scale, scale);
  ctx.fillStyle = ctx.strokeStyle = hatching.ink;
  ctx.lineWidth = LINE_PX;
  ctx.beginPath();
  for (const each of lines) drawLines(ctx, each);
  ctx.stroke();
  for (const [x, y] of dots) {
    ctx.beginPath();
    ctx.arc(x, y, DOT_PX, 0, 2 * Math.PI);
    ctx.fill();
  }
  tiles.set(key, made);
  return made;
}

function patternOf(ctx, made) {
  if (!patterns.has(made)) {
    const pattern = ctx.createPattern(made, "repeat");
    pattern.setTransform(new DOMMatrix().scale(1 / CANVAS_SCALE));
    patterns.set(made, pattern);
  }
  return patterns.get(made);
}

/** Leaflet's canvas, which lays the option `hatch` on a shape's colour. */
const HatchedCanvas = L.Canvas.extend({
  _fillStroke(ctx, layer) {
    L.Canvas.prototype._fillStroke.call(this, ctx, layer);
    const { hatch, fill, fillRule } = layer.options;
    if (!hatch || !fill || !hatching.on) return;
    ctx.globalAlpha = 1;
    ctx.fillStyle = patternOf(ctx, tile(hatch, CANVAS_SCALE));
    ctx.fill(fillRule || "evenodd");
  },
});

export function hatchedCanvas(options) {
  return new HatchedCanvas(options);
}

/** Return a swatch's whole picture: of a repeated tile, printers make blurs. */
function pictureOf(number) {
  const made = document.createElement("canvas");
  [made.width, made.height] = SWATCH_PX.map((side) => side * PAPER_SCALE);
  const ctx = made.getContext("2d");
  ctx.fillStyle = ctx.createPattern(tile(number, PAPER_SCALE), "repeat");
  ctx.fillRect(0, 0, made.width, made.height);
  return made.toDataURL();
}

/** Give the legend's swatches the map's patterns. */
export function hatchSwatches() {
  for (const swatch of document.querySelectorAll("[data-hatch]")) {
    swatch.style.backgroundImage = `url(${pictureOf(Number(swatch.dataset.hatch))})`;
    swatch.style.backgroundSize = "100% 100%";
  }
}

/** Draw again what has a pattern. */
export function redrawHatched(chart) {
  chart.eachLayer((layer) => layer.options.hatch && layer.redraw());
}

/** Switch the patterns by their checkbox. */
export function chooseHatching(chart) {
  const box = document.getElementById("hatching");
  if (!box) return;
  box.checked = box.defaultChecked;
  const follow = () => {
    setHatching(box.checked);
    document.documentElement.classList.toggle("plain", !box.checked);
    redrawHatched(chart);
  };
  box.addEventListener("change", follow);
}
