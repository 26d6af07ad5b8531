import {
  type Admission,
  type Contributions,
  type Provider,
  type TimersPower,
  type Turns,
  UnknownConversationError,
} from "@lathe/kernel";
import { type AnyOperation, defineOperation, type EventSink, ProblemError } from "@lathe/wire";
import * as v from "valibot";
import { type AgentsConfig, defaultAgentName } from "./agent-definitions.ts";
import { listModels } from "./model-list.ts";
import { firstPreferred, modelNameOf } from "./models.ts";

const ConversationIdSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(100));
const textLengthMax = 524_288;

export function sendOperation(turns: Turns): AnyOperation {
  return defineOperation({
    name: "conversations.send",
    summary: "Sends a message to a conversation and starts a turn.",
    scope: "write",
    rest: { method: "POST", path: "/api/conversations/:id/messages", status: 202 },
    input: v.strictObject({
      id: ConversationIdSchema,
      text: v.pipe(
        v.string(),
        v.maxLength(textLengthMax, `The text may be ${textLengthMax} characters long at most.`),
        v.check((text) => text.trim() !== "", "The text is empty."),
      ),
      model: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(200))),
    }),
    output: v.strictObject({ runId: v.string(), turnId: v.string(), seq: v.number() }),
    problems: [
      "unknown-conversation",
      "turn-in-progress",
      "unknown-model",
      "unknown-agent",
      "no-model",
      "draining",
    ],
    run: ({ id, text, model }) => turns.send(id, model === undefined ? { text } : { text, model }),
    follow: (input, admission) => (sink) => followTurn(turns, input.id, admission, sink),
  });
}

/** Everything from the user's message on, until the turn has sealed. */
function followTurn(turns: Turns, conversationId: string, admission: Admission, sink: EventSink): () => void {
  const stop = turns.subscribe(conversationId, admission.seq - 1, {
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

function endProblem(reason: "deleted" | "failed", conversationId: string): ProblemError {
  if (reason === "deleted") {
    const { code, message } = new UnknownConversationError(conversationId);
    return new ProblemError(404, code, message);
  }
  const detail =
    "The turn could not be followed to its end. Read its entries, and send the message again if needed.";
  return new ProblemError(503, "stream-failed", detail);
}

export function stopOperation(turns: Turns): AnyOperation {
  return defineOperation({
    name: "conversations.stop",
    summary: "Stops the turn in progress, and answers when it has sealed.",
    scope: "write",
    rest: { method: "POST", path: "/api/conversations/:id/stop", status: 200 },
    input: v.strictObject({ id: ConversationIdSchema }),
    output: v.strictObject({ stopped: v.boolean() }),
    problems: ["unknown-conversation"],
    run: async ({ id }) => ({ stopped: await turns.stop(id) }),
  });
}

export function modelsOperation(
  config: AgentsConfig,
  providers: Contributions<Provider>,
  timers: TimersPower,
  logger: Parameters<typeof listModels>[0]["logger"],
): AnyOperation {
  return defineOperation({
    name: "models.list",
    summary: "Lists the models of every provider that answers.",
    scope: "read",
    rest: { method: "GET", path: "/api/models", status: 200 },
    input: v.strictObject({}),
    output: v.strictObject({
      /** The model that a conversation gets where nobody asks for one. */
      default: v.nullable(v.string()),
      items: v.array(
        v.strictObject({
          id: v.string(),
          provider: v.string(),
          contextTokens: v.nullable(v.number()),
          outputTokensMax: v.nullable(v.number()),
        }),
      ),
      /** Providers that could not say what they have. */
      failures: v.array(v.strictObject({ provider: v.string(), message: v.string() })),
    }),
    problems: [],
    run: async (_input, call) => {
      const agent = config.agents.get(defaultAgentName);
      const wished = agent?.model ?? config.model;
      const preferred = agent === undefined ? undefined : firstPreferred(config, providers, agent);
      const first = preferred === undefined ? null : modelNameOf(preferred);
      const { modelListTimeoutMs: timeoutMs } = config;
      const listed = await listModels({ providers, timers, timeoutMs, logger, signal: call.signal });
      return { default: wished ?? first, ...listed };
    },
  });
}
