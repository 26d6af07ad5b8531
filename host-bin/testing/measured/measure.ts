// What a daemon uses, as itself and the operating system say it.
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { DaemonProcess } from "../daemon-process.ts";

/** Is run in place of `lathe`, so that the daemon can be measured. */
export const measuredDaemon: string = fileURLToPath(new URL("./measured-daemon.ts", import.meta.url));

export interface Measurement {
  readonly rssBytes: number;
  /** The heap and what hangs on it, after garbage was collected. */
  readonly heapBytes: number;
  /** Functions that live: a leak of closures shows in it one by one. */
  readonly functionCount: number;
  /** Since the start. */
  readonly cpuMs: number;
  /** How late timers were since the last measurement. */
  readonly loopDelayMs: { readonly max: number; readonly p99: number };
}

const counts = new WeakMap<DaemonProcess, number>();

/** Collects its garbage first. */
export async function measure(daemon: DaemonProcess): Promise<Measurement> {
  const count = (counts.get(daemon) ?? 0) + 1;
  counts.set(daemon, count);
  daemon.process.kill("SIGUSR2");
  const [, json = ""] = await daemon.process.printed(new RegExp(`^measured ${count} (.*)$`, "m"));
  return JSON.parse(json) as Measurement;
}

/**
 * Bytes of memory, garbage among them, without asking the daemon. What it has mapped of files is not counted: the operating
 * system takes that back when it likes.
 */
export async function rssOf(daemon: DaemonProcess): Promise<number> {
  const status = await readFile(`/proc/${daemon.process.pid}/status`, "utf8");
  return Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1]) * 1_024;
}

export async function descriptorCountOf(daemon: DaemonProcess): Promise<number> {
  return (await readdir(`/proc/${daemon.process.pid}/fd`)).length;
}

/** Bytes of everything in a folder. */
export async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const { size } = await stat(join(entry.parentPath, entry.name)).catch(() => ({ size: 0 }));
    bytes += size;
  }
  return bytes;
}
