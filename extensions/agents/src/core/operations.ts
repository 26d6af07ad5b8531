// What the outside can ask of turns and models.
import {
  type Admission,
  type Contributions,
  type Conversation,
  type Conversations,
  ForkPositionError,
  type Provider,
  type Subscriber,
  type TimersPower,
  type Turns,
  UnknownConversationError,
} from "@lathe/kernel";
import {
  type AnyOperation,
  type EventSink,
  implementOperation,
  type Principal,
  ProblemError,
  positionAsked,
  refuseOthers,
} from "@lathe/wire";
import {
  conversationsRestore,
  conversationsSend,
  conversationsStop,
  conversationsStream,
  modelsList,
} from "@lathe/wire/operations";
import { type AgentsConfig, defaultAgentName } from "./agent-definitions.ts";
import { listModels } from "./model-list.ts";
import { defaultModelOf } from "./models.ts";

export interface TurnsDesk {
  readonly turns: Turns;
  readonly conversations: Pick<Conversations, "get">;
}

export function sendOperation({ turns, conversations }: TurnsDesk): AnyOperation {
  return implementOperation(conversationsSend, {
    run: async ({ id, text, model }, { principal }) => {
      await openedTo(principal, id, conversations);
      return turns.send(id, model === undefined ? { text } : { text, model }, { owner: principal.id });
    },
    follow: (input, admission) => (sink) => followTurn(turns, input.id, admission, sink),
    streamName: (_input, { turnId }) => `turn:${turnId}`,
  });
}

/** Everything from the user's message on, until the turn has sealed. */
function followTurn(turns: Turns, conversationId: string, admission: Admission, sink: EventSink): () => void {
  const stop = turns.subscribe(conversationId, admission.seq - 1, {
    ready: () => sink.ready?.(),
    onEvent: (event, json) => {
      sink.event(event, json);
      if (event.type !== "turn-sealed" || event.turnId !== admission.turnId) return;
      sink.end();
      stop();
    },
    onEnd: (reason) => sink.end(endProblem(reason, conversationId).toProblem()),
  });
  return stop;
}

function endProblem(reason: Parameters<Subscriber["onEnd"]>[0], conversationId: string): ProblemError {
  if (reason === "deleted") return unknown(conversationId);
  const detail =
    "What happens in the conversation could not be followed any further. Read its entries, and follow it again.";
  return new ProblemError(503, "stream-failed", detail);
}

export function streamOperation({ turns, conversations }: TurnsDesk): AnyOperation {
  return implementOperation(conversationsStream, {
    run: async ({ id }, { principal }) => {
      const { lastSeq } = await openedTo(principal, id, conversations);
      return { lastSeq };
    },
    follow: ({ id, sinceSeq }, _start, { lastEventId }) => {
      return (sink) =>
        turns.subscribe(id, positionAsked(lastEventId, sinceSeq), {
          ready: () => sink.ready?.(),
          onEvent: (event, json) => sink.event(event, json),
          onEnd: (reason) => sink.end(endProblem(reason, id).toProblem()),
        });
    },
    streamName: ({ id }) => `conversation:${id}`,
  });
}

export function stopOperation({ turns, conversations }: TurnsDesk): AnyOperation {
  return implementOperation(conversationsStop, {
    run: async ({ id }, { principal }) => {
      await openedTo(principal, id, conversations);
      return { stopped: await turns.stop(id) };
    },
  });
}

export function restoreOperation({ turns, conversations }: TurnsDesk): AnyOperation {
  return implementOperation(conversationsRestore, {
    run: async ({ id, turnId }, { principal }) => {
      await openedTo(principal, id, conversations);
      try {
        return await turns.restore(id, turnId);
      } catch (failure) {
        if (failure instanceof ForkPositionError)
          throw new ProblemError(404, "unknown-turn", failure.message);
        throw failure;
      }
    },
  });
}

/** The conversation, where it is the principal's to see. */
async function openedTo(
  principal: Principal,
  id: string,
  conversations: TurnsDesk["conversations"],
): Promise<Conversation> {
  const conversation = await conversations.get(id);
  if (conversation === undefined) throw unknown(id);
  refuseOthers(principal, conversation.owner, unknown(id));
  return conversation;
}

function unknown(conversationId: string): ProblemError {
  const { code, message } = new UnknownConversationError(conversationId);
  return new ProblemError(404, code, message);
}

export function modelsOperation(
  config: AgentsConfig,
  providers: Contributions<Provider>,
  timers: TimersPower,
): AnyOperation {
  return implementOperation(modelsList, {
    run: async (_input, call) => {
      const agent = config.agents.get(defaultAgentName);
      const { modelListTimeoutMs: timeoutMs } = config;
      const listed = await listModels({ providers, timers, timeoutMs, signal: call.signal });
      return {
        default: agent === undefined ? null : defaultModelOf(agent, config, providers),
        ...listed,
      };
    },
  });
}
