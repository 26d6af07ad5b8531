import { parseBaseUrl } from "@lathe/extension-kit";
import { realClock, realTimers, sequentialIds, testRecordings } from "@lathe/extension-kit/testing";
import { createChatProvider } from "./chat-provider.ts";
import { ChatReader } from "./core/chat-reader.ts";
import { dialects } from "./core/dialect.ts";

const ids = sequentialIds();

testRecordings({
  api: "chat-completions",
  coveredElsewhere: ["anthropic-messages"],
  open: (origin, network) => {
    const baseUrl = parseBaseUrl(origin);
    const server = { id: "recorded", baseUrl, dialect: dialects.generic, key: "no-key", keySource: "NO_KEY" };
    return createChatProvider(server, { network, clock: realClock(), timers: realTimers(), ids });
  },
  reader: (server) => new ChatReader(server, () => ids.newId("call")),
});
