// What a client may do without changing anything: leave in the middle, and look at everything.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { chatAnswer, chatText } from "../testing/chat-answers.ts";
import type { DaemonProcess } from "../testing/daemon-process.ts";
import { Stage } from "../testing/stage.ts";
import { endingOf, expectSound } from "../testing/watched-conversation.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let stage: Stage;
let daemon: DaemonProcess;
beforeEach(async () => {
  stage = await Stage.open();
  daemon = await stage.start();
});
afterEach(() => stage.close());

test("S4: a client that goes away in the middle of the stream does not stop the turn", async () => {
  const conversation = await stage.begin(daemon);
  const gate = Promise.withResolvers<unknown>();
  stage.server.next({ pieces: [chatText("One "), () => gate.promise, ...chatAnswer("two ", "three.")] });
  const turn = conversation.send("A question.");
  await turn.seen("text-delta");
  await turn.leave();
  expect(await conversation.head()).toMatchObject({ state: "in_progress" });
  gate.resolve(undefined);
  await conversation.idle();

  const entries = await conversation.entries();
  expect(endingOf(entries)).toMatchObject({ finishReason: "stop" });
  const [step] = entries.filter((entry) => entry.type === "step-complete");
  expect(step?.message?.content).toEqual([{ type: "text", text: "One two three." }]);
  // What the client held, and what it reads when it comes back, is the whole.
  await conversation.catchUp(turn);
  await stage.expectGoesOn(conversation);
});

test("S4: clients that leave at random points, many at once, leave every turn to its end", async () => {
  const conversations = await Promise.all(Array.from({ length: 12 }, () => stage.begin(daemon)));
  const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2));
  const words = Array.from({ length: 40 }, (_, index) => `${index} `);
  const pieces = words.flatMap((word) => [chatText(word), pause]);
  stage.server.otherwise = () => ({ pieces: [...pieces, ...chatAnswer("end.")] });
  await Promise.all(
    conversations.map(async (conversation, index) => {
      const turn = conversation.send("Count.");
      await turn.seenCount(1 + index * 3);
      await turn.leave();
    }),
  );
  for (const conversation of conversations) {
    await conversation.idle();
    for (const turn of conversation.turns) await conversation.catchUp(turn);
    const entries = await expectSound(conversation);
    expect(endingOf(entries)).toMatchObject({ finishReason: "stop" });
    const [step] = entries.filter((entry) => entry.type === "step-complete");
    expect(step?.message?.content).toEqual([{ type: "text", text: `${words.join("")}end.` }]);
  }
});

interface Description {
  readonly paths: Readonly<Record<string, { readonly get?: object }>>;
}

test("A11: no GET of the API changes a conversation, an entry, or asks a model anything", async () => {
  const conversation = await stage.begin(daemon);
  await conversation.ask("A question.");
  const other = await stage.begin(daemon);
  const askedCount = stage.server.requests.length;
  const everything = async (): Promise<unknown> => ({
    list: await daemon.client.call("GET", "/api/conversations?limit=200"),
    entries: await conversation.entries(),
    none: await other.entries(),
  });
  const before = await everything();

  const { paths } = await daemon.client.call<Description>("GET", "/api/openapi.json");
  const readable = Object.keys(paths).filter((path) => paths[path]?.get !== undefined);
  expect(readable).toEqual(expect.arrayContaining(["/api/conversations/{id}", "/readyz", "/api/models"]));
  const statuses: Record<string, number> = {};
  for (const path of readable) {
    for (const id of [conversation.id, other.id, "cnv_0"]) {
      for (const query of ["", "?limit=1&sinceSeq=0", "?text=hello&title=x&model=openai/test"]) {
        const accept = query === "" ? "text/event-stream, application/json" : "application/json";
        const headers = { authorization: `Bearer ${daemon.token}`, accept };
        const url = new URL(path.replace("{id}", id) + query, daemon.url);
        const response = await fetch(url, { headers, signal: AbortSignal.timeout(20_000) });
        // A stream that is followed does not end by itself.
        if (response.headers.get("content-type") === "text/event-stream") await response.body?.cancel();
        else await response.text();
        statuses[`${response.status}`] = (statuses[`${response.status}`] ?? 0) + 1;
        expect(response.status).toBeLessThan(500);
      }
    }
  }
  // Most of it was really read.
  expect(statuses["200"]).toBeGreaterThanOrEqual(readable.length);
  expect(await everything()).toEqual(before);
  expect(stage.server.requests).toHaveLength(askedCount);
  await expectSound(conversation);
});

test("F10: a redirect of a model server is not followed, and nobody else is sent the key", async () => {
  const conversation = await stage.begin(daemon);
  const elsewhere = await Stage.open();
  try {
    for (const status of [301, 302, 307, 308]) {
      stage.server.next({ status, headers: { location: `${elsewhere.server.url}/v1/chat/completions` } });
      const done = await conversation.ask("A question.");
      expect(done).toMatchObject({ finishReason: "error", failure: { kind: "bad-request" } });
    }
    stage.server.next({ status: 307, headers: { location: "http://169.254.169.254/latest/meta-data/" } });
    expect(await conversation.ask("A question.")).toMatchObject({ failure: { kind: "bad-request" } });
    // The other one would have answered.
    expect((await fetch(`${elsewhere.server.url}/v1/models`)).status).toBe(200);
    expect(elsewhere.server.requests).toEqual([]);
  } finally {
    await elsewhere.close();
  }
  await stage.expectGoesOn(conversation);
});
