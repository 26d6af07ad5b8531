import { parseBaseUrl } from "@lathe/extension-kit";
import { realClock, realTimers, sequentialIds, testRecordings } from "@lathe/extension-kit/testing";
import { MessagesReader } from "./core/messages-reader.ts";
import { createMessagesProvider } from "./messages-provider.ts";

const ids = sequentialIds();

testRecordings({
  api: "anthropic-messages",
  coveredElsewhere: ["chat-completions", "openai-responses", "gemini-generate-content"],
  open: (origin, network) => {
    const server = { baseUrl: parseBaseUrl(origin), key: "no-key", keySource: "NO_KEY" };
    const config = { outputTokensMaxDefault: 1_000, outputTokensMaxByModel: {} };
    return createMessagesProvider(server, config, { network, clock: realClock(), timers: realTimers(), ids });
  },
  reader: (server) => new MessagesReader(server, () => ids.newId("call")),
});
