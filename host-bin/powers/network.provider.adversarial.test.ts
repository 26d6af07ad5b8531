// The faults of a model server once more, through an extension as it is shipped and the network as the daemon gives it.
import { Providers } from "@lathe/extension-kit";
import { faultKey, openTestHost, realTimers, testProviderFaults } from "@lathe/extension-kit/testing";
import { activate } from "@lathe/provider-openai";
import manifest from "@lathe/provider-openai/manifest.json" with { type: "json" };
import { onTestFinished } from "vitest";
import { openNetwork } from "./network.ts";

const block = (chunk: unknown): string => `data: ${JSON.stringify(chunk)}\n\n`;
const delta = (part: unknown, finish_reason: string | null = null): string =>
  block({ choices: [{ index: 0, delta: part, finish_reason }] });
const call = { index: 0, id: "call_a", function: { name: "look", arguments: '{"at":"it"}' } };

testProviderFaults({
  name: "the network power below provider-openai",
  keySource: "OPENAI_API_KEY",
  open: async (origin) => {
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
  },
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
