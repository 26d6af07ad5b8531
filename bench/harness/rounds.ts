// Measures figures round by round, each in a fresh child process, the subjects next to each other in time.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Figure } from "./figure.ts";
import type { Job, JobResult } from "./phase.ts";
import { withStateFolder } from "./state-folder.ts";

export interface Sample {
  readonly figure: string;
  readonly subject: string;
  /** Counted from 0. */
  readonly round: number;
  readonly costs: JobResult;
}

export interface RoundSettings {
  readonly figures: readonly Figure[];
  readonly subjects: readonly string[];
  readonly roundCount: number;
  readonly baseUrl: string;
  /** A command that runs the measured child, such as `taskset -c 0`; may be empty. */
  readonly prefix: readonly string[];
  readonly onSample: (sample: Sample) => void;
}

/** Rejects with the first child that failed. */
export async function runRounds(settings: RoundSettings): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  for (let round = 0; round < settings.roundCount; round += 1) {
    for (const figure of settings.figures) {
      for (const subject of settings.subjects) {
        const costs = await measureInChild(figure, subject, settings);
        const sample = { figure: figure.name, subject, round, costs };
        samples.push(sample);
        settings.onSample(sample);
      }
    }
  }
  return samples;
}

async function measureInChild(
  { name, phases, toolChanges = false }: Figure,
  subject: string,
  { baseUrl, prefix }: RoundSettings,
): Promise<JobResult> {
  try {
    return await withStateFolder((stateDir) =>
      runChild({ subject, baseUrl, stateDir, phases, toolChanges }, prefix),
    );
  } catch (cause) {
    throw new Error(`${subject} did not complete "${name}".`, { cause });
  }
}

const measureFile = fileURLToPath(new URL("../measure.ts", import.meta.url));

async function runChild(job: Job, prefix: readonly string[]): Promise<JobResult> {
  const [command = process.execPath, ...rest] = [...prefix, process.execPath, "--expose-gc", measureFile];
  // The result does not travel through stdout, where a subject may log.
  const child = spawn(command, rest, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  let result: JobResult | undefined;
  child.on("message", (message: JobResult) => {
    result = message;
  });
  child.send(job);
  const [exitCode] = await once(child, "exit");
  if (result === undefined)
    throw new Error(`The measured process ended with code ${exitCode} and no result.`);
  return result;
}
