import { readFileSync } from "node:fs";
import { openTestHost } from "@lathe/extension-kit/testing";
import {
  type Command,
  type CommandOutcome,
  type Tool,
  type ToolContext,
  type ToolOutput,
  Tools,
} from "@lathe/kernel";
import { describe, expect, test } from "vitest";
import { activate } from "./extension.ts";

const manifest: unknown = JSON.parse(readFileSync(new URL("../manifest.json", import.meta.url), "utf8"));
const said = (output: string, droppedBytes = 0) => ({ output, droppedBytes, durationMs: 12.3 });

interface ShellUnderTest extends AsyncDisposable {
  readonly tool: Tool;
  readonly commands: readonly Command[];
  call(input: object, signal?: AbortSignal): Promise<ToolOutput>;
}

/** The tool on the real host, and a backend that answers every command with one outcome. */
async function openShell(
  outcome: CommandOutcome = { kind: "exited", exitCode: 0, ...said("") },
  config: unknown = {},
): Promise<ShellUnderTest> {
  const host = await openTestHost({ manifest, activate, config });
  const tool = host.contributions(Tools).get("run_command");
  if (tool === undefined) throw new Error("The tool was not contributed.");
  const commands: Command[] = [];
  const exec = {
    run: async (command: Command) => {
      commands.push(command);
      return outcome;
    },
  };
  const call = async (input: object, signal = new AbortController().signal) => {
    const parsed = await tool.input["~standard"].validate(input);
    if (parsed.issues !== undefined) throw new Error(parsed.issues[0]?.message);
    const context = { cwd: "/project", environment: { CI: "1", TERM: "xterm" }, exec, signal };
    return await tool.execute(parsed.value, context as unknown as ToolContext);
  };
  return { tool, commands, call, [Symbol.asyncDispose]: () => host.close() };
}

describe("what the backend is asked for", () => {
  test("a shell line below the working folder, with the limits of the configuration", async () => {
    await using shell = await openShell();
    const { signal } = new AbortController();
    await shell.call({ command: "ls; echo '$x'", cwd: "sub" }, signal);
    expect(shell.commands).toEqual([
      {
        program: { kind: "shell", line: "ls; echo '$x'" },
        root: "/project",
        cwd: "sub",
        environment: { CI: "1", TERM: "xterm", PAGER: "cat", GIT_PAGER: "cat", GIT_TERMINAL_PROMPT: "0" },
        timeoutMs: 30_000,
        outputBytesMax: 32_768,
        signal,
      },
    ]);
  });

  test("another time where the model asks for it, up to the largest", async () => {
    await using shell = await openShell(undefined, {
      timeoutMs: 5_000,
      timeoutMsMax: 9_000,
      outputBytesMax: 10,
    });
    await shell.call({ command: "x", timeout_ms: 9_000 });
    await shell.call({ command: "x" });
    expect(
      shell.commands.map(({ timeoutMs, outputBytesMax, cwd }) => [timeoutMs, outputBytesMax, cwd]),
    ).toEqual([
      [9_000, 10, "."],
      [5_000, 10, "."],
    ]);
    await expect(shell.call({ command: "x", timeout_ms: 9_001 })).rejects.toThrow(
      "timeout_ms is at most 9000.",
    );
    await expect(shell.call({ command: "  " })).rejects.toThrow("command is empty.");
    // The kernel's own limit must not come before the command's.
    expect(shell.tool.timeoutMs).toBeGreaterThan(9_000);
  });

  test("E9: the model has no field to set the environment with", async () => {
    await using shell = await openShell();
    const { properties } = shell.tool.parameters;
    expect(Object.keys(properties ?? {})).toEqual(["command", "cwd", "timeout_ms"]);
  });
});

describe("what the model reads", () => {
  test.each<readonly [string, CommandOutcome, string, boolean]>([
    ["success", { kind: "exited", exitCode: 0, ...said("done\n") }, "done\n[exit code 0]", false],
    ["no output", { kind: "exited", exitCode: 0, ...said("") }, "[exit code 0; no output]", false],
    ["failure", { kind: "exited", exitCode: 2, ...said("oops") }, "oops\n[exit code 2]", true],
    [
      "a signal",
      { kind: "signalled", signal: "SIGSEGV", ...said("") },
      "[ended by SIGSEGV; no output]",
      true,
    ],
    [
      "too much output",
      { kind: "exited", exitCode: 0, ...said("abc", 99) },
      "abc\n[exit code 0; truncated 99 bytes of output after this]",
      false,
    ],
    [
      "a timeout",
      { kind: "timed-out", ...said("half") },
      "half\n[timed out after 30000 ms; the command and everything it started is being ended]",
      true,
    ],
    [
      "an abort",
      { kind: "aborted", ...said("") },
      "[aborted; the command and everything it started is being ended; no output]",
      true,
    ],
    [
      "a command that was not started",
      { kind: "not-started", reason: "outside-root", message: '"/" is outside.' },
      '[not started: "/" is outside.]',
      true,
    ],
    [
      "E5: escapes",
      { kind: "exited", exitCode: 0, ...said("\u001b[2J\u001b]0;x\u0007ok\u001b[0m\n") },
      "ok\n[exit code 0]",
      false,
    ],
  ])("%s", async (_name, outcome, content, isError) => {
    await using shell = await openShell(outcome);
    const output = await shell.call({ command: "x" });
    expect([output.content, output.isError ?? false]).toEqual([content, isError]);
  });

  test("and what programs read beside it", async () => {
    await using shell = await openShell({ kind: "signalled", signal: "SIGKILL", ...said("x", 7) });
    expect((await shell.call({ command: "x" })).details).toEqual({
      kind: "signalled",
      exitCode: null,
      signal: "SIGKILL",
      durationMs: 12,
      droppedBytes: 7,
    });
  });
});

test("starts, promises nothing of a command that it cannot know, and leaves nothing", async () => {
  const shell = await openShell();
  const { readOnly, concurrencySafe, idempotent } = shell.tool;
  expect({ readOnly, concurrencySafe, idempotent }).toEqual({
    readOnly: false,
    concurrencySafe: false,
    idempotent: false,
  });
  await shell[Symbol.asyncDispose]();
});
