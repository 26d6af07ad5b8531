import { type FakeTimers, fakeClock, fakeTimers, sequentialIds } from "@lathe/extension-kit/testing";
import { beforeEach, expect, test } from "vitest";
import { createSessionSeal } from "./session-secret.ts";
import { type EndedSessions, SignedInPages, sessionMs } from "./signed-in-pages.ts";

const dayMs = 24 * 60 * 60 * 1_000;
const seal = createSessionSeal("t".repeat(43), "local");
let clock = fakeClock();
let timers: FakeTimers;
let ended: Map<string, number>;
let durable: PromiseWithResolvers<void>;
let pages: SignedInPages;
beforeEach(() => {
  clock = fakeClock();
  timers = fakeTimers(clock);
  ended = new Map();
  durable = Promise.withResolvers();
  durable.resolve();
  pages = open();
});

const shelf: EndedSessions = {
  has: (id) => ended.has(id),
  add: (id, untilMs) => {
    ended.set(id, untilMs);
    return durable.promise;
  },
};
const open = (): SignedInPages =>
  new SignedInPages({ seal, ended: shelf, clock, timers, ids: sequentialIds() });

test("a page is known by its secret, for 30 days, and learns of the end", async () => {
  const { secret, expiresAtMs } = pages.begin();
  expect(expiresAtMs - clock.nowMs()).toBe(30 * dayMs);
  const session = pages.recognize(secret);
  expect(session?.principal.id).toBe("local");
  expect(pages.recognize(secret)).toBe(session);
  await timers.advance(30 * dayMs - 1);
  expect([pages.recognize(secret), session?.ended.aborted]).toEqual([session, false]);
  await timers.advance(1);
  expect([pages.recognize(secret), session?.ended.aborted]).toEqual([undefined, true]);
  expect(timers.waitingCount()).toBe(0);
});

test("it is made longer when less than half is left, and what is open goes on with it", async () => {
  const first = pages.begin();
  const session = pages.recognize(first.secret);
  await timers.advance(15 * dayMs);
  expect(pages.renew(first.secret)).toEqual(first);
  await timers.advance(1);
  const second = pages.renew(first.secret);
  expect(second?.expiresAtMs).toBe(clock.nowMs() + sessionMs);
  await timers.advance(20 * dayMs);
  expect(session?.ended.aborted).toBe(false);
  expect([pages.recognize(first.secret), pages.renew(first.secret)]).toEqual([undefined, undefined]);
  expect(pages.recognize(second?.secret ?? "")).toBe(session);
  await timers.advance(10 * dayMs);
  expect(session?.ended.aborted).toBe(true);
});

test("one that was ended is over at once, by each of its secrets, before it is durable and after a restart", async () => {
  durable = Promise.withResolvers();
  const first = pages.begin();
  await timers.advance(16 * dayMs);
  const session = pages.recognize(first.secret);
  const second = pages.renew(first.secret);
  const other = pages.begin();
  const ending = pages.end(first.secret);
  const secrets = [first.secret, second?.secret ?? ""];
  expect(session?.ended.aborted).toBe(true);
  expect(secrets.map((secret) => pages.recognize(secret))).toEqual([undefined, undefined]);
  expect(secrets.map((secret) => pages.renew(secret))).toEqual([undefined, undefined]);
  expect(pages.recognize(other.secret)).toBeDefined();
  durable.resolve();
  await ending;
  expect(secrets.map((secret) => open().recognize(secret))).toEqual([undefined, undefined]);
  expect(open().recognize(other.secret)).toBeDefined();
  expect(Math.max(...ended.values())).toBeGreaterThanOrEqual(second?.expiresAtMs ?? Number.POSITIVE_INFINITY);
});

test("where it cannot be made durable, the caller is told, and the page is signed out all the same", async () => {
  const { secret } = pages.begin();
  durable = Promise.withResolvers();
  durable.reject(new Error("The disk is full."));
  await expect(pages.end(secret)).rejects.toThrow("The disk is full.");
  expect(pages.recognize(secret)).toBeUndefined();
});

test("what is nobody's ends nobody, and writes nothing", async () => {
  await pages.end("ses_1.1.x");
  await pages.end("");
  const over = pages.begin();
  await timers.advance(31 * dayMs);
  await pages.end(over.secret);
  expect(ended.size).toBe(0);
});

test("a clock that is set back ends no session early, and one that is set forward signs the page out", async () => {
  const { secret } = pages.begin();
  const session = pages.recognize(secret);
  clock.advance(31 * dayMs);
  expect(pages.recognize(secret)).toBeUndefined();
  await timers.advance(0);
  expect(session?.ended.aborted).toBe(true);
});

test("closing lets go of every timer and signs nobody out", () => {
  const sessions = [pages.begin(), pages.begin()].map(({ secret }) => pages.recognize(secret));
  expect(timers.waitingCount()).toBe(2);
  pages.close();
  expect(timers.waitingCount()).toBe(0);
  expect(sessions.map((session) => session?.ended.aborted)).toEqual([false, false]);
});
