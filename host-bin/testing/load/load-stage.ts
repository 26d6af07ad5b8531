// A daemon that can be measured, with room for many clients, and the model server that it asks.
import type { Admission, Conversation, DurableEvent } from "@lathe/kernel";
import { ConversationsService } from "@lathe/kernel";
import { compose } from "../../compose.ts";
import type { DaemonProcess } from "../daemon-process.ts";
import type { Transport } from "../law/follow-once.ts";
import { measuredDaemon } from "../measured/measure.ts";
import { Stage } from "../stage.ts";
import { Witness } from "./witness.ts";

export interface LoadStageOptions {
  readonly http?: object;
  readonly ws?: object;
  /** Settings of other extensions, by their ids. */
  readonly extensions?: Readonly<Record<string, object>>;
  /** How many entries a conversation has that is there from the start. */
  readonly entryCount?: number;
  readonly argv?: readonly string[];
}

export class LoadStage implements AsyncDisposable {
  readonly stage: Stage;
  readonly daemon: DaemonProcess;
  /** Of the conversation that is there from the start, where one was asked for. */
  readonly conversationId: string;
  readonly #witnesses: Witness[] = [];

  private constructor(stage: Stage, daemon: DaemonProcess, conversationId: string) {
    this.stage = stage;
    this.daemon = daemon;
    this.conversationId = conversationId;
  }

  static async open(options: LoadStageOptions = {}): Promise<LoadStage> {
    const room = { connectionCountMax: 20_000 };
    const extensions = {
      ...options.extensions,
      "transport-http": { ...room, ...options.http },
      "transport-ws": { ...room, closeGraceMs: 60_000, ...options.ws },
    };
    const stage = await Stage.open({ config: { extensions } });
    const conversationId = options.entryCount === undefined ? "" : await layDown(stage, options.entryCount);
    const daemon = await stage.start({ program: measuredDaemon, argv: options.argv ?? [] });
    return new LoadStage(stage, daemon, conversationId);
  }

  async begin(): Promise<string> {
    const draft = { cwd: this.stage.workFolder };
    return (await this.daemon.client.call<Conversation>("POST", "/api/conversations", draft)).id;
  }

  send(conversationId: string, text: string): Promise<Admission> {
    return this.daemon.client.call("POST", `/api/conversations/${conversationId}/messages`, { text });
  }

  async witness(transport: Transport, conversationId: string, after?: Witness): Promise<Witness> {
    const { daemon } = this;
    const place = { daemon, transport, conversationId };
    const witness = await Witness.open(after === undefined ? place : { ...place, after });
    this.#witnesses.push(witness);
    return witness;
  }

  /** Half of them over each transport; so many at a time are on their way. */
  async witnesses(count: number, conversationId: string, atOnce = 50): Promise<readonly Witness[]> {
    const opened: Witness[] = [];
    const openNext = async (): Promise<void> => {
      while (opened.length < count) {
        const at = opened.length;
        opened.length = at + 1;
        opened[at] = await this.witness(at % 2 === 0 ? "websocket" : "sse", conversationId);
      }
    };
    await Promise.all(Array.from({ length: Math.min(count, atOnce) }, openNext));
    return opened;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const witness of this.#witnesses) witness.leave();
    await this.stage.close();
  }
}

/** Settles when this holds; a client's events are waited for, and not a time. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: string,
  patienceMs = 120_000,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`Waited in vain for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Writes turns of many steps into the store, without a model and without a daemon. */
async function layDown(stage: Stage, entryCount: number): Promise<string> {
  const { stateFolder } = stage.home;
  const composition = await compose({ stateFolder, only: ["storage-lmdb", "conversation-store"] });
  try {
    const conversations = composition.use(ConversationsService);
    const draft = { owner: "local", title: null, agent: "default", model: null, cwd: stage.workFolder };
    const { id } = await conversations.create(draft);
    for (let turn = 0; turn * stepCount < entryCount; turn += 1)
      await conversations.append(id, turnOf(id, turn, Math.min(stepCount, entryCount - turn * stepCount)));
    return id;
  } finally {
    await composition.close();
  }
}

const stepCount = 500;

/** As many entries, of which the first and the last two are the turn's own. */
function turnOf(conversationId: string, number: number, entryCount: number): readonly DurableEvent[] {
  const turn = { conversationId, turnId: `trn_${number}` };
  const usage = {
    inputTokens: 1,
    outputTokens: 1,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
  };
  const steps = Array.from({ length: entryCount - 3 }, (_, index): DurableEvent => {
    const text = `Step ${index} of turn ${number}: ${"word ".repeat(40)}`;
    const message = {
      role: "assistant",
      provider: "openai",
      model: "test",
      content: [{ type: "text", text }],
    } as const;
    return {
      ...turn,
      ...{
        type: "step-complete",
        stepId: `${turn.turnId}#${index}`,
        index,
        provider: "openai",
        model: "test",
      },
      ...{ finishReason: "stop", message, toolResults: [], toolCalls: [], usage, contextSize: 2 },
      metrics: { startedAtMs: 0, timeToFirstTokenMs: 1, decodeMs: 1, totalMs: 2 },
    };
  });
  return [
    { ...turn, type: "user-message", content: [{ type: "text", text: "Go on." }] },
    ...steps,
    {
      ...turn,
      ...{
        type: "done",
        finishReason: "stop",
        stepCount: steps.length,
        durationMs: 2,
        usage,
        contextSize: 2,
      },
    },
    { ...turn, type: "turn-sealed" },
  ];
}
