import * as api from "./api";
import { openPanel, showPanel, showWaiting } from "./panel";
import { problemNotice } from "./problem";
import type { Address, Location, Unlocated, Waiting } from "./shapes";
import { keepPlace } from "./views/latest";
import { located, unlocatedView, type Choosing } from "./views/unlocated";
import { t } from "./words";

const LOOK_AGAIN_MS = 2_000;
const AT_WORK = [".waiting-open input:not([disabled])", ".waiting-open h2"];

export interface QueueActions {
  categoryName: (code: string | null) => string;
  /** Show a candidate on the map; null: none is chosen. */
  point: (address: Address | null) => void;
  open: (id: string) => void;
  /** One report fewer waits. */
  changed: () => void;
}

/** The reports that wait for somebody to say where, worked off one after another. */
export class Queue {
  private page: Unlocated | null = null;
  private problem: unknown = null;
  private choosing: Choosing | null = null;
  private done: HTMLElement | null = null;
  private turn = 0;
  private shown = false;

  constructor(private readonly actions: QueueActions) {}

  /** Show the queue, with one of its reports open: the first, unless told. */
  async show(id?: string): Promise<void> {
    this.shown = true;
    this.done = null;
    this.choosing = null;
    showWaiting(t("page.unlocated"));
    openPanel();
    await this.look(id);
  }

  leave(): void {
    this.shown = false;
    this.turn += 1;
  }

  /** A place that was found by other words, or a point of the map, for the open report. */
  offer(candidate: Address): boolean {
    if (!this.shown || !this.choosing) return false;
    const known = this.choosing.candidates.find(({ place }) => place !== null && place === candidate.place);
    if (!known) this.choosing.candidates.push(candidate);
    this.choose(known ?? candidate);
    this.draw();
    this.focus("input[name=candidate]:checked");
    return true;
  }

  offerPoint(location: Location): boolean {
    const words = { name: t("page.unlocated.point"), address: "", kind: "point", matched: [] };
    const unknown = { place: null, score: 0, close: false, accuracy_m: null, grid: null };
    if (this.choosing) this.choosing.candidates = this.choosing.candidates.filter(({ kind }) => kind !== "point");
    return this.offer({ ...words, ...unknown, precision: "building", location });
  }

  again(): void {
    if (this.page || this.problem) this.draw();
  }

  private async look(id?: string): Promise<void> {
    const turn = ++this.turn;
    try {
      const page = await api.unlocated();
      if (turn !== this.turn) return;
      this.page = page;
      this.problem = null;
      if (!page.searched) setTimeout(() => turn === this.turn && void this.look(this.choosing?.id), LOOK_AGAIN_MS);
    } catch (problem) {
      if (turn !== this.turn) return;
      this.problem = problem;
    }
    const reports = this.page?.reports ?? [];
    // A look while the places are being read brings more to choose from; what was chosen stays.
    const working = Boolean(document.activeElement?.closest(".waiting-open"));
    if (!this.choosing?.chosen || this.choosing.id !== id) {
      this.begin(reports.find(({ report }) => report.id === id) ?? reports[0]);
    }
    this.draw();
    if (working) this.focus(...AT_WORK);
  }

  private begin(waiting: Waiting | undefined): void {
    this.choosing = waiting
      ? {
          id: waiting.report.id,
          candidates: [...waiting.candidates],
          chosen: null,
          reason: null,
          words: "",
          problem: null,
          sending: false,
        }
      : null;
    this.actions.point(null);
  }

  private choose(candidate: Address): void {
    if (!this.choosing) return;
    this.choosing.chosen = candidate;
    this.actions.point(candidate);
  }

  private draw(): void {
    if (this.problem) {
      showPanel(t("page.unlocated"), true, problemNotice(this.problem, () => void this.look()));
      return;
    }
    if (!this.page) return;
    const view = unlocatedView(this.page, this.choosing, {
      categoryName: this.actions.categoryName,
      begin: (waiting) => {
        this.begin(waiting);
        this.draw();
        this.focus(...AT_WORK);
      },
      choose: (candidate) => {
        const before = this.choosing?.chosen;
        this.choose(candidate);
        // The reasons come into view with the first choice.
        if (!before) this.draw();
        if (!before) this.focus("input[name=candidate]:checked");
      },
      send: () => void this.send(),
      open: this.actions.open,
    });
    keepPlace(() => showPanel(t("page.unlocated"), true, ...(this.done ? [this.done] : []), ...view));
  }

  private async send(): Promise<void> {
    const { choosing, page, turn } = this;
    if (!choosing?.chosen?.location || !page || choosing.sending) return;
    const reason = [choosing.reason && t(choosing.reason), choosing.words.trim()].filter(Boolean).join(t("page.sentence.separator"));
    choosing.problem = reason ? null : t("page.unlocated.reason.missing");
    choosing.sending = reason !== "";
    this.draw();
    if (!reason) return this.focus("input[name=reason]");
    const at = page.reports.findIndex(({ report }) => report.id === choosing.id);
    const next = page.reports[at + 1]?.report.id;
    try {
      const answer = await api.sayWhere(choosing.id, choosing.chosen, reason);
      if (turn !== this.turn) return;
      this.done = located(answer, this.actions.open);
    } catch (problem) {
      if (turn !== this.turn) return;
      choosing.sending = false;
      choosing.problem = problem;
      // Somebody else was faster: what the queue shows is old.
      if (!(problem instanceof api.ApiError && problem.status === 409)) return this.draw();
      this.done = problemNotice(problem);
    }
    this.choosing = null;
    this.actions.changed();
    await this.look(next);
    this.focus(...AT_WORK, "#panel-title");
  }

  /** Focus the first of these that is there. */
  private focus(...parts: string[]): void {
    const there = parts.map((part) => document.querySelector<HTMLElement>(part)).find((part) => part !== null);
    there?.focus();
  }
}
