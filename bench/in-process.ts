// Lathe in one process, without a transport: for measuring it beside others in one run.
import type { FoundExtension } from "@lathe/extension-host";
import { type Composition, compose } from "@lathe/host-bin/compose.ts";
import {
  type ConversationEvent,
  type Conversations,
  ConversationsService,
  LogSinks,
  type NewConversation,
  type TurnDone,
  type Turns,
  TurnsService,
  type Usage,
} from "@lathe/kernel";
import { memoryStorageExtension } from "./lathe/memory-storage-extension.ts";
import { type InProcessTool, toolsExtension } from "./lathe/tools-extension.ts";

export type { InProcessTool } from "./lathe/tools-extension.ts";

export interface InProcessOptions {
  /** Base URL of a chat completions server, ending in `/v1`. */
  readonly baseUrl: string;
  /** An existing folder of this session alone. */
  readonly stateDir: string;
  readonly tools: readonly InProcessTool[];
  /** Taken in place of the built-in extensions of the same folders, and beside the others. */
  readonly extra?: readonly FoundExtension[];
  /** False leaves out the durable store, the traces and the journal. Default: true. */
  readonly record?: boolean;
}

export interface InProcessTurn {
  readonly text: string;
  /** The server's name of the model. Default: the first that the server lists. */
  readonly model?: string;
  /** Receives each piece of text as it arrives, in order. */
  readonly onText?: (text: string) => void;
}

export interface InProcessResult {
  /** The text of the last step. */
  readonly text: string;
  /** Of all model calls of the turn. */
  readonly usage: Usage;
  /** Model calls. */
  readonly steps: number;
}

export interface InProcessBench {
  /** One turn in a fresh conversation. Rejects when the turn does not end with an answer. */
  turn(turn: InProcessTurn): Promise<InProcessResult>;
  /** One turn in a conversation that exists. */
  turnIn(conversationId: string, turn: InProcessTurn): Promise<InProcessResult>;
  readonly conversations: Conversations;
  /** Settles when everything that the turns recorded is on disk. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** What a conversation of the bench begins as. */
export const benchConversation: NewConversation = {
  owner: "bench",
  title: null,
  agent: "default",
  model: null,
  cwd: process.cwd(),
};

export async function openBench(options: InProcessOptions): Promise<InProcessBench> {
  const record = options.record ?? true;
  const extra: FoundExtension[] = [toolsExtension(options.tools), ...(options.extra ?? [])];
  if (!record) extra.push(memoryStorageExtension());
  const composition = await compose({
    stateFolder: options.stateDir,
    environment: { OPENAI_API_KEY: "bench", OPENAI_BASE_URL: options.baseUrl },
    without: [
      "transport-http",
      "transport-ws",
      "tools-files",
      "tools-shell",
      ...(options.extra ?? []).map(({ folder }) => folder),
      ...(record ? [] : ["storage-lmdb", "trace-journal", "trace-store"]),
    ],
    extra,
  });
  try {
    if (record) refuseUnrecorded(composition);
    return new OpenBench(composition, options.baseUrl);
  } catch (failure) {
    await composition.close();
    throw failure;
  }
}

const recording = [
  "agents",
  "run-registry",
  "snapshot-store",
  "storage-lmdb",
  "trace-journal",
  "trace-store",
];

/** What does not keep everything would look fast. */
function refuseUnrecorded({ host }: Composition): void {
  for (const { id, kind, reason } of host.report()) {
    if (recording.includes(id) && kind !== "active") throw new Error(`${id} is not active: ${reason}`);
  }
}

class OpenBench implements InProcessBench {
  readonly conversations: Conversations;
  readonly #composition: Composition;
  readonly #turns: Turns;
  readonly #baseUrl: string;
  #defaultModel: Promise<string> | undefined;

  constructor(composition: Composition, baseUrl: string) {
    this.#composition = composition;
    this.#baseUrl = baseUrl;
    this.#turns = composition.use(TurnsService);
    this.conversations = composition.use(ConversationsService);
  }

  async turn(turn: InProcessTurn): Promise<InProcessResult> {
    const { id } = await this.conversations.create(benchConversation);
    return this.turnIn(id, turn);
  }

  async turnIn(conversationId: string, turn: InProcessTurn): Promise<InProcessResult> {
    this.#defaultModel ??= turn.model === undefined ? firstModel(this.#baseUrl) : undefined;
    const model = `openai/${turn.model ?? (await this.#defaultModel)}`;
    const { turnId, seq } = await this.#turns.send(conversationId, { text: turn.text, model });
    return new Promise((resolve, reject) => {
      const follower = new Follower(turnId, turn.onText ?? (() => {}));
      // The message and the turn's start are known already: what counts comes after them.
      const stop = this.#turns.subscribe(conversationId, seq + 1, {
        onEvent: (event) => {
          const done = follower.take(event);
          if (done === undefined) return;
          stop();
          if (done.finishReason === "stop")
            resolve({ text: follower.text, usage: done.usage, steps: done.stepCount });
          else reject(new Error(`The turn ended with ${done.finishReason}: ${done.failure?.message ?? ""}`));
        },
        onEnd: (reason) => reject(new Error(`The turn could not be followed: ${reason}.`)),
      });
    });
  }

  async settle(): Promise<void> {
    const sinks = this.#composition.host.contributions(LogSinks).all();
    await Promise.all(sinks.map(({ item }) => item.flush?.()));
  }

  async close(): Promise<void> {
    await this.#composition.drain(1_000);
    await this.#composition.close();
  }
}

/** Folds one turn's events into the text of its last step and its end. */
class Follower {
  text = "";
  readonly #turnId: string;
  readonly #onText: (text: string) => void;
  #done: TurnDone | undefined;

  constructor(turnId: string, onText: (text: string) => void) {
    this.#turnId = turnId;
    this.#onText = onText;
  }

  /** Returns the turn's end as soon as the turn has sealed. */
  take(event: ConversationEvent): TurnDone | undefined {
    if (!("turnId" in event) || event.turnId !== this.#turnId) return undefined;
    switch (event.type) {
      case "step-start":
        this.text = "";
        return undefined;
      case "text-delta":
        this.text += event.text;
        this.#onText(event.text);
        return undefined;
      case "step-partial":
        for (const part of event.events) this.take(part);
        return undefined;
      case "done":
        this.#done = event;
        return undefined;
      default:
        return event.type === "turn-sealed" ? this.#done : undefined;
    }
  }
}

async function firstModel(baseUrl: string): Promise<string> {
  const response = await fetch(`${baseUrl}/models`);
  const { data } = (await response.json()) as { data: { id: string }[] };
  const first = data[0]?.id;
  if (first === undefined) throw new Error("The server lists no model; name one.");
  return first;
}
