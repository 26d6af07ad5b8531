// What an earlier daemon has left of a run that is to go on: the script that it is pinned to, and what its log says.
import type { AgentStart } from "@lathe/kernel";
import type { CompiledScript, ScriptCompiler } from "@lathe/workflow-sandbox";
import { CallFailure } from "../calls/call-failure.ts";
import type { RunLogs } from "../log/run-logs.ts";
import type { Said } from "./script-says.ts";
import type { ScriptTexts } from "./script-texts.ts";
import type { StoredRun } from "./stored-run.ts";

/** Throws CallFailure where it cannot be run any more, and what the store throws. */
export async function compileStored(
  { scriptHash, name }: StoredRun,
  { texts, compiler }: { readonly texts: ScriptTexts; readonly compiler: ScriptCompiler },
): Promise<CompiledScript> {
  const source = await texts.get(scriptHash);
  if (source === undefined) throw new CallFailure("script-lost", "Error", lost);
  const compiled = await compiler.compile(source, name);
  if (compiled.kind === "script") return compiled.script;
  const { code, message } = compiled.error;
  // It was compiled before, and will be again.
  if (code === "compiler-failed") throw new Error(message);
  throw new CallFailure(code, "Error", message);
}

const lost = "The text of the run's script is not in the store any more.";

export interface RunPast {
  readonly said: Said;
  /** Of the calls that have begun, by conversation, or by run where there is none. */
  readonly starts: ReadonlyMap<string, AgentStart>;
}

export async function readPast(runId: string, logs: Pick<RunLogs, "all">): Promise<RunPast> {
  const starts = new Map<string, AgentStart>();
  let phaseCount = 0;
  let logCount = 0;
  for await (const entry of logs.all(runId)) {
    if (entry.type === "phase") phaseCount += 1;
    if (entry.type === "log" && entry.source === "script") logCount += 1;
    if (entry.type === "agent-start") starts.set(entry.conversationId ?? entry.childRunId ?? "", entry);
  }
  return { said: { phaseCount, logCount }, starts };
}
