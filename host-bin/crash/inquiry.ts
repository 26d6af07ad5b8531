// What is asked of a daemon after a crash, and what its answers must be.
import { setTimeout as sleep } from "node:timers/promises";
import type { Conversation, Entry, Run } from "@lathe/kernel";
import { conversationsEntries, conversationsGet, runsGet } from "@lathe/wire/operations";
import { checkConversation, checkEffects, type Violation } from "./checks.ts";
import { calmAnswer } from "./crash-model.ts";
import type { CrashStage } from "./crash-stage.ts";
import type { History, SentMessage } from "./history.ts";
import { send, submit } from "./load.ts";
import { processesIn } from "./processes-in.ts";
import { Watching } from "./watching.ts";

export interface Findings {
  /** Messages that were sent after the crash, and answered to the end. */
  readonly answeredAfter: number;
  /** Keys that were sent again, and named the same run. */
  readonly keysSentAgain: number;
  /** Turns that were cut off and came to their own end afterwards. */
  readonly continuedTurns: number;
  readonly interruptedTurns: number;
  /** Milliseconds from ready until nothing was in progress. */
  readonly settledAfterMs: number;
}

const nothing: Findings = {
  answeredAfter: 0,
  keysSentAgain: 0,
  continuedTurns: 0,
  interruptedTurns: 0,
  settledAfterMs: 0,
};

/** What still runs then, though the model answers at once, does not run at all. */
const settleMs = 15_000;

/** @param sentBefore how many messages of each conversation were sent before the round */
export async function inquire(
  stage: CrashStage,
  sentBefore: readonly number[],
  killedAtMs: number,
): Promise<{ readonly findings: Findings; readonly violations: readonly Violation[] }> {
  if (!(await stage.ready()))
    return {
      findings: nothing,
      violations: [{ kind: "daemon-does-not-start", message: stage.daemon.stderr }],
    };
  const watching = new Watching(stage);
  const inquiry = new Inquiry(stage);
  try {
    await inquiry.run(sentBefore, killedAtMs);
  } catch (failure) {
    if (!(failure instanceof StillRunningError)) throw failure;
  }
  return { findings: inquiry.findings, violations: [...inquiry.violations, ...(await watching.end())] };
}

class StillRunningError extends Error {}

class Inquiry {
  findings: Findings = nothing;
  readonly violations: Violation[] = [];
  readonly #stage: CrashStage;
  /** Only to give up: nothing aborts it. */
  readonly #signal = new AbortController().signal;

  constructor(stage: CrashStage) {
    this.#stage = stage;
  }

  async run(sentBefore: readonly number[], killedAtMs: number): Promise<void> {
    const { histories } = this.#stage;
    const readyAtMs = Date.now();
    for (const history of histories) await this.#settled(history);
    this.#note({ settledAfterMs: Date.now() - readyAtMs });
    for (const [index, history] of histories.entries())
      for (const message of history.sent.slice(sentBefore[index])) await this.#sendAgain(history, message);
    for (const history of histories) await this.#sendNext(history);
    const logs: (readonly Entry[])[] = [];
    for (const history of histories) logs.push(await this.#check(history, killedAtMs));
    this.violations.push(...checkEffects(this.#stage.effects(), logs));
    for (const refusal of this.#stage.model.refusals.splice(0)) this.#violated("request-refused", refusal);
    for (const process of await processesIn(this.#stage.workFolder)) this.#violated("process-left", process);
  }

  /** A key that was sent before, whatever became of it, names one run: the same as before the crash. */
  async #sendAgain(history: History, message: SentMessage): Promise<void> {
    if (message.key === null) return;
    const before = message.admission;
    await submit(this.#stage, history, message, this.#signal);
    if (before !== null && before.runId !== message.admission?.runId) {
      this.#violated("key-names-another-run", `${message.key}: ${before.runId}, ${message.admission?.runId}`);
      message.admission = before;
    }
    await this.#settled(history);
    this.#note({ keysSentAgain: this.findings.keysSentAgain + 1 });
  }

  /** The conversation takes a message, the model is told everything that was said, and answers. */
  async #sendNext(history: History): Promise<void> {
    const { model } = this.#stage;
    const { text, admission } = await send(this.#stage, history, false, this.#signal);
    if (admission === null)
      return this.#violated("next-message-not-answered", `"${text}" is not acknowledged.`);
    await this.#settled(history);
    const log = await this.#entries(history);
    const said = log.flatMap((entry) =>
      entry.type === "user-message" ? (entry.content[0]?.text ?? "") : [],
    );
    const question = model.asked.findLast((texts) => texts.at(-1) === text);
    if (JSON.stringify(question) !== JSON.stringify(said))
      this.#violated(
        "context-incomplete",
        `${history.conversationId}: the log has ${said}; the model was told ${question}`,
      );
    const step = log.findLast((entry) => entry.type === "step-complete" && entry.turnId === admission.turnId);
    if (!JSON.stringify(step ?? null).includes(calmAnswer))
      return this.#violated("next-message-not-answered", `"${text}": ${JSON.stringify(log.slice(-3))}`);
    this.#note({ answeredAfter: this.findings.answeredAfter + 1 });
  }

  async #check(history: History, killedAtMs: number): Promise<readonly Entry[]> {
    const head = await this.#head(history);
    const entries = await this.#entries(history);
    await this.#caughtUp(history, head);
    const runs = await this.#runs(history, entries);
    this.violations.push(
      ...checkConversation({ history, head, entries, runs, killedAtMs, effects: this.#stage.effects() }),
    );
    this.#countCut(entries, killedAtMs);
    return entries;
  }

  /** Turns that began before the kill and ended after it. */
  #countCut(entries: readonly Entry[], killedAtMs: number): void {
    for (const { type, turnId, atMs } of entries) {
      if (type !== "turn-start" || atMs > killedAtMs) continue;
      const done = entries.find((entry) => entry.type === "done" && entry.turnId === turnId);
      if (done?.type !== "done" || done.atMs < killedAtMs) continue;
      const { interruptedTurns, continuedTurns } = this.findings;
      if (done.finishReason === "interrupted") this.#note({ interruptedTurns: interruptedTurns + 1 });
      else this.#note({ continuedTurns: continuedTurns + 1 });
    }
  }

  /** Settles when no turn of the conversation is in progress. */
  async #settled(history: History): Promise<void> {
    const isSettled = await holds(async () => (await this.#head(history)).state === "idle", settleMs);
    if (isSettled) return;
    this.#violated("still-running", `${history.conversationId} is not idle after ${settleMs} ms.`);
    throw new StillRunningError();
  }

  /** What comes last may still be on its way to the watchers; what never comes is found by the check. */
  async #caughtUp({ watchers }: History, { lastSeq }: Conversation): Promise<void> {
    await holds(async () => watchers.every((watcher) => watcher.lastSeq >= lastSeq), settleMs);
  }

  #head({ conversationId: id }: History): Promise<Conversation> {
    return this.#stage.clients.http.call(conversationsGet, { id });
  }

  async #entries({ conversationId: id }: History): Promise<readonly Entry[]> {
    const all: Entry[] = [];
    for (;;) {
      const page = { id, sinceSeq: all.length, limit: 1_000 };
      const { items } = await this.#stage.clients.http.call(conversationsEntries, page);
      all.push(...items);
      if (items.length < page.limit) return all;
    }
  }

  async #runs({ sent }: History, entries: readonly Entry[]): Promise<ReadonlyMap<string, Run>> {
    const named = entries.flatMap((entry) => (entry.type === "turn-start" ? entry.runId : []));
    const acknowledged = sent.flatMap(({ admission }) => admission?.runId ?? []);
    const runs = new Map<string, Run>();
    for (const id of new Set([...named, ...acknowledged])) {
      const run = await this.#stage.clients.http.call(runsGet, { id }).catch(() => undefined);
      if (run !== undefined) runs.set(id, run);
    }
    return runs;
  }

  #note(found: Partial<Findings>): void {
    this.findings = { ...this.findings, ...found };
  }

  #violated(kind: Violation["kind"], message: string): void {
    this.violations.push({ kind, message });
  }
}

/** Whether it comes to hold within the time. */
async function holds(condition: () => Promise<boolean>, withinMs: number): Promise<boolean> {
  const endMs = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > endMs) return false;
    await sleep(10);
  }
  return true;
}
