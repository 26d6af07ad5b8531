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
const lost = new ConnectionError("dropped", "It was lost.", { mayHaveHappened: true });
const away = new ConnectionError("unreachable", "Nobody is there.");
const closed = new ConnectionError("closed", "It was closed.", { mayHaveHappened: true });

type Step = "answer" | Error;

/** A daemon that behaves as the steps say, and then answers. */
async function delivered(
  steps: readonly Step[],
  mayHaveArrived = false,
): Promise<{
  readonly delivery: Delivery;
  readonly asked: readonly Message[];
  readonly unknownCount: number;
}> {
  const asked: Message[] = [];
  let unknownCount = 0;
  const delivery = await deliver(
    message,
    {
      ask: async (sent) => {
        const step = steps[asked.length] ?? "answer";
        asked.push(sent);
        if (step !== "answer") throw step;
        return run;
      },
      onUnknown: () => {
        unknownCount += 1;
      },
      reachable: async () => undefined,
    },
    mayHaveArrived,
  );
  return { delivery, asked, unknownCount };
}

test("a message that is taken is asked for once", async () => {
  expect(await delivered([])).toEqual({
    delivery: { kind: "taken", run },
    asked: [message],
    unknownCount: 0,
  });
});

test("a message whose answer is lost is asked for again under the same key, until its fate is known", async () => {
  expect(await delivered([lost, away, lost])).toEqual({
    delivery: { kind: "taken", run },
    asked: [message, message, message, message],
    unknownCount: 3,
  });
});

test("a message that certainly did not arrive is given back, and not asked for again by itself", async () => {
  expect(await delivered([away])).toEqual({
    delivery: { kind: "not-sent", failure: away },
    asked: [message],
    unknownCount: 0,
  });
});

test("a refusal is the end, also after a loss: the daemon would have known the key of what it had begun", async () => {
  expect((await delivered([problem])).delivery).toEqual({ kind: "not-sent", failure: problem });
  expect((await delivered([lost, problem])).delivery).toEqual({ kind: "not-sent", failure: problem });
});

test("a message from before the page was loaded again may have arrived, whoever is away now", async () => {
  expect(await delivered([away, away], true)).toMatchObject({
    delivery: { kind: "taken" },
    unknownCount: 2,
  });
});

test("a client that was closed asks nobody any more", async () => {
  expect((await delivered([closed])).delivery).toEqual({ kind: "not-sent", failure: closed });
});

test("whatever happens on the way, a message is never given back while it may have arrived", async () => {
  const step = fc.constantFrom<Step>("answer", lost, away, problem);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), fc.boolean(), async (steps, mayHaveArrived) => {
      const { delivery, asked } = await delivered(steps, mayHaveArrived);
      expect(new Set(asked.map(({ key }) => key))).toEqual(new Set(["page-1"]));
      if (delivery.kind === "taken" || delivery.failure === problem) return;
      expect([mayHaveArrived, steps.slice(0, asked.length).includes(lost)]).toEqual([false, false]);
    }),
  );
});
