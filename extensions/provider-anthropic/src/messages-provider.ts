// The Messages API as a provider.
import {
  askModels,
  askServer,
  defaultAnswerLimits,
  firstTokenCount,
  type IdsPower,
  type JsonObject,
  type ModelInfo,
  type Provider,
  RequestBodies,
  type ServerDesk,
  type ServerName,
  textOf,
} from "@lathe/extension-kit";
import { messagesFormat } from "./core/messages-format.ts";
import { MessagesReader } from "./core/messages-reader.ts";
import type { MessagesServer } from "./core/server.ts";

export const providerId = "anthropic";

/** The extension's part of the configuration, as its manifest checks it. */
export interface MessagesConfig {
  /** Longest answer where neither the request nor `outputTokensMaxByModel` says it. */
  readonly outputTokensMaxDefault: number;
  readonly outputTokensMaxByModel: Readonly<Record<string, number>>;
}

export interface MessagesDesk extends ServerDesk {
  readonly ids: IdsPower;
}

export function createMessagesProvider(
  server: MessagesServer,
  config: MessagesConfig,
  desk: MessagesDesk,
): Provider {
  const { baseUrl, key, keySource } = server;
  const name: ServerName = { id: providerId, key, keySource };
  const headers = { "anthropic-version": "2023-06-01", ...(key === null ? {} : { "x-api-key": key }) };
  const postHeaders = { ...headers, "content-type": "application/json", accept: "text/event-stream" };
  const limits = new OutputLimits(config);
  const bodies = new RequestBodies(messagesFormat(providerId, (model) => limits.of(model)));
  const newCallId = (): string => desk.ids.newId("call");
  const url = baseUrl.at("v1/messages");
  return {
    id: providerId,
    models: async ({ signal }) => {
      const entries = await askModels(name, baseUrl.at("v1/models", "limit=1000"), headers, desk, signal);
      const models = entries.map(readModel).filter((model) => model !== undefined);
      limits.learn(models);
      return models;
    },
    stream: (request, { signal, capture }) => {
      const body = bodies.render(request, capture);
      const question = {
        server: name,
        url,
        headers: postHeaders,
        body: body.bytes,
        reader: new MessagesReader(name, newCallId),
        limits: defaultAnswerLimits,
        onBodyRead: () => body.giveBack(),
        capture,
      };
      return askServer(question, desk, signal);
    },
  };
}

function readModel(entry: JsonObject): ModelInfo | undefined {
  const id = textOf(entry.id);
  if (id === undefined) return undefined;
  const contextTokens = firstTokenCount(entry.max_input_tokens);
  return { id, contextTokens, outputTokensMax: firstTokenCount(entry.max_tokens) };
}

/** How long an answer may get: as configured, and never more than the server said that the model can. */
class OutputLimits {
  readonly #config: MessagesConfig;
  readonly #learnt = new Map<string, number>();

  constructor(config: MessagesConfig) {
    this.#config = config;
  }

  learn(models: readonly ModelInfo[]): void {
    for (const { id, outputTokensMax } of models) {
      if (outputTokensMax !== null) this.#learnt.set(id, outputTokensMax);
    }
  }

  of(model: string): number {
    const { outputTokensMaxByModel, outputTokensMaxDefault } = this.#config;
    if (Object.hasOwn(outputTokensMaxByModel, model))
      return outputTokensMaxByModel[model] ?? outputTokensMaxDefault;
    return Math.min(outputTokensMaxDefault, this.#learnt.get(model) ?? outputTokensMaxDefault);
  }
}
