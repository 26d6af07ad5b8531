import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, realpath, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { nearestByName } from "../core/agent-files.ts";
import { DiskAgentFiles } from "./disk-agent-files.ts";

let top: string;
let project: string;
let cwd: string;
let home: string;
beforeEach(async () => {
  top = await realpath(await mkdtemp(join(tmpdir(), "lathe-agents-")));
  [project, home] = [join(top, "project"), join(top, "home")];
  cwd = join(project, "packages", "one");
  for (const folder of [cwd, home, join(project, ".git")]) await mkdir(folder, { recursive: true });
});
afterEach(() => rm(top, { recursive: true, force: true }));

async function put(path: string, text: string | Uint8Array): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  return path;
}

const agent = (name: string, prompt = "Look."): string => `---\nname: ${name}\n---\n${prompt}\n`;

/** Each name, and where it is or why it cannot be used. */
async function named(files = new DiskAgentFiles(home), from: string | null = cwd): Promise<object> {
  const found = await files.read(from);
  const rows = [...nearestByName(found.files)].map(([name, { path, reading }]) => [
    name,
    reading.kind === "agent" ? path.slice(top.length + 1) : reading.message,
  ]);
  return Object.fromEntries(rows.sort());
}

async function promptOf(files: DiskAgentFiles, name: string): Promise<string | undefined> {
  const reading = nearestByName((await files.read(cwd)).files).get(name)?.reading;
  return reading?.kind === "agent" ? reading.draft.prompt : reading?.message;
}

describe("files of agents", () => {
  test("are those of the folder and of each one up to the repository's root, the nearest first, then the home's", async () => {
    await put(join(cwd, ".claude/agents/a.md"), agent("a"));
    await put(join(cwd, ".lathe/agents/b.md"), agent("b"));
    await put(join(cwd, ".claude/agents/b.md"), agent("b"));
    await put(join(project, ".lathe/agents/a.md"), agent("a"));
    await put(join(project, ".lathe/agents/c.md"), agent("c"));
    await put(join(home, ".lathe/agents/c.md"), agent("c"));
    await put(join(home, ".claude/agents/d.md"), agent("d"));
    await put(join(top, ".lathe/agents/outside.md"), agent("outside"));
    expect(await named()).toEqual({
      a: "project/packages/one/.claude/agents/a.md",
      b: "project/packages/one/.lathe/agents/b.md",
      c: "project/.lathe/agents/c.md",
      d: "home/.claude/agents/d.md",
    });
    expect(await named(new DiskAgentFiles(undefined), project)).toEqual({
      a: "project/.lathe/agents/a.md",
      c: "project/.lathe/agents/c.md",
    });
    expect(await named(new DiskAgentFiles(home), null)).toEqual({
      c: "home/.lathe/agents/c.md",
      d: "home/.claude/agents/d.md",
    });
  });

  test("are those of the folder alone where there is no repository, and none where there is no folder", async () => {
    await rm(join(project, ".git"), { recursive: true });
    await put(join(cwd, ".lathe/agents/a.md"), agent("a"));
    await put(join(project, ".lathe/agents/b.md"), agent("b"));
    expect(await named()).toEqual({ a: "project/packages/one/.lathe/agents/a.md" });
    expect(await named(new DiskAgentFiles(join(top, "nowhere")), join(top, "gone"))).toEqual({});
    expect(await new DiskAgentFiles(home).read(join(top, "gone"))).toEqual({ files: [], failures: [] });
  });

  test("of a home that is the project's root too are read once", async () => {
    await put(join(project, ".lathe/agents/a.md"), agent("a"));
    const { files } = await new DiskAgentFiles(project).read(cwd);
    expect(files).toHaveLength(1);
  });

  test("are read again when they have changed, also where their size and their time stay, and are gone when they are", async () => {
    const files = new DiskAgentFiles(home);
    const path = await put(join(cwd, ".lathe/agents/a.md"), agent("a", "One."));
    expect(await promptOf(files, "a")).toBe("One.");
    await put(path, agent("a", "Two, and more."));
    expect(await promptOf(files, "a")).toBe("Two, and more.");
    const time = new Date(1_000_000_000_000);
    await utimes(path, time, time);
    expect(await promptOf(files, "a")).toBe("Two, and more.");
    const other = await put(join(cwd, "other.md"), agent("a", "Six, and more."));
    await utimes(other, time, time);
    await rename(other, path);
    expect(await promptOf(files, "a")).toBe("Six, and more.");
    await rm(path);
    expect(await promptOf(files, "a")).toBeUndefined();
  });
});

describe("files that are not what they should be", () => {
  test("a symbolic link is followed inside of its folder only", async () => {
    await put(join(cwd, ".lathe/agents/real.md"), agent("real"));
    await put(join(top, "secret.md"), agent("secret"));
    await symlink("real.md", join(cwd, ".lathe/agents/inside.md"));
    await symlink(join(top, "secret.md"), join(cwd, ".lathe/agents/out.md"));
    await symlink("gone.md", join(cwd, ".lathe/agents/dangling.md"));
    await symlink("loop.md", join(cwd, ".lathe/agents/loop.md"));
    await symlink("/dev/zero", join(cwd, ".lathe/agents/zero.md"));
    expect(await named()).toEqual({
      real: expect.stringContaining("has the same name"),
      out: expect.stringContaining("leaves its folder"),
      dangling: expect.stringContaining("ENOENT"),
      loop: expect.stringContaining("ELOOP"),
      zero: expect.stringContaining("leaves its folder"),
    });
  });

  test("a folder that is a link to outside is not read, and that is told; one to inside is", async () => {
    await put(join(top, "elsewhere/stolen.md"), agent("stolen"));
    await mkdir(join(cwd, ".lathe"));
    await symlink(join(top, "elsewhere"), join(cwd, ".lathe/agents"));
    await put(join(home, "dotfiles/agents/mine.md"), agent("mine"));
    await symlink("dotfiles", join(home, ".claude"));
    const { files, failures } = await new DiskAgentFiles(home).read(cwd);
    expect(files.map(({ reading }) => reading.name)).toEqual(["mine"]);
    expect(failures).toEqual([
      { path: join(cwd, ".lathe/agents"), message: expect.stringContaining("leaves the folder") },
    ]);
  });

  test("what is large, no text, no file or a pipe is broken, and nothing waits for it", async () => {
    const folder = join(cwd, ".lathe/agents");
    await put(join(folder, "large.md"), agent("large", "x".repeat(1_048_576)));
    await put(join(folder, "full.md"), agent("full", "x".repeat(65_000)));
    await put(
      join(folder, "latin.md"),
      Buffer.concat([Buffer.from(agent("latin")), Buffer.from([0xe9, 0x74])]),
    );
    await put(join(folder, "nul.md"), agent("nul", "a\0b"));
    await put(join(folder, "empty.md"), "");
    await mkdir(join(folder, "folder.md"));
    execFileSync("mkfifo", [join(folder, "pipe.md")]);
    expect(await named()).toEqual({
      large: expect.stringContaining("larger than 65536 bytes"),
      full: "project/packages/one/.lathe/agents/full.md",
      latin: expect.stringContaining("UTF-8"),
      nul: expect.stringContaining("UTF-8"),
      empty: expect.stringContaining("front matter"),
      folder: "It is not a file.",
      pipe: "It is not a file.",
    });
  });

  test("two files of one folder with one name are both refused; a broken file hides no farther one in silence", async () => {
    await put(join(cwd, ".lathe/agents/a.md"), agent("twin"));
    await put(join(cwd, ".lathe/agents/b.md"), agent("twin"));
    await put(join(cwd, ".lathe/agents/c.md"), "No front matter.");
    await put(join(project, ".lathe/agents/c.md"), agent("c"));
    await put(join(project, ".lathe/agents/twin.md"), agent("twin"));
    expect(await named()).toEqual({
      twin: expect.stringMatching(/b\.md has the same name/),
      c: expect.stringContaining("front matter"),
    });
  });

  test("a folder with more than 256 files is not used at all, and that is told; other files in it do not count", async () => {
    const folder = join(cwd, ".lathe/agents");
    for (let at = 0; at < 256; at += 1) await put(join(folder, `a${at}.md`), agent(`a${at}`));
    await put(join(folder, "notes.txt"), "Notes.");
    await put(join(folder, ".hidden.md"), agent("hidden"));
    expect(Object.keys(await named())).toHaveLength(256);
    await put(join(folder, "one-more.md"), agent("one-more"));
    const { files, failures } = await new DiskAgentFiles(home).read(cwd);
    expect([files, failures]).toEqual([
      [],
      [{ path: folder, message: expect.stringContaining("more than 256") }],
    ]);
  });

  test("a file where a folder should be is as good as none", async () => {
    await put(join(cwd, ".lathe"), "A file.");
    await put(join(cwd, ".claude/agents"), "Another.");
    const { files, failures } = await new DiskAgentFiles(home).read(cwd);
    expect([files, failures]).toEqual([[], []]);
  });
});
