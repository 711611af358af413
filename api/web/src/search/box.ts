import { byId, el, on } from "../dom";
import { problemWords } from "../problem";
import type { Address, Addresses } from "../shapes";
import type { Answer } from "../views/place";
import { t } from "../words";
import { Asking } from "./asking";
import { optionView } from "./option";

const HAN = /\p{Script=Han}/u;

export interface SearchActions {
  ask: (words: string, signal: AbortSignal) => Promise<Addresses>;
  choose: (address: Address) => void;
}

/**
 * The search box: an editable combobox with a list, as the WAI-ARIA practices describe it. The
 * focus stays in the input; the active option is told by `aria-activedescendant`.
 */
export class SearchBox {
  private readonly input = byId("search-words") as HTMLInputElement;
  private readonly popup = byId("search-popup");
  private readonly list = byId("search-list");
  private readonly note = byId("search-note");
  private readonly status = byId("search-status");
  private readonly clearing = byId("search-clear");
  private readonly asking: Asking<Addresses>;
  private outcome: Answer<Addresses> | null = null;
  private asked = "";
  private active = -1;
  /** Enter was pressed before the answer came. */
  private entered = false;

  constructor(private readonly actions: SearchActions) {
    this.asking = new Asking(actions.ask, (outcome) => this.answered(outcome));
    on(this.input, {
      input: (event) => (event as InputEvent).isComposing || this.typed(),
      // Chromium's last input event comes before the end of the composition, Firefox's after it.
      compositionstart: () => this.asking.forget(),
      compositionend: () => this.typed(),
      keydown: (event) => this.pressed(event),
      click: () => this.open(),
      blur: () => this.close(),
    });
    on(this.clearing, { click: () => this.clear() });
    // The focus must not leave the input, else the list closes before the click.
    for (const part of [this.popup, this.clearing]) on(part, { mousedown: (event) => event.preventDefault() });
    on(this.list, {
      click: (event) => {
        const option = (event.target as Element).closest("[role=option]");
        if (option) this.take([...this.list.children].indexOf(option));
      },
    });
    document.addEventListener("keydown", (event) => this.called(event));
  }

  /** Show the name of what was chosen; nothing, when something else is in view. */
  show(words: string): void {
    if (document.activeElement === this.input) return;
    this.forget();
    this.write(words);
  }

  /** Write the answers again, in the page's other language. */
  again(): void {
    if (this.outcome) this.draw(this.outcome);
  }

  private called(event: KeyboardEvent): void {
    const writing = (event.target as Element).closest?.("input:not([type=checkbox]), textarea, select");
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || writing) return;
    event.preventDefault();
    this.input.focus();
    this.input.select();
  }

  private typed(): void {
    this.entered = false;
    const words = this.input.value.trim();
    this.clearing.hidden = this.input.value === "";
    if (words.length < 2 && !HAN.test(words)) {
      this.forget();
      return;
    }
    // The answers before stay in view until the new ones are there, but none of them can be taken.
    this.outcome = null;
    this.activate(-1);
    this.popup.classList.add("stale");
    this.asked = words;
    this.asking.about(words);
  }

  private answered(outcome: Answer<Addresses>): void {
    this.draw(outcome);
    if (document.activeElement !== this.input) return;
    this.open();
    if (this.entered) this.enter();
  }

  private draw(outcome: Answer<Addresses>): void {
    this.outcome = outcome;
    this.active = -1;
    const found = this.found();
    const close = found && !found.sure ? found.addresses.filter((one) => one.close) : [];
    const options = this.addresses().map((address) => optionView(address, this.asked, close.includes(address)));
    options.forEach((option, place) => (option.id = `search-option-${place}`));
    if (found?.sure) options[0]?.classList.add("sure");
    this.list.replaceChildren(...options);
    this.list.hidden = options.length === 0;
    this.popup.classList.remove("stale");
    const lines = "problem" in outcome ? problemWords(outcome.problem) : this.noteWords(close.length);
    this.note.replaceChildren(...lines.map((line) => el("p", {}, line)));
    this.note.classList.toggle("bad", "problem" in outcome);
    this.note.hidden = lines.length === 0;
    this.status.textContent = [t("page.search.count", { n: options.length }), ...lines].join(" ");
  }

  private noteWords(close: number): string[] {
    const found = this.found();
    if (!found?.addresses.length) return [t("page.search.none"), t("page.search.none.hint")];
    if (close > 1) return [t("page.search.several", { n: close })];
    return found.sure ? [] : [t("page.search.unsure")];
  }

  private found(): Addresses | null {
    return this.outcome && "value" in this.outcome ? this.outcome.value : null;
  }

  private addresses(): Address[] {
    return this.found()?.addresses ?? [];
  }

  private pressed(event: KeyboardEvent): void {
    // Keys of a composition belong to the input method; 229 is how Safari tells of its Enter.
    if (event.isComposing || event.keyCode === 229) return;
    const last = this.addresses().length - 1;
    const chosen = this.active >= 0;
    const moves: Record<string, () => void> = {
      ArrowDown: () => this.activate(event.altKey ? -1 : this.active === last ? 0 : this.active + 1),
      ArrowUp: () => this.activate(this.active <= 0 ? last : this.active - 1),
      ...(chosen && { Home: () => this.activate(0), End: () => this.activate(last) }),
    };
    const move = moves[event.key];
    if (move && last >= 0) {
      event.preventDefault();
      this.open();
      move();
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.enter();
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (this.popup.hidden) this.clear();
      else this.close();
    } else if (event.key === "ArrowLeft" || event.key === "ArrowRight") this.activate(-1);
  }

  /** Take the active option; without one, the first only if it may be taken unasked. */
  private enter(): void {
    // What failed is asked again.
    if (this.outcome && "problem" in this.outcome) this.typed();
    this.entered = this.outcome === null;
    const found = this.found();
    if (this.active >= 0) this.take(this.active);
    else if (found?.sure) this.take(0);
    else {
      this.open();
      if (found?.addresses.length) this.activate(0);
    }
  }

  private take(place: number): void {
    const address = this.addresses()[place];
    if (!address?.location) return;
    this.close();
    this.write(address.name);
    this.actions.choose(address);
  }

  private activate(place: number): void {
    this.list.children[this.active]?.setAttribute("aria-selected", "false");
    const option = this.list.children[place];
    this.active = option ? place : -1;
    if (!option) {
      this.input.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  private open(): void {
    if (!this.outcome) return;
    this.popup.hidden = false;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
  }

  private close(): void {
    this.entered = false;
    this.popup.hidden = true;
    this.activate(-1);
    this.input.setAttribute("aria-expanded", "false");
  }

  private clear(): void {
    this.forget();
    this.write("");
  }

  private forget(): void {
    this.asking.forget();
    this.outcome = null;
    this.list.replaceChildren();
    this.status.textContent = "";
    this.close();
  }

  private write(words: string): void {
    this.input.value = words;
    this.clearing.hidden = words === "";
  }
}
