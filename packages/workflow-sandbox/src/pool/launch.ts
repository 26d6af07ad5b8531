// The command line of a guest.
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { readdirSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { GuestLimits } from "../contract.ts";
import { type Fences, guestEnvironment } from "./fences.ts";
import { standBack } from "./priority.ts";

export type GuestChild = ChildProcessByStdio<Writable, Readable, Readable>;

export interface Launch {
  readonly nodePath: string;
  readonly limits: GuestLimits;
  readonly fences: Fences;
  /** The code cache of ses, made by a guest with the same flags; undefined where there is none. */
  readonly cachePath: string | undefined;
}

const guestFolder = realpathSync(fileURLToPath(new URL("../guest/", import.meta.url)));
const guestPath = join(guestFolder, "guest.cjs");

/** One file that holds all of ses. */
export const sesPath: string = join(
  dirname(realpathSync(createRequire(import.meta.url).resolve("ses/package.json"))),
  "dist",
  "lockdown.umd.min.js",
);

const guestPaths = readdirSync(guestFolder)
  .filter((name) => name.endsWith(".cjs"))
  .map((name) => join(guestFolder, name));

const heapShare = 0.375;
const heapMebibytesMin = 32;

/** The flags decide whether a code cache fits, so it is named after them. */
export function engineFlags(limits: GuestLimits): readonly string[] {
  const heapMebibytes = Math.max(heapMebibytesMin, Math.floor((limits.memoryBytes / 1024 ** 2) * heapShare));
  return [
    ...["--no-addons", "--no-warnings", "--no-global-search-paths"],
    ...["--jitless", `--max-old-space-size=${heapMebibytes}`, "--max-semi-space-size=8", "--stack-size=900"],
    "--no-js-source-phase-imports",
  ];
}

/** Throws where there is no room for its pipes; for a program that is missing the child emits "error" instead. */
export function launchGuest(launch: Launch, order: "run" | "build-cache"): GuestChild {
  const { nodePath, limits, fences, cachePath } = launch;
  const readable = [...guestPaths, sesPath, ...(cachePath === undefined ? [] : [cachePath])];
  const [program = "", ...words] = [
    ...fences(limits),
    nodePath,
    "--permission",
    ...readable.map((path) => `--allow-fs-read=${path}`),
    ...engineFlags(limits),
    ...[guestPath, sesPath, cachePath ?? "", order],
  ];
  // A session of its own: a signal that a guest sends to its group does not reach the daemon.
  const child = spawn(program, words, {
    cwd: "/",
    env: guestEnvironment(),
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
  });
  if ((child.stdin as Writable | undefined) === undefined) {
    child.on("error", () => undefined);
    throw new Error("the daemon has too many files open");
  }
  if (child.pid !== undefined) standBack(child.pid);
  return child;
}
