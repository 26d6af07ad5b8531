// The content blocks of one answer: what each has become, from its start over its deltas to its stop.
import { type EventBatch, type JsonObject, objectOf, textOf } from "@lathe/extension-kit";
import { OpaqueBlock } from "./opaque-block.ts";

type Block =
  | { readonly kind: "text" }
  | { readonly kind: "thinking"; signature: string }
  | { readonly kind: "call"; readonly callId: string; readonly name: string; argumentsText: string }
  | { readonly kind: "opaque"; readonly block: OpaqueBlock };

export class ContentBlocks {
  readonly #newCallId: () => string;
  readonly #open = new Map<number, Block>();
  readonly #callIds = new Set<string>();

  constructor(newCallId: () => string) {
    this.#newCallId = newCallId;
  }

  get callCount(): number {
    return this.#callIds.size;
  }

  start(index: number, given: JsonObject, batch: EventBatch): void {
    const block = this.#begin(given, batch);
    if (block !== undefined) this.#open.set(index, block);
  }

  grow(index: number, delta: JsonObject, batch: EventBatch): void {
    const block = this.#open.get(index);
    if (block?.kind === "opaque") growOpaque(block.block, delta);
    else if (block !== undefined) growOwn(block, delta, batch);
  }

  stop(index: number, batch: EventBatch): void {
    const block = this.#open.get(index);
    this.#open.delete(index);
    if (block?.kind === "thinking" && block.signature !== "") {
      batch.endReasoning({ signature: block.signature });
    } else if (block?.kind === "call") {
      batch.endCall(block.callId, block.name, block.argumentsText);
    } else if (block?.kind === "opaque") {
      const whole = block.block.end();
      if (whole !== undefined) batch.addOpaque(whole);
    }
  }

  /** The answer is whole: so are blocks that the server forgot to stop. */
  stopAll(batch: EventBatch): void {
    for (const index of [...this.#open.keys()]) this.stop(index, batch);
  }

  #begin(given: JsonObject, batch: EventBatch): Block | undefined {
    switch (given.type) {
      case "text":
        batch.addText(textOf(given.text) ?? "");
        return { kind: "text" };
      case "thinking":
        batch.addReasoning(textOf(given.thinking) ?? "");
        return { kind: "thinking", signature: textOf(given.signature) ?? "" };
      case "tool_use":
        return this.#beginCall(given, batch);
      default:
        return typeof given.type === "string" ? { kind: "opaque", block: new OpaqueBlock(given) } : undefined;
    }
  }

  #beginCall(given: JsonObject, batch: EventBatch): Block {
    const serverId = textOf(given.id);
    const callId = serverId === undefined || this.#callIds.has(serverId) ? this.#newCallId() : serverId;
    this.#callIds.add(callId);
    const name = textOf(given.name) ?? "";
    // The input comes in deltas, and stands here only in an answer that is not streamed.
    const input = objectOf(given.input);
    const argumentsText = input === undefined || Object.keys(input).length === 0 ? "" : JSON.stringify(input);
    batch.startCall(callId, name);
    batch.addArguments(callId, argumentsText);
    return { kind: "call", callId, name, argumentsText };
  }
}

function growOwn(block: Exclude<Block, { kind: "opaque" }>, delta: JsonObject, batch: EventBatch): void {
  switch (delta.type) {
    case "text_delta":
      batch.addText(textOf(delta.text) ?? "");
      break;
    case "thinking_delta":
      batch.addReasoning(textOf(delta.thinking) ?? "");
      break;
    case "signature_delta":
      if (block.kind === "thinking") block.signature += textOf(delta.signature) ?? "";
      break;
    case "input_json_delta":
      if (block.kind === "call") {
        const piece = textOf(delta.partial_json) ?? "";
        block.argumentsText += piece;
        batch.addArguments(block.callId, piece);
      }
      break;
    default:
    // A kind of delta that came later than this adapter, such as a citation: what it adds is not needed for replay.
  }
}

function growOpaque(block: OpaqueBlock, delta: JsonObject): void {
  if (delta.type === "input_json_delta") block.takeInput(textOf(delta.partial_json) ?? "");
  else block.takeDelta(delta);
}
