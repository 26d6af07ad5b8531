// How turns end, in words: what happened, and what to do about it.
import type { TurnFailure, TurnFinishReason } from "@lathe/kernel";
import type { TurnView } from "@lathe/wire";

/** What is said under a turn that did not simply end. */
export interface EndingNote {
  readonly title: string;
  readonly advice: string;
  /** What can be done here at once. */
  readonly actions: readonly EndingAction[];
}

export type EndingAction = "send-again" | "go-on" | "choose-model" | "new-conversation";

const reasons: Readonly<Record<Exclude<TurnFinishReason, "stop" | "error">, EndingNote>> = {
  length: {
    title: "The answer was cut",
    advice:
      "It reached the most that the model may write at once. Ask it to go on, or for something shorter.",
    actions: ["go-on"],
  },
  "content-filter": {
    title: "The provider held the answer back",
    advice: "Its content filter stopped the model. Word the message differently, or choose another model.",
    actions: ["choose-model"],
  },
  "max-steps": {
    title: "The turn reached its limit of steps",
    advice: "What was done so far stays. Ask it to go on, or raise the limit of the agent.",
    actions: ["go-on"],
  },
  aborted: {
    title: "Stopped",
    advice: "What was written until then stays. Send a message to go on from here.",
    actions: [],
  },
  stuck: {
    title: "The turn was going around in circles",
    advice: "The model asked for the same again and again. Say more precisely what you want.",
    actions: [],
  },
  "over-budget": {
    title: "The budget is used up",
    advice: "What was done so far stays. Raise the budget of the run, then ask it to go on.",
    actions: [],
  },
  interrupted: {
    title: "Interrupted",
    advice: "The daemon ended in the middle of the turn. What had been written stays; ask it to go on.",
    actions: ["go-on"],
  },
};

const failures: Readonly<Record<TurnFailure["kind"], EndingNote>> = {
  auth: {
    title: "The provider did not accept the key",
    advice: "Check the key of this provider in the configuration, then send the message again.",
    actions: ["send-again", "choose-model"],
  },
  "bad-request": {
    title: "The provider refused the request",
    advice: "It says why above. Another model may take it.",
    actions: ["choose-model"],
  },
  "model-not-found": {
    title: "The provider has no such model",
    advice: "Choose another model, then send the message again.",
    actions: ["choose-model", "send-again"],
  },
  "context-length": {
    title: "The conversation is too long for this model",
    advice: "Choose a model with a larger context, fork from an earlier turn, or begin a new conversation.",
    actions: ["choose-model", "new-conversation"],
  },
  "rate-limit": {
    title: "The provider has had too many requests",
    advice: "It was tried again for as long as allowed. Wait a little, or choose another model.",
    actions: ["send-again", "choose-model"],
  },
  quota: {
    title: "The account with the provider is used up",
    advice: "Waiting does not help. Add to the account, or choose a model of another provider.",
    actions: ["choose-model", "send-again"],
  },
  overloaded: {
    title: "The provider is overloaded",
    advice: "It was tried again for as long as allowed. Wait a little, or choose another model.",
    actions: ["send-again", "choose-model"],
  },
  server: {
    title: "The provider failed",
    advice: "The error is on its side. Send the message again, or choose another model.",
    actions: ["send-again", "choose-model"],
  },
  network: {
    title: "The provider could not be reached",
    advice: "Check the network and the address of the provider, then send the message again.",
    actions: ["send-again", "choose-model"],
  },
  "idle-timeout": {
    title: "The provider went silent",
    advice: "Nothing came for too long. Send the message again, or choose another model.",
    actions: ["send-again", "choose-model"],
  },
  truncated: {
    title: "The answer ended too early",
    advice: "The connection broke off. What had come stays; send the message again.",
    actions: ["send-again", "choose-model"],
  },
  malformed: {
    title: "The provider's answer could not be understood",
    advice: "Send the message again. Where it happens again, choose another model.",
    actions: ["send-again", "choose-model"],
  },
  "tool-use-failed": {
    title: "The model could not call its tools",
    advice: "Send the message again, or choose a model that is better with tools.",
    actions: ["send-again", "choose-model"],
  },
  internal: {
    title: "Something in Lathe broke",
    advice: "The trace of this turn says more. Send the message again.",
    actions: ["send-again"],
  },
};

/** Null for a turn that goes on, and for one that simply ended. */
export function endingNote({ done }: Pick<TurnView, "done">): EndingNote | null {
  if (done === null || done.finishReason === "stop") return null;
  if (done.finishReason !== "error") return reasons[done.finishReason];
  return failures[done.failure?.kind ?? "internal"];
}

/** The ending in a few words, to be said aloud. */
export function finishWord(turn: Pick<TurnView, "done">): string {
  const note = endingNote(turn);
  return note === null ? "Answer complete" : note.title;
}
