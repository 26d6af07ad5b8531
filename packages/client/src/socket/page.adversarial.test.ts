// A page: it cannot send headers, has no token, and its browser sends a cookie where it is signed in.
import { conversationsSend, conversationsStream, modelsList, runsStream } from "@lathe/wire/operations";
import { expect, test } from "vitest";
import { type Client, type ConnectOptions, connect } from "../client.ts";
import type { ConnectionState } from "../connection-state.ts";
import type { ClientPowers } from "../powers.ts";
import { entry, upTo } from "../testing/collect.ts";
import { sessionCookie } from "../testing/serve-socket.ts";
import { TestDaemon } from "../testing/test-daemon.ts";

const id = "cnv_1";
const backoff = { baseMs: 2, maxMs: 5 };

/** A tab as its browser lets it connect. */
function openTab(daemon: TestDaemon, options: Partial<ConnectOptions> = {}): Client {
  const { url } = daemon;
  const headers = { origin: url, cookie: sessionCookie };
  const openSocket: ClientPowers["openSocket"] = (to) => new WebSocket(to, { headers } as never);
  return connect({ url, transport: "websocket", backoff, powers: { openSocket }, ...options });
}

async function seqsUpTo(last: number, tab: Client, run: string): Promise<readonly number[]> {
  const seqs: number[] = [];
  for await (const event of tab.follow(runsStream, { id: run })) {
    if ("seq" in event) seqs.push(event.seq);
    if (seqs.at(-1) === last) break;
  }
  return seqs;
}

test("C17s: six tabs that follow much and ask much have one socket each, and nothing else", async () => {
  await using daemon = await TestDaemon.open();
  daemon.log.publish(...upTo(10).map(entry));
  const tabs = upTo(6).map(() => openTab(daemon));
  const stops = tabs.map((tab) => tab.watch(id, { tail: 5 }).subscribe(() => undefined));
  const followed = tabs.flatMap((tab) => upTo(10).map((run) => seqsUpTo(11, tab, `run_${run}`)));
  const answers = await Promise.all(tabs.flatMap((tab) => upTo(5).map(() => tab.call(modelsList))));
  expect(answers).toHaveLength(30);
  await expect.poll(() => daemon.log.followerCount).toBe(66);
  daemon.log.publish(entry(11));
  for (const seqs of await Promise.all(followed)) expect(seqs).toEqual(upTo(11));
  expect([daemon.rules.acceptedCount, daemon.upgrades.length, daemon.seen.length]).toEqual([6, 6, 0]);
  for (const stop of stops) stop();
  for (const tab of tabs) tab.close();
  await expect.poll(() => daemon.connectionCount).toBe(0);
});

test("C17s: as many streams as the daemon allows are on one socket, and one more is on a second", async () => {
  await using daemon = await TestDaemon.open();
  daemon.rules.subscriptionCountMax = 12;
  daemon.log.publish(entry(1));
  using client = openTab(daemon);
  const follow = async (run: number): Promise<unknown> =>
    await client.follow(runsStream, { id: `run_${run}` }).next();
  await Promise.all(upTo(12).map(follow));
  await client.call(modelsList);
  expect([daemon.rules.acceptedCount, daemon.log.followerCount]).toEqual([1, 12]);
  expect(await follow(13)).toMatchObject({ value: entry(1) });
  await client.call(modelsList);
  expect(daemon.rules.acceptedCount).toBe(2);
});

test("who is signed in by a cookie says hello without a token, and asks over http with the cookie too", async () => {
  await using daemon = await TestDaemon.open();
  daemon.rules.frameBytesMax = 1_000;
  const sent: (RequestInit | undefined)[] = [];
  const { url } = daemon;
  const headers = { origin: url, cookie: sessionCookie };
  const powers: Partial<ClientPowers> = {
    openSocket: (to) => new WebSocket(to, { headers } as never),
    fetch: (input, init) => {
      sent.push(init);
      return fetch(input, { ...init, headers: { ...init?.headers, cookie: sessionCookie } });
    },
  };
  using client = openTab(daemon, { powers });
  await client.call(modelsList);
  const text = "x".repeat(2_000);
  expect(await client.call(conversationsSend, { id, text })).toMatchObject({ input: { text } });
  expect(daemon.rules.frames[0]).toEqual({ type: "hello", protocol: "0.1.0" });
  expect(sent).toMatchObject([{ credentials: "same-origin", redirect: "error" }]);
  expect(sent[0]?.headers).not.toHaveProperty("authorization");
});

test("who is not signed in is told at once, and nothing tries again by itself", async () => {
  await using daemon = await TestDaemon.open();
  daemon.hasSession = false;
  using client = openTab(daemon);
  const unauthorized = { name: "LatheProblem", status: 401, code: "unauthorized" };
  await expect(client.call(modelsList)).rejects.toMatchObject(unauthorized);
  await expect(client.follow(conversationsStream, { id }).next()).rejects.toMatchObject(unauthorized);
  for (const watch of [client.watch(id), client.watch(id, { tail: 5 })]) {
    const stop = watch.subscribe(() => undefined);
    await expect.poll(() => watch.failure).toMatchObject(unauthorized);
    stop();
  }
  expect([client.state.value, daemon.rules.acceptedCount]).toEqual([{ kind: "idle" }, 4]);
  daemon.hasSession = true;
  expect(await client.call(modelsList)).toMatchObject({ name: "models.list" });
});

test("a session that ends ends what is followed with 401; signed in again, the same client goes on where it was", async () => {
  await using daemon = await TestDaemon.open();
  daemon.log.publish(entry(1));
  using client = openTab(daemon);
  const states: ConnectionState["kind"][] = [];
  client.state.subscribe(() => states.push(client.state.value.kind));
  const watch = client.watch(id);
  const stop = watch.subscribe(() => undefined);
  const other = client.follow(runsStream, { id: "run_1" });
  await other.next();
  await expect.poll(() => watch.value.lastSeq).toBe(1);
  daemon.endSession();
  await expect(other.next()).rejects.toMatchObject({ name: "LatheProblem", status: 401 });
  await expect.poll(() => watch.failure).toMatchObject({ name: "LatheProblem", status: 401 });
  await expect.poll(() => client.state.value).toEqual({ kind: "idle" });
  const acceptedCount = daemon.rules.acceptedCount;
  stop();
  daemon.hasSession = true;
  daemon.log.publish(entry(2));
  const stopAgain = watch.subscribe(() => undefined);
  await expect.poll(() => watch.value.lastSeq).toBe(2);
  expect([watch.failure, daemon.rules.acceptedCount]).toEqual([null, acceptedCount + 1]);
  stopAgain();
});

test("a call that waits when the session ends may have happened, and is told so", async () => {
  await using daemon = await TestDaemon.open();
  daemon.rules.withhold = ({ type }) => type === "response";
  using client = openTab(daemon);
  const call = client.call(conversationsSend, { id, text: "Hi." });
  await expect.poll(() => daemon.rules.frames.length).toBe(2);
  daemon.endSession();
  await expect(call).rejects.toMatchObject({ name: "ConnectionError", mayHaveHappened: true });
});

test("while a daemon restarts, a page sees open, waiting, connecting and open again", async () => {
  await using daemon = await TestDaemon.open();
  daemon.log.publish(entry(1));
  using client = openTab(daemon);
  const kinds: ConnectionState["kind"][] = [];
  client.state.subscribe(() => {
    const { kind } = client.state.value;
    if (kinds.at(-1) !== kind) kinds.push(kind);
  });
  const watch = client.watch(id, { tail: 5 });
  const stop = watch.subscribe(() => undefined);
  await expect.poll(() => daemon.log.followerCount).toBe(1);
  expect(kinds).toEqual(["connecting", "open"]);
  await daemon.stop();
  await expect.poll(() => kinds.slice(2)).toContain("connecting");
  daemon.log.publish(entry(2));
  await daemon.start();
  client.retryNow();
  await expect.poll(() => watch.value.lastSeq).toBe(2);
  await expect.poll(() => kinds.at(-1)).toBe("open");
  expect(kinds.slice(0, 4)).toEqual(["connecting", "open", "waiting", "connecting"]);
  expect(new Set(kinds)).toEqual(new Set(["connecting", "open", "waiting"]));
  stop();
});
