import { button, el, on } from "../dom";
import { number, timeAgo } from "../format";
import { problemWords } from "../problem";
import { footWords, precisionChip, understoodWords } from "../search/option";
import type { Address, ReportDetail, Unlocated, Waiting } from "../shapes";
import { t, type Key } from "../words";

/** What a person is about to say of one report. */
export interface Choosing {
  id: string;
  candidates: Address[];
  chosen: Address | null;
  reason: Key | null;
  words: string;
  /** A sentence, or what came instead of an answer. */
  problem: unknown;
  sending: boolean;
}

export interface UnlocatedActions {
  categoryName: (code: string | null) => string;
  begin: (waiting: Waiting) => void;
  choose: (candidate: Address) => void;
  send: () => void;
  open: (id: string) => void;
}

const REASONS: Key[] = [
  "page.unlocated.reason.caller",
  "page.unlocated.reason.words",
  "page.unlocated.reason.site",
  "page.unlocated.reason.record",
];

/** The waiting reports, one of them open with its candidates. */
export function unlocatedView(page: Unlocated, choosing: Choosing | null, actions: UnlocatedActions): HTMLElement[] {
  if (page.reports.length === 0) return [el("p", { class: "quiet-words" }, t("page.unlocated.none"))];
  const items = page.reports.map((waiting) =>
    el("li", {}, waiting.report.id === choosing?.id ? opened(waiting, choosing, actions) : row(waiting, actions)),
  );
  const words = [t("page.unlocated.count", { n: number(page.waiting) }), page.searched ? "" : t("page.unlocated.reading")];
  return [
    el("p", { class: "hint", role: "status" }, words.filter(Boolean).join(" ")),
    el("ul", { class: "reports" }, ...items),
  ];
}

/** What was said of a report, in the view of the next one. */
export function located({ report, holder }: ReportDetail, open: (id: string) => void): HTMLElement {
  const grid = holder?.name || holder?.code || t("page.rule.outside");
  return el(
    "div",
    { class: "notice notice-good", role: "status" },
    el("p", {}, t("page.unlocated.done", { grid })),
    button({ class: "link" }, t("page.unlocated.done.open"), () => open(report.id)),
  );
}

function head({ report }: Waiting, categoryName: UnlocatedActions["categoryName"]): HTMLElement {
  return el("span", { class: "report-top" }, el("strong", {}, categoryName(report.category)), timeAgo(report.captured_at));
}

function row(waiting: Waiting, { begin, categoryName }: UnlocatedActions): HTMLElement {
  const { report, candidates } = waiting;
  const content = el(
    "button",
    { type: "button", class: "report-row", "aria-expanded": "false", "data-report": report.id },
    head(waiting, categoryName),
    el("span", { class: "report-words" }, report.address || report.description || t("page.report.wordless")),
    el("span", { class: "report-grid" }, t("page.unlocated.candidates", { n: candidates.length })),
  );
  return on(content, { click: () => begin(waiting) });
}

function opened(waiting: Waiting, choosing: Choosing, actions: UnlocatedActions): HTMLElement {
  const { report } = waiting;
  const none = choosing.candidates.length === 0;
  const form = el(
    "form",
    { class: "waiting-open", "aria-label": t("page.unlocated.form") },
    head(waiting, actions.categoryName),
    el("h2", { tabindex: "-1" }, report.address || report.description || t("page.report.wordless")),
    report.address && report.description && el("p", { class: "report-full" }, report.description),
    el(
      "fieldset",
      {},
      el("legend", {}, t(none ? "page.unlocated.candidates.none" : "page.unlocated.choose")),
      ...choosing.candidates.map((candidate) => candidateView(candidate, choosing, actions)),
    ),
    el("p", { class: "hint" }, t("page.unlocated.elsewhere")),
    choosing.chosen && reasons(choosing),
    choosing.problem !== null &&
      el("div", { class: "notice notice-bad", role: "alert" }, ...troubleWords(choosing.problem).map((line) => el("p", {}, line))),
    choosing.chosen &&
      el(
        "button",
        { type: "submit", class: "primary", disabled: choosing.sending },
        t(choosing.sending ? "page.form.sending" : "page.unlocated.send", { name: choosing.chosen.name }),
      ),
  );
  return on(form, {
    submit: (event) => {
      event.preventDefault();
      actions.send();
    },
  });
}

const troubleWords = (problem: unknown): string[] => (typeof problem === "string" ? [problem] : problemWords(problem));

function candidateView(candidate: Address, choosing: Choosing, actions: UnlocatedActions): HTMLElement {
  const { name, address, kind, location, matched } = candidate;
  const understood = understoodWords(matched);
  const box = el("input", {
    type: "radio",
    name: "candidate",
    checked: candidate === choosing.chosen,
    disabled: location === null,
  });
  const isPoint = kind === "point";
  return el(
    "label",
    { class: "candidate" },
    on(box, { change: () => actions.choose(candidate) }),
    el(
      "span",
      {},
      el("span", { class: "option-top" }, el("strong", {}, name), !isPoint && precisionChip(candidate)),
      address && address !== name && el("span", { class: "option-address" }, address),
      !isPoint && el("span", { class: "option-foot" }, footWords(candidate)),
      understood && el("span", { class: "option-how" }, understood),
    ),
  );
}

function reasons(choosing: Choosing): HTMLElement {
  const usual = REASONS.map((key) => {
    const box = el("input", { type: "radio", name: "reason", checked: choosing.reason === key });
    return el("label", { class: "reason" }, on(box, { change: () => (choosing.reason = key) }), el("span", {}, t(key)));
  });
  const words = el("input", { type: "text", id: "reason-words", maxlength: "500", autocomplete: "off" });
  words.value = choosing.words;
  return el(
    "fieldset",
    {},
    el("legend", {}, t("page.unlocated.reason")),
    ...usual,
    el("label", { class: "reason-words", for: "reason-words" }, t("page.unlocated.reason.own")),
    on(words, { input: () => (choosing.words = words.value) }),
  );
}
