// The one reducer of workflow runs: the daemon's status, the CLI and the web page fold the same entries into the same
// view.
//
// Invariants
//   R1  Folding a log in one go equals folding it in any pieces, with any of its entries sent again.
//   R2  Nothing that was given is changed, and what an entry does not touch keeps its identity.
//   R3  Entries are folded in order, each once: one that was seen is ignored, and after one that was skipped the view
//       stands still until the missing one comes.
import type {
  AgentFinish,
  AgentStart,
  CacheHit,
  CacheMiss,
  WorkflowEntry,
  WorkflowEvent,
} from "@lathe/kernel";
import {
  startWorkflowView,
  type WorkflowAgentState,
  type WorkflowAgentView,
  type WorkflowCacheItem,
  type WorkflowView,
} from "./workflow-view.ts";

const phaseCountMax = 1_000;
const logLineCountMax = 100;

/** The view of a whole log, or of its next entries on top of a view. */
export function foldWorkflow(
  entries: Iterable<WorkflowEntry>,
  view: WorkflowView = startWorkflowView(),
): WorkflowView {
  let folded = view;
  for (const entry of entries) folded = applyWorkflowEntry(folded, entry);
  return folded;
}

/**
 * The view after one more entry; the same object where it changes nothing.
 *
 * An entry that was seen is ignored. One that leaves a gap is not folded in: the view comes back with `missedSeq` set, and
 * the client must follow again from `lastSeq`. An entry of an unknown type, as a newer daemon may send it, only moves the
 * position.
 */
export function applyWorkflowEntry(view: WorkflowView, entry: WorkflowEntry): WorkflowView {
  if (entry.seq <= view.lastSeq) return view;
  const expectedSeq = view.lastSeq + 1;
  if (entry.seq > expectedSeq)
    return view.missedSeq === expectedSeq ? view : { ...view, missedSeq: expectedSeq };
  const caughtUp = { ...view, lastSeq: entry.seq, missedSeq: null };
  return Object.hasOwn(folds, entry.type) ? foldKnown(caughtUp, entry) : caughtUp;
}

type Folds = {
  readonly [Type in WorkflowEvent["type"]]: (
    view: WorkflowView,
    entry: WorkflowEntry<Extract<WorkflowEvent, { readonly type: Type }>>,
  ) => WorkflowView;
};

function foldKnown(view: WorkflowView, entry: WorkflowEntry): WorkflowView {
  // The record holds under each type what takes entries of that type.
  const fold = folds[entry.type] as (view: WorkflowView, entry: WorkflowEntry) => WorkflowView;
  return fold(view, entry);
}

const folds: Folds = {
  "workflow-start": (view, { type, runId, seq, atMs, ...start }) => {
    const titles = start.phases.map(({ title }) => title);
    return titles.reduce(withPhase, { ...view, start });
  },
  // What was running was cut off; it is said again what becomes of it.
  "workflow-continued": (view) => ({ ...view, agents: moveAll(view.agents, ["running"], "queued") }),
  phase: (view, { title }) => withPhase({ ...view, phase: title }, title),
  log: (view, { type, runId, ...line }) => ({ ...view, log: [...view.log, line].slice(-logLineCountMax) }),
  "agent-start": (view, entry) => withAgent(view, startedAgent(entry)),
  "agent-finish": (view, entry) => withAgent(view, finishedAgent(agentOf(view, entry), entry)),
  "cache-hit": (view, entry) => {
    const noted = withCacheItem(view, entry, "hit", entry.fromRunId);
    const held = agentAt(view, entry.callIndex);
    // It ran in this run, and what it took is known: to be told its answer again changes nothing about that.
    if (entry.reason === "this-run" && held?.durationMs != null) return noted;
    return withAgent(noted, { ...newAgent(entry), state: "cached" });
  },
  "cache-miss": (view, entry) => withAgent(withCacheItem(view, entry, "miss", null), newAgent(entry)),
  "approval-asked": (view, { type, runId, seq, atMs, ...approval }) => ({
    ...view,
    approvals: [...without(view.approvals, approval.approvalId), approval],
  }),
  "approval-answered": (view, { approvalId }) => ({
    ...view,
    approvals: without(view.approvals, approvalId),
  }),
  budget: (view, { type, runId, seq, atMs, ...budget }) => ({ ...view, budget }),
  "workflow-finish": (view, { type, runId, seq, atMs, ...finish }) => ({
    ...view,
    agents: moveAll(view.agents, ["queued", "running"], "stopped"),
    approvals: [],
    finish,
  }),
};

function withPhase(view: WorkflowView, title: string | null): WorkflowView {
  const isShown = view.phases.length >= phaseCountMax || view.phases.includes(title);
  return isShown ? view : { ...view, phases: [...view.phases, title] };
}

interface CallNamed {
  readonly callIndex: number;
  readonly label: string;
  readonly phase: string | null;
}

function newAgent({ callIndex, label, phase }: CallNamed): WorkflowAgentView {
  return {
    callIndex,
    label,
    phase,
    state: "queued",
    prompt: null,
    agent: null,
    model: null,
    childRunId: null,
    conversationId: null,
    startedAtMs: null,
    durationMs: null,
    usage: null,
    triesAgain: 0,
    error: null,
  };
}

function startedAgent(entry: WorkflowEntry<AgentStart>): WorkflowAgentView {
  const { prompt, agent, model, childRunId, conversationId, atMs } = entry;
  const shown = { prompt, agent, model, childRunId, conversationId, startedAtMs: atMs };
  return { ...newAgent(entry), ...shown, state: "running" };
}

const finishedStates: Readonly<Record<AgentFinish["outcome"], WorkflowAgentState>> = {
  ok: "done",
  partial: "partial",
  null: "null",
  error: "failed",
  stopped: "stopped",
};

function finishedAgent(agent: WorkflowAgentView, entry: AgentFinish): WorkflowAgentView {
  const { outcome, error = null, usage, durationMs, childRunId, conversationId, triesAgain } = entry;
  const shown = { error, usage, durationMs, childRunId, conversationId, triesAgain };
  return { ...agent, ...shown, state: finishedStates[outcome] };
}

function agentAt({ agents }: WorkflowView, callIndex: number): WorkflowAgentView | undefined {
  return agents.findLast((agent) => agent.callIndex === callIndex);
}

function agentOf(view: WorkflowView, call: CallNamed): WorkflowAgentView {
  return agentAt(view, call.callIndex) ?? newAgent(call);
}

function withAgent(view: WorkflowView, agent: WorkflowAgentView): WorkflowView {
  return { ...withPhase(view, agent.phase), agents: inOrder(view.agents, agent) };
}

function withCacheItem(
  view: WorkflowView,
  { callIndex, label, phase, key, reason }: CacheHit | CacheMiss,
  outcome: WorkflowCacheItem["outcome"],
  fromRunId: string | null,
): WorkflowView {
  const item = { callIndex, label, phase, key, outcome, reason, fromRunId };
  return { ...view, cache: inOrder(view.cache, item) };
}

/** The list with the item at the place of its call, instead of what was said of that call before. */
function inOrder<Item extends { readonly callIndex: number }>(
  items: readonly Item[],
  item: Item,
): readonly Item[] {
  const before = items.findLastIndex(({ callIndex }) => callIndex <= item.callIndex);
  const held = items[before];
  return held?.callIndex === item.callIndex ? items.with(before, item) : items.toSpliced(before + 1, 0, item);
}

function moveAll(
  agents: readonly WorkflowAgentView[],
  from: readonly WorkflowAgentState[],
  to: WorkflowAgentState,
): readonly WorkflowAgentView[] {
  return agents.map((agent) => (from.includes(agent.state) ? { ...agent, state: to } : agent));
}

function without<Item extends { readonly approvalId: string }>(
  items: readonly Item[],
  approvalId: string,
): readonly Item[] {
  return items.filter((item) => item.approvalId !== approvalId);
}
