// How the page is built: one small file to begin with, one for each pane, and nothing that a strict policy refuses.
import { defineConfig, type UserConfig } from "vite";

const config: UserConfig = defineConfig({
  root: import.meta.dirname,
  base: "/",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
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
