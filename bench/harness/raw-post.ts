// The price of merely sending a request: one post of bytes that are ready, the answer read and thrown away.

import { renderRequest } from "../floors/chat-messages.ts";
import type { HistoryMessage } from "../subject.ts";
import { lookUp, prompt } from "./conversation.ts";

/** Returns a function that posts once the request that a turn with this history begins with. */
export async function createRawPost(
  baseUrl: string,
  model: string,
  history: readonly HistoryMessage[],
): Promise<() => Promise<void>> {
  // Imported late: a subject on the global `fetch` must be measured before this package is loaded.
  const { request } = await import("undici");
  const url = `${baseUrl}/chat/completions`;
  const body = Buffer.from(renderRequest(model, [...history, { role: "user", content: prompt }], [lookUp]));
  const headers = { "content-type": "application/json", authorization: "Bearer fake" };
  return async () => {
    const response = await request(url, { method: "POST", headers, body });
    if (response.statusCode !== 200) throw new Error(`The server answered ${response.statusCode}.`);
    for await (const _ of response.body);
  };
}
