// What can be asked of conversations and their logs.
import type { Conversation, Entry } from "@lathe/kernel";
import * as v from "valibot";
import { type Declared, type Defaulted, declareOperation, type Page } from "../operation.ts";
import { ConversationSchema } from "../schemas/documents.ts";
import { EntrySchema } from "../schemas/events.ts";
import { listOf } from "../schemas/values.ts";
import {
  AbsolutePathSchema,
  CursorSchema,
  NameSchema,
  PlainTextSchema,
  PositionSchema,
  pageLimit,
} from "./inputs.ts";

export interface NewConversationInput {
  readonly agent?: string | undefined;
  /** `provider/model`. */
  readonly model?: string | undefined;
  readonly title?: string | undefined;
  /** Absolute path. */
  readonly cwd?: string | undefined;
}

export const conversationsCreate: Declared<NewConversationInput, Conversation> = declareOperation({
  name: "conversations.create",
  summary:
    "Begins a conversation. Sent again with the same Idempotency-Key it answers with the same conversation, as it is then.",
  scope: "write",
  rest: { method: "POST", path: "/api/conversations", status: 201 },
  input: v.strictObject({
    agent: v.optional(NameSchema),
    model: v.optional(NameSchema),
    title: v.optional(PlainTextSchema),
    cwd: v.optional(AbsolutePathSchema),
  }),
  output: ConversationSchema,
  problems: ["no-folder", "invalid-idempotency-key", "idempotency-key-reused", "conversation-deleted"],
  idempotencyKeys: true,
});

export interface ListInput {
  /** Words that the title or the agent's name has, all of them, in any order; case and diacritics do not matter. */
  readonly search?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export const conversationsList: Declared<
  ListInput,
  Page<Conversation>,
  Defaulted<ListInput, "limit">
> = declareOperation({
  name: "conversations.list",
  summary:
    "Lists the caller's conversations, by `lastActiveAtMs`, newest first; with the scope `admin`, everybody's. Those that " +
    "runs began for their own work are left out. With `search` a page may be shorter than asked for: only one without a " +
    "cursor is the last. Page by page each conversation that does not move meanwhile is seen once; one that does goes to " +
    "the beginning, and is seen once at most.",
  scope: "read",
  rest: { method: "GET", path: "/api/conversations", status: 200 },
  input: v.strictObject({
    search: v.optional(NameSchema),
    limit: v.optional(pageLimit(200), 50),
    cursor: v.optional(CursorSchema),
  }),
  output: v.object({ items: listOf(ConversationSchema), nextCursor: v.nullable(v.string()) }),
  problems: ["invalid-cursor"],
});

export interface UpdateInput {
  readonly id: string;
  readonly title?: string | undefined;
  /** `provider/model`, for the turns that begin from now on; null = the agent's own choice again. */
  readonly model?: string | null | undefined;
}

export const conversationsUpdate: Declared<UpdateInput, Conversation> = declareOperation({
  name: "conversations.update",
  summary:
    "Gives a conversation another title, or another model for its next turns; whether there is such a model is asked when " +
    "a message is sent.",
  scope: "write",
  rest: { method: "PATCH", path: "/api/conversations/:id", status: 200 },
  input: v.pipe(
    v.strictObject({
      id: NameSchema,
      title: v.optional(PlainTextSchema),
      model: v.optional(v.nullable(NameSchema)),
    }),
    v.check(
      ({ title, model }) => title !== undefined || model !== undefined,
      "It must have a `title` or a `model`: there is nothing else to change.",
    ),
  ),
  output: ConversationSchema,
  problems: ["unknown-conversation", "forbidden"],
});

export const conversationsGet: Declared<{ readonly id: string }, Conversation> = declareOperation({
  name: "conversations.get",
  summary: "Shows one conversation, without its entries.",
  scope: "read",
  rest: { method: "GET", path: "/api/conversations/:id", status: 200 },
  input: v.strictObject({ id: NameSchema }),
  output: ConversationSchema,
  problems: ["unknown-conversation", "forbidden"],
});

export const conversationsDelete: Declared<{ readonly id: string }, null> = declareOperation({
  name: "conversations.delete",
  summary: "Deletes a conversation with all its entries. One with a turn in progress must be stopped first.",
  scope: "write",
  rest: { method: "DELETE", path: "/api/conversations/:id", status: 204 },
  input: v.strictObject({ id: NameSchema }),
  output: v.null(),
  problems: ["unknown-conversation", "forbidden", "turn-in-progress"],
});

export interface EntriesInput {
  readonly id: string;
  readonly sinceSeq: number;
  readonly limit: number;
}

export interface EntriesPage {
  readonly items: readonly Entry[];
  readonly lastSeq: number;
}

export const conversationsEntries: Declared<
  EntriesInput,
  EntriesPage,
  Defaulted<EntriesInput, "sinceSeq" | "limit">
> = declareOperation({
  name: "conversations.entries",
  summary: "Reads the entries after a position, oldest first.",
  scope: "read",
  rest: { method: "GET", path: "/api/conversations/:id/entries", status: 200 },
  input: v.strictObject({
    id: NameSchema,
    sinceSeq: v.optional(PositionSchema, 0),
    limit: v.optional(pageLimit(1_000), 100),
  }),
  output: v.object({ items: listOf(EntrySchema), lastSeq: v.number() }),
  problems: ["unknown-conversation", "forbidden"],
});

export interface ForkInput {
  /** The conversation to begin from. */
  readonly id: string;
  /** Shares everything up to the end of this turn. Either this or `seq` is given. */
  readonly turnId?: string | undefined;
  /** Shares everything up to this position, which is the end of a step or of a turn. */
  readonly seq?: number | undefined;
  /** `provider/model`; that of the other conversation where absent. */
  readonly model?: string | undefined;
  /** Where absent the other's, with `Fork: ` before it; of a fork of a fork `Fork 2: `, and so on. */
  readonly title?: string | undefined;
}

export const conversationsFork: Declared<ForkInput, Conversation> = declareOperation({
  name: "conversations.fork",
  summary:
    "Begins a conversation that shares another's entries up to the end of a turn or of a step. Without a `title` it is " +
    "called as the other, with `Fork: ` before it.",
  scope: "write",
  rest: { method: "POST", path: "/api/conversations/:id/fork", status: 201 },
  input: v.pipe(
    v.strictObject({
      id: NameSchema,
      turnId: v.optional(NameSchema),
      seq: v.optional(PositionSchema),
      model: v.optional(NameSchema),
      title: v.optional(PlainTextSchema),
    }),
    v.check(
      ({ turnId, seq }) => (turnId === undefined) !== (seq === undefined),
      "It must name either a turn or a position.",
    ),
  ),
  output: ConversationSchema,
  problems: ["unknown-conversation", "forbidden", "unknown-turn", "not-a-fork-position"],
});
