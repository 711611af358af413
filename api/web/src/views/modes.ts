import { el, on } from "../dom";
import type { Mode } from "../shapes";
import { t } from "../words";

const MODES: Mode[] = ["car", "fire", "bicycle", "foot"];

/** The choice of how they come. */
export function modesView(chosen: Mode, choose: (mode: Mode) => void): HTMLElement {
  const options = MODES.map((mode) => {
    const box = el("input", { type: "radio", name: "mode", value: mode, checked: mode === chosen });
    on(box, { change: () => choose(mode) });
    return el("label", {}, box, el("span", {}, t(`page.mode.${mode}`)));
  });
  return el("div", { class: "modes", role: "radiogroup", "aria-label": t("page.mode") }, ...options);
}
