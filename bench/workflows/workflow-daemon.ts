// A daemon whose model answers at once, in a process of its own: it runs workflows, and the same turns without them.
//
// Tasks: see `answerAsActor` at the end. Times are milliseconds since 1970, with fractions.

import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { type Daemon, startDaemon } from "@lathe/host-bin/daemon/start-daemon.ts";
import {
  AgentDirectoryService,
  type JsonValue,
  LogSinks,
  type Run,
  RunKinds,
  RunsService,
  TurnsService,
} from "@lathe/kernel";
import { Operations } from "@lathe/wire";
import type { NewRunInput } from "@lathe/wire/operations";
import { answerAsActor } from "../harness/actor.ts";
import { runConcurrently } from "../harness/concurrent.ts";
import { cpuUsOf, guestsOf, privateBytesOf } from "./guest-processes.ts";

export interface WorkflowDaemonOpening {
  readonly stateFolder: string;
  readonly idleGuestCount: number;
  /** Agents of one run at the same time. */
  readonly agentConcurrencyMax: number;
  readonly runConcurrencyMax: number;
  readonly agentCountMax: number;
}

export interface WorkflowDaemonAddress {
  readonly pid: number;
  readonly url: string;
  readonly token: string;
  readonly readyAtMs: number;
}

/** What was spent by one moment. */
export interface Moment {
  readonly atMs: number;
  /** Of the daemon. */
  readonly cpuUs: number;
  /** Of the scripts' processes that there are now. */
  readonly guestCpuUs: number;
}

export interface ScriptToRun {
  readonly script: string;
  readonly args: JsonValue;
  /** How many calls of agents it makes. */
  readonly callCount: number;
}

export interface RunTimes {
  readonly asked: Moment;
  readonly answered: Moment;
  readonly firstCall: Moment;
  readonly lastCall: Moment;
  readonly over: Moment;
  readonly result: JsonValue;
}

/** Watches what reaches the engine. */
interface Watch {
  readonly callCount: number;
  seenCount: number;
  readonly first: PromiseWithResolvers<Moment>;
  readonly last: PromiseWithResolvers<Moment>;
}

const principal = { id: "bench", scopes: ["read", "write"] as const };
let daemon: Daemon | undefined;
let watch: Watch | undefined;

function opened(): Daemon {
  if (daemon === undefined) throw new Error("The daemon was not opened.");
  return daemon;
}

async function open(opening: WorkflowDaemonOpening): Promise<WorkflowDaemonAddress> {
  const { stateFolder, ...limits } = opening;
  const agents = { reader: { prompt: "Answer.", model: "scripted/answer", tools: [] } };
  const scripts = { answer: { steps: [{ text: "Something." }] }, held: { steps: [{ hang: "before" }] } };
  daemon = await startDaemon({
    config: {
      stateFolder,
      port: 0,
      drainGraceMs: 0,
      extensions: {
        "transport-http": { port: 0 },
        agents: { agents, runCwd: stateFolder },
        "provider-scripted": { scripts },
        "workflow-engine": {
          ...{ ...limits, agent: "reader", runCwd: stateFolder, warnAgentCount: 1_000_000 },
          ...{ agentConcurrencyTotalMax: 1_000, providerConcurrencyMax: 1_000 },
        },
      },
      disabled: [],
      files: [],
      warnings: [],
    },
    environment: {},
    fatal: (reason) => {
      throw reason;
    },
    tell: (sentence) => console.error(sentence),
  });
  const readyAtMs = nowMs();
  watchCalls(daemon);
  return { pid: process.pid, url: daemon.url, token: daemon.token, readyAtMs };
}

/** The first thing that the engine does with every call is to ask which agent it is for. */
function watchCalls({ composition }: Daemon): void {
  const directory = composition.use(AgentDirectoryService);
  const resolve = directory.resolve.bind(directory);
  directory.resolve = (request) => {
    if (watch !== undefined) noteCall(watch);
    return resolve(request);
  };
}

function noteCall(noted: Watch): void {
  noted.seenCount += 1;
  if (noted.seenCount === 1) noted.first.resolve(moment());
  if (noted.seenCount === noted.callCount) noted.last.resolve(moment());
}

function expectCalls(callCount: number): Watch {
  watch = { callCount, seenCount: 0, first: Promise.withResolvers(), last: Promise.withResolvers() };
  return watch;
}

/** The first call of what somebody else has started since `expect`. */
async function seen(): Promise<Moment> {
  if (watch === undefined) throw new Error("Nothing is expected.");
  const first = await watch.first.promise;
  await untilAllOver();
  return first;
}

/** Runs a script to its end. */
async function run({ script, args, callCount }: ScriptToRun): Promise<RunTimes> {
  await settle();
  const { first, last } = expectCalls(callCount);
  const asked = { ...moment(), atMs: nowMs() };
  const { id } = await create({ kind: "workflow", script, args });
  const answered = moment();
  const ended = await untilOver(id);
  const over = moment();
  if (ended.status !== "succeeded") throw new Error(`The run has ${ended.status}: ${ended.error?.message}`);
  const [firstCall, lastCall] = await Promise.all([first.promise, last.promise]);
  return { asked, answered, firstCall, lastCall, over, result: ended.result };
}

/** Starts so many runs that wait for an agent, and settles when each of them has asked for it. */
async function hold({
  script,
  args,
  callCount,
  count,
}: ScriptToRun & { readonly count: number }): Promise<Held> {
  const { last } = expectCalls(callCount * count);
  const runs = await Promise.all(
    Array.from({ length: count }, () => create({ kind: "workflow", script, args })),
  );
  await last.promise;
  return { runIds: runs.map(({ id }) => id) };
}

interface Held {
  readonly runIds: readonly string[];
}

async function stop({ runIds }: Held): Promise<void> {
  const { composition } = opened();
  const kind = composition.host.contributions(RunKinds).get("workflow");
  for (const id of runIds) {
    const found = await composition.use(RunsService).get(id);
    if (found !== undefined) await kind?.stop(found);
  }
}

export interface Turns {
  readonly name: string;
  readonly count: number;
  readonly atOnce: number;
}

/** The same turns without a workflow, each in a new conversation, followed to its end. */
async function turns({
  name,
  count,
  atOnce,
}: Turns): Promise<{ readonly from: Moment; readonly to: Moment }> {
  await settle();
  const from = moment();
  let index = 0;
  await runConcurrently(count, atOnce, () => turn(`Say something. ${name} ${index++}`));
  return { from, to: moment() };
}

async function turn(text: string): Promise<void> {
  const { composition } = opened();
  const begun = await create({ kind: "turn", agent: "reader", input: text });
  const { conversationId, turnId } = begun;
  if (conversationId === null || turnId === null) throw new Error("The turn has no place.");
  const sealed = Promise.withResolvers<void>();
  const leave = composition.use(TurnsService).subscribe(conversationId, begun.firstSeq ?? 0, {
    onEvent: ({ type }) => (type === "turn-sealed" ? sealed.resolve() : undefined),
    onEnd: (reason) => sealed.reject(new Error(`The turn could not be followed: ${reason}.`)),
  });
  await sealed.promise;
  leave();
  const ended = await composition.use(RunsService).get(begun.id);
  if (ended?.status !== "succeeded") throw new Error(`A turn has ${ended?.status}.`);
}

export interface Crowd extends ScriptToRun {
  readonly count: number;
}

export interface CrowdTimes {
  readonly wallMs: number;
  readonly loopDelayMaxMs: number;
  /** The most runs that started before one that had been asked for earlier. */
  readonly overtakenByMax: number;
}

/** Each asked for when the one before is admitted, which none waits to run for; settles when all have succeeded. */
async function crowd({ script, args, count }: Crowd): Promise<CrowdTimes> {
  await settle();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const startedAtMs = nowMs();
  const created: Run[] = [];
  while (created.length < count) created.push(await create({ kind: "workflow", script, args }));
  const ended = await Promise.all(created.map(({ id }) => untilOver(id)));
  const wallMs = nowMs() - startedAtMs;
  delay.disable();
  for (const { status, error } of ended)
    if (status !== "succeeded") throw new Error(`A run has ${status}: ${error?.message}`);
  const starts = ended.map((one) => one.startedAtMs ?? Number.NaN);
  return { wallMs, loopDelayMaxMs: delay.max / 1e6, overtakenByMax: overtakenByMax(starts) };
}

function overtakenByMax(starts: readonly number[]): number {
  const overtakers = starts.map((at, index) => starts.slice(index + 1).filter((later) => later < at).length);
  return Math.max(...overtakers);
}

/** Settles with when the run that an earlier daemon has left asks for its next agent. */
async function continued(): Promise<number> {
  const { composition } = opened();
  const kind = composition.host.contributions(RunKinds).get("workflow");
  const [left] = await composition.use(RunsService).active("workflow");
  if (kind === undefined || left === undefined) throw new Error("No run was left.");
  for (;;) {
    const lastSeq = await kind.lastSeq(left);
    const [last] = await kind.entries(left, { afterSeq: lastSeq - 1, limit: 1 });
    if (last?.type === "agent-start" && last.atMs >= performance.timeOrigin) return last.atMs;
    await sleep(pollMs);
  }
}

async function create(input: NewRunInput): Promise<Run> {
  const operation = opened().composition.host.contributions(Operations).get("runs.create");
  if (operation === undefined) throw new Error("Nobody starts runs.");
  const call = { principal, signal: new AbortController().signal };
  return (await operation.run(input as never, call)) as Run;
}

async function untilOver(runId: string): Promise<Run> {
  const { composition } = opened();
  const runs = composition.use(RunsService);
  const kind = composition.host.contributions(RunKinds).get("workflow");
  const begun = await runs.get(runId);
  if (kind === undefined || begun === undefined) throw new Error("The run is gone.");
  const over = Promise.withResolvers<void>();
  kind.subscribe(begun, 0, { onEvent: () => undefined, onEnd: () => over.resolve() });
  await over.promise;
  const ended = await runs.get(runId);
  if (ended === undefined) throw new Error("The run is gone.");
  return ended;
}

const pollMs = 2;

async function untilAllOver(): Promise<void> {
  const runs = opened().composition.use(RunsService);
  while ((await runs.active("workflow")).length > 0) await sleep(pollMs);
}

/** When everything that was recorded is on disk, and no garbage is left. */
async function settle(): Promise<void> {
  const sinks = opened().composition.host.contributions(LogSinks).all();
  await Promise.all(sinks.map(({ item }) => item.flush?.()));
  globalThis.gc?.();
}

async function memory(): Promise<{ readonly privateBytes: number; readonly heapBytes: number }> {
  await settle();
  const { heapUsed, external } = process.memoryUsage();
  return { privateBytes: privateBytesOf([process.pid]), heapBytes: heapUsed + external };
}

function moment(): Moment {
  // The time first: it takes a while to look at the guests.
  const atMs = nowMs();
  const { user, system } = process.cpuUsage();
  const guests = guestsOf(process.pid);
  const guestCpuUs = guests.reduce((sum, { pid }) => sum + cpuUsOf(pid), 0);
  return { atMs, cpuUs: user + system, guestCpuUs };
}

function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

answerAsActor({
  open,
  run,
  hold,
  stop,
  turns,
  crowd,
  memory,
  continued,
  seen,
  expect: (callCount: number) => void expectCalls(callCount),
});
