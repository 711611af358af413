// Where the labels of a map on paper stand: apart from each other, and from what must not be covered.

const SVG = "http://www.w3.org/2000/svg";
const GAP_PX = 1.5;
const LINE_EM = 1.12;
const LEADER_PX = 9;
const BESIDE_PX = 5;
const BESIDE_MARKS = ["sight", "mark"];

export function svg(tag, attributes) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

const apart = (one, other) =>
  one.right + GAP_PX < other.left ||
  one.left - GAP_PX > other.right ||
  one.bottom + GAP_PX < other.top ||
  one.top - GAP_PX > other.bottom;

function shifted({ left, right, top, bottom }, x, y) {
  return { left: left + x, right: right + x, top: top + y, bottom: bottom + y };
}

/** The boxes of corners that are taken: scale bar, north arrow. */
function corners(frame) {
  const origin = frame.getBoundingClientRect();
  return [...frame.querySelectorAll(".north, .scale")].map((corner) =>
    shifted(corner.getBoundingClientRect(), -origin.left, -origin.top),
  );
}

/** Small boxes along a turned text; one box would claim all the ground of its diagonal. */
function boxes({ x, y, width, height }, angle) {
  const turn = (angle * Math.PI) / 180;
  const pieces = angle ? Math.max(1, Math.ceil(width / height)) : 1;
  const half = { x: width / pieces / 2, y: height / 2 };
  return Array.from({ length: pieces }, (_, at) => {
    const along = x + (2 * at + 1) * half.x;
    const across = y + half.y;
    const middle = {
      x: along * Math.cos(turn) - across * Math.sin(turn),
      y: along * Math.sin(turn) + across * Math.cos(turn),
    };
    const reach = angle ? { x: half.y, y: half.y } : half;
    return {
      left: middle.x - reach.x,
      right: middle.x + reach.x,
      top: middle.y - reach.y,
      bottom: middle.y + reach.y,
    };
  });
}

function written(lines, kind, angle) {
  const made = svg("text", { class: `label ${kind}`, transform: `rotate(${angle})` });
  lines.forEach((line, at) => {
    const dy = at ? LINE_EM : 0.35 - ((lines.length - 1) * LINE_EM) / 2;
    const part = svg("tspan", { x: 0, dy: `${dy}em`, class: at ? "further" : "first" });
    part.textContent = line;
    made.append(part);
  });
  return made;
}

/** Where a label may go, the best place first: its own, beside it, then farther off. */
function* places({ width, height }, angle, beside) {
  if (beside) {
    for (const side of [-1, 1]) yield [0, side * (height / 2 + BESIDE_PX)];
    for (const side of [1, -1]) yield [side * (width / 2 + BESIDE_PX), 0];
    return;
  }
  yield [0, 0];
  if (angle) return;
  for (const [x, y] of [[0, -0.5], [0, 0.5], [0.4, 0], [-0.4, 0], [0.4, -0.5], [-0.4, 0.5]]) {
    yield [x * width, y * height];
  }
  for (const far of [1, 1.6, 2.3]) {
    for (const [x, y] of [[0, -1], [0, 1], [1, 0], [-1, 0], [0.7, -0.7], [-0.7, 0.7], [0.7, 0.7], [-0.7, -0.7]]) {
      yield [x * far * (width * 0.6 + 6), y * far * (height + 4)];
    }
  }
}

/** Set one label; true when there was room for it. */
function set(sheet, size, taken, at, [lines, , , kind, angle, minor]) {
  for (let count = lines.length; count > 0; count -= 1) {
    const text = written(lines.slice(0, count), kind, angle);
    sheet.append(text);
    const own = text.getBBox();
    const claimed = boxes(own, angle);
    const beside = BESIDE_MARKS.includes(kind);
    for (const [x, y] of places(own, angle, beside)) {
      const away = !beside && Math.hypot(x, y) > Math.max(own.height, LEADER_PX);
      // Names that do not matter much stay where they belong, and so do names with further lines.
      if (away && (minor || count > 1)) break;
      const here = claimed.map((box) => shifted(box, at.x + x, at.y + y));
      const inside = here.every(
        (box) => box.left > 1 && box.top > 1 && box.right < size.x - 1 && box.bottom < size.y - 1,
      );
      if (!inside || !here.every((box) => taken.every((other) => apart(box, other)))) continue;
      if (away) {
        sheet.prepend(svg("line", { class: "leader", x1: at.x, y1: at.y, x2: at.x + x, y2: at.y + y }));
      }
      text.setAttribute("transform", `translate(${at.x + x} ${at.y + y}) rotate(${angle})`);
      taken.push(...here);
      return true;
    }
    text.remove();
  }
  return false;
}

export function write(chart, frame, labels, marks) {
  const size = chart.getSize();
  const sheet = svg("svg", { class: "labels", "aria-hidden": "true", viewBox: `0 0 ${size.x} ${size.y}` });
  frame.append(sheet);
  const spot = (lon, lat) => chart.latLngToLayerPoint([lat, lon]);
  const taken = corners(frame);
  for (const [lon, lat, style] of marks) {
    const { x, y } = spot(lon, lat);
    const reach = style.radius + 1;
    taken.push({ left: x - reach, right: x + reach, top: y - reach, bottom: y + reach });
  }
  const left = labels.filter((label) => {
    const at = spot(label[1], label[2]);
    const inside = at.x > 0 && at.y > 0 && at.x < size.x && at.y < size.y;
    return inside && !set(sheet, size, taken, at, label) && !label[5];
  });
  const note = frame.querySelector(".left");
  note.hidden = !left.length;
  note.textContent = note.dataset.left.replace("#", left.length);
}
