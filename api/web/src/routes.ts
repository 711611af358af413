import L from "leaflet";
import type { Location, Responder } from "./shapes";
import { colours } from "./theme";

const latlng = ({ lon, lat }: Location): L.LatLng => L.latLng(lat, lon);

/** One way on the map: a casing, the road, and the walks to the road and from it. */
interface Drawn {
  casing: L.Polyline;
  roads: L.Polyline;
  walks: L.Polyline;
}

/** The ways to a point: along the roads, or thin and straight where nobody knows the roads. */
export class Routes {
  readonly group = L.featureGroup();
  private drawn: (Drawn | null)[] = [];
  private first = 0;

  /** Called with the place of the way that the mouse is on, and with null when it leaves. */
  pointed: (place: number | null) => void = () => {};

  clear(): void {
    this.group.clearLayers();
    this.drawn = [];
  }

  show(at: Location, responders: Responder[]): void {
    this.clear();
    this.drawn = responders.map((responder, place) => {
      if (responder.route) return this.draw(responder.route, place);
      // By road without its line: it was not asked for yet, and a straight line would be a lie.
      if (responder.travel_s !== null) return null;
      const line = { color: colours()["map-reach"], weight: 1.5, dashArray: "6 5", interactive: false };
      L.polyline([latlng(responder.location), latlng(at)], line).addTo(this.group);
      return null;
    });
    this.emphasise(null);
  }

  /** Where the way of one leads; null when it is a straight line. */
  extent(place: number): L.LatLngBounds | null {
    return this.drawn[place]?.casing.getBounds() ?? null;
  }

  /** Make one way stand out, and the quickest when none is named. */
  emphasise(place: number | null): void {
    this.first = place ?? 0;
    const { first } = this;
    const colour = colours();
    this.drawn.forEach((way, at) => {
      if (!way) return;
      const [color, weight] = at === first ? [colour["map-reach"], 5] : [colour["map-reach-other"], 3];
      way.casing.setStyle({ color: colour["map-casing"], weight: weight + 4 });
      way.roads.setStyle({ color, weight });
      way.walks.setStyle({ color, weight: Math.min(weight, 4) });
    });
    // What is drawn last lies on top: the slowest first, the one that stands out at the end.
    const order = this.drawn.map((_, at) => at).reverse().filter((at) => at !== first);
    for (const at of [...order, first]) {
      const way = this.drawn[at];
      for (const line of way ? [way.casing, way.walks, way.roads] : []) line.bringToFront();
    }
  }

  /** Lie on top again after a layer was put on the map. */
  raise(): void {
    this.emphasise(this.first);
  }

  private draw(route: [number, number][], place: number): Drawn {
    const points = route.map(([lon, lat]) => L.latLng(lat, lon));
    const walks = [points.slice(0, 2), points.slice(-2)];
    const round = { lineCap: "round", lineJoin: "round" } as const;
    const way = {
      casing: L.polyline(points, round),
      roads: L.polyline(points.slice(1, -1), round),
      walks: L.polyline(walks, { ...round, dashArray: "1 7" }),
    };
    for (const line of [way.casing, way.walks, way.roads]) {
      line.on("mouseover", () => this.pointed(place));
      line.on("mouseout", () => this.pointed(null));
      line.addTo(this.group);
    }
    return way;
  }
}
