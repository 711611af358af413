import { el } from "../dom";
import { distance } from "../format";
import type { Assignment, Rule } from "../shapes";
import { named, t } from "../words";

/** A street reaches dozens of grids; the nearest say enough. */
const MOST_RUNNERS = 3;

const layerName = (assignment: Assignment): string =>
  named("layer", assignment.layer, assignment.layer_name);

/** The answer that counts, large, and what belongs to it; what the other layers say, below. */
export function assignmentsView(assignments: Assignment[], belongs: HTMLElement | null = null): HTMLElement {
  const [first, ...others] = assignments;
  if (!first) return el("p", { class: "notice" }, t("page.place.no_assignment"));
  return el(
    "section",
    { class: "answer" },
    firstAnswer(first),
    belongs,
    others.length > 0 && el("h3", {}, t("page.place.other_layers")),
    others.length > 0 && el("ul", { class: "others" }, ...others.map(otherAnswer)),
  );
}

function firstAnswer(assignment: Assignment): HTMLElement {
  const { grid, rule } = assignment;
  return el(
    "div",
    { class: `card card-${rule}` },
    el("p", { class: "eyebrow" }, layerName(assignment)),
    el("h2", {}, grid ? grid.name || grid.code : t(`page.rule.${rule}`)),
    assignment.parents.length > 0 && parents(assignment),
    facts(assignment),
    assignment.runner_up.length > 0 && runnersUp(assignment),
  );
}

function parents(assignment: Assignment): HTMLElement {
  const steps = assignment.parents.map(({ level, name, code }) =>
    el("li", { title: `${named("level", level)} ${code}` }, name || code),
  );
  return el("ol", { class: "parents", "aria-label": t("page.parents") }, ...steps);
}

function facts({ grid, rule, boundary_distance_m, edition }: Assignment): HTMLElement {
  return el(
    "dl",
    { class: "facts" },
    fact(t("page.rule"), ruleChip(rule)),
    boundary_distance_m !== null && fact(t("page.boundary"), distance(boundary_distance_m)),
    grid && grid.code !== grid.name && fact(t("page.code"), el("span", { class: "code" }, grid.code)),
    grid && edition !== null && fact(t("page.edition"), String(edition)),
  );
}

export function fact(name: string, value: Node | string): HTMLElement {
  return el("div", {}, el("dt", {}, name), el("dd", {}, value));
}

export function ruleChip(rule: Rule): HTMLElement {
  return el("span", { class: `chip chip-${rule}` }, t(`page.rule.${rule}`));
}

function runnersUp({ runner_up }: Assignment): HTMLElement {
  const names = runner_up
    .slice(0, MOST_RUNNERS)
    .map(({ name, code, distance_m }) => `${name || code} (${distance(distance_m)})`);
  const more = runner_up.length - names.length;
  return el(
    "p",
    { class: "runners" },
    `${t("page.runner_up")} ${names.join(t("page.sentence.separator"))}`,
    more > 0 && ` ${t("page.runner_up.more", { n: more })}`,
  );
}

function otherAnswer(assignment: Assignment): HTMLElement {
  const { grid, rule } = assignment;
  return el(
    "li",
    {},
    el("span", { class: "other-layer" }, layerName(assignment)),
    el("span", { class: "other-grid" }, grid ? grid.name || grid.code : "—"),
    ruleChip(rule),
  );
}
