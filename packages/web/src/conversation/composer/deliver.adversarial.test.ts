import { ConnectionError, LatheProblem } from "@lathe/client";
import type { Run } from "@lathe/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Delivery, deliver, type Message } from "./deliver.ts";

const message: Message = { key: "page-1", text: "Hello", afterSeq: 4 };
const run = { id: "run_1", turnId: "trn_1" } as unknown as Run;
const problem = new LatheProblem({
  type: "",
  title: "",
  status: 409,
  detail: "Busy.",
  code: "turn-in-progress",
});
const busy = new LatheProblem({
  type: "",
  title: "",
  status: 503,
  detail: "Later.",
  code: "overloaded",
});
const lost = new ConnectionError("dropped", "It was lost.", { mayHaveHappened: true });
const away = new ConnectionError("unreachable", "Nobody is there.");
const closed = new ConnectionError("closed", "It was closed.", { mayHaveHappened: true });

type Step = "answer" | Error;

interface Told {
  readonly delivery: Delivery;
  readonly asked: readonly Message[];
  /** What was told while the daemon could not be asked: whether the message may have arrived. */
  readonly waits: readonly boolean[];
}

/** A daemon that behaves as the steps say, and then answers. `unwantedAt`: the try after which it is wanted back. */
async function delivered(
  steps: readonly Step[],
  { mayHaveArrived = false, unwantedAt = Number.POSITIVE_INFINITY } = {},
): Promise<Told> {
  const asked: Message[] = [];
  const waits: boolean[] = [];
  const delivery = await deliver(
    message,
    {
      ask: async (sent) => {
        const step = steps[asked.length] ?? "answer";
        asked.push(sent);
        if (step !== "answer") throw step;
        return run;
      },
      onWaiting: (isUnknown) => waits.push(isUnknown),
      waited: async () => undefined,
      isUnwanted: () => asked.length >= unwantedAt,
    },
    mayHaveArrived,
  );
  return { delivery, asked, waits };
}

const taken: Delivery = { kind: "taken", run };

test("a message that is taken is asked for once", async () => {
  expect(await delivered([])).toEqual({ delivery: taken, asked: [message], waits: [] });
});

test("a message whose answer is lost is asked for again under the same key, until its fate is known", async () => {
  expect(await delivered([lost, away, lost])).toEqual({
    delivery: taken,
    asked: [message, message, message, message],
    waits: [true, true, true],
  });
});

test("a message that finds nobody waits, and is sent when somebody is there", async () => {
  expect(await delivered([away, away])).toMatchObject({ delivery: taken, waits: [false, false] });
});

test("a message that waits can be taken back, and is not asked for any more", async () => {
  expect(await delivered([away, away], { unwantedAt: 1 })).toEqual({
    delivery: { kind: "taken-back" },
    asked: [message],
    waits: [false],
  });
});

test("a message that may have arrived is not taken back, whatever somebody wants", async () => {
  expect(await delivered([away, lost, away], { unwantedAt: 2 })).toMatchObject({
    delivery: taken,
    waits: [false, true, true],
  });
  expect(await delivered([away, away], { unwantedAt: 1, mayHaveArrived: true })).toMatchObject({
    delivery: taken,
    waits: [true, true],
  });
});

test("a refusal is the end, also after a loss: the daemon would have known the key of what it had begun", async () => {
  expect((await delivered([problem])).delivery).toEqual({ kind: "refused", failure: problem });
  expect((await delivered([lost, problem])).delivery).toEqual({ kind: "refused", failure: problem });
});

test("a daemon that is too busy to say what became of a message that it may have is asked again", async () => {
  expect(await delivered([lost, busy, busy])).toMatchObject({ delivery: taken, waits: [true, true, true] });
  expect((await delivered([busy])).delivery).toEqual({ kind: "refused", failure: busy });
});

test("a client that was closed asks nobody any more", async () => {
  expect(await delivered([closed])).toMatchObject({
    delivery: { kind: "refused", failure: closed },
    waits: [],
  });
});

test("whatever happens on the way, a message has one key, and is never taken back while it may have arrived", async () => {
  const step = fc.constantFrom<Step>("answer", lost, away, problem, busy);
  const options = fc.record({ mayHaveArrived: fc.boolean(), unwantedAt: fc.integer({ min: 1, max: 8 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), options, async (steps, given) => {
      const { delivery, asked } = await delivered(steps, given);
      expect(new Set(asked.map(({ key }) => key))).toEqual(new Set(["page-1"]));
      if (delivery.kind !== "taken-back") return;
      expect([given.mayHaveArrived, steps.slice(0, asked.length).includes(lost)]).toEqual([false, false]);
    }),
  );
});
