// The main job, on a real daemon: a message is sent, the model streams, the conversation is kept, whatever happens.
import type { Conversation, ConversationEvent, Entry } from "@lathe/kernel";
import { foldEvents, startView } from "@lathe/wire";
import { afterEach, beforeEach, expect, test } from "vitest";
import { exitCodes } from "../exit-codes.ts";
import { type DaemonProcess, killDaemonProcess, startDaemonProcess } from "../testing/daemon-process.ts";
import { makeTemporaryHome, type TemporaryHome } from "../testing/temporary-home.ts";

const model = "scripted/script";
const script = (...steps: object[]): string => JSON.stringify({ steps });

let home: TemporaryHome;
const daemons: DaemonProcess[] = [];
beforeEach(async () => {
  home = await makeTemporaryHome();
});
afterEach(async () => {
  await Promise.all(daemons.splice(0).map(killDaemonProcess));
  await home.remove();
});

async function start(): Promise<DaemonProcess> {
  const daemon = await startDaemonProcess(home);
  daemons.push(daemon);
  return daemon;
}

async function begin({ client }: DaemonProcess): Promise<string> {
  const { id } = await client.call<Conversation>("POST", "/api/conversations", { model, cwd: home.folder });
  return id;
}

/** Sends, and yields each event until the stream ends. */
async function* send({ client }: DaemonProcess, id: string, text: string): AsyncGenerator<ConversationEvent> {
  for await (const json of client.stream(`/api/conversations/${id}/messages`, { text }))
    yield JSON.parse(json);
}

async function finish(daemon: DaemonProcess, id: string, text: string): Promise<ConversationEvent[]> {
  const events: ConversationEvent[] = [];
  for await (const event of send(daemon, id, text)) events.push(event);
  return events;
}

/** Reads on until the daemon has shown some text of the answer; the stream stays open. */
async function readUntilText(events: AsyncGenerator<ConversationEvent>): Promise<void> {
  for (;;) {
    const { value, done } = await events.next();
    if (done === true) throw new Error("The stream ended before any text came.");
    const seen = value.type === "step-partial" ? value.events : [value];
    if (seen.some(({ type }) => type === "text-delta")) return;
  }
}

async function entriesOf({ client }: DaemonProcess, id: string): Promise<readonly Entry[]> {
  const path = `/api/conversations/${id}/entries?sinceSeq=0&limit=200`;
  return (await client.call<{ items: readonly Entry[] }>("GET", path)).items;
}

function fold(events: readonly ConversationEvent[]): ReturnType<typeof startView> {
  let view = startView();
  for (const event of events) view = foldEvents(view, event);
  return view;
}

test("a message is answered in a stream, and its entries tell the same afterwards and after a restart", async () => {
  const first = await start();
  const id = await begin(first);
  const live = await finish(first, id, script({ text: ["It is ", "b.txt."] }));
  const entries = await entriesOf(first, id);
  expect(entries.map(({ type }) => type)).toEqual([
    "user-message",
    "turn-start",
    "step-complete",
    "done",
    "turn-sealed",
  ]);
  expect(entries.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
  expect(fold(live)).toEqual(fold(entries));

  first.process.kill("SIGTERM");
  expect(await first.process.ended()).toMatchObject({ code: exitCodes.ok });
  expect(await entriesOf(await start(), id)).toEqual(entries);
});

test("G5: after kill -9 in the middle of a turn the conversation is readable, and takes the next message", async () => {
  const first = await start();
  const id = await begin(first);
  await finish(first, id, script({ text: "Before." }));
  const cut = send(first, id, script({ text: "Half an answer", hang: "after-deltas" }));
  await readUntilText(cut);
  await killDaemonProcess(first);
  await expect(cut.next().then(() => cut.next())).rejects.toThrow("does not answer");

  const second = await start();
  // The turn goes on: the model is asked again, and hangs again.
  expect(await second.client.call("GET", `/api/conversations/${id}`)).toMatchObject({ state: "in_progress" });
  expect(await second.client.call("POST", `/api/conversations/${id}/stop`)).toEqual({ stopped: true });
  const kept = await entriesOf(second, id);
  expect(kept.map(({ seq }) => seq)).toEqual(kept.map((_, index) => index + 1));
  expect(kept.filter(({ type }) => type === "user-message")).toHaveLength(2);
  expect(kept.at(-1)?.type).toBe("turn-sealed");
  expect(kept.at(-2)).toMatchObject({ type: "done", finishReason: "aborted" });
  expect(await second.client.call("GET", `/api/conversations/${id}`)).toMatchObject({ state: "idle" });

  const next = await finish(second, id, script({ text: "After." }));
  expect(next.at(-2)).toMatchObject({ type: "done", finishReason: "stop" });
});

test("G12: SIGTERM lets a turn come to its end, refuses new work meanwhile, and ends with 0", async () => {
  const daemon = await start();
  const id = await begin(daemon);
  const events = send(daemon, id, script({ text: ["One ", "two ", "three."], delayMs: 1_000 }));
  await readUntilText(events);
  daemon.process.kill("SIGTERM");
  await daemon.process.printed(/Lathe is stopping/);
  await expect(daemon.client.call("GET", "/readyz")).rejects.toMatchObject({ status: 503, code: "draining" });
  const other = await begin(daemon);
  await expect(finish(daemon, other, script({ text: "No." }))).rejects.toMatchObject({ code: "draining" });

  const rest: ConversationEvent[] = [];
  for await (const event of events) rest.push(event);
  expect(rest.at(-2)).toMatchObject({ type: "done", finishReason: "stop" });
  expect(await daemon.process.ended()).toMatchObject({ code: exitCodes.ok });
});

test.each([
  { signal: "SIGTERM", code: exitCodes.terminated },
  { signal: "SIGINT", code: exitCodes.interrupted },
] as const)("G12: a second $signal ends at once with $code, and loses nothing acknowledged", async ({
  signal,
  code,
}) => {
  const first = await start();
  const id = await begin(first);
  const events = send(first, id, script({ text: "Half", hang: "after-deltas" }));
  await readUntilText(events);
  first.process.kill(signal);
  await first.process.printed(/Lathe is stopping/);
  // Two signals within a moment count as one: npm passes on what the terminal sends as well.
  const again = setInterval(() => first.process.kill(signal), 300);
  const ending = await first.process.ended();
  clearInterval(again);
  expect(ending).toMatchObject({ code });

  const second = await start();
  await second.client.call("POST", `/api/conversations/${id}/stop`);
  const types = (await entriesOf(second, id)).map(({ type }) => type);
  expect(types.slice(0, 2)).toEqual(["user-message", "turn-start"]);
  expect(types.slice(-2)).toEqual(["done", "turn-sealed"]);
});

test("of two messages at the same time to one conversation one is refused as turn-in-progress", async () => {
  const daemon = await start();
  const id = await begin(daemon);
  const both = [1, 2].map(() =>
    daemon.client.call("POST", `/api/conversations/${id}/messages`, {
      text: script({ text: "x", delayMs: 300 }),
    }),
  );
  const settled = await Promise.allSettled(both);
  expect(settled.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(settled.find(({ status }) => status === "rejected")).toMatchObject({
    reason: { status: 409, code: "turn-in-progress" },
  });
});
