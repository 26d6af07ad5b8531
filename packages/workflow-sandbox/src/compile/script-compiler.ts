// Reads scripts without running them: looks into its cache, and asks the process that parses.
import { createHash } from "node:crypto";
import type { Compiled, ScriptCompiler, ScriptError } from "../contract.ts";
import { checkText } from "./check-text.ts";
import { type CompileAnswer, CompileProcess } from "./compile-process.ts";

// Whoever lists the same folder again does not pay again for a script that is made to take long.
const failureKeptMs = 60_000;

export interface ScriptCompilerOptions {
  /** For one script; default 2,000. */
  readonly timeoutMs?: number;
  /** Resident memory of the process that parses; default 512 MiB. */
  readonly memoryBytesMax?: number;
  /** For the start of that process; default 30,000. */
  readonly startTimeoutMs?: number;
  /** How many scripts are remembered; default 256. */
  readonly cacheCountMax?: number;
}

export function createScriptCompiler(options: ScriptCompilerOptions = {}): ScriptCompiler {
  return new CachedCompiler(options);
}

class CachedCompiler implements ScriptCompiler {
  readonly #process: CompileProcess;
  readonly #timeoutMs: number;
  readonly #cacheCountMax: number;
  /** By hash of the source, the one that was used last at the end; what is being compiled included. */
  readonly #answers = new Map<string, Promise<CompileAnswer>>();

  constructor(options: ScriptCompilerOptions) {
    const { timeoutMs = 2_000, memoryBytesMax = 512 * 1024 * 1024, startTimeoutMs = 30_000 } = options;
    this.#process = new CompileProcess({ timeoutMs, memoryBytesMax, startTimeoutMs });
    this.#timeoutMs = timeoutMs;
    this.#cacheCountMax = options.cacheCountMax ?? 256;
  }

  async compile(source: string, name: string): Promise<Compiled> {
    const checked = checkText(source);
    if ("error" in checked) return { kind: "refused", error: checked.error };
    const hash = createHash("sha256").update(source, "utf8").digest("hex");
    const answer = await this.#answerFor(hash, checked.text);
    if (answer.kind !== "read") return { kind: "refused", error: this.#errorOf(answer, name) };
    const { reading } = answer;
    return reading.kind === "script" ? { kind: "script", script: { ...reading.script, hash } } : reading;
  }

  async close(): Promise<void> {
    await this.#process.close();
  }

  #answerFor(hash: string, text: string): Promise<CompileAnswer> {
    const known = this.#answers.get(hash);
    const answer = known ?? this.#process.ask(text);
    this.#answers.delete(hash);
    this.#answers.set(hash, answer);
    if (!known) void this.#forgetFailure(hash, answer);
    if (this.#answers.size > this.#cacheCountMax)
      this.#answers.delete(this.#answers.keys().next().value as string);
    return answer;
  }

  /** The process may have been slow, or have ended, for a reason that is not in the script: it is asked again later. */
  async #forgetFailure(hash: string, answer: Promise<CompileAnswer>): Promise<void> {
    const { kind } = await answer;
    if (kind === "read") return;
    const forget = (): void => {
      if (this.#answers.get(hash) === answer) this.#answers.delete(hash);
    };
    if (kind === "unavailable") forget();
    else setTimeout(forget, failureKeptMs).unref();
  }

  #errorOf(answer: Exclude<CompileAnswer, { readonly kind: "read" }>, name: string): ScriptError {
    const place = { line: null, column: null };
    if (answer.kind === "unavailable") {
      const message = `${name} cannot be checked, the compiler does not run: ${answer.reason}`;
      return { code: "compiler-failed", message, ...place };
    }
    const problem = {
      time: `takes more than ${this.#timeoutMs} ms to read`,
      memory: "takes too much memory to read",
      crash: "ended the process that reads it",
    }[answer.because];
    return { code: "script-too-complex", message: `${name} ${problem}: simplify it`, ...place };
  }
}
