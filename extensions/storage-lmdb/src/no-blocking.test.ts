import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const folder = fileURLToPath(new URL(".", import.meta.url));
const sources = (await readdir(folder, { recursive: true })).filter(
  (path) => path.endsWith(".ts") && !/\.test\.ts$|^faults\/|^test-store/.test(path),
);

test("L8: no source calls what stops the event loop for a flush", async () => {
  expect(sources.length).toBeGreaterThan(10);
  for (const path of sources) {
    expect(await readFile(folder + path, "utf8"), path).not.toMatch(
      /\b(transactionSync|putSync|removeSync|clearSync|dropSync)\b/,
    );
  }
});

test("L1, L4, L6: the one place that opens lmdb turns overlap and safe restore off and never skips the flush", async () => {
  const openers: string[] = [];
  for (const path of sources)
    if ((await readFile(folder + path, "utf8")).match(/\bopen\b[^;]*from "lmdb"/)) openers.push(path);
  expect(openers).toEqual(["edge/open-database.ts"]);
  const source = await readFile(`${folder}edge/open-database.ts`, "utf8");
  for (const option of ["overlappingSync: false", "noSync: false", "safeRestore: false"])
    expect(source).toContain(option);
  expect(source).not.toMatch(/noMetaSync|useWritemap|mapAsync|noMemInit/);
});
