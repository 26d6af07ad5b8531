import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arrange } from "./arrange.ts";
import type { FoundScript } from "./library-item.ts";

const script = {} as NonNullable<FoundScript["script"]>;

function whole(name: string, path: string): FoundScript {
  return { name, source: { kind: "project", path }, text: "", script, problem: null, warnings: [] };
}

function broken(name: string, path: string): FoundScript {
  const problem = { code: "script-parse-error", message: "It is broken.", line: 1, column: 1 };
  return { ...whole(name, path), script: null, problem };
}

describe("what a name stands for", () => {
  test("the nearest place wins, and says what it shadows, nearest first", () => {
    const { items, byName } = arrange([
      [whole("a", "/near/a.js")],
      [whole("a", "/mid/a.js"), whole("b", "/mid/b.js")],
      [whole("a", "/far/a.js")],
    ]);
    expect(items.map(({ name, source }) => [name, source.path])).toEqual([
      ["a", "/near/a.js"],
      ["b", "/mid/b.js"],
    ]);
    expect(byName.get("a")?.shadows.map(({ path }) => path)).toEqual(["/mid/a.js", "/far/a.js"]);
  });

  test("F14s: of two with one name in a folder the first file wins, and the other is listed with an error", () => {
    const { items, byName } = arrange([[whole("a", "/x/1.js"), whole("a", "/x/2.js")]]);
    expect(byName.get("a")?.source.path).toBe("/x/1.js");
    expect(items.map(({ source, problem }) => [source.path, problem?.code])).toEqual([
      ["/x/1.js", undefined],
      ["/x/2.js", "duplicate-name"],
    ]);
    expect(items[1]?.problem?.message).toContain("/x/1.js");
  });

  test("a broken file is not run as one of its name that stands farther away", () => {
    const { byName } = arrange([[broken("a", "/near/a.js")], [whole("a", "/far/a.js")]]);
    expect(byName.get("a")).toMatchObject({ script: null, shadows: [{ path: "/far/a.js" }] });
  });

  test("a whole script has its name before a broken file that is called so", () => {
    const { items, byName } = arrange([[broken("a", "/x/a.js"), whole("a", "/x/z.js")]]);
    expect(byName.get("a")?.source.path).toBe("/x/z.js");
    expect(items.map(({ problem }) => problem?.code)).toEqual([undefined, "script-parse-error"]);
  });

  test("a second one of a folder shadows nothing", () => {
    const { byName } = arrange([[whole("a", "/x/1.js"), whole("a", "/x/2.js")], [whole("a", "/y/a.js")]]);
    expect(byName.get("a")?.shadows.map(({ path }) => path)).toEqual(["/y/a.js"]);
  });
});

test("everything that was found is listed or shadowed, once", () => {
  const found = fc.record({ name: fc.constantFrom("a", "b", "c", "__proto__"), isWhole: fc.boolean() });
  fc.assert(
    fc.property(fc.array(fc.array(found, { maxLength: 6 }), { maxLength: 4 }), (folders) => {
      const scripts = folders.map((folder, at) =>
        folder.map(({ name, isWhole }, index) => (isWhole ? whole : broken)(name, `/${at}/${index}.js`)),
      );
      const { items, byName } = arrange(scripts);
      const paths = items.flatMap(({ source, shadows }) => [source, ...shadows]).map(({ path }) => path);
      expect(paths.toSorted()).toEqual(
        scripts
          .flat()
          .map(({ source }) => source.path)
          .toSorted(),
      );
      for (const item of byName.values()) expect(items).toContain(item);
      expect(items.map(({ name }) => name)).toEqual(items.map(({ name }) => name).toSorted());
    }),
  );
});
