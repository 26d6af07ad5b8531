// The programs that put walls of the operating system around a guest, where this system has and permits them.
import { spawn } from "node:child_process";
import type { GuestLimits } from "../contract.ts";

/** The words that stand before the command of a guest; empty where nothing is to be had. */
export type Fences = (limits: GuestLimits) => readonly string[];

// Whoever is busy does not notice that its input was closed.
const deathWords: readonly string[] = ["setpriv", "--pdeathsig", "KILL", "--"];

const namespaceWords: readonly string[] = [
  "unshare",
  ...["--net", "--pid", "--ipc", "--uts", "--user", "--map-current-user", "--fork", "--kill-child", "--"],
];

function limitWords(limits: GuestLimits): readonly string[] {
  // The start of the process costs processor time too, and the watch is to be first: it can say what happened.
  const cpuSeconds = Math.ceil(limits.cpuMs / 1000) + 2;
  return [
    "prlimit",
    ...[`--cpu=${cpuSeconds}`, "--core=0", "--nofile=64", `--data=${Math.ceil(limits.memoryBytes)}`, "--"],
  ];
}

/** Tries each once. `warn` is told what is missing and what that means. */
export async function findFences(limits: GuestLimits, warn: (message: string) => void): Promise<Fences> {
  const [diesWithDaemon, hasNamespaces, hasLimits] = await Promise.all([
    succeeds([...deathWords, "true"]),
    succeeds([...namespaceWords, "true"]),
    succeeds([...limitWords(limits), "true"]),
  ]);
  if (!hasNamespaces) {
    warn(
      "Workflow scripts run without namespaces of their own: this system has no unshare, or does not permit it.",
    );
  }
  if (!hasLimits) {
    warn("Workflow scripts run without a hard limit of memory: this system has no prlimit (util-linux).");
  }
  // Not worth a warning where it is missing: a guest that computes reaches its limit of processor time.
  return (asked) => [
    ...(diesWithDaemon ? deathWords : []),
    ...(hasNamespaces ? namespaceWords : []),
    ...(hasLimits ? limitWords(asked) : []),
  ];
}

async function succeeds([program = "", ...words]: readonly string[]): Promise<boolean> {
  const child = spawn(program, words, { stdio: "ignore", env: guestEnvironment(), cwd: "/" });
  return await new Promise((resolve) => {
    child.on("error", () => resolve(false));
    child.on("exit", (code) => resolve(code === 0));
  });
}

/** All that a guest learns of the environment. PATH is for finding the programs above. */
export function guestEnvironment(): Record<string, string> {
  return { TZ: "UTC", LANG: "C", LC_ALL: "C", PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin" };
}
