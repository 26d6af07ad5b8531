// Asks a provider as the turn loop would, and keeps what comes.
import type {
  AssistantMessage,
  AssistantPart,
  Message,
  ProviderEvent,
  ProviderRequest,
  TimersPower,
  ToolDeclaration,
} from "@lathe/kernel";
import { ScriptedProvider } from "../core/scripted-provider.ts";

/** Time that passes at once. */
export const noTime: TimersPower = { sleep: () => Promise.resolve(), after: () => () => undefined };

export function createProvider(
  scripts: Readonly<Record<string, unknown>> = {},
  timers: TimersPower = noTime,
): ScriptedProvider {
  return new ScriptedProvider({ deltaDelayMs: 0, scripts }, timers);
}

export function user(text: string): Message {
  return { role: "user", content: [{ type: "text", text }] };
}

export function requestFor(
  model: string,
  messages: readonly Message[],
  tools: readonly ToolDeclaration[] = [],
): ProviderRequest {
  return { model, system: "Be brief.", messages, tools, settings: {}, conversationId: "cnv_1" };
}

export function scriptRequest(...steps: readonly unknown[]): ProviderRequest {
  return requestFor("script", [user(JSON.stringify({ steps }))]);
}

export async function eventsOf(
  provider: ScriptedProvider,
  request: ProviderRequest,
  signal: AbortSignal = new AbortController().signal,
): Promise<readonly ProviderEvent[]> {
  const events: ProviderEvent[] = [];
  for await (const batch of provider.stream(request, { signal })) events.push(...batch);
  return events;
}

/** The answer as it would be stored. */
export function answerOf(events: readonly ProviderEvent[]): AssistantMessage {
  const content: AssistantPart[] = [];
  for (const event of events) {
    if (event.type === "reasoning-delta") append(content, "reasoning", event.text);
    if (event.type === "text-delta") append(content, "text", event.text);
    if (event.type === "tool-call") {
      const { callId, name, argumentsText } = event;
      content.push({ type: "tool-call", callId, name, argumentsText });
    }
  }
  return { role: "assistant", provider: "scripted", model: "demo", content };
}

export function textOf(events: readonly ProviderEvent[]): string {
  return events.map((event) => (event.type === "text-delta" ? event.text : "")).join("");
}

function append(content: AssistantPart[], type: "text" | "reasoning", text: string): void {
  const last = content.at(-1);
  if (last?.type === type) content[content.length - 1] = { type, text: last.text + text };
  else content.push({ type, text });
}
