// What the change feeds tell. A conversation's own stream knows none of it.
import type { ConversationChanged, FeedStart, RunChanged } from "@lathe/kernel";
import { type GenericSchema, literal, nullable, object, variant } from "valibot";
import { agreesWith } from "./agreement.ts";
import { ConversationSchema } from "./documents.ts";
import { RunSchema } from "./runs.ts";
import { IdSchema } from "./values.ts";

const feedStart = object({ type: literal("feed-start") });

export const ConversationChangeSchema: GenericSchema<FeedStart | ConversationChanged> = agreesWith<
  FeedStart | ConversationChanged
>()(
  variant("type", [
    feedStart,
    object({
      type: literal("conversation-changed"),
      conversationId: IdSchema,
      conversation: nullable(ConversationSchema),
    }),
  ]),
);

export const RunChangeSchema: GenericSchema<FeedStart | RunChanged> = agreesWith<FeedStart | RunChanged>()(
  variant("type", [
    feedStart,
    object({ type: literal("run-changed"), runId: IdSchema, run: nullable(RunSchema) }),
  ]),
);
