import type { RunEvent, WorkflowEntry } from "@lathe/kernel";
import { foldWorkflow, startWorkflowView, type WorkflowStatus, workflowStatus } from "@lathe/wire";
import { describe, expect, test, vi } from "vitest";
import { asked, begun, ended, entriesOf, runOf, saidLine } from "../testing/run-of.ts";
import type { Milestone } from "./milestones.ts";
import { statusOf } from "./shown-status.ts";
import { keptLineMax } from "./workflow-log.ts";
import { type WatchDesk, WorkflowWatch } from "./workflow-watch.ts";

/** Passes what it is given, until it is ended. */
class Stream {
  readonly #waiting: RunEvent[] = [];
  #wake = Promise.withResolvers<void>();
  #isOver = false;

  pass(events: readonly RunEvent[]): void {
    this.#waiting.push(...events);
    this.#wake.resolve();
  }

  end(): void {
    this.#isOver = true;
    this.#wake.resolve();
  }

  async *events(): AsyncGenerator<RunEvent> {
    for (;;) {
      for (let event = this.#waiting.shift(); event !== undefined; event = this.#waiting.shift()) yield event;
      if (this.#isOver) return;
      await this.#wake.promise;
      this.#wake = Promise.withResolvers<void>();
    }
  }
}

interface Setting {
  readonly lastSeq?: () => Promise<number>;
  readonly status?: () => Promise<WorkflowStatus>;
}

function watchOn(stream: Stream, { lastSeq, status }: Setting = {}) {
  const milestones: Milestone[] = [];
  const desk: WatchDesk = {
    lastSeq: lastSeq ?? (async () => 0),
    status: status ?? (() => new Promise(() => undefined)),
    events: () => stream.events(),
  };
  const watch = new WorkflowWatch(desk, (milestone) => milestones.push(milestone));
  watch.start();
  return { watch, milestones };
}

const reset = { type: "reset" } as RunEvent;
const run = runOf("run_1");

describe("a run that is followed", () => {
  test("what is folded is what the log folds to, however it comes", async () => {
    const entries = entriesOf([begun, saidLine("a"), asked("apr_1"), saidLine("b"), ended]);
    const stream = new Stream();
    const { watch } = watchOn(stream);
    for (const entry of entries) stream.pass([entry]);
    stream.end();
    await expect.poll(() => watch.view.value.finish).not.toBeNull();
    expect(watch.view.value).toEqual(foldWorkflow(entries));
    expect(watch.log.value.lines.map(({ text }) => text)).toEqual(["a", "b"]);
  });

  test("after a reset everything comes again, and nothing is there twice", async () => {
    const entries = entriesOf([begun, saidLine("a"), saidLine("b")]);
    const stream = new Stream();
    const { watch } = watchOn(stream);
    stream.pass(entries.slice(0, 2));
    await expect.poll(() => watch.log.value.lines).toHaveLength(1);
    stream.pass([reset, ...entries]);
    await expect.poll(() => watch.view.value.lastSeq).toBe(3);
    expect(watch.log.value.lines.map(({ text }) => text)).toEqual(["a", "b"]);
    expect(watch.view.value).toEqual(foldWorkflow(entries));
    watch.stop();
  });

  test("a reset in the middle of what came together leaves out what was before it", async () => {
    const entries = entriesOf([begun, saidLine("new")]);
    const stream = new Stream();
    const { watch } = watchOn(stream);
    stream.pass([...entriesOf([begun, saidLine("old")]), reset, ...entries]);
    await expect.poll(() => watch.view.value.lastSeq).toBe(2);
    expect(watch.log.value.lines.map(({ text }) => text)).toEqual(["new"]);
    watch.stop();
  });

  test("until the entries have caught up, the daemon's word is shown", async () => {
    const entries = entriesOf([begun, saidLine("a"), saidLine("b")]);
    const told = workflowStatus(run, foldWorkflow(entries));
    const stream = new Stream();
    const { watch } = watchOn(stream, { lastSeq: async () => 3, status: async () => told });
    const shown = () => statusOf(run, watch.view.value, watch.status.value, watch.isWhole.value);
    stream.pass(entries.slice(0, 1));
    await expect.poll(() => watch.view.value.lastSeq).toBe(1);
    await expect.poll(() => shown()).toEqual(told);
    expect(watch.isWhole.value).toBe(false);
    stream.pass(entries.slice(1));
    await expect.poll(() => watch.isWhole.value).toBe(true);
    expect(shown()).toEqual(told);
    watch.stop();
  });

  test("where the daemon's word does not come, the entries do", async () => {
    const entries = entriesOf([begun, saidLine("a")]);
    const stream = new Stream();
    const { watch } = watchOn(stream, {
      lastSeq: () => Promise.reject(new Error("lost")),
      status: () => Promise.reject(new Error("lost")),
    });
    stream.pass(entries);
    await expect.poll(() => watch.isWhole.value).toBe(true);
    expect(watch.failure.value).toBeNull();
    expect(statusOf(run, watch.view.value, null, true)?.name).toBe("survey");
    watch.stop();
  });

  test("a stream that cannot be had is said, with the reason", async () => {
    const failure = new Error("There is no such run.");
    const desk: WatchDesk = {
      lastSeq: async () => 0,
      status: () => Promise.reject(failure),
      // biome-ignore lint/correctness/useYield: it fails before there is anything.
      events: async function* (): AsyncGenerator<RunEvent> {
        throw failure;
      },
    };
    const watch = new WorkflowWatch(desk, () => undefined);
    watch.start();
    await expect.poll(() => watch.failure.value).toBe(failure);
  });

  test("what comes after it was left changes nothing, and is no failure", async () => {
    const stream = new Stream();
    const { watch, milestones } = watchOn(stream);
    stream.pass(entriesOf([begun]));
    await expect.poll(() => watch.view.value.lastSeq).toBe(1);
    watch.stop();
    stream.pass(entriesOf([begun, asked("apr_1")]).slice(1));
    stream.end();
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(watch.view.value.lastSeq).toBe(1);
    expect([milestones, watch.failure.value]).toEqual([[], null]);
  });
});

describe("milestones", () => {
  test("a question that was open before is told, an end that was before is not", async () => {
    const stream = new Stream();
    const open = watchOn(stream, { lastSeq: async () => 2 });
    stream.pass(entriesOf([begun, asked("apr_1")]));
    await expect.poll(() => open.milestones.map(({ kind }) => kind)).toEqual(["asked"]);
    open.watch.stop();

    const over = new Stream();
    const past = watchOn(over, { lastSeq: async () => 3 });
    over.pass(entriesOf([begun, saidLine("a"), ended]));
    over.end();
    await expect.poll(() => past.watch.isWhole.value).toBe(true);
    expect(past.milestones).toEqual([]);
  });

  test("each question and the end are told once, and no line and no agent", async () => {
    const entries: readonly WorkflowEntry[] = entriesOf([
      begun,
      saidLine("a"),
      asked("apr_1"),
      saidLine("b"),
      ended,
    ]);
    const stream = new Stream();
    const { watch, milestones } = watchOn(stream, { lastSeq: async () => 1 });
    stream.pass(entries.slice(0, 1));
    await expect.poll(() => watch.isWhole.value).toBe(true);
    stream.pass(entries.slice(1, 4));
    await expect.poll(() => watch.view.value.lastSeq).toBe(4);
    stream.pass(entries.slice(4));
    stream.end();
    await expect.poll(() => milestones.map(({ kind }) => kind)).toEqual(["asked", "ended"]);
  });
});

describe("the log that is kept", () => {
  test("has a bound, and says how much it has left out", async () => {
    const lines = Array.from({ length: keptLineMax + 10 }, (_, at) => saidLine(`line ${at}`));
    const stream = new Stream();
    const { watch } = watchOn(stream);
    stream.pass(entriesOf([begun, ...lines]));
    await vi.waitFor(() => expect(watch.log.value.droppedCount).toBe(10));
    expect(watch.log.value.lines).toHaveLength(keptLineMax);
    expect(watch.log.value.lines.at(-1)?.text).toBe(`line ${keptLineMax + 9}`);
    expect(startWorkflowView().log).toEqual([]);
    watch.stop();
  });
});
