import { expect, test } from "vitest";
import { followList, type ListSource } from "./follow-list.ts";

interface Row {
  readonly id: string;
  readonly createdAtMs: number;
}

type RowPage = Awaited<ReturnType<ListSource<Row>["page"]>>;

const rowOf = (id: string): Row => ({ id, createdAtMs: Number(id) });
const pageOf = (ids: readonly string[], nextCursor: string | null): RowPage => ({
  items: ids.map(rowOf),
  nextCursor,
});

/** Pages that come when the test says so, and a feed that begins once. */
function heldPages() {
  const pages: PromiseWithResolvers<RowPage>[] = [];
  const list = followList<Row>({
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
