// `npm run test:soak`, `-- --minutes N` for another time than half an hour. Ends with 1 where the daemon has grown.
import { parseArgs } from "node:util";
import { type Bounds, judgeSoak, type Sample } from "./judge-soak.ts";
import { playSoak } from "./play-soak.ts";

const { values } = parseArgs({ options: { minutes: { type: "string", default: "30" } } });
const minutes = Number(values.minutes);
if (!(minutes > 0)) {
  process.stderr.write("--minutes takes a number above 0.\n");
  process.exit(2);
}
const bounds: Bounds = {
  warmUpShare: 0.2,
  rssGrowthMax: 0.1,
  heapGrowthMax: 0.1,
  functionsPerTurnMax: 0.02,
  descriptorGrowthMax: 8,
};
const durationMs = minutes * 60_000;
/** As many as a busy machine can do: what a daemon holds at its fastest moment it keeps, and speed is not the question. */
const turnsPerSecondMax = 30;
const columns = [
  "seconds",
  "turns",
  "subscribers",
  "deleted",
  "RSS MiB",
  "heap MiB",
  "functions",
  "fds",
  "store MiB",
];
printRow(columns);
const samples = await playSoak({
  durationMs,
  turnsPerSecondMax,
  sampleEveryMs: Math.min(10_000, durationMs / 30),
  onSample: (sample) => printRow(cellsOf(sample)),
});
const findings = judgeSoak(samples, bounds);
for (const { figure, value, max, isKept } of findings) {
  const [written, most] =
    figure === "rss" || figure === "heap" ? [percent(value), percent(max)] : [value.toFixed(3), max];
  process.stdout.write(`${isKept ? "kept  " : "BROKEN"} growth of ${figure}: ${written} (at most ${most})\n`);
}
process.exit(findings.every(({ isKept }) => isKept) ? 0 : 1);

function cellsOf(sample: Sample): readonly string[] {
  const { turnCount, subscriberCount, deletedCount, functionCount, descriptorCount } = sample;
  const counts = [turnCount, subscriberCount, deletedCount].map(String);
  const memory = [mebibytes(sample.rssBytes), mebibytes(sample.heapBytes)];
  const rest = [String(functionCount), String(descriptorCount), mebibytes(sample.storeBytes)];
  return [(sample.atMs / 1_000).toFixed(0), ...counts, ...memory, ...rest];
}

function printRow(cells: readonly string[]): void {
  process.stdout.write(`${cells.map((cell) => cell.padStart(11)).join("")}\n`);
}

function mebibytes(bytes: number): string {
  return (bytes / 1_048_576).toFixed(1);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
