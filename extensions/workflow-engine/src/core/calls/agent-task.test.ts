import { sequentialIds } from "@lathe/extension-kit/testing";
import { type Budget, noUsage, type Run, TurnRefusedError, UnknownConversationError } from "@lathe/kernel";
import { compileSchema } from "@lathe/structured-output";
import { describe, expect, test } from "vitest";
import { newCall } from "../run/journal.ts";
import { ProviderGates } from "../schedule/provider-gates.ts";
import { AgentAtWork, type AgentTask, type AgentTaskDesk } from "./agent-task.ts";

const budget: Budget = { reserve: () => true, spend: () => undefined, release: () => undefined };
const place = { conversationId: "cnv_1", childRunId: "run_first" };

function taskWith(change: Partial<AgentTask> = {}): AgentTask {
  return {
    ...{ runId: "run_workflow", owner: "local", label: "count", prompt: "Count.", schema: undefined },
    isNew: true,
    gate: new ProviderGates({ timers: { after: () => () => undefined }, countMax: 1 }).of("demo"),
    budget: { turns: budget, lastWords: () => budget, settle: () => undefined, spentUsd: 0 },
    call: { ...newCall("agent", "words", 0), ...place },
    note: () => Promise.resolve(),
    signal: new AbortController().signal,
    ...change,
  };
}

interface Desk extends AgentTaskDesk {
  /** What was sent, in order. */
  readonly texts: string[];
}

/** `send` throws where it is to be refused; every turn is over at once, and `result` is its answer. */
function deskWith(send: (sentCount: number) => void, result: string | undefined): Desk {
  const texts: string[] = [];
  const runOf = (id: string): Run => ({
    ...{ id, kind: "turn", owner: "local", title: null, parentId: "run_workflow" },
    ...{ status: "succeeded", agent: "default" },
    ...{ conversationId: "cnv_1", turnId: "trn_1", firstSeq: 1, lastSeq: 4, usage: noUsage, error: null },
    ...{
      createdAtMs: 0,
      startedAtMs: 0,
      endedAtMs: 1,
      result: result ?? null,
      budget: null,
      schemaWarnings: [],
    },
  });
  return {
    texts,
    turns: {
      send: async (_conversationId, { text }, options) => {
        send(texts.length);
        texts.push(text);
        return { runId: options?.runId ?? "", turnId: "trn_1", seq: 1 };
      },
      stop: () => Promise.resolve(true),
      subscribe: (_conversationId, _sinceSeq, { onEnd }) => {
        queueMicrotask(() => onEnd("deleted"));
        return () => undefined;
      },
      isDraining: false,
    },
    runs: {
      get: async (id) => (result === undefined ? undefined : runOf(id)),
      wasAskedToStop: async () => false,
    },
    ...{ ids: sequentialIds(), budgets: new Map(), schemaTryCountMax: 5 },
  };
}

function schemaOf(schema: { readonly type: "number" }): NonNullable<AgentTask["schema"]> {
  const compiled = compileSchema(schema);
  if (compiled.kind !== "schema") throw new Error(compiled.message);
  return compiled.schema;
}

const deleted = { kind: "nothing", code: "deleted" };

describe("what somebody deletes while a script waits for it is an agent that gives nothing, never a wait without an end", () => {
  test("the run, before its answer was read", async () => {
    const desk = deskWith(() => undefined, undefined);
    expect(await new AgentAtWork(taskWith(), desk).run()).toMatchObject(deleted);
    expect(desk.texts).toEqual(["Count."]);
  });

  test("the conversation, before the first turn", async () => {
    const refuse = (): void => {
      throw new UnknownConversationError("cnv_1");
    };
    const desk = deskWith(refuse, "7");
    expect(await new AgentAtWork(taskWith(), desk).run()).toMatchObject(deleted);
    expect(desk.budgets.size).toBe(0);
  });

  test("the conversation, before the answer is asked for again", async () => {
    const refuse = (sentCount: number): void => {
      if (sentCount === 1) throw new UnknownConversationError("cnv_1");
    };
    const desk = deskWith(refuse, "no number");
    const task = taskWith({ schema: schemaOf({ type: "number" }) });
    expect(await new AgentAtWork(task, desk).run()).toMatchObject(deleted);
    expect(desk.texts).toHaveLength(1);
  });
});

test("a daemon that drains refuses the turn: the agent is left to the next one", async () => {
  const refuse = (): void => {
    throw new TurnRefusedError("draining", "It stops.");
  };
  const desk = deskWith(refuse, "7");
  expect(await new AgentAtWork(taskWith(), desk).run()).toEqual({ kind: "left" });
  expect(desk.budgets.size).toBe(0);
});
