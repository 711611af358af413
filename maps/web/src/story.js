// What happened, in a table: on paper it has a sheet of its own; without a place it stands alone.
(() => {
  "use strict";

  function onPaper() {
    const table = document.querySelector("table.every");
    const main = document.querySelector("main.sheet");
    if (!table) return;
    const home = document.createComment("");
    const sheet = document.createElement("section");
    sheet.className = "story-sheet";
    window.addEventListener("beforeprint", () => {
      table.replaceWith(home);
      sheet.append(table);
      main.after(sheet);
    });
    window.addEventListener("afterprint", () => {
      home.replaceWith(table);
      sheet.remove();
    });
  }

  window.addEventListener("load", () => {
    // Nothing was drawn: nobody knows where it is.
    const drawn = document.querySelector(".chart canvas");
    document.documentElement.classList.toggle("no-map", !drawn);
  });
  onPaper();

  gridgis.modules.story = () => {};
})();
