import * as api from "./api";
import { button, el, on } from "./dom";
import { dropDraft, keepDraft, type Draft } from "./draft";
import { problemWords } from "./problem";
import type { Category, NewReport, Received } from "./shapes";
import { t } from "./words";

export interface FormActions {
  categories: Category[];
  categoryName: (code: string) => string;
  received: (answer: Received) => void;
  openStored: (id: string) => void;
  cancel: () => void;
}

/**
 * A form for one report. Its number is made before the first try and stays the same, with the
 * time of the first try, so that sending again after a lost answer never makes a second report.
 */
export function reportForm(draft: Draft, actions: FormActions): HTMLElement {
  if (actions.categories.length === 0) {
    return el("p", { class: "notice" }, t("page.form.no_categories"));
  }
  const category = categoryField(draft, actions);
  const words = el("textarea", { id: "form-words", rows: "3", maxlength: "4000", placeholder: t("page.form.words.example") });
  words.value = draft.description;
  const alone = draft.lon === null;
  const address = el("input", {
    id: "form-address",
    type: "text",
    maxlength: "1000",
    autocomplete: "off",
    required: alone,
    placeholder: t("page.form.address.example"),
  });
  address.value = draft.address;
  const notice = el("div", { class: "form-notice", role: "alert" });
  const send = el("button", { type: "submit", class: "primary" }, t("page.form.send"));
  const keep = (): void => {
    draft.category = category.value;
    draft.description = words.value;
    draft.address = address.value;
    keepDraft(draft);
  };
  const form = el(
    "form",
    { class: "report-form", "aria-label": t("page.form") },
    el("label", { for: "form-category" }, t("page.form.category")),
    category,
    el("label", { for: "form-words" }, t("page.form.words")),
    words,
    el("label", { for: "form-address" }, t("page.form.address")),
    address,
    alone && el("p", { class: "hint" }, t("page.form.address.alone")),
    notice,
    el("div", { class: "form-foot" }, send, button({ class: "quiet" }, t("page.form.cancel"), actions.cancel)),
  );
  return on(form, {
    input: keep,
    submit: (event) => {
      event.preventDefault();
      keep();
      if (!send.disabled) void hand(draft, { send, notice }, actions);
    },
  });
}

function categoryField(draft: Draft, actions: FormActions): HTMLSelectElement {
  const choose = el("option", { value: "", disabled: true }, t("page.form.category.choose"));
  const options = actions.categories.map(({ code }) => el("option", { value: code }, actions.categoryName(code)));
  const field = el("select", { id: "form-category", required: true }, choose, ...options);
  field.value = draft.category;
  return field;
}

interface Parts {
  send: HTMLButtonElement;
  notice: HTMLElement;
}

async function hand(draft: Draft, { send, notice }: Parts, actions: FormActions): Promise<void> {
  send.disabled = true;
  send.textContent = t("page.form.sending");
  notice.replaceChildren();
  draft.captured_at ??= new Date().toISOString();
  keepDraft(draft);
  try {
    const answer = await api.send(body(draft));
    dropDraft();
    actions.received(answer);
  } catch (error) {
    notice.replaceChildren(...trouble(error, draft, actions));
    send.textContent = t("page.form.send_again");
  } finally {
    send.disabled = false;
  }
}

function body({ id, captured_at, category, description, ...draft }: Draft): NewReport {
  const { lon, lat, accuracy_m } = draft;
  const address = draft.address.trim();
  return {
    id,
    captured_at: captured_at ?? "",
    category,
    description: description.trim(),
    ...(address && { address }),
    ...(lon !== null && lat !== null && { location: { lon, lat, ...(accuracy_m !== null && { accuracy_m }) } }),
  };
}

function trouble(error: unknown, draft: Draft, actions: FormActions): HTMLElement[] {
  const lines = (words: string[]): HTMLElement =>
    el("div", { class: "notice notice-bad" }, ...words.map((line) => el("p", {}, line)));
  if (error instanceof api.ApiError && error.status === 409) {
    const open = button({ class: "quiet" }, t("page.form.open_stored"), () => {
      dropDraft();
      actions.openStored(draft.id);
    });
    return [lines([t("page.form.differs")]), open];
  }
  const refused = error instanceof api.ApiError && error.status >= 400 && error.status < 500;
  return [lines([...problemWords(error), t(refused ? "page.form.refused" : "page.form.kept")])];
}
