import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openAccessToken } from "./access-token.ts";

let home = "";
let folder = "";
let tokenPath = "";

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "lathe-token-"));
  folder = join(home, "state");
  tokenPath = join(folder, "token");
});
afterEach(() => rm(home, { recursive: true, force: true }));

const aToken = "a".repeat(43);

async function keep(text: string, mode: number): Promise<void> {
  await mkdir(folder, { mode: 0o700 });
  await writeFile(tokenPath, text);
  await chmod(tokenPath, mode);
}

test("A17: the token is made once, in a file of mode 0600 in a folder of mode 0700, and nothing else is left", async () => {
  const token = await openAccessToken(folder);
  expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect((await stat(tokenPath)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(["token"]);
  expect(await openAccessToken(folder)).toBe(token);
});

test("A17: two folders have different tokens", async () => {
  expect(await openAccessToken(folder)).not.toBe(await openAccessToken(join(home, "other")));
});

test("A17: many that begin at once agree on one token", async () => {
  const tokens = await Promise.all(Array.from({ length: 16 }, () => openAccessToken(folder)));
  expect(new Set(tokens).size).toBe(1);
  expect(await readFile(tokenPath, "utf8")).toBe(tokens[0]);
  expect(await readdir(folder)).toEqual(["token"]);
});

test("A17: a umask that takes rights away, or gives them, changes nothing", async () => {
  const script = `process.umask(Number(process.argv[2])); const { openAccessToken } = await import(process.argv[1]); await openAccessToken(process.argv[3]);`;
  for (const umask of [0o000, 0o277]) {
    const place = join(home, `state-${umask}`);
    const source = new URL("./access-token.ts", import.meta.url).href;
    execFileSync(process.execPath, ["--input-type=module", "-e", script, source, String(umask), place]);
    expect((await stat(join(place, "token"))).mode & 0o777).toBe(0o600);
    expect((await stat(place)).mode & 0o777).toBe(0o700);
  }
});

test("A17: a token that a person wrote, with a line end, is read", async () => {
  await keep(`${aToken}\n`, 0o600);
  expect(await openAccessToken(folder)).toBe(aToken);
});

test("A17: a symbolic link in the place of the file is refused, and what it leads to is not touched", async () => {
  await mkdir(folder, { mode: 0o700 });
  const bait = join(home, "bait");
  await symlink(bait, tokenPath);
  await expect(openAccessToken(folder)).rejects.toMatchObject({ code: "symbolic-link" });
  await writeFile(bait, aToken, { mode: 0o600 });
  await expect(openAccessToken(folder)).rejects.toMatchObject({ code: "symbolic-link" });
  expect(await readFile(bait, "utf8")).toBe(aToken);
});

test("A17: a symbolic link in the place of the folder is refused", async () => {
  await mkdir(join(home, "elsewhere"), { mode: 0o700 });
  await symlink(join(home, "elsewhere"), folder);
  await expect(openAccessToken(folder)).rejects.toMatchObject({ code: "symbolic-link" });
  expect(await readdir(join(home, "elsewhere"))).toEqual([]);
});

test("A17: a file that others may read or write is refused", async () => {
  await keep(aToken, 0o600);
  for (const mode of [0o640, 0o604, 0o620, 0o666]) {
    await chmod(tokenPath, mode);
    await expect(openAccessToken(folder)).rejects.toMatchObject({ code: "open-to-others" });
  }
});

test("A17: a folder that others may look into is refused", async () => {
  await mkdir(folder, { mode: 0o700 });
  await chmod(folder, 0o755);
  await expect(openAccessToken(folder)).rejects.toMatchObject({ code: "open-to-others" });
  expect(await readdir(folder)).toEqual([]);
});

test("A17: what is no token is refused, and not printed", async () => {
  await mkdir(folder, { mode: 0o700 });
  for (const text of ["", "short", `${aToken}b`, `${aToken}\n\n`, "/".repeat(43)]) {
    await writeFile(tokenPath, text, { mode: 0o600 });
    const refusal = await openAccessToken(folder).catch((error: Error) => error);
    expect(refusal).toMatchObject({ code: "broken" });
    if (text !== "") expect(String(refusal)).not.toContain(text);
  }
});

test("A17: a folder or a pipe in the place of the file is refused at once", async () => {
  await mkdir(tokenPath, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  await expect(openAccessToken(folder)).rejects.toMatchObject({ code: "not-a-file" });
  await rm(tokenPath, { recursive: true });
  execFileSync("mkfifo", ["-m", "600", tokenPath]);
  await expect(openAccessToken(folder)).rejects.toMatchObject({ code: "not-a-file" });
});

test.skipIf(process.getuid?.() !== 0)("A17: another user's file is refused", async () => {
  await keep(aToken, 0o600);
  execFileSync("chown", ["65534", tokenPath]);
  await expect(openAccessToken(folder)).rejects.toMatchObject({ code: "foreign" });
});
