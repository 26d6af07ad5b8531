import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, realpath, rename, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { scriptFolders } from "../../edge/script-folders.ts";
import { builtInScripts } from "../../testing/built-in.ts";
import { FakeCompiler, scriptNamed } from "../../testing/fake-compiler.ts";
import { type LibraryListing, WorkflowLibrary } from "./workflow-library.ts";

let root: string;
let home: string;
let project: string;
let compiler: FakeCompiler;
let library: WorkflowLibrary;

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "lathe-workflows-")));
  home = join(root, "home");
  project = join(root, "project");
  await mkdir(home);
  await mkdir(join(project, ".git"), { recursive: true });
  compiler = new FakeCompiler();
  const builtIn = builtInScripts({ review: scriptNamed("review") });
  library = new WorkflowLibrary({ compiler, builtIn, home, files: scriptFolders });
});
afterEach(() => rm(root, { recursive: true, force: true }));

const longAgo = new Date(1_700_000_000_000);

/** Written long ago, as most files are: what changed just now is read each time. */
async function write(path: string, text: string | Uint8Array): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  await utimes(path, longAgo, longAgo);
  return path;
}

function inProject(path: string, text: string | Uint8Array): Promise<string> {
  return write(join(project, ".lathe/workflows", path), text);
}

function itemsOf(listing: LibraryListing): Extract<LibraryListing, { kind: "listed" }> {
  if (listing.kind !== "listed") throw new Error(listing.message);
  return listing;
}

async function listed(
  cwd: string | undefined = project,
): Promise<readonly (readonly [string, string, string])[]> {
  const { items } = itemsOf(await library.list(cwd));
  return items.map(({ name, source, problem }) => [name, source.kind, problem?.code ?? "fine"] as const);
}

describe("where workflows are found", () => {
  test("in both folders of the working folder and of each above it up to the root, the home, and the catalog", async () => {
    const below = join(project, "packages/one");
    await mkdir(below, { recursive: true });
    await write(join(below, ".claude/workflows/a.js"), scriptNamed("a"));
    await write(join(project, "packages/.lathe/workflows/b.js"), scriptNamed("b"));
    await inProject("c.js", scriptNamed("c"));
    await write(join(root, ".lathe/workflows/outside.js"), scriptNamed("outside"));
    await write(join(home, ".lathe/workflows/d.js"), scriptNamed("d"));
    await write(join(home, ".claude/workflows/e.js"), scriptNamed("e"));
    expect(await listed(below)).toEqual([
      ["a", "project", "fine"],
      ["b", "project", "fine"],
      ["c", "project", "fine"],
      ["d", "home", "fine"],
      ["e", "home", "fine"],
      ["review", "built-in", "fine"],
    ]);
  });

  test("outside of a repository only the working folder itself counts", async () => {
    const alone = join(root, "alone/below");
    await mkdir(alone, { recursive: true });
    await write(join(root, "alone/.lathe/workflows/above.js"), scriptNamed("above"));
    await write(join(alone, ".lathe/workflows/own.js"), scriptNamed("own"));
    expect((await listed(alone)).map(([name]) => name)).toEqual(["own", "review"]);
  });

  test("without a folder there are those of the home and of the catalog", async () => {
    await inProject("c.js", scriptNamed("c"));
    await write(join(home, ".lathe/workflows/d.js"), scriptNamed("d"));
    const { items } = itemsOf(await library.list(undefined));
    expect(items.map(({ name }) => name)).toEqual(["d", "review"]);
  });

  test("the home's are the home's, also where it is the working folder", async () => {
    await write(join(home, ".lathe/workflows/d.js"), scriptNamed("d"));
    expect(await listed(home)).toEqual([
      ["d", "home", "fine"],
      ["review", "built-in", "fine"],
    ]);
  });

  test("nearest wins: .lathe before .claude, the project before the home, both before the catalog", async () => {
    await inProject("review.js", scriptNamed("review"));
    await write(join(project, ".claude/workflows/review.js"), scriptNamed("review"));
    await write(join(home, ".claude/workflows/review.js"), scriptNamed("review"));
    const { items } = itemsOf(await library.list(project));
    expect(items).toHaveLength(1);
    expect(items[0]?.source.path).toBe(join(project, ".lathe/workflows/review.js"));
    expect(items[0]?.shadows).toEqual([
      { kind: "project", path: join(project, ".claude/workflows/review.js") },
      { kind: "home", path: join(home, ".claude/workflows/review.js") },
      { kind: "built-in", path: null },
    ]);
  });

  test("a folder that is not there, or is named relatively, is refused", async () => {
    expect((await library.list(join(root, "nowhere"))).kind).toBe("no-folder");
    expect((await library.list("project")).kind).toBe("no-folder");
    expect((await library.find("review", "project")).kind).toBe("no-folder");
  });
});

describe("F14s: what is in a folder", () => {
  test("sub-folders, other endings and hidden files are none of the workflows", async () => {
    await inProject("lib/helper.js", scriptNamed("helper"));
    await inProject("notes.md", "# Notes");
    await inProject("a.mjs", scriptNamed("a"));
    await inProject(".hidden.js", scriptNamed("hidden"));
    await mkdir(join(project, ".lathe/workflows/folder.js"));
    expect((await listed()).map(([name]) => name)).toEqual(["review"]);
  });

  test("a pipe is ignored, and nobody waits for it", async () => {
    await inProject("a.js", scriptNamed("a"));
    execFileSync("mkfifo", [join(project, ".lathe/workflows/pipe.js")]);
    expect((await listed()).map(([name]) => name)).toEqual(["a", "review"]);
  });

  test("a file that has become a pipe since it was listed is told as none", async () => {
    const path = await inProject("a.js", scriptNamed("a"));
    const { files } = await scriptFolders.list(project, ".lathe/workflows");
    await rm(path);
    execFileSync("mkfifo", [path]);
    const [file] = files;
    if (file?.kind !== "file") throw new Error("It was not listed.");
    expect(await scriptFolders.read(file)).toMatchObject({
      kind: "refused",
      problem: { code: "unreadable" },
    });
  });

  test("a broken file is listed with its error under its own name, and the others are there", async () => {
    await inProject("a.js", scriptNamed("a"));
    await inProject("b.js", "const = 1");
    expect(await listed()).toEqual([
      ["a", "project", "fine"],
      ["b", "project", "script-parse-error"],
      ["review", "built-in", "fine"],
    ]);
  });

  test("a huge file and one that is no UTF-8 are listed with their errors, and are not parsed", async () => {
    await inProject("huge.js", scriptNamed("huge", " ".repeat(524_288)));
    await inProject("other.js", new Uint8Array([0x2f, 0x2f, 0xff, 0xfe]));
    expect(await listed()).toEqual([
      ["huge", "project", "script-too-large"],
      ["other", "project", "not-utf-8"],
      ["review", "built-in", "fine"],
    ]);
    expect(compiler.compiled).toEqual(["review.js"]);
  });

  test("a file that is just as large as it may be is read whole", async () => {
    const text = scriptNamed("large");
    await inProject("large.js", text.padEnd(524_288));
    const found = await library.find("large", project);
    expect(found.kind === "found" && found.source.length).toBe(524_288);
  });

  test("a link within the folder is followed, one that leaves it is listed with an error and not read", async () => {
    const target = await write(join(root, "elsewhere.js"), scriptNamed("elsewhere"));
    await inProject("lib/real.js", scriptNamed("inside"));
    await symlink("lib/real.js", join(project, ".lathe/workflows/inside.js"));
    await symlink(target, join(project, ".lathe/workflows/outside.js"));
    await symlink("nowhere.js", join(project, ".lathe/workflows/dangling.js"));
    await symlink("loop.js", join(project, ".lathe/workflows/loop.js"));
    expect(await listed()).toEqual([
      ["dangling", "project", "unreadable"],
      ["inside", "project", "fine"],
      ["loop", "project", "unreadable"],
      ["outside", "project", "link-leaves-folder"],
      ["review", "built-in", "fine"],
    ]);
    expect(compiler.compiled).not.toContain("elsewhere.js");
  });

  test("a workflow folder that is a link out of its place is not followed, and that is said", async () => {
    await write(join(root, "elsewhere/workflows/x.js"), scriptNamed("x"));
    await symlink(join(root, "elsewhere"), join(project, ".lathe"));
    const { items, warnings } = itemsOf(await library.list(project));
    expect(items.map(({ name }) => name)).toEqual(["review"]);
    expect(warnings).toEqual([
      { path: join(project, ".lathe/workflows"), message: expect.stringContaining("not followed") },
    ]);
  });

  test("of more than 500 files the first 500 are listed, and that is said", async () => {
    for (let index = 0; index < 502; index += 1)
      await inProject(`w${String(index).padStart(3, "0")}.js`, scriptNamed(`w${index}`));
    const { items, warnings } = itemsOf(await library.list(project));
    expect(items.filter(({ source }) => source.kind === "project")).toHaveLength(500);
    expect(warnings).toEqual([
      { path: join(project, ".lathe/workflows"), message: expect.stringContaining("500") },
    ]);
  });

  test("a name that is not the file's is a warning, and the look-up is by the name", async () => {
    await inProject("file.js", scriptNamed("other"));
    const { items } = itemsOf(await library.list(project));
    expect(items.find(({ name }) => name === "other")?.warnings).toEqual([
      { message: expect.stringContaining('"file"'), line: null, column: null },
    ]);
    expect((await library.find("other", project)).kind).toBe("found");
    expect((await library.find("file", project)).kind).toBe("unknown");
  });
});

describe("the look-up", () => {
  test("gives the text, the compiled script and the place", async () => {
    const path = await inProject("a.js", scriptNamed("a", "return 1"));
    expect(await library.find("a", project)).toMatchObject({
      kind: "found",
      source: scriptNamed("a", "return 1"),
      script: { meta: { name: "a" } },
      place: { kind: "project", path },
    });
    expect(await library.find("review", undefined)).toMatchObject({
      kind: "found",
      place: { kind: "built-in", path: null },
    });
  });

  test("of a name that there is not says what there is", async () => {
    await inProject("deploy.js", scriptNamed("deploy"));
    expect(await library.find("deplyo", project)).toEqual({
      kind: "unknown",
      message: 'There is no workflow "deplyo". Did you mean "deploy"? There are: deploy, review.',
      names: ["deploy", "review"],
    });
    expect((await library.find("__proto__", project)).kind).toBe("unknown");
  });

  test("of a broken one says what is wrong, and does not take one that stands farther away", async () => {
    await inProject("review.js", "const = 1");
    expect(await library.find("review", project)).toMatchObject({
      kind: "broken",
      problem: { code: "script-parse-error" },
    });
  });
});

describe("what was read is kept", () => {
  test("a file is compiled again only when it has changed", async () => {
    const path = await inProject("a.js", scriptNamed("a", "return 1"));
    await library.list(project);
    await library.find("a", project);
    expect(compiler.compiled).toEqual(["a.js", "review.js"]);
    await writeFile(path, scriptNamed("a", "return 2"));
    expect(await library.find("a", project)).toMatchObject({ source: scriptNamed("a", "return 2") });
    expect(compiler.compiled).toEqual(["a.js", "review.js", "a.js"]);
  });

  test("a file that was exchanged for another of its size and time is another", async () => {
    const path = await inProject("a.js", scriptNamed("a", "return 1"));
    await library.list(project);
    const next = await write(join(root, "next.js"), scriptNamed("a", "return 2"));
    await rename(next, path);
    await utimes(path, longAgo, longAgo);
    expect((await stat(path)).mtimeMs).toBe(longAgo.getTime());
    expect(await library.find("a", project)).toMatchObject({ source: scriptNamed("a", "return 2") });
  });

  test("reload reads everything again", async () => {
    await inProject("a.js", scriptNamed("a"));
    await library.list(project);
    library.reload();
    await library.list(project);
    expect(compiler.compiled).toEqual(["a.js", "review.js", "a.js", "review.js"]);
  });

  test("two who ask at once share one reading", async () => {
    await inProject("a.js", scriptNamed("a"));
    await Promise.all([library.list(project), library.list(project)]);
    expect(compiler.compiled.toSorted()).toEqual(["a.js", "review.js"]);
  });

  test("that the compiler failed is not kept", async () => {
    await inProject("a.js", scriptNamed("a"));
    compiler.failsOnce = true;
    expect(await listed()).toContainEqual(["a", "project", "compiler-failed"]);
    expect(await listed()).toContainEqual(["a", "project", "fine"]);
  });
});
