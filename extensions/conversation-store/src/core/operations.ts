// What the outside can ask of conversations and their logs.
import { isAbsolute, resolve } from "node:path";
import { UnknownConversationError } from "@lathe/kernel";
import {
  type AnyOperation,
  ConversationSchema,
  defineOperation,
  EntrySchema,
  ProblemError,
} from "@lathe/wire";
import * as v from "valibot";
import type { ConversationLog } from "./conversation-log.ts";

export interface OperationsDesk {
  readonly log: ConversationLog;
  readonly defaultAgent: string;
  readonly defaultCwd: string | null;
  /** Whether there is a folder of this path. */
  readonly isFolder: (path: string) => Promise<boolean>;
}

const NameSchema = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(200),
  v.check(isPlain, "It holds what is no text."),
);
const CwdSchema = v.pipe(
  v.string(),
  v.maxLength(4_096),
  v.check(isPlain, "It holds what is no text."),
  v.check(isAbsolute, "It must be an absolute path; ~ and relative paths are not understood."),
);

export function conversationOperations(desk: OperationsDesk): readonly AnyOperation[] {
  return [create(desk), list(desk), get(desk), remove(desk), entries(desk)];
}

function create({ log, defaultAgent, defaultCwd, isFolder }: OperationsDesk): AnyOperation {
  return defineOperation({
    name: "conversations.create",
    summary: "Begins a conversation.",
    scope: "write",
    rest: { method: "POST", path: "/api/conversations", status: 201 },
    input: v.strictObject({
      agent: v.optional(NameSchema),
      model: v.optional(NameSchema),
      title: v.optional(
        v.pipe(v.string(), v.minLength(1), v.maxLength(500), v.check(isPlain, "It holds what is no text.")),
      ),
      cwd: v.optional(CwdSchema),
    }),
    output: ConversationSchema,
    problems: ["no-folder"],
    run: async ({ agent = defaultAgent, model = null, title = null, cwd = defaultCwd }) => {
      if (cwd === null)
        throw noFolder("There is no folder that conversations use by default. Name one in `cwd`.");
      // Absolute already: this takes away dots and a slash at the end.
      const folder = resolve(cwd);
      if (!(await isFolder(folder)))
        throw noFolder("There is no folder of this path. Make it, or name another.");
      return log.create({ agent, model, title, cwd: folder });
    },
  });
}

function list({ log }: OperationsDesk): AnyOperation {
  return defineOperation({
    name: "conversations.list",
    summary: "Lists conversations, newest first.",
    scope: "read",
    rest: { method: "GET", path: "/api/conversations", status: 200 },
    input: v.strictObject({
      limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(200)), 50),
      cursor: v.optional(NameSchema),
    }),
    output: v.object({ items: v.array(ConversationSchema), nextCursor: v.nullable(v.string()) }),
    problems: [],
    run: async ({ limit, cursor }) => {
      const more = { limit: limit + 1 };
      const found = await log.list(cursor === undefined ? more : { ...more, after: cursor });
      const items = found.slice(0, limit);
      return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
    },
  });
}

function get({ log }: OperationsDesk): AnyOperation {
  return defineOperation({
    name: "conversations.get",
    summary: "Shows one conversation, without its entries.",
    scope: "read",
    rest: { method: "GET", path: "/api/conversations/:id", status: 200 },
    input: v.strictObject({ id: NameSchema }),
    output: ConversationSchema,
    problems: ["unknown-conversation"],
    run: async ({ id }) => (await log.get(id)) ?? fail(unknown(id)),
  });
}

function remove({ log }: OperationsDesk): AnyOperation {
  return defineOperation({
    name: "conversations.delete",
    summary:
      "Deletes a conversation with all its entries. One with a turn in progress must be stopped first.",
    scope: "write",
    rest: { method: "DELETE", path: "/api/conversations/:id", status: 204 },
    input: v.strictObject({ id: NameSchema }),
    output: v.null(),
    problems: ["unknown-conversation", "turn-in-progress"],
    run: async ({ id }) => {
      const removal = await log.remove(id, { onlyIdle: true });
      if (removal.kind === "absent") throw unknown(id);
      if (removal.kind === "busy") {
        throw new ProblemError(
          409,
          "turn-in-progress",
          "A turn is in progress. Stop it, then delete the conversation.",
        );
      }
      return null;
    },
  });
}

function entries({ log }: OperationsDesk): AnyOperation {
  return defineOperation({
    name: "conversations.entries",
    summary: "Reads the entries after a position, oldest first.",
    scope: "read",
    rest: { method: "GET", path: "/api/conversations/:id/entries", status: 200 },
    input: v.strictObject({
      id: NameSchema,
      sinceSeq: v.optional(
        v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER)),
        0,
      ),
      limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000)), 100),
    }),
    output: v.object({ items: v.array(EntrySchema), lastSeq: v.number() }),
    problems: ["unknown-conversation"],
    run: async ({ id, sinceSeq, limit }) => {
      const items = await log.entries(id, { sinceSeq, limit }).catch((failure: unknown) => {
        throw failure instanceof UnknownConversationError ? unknown(id) : failure;
      });
      // Read after them, so that it is never below the last of them.
      const conversation = (await log.get(id)) ?? fail(unknown(id));
      return { items: [...items], lastSeq: conversation.lastSeq };
    },
  });
}

function noFolder(message: string): ProblemError {
  return new ProblemError(422, "no-folder", message, { errors: [{ field: "cwd", message }] });
}

function unknown(id: string): ProblemError {
  const { code, message } = new UnknownConversationError(id);
  return new ProblemError(404, code, message);
}

function fail(problem: ProblemError): never {
  throw problem;
}

/** Keys hold well-formed Unicode only, and no path holds a NUL. */
function isPlain(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}
