import { button, el } from "../dom";
import { problemNotice } from "../problem";
import type { Located, Location, Responder } from "../shapes";
import { t } from "../words";
import { assignmentsView } from "./assignments";
import { respondersView } from "./responders";

/** An answer, or what went wrong instead: one failing question must not hide the other's answer. */
export type Answer<T> = { value: T } | { problem: unknown };

export interface PlaceFacts {
  at: Location;
  located: Answer<Located>;
  responders: Answer<Responder[]>;
}

export interface PlaceActions {
  report: () => void;
  zoom: () => void;
  again: () => void;
}

export function placeView(facts: PlaceFacts, form: HTMLElement | null, actions: PlaceActions): HTMLElement[] {
  const lon = facts.at.lon.toFixed(5);
  const lat = facts.at.lat.toFixed(5);
  return [
    "value" in facts.located
      ? assignmentsView(facts.located.value.assignments)
      : problemNotice(facts.located.problem, actions.again),
    form ?? button({ class: "primary" }, t("page.place.report"), actions.report),
    "value" in facts.responders
      ? respondersView(facts.responders.value, actions.zoom)
      : problemNotice(facts.responders.problem, actions.again),
    el("p", { class: "coordinates code" }, t("page.place.coordinates", { lon, lat })),
  ];
}

export async function answer<T>(question: Promise<T>): Promise<Answer<T>> {
  try {
    return { value: await question };
  } catch (problem) {
    return { problem };
  }
}
