/** What the panel shows stands in the address, so that Back, reload and a copied link work. */
export type Route =
  | { view: "latest" }
  | PlaceRoute
  | { view: "report"; id: string }
  /** The reports without a location, and which of them is open. */
  | { view: "unlocated"; id?: string }
  /** A report of which only the address is known. */
  | { view: "write" };

/** A spot; with the address, and the place if it is one, that it was found by. */
export interface PlaceRoute {
  view: "place";
  lon: number;
  lat: number;
  address?: string;
  place?: string;
}

export function readRoute(hash: string = location.hash): Route {
  const [, view, of] = /^#\/(\w+)(?:\/([\w-]+))?$/.exec(hash) ?? [];
  if (view === "unlocated") return { view, ...(of && { id: of }) };
  if (view === "write") return { view };
  const facts = new URLSearchParams(hash.slice(1));
  const place = /^(-?\d{1,3}(?:\.\d+)?),(-?\d{1,2}(?:\.\d+)?)$/.exec(facts.get("at") ?? "");
  if (place) {
    const at = { lon: Number(place[1]), lat: Number(place[2]) };
    const [address, known] = [facts.get("address"), facts.get("place")];
    return { view: "place", ...at, ...(address && { address }), ...(known && { place: known }) };
  }
  const id = facts.get("report");
  return id ? { view: "report", id } : { view: "latest" };
}

export function go(route: Route): void {
  const hash = written(route);
  if (location.hash === hash) dispatchEvent(new HashChangeEvent("hashchange"));
  else location.hash = hash;
}

function written(route: Route): string {
  if (route.view === "place") {
    const named = (["address", "place"] as const)
      .filter((name) => route[name])
      .map((name) => `&${name}=${encodeURIComponent(route[name] ?? "")}`);
    return `#at=${route.lon},${route.lat}${named.join("")}`;
  }
  if (route.view === "unlocated") return route.id ? `#/unlocated/${route.id}` : "#/unlocated";
  if (route.view === "write") return "#/write";
  if (route.view === "report") return `#report=${encodeURIComponent(route.id)}`;
  return "";
}

export function onRoute(listener: (route: Route) => void): void {
  addEventListener("hashchange", () => listener(readRoute()));
}
