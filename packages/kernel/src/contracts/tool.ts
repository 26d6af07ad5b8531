import type { SpanRef } from "../logging/span.ts";
import { type ContributionPoint, contributionPoint } from "../token.ts";
import type { ExecBackend } from "./exec-backend.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import type { StandardSchema } from "./schema.ts";

/** Something that a model can ask to have done. It is contributed under its `name`. */
export interface Tool<Input = unknown> {
  /** Letters, digits, `_` and `-`, at most 64: what every provider accepts. */
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the input object, as the model sees it. */
  readonly parameters: JsonObject;
  /** Parses what the model sent. Its issues are shown to the model, so they should say what to do. */
  readonly input: StandardSchema<Input>;
  /** May run beside other calls of the same step. A tool that is not safe runs alone. */
  readonly concurrencySafe: boolean;
  /** Changes nothing that outlives the call. */
  readonly readOnly: boolean;
  /** Running it twice with the same input is as good as running it once. */
  readonly idempotent: boolean;
  /** After this the call resolves as timed out, whatever the tool does. 0 = no limit. */
  readonly timeoutMs: number;

  /**
   * Does the work. A failure that the model can react to is an output with `isError`; a throw becomes one too.
   * On abort of `context.signal` it should release what it holds and settle; the turn does not wait for it.
   */
  execute(input: Input, context: ToolContext): Promise<ToolOutput>;
}

export interface ToolOutput {
  /** What the model reads. The kernel cuts what is longer than the turn's limit, and says so in the text. */
  readonly content: string;
  readonly isError?: boolean;
  /** For people and programs that look at the call; the model never sees it. */
  readonly details?: JsonValue;
}

export interface ToolContext {
  readonly conversationId: string;
  readonly turnId: string;
  readonly stepId: string;
  readonly callId: string;
  /** Absolute path on `computer`; the root that file tools must not leave. */
  readonly cwd: string;
  /** Name of the machine that the tool works on; `local` is the daemon's own. */
  readonly computer: string;
  /** Laid over the environment of the processes that the tool starts. */
  readonly environment: Readonly<Record<string, string>>;
  /** The exec backend of `computer`. */
  readonly exec: ExecBackend;
  readonly signal: AbortSignal;
  /** The span of this call, to open others below with the extension's own logger. */
  readonly span: SpanRef;
}

export const Tools: ContributionPoint<Tool> = contributionPoint<Tool>("tools");
