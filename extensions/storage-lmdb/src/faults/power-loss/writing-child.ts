// Commits for a while, and appends to the journal of its disk when a commit was asked for and when it was acknowledged.
// With "no-sync" the store is opened over an environment that never flushes.
import { openSync, writeSync } from "node:fs";
import { open } from "lmdb";
import { openTestStore } from "../../test-store.ts";
import { RandomNumbers } from "../random-numbers.ts";
import { type Note, noteRecord } from "./journal.ts";
import { storedValue } from "./workload.ts";

const [folder = "", kind = "", seed = "", countText = ""] = process.argv.slice(2);
const commitCount = Number(countText);
const workerCount = 4;

const journal = openSync(process.env.LATHE_JOURNAL ?? "", "a");
const tell = (note: Note): void => void writeSync(journal, noteRecord(note));

// lmdb shares one environment within a process, and keeps the flags that it was opened with first.
if (kind === "no-sync") open({ path: folder, noSubdir: false, noSync: true, overlappingSync: false });
const { store } = await openTestStore(folder);
const storage = store.namespace("one");
const random = new RandomNumbers(Number(seed));
let next = 0;

async function work(worker: number): Promise<void> {
  const own: number[] = [];
  while (next < commitCount) {
    const id = next++;
    const deletes = own.length > 10 ? (own.splice(random.below(own.length), 1)[0] as number) : null;
    const gone =
      deletes === null
        ? []
        : [
            ["row", deletes],
            ["twin", deletes],
          ];
    // In one turn of the event loop with the call, so that notes stand in the order of the commits.
    tell({ kind: "begun", id, worker, deletes });
    await storage.commit({
      deletes: gone,
      puts: [
        { key: ["row", id], value: storedValue(id) },
        { key: ["twin", id], value: id },
        { key: ["last", worker], value: id },
      ],
    });
    tell({ kind: "acknowledged", id });
    own.push(id);
  }
}

await Promise.all(Array.from({ length: workerCount }, (_, worker) => work(worker)));
// Not closed: that would flush what the cut is to find unflushed.
process.kill(process.pid, "SIGKILL");
