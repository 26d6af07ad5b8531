// What files and contributions hold, compiled; kept for as long as a file does not change. Compiling never runs anything.
import { basename } from "node:path";
import type { WorkflowProblem } from "@lathe/wire";
import type { CompiledScript, ScriptCompiler } from "@lathe/workflow-sandbox";
import type { ScriptFile, ScriptFiles, ScriptText } from "./script-files.ts";

export type ReadScript =
  | { readonly kind: "compiled"; readonly text: string; readonly script: CompiledScript }
  /** `text` is null where it could not be read as text. */
  | { readonly kind: "broken"; readonly text: string | null; readonly problem: WorkflowProblem };

interface Kept {
  readonly stamp: string;
  readonly reading: Promise<ReadScript>;
  /** UTF-16 units of its text; 0 while it is read. */
  length: number;
}

const lengthMax = 16_777_216;
const countMax = 2_000;

export class ScriptReader {
  readonly #compiler: ScriptCompiler;
  readonly #files: ScriptFiles;
  /** By real path, or by `built-in:` and the name; what was used least recently comes first. */
  readonly #kept = new Map<string, Kept>();
  #length = 0;

  constructor(compiler: ScriptCompiler, files: ScriptFiles) {
    this.#compiler = compiler;
    this.#files = files;
  }

  /** Rejects only where the compiler does. */
  readFile(file: ScriptFile): Promise<ReadScript> {
    const read = async (): Promise<ReadScript> =>
      this.#compile(await this.#files.read(file), basename(file.path));
    return file.stamp === null ? read() : this.#once(file.realPath, file.stamp, read);
  }

  /** A text that comes with an extension is its own stamp. */
  readText(name: string, text: string): Promise<ReadScript> {
    return this.#once(`built-in:${name}`, text, () => this.#compile({ kind: "text", text }, `${name}.js`));
  }

  forget(): void {
    this.#kept.clear();
    this.#length = 0;
  }

  async #compile(read: ScriptText, fileName: string): Promise<ReadScript> {
    if (read.kind === "refused") return { kind: "broken", text: null, problem: read.problem };
    const { text } = read;
    const compiled = await this.#compiler.compile(text, fileName);
    if (compiled.kind === "refused") return { kind: "broken", text, problem: compiled.error };
    return { kind: "compiled", text, script: compiled.script };
  }

  /** Two who ask at once share one reading. */
  #once(key: string, stamp: string, read: () => Promise<ReadScript>): Promise<ReadScript> {
    const held = this.#kept.get(key);
    this.#drop(key);
    const kept = held?.stamp === stamp ? held : { stamp, reading: read(), length: 0 };
    this.#kept.set(key, kept);
    this.#length += kept.length;
    if (kept !== held) {
      const settle = (script: ReadScript): void => this.#settle(key, kept, script);
      const forget = (): void => this.#forgetOne(key, kept);
      void kept.reading.then(settle, forget);
    }
    return kept.reading;
  }

  #settle(key: string, kept: Kept, script: ReadScript): void {
    if (this.#kept.get(key) !== kept) return;
    // It says nothing about the script, and may work the next time.
    if (script.kind === "broken" && script.problem.code === "compiler-failed") {
      this.#drop(key);
      return;
    }
    kept.length = script.text?.length ?? 0;
    this.#length += kept.length;
    for (const oldest of this.#kept.keys()) {
      if (this.#length <= lengthMax && this.#kept.size <= countMax) break;
      this.#drop(oldest);
    }
  }

  #forgetOne(key: string, kept: Kept): void {
    if (this.#kept.get(key) === kept) this.#drop(key);
  }

  #drop(key: string): void {
    this.#length -= this.#kept.get(key)?.length ?? 0;
    this.#kept.delete(key);
  }
}
