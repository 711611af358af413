import * as api from "./api";
import type { PlaceRoute } from "./route";
import type { Address, Assignment, Location, Mode } from "./shapes";
import { answer, type PlaceFacts, type Workers } from "./views/place";
import type { Nearest } from "./views/responders";

/** The same spot, as far as an address of the page tells one. */
const SAME_DEG = 2e-6;

/** Ask all that is to be known about a spot, which has an address when it was found by words. */
export async function askAbout(at: Location, address: Address | null, mode: Mode): Promise<PlaceFacts> {
  const locating = answer(api.locate(at.lon, at.lat, address?.accuracy_m));
  const [located, nearest, workers] = await Promise.all([
    locating,
    askNearest(at, [], mode),
    locating.then((told) => answer("value" in told ? workersOf(told.value.assignments) : Promise.resolve([]))),
  ]);
  return { at, address, located, nearest, workers };
}

/** Ask who has all these skills and can be at a spot first. */
export async function askNearest(at: Location, skill: string[], mode: Mode): Promise<Nearest> {
  return { at, skill, mode, told: await answer(api.nearest(at, { mode, skill })) };
}

/** Who works in the grids that answer for a spot, the responsible grid's first. */
async function workersOf(assignments: Assignment[]): Promise<Workers[]> {
  const asked = assignments.map(async (assignment) => {
    const { grid } = assignment;
    return grid && { grid, people: await api.workers(assignment, grid) };
  });
  return (await Promise.all(asked)).filter((one) => one !== null);
}

/** The address of which a link tells. Its name is asked for again: a link could claim any. */
export async function findAgain({ lon, lat, address, place }: PlaceRoute): Promise<Address | null> {
  if (!address) return null;
  const told = await answer(api.addresses(address, { lon, lat }, { typing: false }));
  if (!("value" in told)) return null;
  return told.value.addresses.find((one) => isThere(one, { lon, lat }) && (place ? one.place === place : one.address === address)) ?? null;
}

export function isThere({ location }: Address, { lon, lat }: Location): boolean {
  return location !== null && Math.abs(location.lon - lon) < SAME_DEG && Math.abs(location.lat - lat) < SAME_DEG;
}

/** Where in the page's address an address stands; six digits of a degree are a tenth of a metre. */
export function routeTo({ location, address, place }: Address): PlaceRoute | null {
  if (!location) return null;
  const at = { lon: Number(location.lon.toFixed(6)), lat: Number(location.lat.toFixed(6)) };
  return { view: "place", ...at, address, ...(place && { place }) };
}
