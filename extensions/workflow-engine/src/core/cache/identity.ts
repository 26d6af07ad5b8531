// What makes two agent calls the same.
import { hash } from "node:crypto";
import type { JsonObject, JsonValue } from "@lathe/kernel";

/** Grows when the same call would be answered differently by a newer engine. */
const engineVersion = 1;

/** What a script says of one call, the ambient things of its run left out. */
export interface CallWords {
  readonly kind: "agent" | "workflow" | "approve";
  readonly prompt: string;
  /** Of the options only those that are part of the identity: neither label nor phase. */
  readonly options: JsonObject;
}

/** What decides the answer beside the words. */
export interface CallSetting {
  /** The principal that the run belongs to. */
  readonly owner: string;
  /** Absolute path that the agent works in. */
  readonly cwd: string;
  readonly agent: string;
  readonly agentHash: string;
  readonly model: string;
  /** What the files are that it may read, by their state; empty = it reads none, or may change them. */
  readonly files: string;
}

/** Names a call within its run, wherever in the script it stands: the same words, and how often they came before. */
export function wordsKey(words: CallWords, occurrence: number): string {
  return sha256({ engineVersion, ...words, occurrence });
}

/** Names an answer that other runs may use. */
export function answerKey(words: CallWords, setting: CallSetting, occurrence: number): string {
  return sha256({ engineVersion, ...words, ...setting, occurrence });
}

/** SHA-256 of the canonical JSON, hexadecimal. */
export function sha256(value: JsonValue | object): string {
  return hash("sha256", canonical(value as JsonValue), "hex");
}

/** JSON with the members of objects in order of name, so that equal values give equal texts. */
export function canonical(value: JsonValue): string {
  return JSON.stringify(value, (_key, member: JsonValue) => {
    if (member === null || typeof member !== "object" || Array.isArray(member)) return member;
    const object = member as JsonObject;
    return Object.fromEntries(
      Object.keys(object)
        .sort()
        .map((name) => [name, object[name]]),
    );
  });
}
