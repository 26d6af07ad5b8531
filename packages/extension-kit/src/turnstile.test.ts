import { expect, test } from "vitest";
import { Turnstile } from "./turnstile.ts";

test("work of one name passes one after the other, also after a failure, and nothing is kept", async () => {
  const turnstile = new Turnstile();
  const events: string[] = [];
  const work =
    (name: string, fails = false) =>
    async (): Promise<string> => {
      events.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      events.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    };
  const passes = [
    turnstile.pass("x", work("first")),
    turnstile.pass("x", work("second", true)),
    turnstile.pass("x", work("third")),
    turnstile.pass("y", work("other")),
  ];
  expect(turnstile.size).toBe(2);
  const outcomes = await Promise.allSettled(passes);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled"]);
  expect(events.filter((event) => !event.startsWith("other"))).toEqual([
    "first begins",
    "first ends",
    "second begins",
    "second ends",
    "third begins",
    "third ends",
  ]);
  expect(events.indexOf("other begins")).toBeLessThan(events.indexOf("first ends"));
  expect(turnstile.size).toBe(0);
});
