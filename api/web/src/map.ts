import L from "leaflet";
import { byId } from "./dom";
import type { Location } from "./shapes";
import { onLanguage, t } from "./words";

export interface CityMap {
  leaflet: L.Map;
  /** Show this extent now and whenever the user asks for everything. */
  setExtent: (extent: L.LatLngBounds) => void;
  /** Show these, beside the panel, but not closer than streets. */
  fit: (extent: L.LatLngBounds) => void;
  /** Go there as one would fly, so that the reader sees where it lies. */
  fly: (extent: L.LatLngBounds) => void;
  /** Move only as far as needed to see the point beside the panel. */
  reveal: (at: L.LatLngExpression) => void;
}

export function createMap(ask: (at: L.LatLng) => void): CityMap {
  const container = byId("map");
  const leaflet = L.map(container, {
    preferCanvas: true,
    zoomControl: false,
    attributionControl: false,
    zoomSnap: 0.25,
    zoomDelta: 0.5,
    wheelPxPerZoomLevel: 90,
    minZoom: 3,
    maxZoom: 20,
    maxBoundsViscosity: 0.8,
  }).setView([35, 105], 4);
  let extent: L.LatLngBounds | null = null;

  const beside = (edge: number): L.FitBoundsOptions => ({
    paddingTopLeft: [edge, edge],
    paddingBottomRight: [edge, edge + sheetHeight()],
    maxZoom: 17,
  });
  const fit = (bounds: L.LatLngBounds, edge: number): void => {
    leaflet.fitBounds(bounds, { ...beside(edge), ...(still() && { animate: false }) });
  };
  const showAll = (): void => {
    if (extent) fit(extent, 16);
  };
  new ResizeObserver(() => leaflet.invalidateSize({ pan: false })).observe(container);
  addControls(leaflet, showAll);
  leaflet.on("click", (event) => ask(event.latlng.wrap()));
  container.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === container) ask(leaflet.getCenter().wrap());
  });

  return {
    leaflet,
    setExtent: (bounds) => {
      extent = bounds;
      showAll();
      leaflet.setMaxBounds(bounds.pad(5));
    },
    fit: (bounds) => fit(bounds, 60),
    fly: (bounds) => {
      if (still()) fit(bounds, 60);
      else leaflet.flyToBounds(bounds, { ...beside(60), duration: 0.7 });
    },
    reveal: (at) =>
      leaflet.panInside(at, { paddingTopLeft: [48, 72], paddingBottomRight: [48, 48 + sheetHeight()] }),
  };
}

/** Whether the reader wants nothing to move. */
const still = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** The box around a circle, never closer than houses. */
export function around({ lon, lat }: Location, radius_m: number): L.LatLngBounds {
  return L.latLng(lat, lon).toBounds(2 * Math.max(radius_m, 100));
}

/** How much of the map the panel covers: nothing on a desk, the bottom sheet on a phone. */
function sheetHeight(): number {
  const covered = byId("map").getBoundingClientRect().bottom - byId("panel").getBoundingClientRect().top;
  const beside = byId("panel").getBoundingClientRect().left > 0;
  return beside ? 0 : Math.max(0, covered);
}

/** Four corners of a frame; no font has to know the sign. */
function corners(): SVGElement {
  const picture = L.SVG.create("svg");
  const path = L.SVG.create("path");
  picture.setAttribute("viewBox", "0 0 16 16");
  picture.setAttribute("aria-hidden", "true");
  path.setAttribute("d", "M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4");
  picture.append(path);
  return picture;
}

function addControls(leaflet: L.Map, showAll: () => void): void {
  const zoom = L.control.zoom({ position: "topright" }).addTo(leaflet);
  const box = zoom.getContainer() as HTMLElement;
  const whole = L.DomUtil.create("a", "whole", box);
  whole.href = "#";
  whole.setAttribute("role", "button");
  whole.append(corners());
  L.DomEvent.on(whole, "click", (event) => {
    L.DomEvent.stop(event);
    showAll();
  });
  L.DomEvent.disableClickPropagation(box);
  L.control.scale({ imperial: false, position: "bottomleft" }).addTo(leaflet);

  const name = (): void => {
    const words = [t("page.map.zoom_in"), t("page.map.zoom_out"), t("page.map.whole")];
    Array.from(box.children).forEach((child, place) => {
      child.setAttribute("title", words[place] ?? "");
      child.setAttribute("aria-label", words[place] ?? "");
    });
  };
  name();
  onLanguage(name);
}
