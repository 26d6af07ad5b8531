// OpenRouter's `reasoning_details`: pieces of reasoning with signatures and encrypted parts, to be sent back unchanged.
import {
  type JsonObject,
  type JsonValue,
  listOf,
  objectOf,
  textOf,
  type Unchecked,
} from "@lathe/extension-kit";

const entryCountMax = 10_000;

export class ReasoningDetails {
  readonly #entries: Record<string, JsonValue>[] = [];

  /** Takes what one delta carries; the pieces of one text are put together again. */
  take(details: Unchecked): void {
    for (const detail of listOf(details)) {
      const piece = objectOf(detail);
      if (piece === undefined || this.#entries.length >= entryCountMax) continue;
      const last = this.#entries.at(-1);
      if (last !== undefined && continues(last, piece)) merge(last, piece);
      else this.#entries.push({ ...piece });
    }
  }

  /** What an assistant message sends back; `undefined` where there is nothing. */
  get providerData(): JsonObject | undefined {
    return this.#entries.length === 0 ? undefined : { reasoning_details: this.#entries };
  }
}

/** The text that a delta's details show. */
export function textOfDetails(details: Unchecked): string | undefined {
  let text = "";
  for (const detail of listOf(details)) {
    const piece = objectOf(detail);
    text += textOf(piece?.text) ?? textOf(piece?.summary) ?? "";
  }
  return textOf(text);
}

function continues(last: JsonObject, piece: JsonObject): boolean {
  if (last.type !== piece.type || last.index !== piece.index) return false;
  return last.type === "reasoning.text" || last.type === "reasoning.summary";
}

function merge(last: Record<string, JsonValue>, piece: JsonObject): void {
  for (const [name, value] of Object.entries(piece)) {
    const before = last[name];
    const grows =
      (name === "text" || name === "summary") && typeof before === "string" && typeof value === "string";
    if (grows) last[name] = before + value;
    else if (value !== null) last[name] = value;
  }
}
