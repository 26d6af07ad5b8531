import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { FileAccessError } from "@lathe/kernel";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Folder, openFolder } from "../testing/open-local.ts";
import { LocalFiles } from "./local-files.ts";

let home: Folder;
let root: string;
let outside: string;
let files: LocalFiles;

beforeEach(() => {
  home = openFolder();
  root = `${home.path}/root`;
  outside = `${home.path}/outside`;
  mkdirSync(root);
  mkdirSync(outside);
  writeFileSync(`${outside}/secret.txt`, "secret");
  files = new LocalFiles(root);
});
afterEach(() => home[Symbol.dispose]());

const bytes = (text: string) => Buffer.from(text);
const whole = { offset: 0, bytesMax: 1_000_000 };
const readText = async (path: string) => Buffer.from((await files.read(path, whole)).bytes).toString();
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "no error",
    (error: unknown) => (error instanceof FileAccessError ? error.code : `not a FileAccessError: ${error}`),
  );
const collect = async (path: string, skipFolderNames: readonly string[] = []) => {
  const signal = new AbortController().signal;
  return (await Array.fromAsync(files.walk(path, { signal, skipFolderNames }))).map((entry) => entry.path);
};

describe("reading", () => {
  test("gives a range, the whole size and a version", async () => {
    writeFileSync(`${root}/a.txt`, "0123456789");
    const slice = await files.read("a.txt", { offset: 2, bytesMax: 3 });
    expect(Buffer.from(slice.bytes).toString()).toBe("234");
    expect(slice.sizeBytes).toBe(10);
    expect((await files.read(`${root}/a.txt`, whole)).version).toBe(slice.version);
    expect((await files.read("a.txt", { offset: 20, bytesMax: 3 })).bytes).toHaveLength(0);
  });

  test("a changed file has another version", async () => {
    writeFileSync(`${root}/a.txt`, "one");
    const { version } = await files.read("a.txt", whole);
    writeFileSync(`${root}/a.txt`, "three");
    expect((await files.read("a.txt", whole)).version).not.toBe(version);
  });

  test("follows a link that stays inside, and a root that is reached through a link", async () => {
    writeFileSync(`${root}/a.txt`, "inside");
    symlinkSync("a.txt", `${root}/link`);
    symlinkSync(root, `${home.path}/door`);
    expect(await readText("link")).toBe("inside");
    files = new LocalFiles(`${home.path}/door`);
    expect([
      await readText("a.txt"),
      await readText(`${root}/a.txt`),
      await readText(`${home.path}/door/a.txt`),
    ]).toEqual(["inside", "inside", "inside"]);
  });

  test("names what is wrong", async () => {
    writeFileSync(`${root}/a.txt`, "x");
    expect(await codeOf(files.read("missing", whole))).toBe("not-found");
    expect(await codeOf(files.read("a.txt/b", whole))).toBe("not-a-folder");
    expect(await codeOf(files.read("", whole))).toBe("not-a-file");
    expect(await codeOf(files.read("n".repeat(300), whole))).toBe("invalid-path");
    expect(await codeOf(new LocalFiles("relative").read("a", whole))).toBe("invalid-path");
    expect(await codeOf(new LocalFiles(`${root}/none`).read("a", whole))).toBe("not-found");
  });

  test("the message names the path as it was asked for", async () => {
    await expect(files.read("./sub/../missing.txt", whole)).rejects.toThrow('"./sub/../missing.txt"');
  });
});

describe("D1: every way out by name is denied", () => {
  test.each([
    "../outside/secret.txt",
    "/etc/passwd",
    "~/x",
    "a\0b",
    "file:///etc/passwd",
    "\\\\host\\share",
    "/proc/self/root/etc/passwd",
    "/proc/self/environ",
    "/dev/fd/0",
  ])("%j", async (path) => {
    expect(await codeOf(files.read(path, whole))).toMatch(/^(outside-root|invalid-path)$/);
    expect(await codeOf(files.write(path, bytes("x")))).toMatch(/^(outside-root|invalid-path)$/);
    expect(await codeOf(files.list(path, { entryCountMax: 9 }))).toMatch(/^(outside-root|invalid-path)$/);
    expect(await codeOf(collect(path))).toMatch(/^(outside-root|invalid-path)$/);
  });
});

test("D2: a sibling folder whose name begins like the root is denied, by name and through a link", async () => {
  mkdirSync(`${root}-evil`);
  writeFileSync(`${root}-evil/a.txt`, "secret");
  symlinkSync(`${root}-evil`, `${root}/door`);
  expect(await codeOf(files.read(`${root}-evil/a.txt`, whole))).toBe("outside-root");
  expect(await codeOf(files.read("door/a.txt", whole))).toBe("outside-root");
});

describe("D3: a symbolic link to outside is denied", () => {
  beforeEach(() => {
    symlinkSync(`${outside}/secret.txt`, `${root}/file`);
    symlinkSync("../outside", `${root}/folder`);
    symlinkSync("folder", `${root}/chain`);
    symlinkSync(`/proc/self/cwd/..${outside}/secret.txt`, `${root}/magic`);
    symlinkSync("/proc/self/environ", `${root}/environment`);
  });

  test.each(["file", "folder/secret.txt", "chain/secret.txt", "environment"])("reading %s", async (path) => {
    expect(await codeOf(files.read(path, whole))).toBe("outside-root");
  });

  test.each([
    "file",
    "folder/secret.txt",
    "chain/new.txt",
    "folder/new/deep.txt",
  ])("writing %s", async (path) => {
    expect(await codeOf(files.write(path, bytes("x")))).toBe("outside-root");
    expect(readdirSync(outside)).toEqual(["secret.txt"]);
    expect(readFileSync(`${outside}/secret.txt`, "utf8")).toBe("secret");
  });

  test("listing and walking", async () => {
    expect(await codeOf(files.list("chain", { entryCountMax: 9 }))).toBe("outside-root");
    expect(await codeOf(collect("folder"))).toBe("outside-root");
    expect(await collect("")).toEqual(["chain", "environment", "file", "folder", "magic"]);
  });

  test("a link to nothing is not written through, and not replaced", async () => {
    symlinkSync(`${outside}/new.txt`, `${root}/dangling`);
    expect(await codeOf(files.write("dangling", bytes("x")))).toBe("not-found");
    expect(readdirSync(outside)).toEqual(["secret.txt"]);
  });

  test("a folder link to nothing is not made into a folder outside", async () => {
    symlinkSync(`${outside}/new`, `${root}/dangling`);
    expect(await codeOf(files.write("dangling/a.txt", bytes("x")))).toBe("not-found");
    expect(readdirSync(outside)).toEqual(["secret.txt"]);
  });

  test("a root that became a link to outside after its first use", async () => {
    writeFileSync(`${root}/secret.txt`, "inside");
    expect(await readText("secret.txt")).toBe("inside");
    renameSync(root, `${root}-moved`);
    symlinkSync(outside, root);
    expect(await codeOf(files.read("secret.txt", whole))).toBe("outside-root");
  });
});

test("the kernel's own file systems are closed even to a root of /", async () => {
  files = new LocalFiles("/");
  expect(await codeOf(files.read("/proc/self/environ", whole))).toBe("outside-root");
  expect(await codeOf(files.list("/sys", { entryCountMax: 1 }))).toBe("outside-root");
  expect(await codeOf(files.read(`${outside}/secret.txt`, whole))).toBe("no error");
});

describe("writing", () => {
  test("makes missing folders, and a file that others can read as the umask says", async () => {
    const { version } = await files.write("a/b/c.txt", bytes("new"));
    expect(await files.read("a/b/c.txt", whole)).toEqual({
      bytes: new Uint8Array(bytes("new")),
      sizeBytes: 3,
      version,
    });
    expect(statSync(`${root}/a/b/c.txt`).mode & 0o777).toBe(0o666 & ~process.umask());
  });

  test("D7: the mode is kept, and nothing else is left in the folder", async () => {
    writeFileSync(`${root}/run.sh`, "old");
    chmodSync(`${root}/run.sh`, 0o751);
    await files.write("run.sh", bytes("new"));
    expect(statSync(`${root}/run.sh`).mode & 0o7777).toBe(0o751);
    expect(readFileSync(`${root}/run.sh`, "utf8")).toBe("new");
    expect(readdirSync(root)).toEqual(["run.sh"]);
  });

  test("goes through a link that stays inside, and leaves the link", async () => {
    mkdirSync(`${root}/real`);
    writeFileSync(`${root}/real/a.txt`, "old");
    symlinkSync("real/a.txt", `${root}/link`);
    await files.write("link", bytes("new"));
    expect(readFileSync(`${root}/real/a.txt`, "utf8")).toBe("new");
    expect(await collect("")).toEqual(["link", "real", "real/a.txt"]);
    expect((await files.list("", { entryCountMax: 9 })).entries[0]?.kind).toBe("link");
  });

  test("refuses a file that was changed since it was read", async () => {
    writeFileSync(`${root}/a.txt`, "one");
    const { version } = await files.read("a.txt", whole);
    const second = await files.write("a.txt", bytes("two"), { expectedVersion: version });
    expect(await codeOf(files.write("a.txt", bytes("three"), { expectedVersion: version }))).toBe("changed");
    expect(await codeOf(files.write("a.txt", bytes("three"), { expectedVersion: null }))).toBe("changed");
    expect(await codeOf(files.write("b.txt", bytes("x"), { expectedVersion: version }))).toBe("changed");
    expect(await readText("a.txt")).toBe("two");
    await files.write("a.txt", bytes("four"), { expectedVersion: second.version });
    await files.write("b.txt", bytes("x"), { expectedVersion: null });
    expect(readdirSync(root)).toEqual(["a.txt", "b.txt"]);
  });

  test("of many writers that expect the same version exactly one succeeds", async () => {
    const { version } = await files.write("a.txt", bytes("start"));
    const writers = Array.from({ length: 12 }, (_, index) =>
      codeOf(files.write("a.txt", bytes(`writer ${index}`), { expectedVersion: version })),
    );
    const codes = await Promise.all(writers);
    expect(codes.filter((code) => code === "no error")).toHaveLength(1);
    expect(codes.filter((code) => code === "changed")).toHaveLength(11);
  });

  test("D5: a file with a second name is denied for writing, and can be read", async () => {
    linkSync(`${outside}/secret.txt`, `${root}/twin`);
    expect(await codeOf(files.write("twin", bytes("x")))).toBe("hard-linked");
    expect(readFileSync(`${outside}/secret.txt`, "utf8")).toBe("secret");
    expect(await readText("twin")).toBe("secret");
  });

  test("a folder is not replaced", async () => {
    mkdirSync(`${root}/sub`);
    expect(await codeOf(files.write("sub", bytes("x")))).toBe("not-a-file");
    expect(await codeOf(files.write("", bytes("x")))).toBe("not-a-file");
  });

  test.skipIf(process.getuid?.() === 0)("a file without the right to write is not replaced", async () => {
    writeFileSync(`${root}/kept.txt`, "old");
    chmodSync(`${root}/kept.txt`, 0o444);
    expect(await codeOf(files.write("kept.txt", bytes("x")))).toBe("not-permitted");
  });
});

describe("D6: only plain files are opened", () => {
  test("a pipe without a writer does not hang, for reading nor for writing", async () => {
    execFileSync("mkfifo", [`${root}/pipe`]);
    expect(await codeOf(files.read("pipe", whole))).toBe("not-a-file");
    expect(await codeOf(files.write("pipe", bytes("x")))).toBe("not-a-file");
  });

  test("a socket", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(`${root}/socket`, resolve));
    expect(await codeOf(files.read("socket", whole))).toBe("not-a-file");
    await new Promise((resolve) => server.close(resolve));
  });

  test("a device", async () => {
    files = new LocalFiles("/dev");
    expect(await codeOf(files.read("zero", whole))).toBe("not-a-file");
    expect(await codeOf(files.write("zero", bytes("x")))).toBe("not-a-file");
  });

  test("of a sparse file of a terabyte only what was asked for is read", async () => {
    writeFileSync(`${root}/sparse`, "");
    truncateSync(`${root}/sparse`, 2 ** 40);
    const slice = await files.read("sparse", { offset: 2 ** 39, bytesMax: 4_096 });
    expect([slice.bytes.length, slice.sizeBytes]).toEqual([4_096, 2 ** 40]);
  });
});

test("D13: a file that grows while it is read gives one consistent slice", async () => {
  writeFileSync(`${root}/log`, "x".repeat(100));
  const reading = files.read("log", { offset: 0, bytesMax: 1_000_000 });
  for (let round = 0; round < 50; round++) appendFileSync(`${root}/log`, "y".repeat(1_000));
  const slice = await reading;
  expect(slice.bytes).toHaveLength(slice.sizeBytes);
});

test("D14: a temporary file cannot be read by others, and its name cannot be foreseen", async () => {
  writeFileSync(`${root}/private`, "old");
  chmodSync(`${root}/private`, 0o600);
  const seen = new Map<string, number>();
  const content = Buffer.alloc(4_000_000);
  for (let round = 0; round < 5; round++) {
    const writing = files.write("private", content);
    let done = false;
    const finished = writing.then(() => {
      done = true;
    });
    while (!done) {
      for (const name of readdirSync(root).filter((found) => found !== "private")) {
        const stat = statSync(`${root}/${name}`, { throwIfNoEntry: false });
        if (stat !== undefined) seen.set(name, stat.mode & 0o777);
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    await finished;
  }
  expect(seen.size).toBeGreaterThan(0);
  expect([...new Set(seen.values())]).toEqual([0o600]);
  for (const name of seen.keys()) expect(name).toMatch(/^\.lathe-write-[0-9a-f-]{36}$/);
});

describe("listing and walking", () => {
  beforeEach(() => {
    for (const folder of ["b", "b/inner", "node_modules", "node_modules/x"]) mkdirSync(`${root}/${folder}`);
    for (const file of ["a.txt", "b/inner/deep.txt", "b.txt", "node_modules/x/y.js"]) {
      writeFileSync(`${root}/${file}`, file);
    }
    symlinkSync("b", `${root}/link`);
  });

  test("a list is sorted, with sizes, and says when it was cut", async () => {
    expect(await files.list("", { entryCountMax: 3 })).toEqual({
      entries: [
        { path: "a.txt", kind: "file", sizeBytes: 5 },
        { path: "b", kind: "folder", sizeBytes: 0 },
        { path: "b.txt", kind: "file", sizeBytes: 5 },
      ],
      truncated: true,
    });
    expect((await files.list("b", { entryCountMax: 1 })).truncated).toBe(false);
    expect(await codeOf(files.list("a.txt", { entryCountMax: 1 }))).toBe("not-a-folder");
  });

  test("a walk goes depth first in name order and does not follow links", async () => {
    expect(await collect("")).toEqual([
      "a.txt",
      "b",
      "b/inner",
      "b/inner/deep.txt",
      "b.txt",
      "link",
      "node_modules",
      "node_modules/x",
      "node_modules/x/y.js",
    ]);
    expect(await collect("b")).toEqual(["b/inner", "b/inner/deep.txt"]);
  });

  test("a walk gives but does not enter the folders that are to be skipped", async () => {
    expect((await collect("", ["node_modules", "inner"])).slice(-3)).toEqual([
      "b.txt",
      "link",
      "node_modules",
    ]);
    expect(await collect("node_modules", ["node_modules"])).toEqual([
      "node_modules/x",
      "node_modules/x/y.js",
    ]);
  });

  test("a walk ends quietly when it is aborted", async () => {
    const control = new AbortController();
    const seen: string[] = [];
    for await (const entry of files.walk("", { signal: control.signal })) {
      seen.push(entry.path);
      if (seen.length === 2) control.abort();
    }
    expect(seen).toEqual(["a.txt", "b"]);
  });

  test("a tree deeper than a path can be long is walked as far as it can be named", async () => {
    const step = "d".repeat(200);
    execFileSync("bash", ["-c", `for i in {1..30}; do mkdir ${step} && cd -P ${step} || exit 1; done`], {
      cwd: `${root}/b`,
    });
    const depths = (await collect("b")).filter((path) => path.includes(step));
    expect(depths.length).toBeGreaterThan(10);
    expect(depths.length).toBeLessThan(30);
  });

  test("no descriptor stays open", async () => {
    await collect("");
    await codeOf(files.read("missing", whole));
    await codeOf(files.write("b", bytes("x")));
    await files.write("b/new/new.txt", bytes("x"));
    const open = readdirSync("/proc/self/fd").map((fd) => {
      try {
        return execFileSync("readlink", [`/proc/${process.pid}/fd/${fd}`], { encoding: "utf8" });
      } catch {
        return "";
      }
    });
    expect(open.filter((path) => path.startsWith(home.path))).toEqual([]);
  });
});
