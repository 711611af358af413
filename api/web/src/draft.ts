/** A report that has not been confirmed. It outlives a reload, but not the tab. */
export interface Draft {
  id: string;
  captured_at: string | null;
  category: string;
  description: string;
  lon: number;
  lat: number;
}

const KEPT = "gridgis.draft";

export function newDraft(lon: number, lat: number): Draft {
  return { id: newId(), captured_at: null, category: "", description: "", lon, lat };
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
    return JSON.parse(sessionStorage.getItem(KEPT) ?? "null") as Draft | null;
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
