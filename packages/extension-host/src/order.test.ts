import fc from "fast-check";
import { expect, test } from "vitest";
import type { Manifest } from "./manifest.ts";
import { type Candidates, planOrder } from "./order.ts";
import { manifestOf } from "./testing/fixtures.ts";

const candidates = (manifests: readonly Manifest[], more: Partial<Candidates> = {}): Candidates => ({
  manifests,
  disabled: [],
  hostServices: ["extension-report"],
  ...more,
});
const ids = (manifests: readonly Manifest[]): readonly string[] => manifests.map(({ id }) => id);

test("X1: who needs comes after who offers; ids decide the rest", () => {
  const manifests = [
    manifestOf("c", { needs: ["storage"] }),
    manifestOf("b"),
    manifestOf("z", { offers: ["storage"] }),
    manifestOf("a", { needs: ["extension-report"] }),
  ];
  expect(ids(planOrder(candidates(manifests)).order)).toEqual(["a", "b", "z", "c"]);
});

test("T7: who takes what is logged comes first, and so is closed last", () => {
  const manifests = [manifestOf("a"), manifestOf("b", { offers: ["x"] })];
  const sink = manifestOf("z", { contributes: { "log-sinks": ["file"] }, needs: ["x"] });
  const journal = manifestOf("journal", { contributes: { "log-sinks": ["journal"] } });
  const { order } = planOrder(candidates([...manifests, sink, journal]));
  expect(ids(order)).toEqual(["journal", "a", "b", "z"]);
});

test("who wants comes after who offers, where that makes no circle", () => {
  const manifests = [
    manifestOf("a", { wants: ["x"] }),
    manifestOf("b", { offers: ["x"], wants: ["y"] }),
    manifestOf("c", { offers: ["y"], needs: ["x"] }),
  ];
  expect(ids(planOrder(candidates(manifests)).order)).toEqual(["b", "a", "c"]);
});

test("X1: a missing need is named with who lacks it", () => {
  const { missing, order } = planOrder(candidates([manifestOf("a", { needs: ["storage"] })]));
  expect(missing.get("a")).toBe(
    "a needs storage, which no installed extension offers. Install one that offers it.",
  );
  expect(order).toEqual([]);
});

test("X1: a need that a disabled extension offers names that extension", () => {
  const disabled = [manifestOf("storage-lmdb", { offers: ["storage"] })];
  const { missing } = planOrder(candidates([manifestOf("a", { needs: ["storage"] })], { disabled }));
  expect(missing.get("a")).toBe(
    "a needs storage, which storage-lmdb offers but is disabled. Enable storage-lmdb in the configuration.",
  );
});

test("a lack is passed on to those who need the one that lacks", () => {
  const manifests = [
    manifestOf("a", { needs: ["b-service"] }),
    manifestOf("b", { needs: ["storage"], offers: ["b-service"] }),
  ];
  expect(planOrder(candidates(manifests)).missing.get("a")).toBe(
    "a needs b-service, which b offers but lacks something itself: " +
      "b needs storage, which no installed extension offers. Install one that offers it.",
  );
});

test("X1: a circle is named from every side, and only those in it are refused", () => {
  const manifests = [
    manifestOf("a", { needs: ["y"], offers: ["x"] }),
    manifestOf("b", { needs: ["x"], offers: ["y"] }),
    manifestOf("c", { needs: ["x"] }),
    manifestOf("d"),
  ];
  const { order, refused, missing } = planOrder(candidates(manifests));
  expect(refused.get("a")).toContain("a needs y, which b offers; b needs x, which a offers: a circle");
  expect(refused.get("b")).toContain("b needs x, which a offers; a needs y, which b offers: a circle");
  expect(missing.get("c")).toContain("c needs x, which a offers but was refused: a needs y");
  expect(ids(order)).toEqual(["d"]);
});

test("an extension that needs what it offers itself is a circle of one", () => {
  const { refused } = planOrder(candidates([manifestOf("a", { needs: ["x"], offers: ["x"] })]));
  expect(refused.get("a")).toContain("a needs x, which a offers: a circle");
});

test("of two that offer one service the earlier has it, and the other is refused", () => {
  const manifests = [
    manifestOf("b", { offers: ["storage"] }),
    manifestOf("a", { offers: ["other", "storage"] }),
  ];
  const { order, refused } = planOrder(candidates([...manifests, manifestOf("c", { needs: ["other"] })]));
  expect(ids(order)).toEqual(["b"]);
  expect(refused.get("a")).toBe(
    "a offers storage, which b offers already. Disable one of the two in the configuration.",
  );
});

test("who needs what only a refused extension offers is told of it", () => {
  const manifests = [
    manifestOf("b", { offers: ["storage"] }),
    manifestOf("a", { offers: ["other", "storage"] }),
    manifestOf("c", { needs: ["other"] }),
  ];
  expect(planOrder(candidates(manifests)).missing.get("c")).toContain(
    "c needs other, which a offers but was refused: a offers storage",
  );
});

test("what the host offers cannot be offered by an extension", () => {
  const { refused } = planOrder(candidates([manifestOf("a", { offers: ["extension-report"] })]));
  expect(refused.get("a")).toContain("which the host itself offers");
});

const services = ["s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7"];
const someServices = fc.uniqueArray(fc.constantFrom(...services), { maxLength: 3 });
const graph = fc
  .array(fc.record({ needs: someServices, wants: someServices, offers: someServices }), { maxLength: 10 })
  .map((nodes) =>
    nodes.map(({ needs, wants, offers }, index) =>
      manifestOf(`x${index}`, { needs, wants: wants.filter((name) => !needs.includes(name)), offers }),
    ),
  );

test("O1 and O2: in random graphs every extension is ordered after its needs, or has its sentence", () => {
  fc.assert(
    fc.property(graph, (manifests) => {
      const { order, refused, missing } = planOrder(candidates(manifests));
      const there = new Set<string>();
      for (const { needs, offers } of order) {
        for (const need of needs) expect(there).toContain(need);
        for (const offer of offers) there.add(offer);
      }
      const placed = [...ids(order), ...refused.keys(), ...missing.keys()].sort();
      expect(placed).toEqual([...ids(manifests)].sort());
      for (const [id, sentence] of [...refused, ...missing])
        expect(sentence).toMatch(new RegExp(`^${id} (needs|offers) `));
    }),
    { numRuns: 500 },
  );
});

test("O2: in random graphs nobody is refused for a circle who is not in one, and nobody is missing without a cause", () => {
  fc.assert(
    fc.property(graph, (manifests) => {
      const { order, refused, missing, offeredBy } = planOrder(candidates(manifests));
      const byId = new Map(manifests.map((manifest) => [manifest.id, manifest]));
      const reaches = (from: string): Set<string> => {
        const reached = new Set<string>();
        const visit = (id: string): void => {
          for (const need of byId.get(id)?.needs ?? []) {
            const next = offeredBy.get(need);
            if (next === undefined || reached.has(next)) continue;
            reached.add(next);
            visit(next);
          }
        };
        visit(from);
        return reached;
      };
      for (const { id } of manifests) {
        const circular = reaches(id).has(id);
        const clash = refused.get(id)?.includes("Disable one of the two") === true;
        if (!clash) expect(refused.has(id)).toBe(circular);
      }
      const runs = new Set(ids(order));
      for (const id of missing.keys()) {
        const lacks = (byId.get(id)?.needs ?? []).filter((need) => !runs.has(offeredBy.get(need) ?? ""));
        expect(lacks.length).toBeGreaterThan(0);
      }
    }),
    { numRuns: 500 },
  );
});

test("O3: in random graphs the answer does not depend on the order of those that do not clash", () => {
  const shuffled = graph.chain((manifests) => {
    const seen = new Set<string>();
    const apart = manifests.filter(({ offers }) => {
      const clash = offers.some((name) => seen.has(name));
      if (!clash) for (const name of offers) seen.add(name);
      return !clash;
    });
    return fc.tuple(fc.constant(apart), fc.shuffledSubarray(apart, { minLength: apart.length }));
  });
  fc.assert(
    fc.property(shuffled, ([manifests, others]) => {
      expect(ids(planOrder(candidates(others)).order)).toEqual(ids(planOrder(candidates(manifests)).order));
    }),
  );
});
