// Compares the prompts of two steps of a turn. Where both grew from one list, the messages that they share are neither
// read nor compared.
import type { Storage } from "@lathe/kernel";
import type { PromptDiff, SpanTrace } from "@lathe/wire";
import { type BodyPlace, readListRange, readRange } from "./body-reader.ts";
import { countLines, diffHeads, diffMessages, firstDifference } from "./prompt-diff.ts";
import { type FoundBody, findBody, type ReaderDesk } from "./trace-reader.ts";

export interface ComparedStep {
  readonly index: number;
  readonly spanId: string;
  readonly place: BodyPlace;
}

/** More of a prompt than this is not compared. */
const comparedLengthMax = 16_777_216;

/** The span of the last prompt of a step: one that was tried again has several. */
export function promptSpanOf(spans: readonly SpanTrace[], stepIndex: number): string | undefined {
  const isStep = ({ name, attributes }: SpanTrace): boolean =>
    name === "step" && attributes.index === stepIndex;
  const stepIds = new Set(spans.filter(isStep).map(({ spanId }) => spanId));
  const isPrompt = ({ name, parentSpanId }: SpanTrace): boolean =>
    name === "prompt" && parentSpanId !== null && stepIds.has(parentSpanId);
  return spans.findLast(isPrompt)?.spanId;
}

/** The prompt of a step; undefined where none is kept. */
export async function findPrompt(
  turnId: string,
  index: number,
  spans: readonly SpanTrace[],
  desk: ReaderDesk,
): Promise<ComparedStep | undefined> {
  const spanId = promptSpanOf(spans, index);
  if (spanId === undefined) return undefined;
  const found: FoundBody | string = await findBody(turnId, spanId, "prompt", desk);
  return typeof found === "string" ? undefined : { index, spanId, place: found };
}

/** "gone": what it needs was removed meanwhile. */
export async function compareSteps(
  from: ComparedStep,
  to: ComparedStep,
  storage: Storage,
): Promise<PromptDiff | "too-large" | "gone"> {
  const before = await readPrompt(from.place, sharedItems(from.place, to.place), storage);
  const after = await readPrompt(to.place, sharedItems(from.place, to.place), storage);
  if (before === "too-large" || after === "too-large") return "too-large";
  if (before === "gone" || after === "gone") return "gone";
  const { messages, sameAtBegin, cut } = diffMessages(before.messages, after.messages, before.skippedCount);
  return {
    from: nameOf(from, before),
    to: nameOf(to, after),
    firstDifferenceAt: differenceAt(before, after),
    head: diffHeads(before.head, after.head),
    sameMessageCount: sameAtBegin,
    messages,
    cut,
  };
}

interface ReadPrompt {
  readonly head: string;
  /** Messages that both share are left out, and counted. */
  readonly messages: string;
  readonly skippedCount: number;
  readonly skippedLength: number;
}

/** How many items both have, since they are of one list. */
function sharedItems(left: BodyPlace, right: BodyPlace): number {
  const [, , , leftList, leftCount] = left.body;
  const [, , , rightList, rightCount] = right.body;
  const isOneList = left.generation === right.generation && leftList === rightList && leftList > 0;
  return isOneList ? Math.min(leftCount, rightCount) : 0;
}

async function readPrompt(
  { generation, body }: BodyPlace,
  shared: number,
  storage: Storage,
): Promise<ReadPrompt | "too-large" | "gone"> {
  const [length, headLength, , list, itemCount] = body;
  if (headLength > comparedLengthMax || (shared === 0 && length > comparedLengthMax)) return "too-large";
  const head = await readRange({ generation, body }, 0, headLength, storage);
  if (head === undefined) return "gone";
  if (shared === 0) {
    const messages = await readRange({ generation, body }, headLength, length, storage);
    return messages === undefined ? "gone" : { head, messages, skippedCount: 0, skippedLength: 0 };
  }
  const messages = await readListRange(generation, list, { from: shared, to: itemCount }, storage);
  if (messages === undefined) return "gone";
  const skippedLength = length - headLength - messages.length;
  return { head, messages, skippedCount: shared, skippedLength };
}

function differenceAt(before: ReadPrompt, after: ReadPrompt): number | null {
  const inHead = firstDifference(before.head, after.head);
  if (inHead !== null) return inHead;
  const inMessages = firstDifference(before.messages, after.messages);
  return inMessages === null ? null : before.head.length + before.skippedLength + inMessages;
}

function nameOf({ index, spanId, place }: ComparedStep, prompt: ReadPrompt): PromptDiff["from"] {
  const messageCount = prompt.skippedCount + countLines(prompt.messages);
  return { stepIndex: index, spanId, length: place.body[0], messageCount };
}
