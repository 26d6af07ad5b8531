// Makes a tree of the records of a trace.
import type { Attributes } from "@lathe/kernel";
import type { NamedBody, SpanLog, SpanState, SpanTrace } from "@lathe/wire";
import type { StoredRecord } from "./span-codec.ts";
import type { FoundRow } from "./trace-reader.ts";

interface Node {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly source: string;
  readonly name: string;
  readonly startedAtMs: number;
  readonly isOwn: boolean;
  attributes: Attributes;
  durationMs: number | null;
  outcome: SpanState | undefined;
  readonly bodies: Map<string, number>;
  readonly logs: SpanLog[];
  readonly children: Node[];
}

/** Each span before those below it, siblings in the order in which they began. */
export function spansInOrder(rows: readonly FoundRow[]): readonly SpanTrace[] {
  const nodes = nodesOf(rows);
  const roots: Node[] = [];
  const ended = new Set<string>();
  for (const node of nodes.values()) {
    const parent = node.parentSpanId === null ? undefined : nodes.get(node.parentSpanId);
    (parent?.children ?? roots).push(node);
    if (node.parentSpanId === null && node.outcome !== undefined) ended.add(node.traceId);
  }
  const spans: SpanTrace[] = [];
  const pending = roots.map((node) => ({ node, depth: 0 })).reverse();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node, depth } = next;
    spans.push(shown(node, depth, ended));
    for (const child of node.children.toReversed()) pending.push({ node: child, depth: depth + 1 });
  }
  return spans;
}

function nodesOf(rows: readonly FoundRow[]): Map<string, Node> {
  const nodes = new Map<string, Node>();
  for (const row of rows) for (const record of row.records) take(record, row, nodes);
  return nodes;
}

function take(record: StoredRecord, { traceId, isOwn }: FoundRow, nodes: Map<string, Node>): void {
  switch (record[0]) {
    case "o": {
      const [, source, spanId, parentSpanId, name, startedAtMs, attributes] = record;
      const about = { traceId, spanId, parentSpanId, source, name, startedAtMs, isOwn, attributes };
      nodes.set(spanId, newNode(about));
      return;
    }
    case "c":
    case "w": {
      const [kind, source, spanId, parentSpanId, name, atMs, durationMs, outcome, atEnd, atBegin] = record;
      const startedAtMs = kind === "w" ? atMs : Math.max(0, atMs - durationMs);
      const about = { traceId, spanId, parentSpanId, source, name, startedAtMs, isOwn };
      const node = nodes.get(spanId) ?? newNode({ ...about, attributes: atBegin ?? {} });
      nodes.set(spanId, node);
      node.attributes = { ...node.attributes, ...atEnd };
      node.durationMs = durationMs;
      node.outcome = outcome;
      return;
    }
    case "l": {
      const [, source, spanId, atMs, level, message, attributes] = record;
      nodes.get(spanId)?.logs.push({ source, atMs, level, message, attributes });
      return;
    }
    case "b": {
      const [, spanId, name, length] = record;
      nodes.get(spanId)?.bodies.set(name, length);
    }
  }
}

function newNode(about: Omit<Node, "durationMs" | "outcome" | "bodies" | "logs" | "children">): Node {
  return { ...about, durationMs: null, outcome: undefined, bodies: new Map(), logs: [], children: [] };
}

function shown(node: Node, depth: number, ended: ReadonlySet<string>): SpanTrace {
  const { traceId, spanId, parentSpanId, source, name, startedAtMs, durationMs, attributes, logs } = node;
  const goesOn = node.isOwn && !ended.has(traceId);
  const outcome = node.outcome ?? (goesOn ? "open" : "interrupted");
  const bodies: NamedBody[] = [...node.bodies].map(([bodyName, length]) => ({ name: bodyName, length }));
  const about = { traceId, spanId, parentSpanId, depth, source, name, startedAtMs };
  return { ...about, durationMs, outcome, attributes, bodies, logs };
}
