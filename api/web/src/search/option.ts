import { el } from "../dom";
import type { Address, How, Match } from "../shapes";
import { named, t } from "../words";

/** How words were understood that say themselves what is meant: nobody needs to be told. */
const PLAIN: How[] = ["exact", "begun", "short"];

/** One answer to the question, as an option of the list. */
export function optionView(address: Address, question: string, close: boolean): HTMLElement {
  const { name, location, matched } = address;
  const understood = understoodWords(matched);
  const unused = unusedWords(question, matched);
  return el(
    "li",
    {
      role: "option",
      class: close ? "option close" : "option",
      "aria-selected": "false",
      "aria-disabled": location === null && "true",
    },
    el("span", { class: "option-top" }, el("strong", {}, ...marked(name, matched)), " ", precisionChip(address)),
    address.address !== name && el("span", { class: "option-address" }, " ", ...marked(address.address, matched)),
    el("span", { class: "option-foot" }, " ", footWords(address)),
    understood && el("span", { class: "option-how" }, " ", understood),
    unused && el("span", { class: "option-how option-unused" }, " ", unused),
  );
}

/** What kind of place it is, and its grid. */
export function footWords(address: Address): string {
  const { grid, location } = address;
  const kindWords = kindOf(address);
  const where = location ? (grid?.name || grid?.code) ?? t("page.rule.outside") : t("page.search.nowhere");
  return [kindWords, where].filter(Boolean).join(" · ");
}

/** What kind of place it is, unless its precision says so. */
export function kindOf({ kind, precision }: Pick<Address, "kind" | "precision">): string | null {
  return [kind, "street", "area"].includes(precision) ? null : named("place_kind", kind);
}

export function precisionChip({ precision }: Address): HTMLElement {
  return el("span", { class: `chip precision-${precision}` }, t(`page.precision.${precision}`));
}

/** What was understood where the words did not say it themselves, as `jlly → 建兰丽苑 (pinyin)`. */
export function understoodWords(matched: Match[]): string | null {
  const covers = (one: Match, other: Match): boolean =>
    other.start <= one.start && one.end <= other.end && other.end - other.start > one.end - one.start;
  const said = matched
    .filter((one) => !PLAIN.includes(one.how) && !matched.some((other) => covers(one, other)))
    .map(({ words, name, how }) => t("page.search.understood", { words, name, how: t(`page.how.${how}`) }));
  return said.length > 0 ? said.join(t("page.sentence.separator")) : null;
}

/** The words of the question that this answer says nothing about. */
function unusedWords(question: string, matched: Match[]): string | null {
  const left = [...question.normalize("NFC")].map((letter, at) =>
    matched.some(({ start, end }) => at >= start && at < end) ? " " : letter,
  );
  const words = left.join("").match(/[\p{L}\p{N}]+/gu);
  return words && t("page.search.unused", { words: words.join(" ") });
}

/** A text with the words that were matched marked in it, the longest where some overlap. */
export function marked(text: string, matched: Match[]): (Node | string)[] {
  const spans: [number, number][] = [];
  const found = matched
    .map(({ words, name }) => spanOf(text, words) ?? spanOf(text, name))
    .filter((span) => span !== null);
  for (const span of found.sort((one, other) => other[1] - other[0] - (one[1] - one[0]))) {
    if (spans.every(([start, end]) => span[1] <= start || span[0] >= end)) spans.push(span);
  }
  const parts: (Node | string)[] = [];
  let at = 0;
  for (const [start, end] of spans.sort(([one], [other]) => one - other)) {
    parts.push(text.slice(at, start), el("mark", {}, text.slice(start, end)));
    at = end;
  }
  return [...parts, text.slice(at)];
}

/** Where words stand in a text, but not as a part of a longer number. */
function spanOf(text: string, words: string): [number, number] | null {
  const within = text.toLowerCase();
  const wanted = words.toLowerCase();
  const isDigit = (at: number): boolean => /\d/.test(within.charAt(at));
  for (let start = within.indexOf(wanted); wanted && start >= 0; start = within.indexOf(wanted, start + 1)) {
    const end = start + wanted.length;
    const cuts = (isDigit(start) && isDigit(start - 1)) || (isDigit(end - 1) && isDigit(end));
    if (!cuts) return [start, end];
  }
  return null;
}
