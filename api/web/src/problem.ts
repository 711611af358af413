import { ApiError } from "./api";
import { button, el } from "./dom";
import { t, type Key } from "./words";

function sentence(error: unknown): Key {
  if (!(error instanceof ApiError)) return "page.problem.broken";
  if (error.status === 0) return "page.problem.unreachable";
  if (error.status >= 500) return "page.problem.unavailable";
  if (error.status === 404) return "page.problem.not_found";
  if (error.status === 409) return "page.problem.conflict";
  return "page.problem.invalid";
}

/** What went wrong, in words: our sentence, and the service's own when it has one. */
export function problemWords(error: unknown): string[] {
  const words = [t(sentence(error))];
  if (error instanceof ApiError && error.detail) {
    words.push(t("page.problem.detail", { detail: error.detail }));
  }
  return words;
}

export function problemNotice(error: unknown, again?: () => void): HTMLElement {
  return el(
    "div",
    { class: "notice notice-bad", role: "alert" },
    ...problemWords(error).map((words) => el("p", {}, words)),
    again && button({ class: "quiet" }, t("page.again"), again),
  );
}
