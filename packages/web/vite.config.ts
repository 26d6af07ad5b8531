// How the page is built: one small file to begin with, one for each pane, and nothing that a strict policy refuses.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { defineConfig, type Plugin, type UserConfig } from "vite";

const config: UserConfig = defineConfig({
  root: import.meta.dirname,
  base: "/",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  plugins: [compressOnce()],
  build: {
    outDir: "page",
    emptyOutDir: true,
    assetsDir: "assets",
    // Data URLs would need a looser policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2024",
    cssMinify: true,
    sourcemap: false,
    reportCompressedSize: false,
  },
});
export default config;

// Here, and not where it is served: no daemon waits for it when it starts.
function compressOnce(): Plugin {
  return {
    name: "compress-once",
    apply: "build",
    writeBundle: ({ dir = "page" }) => compressFiles(dir),
  };
}

/** Puts a `.br` and a `.gz` beside every text that becomes smaller by it. */
function compressFiles(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!/\.(css|html|js|json|svg)$/.test(name)) continue;
    const path = join(folder, name);
    const bytes = readFileSync(path);
    const forms = {
      br: brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
      gz: gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }),
    };
    for (const [extension, form] of Object.entries(forms))
      if (form.length < bytes.length) writeFileSync(`${path}.${extension}`, form);
  }
}
