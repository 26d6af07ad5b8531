import type { ScriptError } from "../contract.ts";
import { positionAt } from "./positions.ts";

/** Thrown while a script is compiled and caught where its compilation began: the script is at fault. */
export class Refusal extends Error {
  readonly code: ScriptError["code"];
  /** Null = the whole file. */
  readonly offset: number | null;

  constructor(code: ScriptError["code"], message: string, offset: number | null) {
    super(message);
    this.code = code;
    this.offset = offset;
  }

  in(source: string): ScriptError {
    const place = this.offset === null ? { line: null, column: null } : positionAt(source, this.offset);
    return { code: this.code, message: this.message, ...place };
  }
}
