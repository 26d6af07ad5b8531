// R2, G8: a stream of a run from any position gives what comes after it, each once and in order, and then its end.
import type { Run } from "@lathe/kernel";
import type { RunEventsPage, RunStreamStart } from "@lathe/wire/operations";
import { expect, test } from "vitest";
import { followRun } from "./core/follow-run.ts";
import { Followed, openStage, type Stage, settle } from "./testing/stage.ts";

async function runWith(stage: Stage, entryCount: number): Promise<string> {
  const { id } = await stage.ask<Run>("runs.create", { kind: "task", input: "work" });
  for (let count = 1; count < entryCount; count += 1) stage.tasks.say(id);
  return id;
}

async function follow(stage: Stage, id: string, lastEventId?: string, after?: unknown): Promise<Followed> {
  const caller = lastEventId === undefined ? {} : { lastEventId };
  const followed = await stage.follow("runs.stream", after === undefined ? { id } : { id, after }, caller);
  if (followed === undefined) throw new Error("There is nothing to follow.");
  return followed;
}

test("G8: from every position of a finished run comes exactly the rest, then the end; from the last nothing at all", async () => {
  await using stage = await openStage();
  const id = await runWith(stage, 6);
  await stage.tasks.end(id);
  for (let position = 0; position < 6; position += 1) {
    const rest = [1, 2, 3, 4, 5, 6].slice(position);
    for (const followed of [
      await follow(stage, id, String(position)),
      await follow(stage, id, undefined, position),
      await follow(stage, id, undefined, String(position)),
      // What a client saw last counts more than the address that it once asked for.
      await follow(stage, id, String(position), 6),
    ]) {
      expect(await followed.ended).toBeUndefined();
      expect(followed.shown).toEqual(rest);
    }
  }
  expect(await stage.follow("runs.stream", { id }, { lastEventId: "6" })).toBeUndefined();
  expect(await stage.follow("runs.stream", { id, after: 6 })).toBeUndefined();
  expect(stage.tasks.subscriberCount).toBe(0);
});

test.each([
  "7",
  "-1",
  "NaN",
  "1.5",
  "0x1",
  "9223372036854775808",
  "1".repeat(100),
  "1\u0000",
  "",
  " 1",
])("C11, G8: the position %j, which is none of the run, is answered with a reset and then with everything", async (position) => {
  await using stage = await openStage();
  const id = await runWith(stage, 6);
  const asked = [await follow(stage, id, position), await follow(stage, id, undefined, position)];
  await settle();
  for (const { shown } of asked) expect(shown).toEqual(["reset", 1, 2, 3, 4, 5, 6]);
  expect(asked[0]?.events[0]).toEqual({ type: "reset", conversationId: id, lastSeq: 6 });
  stage.tasks.say(id);
  await stage.tasks.end(id);
  for (const { shown, ended } of asked) {
    expect(await ended).toBeUndefined();
    expect(shown).toEqual(["reset", 1, 2, 3, 4, 5, 6, 7]);
  }
});

test("a run in progress is followed to its end, also by who has all of it so far", async () => {
  await using stage = await openStage();
  const id = await runWith(stage, 3);
  const start = await stage.ask<RunStreamStart>("runs.stream", { id }, { lastEventId: "3" });
  expect(start).toMatchObject({ after: 3, lastSeq: 3, reset: false, complete: false });
  const followed = await follow(stage, id, "3");
  await settle();
  expect(followed.shown).toEqual([]);
  stage.tasks.say(id);
  await stage.tasks.end(id);
  expect(await followed.ended).toBeUndefined();
  expect(followed.shown).toEqual([4]);
});

test("who leaves is told nothing more, also before the first event", async () => {
  await using stage = await openStage();
  const id = await runWith(stage, 3);
  const run = (await stage.runs.get(id)) as Run;
  const early = new Followed(followRun(stage.tasks, { run, after: 0, lastSeq: 3, reset: true }));
  early.stop();
  const late = await follow(stage, id);
  await settle();
  late.stop();
  stage.tasks.say(id);
  await settle();
  expect([early.shown, late.shown]).toEqual([[], [1, 2, 3]]);
  expect(stage.tasks.subscriberCount).toBe(0);
});

test("who starts a run can follow it in the same request", async () => {
  await using stage = await openStage();
  const followed = await stage.follow("runs.create", { kind: "task", input: "work" });
  await settle();
  const [run] = await stage.runs.active("task");
  await stage.tasks.end(run?.id ?? "");
  expect(await followed?.ended).toBeUndefined();
  expect(followed?.shown).toEqual([1]);
});

test("C10s: a log that is gone, or cannot be read, ends the stream with a problem that tells nothing of the inside", async () => {
  await using stage = await openStage();
  const id = await runWith(stage, 1);
  for (const [reason, code] of [
    ["deleted", "run-log-deleted"],
    ["failed", "stream-failed"],
  ] as const) {
    stage.tasks.subscribe = (_run, _after, subscriber) => {
      queueMicrotask(() => subscriber.onEnd(reason));
      return () => undefined;
    };
    expect(await (await follow(stage, id)).ended).toMatchObject({ code });
  }
});

test("R2: the events come page by page", async () => {
  await using stage = await openStage();
  const id = await runWith(stage, 7);
  const seen: number[] = [];
  let after: number | null = 0;
  while (after !== null) {
    const page: RunEventsPage = await stage.ask("runs.events", { id, after, limit: 3 });
    seen.push(...page.items.map(({ seq }) => seq));
    after = page.nextAfter;
  }
  expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7]);
});
