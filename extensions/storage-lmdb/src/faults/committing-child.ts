// Commits without end, eight at a time, and prints each begin and each acknowledgement: to be killed.
import { writeSync } from "node:fs";
import type { CommitOutcome } from "@lathe/kernel";
import { openTestStore } from "../test-store.ts";

const [folder = "", round = ""] = process.argv.slice(2);
const say = (line: string): void => void writeSync(1, `${line}\n`);
const { store } = await openTestStore(folder);
const storage = store.namespace("one");
let count = 0;

async function commitForEver(worker: number): Promise<never> {
  const shared = await storage.get(["shared", worker]);
  for (let underWay = begin(worker, shared?.version ?? null); ; ) {
    const outcome = await underWay.outcome;
    if (outcome.kind === "conflict") throw new Error(`${underWay.name} met a conflict.`);
    const { name } = underWay;
    // Begun before the last one is acknowledged, so that there is always one under way when the kill falls.
    underWay = begin(worker, outcome.version);
    say(`ack ${name} ${outcome.version}`);
  }
}

function begin(
  worker: number,
  version: number | null,
): { readonly name: string; readonly outcome: Promise<CommitOutcome> } {
  const name = `${round}.${count++}`;
  say(`begin ${name}`);
  const outcome = storage.commit({
    checks: [{ key: ["shared", worker], version }],
    puts: [
      { key: ["row", name], value: "x".repeat(count % 700) },
      { key: ["twin", name], value: count },
      { key: ["shared", worker], value: name },
    ],
  });
  return { name, outcome };
}

await Promise.all(Array.from({ length: 8 }, (_, worker) => commitForEver(worker)));
