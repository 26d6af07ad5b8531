import { expect, test } from "vitest";
import { followList, type ListSource } from "./follow-list.ts";
import { toldCountMax } from "./live-list.ts";

interface Row {
  readonly id: string;
  readonly atMs: number;
}

type RowPage = Awaited<ReturnType<ListSource<Row>["page"]>>;

const rowOf = (id: string): Row => ({ id, atMs: Number(id) });
const pageOf = (ids: readonly string[], nextCursor: string | null): RowPage => ({
  items: ids.map(rowOf),
  nextCursor,
});

/** Pages that come when the test says so, and a feed that begins once. */
function heldPages() {
  const pages: PromiseWithResolvers<RowPage>[] = [];
  const list = followList<Row>({
    timeOf: ({ atMs }) => atMs,
    async *changes(signal) {
      yield undefined;
      await new Promise((_, reject) => signal.addEventListener("abort", reject));
    },
    page: () => {
      const page = Promise.withResolvers<RowPage>();
      pages.push(page);
      return page.promise;
    },
  });
  const asked = async (count: number): Promise<void> => {
    await expect.poll(() => pages.length).toBe(count);
  };
  const idsNow = (): readonly string[] => list.list.value.items.map(({ id }) => id);
  return { list, pages, asked, idsNow };
}

test("a page of the list as it was asked for before is not shown when it comes late", async () => {
  const { list, pages, asked, idsNow } = heldPages();
  const stop = list.start();
  await asked(1);
  const again = list.readAgain();
  await asked(2);
  pages[1]?.resolve(pageOf(["9", "7"], "7"));
  await again;
  pages[0]?.resolve(pageOf(["8"], null));
  await pages[0]?.promise;
  expect([idsNow(), list.list.value.nextCursor, list.isLoading.value]).toEqual([["9", "7"], "7", false]);
  stop();
});

test("the next page of an earlier list is not added to the one that took its place, and its failure is none", async () => {
  const { list, pages, asked, idsNow } = heldPages();
  const stop = list.start();
  await asked(1);
  pages[0]?.resolve(pageOf(["9"], "9"));
  await expect.poll(idsNow).toEqual(["9"]);
  const more = list.loadMore();
  const again = list.readAgain();
  pages[1]?.reject(new Error("It was too late."));
  await more;
  expect(list.isLoading.value).toBe(true);
  pages[2]?.resolve(pageOf(["8"], null));
  await again;
  expect([idsNow(), list.failure.value, list.isLoading.value]).toEqual([["8"], null, false]);
  stop();
});

/** A feed that tells what the test says, and a daemon that has the newest rows on its first page. */
function toldFeed() {
  const changes: ({ readonly id: string; readonly row: Row | null } | undefined)[] = [undefined];
  let wake = (): void => undefined;
  const asked: (string | null)[] = [];
  const failures: Error[] = [];
  const list = followList<Row>({
    timeOf: ({ atMs }) => atMs,
    async *changes(signal) {
      signal.addEventListener("abort", () => wake());
      while (!signal.aborted) {
        while (changes.length > 0) yield changes.shift();
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    page: async (cursor) => {
      asked.push(cursor);
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      return pageOf(["1"], "1");
    },
  });
  const tell = (ids: readonly string[]): void => {
    changes.push(...ids.map((id) => ({ id, row: rowOf(id) })));
    wake();
  };
  return { list, asked, failures, tell };
}

test("of a feed that tells thousands of rows no more are held than a list may have", async () => {
  const { list, asked, tell } = toldFeed();
  const stop = list.start();
  await expect.poll(() => list.list.value.isRead).toBe(true);
  let changeCount = 0;
  const leave = list.list.subscribe(() => {
    changeCount += 1;
  });
  tell(Array.from({ length: 20_000 }, (_, at) => String(at + 2)));
  await expect.poll(() => list.list.value.told.has("20001") || asked.length > 8).toBe(true);
  await expect.poll(() => list.isLoading.value).toBe(false);
  const { items, told } = list.list.value;
  expect(items.length).toBeLessThan(toldCountMax + 600);
  expect(told.size).toBeLessThan(toldCountMax + 600);
  expect(changeCount).toBeLessThan(200);
  leave();
  stop();
});

test("what a feed has told is forgotten when it is left", async () => {
  const { list, tell } = toldFeed();
  const stop = list.start();
  await expect.poll(() => list.list.value.isRead).toBe(true);
  tell(["7"]);
  await Promise.resolve();
  stop();
  await new Promise((resolve) => setTimeout(resolve, 120));
  expect(list.list.value.items).toEqual([]);
});

test("where the first page could not be read, whoever asks for more is given it, and not the one behind it", async () => {
  const { list, asked, failures } = toldFeed();
  failures.push(new Error("It is away."));
  const stop = list.start();
  await expect.poll(() => list.failure.value).not.toBeNull();
  await list.loadMore();
  expect([asked, list.failure.value, list.list.value.items.map(({ id }) => id)]).toEqual([
    [null, null],
    null,
    ["1"],
  ]);
  await list.loadMore();
  expect(asked.at(-1)).toBe("1");
  stop();
});
