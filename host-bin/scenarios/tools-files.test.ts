// The file tools on the real backend of this machine: what a model asks for stays below the conversation's folder.
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type ExecBackend,
  ExecBackends,
  type RootedFiles,
  type Tool,
  type ToolContext,
  type ToolOutput,
  Tools,
} from "@lathe/kernel";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Composition, compose } from "../compose.ts";
import { makeTemporaryHome, type TemporaryHome } from "../testing/temporary-home.ts";

const secret = "the secret of another project";

let home: TemporaryHome;
let composition: Composition;
let root: string;
let outside: string;
beforeEach(async () => {
  home = await makeTemporaryHome();
  root = join(home.folder, "ws-root");
  outside = join(home.folder, "ws-root-evil");
  for (const folder of [root, outside, join(root, "src")]) await mkdir(folder);
  await writeFile(join(root, "src", "a.ts"), "const a = 1;\r\nconst b = 2;\r\n");
  await writeFile(join(outside, "secret.txt"), secret);
  composition = await compose({ stateFolder: home.stateFolder, only: ["exec-local", "tools-files"] });
});
afterEach(async () => {
  await composition.close();
  await home.remove();
});

function localBackend(): ExecBackend {
  const backend = composition.host.contributions(ExecBackends).get("local");
  if (backend === undefined) throw new Error(JSON.stringify(composition.host.report()));
  return backend;
}

/** Parses and runs as the kernel does. */
async function call(name: string, input: object, exec = localBackend()): Promise<ToolOutput> {
  const tool: Tool | undefined = composition.host.contributions(Tools).get(name);
  if (tool === undefined) throw new Error(JSON.stringify(composition.host.report()));
  const parsed = await tool.input["~standard"].validate(input);
  if (parsed.issues !== undefined) throw new Error(JSON.stringify(parsed.issues));
  const context = { cwd: root, exec, signal: new AbortController().signal } as unknown as ToolContext;
  return tool.execute(parsed.value, context);
}

/** What each tool answers when it is asked for this path. */
async function callAll(path: string): Promise<readonly ToolOutput[]> {
  return [
    await call("read_file", { path }),
    await call("write_file", { path, content: "overwritten" }),
    await call("edit_file", { path, old_text: "secret", new_text: "overwritten" }),
    await call("list_files", { path }),
    await call("list_files", { path, recursive: true }),
    await call("search_files", { path, pattern: "secret" }),
  ];
}

function expectDenied(outputs: readonly ToolOutput[]): void {
  expect(outputs.map(({ isError }) => isError)).toEqual(outputs.map(() => true));
  for (const { content } of outputs) expect(content).not.toContain(secret);
}

async function expectOutsideUntouched(): Promise<void> {
  expect(await readdir(outside)).toEqual(["secret.txt"]);
  expect(await readFile(join(outside, "secret.txt"), "utf8")).toBe(secret);
}

describe("D1", () => {
  test.each([
    "../ws-root-evil/secret.txt",
    "src/../../ws-root-evil/secret.txt",
    "/etc/passwd",
    "~/secret.txt",
    "src/a.ts\0.txt",
    "file:///etc/passwd",
    "\\\\server\\share\\secret.txt",
    "/proc/self/root/etc/passwd",
    "/proc/self/environ",
    "/dev/fd/0",
  ])("D1: every tool denies %j", async (path) => {
    expectDenied(await callAll(path));
    await expectOutsideUntouched();
  });
});

test("D2: a sibling folder whose name begins like the root is denied", async () => {
  for (const path of [outside, join(outside, "secret.txt"), join(outside, "new.txt")])
    expectDenied(await callAll(path));
  await expectOutsideUntouched();
});

describe("D3", () => {
  test("D3: a symbolic link to a file outside is denied, also through a chain of links", async () => {
    await symlink(join(outside, "secret.txt"), join(root, "link.txt"));
    await symlink("link.txt", join(root, "chain.txt"));
    for (const path of ["link.txt", "chain.txt"]) expectDenied(await callAll(path));
    await expectOutsideUntouched();
  });

  test("D3: a symbolic link to a folder outside is denied, and lists and searches do not enter it", async () => {
    await symlink(outside, join(root, "door"));
    expectDenied(await callAll("door/secret.txt"));
    expectDenied([await call("write_file", { path: "door/new/deep.txt", content: "x" })]);
    const listed = await call("list_files", { recursive: true });
    expect(listed.content).toBe("door\tlink\nsrc/\nsrc/a.ts\t28\n[1 file, 1 folder, 1 link]");
    expect((await call("search_files", { pattern: "secret" })).content).toMatch(/^\[no line matches/);
    await expectOutsideUntouched();
  });

  test("D3: a folder that is swapped for a link to outside between two calls is denied", async () => {
    const path = "src/secret.txt";
    await writeFile(join(root, path), "harmless");
    expect((await call("read_file", { path })).content).toBe("harmless");
    await rename(join(root, "src"), join(root, "moved"));
    await symlink(outside, join(root, "src"));
    expectDenied(await callAll(path));
    await expectOutsideUntouched();
  });

  test("a symbolic link that stays inside is followed (positive control)", async () => {
    await symlink("src/a.ts", join(root, "link.ts"));
    expect((await call("read_file", { path: "link.ts" })).content).toBe("const a = 1;\r\nconst b = 2;\r\n");
  });
});

test("D13: of a sparse file of 10 GB the text at its beginning is read, and what is not text is refused", async () => {
  await writeFile(join(root, "log"), "a line\n".repeat(5_000));
  await truncate(join(root, "log"), 10_000_000_000);
  const first = await call("read_file", { path: "log" });
  expect(first.content).toMatch(/\na line\n\[lines 1 to 2000 are shown; .* 10000000000 bytes; .*\]$/);
  expect(await call("read_file", { path: "log", offset_line: 5_001 })).toMatchObject({ isError: true });
  expect((await call("search_files", { pattern: "line" })).content).toContain("passed over: 1 larger than");
});

test("a file is written, found, read, edited and listed below the folder, and nowhere else", async () => {
  const path = "docs/notes.md";
  expect((await call("write_file", { path, content: "one\ntwo\n" })).isError).toBeUndefined();
  expect((await call("search_files", { pattern: "^t", glob: "*.md" })).content).toContain(
    "docs/notes.md:2: two",
  );
  await call("edit_file", { path, old_text: "two", new_text: "2" });
  expect((await call("read_file", { path: join(root, path) })).content).toBe("one\n2\n");
  await call("edit_file", { path: "src/a.ts", old_text: "const b = 2;", new_text: "let b;\nlet c;" });
  expect(await readFile(join(root, "src/a.ts"), "utf8")).toBe("const a = 1;\r\nlet b;\r\nlet c;\r\n");
  expect((await call("list_files", {})).content).toBe("docs/\nsrc/\n[0 files, 2 folders]");
  expect((await call("list_files", { path: "docs" })).content).toBe("docs/notes.md\t6\n[1 file, 0 folders]");
  expect(existsSync(join(home.folder, "docs"))).toBe(false);
});

test("an edit of a file that another program changed meanwhile is refused, and that change stays", async () => {
  const backend = localBackend();
  const exec: ExecBackend = {
    computer: backend.computer,
    run: (command) => backend.run(command),
    files: (folder) => {
      const files = backend.files(folder);
      const write: RootedFiles["write"] = async (...given) => {
        await writeFile(join(root, "src/a.ts"), "somebody else's");
        return files.write(...given);
      };
      return { root: files.root, read: files.read.bind(files), list: files.list, walk: files.walk, write };
    },
  };
  const output = await call("edit_file", { path: "src/a.ts", old_text: "a = 1", new_text: "a = 2" }, exec);
  expect(output).toMatchObject({ isError: true, details: { code: "changed" } });
  expect(await readFile(join(root, "src/a.ts"), "utf8")).toBe("somebody else's");
});
