import fc from "fast-check";
import { expect, test } from "vitest";
import { Scope } from "./scope.ts";

test("S1: a release that calls itself runs once", async () => {
  const scope = new Scope();
  let count = 0;
  const release = scope.own(() => {
    count += 1;
    void release();
  });
  await scope.close();
  expect(count).toBe(1);
});

test("S1: a release that throws is not run again", async () => {
  const scope = new Scope();
  let count = 0;
  const release = scope.own(() => {
    count += 1;
    throw new Error("stuck");
  });
  expect(release).toThrow("stuck");
  release();
  expect(await scope.close()).toEqual([]);
  expect(count).toBe(1);
});

test("S2: a release that closes the scope does not start a second round", async () => {
  const scope = new Scope();
  const undone: string[] = [];
  scope.own(() => void undone.push("oldest"));
  scope.own(async () => {
    void scope.close();
    await Promise.resolve();
    undone.push("newest");
  });
  await scope.close();
  expect(undone).toEqual(["newest", "oldest"]);
});

test("S2: closing waits for a release that was called by hand and is still going on", async () => {
  const scope = new Scope();
  const undone: string[] = [];
  const gate = Promise.withResolvers<void>();
  scope.own(() => void undone.push("older"));
  const release = scope.own(async () => {
    await gate.promise;
    undone.push("newer");
  });
  const byHand = release();
  const closing = scope.close();
  expect(release()).toBe(byHand);
  gate.resolve();
  await closing;
  expect(undone).toEqual(["newer", "older"]);
});

test("S3: the failure of a release called by hand during the close comes back from both", async () => {
  const scope = new Scope();
  const gate = Promise.withResolvers<void>();
  const release = scope.own(() => gate.promise);
  const byHand = release();
  const closing = scope.close();
  gate.reject(new Error("stuck"));
  await expect(byHand).rejects.toThrow("stuck");
  expect(await closing).toEqual([new Error("stuck")]);
});

test("S4: the first release finds the scope closing, and what it hands over is released at once", async () => {
  const scope = new Scope();
  const undone: string[] = [];
  scope.own(() => void undone.push("oldest"));
  scope.own(() => {
    expect(scope.closed).toBe(true);
    scope.own(() => void undone.push("late"));
    undone.push("newest");
  });
  await scope.close();
  expect(undone).toEqual(["late", "newest", "oldest"]);
});

test("S4: closing waits for late arrivals of late arrivals", async () => {
  const scope = new Scope();
  const undone: string[] = [];
  scope.own(() => {
    scope.own(async () => {
      await Promise.resolve();
      scope.own(async () => {
        await Promise.resolve();
        undone.push("latest");
      });
      undone.push("late");
    });
  });
  await scope.close();
  expect(undone).toEqual(["late", "latest"]);
});

test("S4: whatever arrives after the close is released at once, and its failure is kept", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 8 }), async (fails) => {
      const scope = new Scope();
      await scope.close();
      let count = 0;
      for (const [index, failing] of fails.entries()) {
        scope.own(() => {
          count += 1;
          if (failing) throw index;
        });
        expect(count).toBe(index + 1);
      }
      await Promise.resolve();
      expect(await scope.close()).toEqual(fails.flatMap((failing, index) => (failing ? [index] : [])));
    }),
  );
});

test("a parent that closes while its child closes waits for it", async () => {
  const parent = new Scope();
  const child = parent.child();
  const gate = Promise.withResolvers<void>();
  const undone: string[] = [];
  parent.own(() => undefined);
  child.own(async () => {
    await gate.promise;
    undone.push("child");
  });
  const closingChild = child.close();
  const closingParent = parent.close().then(() => undone.push("parent"));
  gate.resolve();
  await Promise.all([closingChild, closingParent]);
  expect(undone).toEqual(["child", "parent"]);
});
