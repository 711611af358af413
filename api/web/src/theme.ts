/** Colours for the canvas, which cannot read CSS by itself. */
const NAMES = [
  "map-grid-fill",
  "map-grid-line",
  "map-parent-line",
  "map-top-line",
  "map-partial",
  "map-hover",
  "map-chosen",
  "map-reach",
  "map-reach-other",
  "map-casing",
  "map-closed",
  "map-slowed",
] as const;

export type Colours = Record<(typeof NAMES)[number], string>;

export function colours(): Colours {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(
    NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]),
  ) as Colours;
}

export function onTheme(listener: () => void): void {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", listener);
}
