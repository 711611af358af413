import { byId, el, on } from "./dom";
import { currentLanguage, type Key, t } from "./words";

/** The maps that are asked for most: what is asked, and what people read. */
const MAPS: [question: string, name: Key, hint: Key][] = [
  ["coverage.html?", "page.maps.coverage", "page.maps.coverage.hint"],
  ["hotspots.html?days=30&", "page.maps.hotspots", "page.maps.hotspots.hint"],
  ["workload.html?days=30&", "page.maps.workload", "page.maps.workload.hint"],
  ["monthly.html?", "page.maps.monthly", "page.maps.monthly.hint"],
];

/** Write the menu in the page's language; the maps speak it too. */
export function writeMaps(): void {
  const rows = MAPS.map(([question, name, hint]) => {
    const href = `/api/v1/maps/${question}lang=${currentLanguage()}`;
    const attributes = { href, target: "_blank", rel: "noopener", title: t("page.new_tab") };
    const link = el("a", attributes, el("strong", {}, t(name)), el("small", {}, t(hint)));
    return el("li", {}, on(link, { click: fold }));
  });
  byId("maps-list").replaceChildren(...rows);
}

/** Close the menu as people expect it: by Escape, by a click elsewhere, by leaving it. */
export function foldMapsWhenLeft(): void {
  const menu = byId("maps");
  on(menu, {
    keydown: (event) => {
      if (event.key !== "Escape" || !menu.hasAttribute("open")) return;
      event.stopPropagation();
      fold();
      menu.querySelector("summary")?.focus();
    },
    focusout: (event) => {
      if (event.relatedTarget instanceof Node && !menu.contains(event.relatedTarget)) fold();
    },
  });
  document.addEventListener("pointerdown", (event) => {
    if (event.target instanceof Node && !menu.contains(event.target)) fold();
  });
}

function fold(): void {
  byId("maps").removeAttribute("open");
}
