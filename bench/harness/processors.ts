// Keeps the measured process and the model server on processors of their own, where the system can.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Commands that run another command on one processor; empty where nothing is pinned. */
export interface Pinning {
  readonly subject: readonly string[];
  readonly server: readonly string[];
}

export const unpinned: Pinning = { subject: [], server: [] };

/** Pins where `taskset` exists and this process may use at least two processors. */
export function findPinning(): Pinning {
  if (spawnSync("taskset", ["--version"], { stdio: "ignore" }).status !== 0) return unpinned;
  const processors = parseProcessorList(allowedProcessors());
  const first = processors[0];
  const last = processors.at(-1);
  if (first === undefined || last === undefined || first === last) return unpinned;
  return { subject: ["taskset", "-c", String(first)], server: ["taskset", "-c", String(last)] };
}

function allowedProcessors(): string {
  try {
    return /Cpus_allowed_list:\s*(\S+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "";
  } catch {
    // Without this file the system is not Linux, and its processors are left alone.
    return "";
  }
}

/** Reads a list such as `0-3,8` into its numbers. */
export function parseProcessorList(list: string): readonly number[] {
  return list.split(",").flatMap((range) => {
    const match = /^(\d+)(?:-(\d+))?$/.exec(range);
    if (match === null) return [];
    const from = Number(match[1]);
    const to = Number(match[2] ?? from);
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  });
}
