import { expect, test } from "vitest";
import { FolderStates } from "./folder-states.ts";

/** A folder whose state is read when the test says so. */
function heldReader(): {
  readonly states: FolderStates;
  readonly finish: (state: string) => void;
  count: () => number;
} {
  const readings: PromiseWithResolvers<string | undefined>[] = [];
  const states = new FolderStates(() => {
    const reading = Promise.withResolvers<string | undefined>();
    readings.push(reading);
    return reading.promise;
  });
  return { states, finish: (state) => readings.at(-1)?.resolve(state), count: () => readings.length };
}

test("nobody is told what was read before he asked, and however many ask, two are read", async () => {
  const { states, finish, count } = heldReader();
  const first = states.of("/a");
  const others = Array.from({ length: 100 }, () => states.of("/a"));
  expect(count()).toBe(1);
  finish("before");
  expect(await first).toBe("before");
  finish("after");
  expect(new Set(await Promise.all(others))).toEqual(new Set(["after"]));
  expect(count()).toBe(2);
});

test("a state that is known was read for whoever asked, and is read again for the next", async () => {
  const { states, finish, count } = heldReader();
  for (const state of ["one", "two"]) {
    const asked = states.of("/a");
    finish(state);
    expect(await asked).toBe(state);
  }
  expect(count()).toBe(2);
});

test("folders do not wait for one another", async () => {
  const { states, finish, count } = heldReader();
  void states.of("/a");
  const other = states.of("/b");
  expect(count()).toBe(2);
  finish("b");
  expect(await other).toBe("b");
});

test("a state that cannot be told is never the same", async () => {
  const states = new FolderStates(async () => undefined);
  const all = await Promise.all([states.of("/a"), states.of("/a"), states.of("/a"), states.of("/b")]);
  expect(new Set(all).size).toBe(4);
});
