import type { Body, SpanRef } from "../logging/span.ts";
import { type ContributionPoint, contributionPoint } from "../token.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import type { Message } from "./message.ts";
import type { Usage } from "./usage.ts";

/**
 * A family of models behind one wire API. It is contributed under its `id`; a model is addressed as `id/model`.
 */
export interface Provider {
  readonly id: string;

  /** The models that can be asked for now. Throws ProviderError when the provider cannot say. */
  models(context: ProviderContext): Promise<readonly ModelInfo[]>;

  /**
   * Asks the model once and streams its answer.
   *
   * Each batch holds the events of one read from the network, in order; an empty batch means only "alive" (a
   * keep-alive comment). The last event of the stream is exactly one `finish` or `error`; nothing comes after it.
   * The iterable never throws: failure is an `error` event, also where the network broke or the stream ended early.
   * It makes one attempt: whether to try again is the caller's to decide. Ending the iteration early, or aborting
   * the signal, closes the connection; after an abort the stream may end without a terminal event.
   */
  stream(request: ProviderRequest, context: ProviderContext): AsyncIterable<readonly ProviderEvent[]>;
}

export interface ProviderContext {
  readonly signal: AbortSignal;
  /** The span of this call, to open others below with the extension's own logger. */
  readonly span?: SpanRef;
  /** Where present, the adapter hands over what it sends and receives, as it is. */
  readonly capture?: ModelCallCapture;
}

/** Takes what goes over the wire of one model call. Neither method throws, nor costs more than keeping a reference. */
export interface ModelCallCapture {
  /** The body of the request, as it is sent. Called once. */
  request(body: Body): void;
  /** The bytes of the answer as they come, in order. They must not be changed afterwards. */
  response(bytes: Uint8Array): void;
}

/** What a model is asked. */
export interface ProviderRequest {
  /** The provider's own name of the model, without the provider's id. */
  readonly model: string;
  readonly system: string;
  /**
   * The conversation so far; well-formed: each tool call has its one result. The array only ever grows at its end
   * while it keeps its identity, and its messages are never changed: an adapter may keep what it rendered of it.
   */
  readonly messages: readonly Message[];
  /** Sorted by name. The same array as in the previous request where the tools are the same. */
  readonly tools: readonly ToolDeclaration[];
  readonly settings: ModelSettings;
  /** The conversation, for providers that route to a cache by key. */
  readonly conversationId: string;
}

/** A tool as the model sees it. */
export interface ToolDeclaration {
  readonly name: string;
  readonly description: string;
  /** JSON Schema (draft 2020-12) of an object. */
  readonly parameters: JsonObject;
}

/** Wishes about the answer; an absent one is left to the provider. */
export interface ModelSettings {
  readonly temperature?: number;
  readonly topP?: number;
  readonly outputTokensMax?: number;
  readonly effort?: "none" | "minimal" | "low" | "medium" | "high" | "xhigh" | "max";
}

/** What is known of a model. `null` = not known. */
export interface ModelInfo {
  readonly id: string;
  readonly contextTokens: number | null;
  readonly outputTokensMax: number | null;
}

export type ProviderEvent =
  | { readonly type: "text-delta"; readonly text: string }
  | { readonly type: "reasoning-delta"; readonly text: string }
  /** Ends the reasoning part in progress (begins an empty one where there is none) and gives it its replay data. */
  | { readonly type: "reasoning-end"; readonly providerData: JsonValue }
  /** The model begins to write a call. Deltas and the end name the same `callId`, unique within the answer. */
  | { readonly type: "tool-call-start"; readonly callId: string; readonly name: string }
  | { readonly type: "tool-call-delta"; readonly callId: string; readonly argumentsText: string }
  /**
   * The call is whole and may run. `argumentsText` is the text as the model wrote it, and need not be JSON;
   * an empty text means `{}`. The adapter makes up an id where the provider sent none.
   */
  | {
      readonly type: "tool-call";
      readonly callId: string;
      readonly name: string;
      readonly argumentsText: string;
      readonly providerData?: JsonValue;
    }
  | { readonly type: "opaque-part"; readonly providerData: JsonValue }
  /** May come several times; the last one counts. */
  | { readonly type: "usage"; readonly usage: Usage }
  | { readonly type: "finish"; readonly reason: ProviderFinishReason; readonly rawReason: string | null }
  | { readonly type: "error"; readonly failure: ProviderFailure };

export type ProviderFinishReason = "stop" | "tool-calls" | "length" | "content-filter";

/** Why a model call failed, as data. `message` is safe to show: it holds no key and no prompt. */
export interface ProviderFailure {
  readonly kind:
    | "auth"
    | "bad-request"
    | "model-not-found"
    | "context-length"
    /** Too many requests: worth a wait. */
    | "rate-limit"
    /** Money or a spend limit is used up: waiting does not help. */
    | "quota"
    | "overloaded"
    | "server"
    /** Refused, reset, no such host, no valid certificate. */
    | "network"
    /** Nothing came for too long. */
    | "idle-timeout"
    /** The stream ended before it was finished. */
    | "truncated"
    /** What came could not be understood, or was larger than any answer may be. */
    | "malformed"
    | "tool-use-failed";
  readonly message: string;
  /** HTTP status, where there was one. */
  readonly status: number | null;
  /** The provider's own code, where it sent one. */
  readonly code: string | null;
  /** True where the same request may succeed later. */
  readonly retryable: boolean;
  /** How long the provider asks to wait. */
  readonly retryAfterMs: number | null;
}

/** Thrown by `Provider.models`. */
export class ProviderError extends Error {
  readonly code = "provider-failed";
  readonly failure: ProviderFailure;

  constructor(failure: ProviderFailure, options?: ErrorOptions) {
    super(failure.message, options);
    this.name = "ProviderError";
    this.failure = failure;
  }
}

export const Providers: ContributionPoint<Provider> = contributionPoint<Provider>("providers");
