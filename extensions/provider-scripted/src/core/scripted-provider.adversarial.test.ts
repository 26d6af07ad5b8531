import { fakeTimers } from "@lathe/extension-kit/testing";
import type { ProviderEvent } from "@lathe/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createProvider, eventsOf, requestFor, scriptRequest, textOf, user } from "../testing/stage.ts";

const isTerminal = ({ type }: ProviderEvent): boolean => type === "finish" || type === "error";

function anyStep() {
  return fc.record(
    {
      reasoning: fc.string(),
      text: fc.oneof(fc.string(), fc.array(fc.string(), { maxLength: 4 })),
      calls: fc.array(fc.record({ name: fc.string(), argumentsText: fc.string() }), { maxLength: 3 }),
      drip: fc.record({ chars: fc.integer({ min: 1, max: 5 }), delayMs: fc.nat({ max: 5 }) }),
      fail: fc.record({ kind: fc.constantFrom("server", "auth"), after: fc.nat({ max: 5 }) }),
      finish: fc.constantFrom("stop", "length"),
    },
    { requiredKeys: [] },
  );
}

test("whatever an honest step says, its stream ends with exactly one terminal event and says all of the text", async () => {
  await fc.assert(
    fc.asyncProperty(anyStep(), async (step) => {
      const events = await eventsOf(createProvider(), scriptRequest(step));
      expect(events.filter(isTerminal)).toHaveLength(1);
      expect(isTerminal(events.at(-1) as ProviderEvent)).toBe(true);
      const whole = [step.text ?? ""].flat().join("");
      if (step.fail === undefined) expect(textOf(events)).toBe(whole);
      else expect(whole.startsWith(textOf(events))).toBe(true);
    }),
  );
});

test("aborted at any event, a stream gives no further event and ends", async () => {
  await fc.assert(
    fc.asyncProperty(anyStep(), fc.nat({ max: 8 }), async (step, abortAt) => {
      const connection = new AbortController();
      let count = 0;
      let after = 0;
      const context = { signal: connection.signal };
      if (abortAt === 0) connection.abort();
      for await (const batch of createProvider().stream(scriptRequest(step), context)) {
        if (connection.signal.aborted && batch.some((event) => !isTerminal(event))) after++;
        if (++count === abortAt) connection.abort();
      }
      expect(after).toBe(0);
    }),
  );
});

test.each([
  ["while it hangs before the first delta", { hang: "before", text: "never" }, []],
  ["while it hangs after the last", { hang: "after-deltas", text: "said" }, ["said"]],
  ["in the middle of a long wait", { text: ["said", "never"], delayMs: 3_600_000 }, []],
])("aborted %s, it ends at once", async (_when, step, said) => {
  const timers = fakeTimers();
  const connection = new AbortController();
  const ended = eventsOf(createProvider({}, timers), scriptRequest(step), connection.signal);
  await timers.advance(1_000);
  connection.abort();
  expect((await ended).map((event) => (event.type === "text-delta" ? event.text : event.type))).toEqual(said);
  expect(timers.waitingCount()).toBe(0);
});

test("a step that ignores abort says everything and never ends", async () => {
  const timers = fakeTimers();
  const connection = new AbortController();
  const request = scriptRequest({ text: ["a", "b"], delayMs: 10, ignoreAbort: true });
  const seen: string[] = [];
  let ended = false;
  void (async () => {
    for await (const batch of createProvider({}, timers).stream(request, {
      signal: connection.signal,
    }))
      for (const event of batch) seen.push(event.type);
    ended = true;
  })();
  connection.abort();
  await timers.advance(1_000_000);
  expect([seen, ended]).toEqual([["text-delta", "text-delta"], false]);
});

test("the demo stops at once when it is aborted between two words", async () => {
  const timers = fakeTimers();
  const connection = new AbortController();
  const provider = createProvider({}, timers);
  const seen: ProviderEvent[] = [];
  const played = (async () => {
    const request = requestFor("demo", [user("hello")]);
    for await (const batch of provider.stream(request, { signal: connection.signal })) {
      seen.push(...batch);
      if (seen.length === 5) connection.abort();
    }
  })();
  await played;
  expect(seen).toHaveLength(5);
});
