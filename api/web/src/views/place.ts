import { button, el } from "../dom";
import { problemNotice } from "../problem";
import type { Address, Bound, Located, Location } from "../shapes";
import { t } from "../words";
import { addressView } from "./address";
import { assignmentsView } from "./assignments";
import { nearestView, type Nearest, type NearestActions } from "./responders";
import { workersView } from "./workers";

/** An answer, or what went wrong instead: one failing question must not hide the other's answer. */
export type Answer<T> = { value: T } | { problem: unknown };

/** Who works in a grid. */
export interface Workers {
  grid: { code: string; name: string };
  people: Bound[];
}

export interface PlaceFacts {
  at: Location;
  /** What it is called, when it was found by words. */
  address: Address | null;
  located: Answer<Located>;
  nearest: Nearest;
  workers: Answer<Workers[]>;
}

export interface PlaceActions {
  report: () => void;
  coming: NearestActions;
  again: () => void;
}

export function placeView(facts: PlaceFacts, form: HTMLElement | null, actions: PlaceActions): HTMLElement[] {
  const lon = facts.at.lon.toFixed(5);
  const lat = facts.at.lat.toFixed(5);
  const workers =
    "value" in facts.workers ? workersView(facts.workers.value) : problemNotice(facts.workers.problem, actions.again);
  const parts = [
    facts.address && addressView(facts.address),
    "value" in facts.located
      ? assignmentsView(facts.located.value.assignments, workers)
      : problemNotice(facts.located.problem, actions.again),
    form ?? button({ class: "primary" }, t("page.place.report"), actions.report),
    nearestView(facts.nearest, actions.coming),
    el("p", { class: "coordinates code" }, t("page.place.coordinates", { lon, lat })),
  ];
  return parts.filter((part) => part !== null);
}

export async function answer<T>(question: Promise<T>): Promise<Answer<T>> {
  try {
    return { value: await question };
  } catch (problem) {
    return { problem };
  }
}
