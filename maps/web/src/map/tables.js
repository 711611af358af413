// Tables of everything: their heads sort them.
import { element } from "./elements.js";

const NOT_A_NUMBER = /[^\d.eE+-]/g;

function valueOf(row, at) {
  const text = row.cells[at].textContent.trim();
  const number = parseFloat(text.replace(NOT_A_NUMBER, ""));
  return /^[<>≤≥]?\s*[-+]?[\d.]/.test(text) && !Number.isNaN(number) ? number : text;
}

function order(a, b) {
  if (typeof a === typeof b) return typeof a === "number" ? a - b : a.localeCompare(b);
  return typeof a === "number" ? -1 : 1;
}

/** Let each head of a full table be a button that sorts by its column, and back. */
export function sortTables() {
  for (const table of document.querySelectorAll("table.every")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, at) => {
      const button = element("button", "sort", head.textContent);
      button.type = "button";
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const down = head.ariaSort === "ascending";
        for (const other of heads) other.removeAttribute("aria-sort");
        head.ariaSort = down ? "descending" : "ascending";
        const rows = [...table.tBodies[0].rows].map((row) => [valueOf(row, at), row]);
        rows.sort(([a], [b]) => (down ? order(b, a) : order(a, b)));
        table.tBodies[0].append(...rows.map(([, row]) => row));
      });
    });
  }
}
