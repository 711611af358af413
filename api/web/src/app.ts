import * as api from "./api";
import type { AreaLayer } from "./areas";
import { dropDraft, keptDraft, newDraft, NOWHERE, type Draft, type Spot } from "./draft";
import { around, type CityMap } from "./map";
import type { Choice } from "./marks";
import { askAbout, askNearest, findAgain, isThere, routeTo } from "./place";
import { makeRoom, openPanel, showPanel, showWaiting } from "./panel";
import { problemNotice } from "./problem";
import { Queue } from "./queue";
import { reportForm } from "./report-form";
import { go, readRoute, type PlaceRoute, type Route } from "./route";
import type { Address, Assignment, Category, Location, Mode, Received, Report, ReportDetail, Responder } from "./shapes";
import { answer, placeView, type PlaceFacts } from "./views/place";
import { reportView, type ReportFacts } from "./views/report";
import { focusOn, pointOut, type Nearest, type NearestActions } from "./views/responders";
import { currentLanguage, t, type Key } from "./words";

/** What the panel shows, and what of it stands on the map. */
export class App {
  categories: Category[] = [];
  drawn: AreaLayer[] = [];
  /** Called when the panel turns back to the latest reports. */
  latest: () => void = () => {};
  /** Called when a report has been handed in. */
  received: () => void = () => {};
  /** Called with the name of the place in view, and with nothing when none is. */
  named: (name: string) => void = () => {};
  private draft: Draft | null = keptDraft();
  private chosen: Address | null = null;
  private mode: Mode = "car";
  private justReceived: Received | null = null;
  private turn = 0;
  private redraw: () => void = () => {};

  constructor(
    private readonly map: CityMap,
    private readonly choice: Choice,
  ) {
    choice.pointed = pointOut;
    choice.picked = focusOn;
  }

  readonly categoryName = (code: string | null): string => {
    if (code === null) return t("page.category.none");
    const category = this.categories.find((one) => one.code === code);
    if (!category) return code;
    return (currentLanguage() === "en" && category.name_en) || category.name;
  };

  private readonly queue: Queue = new Queue({
    categoryName: (code) => this.categoryName(code),
    point: (address) => {
      this.choice.show(address?.location ?? null, undefined, [], address);
      if (!address?.location) return;
      makeRoom();
      this.map.fly(around(address.location, address.accuracy_m ?? 0));
    },
    open: (id) => go({ view: "report", id }),
    changed: () => this.received(),
  });

  private readonly zoom = (): void => {
    const extent = this.choice.extent();
    if (extent.isValid()) this.map.fit(extent);
  };

  /** What can be done with the nearest of a place; `draw` puts it on the map again. */
  private coming(nearest: Nearest, draw: () => void): NearestActions {
    const turn = this.turn;
    return {
      zoom: () => {
        makeRoom();
        this.zoom();
      },
      follow: (place) => {
        const way = this.choice.way(place)?.extend([nearest.at.lat, nearest.at.lon]);
        if (!way) return;
        makeRoom();
        this.map.fit(way);
      },
      point: (place) => this.choice.point(place),
      come: async (mode) => {
        this.mode = nearest.mode = mode;
        const { told } = await askNearest(nearest.at, nearest.skill, mode);
        if (turn !== this.turn || nearest.mode !== mode) return false;
        nearest.told = told;
        draw();
        return true;
      },
      explain: () => answer(api.nearest(nearest.at, { mode: nearest.mode, skill: nearest.skill, explain: true })),
    };
  }

  async show(route: Route): Promise<void> {
    this.turn += 1;
    this.queue.leave();
    if (route.view !== "place" || !route.address) this.named("");
    if (route.view === "place") await this.showPlace(route);
    else if (route.view === "report") await this.showReport(route.id);
    else if (route.view === "write") this.showForm();
    else if (route.view === "unlocated") {
      this.redraw = () => this.queue.again();
      await this.queue.show(route.id);
    }
    else {
      this.choice.clear();
      this.redraw = () => this.latest();
      this.redraw();
    }
  }

  /** Draw the same things again: other language, other colours, or more of the map is there. */
  again(): void {
    this.redraw();
  }

  /** Tell all about a point of the map, or say that an open report is there. */
  point(at: Location): void {
    if (!this.queue.offerPoint(at)) go({ view: "place", ...at });
  }

  /** Fly to an address that was found, and tell all about it, or offer it for an open report. */
  choose(address: Address): void {
    if (this.queue.offer(address)) return;
    const route = routeTo(address);
    if (!route) return;
    this.chosen = address;
    go(route);
  }

  private async showPlace(route: PlaceRoute): Promise<void> {
    const turn = this.turn;
    const at = { lon: route.lon, lat: route.lat };
    const chosen = this.chosen && isThere(this.chosen, at) ? this.chosen : null;
    this.chosen = null;
    this.choice.show(at, undefined, [], chosen);
    if (!route.address) this.map.reveal([at.lat, at.lon]);
    this.wait("page.place");
    const address = chosen ?? (await findAgain(route));
    if (turn !== this.turn) return;
    if (address) {
      this.named(address.name);
      this.choice.show(at, undefined, [], address);
    }
    if (route.address) this.map.fly(around(at, address?.accuracy_m ?? 0));
    const facts = await askAbout(at, address, this.mode);
    if (turn !== this.turn) return;
    this.redraw = () => this.drawPlace(facts);
    this.redraw();
  }

  private wait(title: Key): void {
    this.redraw = () => showWaiting(t(title));
    this.redraw();
    openPanel();
  }

  private drawPlace(facts: PlaceFacts): void {
    const { at, address, located, nearest } = facts;
    const assignments = "value" in located ? located.value.assignments : [];
    const draw = (): void => this.choice.show(at, this.gridOf(assignments), comers(nearest), address);
    draw();
    const here = this.draft?.lon === at.lon && this.draft.lat === at.lat ? this.draft : null;
    const view = placeView(facts, here && this.form(here), {
      report: () => {
        this.draft = this.draftAt({ ...at, address: address?.address ?? "", accuracy_m: address?.accuracy_m ?? null });
        this.redraw();
        document.getElementById("form-category")?.focus();
      },
      coming: this.coming(nearest, draw),
      again: () => void this.show(readRoute()),
    });
    showPanel(address?.name ?? t("page.place"), true, ...view);
  }

  /** A form without a point: the address alone must say where. */
  private showForm(): void {
    this.choice.clear();
    this.draft = this.draft?.lon === null ? this.draft : this.draftAt(NOWHERE);
    const draft = this.draft;
    this.redraw = () => showPanel(t("page.form"), true, this.form(draft));
    this.redraw();
    openPanel();
  }

  /** Where a report waits that was begun before a reload, if there is one. */
  unsent(): Route | null {
    if (!this.draft) return null;
    const { lon, lat } = this.draft;
    return lon === null || lat === null ? { view: "write" } : { view: "place", lon, lat };
  }

  /** Words that were never sent move along to the new place; what was tried keeps its own. */
  private draftAt(spot: Spot): Draft {
    return this.draft && !this.draft.captured_at ? { ...this.draft, ...spot } : newDraft(spot);
  }

  private form(draft: Draft): HTMLElement {
    return reportForm(draft, {
      categories: this.categories,
      categoryName: this.categoryName,
      received: (received) => {
        this.draft = null;
        this.justReceived = received;
        this.received();
        go({ view: "report", id: received.report.id });
      },
      openStored: (id) => {
        this.draft = null;
        go({ view: "report", id });
      },
      cancel: () => {
        this.draft = null;
        dropDraft();
        if (draft.lon === null) go({ view: "latest" });
        else this.redraw();
      },
    });
  }

  private async showReport(id: string): Promise<void> {
    const turn = this.turn;
    const received = this.justReceived?.report.id === id ? this.justReceived : null;
    this.justReceived = null;
    this.wait("page.report");
    try {
      const facts = received ? this.fromReceived(received) : await this.fetchReport(id);
      if (turn !== this.turn) return;
      this.redraw = () => this.drawReport(facts);
      this.redraw();
      this.zoom();
      if (!received || !facts.nearest) return;
      // The receipt says who; the ways that they take are asked for behind it.
      const { told } = await askNearest(facts.nearest.at, facts.nearest.skill, this.mode);
      if (turn !== this.turn || "problem" in told) return;
      facts.nearest.told = told;
      this.redraw();
      this.zoom();
    } catch (error) {
      if (turn !== this.turn) return;
      this.choice.clear();
      this.redraw = () =>
        showPanel(t("page.report"), true, problemNotice(error, () => void this.show(readRoute())));
      this.redraw();
    }
  }

  private async fetchReport(id: string): Promise<ReportFacts> {
    const detail = await api.report(id);
    const { report, events, holder } = detail;
    const { location } = report;
    const nearest = location && (await askNearest(location, this.skillsFor(report), this.mode));
    const assignments = responsibleFirst(lastMade(detail.assignments), report);
    return { report, assignments, events, holder, nearest, received: false, candidates: [] };
  }

  private skillsFor({ category }: Report): string[] {
    return this.categories.find(({ code }) => code === category)?.skills ?? [];
  }

  private fromReceived({ report, assignments, responders, responders_by, candidates }: Received): ReportFacts {
    const value = { by: responders_by ?? "line", by_line_reason: null, responders, passed: [], unreachable: [] };
    const at = report.location;
    return {
      report,
      assignments: responsibleFirst(assignments, report),
      events: [],
      holder: null,
      nearest: at && { at, skill: this.skillsFor(report), mode: this.mode, told: { value } },
      received: true,
      candidates,
    };
  }

  private drawReport(facts: ReportFacts): void {
    const { report, assignments, nearest } = facts;
    const known = report.located && { precision: report.located.precision, accuracy_m: report.accuracy_m };
    const draw = (): void => this.choice.show(report.location, this.gridOf(assignments), comers(nearest), known);
    draw();
    const view = reportView(facts, {
      categoryName: this.categoryName,
      coming: nearest && this.coming(nearest, draw),
      locate: () => go({ view: "unlocated", id: report.id }),
    });
    showPanel(t("page.report"), true, ...view);
  }

  private gridOf([first]: Assignment[]): ReturnType<AreaLayer["find"]> {
    if (!first?.grid) return undefined;
    return this.drawn.find(({ layer }) => layer.code === first.layer)?.find(first.grid.code);
  }
}

function comers(nearest: Nearest | null): Responder[] {
  return nearest && "value" in nearest.told ? nearest.told.value.responders : [];
}

function lastMade(assignments: ReportDetail["assignments"]): Assignment[] {
  const last = assignments[assignments.length - 1]?.made_at;
  return assignments.filter(({ made_at }) => made_at === last);
}

/** The answer of the layer that holds the report comes first; without one, a layer with a grid. */
function responsibleFirst(assignments: Assignment[], { grid }: Report): Assignment[] {
  const weight = (one: Assignment): number => (grid ? Number(one.layer === grid.layer) : Number(one.grid !== null));
  return [...assignments].sort((one, other) => weight(other) - weight(one));
}
