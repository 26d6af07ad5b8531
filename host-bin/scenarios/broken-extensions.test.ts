// The host from outside: extensions that cannot start are lines of a report, and everything else serves.
import type { FoundExtension } from "@lathe/extension-host";
import type { Activate, ExtensionState } from "@lathe/kernel";
import { HttpAddressService } from "@lathe/wire";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Composition, compose } from "../compose.ts";
import { Client } from "../testing/raw-client.ts";
import { makeTemporaryHome, type TemporaryHome } from "../testing/temporary-home.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let home: TemporaryHome;
let composition: Composition | undefined;
beforeEach(async () => {
  home = await makeTemporaryHome();
});
afterEach(async () => {
  await composition?.close();
  await home.remove();
});

const sound = { version: "1.0.0", kernel: "^0.1.0", description: "Is tried.", entry: "./entry.ts" };

function extension(folder: string, manifest: object, activate: Activate = () => undefined): FoundExtension {
  const json = { id: folder, ...sound, ...manifest };
  return { folder, manifest: { kind: "json", json }, load: async () => ({ activate }) };
}

const written = (folder: string, text: string): FoundExtension => {
  return { ...extension(folder, {}), manifest: { kind: "text", text } };
};

const troubled: readonly FoundExtension[] = [
  written("half-written", '{"id": "half-written", "ver'),
  written("not-an-object", "[]"),
  extension("without-version", { version: 7 }),
  extension("with-unknown-field", { startsDaemon: true }),
  extension("of-another-time", { kernel: "^7.0.0" }),
  extension("of-no-range", { kernel: "whatever" }),
  extension("circle-a", { needs: ["service-b"], offers: ["service-a"] }),
  extension("circle-b", { needs: ["service-a"], offers: ["service-b"] }),
  extension("lonely", { needs: ["service-of-nobody"] }),
  extension("thrower", {}, () => {
    throw new Error("It cannot start.");
  }),
  extension("late-thrower", {}, async () => {
    await undefined;
    throw new Error("It cannot start, after all.");
  }),
  { ...extension("unloadable", {}), load: () => Promise.reject(new SyntaxError("Unexpected token")) },
  extension("greedy", {}, (host) => void host.find({ name: "storage" } as never)),
];

test("F19: broken, circular and foreign manifests are lines in GET /api/extensions, and the daemon answers", async () => {
  composition = await compose({
    stateFolder: home.stateFolder,
    config: { "transport-http": { port: 0 } },
    extra: troubled,
  });
  const { url } = composition.use(HttpAddressService);
  const client = new Client({ url, token: composition.token });
  const { items } = await client.call<{ items: readonly ExtensionState[] }>("GET", "/api/extensions");
  const lines = new Map(items.map((state) => [state.id, state]));

  for (const { folder } of troubled) {
    const line = lines.get(folder);
    expect(line?.kind, folder).not.toBe("active");
    expect(line?.reason, folder).toMatch(/\S \S/);
    expect(line?.reason, folder).not.toMatch(/\n\s+at /);
  }
  const kinds = (...ids: string[]): unknown[] => ids.map((id) => lines.get(id)?.kind);
  expect(kinds("half-written", "without-version", "of-another-time")).toEqual(Array(3).fill("refused"));
  expect(kinds("circle-a", "circle-b", "lonely")).toEqual(["refused", "refused", "missing"]);
  expect(kinds("thrower", "late-thrower", "unloadable", "greedy")).toEqual(Array(4).fill("failed"));
  expect(lines.get("of-another-time")?.reason).toContain("^7.0.0");
  expect(lines.get("circle-a")?.reason).toContain("circle-b");
  expect(lines.get("lonely")?.reason).toContain("service-of-nobody");

  // Nothing else suffers.
  const ids = new Set(troubled.map(({ folder }) => folder));
  expect(items.filter(({ id, kind }) => !ids.has(id) && kind !== "active")).toEqual([]);
  expect(await client.call("GET", "/readyz")).toEqual({ status: "ready" });
});
