import { button, el, on } from "../dom";
import { number, timeAgo } from "../format";
import type { Report } from "../shapes";
import { t } from "../words";

export interface LatestActions {
  open: (id: string) => void;
  categoryName: (code: string | null) => string;
  /** Open the queue of those that wait for a place. */
  queue: () => void;
  /** Write a report of which only the address is known. */
  write: () => void;
  /** What is closed on the roads, if anything is. */
  closures: () => HTMLElement | null;
}

export interface Latest {
  reports: Report[];
  /** Those that came since the last look. */
  fresh: Set<string>;
  /** How many reports wait for somebody to say where they are. */
  waiting: number;
}

/** The list of the latest reports, and the ways to write one and to those that wait. */
export function latestView({ reports, fresh, waiting }: Latest, actions: LatestActions): HTMLElement[] {
  const hint = el("p", { class: "hint" }, t("page.latest.hint"));
  const ways = el(
    "div",
    { class: "ways" },
    button({ class: "quiet" }, t("page.latest.write"), actions.write),
    waiting > 0 && button({ class: "quiet waiting-count" }, t("page.latest.unlocated", { n: number(waiting) }), actions.queue),
  );
  const closed = actions.closures();
  const above = [hint, ways, ...(closed ? [closed] : [])];
  if (reports.length === 0) return [...above, el("p", { class: "quiet-words" }, t("page.latest.none"))];
  const rows = reports.map((report) => el("li", {}, row(report, fresh.has(report.id), actions)));
  return [...above, el("ul", { class: "reports" }, ...rows)];
}

function row(report: Report, fresh: boolean, { open, categoryName }: LatestActions): HTMLElement {
  const attributes = { type: "button", class: fresh ? "report-row fresh" : "report-row", "data-report": report.id };
  const content = el(
    "button",
    attributes,
    el("span", { class: "report-top" }, el("strong", {}, categoryName(report.category)), timeAgo(report.captured_at)),
    el("span", { class: "report-words" }, report.description || report.address || t("page.report.wordless")),
    el("span", { class: report.grid ? "report-grid" : "report-grid astray" }, gridWords(report)),
  );
  return on(content, { click: () => open(report.id) });
}

export function gridWords({ grid, location }: Report): string {
  if (grid) return grid.name || grid.code;
  return t(location ? "page.latest.no_grid" : "page.latest.no_location");
}

/** Put a new list in place of the old one without taking the reader's place in it. */
export function keepPlace(change: () => void): void {
  const focused = document.activeElement as HTMLElement | null;
  const id = focused?.dataset["report"];
  const body = document.getElementById("panel-body");
  const top = body?.scrollTop ?? 0;
  change();
  if (body) body.scrollTop = top;
  if (id) document.querySelector<HTMLElement>(`[data-report="${CSS.escape(id)}"]`)?.focus({ preventScroll: true });
}
