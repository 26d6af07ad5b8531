import { mkdirSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import type { ExecBackend } from "@lathe/kernel";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Folder, type LocalUnderTest, openFolder, openLocal } from "../testing/open-local.ts";
import { shellLine } from "../testing/shell-line.ts";

let home: Folder;
let root: string;
let local: LocalUnderTest;
let backend: ExecBackend;

beforeEach(async () => {
  home = openFolder();
  root = `${home.path}/root`;
  mkdirSync(root);
  local = await openLocal();
  backend = local.backend;
});
afterEach(async () => {
  await local.close();
  home[Symbol.dispose]();
});

const run = (line: string, changes: Parameters<typeof shellLine>[2] = {}) =>
  backend.run(shellLine(root, line, changes));
const runArgv = (...argv: [string, ...string[]]) => run("", { program: { kind: "argv", argv } });

describe("how a command ends", () => {
  test("with its exit code and everything it said", async () => {
    expect(await run("echo one; echo two >&2; exit 3")).toEqual({
      kind: "exited",
      exitCode: 3,
      output: "one\ntwo\n",
      droppedBytes: 0,
      durationMs: expect.any(Number),
    });
  });

  test("with the signal that ended it", async () => {
    expect(await run("kill -KILL $$")).toMatchObject({ kind: "signalled", signal: "SIGKILL" });
  });

  test("standard output and standard error keep their order, also through their device names", async () => {
    const line = "for i in 1 2 3; do echo out$i; echo err$i >&2; echo dev$i >/dev/stderr; done";
    expect(await run(line)).toMatchObject({
      output: [1, 2, 3].map((i) => `out${i}\nerr${i}\ndev${i}\n`).join(""),
    });
  });

  test("standard input is empty, so that nothing waits for a person", async () => {
    expect(await run("cat; read -r x || echo nothing")).toMatchObject({ output: "nothing\n", exitCode: 0 });
  });

  test("a short command loses nothing of a long output", async () => {
    const outcome = await run("seq 1 200000", { outputBytesMax: 10_000_000 });
    expect(outcome).toMatchObject({ kind: "exited", droppedBytes: 0 });
    const output = outcome.kind === "exited" ? outcome.output : "";
    expect(output).toBe(Array.from({ length: 200_000 }, (_, index) => `${index + 1}\n`).join(""));
  });

  test("many at the same time do not mix", async () => {
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, index) => run(`echo ${index}`)));
    expect(outcomes.map((outcome) => (outcome.kind === "exited" ? outcome.output : outcome.kind))).toEqual(
      Array.from({ length: 20 }, (_, index) => `${index}\n`),
    );
  });

  test("output is heard while the command runs, and not after its outcome", async () => {
    const control = new AbortController();
    const heard: string[] = [];
    const onOutput = (text: string) => {
      heard.push(text);
      if (heard.join("").includes("first\n")) control.abort();
    };
    const line = "trap 'echo late; exit' TERM; echo first; while :; do sleep 0.01; done";
    const outcome = await run(line, { onOutput, signal: control.signal });
    await local.close();
    expect([outcome.kind, heard.join("")]).toEqual(["aborted", "first\n"]);
  });
});

describe("E6: arguments are arguments", () => {
  test("no character of them is taken for the shell's", async () => {
    const hostile = [
      ";touch x",
      "$(touch x)",
      "`touch x`",
      "a\nb",
      "-rf",
      "|",
      "&",
      "> x",
      "*",
      "'",
      '"',
      "",
    ];
    const outcome = await runArgv("printf", "[%s]", ...hostile);
    expect(outcome).toMatchObject({ output: hostile.map((text) => `[${text}]`).join("") });
    expect(readdirSync(root)).toEqual([]);
  });

  test("a line that begins with a dash is a line", async () => {
    expect(await run("-c 'echo no' || echo line")).toMatchObject({
      output: expect.stringContaining("line\n"),
    });
  });

  test("an argument with a NUL character cannot be started", async () => {
    expect(await runArgv("echo", "a\0b")).toMatchObject({ kind: "not-started", reason: "invalid-command" });
  });
});

describe("a command that cannot be started says why", () => {
  test.each([
    ["no-such-program", ["no-such-program-anywhere"]],
    ["not-permitted", ["./plain.txt"]],
    ["invalid-command", ["echo", "x".repeat(3_000_000)]],
  ] as const)("%s", async (reason, argv) => {
    writeFileSync(`${root}/plain.txt`, "no program");
    expect(await runArgv(...(argv as unknown as [string]))).toMatchObject({ kind: "not-started", reason });
  });

  test("a variable that cannot be passed on", async () => {
    for (const environment of [{ "A=B": "x" }, { "": "x" }, { A: "x\0y" }]) {
      expect(await run("true", { environment })).toMatchObject({ reason: "invalid-command" });
    }
  });

  test("and leaves no pipe and no descriptor behind", async () => {
    const before = readdirSync("/proc/self/fd").length;
    for (let round = 0; round < 20; round++) await runArgv("no-such-program-anywhere");
    expect(readdirSync("/proc/self/fd").length).toBe(before);
  });
});

describe("E10: the working folder", () => {
  test("may be the root, below it, or reached by a link inside", async () => {
    mkdirSync(`${root}/sub/deep`, { recursive: true });
    symlinkSync("sub/deep", `${root}/link`);
    for (const [cwd, expected] of [
      [".", root],
      ["sub", `${root}/sub`],
      [`${root}/sub`, `${root}/sub`],
      ["link", `${root}/sub/deep`],
    ] as const) {
      expect(await run("pwd -P; echo $PWD", { cwd })).toMatchObject({ output: `${expected}\n${expected}\n` });
    }
  });

  test("E10: outside of the root is denied, by name and through a link", async () => {
    symlinkSync(home.path, `${root}/door`);
    for (const cwd of ["..", "/", home.path, "door", `${root}-evil`, "/proc/self/cwd"]) {
      expect(await run("touch started", { cwd })).toMatchObject({
        kind: "not-started",
        reason: "outside-root",
      });
    }
    expect(readdirSync(home.path)).toEqual(["root"]);
  });

  test("E10: one that is removed, or is a file, is denied", async () => {
    writeFileSync(`${root}/file`, "");
    for (const cwd of ["gone", "file"]) {
      expect(await run("true", { cwd })).toMatchObject({ kind: "not-started", reason: "no-such-folder" });
    }
    rmSync(root, { recursive: true });
    expect(await run("true")).toMatchObject({ kind: "not-started", reason: "no-such-folder" });
  });

  test("of a root that is itself a link is the real one", async () => {
    symlinkSync(root, `${home.path}/link`);
    const outcome = await backend.run(shellLine(`${home.path}/link`, "pwd -P"));
    expect(outcome).toMatchObject({ output: `${realpathSync(root)}\n` });
  });
});

describe("E9: the environment", () => {
  const secrets = {
    OPENAI_API_KEY: "canary-1",
    ANTHROPIC_API_KEY: "canary-2",
    DEEPSEEK_API_KEY: "canary-3",
    LATHE_TOKEN: "canary-4",
    NODE_OPTIONS: "--title=canary-5",
    LD_PRELOAD: "/canary-6.so",
    LD_LIBRARY_PATH: "/canary-7",
    LMDB_RESTORE: "canary-8",
    GITHUB_TOKEN: "canary-9",
    SSH_AUTH_SOCK: "/canary-10",
    AWS_SECRET_ACCESS_KEY: "canary-11",
    BASH_ENV: "/canary-12",
  };
  const harmless = {
    PATH: "/usr/bin:/bin",
    HOME: "/home/ann",
    LC_ALL: "C.UTF-8",
    LANG: "C.UTF-8",
    TZ: "UTC",
  };

  test("E9: of the daemon's own only what is on the list is passed on, also what is set for the test", async () => {
    const before = { ...process.env };
    Object.assign(process.env, { OPENAI_API_KEY: "canary-0" });
    await using other = await openLocal({ environment: { ...harmless, ...secrets } });
    const outcome = await other.backend.run(shellLine(root, "env -0; cat /proc/$$/environ"));
    process.env = before;
    const output = outcome.kind === "exited" ? outcome.output : "";
    expect(output).not.toContain("canary");
    const names = new Set(output.split("\0").map((pair) => pair.split("=")[0]));
    const expected = [...Object.keys(harmless), "LATHE_RUN_MARKER", "PWD", "SHLVL", "_", ""];
    expect([...names].sort()).toEqual(expected.sort());
    expect(output).toContain("HOME=/home/ann\0");
  });

  test("the overlay of the call goes over it, but never over the marker", async () => {
    const environment = { LATHE_RUN_MARKER: "forged", PATH: `${root}:/usr/bin:/bin`, NODE_OPTIONS: "--x" };
    const outcome = await run('echo "$LATHE_RUN_MARKER|$PATH|$NODE_OPTIONS"', { environment });
    const [marker = "", ...rest] = outcome.kind === "exited" ? outcome.output.split("|") : [];
    expect(rest).toEqual([environment.PATH, "--x\n"]);
    expect(marker).toMatch(/^[0-9a-f]{32}\.[0-9a-f-]{36}$/);
  });

  test("every command has a marker of its own", async () => {
    const line = "echo $LATHE_RUN_MARKER";
    const [one, two] = await Promise.all([run(line), run(line)]);
    expect(one.kind === "exited" && two.kind === "exited" && one.output !== two.output).toBe(true);
  });
});

describe("E4: limits", () => {
  const openLimited = (config: unknown) => openLocal({ config });

  test("E4: a command that fills the disk is stopped at the largest file", async () => {
    await using limited = await openLimited({ fileBytesMax: 100_000 });
    const outcome = await limited.backend.run(shellLine(root, "exec head -c 1000000 /dev/zero > big"));
    expect(outcome).toMatchObject({ kind: "signalled", signal: "SIGXFSZ" });
    const { entries } = await limited.backend.files(root).list("", { entryCountMax: 9 });
    expect(entries).toEqual([{ path: "big", kind: "file", sizeBytes: 100_000 }]);
  });

  test("E4: a command that eats memory fails alone", async () => {
    await using limited = await openLimited({ memoryBytesMax: 200_000_000 });
    const outcome = await limited.backend.run(shellLine(root, "head -c 1000000000 /dev/zero | tail"));
    expect(outcome).toMatchObject({ kind: "exited" });
    expect(outcome).not.toMatchObject({ exitCode: 0 });
    expect(await limited.backend.run(shellLine(root, "echo fine"))).toMatchObject({ output: "fine\n" });
  });

  test("E4: when memory runs out the kernel prefers a command to the daemon", async () => {
    const outcome = await run("sleep 0.05; cat /proc/self/oom_score_adj");
    expect(outcome).toMatchObject({ output: "500\n" });
  });

  test("E4: the limit of processes reaches the command", async () => {
    await using limited = await openLimited({ processCountMax: 4_321 });
    const outcome = await limited.backend.run(shellLine(root, "ulimit -u; ulimit -v"));
    expect(outcome).toMatchObject({ output: "4321\nunlimited\n" });
  });
});

test("another shell may be configured", async () => {
  await using other = await openLocal({ config: { shellPath: "/bin/sh" } });
  expect(await other.backend.run(shellLine(root, "echo $0"))).toMatchObject({ output: "/bin/sh\n" });
});
