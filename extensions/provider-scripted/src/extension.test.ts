import { openTestHost } from "@lathe/extension-kit/testing";
import { Providers } from "@lathe/kernel";
import { expect, test } from "vitest";
import manifest from "../manifest.json" with { type: "json" };
import { activate } from "./extension.ts";
import { requestFor, user } from "./testing/stage.ts";

test("started, it contributes a provider that speaks word by word; stopped, nothing is left", async () => {
  const host = await openTestHost({ manifest, activate });
  const providers = host.contributions(Providers);
  const provider = providers.get("scripted");
  if (provider === undefined) throw new Error("The provider was not contributed.");
  const words: string[] = [];
  const controller = new AbortController();
  const context = { signal: controller.signal };
  const spoken = (async () => {
    for await (const batch of provider.stream(requestFor("demo", [user("hello")]), context))
      for (const event of batch) if (event.type === "text-delta") words.push(event.text);
  })();
  await host.timers.advance(1_000);
  const perSecond = words.length;
  await host.timers.advance(60_000);
  await spoken;
  expect(perSecond).toBeGreaterThan(15);
  expect(perSecond).toBeLessThan(70);
  expect(words.join("")).toContain("demo model");
  await host.close();
  expect([providers.get("scripted"), host.timers.waitingCount()]).toEqual([undefined, 0]);
});

test("scripts of the configuration are models; the names of the built-in ones are refused", async () => {
  const host = await openTestHost({ manifest, activate, config: { scripts: { hello: { steps: [] } } } });
  const context = { signal: new AbortController().signal };
  const models = await host.contributions(Providers).get("scripted")?.models(context);
  expect(models?.map(({ id }) => id)).toEqual(["demo", "script", "hello"]);
  await host.close();
  const refused = await openTestHost({
    manifest,
    activate,
    config: { scripts: { demo: {} } },
    mayFail: true,
  });
  expect(refused.state.kind).not.toBe("active");
  expect(refused.state.reason).toContain("scripts");
  await refused.close();
});
