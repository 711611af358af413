import { el } from "../dom";
import { moment, timeAgo } from "../format";
import type { Assignment, ReportDetail, ReportEvent, Responder } from "../shapes";
import { named, t } from "../words";
import { assignmentsView, fact } from "./assignments";
import type { Answer } from "./place";
import { respondersView } from "./responders";
import { problemNotice } from "../problem";

export interface ReportFacts extends Pick<ReportDetail, "report" | "events" | "holder"> {
  assignments: Assignment[];
  responders: Answer<Responder[]>;
  /** It was handed in on this page a moment ago. */
  received: boolean;
}

export interface ReportActions {
  categoryName: (code: string | null) => string;
  zoom: () => void;
}

export function reportView(facts: ReportFacts, { categoryName, zoom }: ReportActions): HTMLElement[] {
  const { report, assignments, events } = facts;
  const parts = [
    facts.received ? receivedNotice() : null,
    report.state === "retired" ? el("p", { class: "notice" }, t("page.report.retired")) : null,
    el(
      "section",
      { class: "report-head" },
      el("p", { class: "eyebrow" }, categoryName(report.category), " · ", timeAgo(report.captured_at)),
      el("p", { class: "report-full" }, report.description || t("page.report.wordless")),
      reportFacts(facts),
    ),
    assignmentsView(assignments),
    "value" in facts.responders ? respondersView(facts.responders.value, zoom) : problemNotice(facts.responders.problem),
    events.length > 0 ? history(events) : null,
  ];
  return parts.filter((part) => part !== null);
}

function receivedNotice(): HTMLElement {
  return el(
    "div",
    { class: "notice notice-good", role: "status" },
    el("p", {}, el("strong", {}, t("page.report.received"))),
    el("p", {}, t("page.report.received.hint")),
  );
}

function reportFacts({ report, holder }: ReportFacts): HTMLElement {
  return el(
    "dl",
    { class: "facts" },
    fact(t("page.report.captured"), moment(report.captured_at)),
    report.address ? fact(t("page.report.address"), report.address) : null,
    report.number ? fact(t("page.report.number"), report.number) : null,
    holder && fact(t("page.report.holder"), holder.name || holder.code),
  );
}

function history(events: ReportEvent[]): HTMLElement {
  const rows = events.map(({ kind, at, actor }) =>
    el("li", {}, el("span", {}, named("event", kind)), el("span", { class: "event-actor" }, actor ?? ""), timeAgo(at)),
  );
  return el("section", {}, el("h3", {}, t("page.report.events")), el("ol", { class: "events" }, ...rows));
}
