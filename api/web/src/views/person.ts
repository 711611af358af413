import { el } from "../dom";
import type { Person } from "../shapes";
import { named, t } from "../words";

export const roleWords = ({ role, kind }: Person): string => (role ? named("role", role) : named("kind", kind));

export function call(phone: string): HTMLElement {
  const href = `tel:${phone.replace(/[^\d+]/g, "")}`;
  return el("a", { class: "call", href, "aria-label": t("page.responders.call", { phone }) }, phone);
}
