import { button, el, on } from "../dom";
import { ago, distance, travel } from "../format";
import { problemNotice } from "../problem";
import type { Location, Mode, Nearby, Responder } from "../shapes";
import { named, t } from "../words";
import { modesView } from "./modes";
import { call, roleWords } from "./person";
import type { Answer } from "./place";
import { whyNotView } from "./why-not";

/** Who can be at a spot first, as it was asked for last. */
export interface Nearest {
  at: Location;
  skill: string[];
  mode: Mode;
  told: Answer<Nearby>;
}

export interface NearestActions {
  /** Show all the ways on the map. */
  zoom: () => void;
  /** Show one way on the map. */
  follow: (place: number) => void;
  /** Make one way stand out on the map, and the quickest when none is named. */
  point: (place: number | null) => void;
  /** Ask again for those who come another way; false when something else is in view by then. */
  come: (mode: Mode) => Promise<boolean>;
  /** Ask who was passed over. */
  explain: () => Promise<Answer<Nearby>>;
}

/** Asks again for the list that is in view. */
let renewShown: () => void = () => {};

/** Ask again who is nearest: roads were closed or opened since. */
export function renewNearest(): void {
  renewShown();
}

/** The nearest responders, numbered as on the map. */
export function nearestView(nearest: Nearest, actions: NearestActions): HTMLElement {
  const body = el("div", { class: "coming" });
  const others = whyNotView(actions.explain);
  const choose = async (mode: Mode): Promise<void> => {
    body.setAttribute("aria-busy", "true");
    if (await actions.come(mode)) fill();
  };
  const modes = modesView(nearest.mode, (mode) => void choose(mode));
  const zoom = button({ class: "link" }, t("page.responders.zoom"), actions.zoom);
  const fill = (): void => {
    const { told } = nearest;
    const found = "value" in told ? told.value : null;
    modes.hidden = found?.by_line_reason === "no_roads";
    zoom.hidden = !found?.responders.length;
    body.removeAttribute("aria-busy");
    if ("problem" in told) return body.replaceChildren(problemNotice(told.problem, () => void choose(nearest.mode)));
    body.replaceChildren(...listed(told.value, actions));
    others.renew();
    body.append(others.element);
  };
  fill();
  const head = el("div", { class: "section-head" }, el("h3", {}, t("page.responders")), zoom);
  const section = el("section", { class: "nearest" }, head, modes, body);
  renewShown = () => {
    if (section.isConnected) void choose(nearest.mode);
  };
  return section;
}

/** Mark the one whose way the mouse is on. */
export function pointOut(place: number | null): void {
  document.querySelectorAll(".responders > li").forEach((row, at) => {
    row.classList.toggle("pointed", at === place);
    if (at === place) row.scrollIntoView({ block: "nearest" });
  });
}

/** Go to the one whose number was pressed on the map. */
export function focusOn(place: number): void {
  document.querySelectorAll<HTMLElement>(".responders .responder-name")[place]?.focus();
}

function listed({ by, by_line_reason, responders, unreachable }: Nearby, actions: NearestActions): HTMLElement[] {
  const straight = by === "line" && responders.length > 0;
  const note = straight
    ? [el("p", { class: "by-line" }, by_line_reason ? named("by_line", by_line_reason) : t("page.by_line"))]
    : [];
  if (responders.length > 0) return [...note, list(responders, actions)];
  const none = unreachable.length > 0 ? "page.responders.none_reach" : "page.responders.none";
  return [el("p", { class: "quiet-words" }, t(none))];
}

function list(responders: Responder[], { point, follow }: NearestActions): HTMLElement {
  const rows = responders.map((responder, place) => row(responder, () => follow(place)));
  const focused = (): number | null => {
    const at = rows.findIndex((one) => one.contains(document.activeElement));
    return at < 0 ? null : at;
  };
  rows.forEach((one, place) =>
    on(one, {
      pointerenter: () => point(place),
      pointerleave: () => point(focused()),
      focusin: () => point(place),
      focusout: () => point(null),
    }),
  );
  return el("ol", { class: "responders" }, ...rows);
}

function row(responder: Responder, follow: () => void): HTMLElement {
  const duty = [roleWords(responder), responder.organisation, responder.area?.name].filter(Boolean);
  const name = on(el("button", { type: "button", class: "responder-name" }, el("strong", {}, responder.name)), {
    click: follow,
  });
  return el(
    "li",
    {},
    el("div", { class: "responder-line" }, name, el("span", { class: "reach" }, howFar(responder))),
    el("p", { class: "duty" }, duty.join(" · ")),
    el(
      "div",
      { class: "responder-foot" },
      el("span", { class: `whereabouts whereabouts-${responder.position.source}` }, whereabouts(responder)),
      ...responder.skills.map((skill) => el("span", { class: "tag" }, named("skill", skill))),
      responder.phone && call(responder.phone),
    ),
  );
}

/** By road the minutes come first: they decide. */
export function howFar({ travel_s, distance_m }: Responder): string {
  return travel_s === null ? distance(distance_m) : `${travel(travel_s)} · ${distance(distance_m, 1)}`;
}

function whereabouts({ position }: Responder): string {
  if (position.source === "live" && position.at) return t("page.responders.live", { ago: ago(position.at) });
  if (position.last_at) return t("page.responders.home.last", { ago: ago(position.last_at) });
  return t("page.responders.home");
}
