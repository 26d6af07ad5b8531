import { parseBaseUrl } from "@lathe/extension-kit";
import {
  fakeClock,
  faultKey,
  realTimers,
  sequentialIds,
  testNetwork,
  testProviderFaults,
} from "@lathe/extension-kit/testing";
import { createChatProvider } from "./chat-provider.ts";
import { dialects } from "./core/dialect.ts";

const block = (chunk: unknown): string => `data: ${JSON.stringify(chunk)}\n\n`;
const delta = (part: unknown, finish_reason: string | null = null): string =>
  block({ id: "c1", object: "chat.completion.chunk", choices: [{ index: 0, delta: part, finish_reason }] });
const callPiece = (piece: unknown): string => delta({ tool_calls: [{ index: 0, ...Object(piece) }] });

testProviderFaults({
  name: "chat completions",
  keySource: "FAULT_KEY",
  open: (origin) => {
    const server = {
      id: "faulty",
      baseUrl: parseBaseUrl(origin),
      dialect: dialects.generic,
      key: faultKey,
      keySource: "FAULT_KEY",
    };
    const desk = {
      network: testNetwork(),
      clock: fakeClock(Date.UTC(2026, 0, 1)),
      timers: realTimers(),
      ids: sequentialIds(),
    };
    return createChatProvider(server, desk);
  },
  stream: {
    beginning: delta({ role: "assistant", content: "" }),
    text: (text) => delta({ content: text }),
    ending: `${delta({}, "stop")}data: [DONE]\n\n`,
    callAnswer: [
      callPiece({ id: "call_a", type: "function", function: { name: "look", arguments: "" } }),
      callPiece({ function: { arguments: '{"at":' } }),
      callPiece({ function: { arguments: '"it"}' } }),
      delta({}, "tool_calls"),
    ].join(""),
    error: (message) => block({ error: { message, type: "overloaded_error", code: 503 } }),
  },
  refusal: (message) => ({ error: { message, type: "some_error", code: null, param: null } }),
  spendLimit: { error: { message: "Out of money.", type: "insufficient_quota", code: "insufficient_quota" } },
});
