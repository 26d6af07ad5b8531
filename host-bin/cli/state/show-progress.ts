// Tells how far long work is, on standard error.
import { printAside } from "../terminal.ts";

export interface Progress {
  readonly doneCount: number;
  /** 0 where it is not known. */
  readonly totalCount: number;
  readonly unit: "bytes" | "rows" | "parts";
}

// What is done within a second needs no words.
const intervalMs = 1_000;

/** Returns what takes each step, and says the one that is current once in a second. */
export function showProgress(what: string): (progress: Progress) => void {
  let saidAtMs = performance.now();
  return (progress) => {
    const nowMs = performance.now();
    if (nowMs - saidAtMs < intervalMs) return;
    saidAtMs = nowMs;
    printAside(`${what}: ${shown(progress)}`);
  };
}

function shown({ doneCount, totalCount, unit }: Progress): string {
  const done = unit === "bytes" ? sizeText(doneCount) : `${doneCount} ${unit}`;
  if (totalCount === 0) return done;
  const percent = Math.min(100, Math.floor((100 * doneCount) / totalCount));
  return `${done}, ${percent} %`;
}

/** Bytes for people. */
export function sizeText(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  let size = bytes;
  let step = 0;
  for (; size >= 1_024 && step < units.length - 1; step += 1) size /= 1_024;
  return `${step === 0 ? size : size.toFixed(1)} ${units[step]}`;
}
