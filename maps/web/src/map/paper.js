// The way to paper.

/** On paper the map has another size: fit what is seen of the city into it, and the view back. */
export function print(chart, city) {
  let view = null;
  const resize = (printing) => {
    if (printing) view = chart.getBounds();
    document.documentElement.classList.toggle("printing", printing);
    chart.invalidateSize({ animate: false, pan: false });
    if (view) chart.fitBounds(printing ? common(view, city) : view, { animate: false, padding: [0, 0] });
  };
  window.addEventListener("beforeprint", () => resize(true));
  window.addEventListener("afterprint", () => resize(false));
}

/** What two boxes have in common; the first one when that is nothing. */
function common(one, other) {
  if (!one.intersects(other)) return one;
  return L.latLngBounds(
    [Math.max(one.getSouth(), other.getSouth()), Math.max(one.getWest(), other.getWest())],
    [Math.min(one.getNorth(), other.getNorth()), Math.min(one.getEast(), other.getEast())],
  );
}
