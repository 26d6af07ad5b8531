import { rm } from "node:fs/promises";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import type { Surface } from "@lathe/extension-kit";
import { expect, test } from "vitest";
import { createPageSurface } from "./core/page-surface.ts";
import { readPage } from "./edge/read-page.ts";
import { openPageFolder, pageFiles } from "./testing/page-folder.ts";

async function openSurface(): Promise<Surface> {
  using folder = await openPageFolder();
  return createPageSurface(await readPage(folder.url));
}
const textOf = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString();

test("each file is found by its exact name, read once, with its compressed forms", async () => {
  const surface = await openSurface();
  for (const [name, text] of Object.entries(pageFiles)) {
    const answer = surface.find({ path: name === "index.html" ? "/" : `/${name}`, wantsPage: false });
    expect([name, answer?.status, textOf(answer?.bodies.identity)]).toEqual([name, 200, text]);
    expect(String(brotliDecompressSync(answer?.bodies.br ?? ""))).toBe(text);
    expect(String(gunzipSync(answer?.bodies.gzip ?? ""))).toBe(text);
  }
});

test("the page is shown wherever it says that it is, to who asks for a page", async () => {
  const surface = await openSurface();
  const page = surface.find({ path: "/", wantsPage: false });
  for (const path of ["/c", "/c/cnv_1", "/runs/run_1", "/workflows"]) {
    expect(surface.find({ path, wantsPage: true })).toBe(page);
    expect(surface.find({ path, wantsPage: false })).toBeUndefined();
  }
});

test("A15: nothing else is found, however it is spelled: hidden, linked, above, or a compressed form", async () => {
  const surface = await openSurface();
  const paths = [
    "/index.html",
    "/.built-from",
    "/assets/out.txt",
    "/assets",
    "/assets/",
    "/assets/none.js",
    "/assets/main-A1.js.br",
    "/assets/main-A1.js/",
    "/assets//main-A1.js",
    "/assets/./main-A1.js",
    "/assets/../index.html",
    "/assets/%2e%2e/index.html",
    "/assets/..%2findex.html",
    "/assets/..\\index.html",
    "/assets/main-A1.js%00",
    "/assets/main-A1.js\0.html",
    "/ASSETS/main-A1.js",
    "/assets/main%2DA1.js",
    "/%61ssets/main-A1.js",
    "/../package.json",
    "/__proto__.js",
    "/constructor.js",
  ];
  for (const path of paths)
    expect([path, surface.find({ path, wantsPage: true }), surface.find({ path, wantsPage: false })]).toEqual(
      [path, undefined, undefined],
    );
});

test("A15: the page and its files are under the strict policy, and only what is named by its hash is kept", async () => {
  const surface = await openSurface();
  const kept = [];
  for (const path of ["/", "/assets/main-A1.js", "/assets/main-B2.css", "/icon.svg"]) {
    const headers = surface.find({ path, wantsPage: true })?.headers ?? {};
    expect([path, headers]).toMatchObject([
      path,
      {
        "content-security-policy":
          "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
          "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
          "require-trusted-types-for 'script'; trusted-types 'none'",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
      },
    ]);
    kept.push([headers["content-type"], headers["cache-control"]]);
  }
  const forEver = "public, max-age=31536000, immutable";
  expect(kept).toEqual([
    ["text/html; charset=utf-8", "no-cache"],
    ["text/javascript; charset=utf-8", forEver],
    ["text/css; charset=utf-8", forEver],
    ["image/svg+xml", "no-cache"],
  ]);
});

test("two contents have two versions, and one content has one", async () => {
  const [one, other] = [await openSurface(), await openSurface()];
  const versions = ["/", "/assets/main-A1.js", "/icon.svg"].map(
    (path) => one.find({ path, wantsPage: false })?.version,
  );
  expect(new Set(versions).size).toBe(3);
  expect(other.find({ path: "/", wantsPage: false })?.version).toBe(versions[0]);
});

test("a page that is not built, or half of one, says which command builds it", async () => {
  using folder = await openPageFolder();
  await rm(join(folder.path, "index.html"));
  const half = createPageSurface(await readPage(folder.url));
  await rm(folder.path, { recursive: true });
  for (const surface of [half, createPageSurface(await readPage(folder.url))]) {
    const answer = surface.find({ path: "/c/cnv_1", wantsPage: true });
    expect(answer).toMatchObject({
      status: 503,
      headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
    });
    expect(textOf(answer?.bodies.identity)).toContain("npm run build:web");
    expect(answer?.version).toBeUndefined();
    expect(surface.find({ path: "/", wantsPage: false })).toBe(answer);
  }
});
