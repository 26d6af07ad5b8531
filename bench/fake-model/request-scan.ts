// Reads from a chat completion request only what the fake model needs, without parsing the rest.
//
// A key and its quotes cannot occur inside a JSON string (there the quotes are escaped), so a search
// for `"model":"` in the raw bytes finds the real key. This holds for JSON without spaces between
// tokens, which every agent under measurement sends; other bodies take the slow path through JSON.parse.

export interface ScannedRequest {
  readonly model: string;
  /** Tool messages after the last user message: how far the turn has come. */
  readonly toolResultCount: number;
  /** Whether the client asked for a last chunk with the usage. */
  readonly includeUsage: boolean;
}

const modelKey = Buffer.from('"model":"');
const userRole = Buffer.from('"role":"user"');
const toolRole = Buffer.from('"role":"tool"');
const usageWanted = Buffer.from('"include_usage":true');

/** Throws a SyntaxError or a TypeError where the body is not a chat completion request. */
export function scanRequest(body: Buffer): ScannedRequest {
  const modelAt = body.indexOf(modelKey);
  if (modelAt < 0) return parseRequest(body);
  const nameAt = modelAt + modelKey.length;
  return {
    model: body.toString("utf8", nameAt, body.indexOf('"', nameAt)),
    toolResultCount: countToolResults(body),
    includeUsage: body.includes(usageWanted),
  };
}

// The search for the last user message starts at the end, so its cost follows the turn and not the conversation.
function countToolResults(body: Buffer): number {
  let at = Math.max(0, body.lastIndexOf(userRole));
  let count = 0;
  while (true) {
    at = body.indexOf(toolRole, at);
    if (at < 0) return count;
    count += 1;
    at += toolRole.length;
  }
}

function parseRequest(body: Buffer): ScannedRequest {
  const request: unknown = JSON.parse(body.toString("utf8"));
  const { model, messages, stream_options } = request as {
    model?: unknown;
    messages?: unknown;
    stream_options?: { include_usage?: unknown };
  };
  if (typeof model !== "string") throw new TypeError("The request has no `model`.");
  if (!Array.isArray(messages)) throw new TypeError("The request has no `messages`.");
  const roles = messages.map((message: { role?: unknown }) => message.role);
  const ofThisTurn = roles.slice(roles.lastIndexOf("user") + 1);
  return {
    model,
    toolResultCount: ofThisTurn.filter((role) => role === "tool").length,
    includeUsage: stream_options?.include_usage === true,
  };
}
