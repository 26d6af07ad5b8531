// Stands in for the compiler: reads the metadata of scripts that are as simple as those of tests.
import type { JsonObject } from "@lathe/kernel";
import type { Compiled, ScriptCompiler } from "@lathe/workflow-sandbox";

export class FakeCompiler implements ScriptCompiler {
  /** What was compiled, by the names that were given. */
  readonly compiled: string[] = [];
  /** Set to let the next one fail as a compiler does that died. */
  failsOnce = false;

  async compile(source: string, name: string): Promise<Compiled> {
    this.compiled.push(name);
    if (this.failsOnce) {
      this.failsOnce = false;
      return refused("compiler-failed", "The compiler ended.");
    }
    const text = /^export const meta = (\{.*\})/.exec(source)?.[1];
    if (text === undefined) return refused("script-parse-error", "Script parse error: no meta (1:1)");
    const all = JSON.parse(text) as JsonObject & { readonly name: string; readonly description: string };
    const meta = { name: all.name, description: all.description, phases: [], all };
    const script = { dialect: "script", meta, code: source, hash: `hash of ${name}`, warnings: [] } as const;
    return { kind: "script", script };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function refused(code: "compiler-failed" | "script-parse-error", message: string): Compiled {
  return { kind: "refused", error: { code, message, line: 1, column: 1 } };
}

/** The text of a script that the fake can read. */
export function scriptNamed(name: string, body = ""): string {
  return `export const meta = ${JSON.stringify({ name, description: `Is ${name}.` })}\n${body}`;
}
