// The workflow that is killed again and again: many agents at once, races, a question to a person, a nested workflow, and
// stages. What an agent is asked begins with its mark, and its answer follows from the mark alone; so does the result, but
// for the races, whose order the log tells.
import type { JsonObject, JsonValue } from "@lathe/kernel";

export interface FanOutArgs {
  /** Agents of the first phase; every fourth has a schema, and every fourth uses a tool. */
  readonly fanCount: number;
  readonly raceCount: number;
  readonly stageCount: number;
  readonly nestedCount: number;
}

export const wholeFanOut: FanOutArgs = { fanCount: 100, raceCount: 8, stageCount: 6, nestedCount: 4 };
export const smallFanOut: FanOutArgs = { fanCount: 24, raceCount: 5, stageCount: 3, nestedCount: 2 };

const nestedScript = `export const meta = { name: "nested-count", description: "Counts for another workflow." };
phase("Within");
log("nested begins");
const counts = await parallel(
  Array.from({ length: args.count }, (_, index) => () =>
    agent("[nested-" + index + "] Count.", { label: "nested-" + index })),
);
return counts;
`;

export const fanOutScript: string = `export const meta = {
  name: "fan-out",
  description: "Asks many agents at once.",
  phases: [{ title: "Fan" }, { title: "Race" }, { title: "Ask" }, { title: "Stages" }],
};
const answerSchema = {
  type: "object",
  properties: { mark: { type: "string" } },
  required: ["mark"],
  additionalProperties: false,
};
const asked = (mark, options = {}) => agent("[" + mark + "] Say your mark.", { label: mark, ...options });

phase("Fan");
log("fan begins");
const fan = await parallel(
  Array.from({ length: args.fanCount }, (_, index) => () => {
    if (index % 4 === 1) return asked("schema-" + index, { schema: answerSchema });
    return asked((index % 4 === 2 ? "tool-" : "plain-") + index);
  }),
);
log("fan ends with " + fan.filter((one) => one !== null).length);

phase("Race");
const order = [];
const racers = Array.from({ length: args.raceCount }, (_, index) =>
  asked("race-" + index).then((text) => {
    order.push(index);
    return text;
  }),
);
const first = await Promise.race(racers);
const next = await asked("next-" + order.join("-"));
await Promise.all(racers);
const after = await asked("after-" + order.join("-"));

phase("Ask");
const answer = await approve("Shall it go on?", { timeout: 3600000 });
log("it may go on");
const nested = await workflow({ script: ${JSON.stringify(nestedScript)} }, { count: args.nestedCount });

phase("Stages");
const stages = await pipeline(
  Array.from({ length: args.stageCount }, (_, index) => index),
  (index) => asked("first-" + index),
  (text, index) => asked("second-" + index, { schema: answerSchema }),
  (found, index) => asked("third-" + index + "-of-" + found.mark),
);
log("all is done");
return { fan, first, next, after, order, answer, nested, stages };
`;

export const approvalAnswer: JsonValue = { yes: true };

/** The phases and the lines of the script, in their order. */
export function saidBy({ fanCount }: FanOutArgs): readonly string[] {
  return [
    ...["phase Fan", "log fan begins", `log fan ends with ${fanCount}`],
    ...["phase Race", "phase Ask", "log it may go on", "phase Stages", "log all is done"],
  ];
}

export const saidByNested: readonly string[] = ["phase Within", "log nested begins"];

/** Marks of the agents that the script itself asks, with the races ended in this order. */
export function marksOf(args: FanOutArgs, order: readonly number[]): string[] {
  const { fanCount, raceCount, stageCount } = args;
  return [
    ...count(fanCount, fanMark),
    ...count(raceCount, (index) => `race-${index}`),
    `next-${order[0]}`,
    `after-${order.join("-")}`,
    ...count(stageCount, (index) => `first-${index}`),
    ...count(stageCount, (index) => `second-${index}`),
    ...count(stageCount, thirdMark),
  ];
}

export function nestedMarksOf({ nestedCount }: FanOutArgs): string[] {
  return count(nestedCount, (index) => `nested-${index}`);
}

/** What the run comes to where the races ended in this order. */
export function resultOf(args: FanOutArgs, order: readonly number[]): JsonObject {
  const { fanCount, stageCount } = args;
  return {
    fan: count(fanCount, fanMark).map(answerTo),
    first: answerTo(`race-${order[0]}`),
    next: answerTo(`next-${order[0]}`),
    after: answerTo(`after-${order.join("-")}`),
    order: [...order],
    answer: approvalAnswer,
    nested: nestedMarksOf(args).map(answerTo),
    stages: count(stageCount, thirdMark).map(answerTo),
  };
}

/** The value that the script gets from the agent of this mark. */
export function answerTo(mark: string): JsonValue {
  return hasSchema(mark) ? { mark } : `This is ${mark}.`;
}

export function hasSchema(mark: string): boolean {
  return mark.startsWith("schema-") || mark.startsWith("second-");
}

export function usesTool(mark: string): boolean {
  return mark.startsWith("tool-");
}

/** The mark at the beginning of what an agent is asked; undefined = it is asked something else. */
export function markIn(prompt: string): string | undefined {
  return /^\[([a-z0-9-]+)\]/.exec(prompt)?.[1];
}

function fanMark(index: number): string {
  if (index % 4 === 1) return `schema-${index}`;
  return `${index % 4 === 2 ? "tool" : "plain"}-${index}`;
}

function thirdMark(index: number): string {
  return `third-${index}-of-second-${index}`;
}

function count<T>(length: number, make: (index: number) => T): T[] {
  return Array.from({ length }, (_, index) => make(index));
}
