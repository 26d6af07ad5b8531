// One server of the chat completions API as a provider.
import {
  type AnswerLimits,
  askModels,
  askServer,
  defaultAnswerLimits,
  type IdsPower,
  type Provider,
  type ProviderRequest,
  RequestBodies,
  type ServerDesk,
  type ServerName,
} from "@lathe/extension-kit";
import { chatFormat } from "./core/chat-format.ts";
import { readModel } from "./core/chat-models.ts";
import { ChatReader } from "./core/chat-reader.ts";
import type { ChatServer } from "./core/servers.ts";

export interface ChatDesk extends ServerDesk {
  readonly ids: IdsPower;
}

export function createChatProvider(server: ChatServer, desk: ChatDesk): Provider {
  const { id, baseUrl, key, keySource } = server;
  const name: ServerName = { id, key, keySource };
  const authorization: Readonly<Record<string, string>> =
    key === null ? {} : { authorization: `Bearer ${key}` };
  const postHeaders = { ...authorization, "content-type": "application/json", accept: "text/event-stream" };
  const getHeaders = { ...authorization, accept: "application/json" };
  const bodies = new RequestBodies(chatFormat(id, server.dialect));
  const newCallId = (): string => desk.ids.newId("call");
  const url = baseUrl.at("chat/completions");
  return {
    id,
    models: async ({ signal }) => {
      const entries = await askModels(name, baseUrl.at("models"), getHeaders, desk, signal);
      return entries.flatMap(readModel);
    },
    stream: (request, { signal, capture }) => {
      const body = bodies.render(request, capture);
      const question = {
        server: name,
        url,
        headers: postHeaders,
        body: body.bytes,
        reader: new ChatReader(name, newCallId),
        limits: limitsFor(request),
        onBodyRead: () => body.giveBack(),
        capture,
      };
      return askServer(question, desk, signal);
    },
  };
}

const bytesBase = 33_554_432;
const bytesPerToken = 16_384;

/** No server wraps a token into more bytes than that, so a longer answer is none. */
function limitsFor({ settings: { outputTokensMax } }: ProviderRequest): AnswerLimits {
  if (outputTokensMax === undefined) return defaultAnswerLimits;
  const byteCountMax = Math.min(
    defaultAnswerLimits.byteCountMax,
    bytesBase + outputTokensMax * bytesPerToken,
  );
  return { ...defaultAnswerLimits, byteCountMax };
}
