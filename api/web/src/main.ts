import "leaflet/dist/leaflet.css";
import "./style/base.css";
import "./style/layout.css";
import "./style/menu.css";
import "./style/panel.css";
import "./style/reports.css";
import "./style/answer.css";
import "./style/responders.css";
import "./style/form.css";
import "./style/closures.css";
import "./style/map.css";
import "./style/search.css";
import "./style/queue.css";
import * as api from "./api";
import { App } from "./app";
import { loadLayer } from "./areas";
import { ClosedRoads } from "./closures";
import { byId, on } from "./dom";
import { number, refreshTimes } from "./format";
import { Labels } from "./labels";
import { createMap } from "./map";
import { foldMapsWhenLeft, writeMaps } from "./maps";
import { Choice, Dots } from "./marks";
import { focusPanel, makeRoom, showPanel, startPanel } from "./panel";
import { problemNotice } from "./problem";
import { Feed } from "./feed";
import { go, onRoute, readRoute } from "./route";
import { SearchBox } from "./search/box";
import type { Health, Layer } from "./shapes";
import { foldSwitches, layerName, showSwitches, type Switch } from "./switches";
import { onTheme } from "./theme";
import { closuresView } from "./views/closures";
import { emptyView } from "./views/empty";
import { keepPlace, latestView } from "./views/latest";
import { renewNearest } from "./views/responders";
import { onLanguage, switchLanguage, t, writeWords } from "./words";

const city = createMap(({ lng, lat }) =>
  app.point({ lon: Number(lng.toFixed(6)), lat: Number(lat.toFixed(6)) }),
);
const labels = new Labels(city.leaflet);
const choice = new Choice(city.leaflet);
const app = new App(city, choice);
const open = (id: string): void => go({ view: "report", id });
const dots = new Dots(city.leaflet, open, ({ category }) => app.categoryName(category));
const feed = new Feed();
const closed = new ClosedRoads();
let switches: Switch[] = [];
let health: Health | null = null;
let empty = false;

const latestActions = {
  open,
  categoryName: app.categoryName,
  queue: () => go({ view: "unlocated" }),
  write: () => go({ view: "write" }),
  closures: () => closuresView(closed, showClosure),
};

app.latest = () => {
  if (empty) return showPanel(t("page.empty"), false, ...emptyView(() => location.reload()));
  if (feed.problem && !feed.seen) {
    return showPanel(t("page.latest"), false, problemNotice(feed.problem, () => void feed.look()));
  }
  keepPlace(() =>
    showPanel(t("page.latest"), false, ...latestView(feed, latestActions)),
  );
};

const search = new SearchBox({
  ask: (words, signal) => {
    const { lng, lat } = city.leaflet.getCenter().wrap();
    return api.addresses(words, { lon: lng, lat }, {}, signal);
  },
  choose: (address) => app.choose(address),
});
app.named = (name) => search.show(name);

function showClosure(id: string): void {
  const extent = closed.extent(id);
  if (!extent?.isValid()) return;
  makeRoom();
  city.fit(extent);
}

closed.changed = () => {
  restack();
  if (readRoute().view === "latest") app.again();
  renewNearest();
};

app.received = () => void feed.look();
feed.changed = () => {
  dots.show(feed.reports, feed.fresh);
  if (readRoute().view === "latest") app.again();
};
feed.looked = () => {
  writeHealth();
  refreshTimes();
  void closed.look();
};

function writeHealth(): void {
  const line = byId("health");
  const lost = feed.problem !== null;
  line.dataset["state"] = lost ? "lost" : health ? "ok" : "waiting";
  if (lost) line.textContent = t("page.health.lost");
  else if (!health) line.textContent = t("page.health.waiting");
  else {
    const words = [t("page.health.ok", { grids: number(health.grids) })];
    if (health.demo) words.push(t("page.health.demo"));
    line.textContent = words.join(" · ");
  }
}

function writePage(): void {
  writeWords();
  writeHealth();
  writeMaps();
  showSwitches(city.leaflet, switches, restack);
}

/** A layer that was just added lies on top; put partial layers and the choice above it. */
function restack(): void {
  for (const { layer, group } of app.drawn) {
    if (!layer.complete && city.leaflet.hasLayer(group)) group.bringToFront();
  }
  closed.group.bringToFront();
  choice.raise();
}

async function drawLayers(layers: Layer[]): Promise<void> {
  const drawn = await Promise.all(layers.map(loadLayer));
  app.drawn = drawn.filter((layer) => layer !== null);
  // Complete layers first: what is drawn later lies on top and answers the mouse.
  const order = [...app.drawn].sort((one, other) => Number(other.layer.complete) - Number(one.layer.complete));
  const base = order.find(({ layer }) => layer.complete) ?? order[0];
  for (const layer of order) if (layer === base || !layer.layer.complete) layer.group.addTo(city.leaflet);
  const rows = layers.map((layer, place) => ({ name: () => layerName(layer), group: drawn[place]?.group ?? null }));
  closed.group.addTo(city.leaflet);
  switches = [
    ...rows,
    { name: () => t("page.layers.closures"), group: closed.group },
    { name: () => t("page.layers.reports"), group: dots.group },
  ];
  empty = base === undefined;
  if (base) city.setExtent(base.extent());
  labels.show(base ?? null, order.filter(({ layer }) => !layer.complete));
}

async function start(): Promise<void> {
  writePage();
  foldSwitches();
  foldMapsWhenLeft();
  startPanel(() => go({ view: "latest" }));
  onRoute((route) => void app.show(route));
  onLanguage(() => {
    writePage();
    search.again();
    app.again();
  });
  onTheme(() => {
    for (const layer of app.drawn) layer.restyle();
    closed.draw();
    restack();
    app.again();
  });
  on(byId("language"), { click: switchLanguage });
  on(byId("skip"), { click: focusPanel });
  void api.health().then((answer) => {
    health = answer;
    writeHealth();
  }, writeHealth);
  try {
    const [layers, categories] = await Promise.all([api.layers(), api.categories()]);
    app.categories = categories;
    await Promise.all([drawLayers(layers), feed.start()]);
  } catch (error) {
    showPanel(t("page.latest"), false, problemNotice(error, () => location.reload()));
    return;
  }
  writePage();
  const unsent = app.unsent();
  if (unsent && readRoute().view === "latest") go(unsent);
  else await app.show(readRoute());
}

void start();
