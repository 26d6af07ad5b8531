// `npm run bench`: measures the figures for each subject, prints tables, writes JSON. See README.md.

import { mkdir, writeFile } from "node:fs/promises";
import { availableParallelism, cpus } from "node:os";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startFakeModelServer } from "./fake-model-server.ts";
import { listFigures } from "./figures.ts";
import type { Figure } from "./harness/figure.ts";
import { findPinning, unpinned } from "./harness/processors.ts";
import { renderComparisons, renderLines, renderRatios, renderStarts } from "./harness/report.ts";
import { runRounds, type Sample } from "./harness/rounds.ts";
import { measureStarts, type StartLine, startCommands } from "./harness/starts.ts";
import { compareRows, summarizeFigure } from "./harness/summary.ts";
import type { RatioFigure } from "./ratios/ratio-figure.ts";
import { listRatioFigures } from "./ratios/ratio-figures.ts";
import { type RatioResult, runRatioFigure } from "./ratios/ratio-rounds.ts";
import { floorNames, subjectNames } from "./subjects.ts";

interface Flags {
  readonly quick: boolean;
  readonly pin: boolean;
  readonly roundCount: number;
  readonly subjects: readonly string[];
  readonly only: readonly string[];
  readonly jsonFile: string;
}

const startFigure = "start";
const usage = `Usage: npm run bench -- [--quick] [--rounds N] [--subjects A,B] [--only PART]... [--json FILE] [--no-pin]
Subjects: ${subjectNames.join(", ")}. README.md describes the figures.`;

await runBench(readFlags());

async function runBench(flags: Flags): Promise<void> {
  const chosen = listFigures(flags.quick).filter(({ name }) => isChosen(name, flags));
  const hasStart = isChosen(startFigure, flags);
  const ratioFigures = listRatioFigures(flags.quick).filter(({ name }) => isChosen(name, flags));
  if (chosen.length + ratioFigures.length === 0 && !hasStart)
    throw new Error(`No figure matches: ${flags.only.join(", ")}`);
  const samples = await measureFigures(chosen, flags);
  const lines = chosen.flatMap((figure) => summarizeFigure(figure, samples, flags.subjects, floorNames));
  const comparisons = chosen.flatMap((figure) => compareRows(figure, samples, flags.subjects));
  const starts = hasStart ? await measureStarts(startCommands, flags.roundCount) : [];
  const ratios: RatioResult[] = [];
  for (const figure of ratioFigures) ratios.push(await measureRatios(figure, flags));
  const measuredFloors = floorNames.filter((floor) => flags.subjects.includes(floor));
  if (lines.length > 0) console.log(`\n${renderLines(lines, measuredFloors)}`);
  if (comparisons.length > 0) console.log(`\n${renderComparisons(comparisons)}`);
  if (starts.length > 0) console.log(`\n${renderStarts(starts)}`);
  if (ratios.length > 0) console.log(`\n${renderRatios(ratios)}`);
  await writeJson(flags, { lines, comparisons, starts, ratios, samples });
}

async function measureFigures(chosen: readonly Figure[], flags: Flags): Promise<readonly Sample[]> {
  if (chosen.length === 0) return [];
  const pinning = flags.pin ? findPinning() : unpinned;
  const server = await startFakeModelServer([], pinning.server);
  const total = chosen.length * flags.subjects.length * flags.roundCount;
  let doneCount = 0;
  const onSample = ({ figure, subject, round }: Sample): void => {
    doneCount += 1;
    console.error(`${doneCount}/${total}  round ${round + 1}  ${figure}  ${subject}`);
  };
  try {
    const { subjects, roundCount } = flags;
    const prefix = pinning.subject;
    return await runRounds({ figures: chosen, subjects, roundCount, baseUrl: server.url, prefix, onSample });
  } finally {
    await server.close();
  }
}

function measureRatios(figure: RatioFigure, { roundCount, pin }: Flags): Promise<RatioResult> {
  console.error(`${figure.name}: getting ready`);
  const onRound = (round: number): void => console.error(`${round + 1}/${roundCount}  ${figure.name}`);
  return runRatioFigure(figure, roundCount, pin ? findPinning() : unpinned, onRound);
}

interface Results {
  readonly lines: readonly object[];
  readonly comparisons: readonly object[];
  readonly starts: readonly StartLine[];
  readonly ratios: readonly RatioResult[];
  readonly samples: readonly Sample[];
}

async function writeJson(flags: Flags, results: Results): Promise<void> {
  const { jsonFile, ...settings } = flags;
  const machine = {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model,
    processorCount: availableParallelism(),
  };
  await mkdir(dirname(jsonFile), { recursive: true });
  const content = { endedAt: new Date().toISOString(), machine, settings, ...results };
  await writeFile(jsonFile, `${JSON.stringify(content, null, 2)}\n`);
  console.error(`\nWritten to ${jsonFile}`);
}

function isChosen(name: string, { only }: Flags): boolean {
  return only.length === 0 || only.some((part) => name.includes(part));
}

function readFlags(): Flags {
  try {
    return parseFlags();
  } catch (failure) {
    console.error(`${failure instanceof Error ? failure.message : failure}\n\n${usage}`);
    process.exit(2);
  }
}

function parseFlags(): Flags {
  const { values } = parseArgs({
    allowNegative: true,
    options: {
      quick: { type: "boolean", default: false },
      pin: { type: "boolean", default: true },
      rounds: { type: "string" },
      subjects: { type: "string", default: [...floorNames, "lathe"].join(",") },
      only: { type: "string", multiple: true, default: [] },
      json: { type: "string", default: fileURLToPath(new URL("results/latest.json", import.meta.url)) },
    },
  });
  const roundCount = Number(values.rounds ?? (values.quick ? 2 : 5));
  if (!Number.isInteger(roundCount) || roundCount < 1)
    throw new RangeError("--rounds takes a whole number from 1.");
  const { quick, pin, only, json: jsonFile } = values;
  return { quick, pin, roundCount, subjects: values.subjects.split(","), only, jsonFile };
}
