import { button, el } from "../dom";
import { t, type Key } from "../words";

const STEPS: [Key, string][] = [
  ["page.empty.demo", "gridgis demo"],
  ["page.empty.import", "gridgis areas import FILE --layer base --level grid --code CODE --name NAME"],
  ["page.empty.publish", "gridgis editions publish"],
];

/** What to do when no layer has an edition yet. */
export function emptyView(again: () => void): HTMLElement[] {
  const steps = STEPS.map(([words, command]) => el("li", {}, el("span", {}, t(words)), el("code", {}, command)));
  return [
    el("p", {}, t("page.empty.why")),
    el("ul", { class: "steps" }, ...steps),
    button({ class: "primary" }, t("page.empty.reload"), again),
  ];
}
