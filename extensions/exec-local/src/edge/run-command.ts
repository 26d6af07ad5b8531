// One command, from its folder to its outcome.
//
// Invariants
//   R1  The promise settles once, at the first of: the command ended, its time was up, it was aborted.
//   R2  On time and abort nothing is waited for; what still runs is ended by `endTree`, which the caller owns.
//   R3  After the promise settled nothing of the call is heard of again: no output, no timer, no listener.
import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import {
  type ClockPower,
  type Command,
  type CommandOutcome,
  FileAccessError,
  type TimersPower,
} from "@lathe/kernel";
import { parseAskedPath } from "../core/asked-path.ts";
import { composeEnvironment, markerName } from "../core/child-environment.ts";
import { describeNotStarted, type NotStarted } from "../core/not-started.ts";
import { OutputBuffer } from "../core/output-buffer.ts";
import { toAccessError } from "./access-error.ts";
import { type Ended, endTree } from "./end-tree.ts";
import { findRoot } from "./local-files.ts";
import type { OutputPipe, OutputPipes } from "./output-pipes.ts";
import { openPinInside, type Pin, pinFolder } from "./pin.ts";
import { readProcess } from "./process-table.ts";
import type { Leader } from "./tree-search.ts";

export interface CommandDesk {
  readonly clock: ClockPower;
  readonly timers: TimersPower;
  readonly pipes: OutputPipes;
  /** The part of the daemon's environment that commands get. */
  readonly passedOn: Readonly<Record<string, string>>;
  /** Program and first arguments that run a line which follows as the last argument. */
  readonly shell: readonly [string, ...string[]];
  /** Put before every program, to set its limits; empty without limits. */
  readonly limiter: readonly string[];
  newMarker(): string;
  /** Takes over the ending of a process tree, so that a shutdown can wait for it. */
  own(ending: Promise<Ended>): void;
}

type Ending =
  | { readonly kind: "exited"; readonly exitCode: number }
  | { readonly kind: "signalled"; readonly signal: string }
  | { readonly kind: "timed-out" }
  | { readonly kind: "aborted" };

export async function runCommand(command: Command, desk: CommandDesk): Promise<CommandOutcome> {
  const startedAtMs = desk.clock.monotonicMs();
  const output = new OutputBuffer(command.outputBytesMax, command.onOutput);
  const start = await startCommand(command, desk, output);
  if (start.kind === "not-started") return start;
  const ending: Ending = start.kind === "aborted" ? start : await start.ending;
  return { ...ending, ...output.close(), durationMs: desk.clock.monotonicMs() - startedAtMs };
}

type Start =
  | NotStarted
  | { readonly kind: "aborted" }
  | { readonly kind: "started"; readonly ending: Promise<Ending> };

async function startCommand(command: Command, desk: CommandDesk, output: OutputBuffer): Promise<Start> {
  if (command.signal.aborted) return { kind: "aborted" };
  let pipe: OutputPipe | undefined;
  try {
    await using folder = await openWorkingFolder(command);
    pipe = await desk.pipes.open();
    if (command.signal.aborted) {
      await pipe.close();
      return { kind: "aborted" };
    }
    const start = await spawnIn(folder, pipe, output, command, desk);
    if (start.kind === "started") await pipe.closeWriteEnd();
    else await pipe.close();
    return start;
  } catch (cause) {
    await pipe?.close();
    return describeNotStarted(cause, programOf(command));
  }
}

/** Holds the folder in place before anything is started in it (E10). */
async function openWorkingFolder(command: Command): Promise<Pin> {
  const rootBytePath = await findRoot(command.root);
  const asked = parseAskedPath(command.cwd, [
    command.root,
    Buffer.from(rootBytePath, "latin1").toString("utf8"),
  ]);
  if (asked.kind === "refused") throw new FileAccessError(asked.code, command.cwd, asked.message);
  try {
    const path = [command.root, ...asked.names].join("/");
    return await openPinInside(rootBytePath, path, pinFolder, command.cwd);
  } catch (cause) {
    throw toAccessError(command.cwd, cause);
  }
}

async function spawnIn(
  folder: Pin,
  pipe: OutputPipe,
  output: OutputBuffer,
  command: Command,
  desk: CommandDesk,
): Promise<Start> {
  const marker = desk.newMarker();
  const workingFolder = Buffer.from(folder.bytePath, "latin1").toString("utf8");
  const environment = composeEnvironment(desk.passedOn, command.environment, { marker, workingFolder });
  if (environment.kind === "invalid") {
    return { kind: "not-started", reason: "invalid-command", message: environment.message };
  }
  const { program } = command;
  const argv = program.kind === "argv" ? program.argv : [...desk.shell, program.line];
  const [file = "", ...rest] = [...desk.limiter, ...argv];
  const child = spawn(file, rest, {
    cwd: folder.door,
    env: environment.variables,
    // A group and a session of its own: one signal reaches all of it, and none of the terminal's reaches it.
    detached: true,
    stdio: ["ignore", pipe.writeEnd, pipe.writeEnd],
  });
  const { pid } = child;
  if (pid === undefined) {
    const cause = await new Promise((resolve) => child.once("error", resolve));
    return describeNotStarted(cause, programOf(command));
  }
  const leader: Leader = {
    pid,
    startTicks: startTicksOf(pid),
    marker: `${markerName}=${marker}`,
    isHeld: () => child.exitCode === null && child.signalCode === null,
  };
  preferForOutOfMemory(pid);
  pipe.startReading((chunk) => output.add(chunk));
  // Without waiting for anything in between: a short command ends before the next turn of the event loop.
  return { kind: "started", ending: superviseCommand(child, leader, pipe, command, desk) };
}

/** 0, and with it every process as a candidate, where the table cannot be read at this moment. */
function startTicksOf(pid: number): number {
  try {
    return readProcess(pid)?.startTicks ?? 0;
  } catch {
    return 0;
  }
}

/** Asks the kernel to end a command rather than the daemon when memory runs out. */
function preferForOutOfMemory(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, "500");
  } catch {
    // Forbidden in some containers, or the command is over already. It is a preference, not a promise.
  }
}

async function superviseCommand(
  child: ChildProcess,
  leader: Leader,
  pipe: OutputPipe,
  command: Command,
  desk: CommandDesk,
): Promise<Ending> {
  const { promise, resolve } = Promise.withResolvers<Ending>();
  let treeEnding: Promise<Ended> | undefined;
  const end = () => {
    if (treeEnding !== undefined) return;
    treeEnding = endTree(leader, desk.timers).finally(() => pipe.close());
    desk.own(treeEnding);
  };
  const giveUp = (kind: "timed-out" | "aborted") => {
    resolve({ kind });
    end();
  };
  const onAbort = () => giveUp("aborted");
  // From here on an error only says that a signal was not delivered; the next look at the processes tells.
  child.on("error", () => {});
  child.once("exit", (exitCode, signal) => {
    // In this very callback, before the system can give the leader's number to another.
    end();
    const ending: Ending =
      signal === null ? { kind: "exited", exitCode: exitCode ?? 0 } : { kind: "signalled", signal };
    pipe.whenDrained(desk.timers).then(() => resolve(ending));
  });
  const releaseTimer = desk.timers.after(Math.min(command.timeoutMs, 2 ** 31 - 1), () => giveUp("timed-out"));
  command.signal.addEventListener("abort", onAbort);
  if (command.signal.aborted) onAbort();
  try {
    return await promise;
  } finally {
    releaseTimer();
    command.signal.removeEventListener("abort", onAbort);
  }
}

function programOf({ program }: Command): string {
  return program.kind === "argv" ? program.argv[0] : "the shell";
}
