// A conversation over one WebSocket of the running daemon, and what becomes of it when the socket drops.
import { once } from "node:events";
import type { Conversation, ConversationEvent } from "@lathe/kernel";
import {
  type ClientFrame,
  type ConversationView,
  type EventFrame,
  foldEvents,
  type ServerFrame,
  ServerFrameSchema,
  type SubscribedFrame,
  socketPath,
  startView,
} from "@lathe/wire";
import * as v from "valibot";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type DaemonProcess, killDaemonProcess, startDaemonProcess } from "../testing/daemon-process.ts";
import { makeTemporaryHome, type TemporaryHome } from "../testing/temporary-home.ts";

let home: TemporaryHome;
let daemon: DaemonProcess;
beforeEach(async () => {
  home = await makeTemporaryHome();
  daemon = await startDaemonProcess(home);
});
afterEach(async () => {
  await killDaemonProcess(daemon);
  await home.remove();
});

class Client implements Disposable {
  readonly ws: WebSocket;
  readonly frames: ServerFrame[] = [];
  #askedCount = 0;
  #next: PromiseWithResolvers<void> = Promise.withResolvers();

  private constructor(ws: WebSocket) {
    this.ws = ws;
    ws.on("message", (bytes) => {
      this.frames.push(v.parse(ServerFrameSchema, JSON.parse(String(bytes))));
      this.#wake();
    });
    ws.on("error", () => {});
    ws.on("close", () => this.#wake());
  }

  static async open({ url, token }: DaemonProcess): Promise<Client> {
    const ws = new WebSocket(`${url.replace("http:", "ws:")}${socketPath}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const client = new Client(ws);
    await once(ws, "open");
    client.send({ type: "hello", protocol: "0.1.0" });
    await client.until(() => client.frames.some(({ type }) => type === "welcome"));
    return client;
  }

  send(frame: ClientFrame): void {
    this.ws.send(JSON.stringify(frame));
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.ws.readyState === WebSocket.CLOSED) throw new Error("The socket was closed.");
      await this.#next.promise;
    }
  }

  async ask<Frame extends ServerFrame>(
    type: "request" | "subscribe",
    operation: string,
    input: Record<string, string | number>,
    lastEventId?: string,
  ): Promise<Frame> {
    this.#askedCount += 1;
    const id = String(this.#askedCount);
    const from = type === "subscribe" && lastEventId !== undefined ? { lastEventId } : {};
    this.send({ type, id, operation, input, ...from });
    const isAnswer = (frame: ServerFrame): boolean => "id" in frame && frame.id === id;
    await this.until(() => this.frames.some(isAnswer));
    return this.frames.find(isAnswer) as Frame;
  }

  events(stream: string | null): readonly ConversationEvent[] {
    return this.frames
      .filter((frame): frame is EventFrame => frame.type === "event" && frame.stream === stream)
      .map(({ event }) => event as ConversationEvent);
  }

  [Symbol.dispose](): void {
    this.ws.terminate();
  }

  #wake(): void {
    this.#next.resolve();
    this.#next = Promise.withResolvers();
  }
}

async function begin(client: Client): Promise<Conversation> {
  const answer = await client.ask<{ readonly type: "response"; readonly id: string; readonly output: never }>(
    "request",
    "conversations.create",
    { model: "scripted/demo", cwd: home.folder },
  );
  expect(answer.type).toBe("response");
  return answer.output;
}

function fold(events: readonly ConversationEvent[], from: ConversationView = startView()): ConversationView {
  return events.reduce(foldEvents, from);
}

const isSealed = (events: readonly ConversationEvent[]): boolean =>
  events.some(({ type }) => type === "turn-sealed");

test("S3: a conversation over one socket, dropped in the middle of an answer and resumed, shows what one that stayed shows", async () => {
  using stayed = await Client.open(daemon);
  const { id } = await begin(stayed);
  const ofStayed = await stayed.ask<SubscribedFrame>("subscribe", "conversations.stream", { id });
  using dropping = await Client.open(daemon);
  const first = await dropping.ask<SubscribedFrame>("subscribe", "conversations.stream", { id });
  expect([first.stream, ofStayed.stream]).toEqual([`conversation:${id}`, `conversation:${id}`]);
  await dropping.ask("request", "conversations.send", { id, text: "list the files in this folder" });

  // The view of a client that comes back again and again, each time in the middle of something else.
  let view = startView();
  let current = dropping;
  for (const deltaCount of [1, 5, 12]) {
    const deltas = (): number =>
      current.events(first.stream).filter(({ type }) => type === "text-delta").length;
    await current.until(() => deltas() >= deltaCount || isSealed(current.events(first.stream)));
    current.ws.terminate();
    view = fold(current.events(first.stream), view);
    current = await Client.open(daemon);
    await current.ask("subscribe", "conversations.stream", { id }, String(view.lastSeq));
  }
  await current.until(() => isSealed(current.events(first.stream)) || view.current === null);
  await stayed.until(() => isSealed(stayed.events(ofStayed.stream)));
  view = fold(current.events(first.stream), view);
  const live = fold(stayed.events(ofStayed.stream));
  expect(view).toEqual(live);
  expect([view.turns.length, view.turns[0]?.status, view.missedSeq]).toEqual([1, "sealed", null]);
  current.ws.terminate();

  using late = await Client.open(daemon);
  await late.ask("subscribe", "conversations.stream", { id });
  await late.until(() => isSealed(late.events(first.stream)));
  expect(fold(late.events(first.stream))).toEqual(live);
});

test("F20: a turn whose only socket is gone goes on to its end", async () => {
  const leaving = await Client.open(daemon);
  const { id } = await begin(leaving);
  const sent = await leaving.ask<SubscribedFrame>("subscribe", "conversations.send", { id, text: "hello" });
  await leaving.until(() => leaving.events(sent.stream).some(({ type }) => type === "text-delta"));
  leaving.ws.terminate();
  using back = await Client.open(daemon);
  const { stream } = await back.ask<SubscribedFrame>("subscribe", "conversations.stream", { id });
  await back.until(() => isSealed(back.events(stream)));
  const done = back.events(stream).find(({ type }) => type === "done");
  expect(done).toMatchObject({ finishReason: "stop" });
});

test("the turn that a message starts is followed to its end, and then the stream says so", async () => {
  using client = await Client.open(daemon);
  const { id } = await begin(client);
  const sent = await client.ask<SubscribedFrame>("subscribe", "conversations.send", { id, text: "hello" });
  await client.until(() => client.frames.some(({ type }) => type === "end"));
  const types = client.events(sent.stream).flatMap((event) => ("seq" in event ? [event.type] : []));
  expect(types).toEqual(["user-message", "turn-start", "step-complete", "done", "turn-sealed"]);
  expect(client.frames.at(-1)).toEqual({ type: "end", stream: sent.stream });
});

test("A3, A4, A5, A6: the daemon's socket opens to nobody without a token, nor to foreign pages with one", async () => {
  const { url, token } = daemon;
  const address = `${url.replace("http:", "ws:")}${socketPath}`;
  const bearer = { authorization: `Bearer ${token}` };
  const refusalOf = async (headers: Record<string, string>, path = address): Promise<string> => {
    const ws = new WebSocket(path, { headers });
    const [error] = (await once(ws, "error")) as [Error];
    return error.message;
  };
  const host = new URL(url).host;
  expect([
    await refusalOf({}),
    await refusalOf({ authorization: "Bearer wrong" }),
    await refusalOf({ origin: "https://evil.com", ...bearer }),
    await refusalOf({ host: "evil.com", origin: "http://evil.com", ...bearer }),
    await refusalOf({ origin: "null", ...bearer }),
    await refusalOf({ origin: `http://${host}.evil.com`, ...bearer }),
    await refusalOf({ origin: url }, `${address}?token=${token}`),
  ]).toEqual([401, 401, 403, 403, 403, 403, 400].map((status) => `Unexpected server response: ${status}`));

  // A page of the daemon's own says by its hello who it is.
  const page = new WebSocket(address, { origin: url });
  await once(page, "open");
  page.send(JSON.stringify({ type: "hello", protocol: "0.1.0", token: "wrong" }));
  expect((await once(page, "close"))[0]).toBe(4401);
});

test("a daemon that is told to stop sends its sockets away with 1001 and ends", async () => {
  using client = await Client.open(daemon);
  const closed = once(client.ws, "close");
  daemon.process.kill("SIGTERM");
  expect((await closed)[0]).toBe(1001);
  await daemon.process.ended();
});
