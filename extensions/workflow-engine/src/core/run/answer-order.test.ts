import type { GuestAnswer } from "@lathe/workflow-sandbox";
import fc from "fast-check";
import { expect, test } from "vitest";
import { AnswerOrder } from "./answer-order.ts";

const value = (text: string): GuestAnswer => ({ kind: "value", value: text });

test("without a record answers are given as they come", () => {
  const given: number[] = [];
  const order = new AnswerOrder(0, (index) => given.push(index));
  order.live(4, value("a"));
  order.live(1, value("b"));
  expect(given).toEqual([4, 1]);
});

test("C3: answers of a record are given in its order, one at a time, when the script has nothing else to do", () => {
  const given: number[] = [];
  const order = new AnswerOrder(3, (index) => given.push(index));
  order.recorded({ order: 2, index: 0, answer: value("c") });
  order.recorded({ order: 0, index: 1, answer: value("a") });
  expect(given).toEqual([]);
  order.scriptWaits();
  expect(given).toEqual([1]);
  order.recorded({ order: 1, index: 2, answer: value("b") });
  order.scriptWaits();
  order.scriptWaits();
  expect(given).toEqual([1, 2, 0]);
});

test("C3: while a timer may come first, only what is next in the record is given", () => {
  const given: number[] = [];
  const order = new AnswerOrder(2, (index) => given.push(index));
  order.recorded({ order: 1, index: 0, answer: value("b") });
  order.scriptRests();
  expect(given).toEqual([]);
  order.recorded({ order: 0, index: 1, answer: value("a") });
  order.scriptRests();
  expect(given).toEqual([1]);
  order.scriptRests();
  expect(given).toEqual([1, 0]);
});

test("what is new waits until the record is over", () => {
  const given: number[] = [];
  const order = new AnswerOrder(1, (index) => given.push(index));
  order.live(7, value("new"));
  order.recorded({ order: 0, index: 3, answer: value("old") });
  expect(given).toEqual([]);
  order.scriptWaits();
  expect(given).toEqual([3, 7]);
});

test("a script that takes another way than the record is given what is new", () => {
  const given: number[] = [];
  const order = new AnswerOrder(5, (index) => given.push(index));
  order.live(7, value("new"));
  order.scriptWaits();
  expect(given).toEqual([7]);
  expect(order.isReplaying).toBe(false);
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
        const order = new AnswerOrder(record.length, (index) => given.push(index));
        const ask = (calls: readonly number[]): void => {
          for (const index of calls)
            order.recorded({ order: record.indexOf(index), index, answer: value("") });
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
