import { button, el } from "../dom";
import { ago, distance } from "../format";
import type { Bound, Person, Responder } from "../shapes";
import { named, t } from "../words";
import type { Workers } from "./place";

/** The nearest responders, numbered as on the map. */
export function respondersView(responders: Responder[], zoom: () => void): HTMLElement {
  const heading = el("h3", {}, t("page.responders"));
  if (responders.length === 0) {
    return el("section", {}, heading, el("p", { class: "quiet-words" }, t("page.responders.none")));
  }
  const head = el("div", { class: "section-head" }, heading, button({ class: "link" }, t("page.responders.zoom"), zoom));
  return el("section", {}, head, el("ol", { class: "responders" }, ...responders.map(row)));
}

/** Who works in the grids that answer; null when there is no such grid. */
export function workersView(workers: Workers[]): HTMLElement | null {
  if (workers.length === 0) return null;
  const known = workers.filter(({ people }) => people.length > 0);
  const groups = known.flatMap(({ grid, people }) => [
    workers.length > 1 && el("p", { class: "eyebrow" }, grid.name || grid.code),
    el("ul", { class: "workers" }, ...people.map(worker)),
  ]);
  const none = el("p", { class: "quiet-words" }, t("page.workers.none"));
  return el("section", { class: "its-workers" }, el("h3", {}, t("page.workers")), ...(known.length > 0 ? groups : [none]));
}

function worker(person: Bound): HTMLElement {
  const duty = [roleWords(person), person.organisation].filter(Boolean).join(" · ");
  return el(
    "li",
    {},
    el("div", { class: "responder-line" }, el("strong", {}, person.name), person.phone && call(person.phone)),
    el(
      "div",
      { class: "responder-line" },
      el("p", { class: "duty" }, duty),
      el("span", { class: person.on_duty ? "on-duty" : "off-duty" }, t(person.on_duty ? "page.workers.on_duty" : "page.workers.off_duty")),
    ),
  );
}

const roleWords = ({ role, kind }: Person): string => (role ? named("role", role) : named("kind", kind));

function row(responder: Responder): HTMLElement {
  const duty = [roleWords(responder), responder.organisation, responder.area?.name].filter(Boolean);
  return el(
    "li",
    {},
    el(
      "div",
      { class: "responder-line" },
      el("strong", {}, responder.name),
      el("span", { class: "reach" }, distance(responder.distance_m)),
    ),
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

function whereabouts({ position }: Responder): string {
  if (position.source === "home" || !position.at) return t("page.responders.home");
  return t("page.responders.live", { ago: ago(position.at) });
}

function call(phone: string): HTMLElement {
  const href = `tel:${phone.replace(/[^\d+]/g, "")}`;
  return el("a", { class: "call", href, "aria-label": t("page.responders.call", { phone }) }, phone);
}
