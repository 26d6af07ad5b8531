// The request of a chat completion: everything that stays the same first, the messages last.
import {
  type BodyFormat,
  type JsonObject,
  type JsonValue,
  type ProviderRequest,
  renderedOnce,
} from "@lathe/extension-kit";
import type { Dialect } from "./dialect.ts";
import { renderMessage, renderSystem, renderTools } from "./render-message.ts";

export function chatFormat(providerId: string, dialect: Dialect): BodyFormat {
  const toolsText = renderedOnce(renderTools);
  return {
    head: (request) => {
      const members = JSON.stringify(headMembers(request, dialect)).slice(0, -1);
      const tools = request.tools.length === 0 ? "" : `,"tools":${toolsText(request.tools)}`;
      return `${members}${tools},"messages":[`;
    },
    open: ({ system }, body) => {
      if (system !== "") body.append(renderSystem(system, dialect));
      return {
        append: (message) => body.append(renderMessage(message, providerId, dialect)),
        tail: () => "]}",
      };
    },
  };
}

function headMembers(request: ProviderRequest, dialect: Dialect): JsonObject {
  const { temperature, topP, outputTokensMax, effort } = request.settings;
  const members: Record<string, JsonValue> = { model: request.model, stream: true };
  if (dialect.streamOptions !== null) members.stream_options = dialect.streamOptions;
  if (temperature !== undefined) members.temperature = temperature;
  if (topP !== undefined) members.top_p = topP;
  if (outputTokensMax !== undefined) members[dialect.outputTokensMaxField] = outputTokensMax;
  if (dialect.cacheKeyField !== null) members[dialect.cacheKeyField] = request.conversationId;
  return effort === undefined ? members : { ...members, ...dialect.effort[effort] };
}
