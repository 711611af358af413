// Through time: a bar for each slice, a slider under them, and the grids shaded as they were then.
(() => {
  "use strict";

  const PLAY_MS = 700;
  const SVG = "http://www.w3.org/2000/svg";
  const POINT_FACTS = { slice: 0, window: 1 };

  /** Put facts into a text that names them in braces. */
  const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (all, name) => facts[name] ?? all);
  const whole = (number) => number.toLocaleString("en-US");

  function drawn(tag, attributes) {
    const made = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  }

  /** The counts of each grid in one slice, or in those up to it; and what they come to. */
  function countsOf(told, grids) {
    return (slice, length) => {
      const counts = new Array(grids).fill(0);
      const first = told.starts[Math.max(0, slice - length + 1)];
      for (let at = first; at < told.starts[slice + 1]; at += 1) counts[told.at[at]] += told.n[at];
      return counts;
    };
  }

  /** The class of a count, as the legend numbers them: 0 for none, then by the upper ends. */
  const classOf = (ends, count) =>
    count ? ends.findIndex((end) => end === null || count <= end) + 1 : 0;

  /** Bars, one a slice, on one path: the page stays light with a thousand of them. */
  function bars(totals) {
    const most = Math.max(1, ...totals);
    const path = totals.map((total, at) => {
      const height = (100 * total) / most;
      return total ? `M${at + 0.1} 100v${-height.toFixed(2)}h.8V100Z` : "";
    });
    const svg = drawn("svg", {
      viewBox: `0 0 ${totals.length} 100`,
      preserveAspectRatio: "none",
      "aria-hidden": "true",
    });
    const window = drawn("rect", { class: "window", y: 0, height: 100 });
    const now = drawn("rect", { class: "now", width: 1 });
    svg.append(window, drawn("path", { d: path.join("") }), now);
    const mark = (slice, length) => {
      const first = Math.max(0, slice - length + 1);
      window.setAttribute("x", first);
      window.setAttribute("width", slice - first + 1);
      const height = Math.max(2, (100 * totals[slice]) / most);
      now.setAttribute("x", slice);
      now.setAttribute("y", 100 - height);
      now.setAttribute("height", height);
    };
    return { svg, mark };
  }

  /** Build the strip below the map; return its parts. */
  function strip(told, totals, element) {
    const { words } = told;
    const button = (className, said, sign) => {
      const made = element("button", className, sign);
      made.type = "button";
      made.setAttribute("aria-label", said);
      made.title = said;
      return made;
    };
    const box = element("section", "through-time");
    const row = element("div", "steps");
    const earlier = button("earlier", words.earlier, "‹");
    const play = button("play", words.play, "▶");
    const later = button("later", words.later, "›");
    const output = element("output", "said");
    row.append(earlier, play, later, output, element("span", "scale", words.scale));

    const slider = element("div", "slider");
    slider.tabIndex = 0;
    slider.setAttribute("role", "slider");
    slider.setAttribute("aria-label", words.slider);
    slider.setAttribute("aria-valuemin", "1");
    slider.setAttribute("aria-valuemax", String(totals.length));
    const chart = bars(totals);
    const track = element("div", "track");
    const thumb = element("i", "thumb");
    track.append(thumb);
    const ticks = element("div", "ticks");
    for (const [at, name] of told.ticks) {
      const tick = element("span", at < totals.length / 30 ? "edge" : "", name);
      tick.style.left = `${(100 * (at + 0.5)) / totals.length}%`;
      ticks.append(tick);
    }
    slider.append(chart.svg, track);
    box.append(row, slider, ticks);
    return { box, slider, thumb, mark: chart.mark, output, earlier, play, later };
  }

  /** The points of the map, of which only those of a slice are shown. */
  function pointsOf(told, group) {
    if (!group) return () => null;
    const marks = group.getLayers();
    const bySlice = new Map();
    told.pointSlices.forEach((slice, at) => {
      bySlice.set(slice, [...(bySlice.get(slice) ?? []), marks[at]]);
    });
    return (slice) => {
      const mine = bySlice.get(slice) ?? [];
      const few = slice >= told.wholeFrom && mine.length <= told.few;
      group.clearLayers();
      if (few) mine.forEach((mark) => group.addLayer(mark));
      return few ? mine.length : null;
    };
  }

  gridgis.modules.slider = (chart, layers, told, view) => {
    const slices = told.names.length;
    const grids = view.told.grids;
    const counted = countsOf(told, grids.length);
    const totals = told.names.map((_, slice) => counted(slice, 1).reduce((sum, one) => sum + one, 0));
    const showPoints = pointsOf(told, layers.points);
    const parts = strip(told, totals, view.element);
    const section = document.querySelector(".chart");
    let now = told.first;
    let measure = view.told.measures[0].key;
    let timer = null;

    function say(counts, points) {
      const facts = {
        name: told.names[now],
        count: whole(counts.reduce((sum, one) => sum + one, 0)),
        grids: whole(counts.filter(Boolean).length),
        points: whole(points ?? 0),
      };
      const { words } = told;
      const said = [fill(measure === "window" ? words.now_window : words.now, facts)];
      if (layers.points) said.push(points === null ? words.no_points : fill(words.points, facts));
      parts.output.textContent = said[0];
      parts.slider.setAttribute("aria-valuenow", String(now + 1));
      parts.slider.setAttribute("aria-valuetext", said.join("; "));
      parts.slider.title = said.join("; ");
    }

    /** Write each class's grids of now into the legend that is shown. */
    function tellLegend(classes, rows) {
      const cells = document.querySelectorAll(
        `section[data-measure="${measure}"] table.legend tbody td:nth-child(2)`,
      );
      for (let mine = 0; mine < rows; mine += 1) {
        cells[mine].textContent = whole(classes.filter((one) => one === mine).length);
      }
    }

    function show(slice) {
      now = Math.min(Math.max(slice, 0), slices - 1);
      const both = { slice: counted(now, 1), window: counted(now, told.window) };
      for (const [key, fact] of Object.entries(POINT_FACTS)) {
        grids.forEach((grid, at) => (grid[3][fact] = whole(both[key][at])));
      }
      const shading = view.told.measures.find(({ key }) => key === measure);
      const classes = both[measure].map((count) => classOf(told.breaks[measure], count));
      view.paint(shading, (at) => classes[at]);
      tellLegend(classes, told.breaks[measure].length + 1);
      parts.mark(now, measure === "window" ? told.window : 1);
      parts.thumb.style.left = `${(100 * (now + 0.5)) / slices}%`;
      parts.earlier.disabled = now === 0;
      parts.later.disabled = now === slices - 1;
      say(both[measure], showPoints(now));
    }

    function play(on) {
      clearInterval(timer);
      timer = null;
      if (on && slices > 1) {
        if (now === slices - 1) show(0);
        timer = setInterval(() => (now < slices - 1 ? show(now + 1) : play(false)), PLAY_MS);
      }
      const said = timer ? told.words.pause : told.words.play;
      parts.play.textContent = timer ? "❚❚" : "▶";
      parts.play.setAttribute("aria-label", said);
      parts.play.title = said;
      // Whoever listens would hear nothing else while it plays.
      parts.output.setAttribute("aria-live", timer ? "off" : "polite");
    }

    const stop = (slice) => {
      if (timer) play(false);
      show(slice);
    };
    const keys = {
      ArrowRight: () => stop(now + 1),
      ArrowUp: () => stop(now + 1),
      ArrowLeft: () => stop(now - 1),
      ArrowDown: () => stop(now - 1),
      PageUp: () => stop(now + told.window),
      PageDown: () => stop(now - told.window),
      Home: () => stop(0),
      End: () => stop(slices - 1),
      " ": () => play(!timer),
    };
    parts.slider.addEventListener("keydown", (event) => {
      const does = keys[event.key];
      if (!does || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      does();
    });
    const pointed = (event) => {
      const { left, width } = parts.slider.getBoundingClientRect();
      stop(Math.floor((slices * (event.clientX - left)) / width));
    };
    parts.slider.addEventListener("pointerdown", (event) => {
      parts.slider.setPointerCapture(event.pointerId);
      pointed(event);
    });
    parts.slider.addEventListener("pointermove", (event) => {
      if (parts.slider.hasPointerCapture(event.pointerId)) pointed(event);
    });
    parts.earlier.addEventListener("click", () => stop(now - 1));
    parts.later.addEventListener("click", () => stop(now + 1));
    parts.play.addEventListener("click", () => play(!timer));
    parts.play.disabled = slices < 2;
    for (const choice of document.querySelectorAll("input[name=measure]")) {
      // After the sheet's own listener, which shades by the last slice.
      choice.addEventListener("change", () => {
        measure = choice.value;
        show(now);
      });
    }

    section.classList.add("with-time");
    section.append(parts.box);
    chart.invalidateSize({ animate: false });
    chart.fitBounds(view.told.bounds, { padding: [24, 24], animate: false });
    play(false);
    show(now);
  };
})();
