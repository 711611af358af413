// Small parts of the page. Every text is set as text, never as markup, because residents wrote
// some of it.

export function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/** A card of facts: a heading, and pairs of a label and what it says. */
export function card(heading, facts) {
  const made = element("div", "card");
  made.append(element("strong", "", heading));
  const list = element("dl");
  for (const [label, said] of facts) {
    if (said) list.append(element("dt", "", label), element("dd", "", said));
  }
  made.append(list);
  return made;
}

/** Let the shapes of a group tell their card: when pointed at, and when clicked. */
export function describe(group, told) {
  group.bindTooltip(told, { sticky: true, opacity: 1, className: "tip" });
  group.bindPopup(told, { className: "fixed-tip", autoPanPadding: [20, 20] });
}
