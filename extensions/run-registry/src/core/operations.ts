// What the outside can ask of runs. Each operation on one run looks first at whose it is.
import type { Contributions, Run, RunKind, Storage } from "@lathe/kernel";
import {
  type AnyOperation,
  type Call,
  implementOperation,
  type Principal,
  ProblemError,
  positionAsked,
  refuseOthers,
} from "@lathe/wire";
import {
  type RunStreamStart,
  runsChanges,
  runsCreate,
  runsDelete,
  runsEvents,
  runsGet,
  runsList,
  runsStop,
  runsStream,
} from "@lathe/wire/operations";
import type { RunFeed } from "./changes.ts";
import { deleteTree } from "./delete-tree.ts";
import { followRun, startAt } from "./follow-run.ts";
import { listRuns } from "./list-runs.ts";
import type { RecentRuns } from "./recent-runs.ts";
import type { RunTable } from "./run-table.ts";
import type { RunStarter } from "./start-run.ts";
import type { Stopping } from "./stopping.ts";

export interface OperationsDesk {
  readonly storage: Storage;
  readonly recent: RecentRuns;
  readonly table: RunTable;
  readonly starter: RunStarter;
  readonly stopping: Stopping;
  readonly kinds: Contributions<RunKind>;
  readonly feed: RunFeed;
}

export function runOperations(desk: OperationsDesk): readonly AnyOperation[] {
  return [create, list, get, events, stream, stop, remove, changes].map((operation) => operation(desk));
}

function create({ starter, stopping, kinds }: OperationsDesk): AnyOperation {
  return implementOperation(runsCreate, {
    run: async (input, call) => stopping.shown(await starter.start(input, call)),
    follow: (_input, run) => followRun(kindOf(run, kinds), { run, after: 0, lastSeq: 0, reset: false }),
    streamName: (_input, { id }) => `run:${id}`,
  });
}

function list({ storage, recent, stopping }: OperationsDesk): AnyOperation {
  return implementOperation(runsList, {
    run: async (query, { principal }) => {
      const owner = principal.scopes.includes("admin") ? null : principal.id;
      const isStopping = (id: string): boolean => stopping.isStopping(id);
      const { items, nextCursor } = await listRuns({ ...query, owner }, { storage, recent, isStopping });
      return { items: items.map((run) => stopping.shown(run)), nextCursor };
    },
  });
}

function get({ table, stopping }: OperationsDesk): AnyOperation {
  return implementOperation(runsGet, {
    run: async ({ id }, { principal }) => stopping.shown(await openedTo(principal, id, table)),
  });
}

function events({ table, kinds }: OperationsDesk): AnyOperation {
  return implementOperation(runsEvents, {
    run: async ({ id, after, limit }, { principal }) => {
      const run = await openedTo(principal, id, table);
      const found = await kindOf(run, kinds).entries(run, { afterSeq: after, limit: limit + 1 });
      const items = found.slice(0, limit);
      return { items, nextAfter: found.length > limit ? (items.at(-1)?.seq ?? null) : null };
    },
  });
}

function stream({ table, stopping, kinds }: OperationsDesk): AnyOperation {
  return implementOperation(runsStream, {
    run: async ({ id, after }, { principal, lastEventId }: Call): Promise<RunStreamStart> => {
      const run = await openedTo(principal, id, table);
      const start = await startAt(run, kindOf(run, kinds), positionAsked(lastEventId, after));
      return { run: stopping.shown(run), ...start };
    },
    follow: (_input, start) => (start.complete ? undefined : followRun(kindOf(start.run, kinds), start)),
    streamName: ({ id }) => `run:${id}`,
  });
}

function stop({ table, stopping }: OperationsDesk): AnyOperation {
  return implementOperation(runsStop, {
    run: async ({ id }, { principal }) => stopping.ask(await openedTo(principal, id, table)),
  });
}

function remove({ table, stopping, kinds }: OperationsDesk): AnyOperation {
  return implementOperation(runsDelete, {
    run: async ({ id }, { principal }) => {
      const run = await openedTo(principal, id, table);
      if ((await stopping.unfinishedOf(id)).length > 0) throw inProgress();
      await deleteTree(run, { table, kinds });
      return null;
    },
  });
}

function changes({ feed }: OperationsDesk): AnyOperation {
  return implementOperation(runsChanges, {
    run: async () => ({ replays: false as const }),
    follow: (_input, _output, { principal }) => feed.streamFor(principal),
    streamName: () => "changes:runs",
  });
}

/** The run, where it is the principal's to see. */
async function openedTo(principal: Principal, id: string, table: RunTable): Promise<Run> {
  const run = await table.get(id);
  if (run === undefined) throw unknown;
  refuseOthers(principal, run.owner, unknown);
  return run;
}

function kindOf({ kind }: Run, kinds: Contributions<RunKind>): RunKind {
  const found = kinds.get(kind);
  if (found !== undefined) return found;
  const message =
    "The extension that executes runs of this kind is not active. See why with GET /api/extensions.";
  throw new ProblemError(503, "run-kind-not-active", message);
}

const unknown = new ProblemError(
  404,
  "unknown-run",
  "There is no such run. List those that there are with GET /api/runs.",
);

function inProgress(): ProblemError {
  return new ProblemError(
    409,
    "run-in-progress",
    "The run, or one that it started, is not over. Stop it, then delete it.",
  );
}
