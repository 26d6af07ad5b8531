// Lathe as a subject of the harness: the composed runtime with everything on, without a transport.
import type { DurableEvent } from "@lathe/kernel";
import { benchConversation, type InProcessBench, openBench } from "../in-process.ts";
import type { HistoryMessage, Session, Subject, TurnRequest } from "../subject.ts";

export const lathe: Subject = {
  name: "lathe",
  open: (baseUrl, options) => openSession(baseUrl, options, true),
};

/** The same with a store in memory and no journal: what keeping costs is the difference. */
export const latheUnrecorded: Subject = {
  name: "lathe-unrecorded",
  open: (baseUrl, options) => openSession(baseUrl, options, false),
};

async function openSession(
  baseUrl: string,
  options: Parameters<Subject["open"]>[1],
  record: boolean,
): Promise<Session> {
  const bench = await openBench({ baseUrl, record, ...options });
  const prepared = new Map<readonly HistoryMessage[], string[]>();
  return {
    prepare: async (history, turnCount) => {
      const ids = prepared.get(history) ?? [];
      prepared.set(history, ids);
      for (let index = 0; index < turnCount; index++) ids.push(await seedConversation(bench, history));
    },
    turn: async ({ history, text, model, onText }: TurnRequest) => {
      const id = prepared.get(history)?.pop();
      const turn = { text, model, onText };
      const result = id === undefined ? await bench.turn(turn) : await bench.turnIn(id, turn);
      const { inputTokens, outputTokens } = result.usage;
      return { ...result, usage: { inputTokens: inputTokens ?? 0, outputTokens: outputTokens ?? 0 } };
    },
    settle: () => bench.settle(),
    close: () => bench.close(),
  };
}

async function seedConversation(bench: InProcessBench, history: readonly HistoryMessage[]): Promise<string> {
  const { id } = await bench.conversations.create(benchConversation);
  const events = history.map((message, index) => eventOf(id, message, index));
  for (let at = 0; at < events.length; at += 500)
    await bench.conversations.append(id, events.slice(at, at + 500));
  return id;
}

function eventOf(conversationId: string, message: HistoryMessage, index: number): DurableEvent {
  const turnId = `trn_seed${index}`;
  const content = [{ type: "text" as const, text: message.content }];
  if (message.role === "user") return { type: "user-message", conversationId, turnId, content };
  return {
    type: "step-complete",
    conversationId,
    turnId,
    stepId: `${turnId}#0`,
    index: 0,
    provider: "openai",
    model: "fake",
    finishReason: "stop",
    message: { role: "assistant", provider: "openai", model: "fake", content },
    toolResults: [],
    toolCalls: [],
    usage: null,
    contextSize: null,
    metrics: { startedAtMs: 0, timeToFirstTokenMs: null, decodeMs: null, totalMs: 0 },
  };
}
