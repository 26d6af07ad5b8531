// The run kind `workflow`.
import {
  type Run,
  type RunEntry,
  RunInputError,
  type RunKind,
  type RunRequest,
  type RunStartOptions,
  type RunSubscriber,
  type Runs,
  type Storage,
} from "@lathe/kernel";
import type { ScriptCompiler } from "@lathe/workflow-sandbox";
import type { RunLogs } from "../log/run-logs.ts";
import type { RunRedactor } from "../run-redactor.ts";
import { checkArguments } from "./check-arguments.ts";
import type { WorkflowEngine } from "./engine.ts";
import { readWorkflowInput, type WorkflowInput } from "./run-input.ts";
import { type RunnableScript, withoutSecrets } from "./runnable-script.ts";
import { readStoredRun, type StoredRun } from "./stored-run.ts";

export interface WorkflowRunsDesk {
  readonly engine: WorkflowEngine;
  readonly logs: RunLogs;
  readonly runs: Pick<Runs, "get">;
  readonly storage: Pick<Storage, "get" | "blobs">;
  readonly compiler: ScriptCompiler;
  readonly redactor: RunRedactor;
  /** Reads a workflow by its name. Throws RunInputError. */
  readonly find: (name: string, cwd: string) => Promise<RunnableScript>;
  readonly isFolder: (path: string) => Promise<boolean>;
  /** Absolute path of the folder of runs that name none; null = they must name one. */
  readonly defaultCwd: string | null;
}

export class WorkflowRuns implements RunKind {
  readonly #desk: WorkflowRunsDesk;

  constructor(desk: WorkflowRunsDesk) {
    this.#desk = desk;
  }

  async start(request: RunRequest, { owner, parentId, runId, joined }: RunStartOptions): Promise<void> {
    refuseFieldsOfTurns(request);
    const input = readWorkflowInput(request.input);
    const before = input.resumeFrom === undefined ? undefined : await this.#runOf(input.resumeFrom, owner);
    const cwd = input.cwd ?? before?.cwd ?? this.#desk.defaultCwd;
    if (cwd === null)
      throw new RunInputError(
        422,
        "no-folder",
        "cwd",
        "Say in which folder the agents work: `cwd` is its absolute path.",
      );
    if (!(await this.#desk.isFolder(cwd))) throw noSuchFolder(cwd, input.cwd === undefined);
    const found = await this.#scriptOf(input, before, cwd);
    const given = input.args === undefined && before?.hasArgs === true ? before.args : input.args;
    const args = this.#desk.redactor.value(given);
    const wrong = checkArguments(found.script.meta.all, args);
    if (wrong !== undefined) throw new RunInputError(422, "invalid-run-input", wrong.field, wrong.message);
    const { budget, dry, cache } = input;
    const resumeOf = before?.runId ?? null;
    await this.#desk.engine.begin({
      ...{ runId, owner, parentRunId: parentId, found, cwd, args, budget, dry, cache, resumeOf, joined },
    });
  }

  stop(run: Run): Promise<void> {
    return this.#desk.engine.stop(run);
  }

  subscribe(run: Run, afterSeq: number, subscriber: RunSubscriber): () => void {
    return this.#desk.logs.subscribe(run.id, afterSeq, run.endedAtMs !== null, subscriber);
  }

  lastSeq(run: Run): Promise<number> {
    return this.#desk.logs.lastSeq(run.id);
  }

  entries(
    run: Run,
    page: { readonly afterSeq: number; readonly limit: number },
  ): Promise<readonly RunEntry[]> {
    return this.#desk.logs.entries(run.id, page);
  }

  delete(run: Run): Promise<void> {
    return this.#desk.engine.delete(run.id);
  }

  /** The run that is to be resumed, where it is the caller's and over. */
  async #runOf(runId: string, owner: string): Promise<StoredRun> {
    const run = await this.#desk.runs.get(runId);
    const stored = await readStoredRun(this.#desk.storage, runId);
    if (run === undefined || stored === undefined || run.owner !== owner)
      throw new RunInputError(
        404,
        "unknown-run",
        "resumeFrom",
        "There is no run of a workflow of this id to resume.",
      );
    if (run.endedAtMs === null)
      throw new RunInputError(
        409,
        "run-in-progress",
        "resumeFrom",
        "This run is not over. Stop it first, or follow it.",
      );
    return stored;
  }

  async #scriptOf(
    { workflow, script }: WorkflowInput,
    before: StoredRun | undefined,
    cwd: string,
  ): Promise<RunnableScript> {
    if (workflow !== undefined) return this.#desk.find(workflow, cwd);
    if (script !== undefined) return this.#compile(script, "script");
    const bytes = await this.#desk.storage.blobs.get(before?.scriptHash ?? "");
    if (bytes === undefined)
      throw new RunInputError(
        404,
        "script-lost",
        "resumeFrom",
        "The text of its script is not kept any more. Give `workflow` or `script`.",
      );
    return this.#compile(Buffer.from(bytes).toString("utf8"), before?.name ?? "script");
  }

  async #compile(source: string, name: string): Promise<RunnableScript> {
    const compiled = await this.#desk.compiler.compile(source, name);
    if (compiled.kind === "script")
      return withoutSecrets({ source, script: compiled.script }, "script", this.#desk);
    const { code, message } = compiled.error;
    throw new RunInputError(422, code, "script", this.#desk.redactor.text(message));
  }
}

function refuseFieldsOfTurns({ agent, conversationId }: RunRequest): void {
  const message = "It says nothing to a workflow, whose script names its agents. Leave it out.";
  if (agent !== undefined) throw new RunInputError(422, "invalid-run-input", "agent", message);
  if (conversationId !== undefined)
    throw new RunInputError(422, "invalid-run-input", "conversationId", message);
}

function noSuchFolder(cwd: string, isTaken: boolean): RunInputError {
  const what = isTaken ? "Name another one as `cwd`." : "Make it first, or name another one.";
  return new RunInputError(
    422,
    "no-folder",
    "cwd",
    `There is no folder ${cwd} that the daemon can see. ${what}`,
  );
}
