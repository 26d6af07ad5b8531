import fc from "fast-check";
import { expect, test } from "vitest";
import { type Release, Scope } from "./scope.ts";

test("a scope that owns nothing closes without failures", async () => {
  expect(await new Scope().close()).toEqual([]);
});

test("a release that was called by hand is forgotten by the scope", async () => {
  const scope = new Scope();
  let count = 0;
  const release = scope.own(() => {
    count += 1;
  });
  release();
  release();
  await scope.close();
  expect(count).toBe(1);
});

test("a release may answer with something that is not a promise", async () => {
  const scope = new Scope();
  const open = new Set(["door"]);
  const release = scope.own((() => open.delete("door")) as () => unknown as Release);
  release();
  expect(open.size).toBe(0);
  expect(await scope.close()).toEqual([]);
});

test("a scope says that it is closed as soon as it begins to close", () => {
  const scope = new Scope();
  expect(scope.closed).toBe(false);
  void scope.close();
  expect(scope.closed).toBe(true);
});

test("a child is closed with its parent, in its place among the releases", async () => {
  const parent = new Scope();
  const undone: string[] = [];
  parent.own(() => void undone.push("first"));
  const child = parent.child();
  parent.own(() => void undone.push("last"));
  child.own(() => void undone.push("child, first"));
  child.own(() => void undone.push("child, last"));
  await parent.close();
  expect(undone).toEqual(["last", "child, last", "child, first", "first"]);
});

test("a child that was closed by itself leaves nothing to its parent", async () => {
  const parent = new Scope();
  let count = 0;
  const child = parent.child();
  child.own(() => {
    count += 1;
    throw new Error("told once, to whoever closed the child");
  });
  expect(await child.close()).toHaveLength(1);
  expect(await parent.close()).toEqual([]);
  expect(count).toBe(1);
});

test("a child of a closed scope is closed", async () => {
  const parent = new Scope();
  await parent.close();
  const child = parent.child();
  let released = false;
  child.own(() => {
    released = true;
  });
  expect(child.closed).toBe(true);
  expect(released).toBe(true);
});

test("failures of a child come to the parent as one", async () => {
  const parent = new Scope();
  const failure = new Error("stuck");
  parent.child().own(() => {
    throw failure;
  });
  const [reported] = await parent.close();
  expect((reported as AggregateError).errors).toEqual([failure]);
});

interface PlannedRelease {
  readonly asynchronous: boolean;
  readonly fails: boolean;
  readonly byHand: boolean;
}

const plannedRelease: fc.Arbitrary<PlannedRelease> = fc.record({
  asynchronous: fc.boolean(),
  fails: fc.boolean(),
  byHand: fc.boolean(),
});

test("S1 to S3: each release runs once, one at a time, newest first, and all failures come back in order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(plannedRelease, { maxLength: 12 }), fc.integer({ min: 1, max: 3 }), checkClose),
  );
});

async function checkClose(plans: readonly PlannedRelease[], closeCount: number): Promise<void> {
  const scope = new Scope();
  const begun: number[] = [];
  let running = 0;
  const releases = plans.map((plan, index) =>
    scope.own(() => {
      begun.push(index);
      running += 1;
      expect(running).toBe(1);
      const end = (): void => {
        running -= 1;
        if (plan.fails) throw index;
      };
      return plan.asynchronous ? Promise.resolve().then(end) : end();
    }),
  );
  const byHand = plans.flatMap((plan, index) => (plan.byHand ? [index] : []));
  for (const index of byHand) await attempt(releases[index]);
  const closes = Array.from({ length: closeCount }, () => scope.close());
  const failures = await Promise.all(closes);
  for (const release of releases) await attempt(release);
  const rest = plans.flatMap((plan, index) => (plan.byHand ? [] : [index])).reverse();
  expect(begun).toEqual([...byHand, ...rest]);
  for (const one of failures) expect(one).toEqual(rest.filter((index) => plans[index]?.fails));
}

async function attempt(release: Release | undefined): Promise<void> {
  try {
    await release?.();
  } catch {
    // The failure of a release that is called by hand belongs to the caller, which is this test.
  }
}
