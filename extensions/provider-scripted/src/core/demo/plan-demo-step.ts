// The demo model: reads what is asked and what was done, and decides on the next step. A pure function, no chance.
import type { ToolDeclaration } from "@lathe/kernel";
import { type ShownSchema, schemaShownIn } from "@lathe/structured-output";
import type { CallResult, RequestReading } from "../request-reading.ts";
import type { ScriptStep } from "../script.ts";
import { answerFor, introduction, missingAnswer } from "./answers.ts";
import { largestOf, readListing } from "./listing.ts";
import { madeUpAnswer } from "./made-up-answer.ts";
import { type ToolUse, toolUseFor } from "./tool-use.ts";
import { readWishes, type Wish } from "./wishes.ts";

type Call = Extract<ToolUse, { kind: "call" }>;

export function planDemoStep(reading: RequestReading, tools: readonly ToolDeclaration[]): ScriptStep {
  const shown = schemaShownIn(reading.words);
  if (shown !== undefined) return planSchemaStep(shown, reading, tools);
  const wishes = readWishes(reading.words);
  if (wishes.length === 0) return saying("None of the phrases that I know is in there.", introduction(tools));
  const uses = wishes.map((wish) => toolUseFor(wish, tools));
  const answered = [...uses, ...furtherUses(uses, reading.results, tools)];
  return callingStep(uses, reading, tools) ?? saying("", answersFor(answered, reading.results).join("\n\n"));
}

/** A long prompt was not written for the demo: what sounds like a phrase in it is none. */
const wishLengthMax = 300;

function planSchemaStep(
  shown: ShownSchema,
  reading: RequestReading,
  tools: readonly ToolDeclaration[],
): ScriptStep {
  const wishes = shown.prompt.length > wishLengthMax ? [] : readWishes(shown.prompt);
  const uses = wishes.map((wish) => toolUseFor(wish, tools));
  return (
    callingStep(uses, reading, tools) ??
    saying("The answer has to fit a schema, so I make one up that does.", madeUpAnswer(shown, reading.words))
  );
}

/** The calls that are left to be made; undefined = it is time to answer. */
function callingStep(
  uses: readonly ToolUse[],
  reading: RequestReading,
  tools: readonly ToolDeclaration[],
): ScriptStep | undefined {
  const calls = uses.filter((use): use is Call => use.kind === "call");
  if (reading.stepIndex === 0 && calls.length > 0) return calling(thoughtOn(calls), calls);
  if (reading.stepIndex !== 1) return undefined;
  const further = furtherUses(uses, reading.results, tools).filter((use): use is Call => use.kind === "call");
  if (further.length === 0) return undefined;
  return calling("Now I know which file is the largest, so I read it.", further);
}

/** What can only be asked for when the first results are there. */
function furtherUses(
  uses: readonly ToolUse[],
  results: readonly CallResult[],
  tools: readonly ToolDeclaration[],
): readonly ToolUse[] {
  const further: ToolUse[] = [];
  for (const [use, result] of paired(uses, results)) {
    if (use.wish.kind !== "list" || !use.wish.readLargest || result === undefined || result.isError) continue;
    const largest = largestOf(readListing(result.content));
    if (largest !== undefined)
      further.push(toolUseFor({ kind: "read", path: pathBelow(use.wish.path, largest.path) }, tools));
  }
  return further;
}

/** Listings name entries below the folder that was listed. */
function pathBelow(folder: string, path: string): string {
  const trimmed = folder.replace(/\/+$/, "");
  return folder === "." || path.startsWith(`${trimmed}/`) ? path : `${trimmed}/${path}`;
}

function answersFor(uses: readonly ToolUse[], results: readonly CallResult[]): readonly string[] {
  return paired(uses, results).map(([use, result]) => {
    if (use.kind === "missing") return missingAnswer(use.name);
    if (result === undefined) return `\`${use.name}\` was called, but its result did not arrive.`;
    return answerFor(use.wish, result);
  });
}

/** Results come in the order of the calls. */
function paired(
  uses: readonly ToolUse[],
  results: readonly CallResult[],
): readonly (readonly [ToolUse, CallResult | undefined])[] {
  let index = 0;
  return uses.map((use) => {
    const result = use.kind === "call" ? results[index] : undefined;
    if (use.kind !== "call" || result?.toolName !== use.name) return [use, undefined];
    index++;
    return [use, result];
  });
}

function calling(thought: string, calls: readonly Call[]): ScriptStep {
  return {
    ...saying(thought, leadFor(calls.map(({ wish }) => wish))),
    calls: calls.map(({ name, input }) => ({ name, input })),
  };
}

function saying(reasoning: string, text: string): ScriptStep {
  return { reasoning, text, calls: [], delayMs: 0, ignoreAbort: false, truncate: false, throw: false };
}

function thoughtOn(calls: readonly Call[]): string {
  const names = calls.map(({ name }) => name);
  return `The user wants something that I can find out with ${names.join(" and ")}. I call ${names.length === 1 ? "it" : "them"} and answer from what comes back.`;
}

function leadFor(wishes: readonly Wish[]): string {
  const [first] = wishes;
  if (first === undefined || wishes.length > 1) return "I will do these at the same time.";
  switch (first.kind) {
    case "list":
      return "I will look at the folder.";
    case "read":
      return `I will read \`${first.path}\`.`;
    case "search":
      return `I will search for \`${first.pattern}\`.`;
    case "write":
      return `I will write \`${first.path}\`.`;
    case "run":
      return `I will run \`${first.command}\`.`;
  }
}
