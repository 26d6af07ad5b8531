// What can be asked of the turns of conversations.
import type { Admission, ConversationEvent, ConversationRestored, Entry } from "@lathe/kernel";
import * as v from "valibot";
import { type Declared, type Defaulted, declareOperation } from "../operation.ts";
import { AdmissionSchema } from "../schemas/documents.ts";
import { ConversationEventSchema, RestoredEntrySchema } from "../schemas/events.ts";
import { MessageTextSchema, NameSchema } from "./inputs.ts";

export interface SendInput {
  /** The conversation's. */
  readonly id: string;
  readonly text: string;
  /** `provider/model`, for this turn only. */
  readonly model?: string | undefined;
}

export const conversationsSend: Declared<SendInput, Admission, SendInput, ConversationEvent> =
  declareOperation({
    name: "conversations.send",
    summary: "Sends a message to a conversation and starts a turn; followed, until the turn has sealed.",
    scope: "write",
    rest: { method: "POST", path: "/api/conversations/:id/messages", status: 202 },
    input: v.strictObject({ id: NameSchema, text: MessageTextSchema, model: v.optional(NameSchema) }),
    output: AdmissionSchema,
    problems: [
      "unknown-conversation",
      "forbidden",
      "turn-in-progress",
      "unknown-model",
      "unknown-agent",
      "no-model",
      "draining",
    ],
    events: ConversationEventSchema,
  });

export const conversationsStop: Declared<{ readonly id: string }, { readonly stopped: boolean }> =
  declareOperation({
    name: "conversations.stop",
    summary: "Stops the turn in progress, and answers when it has sealed.",
    scope: "write",
    rest: { method: "POST", path: "/api/conversations/:id/stop", status: 200 },
    input: v.strictObject({ id: NameSchema }),
    output: v.object({ stopped: v.boolean() }),
    problems: ["unknown-conversation", "forbidden"],
  });

export interface RestoreInput {
  /** The conversation's. */
  readonly id: string;
  readonly turnId: string;
}

export const conversationsRestore: Declared<RestoreInput, Entry<ConversationRestored>> = declareOperation({
  name: "conversations.restore",
  summary:
    "Goes on from the end of an earlier turn: what came after it stays in the log, and models do not see it any more.",
  scope: "write",
  rest: { method: "POST", path: "/api/conversations/:id/restore", status: 200 },
  input: v.strictObject({ id: NameSchema, turnId: NameSchema }),
  output: RestoredEntrySchema,
  problems: ["unknown-conversation", "forbidden", "unknown-turn", "turn-in-progress", "draining"],
});

export interface StreamInput {
  readonly id: string;
  /** Position of the last entry that the caller has; one that comes again says it in `Last-Event-ID` instead. */
  readonly sinceSeq: number | string;
}

export interface StreamStart {
  /** Position of the last entry that there is. */
  readonly lastSeq: number;
}

export const conversationsStream: Declared<
  StreamInput,
  StreamStart,
  Defaulted<StreamInput, "sinceSeq">,
  ConversationEvent
> = declareOperation({
  name: "conversations.stream",
  summary: "Follows a conversation: the entries after a position, the step in flight, then what happens.",
  scope: "read",
  rest: { method: "GET", path: "/api/conversations/:id/stream", status: 200, stream: true },
  input: v.strictObject({
    id: NameSchema,
    // Whatever is no position of this log is answered as one that is beyond it: with a `reset`, and then everything.
    sinceSeq: v.optional(v.union([v.number(), v.pipe(v.string(), v.maxLength(100))]), 0),
  }),
  output: v.object({ lastSeq: v.number() }),
  problems: ["unknown-conversation", "forbidden"],
  events: ConversationEventSchema,
});
