import { el } from "../dom";
import { distance } from "../format";
import { precisionChip, understoodWords } from "../search/option";
import type { Address } from "../shapes";
import { named, t } from "../words";

/** What was found by words: its address, and how exactly that says where. */
export function addressView(address: Address): HTMLElement {
  const { kind, precision, accuracy_m, matched } = address;
  const understood = understoodWords(matched);
  const kindWords = kind === precision ? null : named("place_kind", kind);
  return el(
    "section",
    { class: "place-head" },
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
