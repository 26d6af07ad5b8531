import type { ConversationEvent } from "@lathe/kernel";
import { type ConversationView, foldEvents, startView } from "@lathe/wire";
import { conversationsStream } from "@lathe/wire/operations";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Client, connect } from "./client.ts";
import { liveEvents } from "./testing/arbitrary-turns.ts";
import { CuttingProxy } from "./testing/cutting-proxy.ts";
import { token } from "./testing/serve-socket.ts";
import { TestDaemon } from "./testing/test-daemon.ts";

const transports = ["http", "websocket"] as const;
const backoff = { baseMs: 2, maxMs: 5 };

function fold(events: readonly ConversationEvent[]): ConversationView {
  return events.reduce(foldEvents, startView());
}

/** Everything that the consumer is shown, until it has the entry at `lastSeq`. */
async function followUntil(
  client: Client,
  id: string,
  lastSeq: number,
): Promise<readonly ConversationEvent[]> {
  const events: ConversationEvent[] = [];
  for await (const event of client.follow(conversationsStream, { id }, { after: 0 })) {
    events.push(event);
    if ("seq" in event && event.seq === lastSeq) break;
  }
  return events;
}

function seqsOf(events: readonly ConversationEvent[]): readonly number[] {
  return events.flatMap((event) => ("seq" in event ? [event.seq] : []));
}

function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

describe.each(transports)("over %s", (transport) => {
  test("G8: wherever connections break, what is shown folds to the log: nothing twice, nothing missing", async () => {
    let cutCount = 0;
    await fc.assert(
      fc.asyncProperty(
        liveEvents,
        fc.array(fc.nat({ max: 6_000 }), { maxLength: 6 }),
        async (events, cuts) => {
          await using daemon = await TestDaemon.open();
          await using proxy = await CuttingProxy.open(daemon.port, cuts);
          using client = connect({ url: proxy.url, token, transport, backoff });
          const followed = followUntil(
            client,
            daemon.log.id,
            events.filter((event) => "seq" in event).length,
          );
          // Some of it has happened before, most of it happens meanwhile.
          daemon.log.publish(...events.slice(0, events.length >> 2));
          for (const event of events.slice(events.length >> 2)) {
            daemon.log.publish(event);
            await new Promise((resolve) => setTimeout(resolve, 1));
          }
          const shown = await followed;
          expect(seqsOf(shown)).toEqual(upTo(daemon.log.lastSeq));
          expect(fold(shown)).toEqual(fold(events));
          expect(fold(shown)).toEqual(fold(daemon.log.entries));
          expect(daemon.rules.broken).toEqual([]);
          cutCount += proxy.cutCount;
        },
      ),
      { numRuns: 40 },
    );
    expect(cutCount).toBeGreaterThan(40);
  }, 120_000);
});
