// The loads in full size: `npm run test:load`, or some of them by name. They take minutes, and a machine for themselves.
import { churn } from "./churn.ts";
import { crowd } from "./crowd.ts";
import { stayIdle } from "./idle.ts";
import { replayAtOnce } from "./replay.ts";
import { tellWithSlowOnes } from "./slow.ts";
import { tellMany } from "./told.ts";

const loads: Readonly<Record<string, { readonly what: string; play(): Promise<object> }>> = {
  "L-1": {
    what: "5,000 idle sockets and 5,000 idle streams, four heartbeats of 15 s",
    play: () => stayIdle({ perTransport: 5_000, heartbeatMs: 15_000, heartbeatCount: 4 }),
  },
  "L-2": {
    what: "one turn told to 1,000 subscribers, 100 pieces in a second, for 10 s",
    play: () => tellMany({ subscriberCount: 1_000, chunkCount: 1_000, everyMs: 10 }),
  },
  "L-3": {
    what: "100 who never read and 100 who read slowly among 400",
    play: () => tellWithSlowOnes({ readerCount: 200, neverCount: 100, slowCount: 100 }),
  },
  "L-6": {
    what: "100,000 entries replayed to 50 at once",
    play: () => replayAtOnce({ entryCount: 100_000, clientCount: 50 }),
  },
  "L-8": {
    what: "500 connections in a second, for a minute, half of them aborted in the handshake",
    play: () => churn({ roundCount: 3_750, atOnce: 64, perSecondMax: 500 }),
  },
  crowd: {
    what: "2,000 sockets and 200 turns at once, each with 50 pieces in a second",
    play: () => crowd({ socketCount: 2_000, turnCount: 200, chunkEveryMs: 20 }),
  },
  "quiet-crowd": {
    what: "2,000 sockets and 200 turns at once, each with 10 pieces in a second",
    play: () => crowd({ socketCount: 2_000, turnCount: 200, chunkEveryMs: 100 }),
  },
};

const named = process.argv.slice(2);
const unknown = named.filter((name) => loads[name] === undefined);
if (unknown.length > 0) {
  process.stderr.write(
    `There is no load ${unknown.join(", ")}. There are: ${Object.keys(loads).join(", ")}.\n`,
  );
  process.exit(2);
}
for (const name of named.length > 0 ? named : Object.keys(loads)) {
  const load = loads[name];
  if (load === undefined) continue;
  process.stdout.write(`\n${name}: ${load.what}\n`);
  for (const [figure, value] of Object.entries(await load.play())) {
    if (figure !== "stderr") process.stdout.write(`  ${figure.padEnd(20)} ${written(figure, value)}\n`);
  }
}
process.exit();

function written(figure: string, value: unknown): string {
  if (typeof value !== "number") return JSON.stringify(value, (_key, inner) => rounded(inner));
  if (/bytes/i.test(figure) && value > 1_048_576) return `${(value / 1_048_576).toFixed(1)} MiB`;
  return String(rounded(value));
}

function rounded(value: unknown): unknown {
  return typeof value === "number" ? Number(value.toPrecision(4)) : value;
}
