// The order of activity while something else happens: a message between two readings, a store of an older version, a disk
// that takes nothing.
import type { Changes, Conversation, Storage } from "@lathe/kernel";
import { expect, test } from "vitest";
import { storeAsBefore } from "../testing/older-store.ts";
import { draft, message, openTestLog, type TestLog, wholeTurn } from "../testing/test-log.ts";

const idsOf = (page: readonly Conversation[]): readonly string[] => page.map(({ id }) => id);

/** So many conversations in an order of activity that is not that of their age; the newest first. */
async function filled(opened: TestLog, count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let at = 0; at < count; at += 1)
    ids.push((await opened.log.create({ ...draft, owner: `owner ${at % 3}` })).id);
  const order = ids.toSorted((one, other) => (one.at(-1) ?? "").localeCompare(other.at(-1) ?? ""));
  for (const id of order) await opened.log.append(id, [message(id, "x")]);
  return order.reverse();
}

test("a turn moves its conversation once, in the commit of its message", async () => {
  const { log, memory } = openTestLog();
  const { id } = await log.create(draft);
  const commits: (readonly Changes[])[] = [];
  memory.guardCommits((all) => void commits.push(all));
  for (const event of wholeTurn(id, "trn_1", 3)) await log.append(id, [event]);
  const kinds = commits.map((all) =>
    all.flatMap(({ puts = [], deletes = [] }) => [
      ...deletes.map((key) => `-${key[0]}`),
      ...puts.map(({ key }) => `+${key[0]}`),
    ]),
  );
  expect(kinds[0]).toEqual(["-activity", "+entry", "+head", "+activity"]);
  expect(
    kinds
      .slice(1)
      .flat()
      .filter((kind) => kind.includes("activity")),
  ).toEqual([]);
});

test("one that moves between the reading of its place and of its head is shown where it stood", async () => {
  let between: (() => Promise<unknown>) | undefined;
  const { log } = openTestLog({
    wrap: (storage) => ({
      ...boundTo(storage),
      getMany: async (keys) => {
        const act = between;
        between = undefined;
        await act?.();
        return storage.getMany(keys);
      },
    }),
  });
  const [last, middle, first] = [await log.create(draft), await log.create(draft), await log.create(draft)];
  between = () => log.append(middle.id, [message(middle.id, "x")]);
  const page = await log.list({ limit: 2 });
  expect(idsOf(page)).toEqual([first.id, middle.id]);
  expect(idsOf(await log.list({ limit: 9, after: page[1] as Conversation }))).toEqual([last.id]);
  expect(idsOf(await log.list({ limit: 9 }))).toEqual([middle.id, first.id, last.id]);
});

test("a store of the version before lists everything in order, before its rows are made, meanwhile and after", async () => {
  const before = openTestLog();
  const order = await filled(before, 450);
  await storeAsBefore(before.storage);
  const { memory } = before;
  const lists: (readonly string[])[] = [];
  const opened = openTestLog({ memory });
  lists.push(idsOf(await opened.log.list({ limit: 1_000 })));
  const filling = opened.index.fill();
  lists.push(idsOf(await opened.log.list({ limit: 1_000 })));
  await filling;
  lists.push(idsOf(await opened.log.list({ limit: 1_000 })));
  expect(lists).toEqual([order, order, order]);
  const rows = await opened.storage.list({ prefix: ["activity"], limit: 1_000 });
  expect(rows).toHaveLength(450);
  expect(await opened.storage.list({ prefix: ["owned"], limit: 1 })).toEqual([]);
  expect(opened.warnings).toEqual([]);
});

test("a store that takes nothing is listed in order all the same, and is given its rows by a later start", async () => {
  const before = openTestLog();
  const order = await filled(before, 12);
  await storeAsBefore(before.storage);
  const { memory } = before;
  memory.guardCommits(() => {
    throw new Error("The disk is full.");
  });
  const full = openTestLog({ memory });
  await full.index.fill();
  const first = await full.log.list({ limit: 5 });
  const rest = await full.log.list({ limit: 50, after: first.at(-1) as Conversation });
  expect(idsOf([...first, ...rest])).toEqual(order);
  expect(full.warnings).toHaveLength(1);
  memory.guardCommits(() => undefined);
  const roomy = openTestLog({ memory });
  await roomy.index.fill();
  expect(await roomy.storage.list({ prefix: ["activity"], limit: 100 })).toHaveLength(12);
  expect(idsOf(await roomy.log.list({ limit: 50 }))).toEqual(order);
});

test("what is written while the rows are made is where it belongs, and what is deleted has none", async () => {
  const before = openTestLog();
  const order = await filled(before, 450);
  await storeAsBefore(before.storage);
  const opened = openTestLog({ memory: before.memory, nowMs: () => 10_000 });
  const [gone, moved] = [order[7] ?? "", order[431] ?? ""];
  const filling = opened.index.fill();
  await opened.log.append(moved, [message(moved, "x")]);
  await opened.log.delete(gone);
  await filling;
  const rest = order.filter((id) => id !== gone && id !== moved);
  expect(idsOf(await opened.log.list({ limit: 1_000 }))).toEqual([moved, ...rest]);
  expect(await opened.storage.list({ prefix: ["activity"], limit: 1_000 })).toHaveLength(449);
});

test("conversations that get on all the time do not keep the others from their rows", async () => {
  const before = openTestLog();
  const order = await filled(before, 40);
  await storeAsBefore(before.storage);
  let appendCount = 0;
  const opened: TestLog = openTestLog({
    memory: before.memory,
    nowMs: () => 10_000 + appendCount,
    wrap: (storage) => ({
      ...boundTo(storage),
      getMany: async (keys) => {
        const rows = await storage.getMany(keys);
        const [busy] = keys.filter((key) => key[0] === "head" && key[1] === order[5]);
        // Whenever it is read beside others, it has moved by the time that they are written.
        if (keys.length > 2 && busy !== undefined) {
          appendCount += 1;
          await opened.log.append(String(busy[1]), [message(String(busy[1]), "x")]);
        }
        return rows;
      },
    }),
  });
  await opened.index.fill();
  expect(appendCount).toBeGreaterThan(1);
  const rest = order.filter((id) => id !== order[5]);
  expect(idsOf(await opened.log.list({ limit: 2 }))).toEqual([order[5], rest[0]]);
  expect(await opened.storage.list({ prefix: ["activity"], limit: 100 })).toHaveLength(40);
  expect(opened.warnings).toEqual([]);
});

test("the end of the process ends the making of rows in silence, and the next start goes on with it", async () => {
  const before = openTestLog();
  const order = await filled(before, 450);
  await storeAsBefore(before.storage);
  const leaving = openTestLog({ memory: before.memory });
  const filling = leaving.index.fill();
  leaving.ending.abort();
  await filling;
  expect(leaving.warnings).toEqual([]);
  const next = openTestLog({ memory: before.memory });
  expect(idsOf(await next.log.list({ limit: 1_000 }))).toEqual(order);
  await next.index.fill();
  expect(idsOf(await next.log.list({ limit: 1_000 }))).toEqual(order);
});

function boundTo(storage: Storage): Storage {
  return {
    blobs: storage.blobs,
    get: (key) => storage.get(key),
    getMany: (keys) => storage.getMany(keys),
    list: (query) => storage.list(query),
    commit: (changes, ...joined) => storage.commit(changes, ...joined),
    prepare: (changes) => storage.prepare(changes),
    watch: (prefix, listener) => storage.watch(prefix, listener),
  };
}
