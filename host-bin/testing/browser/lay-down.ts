// Conversations that are long already when the daemon starts: written into its store, without a model and without it.
import { ConversationsService, type DurableEvent } from "@lathe/kernel";
import { compose } from "../../compose.ts";
import type { Stage } from "../stage.ts";

/** A turn as it is written: a question, a step that calls a tool, a step that answers, and the end. */
export interface WrittenTurn {
  readonly asked: string;
  readonly tool: string;
  readonly argumentsText: string;
  readonly output: string;
  readonly answer: string;
}

/** How many entries each of the turns has. */
export const turnEntryCount = 5;

/** Writes so many turns into one conversation and returns its id. The turns are called `trn_0`, `trn_1`, ... */
export async function layDown(
  stage: Stage,
  turnCount: number,
  turnAt: (number: number) => WrittenTurn = plainTurn,
): Promise<string> {
  const { stateFolder } = stage.home;
  const composition = await compose({ stateFolder, only: ["storage-lmdb", "conversation-store"] });
  try {
    const conversations = composition.use(ConversationsService);
    const draft = {
      owner: "local",
      title: "A long one",
      agent: "default",
      model: null,
      cwd: stage.workFolder,
    };
    const { id } = await conversations.create(draft);
    for (let first = 0; first < turnCount; first += turnsPerCommit) {
      const count = Math.min(turnsPerCommit, turnCount - first);
      const turns = Array.from({ length: count }, (_, index) =>
        eventsOf(id, first + index, turnAt(first + index)),
      );
      await conversations.append(id, turns.flat());
    }
    return id;
  } finally {
    await composition.close();
  }
}

const turnsPerCommit = 100;
const usage = {
  inputTokens: 90,
  outputTokens: 30,
  cacheReadTokens: 60,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
};
const spoken = { provider: "openai", model: "test" } as const;
const metrics = { startedAtMs: 0, timeToFirstTokenMs: 1, decodeMs: 1, totalMs: 2 };

function plainTurn(number: number): WrittenTurn {
  const list = Array.from({ length: 1 + (number % 4) }, (_, index) => `- point ${index} of ${number}`).join(
    "\n",
  );
  return {
    asked: `Question number ${number}?`,
    tool: "read_file",
    argumentsText: JSON.stringify({ path: `src/part-${number}.ts` }),
    output: `export const part = ${number};\n`,
    answer: `Answer number ${number} is **here**.\n\n${list}\n\n\`\`\`ts\nconst part = ${number};\n\`\`\`\n`,
  };
}

function eventsOf(conversationId: string, number: number, written: WrittenTurn): readonly DurableEvent[] {
  const { asked, tool, argumentsText, output, answer } = written;
  const turn = { conversationId, turnId: `trn_${number}` };
  const callId = `call_${number}`;
  const call = { type: "tool-call", callId, name: tool, argumentsText } as const;
  const result = { role: "tool", callId, toolName: tool, content: output, isError: false } as const;
  return [
    { ...turn, type: "user-message", content: [{ type: "text", text: asked }] },
    {
      ...turn,
      ...spoken,
      type: "step-complete",
      stepId: `trn_${number}#0`,
      index: 0,
      finishReason: "tool-calls",
      message: { role: "assistant", ...spoken, content: [call] },
      toolResults: [result],
      toolCalls: [{ callId, outcome: "ok", startedAtMs: 0, durationMs: 1 }],
      usage,
      contextSize: 120,
      metrics,
    },
    {
      ...turn,
      ...spoken,
      type: "step-complete",
      stepId: `trn_${number}#1`,
      index: 1,
      finishReason: "stop",
      message: { role: "assistant", ...spoken, content: [{ type: "text", text: answer }] },
      toolResults: [],
      toolCalls: [],
      usage,
      contextSize: 120,
      metrics,
    },
    { ...turn, type: "done", finishReason: "stop", stepCount: 2, durationMs: 4, usage, contextSize: 120 },
    { ...turn, type: "turn-sealed" },
  ];
}
