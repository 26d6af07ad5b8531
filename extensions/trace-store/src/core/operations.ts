// What the outside can ask of traces.
import { type Storage, UnknownConversationError } from "@lathe/kernel";
import {
  type AnyOperation,
  forbiddenAs,
  implementOperation,
  type Principal,
  ProblemError,
  type PrunedTraces,
  type TraceStatus,
} from "@lathe/wire";
import {
  tracesBody,
  tracesDiff,
  tracesGet,
  tracesList,
  tracesPrune,
  tracesStatus,
} from "@lathe/wire/operations";
import { readRange } from "./body-reader.ts";
import { listCalls } from "./call-list.ts";
import { compareSteps, findPrompt } from "./compare-steps.ts";
import type { Generations } from "./generations.ts";
import type { Owners } from "./owners.ts";
import type { Retention } from "./pruner.ts";
import { spansInOrder } from "./span-tree.ts";
import { findBody, readTrace, type StoredTrace } from "./trace-reader.ts";

export interface OperationsDesk {
  readonly storage: Storage;
  readonly generations: Generations;
  readonly owners: Owners;
  /** Settles when what was recorded before can be read, or after a while. */
  readonly settled: () => Promise<void>;
  readonly status: () => TraceStatus;
  /** Removes what does not fit; what is not named is as configured. */
  readonly prune: (wish: Partial<Retention>) => Promise<PrunedTraces>;
}

export function traceOperations(desk: OperationsDesk): readonly AnyOperation[] {
  return [list(desk), get(desk), body(desk), diff(desk), status(desk), prune(desk)];
}

function list(desk: OperationsDesk): AnyOperation {
  return implementOperation(tracesList, {
    run: async (query, { principal }) => {
      await desk.settled();
      const { conversationId, turnId } = query;
      if (conversationId !== undefined) await refuseUnlessOwned(principal, conversationId, desk);
      const only = turnId === undefined ? undefined : (await readOwned(turnId, principal, desk)).callNumbers;
      const page = await listCalls(query, only, {
        storage: desk.storage,
        firstOwnCall: desk.generations.firstOwn.call,
        isVisible: (id) => desk.owners.mayRead(principal, id),
      });
      if (page !== undefined) return page;
      const message = "This is no cursor of this list. Begin without one.";
      throw new ProblemError(400, "invalid-cursor", message, { errors: [{ field: "cursor", message }] });
    },
  });
}

function get(desk: OperationsDesk): AnyOperation {
  return implementOperation(tracesGet, {
    run: async ({ turnId }, { principal }) => {
      await desk.settled();
      const { conversationId, rows, cut } = await readOwned(turnId, principal, desk);
      return { turnId, conversationId, spans: spansInOrder(rows), cut };
    },
  });
}

function body(desk: OperationsDesk): AnyOperation {
  return implementOperation(tracesBody, {
    run: async ({ turnId, spanId, name, from, lengthMax }, { principal }) => {
      await desk.settled();
      const found = await findBody(turnId, spanId, name, desk);
      if (found === "no-trace") throw unknownTrace();
      if (found === "no-body") {
        await readOwned(turnId, principal, desk);
        throw unknownBody();
      }
      await refuse(principal, found.conversationId, desk);
      const [length] = found.body;
      const end = Math.min(length, from + lengthMax);
      const text = from >= length ? "" : await readRange(found, from, end, desk.storage);
      if (text === undefined) throw unknownTrace();
      return { name, length, from, text, nextFrom: end < length ? end : null };
    },
  });
}

function diff(desk: OperationsDesk): AnyOperation {
  return implementOperation(tracesDiff, {
    run: async ({ turnId, from, to }, { principal }) => {
      await desk.settled();
      const { rows } = await readOwned(turnId, principal, desk);
      const spans = spansInOrder(rows);
      const earlier = (await findPrompt(turnId, from, spans, desk)) ?? unknownStep(from);
      const later = (await findPrompt(turnId, to, spans, desk)) ?? unknownStep(to);
      const compared = await compareSteps(earlier, later, desk.storage);
      if (compared === "gone") throw unknownTrace();
      if (compared !== "too-large") return compared;
      throw new ProblemError(
        422,
        "too-large",
        "These prompts are too long to be compared. Read their bodies.",
      );
    },
  });
}

function status(desk: OperationsDesk): AnyOperation {
  return implementOperation(tracesStatus, { run: async () => desk.status() });
}

function prune(desk: OperationsDesk): AnyOperation {
  return implementOperation(tracesPrune, {
    run: async ({ ageMsMax, bytesMax }) => {
      await desk.settled();
      return desk.prune({
        ...(ageMsMax === undefined ? {} : { ageMsMax }),
        ...(bytesMax === undefined ? {} : { bytesMax }),
      });
    },
  });
}

/** The trace, where it is the principal's to see. */
async function readOwned(turnId: string, principal: Principal, desk: OperationsDesk): Promise<StoredTrace> {
  const trace = await readTrace(turnId, desk);
  if (trace === undefined) throw unknownTrace();
  await refuse(principal, trace.conversationId, desk);
  return trace;
}

async function refuse(
  principal: Principal,
  conversationId: string | null,
  { owners }: OperationsDesk,
): Promise<void> {
  if (!(await owners.mayRead(principal, conversationId))) throw forbiddenAs(unknownTrace());
}

/** A conversation that is gone may still have traces, which are the administrators' to see. */
async function refuseUnlessOwned(
  principal: Principal,
  conversationId: string,
  { owners }: OperationsDesk,
): Promise<void> {
  if (await owners.mayRead(principal, conversationId)) return;
  if ((await owners.of(conversationId)) === undefined) throw unknownConversation();
  throw forbiddenAs(unknownConversation());
}

function unknownConversation(): ProblemError {
  const { code, message } = new UnknownConversationError("");
  return new ProblemError(404, code, message);
}

function unknownTrace(): ProblemError {
  const detail = "No trace of this turn is kept (any more). The turn's entries are in its conversation.";
  return new ProblemError(404, "unknown-trace", detail);
}

function unknownBody(): ProblemError {
  const detail = "This span has no such body. The turn's trace names those that there are.";
  return new ProblemError(404, "unknown-body", detail);
}

function unknownStep(index: number): never {
  const detail = `No prompt of a step ${index} is kept. The turn's trace shows its steps, counted from 0.`;
  throw new ProblemError(404, "unknown-step", detail);
}
