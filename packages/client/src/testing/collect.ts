import type { ConversationEvent, Entry } from "@lathe/kernel";
import { type ConversationView, foldEvents, startView } from "@lathe/wire";

export function fold(events: readonly ConversationEvent[]): ConversationView {
  return events.reduce(foldEvents, startView());
}

export function seqsOf(events: readonly ConversationEvent[]): readonly number[] {
  return events.flatMap((event) => ("seq" in event ? [event.seq] : []));
}

/** 1, 2, 3 ... */
export function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

/** Takes events until one is as wanted, and leaves. */
export async function takeUntil(
  events: AsyncIterable<ConversationEvent>,
  isLast: (event: ConversationEvent) => boolean,
): Promise<readonly ConversationEvent[]> {
  const taken: ConversationEvent[] = [];
  for await (const event of events) {
    taken.push(event);
    if (isLast(event)) break;
  }
  return taken;
}

export function isEntry(seq: number): (event: ConversationEvent) => boolean {
  return (event) => "seq" in event && event.seq === seq;
}

const place = { conversationId: "cnv_1", turnId: "trn_1" };

/** An entry of some kind. */
export function entry(seq: number): Entry {
  return { ...place, type: "turn-sealed", seq, atMs: 0 };
}

export function delta(text: string): ConversationEvent {
  return { ...place, stepId: "trn_1#0", type: "text-delta", text };
}

export const stepStart: ConversationEvent = {
  ...place,
  stepId: "trn_1#0",
  type: "step-start",
  index: 0,
  provider: "demo",
  model: "one",
};
