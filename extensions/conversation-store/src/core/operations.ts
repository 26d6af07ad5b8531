// What the outside can ask of conversations and their logs.
import { resolve } from "node:path";
import type { NamedRequests } from "@lathe/extension-kit";
import {
  type Conversation,
  ForkPositionError,
  type NewConversation,
  type Redactor,
  UnknownConversationError,
} from "@lathe/kernel";
import {
  type AnyOperation,
  implementOperation,
  type Principal,
  ProblemError,
  refuseOthers,
} from "@lathe/wire";
import {
  conversationsChanges,
  conversationsCreate,
  conversationsDelete,
  conversationsEntries,
  conversationsFork,
  conversationsGet,
  conversationsList,
  conversationsUpdate,
  type NewConversationInput,
} from "@lathe/wire/operations";
import type { ConversationFeed } from "./changes.ts";
import type { ConversationLog } from "./conversation-log.ts";
import { forkTitleOf } from "./fork-title.ts";
import { listConversations } from "./list-conversations.ts";

export interface OperationsDesk {
  readonly log: ConversationLog;
  readonly feed: ConversationFeed;
  readonly requests: NamedRequests<{ readonly conversationId: string }>;
  readonly defaultAgent: string;
  readonly defaultCwd: string | null;
  /** Whether there is a folder of this path. */
  readonly isFolder: (path: string) => Promise<boolean>;
  /** Undefined where nothing is a secret. */
  readonly redactor: Redactor | undefined;
}

export function conversationOperations(desk: OperationsDesk): readonly AnyOperation[] {
  return [create, list, get, update, remove, entries, fork, changes].map((operation) => operation(desk));
}

function create({ log, requests, ...desk }: OperationsDesk): AnyOperation {
  return implementOperation(conversationsCreate, {
    run: (input, call) =>
      requests.once(call, input, {
        begin: async (claim) => {
          const draft = await draftOf(input, call.principal, desk);
          return log.create(draft, claim && ((conversationId) => claim({ conversationId })));
        },
        answer: async ({ conversationId }) => (await log.get(conversationId)) ?? fail(deleted()),
      }),
  });
}

async function draftOf(
  input: NewConversationInput,
  { id: owner }: Principal,
  { defaultAgent, defaultCwd, isFolder, redactor }: Omit<OperationsDesk, "log" | "requests">,
): Promise<NewConversation> {
  const { agent = defaultAgent, model = null, title = null, cwd = defaultCwd } = input;
  if (cwd === null)
    throw noFolder("There is no folder that conversations use by default. Name one in `cwd`.");
  // Absolute already: this takes away dots and a slash at the end.
  const folder = resolve(cwd);
  if (!(await isFolder(folder))) throw noFolder("There is no folder of this path. Make it, or name another.");
  return { owner, agent, model, title: shown(title, redactor), cwd: folder };
}

function list({ log }: OperationsDesk): AnyOperation {
  return implementOperation(conversationsList, {
    run: (query, { principal }) => {
      const owner = principal.scopes.includes("admin") ? null : principal.id;
      return listConversations({ ...query, owner }, log);
    },
  });
}

function get({ log }: OperationsDesk): AnyOperation {
  return implementOperation(conversationsGet, { run: ({ id }, { principal }) => ownOf(log, id, principal) });
}

function update({ log, redactor }: OperationsDesk): AnyOperation {
  return implementOperation(conversationsUpdate, {
    run: async ({ id, title, model }, { principal }) => {
      await ownOf(log, id, principal);
      const changes = {
        ...(title === undefined ? {} : { title: shown(title, redactor) }),
        ...(model === undefined ? {} : { model }),
      };
      return log.update(id, changes).catch(asProblem);
    },
  });
}

function remove({ log }: OperationsDesk): AnyOperation {
  return implementOperation(conversationsDelete, {
    run: async ({ id }, { principal }) => {
      await ownOf(log, id, principal);
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
    run: async ({ id, sinceSeq, limit }, { principal }) => {
      await ownOf(log, id, principal);
      const items = await log.entries(id, { sinceSeq, limit }).catch(asProblem);
      // Read after them, so that it is never below the last of them.
      const conversation = (await log.get(id)) ?? fail(unknown(id));
      return { items: [...items], lastSeq: conversation.lastSeq };
    },
  });
}

function fork({ log, redactor }: OperationsDesk): AnyOperation {
  return implementOperation(conversationsFork, {
    run: async ({ id, turnId, seq, model, title }, { principal }) => {
      const origin = await ownOf(log, id, principal);
      const end = turnId === undefined ? seq : await log.turnEnd(id, turnId).catch(asProblem);
      if (end === undefined) throw unknownTurn();
      const draft = {
        owner: principal.id,
        title: shown(title ?? forkTitleOf(origin), redactor),
        model: model ?? origin.model,
      };
      return log.fork(id, end, draft).catch(asProblem);
    },
  });
}

function changes({ feed }: OperationsDesk): AnyOperation {
  return implementOperation(conversationsChanges, {
    run: async () => ({ replays: false as const }),
    follow: (_input, _output, { principal }) => feed.streamFor(principal),
    streamName: () => "changes:conversations",
  });
}

/** A title is kept and shown, so that no secret may be in it. */
function shown(title: string | null, redactor: Redactor | undefined): string | null {
  return title === null ? null : (redactor?.text(title) ?? title);
}

/** The conversation, where it is the principal's to see and to change. */
async function ownOf(log: ConversationLog, id: string, principal: Principal): Promise<Conversation> {
  const conversation = (await log.get(id)) ?? fail(unknown(id));
  refuseOthers(principal, conversation.owner, unknown(id));
  return conversation;
}

function asProblem(failure: unknown): never {
  if (failure instanceof UnknownConversationError) throw unknown(failure.conversationId);
  if (failure instanceof ForkPositionError) throw new ProblemError(422, failure.code, failure.message);
  throw failure;
}

function unknownTurn(): ProblemError {
  return new ProblemError(
    404,
    "unknown-turn",
    "No turn of this id is over in this conversation. See its timeline for those that are.",
  );
}

function noFolder(message: string): ProblemError {
  return new ProblemError(422, "no-folder", message, { errors: [{ field: "cwd", message }] });
}

function deleted(): ProblemError {
  return new ProblemError(
    410,
    "conversation-deleted",
    "The conversation that was begun with this Idempotency-Key has been deleted. Send a new key to begin another.",
  );
}

function unknown(id: string): ProblemError {
  const { code, message } = new UnknownConversationError(id);
  return new ProblemError(404, code, message);
}

function fail(problem: ProblemError): never {
  throw problem;
}
