// Commits without end, eight at a time, and prints each begin and each acknowledgement: to be killed.
import { writeSync } from "node:fs";
import { openTestStore } from "../test-store.ts";

const [folder = "", round = ""] = process.argv.slice(2);
const say = (line: string): void => void writeSync(1, `${line}\n`);
const { store } = await openTestStore(folder);
const storage = store.namespace("one");
let count = 0;

async function commitForEver(worker: number): Promise<never> {
  for (;;) {
    const name = `${round}.${count++}`;
    const shared = await storage.get(["shared", worker]);
    say(`begin ${name}`);
    const outcome = await storage.commit({
      checks: [{ key: ["shared", worker], version: shared?.version ?? null }],
      puts: [
        { key: ["row", name], value: "x".repeat(count % 700) },
        { key: ["twin", name], value: count },
        { key: ["shared", worker], value: name },
      ],
    });
    say(outcome.kind === "committed" ? `ack ${name} ${outcome.version}` : `conflict ${name}`);
  }
}

await Promise.all(Array.from({ length: 8 }, (_, worker) => commitForEver(worker)));
