// What a fixture script is run with, and what comes of it.
import type { JsonValue } from "@lathe/kernel";
import { expect } from "vitest";
import { type EndedRun, logOf, ofType, type WorkflowCaller } from "./workflow-stage.ts";

export interface ExpectedRun {
  /** Absent = none are given. */
  readonly args?: JsonValue;
  readonly budget?: { readonly tokens?: number };
  /** Absent = the run fails. */
  readonly result?: JsonValue;
  /** Why it fails: the code, the whole message, and where in the file. */
  readonly error?: readonly [code: string, message: string, line?: number, column?: number];
  /** Titles, in their order. */
  readonly phases?: readonly string[];
  /** What the script says, in its order. */
  readonly log?: readonly string[];
  /** What the engine says of it. */
  readonly warnings?: readonly string[];
  /** Each agent that ended, as `label (phase): outcome`, in the order of the calls. */
  readonly agents?: readonly string[];
}

/** Runs a script, or a workflow by its name, and compares everything that is to be seen of it. */
export async function expectRun(
  caller: WorkflowCaller,
  asked: { readonly script: string } | { readonly workflow: string },
  { args, budget, ...expected }: ExpectedRun,
): Promise<void> {
  const given = { ...(args === undefined ? {} : { args }), ...(budget === undefined ? {} : { budget }) };
  const ended = await caller.run({ ...asked, ...given });
  expect(shownOf(ended)).toEqual({
    result: null,
    error: null,
    phases: [],
    log: [],
    warnings: [],
    agents: [],
    ...expected,
  });
  expect(ended.run.status).toBe(expected.error === undefined ? "succeeded" : "failed");
}

function shownOf({ run, entries }: EndedRun): object {
  const failure = ofType(entries, "workflow-finish")[0]?.error ?? null;
  return {
    result: run.result,
    error: failure && [failure.code, failure.message, ...placeOf(failure)],
    phases: ofType(entries, "phase").map(({ title }) => title),
    log: logOf(entries),
    warnings: logOf(entries, "engine"),
    agents: ofType(entries, "agent-finish")
      .toSorted((one, other) => one.callIndex - other.callIndex)
      .map(({ label, phase, outcome }) => `${label}${phase === null ? "" : ` (${phase})`}: ${outcome}`),
  };
}

function placeOf({ line, column }: { readonly line?: number; readonly column?: number }): readonly number[] {
  return line === undefined || column === undefined ? [] : [line, column];
}
