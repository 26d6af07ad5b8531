// A floor: the bare loop on the global `fetch`.

import type { Subject } from "../subject.ts";
import { openBareLoop } from "./bare-loop.ts";

export const fetchLoop: Subject = {
  name: "fetch",
  open: (baseUrl, options) => Promise.resolve(openBareLoop(baseUrl, options, postByFetch)),
};

async function postByFetch(url: string, body: string, feed: (text: string) => void): Promise<void> {
  const headers = { "content-type": "application/json", authorization: "Bearer fake" };
  const response = await fetch(url, { method: "POST", headers, body });
  if (response.status !== 200 || response.body === null)
    throw new Error(`The server answered ${response.status}.`);
  const decoder = new TextDecoder();
  for await (const bytes of response.body) feed(decoder.decode(bytes, { stream: true }));
}
