// C11: two hundred clients lose their connections in the middle of a turn, and come back with positions of every kind.
import { once } from "node:events";
import { request as askOverHttp, type IncomingMessage } from "node:http";
import { connect } from "@lathe/client";
import type { ConversationEvent } from "@lathe/kernel";
import { conversationsStream } from "@lathe/wire/operations";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { chatEnd, chatText } from "../testing/chat-answers.ts";
import type { DaemonProcess } from "../testing/daemon-process.ts";
import { readEvents } from "../testing/read-events.ts";
import { Stage } from "../testing/stage.ts";
import { fold, type WatchedConversation, type WatchedTurn } from "../testing/watched-conversation.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const clientCount = 200;
const backoff = { baseMs: 20, maxMs: 200 };

let stage: Stage;
let daemon: DaemonProcess;
let conversation: WatchedConversation;
let gate: PromiseWithResolvers<unknown>;
let turn: WatchedTurn;
/** Position of the last entry while the turn is held up. */
let head: number;

/** Some turns that are over, and one that is in the middle of its answer. */
beforeEach(async () => {
  stage = await Stage.open();
  daemon = await stage.start();
  conversation = await stage.begin(daemon);
  for (const text of ["One.", "Two.", "Three."]) await conversation.ask(text);
  gate = Promise.withResolvers<unknown>();
  stage.server.next({ pieces: [chatText("Half "), () => gate.promise, chatText("an answer."), chatEnd()] });
  turn = conversation.send("And now?");
  await turn.seen("text-delta");
  head = (await conversation.entries()).length;
});
afterEach(() => stage.close());

interface Position {
  readonly sent: string | undefined;
  /** What it comes to; undefined = none of this log. */
  readonly seq: number | undefined;
}

/** A different mixture at each run; the numbers that were taken are in the failure's message. */
function somePosition(): Position {
  const within = Math.floor(Math.random() * (head + 1));
  const positions: readonly Position[] = [
    { sent: undefined, seq: 0 },
    { sent: "0", seq: 0 },
    { sent: String(head), seq: head },
    { sent: String(within), seq: within },
    { sent: String(head + 1), seq: undefined },
    { sent: "-1", seq: undefined },
    { sent: "NaN", seq: undefined },
    { sent: "9223372036854775808", seq: undefined },
    { sent: "1e3", seq: undefined },
    { sent: "x".repeat(8_000), seq: undefined },
  ];
  return positions[Math.floor(Math.random() * positions.length)] as Position;
}

function openStream(sent: string | undefined): Promise<IncomingMessage> {
  const url = new URL(`/api/conversations/${conversation.id}/stream`, daemon.url);
  const headers = {
    accept: "text/event-stream",
    authorization: `Bearer ${daemon.token}`,
    ...(sent === undefined ? {} : { "last-event-id": sent }),
  };
  return new Promise((resolve, reject) => {
    askOverHttp(url, { headers, agent: false }, resolve).on("error", reject).end();
  });
}

/** What one is shown until the turn is sealed, and when it has joined: the step in flight comes last of a replay. */
class Follower {
  readonly shown: ConversationEvent[] = [];
  readonly joined: Promise<void>;
  readonly over: Promise<void>;

  constructor(events: AsyncIterable<ConversationEvent>) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.joined = promise;
    this.over = this.#follow(events, resolve);
    this.over.catch(reject);
  }

  get entries(): readonly ConversationEvent[] {
    return this.shown.filter((event) => "seq" in event);
  }

  async #follow(events: AsyncIterable<ConversationEvent>, onJoined: () => void): Promise<void> {
    for await (const event of events) {
      this.shown.push(event);
      if (event.type === "step-partial") onJoined();
      if (event.type === "turn-sealed" && event.seq > head) return;
    }
    throw new Error(`The stream ended early: ${this.shown.map(({ type }) => type).join(" ")}`);
  }
}

async function* eventsAfter(sent: string | undefined): AsyncGenerator<ConversationEvent> {
  const response = await openStream(sent);
  expect(response.statusCode).toBe(200);
  for await (const json of readEvents(response)) yield JSON.parse(json) as ConversationEvent;
}

/** The turn goes on when everyone is there: a position beyond its end is then none that it has reached meanwhile. */
async function goOnWhenJoined(followers: readonly Follower[]): Promise<void> {
  await Promise.all(followers.map(({ joined }) => joined));
  gate.resolve(undefined);
  await Promise.all(followers.map(({ over }) => over));
  await turn.ended;
}

/** They come, and are gone before or behind the first bytes that they are sent. */
async function storm(): Promise<void> {
  await Promise.all(
    Array.from({ length: clientCount }, async () => {
      const response = await openStream(somePosition().sent);
      if (Math.random() < 0.5) await once(response, "data");
      response.destroy();
    }),
  );
}

test("C11, G8: after the storm everyone is shown exactly what was missing, or a reset and then everything", async () => {
  await storm();
  const positions = Array.from({ length: clientCount }, somePosition);
  const followers = positions.map(({ sent }) => new Follower(eventsAfter(sent)));
  await goOnWhenJoined(followers);
  const entries = await conversation.entries();
  for (const [at, { sent, seq }] of positions.entries()) {
    const { shown, entries: own } = followers[at] as Follower;
    const events = shown.filter(({ type }) => type !== "snapshot");
    expect({ sent, own }).toEqual({ sent, own: entries.slice(seq ?? 0) });
    expect({ sent, isReset: events[0]?.type === "reset" }).toEqual({ sent, isReset: seq === undefined });
    // With what the client had before, it holds the whole conversation.
    expect(fold([...entries.slice(0, seq ?? 0), ...events])).toEqual(fold(entries));
  }
});

test("C11: a header of a megabyte is refused, and nobody else notices", async () => {
  const follower = new Follower(eventsAfter("0"));
  const answers = await Promise.allSettled(
    Array.from({ length: 20 }, () => openStream("9".repeat(1_048_576))),
  );
  for (const answer of answers) {
    if (answer.status === "fulfilled") expect(answer.value.statusCode).toBe(431);
    else expect(answer.reason).toMatchObject({ code: expect.stringMatching(/^(ECONNRESET|EPIPE)$/) });
  }
  await goOnWhenJoined([follower]);
  expect(follower.entries).toEqual(await conversation.entries());
});

const transports = ["http", "websocket"] as const;

test.each(transports)("C11: two hundred clients of the library come back over %s", async (transport) => {
  const clients = Array.from({ length: clientCount }, () =>
    connect({ url: daemon.url, token: daemon.token, transport, backoff }),
  );
  const some = [0, head, head + 1, -1, Number.NaN, 2 ** 63];
  const positions = clients.map(() => some[Math.floor(Math.random() * some.length)] as number);
  const followers = clients.map((client, at) => {
    const options = { after: positions[at] as number };
    return new Follower(client.follow(conversationsStream, { id: conversation.id }, options));
  });
  await goOnWhenJoined(followers);
  const entries = await conversation.entries();
  for (const [at, after] of positions.entries()) {
    const own = followers[at]?.entries;
    expect({ after, own }).toEqual({ after, own: entries.slice(after === head ? head : 0) });
  }
  for (const client of clients) client.close();
});
