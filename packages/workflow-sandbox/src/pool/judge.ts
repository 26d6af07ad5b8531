// Decides what a message of a guest is. A guest may have been taken over: nothing that it sends is believed, and what no
// script can bring about by the functions that it is given ends the run.
import type { JsonObject, JsonValue } from "@lathe/kernel";
import type { GuestCall, GuestFailure } from "../contract.ts";
import type { ToldLimits } from "./limits.ts";
import { makePlain, measureJson } from "./plain-json.ts";

export type GuestMessage =
  | { readonly kind: "ready"; readonly cacheRejected: boolean }
  | { readonly kind: "call"; readonly call: GuestCall }
  | { readonly kind: "phase"; readonly title: string }
  | { readonly kind: "log"; readonly level: "info" | "warn" | "error"; readonly text: string }
  /** `answeredCount`: how many answers it had taken in by then. */
  | { readonly kind: "waiting"; readonly answeredCount: number }
  /** `dueMs`: when its next timer is due. */
  | { readonly kind: "resting"; readonly answeredCount: number; readonly dueMs: number }
  | { readonly kind: "returned"; readonly value: JsonValue | undefined }
  | { readonly kind: "failed"; readonly failure: GuestFailure };

export type Judgement = GuestMessage | { readonly kind: "breach"; readonly why: string };

const messageCharsMax = 5_000;
const nameCharsMax = 101;
const titleCharsMax = 500;
const saidCodes: readonly string[] = ["script-error", "invalid-result", "never-ends"];

class Breach extends Error {}

/** The message in the body of a frame, or what is wrong with it. The counts over a whole run are kept elsewhere. */
export function judge(body: Buffer, limits: ToldLimits): Judgement {
  try {
    return judgeFields(parse(body, limits), limits);
  } catch (cause) {
    if (cause instanceof Breach) return { kind: "breach", why: cause.message };
    throw cause;
  }
}

// The fields of a message, and the two values that a call of a workflow holds.
const containerCountBeside = 100;
const valueCountMax = 2;

function parse(body: Buffer, limits: ToldLimits): JsonObject {
  const { depth, containerCount } = measureJson(body);
  // The message itself is one level around the values of the script.
  if (depth > limits.depthMax + 1) throw new Breach("a message that is nested too deep");
  if (containerCount > valueCountMax * limits.containerCountMax + containerCountBeside) {
    throw new Breach("a message of too many parts");
  }
  let message: JsonValue;
  try {
    message = JSON.parse(body.toString("utf8")) as JsonValue;
  } catch {
    throw new Breach("a message that is no JSON");
  }
  if (!makePlain(message)) throw new Breach("a message with a number that JSON cannot hold");
  return objectIn(message, "a message");
}

function judgeFields(message: JsonObject, limits: ToldLimits): GuestMessage {
  const kind = message.kind;
  if (kind === "agent" || kind === "workflow" || kind === "approve") {
    return { kind: "call", call: callIn(kind, message, limits) };
  }
  if (kind === "ready") return { kind, cacheRejected: message.cacheRejected === true };
  if (kind === "phase") return { kind, title: textIn(message, "title", titleCharsMax) };
  if (kind === "log") return logIn(message, limits);
  if (kind === "waiting") return { kind, answeredCount: countIn(message, "answeredCount") };
  if (kind === "resting")
    return { kind, answeredCount: countIn(message, "answeredCount"), dueMs: countIn(message, "dueMs") };
  if (kind === "returned") return { kind, value: resultIn(message, limits) };
  if (kind === "failed") return { kind, failure: failureIn(message) };
  throw new Breach("a message of no known kind");
}

function callIn(kind: GuestCall["kind"], message: JsonObject, limits: ToldLimits): GuestCall {
  const index = countIn(message, "index");
  if (kind === "approve") {
    const question = promptIn(message, "question", limits);
    return { kind, index, question, options: optionsIn(message, limits) };
  }
  const phase = message.phase === null ? null : textIn(message, "phase", titleCharsMax);
  if (kind === "workflow") {
    const reference = valueIn(message, "reference", limits);
    if (reference === undefined) throw new Breach("a workflow without a reference");
    return { kind, index, reference, args: valueIn(message, "args", limits), phase };
  }
  const prompt = promptIn(message, "prompt", limits);
  return {
    kind,
    index,
    prompt,
    options: optionsIn(message, limits),
    phase,
    budgets: budgetsIn(message, limits),
  };
}

function promptIn(message: JsonObject, name: string, limits: ToldLimits): string {
  const prompt = textIn(message, name, limits.promptBytesMax);
  if (Buffer.byteLength(prompt) > limits.promptBytesMax) throw new Breach(`a ${name} beyond its limit`);
  return prompt;
}

function optionsIn(message: JsonObject, limits: ToldLimits): JsonObject {
  return objectIn(valueIn(message, "options", limits), "options");
}

function valueIn(message: JsonObject, name: string, limits: ToldLimits): JsonValue | undefined {
  const value = message[name];
  if (value !== undefined && Buffer.byteLength(JSON.stringify(value)) > limits.optionsBytesMax) {
    throw new Breach(`${name} beyond the limit`);
  }
  return value;
}

function budgetsIn(message: JsonObject, limits: ToldLimits): { id: number; tokens: number }[] {
  const budgets = message.budgets;
  if (!Array.isArray(budgets) || budgets.length > limits.sharedBudgetCountMax) {
    throw new Breach("shared budgets that are no list");
  }
  return budgets.map((budget) => {
    const fields = objectIn(budget, "a shared budget");
    const tokens = countIn(fields, "tokens");
    if (tokens === 0) throw new Breach("a shared budget of nothing");
    return { id: countIn(fields, "id"), tokens };
  });
}

function logIn(message: JsonObject, limits: ToldLimits): GuestMessage {
  const level = message.level;
  if (level !== "info" && level !== "warn" && level !== "error")
    throw new Breach("a log line of no known level");
  const text = textIn(message, "text", limits.logLineBytesMax);
  if (Buffer.byteLength(text) > limits.logLineBytesMax) throw new Breach("a log line beyond its limit");
  return { kind: "log", level, text };
}

function resultIn(message: JsonObject, limits: ToldLimits): JsonValue | undefined {
  const value = message.value;
  if (value !== undefined && Buffer.byteLength(JSON.stringify(value)) > limits.resultBytesMax) {
    throw new Breach("a result beyond its limit");
  }
  return value;
}

function failureIn(message: JsonObject): GuestFailure {
  const code = message.code;
  if (typeof code !== "string" || !saidCodes.includes(code)) throw new Breach("a failure of no known code");
  const text = textIn(message, "message", messageCharsMax);
  const hasPlace = message.line !== undefined;
  return {
    code: code as GuestFailure["code"],
    message: text,
    ...(hasPlace && { line: countIn(message, "line"), column: countIn(message, "column") }),
    ...(message.errorName !== undefined && { errorName: textIn(message, "errorName", nameCharsMax) }),
  };
}

function objectIn(value: JsonValue | undefined, what: string): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Breach(`${what} that is no object`);
  }
  return value as JsonObject;
}

function countIn(fields: JsonObject, name: string): number {
  const value = fields[name];
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
    throw new Breach(`a field "${name}" that is no count`);
  }
  return value;
}

function textIn(fields: JsonObject, name: string, charsMax: number): string {
  const value = fields[name];
  if (typeof value !== "string" || value.length > charsMax) {
    throw new Breach(`a field "${name}" that is no text, or too long`);
  }
  return value.toWellFormed();
}
