// A script that is about to be run.
import { RunInputError } from "@lathe/kernel";
import type { CompiledScript, ScriptCompiler } from "@lathe/workflow-sandbox";
import type { RunRedactor } from "../run-redactor.ts";

/** Its text is kept with the run: it holds no secret. */
export interface RunnableScript {
  readonly source: string;
  readonly script: CompiledScript;
}

export interface RunnableScriptDesk {
  readonly redactor: RunRedactor;
  readonly compiler: ScriptCompiler;
}

/**
 * The same script where it holds none. Throws RunInputError where it is no script any more without them.
 *
 * @param field of the request, the one that names the script
 */
export async function withoutSecrets(
  { source, script }: RunnableScript,
  field: string,
  { redactor, compiler }: RunnableScriptDesk,
): Promise<RunnableScript> {
  const redacted = redactor.text(source);
  if (redacted === source) return { source, script };
  const compiled = await compiler.compile(redacted, script.meta.name);
  if (compiled.kind === "script") return { source: redacted, script: compiled.script };
  throw new RunInputError(422, "secret-in-script", field, reason);
}

const reason =
  "The script holds what looks like a secret, and is none any more without it. Take it out: what agents run gets its keys " +
  "from the daemon's environment.";
