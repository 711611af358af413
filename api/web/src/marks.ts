import L from "leaflet";
import { el } from "./dom";
import type { Address, Area, Location, Precision, Report, Responder } from "./shapes";
import { Routes } from "./routes";
import { colours } from "./theme";

const latlng = ({ lon, lat }: Location): L.LatLng => L.latLng(lat, lon);

function mark(at: Location, className: string, size: number, words = ""): L.Marker {
  const html = el("span", {}, words);
  const icon = L.divIcon({ html, className: `mark ${className}`, iconSize: [size, size] });
  return L.marker(latlng(at), { icon, keyboard: false, interactive: words !== "" });
}

/** Those that name a spot; the others are somewhere in a circle. */
const SPOTS: Precision[] = ["unit", "building"];

/** How exactly words said where something is. */
export type Exactness = Pick<Address, "precision" | "accuracy_m">;

/** What is chosen: the point, how far it may be off, its grid, and the ways of the responders. */
export class Choice {
  private readonly group = L.featureGroup();
  private readonly routes = new Routes();
  private numbers: L.Marker[] = [];

  /** Called with the place of the responder that the mouse is on, and with null when it leaves. */
  pointed: (place: number | null) => void = () => {};
  /** Called with the place of the responder whose number was pressed. */
  picked: (place: number) => void = () => {};

  constructor(map: L.Map) {
    this.group.addTo(map);
    this.routes.pointed = (place) => this.point(place, true);
  }

  /** Lie on top again after a layer was put on the map. */
  raise(): void {
    this.group.bringToFront();
    this.routes.raise();
  }

  /** Make one responder's way stand out, and the quickest when none is named. */
  point(place: number | null, tell = false): void {
    this.routes.emphasise(place);
    this.numbers.forEach((number, at) => {
      number.getElement()?.classList.toggle("mark-pointed", at === place);
      number.setZIndexOffset(at === place ? 800 : 500 - at);
    });
    if (tell) this.pointed(place);
  }

  /** Where one responder comes along; null when nobody is there. */
  way(place: number): L.LatLngBounds | null {
    return this.routes.extent(place) ?? this.numbers[place]?.getLatLng().toBounds(400) ?? null;
  }

  extent(): L.LatLngBounds {
    return this.group.getBounds();
  }

  clear(): void {
    this.group.clearLayers();
    this.routes.clear();
    this.numbers = [];
  }

  show(at: Location | null, grid: Area | undefined, responders: Responder[], known: Exactness | null = null): void {
    this.clear();
    const colour = colours();
    if (grid) {
      const style = { color: colour["map-chosen"], weight: 3, fillColor: colour["map-chosen"], fillOpacity: 0.14 };
      L.geoJSON(grid, { style, interactive: false }).addTo(this.group);
    }
    if (!at) return;
    if (known?.accuracy_m && !SPOTS.includes(known.precision)) {
      const style = { color: colour["map-chosen"], weight: 2, dashArray: "4 6", fillOpacity: 0.08, interactive: false };
      L.circle(latlng(at), { radius: known.accuracy_m, ...style }).addTo(this.group);
    }
    this.routes.group.addTo(this.group);
    this.routes.show(at, responders);
    this.numbers = responders.map(({ location }, place) =>
      mark(location, "mark-responder", 24, String(place + 1))
        .on("mouseover", () => this.point(place, true))
        .on("mouseout", () => this.point(null, true))
        .on("click", () => this.picked(place))
        // Of several in one spot the quickest lies on top.
        .setZIndexOffset(500 - place)
        .addTo(this.group),
    );
    mark(at, "mark-place", 26).setZIndexOffset(1000).addTo(this.group);
  }
}

/** The latest reports as dots. The list in the panel is their keyboard way. */
export class Dots {
  readonly group = L.layerGroup();
  private readonly dots = new Map<string, L.Marker>();

  constructor(
    map: L.Map,
    private readonly open: (id: string) => void,
    private readonly title: (report: Report) => string,
  ) {
    this.group.addTo(map);
  }

  show(reports: Report[], fresh: Set<string>): void {
    this.group.clearLayers();
    this.dots.clear();
    for (const report of [...reports].reverse()) {
      if (report.location) this.add(report, report.location, fresh.has(report.id));
    }
  }

  private add(report: Report, at: Location, fresh: boolean): void {
    const icon = L.divIcon({
      html: el("span"),
      className: `mark mark-report${fresh ? " mark-fresh" : ""}${report.grid ? "" : " mark-astray"}`,
      iconSize: [16, 16],
    });
    const dot = L.marker(latlng(at), { icon, keyboard: false, bubblingMouseEvents: false });
    const label = (): HTMLElement => el("div", { class: "tip" }, el("strong", {}, this.title(report)));
    dot.bindTooltip(label, { direction: "top", offset: [0, -8] });
    dot.on("click", () => this.open(report.id));
    dot.addTo(this.group);
    this.dots.set(report.id, dot);
  }
}
