import { parseBaseUrl } from "@lathe/extension-kit";
import {
  fakeClock,
  faultKey,
  realTimers,
  sequentialIds,
  testNetwork,
  testProviderFaults,
} from "@lathe/extension-kit/testing";
import { createMessagesProvider } from "./messages-provider.ts";

const block = (event: { readonly type: string }): string =>
  `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
const start = (index: number, content_block: unknown): string =>
  block({ type: "content_block_start", index, content_block } as { readonly type: string });
const piece = (index: number, delta: unknown): string =>
  block({ type: "content_block_delta", index, delta } as { readonly type: string });
const stop = (index: number): string =>
  block({ type: "content_block_stop", index } as { readonly type: string });
const end = (stop_reason: string): string =>
  block({ type: "message_delta", delta: { stop_reason }, usage: { output_tokens: 5 } } as {
    readonly type: string;
  }) + block({ type: "message_stop" });

testProviderFaults({
  name: "messages",
  keySource: "FAULT_KEY",
  open: (origin) => {
    const server = { baseUrl: parseBaseUrl(origin), key: faultKey, keySource: "FAULT_KEY" };
    const config = { outputTokensMaxDefault: 1_000, outputTokensMaxByModel: {} };
    const clock = fakeClock(Date.UTC(2026, 0, 1));
    return createMessagesProvider(server, config, {
      network: testNetwork(),
      clock,
      timers: realTimers(),
      ids: sequentialIds(),
    });
  },
  stream: {
    beginning:
      block({ type: "message_start", message: { usage: { input_tokens: 3, output_tokens: 1 } } } as {
        readonly type: string;
      }) + start(0, { type: "text", text: "" }),
    text: (text) => piece(0, { type: "text_delta", text }),
    ending: stop(0) + end("end_turn"),
    callAnswer: [
      start(0, { type: "tool_use", id: "toolu_a", name: "look", input: {} }),
      piece(0, { type: "input_json_delta", partial_json: '{"at":' }),
      piece(0, { type: "input_json_delta", partial_json: '"it"}' }),
      stop(0),
      end("tool_use"),
    ].join(""),
    error: (message) =>
      block({ type: "error", error: { type: "overloaded_error", message } } as { readonly type: string }),
  },
  refusal: (message) => ({ type: "error", error: { type: "some_error", message }, request_id: "req_1" }),
  spendLimit: {
    type: "error",
    error: {
      type: "rate_limit_error",
      message: "Out of money.",
      details: { error_code: "enforced_spend_limit_reached" },
    },
  },
});
