// A floor: the bare loop on `request` of the undici package, the cheaper transport.

import { once } from "node:events";
import { request } from "undici";
import type { Subject } from "../subject.ts";
import { openBareLoop } from "./bare-loop.ts";

export const undiciLoop: Subject = {
  name: "undici",
  open: (baseUrl, options) => Promise.resolve(openBareLoop(baseUrl, options, postByUndici)),
};

async function postByUndici(url: string, body: string, feed: (text: string) => void): Promise<void> {
  const headers = { "content-type": "application/json", authorization: "Bearer fake" };
  const response = await request(url, { method: "POST", headers, body });
  if (response.statusCode !== 200) throw new Error(`The server answered ${response.statusCode}.`);
  // The cheapest way to read it that was found: no promise for each piece, and the stream decodes.
  response.body.setEncoding("utf8").on("data", feed);
  await once(response.body, "end");
}
