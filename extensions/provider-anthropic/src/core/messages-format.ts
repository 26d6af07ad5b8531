// The request of the Messages API: everything that stays the same first, the messages last.
import {
  type BodyFormat,
  type JsonObject,
  type JsonValue,
  type ModelSettings,
  type ProviderRequest,
  renderedOnce,
  type ToolDeclaration,
} from "@lathe/extension-kit";
import { MessageGroups } from "./message-groups.ts";

const breakpoint: JsonObject = { type: "ephemeral" };

/** `outputTokensMax` says how long an answer may get where the request leaves it open: the API wants a number. */
export function messagesFormat(providerId: string, outputTokensMax: (model: string) => number): BodyFormat {
  const toolsText = renderedOnce(renderTools);
  return {
    head: (request) => {
      const members = JSON.stringify(headMembers(request, outputTokensMax)).slice(0, -1);
      const tools = request.tools.length === 0 ? "" : `,"tools":${toolsText(request.tools)}`;
      return `${members}${tools}${renderSystem(request.system)},"messages":[`;
    },
    open: (_request, body) => new MessageGroups(providerId, body),
  };
}

function headMembers(request: ProviderRequest, outputTokensMax: (model: string) => number): JsonObject {
  const { model, settings } = request;
  const members: Record<string, JsonValue> = {
    model,
    max_tokens: settings.outputTokensMax ?? outputTokensMax(model),
    stream: true,
  };
  const effort = effortOf(settings);
  if (effort !== undefined) {
    // A model that thinks takes no temperature.
    return { ...members, thinking: { type: "adaptive" }, output_config: { effort } };
  }
  if (settings.temperature !== undefined) members.temperature = settings.temperature;
  if (settings.topP !== undefined) members.top_p = settings.topP;
  return members;
}

/** The API's word for the wish; `undefined` = the model is not asked to think. */
function effortOf({ effort }: ModelSettings): string | undefined {
  if (effort === undefined || effort === "none") return undefined;
  return effort === "minimal" ? "low" : effort;
}

function renderTools(tools: readonly ToolDeclaration[]): string {
  const rendered = tools.map(({ name, description, parameters }, index) => {
    const tool = { name, description, input_schema: parameters };
    return index === tools.length - 1 ? { ...tool, cache_control: breakpoint } : tool;
  });
  return JSON.stringify(rendered);
}

function renderSystem(system: string): string {
  if (!/\S/.test(system)) return "";
  return `,"system":${JSON.stringify([{ type: "text", text: system, cache_control: breakpoint }])}`;
}
