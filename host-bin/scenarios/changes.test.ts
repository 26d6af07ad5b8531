// The change feeds on a real daemon, through the client library: one acts, another sees every final state, also when his
// connection breaks meanwhile and when the daemon is killed, and nobody sees what is another's.
import { fileURLToPath } from "node:url";
import { type Client, connect } from "@lathe/client";
import { CuttingProxy } from "@lathe/client/testing";
import type { Conversation, Run } from "@lathe/kernel";
import {
  conversationsChanges,
  conversationsCreate,
  conversationsDelete,
  conversationsFork,
  conversationsList,
  conversationsSend,
  conversationsStop,
  conversationsStream,
  conversationsUpdate,
  runsChanges,
  runsCreate,
  runsDelete,
  runsList,
  runsStop,
} from "@lathe/wire/operations";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { chatAnswer, chatText } from "../testing/chat-answers.ts";
import { type DaemonProcess, killDaemonProcess } from "../testing/daemon-process.ts";
import { guestTokens } from "../testing/guests.ts";
import { Stage } from "../testing/stage.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const program = fileURLToPath(new URL("../testing/trouble-daemon.ts", import.meta.url));
const transports = ["http", "websocket"] as const;
type Transport = (typeof transports)[number];
const backoff = { baseMs: 5, maxMs: 50 };
const patience = { timeout: 30_000, interval: 20 };

let stage: Stage;
let daemon: DaemonProcess;
// One for each transport: a connection that one leaves open may carry the next.
let proxies: Readonly<Record<Transport, CuttingProxy>>;
beforeAll(async () => {
  proxies = { http: await CuttingProxy.open(), websocket: await CuttingProxy.open() };
  const allowedHosts = Object.values(proxies).map(({ url }) => new URL(url).host);
  stage = await Stage.open({ config: { extensions: { "transport-http": { allowedHosts } } } });
  await startDaemon();
});
afterEach(() => stage.server.forget());
afterAll(async () => {
  await stage.close();
  for (const proxy of Object.values(proxies)) await proxy[Symbol.asyncDispose]();
});

async function startDaemon(): Promise<void> {
  daemon = await stage.start({ program });
  for (const proxy of Object.values(proxies)) proxy.port = Number(new URL(daemon.url).port);
}

/** Both lists as one client shows them: read at each start of the feed, and then as the feed tells. */
class Watcher implements Disposable {
  readonly conversations = new Map<string, Conversation>();
  readonly runs = new Map<string, Run>();
  /** Every state that was seen of a conversation, in order. */
  readonly states: string[] = [];
  startCount = 0;
  readonly #client: Client;
  readonly #leaving = new AbortController();

  constructor(client: Client) {
    this.#client = client;
    for (const following of [this.#followConversations(), this.#followRuns()])
      following.catch((failure: unknown) => {
        if (!this.#leaving.signal.aborted) throw failure;
      });
  }

  [Symbol.dispose](): void {
    this.#leaving.abort();
  }

  async #followConversations(): Promise<void> {
    const { signal } = this.#leaving;
    for await (const event of this.#client.follow(conversationsChanges, {}, { signal })) {
      if (event.type === "feed-start") {
        this.startCount += 1;
        await this.#refill(this.conversations, listedConversations);
      } else if (event.conversation === null) this.conversations.delete(event.conversationId);
      else {
        this.conversations.set(event.conversationId, event.conversation);
        this.states.push(event.conversation.state);
      }
    }
  }

  async #followRuns(): Promise<void> {
    const { signal } = this.#leaving;
    for await (const event of this.#client.follow(runsChanges, {}, { signal })) {
      if (event.type === "feed-start") await this.#refill(this.runs, listedRuns);
      else if (event.run === null) this.runs.delete(event.runId);
      else this.runs.set(event.runId, event.run);
    }
  }

  async #refill<Row extends { readonly id: string }>(
    rows: Map<string, Row>,
    read: (client: Client) => Promise<readonly Row[]>,
  ): Promise<void> {
    // The connection may break again while the list is read.
    for (let all: readonly Row[] | undefined; all === undefined && !this.#leaving.signal.aborted; ) {
      all = await read(this.#client).catch(() => undefined);
      if (all === undefined) await new Promise((resolve) => setTimeout(resolve, backoff.baseMs));
      else rows.clear();
      for (const row of all ?? []) rows.set(row.id, row);
    }
  }

  /** Settles when this client shows what the daemon says to somebody who asks now. */
  async shows(asker: Client): Promise<void> {
    await expect
      .poll(async () => {
        const [conversations, runs] = [await listedConversations(asker), await listedRuns(asker)];
        const isInOrder = inOrder([...this.conversations.values()]).join() === idsOf(conversations).join();
        return [difference(this.conversations, conversations), difference(this.runs, runs), isInOrder];
      }, patience)
      .toEqual([[], [], true]);
  }
}

/** As lists are said to be. */
function inOrder(conversations: readonly Conversation[]): readonly string[] {
  return idsOf(
    conversations.toSorted(
      (one, other) => other.lastActiveAtMs - one.lastActiveAtMs || (other.id < one.id ? -1 : 1),
    ),
  );
}

function idsOf(conversations: readonly Conversation[]): readonly string[] {
  return conversations.map(({ id }) => id);
}

function difference<Row extends { readonly id: string }>(
  shown: ReadonlyMap<string, Row>,
  listed: readonly Row[],
): readonly unknown[] {
  const texts = new Set(listed.map((row) => JSON.stringify(row)));
  const missing = listed.filter((row) => !shown.has(row.id)).map(({ id }) => `${id} is not shown`);
  const other = [...shown.values()].filter((row) => !texts.has(JSON.stringify(row)));
  return [...missing, ...other];
}

async function listedConversations(client: Client): Promise<readonly Conversation[]> {
  const { items, nextCursor } = await client.call(conversationsList, { limit: 200 });
  expect(nextCursor).toBeNull();
  return items;
}

async function listedRuns(client: Client): Promise<readonly Run[]> {
  const { items, nextCursor } = await client.call(runsList, { limit: 200 });
  expect(nextCursor).toBeNull();
  return items;
}

async function say(client: Client, id: string, text: string): Promise<void> {
  const { seq, turnId } = await client.call(conversationsSend, { id, text });
  for await (const event of client.follow(conversationsStream, { id }, { after: seq - 1 }))
    if (event.type === "turn-sealed" && event.turnId === turnId) return;
}

/** Everything that changes a list, and some of it in one go. */
async function actAsPeopleDo(client: Client): Promise<void> {
  const cwd = stage.workFolder;
  const [first, second, third] = await Promise.all([
    client.call(conversationsCreate, { cwd }),
    client.call(conversationsCreate, { cwd, title: "Given" }),
    client.call(conversationsCreate, { cwd }),
  ]);
  for (let count = 0; count < 3; count += 1) stage.server.next({ pieces: chatAnswer("Yes.") });
  await say(client, first.id, "\n  What   is new? \nTell me.");
  await say(client, second.id, "And now?");
  await client.call(conversationsUpdate, { id: second.id, title: "Another", model: "openai/other" });
  const { lastSeq } = (await listedConversations(client)).find(({ id }) => id === first.id) ?? first;
  await client.call(conversationsFork, { id: first.id, seq: lastSeq });
  await client.call(conversationsDelete, { id: third.id });
  const run = await client.call(runsCreate, { kind: "turn", input: "Go.", conversationId: second.id });
  await expect
    .poll(async () => (await listedRuns(client)).find(({ id }) => id === run.id)?.status, patience)
    .toBe("succeeded");
  const askedCount = stage.server.requests.length;
  stage.server.next({ pieces: [chatText("Half")], ending: "hang" });
  const hanging = await client.call(runsCreate, { kind: "turn", input: "Wait.", conversationId: first.id });
  // One that was stopped before it has asked would leave its answer to somebody else.
  await stage.server.received(askedCount);
  await client.call(runsStop, { id: hanging.id });
  await expect
    .poll(async () => (await listedRuns(client)).find(({ id }) => id === hanging.id)?.status, patience)
    .toBe("stopped");
  await client.call(runsDelete, { id: run.id });
}

function connectAs(name: keyof typeof guestTokens, transport: Transport, url = daemon.url): Client {
  return connect({ url, token: guestTokens[name], transport, backoff });
}

describe.each(transports)("over %s", (transport) => {
  test("B1: one client acts, another sees every final state, and another principal sees nothing of it", async () => {
    using ann = connectAs("ann", transport);
    using otherOfAnn = connectAs("ann", transport);
    using bob = connectAs("bob", transport);
    using local = connect({ url: daemon.url, token: daemon.token, transport, backoff });
    using annSees = new Watcher(otherOfAnn);
    using bobSees = new Watcher(bob);
    using localSees = new Watcher(local);
    await actAsPeopleDo(ann);
    await annSees.shows(ann);
    await localSees.shows(local);
    expect([...annSees.conversations.values()].map(({ title }) => title)).toEqual(
      expect.arrayContaining(["What is new?", "Another"]),
    );
    expect(annSees.startCount).toBe(1);
    expect([bobSees.conversations.size, bobSees.runs.size, bobSees.states]).toEqual([0, 0, []]);
  });

  test("a turn is seen to begin and to end in a list", async () => {
    using ann = connectAs("ann", transport);
    using otherOfAnn = connectAs("ann", transport);
    const { id } = await ann.call(conversationsCreate, { cwd: stage.workFolder });
    using sees = new Watcher(otherOfAnn);
    stage.server.next({ pieces: [chatText("Half")], ending: "hang" });
    await ann.call(conversationsSend, { id, text: "Wait." });
    const shown = (): unknown => [
      sees.conversations.get(id)?.state,
      [...sees.runs.values()].find(({ conversationId }) => conversationId === id)?.status,
    ];
    await expect.poll(shown, patience).toEqual(["in_progress", "running"]);
    await ann.call(conversationsStop, { id });
    await expect.poll(shown, patience).toEqual(["idle", "stopped"]);
  });

  test("who loses his connection again and again shows what there is, and so he does after a kill", async () => {
    using ann = connectAs("ann", transport);
    const proxy = proxies[transport];
    proxy.cuts = [900, 2_000, 3_000, 500, 4_000, 1_500, 6_000, 2_500];
    using cut = connectAs("ann", transport, proxy.url);
    using sees = new Watcher(cut);
    await actAsPeopleDo(ann);
    await sees.shows(ann);
    expect(proxy.cutCount).toBeGreaterThan(0);
    const startCount = sees.startCount;
    const askedCount = stage.server.requests.length;
    stage.server.next({ pieces: [chatText("Half")], ending: "hang" });
    const { id } = await ann.call(conversationsCreate, { cwd: stage.workFolder, title: "Cut off" });
    await ann.call(conversationsSend, { id, text: "Wait." });
    await stage.server.received(askedCount);
    await killDaemonProcess(daemon);
    stage.server.next({ pieces: chatAnswer("Back again.") });
    await startDaemon();
    using afterwards = connectAs("ann", transport);
    await expect.poll(() => sees.conversations.get(id)?.state, patience).toBe("idle");
    await sees.shows(afterwards);
    expect(sees.startCount).toBeGreaterThan(startCount);
  });
});
