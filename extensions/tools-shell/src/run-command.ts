import { defineTool } from "@lathe/extension-kit";
import type { Tool } from "@lathe/kernel";
import * as v from "valibot";
import type { ShellConfig } from "./config.ts";
import { describeOutcome } from "./core/describe-outcome.ts";

/** So that the command's own time limit, which can tell more, comes before the kernel's. */
const graceMs = 10_000;

// Nobody sits at a terminal: programs should not page, colour, or ask for a password.
const unattended: Readonly<Record<string, string>> = {
  TERM: "dumb",
  PAGER: "cat",
  GIT_PAGER: "cat",
  GIT_TERMINAL_PROMPT: "0",
};

export function createRunCommand({ timeoutMs, timeoutMsMax, outputBytesMax }: ShellConfig): Tool {
  return defineTool({
    name: "run_command",
    description: `Runs a command line in a shell and waits for its end. Shows standard output and standard error together, up to ${outputBytesMax} bytes, then how it ended. It gets no input, and has ${timeoutMs} ms unless timeout_ms says otherwise. What it leaves running in the background is ended with it.`,
    input: v.object({
      command: v.pipe(
        v.string(),
        v.regex(/\S/, "command is empty. Give the command line to run."),
        v.description("The command line."),
      ),
      cwd: v.optional(
        v.pipe(v.string(), v.description("The folder to run it in, relative to the working folder.")),
      ),
      timeout_ms: v.optional(
        v.pipe(
          v.number(),
          v.integer(),
          v.minValue(1),
          v.maxValue(timeoutMsMax, `timeout_ms is at most ${timeoutMsMax}.`),
          v.description(`How many milliseconds it may take, at most ${timeoutMsMax}.`),
        ),
      ),
    }),
    timeoutMs: timeoutMsMax + graceMs,
    execute: async (given, { exec, cwd, environment, signal }) => {
      const limitMs = given.timeout_ms ?? timeoutMs;
      const outcome = await exec.run({
        program: { kind: "shell", line: given.command },
        root: cwd,
        cwd: given.cwd ?? ".",
        environment: { ...unattended, ...environment },
        timeoutMs: limitMs,
        outputBytesMax,
        signal,
      });
      return describeOutcome(outcome, limitMs);
    },
  });
}
