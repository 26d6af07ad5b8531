// A conversation of a real daemon is opened at its end and read backwards: a fork's shared entries and restores included.
import { connect, type Watch } from "@lathe/client";
import type { Conversation } from "@lathe/kernel";
import { foldEvents, startView } from "@lathe/wire";
import { conversationsFork, conversationsRestore } from "@lathe/wire/operations";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { DaemonProcess } from "../testing/daemon-process.ts";
import { Stage } from "../testing/stage.ts";
import { fold, WatchedConversation } from "../testing/watched-conversation.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let stage: Stage;
let daemon: DaemonProcess;
beforeAll(async () => {
  stage = await Stage.open();
  daemon = await stage.start();
});
afterAll(() => stage.close());

describe.each(["http", "websocket"] as const)("over %s", (transport) => {
  test("a fork with a restore that reaches before its tail is shown as the log says, page by page", async () => {
    const origin = await stage.begin(daemon);
    for (const text of ["One.", "Two.", "Three."]) await origin.ask(text);
    using client = connect({ url: daemon.url, token: daemon.token, transport });
    const turnIds = [...new Set((await origin.entries()).map(({ turnId }) => turnId))];
    const [first = "", second = "", third = ""] = turnIds;
    const forked: Conversation = await client.call(conversationsFork, { id: origin.id, turnId: third });
    const fork = new WatchedConversation(forked.id, daemon);
    await client.call(conversationsRestore, { id: forked.id, turnId: first });
    await fork.ask("Four.");
    const watch = client.watch(forked.id, { tail: 2 });
    const stop = watch.subscribe(() => undefined);
    await expect.poll(() => watch.earlier.kind).toBe("more");
    expect(watch.value.turns.map(({ userMessage }) => userMessage)).toEqual([
      [{ type: "text", text: "Four." }],
    ]);
    await fork.ask("Five.");
    const entries = await fork.entries();
    await expect.poll(() => watch.value.lastSeq).toBe(entries.length);
    while (watch.earlier.kind === "more") {
      const { beforeSeq } = watch.earlier;
      expect(watch.value).toEqual(entries.slice(beforeSeq - 1).reduce(foldEvents, startView(beforeSeq - 1)));
      await watch.loadEarlier();
    }
    expect(watch.value).toEqual(fold(entries));
    expect(undoneOf(watch)).toEqual([second, third]);
    stop();
  });
});

function undoneOf({ value }: Watch): readonly string[] {
  return value.undone.map(({ turnId }) => turnId);
}
