// A content block that is not ours to understand, kept so that it can be sent back as it came.
import type { JsonObject, JsonValue } from "@lathe/extension-kit";
import { parseJson } from "@lathe/extension-kit";

const nestingMax = 64;

export class OpaqueBlock {
  readonly #block: Record<string, JsonValue>;
  #inputText = "";

  constructor(block: JsonObject) {
    this.#block = { ...block };
  }

  takeInput(piece: string): void {
    this.#inputText += piece;
  }

  /** A delta of an unknown type: its texts go on where the block has begun them, anything else is set. */
  takeDelta(delta: JsonObject): void {
    for (const [name, value] of Object.entries(delta)) {
      if (name === "type") continue;
      const before = this.#block[name];
      this.#block[name] = typeof before === "string" && typeof value === "string" ? before + value : value;
    }
  }

  /** `undefined` where it nests so deep that whoever stores it could not write it down again. */
  end(): JsonObject | undefined {
    const input = this.#inputText === "" ? undefined : parseJson(this.#inputText);
    if (input !== undefined) this.#block.input = input;
    return isShallow(this.#block, nestingMax) ? this.#block : undefined;
  }
}

function isShallow(value: JsonValue, levels: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return levels > 0 && Object.values(value).every((inner: JsonValue) => isShallow(inner, levels - 1));
}
