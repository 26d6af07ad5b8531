// What the change feeds tell. A conversation's own stream knows none of it.
import type { ChangeEvent, ConversationChanged, FeedStart, RunChanged, StreamEvent } from "@lathe/kernel";
import { type GenericSchema, literal, nullable, object, union, variant } from "valibot";
import { agreesWith } from "./agreement.ts";
import { ConversationSchema } from "./documents.ts";
import { RunSchema } from "./runs.ts";
import { IdSchema } from "./values.ts";
import { RunEventSchema } from "./workflow-events.ts";

const feedStart = object({ type: literal("feed-start") });
const conversationChanged = object({
  type: literal("conversation-changed"),
  conversationId: IdSchema,
  conversation: nullable(ConversationSchema),
});
const runChanged = object({ type: literal("run-changed"), runId: IdSchema, run: nullable(RunSchema) });

export const ConversationChangeSchema: GenericSchema<FeedStart | ConversationChanged> = agreesWith<
  FeedStart | ConversationChanged
>()(variant("type", [feedStart, conversationChanged]));

export const RunChangeSchema: GenericSchema<FeedStart | RunChanged> = agreesWith<FeedStart | RunChanged>()(
  variant("type", [feedStart, runChanged]),
);

const ChangeEventSchema: GenericSchema<ChangeEvent> = agreesWith<ChangeEvent>()(
  variant("type", [feedStart, conversationChanged, runChanged]),
);

/** Everything that any stream can show. */
export const StreamEventSchema: GenericSchema<StreamEvent> = union([RunEventSchema, ChangeEventSchema]);
