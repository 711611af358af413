// Then and now: a second map over the first, cut by a divider, or beside it; both move together.
(() => {
  "use strict";

  const BOTH = ["swipe", "side"];
  const STEP = 2;
  const LEAP = 10;
  const MIDDLE = 50;

  /** Let two maps show the same place: where one goes, the other follows at once. */
  function together(one, other) {
    let leading = null;
    const follow = (from, to) => (event) => {
      if (leading === to) return;
      leading = from;
      const anim = event.type === "zoomanim";
      to.setView(anim ? event.center : from.getCenter(), anim ? event.zoom : from.getZoom(), {
        animate: false,
      });
      leading = null;
    };
    one.on("move zoomanim", follow(one, other));
    other.on("move zoomanim", follow(other, one));
  }

  /** Draw what was there then, on a map of its own. */
  function drawThen(box, told, view) {
    const then = gridgis.map(box.id, { keyboard: true, preferCanvas: true });
    const { told: now } = view;
    then.fitBounds(now.bounds, { padding: [24, 24], animate: false });
    then.fitted = then.getZoom();
    const group = L.featureGroup(view.unpacked(told.shapes ?? now.shapes)).addTo(then);
    for (const name of ["greens", "water", "roads", "outlines"]) {
      const its = name === "outlines" && told.outlines ? told.outlines : now.base[name];
      if (its) L.featureGroup(view.unpacked(its, { interactive: false })).addTo(then);
    }
    const grids = view.gridsOf(group, { ...now, grids: told.grids ?? now.grids });
    view.describe(group, (grid) => grids.cardOf(grid.at));
    if (now.names.length) view.drawNames(then, now.names);
    return { then, grids };
  }

  function divider(section, told, element) {
    const bar = element("div", "divider");
    bar.tabIndex = 0;
    bar.setAttribute("role", "slider");
    bar.setAttribute("aria-label", told.words.divider);
    bar.setAttribute("aria-valuemin", "0");
    bar.setAttribute("aria-valuemax", "100");
    bar.append(element("i", "", "‹›"));
    let at = MIDDLE;
    const move = (to) => {
      at = Math.min(Math.max(Math.round(to), 0), 100);
      section.style.setProperty("--at", `${at}%`);
      bar.setAttribute("aria-valuenow", String(at));
      bar.setAttribute("aria-valuetext", told.words.said.replace("{share}", at));
    };
    const keys = {
      ArrowLeft: () => move(at - STEP),
      ArrowDown: () => move(at - STEP),
      ArrowRight: () => move(at + STEP),
      ArrowUp: () => move(at + STEP),
      PageDown: () => move(at - LEAP),
      PageUp: () => move(at + LEAP),
      Home: () => move(0),
      End: () => move(100),
    };
    bar.addEventListener("keydown", (event) => {
      if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      keys[event.key]();
    });
    bar.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      bar.focus();
      bar.setPointerCapture(event.pointerId);
    });
    bar.addEventListener("pointermove", (event) => {
      if (!bar.hasPointerCapture(event.pointerId)) return;
      const { left, width } = section.getBoundingClientRect();
      move((100 * (event.clientX - left)) / width);
    });
    move(MIDDLE);
    return bar;
  }

  gridgis.modules.swipe = (chart, layers, told, view) => {
    const section = document.querySelector(".chart");
    const box = view.element("div");
    box.id = "then";
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", told.words.then);
    document.getElementById("map").after(box);
    section.classList.add("comparing");
    const { then, grids } = drawThen(box, told, view);
    section.append(
      divider(section, told, view.element),
      view.element("p", "side-name then-name", told.words.then),
      view.element("p", "side-name now-name", told.words.now),
    );
    together(chart, then);

    let mode = "";
    function arrange(next, refit) {
      mode = next;
      section.dataset.view = BOTH.includes(next) ? next : "one";
      // Between two sizes the map may lie beyond its limits, and would pan back for a while.
      const limits = chart.options.maxBounds;
      chart.setMaxBounds(null);
      for (const one of [chart, then]) one.invalidateSize({ animate: false, pan: false });
      if (refit) chart.fitBounds(view.told.bounds, { padding: [24, 24], animate: false });
      chart.setMaxBounds(limits);
    }
    function show(key) {
      const measure = view.told.measures.find((one) => one.key === key);
      arrange(key, key !== mode);
      if (BOTH.includes(key)) grids.paint(measure, (at) => told.classes[at]);
    }
    for (const choice of document.querySelectorAll("input[name=measure]")) {
      choice.addEventListener("change", () => show(choice.value));
    }
    document.getElementById("hatching")?.addEventListener("change", () => {
      then.eachLayer((layer) => layer.options.hatch && layer.redraw());
    });
    // Paper cannot be swiped: both stand side by side on it.
    window.addEventListener("beforeprint", () => {
      section.dataset.screen = mode;
      if (BOTH.includes(mode)) arrange("side", true);
    });
    window.addEventListener("afterprint", () => arrange(section.dataset.screen, true));
    show(view.told.measures[0].key);
  };
})();
