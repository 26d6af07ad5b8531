// The log of a workflow's run as it is kept here: more than the view keeps, and not without a bound.
import type { RunEvent } from "@lathe/kernel";
import type { WorkflowLogLine } from "@lathe/wire";

export interface KeptLog {
  /** Oldest first. */
  readonly lines: readonly WorkflowLogLine[];
  /** How many older ones are not kept any more. */
  readonly droppedCount: number;
}

export const noLog: KeptLog = { lines: [], droppedCount: 0 };

export const keptLineMax = 20_000;

/** The log with the lines among the events. The same where there are none. */
export function withLines(log: KeptLog, events: readonly RunEvent[]): KeptLog {
  const added: WorkflowLogLine[] = [];
  for (const event of events) {
    if (event.type !== "log") continue;
    const { seq, atMs, source, level, text } = event;
    added.push({ seq, atMs, source, level, text });
  }
  if (added.length === 0) return log;
  const all = [...log.lines, ...added];
  const tooMany = Math.max(0, all.length - keptLineMax);
  return {
    lines: tooMany === 0 ? all : all.slice(tooMany),
    droppedCount: log.droppedCount + tooMany,
  };
}
