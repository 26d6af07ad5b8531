// Workflows that another one asks for: begun within its team, or gone on with where an earlier daemon has begun them.
import type { FailpointsPower, JsonValue, Run, Runs, Storage } from "@lathe/kernel";
import { CallFailure } from "../calls/call-failure.ts";
import type { NewWorkflowRun } from "./begin-run.ts";
import { checkArguments } from "./check-arguments.ts";
import type { Execution } from "./execution.ts";
import type { Executions } from "./executions.ts";
import type { NestedRequest, NestedRun } from "./nested.ts";
import type { RunnableScript } from "./runnable-script.ts";
import { readStoredRun, type StoredRun } from "./stored-run.ts";

export interface NestedRunsDesk {
  readonly storage: Pick<Storage, "get">;
  readonly runs: Pick<Runs, "get">;
  readonly failpoint: FailpointsPower;
  /** Reads the script that a nested call names. Throws CallFailure. */
  readonly findScript: (reference: JsonValue, cwd: string) => Promise<RunnableScript>;
}

export class NestedRuns {
  readonly #desk: NestedRunsDesk;
  readonly #executions: Executions;

  constructor(desk: NestedRunsDesk, executions: Executions) {
    this.#desk = desk;
    this.#executions = executions;
  }

  /** As `ExecutionDesk.nested`. */
  async ask(request: NestedRequest): Promise<NestedRun> {
    const { parent, team, childRunId } = request;
    const known = await readStoredRun(this.#desk.storage, childRunId);
    if (known !== undefined) return this.#again(known);
    if (parent.parentId !== null) throw nestedTooDeep();
    const found = await this.#desk.findScript(request.reference, parent.cwd);
    const { name, all } = found.script.meta;
    const wrong = checkArguments(all, request.args);
    if (wrong !== undefined)
      throw new CallFailure("invalid-arguments", "WorkflowError", `workflow(): ${wrong.message}`);
    const execution = await this.#executions.begin(draftOf(request, found), { team, nestedIn: parent.runId });
    this.#desk.failpoint("workflow-nested-is-begun");
    return this.#nestedRun(name, childRunId, execution);
  }

  /** As `ExecutionDesk.stopNested`. */
  async stop(runId: string): Promise<void> {
    const run = await this.#desk.runs.get(runId);
    const execution = run === undefined ? undefined : await this.#executions.of(run);
    await execution?.stop();
  }

  async #again(stored: StoredRun): Promise<NestedRun> {
    const { runId, name } = stored;
    const run = await this.#desk.runs.get(runId);
    if (run !== undefined && run.endedAtMs !== null)
      return { runId, name, over: Promise.resolve(run), stop: () => Promise.resolve() };
    return this.#nestedRun(name, runId, await this.#executions.goOn(stored));
  }

  #nestedRun(name: string, runId: string, execution: Execution | undefined): NestedRun {
    const over = this.#overOf(runId, execution);
    // Whoever asks for it later is told as well.
    over.catch(() => undefined);
    return { runId, name, over, stop: async () => execution?.stop() };
  }

  async #overOf(runId: string, execution: Execution | undefined): Promise<Run | undefined> {
    await execution?.run();
    const run = await this.#desk.runs.get(runId);
    if (run !== undefined && run.endedAtMs !== null) return run;
    if (this.#executions.isClosing) return undefined;
    throw new Error(`The nested workflow ${runId} cannot go on now.`);
  }
}

/** Whose it is, where it works and what it may use are those of the run around it. */
function draftOf(
  { parent, childRunId, args, resumeOf }: NestedRequest,
  found: RunnableScript,
): NewWorkflowRun {
  const { owner, cwd, budget, dry, cache } = parent;
  return {
    ...{ runId: childRunId, owner, parentRunId: parent.runId, found, cwd, args },
    ...{ budget, dry, cache, resumeOf, joined: [] },
  };
}

function nestedTooDeep(): CallFailure {
  return new CallFailure(
    "nested-too-deep",
    "WorkflowError",
    "A workflow that another one called cannot call a third one: one level of nesting is possible.",
  );
}
