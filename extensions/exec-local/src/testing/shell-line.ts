import type { Command } from "@lathe/kernel";

/** A command line with what the tests seldom vary. */
export function shellLine(root: string, line: string, changes: Partial<Command> = {}): Command {
  return {
    program: { kind: "shell", line },
    root,
    cwd: ".",
    environment: {},
    timeoutMs: 60_000,
    outputBytesMax: 32_768,
    signal: new AbortController().signal,
    ...changes,
  };
}
