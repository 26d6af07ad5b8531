// What the runs of others' work may use: the turn asks before each step, and a restart neither loses nor repeats what it used.
import {
  type Budget,
  createLedger,
  noUsage,
  type ProviderRequest,
  type Tool,
  type Usage,
} from "@lathe/kernel";
import { describe, expect, test } from "vitest";
import { openStage, type Stage, type Stream, sealedTurns } from "../testing/stage.ts";

const stepUsage: Usage = { ...noUsage, inputTokens: 90, outputTokens: 10 };
const model = { provider: "test", model: "model" };

/** Calls `look` this many times, one call a step, and then answers; a message after that is answered at once. */
function looks(count: number, requests: ProviderRequest[] = []): Stream {
  return async function* (request) {
    requests.push({ ...request, messages: [...request.messages] });
    const results = request.messages.filter(({ role }) => role === "tool").length;
    const usage = { type: "usage", usage: stepUsage } as const;
    if (results >= count || (request.messages.at(-1)?.role === "user" && results > 0)) {
      yield [
        { type: "text-delta", text: "Seen." },
        usage,
        { type: "finish", reason: "stop", rawReason: null },
      ];
      return;
    }
    const call = {
      type: "tool-call",
      callId: `c${results}`,
      name: "look",
      argumentsText: `{"n":${results}}`,
    } as const;
    yield [call, usage, { type: "finish", reason: "tool-calls", rawReason: null }];
  };
}

function look(run: () => Promise<string> = async () => "seen"): Tool {
  return {
    name: "look",
    description: "Looks.",
    parameters: { type: "object" },
    input: { "~standard": { version: 1, vendor: "test", validate: (value) => ({ value }) } },
    concurrencySafe: true,
    readOnly: true,
    idempotent: true,
    timeoutMs: 0,
    execute: async () => ({ content: await run() }),
  };
}

function ledgerOf(tokens: number): ReturnType<typeof createLedger> {
  return createLedger({ limits: { tokens, usd: null }, priceOf: () => undefined, reserveFraction: 0 });
}

function send(stage: Stage, runId: string): Promise<unknown> {
  return stage.turns.send(stage.conversation.id, { text: "Look." }, { runId });
}

async function crashed(stage: Stage): Promise<void> {
  const next = stage.restart();
  await next.recover();
  await next.continueAll();
}

describe("a turn", () => {
  test("spends from the budget of its run, the first that anybody knows of, and others spend from none", async () => {
    const account = ledgerOf(1_000);
    const budget = account.admit(100);
    const asked: string[] = [];
    const budgets = {
      other: { budgetOf: (runId: string) => void asked.push(runId) },
      known: { budgetOf: (runId: string) => (runId === "run_known" ? budget : undefined) },
      late: { budgetOf: () => ({ reserve: () => false, spend: () => {}, release: () => {} }) },
    };
    const stage = await openStage({ tools: { look: look() }, budgets });
    stage.stream = looks(2);
    await send(stage, "run_known");
    await sealedTurns(stage, 1);
    expect(asked).toEqual(["run_known"]);
    expect([account.spent().tokens, account.held().tokens]).toEqual([300, 0]);
    expect(stage.endings).toMatchObject([
      { runId: "run_known", status: "succeeded", usage: { inputTokens: 270, outputTokens: 30 } },
    ]);
    await send(stage, "run_other");
    await sealedTurns(stage, 2);
    expect(account.spent().tokens).toBe(300);
    expect(stage.endings[1]).toMatchObject({
      status: "failed",
      error: { code: "over-budget" },
      usage: noUsage,
    });
  });

  test("that is over its budget leaves a conversation that goes on: every call has its result", async () => {
    const budget = ledgerOf(250).admit(100) as Budget;
    const budgets = { known: { budgetOf: (runId: string) => (runId === "run_1" ? budget : undefined) } };
    const stage = await openStage({ tools: { look: look() }, budgets });
    const requests: ProviderRequest[] = [];
    stage.stream = looks(5, requests);
    await send(stage, "run_1");
    await sealedTurns(stage, 1);
    expect(stage.endings).toMatchObject([
      { status: "failed", error: { code: "over-budget" }, usage: { inputTokens: 180, outputTokens: 20 } },
    ]);
    await send(stage, "run_2");
    await sealedTurns(stage, 2);
    expect(requests).toHaveLength(3);
    expect(requests[2]?.messages.map(({ role }) => role)).toEqual([
      ...["user", "assistant", "tool", "assistant", "tool", "user"],
    ]);
    expect(stage.endings[1]).toMatchObject({ status: "succeeded", result: "Seen." });
  });

  test("does not run without a bound where its budget cannot be told: it ends as broken, and nothing is asked", async () => {
    const budgetOf = (): never => {
      throw new Error("Nobody knows.");
    };
    const stage = await openStage({ budgets: { broken: { budgetOf } } });
    const requests: ProviderRequest[] = [];
    stage.stream = looks(0, requests);
    await send(stage, "run_1");
    await sealedTurns(stage, 1);
    expect(stage.endings).toMatchObject([{ status: "failed", error: { code: "internal" } }]);
    expect(requests).toEqual([]);
  });
});

describe("C3: a turn that goes on after a crash", () => {
  test("asks for its budget again, and spends what it uses from then on; what it used before is not told twice", async () => {
    const accounts = [ledgerOf(10_000), ledgerOf(10_000)];
    const asked: string[] = [];
    let current = 0;
    const budgetOf = (runId: string): Budget | undefined => {
      asked.push(`${runId} of daemon ${current}`);
      return accounts[current]?.admit(0);
    };
    const gate = Promise.withResolvers<string>();
    let lookCount = 0;
    // The second call hangs; the next daemon runs it again.
    const tools = { look: look(async () => (++lookCount === 2 ? gate.promise : "seen")) };
    const stage = await openStage({ tools, budgets: { ledger: { budgetOf } } });
    stage.stream = looks(3);
    await send(stage, "run_1");
    await expect.poll(() => lookCount).toBe(2);
    await expect.poll(async () => (await stage.pending())?.index).toBe(1);
    current = 1;
    await crashed(stage);
    await sealedTurns(stage, 1);
    expect(asked).toEqual(["run_1 of daemon 0", "run_1 of daemon 1"]);
    // Two answers before the crash, two after it: the one whose call was cut off is not asked for again.
    expect(accounts.map((account) => account.spent().tokens)).toEqual([200, 200]);
    expect(stage.endings).toMatchObject([
      { runId: "run_1", status: "succeeded", usage: { inputTokens: 360, outputTokens: 40 } },
    ]);
  });

  test("ends over its budget where all of it was used before, with the step that was paid for", async () => {
    const before = ledgerOf(10_000).admit(0) as Budget;
    const after = ledgerOf(250);
    let current = before;
    const gate = Promise.withResolvers<string>();
    let lookCount = 0;
    const tools = { look: look(async () => (++lookCount === 2 ? gate.promise : "seen")) };
    const stage = await openStage({ tools, budgets: { ledger: { budgetOf: () => current } } });
    stage.stream = looks(9);
    await send(stage, "run_1");
    await expect.poll(() => lookCount).toBe(2);
    await expect.poll(async () => (await stage.pending())?.index).toBe(1);
    const restored = after.admit(0);
    restored?.restore({ ...stepUsage, inputTokens: 240 }, model);
    current = restored as Budget;
    await crashed(stage);
    await sealedTurns(stage, 1);
    expect(stage.endings).toMatchObject([
      { error: { code: "over-budget" }, usage: { inputTokens: 180, outputTokens: 20 } },
    ]);
    const steps = (await stage.entries()).filter((entry) => entry.type === "step-complete");
    expect(steps.map(({ toolResults }) => toolResults[0]?.content)).toEqual(["seen", "seen"]);
  });
});
