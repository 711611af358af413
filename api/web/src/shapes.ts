/** What the service answers under /api/v1. Longitude before latitude, metres, ISO times. */

export interface Location {
  lon: number;
  lat: number;
}

export interface Health {
  status: string;
  version: string;
  demo: boolean;
  layers: number;
  grids: number;
}

export interface Level {
  code: string;
  name: string;
  rank: number;
  is_grid: boolean;
}

export interface Layer {
  code: string;
  name: string;
  complete: boolean;
  priority: number;
  levels: Level[];
  edition: { id: number; name: string } | null;
}

export interface Category {
  code: string;
  name: string;
  name_en: string | null;
  skills: string[];
  layer: string | null;
}

export type Rule = "covers" | "near" | "outside" | "no_location";

export interface Assignment {
  layer: string;
  layer_name: string;
  edition: number | null;
  rule: Rule;
  grid: { code: string; name: string; level: string } | null;
  parents: { level: string; code: string; name: string }[];
  boundary_distance_m: number | null;
  runner_up: { code: string; name: string; distance_m: number }[];
}

export interface Located {
  location: Location;
  at: string;
  assignments: Assignment[];
}

export type Precision = "unit" | "building" | "compound" | "interpolated" | "street" | "area";

export type How =
  | "exact"
  | "begun"
  | "short"
  | "alias"
  | "former"
  | "sound"
  | "spelled"
  | "mistyped"
  | "interpolated";

/** Some words of a question, and what they were taken for. */
export interface Match {
  start: number;
  end: number;
  words: string;
  name: string;
  part: string;
  how: How;
}

/** A place that words may mean; `place` is null for an area, a street, a number in between. */
export interface Address {
  place: string | null;
  kind: string;
  name: string;
  address: string;
  precision: Precision;
  score: number;
  /** Another answer, at another spot, explains the words nearly as well. */
  close: boolean;
  location: Location | null;
  accuracy_m: number | null;
  matched: Match[];
  grid: { code: string; name: string } | null;
}

export interface Addresses {
  addresses: Address[];
  sure: boolean;
}

export interface Person {
  id: string;
  kind: string;
  name: string;
  organisation: string | null;
  role: string | null;
  skills: string[];
  phone: string | null;
  area: { code: string; name: string } | null;
}

/** Who is bound to an area. */
export interface Bound extends Person {
  on_duty: boolean;
}

/** How somebody comes. */
export type Mode = "car" | "fire" | "bicycle" | "foot";

export interface Responder extends Person {
  /** By road, walks included; null as the crow flies. */
  travel_s: number | null;
  distance_m: number;
  location: Location;
  /** `last_at` tells of the last live position, also when it is too old to count. */
  position: { source: "live" | "home"; at: string | null; age_s: number | null; last_at: string | null };
  /** Longitude and latitude, from the responder to the point. */
  route: [number, number][] | null;
}

/** Somebody who is not among the answers. `reason` is a short word that stays the same. */
export interface Passed extends Responder {
  why: string;
  reason: string;
}

/** Who can be at a point first. */
export interface Nearby {
  by: "road" | "line";
  /** Why by line; null when it is by road. */
  by_line_reason: "no_roads" | "no_road_near" | null;
  responders: Responder[];
  /** Nearer, but not able; only when it was asked for. */
  passed: Passed[];
  /** Able, but no way leads here. */
  unreachable: Passed[];
}

/** Roads that are closed (a factor of 0), or slower or faster by a factor. */
export interface Closure {
  id: string;
  reason: string;
  factor: number;
  modes: Mode[];
  valid_to: string | null;
  acts: boolean;
  actor: string;
  lines: GeoJSON.MultiLineString | null;
}

export interface Report {
  id: string;
  number: string | null;
  captured_at: string;
  received_at: string;
  state: string;
  category: string | null;
  description: string | null;
  address: string | null;
  location: Location | null;
  accuracy_m: number | null;
  /** How words led to the location; null when it was given, or is not known. */
  located: { precision: Precision; name: string | null; words: string | null } | null;
  grid: { layer: string; code: string; name: string; rule: Rule } | null;
}

export interface ReportEvent {
  kind: string;
  at: string;
  actor: string | null;
}

export interface ReportDetail {
  report: Report;
  /** Oldest first: a corrected place makes new ones beside the old. */
  assignments: (Assignment & { made_at: string })[];
  events: ReportEvent[];
  holder: { layer: string; code: string; name: string } | null;
}

export interface NewReport {
  id: string;
  captured_at: string;
  category: string;
  description: string;
  address?: string;
  location?: Location & { accuracy_m?: number };
}

export interface Received {
  report: Report;
  assignments: Assignment[];
  responders: Responder[];
  responders_by: Nearby["by"] | null;
  /** The places that the words may mean of a report that could not be located. */
  candidates: Address[];
}

/** A report that waits for somebody to say where it is. */
export interface Waiting {
  report: Report;
  candidates: Address[];
  sure: boolean;
}

export interface Unlocated {
  reports: Waiting[];
  waiting: number;
  /** False while the places are still being read: there may be more candidates. */
  searched: boolean;
}

export interface AreaFacts {
  code: string;
  name: string;
  level: string;
  parent: string | null;
  households: number | null;
}

type Shape = GeoJSON.Polygon | GeoJSON.MultiPolygon;
export type Area = GeoJSON.Feature<Shape, AreaFacts>;
export type Areas = GeoJSON.FeatureCollection<Shape, AreaFacts>;
