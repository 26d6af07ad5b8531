// The page is built on whatever Node there is, by many at once, and whatever becomes of the build.
import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "lathe-build-"));
  await cp(fileURLToPath(new URL(".", import.meta.url)), join(root, "host-bin", "setup"), {
    recursive: true,
  });
  await write("node_modules/vite/bin/vite.js", standIn);
  await mkdir(join(root, "node_modules/node/bin"), { recursive: true });
  await symlink(process.execPath, join(root, "node_modules/node/bin/node"));
  for (const name of ["packages/web/src/main.tsx", "packages/web/index.html", "packages/wire/src/index.ts"])
    await write(name, `content of ${name}`);
});
afterEach(() => rm(root, { recursive: true, force: true }));

// In place of vite: notes that it ran, and writes a page that says what it was made of.
const standIn = `
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
appendFileSync("builds", "1");
const folder = process.argv[process.argv.indexOf("--outDir") + 1];
mkdirSync(folder, { recursive: true });
writeFileSync(folder + "/index.html", "half");
if (existsSync("breaks")) { console.error("the source is not valid"); process.exit(3); }
await new Promise((resolve) => setTimeout(resolve, 300));
writeFileSync(folder + "/index.html", readFileSync("src/main.tsx"));
`;

async function write(name: string, content: string): Promise<void> {
  await mkdir(dirname(join(root, name)), { recursive: true });
  await writeFile(join(root, name), content);
}

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

function build(...argv: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [join(root, "host-bin/setup/build-page.mjs"), ...argv]);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, output })));
}

const read = (name: string): Promise<string> => readFile(join(root, "packages/web", name), "utf8");
const buildCount = async (): Promise<number> => (await read("builds")).length;

test("a page that is missing is built, and one that is there is left, without a word", async () => {
  expect(await build()).toMatchObject({ code: 0 });
  expect(await read("page/index.html")).toBe("content of packages/web/src/main.tsx");
  expect(await build()).toEqual({ code: 0, output: "" });
  expect(await buildCount()).toBe(1);
});

test("what the page is made of makes it anew when it changes, comes or goes; what tests it does not", async () => {
  await build();
  await write("packages/web/src/main.test.ts", "a test");
  await write("packages/web/src/testing/stage.ts", "for tests");
  await build();
  expect(await buildCount()).toBe(1);
  await write("packages/wire/src/index.ts", "changed");
  await build();
  await write("packages/web/src/another.ts", "new");
  await build();
  await rm(join(root, "packages/web/src/another.ts"));
  await build();
  expect(await buildCount()).toBe(4);
});

test("of four commands that start at once, one builds and all find the page", async () => {
  const ended = await Promise.all([build(), build(), build(), build()]);
  expect(ended.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  expect(await buildCount()).toBe(1);
  expect(await read("page/index.html")).toBe("content of packages/web/src/main.tsx");
});

test("a build that fails says why, leaves the old page, and stops nobody who can do without", async () => {
  await build();
  await write("packages/web/src/main.tsx", "changed");
  await write("packages/web/breaks", "");
  const ended = await build();
  expect(ended.code).toBe(0);
  expect(ended.output).toContain("the source is not valid");
  expect(ended.output).toContain("npm run build:web");
  expect(await read("page/index.html")).toBe("content of packages/web/src/main.tsx");
  expect((await build("--required")).code).toBe(1);
  await rm(join(root, "packages/web/breaks"));
  expect(await build("--required")).toMatchObject({ code: 0 });
  expect(await read("page/index.html")).toBe("changed");
});

test("what a build that was killed left behind is in nobody's way", async () => {
  // No process has this id.
  await write("packages/web/.building/pids", "2147483646 2147483645");
  await write("packages/web/.building/page/index.html", "half");
  expect(await build()).toMatchObject({ code: 0 });
  expect(await read("page/index.html")).toBe("content of packages/web/src/main.tsx");
});

test("without vite it is told, and nobody is stopped", async () => {
  await rm(join(root, "node_modules"), { recursive: true });
  const ended = await build();
  expect(ended).toMatchObject({ code: 0 });
  expect(ended.output).toContain("vite could not be started");
});
