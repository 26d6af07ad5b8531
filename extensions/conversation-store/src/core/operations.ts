// What the outside can ask of conversations and their logs.
import { resolve } from "node:path";
import { UnknownConversationError } from "@lathe/kernel";
import { type AnyOperation, implementOperation, ProblemError } from "@lathe/wire";
import {
  conversationsCreate,
  conversationsDelete,
  conversationsEntries,
  conversationsGet,
  conversationsList,
} from "@lathe/wire/operations";
import type { ConversationLog } from "./conversation-log.ts";

export interface OperationsDesk {
  readonly log: ConversationLog;
  readonly defaultAgent: string;
  readonly defaultCwd: string | null;
  /** Whether there is a folder of this path. */
  readonly isFolder: (path: string) => Promise<boolean>;
}

export function conversationOperations(desk: OperationsDesk): readonly AnyOperation[] {
  return [create(desk), list(desk), get(desk), remove(desk), entries(desk)];
}

function create({ log, defaultAgent, defaultCwd, isFolder }: OperationsDesk): AnyOperation {
  return implementOperation(conversationsCreate, {
    run: async ({ agent = defaultAgent, model = null, title = null, cwd = defaultCwd }, { principal }) => {
      if (cwd === null)
        throw noFolder("There is no folder that conversations use by default. Name one in `cwd`.");
      // Absolute already: this takes away dots and a slash at the end.
      const folder = resolve(cwd);
      if (!(await isFolder(folder)))
        throw noFolder("There is no folder of this path. Make it, or name another.");
      return log.create({ owner: principal.id, agent, model, title, cwd: folder });
    },
  });
}

function list({ log }: OperationsDesk): AnyOperation {
  return implementOperation(conversationsList, {
    run: async ({ limit, cursor }) => {
      const more = { limit: limit + 1 };
      const found = await log.list(cursor === undefined ? more : { ...more, after: cursor });
      const items = found.slice(0, limit);
      return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
    },
  });
}

function get({ log }: OperationsDesk): AnyOperation {
  return implementOperation(conversationsGet, {
    run: async ({ id }) => (await log.get(id)) ?? fail(unknown(id)),
  });
}

function remove({ log }: OperationsDesk): AnyOperation {
  return implementOperation(conversationsDelete, {
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
  return implementOperation(conversationsEntries, {
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
