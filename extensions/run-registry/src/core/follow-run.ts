// What a client of a run's stream is given, from the position that it says it has.
import type { Run, RunKind, RunSubscriber, StreamReset } from "@lathe/kernel";
import { type EventSink, type EventStream, ProblemError } from "@lathe/wire";
import type { RunStreamStart } from "@lathe/wire/operations";
import { isOver } from "./keys.ts";

/** Where a stream begins for who asks for what comes after a position; any whole number from 0. */
export async function startAt(run: Run, kind: RunKind, asked: number): Promise<Omit<RunStreamStart, "run">> {
  const lastSeq = await kind.lastSeq(run);
  const reset = asked > lastSeq;
  return { after: reset ? 0 : asked, lastSeq, reset, complete: isOver(run) && asked === lastSeq };
}

/** The events after a position, to the end of the run; a `reset` first where the client must forget what it holds. */
export function followRun(
  kind: RunKind,
  { run, after, lastSeq, reset }: Omit<RunStreamStart, "complete">,
): EventStream {
  return (sink) => {
    let isLeft = false;
    const event: StreamReset = { type: "reset", conversationId: run.conversationId ?? run.id, lastSeq };
    // Before what the kind delivers, which is nothing until it has returned.
    if (reset) queueMicrotask(() => isLeft || sink.event(event, () => JSON.stringify(event)));
    const stop = kind.subscribe(run, after, subscriberOf(sink));
    return () => {
      isLeft = true;
      stop();
    };
  };
}

function subscriberOf(sink: EventSink): RunSubscriber {
  return {
    ready: () => sink.ready?.(),
    onEvent: (event, json) => sink.event(event, json),
    onEnd: (reason) => (reason === "over" ? sink.end() : sink.end(endings[reason].toProblem())),
  };
}

const endings = {
  deleted: new ProblemError(
    410,
    "run-log-deleted",
    "What this run wrote to has been deleted. The run itself can still be read.",
  ),
  failed: new ProblemError(
    503,
    "stream-failed",
    "The run could not be followed any further. Read its events, and follow it again.",
  ),
};
