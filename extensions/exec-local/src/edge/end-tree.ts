// Ends everything that a command started: look, terminate, half a second of grace, kill, and look again until two
// looks in a row find nothing. Two, because a process may have forked behind the back of one look and died in it.
//
// The first look comes before the first signal: who dies of the signal takes with it the knowledge of its children.
import type { TimersPower } from "@lathe/kernel";
import type { Tree } from "../core/process-tree.ts";
import { type Leader, TreeSearch } from "./tree-search.ts";

export type Ended =
  | { readonly kind: "gone" }
  /** Something resists, or could not be looked at all the while; the pids that were seen last. */
  | { readonly kind: "given-up"; readonly pids: readonly number[] };

const graceLooksAtMs: readonly number[] = [0, 20, 40, 80, 160, 320, 500];
const killRoundCountMax = 60;
const quickRoundCount = 20;
const killRoundPauseMs = 50;

/**
 * Call it while the leader is held, or in the very callback that says it exited: until then its number is its own.
 */
export async function endTree(leader: Leader, timers: TimersPower): Promise<Ended> {
  const search = new TreeSearch(leader);
  if (await terminate(search, timers)) return { kind: "gone" };
  return await kill(search, timers);
}

/** True when all of it is gone within the grace. */
async function terminate(search: TreeSearch, timers: TimersPower): Promise<boolean> {
  let passedMs = 0;
  for (const atMs of graceLooksAtMs) {
    await timers.sleep(atMs - passedMs);
    passedMs = atMs;
    const tree = await search.look();
    if (search.isOver) return true;
    search.signalNew(tree, "SIGTERM");
  }
  return false;
}

async function kill(search: TreeSearch, timers: TimersPower): Promise<Ended> {
  let tree: Tree | undefined;
  for (let round = 0; round < killRoundCountMax; round++) {
    // What is seen is killed on sight: by the end of the look it may have forked into another session and died.
    tree = await search.look("SIGKILL");
    if (search.isOver) return { kind: "gone" };
    search.signalAll(tree, "SIGKILL");
    // The first rounds follow each other closely, to be faster than what still forks.
    if (round >= quickRoundCount || !tree?.members.length) await timers.sleep(killRoundPauseMs);
  }
  // The last look found nobody, and only could not be sure of it: that is worth no alarm.
  if (tree?.members.length === 0) return { kind: "gone" };
  return { kind: "given-up", pids: (tree?.members ?? []).map((member) => member.pid) };
}
