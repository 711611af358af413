import { button, el } from "../dom";
import { moment, timeAgo } from "../format";
import type { Address, Assignment, Report, ReportDetail, ReportEvent } from "../shapes";
import { caseWord, named, t } from "../words";
import { assignmentsView, fact } from "./assignments";
import { nearestView, type Nearest, type NearestActions } from "./responders";

export interface ReportFacts extends Pick<ReportDetail, "report" | "events" | "holder"> {
  assignments: Assignment[];
  /** Null when nobody knows where it is. */
  nearest: Nearest | null;
  /** It was handed in on this page a moment ago. */
  received: boolean;
  /** What the words may mean of one that was just received and could not be located. */
  candidates: Address[];
}

export interface ReportActions {
  categoryName: (code: string | null) => string;
  /** Null when nobody knows where it is. */
  coming: NearestActions | null;
  /** Say where it is. */
  locate: () => void;
}

export function reportView(facts: ReportFacts, { categoryName, coming, locate }: ReportActions): HTMLElement[] {
  const { report, assignments, events } = facts;
  const parts = [
    facts.received ? receivedNotice(facts) : null,
    report.state === "void" ? el("p", { class: "notice" }, t("page.report.retired")) : null,
    el(
      "section",
      { class: "report-head" },
      el("p", { class: "eyebrow" }, categoryName(report.category), " · ", timeAgo(report.captured_at)),
      el("p", { class: "report-full" }, report.description || t("page.report.wordless")),
      reportFacts(facts),
    ),
    report.location ? assignmentsView(assignments) : null,
    facts.nearest && coming && nearestView(facts.nearest, coming),
    report.location || report.state === "void" ? null : whereNotice(facts.candidates, locate),
    events.length > 0 ? history(events) : null,
  ];
  return parts.filter((part) => part !== null);
}

function receivedNotice({ report }: ReportFacts): HTMLElement {
  const hint = report.located ? "page.report.received.located" : report.location ? "page.report.received.hint" : null;
  return el(
    "div",
    { class: "notice notice-good", role: "status" },
    el("p", {}, el("strong", {}, t("page.report.received"))),
    hint && el("p", {}, t(hint, { name: report.located?.name ?? report.address ?? "" })),
  );
}

/** That nobody knows where it is, what its words may mean, and the way to say it. */
function whereNotice(candidates: Address[], locate: () => void): HTMLElement {
  const names = candidates.map(({ name, grid }) => (grid ? `${name} (${grid.name || grid.code})` : name));
  return el(
    "div",
    { class: "notice where-notice" },
    el("p", {}, t("page.report.waiting")),
    names.length > 0 && el("ul", {}, ...names.map((name) => el("li", {}, name))),
    button({ class: "quiet" }, t("page.report.locate"), locate),
  );
}

function reportFacts({ report, holder }: ReportFacts): HTMLElement {
  return el(
    "dl",
    { class: "facts" },
    fact(t("page.report.state"), caseWord(report.state)),
    fact(t("page.report.captured"), moment(report.captured_at)),
    report.address ? fact(t("page.report.address"), report.address) : null,
    report.located?.name ? fact(t("page.report.located"), locatedWords(report.located)) : null,
    report.number ? fact(t("page.report.number"), report.number) : null,
    holder && fact(t("page.report.holder"), holder.name || holder.code),
  );
}

function locatedWords({ name, precision, words }: NonNullable<Report["located"]>): HTMLElement {
  const said = words && words !== name ? `${words} → ${name ?? ""}` : (name ?? "");
  return el("span", {}, `${said} `, el("span", { class: `chip precision-${precision}` }, t(`page.precision.${precision}`)));
}

function history(events: ReportEvent[]): HTMLElement {
  const rows = events.map(({ kind, at, actor }) =>
    el("li", {}, el("span", {}, named("event", kind, caseWord(kind))), el("span", { class: "event-actor" }, actor ?? ""), timeAgo(at)),
  );
  return el("section", {}, el("h3", {}, t("page.report.events")), el("ol", { class: "events" }, ...rows));
}
