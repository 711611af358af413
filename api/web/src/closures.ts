import L from "leaflet";
import * as api from "./api";
import { el } from "./dom";
import { moment } from "./format";
import type { Closure } from "./shapes";
import { colours } from "./theme";
import { answer } from "./views/place";
import { named, t } from "./words";

const EVERY_MODE = 4;

/** The roads that are closed or slowed now, as lines on the map. */
export class ClosedRoads {
  readonly group = L.featureGroup();
  /** Those that act now and make somebody's way longer. */
  acting: Closure[] = [];
  changed: () => void = () => {};
  private readonly drawn = new Map<string, L.GeoJSON>();

  /** Ask what acts now; the lines only when that is something else than before. */
  async look(): Promise<void> {
    const known = await answer(api.closures());
    if ("problem" in known || sameIds(hindering(known.value), this.acting)) return;
    const lined = await answer(api.closures(true));
    if ("problem" in lined) return; // the next look asks again
    this.acting = hindering(lined.value);
    this.draw();
    this.changed();
  }

  extent(id: string): L.LatLngBounds | null {
    return this.drawn.get(id)?.getBounds() ?? null;
  }

  /** Draw the same again, in other colours or another language. */
  draw(): void {
    const colour = colours();
    this.group.clearLayers();
    this.drawn.clear();
    for (const closure of this.acting) {
      if (!closure.lines) continue;
      const color = colour[closure.factor === 0 ? "map-closed" : "map-slowed"];
      const line = { color, weight: 4, dashArray: closure.factor === 0 ? "7 6" : "" };
      const shape = L.geoJSON(closure.lines, { style: { ...line, lineCap: "butt" } });
      shape.bindTooltip(() => label(closure), { sticky: true, direction: "top", offset: [0, -8], opacity: 1 });
      shape.addTo(this.group);
      this.drawn.set(closure.id, shape);
    }
  }
}

/** What a closure does, in a few words: closed, or slower, and for whom. */
export function effect({ factor, modes }: Closure): string {
  const what = factor === 0 ? t("page.closures.closed") : t("page.closures.slowed", { n: Math.round(factor * 100) });
  if (modes.length >= EVERY_MODE) return what;
  const whom = modes.map((mode) => named("mode", mode)).join(t("page.sentence.separator"));
  return t("page.closures.whom", { what, whom });
}

/** Until when, as far as anybody has said. */
export function until({ valid_to }: Closure): string {
  return valid_to ? t("page.closures.until", { at: moment(valid_to) }) : t("page.closures.open_end");
}

function label(closure: Closure): HTMLElement {
  return el(
    "div",
    { class: "tip" },
    el("strong", {}, effect(closure)),
    el("span", { class: "tip-words" }, closure.reason),
    el("small", {}, until(closure)),
  );
}

const hindering = (closures: Closure[]): Closure[] => closures.filter(({ acts, factor }) => acts && factor < 1);

function sameIds(one: Closure[], other: Closure[]): boolean {
  return one.map(({ id }) => id).join() === other.map(({ id }) => id).join();
}
