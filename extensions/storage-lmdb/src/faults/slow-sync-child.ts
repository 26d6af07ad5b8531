// Commits once on a disk whose flush takes long, and prints how many flushes had ended when the row could be read and
// when the commit settled, and how often the event loop turned meanwhile. With "control" it does the same on lmdb's
// default, which shows what is not on disk yet.
import { statSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { open } from "lmdb";
import { openTestStore } from "../test-store.ts";

interface Subject {
  commit(): Promise<unknown>;
  canRead(): Promise<boolean>;
}

const [folder = "", kind = "", slowFile = ""] = process.argv.slice(2);
const subject = kind === "control" ? openControl() : await openLathe();
writeFileSync(slowFile, "");
const flushCount = (): number => statSync(slowFile).size;

let settled = false;
let flushesWhenSettled = -1;
let flushesWhenReadable = -1;
let turnsWaited = 0;
const commit = subject.commit().then(() => {
  flushesWhenSettled = flushCount();
  settled = true;
});
while (!settled || flushesWhenReadable < 0) {
  if (flushesWhenReadable < 0 && (await subject.canRead())) flushesWhenReadable = flushCount();
  if (!settled) turnsWaited++;
  await sleep(2);
}
await commit;
console.log(JSON.stringify({ flushesWhenSettled, flushesWhenReadable, turnsWaited }));
process.exit(0);

async function openLathe(): Promise<Subject> {
  const { store } = await openTestStore(folder);
  const storage = store.namespace("one");
  return {
    commit: () => storage.commit({ puts: [{ key: ["a"], value: 1 }] }),
    canRead: async () => (await storage.get(["a"])) !== undefined,
  };
}

function openControl(): Subject {
  const database = open({ path: folder, noSubdir: false });
  return {
    commit: () => database.put("a", 1),
    canRead: async () => database.get("a") !== undefined,
  };
}
