import * as api from "./api";
import type { Report } from "./shapes";
import { answer } from "./views/place";

const MOST = 50;
const PAUSE_MS = 15_000;

/** The latest reports, looked at again and again while the page is in view. */
export class Feed {
  reports: Report[] = [];
  /** Those that were not there at the look before. */
  fresh = new Set<string>();
  /** How many reports wait for somebody to say where they are. */
  waiting = 0;
  seen = false;
  problem: unknown = null;
  changed: () => void = () => {};
  looked: () => void = () => {};

  async start(): Promise<void> {
    await this.look();
    setInterval(() => {
      if (!document.hidden) void this.look();
    }, PAUSE_MS);
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) void this.look();
    });
  }

  async look(): Promise<void> {
    try {
      const [reports, unlocated] = await Promise.all([api.latestReports(MOST), answer(api.unlocated(1))]);
      this.take(reports, "value" in unlocated ? unlocated.value.waiting : this.waiting);
      this.problem = null;
    } catch (error) {
      const news = this.problem === null && !this.seen;
      this.problem = error;
      if (news) this.changed();
    }
    this.looked();
  }

  private take(reports: Report[], waiting: number): void {
    const before = new Set(this.reports.map(({ id }) => id));
    const same = waiting === this.waiting && JSON.stringify(reports) === JSON.stringify(this.reports);
    this.waiting = waiting;
    const first = !this.seen;
    this.seen = true;
    if (same && !first) return;
    this.fresh = new Set(first ? [] : reports.map(({ id }) => id).filter((id) => !before.has(id)));
    this.reports = reports;
    this.changed();
  }
}
