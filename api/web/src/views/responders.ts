import { button, el } from "../dom";
import { ago, distance } from "../format";
import type { Responder } from "../shapes";
import { named, t } from "../words";

/** The nearest responders, numbered as on the map. */
export function respondersView(responders: Responder[], zoom: () => void): HTMLElement {
  const heading = el("h3", {}, t("page.responders"));
  if (responders.length === 0) {
    return el("section", {}, heading, el("p", { class: "quiet-words" }, t("page.responders.none")));
  }
  const head = el("div", { class: "section-head" }, heading, button({ class: "link" }, t("page.responders.zoom"), zoom));
  return el("section", {}, head, el("ol", { class: "responders" }, ...responders.map(row)));
}

function row(responder: Responder): HTMLElement {
  const duty = [
    responder.role ? named("role", responder.role) : named("kind", responder.kind),
    responder.organisation,
    responder.area?.name,
  ].filter(Boolean);
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
