// What a daemon tells of the traces of its turns.
import type { PromptDiff, SpanTrace, ToolCallTrace, TraceBody, TurnTrace } from "@lathe/wire";
import { expect } from "vitest";
import type { DaemonProcess } from "./daemon-process.ts";

export function traceOf({ client }: DaemonProcess, turnId: string): Promise<TurnTrace> {
  return client.call("GET", `/api/traces/${turnId}`);
}

export function diffOf(
  { client }: DaemonProcess,
  turnId: string,
  from: number,
  to: number,
): Promise<PromptDiff> {
  return client.call("GET", `/api/traces/${turnId}/diff?from=${from}&to=${to}`);
}

/** Every call that the query finds, page by page. */
export async function callsOf(
  { client }: DaemonProcess,
  query: Readonly<Record<string, string>>,
): Promise<readonly ToolCallTrace[]> {
  const calls: ToolCallTrace[] = [];
  for (let cursor: string | null = null; ; ) {
    const all: URLSearchParams = new URLSearchParams({ ...query, ...(cursor === null ? {} : { cursor }) });
    const page: { items: ToolCallTrace[]; nextCursor: string | null } = await client.call(
      "GET",
      `/api/traces?${all}`,
    );
    calls.push(...page.items);
    if (page.nextCursor === null) return calls;
    cursor = page.nextCursor;
  }
}

/** A body, read in parts of that length. */
export async function bodyOf(
  { client }: DaemonProcess,
  turnId: string,
  spanId: string,
  name: string,
  lengthMax = 100_000,
): Promise<string> {
  const path = `/api/traces/${turnId}/spans/${spanId}/bodies/${name}`;
  let text = "";
  for (let from: number | null = 0; from !== null; ) {
    const part: TraceBody = await client.call("GET", `${path}?from=${from}&lengthMax=${lengthMax}`);
    expect([part.name, part.from]).toEqual([name, text.length]);
    text += part.text;
    from = part.nextFrom;
  }
  return text;
}

/** Every body of the spans of that name, in the order in which they began. */
export async function bodiesOf(
  daemon: DaemonProcess,
  { turnId, spans }: TurnTrace,
  spanName: string,
  name: string,
): Promise<readonly string[]> {
  const wanted = spans.filter((span) => span.name === spanName);
  return Promise.all(wanted.map(({ spanId }) => bodyOf(daemon, turnId, spanId, name)));
}

/** Spans as `name outcome`, each below its parent. */
export function outline(spans: readonly SpanTrace[]): readonly string[] {
  return spans.map(({ depth, name, outcome }) => `${"  ".repeat(depth)}${name} ${outcome}`);
}

/** The tree holds together: each span stands below the parent that it names, and within its time. */
export function expectTree({ spans }: TurnTrace): void {
  const above: SpanTrace[] = [];
  for (const span of spans) {
    above.length = span.depth;
    const parent = above.at(-1);
    expect(span.parentSpanId).toBe(parent?.spanId ?? null);
    if (parent !== undefined) {
      expect(span.traceId).toBe(parent.traceId);
      expect(span.startedAtMs).toBeGreaterThanOrEqual(parent.startedAtMs);
    }
    above.push(span);
  }
}
