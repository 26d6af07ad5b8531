// The faults of a model server once more, through an extension as it is shipped and the network as the daemon gives it.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Provider, Providers } from "@lathe/extension-kit";
import {
  collectBatches,
  faultKey,
  openTestHost,
  plainRequest,
  quietContext,
  realTimers,
  testProviderFaults,
} from "@lathe/extension-kit/testing";
import { activate } from "@lathe/provider-openai";
import manifest from "@lathe/provider-openai/manifest.json" with { type: "json" };
import { expect, onTestFinished, test } from "vitest";
import { openNetwork } from "./network.ts";

const block = (chunk: unknown): string => `data: ${JSON.stringify(chunk)}\n\n`;
const delta = (part: unknown, finish_reason: string | null = null): string =>
  block({ choices: [{ index: 0, delta: part, finish_reason }] });
const call = { index: 0, id: "call_a", function: { name: "look", arguments: '{"at":"it"}' } };

testProviderFaults({
  name: "the network power below provider-openai",
  keySource: "OPENAI_API_KEY",
  open: openProvider,
  stream: {
    beginning: delta({ role: "assistant", content: "" }),
    text: (text) => delta({ content: text }),
    ending: `${delta({}, "stop")}data: [DONE]\n\n`,
    callAnswer: delta({ tool_calls: [call] }) + delta({}, "tool_calls"),
    error: (message) => block({ error: { message, type: "overloaded_error" } }),
  },
  refusal: (message) => ({ error: { message } }),
  spendLimit: { error: { message: "Out of money.", code: "insufficient_quota" } },
});

test("an answer that was read to its end leaves its connection to the next request", async () => {
  const connections = new Set<number | undefined>();
  const server = createServer((request, response) => {
    connections.add(request.socket.remotePort);
    request
      .resume()
      .on("end", () => response.end(`${delta({ content: "Hi" })}${delta({}, "stop")}data: [DONE]\n\n`));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const provider = await openProvider(`http://127.0.0.1:${port}`);
  for (let step = 0; step < 3; step++) {
    const answer = await collectBatches(provider.stream(plainRequest(), quietContext()));
    expect(answer.finish?.reason).toBe("stop");
    // The connection can be used again one turn of the event loop later.
    for (let turns = 0; turns < 3; turns++) await new Promise((resolve) => setImmediate(resolve));
  }
  expect(connections.size).toBe(1);
});

async function openProvider(origin: string): Promise<Provider> {
  const network = openNetwork();
  const host = await openTestHost({
    manifest,
    activate,
    environment: { OPENAI_API_KEY: faultKey, OPENAI_BASE_URL: origin },
    powers: { network: network.power, timers: realTimers() },
  });
  onTestFinished(async () => {
    await host.close();
    await network.close();
  });
  const provider = host.contributions(Providers).get("openai");
  if (provider === undefined) throw new Error("The extension contributed no provider.");
  return provider;
}
