/** What the panel shows stands in the address, so that Back, reload and a copied link work. */
export type Route =
  | { view: "latest" }
  | { view: "place"; lon: number; lat: number }
  | { view: "report"; id: string };

export function readRoute(hash: string = location.hash): Route {
  const facts = new URLSearchParams(hash.slice(1));
  const place = /^(-?\d{1,3}(?:\.\d+)?),(-?\d{1,2}(?:\.\d+)?)$/.exec(facts.get("at") ?? "");
  if (place) return { view: "place", lon: Number(place[1]), lat: Number(place[2]) };
  const id = facts.get("report");
  return id ? { view: "report", id } : { view: "latest" };
}

export function go(route: Route): void {
  const hash = written(route);
  if (location.hash === hash) dispatchEvent(new HashChangeEvent("hashchange"));
  else location.hash = hash;
}

function written(route: Route): string {
  if (route.view === "place") return `#at=${route.lon},${route.lat}`;
  if (route.view === "report") return `#report=${encodeURIComponent(route.id)}`;
  return "";
}

export function onRoute(listener: (route: Route) => void): void {
  addEventListener("hashchange", () => listener(readRoute()));
}
