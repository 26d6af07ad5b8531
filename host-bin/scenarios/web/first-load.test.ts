import { beforeAll, expect, test } from "vitest";
import { buildPage } from "../../testing/browser/build-page.ts";
import { firstLoad } from "../../testing/browser/first-load.ts";

const scriptGzipBytesMax = 60_000;

beforeAll(buildPage, 120_000);

test("the page begins with at most 60 kB of gzipped scripts", async () => {
  const scripts = (await firstLoad()).filter(({ name }) => name.endsWith(".js"));
  expect(scripts.length).toBeGreaterThan(0);
  const total = scripts.reduce((sum, { gzipBytes }) => sum + gzipBytes, 0);
  expect(total, JSON.stringify(scripts, null, 2)).toBeLessThanOrEqual(scriptGzipBytesMax);
});
