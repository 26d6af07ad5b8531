import type { DurableEvent, Entry, StepComplete, TransientEvent, TurnDone } from "@lathe/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { InFlight } from "./in-flight.ts";
import { type OutboxDesk, stepsAheadMax, TurnOutbox } from "./turn-outbox.ts";

const names = { conversationId: "cnv_1", turnId: "trn_1" };

function delta(index: number): TransientEvent {
  return { type: "text-delta", ...names, stepId: "trn_1#0", text: String(index) };
}

function step(index: number): StepComplete {
  return {
    type: "step-complete",
    ...names,
    stepId: `trn_1#${index}`,
    index,
    provider: "p",
    model: "m",
    finishReason: "tool-calls",
    toolResults: [],
    toolCalls: [],
    usage: null,
    contextSize: null,
    metrics: { startedAtMs: 0, timeToFirstTokenMs: null, decodeMs: null, totalMs: 0 },
  };
}

const done: TurnDone = {
  type: "done",
  ...names,
  finishReason: "stop",
  stepCount: 1,
  durationMs: 0,
  usage: {
    inputTokens: null,
    outputTokens: null,
    cacheReadTokens: null,
    cacheWriteTokens: null,
    reasoningTokens: null,
  },
  contextSize: null,
};

/** For tests in which what is in flight is never due. */
function noHolding(): Pick<OutboxDesk, "inFlight" | "hold" | "monotonic" | "after"> {
  return {
    inFlight: new InFlight("cnv_1"),
    hold: async () => {},
    monotonic: () => Number.NEGATIVE_INFINITY,
    after: () => () => {},
  };
}

/** A store that takes its time, and may refuse one of its commits. */
class SlowStore {
  readonly commits: (readonly DurableEvent[])[] = [];
  readonly shown: string[] = [];
  failureCount = 0;
  storedCount = 0;
  #isStoring = false;
  readonly outbox: TurnOutbox;

  constructor(ticks: (commit: number) => number, refusedCommit: number | null = null) {
    this.outbox = new TurnOutbox({
      store: async (events) => {
        expect(this.#isStoring).toBe(false);
        this.#isStoring = true;
        this.commits.push(events);
        for (let tick = ticks(this.commits.length); tick > 0; tick--) await undefined;
        this.#isStoring = false;
        if (this.commits.length === refusedCommit) throw new Error("The disk is full.");
        const entries = events.map(
          (event, at) => ({ ...event, seq: this.storedCount + at + 1, atMs: 0 }) as Entry,
        );
        this.storedCount += events.length;
        return { entries, seal: undefined };
      },
      showEntries: (entries) => {
        for (const entry of entries) {
          expect(entry.seq).toBeLessThanOrEqual(this.storedCount);
          this.shown.push("index" in entry ? `step ${entry.index}` : entry.type);
        }
      },
      showTransient: (event) => this.shown.push("text" in event ? event.text : event.type),
      onFailed: () => {
        this.failureCount++;
      },
      ...noHolding(),
    });
  }
}

const said = fc.array(fc.constantFrom<"delta" | "step" | "tick">("delta", "step", "tick"), { maxLength: 40 });
const delays = fc.array(fc.nat(30), { minLength: 1, maxLength: 5 });

test("O1: whatever the disk takes, everything is shown once and in the order in which it was said", async () => {
  await fc.assert(
    fc.asyncProperty(said, delays, async (actions, ticks) => {
      const store = new SlowStore((commit) => ticks[commit % ticks.length] ?? 0);
      const expected: string[] = [];
      for (const [index, action] of actions.entries()) {
        if (action === "tick") await undefined;
        else if (action === "delta") {
          expected.push(String(index));
          store.outbox.say(delta(index));
        } else {
          expected.push(`step ${index}`);
          await store.outbox.record([step(index)]);
        }
      }
      await store.outbox.record([done]);
      expect(store.shown).toEqual([...expected, "done"]);
    }),
    { numRuns: 500 },
  );
});

test("O2: where a commit is refused, nothing of it or after it is shown, and the turn is told once", async () => {
  await fc.assert(
    fc.asyncProperty(said, delays, fc.integer({ min: 1, max: 4 }), async (actions, ticks, refused) => {
      const store = new SlowStore((commit) => ticks[commit % ticks.length] ?? 0, refused);
      let rejected = false;
      for (const [index, action] of actions.entries()) {
        if (action === "tick") await undefined;
        else if (action === "delta") store.outbox.say(delta(index));
        else {
          try {
            await store.outbox.record([step(index)]);
          } catch {
            rejected = true;
            break;
          }
        }
      }
      const ended = await store.outbox.record([done]).then(
        () => "accepted",
        () => "refused",
      );
      const failed = store.commits.length >= refused;
      expect([ended, store.failureCount]).toEqual(failed ? ["refused", 1] : ["accepted", 0]);
      if (rejected) expect(failed).toBe(true);
      const durable = store.shown.filter((name) => name.startsWith("step") || name === "done");
      expect(durable).toHaveLength(store.storedCount);
    }),
    { numRuns: 500 },
  );
});

test("O3: a turn that is faster than the disk waits when enough steps do", async () => {
  let finish: (() => void) | undefined;
  const stored: number[] = [];
  const outbox = new TurnOutbox({
    store: async (events) => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      stored.push(events.length);
      return {
        entries: events.map((event, at) => ({ ...event, seq: at + 1, atMs: 0 }) as Entry),
        seal: undefined,
      };
    },
    showEntries: () => {},
    showTransient: () => {},
    onFailed: () => {},
    ...noHolding(),
  });
  let acceptedCount = 0;
  const turn = (async () => {
    for (let index = 0; index < stepsAheadMax + 3; index++) {
      await outbox.record([step(index)]);
      acceptedCount++;
    }
  })();
  for (let tick = 0; tick < 100; tick++) await undefined;
  expect(acceptedCount).toBe(stepsAheadMax);
  finish?.();
  for (let tick = 0; tick < 100; tick++) await undefined;
  finish?.();
  await turn;
  for (let tick = 0; tick < 100; tick++) await undefined;
  finish?.();
  await outbox.record([step(99)]);
  // The first step went alone; those that came meanwhile shared a commit.
  expect(stored.slice(0, 2)).toEqual([1, stepsAheadMax]);
});

test("the end of a turn is accepted only when everything before it is stored", async () => {
  const store = new SlowStore(() => 20);
  for (let index = 0; index < 5; index++) await store.outbox.record([step(index)]);
  expect(store.storedCount).toBeLessThan(5);
  await store.outbox.record([done]);
  expect(store.storedCount).toBe(6);
});

test("input that was taken from elsewhere is stored before the turn goes on", async () => {
  const store = new SlowStore(() => 20);
  const content = [{ type: "text" as const, text: "Hurry." }];
  await store.outbox.record([step(0), { type: "steering", ...names, stepId: "trn_1#0", content }]);
  expect(store.storedCount).toBe(2);
});

/** An outbox over a disk that is ready at once, with a clock and a timer that the test moves. */
function paced() {
  let nowMs = 0;
  let waiting: (() => void) | undefined;
  const commits: number[] = [];
  const inFlight = new InFlight("cnv_1");
  const outbox = new TurnOutbox({
    store: async (events) => {
      commits.push(events.length);
      const entries = events.map((event, at) => ({ ...event, seq: at + 1, atMs: 0 }) as Entry);
      return { entries, seal: undefined };
    },
    showEntries: () => {},
    showTransient: () => {},
    onFailed: () => {},
    inFlight,
    hold: async () => {
      inFlight.take();
      commits.push(0);
    },
    monotonic: () => nowMs,
    after: (_ms, callback) => {
      waiting = callback;
      return () => {
        waiting = undefined;
      };
    },
  });
  const pass = async (ms: number): Promise<void> => {
    nowMs += ms;
    waiting?.();
    for (let tick = 0; tick < 50; tick++) await undefined;
  };
  return { outbox, inFlight, commits, pass };
}

test("steps that end close to one another share a commit, and nobody who waits waits for that", async () => {
  const { outbox, commits, pass } = paced();
  await outbox.record([step(0)]);
  await pass(0.1);
  await outbox.record([step(1)]);
  await outbox.record([step(2)]);
  expect(commits).toEqual([1]);
  await pass(2);
  expect(commits).toEqual([1, 2]);
  await outbox.record([step(3)]);
  await outbox.record([done]);
  expect(commits).toEqual([1, 2, 2]);
});

test("a call that must be announced is announced in the commit of the step before it", async () => {
  const { outbox, inFlight, commits } = paced();
  await outbox.record([step(0)]);
  for (let tick = 0; tick < 50; tick++) await undefined;
  await outbox.record([step(1)]);
  inFlight.noteRetry({ failedAttempts: 1, sleptMs: 1 });
  const announced = outbox.holdNow();
  await announced;
  expect(commits).toEqual([1, 1]);
});
