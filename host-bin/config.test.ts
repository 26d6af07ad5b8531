import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ConfigurationError } from "./config/config-error.ts";
import { type Config, type ConfigFlags, loadConfig } from "./config.ts";
import { makeTemporaryHome, type TemporaryHome } from "./testing/temporary-home.ts";

let home: TemporaryHome;
let project = "";
beforeEach(async () => {
  home = await makeTemporaryHome();
  project = join(home.folder, "project");
  await mkdir(join(project, ".git"), { recursive: true });
});
afterEach(() => home.remove());

async function writeUserConfig(content: unknown): Promise<string> {
  const folder = join(home.folder, ".config", "lathe");
  await mkdir(folder, { recursive: true });
  const path = join(folder, "lathe.json");
  await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

async function writeProjectConfig(content: unknown, folder = project): Promise<string> {
  const path = join(folder, "lathe.json");
  await writeFile(path, JSON.stringify(content));
  return path;
}

function load(flags: ConfigFlags = {}, environment: Record<string, string> = {}, cwd = project): Config {
  return loadConfig({ flags, environment: { ...home.environment, ...environment }, cwd });
}

function refusal(flags: ConfigFlags = {}, environment: Record<string, string> = {}): string {
  try {
    load(flags, environment);
  } catch (failure) {
    if (failure instanceof ConfigurationError) return failure.message;
    throw failure;
  }
  throw new Error("The configuration was accepted.");
}

test("without any file the defaults hold", () => {
  const config = load();
  expect(config.port).toBe(4646);
  expect(config.drainGraceMs).toBe(30_000);
  expect(config.stateFolder).toBe(join(home.folder, ".local", "state", "lathe"));
  expect(config.files).toEqual([]);
  expect(config.warnings).toEqual([]);
});

test("flags come before the environment, the environment before the project, the project before the user", async () => {
  await writeUserConfig({ port: 5001, model: "a/user" });
  expect(load().port).toBe(5001);
  expect(load().extensions.agents?.model).toBe("a/user");
  await writeProjectConfig({ port: 5002, model: "a/project" });
  expect(load().port).toBe(5002);
  expect(load().extensions.agents?.model).toBe("a/project");
  const environment = { LATHE_PORT: "5003", LATHE_MODEL: "a/environment" };
  expect(load({}, environment).port).toBe(5003);
  expect(load({}, environment).extensions.agents?.model).toBe("a/environment");
  expect(load({ port: "5004" }, environment).port).toBe(5004);
});

test("the state folder comes from --state, then LATHE_STATE, then the XDG state folder", () => {
  const xdg = { XDG_STATE_HOME: join(home.folder, "xdg") };
  expect(load({}, xdg).stateFolder).toBe(join(home.folder, "xdg", "lathe"));
  expect(load({}, { ...xdg, LATHE_STATE: "/somewhere" }).stateFolder).toBe("/somewhere");
  expect(load({ state: "near" }, { ...xdg, LATHE_STATE: "/somewhere" }).stateFolder).toBe(
    join(project, "near"),
  );
});

test("a relative XDG folder is ignored, as its specification asks", () => {
  const { stateFolder } = load({}, { XDG_STATE_HOME: "relative" });
  expect(stateFolder).toBe(join(home.folder, ".local", "state", "lathe"));
});

test("an extension's settings reach it, and enabled stays with the host", async () => {
  await writeUserConfig({
    extensions: { "storage-lmdb": { queuedCommitsMax: 5 }, "tools-shell": { enabled: false, extra: 1 } },
  });
  const config = load();
  expect(config.extensions["storage-lmdb"]).toEqual({ queuedCommitsMax: 5 });
  expect(config.extensions["tools-shell"]).toEqual({ extra: 1 });
  expect(config.disabled).toEqual(["tools-shell"]);
});

test("agents reach the agents extension", async () => {
  await writeUserConfig({
    agents: { reviewer: { prompt: "Review.", tools: ["read_file"], stepCountMax: 5 } },
  });
  expect(load().extensions.agents).toMatchObject({
    agents: { reviewer: { prompt: "Review.", tools: ["read_file"], stepCountMax: 5 } },
  });
});

test("an unknown field is an error that names the field and the file", async () => {
  const path = await writeUserConfig({ agents: { reviewer: { promt: "Review." } } });
  expect(refusal()).toBe(`${path} cannot be used: agents.reviewer.promt is not a setting.`);
});

test("a wrong value is an error that names the field and what it must be", async () => {
  await writeUserConfig({ port: "4646", model: "nothing" });
  expect(refusal()).toContain("port must be a number; model must be provider/model");
});

test("a file that is not JSON is an error that names the file and the place", async () => {
  const path = await writeUserConfig('{\n  "port": 1,\n}');
  expect(refusal()).toMatch(new RegExp(`^${path} is not JSON: .*line 3`));
});

test("H8s: a key that breaks the file is not quoted", async () => {
  const key = "aB3".repeat(8);
  const path = await writeUserConfig(`{"extensions":{"x":{"apiKey":${key}}}}`);
  expect(refusal()).toBe(`${path} is not JSON: Unexpected token 'a'. Correct it, or remove it.`);
});

test("a list in place of the settings is an error", async () => {
  await writeUserConfig("[]");
  expect(refusal()).toContain("the file must be an object");
});

test("a folder in place of the file is an error", async () => {
  await mkdir(join(home.folder, ".config", "lathe", "lathe.json"), { recursive: true });
  expect(refusal()).toContain("is not a file");
});

test("a file of the user that everybody may write is refused", async () => {
  await chmod(await writeUserConfig({}), 0o666);
  expect(refusal()).toContain("chmod o-w");
});

test("what belongs to the top of the file is refused below extensions", async () => {
  await writeUserConfig({ extensions: { agents: { model: "a/b" } } });
  expect(refusal()).toContain("extensions.agents.model belongs to the top of the file");
});

test("a wrong port names the flag or the variable that it came from", () => {
  expect(refusal({ port: "70000" })).toContain("--port");
  expect(refusal({ port: "-1" })).toContain("--port");
  expect(refusal({}, { LATHE_PORT: "x" })).toContain("LATHE_PORT");
});

test.each([
  "0.0.0.0",
  "::",
  "192.168.1.5",
  "example.com",
  "127.evil.com",
])("A12: --host %s is refused, since it is no loopback address", (host) => {
  expect(refusal({ host })).toContain("is not a loopback address");
});

test.each(["127.0.0.1", "127.0.0.2", "::1", "localhost"])("--host %s is accepted", (host) => {
  expect(load({ host }).extensions["transport-http"]?.host).toBe(host === "localhost" ? "127.0.0.1" : host);
});

test("D10: a project cannot redirect keys, run code or disable anything: its extensions are ignored with a warning", async () => {
  const path = await writeProjectConfig({
    extensions: { "provider-openai": { baseUrl: "http://evil.example" }, "tools-files": { enabled: false } },
    drainGraceMs: 0,
    model: "scripted/demo",
  });
  const config = load();
  expect(config.extensions["provider-openai"]).toBeUndefined();
  expect(config.disabled).toEqual([]);
  expect(config.drainGraceMs).toBe(30_000);
  expect(config.extensions.agents?.model).toBe("scripted/demo");
  expect(config.warnings).toHaveLength(2);
  expect(config.warnings.join("\n")).toContain(`${path} sets extensions, which a project may not set`);
});

test("D10: a project cannot widen an agent that the user has restricted", async () => {
  await writeUserConfig({ agents: { default: { tools: ["read_file"] } } });
  await writeProjectConfig({ agents: { default: { tools: ["*"] }, helper: { prompt: "Help." } } });
  const config = load();
  expect(config.extensions.agents?.agents).toEqual({
    default: { tools: ["read_file"] },
    helper: { prompt: "Help." },
  });
  expect(config.warnings.join()).toContain("defines the agent default");
});

test("the project's file is the nearest one up to the root of the repository, and none beyond it", async () => {
  const inner = join(project, "packages", "inner");
  await mkdir(inner, { recursive: true });
  await writeProjectConfig({ port: 5001 }, home.folder);
  expect(load({}, {}, inner).port).toBe(4646);
  await writeProjectConfig({ port: 5002 });
  expect(load({}, {}, inner).port).toBe(5002);
  await writeProjectConfig({ port: 5003 }, inner);
  expect(load({}, {}, inner).port).toBe(5003);
});

test("outside of a repository only the current folder is looked at", async () => {
  const inner = join(home.folder, "plain", "inner");
  await mkdir(inner, { recursive: true });
  await writeProjectConfig({ port: 5001 }, join(home.folder, "plain"));
  expect(load({}, {}, inner).port).toBe(4646);
  expect(load({}, {}, join(home.folder, "plain")).port).toBe(5001);
});

test("the user's own file is not judged as a project's when the daemon starts beside it", async () => {
  const path = await writeUserConfig({ drainGraceMs: 5 });
  const config = load({}, {}, join(path, ".."));
  expect(config.drainGraceMs).toBe(5);
  expect(config.warnings).toEqual([]);
});
