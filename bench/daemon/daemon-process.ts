// A daemon with everything on, in a process whose CPU can be asked for.
//
// Tasks: `open`, `seed` (a conversation with entries), `begin` (an empty conversation), `turn`, `settle`, `cpuUs`.

import { setTimeout as sleep } from "node:timers/promises";
import { type Daemon, startDaemon } from "@lathe/host-bin/daemon/start-daemon.ts";
import { ConversationsService, LogSinks, TurnsService } from "@lathe/kernel";
import { answerAsActor } from "../harness/actor.ts";
import { prompt } from "../harness/conversation.ts";
import { benchConversation } from "../in-process.ts";
import { turnEntries } from "../lathe/seeded-turns.ts";

export interface DaemonOpening {
  readonly stateFolder: string;
  /** Base URL of the model server. */
  readonly modelUrl: string;
}

export interface DaemonAddress {
  readonly url: string;
  readonly token: string;
}

export interface TurnToRun {
  readonly conversationId: string;
  readonly model: string;
}

const crowd = { connectionCountMax: 4_096 };
let daemon: Daemon | undefined;

function opened(): Daemon {
  if (daemon === undefined) throw new Error("The daemon was not opened.");
  return daemon;
}

async function open({ stateFolder, modelUrl }: DaemonOpening): Promise<DaemonAddress> {
  daemon = await startDaemon({
    config: {
      stateFolder,
      port: 0,
      drainGraceMs: 0,
      extensions: {
        "transport-http": { port: 0, ...crowd },
        "transport-ws": { ...crowd, heartbeatMs: 600_000 },
      },
      disabled: [],
      files: [],
      warnings: [],
    },
    environment: { OPENAI_API_KEY: "bench", OPENAI_BASE_URL: modelUrl },
    fatal: (reason) => {
      throw reason;
    },
    tell: (sentence) => console.error(sentence),
  });
  return { url: daemon.url, token: daemon.token };
}

async function begin(): Promise<string> {
  const { id } = await opened().composition.use(ConversationsService).create(benchConversation);
  return id;
}

/** Gives the id of a conversation that has so many turns of five entries each. */
async function seed(turnCount: number): Promise<string> {
  const conversations = opened().composition.use(ConversationsService);
  const id = await begin();
  for (let from = 0; from < turnCount; from += 100) {
    const count = Math.min(100, turnCount - from);
    const turns = Array.from({ length: count }, (_, index) => turnEntries(id, from + index));
    await conversations.append(id, turns.flat());
  }
  return id;
}

const pollMs = 5;

/** Runs one turn and settles when it has sealed. Nobody follows it for that: a follower would cost something. */
async function turn({ conversationId, model }: TurnToRun): Promise<void> {
  const { composition } = opened();
  const conversations = composition.use(ConversationsService);
  await composition.use(TurnsService).send(conversationId, { text: prompt, model: `openai/${model}` });
  while ((await conversations.get(conversationId))?.state !== "idle") await sleep(pollMs);
}

async function settle(): Promise<void> {
  const sinks = opened().composition.host.contributions(LogSinks).all();
  await Promise.all(sinks.map(({ item }) => item.flush?.()));
}

answerAsActor({
  open,
  begin,
  seed,
  turn,
  settle,
  cpuUs: () => {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
});
