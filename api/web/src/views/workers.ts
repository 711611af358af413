import { el } from "../dom";
import type { Bound } from "../shapes";
import { t } from "../words";
import { call, roleWords } from "./person";
import type { Workers } from "./place";

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
