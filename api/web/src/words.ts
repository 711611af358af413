import cases from "../../../gridgis/words/cases.json";
import catalogue from "../../../gridgis/words/page.json";

export type Key = keyof typeof catalogue;
export type Language = "zh" | "en";
type Facts = Record<string, string | number>;

const REMEMBERED = "gridgis.language";
const listeners: (() => void)[] = [];
let language: Language = preferred();

function preferred(): Language {
  const chosen = remembered();
  if (chosen) return chosen;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

function remembered(): Language | null {
  try {
    const value = localStorage.getItem(REMEMBERED);
    return value === "zh" || value === "en" ? value : null;
  } catch {
    return null; // storage may be forbidden; the browser's language serves
  }
}

export function currentLanguage(): Language {
  return language;
}

/** The BCP 47 tag, for Intl and the page's lang attribute. */
export function locale(): string {
  return language === "zh" ? "zh-CN" : "en-GB";
}

export function switchLanguage(): void {
  language = language === "zh" ? "en" : "zh";
  try {
    localStorage.setItem(REMEMBERED, language);
  } catch {
    // It then lasts as long as the page.
  }
  for (const listener of listeners) listener();
}

export function onLanguage(listener: () => void): void {
  listeners.push(listener);
}

/** The words of a key in the page's language, `{name}` filled from the facts. */
export function t(key: Key, facts: Facts = {}): string {
  return catalogue[key][language].replace(/\{(\w+)\}/g, (whole, name: string) =>
    name in facts ? String(facts[name]) : whole,
  );
}

/** The words for a code of the service, or the fallback when the catalogue has none. */
export function named(family: string, code: string, fallback: string = code): string {
  const key = `page.${family}.${code.replace(/-/g, "_")}`;
  return key in catalogue ? t(key as Key) : fallback;
}

/** The words for a state or an event of a case, or the fallback when the catalogue has none. */
export function caseWord(code: string, fallback: string = code): string {
  const key = `case.general.${code}`;
  return key in cases ? cases[key as keyof typeof cases][language] : fallback;
}

/** Write the words of all elements that carry data-words, or data-words-label, -title, -example. */
export function writeWords(root: ParentNode = document): void {
  document.documentElement.lang = locale();
  for (const element of root.querySelectorAll<HTMLElement>("[data-words]")) {
    element.textContent = t(element.dataset["words"] as Key);
  }
  for (const element of root.querySelectorAll<HTMLElement>("[data-words-label]")) {
    element.setAttribute("aria-label", t(element.dataset["wordsLabel"] as Key));
  }
  for (const element of root.querySelectorAll<HTMLElement>("[data-words-title]")) {
    element.title = t(element.dataset["wordsTitle"] as Key);
  }
  for (const element of root.querySelectorAll<HTMLInputElement>("[data-words-example]")) {
    element.placeholder = t(element.dataset["wordsExample"] as Key);
  }
}
