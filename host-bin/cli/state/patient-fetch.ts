// Asks for work that takes as long as it takes. The platform's own `fetch` gives up an answer that has not begun after five
// minutes, and a large store is not copied or read in that time.
import type { Agent } from "undici";

let agent: Agent | undefined;

/** As `fetch`; it waits for an answer as long as the connection stands. */
export const patientFetch: typeof fetch = async (input, init) => {
  const undici = await import("undici");
  agent ??= new undici.Agent({ headersTimeout: 0, bodyTimeout: 0 });
  const request = { ...(init as object), dispatcher: agent };
  return (await undici.fetch(input as string, request)) as unknown as Response;
};
