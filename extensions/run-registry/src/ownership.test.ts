// R4, G16: whose a run is decides who can see it and who can touch it, in every operation.
import type { Run } from "@lathe/kernel";
import type { Page, Problem } from "@lathe/wire";
import { describe, expect, test } from "vitest";
import { ann, bob, openStage, root, type Stage } from "./testing/stage.ts";

const operations = ["runs.get", "runs.events", "runs.stream", "runs.stop", "runs.delete"];

async function runOf(stage: Stage, principal = ann): Promise<Run> {
  return stage.ask<Run>("runs.create", { kind: "task", input: `${principal.id}-canary` }, { principal });
}

function bytesOf(problem: Problem): number {
  return Buffer.byteLength(JSON.stringify(problem));
}

describe.each(operations)("%s", (name) => {
  test("B1: on another's run is forbidden, and changes nothing", async () => {
    await using stage = await openStage();
    const { id } = await runOf(stage);
    expect(await stage.problemOf(name, { id }, { principal: bob })).toMatchObject({
      status: 403,
      code: "forbidden",
    });
    expect(await stage.ask("runs.get", { id })).toMatchObject({ status: "running" });
    expect(stage.tasks.stopped).toEqual([]);
  });

  test("B2: on another's run and on none at all is answered with as many bytes", async () => {
    await using stage = await openStage();
    const { id } = await runOf(stage);
    const forbidden = await stage.problemOf(name, { id }, { principal: bob });
    const unknown = await stage.problemOf(name, { id: `${id}0` }, { principal: bob });
    expect([forbidden.status, unknown.status]).toEqual([403, 404]);
    expect(bytesOf(forbidden)).toBe(bytesOf(unknown));
  });

  test("is open to whoever may do everything", async () => {
    await using stage = await openStage();
    const { id } = await runOf(stage);
    if (name === "runs.delete") await stage.tasks.end(id);
    await stage.ask(name, { id }, { principal: root });
  });
});

test("B1: a list shows the caller's own runs and no others, in whatever way it is chosen", async () => {
  await using stage = await openStage();
  const ours = await runOf(stage);
  const theirs = await runOf(stage, bob);
  await stage.tasks.end((await runOf(stage)).id, "failed");
  for (const query of [
    {},
    { status: "running" },
    { status: "failed" },
    { kind: "task" },
    { agent: "coder" },
  ]) {
    const { items } = await stage.ask<Page<Run>>("runs.list", query, { principal: bob });
    expect(items.every(({ owner }) => owner === "bob")).toBe(true);
    const everybodys = await stage.ask<Page<Run>>("runs.list", query, { principal: root });
    expect(everybodys.items.length).toBeGreaterThan(0);
  }
  // A cursor is a position, not a right.
  const page = await stage.ask<Page<Run>>("runs.list", { cursor: `${theirs.id}~` }, { principal: bob });
  expect(page.items.map(({ id }) => id)).toEqual([theirs.id]);
  expect((await stage.ask<Page<Run>>("runs.list", {})).items.map(({ id }) => id)).toContain(ours.id);
});

test("B4: a position in another's run opens nothing of it", async () => {
  await using stage = await openStage();
  const [ours, theirs] = [await runOf(stage), await runOf(stage, bob)];
  for (let count = 0; count < 5; count += 1) stage.tasks.say(theirs.id);
  const followed = await stage.follow("runs.stream", { id: ours.id }, { lastEventId: "6" });
  await stage.tasks.end(ours.id);
  expect(await followed?.ended).toBeUndefined();
  expect(followed?.shown).toEqual(["reset", 1]);
  expect(JSON.stringify(followed?.events)).not.toContain(theirs.id);
});

test("B5: of many runs of two owners at once each is shown to its own owner only", async () => {
  await using stage = await openStage();
  const owners = Array.from({ length: 60 }, (_, count) => (count % 3 === 0 ? ann : bob));
  const followed = await Promise.all(
    owners.map(async (principal) => {
      const { id } = await runOf(stage, principal);
      const stream = await stage.follow("runs.stream", { id }, { principal });
      return { id, principal, stream };
    }),
  );
  for (let round = 0; round < 10; round += 1) for (const { id } of followed) stage.tasks.say(id);
  await Promise.all(followed.map(({ id }) => stage.tasks.end(id)));
  for (const { id, stream } of followed) {
    await stream?.ended;
    expect(stream?.events).toHaveLength(11);
    expect(stream?.events.every((event) => "turnId" in event && event.turnId === id)).toBe(true);
  }
  for (const { principal } of followed) {
    const { items } = await stage.ask<Page<Run>>("runs.list", { limit: 200 }, { principal });
    expect(items.map(({ id }) => id).sort()).toEqual(
      followed
        .filter((one) => one.principal === principal)
        .map(({ id }) => id)
        .sort(),
    );
  }
});

test.each([
  { owner: "bob" },
  { ownerId: "bob" },
  { userId: "bob" },
  { role: "admin" },
  { scopes: ["admin"] },
  { parentId: "run_1" },
  { runId: "run_1" },
])("B6: a caller cannot say who it is or what it may do: %j is no field", async (claim) => {
  await using stage = await openStage();
  await expect(stage.ask("runs.create", { kind: "task", input: "x", ...claim })).rejects.toThrow(
    "Invalid key",
  );
  await expect(stage.ask("runs.list", claim)).rejects.toThrow("Invalid key");
  expect(stage.tasks.started).toEqual([]);
});
