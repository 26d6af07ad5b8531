// Ends everything that a command started: terminate, half a second of grace, kill, and look again until two looks
// in a row find nothing. Two, because a process may have forked behind the back of one look and then died in it.
import type { TimersPower } from "@lathe/kernel";
import { type ProcessRow, selectTree } from "../core/process-tree.ts";
import { findMarked, readProcessesSince, signalGroup, signalProcess } from "./process-table.ts";

export interface Leader {
  readonly pid: number;
  readonly startTicks: number;
  /** `NAME=value`, as the environment of every process of the command holds it. */
  readonly marker: string;
  /** The system keeps its number for it: it runs, or nobody was told yet that it does not. */
  isHeld(): boolean;
}

export interface Ended {
  /** What could not be ended; empty when all is gone. */
  readonly survivorPids: readonly number[];
}

const looksInGraceMs: readonly number[] = [0, 20, 40, 80, 160, 200];
const killRoundCountMax = 60;
const killRoundPauseMs = 50;

/**
 * Call it while the leader is held, or in the very callback that says it exited: until then its number is its own.
 * The first signal is sent before this returns.
 */
export async function endTree(leader: Leader, timers: TimersPower): Promise<Ended> {
  signalGroup(leader.pid, "SIGTERM");
  const search = new TreeSearch(leader);
  if (await terminate(search, leader, timers)) return { survivorPids: [] };
  return await kill(search, leader, timers);
}

/** True when all of it is gone within the grace. */
async function terminate(search: TreeSearch, leader: Leader, timers: TimersPower): Promise<boolean> {
  const told = new Set<string>();
  let emptyLookCount = 0;
  for (const pauseMs of looksInGraceMs) {
    await timers.sleep(pauseMs);
    const members = await search.look();
    emptyLookCount = members?.length === 0 ? emptyLookCount + 1 : 0;
    if (emptyLookCount === 2) return true;
    for (const member of members ?? []) {
      const name = `${member.pid} ${member.startTicks}`;
      // The group was told as a whole, and a second SIGTERM means "at once" to some programs.
      if (member.groupId !== leader.pid && !told.has(name)) search.signal(member, "SIGTERM");
      told.add(name);
    }
  }
  return false;
}

async function kill(search: TreeSearch, leader: Leader, timers: TimersPower): Promise<Ended> {
  let emptyLookCount = 0;
  let members: readonly ProcessRow[] | undefined;
  for (let round = 0; round < killRoundCountMax; round++) {
    // The group in one stroke first: what forks faster than it can be listed does not survive that.
    if (leader.isHeld()) signalGroup(leader.pid, "SIGKILL");
    members = await search.look();
    emptyLookCount = members?.length === 0 ? emptyLookCount + 1 : 0;
    if (emptyLookCount === 2) return { survivorPids: [] };
    for (const member of members ?? []) search.signal(member, "SIGKILL");
    // The first rounds follow each other closely, to be faster than what still forks.
    if (round > 3 || !members?.length) await timers.sleep(killRoundPauseMs);
  }
  return { survivorPids: (members ?? []).map((member) => member.pid) };
}

/** Looks at the process table again and again, and remembers who was found to belong. */
class TreeSearch {
  readonly #leader: Leader;
  readonly #known = new Map<number, number>();
  #firstLook = true;

  constructor(leader: Leader) {
    this.#leader = leader;
  }

  /** Who belongs and can still run; undefined where the table could not be read, which is no proof of absence. */
  async look(): Promise<readonly ProcessRow[] | undefined> {
    const { pid: leaderPid, startTicks, marker } = this.#leader;
    const leaderHeld = this.#firstLook || this.#leader.isHeld();
    this.#firstLook = false;
    try {
      const rows = await readProcessesSince(startTicks);
      const unknown = rows.filter((row) => this.#known.get(row.pid) !== row.startTicks);
      const marked = await findMarked(unknown, marker);
      const members = selectTree(rows, { leaderPid, leaderHeld, marked, known: this.#known });
      for (const member of members) this.#known.set(member.pid, member.startTicks);
      return members;
    } catch {
      return undefined;
    }
  }

  signal(member: ProcessRow, signal: "SIGTERM" | "SIGKILL"): void {
    try {
      signalProcess(member, signal);
    } catch {
      // It could not be looked at, so it is left alone until the next round.
    }
  }
}
