// `npm run test:sandbox`: the hostile scripts, two at a time, and what the rest of the process felt of them.
// LATHE_SANDBOX_CORPUS=<folder> adds the scripts of that folder. Words behind `--` choose scripts by their names.
import { loadCorpus } from "./corpus.ts";
import { type HeartbeatFigures, startHeartbeat } from "./heartbeat.ts";
import type { HostileScript } from "./hostile-script.ts";
import { loadScripts } from "./load-scripts.ts";
import { describeOutcome } from "./outcome.ts";
import { explain, type HostileResult, runHostile } from "./run-hostile.ts";

// How the machine is without the scripts: who shares it is late too.
const quietMs = 3_000;
const corpusFolder = process.env.LATHE_SANDBOX_CORPUS;
const words = process.argv.slice(2);
const all = [...loadScripts(), ...(corpusFolder ? loadCorpus(corpusFolder) : [])];
const scripts =
  words.length === 0 ? all : all.filter(({ name }) => words.some((word) => name.includes(word)));

printRow(["script", "expected", "was", "ms", "CPU ms", "MiB"]);
const quiet = await startHeartbeat();
await new Promise((resolve) => setTimeout(resolve, quietMs));
const before = await quiet.stop();
const heartbeat = await startHeartbeat();
const results = await runHostile(scripts, {
  cpuMs: 1_000,
  atOnceCount: 2,
  onResult: (result) => printRow(cellsOf(result)),
});
const figures = await heartbeat.stop();
const wrong = results.filter(({ isRight }) => !isRight);
const kinds = Map.groupBy(results, ({ outcome }) => outcome.kind);
const counts = [...kinds].map(([kind, some]) => `${some.length} ${kind}`).join(", ");
print(`\n${results.length} scripts: ${counts}; ${wrong.length} ended otherwise than they may.`);
for (const result of wrong) print(`  ${explain(result)}`);
print(`Without them: ${describe(before)}.`);
print(`While they ran: ${describe(figures)}.`);
print(`It was latest while these ran: ${namesAt(figures.latestAtMs)}.`);
if (figures.strangerCount > 0) print(`${figures.strangerCount} requests came from somebody else.`);
process.exit(wrong.length === 0 && figures.strangerCount === 0 && results.length === scripts.length ? 0 : 1);

function describe(figures: HeartbeatFigures): string {
  const { timerLateMs, busyMsMax, requestCount, requestMsMax, requestMsMedian } = figures;
  const parts = [timerLateMs, busyMsMax, requestMsMax, requestMsMedian].map((ms) => ms.toFixed(1));
  const [late, busy, slowest, median] = parts;
  return (
    `a timer came at most ${late} ms late, between two beats the process computed at most ${busy} ms, and of ` +
    `${requestCount} requests the slowest took ${slowest} ms (median ${median} ms)`
  );
}

function namesAt(atMs: number): string {
  const some = results.filter(
    ({ startedAtMs, tookMs }) => startedAtMs <= atMs && atMs <= startedAtMs + tookMs,
  );
  return some.map(({ script }) => script.name).join(", ") || "none";
}

function cellsOf({ script, outcome, isRight, tookMs, usage }: HostileResult): readonly string[] {
  const peak = usage ? (usage.memoryPeakBytes / 1_048_576).toFixed(0) : "-";
  const was = `${describeOutcome(outcome)}${isRight ? "" : "  <-- WRONG"}`;
  return [script.name, expectedOf(script), was, tookMs.toFixed(0), String(usage?.cpuMs ?? "-"), peak];
}

function expectedOf({ expected }: HostileScript): string {
  const text = expected.join("|");
  return text.length <= 40 ? text : `${text.slice(0, 39)}…`;
}

function printRow([name = "", expected = "", was = "", ...figures]: readonly string[]): void {
  const numbers = figures.map((figure) => figure.padStart(8)).join("");
  print(`${name.padEnd(42)} ${expected.padEnd(40)} ${was.padEnd(28)}${numbers}`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
