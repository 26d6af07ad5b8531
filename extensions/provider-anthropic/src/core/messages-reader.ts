// Reads the events of the Messages API.
import {
  type AnswerReader,
  type EventBatch,
  failureInStream,
  type JsonObject,
  listOf,
  objectOf,
  type ProviderFinishReason,
  type ServerName,
  textOf,
} from "@lathe/extension-kit";
import { ContentBlocks } from "./content-blocks.ts";
import { MessagesUsage } from "./messages-usage.ts";

export class MessagesReader implements AnswerReader {
  readonly #server: ServerName;
  readonly #blocks: ContentBlocks;
  readonly #usage = new MessagesUsage();
  #rawReason: string | null = null;

  constructor(server: ServerName, newCallId: () => string) {
    this.#server = server;
    this.#blocks = new ContentBlocks(newCallId);
  }

  readEvent(name: string | undefined, event: JsonObject, batch: EventBatch): void {
    const index = typeof event.index === "number" ? event.index : 0;
    switch (event.type ?? name) {
      case "content_block_delta":
        this.#blocks.grow(index, objectOf(event.delta) ?? {}, batch);
        break;
      case "content_block_start":
        this.#blocks.start(index, objectOf(event.content_block) ?? {}, batch);
        break;
      case "content_block_stop":
        this.#blocks.stop(index, batch);
        break;
      case "message_start":
        this.#readUsage(objectOf(event.message) ?? {}, batch);
        break;
      case "message_delta":
        this.#readUsage(event, batch);
        this.#rawReason = textOf(objectOf(event.delta)?.stop_reason) ?? this.#rawReason;
        break;
      case "message_stop":
        this.readDone(batch);
        break;
      case "error":
        batch.fail(failureInStream(this.#server, event));
        break;
      default:
      // Pings, and events that came later than this adapter.
    }
  }

  readDone(batch: EventBatch): void {
    const reason = reasons.get(this.#rawReason ?? "") ?? "stop";
    if (reason === "stop" || reason === "tool-calls") this.#blocks.stopAll(batch);
    const calls = reason === "stop" && this.#blocks.callCount > 0;
    batch.finish(calls ? "tool-calls" : reason, this.#rawReason);
  }

  readWhole(message: JsonObject, batch: EventBatch): void {
    const error = objectOf(message.error);
    if (error !== undefined) batch.fail(failureInStream(this.#server, message));
    if (!Array.isArray(message.content)) return;
    this.#readUsage(message, batch);
    this.#rawReason = textOf(message.stop_reason) ?? null;
    for (const [index, block] of listOf(message.content).entries()) {
      this.#blocks.start(index, objectOf(block) ?? {}, batch);
      this.#blocks.stop(index, batch);
    }
    this.readDone(batch);
  }

  readEnd(batch: EventBatch): void {
    if (this.#rawReason !== null) this.readDone(batch);
  }

  #readUsage(holder: JsonObject, batch: EventBatch): void {
    const usage = objectOf(holder.usage);
    if (usage === undefined) return;
    this.#usage.take(usage);
    batch.setUsage(this.#usage.whole);
  }
}

const reasons: ReadonlyMap<string, ProviderFinishReason> = new Map([
  ["end_turn", "stop"],
  ["stop_sequence", "stop"],
  ["pause_turn", "stop"],
  ["tool_use", "tool-calls"],
  ["max_tokens", "length"],
  ["model_context_window_exceeded", "length"],
  ["refusal", "content-filter"],
]);
