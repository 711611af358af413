import { byId, el, on } from "./dom";
import { t } from "./words";

type Size = "peek" | "half" | "full";
const HEIGHTS: Record<Size, number> = { peek: 0.16, half: 0.5, full: 0.9 };

const panel = byId("panel");
const title = byId("panel-title");
const body = byId("panel-body");
const back = byId("back");

/** Fill the panel. `back` tells whether it leads away from the latest reports. */
export function showPanel(words: string, away: boolean, ...content: HTMLElement[]): void {
  title.textContent = words;
  back.hidden = !away;
  body.replaceChildren(...content);
}

export function showWaiting(words: string): void {
  const line = el("p", { class: "waiting", role: "status" }, t("page.loading"));
  showPanel(words, true, line);
}

/** Bring a new view to the reader: at its top, focused, and not folded away. */
export function openPanel(): void {
  body.scrollTop = 0;
  if (panel.dataset["size"] === "peek") resize("half");
  title.focus({ preventScroll: true });
}

/** Let the reader see the map, where the panel hides it. */
export function makeRoom(): void {
  if (panel.dataset["size"] === "full") resize("half");
}

export function focusPanel(): void {
  title.focus();
}

export function startPanel(goBack: () => void): void {
  on(back, { click: goBack });
  const grip = byId("grip");
  on(grip, {
    pointerdown: (event) => drag(grip, event),
    keydown: (event) => {
      if (event.key === "Enter" || event.key === " ") toggle(event);
    },
  });
}

function resize(size: Size): void {
  panel.dataset["size"] = size;
  panel.style.height = "";
}

function toggle(event: Event): void {
  event.preventDefault();
  resize(panel.dataset["size"] === "half" ? "full" : "half");
}

/** Follow the finger, then settle on the nearest of the three heights; a tap toggles. */
function drag(grip: HTMLElement, start: PointerEvent): void {
  const from = panel.getBoundingClientRect().height;
  const whole = panel.parentElement?.getBoundingClientRect().height ?? innerHeight;
  const stop = new AbortController();
  const { signal } = stop;
  let moved = 0;
  grip.setPointerCapture(start.pointerId);
  panel.classList.add("dragged");
  grip.addEventListener(
    "pointermove",
    (event) => {
      moved = start.clientY - event.clientY;
      panel.style.height = `${from + moved}px`;
    },
    { signal },
  );
  const settle = (event: Event): void => {
    stop.abort();
    panel.classList.remove("dragged");
    if (Math.abs(moved) < 6) toggle(event);
    else resize(nearestSize((from + moved) / whole));
  };
  grip.addEventListener("pointerup", settle, { signal });
  grip.addEventListener("pointercancel", settle, { signal });
}

function nearestSize(share: number): Size {
  const sizes = Object.keys(HEIGHTS) as Size[];
  const off = (size: Size): number => Math.abs(HEIGHTS[size] - share);
  return sizes.reduce((best, next) => (off(next) < off(best) ? next : best));
}
