// What the fake model answers to a request, and the model name that asks for it.
//
// A model name is `fake` followed by `-<word><number>` parts in any order, each at most once:
// `fake-steps10-calls1-chunks20-delay0`. What is not named keeps its default.

export interface AnswerPlan {
  /** Tool steps before the final answer. */
  readonly steps: number;
  /** Parallel tool calls in each tool step, at least 1. */
  readonly calls: number;
  /** Text chunks of the final answer. */
  readonly chunks: number;
  /** Characters (ASCII, so bytes) of text in each chunk, at least 1. */
  readonly bytes: number;
  /** Milliseconds between two chunks; 0 sends the whole answer in one write. */
  readonly delay: number;
  /** Milliseconds before the first chunk. */
  readonly first: number;
}

export const defaultPlan: AnswerPlan = { steps: 0, calls: 1, chunks: 20, bytes: 4, delay: 0, first: 0 };

/** The tool that the model calls unless the server is told of another. */
export const defaultToolName = "look_up";

export const planWords: readonly (keyof AnswerPlan)[] = [
  "steps",
  "calls",
  "chunks",
  "bytes",
  "delay",
  "first",
];

/** Returns the plan that a model name asks for, or `undefined` where the name is not of this grammar. */
export function parseModelName(name: string, defaults: AnswerPlan = defaultPlan): AnswerPlan | undefined {
  const [family, ...parts] = name.split("-");
  if (family !== "fake") return undefined;
  const named: Partial<Record<keyof AnswerPlan, number>> = {};
  for (const part of parts) {
    const match = /^([a-z]+)(\d{1,6})$/.exec(part);
    const word = planWords.find((candidate) => candidate === match?.[1]);
    if (word === undefined || named[word] !== undefined) return undefined;
    named[word] = Number(match?.[2]);
  }
  const plan = { ...defaults, ...named };
  return plan.calls < 1 || plan.bytes < 1 ? undefined : plan;
}

/** Returns the model name that asks for `plan`; it names only what differs from the default. */
export function formatModelName(plan: Partial<AnswerPlan>): string {
  const parts = planWords
    .filter((word) => plan[word] !== undefined && plan[word] !== defaultPlan[word])
    .map((word) => `-${word}${plan[word]}`);
  return `fake${parts.join("")}`;
}

/** The text that a final answer of this plan carries. */
export function answerText(plan: AnswerPlan): string {
  let text = "";
  for (let index = 0; index < plan.chunks; index += 1) text += chunkText(index, plan.bytes);
  return text;
}

/** The text of one chunk: its index, so that a lost or a swapped chunk shows in the answer. */
export function chunkText(index: number, bytes: number): string {
  return String(index).padStart(bytes, "0").slice(-bytes);
}
