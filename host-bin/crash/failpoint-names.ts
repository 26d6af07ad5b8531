// The names of all failpoints, read from the sources that call them: one that is new is tried from then on.
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const call = /\bfailpoint\(\s*"([a-z-]+)"\s*\)/g;

export interface KnownFailpoint {
  readonly name: string;
  /** When it comes up. */
  readonly phase: "turns" | "drain" | "recovery" | "workflows";
  /** How often it comes up before long. */
  readonly countMax: number;
}

type Occurrence = Omit<KnownFailpoint, "name">;

/** Where and how often most of them come up, and those that do otherwise. */
const common: Occurrence = { phase: "turns", countMax: 6 };
/** Only runs of workflows pass them. */
const ofWorkflows: Occurrence = { phase: "workflows", countMax: 1 };
const workflowWord = /(^|-)workflow-/;
const others: Readonly<Record<string, Occurrence>> = {
  "attempt-has-failed": { phase: "turns", countMax: 2 },
  "turn-is-being-stopped": { phase: "turns", countMax: 2 },
  "stop-is-stored": { phase: "turns", countMax: 2 },
  "drain-has-begun": { phase: "drain", countMax: 1 },
  "leftover-is-found": { phase: "recovery", countMax: 3 },
  "leftover-is-ended": { phase: "recovery", countMax: 1 },
  "before-turn-is-continued": { phase: "recovery", countMax: 2 },
  "turn-is-continued": { phase: "recovery", countMax: 2 },
};

export function knownFailpoints(): readonly KnownFailpoint[] {
  const names = new Set<string>();
  for (const path of globSync("extensions/*/src/**/*.ts", { cwd: root })) {
    if (path.endsWith(".test.ts")) continue;
    for (const [, name] of readFileSync(`${root}${path}`, "utf8").matchAll(call)) if (name) names.add(name);
  }
  return [...names].sort().map((name) => ({ name, ...(others[name] ?? usual(name)) }));
}

function usual(name: string): Occurrence {
  return workflowWord.test(name) ? ofWorkflows : common;
}
