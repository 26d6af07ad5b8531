import { stat } from "node:fs/promises";
import type { FoundExtension } from "@lathe/extension-host";
import {
  type Activate,
  Clock,
  Environment,
  type EnvironmentPower,
  Fatal,
  Ids,
  RedactionService,
  StateFolder,
  type Storage,
  StorageReadOnlyError,
  StorageService,
  type Token,
  TurnsService,
} from "@lathe/kernel";
import { type AnyOperation, HttpAddressService, LocalAccessService, Operations } from "@lathe/wire";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ComposeOptions, type Composition, compose } from "./compose.ts";
import { makeTemporaryHome, type TemporaryHome } from "./testing/temporary-home.ts";

let home: TemporaryHome;
const open: Composition[] = [];
beforeEach(async () => {
  home = await makeTemporaryHome();
});
afterEach(async () => {
  for (const composition of open.splice(0)) await composition.close();
  await home.remove();
});

async function composeHere(options: Partial<ComposeOptions> = {}): Promise<Composition> {
  const composition = await compose({
    stateFolder: home.stateFolder,
    without: ["transport-http", "transport-ws"],
    ...options,
  });
  open.push(composition);
  return composition;
}

function extension(manifest: object, activate: Activate): FoundExtension {
  const json = {
    id: "probe",
    version: "1.0.0",
    kernel: "^0.1.0",
    description: "Probes.",
    entry: "./probe.ts",
  };
  return {
    folder: "probe",
    manifest: { kind: "json", json: { ...json, ...manifest } },
    load: async () => ({ activate }),
  };
}

const address = extension({ offers: [HttpAddressService.name] }, (host) => {
  host.offer(HttpAddressService, { url: "http://127.0.0.1:1" });
});

function storageThat(commit: Storage["commit"]): FoundExtension {
  const storage = { commit } as Storage;
  const manifest = { id: "storage-broken", offers: [StorageService.name] };
  return {
    ...extension(manifest, (host) => void host.offer(StorageService, storage)),
    folder: "storage-broken",
  };
}

function operation(composition: Composition, name: string): AnyOperation {
  const found = composition.host.contributions(Operations).get(name);
  if (found === undefined) throw new Error(`There is no operation ${name}.`);
  return found;
}

const call = {
  principal: { id: "test", scopes: ["read"] as const },
  signal: new AbortController().signal,
};
const ask = (composition: Composition, name: string): Promise<unknown> =>
  operation(composition, name).run({}, call);

test("without a transport every built-in extension is active, and its services can be used", async () => {
  const composition = await composeHere();
  const troubled = composition.host.report().filter(({ kind }) => kind !== "active");
  expect(troubled).toEqual([]);
  expect(composition.use(TurnsService)).toHaveProperty("send");
  expect(composition.use(LocalAccessService).token).toBe(composition.token);
});

test("X2: the composition stands with no extension at all but its own", async () => {
  const composition = await composeHere({ only: [] });
  expect(composition.host.report().map(({ id }) => id)).toEqual(["daemon", "redaction"]);
  expect(await ask(composition, "livez")).toEqual({ status: "alive" });
  await composition.drain(0);
});

test("an extension that is disabled is reported so, and what needs it is missing", async () => {
  const composition = await composeHere({ disabled: ["storage-lmdb"] });
  const kinds = new Map(composition.host.report().map(({ id, kind }) => [id, kind]));
  expect(kinds.get("storage-lmdb")).toBe("disabled");
  expect(kinds.get("agents")).toBe("missing");
});

test("an extra extension comes before a built-in one with the same id", async () => {
  const replaced = extension({ id: "trace-journal" }, () => undefined);
  const composition = await composeHere({ extra: [replaced], only: ["trace-journal"] });
  const states = composition.host.report().filter(({ id }) => id === "trace-journal");
  expect(states.map(({ kind, version }) => [kind, version])).toEqual([
    ["active", "1.0.0"],
    ["refused", "0.1.0"],
  ]);
});

test("powers are handed out to whoever asks for them in its manifest", async () => {
  let folder = "";
  let environment: EnvironmentPower | undefined;
  let id = "";
  const permissions = ["clock", "ids", "state-folder", "environment:PROBE_*"];
  const probe = extension({ permissions }, (host) => {
    host.power(Clock).nowMs();
    id = host.power(Ids).newId("prb");
    folder = host.power(StateFolder).path;
    environment = host.power(Environment);
  });
  await composeHere({ only: [], extra: [probe], environment: { PROBE_KEY: "value", OTHER: "hidden" } });
  expect(id).toMatch(/^prb_[0-9a-f]{32}$/);
  expect(environment?.names()).toEqual(["PROBE_KEY"]);
  expect(folder.startsWith(home.stateFolder)).toBe(true);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
});

test("H1s: the token, what is read of the environment and secret settings are known as secrets", async () => {
  const [read, unread, setting] = ["a quiet word", "another quiet word", "one more quiet word"];
  const probe = extension({ permissions: ["environment:PROBE_*"] }, (host) => {
    host.power(Environment).get("PROBE_PASSWORD");
  });
  const composition = await composeHere({
    only: [],
    extra: [probe],
    environment: { PROBE_PASSWORD: read, PROBE_TOKEN: unread, PROBE_URL: "https://a.example" },
    config: { elsewhere: { servers: [{ apiKey: setting, apiKeyEnv: "PROBE_PASSWORD" }] } },
  });
  const { text } = composition.use(RedactionService);
  for (const secret of [composition.token, read, setting])
    expect(text(`It is ${secret}.`)).toBe("It is [redacted:secret].");
  for (const word of [unread, "PROBE_PASSWORD", "https://a.example"]) expect(text(word)).toBe(word);
});

test("no setting switches redaction off", async () => {
  const composition = await composeHere({ only: [], disabled: ["redaction"] });
  expect(composition.use(RedactionService).text(composition.token)).toBe("[redacted:secret]");
});

test("only the first reason of a fatal failure reaches the process", async () => {
  const reasons: string[] = [];
  const probe = extension({ permissions: ["fatal"] }, (host) => {
    host.power(Fatal)(new Error("first"));
    host.power(Fatal)(new Error("second"));
  });
  await composeHere({ only: [], extra: [probe], fatal: (reason) => reasons.push(reason.message) });
  expect(reasons).toEqual(["first"]);
});

test("readyz answers 503 until a transport is open", async () => {
  const composition = await composeHere();
  await expect(ask(composition, "readyz")).rejects.toMatchObject({ status: 503, code: "starting" });
});

test("readyz answers ready while the store takes writes, and 503 while the daemon drains", async () => {
  const composition = await composeHere({ extra: [address] });
  expect(await ask(composition, "readyz")).toEqual({ status: "ready" });
  await composition.drain(0);
  await expect(ask(composition, "readyz")).rejects.toMatchObject({ status: 503, code: "draining" });
});

test("readyz answers 503 when the store takes no writes, and says nothing of this machine", async () => {
  const full = storageThat(() =>
    Promise.reject(new StorageReadOnlyError("The disk of /secret/place is full.")),
  );
  const composition = await composeHere({ only: [], extra: [address, full] });
  const failure: unknown = await ask(composition, "readyz").catch((cause: unknown) => cause);
  expect(failure).toMatchObject({ status: 503, code: "storage-not-writable" });
  expect(String(failure)).not.toContain("/secret");
});

test("asking for readiness again and again writes once", async () => {
  let writeCount = 0;
  const counting = storageThat(async () => {
    writeCount += 1;
    return { kind: "committed", version: 1 };
  });
  const composition = await composeHere({ only: [], extra: [address, counting] });
  for (let count = 0; count < 50; count += 1) await ask(composition, "readyz");
  expect(writeCount).toBe(1);
});

test("a service that nobody offers is a clear error", async () => {
  const composition = await composeHere({ only: [] });
  const turns: Token<unknown> = TurnsService;
  expect(() => composition.use(turns)).toThrow("turns");
});
