import { el, on } from "../dom";
import { number } from "../format";
import { problemNotice } from "../problem";
import type { Nearby, Passed } from "../shapes";
import { named, t } from "../words";
import type { Answer } from "./place";
import { howFar } from "./responders";

const MOST = 12;

export interface WhyNot {
  element: HTMLElement;
  /** The answer has changed: what is told of it has to be asked for again. */
  renew: () => void;
}

/** Who is nearer and was passed over, and who cannot come; asked for when somebody wants to know. */
export function whyNotView(explain: () => Promise<Answer<Nearby>>): WhyNot {
  const body = el("div", { class: "why-not-body" });
  const element = el("details", { class: "why-not" }, el("summary", {}, t("page.responders.why_not")), body);
  let turn = 0;
  const load = async (): Promise<void> => {
    turn += 1;
    const own = turn;
    body.replaceChildren(el("p", { class: "quiet-words", role: "status" }, t("page.loading")));
    const told = await explain();
    if (own !== turn) return;
    body.replaceChildren("value" in told ? others(told.value) : problemNotice(told.problem, () => void load()));
  };
  const renew = (): void => {
    if (element.open) void load();
  };
  on(element, { toggle: renew });
  return { element, renew };
}

function others({ passed, unreachable }: Nearby): HTMLElement {
  // Who lacks the skill would be of no use at any time: a number says enough.
  const lacking = passed.filter(({ reason }) => reason === "no_skill");
  const rows = [...passed.filter((one) => !lacking.includes(one)), ...unreachable];
  if (rows.length + lacking.length === 0) return el("p", { class: "quiet-words" }, t("page.responders.why_not.none"));
  const more = rows.length - MOST;
  return el(
    "ul",
    {},
    ...rows.slice(0, MOST).map(row),
    more > 0 && el("li", { class: "quiet-words" }, t("page.responders.why_not.more", { n: number(more) })),
    lacking.length > 0 && el("li", { class: "quiet-words" }, t("page.responders.why_not.lacking", { n: number(lacking.length) })),
  );
}

function row(one: Passed): HTMLElement {
  const far = one.travel_s === null && one.reason.startsWith("no_") && one.reason !== "no_skill" ? "" : howFar(one);
  return el(
    "li",
    {},
    el("span", {}, one.name),
    el("span", { class: "why" }, named("why_not", one.reason, one.why)),
    el("span", { class: "far" }, far),
  );
}
