import L from "leaflet";
import type { AreaLayer } from "./areas";
import { el } from "./dom";
import type { Area } from "./shapes";

const MOST = 36;

/** Pixels of a Chinese letter, of another one, and of a line. */
const [WIDE, NARROW, HEIGHT] = [13, 7, 18];

interface Label {
  name: string;
  at: L.LatLng;
}

/** Write the areas' names on the map: the finest level of which not too many are in view. */
export class Labels {
  private readonly group = L.layerGroup();
  private levels: Label[][] = [];
  private partial: Label[] = [];
  private taken: L.Bounds[] = [];

  constructor(private readonly map: L.Map) {
    this.group.addTo(map);
    map.on("moveend", () => this.write());
  }

  show(base: AreaLayer | null, partial: AreaLayer[]): void {
    const finest = [...(base?.collections ?? [])].sort((one, other) => other.level.rank - one.level.rank);
    this.levels = finest.map(({ areas }) => areas.features.map(toLabel));
    this.partial = partial.flatMap(({ collections }) => collections.flatMap(({ areas }) => areas.features.map(toLabel)));
    this.write();
  }

  private write(): void {
    this.group.clearLayers();
    this.taken = [];
    const view = this.map.getBounds();
    const inView = ({ at }: Label): boolean => view.contains(at);
    const seen = this.levels.map((level) => level.filter(inView)).find((level) => level.length <= MOST);
    for (const label of seen ?? []) this.add(label, "area-label");
    for (const label of this.partial.filter(inView)) this.add(label, "area-label area-label-partial");
  }

  /** Write one name, unless it would lie on one that is there already. */
  private add({ name, at }: Label, className: string): void {
    const room = this.room(name, at);
    if (this.taken.some((other) => other.overlaps(room))) return;
    this.taken.push(room);
    const html = el("span", {}, name);
    const icon = L.divIcon({ html, className, iconSize: [0, 0] });
    L.marker(at, { icon, interactive: false, keyboard: false, zIndexOffset: -1000 }).addTo(this.group);
  }

  /** The pixels that a name takes, by the width of its letters: measuring would redraw the page. */
  private room(name: string, at: L.LatLng): L.Bounds {
    const width = [...name].reduce((sum, letter) => sum + (letter > "\u2e7f" ? WIDE : NARROW), 0);
    const half = L.point(width / 2, HEIGHT / 2);
    const middle = this.map.latLngToLayerPoint(at);
    return L.bounds(middle.subtract(half), middle.add(half));
  }
}

function toLabel(area: Area): Label {
  const rings =
    area.geometry.type === "Polygon"
      ? [area.geometry.coordinates[0]!]
      : area.geometry.coordinates.map((polygon) => polygon[0]!);
  const widest = rings.map(centre).reduce((best, next) => (next.size > best.size ? next : best));
  return { name: area.properties.name || area.properties.code, at: L.latLng(widest.lat, widest.lon) };
}

/** The centre of gravity of a ring and its size; for a label degrees are good enough. */
function centre(ring: GeoJSON.Position[]): { lon: number; lat: number; size: number } {
  const [lon0 = 0, lat0 = 0] = ring[0] ?? [];
  let [twice, lon, lat] = [0, 0, 0];
  for (let place = 1; place < ring.length; place += 1) {
    const [x1, y1] = [ring[place - 1]![0]! - lon0, ring[place - 1]![1]! - lat0];
    const [x2, y2] = [ring[place]![0]! - lon0, ring[place]![1]! - lat0];
    const cross = x1 * y2 - x2 * y1;
    twice += cross;
    lon += (x1 + x2) * cross;
    lat += (y1 + y2) * cross;
  }
  if (twice === 0) return { lon: lon0, lat: lat0, size: 0 };
  return { lon: lon0 + lon / (3 * twice), lat: lat0 + lat / (3 * twice), size: Math.abs(twice) };
}
