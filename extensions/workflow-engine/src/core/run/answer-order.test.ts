import type { GuestAnswer } from "@lathe/workflow-sandbox";
import fc from "fast-check";
import { expect, test } from "vitest";
import { AnswerOrder, reachedIn, recordIn } from "./answer-order.ts";
import { newCall } from "./journal.ts";

const value = (text: string): GuestAnswer => ({ kind: "value", value: text });

/** An order over a record of so many answers, one in each 10 ms, and what the script is told. */
function ordering(recordedCount: number): { readonly order: AnswerOrder; readonly told: string[] } {
  const told: string[] = [];
  const record = Array.from({ length: recordedCount }, (_, order) => ({ order, atMs: 10 * (order + 1) }));
  const order = new AnswerOrder(record, {
    answer: (index, _answer, atMs) => told.push(`${index} now${atMs === undefined ? "" : ` ${atMs}`}`),
    replay: (index, _answer, atMs) => told.push(`${index} at ${atMs}`),
    replayUntil: (nowMs) => told.push(`until ${nowMs}`),
    goLive: () => told.push("live"),
  });
  order.begin();
  return { order, told };
}

const asked = (order: number, index: number): Parameters<AnswerOrder["recorded"]>[0] => ({
  ...{ order, index, atMs: 10 * (order + 1), answer: value("old") },
});

test("without a record time goes on at once, and answers are given as they come", () => {
  const { order, told } = ordering(0);
  order.live(4, value("a"), 7);
  order.live(1, value("b"), 8);
  order.scriptWaits();
  expect(told).toEqual(["live", "4 now 7", "1 now 8"]);
});

test("C3: answers of a record are given in its order, one at a time, when the script has nothing else to do", () => {
  const { order, told } = ordering(3);
  order.recorded(asked(2, 0));
  order.recorded(asked(0, 1));
  expect(told).toEqual([]);
  order.scriptWaits();
  expect(told).toEqual(["1 at 10"]);
  order.recorded(asked(1, 2));
  order.scriptWaits();
  order.scriptWaits();
  expect(told).toEqual(["1 at 10", "2 at 20", "0 at 30", "live"]);
});

test("C3: what a timer has led to before an answer, it leads to before it again", () => {
  const { order, told } = ordering(2);
  order.recorded(asked(1, 0));
  // The first answer is of a call that is made when the timer fires.
  order.scriptWaits(5);
  expect(told).toEqual(["until 10"]);
  order.recorded(asked(0, 1));
  order.scriptWaits(400);
  order.scriptWaits(400);
  expect(told).toEqual(["until 10", "1 at 10", "0 at 20", "live"]);
});

test("C3: a timer that is due later than the next answer does not come before it", () => {
  const { order, told } = ordering(1);
  order.recorded(asked(0, 0));
  order.scriptWaits(10);
  expect(told).toEqual(["0 at 10", "live"]);
});

test("what is new waits until the record is over", () => {
  const { order, told } = ordering(1);
  order.live(7, value("new"), 55);
  order.recorded(asked(0, 3));
  expect(told).toEqual([]);
  order.scriptWaits();
  expect(told).toEqual(["3 at 10", "live", "7 now 55"]);
});

test("a script that takes another way than the record is given what is new, and what it still asks of the record", () => {
  const { order, told } = ordering(5);
  order.live(7, value("new"), 55);
  order.scriptWaits(11);
  expect(told).toEqual(["live", "7 now 55"]);
  expect(order.isReplaying).toBe(false);
  order.recorded(asked(3, 8));
  expect(told.at(-1)).toBe("8 now");
});

test("a journal says when answers were given, and how far the script had come", () => {
  const finished = { state: "finished" as const, order: 0, answer: value("a"), answeredAtMs: 40 };
  const calls = [{ ...newCall("agent", "a", 3), ...finished }, newCall("agent", "b", 90)];
  expect([recordIn(calls), reachedIn(calls), reachedIn([])]).toEqual([[{ order: 0, atMs: 40 }], 90, 0]);
});

// A script is a function from the answers that it has got to the calls that it makes: here a tree of calls, each of which
// is made when the one above it is answered. The order in which answers come is chance, and must be the same again.
test("C3: a script that makes its calls by the answers that it gets is given them in the same order again", () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(), { minLength: 1, maxLength: 30 }),
      fc.infiniteStream(fc.nat()),
      (parents, picks) => {
        const above = parents.map((pick, call) => (call === 0 ? -1 : pick % call));
        const callsAfter = (answered: number): number[] =>
          above.flatMap((parent, call) => (parent === answered ? [call] : []));
        const record: number[] = [];
        const open = callsAfter(-1);
        while (open.length > 0) {
          const [call = 0] = open.splice((picks.next().value ?? 0) % open.length, 1);
          record.push(call);
          open.push(...callsAfter(call));
        }
        const given: number[] = [];
        const give = (index: number): unknown => given.push(index);
        const script = { answer: give, replay: give, replayUntil: give, goLive: () => undefined };
        const order = new AnswerOrder(
          record.map((_, at) => ({ order: at, atMs: at })),
          script,
        );
        const ask = (calls: readonly number[]): void => {
          for (const index of calls) order.recorded(asked(record.indexOf(index), index));
        };
        ask(callsAfter(-1));
        for (let count = 0; count < record.length; count += 1) {
          order.scriptWaits();
          ask(callsAfter(given.at(-1) ?? -1));
        }
        expect(given).toEqual(record);
      },
    ),
  );
});
