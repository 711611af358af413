import L from "leaflet";
import * as api from "./api";
import { el } from "./dom";
import type { Area, Areas, AreaFacts, Layer, Level } from "./shapes";
import { colours } from "./theme";
import { named } from "./words";

/** One layer of duty on the map: its grids, and outlines of the levels above them. */
export class AreaLayer {
  readonly group = L.featureGroup();
  private readonly grids: L.GeoJSON<AreaFacts>;
  private readonly outlines: { rank: number; shapes: L.GeoJSON<AreaFacts> }[];
  private readonly byCode = new Map<string, Area>();

  constructor(
    readonly layer: Layer,
    readonly collections: { level: Level; areas: Areas }[],
  ) {
    this.grids = L.geoJSON<AreaFacts>(undefined, {
      onEachFeature: (feature, shape) => this.prepare(feature as Area, shape as L.Path),
    });
    // Leaflet draws a group in the order in which its members were first filled. The grids come
    // first and the highest level last, on top of the finer lines that it shares.
    const upwards = [...collections].sort((one, other) => other.level.rank - one.level.rank);
    for (const { areas } of upwards.filter(({ level }) => level.is_grid)) this.grids.addData(areas);
    this.outlines = upwards
      .filter(({ level }) => !level.is_grid)
      .map(({ level, areas }) => ({ rank: level.rank, shapes: L.geoJSON(areas, { interactive: false }) }));
    this.group.addLayer(this.grids);
    for (const { shapes } of this.outlines) this.group.addLayer(shapes);
    this.restyle();
  }

  find(code: string): Area | undefined {
    return this.byCode.get(code);
  }

  extent(): L.LatLngBounds {
    return this.grids.getBounds();
  }

  restyle(): void {
    const colour = colours();
    this.grids.setStyle(
      this.layer.complete
        ? { color: colour["map-grid-line"], weight: 0.8, fillColor: colour["map-grid-fill"], fillOpacity: 1 }
        : { color: colour["map-partial"], weight: 1.6, fillColor: colour["map-partial"], fillOpacity: 0.18, dashArray: "5 3" },
    );
    const top = Math.min(...this.outlines.map(({ rank }) => rank));
    for (const { rank, shapes } of this.outlines) {
      const line = rank <= top + 1 ? "map-top-line" : "map-parent-line";
      const weight = rank === top ? 2.6 : rank === top + 1 ? 1.7 : 1.1;
      shapes.setStyle({ color: this.layer.complete ? colour[line] : colour["map-partial"], weight, fill: false });
    }
  }

  private prepare(area: Area, shape: L.Path): void {
    this.byCode.set(area.properties.code, area);
    const label = (): HTMLElement => this.label(area);
    shape.bindTooltip(label, { sticky: true, direction: "top", offset: [0, -8], opacity: 1 });
    shape.on("click", () => shape.closeTooltip());
    shape.on("mouseover", () => shape.setStyle({ fillColor: colours()["map-hover"] }));
    shape.on("mouseout", () => {
      const colour = colours();
      shape.setStyle({ fillColor: colour[this.layer.complete ? "map-grid-fill" : "map-partial"] });
    });
  }

  private label(area: Area): HTMLElement {
    const above = this.layer.complete ? null : named("layer", this.layer.code, this.layer.name);
    return el(
      "div",
      { class: "tip" },
      el("strong", {}, area.properties.name || area.properties.code),
      el("span", { class: "code" }, above ?? area.properties.code),
    );
  }
}

/** Fetch a layer's grids and, for a complete layer, the outlines above; null while it has none. */
export async function loadLayer(layer: Layer): Promise<AreaLayer | null> {
  const grid = layer.levels.find((level) => level.is_grid);
  if (!layer.edition || !grid) return null;
  const levels = layer.levels.filter((level) => level === grid || (layer.complete && level.rank < grid.rank));
  const collections = await Promise.all(
    levels.map(async (level) => ({ level, areas: await api.areas(layer.code, level.code, 2) })),
  );
  const drawn = collections.find(({ level }) => level === grid);
  return drawn?.areas.features.length ? new AreaLayer(layer, collections) : null;
}
