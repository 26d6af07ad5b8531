// What a process has taken so far, by /proc. Elsewhere nothing is seen, and the limits of the system stand alone.
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import type { GuestUsage } from "../contract.ts";

// USER_HZ is 100 on every Linux that Node runs on; pages are 4 KiB on all that matter here.
const tickMs = 10;
const pageBytes = 4096;

/** Reads one file, kept open: some microseconds for each look. */
export class ProcessUsage {
  #file: number | undefined;
  readonly #buffer = Buffer.alloc(1024);
  #baseCpuMs = 0;
  #cpuMs = 0;
  #peakBytes = 0;

  /** `pid` is that of the process that was spawned; where a namespace was asked for, its child is the guest. */
  constructor(pid: number, isWrapped: boolean) {
    try {
      this.#file = openSync(`/proc/${isWrapped ? onlyChildOf(pid) : pid}/stat`, "r");
    } catch {
      this.#file = undefined;
    }
  }

  /** Counts from here: the start of the process is not the script's. */
  begin(): void {
    this.look();
    this.#baseCpuMs = this.#cpuMs;
  }

  look(): GuestUsage {
    this.#read();
    return { cpuMs: this.#cpuMs - this.#baseCpuMs, memoryPeakBytes: this.#peakBytes };
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #read(): void {
    if (this.#file === undefined) return;
    try {
      const bytes = readSync(this.#file, this.#buffer, 0, this.#buffer.length, 0);
      const text = this.#buffer.toString("latin1", 0, bytes);
      // The name stands in parentheses and may hold anything; fields are counted from behind it.
      const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
      this.#cpuMs = Math.max(this.#cpuMs, (Number(fields[11]) + Number(fields[12])) * tickMs || 0);
      this.#peakBytes = Math.max(this.#peakBytes, Number(fields[21]) * pageBytes || 0);
    } catch {
      // It is gone: what was seen last stands.
    }
  }
}

function onlyChildOf(pid: number): string {
  const [child = ""] = readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1").trim().split(" ");
  return child;
}
