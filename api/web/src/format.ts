import { el } from "./dom";
import { locale, t } from "./words";

export function distance(metres: number, digits = 2): string {
  if (metres < 10) return t("page.unit.m", { n: number(metres, 1) });
  if (metres < 1000) return t("page.unit.m", { n: number(metres, 0) });
  return t("page.unit.km", { n: number(metres / 1000, metres < 10_000 ? digits : 0) });
}

/** How long a way takes, in whole minutes: nobody drives to the second. */
export function travel(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (minutes < 1) return t("page.unit.moment");
  if (minutes < 60) return t("page.unit.min", { n: minutes });
  return t("page.unit.h_min", { h: Math.floor(minutes / 60), n: minutes % 60 });
}

export function number(value: number, digits = 0): string {
  return value.toLocaleString(locale(), { maximumFractionDigits: digits });
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** How long ago or ahead, in words; the date once it is more than a month. */
export function ago(iso: string, now: number = Date.now()): string {
  const age_s = (now - Date.parse(iso)) / 1000;
  if (Math.abs(age_s) > 30 * 86_400) return moment(iso, { year: "numeric", month: "short", day: "numeric" });
  const words = new Intl.RelativeTimeFormat(locale(), { numeric: "auto", style: "short" });
  for (const [unit, size_s] of STEPS) {
    if (Math.abs(age_s) >= size_s) return words.format(-Math.round(age_s / size_s), unit);
  }
  return words.format(0, "second");
}

export function moment(
  iso: string,
  style: Intl.DateTimeFormatOptions = { dateStyle: "medium", timeStyle: "short" },
): string {
  return new Intl.DateTimeFormat(locale(), style).format(new Date(iso));
}

/** A time element that `refreshTimes` keeps true. */
export function timeAgo(iso: string): HTMLTimeElement {
  return el("time", { datetime: iso, title: moment(iso), "data-ago": true }, ago(iso));
}

export function refreshTimes(root: ParentNode = document): void {
  for (const time of root.querySelectorAll<HTMLTimeElement>("time[data-ago]")) {
    time.textContent = ago(time.dateTime);
  }
}
