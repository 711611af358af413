import type L from "leaflet";
import { byId, el, on } from "./dom";
import type { Layer } from "./shapes";
import { named, t } from "./words";

export interface Switch {
  name: () => string;
  group: L.LayerGroup | null;
}

/** Boxes that put layers on the map and take them off; one without a group cannot be drawn. */
export function showSwitches(map: L.Map, switches: Switch[], added: () => void): void {
  const rows = switches.map(({ name, group }) => {
    const box = el("input", {
      type: "checkbox",
      checked: group !== null && map.hasLayer(group),
      disabled: group === null,
    });
    on(box, {
      change: () => {
        if (group && !box.checked) map.removeLayer(group);
        if (!group || !box.checked) return;
        map.addLayer(group);
        added();
      },
    });
    const hint = group ? null : el("small", {}, t("page.layers.none"));
    return el("label", {}, box, el("span", {}, name()), hint);
  });
  byId("switch-list").replaceChildren(...rows);
}

export function layerName(layer: Layer): string {
  return named("layer", layer.code, layer.name);
}

/** On a narrow screen the map comes first. */
export function foldSwitches(): void {
  if (matchMedia("(max-width: 760px)").matches) byId("switches").removeAttribute("open");
}
