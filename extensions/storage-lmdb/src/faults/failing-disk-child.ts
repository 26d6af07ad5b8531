// Commits until the disk begins to fail, and prints what the callers and the composition learn of it.
import { writeFileSync, writeSync } from "node:fs";
import type { CommitOutcome } from "@lathe/kernel";
import { openTestStore } from "../test-store.ts";

const [folder = "", failFile = ""] = process.argv.slice(2);
const say = (line: string): void => void writeSync(1, `${line}\n`);
process.on("unhandledRejection", (reason) => say(`unhandled ${String(reason)}`));
process.on("uncaughtException", (reason) => say(`uncaught ${String(reason)}`));

const { store, fatal, logged } = await openTestStore(folder);
const storage = store.namespace("one");
const commit = (index: number): Promise<CommitOutcome> =>
  storage.commit({ puts: [{ key: ["row", index], value: "x".repeat(2_000) }] });
const name = (failure: unknown): string => (failure as Error).name;

for (let index = 0; index < 20; index++) {
  await commit(index);
  say(`ack ${index}`);
}
writeFileSync(failFile, "");
const burst = Array.from({ length: 10 }, (_, index) => commit(100 + index));
for (const outcome of await Promise.allSettled(burst)) {
  say(outcome.status === "fulfilled" ? "acknowledged in spite of it" : `commit ${name(outcome.reason)}`);
}
await commit(200).catch((failure) => say(`later ${name(failure)}`));
await storage.get(["row", 1]).catch((failure) => say(`read ${name(failure)}`));
say(`fatal ${fatal.map(name).join()}`);
say(`logged ${logged.map(([level]) => level).join()}`);
// Gives a promise that nobody awaited the time to be noticed.
await new Promise((resolve) => setTimeout(resolve, 50));
await store.close();
say("closed");
process.exit(1);
