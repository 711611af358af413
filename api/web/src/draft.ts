/** A report that has not been confirmed. It outlives a reload, but not the tab. */
export interface Draft {
  id: string;
  captured_at: string | null;
  category: string;
  description: string;
  address: string;
  /** How far the location may be off, when an address was its source. */
  accuracy_m: number | null;
  /** Null: only the address is known. */
  lon: number | null;
  lat: number | null;
}

/** Where a draft is about. */
export type Spot = Pick<Draft, "lon" | "lat" | "address" | "accuracy_m">;

export const NOWHERE: Spot = { lon: null, lat: null, address: "", accuracy_m: null };

const KEPT = "gridgis.draft";

export function newDraft(spot: Spot): Draft {
  return { id: newId(), captured_at: null, category: "", description: "", ...spot };
}

export function keepDraft(draft: Draft): void {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(draft));
  } catch {
    // Without storage the words still stand in the form.
  }
}

export function keptDraft(): Draft | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null") as Draft | null;
    return kept && { ...kept, address: kept.address ?? "", accuracy_m: kept.accuracy_m ?? null };
  } catch {
    return null;
  }
}

export function dropDraft(): void {
  try {
    sessionStorage.removeItem(KEPT);
  } catch {
    // Nothing was kept.
  }
}

/** A random UUID (version 4). `crypto.randomUUID` is missing on plain-HTTP intranet pages. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
