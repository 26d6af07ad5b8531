// S3, G8: the client library against the running daemon, over connections that break wherever they like.
import { connect } from "@lathe/client";
import { CuttingProxy } from "@lathe/client/testing";
import type { ConversationEvent } from "@lathe/kernel";
import { conversationsSend, conversationsStop, conversationsStream } from "@lathe/wire/operations";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { chatCallAnswer, chatEnd, chatText } from "../testing/chat-answers.ts";
import type { DaemonProcess } from "../testing/daemon-process.ts";
import { Stage } from "../testing/stage.ts";
import { fold } from "../testing/watched-conversation.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const transports = ["http", "websocket"] as const;
const backoff = { baseMs: 5, maxMs: 20 };

let stage: Stage;
let daemon: DaemonProcess;
let proxy: CuttingProxy;
beforeAll(async () => {
  proxy = await CuttingProxy.open();
  const allowedHosts = [new URL(proxy.url).host];
  stage = await Stage.open({ config: { extensions: { "transport-http": { allowedHosts } } } });
  daemon = await stage.start();
  proxy.port = Number(new URL(daemon.url).port);
});
afterEach(() => stage.server.forget());
afterAll(async () => {
  await stage.close();
  await proxy[Symbol.asyncDispose]();
});

const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2));

/** A step that calls a tool, then one of some pieces of text that come one after the other. */
function planTurn(texts: readonly string[]): void {
  const call = { id: "call_1", name: "run_command", argumentsText: '{"command":"echo done"}' };
  stage.server.next(
    { pieces: [chatText("I look. "), tick, ...chatCallAnswer(call)] },
    { pieces: [...texts.flatMap((text) => [chatText(text), tick]), chatEnd()] },
  );
}

describe.each(transports)("over %s", (transport) => {
  test("S3: for turns cut at random bytes, what the client shows is what the log says, and each entry came once", async () => {
    const texts = fc.array(fc.string({ minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 40 });
    const cuts = fc.array(fc.nat({ max: 4_000 }), { minLength: 3, maxLength: 8 });
    const cutCountBefore = proxy.cutCount;
    await fc.assert(
      fc.asyncProperty(texts, cuts, async (textsOfTurn, cutsOfRun) => {
        const conversation = await stage.begin(daemon);
        const { id } = conversation;
        proxy.cuts = cutsOfRun;
        using client = connect({ url: proxy.url, token: daemon.token, transport, backoff });
        using direct = connect({ url: daemon.url, token: daemon.token });
        const watch = client.watch(id);
        const stop = watch.subscribe(() => undefined);
        const following = seqsUntilSealed(client.follow(conversationsStream, { id }, { after: 0 }));
        planTurn(textsOfTurn);
        await direct.call(conversationsSend, { id, text: "A question." });
        const seqs = await following;
        const entries = await conversation.entries();
        expect(seqs).toEqual(entries.map(({ seq }) => seq));
        await expect.poll(() => watch.value).toEqual(fold(entries));
        expect(watch.failure).toBeNull();
        stop();
      }),
      { numRuns: 12 },
    );
    expect(proxy.cutCount - cutCountBefore).toBeGreaterThan(5);
  });

  test("S4: a client that goes away in the middle of a turn does not stop it, and finds it whole when it comes back", async () => {
    const conversation = await stage.begin(daemon);
    const { id } = conversation;
    const gate = Promise.withResolvers<unknown>();
    stage.server.next({ pieces: [chatText("Half "), () => gate.promise, chatText("an answer."), chatEnd()] });
    const first = connect({ url: daemon.url, token: daemon.token, transport, backoff });
    await first.call(conversationsSend, { id, text: "A question." });
    const left = first.watch(id);
    left.subscribe(() => undefined);
    await expect.poll(() => JSON.stringify(left.value)).toContain("Half ");
    first.close();
    using second = connect({ url: daemon.url, token: daemon.token, transport, backoff });
    const watch = second.watch(id);
    const stop = watch.subscribe(() => undefined);
    // The text so far is there at once, though nobody says it again.
    await expect.poll(() => JSON.stringify(watch.value)).toContain("Half ");
    gate.resolve(undefined);
    await expect.poll(() => watch.value.turns.length).toBe(1);
    expect(watch.value).toEqual(fold(await conversation.entries()));
    expect(JSON.stringify(watch.value)).toContain("Half an answer.");
    expect(await second.call(conversationsStop, { id })).toEqual({ stopped: false });
    stop();
  });
});

async function seqsUntilSealed(events: AsyncIterable<ConversationEvent>): Promise<readonly number[]> {
  const seqs: number[] = [];
  for await (const event of events) {
    if ("seq" in event) seqs.push(event.seq);
    if (event.type === "turn-sealed") break;
  }
  return seqs;
}
