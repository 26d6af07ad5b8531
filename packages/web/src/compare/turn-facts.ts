// What a turn took, or the part of it that is compared; and what two turns have in common, in words.
import type { Usage } from "@lathe/kernel";
import type { StepView, ToolCallView, TurnView } from "@lathe/wire";
import { answerOf, textOf } from "../conversation/turn/turn-texts.ts";
import { counted } from "../kit/amounts.ts";
import { divide } from "./pair-up.ts";

export interface TurnFacts {
  /** `provider/model` of each step, each once, in order; before the first step that of the turn. */
  readonly models: readonly string[];
  readonly stepCount: number;
  /** Null where it is not known yet. */
  readonly durationMs: number | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  /** The share of the input that came from the cache, from 0 to 1; null where it was not reported. */
  readonly cacheHitRate: number | null;
}

/** Of the steps that are there and complete: of a turn that is cut in two, or that runs, these are not all. */
export function factsOf(turn: TurnView): TurnFacts {
  const { steps, model, done } = turn;
  const complete = steps.filter((step) => step.complete);
  const writers = steps.map(({ provider, model: written }) => `${provider}/${written}`);
  const models = [...new Set(writers.length > 0 || model === null ? writers : [model])];
  const tookMs = complete.reduce((sum, { metrics }) => sum + (metrics?.totalMs ?? 0), 0);
  const inputTokens = sumOf(complete, "inputTokens");
  const cacheReadTokens = sumOf(complete, "cacheReadTokens");
  return {
    models,
    stepCount: complete.length,
    durationMs: done !== null && !isContinued(turn) ? done.durationMs : complete.length === 0 ? null : tookMs,
    inputTokens,
    outputTokens: sumOf(complete, "outputTokens"),
    cacheHitRate:
      inputTokens === null || cacheReadTokens === null || inputTokens === 0
        ? null
        : Math.min(1, cacheReadTokens / inputTokens),
  };
}

/** Null where no step has reported it. */
function sumOf(steps: readonly StepView[], field: keyof Usage): number | null {
  const known = steps.flatMap(({ usage }) => usage?.[field] ?? []);
  return known.length === 0 ? null : known.reduce((sum, amount) => sum + amount, 0);
}

/** Its beginning, with the message, stands before what was read: both conversations have it in common. */
export function isContinued({ startedAtMs }: TurnView): boolean {
  return startedAtMs === null;
}

export function callsOf({ steps }: TurnView): readonly ToolCallView[] {
  return steps.flatMap(({ parts }) => parts.filter((part) => part.type === "tool-call"));
}

/** The same for calls of the same tool with the same input. */
export function callName({ name, input, status, argumentsText }: ToolCallView): string {
  return `${name} ${status === "writing" ? argumentsText : canonical(input)}`;
}

/** The order of the fields says nothing, and neither do the spaces between them. */
function canonical(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "";
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  const fields = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join()}}`;
}

/** Whether they are each other's counterpart: the two halves of a turn, or turns that were asked the same. */
export function isAlike(one: TurnView, other: TurnView): boolean {
  if (one.turnId === other.turnId) return true;
  const text = askedOf(one);
  return text !== "" && text === askedOf(other);
}

export function askedOf({ userMessage }: TurnView): string {
  return textOf(userMessage).trim();
}

/** What is the same in both and what is not, for who does not want to read both. */
export function commonWords(one: TurnView, other: TurnView): readonly string[] {
  const { both, onlyOne, onlyOther } = divide(callsOf(one), callsOf(other), callName);
  const isOver = one.status !== "running" && other.status !== "running";
  const [models, otherModels] = [factsOf(one).models, factsOf(other).models];
  const words = [
    isContinued(one) ? "" : askedOf(one) === askedOf(other) ? "same message" : "different message",
    models.length > 0 && otherModels.length > 0
      ? models.join() === otherModels.join()
        ? "same model"
        : "different model"
      : "",
    both.length === 0 ? "" : `${counted(both.length, "tool call")} in both`,
    onlyOne.length === 0 ? "" : `${counted(onlyOne.length, "tool call")} only in A`,
    onlyOther.length === 0 ? "" : `${counted(onlyOther.length, "tool call")} only in B`,
    !isOver ? "" : answerOf(one) === answerOf(other) ? "same answer" : "different answer",
  ];
  return words.filter((word) => word !== "");
}
