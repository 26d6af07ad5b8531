// Which runs of the daemon may have left commands behind: a file with a line for each run that has not ended cleanly.
//
// A daemon that is killed cannot end its commands, and would leave them at work beside the next one. Every command
// carries the name of its run in its marker, so the next daemon finds what the last one left.
//
// Invariants
//   R1  A run is in the file before its first command, and until nothing of it is left.
//   R2  A copy of the state folder names its runs differently: its daemon never ends the commands of the original.
import { createHash, randomUUID } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import type { TimersPower } from "@lathe/kernel";
import { markerName } from "../core/child-environment.ts";
import { type Ended, endTree } from "./end-tree.ts";

export class RunRegister {
  readonly #path: string;
  readonly #folder: string;
  readonly #ownId = randomUUID();
  /** Runs of daemons that were killed, of which something may be left. */
  #earlierIds: readonly string[] = [];

  constructor(folder: string) {
    this.#folder = folder;
    this.#path = `${folder}/runs`;
  }

  /** Enters this run. Throws what the file system throws. */
  async enter(): Promise<void> {
    const lines = await readFile(this.#path, "utf8").catch(emptyWhereAbsent);
    this.#earlierIds = lines.split("\n").filter((line) => line !== "");
    await this.#write([...this.#earlierIds, this.#ownId]);
  }

  /** A marker for one command of this run. */
  newMarker(): string {
    return `${this.#nameOf(this.#ownId)}.${randomUUID()}`;
  }

  /** Ends what the commands of earlier runs left, and returns what resisted. */
  async endLeftovers(timers: TimersPower): Promise<readonly number[]> {
    if (this.#earlierIds.length === 0) return [];
    const endings = await Promise.all(this.#earlierIds.map((id) => this.#endRun(id, timers)));
    this.#earlierIds = [];
    await this.#write([this.#ownId]);
    return endings.flatMap((ended) => (ended.kind === "given-up" ? ended.pids : []));
  }

  /** Strikes this run out; called when none of its commands is left. */
  async leave(): Promise<void> {
    if (this.#earlierIds.length > 0) await this.#write(this.#earlierIds);
    else await rm(this.#path, { force: true });
  }

  #endRun(id: string, timers: TimersPower): Promise<Ended> {
    const marker = `${markerName}=${this.#nameOf(id)}.`;
    // There is no leader that this daemon could be sure of, so nobody's group is signalled: only whom the marker shows.
    return endTree({ pid: Number.NaN, startTicks: 0, marker, isHeld: () => false }, timers);
  }

  #nameOf(id: string): string {
    return createHash("sha256").update(`${id}\n${this.#folder}`).digest("hex").slice(0, 32);
  }

  async #write(ids: readonly string[]): Promise<void> {
    const half = `${this.#path}.half`;
    await writeFile(half, ids.map((id) => `${id}\n`).join(""), { mode: 0o600 });
    await rename(half, this.#path);
  }
}

function emptyWhereAbsent(cause: NodeJS.ErrnoException): string {
  if (cause.code === "ENOENT") return "";
  throw cause;
}
