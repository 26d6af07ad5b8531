// Runs what the compiler made, the way a guest calls it, in a context that holds nothing but the language.
import { createContext, runInContext } from "node:vm";
import { compileSource, type ReadScript } from "../compile-source.ts";

export const metaLine = 'export const meta = { name: "n", description: "d" };';

/** A script's body behind its metadata, on the same line. */
export function scriptOf(body: string): string {
  return `${metaLine} ${body}`;
}

export function compiledOf(source: string): ReadScript {
  const reading = compileSource(source);
  if (reading.kind === "refused") throw new Error(reading.error.message);
  return reading.script;
}

/** What a script returns. */
export async function runScript(source: string, globals: object = {}): Promise<unknown> {
  const main = evaluate(compiledOf(source).code, globals) as () => Promise<unknown>;
  return await main();
}

/** What a file of the object form announces. */
export async function announced(source: string, globals: object = {}): Promise<unknown> {
  const main = evaluate(compiledOf(source).code, globals) as (
    take: (exported: unknown) => void,
  ) => Promise<void>;
  const seen: unknown[] = [];
  await main((exported) => seen.push(exported));
  if (seen.length !== 1) throw new Error(`announced ${seen.length} times`);
  return (seen[0] as { workflow: unknown }).workflow;
}

export function evaluate(code: string, globals: object): unknown {
  return runInContext(`${code}\n//# sourceURL=workflow:script`, createContext({ ...globals }));
}
