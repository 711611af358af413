// Writes what a map page carries inside itself into maps/gridgis_maps/assets.
// Nothing may be left that would make a browser look outside the page.
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const leaflet = join(here, "node_modules", "leaflet", "dist");
const assets = join(here, "..", "gridgis_maps", "assets");

/** Replace each image of a style sheet by a data URI; refuse any other address. */
async function withImagesInside(css, folder) {
  const parts = [];
  let end = 0;
  for (const found of css.matchAll(/url\(\s*["']?([^"')]+)["']?\s*\)/g)) {
    const name = found[1];
    if (!/^[\w./-]+\.png$/.test(name)) throw new Error(`leaflet.css: unexpected url(${name})`);
    const image = await readFile(join(folder, name));
    parts.push(css.slice(end, found.index), `url(data:image/png;base64,${image.toString("base64")})`);
    end = found.index + found[0].length;
  }
  return parts.join("") + css.slice(end);
}

/** Drop the rule for a browser long gone, whose url(#…) is the only one that is no image. */
const withoutVml = (css) => css.replace(/\.lvml\s*\{[^}]*\}/g, "");

/** Drop the address of the source map, which developer tools would fetch. */
const withoutSourceMap = (script) => script.replace(/^\/\/# sourceMappingURL=.*$/gm, "");

/** Scripts made of modules: their folders, their modules, each after those that it imports from,
 * and what the page may call. */
const SCRIPTS = {
  map: {
    parts: ["elements", "hatch", "shapes", "grids", "layers", "names", "paper", "tables", "start"],
    open: ["modules", "map", "start"],
  },
  document: { parts: ["../map/hatch", "../map/shapes", "labels", "hatching", "start"], open: ["papers"] },
};

/** Put modules into one script: their imports fall away, since all stand in one scope. */
async function asOne(folder, { parts, open }) {
  const found = (await readdir(folder)).map((file) => file.replace(".js", "")).sort();
  const own = parts.filter((part) => !part.startsWith("../")).sort();
  if (found.join() !== own.join()) throw new Error(`${folder} holds ${found}`);
  const texts = [];
  for (const part of parts) {
    const text = await readFile(join(folder, `${part}.js`), "utf8");
    texts.push(text.replace(/^import .* from "\.\.?\/.*";\n/gm, "").replace(/^export /gm, ""));
  }
  return `const gridgis = (() => {\n"use strict";\n${texts.join("\n")}\nreturn { ${open.join(", ")} };\n})();\n`;
}

async function build() {
  const script = withoutSourceMap(await readFile(join(leaflet, "leaflet.js"), "utf8"));
  const style = await readFile(join(leaflet, "leaflet.css"), "utf8");
  await rm(assets, { recursive: true, force: true });
  await mkdir(assets, { recursive: true });
  await writeFile(join(assets, "leaflet.js"), script);
  await writeFile(join(assets, "leaflet.css"), await withImagesInside(withoutVml(style), leaflet));
  for (const [name, script] of Object.entries(SCRIPTS)) {
    await writeFile(join(assets, `${name}.js`), await asOne(join(here, "src", name), script));
  }
  for (const name of await readdir(join(here, "src"))) {
    if (!/\.(js|css)$/.test(name)) continue;
    await writeFile(join(assets, name), await readFile(join(here, "src", name), "utf8"));
  }
}

await build();
