import { type ConversationView, foldEvents, startView } from "@lathe/wire";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { connect } from "../client.ts";
import { longLiveEvents } from "../testing/arbitrary-turns.ts";
import { fold, isEntry } from "../testing/collect.ts";
import { token } from "../testing/serve-socket.ts";
import { TestDaemon } from "../testing/test-daemon.ts";
import type { Watch } from "./conversation-watch.ts";

const id = "cnv_1";
const backoff = { baseMs: 2, maxMs: 5 };

/** What happens beside the next event of the conversation. */
const move = fc.constantFrom("nothing", "nothing", "load", "cut", "settle", "leave", "load and cut");

describe.each(["http", "websocket"] as const)("over %s", (transport) => {
  test("wherever it begins, whatever is loaded, cut or left meanwhile, it is the fold of everything from the first entry held", async () => {
    const moves = fc.array(move, { minLength: 1, maxLength: 40 });
    const tail = fc.integer({ min: 1, max: 10 });
    let loadedCount = 0;
    await fc.assert(
      fc.asyncProperty(longLiveEvents, fc.nat(), tail, moves, async (events, at, tailCount, plan) => {
        await using daemon = await TestDaemon.open();
        using client = connect({ url: daemon.url, token, transport, backoff });
        const opened = at % events.length;
        daemon.log.publish(...events.slice(0, opened));
        const watch = client.watch(id, { tail: tailCount });
        let stop = watch.subscribe(() => undefined);
        const loads: Promise<void>[] = [];
        for (const [step, event] of events.slice(opened).entries()) {
          const what = plan[step % plan.length] ?? "nothing";
          if (what.startsWith("load")) loads.push(watch.loadEarlier());
          daemon.log.publish(event);
          if (what.endsWith("cut")) daemon.cutAll();
          if (what === "leave") {
            stop();
            stop = watch.subscribe(() => undefined);
          }
          const sofar = events.slice(0, opened + step + 1);
          if (what === "settle") await expectFold(watch, sofar);
          else await new Promise((resolve) => setImmediate(resolve));
        }
        await Promise.all(loads);
        await expectFold(watch, events);
        while (watch.earlier.kind !== "none") {
          const turnCount = watch.value.turns.length;
          await watch.loadEarlier();
          expect(watch.value).toEqual(foldOf(watch, events));
          if (watch.value.turns.length > turnCount) loadedCount += 1;
        }
        expect(watch.value).toEqual(fold(events));
        stop();
      }),
      { numRuns: 40 },
    );
    expect(loadedCount).toBeGreaterThan(5);
  }, 120_000);
});

async function expectFold(watch: Watch, events: Parameters<typeof fold>[0]): Promise<void> {
  const lastSeq = fold(events).lastSeq;
  await expect.poll(() => watch.earlier.kind, { interval: 1 }).not.toBe("loading");
  await expect.poll(() => watch.value.lastSeq, { interval: 1 }).toBe(lastSeq);
  await expect.poll(() => watch.value, { interval: 1 }).toEqual(foldOf(watch, events));
}

/** The fold of everything, cut at the first entry that the watch holds. */
function foldOf({ earlier, value }: Watch, events: Parameters<typeof fold>[0]): ConversationView {
  const held = [...value.undone, ...value.turns, ...(value.current === null ? [] : [value.current])];
  const first = Math.min(...held.map(({ firstSeq }) => firstSeq ?? 1));
  const firstSeq = earlier.kind === "more" ? earlier.beforeSeq : earlier.kind === "none" ? 1 : first;
  const from = Math.max(0, events.findIndex(isEntry(firstSeq)));
  return events.slice(from).reduce(foldEvents, startView(firstSeq - 1));
}
