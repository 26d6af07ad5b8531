// `npm run bench:web`: what the page weighs, how soon it can be used, how smoothly a long answer comes in, and what it
// holds of a long conversation. Prints tables; nothing is judged here, since machines differ.
import { availableParallelism, cpus } from "node:os";
import { parseArgs } from "node:util";
import { buildPage } from "../build-page.ts";
import { layDown, turnEntryCount } from "../lay-down.ts";
import { Web } from "../use-web.ts";
import { measureFirstUse } from "./first-use.ts";
import { measureHeld } from "./held-memory.ts";
import { measureStream } from "./long-stream.ts";
import { type Row, renderTable } from "./tables.ts";
import { weigh } from "./weights.ts";

const entryCount = 10_000;
const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    deltas: { type: "string", default: "20000" },
  },
});
const roundCount = Number(flags.rounds);
const deltaCount = Number(flags.deltas);
if (!(roundCount >= 1 && deltaCount >= 1)) throw new RangeError("--rounds and --deltas take numbers from 1.");

await buildPage();
console.log(`${cpus()[0]?.model ?? "an unknown processor"}, ${availableParallelism()} processors\n`);
show("First load, in bytes", await weigh());
const web = new Web();
let longId = "";
await web.open({
  prepare: async (stage) => {
    longId = await layDown(stage, entryCount / turnEntryCount);
  },
});
try {
  show("Until it can be used, in milliseconds", await measureFirstUse(web, roundCount));
  show(`${deltaCount} deltas in one message`, await measureStream(web, deltaCount));
  show(
    `A conversation of ${entryCount} entries`,
    await measureHeld(web, longId, entryCount / turnEntryCount),
  );
} finally {
  await web.close();
}

function show(title: string, rows: readonly Row[]): void {
  console.log(`${title}\n\n${renderTable(rows)}\n`);
}
