import { expect, test } from "vitest";
import { BoundedMap } from "./bounded-map.ts";

test("the oldest goes when it is full; an entry that is set again is none more", () => {
  const map = new BoundedMap<string, number>(2);
  map.set("a", 1);
  map.set("b", 2);
  map.set("a", 3);
  expect([map.get("a"), map.get("b")]).toEqual([3, 2]);
  map.set("c", 4);
  expect([map.has("a"), map.has("b"), map.get("c")]).toEqual([false, true, 4]);
  map.delete("b");
  map.set("d", 5);
  expect([map.has("c"), map.has("d")]).toEqual([true, true]);
});
