// The messages that a provider is sent, kept well-formed at every moment.
//
// Owns: the array of messages, which only grows at its end and keeps its identity.
//
// Invariants
//   T1  The calls of an assistant message are answered exactly once each, in their order, before the next user or
//       assistant message.
//   T2  A result without a call that waits for it is left out.
//   T3  An assistant message says something or calls something; one that is empty is left out.
//   T4  `forRequest()` leaves no call unanswered.
// Whatever is appended, in whatever order, a crash may have written it: the invariants hold all the same.
import type { AssistantMessage, Message, ToolMessage } from "../contracts/message.ts";

/** Answers a call of which nobody knows whether it took effect. */
export const interruptedResult: string =
  "This call was interrupted before its result was stored. Whether it took effect is unknown; check before repeating it.";

export class Transcript {
  readonly #messages: Message[] = [];
  /** Calls whose result is not among the messages yet, in their order. */
  readonly #waiting = new Map<string, WaitingCall>();

  constructor(messages: Iterable<Message> = []) {
    for (const message of messages) this.append(message);
  }

  get length(): number {
    return this.#messages.length;
  }

  append(message: Message): void {
    if (message.role === "tool") this.#answer(message);
    else {
      this.#answerWaiting();
      if (message.role === "user") this.#messages.push(message);
      else if (saysSomething(message)) this.#ask(message);
    }
  }

  /** The messages, every call answered. The same array each time; it must not be changed. */
  forRequest(): readonly Message[] {
    this.#answerWaiting();
    return this.#messages;
  }

  #ask(message: AssistantMessage): void {
    const kept = withoutRepeatedCalls(message);
    this.#messages.push(kept);
    for (const part of kept.content) {
      if (part.type === "tool-call") this.#waiting.set(part.callId, { name: part.name, result: undefined });
    }
  }

  #answer(message: ToolMessage): void {
    const call = this.#waiting.get(message.callId);
    if (call === undefined) return;
    call.result ??= message;
    // A result that came too early waits for those before it.
    for (const [callId, { result }] of this.#waiting) {
      if (result === undefined) return;
      this.#messages.push(result);
      this.#waiting.delete(callId);
    }
  }

  #answerWaiting(): void {
    if (this.#waiting.size === 0) return;
    for (const [callId, { name, result }] of this.#waiting) {
      this.#messages.push(result ?? interrupted(callId, name));
    }
    this.#waiting.clear();
  }
}

interface WaitingCall {
  readonly name: string;
  result: ToolMessage | undefined;
}

function interrupted(callId: string, toolName: string): ToolMessage {
  return { role: "tool", callId, toolName, content: interruptedResult, isError: true };
}

function saysSomething(message: AssistantMessage): boolean {
  return message.content.some((part) => {
    if (part.type === "text") return part.text !== "";
    return part.type === "tool-call" || part.type === "opaque";
  });
}

/** Two calls with one id could not both be answered. */
function withoutRepeatedCalls(message: AssistantMessage): AssistantMessage {
  const seen = new Set<string>();
  let repeated = false;
  for (const part of message.content) {
    if (part.type !== "tool-call") continue;
    if (seen.has(part.callId)) repeated = true;
    seen.add(part.callId);
  }
  if (!repeated) return message;
  seen.clear();
  const content = message.content.filter((part) => {
    if (part.type !== "tool-call") return true;
    if (seen.has(part.callId)) return false;
    seen.add(part.callId);
    return true;
  });
  return { ...message, content };
}
