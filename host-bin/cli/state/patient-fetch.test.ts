import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "@lathe/client";
import { stateVerify } from "@lathe/wire/operations";
import { expect, test } from "vitest";
import { patientFetch } from "./patient-fetch.ts";

test("it asks as the platform's fetch does, and who stops waiting is seen to go away", async () => {
  const seen: unknown[] = [];
  const server = createServer((request, response) => {
    const { method, url, headers } = request;
    seen.push([method, url, headers.authorization]);
    request.resume();
    // The second one is never answered.
    if (seen.length === 1) response.end('{"findingCount":0}');
    else response.on("close", () => server.emit("gone"));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  using client = connect({ url: `http://127.0.0.1:${port}`, token: "t", powers: { fetch: patientFetch } });
  expect(await client.call(stateVerify)).toEqual({ findingCount: 0 });
  const leaving = new AbortController();
  const gone = once(server, "gone");
  const call = client.call(stateVerify, {}, { signal: leaving.signal });
  const ended = expect(call).rejects.toMatchObject({ name: "AbortError" });
  await expect.poll(() => seen.length).toBe(2);
  leaving.abort();
  await Promise.all([ended, gone]);
  expect(seen).toEqual(Array.from({ length: 2 }, () => ["POST", "/api/state/verify", "Bearer t"]));
  server.closeAllConnections();
  server.close();
});
