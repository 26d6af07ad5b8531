// What of two turns is taken for the same.
import type { ToolCallView, TurnView } from "@lathe/wire";
import { answerOf, textOf } from "../conversation/turn/turn-texts.ts";
import { counted } from "../kit/amounts.ts";
import { divide } from "./pair-up.ts";
import { factsOf } from "./turn-facts.ts";

/** Whether they are each other's counterpart: the two ends of a turn, or turns that began with the same message. */
export function isAlike(one: TurnView, other: TurnView): boolean {
  if (one.turnId === other.turnId) return true;
  const text = textOf(one.userMessage).trim();
  return text !== "" && text === textOf(other.userMessage).trim();
}

/** What it was asked, and what was said to it while it ran. */
export function askedOf({ userMessage, steering }: TurnView): string {
  return [userMessage, ...steering.map(({ content }) => content)]
    .map((parts) => textOf(parts).trim())
    .filter((text) => text !== "")
    .join("\n\n");
}

export function callsOf({ steps }: TurnView): readonly ToolCallView[] {
  return steps.flatMap(({ parts }) => parts.filter((part) => part.type === "tool-call"));
}

// A call keeps its identity while another part of its turn grows, and its input may be long.
const names: WeakMap<ToolCallView, string> = new WeakMap();

/** The same for calls of the same tool with the same input. */
export function callName(call: ToolCallView): string {
  const held = names.get(call);
  if (held !== undefined) return held;
  const { name, input, status, argumentsText } = call;
  const made = `${name} ${status === "writing" ? argumentsText : canonical(input)}`;
  names.set(call, made);
  return made;
}

/** The order of the fields says nothing, and neither do the spaces between them. */
function canonical(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "";
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  const fields = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join()}}`;
}

/** What is the same in both and what is not, for who does not want to read both. */
export function commonWords(one: TurnView, other: TurnView): readonly string[] {
  const { both, onlyOne, onlyOther } = divide(callsOf(one), callsOf(other), callName);
  const [models, otherModels] = [factsOf(one).models.join(", "), factsOf(other).models.join(", ")];
  const isOver = one.status !== "running" && other.status !== "running";
  return [
    ...sameWords("message", askedOf(one), askedOf(other)),
    ...(models !== "" && otherModels !== "" ? sameWords("model", models, otherModels) : []),
    ...callWords(both.length, "in both"),
    ...callWords(onlyOne.length, "only in A"),
    ...callWords(onlyOther.length, "only in B"),
    ...(isOver ? sameWords("answer", answerOf(one), answerOf(other)) : []),
  ];
}

function sameWords(what: string, one: string, other: string): readonly string[] {
  if (one === "" && other === "") return [];
  return [`${one === other ? "same" : "different"} ${what}`];
}

function callWords(amount: number, where: string): readonly string[] {
  return amount === 0 ? [] : [`${counted(amount, "tool call")} ${where}`];
}
