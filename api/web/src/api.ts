import type {
  Address,
  Addresses,
  Areas,
  Assignment,
  Bound,
  Category,
  Closure,
  Health,
  Layer,
  Located,
  Location,
  Mode,
  Nearby,
  NewReport,
  Received,
  Report,
  ReportDetail,
  Unlocated,
} from "./shapes";

const ROOT = "/api/v1/";
const PATIENCE_MS = 15_000;

/** A request that brought no answer that can be used. `status` is 0 when nothing came back. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
  ) {
    super(detail || code || `HTTP ${status}`);
  }
}

type Question = Record<string, string | number | boolean | string[]>;
type Grid = NonNullable<Assignment["grid"]>;

async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  init.signal?.addEventListener("abort", () => stop.abort());
  try {
    const answer = await fetch(ROOT + path, { ...init, signal: stop.signal });
    if (!answer.ok) throw await refusal(answer);
    return (await answer.json()) as T;
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError(0, "unreachable", "");
  } finally {
    clearTimeout(timer);
  }
}

function post<T>(path: string, body: object): Promise<T> {
  const headers = { "Content-Type": "application/json" };
  return ask(path, { method: "POST", headers, body: JSON.stringify(body) });
}

/** Read the problem document (RFC 9457) that comes with a refusal. */
async function refusal(answer: Response): Promise<ApiError> {
  const problem = (await answer.json().catch(() => ({}))) as Record<string, unknown>;
  const text = (name: string): string => {
    const value = problem[name];
    return typeof value === "string" ? value : "";
  };
  return new ApiError(answer.status, text("code"), text("detail") || text("title"));
}

function query(facts: Question): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(facts)) {
    for (const one of Array.isArray(value) ? value : [String(value)]) search.append(name, one);
  }
  return search.toString();
}

export const health = (): Promise<Health> => ask("health");

export const layers = async (): Promise<Layer[]> =>
  (await ask<{ layers: Layer[] }>("layers")).layers;

export const categories = async (): Promise<Category[]> =>
  (await ask<{ categories: Category[] }>("categories")).categories;

export const areas = (layer: string, level: string, simplify_m: number): Promise<Areas> =>
  ask(`areas?${query({ layer, level, simplify_m })}`);

export const locate = (lon: number, lat: number, accuracy_m?: number | null): Promise<Located> =>
  ask(`locate?${query({ lon, lat, ...(accuracy_m && { accuracy_m }) })}`);

/** Places that words may mean, those around a point first. */
export const addresses = (q: string, near: Location, facts: Question = {}, signal?: AbortSignal): Promise<Addresses> =>
  ask(`addresses?${query({ q, near: `${near.lon},${near.lat}`, limit: 8, ...facts })}`, signal ? { signal } : {});

/** Who works in a grid. */
export const workers = async ({ layer }: Assignment, { code, level }: Grid): Promise<Bound[]> =>
  (await ask<{ responders: Bound[] }>(`areas/${encodeURIComponent(code)}/responders?${query({ layer, level })}`))
    .responders;

/** Those who have all these skills and can be there first. */
export const nearest = ({ lon, lat }: Location, facts: { mode: Mode; skill: string[]; explain?: boolean }): Promise<Nearby> =>
  ask(`responders/nearest?${query({ lon, lat, k: 5, routes: !facts.explain, ...facts })}`);

/** What closes roads or makes them slower, now or later. */
export const closures = async (lines = false): Promise<Closure[]> =>
  (await ask<{ closures: Closure[] }>(`roads/closures?${query({ lines })}`)).closures;

/** The newest reports, whatever has become of them; what was taken out of use is none. */
export const latestReports = async (limit: number): Promise<Report[]> =>
  (await ask<{ reports: Report[] }>(`reports?${query({ limit })}`)).reports.filter(({ state }) => state !== "void");

export const report = (id: string): Promise<ReportDetail> =>
  ask(`reports/${encodeURIComponent(id)}`);

/** The reports that have no location, the newest first. */
export const unlocated = (limit = 20): Promise<Unlocated> => ask(`reports/unlocated?${query({ limit })}`);

/** Say where a report is: at a place, or at a spot that is none. */
export const sayWhere = (id: string, { place, location, accuracy_m }: Address, reason: string): Promise<ReportDetail> => {
  const spot = { ...location, ...(accuracy_m && { accuracy_m }) };
  return post(`reports/${encodeURIComponent(id)}/locate`, { ...(place ? { place } : { location: spot }), reason });
};

/** Hand in a report. The same number and content may be sent any number of times. */
export const send = (body: NewReport): Promise<Received> => post("reports", body);
