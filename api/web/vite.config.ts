import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Files of other projects that are served as they are, each under its licence. */
const SHIPPED: Record<string, string> = {
  "swagger/swagger-ui-bundle.js": "swagger-ui-dist/swagger-ui-bundle.js",
  "swagger/swagger-ui.css": "swagger-ui-dist/swagger-ui.css",
  "swagger/LICENSE": "swagger-ui-dist/LICENSE",
  "swagger/NOTICE": "swagger-ui-dist/NOTICE",
  "leaflet/LICENSE": "leaflet/LICENSE",
};

function ship(): Plugin {
  return {
    name: "ship",
    apply: "build",
    generateBundle() {
      for (const [fileName, from] of Object.entries(SHIPPED)) {
        this.emitFile({ type: "asset", fileName, source: readFileSync(here(`node_modules/${from}`)) });
      }
    },
  };
}

export default defineConfig({
  // Everything is served below /assets/; what Vite hashes lies in built/ and may be kept for ever.
  base: "/assets/",
  publicDir: false,
  plugins: [ship()],
  build: {
    outDir: here("../gridgis_api/assets"),
    emptyOutDir: true,
    assetsDir: "built",
    // Office PCs keep their browsers for years.
    target: ["es2020", "chrome87", "firefox84", "safari14"],
    modulePreload: false,
    reportCompressedSize: false,
    rollupOptions: { input: { index: here("index.html"), docs: here("docs.html") } },
  },
  server: {
    fs: { allow: [here("."), here("../../gridgis/words")] },
    proxy: { "/api": "http://127.0.0.1:8000", "/openapi.json": "http://127.0.0.1:8000" },
  },
});
