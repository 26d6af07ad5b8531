import type { Entry, ProviderEvent } from "@lathe/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openStage, type Stage, Watcher } from "../testing/stage.ts";

type Act =
  | { readonly do: "send" | "stop" | "watch" | "leave" | "breathe" }
  /** The store refuses the append after so many others. */
  | { readonly do: "refuse"; readonly after: number };

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Act>({ do: "send" }) },
  { weight: 2, arbitrary: fc.constant<Act>({ do: "stop" }) },
  { weight: 3, arbitrary: fc.constant<Act>({ do: "watch" }) },
  { weight: 1, arbitrary: fc.constant<Act>({ do: "leave" }) },
  { weight: 4, arbitrary: fc.constant<Act>({ do: "breathe" }) },
  { weight: 1, arbitrary: fc.nat(2).map((after): Act => ({ do: "refuse", after })) },
);

/** How a model call goes: a word, and then an end, a failure or silence. */
const ending = fc.constantFrom("stop", "fail", "hang");

async function* streamOf(how: string): AsyncGenerator<readonly ProviderEvent[]> {
  yield [{ type: "text-delta", text: "Well" }];
  await breath();
  if (how === "hang") await new Promise(() => {});
  else if (how === "fail") throw new Error("The adapter broke.");
  else yield [{ type: "finish", reason: "stop", rawReason: null }];
}

function breath(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

const full = new Error("The disk is full.");

/** A stop has to seal what was given up, and is told where the store refuses that as well. */
function unlessFull(failure: unknown): void {
  if (failure !== full) throw failure;
}

interface Played {
  readonly stage: Stage;
  readonly admittedCount: () => number;
  /** Those who never left, with where they began. */
  readonly watchers: readonly Watcher[];
}

async function play(acts: readonly Act[], endings: readonly string[]): Promise<Played> {
  const stage = await openStage();
  const { id } = stage.conversation;
  let asked = 0;
  stage.stream = () => streamOf(endings[asked++ % endings.length] ?? "stop");
  let refuseAfter = Number.POSITIVE_INFINITY;
  stage.conversations.beforeAppend = () => {
    if (refuseAfter-- > 0) return;
    refuseAfter = Number.POSITIVE_INFINITY;
    throw full;
  };
  let admitted = 0;
  const pending: Promise<unknown>[] = [];
  const watching: { readonly watcher: Watcher; readonly stop: () => void }[] = [];
  for (const next of acts) {
    if (next.do === "send") {
      const sent = stage.turns.send(id, { text: "Hi." }).then(() => admitted++);
      pending.push(sent.catch(() => {}));
    } else if (next.do === "stop") pending.push(stage.turns.stop(id).catch(unlessFull));
    else if (next.do === "watch") {
      const watcher = new Watcher();
      watching.push({ watcher, stop: stage.turns.subscribe(id, 0, watcher) });
    } else if (next.do === "leave") watching.shift()?.stop();
    else if (next.do === "refuse") refuseAfter = next.after;
    else await breath();
  }
  await stage.turns.drain(0);
  await Promise.all(pending);
  stage.conversations.beforeAppend = undefined;
  for (let count = 0; count < 20; count++) await breath();
  return { stage, admittedCount: () => admitted, watchers: watching.map(({ watcher }) => watcher) };
}

/** A log is turns one after the other, each with its message, its start, its end and its seal. */
function expectWholeTurns(log: readonly Entry[]): void {
  const shape = log.map((entry) => entry.type).join(" ");
  expect(shape).toMatch(/^(user-message turn-start( step-complete)* done turn-sealed ?)*$/);
  expect(log.map((entry) => entry.seq)).toEqual(log.map((_, index) => index + 1));
}

test("whoever sends, stops, watches and leaves in whatever order, over a store that refuses now and then", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(act, { maxLength: 25 }),
      fc.array(ending, { minLength: 1, maxLength: 4 }),
      async (acts, endings) => {
        const { stage, admittedCount, watchers } = await play(acts, endings);
        const before = await stage.entries();
        for (const watcher of watchers) {
          if (watcher.ended !== undefined) continue;
          const seqs = watcher.events.flatMap((event) => ("seq" in event ? [event.seq] : []));
          expect(seqs).toEqual(before.map((entry) => entry.seq));
        }
        const next = stage.restart();
        await next.recover();
        await next.continueAll();
        await next.drain(0);
        const log = await stage.entries();
        expectWholeTurns(log);
        expect(log.filter((entry) => entry.type === "user-message")).toHaveLength(admittedCount());
        expect((await stage.conversations.get(stage.conversation.id))?.state).toBe("idle");
        expect(await stage.storage.list({ prefix: ["partial"], limit: 10 })).toEqual([]);
        expect((await next.recover()).continuedCount).toBe(0);
      },
    ),
    { numRuns: 300 },
  );
});
