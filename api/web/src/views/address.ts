import { el } from "../dom";
import { distance } from "../format";
import { kindOf, precisionChip, understoodWords } from "../search/option";
import type { Address } from "../shapes";
import { t } from "../words";

/** What was found by words: its address, and how exactly that says where. */
export function addressView(address: Address): HTMLElement {
  const { precision, accuracy_m, matched } = address;
  const understood = understoodWords(matched);
  const kindWords = kindOf(address);
  const isRough = precision === "street" || precision === "area";
  return el(
    "section",
    { class: isRough ? "place-head rough" : "place-head" },
    el("p", { class: "place-address" }, address.address),
    el(
      "p",
      { class: "place-precision" },
      precisionChip(address),
      kindWords && el("span", {}, kindWords),
      accuracy_m !== null && el("span", {}, t("page.place.accuracy", { metres: distance(accuracy_m) })),
    ),
    el("p", { class: "quiet-words" }, t(`page.precision.${precision}.means`)),
    understood && el("p", { class: "option-how" }, understood),
  );
}
