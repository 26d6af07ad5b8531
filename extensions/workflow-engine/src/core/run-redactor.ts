// Takes secrets out of what enters a run: its script, its arguments, what is answered to it, what it says.
//
// Nothing of a run is kept that this was not asked about, and a script is given what is kept: one that is run again from
// its journal must not be given anything else than at first.
import type { JsonValue, Redactor } from "@lathe/kernel";

export interface RunRedactor {
  text(text: string): string;
  /** For whatever is made of JSON values. The same value where nothing was found. */
  value<Value>(value: Value): Value;
}

/** @param redactor undefined = nobody knows what a secret is */
export function createRunRedactor(redactor: Pick<Redactor, "text" | "json"> | undefined): RunRedactor {
  if (redactor === undefined) return { text: (text) => text, value: (value) => value };
  return {
    text: (text) => redactor.text(text),
    value: <Value>(value: Value): Value => redactor.json(value as JsonValue) as Value,
  };
}
