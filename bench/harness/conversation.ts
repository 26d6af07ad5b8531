// What every measured turn says, and the tool that it can call.

import { defaultToolName } from "../fake-model/answer-plan.ts";
import type { BenchTool, HistoryMessage } from "../subject.ts";

export const prompt = "Look up what you need and answer in one paragraph.";

/** An in-process function, so that a step costs what the agent costs. */
export const lookUp: BenchTool = {
  name: defaultToolName,
  description: "Returns the value of a key.",
  parameters: {
    type: "object",
    properties: { key: { type: "string", description: "The key to look up." } },
    required: ["key"],
    additionalProperties: false,
  },
  changes: false,
  execute: (input) => Promise.resolve(`The value of ${(input as { key: string }).key}.`),
};

/** The same, said to change something: whoever keeps what happens announces such a call before it runs. */
export const changingLookUp: BenchTool = { ...lookUp, changes: true };

const messageLength = 200;

/** Returns `count` messages, the user's and the assistant's in turn, of about 200 characters each. */
export function createHistory(count: number): readonly HistoryMessage[] {
  return Array.from({ length: count }, (_, index) => ({
    role: index % 2 === 0 ? "user" : "assistant",
    content: `Message ${index}: `.padEnd(messageLength, "what was said before "),
  }));
}
