import { effect, until, type ClosedRoads } from "../closures";
import { el, on } from "../dom";
import { number } from "../format";
import type { Closure } from "../shapes";
import { t } from "../words";

/** Whether the list was unfolded; it is drawn again with each new report. */
let unfolded = false;

/** What is closed or slowed now, for those who do not point at the map; null when nothing is. */
export function closuresView({ acting }: ClosedRoads, show: (id: string) => void): HTMLElement | null {
  if (acting.length === 0) return null;
  const rows = acting.map((closure) => el("li", {}, row(closure, () => show(closure.id))));
  const list = el(
    "details",
    { class: "closures", open: unfolded },
    el("summary", {}, t("page.closures.count", { n: number(acting.length) })),
    el("ul", {}, ...rows),
  );
  return on(list, { toggle: () => (unfolded = list.open) });
}

function row(closure: Closure, show: () => void): HTMLElement {
  const content = el(
    "button",
    { type: "button", class: "closure-row" },
    el("span", { class: closure.factor === 0 ? "closed" : "slowed" }, effect(closure)),
    el("span", { class: "closure-words" }, closure.reason),
    el("small", {}, until(closure)),
  );
  return on(content, { click: show });
}
