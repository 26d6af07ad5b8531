import type { PreparedChanges } from "@lathe/kernel";
import type { Call } from "@lathe/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openMemoryStorage } from "../testing/storage/memory-storage.ts";
import { NamedRequests } from "./named-requests.ts";

interface Begun extends Record<string, string> {
  readonly thingId: string;
}

const hour = 3_600_000;
let begunCount = 0;

/** Things that are begun by name, each a row of the store. */
function openThings(memory = openMemoryStorage()) {
  const storage = memory.namespace("things");
  const time = { nowMs: 0 };
  const requests = new NamedRequests<Begun>(storage, {
    nowMs: () => time.nowMs,
    monotonicMs: () => time.nowMs,
  });
  const begin = async (claim: ((begun: Begun) => PreparedChanges) | undefined): Promise<string> => {
    begunCount += 1;
    const thingId = `thing ${begunCount}`;
    const joined = claim === undefined ? [] : [claim({ thingId })];
    const outcome = await storage.commit({ puts: [{ key: ["thing", thingId], value: null }] }, ...joined);
    if (outcome.kind === "conflict") throw new Error("Somebody was first.");
    return thingId;
  };
  const ask = (key?: string, request: unknown = {}, owner = "ann"): Promise<string> => {
    const { signal } = new AbortController();
    const call: Call = { principal: { id: owner, scopes: ["write"] }, signal };
    const named = key === undefined ? call : { ...call, idempotencyKey: key };
    return requests.once(named, request, { begin, answer: async ({ thingId }) => thingId });
  };
  const things = async (): Promise<number> =>
    (await storage.list({ prefix: ["thing"], limit: 1_000 })).length;
  return { memory, storage, requests, time, ask, things };
}

test("there are as many things as there are owners, keys and requests without a key", async () => {
  const asked = fc.record({
    owner: fc.constantFrom("ann", "bob"),
    key: fc.option(fc.constantFrom("one", "two", "three")),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(asked, { maxLength: 20 }), fc.boolean(), async (all, atOnce) => {
      const { ask, things } = openThings();
      const answers: Promise<string>[] = [];
      for (const { owner, key } of all) {
        answers.push(ask(key ?? undefined, { a: 1 }, owner));
        if (!atOnce) await answers.at(-1);
      }
      await Promise.all(answers);
      const names = new Set(all.filter(({ key }) => key !== null).map((one) => JSON.stringify(one)));
      expect(await things()).toBe(names.size + all.filter(({ key }) => key === null).length);
    }),
  );
});

test("a request is the same in whatever order its fields were written, and no other is", async () => {
  const { ask, things } = openThings();
  const first = await ask("key", { a: 1, b: { c: 2, d: 3 } });
  expect(await ask("key", { b: { d: 3, c: 2 }, a: 1 })).toBe(first);
  for (const other of [{}, { a: 1 }, { a: 1, b: { c: 2, d: 4 } }, [1]])
    await expect(ask("key", other)).rejects.toMatchObject({ code: "idempotency-key-reused" });
  expect(await things()).toBe(1);
});

test("what was claimed is kept over a restart, and is forgotten with its key", async () => {
  const before = openThings();
  const first = await before.ask("key");
  const after = openThings(before.memory);
  expect(await after.ask("key")).toBe(first);
  after.time.nowMs = 25 * hour;
  expect(await after.requests.prune(24 * hour)).toBe(false);
  expect((await after.storage.list({ prefix: [], limit: 9 })).map(({ key }) => key[0])).toEqual(["thing"]);
});
